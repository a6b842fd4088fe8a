/* The types of cells that need the catalogue: regimes, regions, institutions. */
#include "base/crypto.h"
#include "base/text.h"
#include "base/uscc.h"
#include "catalog/sheet_parts.h"

enum { CANDIDATES_MAX = 8 };

/* --- regimes and regions --- */

static hr_str read_regime(hr_sheet *sheet, const hr_column *column, const hr_xml *node)
{
	(void)sheet;
	return hr_xml_attr_value(node->parent, column->attr);
}

/* By id, name or mark. */
static bool parse_regime(hr_sheet *sheet, const hr_column *column, hr_str cell, hr_str *out)
{
	for (size_t i = 0; i < sheet->catalog->regime_count; i++) {
		const hr_regime *regime = &sheet->catalog->regimes[i];

		if (!hr_str_equal(cell, regime->id) && !hr_sheet_same_name(cell, regime->name) &&
		    !hr_sheet_same_name(cell, regime->mark))
			continue;
		*out = regime->id;
		return true;
	}
	return hr_sheet_problem_at(sheet, column, HR_STR("unknown-regime"), HR_STR_NONE,
				   "there is no regime '%.*s'", HR_STR_ARG(cell));
}

const hr_cell_type hr_cell_regime = {
	.read = read_regime,
	.parse = parse_regime,
	.write = hr_cell_write_nothing,
};

static bool parse_region(hr_sheet *sheet, const hr_column *column, hr_str cell, hr_str *out)
{
	const hr_region *region = hr_catalog_find_region(sheet->catalog, cell);

	if (!region)
		region = hr_catalog_find_region_by_name(sheet->catalog, cell);
	if (!region)
		return hr_sheet_problem_at(sheet, column, HR_STR("unknown-region"), HR_STR_NONE,
					   "there is no region '%.*s'", HR_STR_ARG(cell));
	*out = region->code;
	return true;
}

const hr_cell_type hr_cell_region = { .parse = parse_region };

/* --- institutions --- */

static bool parse_institution(hr_sheet *sheet, const hr_column *column, hr_str cell, hr_str *out)
{
	hr_institution_id id;

	if (!hr_cell_text.parse(sheet, column, cell, &cell))
		return false;
	id = hr_catalog_find_institution(sheet->catalog, cell);
	if (id == HR_ID_NONE)
		return hr_sheet_problem_at(sheet, column, HR_STR("unknown-institution"),
					   HR_STR_NONE, "there is no institution '%.*s'",
					   HR_STR_ARG(cell));
	*out = sheet->catalog->institutions[id].key;
	return true;
}

const hr_cell_type hr_cell_institution = { .parse = parse_institution };

static hr_str read_institution_name(hr_sheet *sheet, const hr_column *column, const hr_xml *node)
{
	hr_str key = hr_xml_attr_value(node, HR_STR("institution"));
	hr_institution_id id = hr_catalog_find_institution(sheet->catalog, key);

	(void)column;
	return id == HR_ID_NONE ? HR_STR_NONE : sheet->catalog->institutions[id].name;
}

static bool parse_name(hr_sheet *sheet, const hr_column *column, hr_str cell, hr_str *out)
{
	return hr_cell_text.parse(sheet, column, cell, out);
}

const hr_cell_type hr_cell_institution_name = {
	.read = read_institution_name,
	.parse = parse_name,
	.write = hr_cell_write_nothing,
};

/* An institution's own row: `uscc`, or `key` where that is not known. */
static bool is_key(hr_str code)
{
	return hr_str_starts_with(code, HR_STR("x-"));
}

static hr_str read_key(hr_sheet *sheet, const hr_column *column, const hr_xml *node)
{
	hr_str uscc = hr_xml_attr_value(node, HR_STR("uscc"));

	(void)sheet;
	(void)column;
	return uscc.len ? uscc : hr_xml_attr_value(node, HR_STR("key"));
}

static bool parse_key(hr_sheet *sheet, const hr_column *column, hr_str cell, hr_str *out)
{
	if (!hr_cell_text.parse(sheet, column, cell, &cell))
		return false;
	if (!is_key(cell) && !hr_uscc_is_valid(cell))
		return hr_sheet_bad_cell(sheet, column,
					 "a uscc of 18 characters whose last one checks, or a key "
					 "that begins with 'x-'");
	*out = cell;
	return true;
}

static void write_key(hr_xml_writer *w, const hr_column *column, hr_str value)
{
	(void)column;
	hr_xml_write_attr(w, is_key(value) ? HR_STR("key") : HR_STR("uscc"), value);
}

const hr_cell_type hr_cell_institution_key = {
	.read = read_key,
	.parse = parse_key,
	.write = write_key,
	.attrs = { HR_STR_INIT("uscc"), HR_STR_INIT("key") },
};

/* --- what two cells say together --- */

/* Institutions of that name, each once: `room` of them into `found`; how many there are. */
static size_t find_named(hr_sheet *sheet, hr_str name, hr_str from, hr_institution_id *found,
			 size_t room)
{
	hr_names names = hr_names_find(&sheet->catalog->institution_names, name);
	size_t count = 0;
	hr_date day;

	/* Lists name institutions as of their first day; other days count when nobody bore it. */
	if (hr_date_parse(from, &day))
		count = hr_catalog_find_institutions_by_name(sheet->catalog, name, day, found,
							     room);
	if (count)
		return count;
	for (size_t i = 0; i < names.count; i++) {
		if (i && names.rows[i].id == names.rows[i - 1].id)
			continue;
		if (count < room)
			found[count] = names.rows[i].id;
		count++;
	}
	return count;
}

