/* A person's year: its sum, one more taken in, all of it settled again. */
#include "settlement/ledger_parts.h"

#include <string.h>

static const hr_counted nothing;

hr_str hr_ledger_state_word(hr_ledger_state state)
{
	static const hr_str words[HR_LEDGER_STATES] = {
		[HR_LEDGER_STANDS] = HR_STR_INIT("stands"),
		[HR_LEDGER_REVERSED] = HR_STR_INIT("reversed"),
		[HR_LEDGER_REPLACED] = HR_STR_INIT("replaced"),
	};

	return words[state];
}

hr_str hr_ledger_outcome_word(hr_ledger_outcome outcome)
{
	static const hr_str words[HR_LEDGER_OUTCOMES] = {
		[HR_LEDGER_SETTLED] = HR_STR_INIT("settled"),
		[HR_LEDGER_NO_AREA] = HR_STR_INIT("no-area"),
		[HR_LEDGER_NO_POLICY] = HR_STR_INIT("no-policy"),
		[HR_LEDGER_NOT_QUALIFIED] = HR_STR_INIT("not-qualified"),
		[HR_LEDGER_FILING_OPEN] = HR_STR_INIT("filing-undecided"),
		[HR_LEDGER_CONFLICTING] = HR_STR_INIT("conflicting-sources"),
		[HR_LEDGER_REFUSED] = HR_STR_INIT("refused"),
		[HR_LEDGER_FULL] = HR_STR_INIT("year-full"),
	};

	return words[outcome];
}

hr_str hr_ledger_cause_word(hr_ledger_cause_kind kind)
{
	static const hr_str words[HR_LEDGER_CAUSES] = {
		[HR_LEDGER_BY_RECORD] = HR_STR_INIT("record"),
		[HR_LEDGER_BY_EARLIER] = HR_STR_INIT("earlier"),
		[HR_LEDGER_BY_REVERSAL] = HR_STR_INIT("reversal"),
		[HR_LEDGER_BY_HUREN] = HR_STR_INIT("huren"),
	};

	return words[kind];
}

const hr_ledger_row *hr_ledger_find(const hr_ledger *ledger, hr_str id)
{
	for (size_t i = ledger->count; i-- > 0;)
		if (hr_str_equal(ledger->rows[i].id, id) &&
		    ledger->rows[i].state != HR_LEDGER_REPLACED)
			return &ledger->rows[i];
	return NULL;
}

/* --- tallies --- */

const hr_counted *hr_ledger_tallies_find(const hr_ledger_tallies *tallies, hr_str counter,
					 hr_str hospital)
{
	for (uint32_t i = 0; i < tallies->count; i++)
		if (hr_str_equal(tallies->rows[i].counter, counter) &&
		    hr_str_equal(tallies->rows[i].sum.hospital, hospital))
			return &tallies->rows[i].sum;
	return NULL;
}

static bool tallies_open(hr_arena *arena, hr_ledger_tallies *out, hr_error *err)
{
	*out = (hr_ledger_tallies){ .rows = HR_NEW_N(arena, hr_ledger_tally, HR_COUNTED_MAX) };
	return out->rows || hr_fail_memory(err);
}

/* The sum's row of that counter, made when it is not there. */
static hr_counted *tally_of(hr_ledger_tallies *sum, const hr_ledger_tally *of, hr_error *err)
{
	const hr_counted *found = hr_ledger_tallies_find(sum, of->counter, of->sum.hospital);
	hr_ledger_tally *row;

	if (found)
		return (hr_counted *)(uintptr_t)found;
	if (sum->count == HR_COUNTED_MAX) {
		hr_fail(err, HR_E_LIMIT, "a year has over %d counters", HR_COUNTED_MAX);
		return NULL;
	}
	row = &sum->rows[sum->count++];
	*row = (hr_ledger_tally){ .counter = of->counter, .sum = { .hospital = of->sum.hospital } };
	return &row->sum;
}

static bool tallies_add(hr_ledger_tallies *sum, const hr_ledger_tallies *own, hr_error *err)
{
	for (uint32_t i = 0; i < own->count; i++) {
		const hr_counted *more = &own->rows[i].sum;
		hr_counted *row = tally_of(sum, &own->rows[i], err);

		if (!row)
			return false;
		if (more->deductible_fen > HR_FEN_MAX - row->deductible_fen ||
		    more->base_fen > HR_FEN_MAX - row->base_fen ||
		    more->paid_fen > HR_FEN_MAX - row->paid_fen ||
		    more->visits >= UINT32_MAX - row->visits)
			return hr_fail(err, HR_E_LIMIT, "a counter of the year passes 16 digits");
		row->visits += more->visits;
		row->deductible_fen += more->deductible_fen;
		row->base_fen += more->base_fen;
		row->paid_fen += more->paid_fen;
		if (row->standard_fen < more->standard_fen)
			row->standard_fen = more->standard_fen;
	}
	return true;
}

