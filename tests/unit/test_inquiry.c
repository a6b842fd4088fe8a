/* What is asked, from texts. */
#include "service/inquiry.h"

#include "testing.h"

#include <stdio.h>

static void check_refused(const char *name, const char *value, hr_error_code code,
			  const char *message)
{
	hr_arena *arena = hr_test_arena();
	hr_inquiry inquiry = hr_inquiry_init((hr_instant){ 0 }, arena);
	hr_error err;

	CU_ASSERT_FALSE(hr_inquiry_set(&inquiry, hr_str_of(name), hr_str_of(value), &err));
	CU_ASSERT_EQUAL(err.code, code);
	HR_ASSERT_TEXT(hr_str_of(err.message), message);
	CU_ASSERT_EQUAL(inquiry.question.order_count, 0);
	CU_ASSERT_PTR_NULL(inquiry.question.patient);
	hr_arena_close(arena);
}

static void test_init__nothing_set__asks_as_of_now_in_chinese(void)
{
	hr_inquiry inquiry = hr_inquiry_init((hr_instant){ 1740000000 }, NULL);

	CU_ASSERT_EQUAL(inquiry.question.at.second, 1740000000);
	CU_ASSERT_EQUAL(inquiry.question.receiver.len, 0);
	CU_ASSERT_EQUAL(inquiry.style.lang, HR_LANG_ZH);
	CU_ASSERT_FALSE(inquiry.style.explain);
}

static void test_set__fields_of_every_kind__are_taken(void)
{
	hr_arena *arena = hr_test_arena();
	hr_inquiry q = hr_inquiry_init((hr_instant){ 0 }, arena);
	hr_error err;

	HR_ASSERT_OK(hr_inquiry_set(&q, HR_STR("receiver"), HR_STR("x-1"), &err), err);
	HR_ASSERT_OK(hr_inquiry_set(&q, HR_STR("lang"), HR_STR("en"), &err), err);
	HR_ASSERT_OK(hr_inquiry_set(&q, HR_STR("explain"), HR_STR("yes"), &err), err);
	HR_ASSERT_OK(hr_inquiry_set(&q, HR_STR("order"), HR_STR(" TSH "), &err), err);
	HR_ASSERT_OK(hr_inquiry_set(&q, HR_STR("patient"),
				    HR_STR("{\"resourceType\":\"Patient\","
					   "\"birthDate\":\"1956-03-15\"}"),
				    &err),
		     err);
	HR_ASSERT_TEXT(q.question.receiver, "x-1");
	CU_ASSERT_EQUAL(q.style.lang, HR_LANG_EN);
	CU_ASSERT_TRUE(q.style.explain);
	CU_ASSERT_EQUAL_FATAL(q.question.order_count, 1);
	HR_ASSERT_TEXT(q.question.orders[0], "TSH");
	CU_ASSERT_PTR_NOT_NULL_FATAL(q.question.patient);
	HR_ASSERT_TEXT(q.question.patient->birth.text, "1956-03-15");
	hr_arena_close(arena);
}

static void test_set__wrong_values__are_told_what_is_wanted(void)
{
	check_refused("lang", "fr", HR_E_USAGE, "'lang' wants zh or en");
	check_refused("lang", "", HR_E_USAGE, "'lang' wants zh or en");
	check_refused("explain", "1", HR_E_USAGE, "'explain' wants yes or no");
	check_refused("order", " ", HR_E_USAGE, "'order' wants an item");
	check_refused("setting", "x", HR_E_USAGE,
		      "'setting' wants outpatient, inpatient, emergency, online or any");
	check_refused("colour", "x", HR_E_USAGE, "a question has no field 'colour'");
	check_refused("patient", "{}", HR_E_UNSUPPORTED,
		      "the patient is not a FHIR Patient in JSON");
}

static void test_set__orders__are_kept_in_order_up_to_the_limit(void)
{
	hr_arena *arena = hr_test_arena();
	hr_inquiry q = hr_inquiry_init((hr_instant){ 0 }, arena);
	hr_error err;

	for (int i = 0; i < HR_ORDERS_MAX; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%d", i);
		HR_ASSERT_OK(hr_inquiry_set(&q, HR_STR("order"),
					    hr_str_copy(arena, hr_str_of(text)), &err),
			     err);
	}
	CU_ASSERT_EQUAL_FATAL(q.question.order_count, HR_ORDERS_MAX);
	HR_ASSERT_TEXT(q.question.orders[0], "0");
	HR_ASSERT_TEXT(q.question.orders[8], "8");
	HR_ASSERT_TEXT(q.question.orders[HR_ORDERS_MAX - 1], "999");
	CU_ASSERT_FALSE(hr_inquiry_set(&q, HR_STR("order"), HR_STR("x"), &err));
	CU_ASSERT_EQUAL(err.code, HR_E_LIMIT);
	CU_ASSERT_EQUAL(q.question.order_count, HR_ORDERS_MAX);
	hr_arena_close(arena);
}

static void test_set__patient_over_the_limit__is_refused(void)
{
	hr_arena *arena = hr_test_arena();
	hr_inquiry q = hr_inquiry_init((hr_instant){ 0 }, arena);
	char *bytes = hr_arena_alloc(arena, HR_PATIENT_BYTES_MAX + 1);
	hr_error err;

	CU_ASSERT_FALSE(hr_inquiry_set(&q, HR_STR("patient"),
				       (hr_str){ bytes, HR_PATIENT_BYTES_MAX + 1 }, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_LIMIT);
	CU_ASSERT_FALSE(hr_inquiry_set(&q, HR_STR("patient"),
				       (hr_str){ bytes, HR_PATIENT_BYTES_MAX }, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_SYNTAX);
	hr_arena_close(arena);
}

static const hr_test tests[] = {
	HR_TEST(test_init__nothing_set__asks_as_of_now_in_chinese),
	HR_TEST(test_set__fields_of_every_kind__are_taken),
	HR_TEST(test_set__wrong_values__are_told_what_is_wanted),
	HR_TEST(test_set__orders__are_kept_in_order_up_to_the_limit),
	HR_TEST(test_set__patient_over_the_limit__is_refused),
};
HR_TEST_MAIN("inquiry", tests)
