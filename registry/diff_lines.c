/* Lines: what a record holds, and what of it differs. */
#include "registry/diff_parts.h"

#include <stdlib.h>

void hr_diff_start(hr_diff *diff)
{
	for (int lang = 0; lang < HR_DIFF_LANGS; lang++)
		diff->line.text[lang].len = 0;
}

void hr_diff_say(hr_diff *diff, hr_str zh, hr_str en)
{
	hr_buf_add(&diff->line.text[HR_DIFF_ZH], zh);
	hr_buf_add(&diff->line.text[HR_DIFF_EN], en);
}

static hr_str value_of(const hr_diff_field *field, const void *record, int lang, hr_buf *buf)
{
	buf->len = 0;
	field->write((const char *)record + field->offset, lang, buf);
	return hr_buf_str(buf);
}

/* --- sets --- */

static int compare_parts(const void *left, const void *right)
{
	return hr_str_compare(*(const hr_str *)left, *(const hr_str *)right);
}

hr_diff_set hr_diff_split(hr_diff *diff, hr_str value)
{
	hr_diff_set set = { NULL, 0 };
	size_t count = 0;

	for (size_t i = 0; i < value.len; i++)
		count += value.data[i] == '\0';
	set.parts = HR_NEW_N(diff->scratch, hr_str, count + 1);
	if (!set.parts) {
		diff->failed = true;
		return set;
	}
	while (value.len) {
		size_t end = hr_str_find(value, (hr_str){ "", 1 });

		set.parts[set.count++] = hr_str_slice(value, 0, end);
		value = hr_str_slice(value, end + 1, value.len);
	}
	if (set.count > 1)
		qsort(set.parts, set.count, sizeof(*set.parts), compare_parts);
	return set;
}

void hr_diff_write_content(hr_diff *diff, const hr_diff_fields *fields, const void *record,
			   hr_buf *out)
{
	for (size_t i = 0; i < fields->count; i++) {
		const hr_diff_field *field = &fields->fields[i];
		hr_str value = value_of(field, record, HR_DIFF_ZH, &diff->spare.text[0]);
		hr_diff_set set = { &value, 1 };

		if (field->how == HR_DIFF_SET)
			set = hr_diff_split(diff, value);
		for (size_t k = 0; k < set.count; k++) {
			hr_buf_add(out, set.parts[k]);
			hr_buf_add_char(out, '\0');
		}
		hr_buf_add_char(out, '\0');
	}
}

/* As said, the parts in their order. */
static void add_value(const hr_diff_field *field, hr_str value, int lang, hr_buf *out)
{
	static const hr_str between[] = { HR_STR_INIT("、"), HR_STR_INIT(" / ") };

	if (field->how != HR_DIFF_SET) {
		hr_buf_add(out, value);
		return;
	}
	for (bool first = true; value.len; first = false) {
		size_t end = hr_str_find(value, (hr_str){ "", 1 });

		if (!first)
			hr_buf_add(out, between[lang]);
		hr_buf_add(out, hr_str_slice(value, 0, end));
		value = hr_str_slice(value, end + 1, value.len);
	}
}

/* The parts of `a` that are not in `b`, each ended as in a value. */
static void add_without(const hr_diff_set *a, const hr_diff_set *b, hr_buf *out)
{
	size_t k = 0;

	out->len = 0;
	for (size_t i = 0; i < a->count; i++) {
		while (k < b->count && hr_str_compare(b->parts[k], a->parts[i]) < 0)
			k++;
		if (k < b->count && hr_str_equal(b->parts[k], a->parts[i])) {
			k++;
			continue;
		}
		hr_buf_add(out, a->parts[i]);
		hr_buf_add_char(out, '\0');
	}
}

/* --- comparing --- */

static bool field_is_same(hr_diff *diff, const hr_diff_field *field, const void *a, const void *b)
{
	return hr_str_equal(value_of(field, a, HR_DIFF_ZH, &diff->spare.text[0]),
			    value_of(field, b, HR_DIFF_ZH, &diff->spare.text[1]));
}

