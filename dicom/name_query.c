#include "dicom/name_fold.h"
#include "dicom/person_name.h"

enum {
	WILDCARDS_MAX = 8,  /* in the middle: a database tries each at every place */
	WILDCARD_ANY = '%', /* of SQL */
	WILDCARD_ONE = '_',
};

/* One group of a search, folded. */
struct wanted {
	hr_buf text; /* with the wildcards of SQL in its middle */
	bool any_before;
	bool any_after;
	unsigned wildcards; /* in the middle */
	size_t front;	    /* bytes before the first of them */
};

static void add_wildcard(struct wanted *w, char wildcard)
{
	if (w->wildcards++ == 0)
		w->front = w->text.len;
	hr_buf_add_char(&w->text, wildcard);
}

static void add_char(struct wanted *w, const hr_name_char *c)
{
	if (c->kind == HR_NAME_ANY && w->text.len == 0)
		w->any_before = true;
	else if (c->kind == HR_NAME_ANY)
		w->any_after = true;
	if (c->len == 0 && c->kind != HR_NAME_ONE)
		return;
	if (w->any_after)
		add_wildcard(w, WILDCARD_ANY);
	w->any_after = false;
	if (c->kind == HR_NAME_ONE)
		add_wildcard(w, WILDCARD_ONE);
	else
		hr_buf_add(&w->text, (hr_str){ c->text, c->len });
}

static bool read_wanted(hr_str group, bool fuzzy, hr_arena *arena, struct wanted *out)
{
	*out = (struct wanted){ .any_before = fuzzy };
	hr_buf_init(&out->text, arena, (size_t)4 * HR_NAME_BYTES_MAX);
	for (size_t at = 0; at < group.len;) {
		hr_name_char c;

		at += hr_name_read(hr_str_slice(group, at, group.len), &c);
		add_char(out, &c);
	}
	out->any_after |= fuzzy;
	return !out->text.failed;
}

/* What does not begin anywhere is a whole group: its key has a mark in front. */
static bool make_term(const struct wanted *w, hr_arena *arena, hr_name_term *out)
{
	hr_buf text;
	size_t mark;

	hr_buf_init(&text, arena, w->text.len + 2);
	if (!w->any_before)
		hr_buf_add_char(&text, '=');
	mark = text.len;
	hr_buf_add(&text, hr_buf_str(&w->text));
	*out = (hr_name_term){ .how = w->any_after ? HR_NAME_BEGINS : HR_NAME_IS,
			       .key = hr_name_cut(hr_buf_str(&text)) };
	if (w->wildcards) {
		out->how = HR_NAME_LIKE;
		out->key = hr_name_cut(hr_str_slice(hr_buf_str(&text), 0, mark + w->front));
		if (w->any_after)
			hr_buf_add_char(&text, WILDCARD_ANY);
		out->like = hr_buf_str(&text);
	}
	return !text.failed;
}

static bool add_term(hr_str group, bool fuzzy, hr_arena *arena, hr_name_query *query, hr_error *err)
{
	struct wanted wanted;

	if (!read_wanted(group, fuzzy, arena, &wanted))
		return hr_fail_memory(err);
	if (wanted.text.len == 0)
		return true;
	if (wanted.wildcards > WILDCARDS_MAX)
		return hr_fail(err, HR_E_LIMIT, "a name has more than %d wildcards", WILDCARDS_MAX);
	if (query->count == HR_NAME_TERMS_MAX)
		return hr_fail(err, HR_E_LIMIT, "a name has more than %d groups",
			       HR_NAME_TERMS_MAX);
	if (!make_term(&wanted, arena, &query->terms[query->count]))
		return hr_fail_memory(err);
	query->count++;
	return true;
}

bool hr_name_query_make(hr_str text, bool fuzzy, hr_arena *arena, hr_name_query *out, hr_error *err)
{
	hr_name_query query = { .count = 0 };

	if (text.len > HR_NAME_BYTES_MAX)
		return hr_fail(err, HR_E_LIMIT, "a name is over %d bytes", HR_NAME_BYTES_MAX);
	for (size_t at = 0; at < text.len;) {
		hr_str rest = hr_str_slice(text, at, text.len);
		size_t end = hr_str_find(rest, HR_STR("="));

		if (!add_term(hr_str_slice(rest, 0, end), fuzzy, arena, &query, err))
			return false;
		at += end + 1;
	}
	*out = query;
	return true;
}
