#include "dicom/pinyin.h"

#include "base/word.h"
#include "dicom/name_tables.h"

static unsigned far_set_of(uint32_t c)
{
	size_t low = 0;
	size_t high = hr_pinyin_far_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (hr_pinyin_far[middle][0] == c)
			return hr_pinyin_far[middle][1];
		if (hr_pinyin_far[middle][0] < c)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

hr_str hr_pinyin_of(uint32_t c)
{
	if (c >= HR_PINYIN_NEAR_FIRST && c <= HR_PINYIN_NEAR_LAST)
		return hr_str_of(hr_pinyin_sets[hr_pinyin_near[c - HR_PINYIN_NEAR_FIRST]]);
	return hr_str_of(hr_pinyin_sets[far_set_of(c)]);
}

/* Eight letters are compared as one number. */
static bool is_syllable(hr_str s)
{
	uint64_t wanted = hr_word_front(s);
	size_t low = 0;
	size_t high = hr_pinyin_syllable_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		hr_str row = { hr_pinyin_syllables[middle], HR_PINYIN_SYLLABLE };
		uint64_t front = hr_word_front(row);

		if (front == wanted)
			return true;
		if (front < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* A word, and what begins at each of its letters. */
struct spelled {
	size_t len;
	uint8_t lengths[HR_PINYIN_WORD_MAX]; /* bit n: a syllable of n letters */
	hr_pinyin_split *out;
	size_t count;
};

enum { LETTERS_MAX = 6 }; /* zhuang */

static void find_syllables(hr_str word, struct spelled *out)
{
	out->len = word.len;
	for (size_t at = 0; at < word.len; at++) {
		out->lengths[at] = 0;
		for (size_t n = 1; n <= LETTERS_MAX && at + n <= word.len; n++)
			if (is_syllable(hr_str_slice(word, at, at + n)))
				out->lengths[at] |= (uint8_t)(1u << n);
	}
}

/* The rest from `at` on in exactly `left` syllables, long ones first. */
static void split_rest(struct spelled *word, hr_pinyin_split *so_far, size_t at, unsigned left)
{
	if (at == word->len && left == 0)
		word->out[word->count++] = *so_far;
	if (at == word->len || left == 0 || word->len - at > (size_t)left * LETTERS_MAX)
		return;
	for (unsigned n = LETTERS_MAX; n && word->count < HR_PINYIN_SPLITS_MAX; n--)
		if (word->lengths[at] & 1u << n) {
			so_far->lengths[so_far->count++] = (uint8_t)n;
			split_rest(word, so_far, at + n, left - 1);
			so_far->count--;
		}
}

size_t hr_pinyin_split_word(hr_str word, hr_pinyin_split *out)
{
	struct spelled spelled = { .out = out };

	if (word.len == 0 || word.len > HR_PINYIN_WORD_MAX)
		return 0;
	find_syllables(word, &spelled);
	for (unsigned n = 1; n <= HR_PINYIN_SYLLABLES_MAX && spelled.count == 0; n++) {
		hr_pinyin_split so_far = { .count = 0 };

		split_rest(&spelled, &so_far, 0, n);
	}
	return spelled.count;
}
