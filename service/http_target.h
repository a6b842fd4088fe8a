/*
 * What stands behind the method: a path and a query, decoded. Also the form
 * that a page sends as application/x-www-form-urlencoded, which is a query.
 */
#pragma once

#include "service/http.h"

enum { HR_HTTP_QUERY_FIELDS_MAX = 64 };

typedef struct hr_http_target {
	hr_str path;
	const hr_http_field *query;
	size_t query_count;
} hr_http_target;

/*
 * `raw` as it was sent, "/verify?lang=zh". HR_E_SYNTAX for a % that two
 * hexadecimal digits do not follow, for %00, and for what is not UTF-8 when it
 * is decoded; HR_E_LIMIT for too many fields. What needed no decoding is a
 * slice of `raw`.
 */
bool hr_http_target_parse(hr_str raw, hr_arena *arena, hr_http_target *out, hr_error *err);

/* "a=1&b=%E4%BA%92": as the query of a target, by the same rules. `what` it is, for messages. */
bool hr_http_query_parse(hr_str raw, const char *what, hr_arena *arena, const hr_http_field **out,
			 size_t *count, hr_error *err);
