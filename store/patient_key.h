/*
 * Whose a row is, without the number that says so: a key made from it under a
 * secret of the node. The same person has the same key in all tables of a
 * node; without the secret nobody can try numbers until one fits.
 */
#pragma once

#include "base/crypto.h"

typedef struct hr_store hr_store;
typedef struct hr_room hr_room;

/* The secret. Other things are sealed under it, too (audit.h). */
typedef struct hr_node_key {
	hr_digest secret;
} hr_node_key;

/* What keeps, in a store, by which secret its keys were made. For the list of rooms. */
extern const hr_room hr_node_key_room;

/*
 * The secret in the file `path`: 64 hexadecimal digits, for its owner alone.
 * Made on first use, never overwritten. A store knows which one it was begun
 * with: another, or none where there was one, is HR_E_IO, because every
 * patient would become a stranger. `path` belongs into every backup.
 */
bool hr_node_key_open(hr_store *store, const char *path, hr_node_key *out, hr_error *err);

typedef struct hr_patient_key {
	hr_digest digest;
} hr_patient_key;

typedef struct hr_patient_id {
	hr_str type;   /* as its system says: "MR", "passport"; may be empty */
	hr_str issuer; /* who gave it: an assigning authority, or the institution */
	hr_str id;
} hr_patient_id;

/*
 * A number that passes GB 11643 is the person's, whoever wrote it down; any
 * other is its issuer's, and HR_E_INCOMPLETE without one. Blanks around it say
 * nothing. HR_E_LIMIT over 256 bytes.
 */
bool hr_patient_key_make(const hr_node_key *node, const hr_patient_id *patient, hr_patient_key *out,
			 hr_error *err);
