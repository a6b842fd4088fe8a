#include "dicom/film_work.h"

#include "testing.h"

static void test_film_work__a_number_that_is_none__is_refused(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_error err = { 0 };
	hr_str answer;

	CU_ASSERT_FALSE(hr_film_work(HR_WORK_COUNT, HR_STR(""), HR_STR_NONE, arena, &answer, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_UNSUPPORTED);
}

static const hr_test tests[] = {
	HR_TEST(test_film_work__a_number_that_is_none__is_refused),
};
HR_TEST_MAIN("film_work", tests)
