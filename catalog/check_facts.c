/* Facts that are wrong by themselves, or beside the regime they belong to. */
#include "base/uscc.h"
#include "catalog/check_parts.h"

#include <stdlib.h>

static void check_digits(hr_check *check, const char *what, hr_str code, bool (*is_valid)(hr_str),
			 const hr_origin *at)
{
	if (code.len && !is_valid(code))
		hr_check_add(check, HR_FINDING_BAD_CHECK_DIGIT, at,
			     "the %s '%.*s' has a wrong check digit", what, HR_STR_ARG(code));
}

void hr_check_institutions(hr_check *check)
{
	const hr_catalog *catalog = check->catalog;

	for (size_t i = 0; i < catalog->institution_count; i++) {
		const hr_institution *row = &catalog->institutions[i];

		check_digits(check, "uscc", row->uscc, hr_uscc_is_valid, &row->origin);
		check_digits(check, "org-code", row->org_code, hr_org_code_is_valid, &row->origin);
	}
}

static void check_unit(hr_check *check, const hr_item *item)
{
	hr_unit_class class = hr_catalog_find_unit(check->catalog, item->unit);

	if (item->unit.len == 0)
		return;
	if (class == HR_UNIT_UNKNOWN)
		hr_check_add(check, HR_FINDING_UNIT_UNKNOWN, &item->origin,
			     "the unit '%.*s' of item '%.*s' is not in the table of units",
			     HR_STR_ARG(item->unit), HR_STR_ARG(item->code));
	else if (!(item->unit_classes & 1u << class))
		hr_check_add(check, HR_FINDING_UNIT_CLASS, &item->origin,
			     "the unit '%.*s' of item '%.*s' is of class '%.*s', not among its "
			     "unit classes",
			     HR_STR_ARG(item->unit), HR_STR_ARG(item->code),
			     HR_STR_ARG(hr_unit_class_words[class]));
}

static void check_loinc(hr_check *check, const hr_item_code *row)
{
	const hr_item *item = &check->catalog->items[row->item];
	hr_code_relation relation = row->relation;

	check_digits(check, "loinc", row->code, hr_loinc_is_valid, &item->origin);
	if (relation == HR_CODE_SAME ||
	    hr_catalog_find_item_by_loinc(check->catalog, row->code, &relation) != row->item ||
	    relation != HR_CODE_SAME)
		return;
	hr_check_add(check, HR_FINDING_OWN_SIBLING, &item->origin,
		     "the loinc '%.*s' is a code of item '%.*s' and a sibling of it",
		     HR_STR_ARG(row->code), HR_STR_ARG(item->code));
}

void hr_check_items(hr_check *check)
{
	const hr_catalog *catalog = check->catalog;

	for (size_t i = 0; i < catalog->item_count; i++)
		check_unit(check, &catalog->items[i]);
	for (size_t i = 0; i < catalog->item_loinc_count; i++)
		check_loinc(check, &catalog->item_loincs[i]);
}

static int compare_start(const void *left, const void *right)
{
	const hr_named *a = left;
	const hr_named *b = right;

	return (a->period.from.day > b->period.from.day) -
	       (a->period.from.day < b->period.from.day);
}

typedef const hr_origin *origin_fn(const hr_catalog *catalog, uint32_t id);

/* `rows` bear the same name. One that begins before the longest of the earlier ones has ended. */
static void check_bearers(hr_check *check, hr_named *rows, size_t count, origin_fn *origin_of)
{
	const hr_named *longest = &rows[0];

	qsort(rows, count, sizeof(*rows), compare_start);
	for (size_t i = 1; i < count; i++) {
		const hr_origin *other = origin_of(check->catalog, longest->id);

		if (rows[i].id != longest->id &&
		    hr_period_overlaps(rows[i].period, longest->period))
			hr_check_add(check, HR_FINDING_SHARED_NAME,
				     origin_of(check->catalog, rows[i].id),
				     "the name '%.*s' is also that of %.*s:%u",
				     HR_STR_ARG(rows[i].folded), HR_STR_ARG(other->file),
				     other->line);
		if (rows[i].period.to.day > longest->period.to.day)
			longest = &rows[i];
	}
}

static void check_names(hr_check *check, const hr_names *names, origin_fn *origin_of)
{
	hr_named *rows = HR_CHECK_NEW_N(check, hr_named, names->count);

	if (!rows)
		return;
	if (names->count)
		memcpy(rows, names->rows, names->count * sizeof(*rows));
	for (size_t from = 0, to; from < names->count; from = to) {
		for (to = from + 1; to < names->count; to++)
			if (!hr_str_equal(rows[from].folded, rows[to].folded))
				break;
		check_bearers(check, rows + from, to - from, origin_of);
	}
}

static const hr_origin *item_origin(const hr_catalog *catalog, uint32_t id)
{
	return &catalog->items[id].origin;
}

static const hr_origin *institution_origin(const hr_catalog *catalog, uint32_t id)
{
	return &catalog->institutions[id].origin;
}

void hr_check_names(hr_check *check)
{
	check_names(check, &check->catalog->item_names, item_origin);
	check_names(check, &check->catalog->institution_names, institution_origin);
}
