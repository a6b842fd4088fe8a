/* A whole verify, from catalogue to text and JSON, of which any allocation fails. */
#include "service/verify.h"

#include "failing_malloc.h"
#include "testing.h"

struct request {
	const hr_catalog *catalog;
	hr_question question;
	hr_str document;
};

static bool build(void *context, hr_error *err)
{
	hr_catalog *catalog = NULL;

	if (!hr_catalog_open_folder(context, NULL, &catalog, err))
		return false;
	hr_catalog_unref(catalog);
	return true;
}

static void test_open_folder__any_allocation_fails__says_so(void)
{
	CU_ASSERT_TRUE(hr_failing_malloc_each(build, (char[]){ "tests/data/catalog/decision" }) >
		       0);
}

/* A buffer that lacks memory says so by `failed` alone, as every writer of it does. */
static bool format(const hr_verdicts *verdicts, hr_arena *arena, hr_error *err)
{
	static const hr_verdict_style explained = { HR_LANG_ZH, .explain = true };
	hr_buf buf;

	hr_buf_init(&buf, arena, 1 << 20);
	for (size_t i = 0; i < verdicts->count; i++) {
		hr_verdict_format_text(&verdicts->verdicts[i], explained, &buf);
		hr_verdict_format_json(&verdicts->verdicts[i], &buf);
		hr_verdict_format_brief(&verdicts->verdicts[i], &buf);
	}
	return buf.failed ? hr_fail_memory(err) : true;
}

static bool verify(void *context, hr_error *err)
{
	const struct request *r = context;
	hr_reader *reader = hr_reader_open();
	hr_arena *arena = hr_arena_open((size_t)64 << 20);
	hr_verdicts verdicts;
	bool ok;

	if (reader && arena)
		ok = hr_verify(r->catalog, reader, &r->question, r->document, arena, &verdicts,
			       err) &&
		     format(&verdicts, arena, err);
	else
		ok = hr_fail_memory(err);
	hr_arena_close(arena);
	hr_reader_close(reader);
	return ok;
}

static void check_file(const char *path)
{
	static const hr_str orders[] = { HR_STR_INIT("TSH"), HR_STR_INIT("CT") };
	hr_arena *arena = hr_test_arena();
	struct request request = {
		.question = { .receiver = HR_STR("121100004000000014"),
			      .at = { 1740000000 },
			      .orders = orders,
			      .order_count = 2 },
		.document = hr_test_read(arena, path),
	};
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_open_folder("tests/data/catalog/decision", NULL, &catalog, &err),
		     err);
	request.catalog = catalog;
	CU_ASSERT_TRUE(hr_failing_malloc_each(verify, &request) > 0);
	hr_catalog_unref(catalog);
	hr_arena_close(arena);
}

static void test_verify__any_allocation_fails_in_cda__says_so(void)
{
	check_file("tests/data/cda/thyroid.xml");
}

static void test_verify__any_allocation_fails_in_ccda__says_so(void)
{
	check_file("tests/data/cda/ccda.xml");
}

static void test_verify__any_allocation_fails_in_fhir__says_so(void)
{
	check_file("tests/data/fhir/thyroid.json");
}

static void test_verify__any_allocation_fails_in_our_own_json__says_so(void)
{
	check_file("tests/data/neutral/every_member.json");
}

static const hr_test tests[] = {
	HR_TEST(test_open_folder__any_allocation_fails__says_so),
	HR_TEST(test_verify__any_allocation_fails_in_cda__says_so),
	HR_TEST(test_verify__any_allocation_fails_in_ccda__says_so),
	HR_TEST(test_verify__any_allocation_fails_in_fhir__says_so),
	HR_TEST(test_verify__any_allocation_fails_in_our_own_json__says_so),
};
HR_TEST_MAIN("verify_memory", tests)
