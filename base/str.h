/*
 * Text as a slice, and a bounded buffer to write it into. A slice borrows its
 * bytes, is UTF-8 unless said otherwise, and is not NUL-terminated.
 */
#pragma once

#include "base/arena.h"

#include <string.h>

typedef struct hr_str {
	const char *data;
	size_t len;
} hr_str;

#define HR_STR(literal) ((hr_str){ (literal), sizeof(literal) - 1 })
#define HR_STR_INIT(literal)                                                                       \
	{                                                                                          \
		(literal), sizeof(literal) - 1                                                     \
	}
#define HR_STR_NONE ((hr_str){ NULL, 0 })

/* For printf("%.*s", HR_STR_ARG(s)). */
#define HR_STR_ARG(s) (int)(s).len, (s).data ? (s).data : ""

static inline hr_str hr_str_of(const char *terminated)
{
	return (hr_str){ terminated, terminated ? strlen(terminated) : 0 };
}

static inline bool hr_str_is_empty(hr_str s)
{
	return s.len == 0;
}

/* A literal as `b` costs no call: its length is known. */
static inline bool hr_str_equal(hr_str a, hr_str b)
{
	return a.len == b.len && (b.len == 0 || memcmp(a.data, b.data, b.len) == 0);
}

/* The letters A to Z and a to z are the same; nothing else is. */
bool hr_str_equal_nocase(hr_str a, hr_str b);

static inline bool hr_str_starts_with(hr_str s, hr_str prefix)
{
	return s.len >= prefix.len && (prefix.len == 0 || !memcmp(s.data, prefix.data, prefix.len));
}

static inline bool hr_str_ends_with(hr_str s, hr_str suffix)
{
	return s.len >= suffix.len &&
	       (suffix.len == 0 || !memcmp(s.data + s.len - suffix.len, suffix.data, suffix.len));
}

/* From `from` to `to` (at most its length). */
hr_str hr_str_slice(hr_str s, size_t from, size_t to);

/* Byte order; for qsort and search. */
int hr_str_compare(hr_str a, hr_str b);

/* Where `needle` begins in `s`; s.len when it does not occur. */
size_t hr_str_find(hr_str s, hr_str needle);

/* Without white space at both ends: ASCII blanks, U+00A0, U+3000. */
hr_str hr_str_trim(hr_str s);

/* The next word of `*rest`, words being parted by ASCII blanks; empty at the end. */
hr_str hr_str_next_word(hr_str *rest);

/* Copied to the arena, and NUL-terminated there. data is NULL when memory is short. */
hr_str hr_str_copy(hr_arena *arena, hr_str s);

/* A NUL-terminated copy, for a library that wants one. NULL when memory is short. */
char *hr_str_terminated(hr_arena *arena, hr_str s);

/* 64 bits, not for hostile tables without a seed: mixes `seed` first. */
uint64_t hr_str_hash(hr_str s, uint64_t seed);

/*
 * A buffer that grows in an arena up to `limit` bytes. A write that does not
 * fit sets `failed`; later writes do nothing; the caller looks once, at the end.
 */
typedef struct hr_buf {
	hr_arena *arena;
	char *data;
	size_t len;
	size_t room;
	size_t limit;
	bool failed;
} hr_buf;

void hr_buf_init(hr_buf *buf, hr_arena *arena, size_t limit);

/* Over the caller's memory of `room` bytes, one of them for the NUL: never grows. */
void hr_buf_init_over(hr_buf *buf, char *memory, size_t room);

void hr_buf_add(hr_buf *buf, hr_str s);
void hr_buf_add_char(hr_buf *buf, char c);
void hr_buf_add_int(hr_buf *buf, int64_t n);
void hr_buf_addf(hr_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* `n` bytes more, which the caller fills before all else; NULL when they do not fit. */
char *hr_buf_extend(hr_buf *buf, size_t n);

hr_str hr_buf_str(const hr_buf *buf);

#define HR_BUF_ADD(buf, literal) hr_buf_add((buf), HR_STR(literal))
