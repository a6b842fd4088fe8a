/* Units, items, and an institution's own codes for items. */
#include "catalog/record.h"

#include <stdlib.h>

enum { SPELLINGS_MAX = 100000, ITEMS_MAX = 10000, LOCAL_CODES_MAX = 1000000 };

static void add_spelling(hr_record *r, hr_str text, hr_unit_class class)
{
	hr_load *load = r->load;
	hr_map *units = &load->catalog->unit_spellings;
	hr_unit *row;
	char folded[HR_CATALOG_TEXT_MAX];
	uint32_t other;

	text = hr_unit_fold(text, folded);
	if (hr_map_find(units, text, &other)) {
		if (other != class)
			hr_record_fault(r, HR_FAULT_DUPLICATE, "unit '%.*s' is of two classes",
					HR_STR_ARG(hr_str_slice(text, 0, 32)));
		return;
	}
	if (load->rows.count == SPELLINGS_MAX) {
		hr_record_fault(r, HR_FAULT_LIMIT, "over %d spellings of units", SPELLINGS_MAX);
		return;
	}
	row = hr_load_add(load, &load->rows);
	if (!row)
		return;
	*row = (hr_unit){ hr_load_text(load, text), class };
	hr_load_put(load, units, row->spelling, class);
}

static void read_spelling(hr_record *r, void *context)
{
	const hr_unit_class *class = context;

	add_spelling(r, hr_record_content(r), *class);
}

static void read_unit(hr_record *r, void *unused)
{
	static const hr_element children[] = { { HR_STR_INIT("name"), read_spelling } };
	hr_unit_class class = HR_RECORD_WORD(r, "class", hr_unit_class_words, HR_UNIT_UNKNOWN);

	(void)unused;
	hr_record_origin(r);
	if (class == HR_UNIT_UNKNOWN)
		hr_record_fault(r, HR_FAULT_MISSING, "<unit> needs a 'class'");
	add_spelling(r, hr_record_need(r, HR_STR("ucum")), class);
	HR_RECORD_CHILDREN(r, children, &class);
}

static const hr_element unit_elements[] = {
	{ HR_STR_INIT("unit"), read_unit },
};

static void units_done(hr_load *load)
{
	load->catalog->units = hr_load_finish(load, &load->catalog->unit_count);
}

const hr_load_kind hr_load_units = {
	.root = HR_STR_INIT("units"),
	.shared = true,
	.row_size = sizeof(hr_unit),
	.elements = unit_elements,
	.element_count = 1,
	.done = units_done,
};

/* A LOINC code of the item that is being read, which will be the next row. */
static void add_loinc(hr_load *load, hr_str code, hr_code_relation relation)
{
	hr_item_code *row = code.len ? hr_load_add(load, &load->codes) : NULL;

	if (row)
		*row = (hr_item_code){ code, (hr_item_id)load->rows.count, relation };
}

static void add_same_loinc(hr_record *r, hr_str code)
{
	hr_record_check_free(r, &r->load->more_claims, "LOINC code", code);
	add_loinc(r->load, code, HR_CODE_SAME);
}

/* What stands below the item that is being read. */
struct below {
	hr_str *names;
	hr_str *specimens;
	uint32_t name_count;
	uint32_t specimen_count;
};

static void read_item_name(hr_record *r, void *context)
{
	struct below *below = context;
	hr_str name = hr_record_content(r);

	hr_load_name(r->load, name, (uint32_t)r->load->rows.count, HR_ALWAYS);
	below->names[below->name_count++] = hr_load_text(r->load, name);
}

static void read_specimen(hr_record *r, void *context)
{
	struct below *below = context;

	below->specimens[below->specimen_count++] = hr_load_folded(r->load, hr_record_content(r));
}

static struct below make_room_below(hr_record *r)
{
	return (struct below){
		.names = HR_LOAD_NEW_N(r->load, hr_str, hr_record_count(r, HR_STR("name"))),
		.specimens = HR_LOAD_NEW_N(r->load, hr_str, hr_record_count(r, HR_STR("specimen"))),
	};
}

static void read_below(hr_record *r, const hr_element *children, size_t count, hr_item *row)
{
	struct below below = make_room_below(r);

	if (!below.names || !below.specimens)
		return;
	hr_record_children(r, children, count, &below);
	row->names = below.names;
	row->name_count = below.name_count;
	row->specimens = below.specimens;
	row->specimen_count = below.specimen_count;
}

