/*
 * Cells that name items. The value is "TSH K", "all", or "all/K" for all but K,
 * in the order of the catalogue.
 */
#include "catalog/sheet_parts.h"

enum { CANDIDATES_MAX = 8 };

static hr_str item_codes(hr_sheet *sheet, const uint64_t *bits, bool all)
{
	const hr_catalog *catalog = sheet->catalog;
	hr_buf buf;

	hr_sheet_buf(sheet, &buf);
	for (hr_item_id item = 0; item < catalog->item_count; item++)
		if (hr_item_in(bits, item))
			hr_sheet_join(&buf, HR_STR(" "), catalog->items[item].code);
	if (!all)
		return hr_sheet_str(sheet, &buf);
	return hr_sheet_text(sheet, "all%s%.*s", buf.len ? "/" : "",
			     HR_STR_ARG(hr_sheet_str(sheet, &buf)));
}

static void add_item(uint64_t *bits, hr_item_id item)
{
	bits[item / 64] |= UINT64_C(1) << item % 64;
}

/* False when it is unknown or ambiguous, which has been told. */
static bool add_named_item(hr_sheet *sheet, const hr_column *column, hr_str name, uint64_t *bits)
{
	hr_item_id found[CANDIDATES_MAX] = { hr_catalog_find_item(sheet->catalog, name) };
	size_t count = 1;
	hr_buf candidates;

	if (found[0] == HR_ID_NONE)
		count = hr_catalog_find_items_by_name(sheet->catalog, name, found, CANDIDATES_MAX);
	if (count == 1) {
		add_item(bits, found[0]);
		return true;
	}
	if (count == 0)
		return hr_sheet_problem_at(sheet, column, HR_STR("unknown-item"), HR_STR_NONE,
					   "there is no item '%.*s'", HR_STR_ARG(name));
	hr_sheet_buf(sheet, &candidates);
	for (size_t i = 0; i < count && i < CANDIDATES_MAX; i++) {
		const hr_item *item = &sheet->catalog->items[found[i]];

		hr_sheet_join(&candidates, HR_STR("; "), item->code);
		hr_buf_addf(&candidates, " %.*s", HR_STR_ARG(item->name));
	}
	return hr_sheet_problem_at(
		sheet, column, HR_STR("ambiguous-item"), hr_sheet_str(sheet, &candidates),
		"the name '%.*s' fits %zu items; write the code", HR_STR_ARG(name), count);
}

/* A piece may be "TSH FT4": a name with blanks in it, or two codes. */
static bool add_items_of(hr_sheet *sheet, const hr_column *column, hr_str piece, uint64_t *bits)
{
	hr_item_id item = hr_catalog_find_item(sheet->catalog, piece);
	hr_str word;
	bool good = true;

	if (item != HR_ID_NONE || hr_catalog_find_items_by_name(sheet->catalog, piece, &item, 1))
		return add_named_item(sheet, column, piece, bits);
	while ((word = hr_sheet_next(&piece, HR_PART_CODES)).len)
		good &= add_named_item(sheet, column, word, bits);
	return good;
}

/* Takes a word off the start or the end of the text. */
static bool strip(hr_str *text, hr_str word, bool at_end)
{
	if (at_end ? !hr_str_ends_with(*text, word) : !hr_str_starts_with(*text, word))
		return false;
	*text = at_end ? hr_str_slice(*text, 0, text->len - word.len)
		       : hr_str_slice(*text, word.len, text->len);
	*text = hr_str_trim(*text);
	return true;
}

static void strip_any(hr_str *text, const hr_str *words, size_t count, bool at_end)
{
	for (size_t i = 0; i < count; i++)
		if (strip(text, words[i], at_end))
			return;
}

#define STRIP(text, words, at_end)                                                                 \
	strip_any((text), (words), sizeof(words) / sizeof((words)[0]), (at_end))

/*
 * 全部, 全部 除 A、B 外, 全部（除A、B以外）, 除 A 外, all, all except A, B. True for these;
 * `*list` is then what is excepted.
 */
