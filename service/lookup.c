#include "service/lookup.h"

#include "catalog/search.h"

#include <assert.h>

/* What items and institutions differ in. */
struct shelf {
	const char *what;
	size_t (*count)(const hr_catalog *catalog);
	uint32_t (*find)(const hr_catalog *catalog, hr_str code);
	size_t (*search)(const hr_catalog *catalog, hr_str part, uint32_t *out, size_t room);
};

static size_t search_items(const hr_catalog *catalog, hr_str part, uint32_t *out, size_t room)
{
	return hr_catalog_search_items(catalog, part, HR_KIND_UNKNOWN, out, room);
}

static const struct shelf items = { "item", hr_catalog_item_count, hr_catalog_find_item,
				    search_items };
static const struct shelf institutions = { "institution", hr_catalog_institution_count,
					   hr_catalog_find_institution,
					   hr_catalog_search_institutions };

static bool list_all(const hr_catalog *catalog, const struct shelf *shelf, const hr_lookup *lookup,
		     hr_found *out, hr_error *err)
{
	size_t count = shelf->count(catalog);
	uint32_t id = 0;

	if (lookup->after.len) {
		id = shelf->find(catalog, lookup->after);
		if (id == HR_ID_NONE)
			return hr_fail(err, HR_E_USAGE, "'after' names no %s of the catalogue",
				       shelf->what);
		id++;
	}
	out->count = 0;
	while (id < count && out->count < lookup->limit)
		out->ids[out->count++] = id++;
	out->more = id < count;
	return true;
}

static bool look_up(const hr_catalog *catalog, const struct shelf *shelf, const hr_lookup *lookup,
		    hr_found *out, hr_error *err)
{
	uint32_t ids[HR_LOOKUP_MAX + 1];
	size_t count;

	_Static_assert(HR_LOOKUP_MAX + 1 <= HR_SEARCH_MAX, "one more is asked for");
	assert(lookup->limit >= 1 && lookup->limit <= HR_LOOKUP_MAX);
	if (hr_str_is_empty(hr_str_trim(lookup->text)))
		return list_all(catalog, shelf, lookup, out, err);
	if (lookup->after.len)
		return hr_fail(
			err, HR_E_USAGE,
			"what is searched for comes best first, in one piece: without 'after'");
	count = shelf->search(catalog, lookup->text, ids, lookup->limit + 1);
	out->more = count > lookup->limit;
	out->count = out->more ? lookup->limit : count;
	memcpy(out->ids, ids, out->count * sizeof(ids[0]));
	return true;
}

bool hr_lookup_items(const hr_catalog *catalog, const hr_lookup *lookup, hr_found *out,
		     hr_error *err)
{
	return look_up(catalog, &items, lookup, out, err);
}

bool hr_lookup_institutions(const hr_catalog *catalog, const hr_lookup *lookup, hr_found *out,
			    hr_error *err)
{
	return look_up(catalog, &institutions, lookup, out, err);
}

bool hr_lookup_institution(const hr_catalog *catalog, hr_str code, hr_institution_id *out,
			   hr_error *err)
{
	hr_institution_id id = hr_catalog_find_institution(catalog, code);

	if (id == HR_ID_NONE)
		return hr_fail(err, HR_E_NOT_FOUND,
			       "the catalogue holds no institution of that code");
	*out = id;
	return true;
}

hr_listed hr_lookup_listed(const hr_catalog *catalog, const hr_regime *regime, hr_item_id item,
			   hr_date on, const hr_list **list)
{
	hr_kind kind = hr_catalog_get_item(catalog, item)->kind;

	*list = NULL;
	if (!hr_period_contains(regime->period, on) ||
	    (regime->kind != HR_KIND_UNKNOWN && regime->kind != kind))
		return HR_LISTED_NO;
	*list = hr_regime_find_list(regime, HR_LIST_ITEMS, on);
	if (!*list)
		return HR_LISTED_UNKNOWN;
	if ((*list)->all || ((*list)->items && hr_item_in((*list)->items, item)))
		return HR_LISTED_YES;
	return (*list)->complete ? HR_LISTED_NO : HR_LISTED_UNKNOWN;
}

bool hr_lookup_grant_holds(const hr_grant *grant, hr_date on)
{
	return hr_period_contains(grant->period, on) && on.day < grant->withdrawn_on.day;
}

hr_str hr_listed_word(hr_listed listed)
{
	static const hr_str words[] = { HR_STR_INIT("no"), HR_STR_INIT("unknown"),
					HR_STR_INIT("yes") };

	return words[listed];
}
