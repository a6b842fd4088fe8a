/* What a decision asks of a snapshot. */
#include "catalog/catalog.h"

#include "base/text.h"
#include "base/word.h"
#include "catalog/snapshot.h"

#include <stdlib.h>

enum { UNIT_MAX = 256, OID_MAX = 256 };

/* --- by code --- */

static uint32_t find_code(const hr_map *map, hr_str code)
{
	uint32_t id = HR_ID_NONE;

	hr_map_find(map, code, &id);
	return id;
}

const hr_region *hr_catalog_find_region(const hr_catalog *catalog, hr_str code)
{
	uint32_t id = find_code(&catalog->region_codes, code);

	return id == HR_ID_NONE ? NULL : &catalog->regions[id];
}

hr_institution_id hr_catalog_find_institution(const hr_catalog *catalog, hr_str code)
{
	return find_code(&catalog->institution_codes, code);
}

hr_institution_id hr_catalog_find_institution_by_oid(const hr_catalog *catalog, hr_str oid)
{
	/* Longer than any that is assigned; and each step up costs one look. */
	if (oid.len > OID_MAX)
		return HR_ID_NONE;
	while (oid.len) {
		uint32_t id = find_code(&catalog->oids, oid);

		if (id != HR_ID_NONE)
			return id;
		while (oid.len && oid.data[oid.len - 1] != '.')
			oid.len--;
		oid.len -= oid.len > 0;
	}
	return HR_ID_NONE;
}

hr_item_id hr_catalog_find_item(const hr_catalog *catalog, hr_str code)
{
	return find_code(&catalog->item_codes, code);
}

hr_item_id hr_catalog_find_item_by_loinc(const hr_catalog *catalog, hr_str loinc,
					 hr_code_relation *relation)
{
	uint32_t row = find_code(&catalog->loincs, loinc);

	if (row == HR_ID_NONE)
		return HR_ID_NONE;
	*relation = catalog->item_loincs[row].relation;
	return catalog->item_loincs[row].item;
}

static int compare_local_code(const void *left, const void *right)
{
	const hr_local_code *a = left;
	const hr_local_code *b = right;

	if (a->institution != b->institution)
		return a->institution < b->institution ? -1 : 1;
	return hr_str_compare(a->code, b->code);
}

/* FHIR writes an OID as urn:oid:1.2.3. */
static hr_str bare_oid(hr_str system)
{
	const hr_str urn = HR_STR("urn:oid:");

	return hr_str_starts_with(system, urn) ? hr_str_slice(system, urn.len, system.len) : system;
}

static bool is_own_system(const hr_catalog *catalog, const hr_local_code *row, hr_str system)
{
	if (system.len == 0)
		return true;
	system = bare_oid(system);
	return hr_str_equal(bare_oid(row->system), system) ||
	       hr_catalog_find_institution_by_oid(catalog, system) == row->institution;
}

hr_item_id hr_catalog_find_item_by_local_code(const hr_catalog *catalog,
					      hr_institution_id institution, hr_str system,
					      hr_str code, const hr_origin **origin)
{
	hr_local_code wanted = { .institution = institution, .code = code };
	const hr_local_code *found;

	if (catalog->local_code_count == 0)
		return HR_ID_NONE;
	found = bsearch(&wanted, catalog->local_codes, catalog->local_code_count, sizeof(wanted),
			compare_local_code);
	if (!found || !is_own_system(catalog, found, system))
		return HR_ID_NONE;
	*origin = &found->origin;
	return found->item;
}

/* --- by name --- */

