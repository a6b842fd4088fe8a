/*
 * Text eight bytes at a time: a word holds the first byte lowest, on every
 * machine, and a mask has 0x80 in each byte that is meant.
 */
#pragma once

#include "base/str.h"

#include <endian.h>

typedef uint64_t hr_word;

/* The eight bytes at `at`, all of which must be there. */
static inline hr_word hr_word_load(const char *at)
{
	hr_word word;

	memcpy(&word, at, sizeof(word));
	return le64toh(word);
}

static inline hr_word hr_word_of(char c)
{
	return (unsigned char)c * 0x0101010101010101u;
}

static inline hr_word hr_word_wide(hr_word word)
{
	return word & hr_word_of('\x80');
}

/* Which bytes are `c`: exact, no carry goes from one byte into the next. */
static inline hr_word hr_word_match(hr_word word, char c)
{
	const hr_word low = hr_word_of('\x7f');
	hr_word differs = word ^ hr_word_of(c);

	return ~(((differs & low) + low) | differs | low);
}

/*
 * The front of a text as a number: where those of two differ, the texts do,
 * in the same order. Behind the end of a short one are zeros.
 */
static inline uint64_t hr_word_front(hr_str s)
{
	uint64_t front = 0;

	if (s.len)
		memcpy(&front, s.data, s.len < sizeof(front) ? s.len : sizeof(front));
	return be64toh(front);
}

/* The index of the first byte that a mask means; it means one at least. */
static inline size_t hr_word_first(hr_word mask)
{
	return (size_t)__builtin_ctzll(mask) / 8;
}
