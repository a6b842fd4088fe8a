#include "recognition/reader.h"

#include "testing.h"

#include <stdio.h>
#include <stdlib.h>

struct fixture {
	hr_arena *arena;
	hr_json_parser *parser;
	hr_reports reports;
	hr_error err;
	bool ok;
};

static struct fixture read_bytes(hr_str bytes)
{
	struct fixture f = { .arena = hr_test_arena(), .parser = hr_json_parser_open() };
	const hr_json *root;

	f.ok = hr_json_read(f.parser, bytes, f.arena, &root, &f.err) &&
	       hr_neutral_read(root, f.arena, &f.reports, &f.err);
	return f;
}

static struct fixture read_file(const char *path)
{
	hr_arena *arena = hr_test_arena();
	struct fixture f = read_bytes(hr_test_read(arena, path));

	HR_ASSERT_OK(f.ok, f.err);
	if (!f.ok)
		abort();
	hr_arena_close(arena);
	return f;
}

static void close_fixture(struct fixture *f)
{
	hr_json_parser_close(f->parser);
	hr_arena_close(f->arena);
}

/* One report of these members. */
static struct fixture read_report(const char *members)
{
	char text[4096];

	snprintf(text, sizeof(text), "{\"schema\":\"urn:huren:report:1\",\"reports\":[{%s}]}",
		 members);
	return read_bytes(hr_str_of(text));
}

static void check_refused(struct fixture f, hr_error_code code, const char *message)
{
	CU_ASSERT_FALSE(f.ok);
	CU_ASSERT_EQUAL(f.reports.count, 0);
	if (!f.ok) {
		CU_ASSERT_EQUAL(f.err.code, code);
		HR_ASSERT_TEXT(hr_str_of(f.err.message), message);
	}
	close_fixture(&f);
}

static void check_malformed(const char *members, const char *message)
{
	check_refused(read_report(members), HR_E_SYNTAX, message);
}

static void check_field(const hr_field *field, const char *text, const char *path)
{
	hr_arena *arena = hr_test_arena();
	hr_buf buf;

	hr_buf_init(&buf, arena, 256);
	HR_ASSERT_TEXT(field->text, text);
	hr_place_format(field->place, &buf);
	HR_ASSERT_TEXT(hr_buf_str(&buf), path);
	hr_arena_close(arena);
}

static void check_code(const hr_code *code, const char *system, const char *value)
{
	HR_ASSERT_TEXT(code->system, system);
	HR_ASSERT_TEXT(code->code, value);
	CU_ASSERT_EQUAL(code->place.kind, HR_PLACE_JSON);
}

static void check_time(const hr_time *time, const char *from, hr_precision precision)
{
	char buf[HR_INSTANT_TEXT];

	CU_ASSERT_EQUAL(time->span.precision, precision);
	HR_ASSERT_TEXT(hr_instant_format(time->span.from, buf), from);
}

static void check_party(const hr_party *party, const char *name, const char *id, const char *campus)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(party);
	HR_ASSERT_TEXT(party->name.text, name);
	CU_ASSERT_EQUAL_FATAL(party->id_count, 1);
	HR_ASSERT_TEXT(party->ids[0].code, id);
	HR_ASSERT_TEXT(party->campus.text, campus);
}

/* --- what it holds --- */

#define EVERY "tests/data/neutral/every_member.json"