static hr_str candidates_of(hr_sheet *sheet, const hr_institution_id *found, size_t count)
{
	hr_buf buf;

	hr_sheet_buf(sheet, &buf);
	for (size_t i = 0; i < count && i < CANDIDATES_MAX; i++) {
		const hr_institution *row = &sheet->catalog->institutions[found[i]];

		hr_sheet_join(&buf, HR_STR("; "), row->key);
		hr_buf_addf(&buf, " %.*s", HR_STR_ARG(row->name));
	}
	return hr_sheet_str(sheet, &buf);
}

static bool tell_ambiguous(hr_sheet *sheet, const hr_column *column, hr_str name,
			   const hr_institution_id *found, size_t count)
{
	return hr_sheet_problem_at(
		sheet, column, HR_STR("ambiguous-institution"), candidates_of(sheet, found, count),
		"the name '%.*s' fits %zu institutions; write the code", HR_STR_ARG(name), count);
}

/* Both a code and a name: do they mean the same? */
static bool agrees(hr_sheet *sheet, const hr_column *column, hr_str key, hr_str name)
{
	hr_names names = hr_names_find(&sheet->catalog->institution_names, name);
	hr_institution_id id = hr_catalog_find_institution(sheet->catalog, key);

	for (size_t i = 0; i < names.count; i++)
		if (names.rows[i].id == id)
			return true;
	return hr_sheet_problem_at(
		sheet, column, HR_STR("institution-conflict"), candidates_of(sheet, &id, 1),
		"'%.*s' is not a name of institution '%.*s'", HR_STR_ARG(name), HR_STR_ARG(key));
}

static bool resolve_institution(hr_sheet *sheet, hr_str *key, hr_str name, hr_str from)
{
	const hr_column *column = hr_sheet_column(sheet, "institution-name");
	hr_institution_id found[CANDIDATES_MAX];
	size_t count;

	if (name.len == 0)
		return true;
	if (key->len)
		return agrees(sheet, column, *key, name);
	count = find_named(sheet, name, from, found, CANDIDATES_MAX);
	if (count > 1)
		return tell_ambiguous(sheet, column, name, found, count);
	if (count == 0)
		return hr_sheet_problem_at(sheet, column, HR_STR("unknown-institution"),
					   HR_STR_NONE, "there is no institution named '%.*s'",
					   HR_STR_ARG(name));
	*key = sheet->catalog->institutions[found[0]].key;
	return true;
}

/* By id or name. */
static bool resolve_campus(hr_sheet *sheet, hr_str key, hr_str *campus)
{
	hr_institution_id id = hr_catalog_find_institution(sheet->catalog, key);
	const hr_institution *row = id == HR_ID_NONE ? NULL : &sheet->catalog->institutions[id];

	if (campus->len == 0)
		return true;
	for (size_t i = 0; row && i < row->campus_count; i++) {
		if (!hr_str_equal(*campus, row->campuses[i].id) &&
		    !hr_sheet_same_name(*campus, row->campuses[i].name))
			continue;
		*campus = row->campuses[i].id;
		return true;
	}
	return hr_sheet_problem_at(sheet, hr_sheet_column(sheet, "campus"),
				   HR_STR("unknown-campus"), HR_STR_NONE,
				   "the institution has no campus '%.*s'", HR_STR_ARG(*campus));
}

bool hr_sheet_resolve_grant(hr_sheet *sheet, hr_fact *fact)
{
	hr_str *key = hr_sheet_value(sheet, fact, "institution");
	hr_str *name = hr_sheet_value(sheet, fact, "institution-name");
	hr_institution_id id;

	if (!resolve_institution(sheet, key, *name, *hr_sheet_value(sheet, fact, "from")) ||
	    !resolve_campus(sheet, *key, hr_sheet_value(sheet, fact, "campus")))
		return false;
	id = hr_catalog_find_institution(sheet->catalog, *key);
	if (id != HR_ID_NONE)
		*name = sheet->catalog->institutions[id].name;
	return true;
}

/* "x-110000-5f0c1a2b": the same name in the same region gives the same key again. */
static hr_str make_key(hr_sheet *sheet, hr_str region, hr_str name)
{
	char *folded = hr_arena_alloc_text(sheet->work, name.len);
	char hex[HR_SHA256_TEXT];
	hr_digest digest;
	hr_error err;

	if (!folded || !hr_sha256((hr_str){ folded, hr_text_fold(name, folded) }, &digest, &err))
		return HR_STR_NONE;
	hr_digest_format(&digest, hex);
	return hr_sheet_text(sheet, "x-%.*s-%.8s", HR_STR_ARG(region), hex);
}

/* An institution without a code: the one of that name in the region, or a new one. */
bool hr_sheet_resolve_institution(hr_sheet *sheet, hr_fact *fact)
{
	hr_str *key = hr_sheet_value(sheet, fact, "institution");
	hr_str name = *hr_sheet_value(sheet, fact, "name");
	hr_str region = *hr_sheet_value(sheet, fact, "region");
	hr_institution_id found[CANDIDATES_MAX];
	size_t count = 0;
	size_t named;

	if (key->len || name.len == 0)
		return true;
	named = find_named(sheet, name, HR_STR_NONE, found, CANDIDATES_MAX);
	for (size_t i = 0; i < named && i < CANDIDATES_MAX; i++)
		if (region.len == 0 ||
		    hr_str_equal(region, sheet->catalog->institutions[found[i]].region))
			found[count++] = found[i];
	if (count > 1 || named > CANDIDATES_MAX)
		return tell_ambiguous(sheet, hr_sheet_column(sheet, "name"), name, found, count);
	if (count == 1)
		*key = sheet->catalog->institutions[found[0]].key;
	else if (region.len)
		*key = make_key(sheet, region, name);
	return true;
}
