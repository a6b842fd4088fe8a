/*
 * Two versions compared. The records of each kind are sorted by their keys on
 * both sides and walked side by side, so the cost is that of sorting.
 */
#include "registry/diff_parts.h"

#include <stdlib.h>

#define SCRATCH_BYTES ((size_t)1 << 30)
#define LINE_BYTES    ((size_t)16 << 20)

/* --- changes --- */

static bool make_room(hr_diff *diff)
{
	size_t room = diff->room ? diff->room * 2 : 64;
	hr_change *changes;

	if (diff->count < diff->room)
		return true;
	changes = HR_NEW_N(diff->arena, hr_change, room);
	if (!changes)
		return false;
	if (diff->count)
		memcpy(changes, diff->changes, diff->count * sizeof(*changes));
	diff->changes = changes;
	diff->room = room;
	return true;
}

/* "新增项目 TSH 促甲状腺激素: ...": a line that can stand alone. */
static hr_str whole_line(hr_diff *diff, int lang, hr_change_kind kind, const hr_diff_word *what,
			 hr_str subject)
{
	static const hr_str verbs[][HR_DIFF_LANGS] = {
		[HR_CHANGE_ADDED] = { HR_STR_INIT("新增"), HR_STR_INIT("added ") },
		[HR_CHANGE_REMOVED] = { HR_STR_INIT("删除"), HR_STR_INIT("removed ") },
		[HR_CHANGE_ALTERED] = { HR_STR_INIT(""), HR_STR_INIT("") },
	};
	hr_buf *line = &diff->spare.text[0];

	line->len = 0;
	hr_buf_add(line, verbs[kind][lang]);
	hr_buf_add(line, what->text[lang]);
	hr_buf_add_char(line, ' ');
	hr_buf_add(line, subject);
	if (diff->line.text[lang].len)
		HR_BUF_ADD(line, ": ");
	hr_buf_add(line, hr_buf_str(&diff->line.text[lang]));
	return hr_str_copy(diff->arena, hr_buf_str(line));
}

void hr_diff_add(hr_diff *diff, hr_change_kind kind, const hr_diff_word *what, hr_str subject)
{
	hr_change change = {
		.kind = kind,
		.what = what->text[HR_DIFF_EN],
		.subject = hr_str_copy(diff->arena, subject),
		.text = whole_line(diff, HR_DIFF_ZH, kind, what, subject),
		.text_en = whole_line(diff, HR_DIFF_EN, kind, what, subject),
	};

	if (!change.subject.data || !change.text.data || !change.text_en.data || !make_room(diff)) {
		diff->failed = true;
		return;
	}
	diff->changes[diff->count++] = change;
}

hr_str hr_diff_join(hr_diff *diff, hr_str a, const char *between, hr_str b)
{
	hr_str middle = hr_str_of(between);
	char *text = hr_arena_alloc_text(diff->scratch, a.len + middle.len + b.len + 1);
	hr_buf buf;

	if (!text) {
		diff->failed = true;
		return HR_STR_NONE;
	}
	hr_buf_init_over(&buf, text, a.len + middle.len + b.len + 1);
	hr_buf_add(&buf, a);
	hr_buf_add(&buf, middle);
	hr_buf_add(&buf, b);
	return hr_buf_str(&buf);
}

/* --- rows --- */

static void add_row(hr_diff *diff, hr_diff_rows *rows, hr_diff_row row)
{
	if (rows->count == rows->room) {
		size_t room = rows->room ? rows->room * 2 : 64;
		hr_diff_row *more = HR_NEW_N(diff->scratch, hr_diff_row, room);

		if (!more) {
			diff->failed = true;
			return;
		}
		if (rows->count)
			memcpy(more, rows->rows, rows->count * sizeof(*more));
		rows->rows = more;
		rows->room = room;
	}
	row.id = (uint32_t)rows->count;
	rows->rows[rows->count++] = row;
}

