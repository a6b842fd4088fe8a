/*
 * Shares: who may see which studies of a patient, until when. A share is a row
 * that can be called back, not a token that cannot: its secret is 256 random
 * bits, told once, kept as its SHA-256.
 *
 * The command and the routes call the same functions. Each change stands with
 * its audit row in one transaction; the patient reads those of his shares
 * (hr_share_log). Never a name, a number or a secret in an error or a log.
 *
 * Sources: 个人信息保护法 23 (recipient, purpose), 28 and 29 (separate consent), 31
 * (under 14: a guardian), 19 and 47 (no longer than the purpose wants).
 */
#pragma once

#include "dicom/film_book.h"
#include "service/films.h"
#include "store/patient_key.h"

extern const hr_room hr_share_room;

/* Bits. */
typedef enum hr_share_right {
	HR_SHARE_VIEW = 1,     /* pictures, frames, metadata */
	HR_SHARE_DOWNLOAD = 2, /* whole objects */
	HR_SHARE_REPORT = 4,   /* documents of the studies: SR, encapsulated PDF and CDA */
} hr_share_right;

typedef enum hr_recipient_kind {
	HR_RECIPIENT_INSTITUTION = 1,
	HR_RECIPIENT_DOCTOR, /* a named one, of an institution */
	HR_RECIPIENT_FAMILY, /* view alone */
} hr_recipient_kind;

/* Who makes a share for the patient, if not himself. */
typedef enum hr_share_maker {
	HR_BY_PATIENT,
	HR_BY_GUARDIAN, /* of a minor */
	HR_BY_HELPER,	/* of an elder, with a consent that is recorded */
	HR_BY_INSTITUTION,
} hr_share_maker;

enum {
	HR_SHARE_SECRET_TEXT = 48, /* "hrf_", 43 characters of base64url, NUL */
	HR_SHARE_ID_TEXT = 13,	   /* 12 hexadecimal digits, drawn; no part of the secret */
	HR_SHARE_STUDIES_MAX = 100,
	HR_SHARE_OPENS_MAX = 1000,
	HR_SHARE_DAYS_MAX = 365,
	HR_SHARE_TRIES = 5, /* of a passcode, in a share's whole life */
	HR_PICKUP_TEXT = 9, /* 取片码: 8 digits, NUL */
	HR_PICKUP_SECONDS = 600,
	HR_PICKUP_TRIES = 3, /* of one code, wherever they come from */
};

typedef struct hr_share_wish {
	const hr_str *study_uids; /* of one patient, published */
	size_t study_count;
	unsigned rights;
	hr_instant not_before; /* second 0: now */
	hr_instant expires_at;
	int64_t opens_max; /* 0: as many as there are */
	hr_str passcode;   /* 4 to 64 characters; empty: none */
	hr_recipient_kind recipient_kind;
	hr_str recipient; /* USCC or name of an institution; for a doctor it and his name */
	hr_str relation;  /* of family: "daughter" */
	hr_str purpose;	  /* a word of hr_share_purposes */
	hr_share_maker maker;
	hr_str consent; /* of a guardian or a helper: what stands where it was recorded */
	hr_str actor;	/* for the audit: a token's id, "patient", "command" */
	const hr_patient_key *patient; /* who must own the studies; NULL: whoever does, for those
					  who may act for all */
} hr_share_wish;

/* "outpatient", "consultation", "family"...; NULL ends them. */
extern const char *const hr_share_purposes[];

/* Who holds a session of a share keeps it while the share is spent or locked, and loses it with
 * the others. */
typedef enum hr_share_state {
	HR_SHARE_WAITS, /* for its first day */
	HR_SHARE_LIVES,
	HR_SHARE_EXPIRED,
	HR_SHARE_SPENT,	 /* no opening is left */
	HR_SHARE_LOCKED, /* no try of its passcode is left */
	HR_SHARE_REVOKED,
	HR_SHARE_ENDED, /* its studies were withdrawn, removed, or are another's */
} hr_share_state;

