#include "base/id_card.h"

#include "base/calendar.h"

enum { CENTURIES_FROM = 1900, CENTURIES_TO = 2100 };

static int number_of(hr_str digits)
{
	int number = 0;

	for (size_t i = 0; i < digits.len; i++)
		number = number * 10 + (digits.data[i] - '0');
	return number;
}

static bool is_birth_date(hr_str digits)
{
	int year = number_of(hr_str_slice(digits, 0, 4));
	hr_date ignored;

	return year >= CENTURIES_FROM && year < CENTURIES_TO &&
	       hr_date_from_civil(year, number_of(hr_str_slice(digits, 4, 6)),
				  number_of(hr_str_slice(digits, 6, 8)), &ignored);
}

bool hr_is_id_card(hr_str text)
{
	static const int weights[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0;

	if (text.len != 18 || text.data[0] == '0')
		return false;
	for (int i = 0; i < 17; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		sum += (text.data[i] - '0') * weights[i];
	}
	return "10X98765432"[sum % 11] == (text.data[17] == 'x' ? 'X' : text.data[17]) &&
	       is_birth_date(hr_str_slice(text, 6, 14));
}
