#include "dicom/facts.h"
#include "dicom/film_work.h"

#include "film_object.h"
#include "testing.h"

static void test_film_work__facts__are_read_back(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = film_begin(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);
	hr_film_facts facts = { 0 };
	hr_error err = { 0 };
	hr_str answer = HR_STR_NONE;

	film_add_identity(&d);
	HR_ASSERT_OK(hr_film_work(HR_WORK_FACTS, dcm_file(&d), HR_STR_NONE, arena, &answer, &err),
		     err);
	HR_ASSERT_OK(hr_facts_read(answer, arena, &facts, &err), err);
	HR_ASSERT_TEXT(facts.instance_uid, "1.2.3.4");
}

static void test_film_work__bulk__is_the_value(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = film_begin(arena, DCM_BIG, HR_DICOM_EXPLICIT_BE);
	hr_error err = { 0 };
	hr_str answer = HR_STR_NONE;

	film_add_identity(&d);
	film_add_image(&d);
	HR_ASSERT_OK(
		hr_film_work(HR_WORK_BULK, dcm_file(&d), HR_STR("7FE00010"), arena, &answer, &err),
		err);
	HR_ASSERT_TEXT(answer, "\2\1\4\3\6\5\x08\7");
}

static void test_film_work__data_set__begins_behind_the_header(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = film_begin(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);
	hr_error err = { 0 };
	hr_str answer = HR_STR_NONE;
	uint64_t at = 0;

	film_add_identity(&d);
	HR_ASSERT_OK(
		hr_film_work(HR_WORK_DATA_SET, dcm_file(&d), HR_STR_NONE, arena, &answer, &err),
		err);
	CU_ASSERT_EQUAL_FATAL(answer.len, sizeof(at));
	memcpy(&at, answer.data, sizeof(at));
	/* (0008,0016) is the first element of them all. */
	CU_ASSERT(hr_str_starts_with(hr_str_slice(dcm_file(&d), at, dcm_file(&d).len),
				     ((hr_str){ "\x08\0", 2 })));
	CU_ASSERT(memcmp(dcm_file(&d).data + at - 2, "\x08\0", 2) != 0);
}

static void test_film_work__a_number_that_is_none__is_refused(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_error err = { 0 };
	hr_str answer;

	CU_ASSERT_FALSE(hr_film_work(HR_WORK_COUNT, HR_STR(""), HR_STR_NONE, arena, &answer, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_UNSUPPORTED);
}

static const hr_test tests[] = {
	HR_TEST(test_film_work__facts__are_read_back),
	HR_TEST(test_film_work__bulk__is_the_value),
	HR_TEST(test_film_work__data_set__begins_behind_the_header),
	HR_TEST(test_film_work__a_number_that_is_none__is_refused),
};
HR_TEST_MAIN("film_work", tests)
