/*
 * What was done, by whom, to what: rows that are written in the transaction of
 * what they tell, so that there is never one without the other. Each is sealed
 * under the node's key together with the seal before it: a row that is changed,
 * taken out or put in breaks the chain. (That the newest are cut off can only
 * be told by who has seen their number.)
 */
#pragma once

#include "base/calendar.h"
#include "store/patient_key.h"
#include "store/store.h"

/* For the list of rooms. */
extern const hr_room hr_audit_room;

/*
 * Never a name or a number of a patient: he is told by his key, things by
 * digests and ids of ours.
 */
typedef struct hr_audit_entry {
	hr_instant at;
	hr_str actor;		       /* a token's name, an AE title, "command" */
	hr_str action;		       /* a word of ours: "film-add" */
	hr_str object;		       /* may be empty */
	const hr_patient_key *patient; /* NULL: none */
	hr_str reason;		       /* what the actor gave; may be empty */
} hr_audit_entry;

/* HR_E_LIMIT for a text of over 1,000 bytes. */
bool hr_audit_add(hr_tx *tx, const hr_node_key *node, const hr_audit_entry *entry, hr_error *err);

/*
 * The same work, and no row of the audit: for what must not be told apart by
 * its time from what has one, and is not to be kept. Of what is written
 * instead nothing lasts.
 */
bool hr_audit_add_blank(hr_tx *tx, const hr_node_key *node, const hr_audit_entry *entry,
			hr_error *err);

typedef struct hr_audit_row {
	hr_instant at;
	hr_str actor; /* borrowed until the next row */
	hr_str action;
	hr_str object;
	hr_str reason;
} hr_audit_row;

typedef bool hr_audit_visit(void *context, const hr_audit_row *row, hr_error *err);

/*
 * The newest first, at most `limit`: what was done to an object or, where it is
 * empty, to a patient; of these what begins with one of `actions`, an empty one
 * being of none. `visit` must use no `tx`.
 */
typedef struct hr_audit_query {
	hr_str object;
	const hr_patient_key *patient; /* NULL: any, of an object */
	hr_str actions[2];
	size_t limit;
} hr_audit_query;

bool hr_audit_list(hr_tx *tx, const hr_audit_query *query, hr_audit_visit *visit, void *context,
		   hr_error *err);

/* All rows, oldest first; HR_E_IO names the first that is not what was written. */
bool hr_audit_check(hr_tx *tx, const hr_node_key *node, int64_t *count, hr_error *err);
