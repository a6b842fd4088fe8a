#include "base/money.h"

#include <assert.h>

bool hr_money_add(hr_money a, hr_money b, hr_money *out)
{
	int64_t fen;

	if (__builtin_add_overflow(a.fen, b.fen, &fen))
		return false;
	out->fen = fen;
	return true;
}

bool hr_money_sub(hr_money a, hr_money b, hr_money *out)
{
	int64_t fen;

	if (__builtin_sub_overflow(a.fen, b.fen, &fen))
		return false;
	out->fen = fen;
	return true;
}

bool hr_money_times_half_up(hr_money amount, int64_t numerator, int64_t denominator, hr_money *out)
{
	__int128 product = (__int128)amount.fen * numerator;
	__int128 fen;
	__int128 rest; /* has the sign of the product */

	assert(denominator > 0);
	fen = product / denominator;
	rest = product % denominator;
	if (rest * 2 >= denominator)
		fen++;
	if (rest * 2 <= -(__int128)denominator)
		fen--;
	if (fen < INT64_MIN || fen > INT64_MAX)
		return false;
	out->fen = (int64_t)fen;
	return true;
}

/* Counts down from zero, because the least number has no positive counterpart. */
static bool take_digit(char c, int64_t *number)
{
	return c >= '0' && c <= '9' && !__builtin_mul_overflow(*number, 10, number) &&
	       !__builtin_sub_overflow(*number, c - '0', number);
}

bool hr_decimal_parse(hr_str text, unsigned decimals, int64_t *out)
{
	bool negative = hr_str_starts_with(text, HR_STR("-"));
	hr_str digits = hr_str_slice(text, negative, text.len);
	size_t point = hr_str_find(digits, HR_STR("."));
	size_t told = point < digits.len ? digits.len - point - 1 : 0;
	int64_t number = 0;

	if (point == 0 || told > decimals || (point < digits.len && told == 0))
		return false;
	for (size_t i = 0; i < digits.len; i++)
		if (i != point && !take_digit(digits.data[i], &number))
			return false;
	for (; told < decimals; told++)
		if (!take_digit('0', &number))
			return false;
	if (!negative && __builtin_sub_overflow(0, number, &number))
		return false;
	*out = number;
	return true;
}

bool hr_money_parse(hr_str text, hr_money *out)
{
	return hr_decimal_parse(text, 2, &out->fen);
}

/* By hand: an answer has tens of amounts, and snprintf was a quarter of its cost. */
hr_str hr_decimal_format(int64_t number, unsigned decimals, char out[HR_MONEY_TEXT])
{
	/* Not -number: the least one has no counterpart. */
	uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	char *const end = out + HR_MONEY_TEXT;
	char *at = end;

	assert(decimals <= 18);
	for (unsigned i = 0; i < decimals; i++, left /= 10)
		*--at = (char)('0' + left % 10);
	if (decimals)
		*--at = '.';
	do
		*--at = (char)('0' + left % 10);
	while (left /= 10);
	if (number < 0)
		*--at = '-';
	return (hr_str){ at, (size_t)(end - at) };
}

hr_str hr_money_format(hr_money amount, char out[HR_MONEY_TEXT])
{
	return hr_decimal_format(amount.fen, 2, out);
}
