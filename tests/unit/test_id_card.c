#include "base/id_card.h"

#include "testing.h"

static void test_id_card__numbers_of_persons__are_valid(void)
{
	static const char *const good[] = {
		"11010519491231002X", "11010519000101001X", "110105209912310010",
		"110105200002290013", "11010519491231002x",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CU_ASSERT_TRUE(hr_is_id_card(hr_str_of(good[i])));
}

/* All pass the check of ISO 7064: one in eleven of any 18 digits does. */
static void test_id_card__no_place_or_no_day__is_another_number(void)
{
	static const char *const others[] = {
		"010105194912310026", "110105189912310015", "110105210001010015",
		"110105190002290017", "110105194904310011", "110105194913010010",
		"110105194900010011", "110105194901000018", "202400000000123459",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		CU_ASSERT_FALSE(hr_is_id_card(hr_str_of(others[i])));
}

static void test_id_card__damaged_number__is_refused(void)
{
	static const char *const damaged[] = {
		"",
		"11010519491231002",
		"110105194912310021",
		"11010519491231002X1",
		"11010519491231003X",
		"1101051949123100XX",
		"11010519491231 02X",
		"11010519491231002Y",
		"110105491231002",
	};

	for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++)
		CU_ASSERT_FALSE(hr_is_id_card(hr_str_of(damaged[i])));
}

static const hr_test tests[] = {
	HR_TEST(test_id_card__numbers_of_persons__are_valid),
	HR_TEST(test_id_card__no_place_or_no_day__is_another_number),
	HR_TEST(test_id_card__damaged_number__is_refused),
};
HR_TEST_MAIN("id_card", tests)