static void test_neutral__every_member_of_a_report__is_read(void)
{
	struct fixture f = read_file(EVERY);
	const hr_report *r = &f.reports.reports[0];

	CU_ASSERT_EQUAL(r->format, HR_FORMAT_NEUTRAL);
	CU_ASSERT_EQUAL(r->kind, HR_KIND_LAB);
	check_field(&r->title, "生化", "$.reports[0].title");
	check_code(&r->id, "2.16.156.10011.1.1", "SYN-D-0002");
	check_code(&r->report_no, "2.16.156.10011.1.33", "SYN-R-0002");
	CU_ASSERT_EQUAL_FATAL(r->image_number_count, 1);
	check_code(r->image_numbers, "", "SYN-A-0002");
	check_field(&r->set_id, "SYN-S-0002", "$.reports[0].setId");
	check_field(&r->version, "2", "$.reports[0].version");
	CU_ASSERT_EQUAL_FATAL(r->replace_count, 1);
	check_code(r->replaces, "2.16.156.10011.1.1", "SYN-D-0001");
	CU_ASSERT_EQUAL(r->status, HR_STATUS_CORRECTED);
	check_field(&r->status_text, "corrected", "$.reports[0].status");
	check_party(&r->issuer, "滨海示范医院", "12120000400000002B", "东院");
	check_party(r->performer, "河北区示范医院", "121200004000000119", "西院");
	check_field(&r->findings, "所见", "$.reports[0].findings");
	check_field(&r->conclusion, "结论", "$.reports[0].conclusion");
	CU_ASSERT_EQUAL(r->deviation_count, 0);
	close_fixture(&f);
}

static void test_neutral__patient_times_and_marks__are_read(void)
{
	struct fixture f = read_file(EVERY);
	const hr_report *r = &f.reports.reports[0];

	CU_ASSERT_EQUAL_FATAL(r->patient.id_count, 1);
	check_code(r->patient.ids, "2.16.156.10011.1.3", "120116195603150021");
	check_field(&r->patient.name, "示范患者", "$.reports[0].patient.name");
	check_field(&r->patient.birth, "19560315", "$.reports[0].patient.birthDate");
	check_field(&r->patient.sex, "2", "$.reports[0].patient.sex");
	check_time(&r->times[HR_EVENT_COLLECTED], "2024-03-01T08:00:00+08:00", HR_PRECISION_SECOND);
	check_time(&r->times[HR_EVENT_RECEIVED], "2024-03-01T08:30:00+08:00", HR_PRECISION_SECOND);
	check_time(&r->times[HR_EVENT_TESTED], "2024-03-01T00:00:00+08:00", HR_PRECISION_DAY);
	check_time(&r->times[HR_EVENT_REPORTED], "2024-03-01T15:00:00+08:00", HR_PRECISION_SECOND);
	CU_ASSERT_TRUE(r->carries_marks);
	CU_ASSERT_EQUAL_FATAL(r->mark_count, 1);
	check_field(r->marks, "京津冀HR", "$.reports[0].marks[0]");
	close_fixture(&f);
}

static void test_neutral__every_member_of_a_result__is_read(void)
{
	struct fixture f = read_file(EVERY);
	const hr_result *x = f.reports.reports[0].results;

	CU_ASSERT_EQUAL(f.reports.reports[0].result_count, 1);
	CU_ASSERT_EQUAL_FATAL(x->code_count, 1);
	check_code(x->codes, "http://loinc.org", "2823-3");
	HR_ASSERT_TEXT(x->codes[0].display, "钾");
	check_field(&x->name, "★钾", "$.reports[0].results[0].name");
	check_field(&x->value, "4.10", "$.reports[0].results[0].value");
	check_field(&x->unit, "mmol/L", "$.reports[0].results[0].unit");
	check_field(&x->unit_code, "mmol/L", "$.reports[0].results[0].unitCode");
	check_field(&x->range, "3.5-5.3", "$.reports[0].results[0].range");
	check_field(&x->flag, "N", "$.reports[0].results[0].flag");
	check_field(&x->method, "离子选择电极法", "$.reports[0].results[0].method");
	check_field(&x->device, "示范仪器", "$.reports[0].results[0].device");
	CU_ASSERT_EQUAL_FATAL(x->specimen_count, 1);
	check_code(x->specimens, "urn:oid:1.2.3", "1");
	HR_ASSERT_TEXT(x->specimens[0].display, "血清");
	CU_ASSERT_EQUAL(x->status, HR_STATUS_PRELIMINARY);
	check_field(&x->status_text, "preliminary", "$.reports[0].results[0].status");
	check_party(x->performer, "定州示范医院", "12130000400000003J", "南院");
	close_fixture(&f);
}

