/* CDA: the items of WS/T 500 in their layouts, and the traps T1 to T8. */
#include "cda_fixture.h"

#define SECTION "/ClinicalDocument/component/structuredBody/component"

/* --- the items --- */

static void test_cda_items__thyroid_report__items_are_read(void)
{
	struct cda_fixture f = cda_read_whole("thyroid.xml");
	const hr_result *tsh = cda_result(&f, "TSH");

	CU_ASSERT_EQUAL(f.report->result_count, 5);
	CU_ASSERT_EQUAL(tsh->kind, HR_KIND_LAB);
	CU_ASSERT_EQUAL_FATAL(tsh->code_count, 1);
	HR_ASSERT_TEXT(tsh->codes[0].system, "");
	HR_ASSERT_TEXT(tsh->codes[0].code, "TSH");
	HR_ASSERT_TEXT(tsh->value.text, "3.21");
	HR_ASSERT_TEXT(tsh->unit.text, "mIU/L");
	CU_ASSERT_EQUAL_FATAL(tsh->specimen_count, 1);
	HR_ASSERT_TEXT(tsh->specimens[0].display, "血清");
	HR_ASSERT_TEXT(tsh->range.text, "");
	HR_ASSERT_TEXT(cda_result(&f, "T4")->value.text, "105");
	cda_close(&f);
}

static void test_cda_items__thyroid_report__each_value_knows_its_place(void)
{
	struct cda_fixture f = cda_read_whole("thyroid.xml");
	const hr_result *t4 = &f.report->results[4];

	HR_ASSERT_TEXT(cda_place(&f, t4->value.place), SECTION
		       "[1]/section/entry[5]/organizer/component[2]/observation/value/@value");
	HR_ASSERT_TEXT(cda_place(&f, t4->name.place),
		       SECTION "[1]/section/entry[5]/organizer/component[1]/observation/value");
	CU_ASSERT_TRUE(hr_place_line(t4->value.place) > hr_place_line(t4->name.place));
	cda_close(&f);
}

static void test_cda_items__thyroid_report__times_of_an_item_are_its_own(void)
{
	struct cda_fixture f = cda_read_whole("thyroid.xml");
	const hr_time *times = cda_result(&f, "FT4")->times;

	HR_ASSERT_TEXT(times[HR_EVENT_COLLECTED].text, "20250218081200");
	CU_ASSERT_EQUAL(times[HR_EVENT_COLLECTED].span.precision, HR_PRECISION_SECOND);
	HR_ASSERT_TEXT(times[HR_EVENT_RECEIVED].text, "20250218084000");
	HR_ASSERT_TEXT(times[HR_EVENT_TESTED].text, "20250218");
	CU_ASSERT_EQUAL(times[HR_EVENT_TESTED].span.precision, HR_PRECISION_DAY);
	CU_ASSERT_EQUAL(times[HR_EVENT_REPORTED].text.len, 0);
	cda_close(&f);
}

static void check_potassium(const char *file, const char *method, const char *deviation)
{
	struct cda_fixture f = cda_read_whole(file);
	const hr_result *k = cda_result(&f, "钾");

	HR_ASSERT_TEXT(k->value.text, "4.1");
	HR_ASSERT_TEXT(k->unit.text, "mmol/L");
	HR_ASSERT_TEXT(k->method.text, method);
	HR_ASSERT_TEXT(k->specimens[0].display, "血清");
	HR_ASSERT_TEXT(k->times[HR_EVENT_COLLECTED].text, "20250218081200");
	CU_ASSERT_EQUAL(f.report->deviation_count, deviation ? 1 : 0);
	if (deviation)
		CU_ASSERT_TRUE(cda_deviation(&f, deviation).len > 0);
	cda_close(&f);
}

