#include "service/dimse_rules.h"

#include "testing.h"

static void test_dimse_rules__allowed__with_and_without_address(void)
{
	hr_arena *arena = hr_test_arena();
	hr_dimse_rules rules;
	hr_error err;

	HR_ASSERT_OK(hr_dimse_read_allowed("x", " CT01 , MR02@10.1.2.3", arena, &rules, &err), err);
	CU_ASSERT_EQUAL(rules.count, 2);
	CU_ASSERT_TRUE(hr_dimse_may_call(&rules, HR_STR("CT01"), HR_STR("10.9.9.9")));
	CU_ASSERT_TRUE(hr_dimse_may_call(&rules, HR_STR("MR02"), HR_STR("10.1.2.3")));
	CU_ASSERT_FALSE(hr_dimse_may_call(&rules, HR_STR("MR02"), HR_STR("10.1.2.4")));
	CU_ASSERT_FALSE(hr_dimse_may_call(&rules, HR_STR("ct01"), HR_STR("10.9.9.9")));
	CU_ASSERT_FALSE(hr_dimse_may_call(&rules, HR_STR(""), HR_STR("10.1.2.3")));
	hr_arena_close(arena);
}

static void test_dimse_rules__none__let_anybody_in(void)
{
	hr_arena *arena = hr_test_arena();
	hr_dimse_rules rules;
	hr_error err;

	HR_ASSERT_OK(hr_dimse_read_allowed("x", NULL, arena, &rules, &err), err);
	CU_ASSERT_TRUE(hr_dimse_may_call(&rules, HR_STR("ANY"), HR_STR("10.9.9.9")));
	hr_arena_close(arena);
}

static void test_dimse_rules__institutions__one_is_for_all_others(void)
{
	hr_arena *arena = hr_test_arena();
	hr_dimse_rules rules;
	hr_error err;

	HR_ASSERT_OK(hr_dimse_read_institutions("x", "121100004000000014,CT01=12110000400000002X",
						arena, &rules, &err),
		     err);
	HR_ASSERT_TEXT(hr_dimse_value(&rules, HR_STR("CT01")), "12110000400000002X");
	HR_ASSERT_TEXT(hr_dimse_value(&rules, HR_STR("MR02")), "121100004000000014");
	HR_ASSERT_OK(
		hr_dimse_read_institutions("x", "CT01=12110000400000002X", arena, &rules, &err),
		err);
	CU_ASSERT_EQUAL(hr_dimse_value(&rules, HR_STR("MR02")).len, 0);
	hr_arena_close(arena);
}

static void test_dimse_rules__what_is_no_rule__is_refused(void)
{
	static const char *const allowed[] = { ",", "SEVENTEENLETTERSX", "A\\B", "@10.1.2.3",
					       "\xC3\xA9" };
	static const char *const peers[] = { "CT01",	     "CT01=host",
					     "CT01=host:0",  "CT01=host:65536",
					     "CT01=:104",    "=host:104",
					     "CT01=host:1x", "CT01=host:-1" };
	static const char *const institutions[] = { "=", "CT01=", "SEVENTEENLETTERSX=1" };
	hr_arena *arena = hr_test_arena();
	hr_dimse_rules rules;
	hr_error err;

	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		CU_ASSERT_FALSE(hr_dimse_read_allowed("x", allowed[i], arena, &rules, &err));
	for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++)
		CU_ASSERT_FALSE(hr_dimse_read_peers("x", peers[i], arena, &rules, &err));
	for (size_t i = 0; i < sizeof(institutions) / sizeof(institutions[0]); i++)
		CU_ASSERT_FALSE(
			hr_dimse_read_institutions("x", institutions[i], arena, &rules, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_USAGE);
	HR_ASSERT_OK(hr_dimse_read_peers("x", "CT01=[::1]:65535,SIXTEENLETTERS16=h:1", arena,
					 &rules, &err),
		     err);
	hr_arena_close(arena);
}

static const hr_test tests[] = {
	HR_TEST(test_dimse_rules__allowed__with_and_without_address),
	HR_TEST(test_dimse_rules__none__let_anybody_in),
	HR_TEST(test_dimse_rules__institutions__one_is_for_all_others),
	HR_TEST(test_dimse_rules__what_is_no_rule__is_refused),
};
HR_TEST_MAIN("dimse_rules", tests)