bool hr_ledger_sum(const hr_ledger *ledger, hr_arena *arena, hr_ledger_tallies *out, hr_error *err)
{
	hr_ledger_tallies sum;

	if (!tallies_open(arena, &sum, err))
		return false;
	for (size_t i = 0; i < ledger->count; i++)
		if (ledger->rows[i].state == HR_LEDGER_STANDS &&
		    !tallies_add(&sum, &ledger->rows[i].own, err))
			return false;
	*out = sum;
	return true;
}

static bool tallies_copy(const hr_ledger_tallies *from, hr_arena *arena, hr_ledger_tallies *out,
			 hr_error *err)
{
	if (!tallies_open(arena, out, err))
		return false;
	out->count = from->count;
	if (from->count)
		memcpy(out->rows, from->rows, from->count * sizeof(from->rows[0]));
	return true;
}

static bool is_same_count(const hr_counted *a, const hr_counted *b)
{
	return a->visits == b->visits && a->deductible_fen == b->deductible_fen &&
	       a->standard_fen == b->standard_fen && a->base_fen == b->base_fen &&
	       a->paid_fen == b->paid_fen;
}

/* What is not in it has come to nothing. */
static bool is_same_at(const hr_ledger_tallies *a, const hr_ledger_tallies *b,
		       const hr_ledger_tally *at)
{
	const hr_counted *x = hr_ledger_tallies_find(a, at->counter, at->sum.hospital);
	const hr_counted *y = hr_ledger_tallies_find(b, at->counter, at->sum.hospital);

	return is_same_count(x ? x : &nothing, y ? y : &nothing);
}

static bool tallies_same(const hr_ledger_tallies *a, const hr_ledger_tallies *b)
{
	for (uint32_t i = 0; i < a->count; i++)
		if (!is_same_at(a, b, &a->rows[i]))
			return false;
	for (uint32_t i = 0; i < b->count; i++)
		if (!is_same_at(a, b, &b->rows[i]))
			return false;
	return true;
}

/* --- between names and the numbers of one version --- */

/* A counter that this version does not have decides nothing in it. */
static void year_of(const hr_catalog *catalog, const hr_ledger_tallies *tallies, hr_year *out)
{
	out->count = 0;
	for (uint32_t i = 0; i < tallies->count; i++) {
		uint32_t counter = hr_catalog_find_counter(catalog, tallies->rows[i].counter);

		if (counter == HR_ID_NONE)
			continue;
		out->counted[out->count] = tallies->rows[i].sum;
		out->counted[out->count++].counter = counter;
	}
}

static bool tallies_of(const hr_catalog *catalog, const hr_year *year, hr_arena *arena,
		       hr_ledger_tallies *out, hr_error *err)
{
	if (!tallies_open(arena, out, err))
		return false;
	for (uint32_t i = 0; i < year->count; i++)
		out->rows[out->count++] = (hr_ledger_tally){
			.counter = hr_catalog_get_counter(catalog, year->counted[i].counter),
			.sum = year->counted[i],
		};
	return true;
}

/* --- one settlement --- */

/* One filing has a reading that another has not. */
static bool depends_on_filing(const hr_quote *quote)
{
	for (size_t i = 1; i < quote->reading_count; i++)
		if (quote->readings[i].filings != quote->readings[0].filings)
			return true;
	return quote->unknown_under != 0;
}

static hr_ledger_outcome outcome_of(const hr_quote *quote)
{
	switch (quote->outcome) {
	case HR_QUOTE_NO_AREA:
		return HR_LEDGER_NO_AREA;
	case HR_QUOTE_NO_POLICY:
		return HR_LEDGER_NO_POLICY;
	case HR_QUOTE_NOT_QUALIFIED:
		return HR_LEDGER_NOT_QUALIFIED;
	case HR_QUOTE_COMPUTED:
		break;
	}
	if (depends_on_filing(quote))
		return HR_LEDGER_FILING_OPEN;
	return quote->reading_count > 1 ? HR_LEDGER_CONFLICTING : HR_LEDGER_SETTLED;
}

