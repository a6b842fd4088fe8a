/*
 * Something comes into the index: what the files share that put it there, be
 * it an object (film_put_book.c) or what a manifest tells (film_link_book.c).
 */
#pragma once

#include "dicom/film_rows_book.h"
#include "store/patient_key.h"
#include "store/store.h"

typedef struct hr_image_index hr_image_index;

/* Where an instance of that UID stands, in whatever study. */
typedef struct hr_film_stands {
	bool is_there;
	hr_film_availability availability;
	hr_patient_key patient;
	int64_t study;
	int64_t series;
	int64_t place;
	hr_digest digest; /* ONLINE alone */
	bool is_of_class; /* that the facts name */
} hr_film_stands;

typedef struct hr_film_putting {
	const hr_node_key *node;
	const hr_film_source *source;
	const hr_film_facts *facts;
	hr_arena *arena;
	hr_patient_key stated; /* the patient as `facts` names him */

	/* What is there already. */
	bool has_study;
	bool has_series;
	bool is_other_patient;
	bool is_same_actor;	/* as the one who added to the series last */
	hr_patient_key patient; /* of the study */
	int64_t study;
	int64_t series;
	hr_str modalities; /* of the study */
	hr_film_stands instance;
} hr_film_putting;

/* Whom the facts name; before the transaction. */
bool hr_film_putting_state(hr_film_putting *p, hr_error *err);

/* What is there of the study, series and instance of the facts. */
bool hr_film_putting_find(hr_film_putting *p, hr_tx *tx, hr_error *err);

/* HR_E_CONFLICT when it is another patient's. Made when it is not there. */
bool hr_film_putting_study(hr_film_putting *p, hr_tx *tx, hr_error *err);

/* Of that study, nobody's work so far. Made when it is not there. */
bool hr_film_putting_series(hr_film_putting *p, hr_tx *tx, hr_error *err);

/* One more among those of the study, in p->modalities; a study has keys of each. */
bool hr_film_putting_modality(hr_film_putting *p, hr_tx *tx, hr_str modality, hr_error *err);

/* An audit row about the study. */
bool hr_film_putting_audit(const hr_film_putting *p, hr_tx *tx, hr_str action, hr_error *err);

/* Members of JSON as lines; what is too long to be told in a list is left out. */
bool hr_film_putting_lines(const hr_film_putting *p, const hr_facts_level *members,
			   hr_facts_level *out, hr_error *err);

/* film_link_book.c: one, with its audit row where it is new; `*changed` is 1 then. */
bool hr_film_putting_image_index(hr_tx *tx, const hr_node_key *node, const hr_film_source *source,
				 const hr_image_index *index, int64_t *changed, hr_error *err);

static inline hr_sql_value hr_film_patient_of(const hr_film_putting *p)
{
	return hr_sql_bytes(hr_film_bytes_of(&p->patient.digest));
}
