/* What the files of the film room's index share. */
#pragma once

#include "dicom/film_book.h"

typedef struct hr_rows hr_rows;

/*
 * film_key holds what studies are found by, other than their UIDs. All of its
 * rows of a kind and a key lie together, in the order of a search.
 */
typedef enum hr_film_key_kind {
	HR_FILM_KEY_PATIENT_ID = 1, /* kept in tables: never changed */
	HR_FILM_KEY_ACCESSION = 2,
	HR_FILM_KEY_MODALITY = 3,
	HR_FILM_KEY_NAME = 4,
} hr_film_key_kind;

/*
 * `age` is 99999999 less the study's day as yyyymmdd: what counts up counts from
 * the newest to the oldest, and a study without a day is the last.
 */
enum { HR_FILM_AGE_NONE = 99999999 };
int64_t hr_film_age(hr_str study_date);

/* As much of a text as is indexed, without blanks around it: a row of an index has its limit. */
hr_str hr_film_key_of(hr_str text);

static inline hr_str hr_film_bytes_of(const hr_digest *digest)
{
	return (hr_str){ (const char *)digest->bytes, sizeof(digest->bytes) };
}

/* False, and `*out` untouched, when `bytes` are not so many. */
bool hr_film_digest_of(hr_str bytes, hr_digest *out);

/* Of a row that begins with digest, shelf, copy_number, size. */
bool hr_film_read_object(hr_rows *rows, hr_object *out, hr_error *err);

/*
 * May a request of this scope see that study? Of a list the UID tells; of a
 * patient the row alone, so every statement of `film_study s` has the condition,
 * too: `flag` and `patient` are its parameters.
 */
bool hr_film_is_in(const hr_film_scope *scope, hr_str study_uid);
#define HR_FILM_IN_SCOPE(flag, patient)                                                            \
	"(" flag " = 0 OR (s.patient = " patient " AND s.state = 1))"

static inline int64_t hr_film_scope_flag(const hr_film_scope *scope)
{
	return scope && scope->patient;
}

/* Empty for a scope that is no patient's. */
hr_str hr_film_scope_patient(const hr_film_scope *scope);

/*
 * May it see the row of `film_instance i`? `parts` is the parameter. A document
 * is told by its SOP class (PS3.4 B.5): all of SR's have one root.
 */
#define HR_FILM_IN_PARTS(parts)                                                                    \
	"(" parts " = 0 OR (" parts " = 2) = (i.sop_class LIKE '1.2.840.10008.5.1.4.1.1.88.%' OR " \
	"i.sop_class IN ('1.2.840.10008.5.1.4.1.1.104.1', '1.2.840.10008.5.1.4.1.1.104.2')))"

static inline int64_t hr_film_scope_parts(const hr_film_scope *scope)
{
	return scope ? (int64_t)scope->parts : HR_FILM_ALL_PARTS;
}

/* A number of a row; one that is none is the worst. */
static inline hr_film_availability hr_film_availability_of(int64_t number)
{
	return number >= 0 && number < HR_FILM_AVAILABILITIES ? (hr_film_availability)number
							      : HR_FILM_UNAVAILABLE;
}
