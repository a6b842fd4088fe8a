/*
 * The head of a request against RFC 9110 and 9112, stricter than the library
 * that read it. Where two servers may read one request in two ways, a request
 * can be smuggled past the first of them; so what is not plain is refused.
 */
#pragma once

#include "service/http.h"

enum {
	HR_HTTP_HEADERS_MAX = 100,
	HR_HTTP_TARGET_MAX = 8000, /* what RFC 9110 4.1 asks every server to take */
	HR_HTTP_LENGTH_DIGITS = 19,
};

/*
 * The library reads a head where it lies and writes NULs over what parts it:
 * over the blanks of the first line, over the colon, over CR and LF. So the
 * parts below lie in `raw`, in order, and what stands between them tells what
 * the library passed over: a NUL, a lone CR or LF, a folded line.
 */
typedef struct hr_http_head {
	hr_str raw;
	hr_str method;
	hr_str target; /* as it was sent; a copy */
	const char *target_place;
	hr_str version;
	const hr_http_field *fields;
	size_t field_count;
} hr_http_head;

/*
 * The first rule that `head` breaks: false, with the status to answer and what
 * is wrong. The message never holds anything of the request.
 */
bool hr_http_strict_check(const hr_http_head *head, int *status, hr_error *err);
