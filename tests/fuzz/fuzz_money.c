/* Amounts as people and files write them. What is read must print as what reads back the same. */
#include "base/money.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_str text = { (const char *)data, size };
	char shown[HR_MONEY_TEXT];
	hr_money amount;
	hr_money again;
	hr_money same;

	if (!hr_money_parse(text, &amount))
		return 0;
	assert(hr_money_parse(hr_money_format(amount, shown), &again));
	assert(again.fen == amount.fen);
	assert(hr_money_times_half_up(amount, INT64_MAX, INT64_MAX, &same));
	assert(same.fen == amount.fen);
	return 0;
}