static void add_named(hr_diff *diff, hr_diff_rows *rows, hr_str key, hr_str name,
		      const void *record)
{
	add_row(diff, rows,
		(hr_diff_row){ .key = key,
			       .subject = hr_diff_join(diff, key, name.len ? " " : "", name),
			       .record = record });
}

static int compare_rows(const void *left, const void *right)
{
	const hr_diff_row *a = left;
	const hr_diff_row *b = right;
	int order = hr_str_compare(a->key, b->key);

	return order ? order : (a->id > b->id) - (a->id < b->id);
}

static void collect_regimes(hr_diff *diff, int side, hr_diff_rows *rows)
{
	for (size_t i = 0; i < hr_catalog_regime_count(diff->catalogs[side]); i++) {
		const hr_regime *regime = hr_catalog_get_regime(diff->catalogs[side], i);

		add_named(diff, rows, regime->id, regime->name, regime);
	}
}

static void collect_lists(hr_diff *diff, int side, hr_diff_rows *rows)
{
	static const char *const kinds[HR_LIST_KINDS] = {
		[HR_LIST_ITEMS] = " items",
		[HR_LIST_GRANTS] = " grants",
		[HR_LIST_WINDOWS] = " windows",
	};

	for (size_t i = 0; i < hr_catalog_regime_count(diff->catalogs[side]); i++) {
		const hr_regime *regime = hr_catalog_get_regime(diff->catalogs[side], i);

		for (size_t k = 0; k < regime->list_count; k++) {
			const hr_list *list = &regime->lists[k];
			char from[HR_DATE_TEXT];
			hr_str subject =
				hr_diff_join(diff, regime->id, kinds[list->kind], HR_STR_NONE);

			add_row(diff, rows,
				(hr_diff_row){
					.key = hr_diff_join(
						diff, subject, " ",
						hr_date_format(list->period.from, from)),
					.subject = subject,
					.record = list,
					.items = list->kind == HR_LIST_ITEMS ? list->items : NULL,
				});
		}
	}
}

static void collect_items(hr_diff *diff, int side, hr_diff_rows *rows)
{
	for (hr_item_id i = 0; i < hr_catalog_item_count(diff->catalogs[side]); i++) {
		const hr_item *item = hr_catalog_get_item(diff->catalogs[side], i);

		add_named(diff, rows, item->code, item->name, item);
	}
}

static void collect_units(hr_diff *diff, int side, hr_diff_rows *rows)
{
	for (size_t i = 0; i < hr_catalog_unit_count(diff->catalogs[side]); i++) {
		const hr_unit *unit = hr_catalog_get_unit(diff->catalogs[side], i);

		add_named(diff, rows, unit->spelling, HR_STR_NONE, unit);
	}
}

static void collect_regions(hr_diff *diff, int side, hr_diff_rows *rows)
{
	for (size_t i = 0; i < hr_catalog_region_count(diff->catalogs[side]); i++) {
		const hr_region *region = hr_catalog_get_region(diff->catalogs[side], i);

		add_named(diff, rows, region->code, region->name, region);
	}
}

static void collect_institutions(hr_diff *diff, int side, hr_diff_rows *rows)
{
	for (hr_institution_id i = 0; i < hr_catalog_institution_count(diff->catalogs[side]); i++) {
		const hr_institution *row = hr_catalog_get_institution(diff->catalogs[side], i);

		add_named(diff, rows, row->key, row->name, row);
	}
}

/* The classes of its items, as the file named them: each once, sorted. */
static void write_classes(hr_diff *diff, int side, const uint64_t *items, hr_buf *out)
{
	hr_diff_set classes;

	for (hr_item_id i = 0; i < hr_catalog_item_count(diff->catalogs[side]); i++)
		if (hr_item_in(items, i)) {
			hr_buf_add(out, hr_catalog_get_item(diff->catalogs[side], i)->class_name);
			hr_buf_add_char(out, '\0');
		}
	classes = hr_diff_split(diff, hr_str_copy(diff->scratch, hr_buf_str(out)));
	out->len = 0;
	HR_BUF_ADD(out, "class");
	for (size_t i = 0; i < classes.count; i++)
		if (i == 0 || !hr_str_equal(classes.parts[i], classes.parts[i - 1]))
			hr_buf_addf(out, " %.*s", HR_STR_ARG(classes.parts[i]));
}

