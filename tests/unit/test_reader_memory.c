/* A reader of which any allocation fails. */
#include "recognition/reader.h"

#include "base/text.h"

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

static void test_reader__any_allocation_fails_in_fhir_xml__says_so(void)
{
	hr_str bytes = HR_STR("<Observation xmlns='http://hl7.org/fhir'><status value='final'/>"
			      "<category><text value='a'/></category><code><text value='K'/></code>"
			      "<valueString value='1'/></Observation>");

	CU_ASSERT_TRUE(hr_failing_malloc_each(read_once, &bytes) > 0);
}

static void test_reader__any_allocation_fails_in_a_document_in_it__says_so(void)
{
	/* <Observation xmlns='http://hl7.org/fhir'/> */
	hr_str bytes = HR_STR("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":"
			      "{\"resourceType\":\"Binary\",\"data\":\"JVBERi0xLjc=\"}},"
			      "{\"resource\":{\"resourceType\":\"Binary\",\"data\":"
			      "\"PE9ic2VydmF0aW9uIHhtbG5zPSdodHRwOi8vaGw3Lm9yZy9maGlyJy8+\"}}]}");

	CU_ASSERT_TRUE(hr_failing_malloc_each(read_once, &bytes) > 0);
}

static void test_reader__any_allocation_fails_in_our_own_json__says_so(void)
{
	hr_arena *arena = hr_test_arena();
	hr_str bytes = hr_test_read(arena, "tests/data/neutral/every_member.json");

	CU_ASSERT_TRUE(hr_failing_malloc_each(read_once, &bytes) > 0);
	hr_arena_close(arena);
}

static void test_reader__any_allocation_fails_in_dicom__says_so(void)
{
	hr_arena *arena = hr_test_arena();
	hr_str image = hr_test_read(arena, "tests/data/dicom/ct_gbk_lied.dcm");
	hr_str report = hr_test_read(arena, "tests/data/dicom/lab.dcm");
	hr_error err;

	/* DCMTK loads its dictionary once, and ends the process when that finds no memory. */
	CU_ASSERT_TRUE(read_once(&image, &err));
	CU_ASSERT_TRUE(hr_failing_malloc_each(read_once, &image) > 0);
	CU_ASSERT_TRUE(hr_failing_malloc_each(read_once, &report) > 0);
	hr_arena_close(arena);
}

static void test_reader__any_allocation_fails_in_hl7__says_so(void)
{
	hr_arena *arena = hr_test_arena();
	hr_str gbk = hr_test_read(arena, "tests/data/hl7v2/thyroid_gbk.hl7");
	hr_str bytes;
	hr_error err;

	/* Out of GBK the C library does not tell short memory from an encoding that it lacks. */
	HR_ASSERT_OK(hr_text_to_utf8(gbk, HR_STR("GBK"), 1 << 20, arena, &bytes, &err), err);
	CU_ASSERT_TRUE(hr_failing_malloc_each(read_once, &bytes) > 0);
	hr_arena_close(arena);
}

static const hr_test tests[] = {
	HR_TEST(test_reader__any_allocation_fails_in_cda__says_so),
	HR_TEST(test_reader__any_allocation_fails_in_fhir__says_so),
	HR_TEST(test_reader__any_allocation_fails_in_fhir_xml__says_so),
	HR_TEST(test_reader__any_allocation_fails_in_a_document_in_it__says_so),
	HR_TEST(test_reader__any_allocation_fails_in_our_own_json__says_so),
	HR_TEST(test_reader__any_allocation_fails_in_dicom__says_so),
	HR_TEST(test_reader__any_allocation_fails_in_hl7__says_so),
};
HR_TEST_MAIN("reader_memory", tests)
