/*
 * GBK to UTF-8 by a table: what nearly all text in GB 18030 is, at many times
 * the speed of iconv, from which the build draws the table (cmake/make_gbk.c).
 */
#pragma once

#include "base/str.h"

/*
 * Writes the front of `s`, as far as it is of ASCII and of two bytes a
 * character, to `out`, at most `room` bytes. Returns how many bytes were read,
 * and in `*written` how many that made. It stops where there is no room, and
 * before what only iconv can judge: four bytes, a character outside of the
 * first plane, none at all.
 */
size_t hr_gbk_front(hr_str s, char *out, size_t room, size_t *written);
