/* What a search asks of each row, made ready once. */
#pragma once

#include "dicom/film_attribute.h"
#include "dicom/film_match.h"
#include "dicom/person_name.h"

typedef struct hr_rows hr_rows;

typedef struct hr_film_filter {
	const hr_film_attribute *attribute;
	hr_str value;
	hr_film_range range;
	bool is_moment; /* of a day and a time of it, joined */
	int64_t number;
	hr_name_query name;
	bool is_met; /* by the choice of the rows: not looked at again */
} hr_film_filter;

enum { HR_FILM_FILTERS_MAX = HR_FILM_MATCHES_MAX + 2 };

typedef struct hr_film_filters {
	hr_film_filter items[HR_FILM_FILTERS_MAX];
	size_t count;
	size_t of_level[HR_FILM_INSTANCE + 1]; /* that are not met */
} hr_film_filters;

/* With the UIDs of the path. */
bool hr_film_filters_make(const hr_film_query *query, hr_arena *arena, hr_film_filters *out,
			  hr_error *err);

/* NULL when the search does not ask for the attribute. */
hr_film_filter *hr_film_filters_get(hr_film_filters *filters, uint32_t tag);

/* Every row passes it from now on. */
void hr_film_filters_meet(hr_film_filters *filters, hr_film_filter *filter);

/* Does a study of these modalities ("CT\\SR") pass? For who counts them himself. */
bool hr_film_filters_pass_modalities(const hr_film_filters *filters, hr_str modalities);

/*
 * Does the row that `rows` stands on pass those of its level? Its first columns
 * are the attributes of the level, in their order. `scratch` is reset.
 */
bool hr_film_filters_pass(const hr_film_filters *filters, hr_film_level level, hr_rows *rows,
			  hr_arena *scratch, bool *pass, hr_error *err);
