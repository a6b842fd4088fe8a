/*
 * What a client of DICOMweb takes, against what it can be given. Clients write
 * this in many ways: type of the parts in quotes or bare, transfer syntax or
 * none, a list of which the first is meant for something else, `accept=` in
 * the query.
 *
 * Source: DICOM PS3.18 8.3.3, 8.7.
 */
#pragma once

#include "service/http.h"

typedef struct hr_offer {
	hr_str type;		/* "image/jls"; of a multipart, what its parts are */
	hr_str transfer_syntax; /* "" when it has none */
	bool multipart;		/* multipart/related */
	bool by_default;	/* for who names no transfer syntax */
	bool as_stored;		/* for who takes any */
} hr_offer;

/*
 * The number of the offer that is wanted most, the first among equals; `count`
 * when none of them is wanted. Who says nothing takes anything.
 */
size_t hr_accept_choose(const hr_http_request *request, const hr_offer *offers, size_t count);

/* The offers as an Accept header would name them. */
void hr_accept_format(const hr_offer *offers, size_t count, hr_buf *out);

/* HR_E_NOT_ACCEPTABLE, naming the offers. */
bool hr_accept_fail(const hr_offer *offers, size_t count, hr_error *err);
