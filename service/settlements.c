#include "service/settlements.h"

/* As many as may come at once about one person. */
enum { TRIES = 100 };

/* --- the book in this process --- */

static hr_settlement_by by_of(const hr_settlement_here *here, hr_str reason)
{
	return (hr_settlement_by){ here->actor, reason, here->at };
}

static bool look_here(void *context, const hr_settlement_look *look, hr_str reason, hr_arena *arena,
		      hr_settlement_year *out, hr_error *err)
{
	const hr_settlement_here *here = context;
	const hr_settlement_by by = by_of(here, reason);

	return hr_settlement_book_look(here->store, here->node, look, &by, arena, out, err);
}

static bool put_here(void *context, const hr_settlement_look *whose, hr_str reason,
		     const hr_settlement_put *put, hr_arena *arena, hr_error *err)
{
	const hr_settlement_here *here = context;
	const hr_settlement_by by = by_of(here, reason);

	return hr_settlement_book_put(here->store, here->node, whose, &by, put, arena, err);
}

static bool next_here(void *context, const hr_ledger_scope *scope,
		      const hr_settlement_person *after, hr_str reason, hr_arena *arena,
		      hr_settlement_batch *out, hr_error *err)
{
	const hr_settlement_here *here = context;
	const hr_settlement_by by = by_of(here, reason);

	return hr_settlement_book_look_next(here->store, here->node, scope, after, &by, arena, out,
					    err);
}

static bool put_many_here(void *context, hr_str reason, const hr_settlement_one_put *all,
			  size_t count, hr_arena *arena, size_t *done, bool *kept, hr_error *err)
{
	const hr_settlement_here *here = context;
	const hr_settlement_by by = by_of(here, reason);

	return hr_settlement_book_put_many(here->store, here->node, &by, all, count, arena, done,
					   kept, err);
}

hr_settlement_desk hr_settlement_desk_here(hr_settlement_here *here)
{
	return (hr_settlement_desk){ look_here, put_here, next_here, put_many_here, here };
}

/* --- one act --- */

/* An act on its way. */
struct doing {
	const hr_settlement_desk *desk;
	const hr_catalog *catalog;
	const hr_ledger_ask *ask;
	hr_settlement_look look;
	hr_arena *arena;
	hr_settlement_year year;
	hr_ledger_answer answer;
};

static struct doing begin(const hr_settlement_desk *desk, const hr_catalog *catalog,
			  const hr_ledger_ask *ask, hr_str id, hr_ledger_did did, hr_arena *arena)
{
	return (struct doing){
		.desk = desk,
		.catalog = catalog,
		.ask = ask,
		.look = { .whose = { ask->certificate, ask->scope.insured, ask->number },
			  .scope = ask->scope,
			  .id = id },
		.arena = arena,
		.answer = { .did = did },
	};
}

static bool look(struct doing *d, hr_error *err)
{
	return d->desk->look(d->desk->context, &d->look, d->ask->reason, d->arena, &d->year, err);
}

static bool put(struct doing *d, hr_settlement_deed deed, const hr_ledger_row *row, hr_error *err)
{
	const hr_settlement_put put = {
		.deed = deed,
		.scope = d->year.ledger.scope,
		.rows = row,
		.count = 1,
		.turn = d->year.ledger.turn,
	};

	return d->desk->put(d->desk->context, &d->look, d->ask->reason, &put, d->arena, err);
}

/* The year as it stands after all, and the settlement in it. */
static bool finish(struct doing *d, hr_ledger_answer *out, hr_error *err)
{
	d->answer.ledger = d->year.ledger;
	if (d->look.id.len)
		d->answer.row = hr_ledger_find(&d->year.ledger, d->look.id);
	if (!hr_ledger_sum(&d->year.ledger, d->arena, &d->answer.year, err))
		return false;
	*out = d->answer;
	return true;
}

/* To the year as it was read: what was put is there, and nothing else since. */
static bool add_row(struct doing *d, const hr_ledger_row *row, bool *again, hr_error *err)
{
	hr_ledger *ledger = &d->year.ledger;
	hr_ledger_row *rows = HR_NEW_N(d->arena, hr_ledger_row, ledger->count + 1);

	*again = false;
	if (!rows)
		return hr_fail_memory(err);
	for (size_t i = 0; i < ledger->count; i++)
		rows[i] = ledger->rows[i];
	rows[ledger->count++] = *row;
	ledger->rows = rows;
	ledger->turn++;
	return true;
}