bool hr_diff_same(hr_diff *diff, const hr_diff_fields *fields, const void *a, const void *b)
{
	for (size_t i = 0; i < fields->count; i++)
		if (!field_is_same(diff, &fields->fields[i], a, b))
			return false;
	return true;
}

void hr_diff_describe(hr_diff *diff, const hr_diff_fields *fields, const void *record)
{
	for (int lang = 0; lang < HR_DIFF_LANGS; lang++) {
		hr_buf *out = &diff->line.text[lang];
		bool first = true;

		for (size_t i = 0; i < fields->count; i++) {
			const hr_diff_field *field = &fields->fields[i];
			hr_str value = value_of(field, record, lang, &diff->spare.text[0]);

			if (field->how == HR_DIFF_QUIET || value.len == 0)
				continue;
			if (!first)
				HR_BUF_ADD(out, ", ");
			hr_buf_add(out, field->label[lang]);
			hr_buf_add_char(out, ' ');
			add_value(field, value, lang, out);
			first = false;
		}
	}
}

/* "其他名称 增加 促甲状腺素; 去掉 TSH2"; nothing when the parts only changed places. */
static void compare_sets(hr_diff *diff, const hr_diff_field *field, int lang, hr_str old,
			 hr_str new)
{
	static const hr_str verbs[][HR_DIFF_LANGS] = {
		[HR_DIFF_BEFORE] = { HR_STR_INIT("去掉 "), HR_STR_INIT("removed ") },
		[HR_DIFF_AFTER] = { HR_STR_INIT("增加 "), HR_STR_INIT("added ") },
	};
	hr_diff_set sets[] = { hr_diff_split(diff, old), hr_diff_split(diff, new) };
	hr_buf *out = &diff->line.text[lang];
	bool labelled = false;

	for (int side = HR_DIFF_SIDES - 1; !diff->failed && side >= 0; side--) {
		hr_buf *moved = &diff->moved;

		add_without(&sets[side], &sets[!side], moved);
		if (moved->len == 0)
			continue;
		if (out->len)
			HR_BUF_ADD(out, "; ");
		if (!labelled) {
			hr_buf_add(out, field->label[lang]);
			hr_buf_add_char(out, ' ');
		}
		hr_buf_add(out, verbs[side][lang]);
		add_value(field, hr_buf_str(moved), lang, out);
		labelled = true;
	}
}

static void compare_values(hr_buf *out, const hr_diff_field *field, int lang, hr_str old,
			   hr_str new)
{
	static const hr_str none[] = { HR_STR_INIT("无"), HR_STR_INIT("none") };
	static const hr_str was[] = { HR_STR_INIT(" 原 "), HR_STR_INIT(" was ") };
	static const hr_str is[] = { HR_STR_INIT(", 现 "), HR_STR_INIT(", is ") };

	if (out->len)
		HR_BUF_ADD(out, "; ");
	hr_buf_add(out, field->label[lang]);
	hr_buf_add(out, was[lang]);
	hr_buf_add(out, old.len ? old : none[lang]);
	hr_buf_add(out, is[lang]);
	hr_buf_add(out, new.len ? new : none[lang]);
}

static void compare_field(hr_diff *diff, const hr_diff_field *field, const void *before,
			  const void *after)
{
	for (int lang = 0; lang < HR_DIFF_LANGS; lang++) {
		hr_str old = value_of(field, before, lang, &diff->spare.text[0]);
		hr_str new = value_of(field, after, lang, &diff->spare.text[1]);

		if (field->how == HR_DIFF_SET)
			compare_sets(diff, field, lang, old, new);
		else
			compare_values(&diff->line.text[lang], field, lang, old, new);
	}
}

void hr_diff_compare(hr_diff *diff, const hr_diff_fields *fields, const void *before,
		     const void *after)
{
	for (size_t i = 0; i < fields->count; i++)
		if (!field_is_same(diff, &fields->fields[i], before, after))
			compare_field(diff, &fields->fields[i], before, after);
}
