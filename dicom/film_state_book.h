/*
 * What is done to a study after it came: published or withdrawn, tied to a
 * person, moved to the right one, removed. Each is an act with its audit row in
 * the same transaction; what takes a study away from somebody raises its
 * `generation`, by which shares of it end.
 */
#pragma once

#include "dicom/film_study_book.h"

typedef struct hr_patient_id hr_patient_id;

/* Who does it, and why: an act without a reason is HR_E_USAGE. */
typedef struct hr_film_act_of {
	hr_str actor;
	hr_str reason;
	hr_instant at;
} hr_film_act_of;

bool hr_film_set_state(hr_store *store, const hr_node_key *node, const hr_film_act_of *act,
		       hr_str study_uid, hr_film_state state, hr_error *err);

/*
 * A row of an identity feed: the patient whom an institution knows as `id` is
 * `person`. With an accession number it says so of that order alone. It holds
 * for the studies that are here, and is kept for those that come; the same
 * row again changes nothing. HR_E_CONFLICT when it names another person than
 * before: that is for hr_film_move.
 */
typedef struct hr_film_identity {
	hr_str issuer;
	hr_str id;
	hr_str accession_number; /* empty: all of them */
	const hr_patient_id *person;
} hr_film_identity;

bool hr_film_tie(hr_store *store, const hr_node_key *node, const hr_film_act_of *act,
		 const hr_film_identity *identity, size_t *moved, hr_error *err);

/*
 * A study that was another person's: one that somebody has looked at and
 * decided. What a feed has said of its number, and led to the wrong one, is
 * forgotten.
 */
bool hr_film_move(hr_store *store, const hr_node_key *node, const hr_film_act_of *act,
		  hr_str study_uid, const hr_patient_id *person, hr_error *err);

/*
 * Takes a study out of the index. Its objects are told before, so that the
 * caller removes their bytes when this has returned true; what he does not come
 * to, a sweep finds. Within the time it must be kept (`keep_s` from its last
 * change; 0: nobody has said how long, so always) HR_E_RULE without a legal
 * ground, which is kept with the reason.
 */
typedef struct hr_film_removal {
	hr_str study_uid;
	hr_str legal_ground;
	int64_t keep_s;
} hr_film_removal;

bool hr_film_remove(hr_store *store, const hr_node_key *node, const hr_film_act_of *act,
		    const hr_film_removal *removal, hr_object_visit *visit, void *context,
		    hr_error *err);