/* False with `*again`: somebody was quicker. */
static bool try_record(struct doing *d, bool *again, hr_error *err)
{
	const hr_ledger_row *kept = NULL;
	hr_ledger_row row;
	hr_ledger_tallies before;

	*again = false;
	if (!look(d, err))
		return false;
	if (d->year.of_another)
		return hr_fail(err, HR_E_EXISTS,
			       "the medins_setl_id is in use, by a settlement of another person");
	if (!hr_ledger_repeats(&d->year.ledger, d->ask, &kept, err))
		return false;
	d->answer.repeated = kept != NULL;
	if (kept)
		return true;
	if (!hr_ledger_sum(&d->year.ledger, d->arena, &before, err) ||
	    !hr_ledger_settle(d->catalog, d->ask->visit, &before, d->arena, &row,
			      &d->answer.outcome, err))
		return false;
	if (d->answer.outcome != HR_LEDGER_SETTLED)
		return true;
	row.id = d->ask->id;
	row.at = d->ask->at;
	row.number = d->year.last + 1;
	row.revision = 1;
	row.turn = d->year.ledger.turn + 1;
	*again = true;
	return put(d, HR_SETTLEMENT_RECORD, &row, err) && add_row(d, &row, again, err);
}

bool hr_settlement_record(const hr_settlement_desk *desk, const hr_catalog *catalog,
			  const hr_ledger_ask *ask, hr_arena *arena, hr_ledger_answer *out,
			  hr_error *err)
{
	struct doing d = begin(desk, catalog, ask, ask->id, HR_LEDGER_DID_RECORD, arena);
	bool again = true;

	for (int i = 0; i < TRIES; i++) {
		if (try_record(&d, &again, err))
			return finish(&d, out, err);
		if (!again || err->code != HR_E_CONFLICT)
			return false;
	}
	return false;
}

/* Those behind the one that was taken back. */
static bool find_later(struct doing *d, const hr_ledger_row *row, hr_error *err)
{
	hr_ledger_changes all;
	size_t first = 0;

	if (!hr_ledger_resettle(&d->year.ledger, d->catalog, d->arena, &all, err))
		return false;
	while (first < all.count && all.rows[first].row->number < row->number)
		first++;
	d->answer.later = (hr_ledger_changes){ all.rows + first, all.count - first, 0 };
	for (size_t i = first; i < all.count; i++)
		d->answer.later.settled += all.rows[i].outcome == HR_LEDGER_SETTLED;
	return true;
}

static void end_row(struct doing *d, const hr_ledger_row *row)
{
	hr_ledger_row *ended = &d->year.ledger.rows[row - d->year.ledger.rows];

	ended->state = HR_LEDGER_REVERSED;
	ended->ended = ++d->year.ledger.turn;
	ended->reason = d->ask->reason;
}

static bool try_reverse(struct doing *d, bool *again, hr_error *err)
{
	const hr_ledger_row *row;

	*again = false;
	if (!look(d, err))
		return false;
	row = hr_ledger_find(&d->year.ledger, d->look.id);
	if (!row)
		return hr_fail(err, HR_E_NOT_FOUND, "the person has no settlement of that id");
	d->answer.repeated = row->state == HR_LEDGER_REVERSED;
	if (d->answer.repeated)
		return true;
	*again = true;
	if (!put(d, HR_SETTLEMENT_REVERSE, row, err))
		return false;
	end_row(d, row);
	return true;
}

bool hr_settlement_reverse(const hr_settlement_desk *desk, const hr_catalog *catalog,
			   const hr_ledger_ask *ask, hr_arena *arena, hr_ledger_answer *out,
			   hr_error *err)
{
	struct doing d = begin(desk, catalog, ask, ask->reverses, HR_LEDGER_DID_REVERSE, arena);
	bool again = true;

	for (int i = 0; i < TRIES; i++) {
		const hr_ledger_row *row;

		if (!try_reverse(&d, &again, err)) {
			if (!again || err->code != HR_E_CONFLICT)
				return false;
			continue;
		}
		row = hr_ledger_find(&d.year.ledger, d.look.id);
		return row && find_later(&d, row, err) && finish(&d, out, err);
	}
	return false;
}

bool hr_settlement_show(const hr_settlement_desk *desk, const hr_ledger_ask *ask, hr_arena *arena,
			hr_ledger_answer *out, hr_error *err)
{
	struct doing d = begin(desk, NULL, ask, HR_STR_NONE, HR_LEDGER_DID_LOOK, arena);

	return look(&d, err) && finish(&d, out, err);
}

/* --- many --- */

/* What is to be kept of the changes. */
static bool make_put(const hr_ledger *ledger, const hr_ledger_changes *changes, hr_arena *arena,
		     hr_settlement_put *out, hr_error *err)
{
	hr_ledger_row *rows = HR_NEW_N(arena, hr_ledger_row, changes->count);

	*out = (hr_settlement_put){
		.deed = HR_SETTLEMENT_RESETTLE,
		.scope = ledger->scope,
		.rows = rows,
		.turn = ledger->turn,
	};
	if (!rows)
		return hr_fail_memory(err);
	for (size_t i = 0; i < changes->count; i++)
		if (changes->rows[i].outcome == HR_LEDGER_SETTLED)
			rows[out->count++] = changes->rows[i].again;
	return true;
}

