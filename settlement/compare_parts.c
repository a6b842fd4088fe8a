/*
 * A difference, taken apart. The rules of one way become those of the other,
 * one thing after another; after each the visit is settled, and what the
 * person bears more or less is what that thing makes. The last settlement is
 * the other way's, so nothing is left over.
 */
#include "settlement/compare_parts.h"

#include <assert.h>

struct mix {
	hr_rules rules;
	hr_policy basic; /* rules.of[HR_FUND_HIFP] points here */
	hr_charges charges;
};

struct side {
	const hr_way_row *row;
	const hr_reading *reading;
};

static const hr_policy *basic_of(const struct side *side)
{
	return side->reading->rules.of[HR_FUND_HIFP];
}

static void take_catalogue(struct mix *mix, const struct side *to)
{
	mix->charges = to->row->sorted;
}

static void take_drugs(struct mix *mix, const struct side *to)
{
	mix->charges = to->row->visit.charges;
}

static void take_counter(struct mix *mix, const struct side *to)
{
	mix->basic.counter = basic_of(to)->counter;
}

static void take_deductible(struct mix *mix, const struct side *to)
{
	mix->basic.deductible = basic_of(to)->deductible;
}

static void take_share(struct mix *mix, const struct side *to)
{
	const hr_policy *p = basic_of(to);

	mix->basic.segments = p->segments;
	mix->basic.segment_count = p->segment_count;
	mix->basic.segments_of_year = p->segments_of_year;
	mix->basic.segments_above = p->segments_above;
}

static void take_reduction(struct mix *mix, const struct side *to)
{
	mix->basic.reductions = basic_of(to)->reductions;
	mix->basic.reduction_count = basic_of(to)->reduction_count;
	mix->rules.filing = to->reading->rules.filing;
}

static void take_cap(struct mix *mix, const struct side *to)
{
	mix->basic.cap = basic_of(to)->cap;
}

static const struct {
	void (*take)(struct mix *mix, const struct side *to);
	hr_part_kind kind;
	bool of_bill; /* no policy makes it */
} basics[] = {
	{ take_catalogue, HR_PART_CATALOGUE, true },
	{ take_drugs, HR_PART_DRUGS, true },
	{ take_counter, HR_PART_COUNTER, false },
	{ take_deductible, HR_PART_DEDUCTIBLE, false },
	{ take_share, HR_PART_SHARE, false },
	{ take_reduction, HR_PART_REDUCTION, false },
	{ take_cap, HR_PART_CAP, false },
};

/* What the person bears under the mixed rules; what it was where they cannot be settled. */
static int64_t bear(const struct mix *mix, const hr_year *year, int64_t before)
{
	hr_settlement settlement;
	hr_year after;
	hr_error err;

	if (!hr_settle(&mix->rules, &mix->charges, year, &settlement, &after, NULL, &err))
		return before;
	return settlement.fen[HR_PSN_PART_AMT];
}

static void add_part(hr_difference *d, hr_part part)
{
	if (part.fen == 0)
		return;
	assert(d->part_count < HR_PARTS_MAX);
	d->parts[d->part_count++] = part;
}

static void take_apart(const struct side *from, const struct side *to, hr_difference *d)
{
	const hr_year *year = &to->row->visit.year;
	struct mix mix = {
		.rules = from->reading->rules,
		.basic = *basic_of(from),
		.charges = from->row->visit.charges,
	};
	int64_t before = from->reading->settlement.fen[HR_PSN_PART_AMT];
	const int64_t begin = before;
	int64_t now;

	mix.rules.of[HR_FUND_HIFP] = &mix.basic;
	for (size_t i = 0; i < sizeof(basics) / sizeof(basics[0]); i++, before = now) {
		basics[i].take(&mix, to);
		now = bear(&mix, year, before);
		add_part(d, (hr_part){ basics[i].kind, HR_FUND_HIFP, now - before,
				       basics[i].of_bill ? NULL : basic_of(from),
				       basics[i].of_bill ? NULL : basic_of(to) });
	}
	for (hr_fund fund = HR_FUND_HIFP + 1; fund < HR_FUND_COUNT; fund++, before = now) {
		const hr_policy *was = mix.rules.of[fund];

		mix.rules.of[fund] = to->reading->rules.of[fund];
		now = bear(&mix, year, before);
		add_part(d, (hr_part){ HR_PART_FUND, fund, now - before, was, mix.rules.of[fund] });
	}
	d->fen = before - begin;
	assert(before == to->reading->settlement.fen[HR_PSN_PART_AMT]);
}

/* Of fewer readings the last one stands for the rest. */
static struct side side_of(const hr_way_row *row, size_t reading)
{
	size_t last = row->quote.reading_count - 1;

	return (struct side){ row, &row->quote.readings[reading < last ? reading : last] };
}

static size_t readings_of(const hr_way_row *a, const hr_way_row *b)
{
	return a->quote.reading_count > b->quote.reading_count ? a->quote.reading_count
							       : b->quote.reading_count;
}

static size_t most_readings(const hr_comparison *all)
{
	size_t most = 0;

	for (hr_way i = 0; i < HR_WAY_COUNT; i++)
		if (all->ways[i].quote.reading_count > most)
			most = all->ways[i].quote.reading_count;
	return most;
}

bool hr_compare_differences(hr_comparison *all, hr_arena *arena, hr_error *err)
{
	hr_difference *rows =
		HR_NEW_N(arena, hr_difference, (HR_WAY_COUNT - 1) * most_readings(all));
	hr_way from = 0;

	if (!rows)
		return hr_fail_memory(err);
	while (from < HR_WAY_COUNT && all->ways[from].state != HR_WAY_COMPUTED)
		from++;
	for (hr_way to = from + 1; to < HR_WAY_COUNT; to++) {
		const hr_way_row *a = &all->ways[from];
		const hr_way_row *b = &all->ways[to];

		if (b->state != HR_WAY_COMPUTED)
			continue;
		for (size_t i = 0; i < readings_of(a, b); i++) {
			struct side left = side_of(a, i);
			struct side right = side_of(b, i);
			hr_difference *d = &rows[all->difference_count++];

			*d = (hr_difference){ .from = from, .to = to, .reading = i };
			take_apart(&left, &right, d);
		}
	}
	all->differences = rows;
	return true;
}
