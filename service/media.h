/* Media types: what a body is said to be, and what answer is wanted. */
#pragma once

#include "base/str.h"

enum { HR_MEDIA_RANGES_MAX = 32 };

/* The type alone, without parameters and blanks: "application/json". */
hr_str hr_media_type(hr_str content_type);

/* Compared without case. */
bool hr_media_equal(hr_str type, hr_str other);

/* A document in each line: application/x-ndjson, application/ndjson. */
bool hr_media_is_lines(hr_str type);

/* A parameter of it, without its quotes: of "multipart/related; boundary=\"a\"" a. "" when it has
 * none of that name. */
hr_str hr_media_param(hr_str content_type, hr_str name);

/* What stands between two commas of an Accept header; the parameters are those of DICOMweb. */
typedef struct hr_media_range {
	hr_str type;
	hr_str part; /* "type": what the parts of a multipart are; "" when it is not said */
	hr_str transfer_syntax;
	int weight; /* 0 to 1000 */
} hr_media_range;

/* In their order; those after HR_MEDIA_RANGES_MAX are not looked at. */
size_t hr_media_ranges(hr_str accept, hr_media_range out[HR_MEDIA_RANGES_MAX]);

/* How closely a range fits a type: 3 the type itself, 2 "text", 1 any, 0 not at all. */
int hr_media_fit(hr_str range, hr_str type);

/*
 * Of the types offered, the one that an Accept header wants most; the first
 * among equals, and when it wants none of them: an answer that can be read is
 * better than a refusal (RFC 9110, 12.4.1).
 */
size_t hr_media_choose(hr_str accept, const hr_str *offered, size_t count);
