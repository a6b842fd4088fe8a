/*
 * In which file a new row comes to stand: that of its kind and regime; and when
 * that would be too large, one for each province, city, county.
 */
#include "catalog/sheet_parts.h"

#include <stdlib.h>

/* Rows that belong together: of one regime, of one kind of item, or all. */
struct group {
	hr_str name; /* of the regime; lab, exam; empty */
	hr_str base; /* "grants-demo-hr": what the names of its files begin with */
	hr_str folder;
};

/* Digits of a region that the name of a file ends in, by level. */
static const size_t digits[] = { 0, 2, 4, 6 };

enum { LEVELS = sizeof(digits) / sizeof(digits[0]) };

static hr_str group_of(const hr_sheet *sheet, const hr_fact *fact)
{
	switch (sheet->kind) {
	case HR_SHEET_ITEMS:
		return *hr_sheet_value(sheet, fact, "kind");
	case HR_SHEET_INSTITUTIONS:
		return HR_STR_NONE;
	default:
		return *hr_sheet_value(sheet, fact, "regime");
	}
}

static hr_str region_of(const hr_sheet *sheet, const hr_fact *fact)
{
	hr_institution_id id;

	if (sheet->kind == HR_SHEET_INSTITUTIONS)
		return *hr_sheet_value(sheet, fact, "region");
	if (sheet->kind != HR_SHEET_GRANTS)
		return HR_STR_NONE;
	id = hr_catalog_find_institution(sheet->catalog,
					 *hr_sheet_value(sheet, fact, "institution"));
	return id == HR_ID_NONE ? HR_STR_NONE : sheet->catalog->institutions[id].region;
}

/* --- files --- */

static hr_str folder_of(hr_str name)
{
	while (name.len && name.data[name.len - 1] != '/')
		name.len--;
	return name;
}

/* "110000" of "demo/grants-demo-hr-110000.xml"; empty when it is not for a region. */
static hr_str region_in_name(const struct group *group, hr_str name)
{
	size_t folder = folder_of(name).len;
	hr_str rest = hr_str_slice(name, folder, name.len);

	if (!hr_str_starts_with(rest, group->base) || !hr_str_ends_with(rest, HR_STR(".xml")))
		return HR_STR_NONE;
	rest = hr_str_slice(rest, group->base.len, rest.len - 4);
	if (rest.len < 3 || rest.data[0] != '-')
		return HR_STR_NONE;
	rest = hr_str_slice(rest, 1, rest.len);
	for (size_t i = 0; i < rest.len; i++)
		if (rest.data[i] < '0' || rest.data[i] > '9')
			return HR_STR_NONE;
	return rest;
}

static hr_sheet_file *find_file(const hr_sheet *sheet, const struct group *group, hr_str region)
{
	for (hr_sheet_file *file = sheet->files; file; file = file->next)
		if (hr_str_equal(file->group, group->name) &&
		    hr_str_equal(region_in_name(group, file->file.name), region))
			return file;
	return NULL;
}

/* Are there files for parts of the region? */
static bool is_parted(const hr_sheet *sheet, const struct group *group, hr_str region)
{
	for (const hr_sheet_file *file = sheet->files; file; file = file->next) {
		hr_str part = region_in_name(group, file->file.name);

		if (hr_str_equal(file->group, group->name) && part.len > region.len &&
		    hr_str_starts_with(part, region))
			return true;
	}
	return false;
}

static hr_str folder_for(const hr_sheet *sheet, const struct group *group)
{
	uint32_t regime;

	for (const hr_sheet_file *file = sheet->files; file; file = file->next)
		if (hr_str_equal(file->group, group->name))
			return folder_of(file->file.name);
	if (hr_map_find(&sheet->catalog->regime_ids, group->name, &regime))
		return folder_of(sheet->catalog->regimes[regime].origin.file);
	return sheet->files ? folder_of(sheet->files->file.name) : HR_STR_NONE;
}

/* A root without rows, which says of who says so what its first row says. */
static hr_str empty_root(hr_sheet *sheet, const struct group *group, const hr_fact *first)
{
	const hr_sheet_table *table = sheet->table;
	hr_xml_writer w;
	hr_buf buf;

	hr_sheet_buf(sheet, &buf);
	hr_xml_writer_init(&w, &buf, 0);
	hr_xml_write_prolog(&w);
	hr_xml_write_open(&w, table->root);
	hr_xml_write_attr(&w, HR_STR("xmlns"), HR_CATALOG_NS);
	if (sheet->kind == HR_SHEET_GRANTS || sheet->kind == HR_SHEET_WINDOWS)
		hr_xml_write_attr(&w, HR_STR("regime"), group->name);
	for (size_t i = 0; i < table->column_count; i++)
		if (table->columns[i].flags & HR_COLUMN_PROVENANCE)
			hr_xml_write_attr(&w, table->columns[i].attr, first->values[i]);
	hr_xml_write_close(&w, table->root);
	return hr_sheet_str(sheet, &buf);
}

