/*
 * Rows that say something about the same items for the same days. Sorted, then
 * swept once with the last row of every item at hand, so that a catalogue made
 * to be slow is not.
 */
#include "catalog/check_parts.h"

#include <stdlib.h>

/* One row of a table that is swept. */
struct claim {
	uint32_t group; /* institution and regime; regime */
	const uint64_t *items;
	hr_period period;
	const void *row;
};

/* The row that holds an item longest, of the group that is swept. */
struct seat {
	size_t round;
	const struct claim *holder;
};

struct table {
	hr_finding finding;
	int (*compare)(const struct claim *a, const struct claim *b); /* within a group */
	bool (*clash)(const struct claim *a, const struct claim *b);
	const hr_origin *(*origin)(const void *row);
	const char *what;
};

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static const hr_grant *grant_of(const struct claim *claim)
{
	return claim->row;
}

static const hr_window *window_of(const struct claim *claim)
{
	return claim->row;
}

static int compare_grants(const struct claim *a, const struct claim *b)
{
	int order = hr_str_compare(grant_of(a)->device, grant_of(b)->device);

	return order ? order : hr_str_compare(grant_of(a)->campus, grant_of(b)->campus);
}

static bool grants_clash(const struct claim *a, const struct claim *b)
{
	(void)a;
	(void)b;
	return true;
}

static const hr_origin *grant_origin(const void *row)
{
	return &((const hr_grant *)row)->origin;
}

static int compare_windows(const struct claim *a, const struct claim *b)
{
	int order = compare_numbers(window_of(a)->rank, window_of(b)->rank);

	return order ? order : compare_numbers(window_of(a)->setting, window_of(b)->setting);
}

/* Said twice is harmless; said differently, the decision would depend on the order of rows. */
static bool windows_clash(const struct claim *a, const struct claim *b)
{
	const hr_window *x = window_of(a);
	const hr_window *y = window_of(b);

	return x->length != y->length || x->unit != y->unit || x->event != y->event ||
	       x->unless_intervened != y->unless_intervened;
}

static const hr_origin *window_origin(const void *row)
{
	return &((const hr_window *)row)->origin;
}

static const struct table grant_table = {
	HR_FINDING_OVERLAPPING_GRANTS, compare_grants, grants_clash, grant_origin, "grant",
};

static const struct table window_table = {
	HR_FINDING_CONFLICTING_WINDOWS, compare_windows, windows_clash, window_origin, "window",
};

static int compare_claims(const void *left, const void *right, void *context)
{
	const struct table *const *table = context;
	const struct claim *a = left;
	const struct claim *b = right;
	int order = compare_numbers(a->group, b->group);

	if (order == 0)
		order = (*table)->compare(a, b);
	return order ? order : compare_numbers(a->period.from.day, b->period.from.day);
}

static bool same_group(const struct table *table, const struct claim *a, const struct claim *b)
{
	return a->group == b->group && table->compare(a, b) == 0;
}

static void tell_clash(hr_check *check, const struct table *table, const struct claim *claim,
		       const struct claim *other, hr_item_id item)
{
	const hr_origin *origin = table->origin(other->row);

	hr_check_add(check, table->finding, table->origin(claim->row),
		     "the %s and that of %.*s:%u are both for item '%.*s' on the same days",
		     table->what, HR_STR_ARG(origin->file), origin->line,
		     HR_STR_ARG(check->catalog->items[item].code));
}

/* Takes the seats of its items; tells of the first that is taken on days that it wants. */
static void seat_claim(hr_check *check, const struct table *table, const struct claim *claim,
		       struct seat *seats, size_t round)
{
	bool told = false;

	for (hr_item_id item = 0; item < check->catalog->item_count; item++) {
		struct seat *seat = &seats[item];

		if (!hr_item_in(claim->items, item))
			continue;
		if (seat->round == round && !told &&
		    hr_period_overlaps(seat->holder->period, claim->period) &&
		    table->clash(seat->holder, claim)) {
			tell_clash(check, table, claim, seat->holder, item);
			told = true;
		}
		if (seat->round != round || seat->holder->period.to.day < claim->period.to.day)
			*seat = (struct seat){ round, claim };
	}
}

