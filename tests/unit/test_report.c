#include "recognition/report.h"

#include "testing.h"

#include <stdlib.h>

static hr_str format(hr_arena *arena, hr_place place)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 4096);
	hr_place_format(place, &buf);
	return hr_buf_str(&buf);
}

static void test_place__none_and_asked__are_nothing_and_the_flag(void)
{
	hr_arena *arena = hr_test_arena();
	hr_place asked = { HR_PLACE_ASKED, NULL, HR_STR("--receiver") };

	HR_ASSERT_TEXT(format(arena, (hr_place){ 0 }), "");
	HR_ASSERT_TEXT(format(arena, asked), "--receiver");
	CU_ASSERT_EQUAL(hr_place_line((hr_place){ 0 }), 0);
	CU_ASSERT_EQUAL(hr_place_line(asked), 0);
	hr_arena_close(arena);
}

static void test_place__xml__is_an_xpath_with_a_line(void)
{
	hr_arena *arena = hr_test_arena();
	HR_AUTO(hr_xml_parser) parser = hr_xml_parser_open();
	hr_place place = { HR_PLACE_XML, NULL, HR_STR("code") };
	hr_xml_document document;
	hr_error err;

	if (!parser ||
	    !hr_xml_read(parser, HR_STR("<ClinicalDocument>\n\n<code/></ClinicalDocument>"), arena,
			 &document, &err))
		abort();
	place.node = document.root->first;
	HR_ASSERT_TEXT(format(arena, place), "/ClinicalDocument/code/@code");
	CU_ASSERT_EQUAL(hr_place_line(place), 3);
	hr_arena_close(arena);
}

static void check_json(const char *json, const char *way, const char *want)
{
	hr_arena *arena = hr_test_arena();
	hr_json_parser *parser = hr_json_parser_open();
	hr_error err = { 0 };
	const hr_json *root;

	if (!parser || !hr_json_read(parser, hr_str_of(json), arena, &root, &err))
		abort();
	HR_ASSERT_TEXT(format(arena, (hr_place){ HR_PLACE_JSON, hr_json_path(root, hr_str_of(way)),
						 HR_STR_NONE }),
		       want);
	hr_json_parser_close(parser);
	hr_arena_close(arena);
}

static void test_place__json__is_a_fhirpath_from_the_resource__else_a_jsonpath(void)
{
	check_json("{\"resourceType\":\"Bundle\",\"entry\":[{\"fullUrl\":\"x\"}]}", "entry.fullUrl",
		   "Bundle.entry[0].fullUrl");
	check_json("{\"reports\":[{\"id\":\"x\"}]}", "reports.id", "$.reports[0].id");
}

static void test_result_time__own__comes_before_the_reports(void)
{
	hr_report report = { 0 };
	hr_result result = { 0 };

	report.times[HR_EVENT_TESTED].text = HR_STR("20250101");
	CU_ASSERT_PTR_EQUAL(hr_result_time(&report, &result, HR_EVENT_TESTED),
			    &report.times[HR_EVENT_TESTED]);
	result.times[HR_EVENT_TESTED].text = HR_STR("20250218");
	CU_ASSERT_PTR_EQUAL(hr_result_time(&report, &result, HR_EVENT_TESTED),
			    &result.times[HR_EVENT_TESTED]);
	CU_ASSERT_PTR_EQUAL(hr_result_time(&report, &result, HR_EVENT_REPORTED),
			    &report.times[HR_EVENT_REPORTED]);
}

static void test_result_performer__the_nearest__is_taken(void)
{
	hr_report report = { 0 };
	hr_result result = { 0 };
	hr_party laboratory = { 0 };
	hr_party bench = { 0 };

	CU_ASSERT_PTR_EQUAL(hr_result_performer(&report, &result), &report.issuer);
	report.performer = &laboratory;
	CU_ASSERT_PTR_EQUAL(hr_result_performer(&report, &result), &laboratory);
	result.performer = &bench;
	CU_ASSERT_PTR_EQUAL(hr_result_performer(&report, &result), &bench);
}

static const hr_test tests[] = {
	HR_TEST(test_place__none_and_asked__are_nothing_and_the_flag),
	HR_TEST(test_place__xml__is_an_xpath_with_a_line),
	HR_TEST(test_place__json__is_a_fhirpath_from_the_resource__else_a_jsonpath),
	HR_TEST(test_result_time__own__comes_before_the_reports),
	HR_TEST(test_result_performer__the_nearest__is_taken),
};
HR_TEST_MAIN("report", tests)
