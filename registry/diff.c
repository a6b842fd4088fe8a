/*
 * What changed, by keys: the rows of a kind are sorted by what names them, the
 * two versions are merged, and rows of one key whose descriptions differ have
 * changed. Numbers that only mean something inside a snapshot are never compared.
 */
#include "registry/diff_kinds.h"

#include <stdlib.h>

enum { SCRATCH_BYTES = 64 * 1024 * 1024 };

struct changes {
	hr_arena *arena;
	hr_change *list;
	size_t count;
	size_t room;
};

static int compare_rows(const void *a, const void *b)
{
	return hr_str_compare(((const hr_diff_row *)a)->key, ((const hr_diff_row *)b)->key);
}

static bool collect(const hr_diff_kind *kind, const hr_catalog *catalog, hr_arena *arena,
		    hr_diff_rows *out, hr_error *err)
{
	out->catalog = catalog;
	out->count = kind->count(catalog);
	out->list = HR_NEW_N(arena, hr_diff_row, out->count);
	if (!out->list)
		return hr_fail_memory(err);
	kind->fill(catalog, arena, out->list);
	if (out->count)
		qsort(out->list, out->count, sizeof(*out->list), compare_rows);
	return true;
}

static hr_change *add(struct changes *c, hr_change_kind change, const hr_diff_kind *kind)
{
	hr_change *grown;

	if (c->count == c->room) {
		c->room = c->room ? c->room * 2 : 64;
		grown = HR_NEW_N(c->arena, hr_change, c->room);
		if (!grown)
			return NULL;
		if (c->count)
			memcpy(grown, c->list, c->count * sizeof(*grown));
		c->list = grown;
	}
	c->list[c->count] = (hr_change){ .kind = change, .what = kind->what };
	return &c->list[c->count++];
}

static void begin_text(const hr_diff_kind *kind, hr_str subject, hr_diff_lang lang, hr_arena *arena,
		       hr_buf *out)
{
	hr_buf_init(out, arena, HR_DIFF_TEXT_MAX);
	hr_buf_add(out, lang == HR_DIFF_ZH ? kind->what_zh : kind->what);
	HR_BUF_ADD(out, " ");
	hr_buf_add(out, subject);
	HR_BUF_ADD(out, ":");
}

static hr_str text_of_one(const hr_diff_kind *kind, const hr_diff_rows *rows,
			  const hr_diff_row *row, hr_str subject, hr_diff_lang lang,
			  hr_arena *arena)
{
	hr_buf buf;

	begin_text(kind, subject, lang, arena, &buf);
	HR_BUF_ADD(&buf, " ");
	kind->describe(rows->catalog, row, lang, &buf);
	return hr_buf_str(&buf);
}

static bool add_one(struct changes *c, hr_change_kind change, const hr_diff_kind *kind,
		    const hr_diff_rows *rows, const hr_diff_row *row)
{
	hr_change *made = add(c, change, kind);

	if (!made)
		return false;
	made->subject = kind->subject(rows->catalog, row, c->arena);
	made->text = text_of_one(kind, rows, row, made->subject, HR_DIFF_ZH, c->arena);
	made->text_en = text_of_one(kind, rows, row, made->subject, HR_DIFF_EN, c->arena);
	return true;
}

static hr_str text_of_both(const hr_diff_kind *kind, const hr_diff_rows *before,
			   const hr_diff_row *a, const hr_diff_rows *after, const hr_diff_row *b,
			   hr_str subject, hr_diff_lang lang, hr_arena *arena)
{
	hr_buf buf;

	begin_text(kind, subject, lang, arena, &buf);
	if (kind->compare) {
		kind->compare(before, a, after, b, lang, &buf);
		return hr_buf_str(&buf);
	}
	hr_diff_put(&buf, lang, " 原 ", " was ");
	kind->describe(before->catalog, a, lang, &buf);
	hr_diff_put(&buf, lang, " → 现 ", " → is ");
	kind->describe(after->catalog, b, lang, &buf);
	return hr_buf_str(&buf);
}

static bool add_altered(struct changes *c, const hr_diff_kind *kind, const hr_diff_rows *before,
			const hr_diff_row *a, const hr_diff_rows *after, const hr_diff_row *b)
{
	hr_change *made = add(c, HR_CHANGE_ALTERED, kind);

	if (!made)
		return false;
	made->subject = kind->subject(after->catalog, b, c->arena);
	made->text = text_of_both(kind, before, a, after, b, made->subject, HR_DIFF_ZH, c->arena);
	made->text_en =
		text_of_both(kind, before, a, after, b, made->subject, HR_DIFF_EN, c->arena);
	return true;
}

/* Do the two say the same? The name is part of what is said. */
static bool say_the_same(const hr_diff_kind *kind, const hr_diff_rows *before, const hr_diff_row *a,
			 const hr_diff_rows *after, const hr_diff_row *b, hr_arena *scratch)
{
	hr_str was;
	hr_str is;

	hr_arena_reset(scratch);
	was = text_of_one(kind, before, a, kind->subject(before->catalog, a, scratch), HR_DIFF_ZH,
			  scratch);
	is = text_of_one(kind, after, b, kind->subject(after->catalog, b, scratch), HR_DIFF_ZH,
			 scratch);
	return hr_str_equal(was, is);
}

static bool merge(const hr_diff_kind *kind, const hr_diff_rows *before, const hr_diff_rows *after,
		  hr_arena *scratch, struct changes *c)
{
	const hr_diff_row *a = before->list;
	const hr_diff_row *b = after->list;
	const hr_diff_row *a_end = a + before->count;
	const hr_diff_row *b_end = b + after->count;

	while (a < a_end || b < b_end) {
		int order = a == a_end ? 1 : b == b_end ? -1 : hr_str_compare(a->key, b->key);
		bool ok = true;

		if (order < 0)
			ok = add_one(c, HR_CHANGE_REMOVED, kind, before, a);
		else if (order > 0)
			ok = add_one(c, HR_CHANGE_ADDED, kind, after, b);
		else if (!say_the_same(kind, before, a, after, b, scratch))
			ok = add_altered(c, kind, before, a, after, b);
		if (!ok)
			return false;
		a += order <= 0;
		b += order >= 0;
	}
	return true;
}

bool hr_catalog_diff(const hr_catalog *before, const hr_catalog *after, hr_arena *arena,
		     const hr_change **out, size_t *count, hr_error *err)
{
	HR_AUTO(hr_arena) scratch = hr_arena_open(SCRATCH_BYTES);
	struct changes changes = { .arena = arena };

	if (!scratch)
		return hr_fail_memory(err);
	for (size_t i = 0; i < hr_diff_kind_count; i++) {
		hr_diff_rows was;
		hr_diff_rows is;

		if (!collect(&hr_diff_kinds[i], before, arena, &was, err) ||
		    !collect(&hr_diff_kinds[i], after, arena, &is, err))
			return false;
		if (!merge(&hr_diff_kinds[i], &was, &is, scratch, &changes))
			return hr_fail_memory(err);
	}
	if (hr_arena_is_short(arena) || hr_arena_is_short(scratch))
		return hr_fail_memory(err);
	*out = changes.list;
	*count = changes.count;
	return true;
}
