#include "service/http_target.h"

#include "base/text.h"

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The byte that "%41" stands for; -1 when it is none. */
static int escaped(hr_str raw, size_t at)
{
	int high = at + 2 < raw.len ? hex_value(raw.data[at + 1]) : -1;
	int low = at + 2 < raw.len ? hex_value(raw.data[at + 2]) : -1;

	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool decode_into(char *out, size_t *len, hr_str raw, char plus, const char *what,
			hr_error *err)
{
	size_t n = 0;

	for (size_t i = 0; i < raw.len; i++) {
		int c = (unsigned char)raw.data[i];

		if (c == '+') {
			c = (unsigned char)plus;
		} else if (c == '%') {
			c = escaped(raw, i);
			i += 2;
		}
		if (c < 0)
			return hr_fail(err, HR_E_SYNTAX,
				       "a '%%' in the %s is not followed by two hexadecimal digits",
				       what);
		if (c == 0)
			return hr_fail(err, HR_E_SYNTAX, "the %s has a NUL", what);
		out[n++] = (char)c;
	}
	*len = n;
	return true;
}

/* `plus` is what a '+' stands for: a blank in a query, itself in a path. */
static bool decode(hr_str raw, char plus, const char *what, hr_arena *arena, hr_str *out,
		   hr_error *err)
{
	bool plain = !raw.len || (!memchr(raw.data, '%', raw.len) && !memchr(raw.data, 0, raw.len));
	hr_str text = raw;
	char *copy;

	if (raw.len && (!plain || (plus != '+' && memchr(raw.data, '+', raw.len)))) {
		copy = hr_arena_alloc_text(arena, raw.len);
		if (!copy)
			return hr_fail_memory(err);
		if (!decode_into(copy, &text.len, raw, plus, what, err))
			return false;
		text.data = copy;
	}
	if (!hr_text_is_utf8(text))
		return hr_fail(err, HR_E_SYNTAX, "the %s is not UTF-8", what);
	*out = text;
	return true;
}

static bool read_field(hr_str piece, const char *what, hr_arena *arena, hr_http_field *out,
		       hr_error *err)
{
	size_t equals = hr_str_find(piece, HR_STR("="));

	return decode(hr_str_slice(piece, 0, equals), ' ', what, arena, &out->name, err) &&
	       decode(hr_str_slice(piece, equals + 1, piece.len), ' ', what, arena, &out->value,
		      err);
}

static size_t count_pieces(hr_str raw)
{
	size_t count = raw.len > 0;

	for (size_t i = 0; i < raw.len; i++)
		count += raw.data[i] == '&';
	return count;
}

bool hr_http_query_parse(hr_str raw, const char *what, hr_arena *arena, const hr_http_field **out,
			 size_t *count, hr_error *err)
{
	size_t pieces = count_pieces(raw);
	hr_http_field *fields = NULL;
	size_t n = 0;

	if (pieces > HR_HTTP_QUERY_FIELDS_MAX)
		return hr_fail(err, HR_E_LIMIT, "the %s has more than %d fields", what,
			       HR_HTTP_QUERY_FIELDS_MAX);
	if (pieces) {
		fields = HR_NEW_N(arena, hr_http_field, pieces);
		if (!fields)
			return hr_fail_memory(err);
	}
	while (raw.len) {
		size_t end = hr_str_find(raw, HR_STR("&"));

		if (end && !read_field(hr_str_slice(raw, 0, end), what, arena, &fields[n++], err))
			return false;
		raw = hr_str_slice(raw, end + 1, raw.len);
	}
	*out = fields;
	*count = n;
	return true;
}

bool hr_http_target_parse(hr_str raw, hr_arena *arena, hr_http_target *out, hr_error *err)
{
	size_t mark = hr_str_find(raw, HR_STR("?"));
	hr_http_target target = { .query_count = 0 };

	if (!decode(hr_str_slice(raw, 0, mark), '+', "path", arena, &target.path, err) ||
	    !hr_http_query_parse(hr_str_slice(raw, mark + 1, raw.len), "query", arena,
				 &target.query, &target.query_count, err))
		return false;
	*out = target;
	return true;
}
