/*
 * A search for films as DICOMweb asks it (QIDO-RS, PS3.18 8.3.4 and 10.6):
 * the query of a URL taken apart. film_book.h answers it.
 */
#pragma once

#include "base/str.h"

enum {
	HR_FILM_MATCHES_MAX = 32,
	HR_FILM_INCLUDES_MAX = 64,
	HR_FILM_UIDS_MAX = 256, /* in one list */
	HR_FILM_RESULTS_MAX = 1000,
	HR_FILM_RESULTS_DEFAULT = 100,
};

typedef enum hr_film_level { HR_FILM_STUDY, HR_FILM_SERIES, HR_FILM_INSTANCE } hr_film_level;

/* How soon an object can be had (InstanceAvailability, PS3.3 C.4.23); of several the last. */
typedef enum hr_film_availability {
	HR_FILM_ONLINE,	     /* its bytes are here */
	HR_FILM_NEARLINE,    /* elsewhere, and fetched when they are asked for */
	HR_FILM_OFFLINE,     /* elsewhere, nobody has said where */
	HR_FILM_UNAVAILABLE, /* at an address from which nothing is fetched */
	HR_FILM_AVAILABILITIES
} hr_film_availability;

typedef struct hr_film_match {
	uint32_t tag; /* 0x00100010 */
	hr_str value; /* UTF-8, as asked: with its wildcards, its range, its list */
} hr_film_match;

typedef struct hr_film_query {
	hr_film_level level;
	hr_str study_uid; /* of the path; empty: in all */
	hr_str series_uid;
	hr_film_match matches[HR_FILM_MATCHES_MAX];
	size_t match_count;
	uint32_t includes[HR_FILM_INCLUDES_MAX];
	size_t include_count;
	bool include_all;
	bool fuzzy;
	size_t limit;
	size_t offset;
	bool limit_cut;	     /* asked for more than there may be: a warning is told */
	bool fields_ignored; /* attributes that no search here knows: a warning is told */
} hr_film_query;

typedef struct hr_film_field {
	hr_str name; /* decoded */
	hr_str value;
} hr_film_field;

/*
 * A field is a keyword, eight hex digits or a path of them ("00400275.00400009").
 * HR_E_USAGE naming the field (never its value) for a bad UID, date, limit.
 */
bool hr_film_query_read(hr_film_level level, const hr_film_field *fields, size_t count,
			hr_arena *arena, hr_film_query *out, hr_error *err);
