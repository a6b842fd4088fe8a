#include "base/uscc.h"

#include "testing.h"

static void test_uscc__published_codes__are_valid(void)
{
	CU_ASSERT_TRUE(hr_uscc_is_valid(HR_STR("123502004266007916")));
	CU_ASSERT_TRUE(hr_uscc_is_valid(HR_STR("11131100MB19322481")));
}

static void test_uscc__synthetic_codes_of_ours__are_valid(void)
{
	CU_ASSERT_TRUE(hr_uscc_is_valid(HR_STR("121100004000000014")));
	CU_ASSERT_TRUE(hr_uscc_is_valid(HR_STR("12120000400000002B")));
	CU_ASSERT_TRUE(hr_uscc_is_valid(HR_STR("12130000400000003J")));
}

static void test_uscc__one_character_changed__is_refused(void)
{
	CU_ASSERT_FALSE(hr_uscc_is_valid(HR_STR("123502004266007917")));
	CU_ASSERT_FALSE(hr_uscc_is_valid(HR_STR("123502014266007916")));
}

static void test_uscc__letters_outside_the_alphabet__are_refused(void)
{
	static const char outside[] = "IOSVZiosvz";

	for (size_t i = 0; i + 1 < sizeof(outside); i++) {
		char code[] = "12110000400000001?";

		code[17] = outside[i];
		CU_ASSERT_FALSE(hr_uscc_is_valid((hr_str){ code, 18 }));
	}
}

static void test_uscc__17_19_and_0_characters__are_refused(void)
{
	CU_ASSERT_FALSE(hr_uscc_is_valid(HR_STR("12350200426600791")));
	CU_ASSERT_FALSE(hr_uscc_is_valid(HR_STR("1235020042660079160")));
	CU_ASSERT_FALSE(hr_uscc_is_valid(HR_STR_NONE));
}

static const hr_test tests[] = {
	HR_TEST(test_uscc__published_codes__are_valid),
	HR_TEST(test_uscc__synthetic_codes_of_ours__are_valid),
	HR_TEST(test_uscc__one_character_changed__is_refused),
	HR_TEST(test_uscc__letters_outside_the_alphabet__are_refused),
	HR_TEST(test_uscc__17_19_and_0_characters__are_refused),
};
HR_TEST_MAIN("uscc", tests)