static void test_neutral__a_results_own_times_and_images__are_read(void)
{
	struct fixture f = read_file(EVERY);
	const hr_result *x = f.reports.reports[0].results;

	check_time(&x->times[HR_EVENT_COLLECTED], "2024-03-01T08:05:00+08:00", HR_PRECISION_MINUTE);
	check_time(&x->times[HR_EVENT_RECEIVED], "2024-03-01T08:35:00+08:00", HR_PRECISION_MINUTE);
	check_time(&x->times[HR_EVENT_TESTED], "2024-03-01T00:00:00+08:00", HR_PRECISION_DAY);
	check_time(&x->times[HR_EVENT_REPORTED], "2024-03-01T16:00:00+08:00", HR_PRECISION_MINUTE);
	check_field(&x->modality, "CT", "$.reports[0].results[0].modality");
	check_field(&x->body_part, "CHEST", "$.reports[0].results[0].bodyPart");
	check_field(&x->laterality, "B", "$.reports[0].results[0].laterality");
	check_field(&x->contrast, "without", "$.reports[0].results[0].contrast");
	check_field(&x->position, "AP", "$.reports[0].results[0].position");
	check_field(&x->study_uid, "1.2.826.0.1.3680043.2.1125.1",
		    "$.reports[0].results[0].studyInstanceUid");
	close_fixture(&f);
}

static void test_neutral__blanks_at_the_ends__do_not_count(void)
{
	struct fixture f = read_file(EVERY);
	const hr_report *r = &f.reports.reports[1];

	HR_ASSERT_TEXT(r->results[0].name.text, "钙");
	HR_ASSERT_TEXT(r->results[0].value.text, "<0.5");
	CU_ASSERT_EQUAL(r->results[1].name.text.len, 0);
	CU_ASSERT_EQUAL(r->results[1].name.place.kind, HR_PLACE_NONE);
	close_fixture(&f);
}

static void test_neutral__a_kind_left_out__is_its_neighbours(void)
{
	struct fixture f = read_file(EVERY);

	CU_ASSERT_EQUAL(f.reports.reports[1].kind, HR_KIND_LAB);
	CU_ASSERT_EQUAL(f.reports.reports[1].results[1].kind, HR_KIND_LAB);
	CU_ASSERT_EQUAL(f.reports.reports[2].results[0].kind, HR_KIND_EXAM);
	close_fixture(&f);
	f = read_report("\"results\":[{}]");
	CU_ASSERT_EQUAL(f.reports.reports[0].kind, HR_KIND_UNKNOWN);
	close_fixture(&f);
}

static void test_neutral__marks__left_out_is_not_carried__empty_is_none(void)
{
	struct fixture f = read_file(EVERY);

	CU_ASSERT_TRUE(f.reports.reports[1].carries_marks);
	CU_ASSERT_EQUAL(f.reports.reports[1].mark_count, 0);
	CU_ASSERT_FALSE(f.reports.reports[2].carries_marks);
	close_fixture(&f);
}

static void test_neutral__replaced_by_another_of_the_input__is_said(void)
{
	struct fixture f = read_file(EVERY);

	CU_ASSERT_FALSE(f.reports.reports[0].replaced);
	CU_ASSERT_TRUE(f.reports.reports[1].replaced);
	CU_ASSERT_FALSE(f.reports.reports[2].replaced);
	close_fixture(&f);
}

static void test_neutral__sex_not_said__is_absent(void)
{
	struct fixture f = read_file(EVERY);

	CU_ASSERT_EQUAL(f.reports.reports[2].patient.sex.text.len, 0);
	close_fixture(&f);
}

