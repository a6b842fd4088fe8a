#include "base/text.h"

#include "base/gbk.h"
#include "base/utf8.h"

#include <errno.h>
#include <iconv.h>

/* As hr_utf8_read, but a stray byte is a character of its own, U+FFFD. */
static size_t read_any(hr_str s, size_t at, uint32_t *c)
{
	size_t n;

	*c = (unsigned char)s.data[at];
	if (*c < 0x80)
		return 1;
	n = hr_utf8_read(hr_str_slice(s, at, s.len), c);
	if (n)
		return n;
	*c = 0xfffd;
	return 1;
}

bool hr_text_is_utf8(hr_str s)
{
	return hr_utf8_prefix(s) == s.len;
}

void hr_text_place(hr_str s, size_t offset, uint32_t *line, uint32_t *column)
{
	const char *line_start = s.data;
	const char *at = s.data + offset;
	const char *newline;

	*line = 1;
	while (line_start < at && (newline = memchr(line_start, '\n', (size_t)(at - line_start)))) {
		line_start = newline + 1;
		++*line;
	}
	*column = (uint32_t)(at - line_start) + 1;
}

/*
 * GBK and GB2312 are read as GB18030, which holds both: who writes gb2312 in
 * a prolog often uses characters of GBK.
 */
static const struct encoding {
	hr_str name;
	const char *iconv_name;
} encodings[] = {
	{ HR_STR_INIT("UTF-8"), "UTF-8" },	     { HR_STR_INIT("UTF8"), "UTF-8" },
	{ HR_STR_INIT("GBK"), "GB18030" },	     { HR_STR_INIT("X-GBK"), "GB18030" },
	{ HR_STR_INIT("GB2312"), "GB18030" },	     { HR_STR_INIT("GB_2312-80"), "GB18030" },
	{ HR_STR_INIT("CSGB2312"), "GB18030" },	     { HR_STR_INIT("EUC-CN"), "GB18030" },
	{ HR_STR_INIT("GB18030"), "GB18030" },	     { HR_STR_INIT("CP936"), "GB18030" },
	{ HR_STR_INIT("MS936"), "GB18030" },	     { HR_STR_INIT("WINDOWS-936"), "GB18030" },
	{ HR_STR_INIT("UTF-16"), "UTF-16LE" },	     { HR_STR_INIT("UTF16"), "UTF-16LE" },
	{ HR_STR_INIT("UTF-16LE"), "UTF-16LE" },     { HR_STR_INIT("UTF-16BE"), "UTF-16BE" },
	{ HR_STR_INIT("US-ASCII"), "US-ASCII" },     { HR_STR_INIT("ASCII"), "US-ASCII" },
	{ HR_STR_INIT("ISO-8859-1"), "ISO-8859-1" }, { HR_STR_INIT("ISO8859-1"), "ISO-8859-1" },
	{ HR_STR_INIT("LATIN1"), "ISO-8859-1" },     { HR_STR_INIT("EUC-JP"), "EUC-JP" },
};

static const struct encoding *find_encoding(hr_str name)
{
	for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++)
		if (name.len && hr_str_equal_nocase(encodings[i].name, name))
			return &encodings[i];
	return NULL;
}

static bool fail_unknown(hr_str name, hr_error *err)
{
	/* A name out of a damaged document may be anything, a patient's name too. */
	for (size_t i = 0; i < name.len; i++)
		if (name.data[i] <= ' ' || name.data[i] > '~')
			name.len = 0;
	if (name.len == 0 || name.len > 40)
		return hr_fail(err, HR_E_ENCODING, "the encoding that is named is not known");
	return hr_fail(err, HR_E_ENCODING, "encoding '%.*s' is not known", HR_STR_ARG(name));
}

static bool fail_not_in(const char *encoding, hr_str before, hr_error *err)
{
	uint32_t line;
	uint32_t column;

	hr_text_place(before, before.len, &line, &column);
	return hr_fail_at(err, HR_E_ENCODING, line, column, "the bytes here are no character of %s",
			  encoding);
}

/* A conversion under way: what is left to read, and room for what it makes. */
struct conversion {
	const char *from;
	const char *to;
	hr_str rest;
	char *out;
	size_t len;
	size_t room;
	size_t limit;
};

/* As far as the table knows it: nearly always to the end. */
static void convert_gbk(struct conversion *c)
{
	size_t n = hr_gbk_front(c->rest, c->out, c->room, &c->len);

	c->rest = hr_str_slice(c->rest, n, c->rest.len);
}