/* What a window is for: "all", "class ct", or its items' codes. */
static hr_str window_scope(hr_diff *diff, int side, const hr_window *window)
{
	hr_buf *out = &diff->spare.text[0];
	uint64_t *set;

	out->len = 0;
	if (window->rank == 0)
		return HR_STR("all");
	if (window->rank == 1) {
		write_classes(diff, side, window->items, out);
		return hr_buf_str(out);
	}
	set = hr_diff_new_set(diff);
	if (set) {
		hr_diff_add_items(diff, side, window->items, set);
		hr_diff_write_items(diff, set, out);
	}
	return hr_buf_str(out);
}

static void collect_windows(hr_diff *diff, int side, hr_diff_rows *rows)
{
	static const char *const settings[] = {
		[HR_SETTING_ANY] = "",
		[HR_SETTING_OUTPATIENT] = " outpatient",
		[HR_SETTING_INPATIENT] = " inpatient",
		[HR_SETTING_EMERGENCY] = " emergency",
		[HR_SETTING_ONLINE] = " online",
	};

	for (size_t i = 0; i < hr_catalog_window_count(diff->catalogs[side]); i++) {
		const hr_window *window = hr_catalog_get_window(diff->catalogs[side], i);
		hr_str regime = window->regime ? window->regime->id : HR_STR("local");
		char from[HR_DATE_TEXT];
		hr_str subject = hr_diff_join(diff, regime, " ", window_scope(diff, side, window));

		subject = hr_diff_join(diff, subject, settings[window->setting], HR_STR_NONE);
		add_row(diff, rows,
			(hr_diff_row){
				.key = hr_diff_join(diff, subject, " ",
						    hr_date_format(window->period.from, from)),
				.subject = subject,
				.record = window });
	}
}

static void collect_marks(hr_diff *diff, int side, hr_diff_rows *rows)
{
	for (size_t i = 0; i < hr_catalog_mark_count(diff->catalogs[side]); i++) {
		const hr_mark *mark = hr_catalog_get_mark(diff->catalogs[side], i);
		hr_str scope = mark->regime ? mark->regime->id : mark->region;
		/* Many regimes have the same mark. */
		hr_str key = hr_diff_join(diff, mark->text, scope.len ? " " : "", scope);

		add_row(diff, rows, (hr_diff_row){ .key = key, .subject = key, .record = mark });
	}
}

static void collect_situations(hr_diff *diff, int side, hr_diff_rows *rows)
{
	for (size_t i = 0; i < hr_catalog_situation_count(diff->catalogs[side]); i++) {
		const hr_situation *situation = hr_catalog_get_situation(diff->catalogs[side], i);

		add_named(diff, rows, situation->code, HR_STR_NONE, situation);
	}
}

static void collect_documents(hr_diff *diff, int side, hr_diff_rows *rows)
{
	for (size_t i = 0; i < hr_catalog_document_count(diff->catalogs[side]); i++) {
		const hr_document *document = hr_catalog_get_document(diff->catalogs[side], i);

		add_named(diff, rows, document->id, document->title, document);
	}
}

/* --- kinds --- */

#define WHAT(zh, en)                                                                               \
	{                                                                                          \
		{                                                                                  \
			HR_STR_INIT(zh), HR_STR_INIT(en)                                           \
		}                                                                                  \
	}

