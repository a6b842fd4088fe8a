/* What the index keeps of a film; as bytes, and back. */
#include "dicom/dicom_json.h"
#include "dicom/facts.h"

#include "dicom_deflate.h"
#include "film_object.h"
#include "testing.h"

static hr_film_facts find(const dcm *d, hr_arena *arena)
{
	hr_film_facts facts = { 0 };
	hr_error err = { 0 };

	HR_ASSERT_OK(hr_facts_find(dcm_file(d), arena, &facts, &err), err);
	return facts;
}

static void check_refused(hr_str file, hr_error_code code, const char *says)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_error err = { 0 };
	hr_film_facts facts;

	CU_ASSERT_FALSE(hr_facts_find(file, arena, &facts, &err));
	CU_ASSERT_EQUAL(err.code, code);
	if (!strstr(err.message, says))
		HR_ASSERT_TEXT(hr_str_of(err.message), says);
}

static dcm film(hr_arena *arena, const char *transfer_syntax, hr_dicom_encoding encoding)
{
	dcm d = film_begin(arena, transfer_syntax, encoding);

	film_add_identity(&d);
	film_add_image(&d);
	return d;
}

static hr_str written(const hr_film_facts *facts, hr_arena *arena)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, HR_FACTS_BYTES_MAX);
	hr_facts_write(facts, &buf);
	return hr_buf_str(&buf);
}

static void check_facts(const hr_film_facts *facts, const char *transfer_syntax)
{
	HR_ASSERT_TEXT(facts->study_uid, "1.2");
	HR_ASSERT_TEXT(facts->series_uid, "1.2.3");
	HR_ASSERT_TEXT(facts->instance_uid, "1.2.3.4");
	HR_ASSERT_TEXT(facts->sop_class, DCM_CT);
	HR_ASSERT_TEXT(facts->transfer_syntax, transfer_syntax);
	HR_ASSERT_TEXT(facts->patient_name, "Zhang^Jianguo");
	HR_ASSERT_TEXT(facts->patient_id, "P1");
	HR_ASSERT_TEXT(facts->study_date, "20260103");
	HR_ASSERT_TEXT(facts->study_time, "080910.5");
	HR_ASSERT_TEXT(facts->modality, "CT");
	HR_ASSERT_TEXT(facts->series_number, "7");
	CU_ASSERT_EQUAL(facts->rows, 2);
	CU_ASSERT_EQUAL(facts->columns, 2);
	CU_ASSERT_EQUAL(facts->frame_count, 1);
	CU_ASSERT_EQUAL(facts->text_is, HR_DICOM_TEXT_DECLARED);
	HR_ASSERT_TEXT(facts->series_json.shown,
		       "\"00080060\":{\"vr\":\"CS\",\"Value\":[\"CT\"]},"
		       "\"0020000E\":{\"vr\":\"UI\",\"Value\":[\"1.2.3\"]},"
		       "\"00200011\":{\"vr\":\"IS\",\"Value\":[7]}");
}