static bool convert_rest(iconv_t handle, struct conversion *c, hr_error *err)
{
	size_t in_left = c->rest.len;
	size_t out_left = c->room - c->len;
	/* iconv's type; it does not write to its input. */
	char *in = (char *)(uintptr_t)c->rest.data;
	char *to = c->out + c->len;
	size_t result = iconv(handle, &in, &in_left, &to, &out_left);

	c->len = c->room - out_left;
	if (result == (size_t)-1 && errno == E2BIG)
		return hr_fail(err, HR_E_LIMIT, "the text is over %zu bytes as UTF-8", c->limit);
	if (result == (size_t)-1)
		return fail_not_in(c->from, (hr_str){ c->out, c->len }, err);
	return true;
}

static bool convert_by_iconv(struct conversion *c, hr_error *err)
{
	iconv_t handle = iconv_open(c->to, c->from);
	bool ok;

	if (handle == (iconv_t)-1 && errno == ENOMEM)
		return hr_fail_memory(err);
	if (handle == (iconv_t)-1)
		return hr_fail(err, HR_E_ENCODING, "this system cannot read %s", c->from);
	ok = convert_rest(handle, c, err);
	iconv_close(handle);
	return ok;
}

static bool convert(const char *from, const char *to, hr_str s, size_t limit, hr_arena *arena,
		    hr_str *out, hr_error *err)
{
	struct conversion c = { .from = from, .to = to, .rest = s, .limit = limit };

	/* No encoding of the table needs more than twice its bytes in UTF-8, nor the other way
	 * round. */
	c.room = s.len <= limit / 2 ? 2 * s.len : limit;
	c.out = hr_arena_alloc_text(arena, c.room + 1);
	if (!c.out)
		return hr_fail_memory(err);
	if (!strcmp(from, "GB18030"))
		convert_gbk(&c);
	if (c.rest.len && !convert_by_iconv(&c, err))
		return false;
	c.out[c.len] = '\0';
	*out = (hr_str){ c.out, c.len };
	return true;
}

static bool copy_utf8(hr_str s, size_t limit, hr_arena *arena, hr_str *out, hr_error *err)
{
	size_t valid = hr_utf8_prefix(s);
	hr_str copy;

	if (valid < s.len)
		return fail_not_in("UTF-8", hr_str_slice(s, 0, valid), err);
	if (s.len > limit)
		return hr_fail(err, HR_E_LIMIT, "the text is over %zu bytes as UTF-8", limit);
	copy = hr_str_copy(arena, s);
	if (!copy.data)
		return hr_fail_memory(err);
	*out = copy;
	return true;
}

