/* Keys of names held against what a search for a name wants of them (person_name.h). */
#pragma once

#include "dicom/person_name.h"

/* Does one of the keys meet each of the query's terms? */
bool hr_film_name_meets(const hr_str *keys, size_t count, const hr_name_query *query);

/* The keys that meet a term lie in [from, to), and are LIKE `like`. `to` is in the arena. */
typedef struct hr_film_name_span {
	hr_str from;
	hr_str to;
	hr_str like;
} hr_film_name_span;

bool hr_film_name_span_of(const hr_name_term *term, hr_arena *arena, hr_film_name_span *out,
			  hr_error *err);
