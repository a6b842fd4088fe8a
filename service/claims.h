/*
 * 领片凭证: the way in for a patient whose hospital has no app. The hospital makes
 * a claim for a study and prints its code on the slip; whoever shows the code,
 * the last six characters of the identity number and the name is the patient.
 *
 * Kept of it: keys under the node's secret (store/patient_key.h), of the code, and
 * of code, six characters and name together. Whoever has the tables alone can
 * try nothing, and each trial costs the same short time here, so nobody can
 * keep the service busy with slow hashes. With the node's key a thief of the
 * tables has the names as they are in the index anyway.
 *
 * What it opens is what stands under the key of the slip's film: his films of
 * all institutions when the film is matched with him (by an identity feed, or
 * because its PatientID is a number of GB 11643); else those of the same
 * institution's patient number. A claim proves no more than its film does.
 *
 * Used as often as he likes until it expires: people forget. Each opening, and
 * each refusal of a claim that is known, is an audit row which he can read.
 */
#pragma once

#include "service/claim_code.h"
#include "service/films.h"
#include "store/patient_key.h"

extern const hr_room hr_claim_room;

enum {
	HR_CLAIM_DAYS = 30, /* unless said otherwise */
	HR_CLAIM_DAYS_MAX = 365,
	HR_CLAIM_TRIES = 5, /* wrong ones, in a claim's whole life */
	HR_CLAIM_LAST = 6,  /* characters of the identity number */
};

typedef struct hr_claim_wish {
	hr_str study_uid;
	hr_patient_id patient; /* as the hospital knows him: an identity card, a passport */
	hr_str name;	       /* as the slip says it; empty: as the film does */
	int64_t days;	       /* 0: HR_CLAIM_DAYS */
	hr_str actor;
} hr_claim_wish;

typedef struct hr_claim {
	char code[HR_CLAIM_CODE_TEXT]; /* told this once */
	hr_instant expires_at;
} hr_claim;

/*
 * Ends an earlier one of that study: a slip that was lost is answered by another.
 * HR_E_CONFLICT when the film is matched with another person; HR_E_INCOMPLETE
 * without six characters of a number, or any name.
 */
bool hr_claim_make(hr_films *films, const hr_claim_wish *wish, hr_instant now, hr_arena *arena,
		   hr_claim *out, hr_error *err);

typedef struct hr_claim_attempt {
	hr_str code;
	hr_str id_last;
	hr_str name;
	hr_str source; /* for the audit: never an address as it is */
} hr_claim_attempt;

/*
 * `*opened` false: no such code, wrong characters or name, locked, expired, or
 * its film is gone or another's: one answer after equal work. The try is
 * counted in the transaction that looks, so guessers side by side have no more.
 */
bool hr_claim_open(hr_films *films, const hr_claim_attempt *attempt, hr_instant now,
		   hr_arena *arena, bool *opened, hr_patient_key *out, hr_error *err);

/* How many attempts met no claim. They are not kept otherwise. */
bool hr_claim_unknown(hr_films *films, int64_t *out, hr_error *err);

/* A ticket was drawn ("patient-ticket") or used ("patient-open"): a row for the patient. */
bool hr_claim_note(hr_films *films, const char *action, hr_str actor, hr_str reason,
		   const hr_patient_key *patient, hr_instant now, hr_error *err);
