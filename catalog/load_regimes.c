/* Regimes with their members and lists, marks, situations, and what is missing. */
#include "catalog/record.h"

#include <stdlib.h>

enum {
	REGIMES_MAX = 256,
	LISTS_MAX = 1000, /* of one regime */
	EXPECTED_MAX = 1000000,
	MARKS_MAX = 10000,
	SITUATIONS_MAX = 1000,
};

/* A regime while its children are read. */
struct parts {
	hr_regime *row;
	hr_list *lists;
	size_t members;
};

static int compare_words(const void *left, const void *right)
{
	return hr_str_compare(*(const hr_str *)left, *(const hr_str *)right);
}

static void read_members(hr_record *r, void *context)
{
	struct parts *parts = context;
	hr_regime *row = parts->row;
	hr_str *keys = hr_record_words(r, HR_STR("institutions"), &row->member_institution_count);

	parts->members++;
	row->nationwide = hr_record_flag(r, HR_STR("nationwide"));
	row->member_regions = hr_record_words(r, HR_STR("regions"), &row->member_region_count);
	row->member_alliances =
		hr_record_words(r, HR_STR("alliances"), &row->member_alliance_count);
	for (size_t i = 0; i < row->member_region_count; i++)
		if (!hr_region_prefix_is_valid(row->member_regions[i]))
			hr_record_fault(r, HR_FAULT_BAD_VALUE,
					"region '%.*s' is not two, four or six digits",
					HR_STR_ARG(hr_str_slice(row->member_regions[i], 0, 12)));
	for (size_t i = 0; i < row->member_institution_count; i++)
		hr_record_institution(r, keys[i]);
	if (keys)
		qsort(keys, row->member_institution_count, sizeof(*keys), compare_words);
	row->member_institutions = keys;
}

/* What the three kinds of lists share. */
static hr_list *read_list(hr_record *r, struct parts *parts, hr_list_kind kind)
{
	static const hr_str words[] = { HR_STR_INIT("partial"), HR_STR_INIT("complete") };
	hr_list *list = &parts->lists[parts->row->list_count++];
	unsigned status = HR_RECORD_WORD(r, "status", words, 2);

	*list = (hr_list){
		.kind = kind,
		.period = hr_record_period(r, HR_STR("from"), HR_STR("to")),
		.complete = status == 1,
		.expected = hr_record_number(r, HR_STR("expected"), EXPECTED_MAX),
		.origin = hr_record_origin(r),
	};
	if (status == 2)
		hr_record_fault(r, HR_FAULT_MISSING, "<%.*s> needs 'status': complete or partial",
				HR_STR_ARG(r->node->name));
	return list;
}

static void read_item_list(hr_record *r, void *context)
{
	struct parts *parts = context;
	hr_kind kind = parts->row->kind;
	hr_list *list = read_list(r, parts, HR_LIST_ITEMS);

	list->items = hr_record_items(r, HR_STR("items"), kind);
	list->all = list->items == r->load->catalog->all_items[kind];
	/* Some lists are known by their length alone; those say `partial`. */
	if (list->complete && hr_str_is_empty(hr_record_list(r, HR_STR("items"))))
		hr_record_fault(r, HR_FAULT_MISSING, "a complete <item-list> needs 'items'");
}

static void read_grant_list(hr_record *r, void *context)
{
	static const hr_str words[] = { HR_STR_INIT("all") };
	hr_list *list = read_list(r, context, HR_LIST_GRANTS);

	list->all = HR_RECORD_WORD(r, "grants", words, 1) == 0;
}

static void read_window_table(hr_record *r, void *context)
{
	read_list(r, context, HR_LIST_WINDOWS);
}

static const hr_element regime_parts[] = {
	{ HR_STR_INIT("members"), read_members },
	{ HR_STR_INIT("item-list"), read_item_list },
	{ HR_STR_INIT("grant-list"), read_grant_list },
	{ HR_STR_INIT("window-table"), read_window_table },
};

static void read_parts(hr_record *r, hr_regime *row)
{
	struct parts parts = { .row = row };
	size_t lists = 0;

	for (size_t i = 1; i < 4; i++)
		lists += hr_record_count(r, regime_parts[i].name);
	if (lists > LISTS_MAX) {
		r->parent = true;
		hr_record_fault(r, HR_FAULT_LIMIT, "over %d lists in one regime", LISTS_MAX);
		return;
	}
	row->lists = parts.lists = HR_LOAD_NEW_N(r->load, hr_list, lists);
	if (!row->lists)
		return;
	HR_RECORD_CHILDREN(r, regime_parts, &parts);
	if (parts.members != 1)
		hr_record_fault(r, HR_FAULT_MISSING, "<regime> needs one <members>, not %zu",
				parts.members);
}

