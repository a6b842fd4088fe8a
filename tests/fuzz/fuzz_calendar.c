/* Times as reports carry them. What is read must be a real span and print as what reads back. */
#include "base/calendar.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A zone can shift a time out of the years that can be printed. */
static bool is_printable(hr_span span)
{
	return span.from.second >= hr_date_start(HR_DATE_MIN).second &&
	       span.to.second <= hr_date_start(HR_DATE_MAX).second;
}

/* Only the form that is printed is read, so it prints as it was. */
static void check_date(hr_str text)
{
	char shown[HR_DATE_TEXT];
	hr_date date;

	if (hr_date_parse(text, &date))
		assert(hr_str_equal(hr_date_format(date, shown), text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_str text = { (const char *)data, size };
	char shown[HR_INSTANT_TEXT];
	hr_instant instant;
	hr_span span;
	hr_span again;

	check_date(text);
	if (!hr_span_parse(text, &span)) {
		assert(!hr_instant_parse(text, &instant));
		return 0;
	}
	assert(span.from.second < span.to.second);
	assert(span.precision >= HR_PRECISION_YEAR && span.precision <= HR_PRECISION_SECOND);
	assert(hr_instant_date(span.from).day <= hr_instant_date(span.to).day);
	if (!is_printable(span))
		return 0;
	assert(hr_span_parse(hr_span_format(span, shown), &again));
	assert(again.precision == span.precision);
	assert(again.from.second == span.from.second && again.to.second == span.to.second);
	return 0;
}
