/*
 * Where the first rule that fits decides, the order of the rules is a fact by
 * itself: of an area's zones, of what its filing rules say of elsewhere, of
 * what a region's people settle directly, and by hand. Rules that came or went are told
 * by themselves; here it is told when one stands before another that it stood
 * behind, or is new and not the last.
 */
#include "catalog/directory.h"
#include "catalog/manual.h"
#include "registry/diff_scope.h"

#include <stdlib.h>

struct order_view {
	hr_str parts;
};

static const hr_diff_field order_fields[] = {
	{ WORD("次序", "order"), offsetof(struct order_view, parts), hr_diff_write_set,
	  HR_DIFF_ORDER },
};
FIELDS(order);

/* What stands in `moved`, as the order of those rules. */
static void add_order(hr_diff *diff, hr_str key, hr_diff_rows *rows)
{
	struct order_view *view = hr_diff_new_view(diff, sizeof(*view));

	if (!view)
		return;
	view->parts = hr_str_copy(diff->scratch, hr_buf_str(&diff->moved));
	diff->failed |= !view->parts.data;
	hr_diff_add_named(diff, rows, key, HR_STR_NONE, view);
}

static void add_part(hr_diff *diff, hr_str part)
{
	hr_buf_add(&diff->moved, part);
	hr_diff_end_part(&diff->moved);
}

static void add_scope(hr_diff *diff, int side, const hr_scope *scope, const char *word)
{
	hr_diff_scope spelled = hr_diff_spell_scope(diff, side, scope);

	add_part(diff,
		 hr_diff_join(diff, hr_diff_scope_text(diff, &spelled), " ", hr_str_of(word)));
}

static void collect_area(hr_diff *diff, int side, const hr_area *area, hr_diff_rows *rows)
{
	diff->moved.len = 0;
	for (uint32_t i = 0; i < area->zone_count; i++)
		add_part(diff, area->zones[i].name);
	add_order(diff, hr_diff_join(diff, area->region, " zones", HR_STR_NONE), rows);
	for (uint32_t i = 0; i < area->filing_count; i++) {
		const hr_filing_rules *rules = &area->filings[i];

		diff->moved.len = 0;
		for (uint32_t k = 0; k < rules->place_count; k++)
			add_scope(diff, side, &rules->places[k].scope,
				  rules->places[k].exempt ? "exempt" : "needed");
		add_order(diff,
			  hr_diff_join(diff, hr_diff_rules_key(diff, area, rules), " outside",
				       HR_STR_NONE),
			  rows);
	}
}

/* A rule that is for a region. */
struct rule {
	hr_str region;
	const hr_scope *scope;
	const char *word;
	size_t at;
};

static int compare_rules(const void *left, const void *right)
{
	const struct rule *a = left;
	const struct rule *b = right;
	int order = hr_str_compare(a->region, b->region);

	return order ? order : (a->at > b->at) - (a->at < b->at);
}

/* Region by region, as they stand. */
static void add_rules(hr_diff *diff, int side, struct rule *rules, size_t count, const char *what,
		      hr_diff_rows *rows)
{
	if (count > 1)
		qsort(rules, count, sizeof(*rules), compare_rules);
	diff->moved.len = 0;
	for (size_t i = 0; i < count && !diff->failed; i++) {
		hr_str region = rules[i].region;

		add_scope(diff, side, rules[i].scope, rules[i].word);
		if (i + 1 < count && hr_str_equal(rules[i + 1].region, region))
			continue;
		add_order(diff,
			  hr_diff_join(diff, region.len ? region : HR_STR("all"), " ",
				       hr_str_of(what)),
			  rows);
		diff->moved.len = 0;
	}
}

static struct rule *new_rules(hr_diff *diff, size_t count)
{
	struct rule *rules = HR_NEW_N(diff->scratch, struct rule, count + 1);

	diff->failed |= !rules;
	return rules;
}

static void collect_directs(hr_diff *diff, int side, hr_diff_rows *rows)
{
	size_t count = hr_catalog_direct_count(diff->catalogs[side]);
	struct rule *rules = new_rules(diff, count);

	for (size_t i = 0; rules && i < count; i++) {
		const hr_direct *row = hr_catalog_get_direct(diff->catalogs[side], i);

		rules[i] =
			(struct rule){ row->region, &row->scope, row->open ? "open" : "closed", i };
	}
	if (rules)
		add_rules(diff, side, rules, count, "direct", rows);
}

static void collect_manuals(hr_diff *diff, int side, hr_diff_rows *rows)
{
	size_t count = hr_catalog_manual_count(diff->catalogs[side]);
	struct rule *rules = new_rules(diff, count);

	for (size_t i = 0; rules && i < count; i++) {
		const hr_manual *row = hr_catalog_get_manual(diff->catalogs[side], i);

		rules[i] = (struct rule){ row->region, &row->scope, "manual", i };
	}
	if (rules)
		add_rules(diff, side, rules, count, "manual", rows);
}

void hr_diff_collect_order(hr_diff *diff, int side, hr_diff_rows *rows)
{
	for (size_t i = 0; i < hr_catalog_area_count(diff->catalogs[side]) && !diff->failed; i++)
		collect_area(diff, side, hr_catalog_get_area(diff->catalogs[side], i), rows);
	collect_directs(diff, side, rows);
	collect_manuals(diff, side, rows);
}
