/*
 * Studies as they stand: one, the work list, and those that a report may be of.
 */
#pragma once

#include "dicom/film_book.h"
#include "dicom/film_study.h"

typedef struct hr_tx hr_tx;
typedef struct hr_rows hr_rows;

/* HR_E_NOT_FOUND. */
bool hr_film_study_get(hr_store *store, hr_str study_uid, hr_arena *arena, hr_film_study *out,
		       hr_error *err);

/* The work list: of studies whose person is not known, the newest first. */
bool hr_film_list_unmatched(hr_store *store, size_t limit, hr_arena *arena, hr_film_study **out,
			    size_t *count, hr_error *err);

enum { HR_FILM_FOUND_MAX = 8 }; /* of one number */

typedef struct hr_film_found {
	hr_film_study study;
	hr_digest patient; /* the key of whose it is (store/patient_key.h) */
} hr_film_found;

/*
 * The studies of these UIDs, then those of each of these accession numbers, the
 * newest first; none twice. `*more`: a number has over HR_FILM_FOUND_MAX, and
 * the others are not told.
 */
bool hr_film_find_leads(hr_store *store, const hr_film_leads *leads, const hr_film_scope *scope,
			hr_arena *arena, hr_film_found **out, size_t *count, bool *more,
			hr_error *err);

/* --- for those who change studies --- */

/* Of `film_study s`. */
#define HR_FILM_STUDY_COLUMNS                                                                      \
	"s.patient, s.study, s.uid, s.state, s.matched, s.generation, s.patient_id, "              \
	"s.patient_id_issuer, s.source, s.patient_name, s.accession_number, s.study_date, "        \
	"s.instance_count, s.changed, s.birth_date, s.sex, s.institution, s.availability"

/* A study, and where its rows are. */
typedef struct hr_film_row {
	hr_film_study told;
	hr_digest patient;
	int64_t number;
	int64_t changed;
} hr_film_row;

bool hr_film_row_read(hr_rows *rows, hr_arena *arena, hr_film_row *out, hr_error *err);
bool hr_film_row_get(hr_tx *tx, hr_str study_uid, hr_arena *arena, hr_film_row *out, hr_error *err);