/* The byte order mark in front of `*s`, cut off; it also settles which UTF-16 it is. */
static const char *cut_mark(const char *from, hr_str *s)
{
	static const struct encoding marks[] = {
		{ HR_STR_INIT("\xef\xbb\xbf"), "UTF-8" },
		{ HR_STR_INIT("\xff\xfe"), "UTF-16LE" },
		{ HR_STR_INIT("\xfe\xff"), "UTF-16BE" },
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (!strncmp(from, marks[i].iconv_name, 6) &&
		    hr_str_starts_with(*s, marks[i].name)) {
			*s = hr_str_slice(*s, marks[i].name.len, s->len);
			return marks[i].iconv_name;
		}
	return from;
}

bool hr_text_to_utf8(hr_str s, hr_str encoding, size_t limit, hr_arena *arena, hr_str *out,
		     hr_error *err)
{
	const struct encoding *found = find_encoding(encoding);
	const char *from;

	if (!found)
		return fail_unknown(encoding, err);
	from = cut_mark(found->iconv_name, &s);
	if (!strcmp(from, "UTF-8"))
		return copy_utf8(s, limit, arena, out, err);
	return convert(from, "UTF-8", s, limit, arena, out, err);
}

bool hr_text_to_gb18030(hr_str s, hr_arena *arena, hr_str *out, hr_error *err)
{
	return convert("UTF-8", "GB18030", s, SIZE_MAX, arena, out, err);
}

enum { DROPPED = ' ' };

/* Code points [from, to] that stand for an ASCII character. */
static const struct fold {
	uint16_t from;
	uint16_t to;
	char ascii;
} folds[] = {
	{ 0x00a0, 0x00a0, DROPPED }, { 0x2000, 0x200b, DROPPED }, /* typographic blanks */
	{ 0x2010, 0x2015, DROPPED },				  /* hyphens and dashes */
	{ 0x2018, 0x2019, '\'' },    { 0x201c, 0x201d, '"' },
	{ 0x2032, 0x2032, '\'' }, /* the prime of 5′-核苷酸酶 */
	{ 0x2033, 0x2033, '"' },     { 0x2212, 0x2212, DROPPED }, /* the minus sign */
	{ 0x3000, 0x3000, DROPPED }, { 0x3010, 0x3010, '[' },	  /* 【 */
	{ 0x3011, 0x3011, ']' },     { 0x3014, 0x3014, '[' },	  /* 〔 */
	{ 0x3015, 0x3015, ']' },     { 0xfeff, 0xfeff, DROPPED },
};

/* The ASCII form of a character, before case and drops; 0 when it has none. */
static char ascii_form(uint32_t c)
{
	if (c < 0x80)
		return (char)c;
	/* Most of what comes here is a Han character. */
	if (c >= 0x3400 && c < 0xa000)
		return 0;
	/* The full-width forms stand in the order of ASCII. */
	if (c >= 0xff01 && c <= 0xff5e)
		return (char)(c - 0xff01 + '!');
	for (size_t i = 0; i < sizeof(folds) / sizeof(folds[0]); i++)
		if (c >= folds[i].from && c <= folds[i].to)
			return folds[i].ascii;
	return 0;
}

static bool is_dropped(char c)
{
	return c == DROPPED || (c >= '\t' && c <= '\r') || c == '-' || c == '_';
}

static bool is_trail(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

/* Three bytes of U+4000 to U+9FFF, which nearly all of a Chinese name is. */
static bool is_han(const char *at, size_t left)
{
	return left >= 3 && (unsigned char)at[0] >= 0xe4 && (unsigned char)at[0] <= 0xe9 &&
	       is_trail(at[1]) && is_trail(at[2]);
}

/* An ASCII character, which the words of LOINC are; 1, or 0 when it is dropped. */
static inline size_t fold_ascii(char c, char *out)
{
	*out = c;
	if (c >= 'A' && c <= 'Z')
		*out = (char)(c - 'A' + 'a');
	/* Letters and digits stand above all that is dropped but '_'. */
	return (c > '-' && c != '_') || !is_dropped(c);
}

/* The form of the character at `at`, and how many bytes that is; `*n` is how many were read. */
static size_t fold_front(hr_str s, size_t at, char *out, size_t *n)
{
	uint32_t c;
	char ascii;

	*n = read_any(s, at, &c);
	ascii = ascii_form(c);
	if (ascii || !c)
		return fold_ascii(ascii, out);
	memcpy(out, s.data + at, *n);
	return *n;
}

size_t hr_text_fold(hr_str s, char *out)
{
	size_t len = 0;
	size_t n;

	for (size_t at = 0; at < s.len; at += n) {
		if ((unsigned char)s.data[at] < 0x80) {
			n = 1;
			len += fold_ascii(s.data[at], out + len);
		} else if (is_han(s.data + at, s.len - at)) {
			n = 3;
			memcpy(out + len, s.data + at, 3);
			len += 3;
		} else {
			len += fold_front(s, at, out + len, &n);
		}
	}
	return len;
}

/* Code points [from, to] that take no column or two: East Asian Width of Unicode, rounded. */
static const struct width {
	uint32_t from;
	uint32_t to;
	uint8_t columns;
} widths[] = {
	{ 0x0000, 0x001f, 0 },	 { 0x007f, 0x009f, 0 },	  { 0x0300, 0x036f, 0 },
	{ 0x1100, 0x115f, 2 },	 { 0x200b, 0x200f, 0 },	  { 0x2028, 0x202e, 0 },
	{ 0x20d0, 0x20ff, 0 },	 { 0x2e80, 0x303e, 2 },	  { 0x3041, 0xa4cf, 2 },
	{ 0xa960, 0xa97f, 2 },	 { 0xac00, 0xd7a3, 2 },	  { 0xf900, 0xfaff, 2 },
	{ 0xfe00, 0xfe0f, 0 },	 { 0xfe10, 0xfe19, 2 },	  { 0xfe20, 0xfe2f, 0 },
	{ 0xfe30, 0xfe6f, 2 },	 { 0xfeff, 0xfeff, 0 },	  { 0xff01, 0xff60, 2 },
	{ 0xffe0, 0xffe6, 2 },	 { 0x1f300, 0x1f64f, 2 }, { 0x1f900, 0x1f9ff, 2 },
	{ 0x20000, 0x3fffd, 2 },
};

static size_t char_columns(uint32_t c)
{
	if (c >= 0x20 && c < 0x7f)
		return 1;
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		if (c >= widths[i].from && c <= widths[i].to)
			return widths[i].columns;
	return 1;
}

size_t hr_text_columns(hr_str s)
{
	size_t columns = 0;
	uint32_t c;

	for (size_t at = 0; at < s.len;) {
		at += read_any(s, at, &c);
		columns += char_columns(c);
	}
	return columns;
}

hr_str hr_text_cut(hr_str s, size_t max_bytes)
{
	if (s.len <= max_bytes)
		return s;
	while (max_bytes > 0 && ((unsigned char)s.data[max_bytes] & 0xc0) == 0x80)
		max_bytes--;
	return hr_str_slice(s, 0, max_bytes);
}