static void read_regime(hr_record *r, void *unused)
{
	static const hr_str kinds[] = { HR_STR_INIT(""), HR_STR_INIT("lab"), HR_STR_INIT("exam") };
	static const hr_str withdrawals[] = { HR_STR_INIT("keeps-earlier"),
					      HR_STR_INIT("ends-all") };
	hr_load *load = r->load;
	hr_regime row = {
		.id = hr_record_code(r, HR_STR("id")),
		.name = hr_load_text(load, hr_record_need(r, HR_STR("name"))),
		.name_en = hr_record_text(r, HR_STR("name-en")),
		.mark = hr_record_text(r, HR_STR("mark")),
		.kind = HR_RECORD_WORD(r, "kind", kinds, HR_KIND_UNKNOWN),
		.period = hr_record_period(r, HR_STR("from"), HR_STR("to")),
		.grant_obliges = hr_record_flag(r, HR_STR("grant-obliges")),
		.withdrawal =
			HR_RECORD_WORD(r, "withdrawal", withdrawals, HR_WITHDRAWAL_KEEPS_EARLIER),
		.legal_basis = hr_record_text(r, HR_STR("legal-basis")),
		.origin = hr_record_origin(r),
	};

	(void)unused;
	hr_record_check_free(r, &load->claims, "regime", row.id);
	read_parts(r, &row);
	hr_load_put(load, &load->claims, row.id, hr_record_keep(r, &row));
}

static void regimes_done(hr_load *load)
{
	hr_catalog *catalog = load->catalog;

	catalog->regimes = hr_load_finish(load, &catalog->regime_count);
	hr_load_index(load, &catalog->regime_ids, catalog->regimes, offsetof(hr_regime, id));
	catalog->regime_rows = HR_LOAD_NEW_N(load, hr_regime_rows, catalog->regime_count);
}

static const hr_element regime_elements[] = {
	{ HR_STR_INIT("regime"), read_regime },
};

const hr_load_kind hr_load_regimes = {
	.root = HR_STR_INIT("regimes"),
	.shared = true,
	.row_size = sizeof(hr_regime),
	.limit = REGIMES_MAX,
	.elements = regime_elements,
	.element_count = 1,
	.done = regimes_done,
};

/* The one of regime, region and nationwide that a mark stands for. */
static void read_mark_scope(hr_record *r, hr_mark *row)
{
	hr_str regime = hr_record_raw(r, HR_STR("regime"));
	hr_str region = hr_record_raw(r, HR_STR("region"));
	bool nationwide = hr_record_flag(r, HR_STR("nationwide"));

	if ((regime.len > 0) + (region.len > 0) + nationwide != 1)
		hr_record_fault(r, HR_FAULT_MISSING,
				"<mark> needs one of 'regime', 'region' and 'nationwide'");
	if (region.len && !hr_region_prefix_is_valid(region))
		hr_record_fault(r, HR_FAULT_BAD_VALUE, "'region' is not two, four or six digits");
	row->regime = hr_record_regime(r, regime);
	row->region = hr_load_common(r->load, region);
}

static void read_mark(hr_record *r, void *unused)
{
	static const hr_str places[] = { HR_STR_INIT("report"), HR_STR_INIT("item-prefix"),
					 HR_STR_INIT("item-suffix"),
					 HR_STR_INIT("institution-suffix") };
	unsigned where = HR_RECORD_WORD(r, "where", places, 4);
	hr_mark row = {
		.text = hr_load_text(r->load, hr_record_need(r, HR_STR("text"))),
		.where = (hr_mark_place)where,
		.period = hr_record_period(r, HR_STR("from"), HR_STR("to")),
		.origin = hr_record_origin(r),
	};

	(void)unused;
	if (where == 4)
		hr_record_fault(r, HR_FAULT_MISSING, "<mark> needs 'where'");
	read_mark_scope(r, &row);
	hr_record_keep(r, &row);
}

static void marks_done(hr_load *load)
{
	load->catalog->marks = hr_load_finish(load, &load->catalog->mark_count);
}

static const hr_element mark_elements[] = {
	{ HR_STR_INIT("mark"), read_mark },
};

const hr_load_kind hr_load_marks = {
	.root = HR_STR_INIT("marks"),
	.shared = true,
	.row_size = sizeof(hr_mark),
	.limit = MARKS_MAX,
	.elements = mark_elements,
	.element_count = 1,
	.done = marks_done,
};

static void read_situation(hr_record *r, void *unused)
{
	hr_load *load = r->load;
	hr_situation row = {
		.code = hr_record_code(r, HR_STR("code")),
		.text = hr_load_text(load, hr_record_need(r, HR_STR("text"))),
		.text_en = hr_record_text(r, HR_STR("text-en")),
		.needs_text = hr_record_flag(r, HR_STR("needs-text")),
		.origin = hr_record_origin(r),
	};

	(void)unused;
	hr_record_check_free(r, &load->claims, "situation", row.code);
	hr_load_put(load, &load->claims, row.code, hr_record_keep(r, &row));
}

static void situations_done(hr_load *load)
{
	load->catalog->situations = hr_load_finish(load, &load->catalog->situation_count);
}

static const hr_element situation_elements[] = {
	{ HR_STR_INIT("situation"), read_situation },
};

const hr_load_kind hr_load_situations = {
	.root = HR_STR_INIT("situations"),
	.shared = true,
	.row_size = sizeof(hr_situation),
	.limit = SITUATIONS_MAX,
	.elements = situation_elements,
	.element_count = 1,
	.done = situations_done,
};

/* Known to exist and not found: for people, but its regime must be one of ours. */
static void read_missing(hr_record *r, void *unused)
{
	(void)unused;
	hr_record_content(r);
	hr_record_regime(r, hr_record_raw(r, HR_STR("regime")));
}

static const hr_element missing_elements[] = {
	{ HR_STR_INIT("fact"), read_missing },
};

const hr_load_kind hr_load_missing = {
	.root = HR_STR_INIT("missing"),
	.shared = true,
	.elements = missing_elements,
	.element_count = 1,
};
