#include "dicom/film_query.h"

#include "dicom/film_json.h"
#include "dicom/film_match.h"
#include "testing.h"

#include <stdio.h>

/* --- reading --- */

enum { FIELDS_MAX = 100 };

/* "a=b&c=d" */
static bool read_text(hr_arena *arena, hr_film_level level, const char *text, hr_film_query *out,
		      hr_error *err)
{
	hr_film_field fields[FIELDS_MAX];
	hr_str rest = hr_str_of(text);
	size_t count = 0;

	while (rest.len && count < FIELDS_MAX) {
		size_t end = hr_str_find(rest, HR_STR("&"));
		hr_str field = hr_str_slice(rest, 0, end);
		size_t equals = hr_str_find(field, HR_STR("="));

		fields[count++] = (hr_film_field){ hr_str_slice(field, 0, equals),
						   hr_str_slice(field, equals + 1, field.len) };
		rest = hr_str_slice(rest, end + 1, rest.len);
	}
	return hr_film_query_read(level, fields, count, arena, out, err);
}

static hr_film_query read_ok(hr_arena *arena, hr_film_level level, const char *text)
{
	hr_film_query query = { .limit = 0 };
	hr_error err;

	HR_ASSERT_OK(read_text(arena, level, text, &query, &err), err);
	return query;
}

static void test_film_query__names_of_attributes__are_the_same_in_all_forms(void)
{
	static const char *const forms[] = { "PatientID=a", "00100020=a" };
	HR_AUTO(hr_arena) arena = hr_test_arena();

	for (size_t i = 0; i < 2; i++) {
		hr_film_query q = read_ok(arena, HR_FILM_STUDY, forms[i]);

		CU_ASSERT_EQUAL(q.match_count, 1);
		CU_ASSERT_EQUAL(q.matches[0].tag, 0x00100020);
		CU_ASSERT_FALSE(q.fields_ignored);
		/* What is asked for is told, too. */
		CU_ASSERT_EQUAL(q.include_count, 1);
	}
}

static void test_film_query__what_is_not_searched_by__is_ignored_and_said(void)
{
	static const struct {
		const char *text;
		bool ignored;
		size_t includes;
	} cases[] = {
		{ "", false, 0 },
		{ "nonsense=1", true, 0 },
		{ "=1", true, 0 },
		{ "00081140=1", true, 0 },
		{ "PatientWeight=80", true, 0 },
		{ "PatientWeight=", false, 1 },
		{ "Modality=CT", true, 0 },
		{ "00400275.00400009=1", true, 0 },
		{ "RequestAttributesSequence.ScheduledProcedureStepID=", false, 1 },
		{ "includefield=nonsense", true, 0 },
		{ "includefield=00400275.00400009", false, 1 },
		{ "includefield=PatientWeight,00100030&includefield=PatientSex", false, 3 },
		{ "includefield=PatientSex,PatientSex", false, 1 },
		{ "includefield=all", false, 0 },
	};
	HR_AUTO(hr_arena) arena = hr_test_arena();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		hr_film_query q = read_ok(arena, HR_FILM_STUDY, cases[i].text);

		CU_ASSERT_EQUAL(q.fields_ignored, cases[i].ignored);
		CU_ASSERT_EQUAL(q.include_count, cases[i].includes);
		CU_ASSERT_EQUAL(q.match_count, 0);
	}
	CU_ASSERT_TRUE(read_ok(arena, HR_FILM_STUDY, "includefield=ALL").include_all);
}

static void test_film_query__limit__is_cut_and_said(void)
{
	static const struct {
		const char *text;
		size_t limit;
		bool cut;
	} cases[] = {
		{ "", HR_FILM_RESULTS_DEFAULT, false },
		{ "limit=0", 0, false },
		{ "limit=1", 1, false },
		{ "limit=1000", HR_FILM_RESULTS_MAX, false },
		{ "limit=1001", HR_FILM_RESULTS_MAX, true },
	};
	HR_AUTO(hr_arena) arena = hr_test_arena();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		hr_film_query q = read_ok(arena, HR_FILM_STUDY, cases[i].text);

		CU_ASSERT_EQUAL(q.limit, cases[i].limit);
		CU_ASSERT_EQUAL(q.limit_cut, cases[i].cut);
	}
}

/* The message names the field, and never what stood in it. */
static void test_film_query__bad_value__is_refused_by_the_name_of_its_field(void)
{
	static const struct {
		const char *text;
		const char *field;
	} cases[] = {
		{ "limit=", "'limit'" },
		{ "limit=-1", "'limit'" },
		{ "limit=77x", "'limit'" },
		{ "limit=77777777777777777777", "'limit'" },
		{ "offset=77.5", "'offset'" },
		{ "fuzzymatching=77", "'fuzzymatching'" },
		{ "StudyDate=77", "'StudyDate'" },
		{ "StudyDate=20260230", "'StudyDate'" },
		{ "StudyDate=20260101-2026013", "'StudyDate'" },
		{ "StudyDate=-", "'StudyDate'" },
		{ "StudyDate=2026*", "'StudyDate'" },
		{ "00080020=77777777-", "'00080020'" },
		{ "StudyTime=2477", "'StudyTime'" },
		{ "StudyTime=777", "'StudyTime'" },
		{ "StudyTime=0800.77", "'StudyTime'" },
		{ "StudyTime=080000.", "'StudyTime'" },
		{ "StudyInstanceUID=1.2.77*", "'StudyInstanceUID'" },
		{ "StudyInstanceUID=1.2,,1.77", "'StudyInstanceUID'" },
		{ "StudyInstanceUID=1.2&StudyInstanceUID=x77", "'StudyInstanceUID'" },
		{ "PatientID=77&PatientID=77", "'PatientID'" },
		{ "PatientID=77&00100020=77", "'00100020'" },
	};
	HR_AUTO(hr_arena) arena = hr_test_arena();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		hr_film_query q;
		hr_error err;
		bool ok = read_text(arena, HR_FILM_STUDY, cases[i].text, &q, &err);

		if (ok)
			fprintf(stderr, "'%s' was read\n", cases[i].text);
		CU_ASSERT_FALSE_FATAL(ok);
		CU_ASSERT_EQUAL(err.code, HR_E_USAGE);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.message, cases[i].field));
		CU_ASSERT_PTR_NULL(strstr(err.message, "77"));
	}
}

