#include "base/json.h"
#include "base/utf8.h"

#include <assert.h>
#include <endian.h>

/* Times a byte: that byte in each of eight. */
#define EACH 0x0101010101010101u

void hr_json_writer_init(hr_json_writer *w, hr_buf *buf, bool pretty)
{
	*w = (hr_json_writer){ .buf = buf, .pretty = pretty, .fresh = true };
}

static void add_escape(hr_buf *buf, unsigned char c)
{
	switch (c) {
	case '"':
		HR_BUF_ADD(buf, "\\\"");
		break;
	case '\\':
		HR_BUF_ADD(buf, "\\\\");
		break;
	default:
		hr_buf_addf(buf, "\\u%04x", (unsigned)c);
	}
}

/* ASCII that may stand in a string as it is. */
static const bool plain[256] = {
	[' ' ... '!'] = true,
	['#' ... '['] = true,
	[']' ... 0x7f] = true,
};

/* The high bit of the first byte that is not plain, and of some behind it, whose borrow it is. */
static inline uint64_t not_plain(uint64_t word)
{
	return (word | (word - EACH * ' ') | ((word ^ EACH * '"') - EACH) |
		((word ^ EACH * '\\') - EACH)) &
	       EACH * 0x80;
}

/* Where what is plain from `at` on ends, looked for eight bytes at a time. */
static size_t end_of_plain(hr_str s, size_t at)
{
	for (; s.len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, s.data + at, sizeof(word));
		word = le64toh(word);
		word = not_plain(word);
		if (word)
			return at + (size_t)__builtin_ctzll(word) / 8;
	}
	while (at < s.len && plain[(unsigned char)s.data[at]])
		at++;
	return at;
}

/* How many bytes at the front of `s` may stand in a string as they are. */
static size_t plain_run(hr_str s)
{
	size_t at = 0;
	size_t n;

	do {
		at = end_of_plain(s, at);
		n = at < s.len ? hr_utf8_wide_prefix(hr_str_slice(s, at, s.len)) : 0;
		at += n;
	} while (n);
	return at;
}

/* `s`, of which the first `run` bytes are plain and the next is not. */
static void add_escaped(hr_buf *buf, hr_str s, size_t run)
{
	for (; run < s.len; run = plain_run(s)) {
		unsigned char c = (unsigned char)s.data[run];

		hr_buf_add(buf, hr_str_slice(s, 0, run));
		if (c < 0x80)
			add_escape(buf, c);
		else
			HR_BUF_ADD(buf, "\xef\xbf\xbd");
		s = hr_str_slice(s, run + 1, s.len);
	}
	hr_buf_add(buf, s);
}

/* `s` in quotes, between `before` and `after`; NUL: nothing. Nearly all are plain throughout. */
static void add_quoted(hr_buf *buf, char before, hr_str s, char after)
{
	size_t run = plain_run(s);
	size_t len = s.len + 2 + (before != '\0') + (after != '\0');
	char *to = run == s.len && run ? hr_buf_extend(buf, len) : NULL;

	if (to) {
		if (before)
			*to++ = before;
		*to++ = '"';
		memcpy(to, s.data, run);
		to[run] = '"';
		if (after)
			to[run + 1] = after;
		return;
	}
	if (before)
		hr_buf_add_char(buf, before);
	hr_buf_add_char(buf, '"');
	add_escaped(buf, s, run);
	hr_buf_add_char(buf, '"');
	if (after)
		hr_buf_add_char(buf, after);
}

static bool in_object(const hr_json_writer *w)
{
	return w->depth && (w->objects & 1);
}

static void break_line(hr_json_writer *w)
{
	if (!w->pretty)
		return;
	hr_buf_add_char(w->buf, '\n');
	for (uint32_t i = 0; i < w->depth; i++)
		HR_BUF_ADD(w->buf, "  ");
}

/* Before a member's name, or an element: what is to be written there, or NUL. */
static char part(hr_json_writer *w)
{
	char comma = w->fresh ? '\0' : ',';

	w->fresh = false;
	if (!w->pretty)
		return comma;
	if (comma)
		hr_buf_add_char(w->buf, comma);
	if (w->depth)
		break_line(w);
	return '\0';
}

static char before_value(hr_json_writer *w)
{
	bool named = w->named;

	/* At the top there is one value, in an object each has a name. */
	assert(in_object(w) ? named : w->depth || w->fresh);
	w->named = false;
	if (named)
		return '\0';
	return part(w);
}

static void add_value(hr_json_writer *w, hr_str bare)
{
	char before = before_value(w);

	if (before)
		hr_buf_add_char(w->buf, before);
	hr_buf_add(w->buf, bare);
}

static void open_level(hr_json_writer *w, char bracket)
{
	assert(w->depth < HR_JSON_DEPTH_MAX);
	add_value(w, (hr_str){ &bracket, 1 });
	w->objects = w->objects << 1 | (bracket == '{');
	w->depth++;
	w->fresh = true;
}

static void close_level(hr_json_writer *w, char bracket)
{
	assert(w->depth && !w->named && in_object(w) == (bracket == '}'));
	w->objects >>= 1;
	w->depth--;
	if (!w->fresh)
		break_line(w);
	hr_buf_add_char(w->buf, bracket);
	w->fresh = false;
}

void hr_json_open_object(hr_json_writer *w)
{
	open_level(w, '{');
}

void hr_json_close_object(hr_json_writer *w)
{
	close_level(w, '}');
}

void hr_json_open_array(hr_json_writer *w)
{
	open_level(w, '[');
}

void hr_json_close_array(hr_json_writer *w)
{
	close_level(w, ']');
}

void hr_json_name(hr_json_writer *w, hr_str name)
{
	assert(in_object(w) && !w->named);
	add_quoted(w->buf, part(w), name, ':');
	if (w->pretty)
		hr_buf_add_char(w->buf, ' ');
	w->named = true;
}

void hr_json_string(hr_json_writer *w, hr_str value)
{
	add_quoted(w->buf, before_value(w), value, '\0');
}

void hr_json_int(hr_json_writer *w, int64_t value)
{
	char before = before_value(w);

	if (before)
		hr_buf_add_char(w->buf, before);
	hr_buf_add_int(w->buf, value);
}

void hr_json_bool(hr_json_writer *w, bool value)
{
	add_value(w, value ? HR_STR("true") : HR_STR("false"));
}

void hr_json_null(hr_json_writer *w)
{
	add_value(w, HR_STR("null"));
}

void hr_json_member(hr_json_writer *w, hr_str name, hr_str value)
{
	if (hr_str_is_empty(value))
		return;
	hr_json_name(w, name);
	hr_json_string(w, value);
}
