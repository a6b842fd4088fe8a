/* One result of a search as JSON: what was made ready, and what is counted when it is told. */
#pragma once

#include "dicom/film_query.h"

typedef struct hr_film_found_study {
	hr_str uid;
	hr_str modalities; /* "CT\SR" */
	hr_film_availability availability;
	int64_t series_count;
	int64_t instance_count;
	hr_str shown; /* lines of film_json.h */
	hr_str more;
} hr_film_found_study;

typedef struct hr_film_found_series {
	hr_str uid;
	int64_t instance_count;
	hr_str shown;
	hr_str more;
} hr_film_found_series;

typedef struct hr_film_found_instance {
	hr_str uid;
	hr_film_availability availability;
	hr_str shown;
	hr_str more;
} hr_film_found_instance;

/* Those below the level of the query are not looked at. */
typedef struct hr_film_found {
	hr_film_found_study study;
	hr_film_found_series series;
	hr_film_found_instance instance;
} hr_film_found;

/* `base` is "https://host/dicom-web". */
bool hr_film_answer(const hr_film_query *query, hr_str base, const hr_film_found *found,
		    hr_arena *scratch, hr_buf *out, hr_error *err);
