/*
 * Answers of a search, put together from members of the DICOM JSON model that
 * were made ready when their object came (facts.h). In the store each is a line
 * of its own, `"00080020":{...}` and a line end: JSON has none elsewhere, so a
 * member is found, and left out, without being read.
 */
#pragma once

#include "base/str.h"

/* Members as facts.h has them, to lines. HR_E_SYNTAX when they are not that. */
bool hr_film_json_lines(hr_str members, hr_arena *arena, hr_str *out, hr_error *err);

enum { HR_FILM_JSON_PARTS_MAX = 16 };

typedef struct hr_film_json_part {
	hr_str lines;
	bool whole; /* else only what is included by name */
} hr_film_json_part;

/* An object of the parts' members, by tag; of two with the same tag the earlier part's. */
void hr_film_json_merge(const hr_film_json_part *parts, size_t count, const uint32_t *includes,
			size_t include_count, hr_buf *out);
