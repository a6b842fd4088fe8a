/* The characters of a name, and of a search for one, in the form in which they are compared. */
#pragma once

#include "base/str.h"

typedef enum hr_name_kind {
	HR_NAME_NOTHING, /* an accent by itself, a selector, a byte that is no character */
	HR_NAME_LETTER,	 /* or a digit */
	HR_NAME_HAN,
	HR_NAME_BREAK, /* a blank, a dot, any punctuation */
	HR_NAME_CARET,
	HR_NAME_ANY, /* '*' */
	HR_NAME_ONE, /* '?' */
} hr_name_kind;

typedef struct hr_name_char {
	hr_name_kind kind;
	uint32_t c; /* of HR_NAME_HAN: folded */
	char text[8];
	uint8_t len;   /* of `text`: a letter or Han character, folded; else 0 */
	bool is_upper; /* A to Z */
} hr_name_char;

/* The character at the front of `s`, which is not empty; returns its bytes. */
size_t hr_name_read(hr_str s, hr_name_char *out);

/* hr_text_cut to HR_NAME_KEY_BYTES_MAX. */
hr_str hr_name_cut(hr_str key);