static bool keep_changes(const hr_settlement_desk *desk, const hr_settlement_look *whose,
			 hr_str reason, const hr_ledger *ledger, const hr_ledger_changes *changes,
			 hr_arena *arena, hr_error *err)
{
	hr_settlement_put put;

	return make_put(ledger, changes, arena, &put, err) &&
	       desk->put(desk->context, whose, reason, &put, arena, err);
}

bool hr_settlement_resettle(const hr_settlement_desk *desk, const hr_catalog *catalog,
			    const hr_settlement_look *whose, bool apply, hr_str reason,
			    hr_arena *arena, hr_ledger_changes *out, hr_error *err)
{
	for (int i = 0; i < TRIES; i++) {
		hr_settlement_year year;
		hr_ledger_changes changes;

		if (!desk->look(desk->context, whose, reason, arena, &year, err) ||
		    !hr_ledger_resettle(&year.ledger, catalog, arena, &changes, err))
			return false;
		if (!apply || changes.settled == 0 ||
		    keep_changes(desk, whose, reason, &year.ledger, &changes, arena, err)) {
			*out = changes;
			return true;
		}
		if (err->code != HR_E_CONFLICT)
			return false;
	}
	return false;
}

/* --- a batch of them --- */

struct batch {
	const hr_settlement_desk *desk;
	const hr_catalog *catalog;
	hr_str reason;
	hr_arena *arena;
	hr_settlement_batch years;
	hr_settlement_again *again;
	hr_settlement_one_put *puts; /* of those for whom something is to be kept */
	size_t *of;		     /* whose each is, in `years` */
	bool *kept;
	size_t count;
};

static bool add_put(struct batch *b, size_t at, hr_error *err)
{
	hr_settlement_one_put *put = &b->puts[b->count];

	b->of[b->count++] = at;
	put->key = b->years.rows[at].person.key;
	return make_put(&b->years.rows[at].year.ledger, &b->again[at].changes, b->arena, &put->put,
			err);
}

static bool decide(struct batch *b, bool apply, hr_error *err)
{
	const size_t count = b->years.count;

	b->again = HR_NEW_N(b->arena, hr_settlement_again, count);
	b->puts = HR_NEW_N(b->arena, hr_settlement_one_put, count);
	b->of = HR_NEW_N(b->arena, size_t, count);
	b->kept = HR_NEW_N(b->arena, bool, count);
	if (!b->again || !b->puts || !b->of || !b->kept)
		return hr_fail_memory(err);
	for (size_t i = 0; i < count; i++) {
		hr_ledger_changes *changes = &b->again[i].changes;

		b->again[i].person = b->years.rows[i].person;
		if (!hr_ledger_resettle(&b->years.rows[i].year.ledger, b->catalog, b->arena,
					changes, err) ||
		    (apply && changes->settled && !add_put(b, i, err)))
			return false;
	}
	return true;
}

/* Somebody was quicker, or the year is full. */
static bool redo_alone(struct batch *b, size_t at, hr_error *err)
{
	hr_settlement_again *again = &b->again[at];
	const hr_settlement_look whose = {
		.key = &again->person.key,
		.scope = b->years.rows[at].year.ledger.scope,
	};

	return hr_settlement_resettle(b->desk, b->catalog, &whose, true, b->reason, b->arena,
				      &again->changes, err);
}

static bool keep(struct batch *b, hr_error *err)
{
	size_t done;

	for (size_t i = 0; i < b->count; i += done)
		if (!b->desk->put_many(b->desk->context, b->reason, b->puts + i, b->count - i,
				       b->arena, &done, b->kept + i, err))
			return false;
	for (size_t i = 0; i < b->count; i++)
		if (!b->kept[i] && !redo_alone(b, b->of[i], err))
			return false;
	return true;
}

bool hr_settlement_resettle_next(const hr_settlement_desk *desk, const hr_catalog *catalog,
				 const hr_ledger_scope *scope, const hr_settlement_person *after,
				 bool apply, hr_str reason, hr_arena *arena,
				 hr_settlement_again **out, size_t *count, hr_error *err)
{
	struct batch b = { .desk = desk, .catalog = catalog, .reason = reason, .arena = arena };

	if (!desk->next(desk->context, scope, after, reason, arena, &b.years, err) ||
	    !decide(&b, apply, err) || !keep(&b, err))
		return false;
	*out = b.again;
	*count = b.years.count;
	return true;
}
