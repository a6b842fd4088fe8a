/*
 * Money in fen, as integers, checked. A product runs in 128 bits; there is one
 * rounding, half away from zero to the fen, and it is named where it is used.
 */
#pragma once

#include "base/str.h"

typedef struct hr_money {
	int64_t fen;
} hr_money;

/* False, and `*out` untouched, when the result does not fit. */
bool hr_money_add(hr_money a, hr_money b, hr_money *out);
bool hr_money_sub(hr_money a, hr_money b, hr_money *out);

/* amount x numerator / denominator, half away from zero to the fen. denominator > 0. */
bool hr_money_times_half_up(hr_money amount, int64_t numerator, int64_t denominator, hr_money *out);

/* "850", "850.5", "-0.01": at most two decimals, no exponent, no blanks, no group marks. */
bool hr_money_parse(hr_str text, hr_money *out);

/* The same with at most so many decimals, exact: of "0.5" with four of them 5000. */
bool hr_decimal_parse(hr_str text, unsigned decimals, int64_t *out);

enum { HR_MONEY_TEXT = 24 };

/* Somewhere in `out`, without a NUL. Always two decimals: "850.00". */
hr_str hr_money_format(hr_money amount, char out[HR_MONEY_TEXT]);

/* The same of so many decimals, 18 at most: 5000 with four of them is "0.5000". */
hr_str hr_decimal_format(int64_t number, unsigned decimals, char out[HR_MONEY_TEXT]);
