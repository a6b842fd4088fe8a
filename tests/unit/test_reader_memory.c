/* A reader of which any allocation fails. */
#include "recognition/reader.h"

#include "failing_malloc.h"
#include "testing.h"

static bool read_once(void *context, hr_error *err)
{
	const hr_str *bytes = context;
	hr_reader *reader = hr_reader_open();
	hr_arena *arena = hr_arena_open(1 << 20);
	hr_reports reports;
	bool ok;

	if (reader && arena)
		ok = hr_reader_read(reader, *bytes, arena, &reports, err);
	else
		ok = hr_fail_memory(err);
	hr_arena_close(arena);
	hr_reader_close(reader);
	return ok;
}

static void test_reader__any_allocation_fails_in_cda__says_so(void)
{
	hr_str bytes = HR_STR("<ClinicalDocument xmlns='urn:hl7-org:v3'><code code='C0007'/>"
			      "<component><section><entry><observation>"
			      "<code code='DE04.30.019.00'/><value>K</value>"
			      "</observation></entry></section></component></ClinicalDocument>");

	CU_ASSERT_TRUE(hr_failing_malloc_each(read_once, &bytes) > 0);
}

static void test_reader__any_allocation_fails_in_fhir__says_so(void)
{
	hr_arena *arena = hr_test_arena();
	hr_str bytes = hr_test_read(arena, "tests/data/fhir/thyroid.json");

	CU_ASSERT_TRUE(hr_failing_malloc_each(read_once, &bytes) > 0);
	hr_arena_close(arena);
}

static void test_reader__any_allocation_fails_in_our_own_json__says_so(void)
{
	hr_arena *arena = hr_test_arena();
	hr_str bytes = hr_test_read(arena, "tests/data/neutral/every_member.json");

	CU_ASSERT_TRUE(hr_failing_malloc_each(read_once, &bytes) > 0);
	hr_arena_close(arena);
}

static const hr_test tests[] = {
	HR_TEST(test_reader__any_allocation_fails_in_cda__says_so),
	HR_TEST(test_reader__any_allocation_fails_in_fhir__says_so),
	HR_TEST(test_reader__any_allocation_fails_in_our_own_json__says_so),
};
HR_TEST_MAIN("reader_memory", tests)
