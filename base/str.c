#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>

hr_str hr_str_slice(hr_str s, size_t from, size_t to)
{
	if (to > s.len)
		to = s.len;
	if (from >= to)
		return (hr_str){ s.data, 0 };
	return (hr_str){ s.data + from, to - from };
}

int hr_str_compare(hr_str a, hr_str b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int order = shorter ? memcmp(a.data, b.data, shorter) : 0;

	if (order)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

static char lower(char c)
{
	if (c < 'A' || c > 'Z')
		return c;
	return (char)(c - 'A' + 'a');
}

bool hr_str_equal_nocase(hr_str a, hr_str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.data[i]) != lower(b.data[i]))
			return false;
	return true;
}

size_t hr_str_find(hr_str s, hr_str needle)
{
	const char *found;

	if (needle.len == 0)
		return 0;
	if (s.len < needle.len)
		return s.len;
	found = memmem(s.data, s.len, needle.data, needle.len);
	return found ? (size_t)(found - s.data) : s.len;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static const hr_str wide_blanks[] = {
	HR_STR_INIT("\xc2\xa0"),     /* U+00A0 */
	HR_STR_INIT("\xe3\x80\x80"), /* U+3000 */
};

static size_t blank_at_start(hr_str s)
{
	if (s.len && is_blank(s.data[0]))
		return 1;
	for (size_t i = 0; i < 2; i++)
		if (hr_str_starts_with(s, wide_blanks[i]))
			return wide_blanks[i].len;
	return 0;
}

static size_t blank_at_end(hr_str s)
{
	if (s.len && is_blank(s.data[s.len - 1]))
		return 1;
	for (size_t i = 0; i < 2; i++)
		if (hr_str_ends_with(s, wide_blanks[i]))
			return wide_blanks[i].len;
	return 0;
}

hr_str hr_str_trim(hr_str s)
{
	size_t n;

	while ((n = blank_at_start(s)))
		s = hr_str_slice(s, n, s.len);
	while ((n = blank_at_end(s)))
		s.len -= n;
	return s;
}

hr_str hr_str_next_word(hr_str *rest)
{
	size_t from = 0;
	size_t to;
	hr_str word;

	while (from < rest->len && is_blank(rest->data[from]))
		from++;
	to = from;
	while (to < rest->len && !is_blank(rest->data[to]))
		to++;
	word = hr_str_slice(*rest, from, to);
	*rest = hr_str_slice(*rest, to, rest->len);
	return word;
}

char *hr_str_terminated(hr_arena *arena, hr_str s)
{
	char *copy = hr_arena_alloc_text(arena, s.len + 1);

	if (!copy)
		return NULL;
	if (s.len)
		memcpy(copy, s.data, s.len);
	copy[s.len] = '\0';
	return copy;
}

hr_str hr_str_copy(hr_arena *arena, hr_str s)
{
	char *copy = hr_str_terminated(arena, s);

	return copy ? (hr_str){ copy, s.len } : HR_STR_NONE;
}

static uint64_t mix(uint64_t h)
{
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93u;
	h ^= h >> 32;
	return h;
}

uint64_t hr_str_hash(hr_str s, uint64_t seed)
{
	uint64_t h = mix(seed ^ (s.len * 0x9e3779b97f4a7c15u));
	uint64_t word = 0;
	size_t i = 0;

	for (; i + 8 <= s.len; i += 8) {
		memcpy(&word, s.data + i, 8);
		h = mix(h ^ word) * 0x9e3779b97f4a7c15u;
	}
	word = 0;
	if (i < s.len)
		memcpy(&word, s.data + i, s.len - i);
	return mix(h ^ word);
}

void hr_buf_init(hr_buf *buf, hr_arena *arena, size_t limit)
{
	*buf = (hr_buf){ .arena = arena, .limit = limit };
}

void hr_buf_init_over(hr_buf *buf, char *memory, size_t room)
{
	*buf = (hr_buf){ .data = memory, .room = room, .limit = room - 1 };
}

static bool grow(hr_buf *buf, size_t more)
{
	size_t room = buf->room ? buf->room : 256;
	char *data;

	if (buf->failed || more > buf->limit - buf->len) {
		buf->failed = true;
		return false;
	}
	while (room <= buf->len + more)
		room *= 2;
	if (buf->room && hr_arena_widen(buf->arena, buf->data, buf->room, room)) {
		buf->room = room;
		return true;
	}
	data = hr_arena_alloc_text(buf->arena, room);
	if (!data) {
		buf->failed = true;
		return false;
	}
	if (buf->len)
		memcpy(data, buf->data, buf->len);
	buf->data = data;
	buf->room = room;
	return true;
}

/* Room for `more` bytes and a NUL behind them. */
static inline bool make_room(hr_buf *buf, size_t more)
{
	if (more < buf->room - buf->len && more <= buf->limit - buf->len && !buf->failed)
		return true;
	return grow(buf, more);
}

char *hr_buf_extend(hr_buf *buf, size_t n)
{
	char *at;

	if (!make_room(buf, n))
		return NULL;
	at = buf->data + buf->len;
	buf->len += n;
	buf->data[buf->len] = '\0';
	return at;
}

void hr_buf_add(hr_buf *buf, hr_str s)
{
	char *to = hr_buf_extend(buf, s.len);

	if (to && s.len)
		memcpy(to, s.data, s.len);
}

void hr_buf_add_char(hr_buf *buf, char c)
{
	char *to = hr_buf_extend(buf, 1);

	if (to)
		*to = c;
}

void hr_buf_add_int(hr_buf *buf, int64_t n)
{
	char digits[20];
	char *end = digits + sizeof(digits);
	char *at = end;
	/* Not -n: the least number has no counterpart. */
	uint64_t left = n < 0 ? -(uint64_t)n : (uint64_t)n;

	do
		*--at = (char)('0' + left % 10);
	while (left /= 10);
	if (n < 0)
		*--at = '-';
	hr_buf_add(buf, (hr_str){ at, (size_t)(end - at) });
}

void hr_buf_addf(hr_buf *buf, const char *format, ...)
{
	va_list args;
	va_list again;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	if (len >= 0 && make_room(buf, (size_t)len)) {
		vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
	va_end(args);
}

hr_str hr_buf_str(const hr_buf *buf)
{
	return (hr_str){ buf->data, buf->len };
}
