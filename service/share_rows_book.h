/* What the files of the share room share: its rows. */
#pragma once

#include "service/shares.h"

typedef struct hr_rows hr_rows;
typedef struct hr_tx hr_tx;

typedef enum hr_share_kind { HR_SHARE_LINK, HR_SHARE_PICKUP } hr_share_kind; /* kept in tables */

/*
 * How long after it was made a code is told from one that never was, to the desk
 * that it is for. It is not drawn again in that time.
 */
enum { HR_PICKUP_TOLD_SECONDS = 3600 };

typedef struct hr_share_row {
	hr_share told;
	int64_t number; /* among its patient's */
	hr_digest passcode;
} hr_share_row;

/* Of `share s`. */
#define HR_SHARE_COLUMNS                                                                           \
	"s.patient, s.share, s.id, s.kind, s.rights, s.made, s.not_before, s.expires, s.revoked, " \
	"s.opens, s.opens_max, s.passcode, s.tries, s.recipient_kind, s.recipient, s.relation, "   \
	"s.purpose, s.maker"

void hr_share_id_copy(hr_str text, char out[HR_SHARE_ID_TEXT]);

/* All but its studies and its state. */
bool hr_share_row_read(hr_rows *rows, hr_arena *arena, hr_share_row *out, hr_error *err);

/* The studies that still count, and the state. */
bool hr_share_row_settle(hr_tx *tx, hr_instant now, hr_arena *arena, hr_share_row *row,
			 hr_error *err);

/* HR_E_NOT_FOUND also for one of another patient, where `patient` is not NULL. */
bool hr_share_row_get(hr_tx *tx, hr_str id, const hr_patient_key *patient, hr_instant now,
		      hr_arena *arena, hr_share_row *out, hr_error *err);

/* The audit's row of what happens to a share. */
typedef struct hr_share_deed {
	const hr_node_key *node;
	hr_instant at;
	hr_str actor;
	hr_str action;
	hr_str reason;
} hr_share_deed;

bool hr_share_audit(hr_tx *tx, const hr_share_deed *deed, const hr_share *share, hr_error *err);
