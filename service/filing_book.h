/*
 * The book of filings: what each person has filed, what came of it, who did it
 * and why. It keeps; what may be is settlement/'s. An act is decided by a list
 * that was read before, and written only when nothing has changed since. Each,
 * and each look, is a row of the audit in the same transaction. Any thread.
 */
#pragma once

#include "settlement/filing.h"

typedef struct hr_store hr_store;
typedef struct hr_room hr_room;
typedef struct hr_node_key hr_node_key;

extern const hr_room hr_filing_room;

/* Whose: a number of his, of which kind, and who gave it where that is no identity card's. */
typedef struct hr_filing_whose {
	hr_str type;
	hr_str issuer;
	hr_str number;
} hr_filing_whose;

/* Who does it, and why. */
typedef struct hr_filing_by {
	hr_str actor;
	hr_str reason; /* may be empty, but to approve or refuse */
	hr_instant at;
} hr_filing_by;

typedef struct hr_filing_row {
	hr_filed filed;	  /* its id is a number among the person's */
	hr_str replaces;  /* the id of the one that it changes; empty: none */
	hr_str reasons;	  /* codes, as it was decided */
	hr_str catalogue; /* by this version */
} hr_filing_row;

typedef struct hr_filing_list {
	hr_filing_row *rows; /* at most HR_FILINGS_MAX: those that may hold, then the newest */
	size_t count;
	int64_t turn; /* rises with each act */
} hr_filing_list;

/* In the arena. */
bool hr_filing_book_list(hr_store *store, const hr_node_key *node, const hr_filing_whose *whose,
			 const hr_filing_by *by, hr_arena *arena, hr_filing_list *out,
			 hr_error *err);

typedef enum hr_filing_deed {
	HR_FILING_DEED_APPLY,	/* a new one, which may replace another */
	HR_FILING_DEED_APPROVE, /* one that is queued */
	HR_FILING_DEED_REFUSE,
	HR_FILING_DEED_CANCEL,
	HR_FILING_DEEDS
} hr_filing_deed;

typedef struct hr_filing_put {
	hr_filing_deed deed;
	hr_filing_row row; /* APPLY: all but its id; CANCEL: id and the last day; else the id */
	int64_t turn;	   /* of the list by which it was decided */
} hr_filing_put;

/*
 * `*id` in the arena. HR_E_CONFLICT: something was done since the list was
 * read, or the filing is not in the state for it. HR_E_LIMIT: too many that may
 * hold. HR_E_USAGE: an officer gives a reason.
 */
bool hr_filing_book_put(hr_store *store, const hr_node_key *node, const hr_filing_whose *whose,
			const hr_filing_by *by, const hr_filing_put *put, hr_arena *arena,
			hr_str *id, hr_error *err);

hr_str hr_filing_deed_word(hr_filing_deed deed);