static void test_film_query__uids__up_to_their_limit(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_film_query query;
	hr_error err;
	hr_buf text;

	for (int count = HR_FILM_UIDS_MAX; count <= HR_FILM_UIDS_MAX + 1; count++) {
		hr_buf_init(&text, arena, 10000);
		HR_BUF_ADD(&text, "StudyInstanceUID=1");
		for (int i = 1; i < count; i++)
			hr_buf_addf(&text, ",%d", i);
		CU_ASSERT_EQUAL(read_text(arena, HR_FILM_STUDY, text.data, &query, &err),
				count <= HR_FILM_UIDS_MAX);
	}
}

/* --- matching --- */

static void test_film_match__wildcards(void)
{
	static const struct {
		const char *value;
		const char *pattern;
		bool like;
	} cases[] = {
		{ "", "", true },
		{ "", "*", true },
		{ "", "?", false },
		{ "abc", "abc", true },
		{ "abc", "ABC", false },
		{ " abc ", "abc", true },
		{ "abc", "a*", true },
		{ "abc", "*c", true },
		{ "abc", "*b*", true },
		{ "abc", "a?c", true },
		{ "abc", "a?", false },
		{ "abc", "???", true },
		{ "abc", "????", false },
		{ "abc", "abc*", true },
		{ "abc", "*d", false },
		{ "头颅", "?颅", true },
		{ "头颅", "??", true },
		{ "头颅", "*颅", true },
		{ "\xff"
		  "a",
		  "?a", true },
		{ "aaaaaaaaaaaaaaaaaaaaaaaa", "*a*a*a*a*a*a*a*b", false },
		{ "a*c", "a*c", true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CU_ASSERT_EQUAL(
			hr_film_is_like(hr_str_of(cases[i].value), hr_str_of(cases[i].pattern)),
			cases[i].like);
}

static void test_film_match__ranges(void)
{
	static const struct {
		const char *value;
		const char *range;
		bool within;
	} cases[] = {
		{ "20260102", "20260102", true },   { "20260102", "20260101-20260102", true },
		{ "20260102", "20260103-", false }, { "20260102", "-20260101", false },
		{ "20260102", "-20260102", true },  { "", "-20260102", false },
		{ "080910.123", "0809", true },	    { "080910.123", "0808-0809", true },
		{ "080910.123", "080911-", false }, { "080910.123", "08-09", true },
		{ "235959", "-23", true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CU_ASSERT_EQUAL(hr_film_is_within(hr_str_of(cases[i].value),
						  hr_film_range_of(hr_str_of(cases[i].range))),
				cases[i].within);
}

/* --- results --- */

static void test_film_json__parts__are_one_object_by_tag(void)
{
	const hr_film_json_part parts[] = {
		{ HR_STR("\"00080020\":{\"vr\":\"DA\"}\n\"00200010\":{}\n"), true },
		{ HR_STR("\"00080020\":{}\n\"00080050\":{}\n\"00100010\":{}\n"), true },
		{ HR_STR("\"00080060\":{}\n\"00081030\":{}\n"), false },
		{ HR_STR_NONE, true },
	};
	const uint32_t includes[] = { 0x00081030 };
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_buf out;

	hr_buf_init(&out, arena, 1000);
	hr_film_json_merge(parts, 4, includes, 1, &out);
	HR_ASSERT_TEXT(
		hr_buf_str(&out),
		"{\"00080020\":{\"vr\":\"DA\"},\"00080050\":{},\"00081030\":{},\"00100010\":{},"
		"\"00200010\":{}}");
}

static void test_film_json__members__become_lines(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_str lines;
	hr_error err;

	HR_ASSERT_OK(hr_film_json_lines(HR_STR_NONE, arena, &lines, &err), err);
	HR_ASSERT_TEXT(lines, "");
	HR_ASSERT_OK(
		hr_film_json_lines(HR_STR("\"00080020\":{\"Value\":[\"},{\\\"\"]},\"0008103E\":{"
					  "\"Value\":[{\"00080020\":{}}]}"),
				   arena, &lines, &err),
		err);
	HR_ASSERT_TEXT(lines, "\"00080020\":{\"Value\":[\"},{\\\"\"]}\n\"0008103E\":{\"Value\":[{"
			      "\"00080020\":{}}]}\n");
}

static const hr_test tests[] = {
	HR_TEST(test_film_query__names_of_attributes__are_the_same_in_all_forms),
	HR_TEST(test_film_query__what_is_not_searched_by__is_ignored_and_said),
	HR_TEST(test_film_query__limit__is_cut_and_said),
	HR_TEST(test_film_query__bad_value__is_refused_by_the_name_of_its_field),
	HR_TEST(test_film_query__uids__up_to_their_limit),
	HR_TEST(test_film_match__wildcards),
	HR_TEST(test_film_match__ranges),
	HR_TEST(test_film_json__parts__are_one_object_by_tag),
	HR_TEST(test_film_json__members__become_lines),
};

HR_TEST_MAIN("film query", tests)
