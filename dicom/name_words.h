/*
 * A component group of a name as folded words, and its readings. A word is a
 * run of Han characters or of other letters; whole names are the words without
 * anything between them, so what begins at a word runs to the end of the name.
 */
#pragma once

#include "dicom/pinyin.h"

enum {
	HR_NAME_TEXT_MAX = 256, /* bytes of a group, folded: 64 characters (PS3.5 6.2) of 4 */
	HR_NAME_WORDS_MAX = 16,
	HR_NAME_UNITS_MAX = 16,
	HR_NAME_OPTIONS_MAX = 6, /* readings of one unit */
};

typedef struct hr_name_word {
	uint16_t at; /* in the text */
	uint16_t len;
	bool is_han;
	bool is_given; /* it stands behind a caret */
} hr_name_word;

typedef struct hr_name_words {
	char text[HR_NAME_TEXT_MAX];
	size_t len;
	hr_name_word words[HR_NAME_WORDS_MAX];
	size_t count;
} hr_name_words;

void hr_name_words_read(hr_str group, hr_name_words *out);

typedef struct hr_name_option {
	hr_str text;
	hr_pinyin_split split; /* of a word that is pinyin; count 0: one syllable, or none */
} hr_name_option;

/* A character, a syllable or a word, in the ways that it may be read. */
typedef struct hr_name_unit {
	hr_name_option options[HR_NAME_OPTIONS_MAX];
	unsigned count;
} hr_name_unit;

/* The texts are borrowed from `words` and from tables. */
typedef struct hr_name_units {
	hr_name_unit units[HR_NAME_UNITS_MAX];
	size_t count;
	size_t given; /* where the given name begins; `count` or 0 when one cannot tell */
} hr_name_units;

/* Their readings are at most HR_NAME_READINGS_MAX together: the rarest of the richest are left out.
 */
void hr_name_units_read(const hr_name_words *words, hr_name_units *out);
