/* What an S3 server says in XML, distrusted: the code of an error, a page of a list. */
#pragma once

#include "base/str.h"

enum { HR_S3_CODE = 65, HR_S3_TOKEN_MAX = 4096 };

/*
 * "NoSuchKey"; "" where there is none that can be read. Letters, digits and
 * dots alone. False when memory is short.
 */
bool hr_s3_read_code(hr_str body, hr_arena *arena, char out[HR_S3_CODE], hr_error *err);

typedef struct hr_s3_entry {
	hr_str key;
	uint64_t size;
} hr_s3_entry;

typedef struct hr_s3_page {
	const hr_s3_entry *entries;
	size_t count;
	hr_str next; /* the token of the next page; empty at the end */
} hr_s3_page;

/* HR_E_IO for what is no such page; it lives in the arena. */
bool hr_s3_read_page(hr_str body, hr_arena *arena, hr_s3_page *out, hr_error *err);