static void test_cda_items__layouts_and_encodings__give_the_same_item(void)
{
	check_potassium("layout_a.xml", "化学发光法", NULL);
	check_potassium("layout_b.xml", "离子选择电极法", NULL);
	check_potassium("layout_c.xml", "", "layout-c");
	check_potassium("gbk.xml", "", NULL);
	check_potassium("prolog_lied.xml", "", "prolog-lied");
	check_potassium("no_namespace.xml", "", "no-namespace");
	check_potassium("flat_items.xml", "离子选择电极法", NULL);
}

static void test_cda_items__a_method_ahead_of_the_items__holds_for_all_of_them(void)
{
	struct cda_fixture f = cda_read_whole("layout_a.xml");

	HR_ASSERT_TEXT(cda_result(&f, "抗核抗体")->method.text, "化学发光法");
	HR_ASSERT_TEXT(cda_result(&f, "抗核抗体")->value.text, "1:80");
	HR_ASSERT_TEXT(cda_result(&f, "钾")->flag.text, "1");
	cda_close(&f);
}

static void test_cda_items__items_side_by_side__keep_apart(void)
{
	struct cda_fixture f = cda_read_whole("flat_items.xml");
	const hr_result *na = cda_result(&f, "钠");

	CU_ASSERT_EQUAL(f.report->result_count, 3);
	HR_ASSERT_TEXT(na->value.text, "140");
	HR_ASSERT_TEXT(na->method.text, "离子选择电极法");
	HR_ASSERT_TEXT(na->flag.text, "");
	CU_ASSERT_EQUAL(na->specimen_count, 0);
	HR_ASSERT_TEXT(cda_result(&f, "葡萄糖")->method.text, "酶法");
	cda_close(&f);
}

static void test_cda_items__the_result_ahead_of_its_item__is_still_its_result(void)
{
	struct cda_fixture f = cda_read_short("(015=4.1 019=钾) 015=140 019=钠 015=103 019=氯");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f.report);
	CU_ASSERT_EQUAL(f.report->result_count, 3);
	HR_ASSERT_TEXT(cda_result(&f, "钾")->value.text, "4.1");
	HR_ASSERT_TEXT(cda_result(&f, "钠")->value.text, "140");
	HR_ASSERT_TEXT(cda_result(&f, "氯")->value.text, "103");
	cda_close(&f);
}

static void test_cda_items__a_method_inside_an_organizer__is_not_the_next_items(void)
{
	struct cda_fixture f =
		cda_read_short("027=甲法 (019=钾 015=4.1 027=乙法) (019=钠 015=140)");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f.report);
	CU_ASSERT_EQUAL(f.report->result_count, 2);
	HR_ASSERT_TEXT(cda_result(&f, "钾")->method.text, "乙法");
	HR_ASSERT_TEXT(cda_result(&f, "钠")->method.text, "甲法");
	cda_close(&f);
}

static void test_cda_items__a_specimen_beside_the_items__is_not_the_item_befores(void)
{
	struct cda_fixture f = cda_read_short("134=血清 019=钾 015=4.1 134=尿 019=钠 015=140");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f.report);
	CU_ASSERT_EQUAL_FATAL(cda_result(&f, "钾")->specimen_count, 1);
	HR_ASSERT_TEXT(cda_result(&f, "钾")->specimens[0].display, "血清");
	CU_ASSERT_EQUAL_FATAL(cda_result(&f, "钠")->specimen_count, 1);
	HR_ASSERT_TEXT(cda_result(&f, "钠")->specimens[0].display, "尿");
	cda_close(&f);
}

static void test_cda_items__times_as_elements_of_their_own__are_read(void)
{
	struct cda_fixture f =
		cda_read_short("019=钾 137=202502180812 141=20250218 140=2025-02-18");

	HR_ASSERT_TEXT(cda_result(&f, "钾")->times[HR_EVENT_COLLECTED].text, "202502180812");
	HR_ASSERT_TEXT(cda_result(&f, "钾")->times[HR_EVENT_RECEIVED].text, "20250218");
	HR_ASSERT_TEXT(cda_result(&f, "钾")->times[HR_EVENT_TESTED].text, "2025-02-18");
	cda_close(&f);
}

