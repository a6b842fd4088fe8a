/* Who reads an application, and how many each has. */
#include "settlement/filing_tally.h"

#include "testing.h"

static const hr_filing_channel automatic = { .automatic = true };
static const hr_filing_channel manual = { .automatic = false };

static void test_load_of__channel_and_verdict__decide(void)
{
	static const struct {
		const hr_filing_channel *channel;
		hr_filing_verdict verdict;
		hr_filing_load want;
	} rows[] = {
		{ &automatic, HR_FILING_APPROVED, HR_FILING_LOAD_AT_ONCE },
		{ &automatic, HR_FILING_UNKNOWN, HR_FILING_LOAD_AT_ONCE },
		/* Before its time, for an objective reason: the office decides. */
		{ &automatic, HR_FILING_QUEUED, HR_FILING_LOAD_BY_OFFICER },
		{ &manual, HR_FILING_QUEUED, HR_FILING_LOAD_BY_OFFICER },
		{ &manual, HR_FILING_UNKNOWN, HR_FILING_LOAD_BY_OFFICER },
		{ &manual, HR_FILING_REFUSED, HR_FILING_LOAD_REFUSED },
		{ NULL, HR_FILING_REFUSED, HR_FILING_LOAD_REFUSED },
		{ NULL, HR_FILING_QUEUED, HR_FILING_LOAD_NOT_TOLD },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const hr_filing_decision decision = { .verdict = rows[i].verdict,
						      .channel = rows[i].channel };

		CU_ASSERT_EQUAL(hr_filing_load_of(&decision), rows[i].want);
	}
}

static void test_each__shared_alike__nobody_has_more(void)
{
	static const struct {
		uint64_t waiting;
		uint32_t reviewers;
		uint64_t want;
	} rows[] = { { 0, 2, 0 },
		     { 1, 2, 1 },
		     { 390, 2, 195 },
		     { 391, 2, 196 },
		     { 390, 1, 390 },
		     { 390, 391, 1 },
		     { UINT64_MAX, 1, UINT64_MAX } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_filing_tally tally = { 0 };

		tally.count[HR_FILING_LOAD_BY_OFFICER] = rows[i].waiting;
		tally.count[HR_FILING_LOAD_AT_ONCE] = 1000;
		CU_ASSERT_EQUAL(hr_filing_tally_each(&tally, rows[i].reviewers), rows[i].want);
	}
}

static void test_add__every_application__is_in_one_count(void)
{
	hr_filing_tally tally = { 0 };
	uint64_t sum = 0;

	for (size_t i = 0; i < 3 * HR_FILING_VERDICTS; i++)
		hr_filing_tally_add(&tally,
				    &(hr_filing_decision){ .verdict = (hr_filing_verdict)(i / 3),
							   .channel = i % 3 == 0   ? NULL
								      : i % 3 == 1 ? &automatic
										   : &manual });
	for (hr_filing_load i = 0; i < HR_FILING_LOADS_COUNT; i++)
		sum += tally.count[i];
	CU_ASSERT_EQUAL(sum, tally.applications);
	CU_ASSERT_EQUAL(tally.applications, 12);
}

static const hr_test tests[] = {
	HR_TEST(test_load_of__channel_and_verdict__decide),
	HR_TEST(test_each__shared_alike__nobody_has_more),
	HR_TEST(test_add__every_application__is_in_one_count),
};

HR_TEST_MAIN("filing_tally", tests)
