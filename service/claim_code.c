#include "service/claim_code.h"

#include <errno.h>
#include <sys/random.h>

enum { DRAWN = 9, CHARACTERS = DRAWN + 1, GROUP = 5, BITS = 5 };

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Times x in GF(32), by x^5 + x^2 + 1. */
static unsigned times_x(unsigned n)
{
	n <<= 1;
	return n & 32 ? n ^ 0x25 : n;
}

/*
 * The code as a polynomial, which is 0 at x. Since x has 31 different powers,
 * no change of one character and no exchange of two leaves it 0.
 */
static unsigned value_at_x(const unsigned *characters, size_t count)
{
	unsigned value = 0;

	for (size_t i = 0; i < count; i++)
		value = times_x(value) ^ characters[i];
	return value;
}

static void format(const unsigned characters[CHARACTERS], char out[HR_CLAIM_CODE_TEXT])
{
	size_t at = 0;

	for (size_t i = 0; i < CHARACTERS; i++) {
		if (i == GROUP)
			out[at++] = '-';
		out[at++] = digits[characters[i]];
	}
	out[at] = '\0';
}

bool hr_claim_code_draw(char out[HR_CLAIM_CODE_TEXT], hr_error *err)
{
	unsigned characters[CHARACTERS];
	unsigned char bytes[DRAWN];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return hr_fail_errno(err, errno, "draw", "random numbers");
	for (size_t i = 0; i < DRAWN; i++)
		characters[i] = bytes[i] & ((1U << BITS) - 1);
	characters[DRAWN] = times_x(value_at_x(characters, DRAWN));
	format(characters, out);
	return true;
}

/* 32 for what is no character of a code. */
static unsigned character_of(char c)
{
	unsigned n = 0;

	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'I' || c == 'L')
		c = '1';
	if (c == 'O')
		c = '0';
	while (n < 32 && digits[n] != c)
		n++;
	return n;
}

bool hr_claim_code_read(hr_str typed, char out[HR_CLAIM_CODE_TEXT])
{
	unsigned characters[CHARACTERS];
	size_t count = 0;

	for (size_t i = 0; i < typed.len; i++) {
		unsigned c = character_of(typed.data[i]);

		if (typed.data[i] == ' ' || typed.data[i] == '-')
			continue;
		if (c == 32 || count == CHARACTERS)
			return false;
		characters[count++] = c;
	}
	if (count < CHARACTERS || value_at_x(characters, count) != 0)
		return false;
	format(characters, out);
	return true;
}
