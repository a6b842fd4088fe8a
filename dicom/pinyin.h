/*
 * 拼音 of names, without tones. Characters are folded ones (name_fold.h).
 * Readings: Unicode's, by way of 通用规范汉字字典 (cmake/make_names.c); those of
 * surnames: pinyin_surnames.c.
 */
#pragma once

#include "base/str.h"

enum {
	HR_PINYIN_WORD_MAX = 24, /* letters of a word that is looked at */
	HR_PINYIN_SYLLABLES_MAX = 6,
	HR_PINYIN_SPLITS_MAX = 3,
};

/* "le yue", the usual reading first; empty for a character that has none. */
hr_str hr_pinyin_of(uint32_t c);

typedef struct hr_pinyin_split {
	uint8_t lengths[HR_PINYIN_SYLLABLES_MAX];
	uint8_t count;
} hr_pinyin_split;

/*
 * A word of a to z as syllables, in the fewest that it takes: "jianan" is jian
 * an, and jia nan. Returns how many ways there are, at most
 * HR_PINYIN_SPLITS_MAX; 0 when it is not pinyin.
 */
size_t hr_pinyin_split_word(hr_str word, hr_pinyin_split *out);

typedef struct hr_surname {
	hr_str han;
	hr_str readings; /* of one character: "lu lyu"; of several, of each: "yu chi"; may be "" */
} hr_surname;

/* The longest at the front of `name` that the table has; NULL when it has none. */
const hr_surname *hr_pinyin_find_surname(hr_str name);
