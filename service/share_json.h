/*
 * Shares as JSON: the words for what they hold, a share as its patient and its
 * holder see it, a wish as a page or an app writes it, what happened.
 */
#pragma once

#include "base/json.h"
#include "service/shares.h"

/* "waits", "lives", "expired", "spent", "locked", "revoked", "ended". */
hr_str hr_share_state_word(hr_share_state state);

/* "institution", "doctor", "family"; false for another word. */
bool hr_recipient_kind_of(hr_str word, hr_recipient_kind *out);

/* "patient", "guardian", "helper", "institution"; false for another word. */
bool hr_share_maker_of(hr_str word, hr_share_maker *out);

/* "view", "download" or "report"; 0 for another word. */
unsigned hr_share_right_of(hr_str word);

/*
 * {"id","state","studies":[UID],"rights":[…],"madeAt","notBefore","expiresAt","revokedAt"?,
 *  "opens","opensMax"?,"hasPasscode","triesLeft"?,"recipient":{"kind","name","relation"?},
 *  "purpose","maker"}
 */
void hr_share_write(hr_json_writer *w, const hr_share *share);

/* {"at","action","actor","reason","share","recipient"} */
void hr_share_event_write(hr_json_writer *w, const hr_share_event *event);

/*
 * A wish as such an object: {"studies":[UID],"rights":[…],"notBefore"?,"expiresAt" or
 * "hours","opensMax"?,"passcode"?,"recipient":{…},"purpose","maker"?,"consent"?}.
 * A member that is unknown, or of another type, is HR_E_USAGE. Who may act, and
 * for whom (`actor`, `patient`), is the caller's to add. Borrowed from `root`.
 */
bool hr_share_wish_read(const hr_json *root, hr_instant now, hr_arena *arena, hr_share_wish *out,
			hr_error *err);