static void test_facts__each_encoding__gives_the_same(void)
{
	static const struct {
		const char *syntax;
		const char *found;
		hr_dicom_encoding encoding;
	} rows[] = { { DCM_IMPLICIT, DCM_IMPLICIT, HR_DICOM_IMPLICIT_LE },
		     { DCM_EXPLICIT, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE },
		     { DCM_BIG, DCM_BIG, HR_DICOM_EXPLICIT_BE },
		     { NULL, DCM_IMPLICIT, HR_DICOM_IMPLICIT_LE },
		     { NULL, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		HR_AUTO(hr_arena) arena = hr_test_arena();
		dcm d = film(arena, rows[i].syntax, rows[i].encoding);
		hr_film_facts facts = find(&d, arena);
		hr_error err = { 0 };

		check_facts(&facts, rows[i].found);
		HR_ASSERT_OK(hr_facts_read(written(&facts, arena), arena, &facts, &err), err);
		check_facts(&facts, rows[i].found);
	}
}

static void test_facts__deflated__gives_the_same(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm inner = film(arena, NULL, HR_DICOM_EXPLICIT_LE);
	dcm d = dcm_open(arena, DCM_DEFLATED, HR_DICOM_EXPLICIT_LE);
	hr_film_facts facts;

	hr_buf_add(&d.buf, dcm_deflate(arena, dcm_file(&inner)));
	facts = find(&d, arena);
	check_facts(&facts, DCM_DEFLATED);
}

static void test_facts__identity_is_missing__is_refused(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = dcm_open(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);

	dcm_text(&d, 0x00080018, "UI", "1.2.3.4");
	check_refused(dcm_file(&d), HR_E_INCOMPLETE, "no StudyInstanceUID");
	dcm_text(&d, 0x0020000D, "UI", "1.2");
	check_refused(dcm_file(&d), HR_E_INCOMPLETE, "no SeriesInstanceUID");
	check_refused(HR_STR("no film at all"), HR_E_UNSUPPORTED, "no DICOM object");
}

/* Behind the pixels prescan.h does not look. */
static void test_facts__identity_behind_the_pixels__is_looked_at(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = film_begin(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);

	film_add_image(&d);
	dcm_text(&d, 0x0020000D, "UI", "../..");
	check_refused(dcm_file(&d), HR_E_SYNTAX, "StudyInstanceUID is no UID");
}

static void test_facts__pixels_are_cut__is_refused(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = film(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);
	hr_str file = dcm_file(&d);

	file.len--;
	check_refused(file, HR_E_SYNTAX, "send it again");
}

static void test_facts__zeros_behind_the_data_set__are_padding(void)
{
	static const char zeros[512];

	for (size_t n = 1; n <= sizeof(zeros); n *= 2) {
		HR_AUTO(hr_arena) arena = hr_test_arena();
		dcm d = film(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);
		hr_film_facts facts;

		hr_buf_add(&d.buf, (hr_str){ zeros, n });
		facts = find(&d, arena);
		check_facts(&facts, DCM_EXPLICIT);
		hr_buf_add_char(&d.buf, 'x');
		check_refused(dcm_file(&d), HR_E_SYNTAX, "dicom: ");
	}
}

static void test_facts__nested_to_the_limit__are_written_and_read(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = film_begin(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);
	hr_film_facts facts;
	hr_error err;

	film_add_identity(&d);
	for (int i = 0; i < HR_DICOM_NESTING_MAX; i++) {
		dcm_sequence(&d, 0x00400275);
		dcm_item(&d);
	}
	dcm_text(&d, 0x00080100, "SH", "x");
	for (int i = 0; i < HR_DICOM_NESTING_MAX; i++) {
		dcm_item_end(&d);
		dcm_sequence_end(&d);
	}
	facts = find(&d, arena);
	HR_ASSERT_OK(hr_facts_read(written(&facts, arena), arena, &facts, &err), err);
}

static void test_facts__big_values__are_left_in_the_file(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = film_begin(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);
	size_t size = HR_DICOM_HEADER_MAX + 2;
	char *big = hr_arena_alloc_text(arena, size);

	memset(big, ' ', size);
	film_add_identity(&d);
	dcm_bytes(&d, 0x00420011, "OB", (hr_str){ big, size });
	CU_ASSERT_TRUE(find(&d, arena).metadata.len < 4096);
	dcm_bytes(&d, 0x00420012, "UT", (hr_str){ big, size });
	check_refused(dcm_file(&d), HR_E_LIMIT, "texts and numbers");
}

static void test_facts__unsorted_and_twice__first_one_counts(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = film(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);
	hr_film_facts facts;

	dcm_text(&d, 0x00100020, "LO", "P2");
	dcm_text(&d, 0x00080050, "SH", "A1");
	facts = find(&d, arena);
	HR_ASSERT_TEXT(facts.patient_id, "P1");
	HR_ASSERT_TEXT(facts.accession_number, "A1");
	CU_ASSERT_TRUE(hr_str_starts_with(
		facts.study_json.shown,
		HR_STR("\"00080020\":{\"vr\":\"DA\",\"Value\":[\"2026.01.03\"]},"
		       "\"00080030\":{\"vr\":\"TM\",\"Value\":[\"080910.5\"]},"
		       "\"00080050\":{\"vr\":\"SH\",\"Value\":[\"A1\"]},\"00100010\":")));
}

/* 张^建国 in GBK, and nothing that says so. */
static void test_facts__undeclared_gbk__is_repaired_and_said(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = film_begin(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);
	hr_film_facts facts;

	dcm_text(&d, 0x00100010, "PN", "Zhang^Jianguo=\xd5\xc5^\xbd\xa8\xb9\xfa\\Other");
	dcm_text(&d, 0x0020000D, "UI", "1.2");
	dcm_text(&d, 0x0020000E, "UI", "1.2.3");
	facts = find(&d, arena);
	HR_ASSERT_TEXT(facts.patient_name, "Zhang^Jianguo=张^建国");
	CU_ASSERT_EQUAL(facts.text_is, HR_DICOM_TEXT_REPAIRED);
	CU_ASSERT_TRUE(hr_str_find(facts.study_json.shown,
				   HR_STR("{\"Alphabetic\":\"Zhang^Jianguo\",\"Ideographic\":\"张^"
					  "建国\"}")) < facts.study_json.shown.len);
}

static void test_facts__long_text__is_cut_and_not_told(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = film_begin(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);
	char text[20001];
	hr_film_facts facts;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	dcm_text(&d, 0x00081030, "LO", text);
	film_add_identity(&d);
	facts = find(&d, arena);
	CU_ASSERT_EQUAL(facts.study_description.len, HR_FACTS_TEXT_MAX);
	CU_ASSERT_EQUAL(hr_str_find(facts.study_json.more, HR_STR("00081030")),
			facts.study_json.more.len);
}

static void test_date__is_a_day_that_there_is(void)
{
	CU_ASSERT_TRUE(hr_facts_is_date(HR_STR("20240229")));
	CU_ASSERT_FALSE(hr_facts_is_date(HR_STR("20230229")));
	CU_ASSERT_FALSE(hr_facts_is_date(HR_STR("2024022")));
	CU_ASSERT_FALSE(hr_facts_is_date(HR_STR("2024022x")));
	CU_ASSERT_FALSE(hr_facts_is_date(HR_STR("")));
}

static void test_time__is_given_as_far_as_it_is_known(void)
{
	static const char *const good[] = { "08", "0809", "080910", "080910.1", "235960.123456" };
	static const char *const bad[] = { "",	       "8",	  "080",
					   "24",       "0860",	  "080961",
					   "0809.1",   "080910.", "080910.1234567",
					   "080910.x", "08091011" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CU_ASSERT_TRUE(hr_facts_is_time(hr_str_of(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_FALSE(hr_facts_is_time(hr_str_of(bad[i])));
}

/* --- what a worker hands back --- */

static void check_unread(const hr_film_facts *facts, hr_arena *arena)
{
	hr_error err = { 0 };
	hr_film_facts out;

	CU_ASSERT_FALSE(hr_facts_read(written(facts, arena), arena, &out, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_SYNTAX);
}

static void test_read__every_cut__is_refused(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = film(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);
	hr_film_facts facts = find(&d, arena);
	hr_str whole = written(&facts, arena);
	hr_error err;

	for (size_t len = 0; len < whole.len; len++)
		CU_ASSERT_FALSE(hr_facts_read(hr_str_slice(whole, 0, len), arena, &facts, &err));
	CU_ASSERT_TRUE(hr_facts_read(whole, arena, &facts, &err));
}

static void test_read__what_no_object_gives__is_refused(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = film(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);
	const hr_film_facts good = find(&d, arena);
	hr_film_facts bad = good;

	bad.study_uid = HR_STR("1.2/..");
	check_unread(&bad, arena);
	bad = good;
	bad.patient_name = HR_STR("\xff");
	check_unread(&bad, arena);
	bad = good;
	bad.patient_id = HR_STR("P\0");
	check_unread(&bad, arena);
	bad = good;
	bad.study_date = HR_STR("20260230");
	check_unread(&bad, arena);
	bad = good;
	bad.study_json.more = HR_STR("\"00100010\":{\"vr\":\"PN\"}},{\"00100020\":{}");
	check_unread(&bad, arena);
	bad = good;
	bad.metadata = HR_STR("HRM1");
	check_unread(&bad, arena);
	bad = good;
	bad.text_is = (hr_dicom_text)3;
	check_unread(&bad, arena);
}

static void test_json_check__members_alone_pass(void)
{
	static const char *const good[] = {
		"",
		"\"00100010\":{}",
		"\"00100010\":{\"vr\":\"SQ\",\"Value\":[{},{\"a\":[]},null,-0.5e+3,true,false]}",
		"\"0010000A\":{\"vr\":\"\\u00e9\\\"\\\\\"},\"00100020\":{}",
	};
	static const char *const bad[] = {
		"{}",
		"\"00100010\":[]",
		"\"00100010\":{},",
		"\"00100010\":{}}",
		"\"00100010\":{\"a\":1",
		"\"00100010\":{\"a\":01}",
		"\"00100010\":{\"a\":1.}",
		"\"00100010\":{\"a\":[1,]}",
		"\"00100010\":{\"a\" :1}",
		"\"00100010\":{\"a\":[1}]",
		"\"00100010\":{\"a\":\"\\u0000\"}",
		"\"00100010\":{\"a\":\"\\x\"}",
		"\"00100010\":{\"a\":\"\n\"}",
		"\"00100010\":{\"a\":\"\xff\"}",
		"\"00100010\":{},\"00100010\":{}",
		"\"00100020\":{},\"00100010\":{}",
		"\"0010001g\":{}",
		"\"0010000a\":{}",
		"\"001000100\":{}",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CU_ASSERT_TRUE(hr_dicom_json_check(hr_str_of(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (hr_dicom_json_check(hr_str_of(bad[i])))
			HR_ASSERT_TEXT(hr_str_of(bad[i]), "(is refused)");
}

static const hr_test tests[] = {
	HR_TEST(test_facts__each_encoding__gives_the_same),
	HR_TEST(test_facts__deflated__gives_the_same),
	HR_TEST(test_facts__identity_is_missing__is_refused),
	HR_TEST(test_facts__identity_behind_the_pixels__is_looked_at),
	HR_TEST(test_facts__pixels_are_cut__is_refused),
	HR_TEST(test_facts__zeros_behind_the_data_set__are_padding),
	HR_TEST(test_facts__nested_to_the_limit__are_written_and_read),
	HR_TEST(test_facts__big_values__are_left_in_the_file),
	HR_TEST(test_facts__unsorted_and_twice__first_one_counts),
	HR_TEST(test_facts__undeclared_gbk__is_repaired_and_said),
	HR_TEST(test_facts__long_text__is_cut_and_not_told),
	HR_TEST(test_date__is_a_day_that_there_is),
	HR_TEST(test_time__is_given_as_far_as_it_is_known),
	HR_TEST(test_read__every_cut__is_refused),
	HR_TEST(test_read__what_no_object_gives__is_refused),
	HR_TEST(test_json_check__members_alone_pass),
};
HR_TEST_MAIN("facts", tests)
