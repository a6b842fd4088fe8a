/*
 * Which studies a search looks at: those under the one of its conditions that
 * leaves the fewest and has an index, in the order of the answer. All other
 * conditions are held against these (film_filter_book.h).
 */
#pragma once

#include "dicom/film_book.h"
#include "dicom/film_filter_book.h"
#include "dicom/film_name.h"
#include "dicom/film_rows_book.h"

typedef struct hr_sql hr_sql;
typedef struct hr_tx hr_tx;

typedef enum hr_film_plan_kind {
	HR_FILM_BY_AGE,	    /* all of some days */
	HR_FILM_BY_KEY,	    /* of one key */
	HR_FILM_BY_SPAN,    /* of the keys of a span, which are not too many */
	HR_FILM_BY_PART,    /* all of some days that have a key in a span */
	HR_FILM_BY_UIDS,    /* named one by one */
	HR_FILM_BY_PATIENT, /* published ones of a patient */
} hr_film_plan_kind;

typedef struct hr_film_plan {
	hr_film_plan_kind kind;
	int64_t age_from; /* the newest day, and the oldest */
	int64_t age_to;
	bool exact; /* no condition on studies is left */
	bool wide;  /* BY_PART: of more studies than are looked at */
	hr_film_key_kind key_kind;
	hr_str key;
	hr_film_name_span span;
	hr_film_level uid_level; /* whose UIDs */
	const hr_str *uids;
	size_t uid_count;
	hr_str patient;
} hr_film_plan;

/* So many studies a search looks at; one that has found too little by then is too wide. */
enum { HR_FILM_EXAMINED_MAX = 100000 };

/* For so many results, those that are skipped with them. What is met of the filters is noted. */
bool hr_film_plan_make(hr_tx *tx, size_t wanted, const hr_film_scope *scope,
		       hr_film_filters *filters, hr_arena *arena, hr_film_plan *out, hr_error *err);

/*
 * For a page far behind, of a plan BY_AGE that is exact: months and days that
 * are skipped whole go from `*skip`, and the plan begins after them.
 */
bool hr_film_plan_skip(hr_tx *tx, hr_film_plan *plan, size_t *skip, hr_error *err);