/* A share as its patient sees it. */
typedef struct hr_share {
	char id[HR_SHARE_ID_TEXT];
	hr_share_state state;
	hr_patient_key patient;
	const hr_str *study_uids; /* those that still count (their generation is the same) */
	size_t study_count;
	unsigned rights;
	hr_instant made_at;
	hr_instant not_before;
	hr_instant expires_at;
	hr_instant revoked_at;
	int64_t opens;
	int64_t opens_max;
	bool has_passcode;
	bool is_pickup;
	int64_t tries_left;
	hr_recipient_kind recipient_kind;
	hr_str recipient;
	hr_str relation;
	hr_str purpose;
	hr_share_maker maker;
} hr_share;

/*
 * HR_E_USAGE for a wish out of bounds, HR_E_NOT_FOUND for a study that is not
 * there, not that patient's or not published: one answer. HR_E_RULE for what the law
 * wants and is missing (a guardian's consent, a purpose).
 */
bool hr_share_create(hr_films *films, const hr_share_wish *wish, hr_instant now, hr_arena *arena,
		     char secret[HR_SHARE_SECRET_TEXT], hr_share *out, hr_error *err);

/* --- opening --- */

typedef enum hr_share_answer {
	HR_SHARE_OPENED,
	/*
	 * No such secret, or no passcode, or a wrong one, or it is locked, or a code that is
	 * not for who asks: one answer after equal work, so a stranger learns nothing.
	 */
	HR_SHARE_UNKNOWN,
	HR_SHARE_NOT_OPEN, /* `share.state` says why; to who has passed the passcode alone */
} hr_share_answer;

typedef struct hr_share_attempt {
	hr_str secret; /* "hrf_..." or a pickup code of 8 digits */
	hr_str passcode;
	hr_str desk;   /* USCC of the hospital whose desk asks, as its network or token proves;
			  empty: none. A pickup code wants it */
	hr_str source; /* for the audit: never an address as it is, a digest's first digits */
} hr_share_attempt;

/*
 * One transaction: found, passcode, state, one opening the less, its audit row.
 * A refusal of a share that is known is a row, too. What is unknown is counted
 * (hr_share_unknown) and not kept.
 */
bool hr_share_open(hr_films *films, const hr_share_attempt *attempt, hr_instant now,
		   hr_arena *arena, hr_share_answer *answer, hr_share *out, hr_error *err);

/* How many attempts met nothing, since the process began. */
uint64_t hr_share_unknown(const hr_films *films);

/* --- its owner --- */

/* By id. HR_E_NOT_FOUND also for one of another patient, where `patient` is not NULL. */
bool hr_share_get(hr_films *films, hr_str id, const hr_patient_key *patient, hr_instant now,
		  hr_arena *arena, hr_share *out, hr_error *err);

/* The newest first; at most 1,000. */
bool hr_share_list(hr_films *films, const hr_patient_key *patient, hr_instant now, hr_arena *arena,
		   hr_share **out, size_t *count, hr_error *err);

/* Holds on the next request. Again: nothing more happens. */
bool hr_share_revoke(hr_films *films, hr_str id, const hr_patient_key *patient, hr_str actor,
		     hr_str reason, hr_instant now, hr_error *err);

typedef struct hr_share_event {
	hr_instant at;
	/*
	 * "share-create", "share-open", "share-refuse", "share-revoke"; among all of a
	 * patient's also those of his own way in, "patient-...", which have no id.
	 */
	hr_str action;
	hr_str actor;
	hr_str reason;	  /* of a refusal: "passcode", "expired", ... */
	hr_str recipient; /* whom the share names */
	char id[HR_SHARE_ID_TEXT];
} hr_share_event;

/* What happened to one share (`id`), or to all of a patient's (`id` empty); the newest first. */
bool hr_share_log(hr_films *films, hr_str id, const hr_patient_key *patient, size_t limit,
		  hr_arena *arena, hr_share_event **out, size_t *count, hr_error *err);

/* --- 取片码 --- */

/*
 * A code for a clinic's desk: a share of one opening, for `wish->recipient` (the
 * USCC of that hospital), valid HR_PICKUP_SECONDS; the wish's times, opens and
 * passcode are not looked at. At most one that lives for each patient: a new one ends
 * the old.
 */
bool hr_pickup_create(hr_films *films, const hr_share_wish *wish, hr_instant now, hr_arena *arena,
		      char code[HR_PICKUP_TEXT], hr_share *out, hr_error *err);