/* How many rows stand before `folded`. */
static size_t count_before(const hr_names *names, hr_str folded)
{
	const hr_named wanted = { .front = hr_word_front(folded), .folded = folded };
	size_t from = 0;
	size_t to = names->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (hr_named_order(&names->rows[middle], &wanted) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

hr_names hr_names_find(const hr_names *names, hr_str name)
{
	char text[HR_CATALOG_TEXT_MAX];
	hr_str folded = { text, 0 };
	hr_names found = { NULL, 0 };
	size_t first;

	if (name.len > sizeof(text))
		return found;
	folded.len = hr_text_fold(name, text);
	if (folded.len == 0)
		return found;
	first = count_before(names, folded);
	found.rows = names->rows + first;
	while (first + found.count < names->count &&
	       hr_str_equal(found.rows[found.count].folded, folded))
		found.count++;
	return found;
}

/* The ids of the rows that hold on the day, each once; they stand in the order of ids. */
static size_t collect(hr_names rows, const hr_date *on, uint32_t *out, size_t room)
{
	uint32_t last = HR_ID_NONE;
	size_t count = 0;

	for (size_t i = 0; i < rows.count; i++) {
		const hr_named *row = &rows.rows[i];

		if (row->id == last || (on && !hr_period_contains(row->period, *on)))
			continue;
		if (count < room)
			out[count] = row->id;
		last = row->id;
		count++;
	}
	return count;
}

const hr_region *hr_catalog_find_region_by_name(const hr_catalog *catalog, hr_str name)
{
	uint32_t id;

	if (collect(hr_names_find(&catalog->region_names, name), NULL, &id, 1) != 1)
		return NULL;
	return &catalog->regions[id];
}

size_t hr_catalog_find_institutions_by_name(const hr_catalog *catalog, hr_str name, hr_date on,
					    hr_institution_id *out, size_t room)
{
	return collect(hr_names_find(&catalog->institution_names, name), &on, out, room);
}

size_t hr_catalog_find_items_by_name(const hr_catalog *catalog, hr_str name, hr_item_id *out,
				     size_t room)
{
	return collect(hr_names_find(&catalog->item_names, name), NULL, out, room);
}

/* --- units --- */

/* The length of a full-width form of ASCII (U+FF01 to U+FF5E) at the start of `s`, or 0. */
static size_t full_width(hr_str s, char *ascii)
{
	const unsigned char *b = (const unsigned char *)s.data;
	unsigned code;

	if (s.len < 3 || b[0] != 0xef || (b[1] & 0xfe) != 0xbc || (b[2] & 0xc0) != 0x80)
		return 0;
	code = 0xf000u | (b[1] & 0x3fu) << 6 | (b[2] & 0x3fu);
	if (code < 0xff01 || code > 0xff5e)
		return 0;
	*ascii = (char)(code - 0xff01 + '!');
	return 3;
}

hr_str hr_unit_fold(hr_str unit, char *out)
{
	static const hr_str micro = HR_STR_INIT("\xc2\xb5"); /* U+00B5 */
	static const hr_str mu = HR_STR_INIT("\xce\xbc");    /* U+03BC */
	hr_str rest = hr_str_trim(unit);
	size_t len = 0;

	while (rest.len) {
		size_t step = full_width(rest, &out[len]);

		if (step) {
			len++;
		} else if (hr_str_starts_with(rest, micro)) {
			memcpy(out + len, mu.data, mu.len);
			len += mu.len;
			step = micro.len;
		} else {
			out[len++] = rest.data[0];
			step = 1;
		}
		rest.data += step;
		rest.len -= step;
	}
	return (hr_str){ out, len };
}

hr_unit_class hr_catalog_find_unit(const hr_catalog *catalog, hr_str unit)
{
	char text[UNIT_MAX];
	uint32_t class = HR_UNIT_UNKNOWN;

	if (unit.len > sizeof(text))
		return HR_UNIT_UNKNOWN;
	unit = hr_unit_fold(unit, text);
	if (unit.len == 0)
		return HR_UNIT_NONE;
	hr_map_find(&catalog->unit_spellings, unit, &class);
	return (hr_unit_class) class;
}

/* --- regimes --- */

bool hr_item_in(const uint64_t *bits, hr_item_id item)
{
	return bits && item != HR_ID_NONE && (bits[item / 64] >> item % 64 & 1);
}

bool hr_region_within(hr_str code, hr_str prefix)
{
	/* 130000 is all of 13, 130600 all of 1306. */
	while (prefix.len > 2 && hr_str_ends_with(prefix, HR_STR("00")))
		prefix.len -= 2;
	return hr_str_starts_with(code, prefix);
}

static bool is_one_of(hr_str s, const hr_str *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (hr_str_equal(list[i], s))
			return true;
	return false;
}

static int compare_words(const void *left, const void *right)
{
	return hr_str_compare(*(const hr_str *)left, *(const hr_str *)right);
}

bool hr_regime_has_member(const hr_regime *regime, const hr_institution *institution)
{
	if (regime->nationwide)
		return true;
	for (size_t i = 0; i < regime->member_region_count; i++)
		if (hr_region_within(institution->region, regime->member_regions[i]))
			return true;
	for (size_t i = 0; i < institution->alliance_count; i++)
		if (is_one_of(institution->alliances[i], regime->member_alliances,
			      regime->member_alliance_count))
			return true;
	return regime->member_institution_count &&
	       bsearch(&institution->key, regime->member_institutions,
		       regime->member_institution_count, sizeof(hr_str), compare_words);
}

const hr_list *hr_regime_find_list(const hr_regime *regime, hr_list_kind kind, hr_date on)
{
	const hr_list *best = NULL;

	for (size_t i = 0; i < regime->list_count; i++) {
		const hr_list *list = &regime->lists[i];

		if (list->kind != kind || !hr_period_contains(list->period, on))
			continue;
		if (!best || list->period.from.day > best->period.from.day ||
		    (list->period.from.day == best->period.from.day &&
		     list->period.to.day < best->period.to.day))
			best = list;
	}
	return best;
}

const hr_grant *hr_catalog_find_grants(const hr_catalog *catalog, const hr_regime *regime,
				       hr_institution_id institution, size_t *count)
{
	uint32_t index = (uint32_t)(regime - catalog->regimes);

	*count = 0;
	if (institution >= catalog->institution_count)
		return NULL;
	for (uint32_t i = catalog->institution_run[institution];
	     i < catalog->institution_run[institution + 1]; i++) {
		const hr_grant_run *run = &catalog->grant_runs[i];

		if (run->regime != index)
			continue;
		*count = run->count;
		return &catalog->grants[run->first];
	}
	return NULL;
}

/* The first that fits; the closest stand first. */
static const hr_window *find_window(const hr_window *windows, size_t count, const hr_regime *regime,
				    hr_item_id item, hr_setting setting, hr_date on)
{
	for (size_t i = 0; i < count; i++) {
		const hr_window *window = &windows[i];

		if ((!window->regime || window->regime == regime) &&
		    (window->setting == HR_SETTING_ANY || window->setting == setting) &&
		    hr_item_in(window->items, item) && hr_period_contains(window->period, on))
			return window;
	}
	return NULL;
}

const hr_window *hr_catalog_find_window(const hr_catalog *catalog, const hr_regime *regime,
					hr_item_id item, hr_setting setting, hr_date on)
{
	const hr_range *own = &catalog->regime_rows[regime - catalog->regimes].windows;
	const hr_range *local = &catalog->local_windows;
	const hr_window *found =
		find_window(catalog->windows + own->first, own->count, regime, item, setting, on);

	if (found)
		return found;
	return find_window(catalog->windows + local->first, local->count, regime, item, setting,
			   on);
}