static void sweep(hr_check *check, const struct table *table, struct claim *claims, size_t count)
{
	struct seat *seats = HR_CHECK_NEW_N(check, struct seat, check->catalog->item_count);
	size_t round = 1;

	if (!seats)
		return;
	qsort_r(claims, count, sizeof(*claims), compare_claims, &table);
	for (size_t i = 0; i < count; i++) {
		if (i && !same_group(table, &claims[i - 1], &claims[i]))
			round++;
		seat_claim(check, table, &claims[i], seats, round);
	}
}

/* A grant that was withdrawn may be given again before its own last day. */
static hr_period days_of(const hr_grant *grant)
{
	hr_period days = grant->period;

	if (grant->withdrawn_on.day < days.to.day)
		days.to = grant->withdrawn_on;
	return days;
}

static void check_grants(hr_check *check)
{
	const hr_catalog *catalog = check->catalog;
	struct claim *claims = HR_CHECK_NEW_N(check, struct claim, catalog->grant_count);
	size_t runs = catalog->institution_run[catalog->institution_count];
	size_t count = 0;

	if (!claims)
		return;
	for (size_t i = 0; i < runs; i++) {
		const hr_grant_run *run = &catalog->grant_runs[i];

		for (uint32_t k = 0; k < run->count; k++) {
			const hr_grant *grant = &catalog->grants[run->first + k];

			claims[count++] =
				(struct claim){ (uint32_t)i, grant->items, days_of(grant), grant };
		}
	}
	sweep(check, &grant_table, claims, count);
}

static void check_windows(hr_check *check)
{
	const hr_catalog *catalog = check->catalog;
	struct claim *claims = HR_CHECK_NEW_N(check, struct claim, catalog->window_count);

	if (!claims)
		return;
	for (size_t i = 0; i < catalog->window_count; i++) {
		const hr_window *window = &catalog->windows[i];
		uint32_t regime =
			window->regime ? (uint32_t)(window->regime - catalog->regimes) : HR_ID_NONE;

		claims[i] = (struct claim){ regime, window->items, window->period, window };
	}
	sweep(check, &window_table, claims, catalog->window_count);
}

static int compare_lists(const void *left, const void *right)
{
	const hr_list *a = left;
	const hr_list *b = right;
	int order = compare_numbers(a->kind, b->kind);

	return order ? order : compare_numbers(a->period.from.day, b->period.from.day);
}

static void check_lists(hr_check *check, const hr_regime *regime)
{
	static const char *const words[HR_LIST_KINDS] = {
		[HR_LIST_ITEMS] = "item list",
		[HR_LIST_GRANTS] = "grant list",
		[HR_LIST_WINDOWS] = "window table",
	};
	hr_list *lists = HR_CHECK_NEW_N(check, hr_list, regime->list_count);
	const hr_list *longest = lists;

	if (!lists || regime->list_count == 0)
		return;
	memcpy(lists, regime->lists, regime->list_count * sizeof(*lists));
	qsort(lists, regime->list_count, sizeof(*lists), compare_lists);
	for (uint32_t i = 1; i < regime->list_count; i++) {
		bool same = lists[i].kind == longest->kind;

		if (same && hr_period_overlaps(lists[i].period, longest->period))
			hr_check_add(check, HR_FINDING_OVERLAPPING_LISTS, &lists[i].origin,
				     "the %s and that of %.*s:%u are for the same days",
				     words[lists[i].kind], HR_STR_ARG(longest->origin.file),
				     longest->origin.line);
		if (!same || lists[i].period.to.day > longest->period.to.day)
			longest = &lists[i];
	}
}

void hr_check_overlaps(hr_check *check)
{
	check_grants(check);
	check_windows(check);
	for (size_t i = 0; i < check->catalog->regime_count; i++)
		check_lists(check, &check->catalog->regimes[i]);
}