bool hr_ledger_settle(const hr_catalog *catalog, const hr_json *visit,
		      const hr_ledger_tallies *before, hr_arena *arena, hr_ledger_row *out,
		      hr_ledger_outcome *outcome, hr_error *err)
{
	hr_ledger_row row = { .visit = visit, .catalogue = hr_catalog_id(catalog) };
	hr_visit facts;
	hr_quote quote;
	hr_year own;

	if (!hr_visit_read(visit, catalog, arena, &facts, err))
		return false;
	year_of(catalog, before, &facts.year);
	if (!hr_quote_make(catalog, &facts, false, arena, &quote, err))
		return false;
	*outcome = outcome_of(&quote);
	if (*outcome != HR_LEDGER_SETTLED)
		return true;
	row.settlement = quote.readings[0].settlement;
	if (!hr_settle_own(&quote.readings[0].rules, &facts.charges, &facts.year, &own, err) ||
	    !tallies_of(catalog, &own, arena, &row.own, err) ||
	    !tallies_copy(before, arena, &row.before, err) ||
	    !hr_ledger_basis_make(&quote, &quote.readings[0], arena, &row, err))
		return false;
	*out = row;
	return true;
}

/* --- all of them again --- */

struct again {
	const hr_ledger *ledger;
	const hr_catalog *catalog;
	hr_arena *arena;
	hr_ledger_tallies sum;
	hr_ledger_change *changes;
	size_t count;
	size_t settled;
};

static bool is_other(const hr_ledger_row *kept, const hr_ledger_row *again)
{
	return memcmp(kept->settlement.fen, again->settlement.fen, sizeof(again->settlement.fen)) !=
		       0 ||
	       kept->settlement.pool_prop != again->settlement.pool_prop ||
	       !tallies_same(&kept->own, &again->own);
}

/* Did the year come to something else at a counter that both of them count at? */
static bool met_otherwise(const hr_ledger_row *row, const hr_ledger_row *again,
			  const hr_ledger_tallies *own)
{
	for (uint32_t i = 0; i < own->count; i++) {
		const hr_ledger_tally *at = &own->rows[i];

		if ((hr_ledger_tallies_find(&row->own, at->counter, at->sum.hospital) ||
		     hr_ledger_tallies_find(&again->own, at->counter, at->sum.hospital)) &&
		    !is_same_at(&row->before, &again->before, at))
			return true;
	}
	return false;
}

/* What an earlier one has to do with it; HR_LEDGER_CAUSES: nothing. `its` may be NULL. */
static hr_ledger_cause_kind kind_of(const hr_ledger_change *change, const hr_ledger_row *earlier,
				    const hr_ledger_change *its)
{
	bool met = met_otherwise(change->row, &change->again, &earlier->own);

	if (earlier->state == HR_LEDGER_REVERSED)
		return met && earlier->ended > change->row->turn ? HR_LEDGER_BY_REVERSAL
								 : HR_LEDGER_CAUSES;
	if (its && its->outcome == HR_LEDGER_SETTLED)
		return met || met_otherwise(change->row, &change->again, &its->again.own)
			       ? HR_LEDGER_BY_EARLIER
			       : HR_LEDGER_CAUSES;
	return met && earlier->turn > change->row->turn ? HR_LEDGER_BY_EARLIER : HR_LEDGER_CAUSES;
}

static const hr_ledger_basis *find_basis(const hr_ledger_row *row, hr_str what)
{
	for (uint32_t i = 0; i < row->basis_count; i++)
		if (hr_str_equal(row->basis[i].what, what))
			return &row->basis[i];
	return NULL;
}

static void add_records(const hr_ledger_change *change, hr_ledger_cause *out, size_t *count)
{
	const hr_ledger_row *old = change->row;
	const hr_ledger_row *new = &change->again;

	for (uint32_t i = 0; i < old->basis_count; i++) {
		const hr_ledger_basis *to = find_basis(new, old->basis[i].what);

		if (!to || !hr_ledger_basis_same(&old->basis[i], to))
			out[(*count)++] = (hr_ledger_cause){ .kind = HR_LEDGER_BY_RECORD,
							     .from = &old->basis[i],
							     .to = to };
	}
	for (uint32_t i = 0; i < new->basis_count; i++)
		if (!find_basis(old, new->basis[i].what))
			out[(*count)++] = (hr_ledger_cause){ .kind = HR_LEDGER_BY_RECORD,
							     .to = &new->basis[i] };
}