static void read_loinc(hr_record *r, void *unused)
{
	(void)unused;
	add_same_loinc(r, hr_record_code(r, HR_STR("code")));
}

static void read_sibling(hr_record *r, void *unused)
{
	static const hr_str words[] = { HR_STR_INIT("same"), HR_STR_INIT("unit"),
					HR_STR_INIT("specimen") };
	unsigned relation = HR_RECORD_WORD(r, "differs", words, HR_CODE_SAME);
	hr_str code = hr_record_code(r, HR_STR("loinc"));

	(void)unused;
	if (relation == HR_CODE_SAME)
		hr_record_fault(r, HR_FAULT_MISSING, "<sibling> needs 'differs': unit or specimen");
	add_loinc(r->load, code, (hr_code_relation)relation);
}

/* Quality limits stand in the files for people; a decision does not need them. */
static void read_precision(hr_record *r, void *unused)
{
	(void)unused;
	hr_record_raw(r, HR_STR("cv-percent"));
	hr_record_raw(r, HR_STR("eqa"));
	hr_record_origin(r);
}

static uint32_t read_unit_classes(hr_record *r)
{
	hr_str rest = hr_record_need(r, HR_STR("unit-class"));
	hr_str word;
	uint32_t classes = 0;

	while ((word = hr_str_next_word(&rest)).len) {
		unsigned class = HR_UNIT_CONTENT;

		while (class > HR_UNIT_UNKNOWN && !hr_str_equal(word, hr_unit_class_words[class]))
			class --;
		if (class == HR_UNIT_UNKNOWN)
			hr_record_fault(r, HR_FAULT_BAD_VALUE, "'%.*s' is not a class of units",
					HR_STR_ARG(hr_str_slice(word, 0, 32)));
		classes |= 1u << class;
	}
	return classes;
}

/* What lab items and examinations share. */
static hr_item read_item(hr_record *r, hr_kind kind)
{
	hr_load *load = r->load;
	hr_item row = {
		.kind = kind,
		.code = hr_record_code(r, HR_STR("code")),
		.name = hr_load_text(load, hr_record_need(r, HR_STR("name"))),
		.name_en = hr_record_text(r, HR_STR("name-en")),
		.class_name = hr_record_common(r, HR_STR("class")),
		.loinc = hr_record_text(r, HR_STR("loinc")),
		.origin = hr_record_origin(r),
	};

	if (hr_str_equal(row.code, HR_STR("all")))
		hr_record_fault(r, HR_FAULT_BAD_VALUE, "an item's code cannot be 'all'");
	hr_record_check_free(r, &load->claims, "item", row.code);
	hr_load_name(load, row.code, (uint32_t)load->rows.count, HR_ALWAYS);
	hr_load_name(load, row.name, (uint32_t)load->rows.count, HR_ALWAYS);
	if (row.name_en.len)
		hr_load_name(load, row.name_en, (uint32_t)load->rows.count, HR_ALWAYS);
	add_same_loinc(r, row.loinc);
	return row;
}

/* Keeps the item with its names and codes from `names` and `codes` on, or none of them. */
static void keep_item(hr_record *r, const hr_item *row, size_t names, size_t codes)
{
	hr_load *load = r->load;
	hr_item_id id = hr_record_keep(r, row);
	const hr_item_code *loincs = (const void *)load->codes.data;

	if (id == HR_ID_NONE) {
		load->names.count = names;
		load->codes.count = codes;
		return;
	}
	hr_load_put(load, &load->claims, row->code, id);
	for (size_t i = codes; i < load->codes.count; i++)
		if (loincs[i].relation == HR_CODE_SAME)
			hr_load_put(load, &load->more_claims, loincs[i].code, id);
}

static void read_lab(hr_record *r, void *unused)
{
	static const hr_element children[] = {
		{ HR_STR_INIT("name"), read_item_name },
		{ HR_STR_INIT("specimen"), read_specimen },
		{ HR_STR_INIT("loinc"), read_loinc },
		{ HR_STR_INIT("sibling"), read_sibling },
		{ HR_STR_INIT("precision"), read_precision },
	};
	hr_load *load = r->load;
	size_t names = load->names.count;
	size_t codes = load->codes.count;
	hr_item row = read_item(r, HR_KIND_LAB);

	(void)unused;
	row.unit_classes = read_unit_classes(r);
	row.unit = hr_record_common(r, HR_STR("unit"));
	read_below(r, children, sizeof(children) / sizeof(children[0]), &row);
	keep_item(r, &row, names, codes);
}

