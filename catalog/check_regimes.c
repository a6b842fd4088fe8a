/* What a regime says, beside the grants and windows that name it. */
#include "catalog/check_parts.h"

/* One regime, and sets of items to count with; each of catalog->item_words. */
struct regime_run {
	hr_check *check;
	const hr_regime *regime;
	const hr_grant *grants;
	size_t grant_count;
	const hr_window *windows;
	size_t window_count;
	uint64_t *listed;
	uint64_t *rest;
};

static size_t count_items(const uint64_t *bits, size_t words)
{
	size_t count = 0;

	for (size_t i = 0; i < words; i++)
		count += (size_t)__builtin_popcountll(bits[i]);
	return count;
}

/* run->rest becomes those of `bits` that are not in `without`; their number. */
static size_t subtract(struct regime_run *run, const uint64_t *bits, const uint64_t *without)
{
	size_t words = run->check->catalog->item_words;

	for (size_t i = 0; i < words; i++)
		run->rest[i] = bits[i] & ~without[i];
	return count_items(run->rest, words);
}

/* True when there is an item list at all. */
static bool collect_listed(struct regime_run *run)
{
	const hr_catalog *catalog = run->check->catalog;
	bool any = false;

	memset(run->listed, 0, catalog->item_words * sizeof(*run->listed));
	for (uint32_t i = 0; i < run->regime->list_count; i++) {
		const hr_list *list = &run->regime->lists[i];
		const uint64_t *items =
			list->all ? catalog->all_items[run->regime->kind] : list->items;

		if (list->kind != HR_LIST_ITEMS)
			continue;
		any = true;
		for (size_t k = 0; k < catalog->item_words; k++)
			run->listed[k] |= items[k];
	}
	return any;
}

static bool is_outside(hr_period inner, hr_period outer)
{
	/* An end that is left open means: as long as the regime. */
	return !hr_period_overlaps(inner, outer) ||
	       (inner.from.day != HR_DATE_MIN.day && inner.from.day < outer.from.day) ||
	       (inner.to.day != HR_DATE_MAX.day && inner.to.day > outer.to.day);
}

static bool is_withdrawn_outside(const hr_grant *grant)
{
	return grant->withdrawn_on.day != HR_DATE_MAX.day &&
	       !hr_period_contains(grant->period, grant->withdrawn_on);
}

static void check_grant(struct regime_run *run, const hr_grant *grant, bool any_list)
{
	hr_check *check = run->check;
	size_t unlisted = any_list && !grant->all ? subtract(run, grant->items, run->listed) : 0;

	if (is_outside(grant->period, run->regime->period))
		hr_check_add(check, HR_FINDING_GRANT_OUTSIDE, &grant->origin,
			     "the grant's days are not within those of regime '%.*s'",
			     HR_STR_ARG(run->regime->id));
	if (is_withdrawn_outside(grant))
		hr_check_add(check, HR_FINDING_WITHDRAWN_OUTSIDE, &grant->origin,
			     "the grant is withdrawn on a day that is not one of its own");
	if (unlisted)
		hr_check_add(check, HR_FINDING_GRANT_UNLISTED, &grant->origin,
			     "%zu items are on no item list of regime '%.*s': %.*s", unlisted,
			     HR_STR_ARG(run->regime->id),
			     HR_STR_ARG(hr_check_item_codes(check, run->rest)));
}

static void check_windows(struct regime_run *run)
{
	size_t words = run->check->catalog->item_words;
	size_t open;

	memcpy(run->rest, run->listed, words * sizeof(*run->rest));
	for (size_t i = 0; i < run->window_count; i++)
		subtract(run, run->rest, run->windows[i].items);
	open = count_items(run->rest, words);
	if (open)
		hr_check_add(run->check, HR_FINDING_NO_WINDOW, &run->regime->origin,
			     "%zu of the %zu items of regime '%.*s' have no window: %.*s", open,
			     count_items(run->listed, words), HR_STR_ARG(run->regime->id),
			     HR_STR_ARG(hr_check_item_codes(run->check, run->rest)));
}

static bool stands_before(const hr_origin *a, const hr_origin *b)
{
	int order = hr_str_compare(a->file, b->file);

	return order ? order < 0 : a->line < b->line;
}

static void count_synthetic(const hr_origin *origin, size_t *count, const hr_origin **first)
{
	if (origin->grade != HR_GRADE_SYNTHETIC)
		return;
	++*count;
	if (!*first || stands_before(origin, *first))
		*first = origin;
}

/* Told once a regime: a demonstration may have a hundred thousand such rows. */
static void check_synthetic(struct regime_run *run)
{
	const hr_origin *first = NULL;
	size_t count = 0;

	if (run->regime->origin.grade == HR_GRADE_SYNTHETIC)
		return;
	for (size_t i = 0; i < run->window_count; i++)
		count_synthetic(&run->windows[i].origin, &count, &first);
	for (size_t i = 0; i < run->grant_count; i++)
		count_synthetic(&run->grants[i].origin, &count, &first);
	if (count)
		hr_check_add(run->check, HR_FINDING_SYNTHETIC, first,
			     "%zu made-up rows, of which this is the first, in regime '%.*s', "
			     "which is not made up",
			     count, HR_STR_ARG(run->regime->id));
}

static void check_regime(struct regime_run *run)
{
	bool any_list = collect_listed(run);

	if (!any_list)
		hr_check_add(run->check, HR_FINDING_NO_ITEM_LIST, &run->regime->origin,
			     "the regime '%.*s' has no item list", HR_STR_ARG(run->regime->id));
	for (size_t i = 0; i < run->grant_count; i++)
		check_grant(run, &run->grants[i], any_list);
	check_windows(run);
	check_synthetic(run);
}

void hr_check_regimes(hr_check *check)
{
	const hr_catalog *catalog = check->catalog;
	uint64_t *sets = HR_CHECK_NEW_N(check, uint64_t, 2 * catalog->item_words);

	for (size_t i = 0; sets && i < catalog->regime_count; i++) {
		const hr_regime_rows *rows = &catalog->regime_rows[i];
		struct regime_run run = {
			.check = check,
			.regime = &catalog->regimes[i],
			.grants = catalog->grants + rows->grants.first,
			.grant_count = rows->grants.count,
			.windows = catalog->windows + rows->windows.first,
			.window_count = rows->windows.count,
			.listed = sets,
			.rest = sets + catalog->item_words,
		};

		check_regime(&run);
	}
}