/* Of each kind one cause: the nearest, and how many there are. */
static void add_earlier(const struct again *a, const hr_ledger_change *change, hr_ledger_cause *out,
			size_t *count)
{
	hr_ledger_cause found[HR_LEDGER_CAUSES] = { 0 };
	const hr_ledger_change *its = a->changes;

	for (size_t i = 0; i < a->ledger->count; i++) {
		const hr_ledger_row *row = &a->ledger->rows[i];
		hr_ledger_cause_kind kind;

		if (row->number >= change->row->number || row->state == HR_LEDGER_REPLACED)
			continue;
		while (its < change && its->row < row)
			its++;
		kind = kind_of(change, row, its < change && its->row == row ? its : NULL);
		if (kind == HR_LEDGER_CAUSES)
			continue;
		found[kind].kind = kind;
		found[kind].row = row;
		found[kind].count++;
	}
	for (size_t i = 0; i < HR_LEDGER_CAUSES; i++)
		if (found[i].count)
			out[(*count)++] = found[i];
}

static bool find_causes(const struct again *a, hr_ledger_change *change, hr_error *err)
{
	const size_t room = 2 * (size_t)HR_LEDGER_BASIS_MAX + HR_LEDGER_CAUSES;
	hr_ledger_cause *causes = HR_NEW_N(a->arena, hr_ledger_cause, room);
	size_t count = 0;

	if (!causes)
		return hr_fail_memory(err);
	add_records(change, causes, &count);
	add_earlier(a, change, causes, &count);
	if (count == 0)
		causes[count++] = (hr_ledger_cause){ .kind = HR_LEDGER_BY_HUREN };
	change->causes = causes;
	change->cause_count = count;
	return true;
}

/* What one visit lacks is told of it, and keeps no other from being settled. */
static bool settle_again(struct again *a, hr_ledger_change *change, hr_error *err)
{
	if (hr_ledger_settle(a->catalog, change->row->visit, &a->sum, a->arena, &change->again,
			     &change->outcome, err))
		return true;
	if (err->code == HR_E_MEMORY)
		return false;
	change->outcome = HR_LEDGER_REFUSED;
	change->why = hr_str_copy(a->arena, hr_str_of(err->message));
	return change->why.data || hr_fail_memory(err);
}

static void place(const hr_ledger_row *row, hr_ledger_row *again)
{
	again->id = row->id;
	again->at = row->at;
	again->number = row->number;
	again->revision = row->revision + 1;
	again->state = HR_LEDGER_STANDS;
}

static bool look_at(struct again *a, const hr_ledger_row *row, hr_error *err)
{
	hr_ledger_change *change = &a->changes[a->count];
	const hr_ledger_tallies *own = &row->own;

	*change = (hr_ledger_change){ .row = row };
	if (!settle_again(a, change, err))
		return false;
	if (change->outcome == HR_LEDGER_SETTLED && is_other(row, &change->again)) {
		place(row, &change->again);
		own = &change->again.own;
		a->settled++;
		if (!find_causes(a, change, err))
			return false;
	}
	/* What is the same, is no change. */
	a->count += change->outcome != HR_LEDGER_SETTLED || own != &row->own;
	return tallies_add(&a->sum, own, err);
}

/* A year is kept whole or not at all: its later settlements were settled by what the earlier are.
 */
static void leave_as_it_is(struct again *a)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->changes[i].outcome == HR_LEDGER_SETTLED)
			a->changes[i].outcome = HR_LEDGER_FULL;
	a->settled = 0;
}

bool hr_ledger_resettle(const hr_ledger *ledger, const hr_catalog *catalog, hr_arena *arena,
			hr_ledger_changes *out, hr_error *err)
{
	struct again again = { .ledger = ledger, .catalog = catalog, .arena = arena };

	again.changes = HR_NEW_N(arena, hr_ledger_change, ledger->count + 1);
	if (!again.changes)
		return hr_fail_memory(err);
	if (!tallies_open(arena, &again.sum, err))
		return false;
	for (size_t i = 0; i < ledger->count; i++)
		if (ledger->rows[i].state == HR_LEDGER_STANDS &&
		    !look_at(&again, &ledger->rows[i], err))
			return false;
	if (ledger->count + again.settled > HR_LEDGER_ROWS_MAX)
		leave_as_it_is(&again);
	*out = (hr_ledger_changes){ again.changes, again.count, again.settled };
	return true;
}

int64_t hr_ledger_changes_fund_fen(const hr_ledger_changes *changes)
{
	int64_t sum = 0;

	for (size_t i = 0; i < changes->count; i++)
		if (changes->rows[i].outcome == HR_LEDGER_SETTLED)
			sum += changes->rows[i].again.settlement.fen[HR_FUND_PAY_SUMAMT] -
			       changes->rows[i].row->settlement.fen[HR_FUND_PAY_SUMAMT];
	return sum;
}
