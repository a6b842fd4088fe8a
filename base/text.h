/*
 * Encodings, and the folding under which two names are the same.
 */
#pragma once

#include "base/str.h"

/* True when all of `s` is UTF-8: shortest forms, no surrogates, nothing past U+10FFFF. */
bool hr_text_is_utf8(hr_str s);

/* Line and column, in bytes and from 1, of the byte at `offset`. */
void hr_text_place(hr_str s, size_t offset, uint32_t *line, uint32_t *column);

/*
 * `s` from a named encoding to UTF-8: a copy in the arena, NUL-terminated
 * there, without a byte order mark. Known by any of their usual names, in any
 * case: UTF-8, GBK, GB2312, GB18030, CP936, UTF-16 (a byte order mark decides,
 * else little endian), UTF-16LE, UTF-16BE, US-ASCII, ISO-8859-1, EUC-JP.
 * HR_E_ENCODING for another name, and with the place for bytes that are not in
 * it; HR_E_LIMIT when the result would pass `limit` bytes.
 */
bool hr_text_to_utf8(hr_str s, hr_str encoding, size_t limit, hr_arena *arena, hr_str *out,
		     hr_error *err);

/* And back, for who reads nothing else. HR_E_ENCODING when `s` is not UTF-8. */
bool hr_text_to_gb18030(hr_str s, hr_arena *arena, hr_str *out, hr_error *err);

/*
 * The form under which names are compared, into `out` (at least s.len bytes):
 * full-width forms, Chinese brackets and typographic quotes to ASCII, ASCII
 * letters to lower case, blanks and the hyphens - – — ‐ − － _ dropped; Greek
 * letters and all else kept. Never fuzzy: 钙 and 降钙素原 stay apart. Returns
 * the length, never over s.len.
 */
size_t hr_text_fold(hr_str s, char *out);

/* Columns on a terminal: 2 for a wide character, 0 for a combining one. For people's tables. */
size_t hr_text_columns(hr_str s);

/* `s` cut after at most `max_bytes`, never inside a character. */
hr_str hr_text_cut(hr_str s, size_t max_bytes);
