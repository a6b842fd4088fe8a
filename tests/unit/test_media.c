/* Media types and the choice that an Accept header makes. */
#include "service/media.h"

#include "testing.h"

static const hr_str offered[] = {
	HR_STR_INIT("application/json"),
	HR_STR_INIT("text/plain"),
	HR_STR_INIT("application/fhir+json"),
};

static size_t choose(const char *accept)
{
	return hr_media_choose(hr_str_of(accept), offered, 3);
}

static void test_type__parameters_and_blanks__are_cut_off(void)
{
	HR_ASSERT_TEXT(hr_media_type(HR_STR("application/json")), "application/json");
	HR_ASSERT_TEXT(hr_media_type(HR_STR(" text/xml ; charset=GBK")), "text/xml");
	HR_ASSERT_TEXT(hr_media_type(HR_STR("")), "");
	HR_ASSERT_TEXT(hr_media_type(HR_STR(";")), "");
}

static void test_equal__case__does_not_count(void)
{
	CU_ASSERT_TRUE(hr_media_equal(HR_STR("Text/XML"), HR_STR("text/xml")));
	CU_ASSERT_TRUE(hr_media_equal(HR_STR(""), HR_STR_NONE));
	CU_ASSERT_FALSE(hr_media_equal(HR_STR("text/xm"), HR_STR("text/xml")));
}

static void test_choose__nothing_wanted__is_the_first(void)
{
	CU_ASSERT_EQUAL(choose(""), 0);
	CU_ASSERT_EQUAL(choose("*/*"), 0);
	CU_ASSERT_EQUAL(choose("image/png"), 0);
	CU_ASSERT_EQUAL(choose(",,;"), 0);
}

static void test_choose__one_wanted__is_that(void)
{
	CU_ASSERT_EQUAL(choose("text/plain"), 1);
	CU_ASSERT_EQUAL(choose("TEXT/*"), 1);
	CU_ASSERT_EQUAL(choose("application/fhir+json; charset=utf-8"), 2);
	CU_ASSERT_EQUAL(choose("text/html, application/fhir+json, */*;q=0.1"), 2);
}

static void test_choose__weights__decide(void)
{
	CU_ASSERT_EQUAL(choose("application/json;q=0.5, text/plain;q=0.501"), 1);
	CU_ASSERT_EQUAL(choose("application/json;q=0, */*"), 1);
	CU_ASSERT_EQUAL(choose("*/*;q=0.9, application/json;q=0.1"), 1);
	CU_ASSERT_EQUAL(choose("application/json;level=1;Q=0.2, text/plain;q=0.3"), 1);
	CU_ASSERT_EQUAL(choose("application/*, text/plain"), 0);
	CU_ASSERT_EQUAL(choose("application/json;q=0."), 0);
}

static const hr_test tests[] = {
	HR_TEST(test_type__parameters_and_blanks__are_cut_off),
	HR_TEST(test_equal__case__does_not_count),
	HR_TEST(test_choose__nothing_wanted__is_the_first),
	HR_TEST(test_choose__one_wanted__is_that),
	HR_TEST(test_choose__weights__decide),
};
HR_TEST_MAIN("media", tests)
