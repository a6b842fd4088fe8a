/* Lines: what a record holds, and what of it differs. */
#include "registry/diff_parts.h"

#include <assert.h>
#include <stdlib.h>

void hr_diff_start(hr_diff *diff)
{
	for (int lang = 0; lang < HR_DIFF_LANGS; lang++)
		diff->line.text[lang].len = 0;
	diff->member_count = 0;
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

	if (field->how != HR_DIFF_SET && field->how != HR_DIFF_ORDER) {
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

/* The source of a part that is the whole record's is said at its end. */
static bool is_described(const hr_diff_fields *fields, size_t i, const void *record, int lang,
			 hr_str value, hr_buf *spare)
{
	hr_diff_how how = fields->fields[i].how;

	if (how == HR_DIFF_QUIET || how == HR_DIFF_ORDER || value.len == 0)
		return false;
	return how != HR_DIFF_PROOF || i + 1 == fields->count ||
	       !hr_str_equal(value,
			     value_of(&fields->fields[fields->count - 1], record, lang, spare));
}

/* A value of a member, kept for who reads JSON. */
static hr_str keep_value(hr_diff *diff, const hr_diff_field *field, const void *record, int lang)
{
	hr_str value = value_of(field, record, lang, &diff->spare.text[0]);
	hr_str kept;

	if (value.len == 0)
		return HR_STR_NONE;
	diff->moved.len = 0;
	add_value(field, value, lang, &diff->moved);
	kept = hr_str_copy(diff->arena, hr_buf_str(&diff->moved));
	diff->failed |= !kept.data;
	return kept;
}

/* Of a record that is alone, `before` is NULL. */
static void add_member(hr_diff *diff, const hr_diff_field *field, const void *before,
		       const void *after)
{
	assert(diff->member_count < HR_DIFF_MEMBERS_MAX);
	diff->members[diff->member_count++] = (hr_change_member){
		.name = field->label[HR_DIFF_ZH],
		.name_en = field->label[HR_DIFF_EN],
		.before = before ? keep_value(diff, field, before, HR_DIFF_ZH) : HR_STR_NONE,
		.before_en = before ? keep_value(diff, field, before, HR_DIFF_EN) : HR_STR_NONE,
		.after = keep_value(diff, field, after, HR_DIFF_ZH),
		.after_en = keep_value(diff, field, after, HR_DIFF_EN),
	};
}

void hr_diff_describe(hr_diff *diff, const hr_diff_fields *fields, const void *record)
{
	for (int lang = 0; lang < HR_DIFF_LANGS; lang++) {
		hr_buf *out = &diff->line.text[lang];
		bool first = true;

		for (size_t i = 0; i < fields->count; i++) {
			const hr_diff_field *field = &fields->fields[i];
			hr_str value = value_of(field, record, lang, &diff->spare.text[0]);

			if (!is_described(fields, i, record, lang, value, &diff->spare.text[1]))
				continue;
			if (!first)
				HR_BUF_ADD(out, ", ");
			hr_buf_add(out, field->label[lang]);
			hr_buf_add_char(out, ' ');
			add_value(field, value, lang, out);
			first = false;
			if (lang == HR_DIFF_ZH)
				add_member(diff, field, NULL, record);
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
	add_value(field, old.len ? old : none[lang], lang, out);
	hr_buf_add(out, is[lang]);
	add_value(field, new.len ? new : none[lang], lang, out);
}

/* Of the parts that stay, is one now behind another, or one that is new before it? */
static bool order_differs(hr_diff *diff, hr_str old, hr_str new)
{
	hr_diff_set are = hr_diff_split(diff, new);

	while (!diff->failed && old.len) {
		size_t end = hr_str_find(old, (hr_str){ "", 1 });
		hr_str part = hr_str_slice(old, 0, end);

		old = hr_str_slice(old, end + 1, old.len);
		if (!bsearch(&part, are.parts, are.count, sizeof(part), compare_parts))
			continue;
		end = hr_str_find(new, (hr_str){ "", 1 });
		if (!hr_str_equal(part, hr_str_slice(new, 0, end)))
			return true;
		new = hr_str_slice(new, end + 1, new.len);
	}
	return false;
}

static void compare_field(hr_diff *diff, const hr_diff_field *field, const void *before,
			  const void *after)
{
	for (int lang = 0; lang < HR_DIFF_LANGS; lang++) {
		hr_str old = value_of(field, before, lang, &diff->spare.text[0]);
		hr_str new = value_of(field, after, lang, &diff->spare.text[1]);

		if (field->how == HR_DIFF_SET)
			compare_sets(diff, field, lang, old, new);
		else if (field->how != HR_DIFF_ORDER || order_differs(diff, old, new))
			compare_values(&diff->line.text[lang], field, lang, old, new);
	}
}

static void say_proof(hr_diff *diff, const hr_diff_field *field, const void *record)
{
	for (int lang = 0; lang < HR_DIFF_LANGS; lang++) {
		hr_buf *out = &diff->line.text[lang];
		hr_str value = value_of(field, record, lang, &diff->spare.text[0]);

		if (value.len == 0)
			continue;
		HR_BUF_ADD(out, "; ");
		hr_buf_add(out, field->label[lang]);
		hr_buf_add_char(out, ' ');
		hr_buf_add(out, value);
	}
}

void hr_diff_compare(hr_diff *diff, const hr_diff_fields *fields, const void *before,
		     const void *after)
{
	size_t told = 0; /* of the line, when the last source was said */

	for (size_t i = 0; i < fields->count; i++) {
		const hr_diff_field *field = &fields->fields[i];
		size_t len = diff->line.text[HR_DIFF_ZH].len;

		if (!field_is_same(diff, field, before, after))
			compare_field(diff, field, before, after);
		else if (field->how == HR_DIFF_PROOF && len > told)
			say_proof(diff, field, after);
		if (diff->line.text[HR_DIFF_ZH].len > len)
			add_member(diff, field, before, after);
		if (field->how == HR_DIFF_PROOF)
			told = diff->line.text[HR_DIFF_ZH].len;
	}
}
