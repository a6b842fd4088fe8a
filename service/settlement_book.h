/*
 * The book of settlements: each person's years, with what was taken back and
 * what was settled again. It keeps; what comes of a visit is settlement/'s. An
 * act is decided by a year that was read before, and written only when nothing
 * has been done about the person since. Each, and each look, is a row of the
 * audit in the same transaction. Nothing is ever removed or changed but that
 * it ends. Any thread.
 */
#pragma once

#include "base/calendar.h"
#include "settlement/ledger.h"
#include "store/patient_key.h"

typedef struct hr_store hr_store;
typedef struct hr_room hr_room;

extern const hr_room hr_settlement_room;

/* Who does it, and why. */
typedef struct hr_settlement_by {
	hr_str actor;
	hr_str reason; /* may be empty, but to reverse and to settle again */
	hr_instant at;
} hr_settlement_by;

/* Which year of whom. */
typedef struct hr_settlement_look {
	hr_patient_id whose;
	const hr_patient_key *key; /* in its place, for who has no number; NULL: there is none */
	hr_ledger_scope scope;
	hr_str id; /* the year that has this one, whichever it is; empty: that of `scope` */
} hr_settlement_look;

typedef struct hr_settlement_year {
	hr_ledger ledger;
	int64_t last;	 /* the highest number of the person's, whatever the year */
	bool of_another; /* the id is another person's */
} hr_settlement_year;

/* In the arena. */
bool hr_settlement_book_look(hr_store *store, const hr_node_key *node,
			     const hr_settlement_look *look, const hr_settlement_by *by,
			     hr_arena *arena, hr_settlement_year *out, hr_error *err);

typedef enum hr_settlement_deed {
	HR_SETTLEMENT_RECORD,	/* one row, the number after the last */
	HR_SETTLEMENT_REVERSE,	/* one row, by number and revision */
	HR_SETTLEMENT_RESETTLE, /* the next revisions of rows that stand */
	HR_SETTLEMENT_DEEDS
} hr_settlement_deed;

typedef struct hr_settlement_put {
	hr_settlement_deed deed;
	hr_ledger_scope scope;
	const hr_ledger_row *rows;
	size_t count;
	int64_t turn; /* of the year by which it was decided */
} hr_settlement_put;

/*
 * All of the rows or none. HR_E_CONFLICT: something was done since the year was
 * read. HR_E_EXISTS: the id is in use. HR_E_LIMIT: a year has HR_LEDGER_ROWS_MAX.
 * HR_E_USAGE: what ends has a reason.
 */
bool hr_settlement_book_put(hr_store *store, const hr_node_key *node,
			    const hr_settlement_look *whose, const hr_settlement_by *by,
			    const hr_settlement_put *put, hr_arena *arena, hr_error *err);

hr_str hr_settlement_deed_word(hr_settlement_deed deed);

/* --- many persons --- */

/*
 * A batch is one transaction, for which others wait: it ends where it has as
 * many persons, bytes of settlements or milliseconds, and has one person at least.
 */
enum {
	HR_SETTLEMENT_BATCH_MAX = 200,
	HR_SETTLEMENT_BATCH_BYTES = 1 << 20,
	HR_SETTLEMENT_BATCH_MS = 20,
	HR_SETTLEMENT_PERSON_TEXT = 17,
};

typedef struct hr_settlement_person {
	hr_patient_key key;
	char insured[7];
} hr_settlement_person;

/* A person of a batch, and his year. */
typedef struct hr_settlement_one {
	hr_settlement_person person;
	hr_settlement_year year;
} hr_settlement_one;

typedef struct hr_settlement_batch {
	hr_settlement_one *rows;
	size_t count;
} hr_settlement_batch;

/*
 * The years of those with settlements of a year under an insurance, where the
 * place begins with scope->insured: the next ones after `after` (NULL: the
 * first). None: there are no more. In the arena.
 */
bool hr_settlement_book_look_next(hr_store *store, const hr_node_key *node,
				  const hr_ledger_scope *scope, const hr_settlement_person *after,
				  const hr_settlement_by *by, hr_arena *arena,
				  hr_settlement_batch *out, hr_error *err);

/* What comes of a person's year. */
typedef struct hr_settlement_one_put {
	hr_patient_key key;
	hr_settlement_put put; /* HR_SETTLEMENT_RESETTLE */
} hr_settlement_one_put;

/*
 * As many of the first ones as a batch has: `*done`; the caller comes again
 * with the others. `kept[i]` false: nothing of that person's is kept, as
 * something was done since his year was read, or it is full; alone he is told
 * so. A fault is none of theirs: then none of the batch is kept.
 */
bool hr_settlement_book_put_many(hr_store *store, const hr_node_key *node,
				 const hr_settlement_by *by, const hr_settlement_one_put *all,
				 size_t count, hr_arena *arena, size_t *done, bool *kept,
				 hr_error *err);

/* A word for a person, the same each time, which only who has the node's key can make. */
hr_str hr_settlement_person_word(const hr_patient_key *key, char out[HR_SETTLEMENT_PERSON_TEXT]);
