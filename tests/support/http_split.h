/*
 * A head taken apart as libmicrohttpd 0.9.75 does it: where it lies, leniently,
 * with NULs written over what parts it. So that the check behind it can be
 * tried without a server.
 */
#pragma once

#include "service/http_strict.h"

enum { HTTP_SPLIT_FIELDS = 160 };

typedef struct http_split {
	hr_http_head head;
	hr_http_field fields[HTTP_SPLIT_FIELDS];
	size_t len; /* of the head, its empty line included */
} http_split;

/* False when that library would refuse it or wait for more. `bytes` is changed. */
bool http_split_head(char *bytes, size_t len, hr_arena *arena, http_split *out);