static void test_neutral__a_time_that_is_none__is_a_deviation(void)
{
	struct fixture f = read_report(
		"\"collected\":\"2025-02-31\",\"reported\":\"gestern\",\"tested\":\"\"");
	const hr_report *r = f.reports.reports;

	HR_ASSERT_OK(f.ok, f.err);
	CU_ASSERT_EQUAL_FATAL(r->deviation_count, 1);
	HR_ASSERT_TEXT(hr_str_of(r->deviations[0].code), "time-unreadable");
	check_field(&(hr_field){ HR_STR("x"), r->deviations[0].place }, "x",
		    "$.reports[0].collected");
	HR_ASSERT_TEXT(r->times[HR_EVENT_COLLECTED].text, "2025-02-31");
	CU_ASSERT_EQUAL(r->times[HR_EVENT_COLLECTED].span.precision, HR_PRECISION_NONE);
	CU_ASSERT_EQUAL(r->times[HR_EVENT_TESTED].text.len, 0);
	close_fixture(&f);
}

/* --- what is refused --- */

static void test_neutral__unknown_member__is_refused_by_name_and_place(void)
{
	check_malformed("\"colected\":\"2025\"", "report: $.reports[0] has no member 'colected'; "
						 "'huren help report-schema' lists them");
	check_malformed("\"results\":[{},{\"Name\":\"TSH\"}]",
			"report: $.reports[0].results[1] has no member 'Name'; "
			"'huren help report-schema' lists them");
	check_malformed("\"issuer\":{\"code\":\"x\"}",
			"report: $.reports[0].issuer has no member 'code'; "
			"'huren help report-schema' lists them");
}

static void test_neutral__member_that_may_be_a_patients_name__is_not_repeated(void)
{
	check_malformed("\"示范患者\":1", "report: $.reports[0] has no member '...'; "
					  "'huren help report-schema' lists them");
	check_malformed("\"\":1", "report: $.reports[0] has no member '...'; "
				  "'huren help report-schema' lists them");
	check_malformed("\"120116195603150021\":1", "report: $.reports[0] has no member '...'; "
						    "'huren help report-schema' lists them");
}

static void test_neutral__value_of_another_type__is_refused_with_its_place(void)
{
	check_malformed("\"title\":1",
			"report: $.reports[0].title is a number and should be a text");
	check_malformed("\"title\":null",
			"report: $.reports[0].title is null; leave out what is not known");
	check_malformed("\"version\":true",
			"report: $.reports[0].version is true and should be a text or a number");
	check_malformed("\"issuer\":\"x\"",
			"report: $.reports[0].issuer is a text and should be an object");
	check_malformed("\"results\":{}",
			"report: $.reports[0].results is an object and should be an array");
	check_malformed("\"marks\":[[]]",
			"report: $.reports[0].marks[0] is an array and should be a text");
	check_malformed("\"kind\":\"laboratory\"", "report: $.reports[0].kind is not lab or exam");
	check_malformed("\"kind\":1",
			"report: $.reports[0].kind is a number and should be lab or exam");
	check_malformed("\"patient\":{\"sex\":\"男\"}",
			"report: $.reports[0].patient.sex is not 0, 1, 2 or 9 of GB/T 2261.1");
	check_malformed("\"id\":{\"system\":\"x\"}", "report: $.reports[0].id has no 'value'");
}

static void test_neutral__the_top__must_say_what_it_is(void)
{
	check_refused(read_bytes(HR_STR("[]")), HR_E_SYNTAX,
		      "report: $ is an array and should be an object");
	check_refused(read_bytes(HR_STR("{}")), HR_E_SYNTAX, "report: $ has no 'schema'");
	check_refused(read_bytes(HR_STR("{\"schema\":\"urn:huren:report:1\"}")), HR_E_SYNTAX,
		      "report: $ has no 'reports'");
	check_refused(read_bytes(HR_STR("{\"schema\":\"urn:huren:report:2\"}")), HR_E_UNSUPPORTED,
		      "report: json of another schema than urn:huren:report:1, which is read here");
	check_refused(read_bytes(HR_STR("{\"schema\":\"urn:huren:report:1\",\"reports\":[]}")),
		      HR_E_INCOMPLETE, "report: $.reports holds no report");
}

