#include "dicom/film_json.h"

#include "base/json.h"
#include "base/word.h"

#include <assert.h>

enum { TAG_DIGITS = 8 };

static void close_parser(hr_json_parser **parser)
{
	hr_json_parser_close(*parser);
}

static bool is_tag(hr_str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!((name.data[i] >= '0' && name.data[i] <= '9') ||
		      (name.data[i] >= 'A' && name.data[i] <= 'F')))
			return false;
	return name.len == TAG_DIGITS;
}

/*
 * Where the member begins that `node` is the value of; 0 when anything stands between its name and
 * its value, or before its name.
 */
static size_t start_of(const hr_json *node, hr_str text)
{
	const size_t before = TAG_DIGITS + 3; /* "00080020": */
	const char *at = text.data + node->offset;

	if (!is_tag(node->name) || node->kind != HR_JSON_OBJECT || node->offset <= before ||
	    at[-1] != ':' || at[-2] != '"' || at[-(ptrdiff_t)before] != '"' ||
	    at[-(ptrdiff_t)before - 1] != (node->index ? ',' : '{'))
		return 0;
	return node->offset - before;
}

static bool fail_members(hr_error *err)
{
	return hr_fail(err, HR_E_SYNTAX, "an object's members for the search are damaged");
}

static bool add_lines(const hr_json *root, hr_str text, hr_buf *lines, hr_error *err)
{
	hr_str last = HR_STR_NONE;

	for (const hr_json *node = root->first; node; node = node->next) {
		size_t start = start_of(node, text);
		size_t end = node->next ? start_of(node->next, text) : text.len;

		/* Another's start is behind its comma, the end of all behind the brace. */
		if (start == 0 || end <= start || hr_str_compare(last, node->name) >= 0)
			return fail_members(err);
		hr_buf_add(lines, hr_str_slice(text, start, end - 1));
		HR_BUF_ADD(lines, "\n");
		last = node->name;
	}
	return !lines->failed || hr_fail_memory(err);
}

bool hr_film_json_lines(hr_str members, hr_arena *arena, hr_str *out, hr_error *err)
{
	__attribute__((cleanup(close_parser))) hr_json_parser *parser = hr_json_parser_open();
	const hr_json *root;
	hr_buf text;
	hr_buf lines;

	hr_buf_init(&text, arena, members.len + 3);
	hr_buf_addf(&text, "{%.*s}", HR_STR_ARG(members));
	hr_buf_init(&lines, arena, 2 * members.len + 3);
	if (!parser || text.failed)
		return hr_fail_memory(err);
	if (members.len && memchr(members.data, '\n', members.len))
		return fail_members(err);
	if (!hr_json_read(parser, hr_buf_str(&text), arena, &root, err))
		return err->code == HR_E_MEMORY ? false : fail_members(err);
	if (!add_lines(root, hr_buf_str(&text), &lines, err))
		return false;
	*out = hr_buf_str(&lines);
	return true;
}

/* --- merging --- */

struct cursor {
	hr_str line; /* without its end; empty behind the last */
	hr_str rest;
	uint64_t tag; /* the digits, in the order of their bytes */
};

static void step(struct cursor *cursor)
{
	hr_str rest = cursor->rest;
	const char *end = rest.len ? memchr(rest.data, '\n', rest.len) : NULL;
	size_t len = end ? (size_t)(end - rest.data) : 0;

	cursor->line = hr_str_slice(rest, 0, len);
	cursor->rest = hr_str_slice(rest, end ? len + 1 : rest.len, rest.len);
	if (len <= TAG_DIGITS)
		cursor->line.len = 0;
	cursor->tag =
		cursor->line.len ? hr_word_front(hr_str_slice(cursor->line, 1, 9)) : UINT64_MAX;
}

static bool is_included(uint64_t digits, const uint32_t *includes, size_t count)
{
	uint32_t tag = 0;

	for (int i = 56; i >= 0; i -= 8) {
		unsigned char c = (unsigned char)(digits >> i);

		tag = tag << 4 | (uint32_t)(c <= '9' ? c - '0' : c - 'A' + 10);
	}
	for (size_t i = 0; i < count; i++)
		if (includes[i] == tag)
			return true;
	return false;
}

static uint64_t least_tag(const struct cursor *cursors, size_t count)
{
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < count; i++)
		if (cursors[i].tag < least)
			least = cursors[i].tag;
	return least;
}

void hr_film_json_merge(const hr_film_json_part *parts, size_t count, const uint32_t *includes,
			size_t include_count, hr_buf *out)
{
	struct cursor cursors[HR_FILM_JSON_PARTS_MAX];
	bool fresh = true;
	uint64_t tag;

	assert(count <= HR_FILM_JSON_PARTS_MAX);
	for (size_t i = 0; i < count; i++) {
		cursors[i].rest = parts[i].lines;
		step(&cursors[i]);
	}
	HR_BUF_ADD(out, "{");
	while ((tag = least_tag(cursors, count)) != UINT64_MAX) {
		bool wanted = is_included(tag, includes, include_count);
		bool told = false;

		for (size_t i = 0; i < count; i++) {
			if (cursors[i].tag != tag)
				continue;
			if (!told && (wanted || parts[i].whole)) {
				if (!fresh)
					HR_BUF_ADD(out, ",");
				hr_buf_add(out, cursors[i].line);
				fresh = false;
				told = true;
			}
			step(&cursors[i]);
		}
	}
	HR_BUF_ADD(out, "}");
}
