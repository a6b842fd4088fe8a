/* A request read from its head. */
#pragma once

#include "service/http_strict.h"

enum { HR_HTTP_ID_BYTES = 16 };

/*
 * Checks the head, then fills method, path, query and body_len; `request` has
 * its arena and its headers already. On failure `status` is what to answer.
 */
bool hr_http_request_read(const hr_http_head *head, size_t head_bytes_max, hr_http_request *request,
			  int *status, hr_error *err);

/* Hexadecimal. */
void hr_http_id_format(uint64_t id, char out[HR_HTTP_ID_BYTES]);