static hr_str read_one_of(hr_record *r, hr_str name, const hr_str *words, size_t count)
{
	unsigned index = hr_record_word(r, name, words, count, (unsigned)count);

	return index < count ? words[index] : HR_STR_NONE;
}

static void read_exam(hr_record *r, void *unused)
{
	static const hr_element children[] = {
		{ HR_STR_INIT("name"), read_item_name },
		{ HR_STR_INIT("loinc"), read_loinc },
	};
	static const hr_str sides[] = { HR_STR_INIT("L"), HR_STR_INIT("R"), HR_STR_INIT("B") };
	static const hr_str contrasts[] = { HR_STR_INIT("without"), HR_STR_INIT("with"),
					    HR_STR_INIT("both") };
	size_t names = r->load->names.count;
	size_t codes = r->load->codes.count;
	hr_item row = read_item(r, HR_KIND_EXAM);

	(void)unused;
	row.modality = hr_load_common(r->load, hr_record_need(r, HR_STR("modality")));
	row.body_part = hr_record_common(r, HR_STR("body-part"));
	row.laterality = read_one_of(r, HR_STR("laterality"), sides, 3);
	row.method = hr_record_common(r, HR_STR("method"));
	row.position = hr_record_common(r, HR_STR("position"));
	row.contrast = read_one_of(r, HR_STR("contrast"), contrasts, 3);
	read_below(r, children, sizeof(children) / sizeof(children[0]), &row);
	keep_item(r, &row, names, codes);
}

/* To the items, which are not in the snapshot yet. */
static void lend_codes(hr_load *load)
{
	const hr_item_code *codes = load->catalog->item_loincs;
	hr_item *items = (void *)load->rows.data;

	for (size_t i = 0; codes && i < load->catalog->item_loinc_count; i++) {
		hr_item *item = &items[codes[i].item];

		if (item->code_count++ == 0)
			item->codes = &codes[i];
	}
}

/* The item's own codes come first: a code that is one item's and another's sibling is the one's. */
static void index_loincs(hr_load *load)
{
	hr_catalog *catalog = load->catalog;
	size_t count = load->codes.count;

	catalog->item_loincs = hr_load_pack(load, &load->codes);
	catalog->item_loinc_count = count;
	lend_codes(load);
	hr_load_map(load, &catalog->loincs, catalog->arena, count);
	for (int siblings = 0; siblings < 2; siblings++)
		for (size_t i = 0; !load->stopped && i < count; i++)
			if ((catalog->item_loincs[i].relation != HR_CODE_SAME) == siblings)
				hr_load_put(load, &catalog->loincs, catalog->item_loincs[i].code,
					    (uint32_t)i);
}

/* From here on a row of bits has its length, and `all` its meaning. */
static void size_bits(hr_load *load)
{
	hr_catalog *catalog = load->catalog;
	size_t words = catalog->item_count / 64 + 1;
	uint64_t *all = HR_LOAD_NEW_N(load, uint64_t, 3 * words);

	catalog->item_words = words;
	load->bit_row = HR_NEW_N(load->work, uint64_t, words);
	if (!all || !load->bit_row) {
		hr_load_stop_memory(load);
		return;
	}
	for (size_t i = 0; i < catalog->item_count; i++) {
		uint64_t bit = UINT64_C(1) << i % 64;

		all[HR_KIND_UNKNOWN * words + i / 64] |= bit;
		all[catalog->items[i].kind * words + i / 64] |= bit;
	}
	for (size_t kind = 0; kind < 3; kind++)
		catalog->all_items[kind] = all + kind * words;
}

