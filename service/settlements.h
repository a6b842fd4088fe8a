/*
 * Settlements that are kept: a visit recorded, one taken back, a person's year
 * looked at, many years settled again. The same for a command and for HTTP: a
 * desk is the book itself, or one who asks a running service for it.
 *
 * An act is decided by a year that was read before; where somebody else was
 * quicker it is decided anew, so that of two that come at once neither is lost
 * or counted twice.
 */
#pragma once

#include "service/settlement_book.h"
#include "settlement/ledger_answer.h"
#include "settlement/ledger_ask.h"

typedef struct hr_settlement_desk {
	bool (*look)(void *context, const hr_settlement_look *look, hr_str reason, hr_arena *arena,
		     hr_settlement_year *out, hr_error *err);
	bool (*put)(void *context, const hr_settlement_look *whose, hr_str reason,
		    const hr_settlement_put *put, hr_arena *arena, hr_error *err);
	/* As the book's look_next and put_many. */
	bool (*next)(void *context, const hr_ledger_scope *scope, const hr_settlement_person *after,
		     hr_str reason, hr_arena *arena, hr_settlement_batch *out, hr_error *err);
	bool (*put_many)(void *context, hr_str reason, const hr_settlement_one_put *all,
			 size_t count, hr_arena *arena, size_t *done, bool *kept, hr_error *err);
	void *context;
} hr_settlement_desk;

/* The book in this process. */
typedef struct hr_settlement_here {
	hr_store *store;
	const hr_node_key *node;
	hr_str actor;
	hr_instant at;
} hr_settlement_here;

/* `here` must live as long. */
hr_settlement_desk hr_settlement_desk_here(hr_settlement_here *here);

/*
 * HR_E_EXISTS: the id is in use by another settlement, or this one was
 * reversed. What the catalogue does not decide is an outcome, and not kept.
 */
bool hr_settlement_record(const hr_settlement_desk *desk, const hr_catalog *catalog,
			  const hr_ledger_ask *ask, hr_arena *arena, hr_ledger_answer *out,
			  hr_error *err);

/*
 * Takes back ask->reverses, and tells which later ones of the year would come
 * out otherwise by this version; they stay as they are. Again: changes nothing.
 * HR_E_NOT_FOUND: the person has no such settlement.
 */
bool hr_settlement_reverse(const hr_settlement_desk *desk, const hr_catalog *catalog,
			   const hr_ledger_ask *ask, hr_arena *arena, hr_ledger_answer *out,
			   hr_error *err);

bool hr_settlement_show(const hr_settlement_desk *desk, const hr_ledger_ask *ask, hr_arena *arena,
			hr_ledger_answer *out, hr_error *err);

/* One person's year by a version; `apply`: what changes is kept as the next revisions. */
bool hr_settlement_resettle(const hr_settlement_desk *desk, const hr_catalog *catalog,
			    const hr_settlement_look *whose, bool apply, hr_str reason,
			    hr_arena *arena, hr_ledger_changes *out, hr_error *err);

/* What changes for a person of a batch. */
typedef struct hr_settlement_again {
	hr_settlement_person person;
	hr_ledger_changes changes;
} hr_settlement_again;

/*
 * The same for the next persons of a scope (hr_settlement_book_look_next), in
 * their order; none: there are no more. When it fails persons of the batch may
 * have been done, each of them whole: done again, nothing changes for them.
 */
bool hr_settlement_resettle_next(const hr_settlement_desk *desk, const hr_catalog *catalog,
				 const hr_ledger_scope *scope, const hr_settlement_person *after,
				 bool apply, hr_str reason, hr_arena *arena,
				 hr_settlement_again **out, size_t *count, hr_error *err);