static bool is_all(hr_str *list)
{
	static const hr_str alls[] = { HR_STR_INIT("全部互认项目"), HR_STR_INIT("全部项目"),
				       HR_STR_INIT("全部"), HR_STR_INIT("all") };
	static const hr_str opens[] = { HR_STR_INIT("（"), HR_STR_INIT("("), HR_STR_INIT("，"),
					HR_STR_INIT(",") };
	static const hr_str closes[] = { HR_STR_INIT("）"), HR_STR_INIT(")") };
	static const hr_str excepts[] = { HR_STR_INIT("除了"), HR_STR_INIT("除"),
					  HR_STR_INIT("except"), HR_STR_INIT("but") };
	static const hr_str behinds[] = { HR_STR_INIT("以外"), HR_STR_INIT("之外"),
					  HR_STR_INIT("外") };
	hr_str rest = *list;
	size_t before;
	bool all;

	STRIP(&rest, alls, false);
	all = rest.len < list->len;
	STRIP(&rest, opens, false);
	STRIP(&rest, closes, true);
	before = rest.len;
	STRIP(&rest, excepts, false);
	if (all ? rest.len == before && before > 0 : rest.len == before)
		return false;
	STRIP(&rest, behinds, true);
	*list = rest;
	return true;
}

/* Lists repeat from row to row: each is read once. */
static bool find_list(const hr_sheet *sheet, hr_str text, hr_str *out)
{
	uint32_t index;

	if (!hr_map_find(&sheet->lists, text, &index))
		return false;
	*out = ((const hr_str *)sheet->list_values.data)[index];
	return true;
}

static void keep_list(hr_sheet *sheet, hr_str text, hr_str value)
{
	hr_str *kept = hr_sheet_add(sheet, &sheet->list_values, sizeof(*kept));
	hr_error err;

	if (!kept)
		return;
	*kept = value;
	/* When memory is short, the arena knows. */
	hr_map_put(&sheet->lists, text, (uint32_t)(sheet->list_values.count - 1), &err);
}

static bool parse_items(hr_sheet *sheet, const hr_column *column, hr_str cell, hr_str *out)
{
	uint64_t *bits;
	hr_str list = cell;
	bool all = is_all(&list);
	bool good = true;
	hr_str piece;

	if (find_list(sheet, cell, out))
		return true;
	bits = HR_NEW_N(sheet->work, uint64_t, sheet->catalog->item_words);
	while (bits && (piece = hr_sheet_next(&list, HR_PART_ITEMS)).len)
		good &= add_items_of(sheet, column, piece, bits);
	if (!good || !bits)
		return false;
	*out = item_codes(sheet, bits, all);
	keep_list(sheet, cell, *out);
	return true;
}

static void add_codes(const hr_sheet *sheet, hr_str codes, uint64_t *bits)
{
	hr_str code;

	while ((code = hr_str_next_word(&codes)).len) {
		hr_item_id item = hr_catalog_find_item(sheet->catalog, code);

		if (item != HR_ID_NONE)
			add_item(bits, item);
	}
}

static hr_str read_items(hr_sheet *sheet, const hr_column *column, const hr_xml *node)
{
	hr_str items = hr_str_trim(hr_xml_attr_value(node, column->attr));
	hr_str except = hr_xml_attr_value(node, HR_STR("except"));
	bool all = hr_str_equal(items, HR_STR("all"));
	hr_str value = HR_STR_NONE;
	uint64_t *bits;

	if (items.len == 0 || (except.len == 0 && find_list(sheet, items, &value)))
		return value;
	bits = HR_NEW_N(sheet->work, uint64_t, sheet->catalog->item_words);
	if (!bits)
		return value;
	add_codes(sheet, all ? except : items, bits);
	value = item_codes(sheet, bits, all);
	if (except.len == 0)
		keep_list(sheet, items, value);
	return value;
}

static hr_str list_with(hr_sheet *sheet, hr_str codes)
{
	hr_str code;
	hr_buf buf;

	hr_sheet_buf(sheet, &buf);
	while ((code = hr_str_next_word(&codes)).len)
		hr_sheet_join(&buf, HR_STR("、"), code);
	return hr_sheet_str(sheet, &buf);
}

static hr_str format_items(hr_sheet *sheet, const hr_column *column, hr_str value)
{
	(void)column;
	if (hr_str_equal(value, HR_STR("all")))
		return HR_STR("全部");
	if (!hr_str_starts_with(value, HR_STR("all/")))
		return list_with(sheet, value);
	value = list_with(sheet, hr_str_slice(value, 4, value.len));
	return hr_sheet_text(sheet, "全部 除 %.*s 外", HR_STR_ARG(value));
}

static void write_items(hr_xml_writer *w, const hr_column *column, hr_str value)
{
	size_t slash = hr_str_find(value, HR_STR("/"));

	hr_xml_write_attr(w, column->attr, hr_str_slice(value, 0, slash));
	hr_xml_write_attr(w, HR_STR("except"), hr_str_slice(value, slash + 1, value.len));
}

const hr_cell_type hr_cell_items = {
	.read = read_items,
	.parse = parse_items,
	.format = format_items,
	.write = write_items,
	.attrs = { HR_STR_INIT("except") },
};
