/*
 * Two versions compared. The records of each kind are sorted by their keys on
 * both sides and walked side by side, so the cost is that of sorting. Records
 * of one key are told apart by what they hold (diff_runs.c).
 */
#include "registry/diff_scope.h"

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

/* Of a record that went, what it held is what was. */
static const hr_change_member *keep_members(hr_diff *diff, hr_change_kind kind)
{
	hr_change_member *kept = HR_NEW_N(diff->arena, hr_change_member, diff->member_count + 1);

	diff->failed |= !kept;
	for (size_t i = 0; kept && i < diff->member_count; i++) {
		const hr_change_member *is = &diff->members[i];

		kept[i] = *is;
		if (kind == HR_CHANGE_REMOVED)
			kept[i] = (hr_change_member){ .name = is->name,
						      .name_en = is->name_en,
						      .before = is->after,
						      .before_en = is->after_en };
	}
	return kept;
}

void hr_diff_add(hr_diff *diff, hr_change_kind kind, const hr_diff_word *what, hr_str subject)
{
	hr_change change = {
		.kind = kind,
		.what = what->text[HR_DIFF_EN],
		.subject = hr_str_copy(diff->arena, subject),
		.text = whole_line(diff, HR_DIFF_ZH, kind, what, subject),
		.text_en = whole_line(diff, HR_DIFF_EN, kind, what, subject),
		.members = keep_members(diff, kind),
		.member_count = diff->member_count,
	};

	if (!change.subject.data || !change.text.data || !change.text_en.data || !change.members ||
	    !make_room(diff)) {
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

void hr_diff_add_row(hr_diff *diff, hr_diff_rows *rows, hr_diff_row row)
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

void hr_diff_add_named(hr_diff *diff, hr_diff_rows *rows, hr_str key, hr_str name,
		       const void *record)
{
	hr_diff_add_row(
		diff, rows,
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

/* --- kinds --- */

static const struct kind {
	hr_diff_word what;
	const hr_diff_fields *fields;
	void (*collect)(hr_diff *diff, int side, hr_diff_rows *rows);
} kinds[HR_DIFF_KINDS] = {
#define X(name, record, zh, en)                                                                    \
	[HR_DIFF_##name] = { { { HR_STR_INIT(zh), HR_STR_INIT(en) } },                             \
			     &hr_diff_##record##_fields,                                           \
			     hr_diff_collect_##record },
#include "registry/diff_kinds.def"
#undef X
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

/* Nothing but an order: what came or went is told by itself. */
static bool is_order(const struct kind *kind)
{
	return kind->fields->count == 1 && kind->fields->fields[0].how == HR_DIFF_ORDER;
}

static void add_single(hr_diff *diff, const struct kind *kind, hr_change_kind change,
		       const hr_diff_row *row)
{
	if (is_order(kind))
		return;
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

	if (!before && after)
		add_single(diff, kind, HR_CHANGE_ADDED, after);
	if (before && !after)
		add_single(diff, kind, HR_CHANGE_REMOVED, before);
	if (!before || !after)
		return;
	hr_diff_start(diff);
	hr_diff_compare(diff, kind->fields, before->record, after->record);
	if (before->items || after->items)
		say_items(diff, before, after);
	if (diff->line.text[HR_DIFF_ZH].len)
		hr_diff_add(diff, HR_CHANGE_ALTERED, &kind->what, after->subject);
}

static void compare_kind(hr_diff *diff, hr_diff_kind kind)
{
	hr_diff_run runs[HR_DIFF_SIDES] = { 0 };

	while (!diff->failed && hr_diff_next_runs(diff->rows[kind], runs)) {
		hr_diff_match_runs(diff, kinds[kind].fields, runs);
		for (size_t i = 0; i < runs[HR_DIFF_BEFORE].count || i < runs[HR_DIFF_AFTER].count;
		     i++) {
			const hr_diff_row *pair[HR_DIFF_SIDES];

			for (int side = 0; side < HR_DIFF_SIDES; side++)
				pair[side] = i < runs[side].count ? &runs[side].rows[i] : NULL;
			compare_pair(diff, &kinds[kind], pair);
		}
	}
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
	hr_diff_load_scope_words(&diff);
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