static const struct kind {
	hr_diff_word what;
	const hr_diff_fields *fields;
	void (*collect)(hr_diff *diff, int side, hr_diff_rows *rows);
} kinds[HR_DIFF_KINDS] = {
	[HR_DIFF_REGIMES] = { WHAT("互认体系", "regime"), &hr_diff_regime_fields, collect_regimes },
	[HR_DIFF_LISTS] = { WHAT("名单", "list"), &hr_diff_list_fields, collect_lists },
	[HR_DIFF_ITEMS] = { WHAT("项目", "item"), &hr_diff_item_fields, collect_items },
	[HR_DIFF_UNITS] = { WHAT("单位", "unit"), &hr_diff_unit_fields, collect_units },
	[HR_DIFF_REGIONS] = { WHAT("区划", "region"), &hr_diff_region_fields, collect_regions },
	[HR_DIFF_INSTITUTIONS] = { WHAT("机构", "institution"), &hr_diff_institution_fields,
				   collect_institutions },
	[HR_DIFF_WINDOWS] = { WHAT("有效期", "window"), &hr_diff_window_fields, collect_windows },
	[HR_DIFF_MARKS] = { WHAT("标识", "mark"), &hr_diff_mark_fields, collect_marks },
	[HR_DIFF_SITUATIONS] = { WHAT("情形", "situation"), &hr_diff_situation_fields,
				 collect_situations },
	[HR_DIFF_DOCUMENTS] = { WHAT("文件", "document"), &hr_diff_document_fields,
				collect_documents },
};

static void collect(hr_diff *diff, hr_diff_kind kind)
{
	for (int side = 0; side < HR_DIFF_SIDES; side++) {
		hr_diff_rows *rows = &diff->rows[kind][side];

		kinds[kind].collect(diff, side, rows);
		if (rows->count > 1)
			qsort(rows->rows, rows->count, sizeof(*rows->rows), compare_rows);
	}
}

bool hr_diff_next_pair(const hr_diff_rows rows[HR_DIFF_SIDES], size_t at[HR_DIFF_SIDES],
		       const hr_diff_row *pair[HR_DIFF_SIDES])
{
	int order = 0;

	for (int side = 0; side < HR_DIFF_SIDES; side++)
		pair[side] = at[side] < rows[side].count ? &rows[side].rows[at[side]] : NULL;
	if (!pair[HR_DIFF_BEFORE] && !pair[HR_DIFF_AFTER])
		return false;
	if (pair[HR_DIFF_BEFORE] && pair[HR_DIFF_AFTER])
		order = hr_str_compare(pair[HR_DIFF_BEFORE]->key, pair[HR_DIFF_AFTER]->key);
	if (order < 0)
		pair[HR_DIFF_AFTER] = NULL;
	if (order > 0)
		pair[HR_DIFF_BEFORE] = NULL;
	for (int side = 0; side < HR_DIFF_SIDES; side++)
		at[side] += pair[side] != NULL;
	return true;
}

/* The items of `a` that are not in `b`. */
static void say_items_without(hr_diff *diff, const uint64_t *a, const uint64_t *b, hr_str zh,
			      hr_str en)
{
	uint64_t *set = hr_diff_new_set(diff);

	for (size_t word = 0; set && word < diff->words; word++)
		set[word] = a[word] & ~b[word];
	if (!set || hr_diff_set_is_empty(diff, set))
		return;
	if (diff->line.text[HR_DIFF_ZH].len)
		hr_diff_say(diff, HR_STR("; "), HR_STR("; "));
	hr_diff_say(diff, zh, en);
	hr_diff_say_items(diff, set);
}

/* Items that came and went with a row. */
static void say_items(hr_diff *diff, const hr_diff_row *before, const hr_diff_row *after)
{
	uint64_t *was = hr_diff_new_set(diff);
	uint64_t *is = hr_diff_new_set(diff);

	if (!was || !is)
		return;
	hr_diff_add_items(diff, HR_DIFF_BEFORE, before->items, was);
	hr_diff_add_items(diff, HR_DIFF_AFTER, after->items, is);
	say_items_without(diff, is, was, HR_STR("增加 "), HR_STR("added "));
	say_items_without(diff, was, is, HR_STR("去掉 "), HR_STR("removed "));
}

