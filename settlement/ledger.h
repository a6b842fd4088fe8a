/*
 * A person's year at one place of insurance under one insurance: what was
 * settled, in the order in which it was taken, and what of it was taken back.
 * Each settlement keeps what is needed to settle it again: the visit, the year
 * as it stood, the records that decided. Pure.
 *
 * The state of the year is the sum of what each settlement that stands has
 * added to it, so it is a function of what stands: reversed, one leaves no
 * trace in it, wherever it was. What stands is never changed by looking;
 * whoever settles again is told what would come out, by how much, and why.
 */
#pragma once

#include "settlement/quote.h"

enum {
	HR_LEDGER_ROWS_MAX = 2000,
	HR_LEDGER_ID_MAX = 30, /* medins_setl_id */
	HR_LEDGER_VISIT_BYTES_MAX = 1 << 20,
	HR_LEDGER_ASK_BYTES_MAX = HR_LEDGER_VISIT_BYTES_MAX + (64 << 10),
	HR_LEDGER_BASIS_MAX = HR_FUND_COUNT + 3,
};

/* --- what is kept --- */

/* A counter by its name: numbers are of one version of the catalogue. */
typedef struct hr_ledger_tally {
	hr_str counter;
	hr_counted sum; /* its `counter` is not used */
} hr_ledger_tally;

typedef struct hr_ledger_tallies {
	hr_ledger_tally *rows; /* at most HR_COUNTED_MAX */
	uint32_t count;
} hr_ledger_tallies;

/*
 * A record that decided: a fund's policy, or what the area says of rounding,
 * of accounts, of filings. Its rule is in words of the catalogue, so that two
 * versions can be told apart when one of them is gone.
 */
typedef struct hr_ledger_basis {
	hr_str what; /* "hifp"; "rounding", "accounts", "filing" */
	hr_str id;   /* of a policy; the zone's name; may be empty */
	hr_str rule;
	hr_str file;
	uint32_t line;
	hr_str grade;
	hr_str source;
} hr_ledger_basis;

typedef enum hr_ledger_state {
	HR_LEDGER_STANDS,
	HR_LEDGER_REVERSED,
	HR_LEDGER_REPLACED, /* settled again: a later revision stands */
	HR_LEDGER_STATES
} hr_ledger_state;

typedef struct hr_ledger_row {
	hr_str id;	      /* medins_setl_id */
	hr_instant at;	      /* setl_time, as its sender says */
	hr_str catalogue;     /* the version by which it was settled */
	const hr_json *visit; /* as 'settle quote' takes it, without a year */
	hr_settlement settlement;
	hr_ledger_tallies before; /* the year as it stood */
	hr_ledger_tallies own;	  /* what this one adds to it */
	hr_ledger_basis *basis;
	uint32_t basis_count;

	/* Where it is in the book. */
	int64_t number; /* in the order taken, of all of the person's */
	int64_t revision;
	hr_ledger_state state;
	int64_t turn;  /* of the person's acts: in which it came to be */
	int64_t ended; /* and in which it was reversed or replaced; 0: it stands */
	hr_str reason; /* why it ended; may be empty */
} hr_ledger_row;

/* Whose year; the year is that of the day of settlement. */
typedef struct hr_ledger_scope {
	hr_str insured;	  /* insuplc_admdvs */
	hr_str insurance; /* insutype */
	int32_t year;
} hr_ledger_scope;

typedef struct hr_ledger {
	hr_ledger_scope scope;
	hr_ledger_row *rows; /* by number, then revision */
	size_t count;
	int64_t turn; /* of the person, whatever the year: rises with each act */
} hr_ledger;

/* The newest revision; NULL when there is no such settlement. */
const hr_ledger_row *hr_ledger_find(const hr_ledger *ledger, hr_str id);

/* What the year has come to. HR_E_LIMIT when a counter passes 16 digits. */
bool hr_ledger_sum(const hr_ledger *ledger, hr_arena *arena, hr_ledger_tallies *out, hr_error *err);

