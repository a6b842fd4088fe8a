/* A study as the index of films tells it, for those who know nothing of its tables. */
#pragma once

#include "base/str.h"

typedef enum hr_film_state {
	HR_FILM_HELD,	   /* since it came: for those who work with it */
	HR_FILM_PUBLISHED, /* its patient may see it */
	HR_FILM_WITHDRAWN,
	HR_FILM_STATES
} hr_film_state;

/* "held", "published", "withdrawn"; and back, false for another word. */
hr_str hr_film_state_word(hr_film_state state);
bool hr_film_state_of(hr_str word, hr_film_state *out);

typedef struct hr_film_study {
	hr_str uid;
	hr_film_state state;
	bool matched;	   /* its person is known; else it stands in the work list */
	bool is_elsewhere; /* bytes of it, or all, are kept by others */
	int64_t generation;
	hr_str patient_id;
	hr_str patient_id_issuer;
	hr_str institution; /* that gives the ids of its patients */
	hr_str institution_name;
	hr_str patient_name; /* PN: groups parted by '=', components by '^' */
	hr_str birth_date;   /* "19570102", or empty */
	hr_str sex;	     /* "M", "F", "O", or what was written */
	hr_str accession_number;
	hr_str study_date;
	int64_t instance_count;
} hr_film_study;

enum { HR_FILM_LEADS_MAX = 8 }; /* of a kind */

/* What a report tells of its images, as they are looked for; none is empty. */
typedef struct hr_film_leads {
	hr_str study_uids[HR_FILM_LEADS_MAX];
	size_t study_count;
	hr_str numbers[HR_FILM_LEADS_MAX]; /* as accession numbers */
	size_t number_count;
} hr_film_leads;
