#include "base/id_card.h"

bool hr_is_id_card(hr_str text)
{
	static const int weights[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0;

	if (text.len != 18)
		return false;
	for (int i = 0; i < 17; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		sum += (text.data[i] - '0') * weights[i];
	}
	return "10X98765432"[sum % 11] == (text.data[17] == 'x' ? 'X' : text.data[17]);
}