hr_str hr_ledger_state_word(hr_ledger_state state);

/* --- taking in --- */

typedef enum hr_ledger_outcome {
	HR_LEDGER_SETTLED,
	HR_LEDGER_NO_AREA,
	HR_LEDGER_NO_POLICY,
	HR_LEDGER_NOT_QUALIFIED, /* for its disease, so it is no such visit */
	HR_LEDGER_FILING_OPEN,	 /* what is filed decides, and is not known */
	HR_LEDGER_CONFLICTING,	 /* sources conflict: which reading holds is not ours to say */
	HR_LEDGER_REFUSED,	 /* the visit lacks what this version wants */
	HR_LEDGER_FULL,		 /* settled again: the year has no room for what comes out */
	HR_LEDGER_OUTCOMES
} hr_ledger_outcome;

hr_str hr_ledger_outcome_word(hr_ledger_outcome outcome);

/*
 * Settle `visit` in a year that stands at `before`: all of `*out` but its id,
 * its time and its place in the book. `*out` is filled for HR_LEDGER_SETTLED alone.
 */
bool hr_ledger_settle(const hr_catalog *catalog, const hr_json *visit,
		      const hr_ledger_tallies *before, hr_arena *arena, hr_ledger_row *out,
		      hr_ledger_outcome *outcome, hr_error *err);

/* --- settling again --- */

typedef enum hr_ledger_cause_kind {
	HR_LEDGER_BY_RECORD,   /* a record is another: `from` to `to`; NULL: there is none */
	HR_LEDGER_BY_EARLIER,  /* an earlier settlement of the year comes out otherwise */
	HR_LEDGER_BY_REVERSAL, /* an earlier one was reversed since */
	HR_LEDGER_BY_HUREN,    /* the same records and year: another huren has settled it */
	HR_LEDGER_CAUSES
} hr_ledger_cause_kind;

typedef struct hr_ledger_cause {
	hr_ledger_cause_kind kind;
	const hr_ledger_basis *from;
	const hr_ledger_basis *to;
	const hr_ledger_row *row; /* the earlier one; of several the nearest */
	size_t count;		  /* of the earlier ones */
} hr_ledger_cause;

hr_str hr_ledger_cause_word(hr_ledger_cause_kind kind);

/* A settlement that would come out otherwise; or of which that cannot be said. */
typedef struct hr_ledger_change {
	const hr_ledger_row *row;
	hr_ledger_outcome outcome;
	hr_str why;	     /* of HR_LEDGER_REFUSED */
	hr_ledger_row again; /* of HR_LEDGER_SETTLED: as it is to be kept, the next revision */
	const hr_ledger_cause *causes;
	size_t cause_count;
} hr_ledger_change;

typedef struct hr_ledger_changes {
	const hr_ledger_change *rows; /* by number */
	size_t count;
	size_t settled; /* of them so many have another result; of the others nothing is said */
} hr_ledger_changes;

/*
 * All that stands, settled again in its order from an empty year. With the
 * same policies, and nothing reversed, there is no change. What cannot be
 * settled by this version stays as it is, and counts as it did. A year without
 * room for all that changes (HR_LEDGER_ROWS_MAX) stays whole: HR_LEDGER_FULL.
 */
bool hr_ledger_resettle(const hr_ledger *ledger, const hr_catalog *catalog, hr_arena *arena,
			hr_ledger_changes *out, hr_error *err);

/* What the funds would pay more (less: negative), over all changes. */
int64_t hr_ledger_changes_fund_fen(const hr_ledger_changes *changes);

/* --- JSON --- */

/* A row's members into an open object; `placed`: those of the book, too. */
void hr_ledger_row_write(const hr_ledger_row *row, bool placed, hr_json_writer *w);
bool hr_ledger_row_read(const hr_json *node, hr_arena *arena, hr_ledger_row *out, hr_error *err);
void hr_ledger_tallies_write(const hr_ledger_tallies *tallies, hr_json_writer *w);