static void say_all_items(hr_diff *diff, int side, const uint64_t *items)
{
	uint64_t *set = hr_diff_new_set(diff);

	if (!set)
		return;
	hr_diff_add_items(diff, side, items, set);
	if (hr_diff_set_is_empty(diff, set))
		return;
	hr_diff_say(diff, HR_STR(", 项目 "), HR_STR(", items "));
	hr_diff_say_items(diff, set);
}

static void add_single(hr_diff *diff, const struct kind *kind, hr_change_kind change,
		       const hr_diff_row *row)
{
	hr_diff_start(diff);
	hr_diff_describe(diff, kind->fields, row->record);
	if (row->items)
		say_all_items(diff, change == HR_CHANGE_ADDED ? HR_DIFF_AFTER : HR_DIFF_BEFORE,
			      row->items);
	hr_diff_add(diff, change, &kind->what, row->subject);
}

static void compare_pair(hr_diff *diff, const struct kind *kind,
			 const hr_diff_row *pair[HR_DIFF_SIDES])
{
	const hr_diff_row *before = pair[HR_DIFF_BEFORE];
	const hr_diff_row *after = pair[HR_DIFF_AFTER];

	if (!before) {
		add_single(diff, kind, HR_CHANGE_ADDED, after);
		return;
	}
	if (!after) {
		add_single(diff, kind, HR_CHANGE_REMOVED, before);
		return;
	}
	hr_diff_start(diff);
	hr_diff_compare(diff, kind->fields, before->record, after->record);
	if (before->items || after->items)
		say_items(diff, before, after);
	if (diff->line.text[HR_DIFF_ZH].len)
		hr_diff_add(diff, HR_CHANGE_ALTERED, &kind->what, after->subject);
}

static void compare_kind(hr_diff *diff, hr_diff_kind kind)
{
	const hr_diff_row *pair[HR_DIFF_SIDES];
	size_t at[HR_DIFF_SIDES] = { 0 };

	while (hr_diff_next_pair(diff->rows[kind], at, pair))
		compare_pair(diff, &kinds[kind], pair);
}

static void compare_all(hr_diff *diff)
{
	for (hr_diff_kind kind = 0; kind < HR_DIFF_KINDS && !diff->failed; kind++) {
		if (kind == HR_DIFF_WINDOWS)
			hr_diff_grants(diff);
		compare_kind(diff, kind);
	}
}

bool hr_catalog_diff(const hr_catalog *before, const hr_catalog *after, hr_arena *arena,
		     const hr_change **out, size_t *count, hr_error *err)
{
	HR_AUTO(hr_arena) scratch = hr_arena_open(SCRATCH_BYTES);
	hr_diff diff = { .catalogs = { before, after }, .arena = arena, .scratch = scratch };

	if (!scratch)
		return hr_fail_memory(err);
	for (int lang = 0; lang < HR_DIFF_LANGS; lang++) {
		hr_buf_init(&diff.line.text[lang], scratch, LINE_BYTES);
		hr_buf_init(&diff.spare.text[lang], scratch, LINE_BYTES);
	}
	hr_buf_init(&diff.moved, scratch, LINE_BYTES);
	/* The items first: windows are named by their codes. */
	collect(&diff, HR_DIFF_ITEMS);
	hr_diff_join_items(&diff, diff.rows[HR_DIFF_ITEMS]);
	for (hr_diff_kind kind = 0; kind < HR_DIFF_KINDS && !diff.failed; kind++)
		if (kind != HR_DIFF_ITEMS)
			collect(&diff, kind);
	if (!diff.failed)
		compare_all(&diff);
	for (int lang = 0; lang < HR_DIFF_LANGS; lang++)
		diff.failed |= diff.line.text[lang].failed || diff.spare.text[lang].failed;
	if (diff.failed || diff.moved.failed)
		return hr_fail_memory(err);
	*out = diff.changes;
	*count = diff.count;
	return true;
}