static void test_cda_items__loinc_beside_and_in_place_of_the_element__is_read(void)
{
	struct cda_fixture f = cda_read_whole("loinc_item.xml");
	const hr_result *k = cda_result(&f, "血清钾");
	const hr_result *na = cda_result(&f, "钠");

	CU_ASSERT_EQUAL_FATAL(k->code_count, 2);
	HR_ASSERT_TEXT(k->codes[0].code, "K01");
	HR_ASSERT_TEXT(k->codes[0].display, "钾");
	HR_ASSERT_TEXT(k->codes[1].code, "2823-3");
	CU_ASSERT_TRUE(hr_str_equal(k->codes[1].system, HR_LOINC_SYSTEM_OID));
	CU_ASSERT_EQUAL_FATAL(na->code_count, 1);
	HR_ASSERT_TEXT(na->codes[0].code, "2951-2");
	HR_ASSERT_TEXT(na->unit.text, "mmol/L");
	CU_ASSERT_EQUAL(na->kind, HR_KIND_LAB);
	CU_ASSERT_EQUAL(na->specimen_count, 1);
	HR_ASSERT_TEXT(na->times[HR_EVENT_COLLECTED].text, "20250218081200");
	HR_ASSERT_TEXT(na->times[HR_EVENT_TESTED].text, "20250217");
	CU_ASSERT_EQUAL(cda_result(&f, "氯")->specimen_count, 0);
	CU_ASSERT_EQUAL(f.report->result_count, 3);
	cda_close(&f);
}

/* --- the traps --- */

static void test_cda_items__specimen_coded_as_an_item__is_a_specimen(void)
{
	struct cda_fixture f = cda_read_whole("trap_t1.xml");

	CU_ASSERT_EQUAL(f.report->result_count, 3);
	HR_ASSERT_TEXT(cda_result(&f, "钾")->specimens[0].display, "血清");
	HR_ASSERT_TEXT(cda_result(&f, "钾")->times[HR_EVENT_COLLECTED].text, "20250218081200");
	HR_ASSERT_TEXT(cda_result(&f, "钠")->specimens[0].display, "血浆");
	HR_ASSERT_TEXT(cda_deviation(&f, "specimen-coded-as-item"),
		       SECTION "/section/entry[1]/organizer/component[1]/observation/"
			       "entryRelationship/observation/code/@code");
	cda_close(&f);
}

static void test_cda_items__specimen_name_where_nothing_else_is__is_the_item(void)
{
	struct cda_fixture f = cda_read_whole("trap_t1.xml");
	const hr_result *cl = cda_result(&f, "氯");

	HR_ASSERT_TEXT(cl->value.text, "103");
	CU_ASSERT_EQUAL(cl->code_count, 1);
	CU_ASSERT_EQUAL(cl->specimen_count, 0);
	cda_close(&f);
}

static void test_cda_items__findings_twice__display_name_decides(void)
{
	struct cda_fixture f = cda_read_whole("trap_t2.xml");

	HR_ASSERT_TEXT(f.report->findings.text, "双肺纹理清晰。");
	HR_ASSERT_TEXT(f.report->conclusion.text, "未见异常。");
	CU_ASSERT_TRUE(cda_deviation(&f, "conclusion-coded-as-findings").len > 0);
	cda_close(&f);
}

static void test_cda_items__findings_twice_without_names__the_second_is_not_guessed(void)
{
	struct cda_fixture f = cda_read_short("019=钾 131=甲 131=乙");

	HR_ASSERT_TEXT(f.report->findings.text, "甲");
	HR_ASSERT_TEXT(f.report->conclusion.text, "");
	CU_ASSERT_TRUE(cda_deviation(&f, "findings-twice").len > 0);
	cda_close(&f);
}

static void test_cda_items__element_codes_with_underscores__are_read(void)
{
	struct cda_fixture f = cda_read_whole("trap_t3.xml");

	HR_ASSERT_TEXT(cda_result(&f, "钾")->value.text, "4.1");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f.report->performer);
	HR_ASSERT_TEXT(f.report->performer->name.text, "示范医学检验中心");
	CU_ASSERT_TRUE(cda_deviation(&f, "element-code-variant").len > 0);
	cda_close(&f);
}

