/* UTF-8, character by character. Whole texts are checked by base/text.h. */
#pragma once

#include "base/str.h"

/* Bytes of the character at the front of `s`: 1 to 4; 0 when there is none, or it is malformed. */
size_t hr_utf8_front(hr_str s);

/* How many bytes at the front of `s` are whole characters. */
size_t hr_utf8_prefix(hr_str s);
