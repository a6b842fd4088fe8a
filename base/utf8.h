/* UTF-8, character by character. Whole texts are checked by base/text.h. */
#pragma once

#include "base/str.h"

enum { HR_UTF8_MAX = 4 };

/*
 * The character at the front of `s`: its code point, and its bytes counted, 1
 * to 4; 0 when there is none, or it is malformed.
 */
size_t hr_utf8_read(hr_str s, uint32_t *out);

/* As hr_utf8_read, the count alone. */
size_t hr_utf8_front(hr_str s);

/* The bytes of `c`, a character, to `out`, and their count. */
size_t hr_utf8_write(uint32_t c, char out[HR_UTF8_MAX]);

/* How many bytes at the front of `s` are ASCII. */
size_t hr_utf8_ascii_prefix(hr_str s);

/* How many bytes at the front of `s` are whole characters. Gigabytes a second. */
size_t hr_utf8_prefix(hr_str s);

/* As hr_utf8_prefix, of characters that are not ASCII. */
size_t hr_utf8_wide_prefix(hr_str s);