static hr_sheet_file *new_file(hr_sheet *sheet, const struct group *group, hr_str region,
			       const hr_fact *first)
{
	hr_sheet_file *file = HR_NEW(sheet->work, hr_sheet_file);
	hr_sheet_file **last = &sheet->files;
	hr_str bytes = empty_root(sheet, group, first);

	if (!file)
		return NULL;
	file->file.name =
		hr_sheet_text(sheet, "%.*s%.*s%s%.*s.xml", HR_STR_ARG(group->folder),
			      HR_STR_ARG(group->base), region.len ? "-" : "", HR_STR_ARG(region));
	file->file.bytes = bytes;
	file->start = hr_str_find(bytes, HR_STR("\n")) + 1;
	file->group = group->name;
	file->values = first->values;
	while (*last)
		last = &(*last)->next;
	*last = file;
	return file;
}

/* --- rows --- */

/* Whether the rows fit: what they take without a root to inherit from is the most they take. */
static bool fits(hr_sheet *sheet, const hr_sheet_file *file, hr_fact **rows, size_t count)
{
	size_t size = file ? file->file.bytes.len + file->growth : HR_XML_TAG_MAX;

	for (size_t i = 0; i < count && size <= HR_XML_DOCUMENT_MAX; i++)
		size += hr_sheet_row_text(sheet, NULL, rows[i]->values, NULL).len + 2;
	return size <= HR_XML_DOCUMENT_MAX;
}

static hr_str prefix_of(const hr_sheet *sheet, const hr_fact *fact, size_t level)
{
	return hr_str_slice(region_of(sheet, fact), 0, digits[level]);
}

static bool place_rows(hr_sheet *sheet, const struct group *group, hr_fact **rows, size_t count,
		       size_t level, hr_error *err);

/* Rows of one region: to its file, or to those of its parts when there are such or must be. */
static bool place_region(hr_sheet *sheet, const struct group *group, hr_fact **rows, size_t count,
			 size_t level, hr_error *err)
{
	hr_str region = prefix_of(sheet, rows[0], level);
	hr_sheet_file *file = find_file(sheet, group, region);
	bool fit = fits(sheet, file, rows, count);
	bool last = level + 1 == LEVELS || region_of(sheet, rows[0]).len == 0;

	if (last && !fit)
		return hr_fail(err, HR_E_LIMIT, "the rows of '%.*s' do not fit a file of %d bytes",
			       HR_STR_ARG(group->base), HR_XML_DOCUMENT_MAX);
	if (!last && (!fit || (!file && is_parted(sheet, group, region))))
		return place_rows(sheet, group, rows, count, level + 1, err);
	if (!file)
		file = new_file(sheet, group, region, rows[0]);
	if (!file)
		return hr_fail_memory(err);
	hr_sheet_put(sheet, file, rows, count);
	return true;
}

/* `rows` are by region. */
static bool place_rows(hr_sheet *sheet, const struct group *group, hr_fact **rows, size_t count,
		       size_t level, hr_error *err)
{
	for (size_t from = 0, to; from < count; from = to) {
		hr_str region = prefix_of(sheet, rows[from], level);

		for (to = from + 1; to < count; to++)
			if (!hr_str_equal(prefix_of(sheet, rows[to], level), region))
				break;
		if (!place_region(sheet, group, rows + from, to - from, level, err))
			return false;
	}
	return true;
}

static int compare_rows(const void *left, const void *right, void *context)
{
	const hr_sheet *sheet = *(const hr_sheet *const *)context;
	const hr_fact *a = *(hr_fact *const *)left;
	const hr_fact *b = *(hr_fact *const *)right;
	int order = hr_str_compare(group_of(sheet, a), group_of(sheet, b));

	if (order == 0)
		order = hr_str_compare(region_of(sheet, a), region_of(sheet, b));
	return order ? order : (a->row > b->row) - (a->row < b->row);
}

static struct group make_group(hr_sheet *sheet, hr_str name)
{
	struct group group = { .name = name };

	group.base = hr_sheet_text(sheet, "%.*s%s%.*s", HR_STR_ARG(sheet->table->root),
				   name.len ? "-" : "", HR_STR_ARG(name));
	group.folder = folder_for(sheet, &group);
	return group;
}

bool hr_sheet_place(hr_sheet *sheet, hr_fact **added, size_t count, hr_error *err)
{
	const hr_sheet *context = sheet;

	qsort_r(added, count, sizeof(hr_fact *), compare_rows, &context);
	for (size_t from = 0, to; from < count; from = to) {
		struct group group = make_group(sheet, group_of(sheet, added[from]));
		/* Institutions have a file for each province from the start. */
		size_t level = sheet->kind == HR_SHEET_INSTITUTIONS &&
			       !find_file(sheet, &group, HR_STR_NONE);

		for (to = from + 1; to < count; to++)
			if (!hr_str_equal(group_of(sheet, added[to]), group.name))
				break;
		if (!place_rows(sheet, &group, added + from, to - from, level, err))
			return false;
	}
	return true;
}
