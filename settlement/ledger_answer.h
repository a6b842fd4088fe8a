/*
 * What came of an act on a person's year, in words: JSON for a system, text
 * for a person. Nothing of who he is stands in it.
 */
#pragma once

#include "settlement/ledger.h"

typedef enum hr_ledger_did {
	HR_LEDGER_DID_RECORD,
	HR_LEDGER_DID_REVERSE,
	HR_LEDGER_DID_LOOK,
} hr_ledger_did;

typedef struct hr_ledger_answer {
	hr_ledger_did did;
	hr_ledger_outcome outcome;
	bool repeated;		  /* it was so already: nothing was changed */
	const hr_ledger_row *row; /* the settlement that it is about; NULL: none was kept */
	hr_ledger ledger;	  /* as it stands now */
	hr_ledger_tallies year;	  /* what it has come to */
	hr_ledger_changes later;  /* REVERSE: those that would come out otherwise now */
} hr_ledger_answer;

/* The exit code of a command: 0; 1: later ones would come out otherwise; 4: not known. */
int hr_ledger_answer_code(const hr_ledger_answer *answer);

/* One line each. */
void hr_ledger_answer_format_json(const hr_ledger_answer *answer, hr_buf *out);
void hr_ledger_answer_format_text(const hr_ledger_answer *answer, bool english, hr_buf *out);

/* A person's changes: `person` is a word for him that only this node can make. */
typedef struct hr_ledger_told {
	hr_str person;
	hr_ledger_scope scope;
	const hr_ledger_changes *changes;
	bool applied; /* they are kept; else this is what would be */
} hr_ledger_told;

void hr_ledger_changes_format_json(const hr_ledger_told *told, hr_buf *out);
void hr_ledger_changes_format_text(const hr_ledger_told *told, bool english, hr_buf *out);

/* Of many persons. */
typedef struct hr_ledger_sums {
	int64_t persons; /* that were looked at */
	int64_t changed; /* of whom something changes */
	int64_t settlements;
	int64_t unsettled; /* of which nothing is said */
	int64_t fund_fen;
	bool applied;
} hr_ledger_sums;

void hr_ledger_sums_add(hr_ledger_sums *sums, const hr_ledger_changes *changes);
void hr_ledger_sums_format_json(const hr_ledger_sums *sums, hr_buf *out);
void hr_ledger_sums_format_text(const hr_ledger_sums *sums, bool english, hr_buf *out);
