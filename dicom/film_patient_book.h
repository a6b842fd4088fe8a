/* The studies of a patient, as his own page lists them. */
#pragma once

#include "dicom/film_book.h"

typedef struct hr_film_mine {
	hr_str uid;
	hr_str study_date;  /* "20260103", or empty */
	hr_str institution; /* as its objects name it; else whose patient number it is */
	hr_str description;
	hr_str modalities; /* parted by backslashes */
	hr_str accession_number;
	int64_t series_count;
	int64_t instance_count;
} hr_film_mine;

/*
 * Of those that are published the newest first, `limit` at most, behind `skip`
 * of them. `*more`: there are others.
 */
bool hr_film_list_mine(hr_store *store, const hr_patient_key *patient, size_t skip, size_t limit,
		       hr_arena *arena, hr_film_mine **out, size_t *count, bool *more,
		       hr_error *err);
