#include "base/utf8.h"

#include "base/word.h"

static bool is_trail(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

/*
 * The bytes of a character that are not ASCII, in the ranges of the Unicode
 * Standard, table 3-7: no longer form than needed, no surrogate, nothing past
 * U+10FFFF.
 */
static size_t read_wide(const unsigned char *s, size_t left, uint32_t *out)
{
	unsigned char lead = s[0];
	uint32_t c;

	if (left < 2 || lead < 0xc2 || lead > 0xf4 || !is_trail(s[1]))
		return 0;
	if (lead < 0xe0) {
		*out = (lead & 0x1fu) << 6 | (s[1] & 0x3fu);
		return 2;
	}
	if (left < 3 || !is_trail(s[2]))
		return 0;
	c = (lead & 0x0fu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
	if (lead < 0xf0) {
		*out = c;
		return c < 0x800 || (c >= 0xd800 && c < 0xe000) ? 0 : 3;
	}
	if (left < 4 || !is_trail(s[3]))
		return 0;
	c = (c & 0x7fffu) << 6 | (s[3] & 0x3fu);
	*out = c;
	return c < 0x10000 || c > 0x10ffff ? 0 : 4;
}

size_t hr_utf8_read(hr_str s, uint32_t *out)
{
	const unsigned char *at = (const unsigned char *)s.data;

	if (s.len == 0)
		return 0;
	if (at[0] >= 0x80)
		return read_wide(at, s.len, out);
	*out = at[0];
	return 1;
}

size_t hr_utf8_front(hr_str s)
{
	uint32_t c;

	return hr_utf8_read(s, &c);
}

size_t hr_utf8_write(uint32_t c, char out[HR_UTF8_MAX])
{
	static const unsigned char leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	for (size_t i = len - 1; i > 0; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(leads[len] | c);
	return len;
}

/* A character whose range needs no second look: nearly all that is Chinese, 0x1000 to 0xcfff. */
static inline bool is_plain_triple(const unsigned char *s, size_t left)
{
	return left >= 3 && s[0] >= 0xe1 && s[0] <= 0xec && is_trail(s[1]) && is_trail(s[2]);
}

/* Where the ASCII from `at` on ends. */
static inline size_t end_of_ascii(hr_str s, size_t at)
{
	for (; s.len - at >= sizeof(hr_word); at += sizeof(hr_word)) {
		hr_word wide = hr_word_wide(hr_word_load(s.data + at));

		if (wide)
			return at + hr_word_first(wide);
	}
	while (at < s.len && (unsigned char)s.data[at] < 0x80)
		at++;
	return at;
}

size_t hr_utf8_ascii_prefix(hr_str s)
{
	return end_of_ascii(s, 0);
}

size_t hr_utf8_wide_prefix(hr_str s)
{
	const unsigned char *bytes = (const unsigned char *)s.data;
	size_t at = 0;
	uint32_t c;

	while (at < s.len && bytes[at] >= 0x80) {
		bool triple = is_plain_triple(bytes + at, s.len - at);
		size_t n = triple ? 3 : read_wide(bytes + at, s.len - at, &c);

		if (n == 0)
			break;
		at += n;
	}
	return at;
}

size_t hr_utf8_prefix(hr_str s)
{
	size_t at = 0;
	size_t n;

	do {
		at = end_of_ascii(s, at);
		n = hr_utf8_wide_prefix(hr_str_slice(s, at, s.len));
		at += n;
	} while (n);
	return at;
}