/* The row of a class, made when it is met first; NULL when memory is short. */
static uint64_t *class_row(hr_load *load, hr_str class)
{
	uint64_t **row;
	uint32_t index;

	if (hr_map_find(&load->classes, class, &index))
		return ((uint64_t **)(void *)load->class_bits.data)[index];
	row = hr_load_add(load, &load->class_bits);
	if (!row)
		return NULL;
	*row = HR_NEW_N(load->work, uint64_t, load->catalog->item_words);
	if (!*row)
		hr_load_stop_memory(load);
	hr_load_put(load, &load->classes, class, (uint32_t)(load->class_bits.count - 1));
	return *row;
}

/* The items of each class as bits, for windows that name classes. */
static void index_classes(hr_load *load)
{
	const hr_catalog *catalog = load->catalog;

	hr_rows_init(&load->class_bits, load->work, sizeof(uint64_t *));
	hr_load_map(load, &load->classes, load->work, 0);
	for (size_t i = 0; !load->stopped && i < catalog->item_count; i++) {
		hr_str class = catalog->items[i].class_name;
		uint64_t *row = class.len ? class_row(load, class) : NULL;

		if (row)
			row[i / 64] |= UINT64_C(1) << i % 64;
	}
}

static void items_done(hr_load *load)
{
	hr_catalog *catalog = load->catalog;

	index_loincs(load);
	catalog->items = hr_load_finish(load, &catalog->item_count);
	hr_load_index(load, &catalog->item_codes, catalog->items, offsetof(hr_item, code));
	hr_load_finish_names(load, &catalog->item_names);
	size_bits(load);
	index_classes(load);
}

static const hr_element item_elements[] = {
	{ HR_STR_INIT("lab"), read_lab },
	{ HR_STR_INIT("exam"), read_exam },
};

const hr_load_kind hr_load_items = {
	.root = HR_STR_INIT("items"),
	.shared = true,
	.row_size = sizeof(hr_item),
	.limit = ITEMS_MAX,
	.elements = item_elements,
	.element_count = 2,
	.done = items_done,
};

static void begin_code_map(hr_record *root)
{
	hr_load_file *file = &root->load->file;

	file->institution_key = hr_record_code(root, HR_STR("institution"));
	file->institution = hr_record_institution(root, file->institution_key);
	file->system = hr_load_text(root->load, hr_record_raw(root, HR_STR("system")));
}

/* "key code", what a row must not share with another; in the build arena. */
static hr_str claim_of(hr_load *load, hr_str key, hr_str code)
{
	char *text = hr_arena_alloc_text(load->build, key.len + 1 + code.len);

	if (!text) {
		hr_load_stop_memory(load);
		return HR_STR_NONE;
	}
	if (key.len)
		memcpy(text, key.data, key.len);
	text[key.len] = ' ';
	if (code.len)
		memcpy(text + key.len + 1, code.data, code.len);
	return (hr_str){ text, key.len + 1 + code.len };
}

static void read_local_code(hr_record *r, void *unused)
{
	hr_load *load = r->load;
	hr_local_code row = {
		.institution = load->file.institution,
		.code = hr_load_text(load, hr_record_need(r, HR_STR("code"))),
		.item = hr_record_item(r, hr_record_need(r, HR_STR("item"))),
		.system = load->file.system,
		.origin = hr_record_origin(r),
	};
	hr_str claim = claim_of(load, load->file.institution_key, row.code);

	(void)unused;
	hr_record_check_free(r, &load->claims, "code", claim);
	hr_load_put(load, &load->claims, claim, hr_record_keep(r, &row));
}

static int compare_local_codes(const void *left, const void *right)
{
	const hr_local_code *a = left;
	const hr_local_code *b = right;

	if (a->institution != b->institution)
		return a->institution < b->institution ? -1 : 1;
	return hr_str_compare(a->code, b->code);
}

static void code_map_done(hr_load *load)
{
	hr_catalog *catalog = load->catalog;

	if (load->rows.count)
		qsort(load->rows.data, load->rows.count, load->rows.size, compare_local_codes);
	catalog->local_codes = hr_load_finish(load, &catalog->local_code_count);
}

static const hr_element code_map_elements[] = {
	{ HR_STR_INIT("map"), read_local_code },
};

const hr_load_kind hr_load_code_map = {
	.root = HR_STR_INIT("code-map"),
	.local = true,
	.row_size = sizeof(hr_local_code),
	.limit = LOCAL_CODES_MAX,
	.elements = code_map_elements,
	.element_count = 1,
	.begin = begin_code_map,
	.done = code_map_done,
};
