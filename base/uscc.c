#include "base/uscc.h"

static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
static const int weights[17] = { 1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28 };

static int digit(char c)
{
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

bool hr_uscc_is_valid(hr_str uscc)
{
	int sum = 0;

	if (uscc.len != 18)
		return false;
	for (int i = 0; i < 17; i++) {
		int value = digit(uscc.data[i]);

		if (value < 0)
			return false;
		sum += value * weights[i];
	}
	return digit(uscc.data[17]) == (31 - sum % 31) % 31;
}