static void test_cda_items__values_that_say_nothing__are_absent(void)
{
	struct cda_fixture f = cda_read_whole("trap_t4.xml");
	const hr_result *k = cda_result(&f, "钾");

	CU_ASSERT_EQUAL(f.report->set_id.text.len, 0);
	CU_ASSERT_EQUAL(f.report->version.text.len, 0);
	CU_ASSERT_EQUAL(f.report->replace_count, 0);
	CU_ASSERT_EQUAL(f.report->status, HR_STATUS_FINAL);
	CU_ASSERT_EQUAL(k->unit.text.len, 0);
	CU_ASSERT_EQUAL(k->specimen_count, 0);
	for (int i = 0; i < HR_EVENT_KINDS; i++)
		CU_ASSERT_EQUAL(k->times[i].text.len, 0);
	CU_ASSERT_TRUE(cda_deviation(&f, "placeholder").len > 0);
	cda_close(&f);
}

static void test_cda_items__na_with_a_value__is_sodium_and_without_is_nothing(void)
{
	struct cda_fixture f = cda_read_whole("trap_t4.xml");

	CU_ASSERT_EQUAL(f.report->result_count, 2);
	HR_ASSERT_TEXT(cda_result(&f, "NA")->value.text, "140");
	cda_close(&f);
}

static void test_cda_items__results_that_are_no_numbers__stay_as_written(void)
{
	struct cda_fixture f = cda_read_whole("trap_t5.xml");

	HR_ASSERT_TEXT(cda_result(&f, "肌钙蛋白I")->value.text, "<0.01");
	HR_ASSERT_TEXT(cda_result(&f, "HBsAg")->value.text, ">1000");
	HR_ASSERT_TEXT(cda_result(&f, "隐血")->value.text, "阴性(-)");
	HR_ASSERT_TEXT(cda_result(&f, "全角")->value.text, "１２．５％");
	HR_ASSERT_TEXT(cda_result(&f, "空")->value.text, "");
	HR_ASSERT_TEXT(cda_result(&f, "实数")->value.text, "4.10");
	cda_close(&f);
}

static void test_cda_items__every_form_of_a_time__is_the_same_instant(void)
{
	struct cda_fixture f = cda_read_whole("trap_t7.xml");
	hr_instant first = cda_result(&f, "秒")->times[HR_EVENT_COLLECTED].span.from;

	for (uint32_t i = 1; i < 7; i++)
		CU_ASSERT_EQUAL(f.report->results[i].times[HR_EVENT_COLLECTED].span.from.second,
				first.second);
	CU_ASSERT_EQUAL(cda_result(&f, "日")->times[HR_EVENT_COLLECTED].span.precision,
			HR_PRECISION_DAY);
	CU_ASSERT_EQUAL(cda_result(&f, "分")->times[HR_EVENT_COLLECTED].span.precision,
			HR_PRECISION_MINUTE);
	cda_close(&f);
}

static void test_cda_items__a_time_that_cannot_be_read__keeps_its_text(void)
{
	struct cda_fixture f = cda_read_whole("trap_t7.xml");
	const hr_result *bad = cda_result(&f, "坏");

	HR_ASSERT_TEXT(bad->times[HR_EVENT_COLLECTED].text, "2025年2月18日");
	CU_ASSERT_EQUAL(bad->times[HR_EVENT_COLLECTED].span.precision, HR_PRECISION_NONE);
	CU_ASSERT_TRUE(cda_deviation(&f, "time-unreadable").len > 0);
	CU_ASSERT_PTR_EQUAL(hr_result_time(f.report, bad, HR_EVENT_COLLECTED),
			    &bad->times[HR_EVENT_COLLECTED]);
	cda_close(&f);
}

