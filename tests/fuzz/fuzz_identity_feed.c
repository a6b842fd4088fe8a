/* Any bytes as an identity feed: what is read is within its limits, and nothing is passed over. */
#include "recognition/identity_feed.h"

#include "base/id_card.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every byte is read, so that a sanitizer sees a slice that does not end. */
static void check_value(hr_str value)
{
	volatile char sum = 0;

	if (value.len > HR_IDENTITY_TEXT_MAX)
		abort();
	for (size_t i = 0; i < value.len; i++)
		sum = (char)(sum ^ value.data[i]);
}

static void check_row(const hr_identity_row *row)
{
	check_value(row->issuer);
	check_value(row->patient_id);
	check_value(row->accession_number);
	check_value(row->id_type);
	check_value(row->id_issuer);
	check_value(row->id);
	check_value(row->name);
	check_value(row->birth_date);
	check_value(row->earlier_issuer);
	check_value(row->earlier_patient_id);
	if (row->issuer.len == 0 || (row->patient_id.len == 0 && row->accession_number.len == 0))
		abort();
	if (row->id.len && row->id_issuer.len == 0 && !hr_is_id_card(row->id))
		abort();
	if ((row->kind == HR_IDENTITY_CORRECT) != (row->earlier_patient_id.len > 0))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)64 << 20);
	hr_identity_feed feed;
	hr_error err;

	if (!arena || !hr_identity_feed_read((hr_str){ (const char *)data, size }, HR_STR("H"),
					     arena, &feed, &err))
		return 0;
	for (size_t i = 0; i < feed.count; i++)
		check_row(&feed.rows[i]);
	if (feed.count + feed.problem_count < feed.sources)
		abort();
	for (size_t i = 0; i < feed.problem_count; i++)
		if (!hr_identity_problem_word(feed.problems[i].kind) || feed.problems[i].line == 0)
			abort();
	return 0;
}
