/*
 * How much of an answer is sent: nothing to who has it already, a range of it
 * to who asks for one (RFC 9110, 13 and 14).
 */
#pragma once

#include "service/http.h"

/*
 * Of an answer that is whole: adds ETag and Accept-Ranges, then makes of it a
 * 304, a 206, a 416, or leaves it. `etag` with its quotes. Several ranges are
 * answered with the whole, as is what is no range.
 */
bool hr_http_select(const hr_http_request *request, hr_str etag, hr_http_response *out,
		    hr_error *err);