static void test_cda_items__a_result_without_an_item__is_kept_and_told(void)
{
	struct cda_fixture f = cda_read_short("015=4.1");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f.report);
	CU_ASSERT_EQUAL(f.report->result_count, 1);
	CU_ASSERT_TRUE(cda_deviation(&f, "result-without-item").len > 0);
	cda_close(&f);
}

/* --- examinations --- */

static void test_cda_items__examination__findings_are_its_value(void)
{
	struct cda_fixture f = cda_read_whole("exam.xml");
	const hr_result *ct = cda_result(&f, "胸部CT平扫");

	CU_ASSERT_EQUAL(f.report->kind, HR_KIND_EXAM);
	CU_ASSERT_EQUAL(ct->kind, HR_KIND_EXAM);
	HR_ASSERT_TEXT(ct->modality.text, "CT");
	HR_ASSERT_TEXT(ct->method.text, "平扫");
	HR_ASSERT_TEXT(ct->body_part.text, "胸部");
	HR_ASSERT_TEXT(ct->value.text, "右肺上叶见结节，直径约4 mm。");
	HR_ASSERT_TEXT(f.report->conclusion.text, "肺结节，建议随访。");
	HR_ASSERT_TEXT(ct->times[HR_EVENT_TESTED].text, "20250217");
	HR_ASSERT_TEXT(ct->times[HR_EVENT_COLLECTED].text, "20250217");
	CU_ASSERT_PTR_NULL(f.report->performer);
	cda_close(&f);
}

static void test_cda_items__examination_without_an_item__is_named_by_its_category(void)
{
	struct cda_fixture f = cda_read_whole("exam_category.xml");
	const hr_result *us = cda_result(&f, "腹部超声");

	CU_ASSERT_EQUAL(f.report->result_count, 1);
	CU_ASSERT_EQUAL(us->code_count, 0);
	HR_ASSERT_TEXT(us->value.text, "肝脏形态正常。");
	cda_close(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_cda_items__thyroid_report__items_are_read),
	HR_TEST(test_cda_items__thyroid_report__each_value_knows_its_place),
	HR_TEST(test_cda_items__thyroid_report__times_of_an_item_are_its_own),
	HR_TEST(test_cda_items__layouts_and_encodings__give_the_same_item),
	HR_TEST(test_cda_items__a_method_ahead_of_the_items__holds_for_all_of_them),
	HR_TEST(test_cda_items__items_side_by_side__keep_apart),
	HR_TEST(test_cda_items__the_result_ahead_of_its_item__is_still_its_result),
	HR_TEST(test_cda_items__a_method_inside_an_organizer__is_not_the_next_items),
	HR_TEST(test_cda_items__a_specimen_beside_the_items__is_not_the_item_befores),
	HR_TEST(test_cda_items__times_as_elements_of_their_own__are_read),
	HR_TEST(test_cda_items__loinc_beside_and_in_place_of_the_element__is_read),
	HR_TEST(test_cda_items__specimen_coded_as_an_item__is_a_specimen),
	HR_TEST(test_cda_items__specimen_name_where_nothing_else_is__is_the_item),
	HR_TEST(test_cda_items__findings_twice__display_name_decides),
	HR_TEST(test_cda_items__findings_twice_without_names__the_second_is_not_guessed),
	HR_TEST(test_cda_items__element_codes_with_underscores__are_read),
	HR_TEST(test_cda_items__values_that_say_nothing__are_absent),
	HR_TEST(test_cda_items__na_with_a_value__is_sodium_and_without_is_nothing),
	HR_TEST(test_cda_items__results_that_are_no_numbers__stay_as_written),
	HR_TEST(test_cda_items__every_form_of_a_time__is_the_same_instant),
	HR_TEST(test_cda_items__a_time_that_cannot_be_read__keeps_its_text),
	HR_TEST(test_cda_items__a_result_without_an_item__is_kept_and_told),
	HR_TEST(test_cda_items__examination__findings_are_its_value),
	HR_TEST(test_cda_items__examination_without_an_item__is_named_by_its_category),
};
HR_TEST_MAIN("cda_items", tests)