/* A list of `count` elements as the only member of a report. */
static struct fixture read_many(const char *name, const char *element, size_t count)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_buf buf;

	hr_buf_init(&buf, arena, (size_t)64 << 20);
	hr_buf_addf(&buf, "{\"schema\":\"urn:huren:report:1\",\"reports\":[{\"%s\":[", name);
	for (size_t i = 0; i < count; i++)
		hr_buf_addf(&buf, "%s%s", i ? "," : "", element);
	HR_BUF_ADD(&buf, "]}]}");
	return read_bytes(hr_buf_str(&buf));
}

static void test_neutral__lists__have_limits(void)
{
	struct fixture f = read_many("marks", "\"HR\"", 64);

	CU_ASSERT_EQUAL(f.reports.reports[0].mark_count, 64);
	close_fixture(&f);
	check_refused(read_many("marks", "\"HR\"", 65), HR_E_LIMIT,
		      "report: $.reports[0].marks has over 64 elements");
	f = read_many("results", "{}", HR_RESULTS_MAX);
	CU_ASSERT_EQUAL(f.reports.reports[0].result_count, HR_RESULTS_MAX);
	close_fixture(&f);
	check_refused(read_many("results", "{}", HR_RESULTS_MAX + 1), HR_E_LIMIT,
		      "report: $.reports[0].results has over 5000 elements");
}

/* `reports` reports of HR_RESULTS_MAX results, and one of `more`. */
static struct fixture read_results(size_t reports, size_t more)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_buf buf;

	hr_buf_init(&buf, arena, (size_t)64 << 20);
	HR_BUF_ADD(&buf, "{\"schema\":\"urn:huren:report:1\",\"reports\":[");
	for (size_t i = 0; i <= reports; i++) {
		HR_BUF_ADD(&buf, "{\"results\":[");
		for (size_t k = 0; k < (i < reports ? (size_t)HR_RESULTS_MAX : more); k++)
			hr_buf_add(&buf, k ? HR_STR(",{}") : HR_STR("{}"));
		hr_buf_add(&buf, i < reports ? HR_STR("]},") : HR_STR("]}"));
	}
	HR_BUF_ADD(&buf, "]}");
	return read_bytes(hr_buf_str(&buf));
}

static void test_neutral__results_of_all_reports__have_a_limit(void)
{
	struct fixture f = read_results(20, 0);

	HR_ASSERT_OK(f.ok, f.err);
	close_fixture(&f);
	check_refused(read_results(20, 1), HR_E_LIMIT,
		      "report: the input holds over 100000 results");
}

static const hr_test tests[] = {
	HR_TEST(test_neutral__every_member_of_a_report__is_read),
	HR_TEST(test_neutral__patient_times_and_marks__are_read),
	HR_TEST(test_neutral__every_member_of_a_result__is_read),
	HR_TEST(test_neutral__a_results_own_times_and_images__are_read),
	HR_TEST(test_neutral__blanks_at_the_ends__do_not_count),
	HR_TEST(test_neutral__a_kind_left_out__is_its_neighbours),
	HR_TEST(test_neutral__marks__left_out_is_not_carried__empty_is_none),
	HR_TEST(test_neutral__replaced_by_another_of_the_input__is_said),
	HR_TEST(test_neutral__sex_not_said__is_absent),
	HR_TEST(test_neutral__a_time_that_is_none__is_a_deviation),
	HR_TEST(test_neutral__unknown_member__is_refused_by_name_and_place),
	HR_TEST(test_neutral__member_that_may_be_a_patients_name__is_not_repeated),
	HR_TEST(test_neutral__value_of_another_type__is_refused_with_its_place),
	HR_TEST(test_neutral__the_top__must_say_what_it_is),
	HR_TEST(test_neutral__lists__have_limits),
	HR_TEST(test_neutral__results_of_all_reports__have_a_limit),
};
HR_TEST_MAIN("neutral", tests)
