/* Check digits of the codes that are typed by hand, beside the USCC's (uscc.c). */
#include "catalog/check.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Every second digit from the right is doubled (Luhn; LOINC Users' Guide, appendix C). */
bool hr_loinc_is_valid(hr_str loinc)
{
	size_t digits = loinc.len > 2 ? loinc.len - 2 : 0;
	int sum = 0;

	if (!digits || digits > 7 || loinc.data[digits] != '-' || !is_digit(loinc.data[digits + 1]))
		return false;
	for (size_t i = 0; i < digits; i++) {
		int value = loinc.data[digits - 1 - i] - '0';

		if (!is_digit(loinc.data[digits - 1 - i]))
			return false;
		if (i % 2 == 0)
			value = value * 2 / 10 + value * 2 % 10;
		sum += value;
	}
	return loinc.data[digits + 1] - '0' == (10 - sum % 10) % 10;
}

static int org_code_value(char c)
{
	if (is_digit(c))
		return c - '0';
	return c >= 'A' && c <= 'Z' ? c - 'A' + 10 : -1;
}

/* GB 11714: eight characters, perhaps a hyphen, a check character of which X is ten. */
bool hr_org_code_is_valid(hr_str code)
{
	static const int weights[8] = { 3, 7, 9, 10, 5, 8, 4, 2 };
	static const char check_characters[] = "0X987654321";
	int sum = 0;

	if (code.len == 10 && code.data[8] != '-')
		return false;
	if (code.len != 9 && code.len != 10)
		return false;
	for (int i = 0; i < 8; i++) {
		int value = org_code_value(code.data[i]);

		if (value < 0)
			return false;
		sum += value * weights[i];
	}
	/* 11 minus the rest: 11 is written 0, 10 is written X. */
	return code.data[code.len - 1] == check_characters[sum % 11];
}
