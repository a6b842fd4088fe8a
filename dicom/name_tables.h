/* What the build draws from the Unicode Character Database: cmake/make_names.c says how. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { HR_PINYIN_NEAR_FIRST = 0x3400, HR_PINYIN_NEAR_LAST = 0x9fff, HR_PINYIN_SYLLABLE = 8 };

/* Without accent, in lower case: of the characters from that in the name on. */
extern const uint16_t hr_letters_80[];	 /* to U+0587 */
extern const uint16_t hr_letters_1e00[]; /* to U+1FFF */
extern const uint16_t hr_letters_3040[]; /* to U+30FF */
extern const uint16_t hr_letters_ff00[]; /* to U+FFEF */

/* From, to; sorted. No `to` is a `from`. */
extern const uint32_t hr_han_folds[][2];
extern const size_t hr_han_fold_count;

/* "le yue": readings of folded characters, the usual one first. */
extern const char *const hr_pinyin_sets[];
extern const uint16_t hr_pinyin_near[];
extern const uint32_t hr_pinyin_far[][2]; /* character, set; sorted */
extern const size_t hr_pinyin_far_count;

extern const char hr_pinyin_syllables[][HR_PINYIN_SYLLABLE]; /* sorted */
extern const size_t hr_pinyin_syllable_count;
