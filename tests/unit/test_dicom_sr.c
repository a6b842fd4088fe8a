/* What a structured report says: of images, and of a laboratory. */
#include "dicom_checks.h"
#include "testing.h"

#define SR "1.2.840.10008.5.1.4.1.1.88.22"

static void test_dicom_sr__of_images__has_findings_and_an_examination(void)
{
	hr_arena *arena = hr_test_arena();
	const hr_report *r = dcm_read_data("tests/data/dicom/imaging.dcm", arena);

	CU_ASSERT_EQUAL(r->kind, HR_KIND_EXAM);
	CU_ASSERT_EQUAL_FATAL(r->result_count, 1);
	HR_ASSERT_TEXT(r->results->name.text, "胸部CT平扫");
	HR_ASSERT_TEXT(r->results->modality.text, "CT");
	HR_ASSERT_TEXT(r->results->body_part.text, "CHEST");
	HR_ASSERT_TEXT(r->findings.text, "双肺纹理清晰, 未见实变。");
	HR_ASSERT_TEXT(r->conclusion.text, "胸部CT平扫未见异常。");
	HR_ASSERT_TEXT(r->title.text, "CT报告");
	CU_ASSERT_EQUAL(r->status, HR_STATUS_FINAL);
	dcm_check_span(&r->times[HR_EVENT_REPORTED], "2025-02-18 15:30:00");
	dcm_check_place(r->conclusion.place, arena,
			"ContentSequence[4].ContentSequence[0].TextValue");
	hr_arena_close(arena);
}

static void add_study(dcm *d, const char *uid)
{
	dcm_item(d);
	dcm_text(d, 0x0020000D, "UI", uid);
	dcm_item_end(d);
}

/* The studies that were read, and the numbers of the orders that were answered. */
static void test_dicom_sr__evidence_and_requests__lead_to_its_images(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = dcm_begin(arena, SR);
	const hr_report *r;

	dcm_text(&d, 0x00080050, "SH", "A1");
	dcm_text(&d, 0x0020000D, "UI", "1.2.1");
	dcm_sequence(&d, 0x0040A370);
	for (int i = 0; i < 2; i++) {
		dcm_item(&d);
		dcm_text(&d, 0x00080050, "SH", i ? "A2" : "");
		dcm_item_end(&d);
	}
	dcm_sequence_end(&d);
	dcm_sequence(&d, 0x0040A375);
	add_study(&d, "1.2.2");
	add_study(&d, "1.2.3");
	dcm_sequence_end(&d);
	dcm_sequence(&d, 0x0040A730);
	dcm_sequence_end(&d);
	r = dcm_read(dcm_file(&d), arena);
	HR_ASSERT_TEXT(r->results->study_uid.text, "1.2.1");
	CU_ASSERT_EQUAL_FATAL(r->image_study_count, 2);
	HR_ASSERT_TEXT(r->image_studies[1].code, "1.2.3");
	dcm_check_place(r->image_studies[1].place, arena,
			"CurrentRequestedProcedureEvidenceSequence[1].StudyInstanceUID");
	CU_ASSERT_EQUAL_FATAL(r->image_number_count, 2);
	HR_ASSERT_TEXT(r->image_numbers[0].code, "A1");
	HR_ASSERT_TEXT(r->image_numbers[1].code, "A2");
	hr_arena_close(arena);
}

/* One finding of so many letters. */
static dcm make_findings(hr_arena *arena, size_t count)
{
	dcm d = dcm_begin(arena, SR);
	char *letters = hr_arena_alloc(arena, count);

	memset(letters, 'a', count);
	dcm_sequence(&d, 0x0040A730);
	dcm_item(&d);
	dcm_text(&d, 0x0040A040, "CS", "TEXT");
	dcm_sequence(&d, 0x0040A043);
	dcm_item(&d);
	dcm_text(&d, 0x00080100, "SH", "121071");
	dcm_text(&d, 0x00080102, "SH", "DCM");
	dcm_item_end(&d);
	dcm_sequence_end(&d);
	dcm_bytes(&d, 0x0040A160, "UT", (hr_str){ letters, count });
	dcm_item_end(&d);
	dcm_sequence_end(&d);
	return d;
}

static void test_dicom_sr__findings__are_read_up_to_the_limit(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = make_findings(arena, 262144);

	CU_ASSERT_EQUAL(dcm_read(dcm_file(&d), arena)->findings.text.len, 262144);
	d = make_findings(arena, 262146);
	dcm_check_refused(dcm_file(&d), HR_E_LIMIT, "are over 262144 bytes");
	hr_arena_close(arena);
}

static void test_dicom_sr__of_a_laboratory__has_results(void)
{
	hr_arena *arena = hr_test_arena();
	const hr_report *r = dcm_read_data("tests/data/dicom/lab.dcm", arena);

	CU_ASSERT_EQUAL(r->kind, HR_KIND_LAB);
	CU_ASSERT_EQUAL_FATAL(r->result_count, 2);
	HR_ASSERT_TEXT(r->results[0].name.text, "TSH");
	HR_ASSERT_TEXT(r->results[0].codes[0].code, "3016-3");
	HR_ASSERT_TEXT(r->results[0].value.text, "3.21");
	HR_ASSERT_TEXT(r->results[0].unit.text, "mIU/L");
	HR_ASSERT_TEXT(r->results[0].unit_code.text, "m[IU]/L");
	HR_ASSERT_TEXT(r->results[0].specimens[0].display, "血清");
	HR_ASSERT_TEXT(r->results[0].performer->name.text, "河北区示范医院");
	dcm_check_span(&r->results[0].times[HR_EVENT_COLLECTED], "2025-02-18 08:12:00");
	dcm_check_span(&r->results[0].times[HR_EVENT_RECEIVED], "2025-02-18 08:40:00");
	HR_ASSERT_TEXT(r->results[1].value.text, "阴性");
	CU_ASSERT_EQUAL(r->results[1].unit.text.len, 0);
	dcm_check_place(r->results[0].value.place, arena,
			"ContentSequence[4].MeasuredValueSequence[0].NumericValue");
	hr_arena_close(arena);
}

static void add_concept(dcm *d, const char *code, const char *scheme, const char *meaning)
{
	dcm_sequence(d, 0x0040A043);
	dcm_item(d);
	dcm_text(d, 0x00080100, "SH", code);
	dcm_text(d, 0x00080102, "SH", scheme);
	dcm_text(d, 0x00080104, "LO", meaning);
	dcm_item_end(d);
	dcm_sequence_end(d);
}

static void add_text(dcm *d, const char *code, const char *scheme, const char *meaning,
		     const char *value)
{
	dcm_item(d);
	dcm_text(d, 0x0040A040, "CS", "TEXT");
	add_concept(d, code, scheme, meaning);
	dcm_text(d, 0x0040A160, "UT", value);
	dcm_item_end(d);
}

/* Results, and behind them the specimen that they are of. */
static dcm make_lab(hr_arena *arena, int results)
{
	dcm d = dcm_begin(arena, SR);

	dcm_sequence(&d, 0x0040A730);
	for (int i = 0; i < results; i++)
		add_text(&d, "X", "99LOCAL", "TSH", "3.21");
	add_text(&d, "371439000", "SCT", "Specimen type", "血清");
	dcm_sequence_end(&d);
	return d;
}

static void test_dicom_sr__context_behind_the_results__holds_for_them(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = make_lab(arena, 2);
	const hr_report *r = dcm_read(dcm_file(&d), arena);

	CU_ASSERT_EQUAL_FATAL(r->result_count, 2);
	HR_ASSERT_TEXT(r->results[0].specimens[0].display, "血清");
	hr_arena_close(arena);
}

static void test_dicom_sr__results__are_read_up_to_the_limit(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = make_lab(arena, HR_RESULTS_MAX);

	CU_ASSERT_EQUAL(dcm_read(dcm_file(&d), arena)->result_count, HR_RESULTS_MAX);
	d = make_lab(arena, HR_RESULTS_MAX + 1);
	dcm_check_refused(dcm_file(&d), HR_E_LIMIT, "more than 5000 results");
	d = make_lab(arena, 0);
	dcm_check_refused(dcm_file(&d), HR_E_INCOMPLETE, "without results");
	d = dcm_begin(arena, SR);
	dcm_check_refused(dcm_file(&d), HR_E_INCOMPLETE, "no content");
	hr_arena_close(arena);
}

static void test_dicom_sr__flags__say_how_far_it_has_come(void)
{
	static const struct {
		const char *completion, *verification;
		hr_status status;
	} rows[] = {
		{ "COMPLETE", "VERIFIED", HR_STATUS_FINAL },
		{ "PARTIAL", "VERIFIED", HR_STATUS_PRELIMINARY },
		{ "COMPLETE", "UNVERIFIED", HR_STATUS_PRELIMINARY },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_arena *arena = hr_test_arena();
		dcm d = dcm_begin(arena, SR);

		dcm_text(&d, 0x0040A491, "CS", rows[i].completion);
		dcm_text(&d, 0x0040A493, "CS", rows[i].verification);
		dcm_sequence(&d, 0x0040A730);
		add_text(&d, "121071", "DCM", "Finding", "未见异常");
		dcm_sequence_end(&d);
		CU_ASSERT_EQUAL(dcm_read(dcm_file(&d), arena)->status, rows[i].status);
		hr_arena_close(arena);
	}
}

static void test_dicom_sr__predecessor__is_replaced(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = dcm_begin(arena, SR);
	const hr_report *r;

	dcm_sequence(&d, 0x0040A360);
	dcm_item(&d);
	dcm_sequence(&d, 0x00081115);
	dcm_item(&d);
	dcm_sequence(&d, 0x00081199);
	dcm_item(&d);
	dcm_text(&d, 0x00081155, "UI", "1.2.3");
	for (int i = 0; i < 3; i++) {
		dcm_item_end(&d);
		dcm_sequence_end(&d);
	}
	dcm_sequence(&d, 0x0040A730);
	add_text(&d, "121071", "DCM", "Finding", "未见异常");
	dcm_sequence_end(&d);
	r = dcm_read(dcm_file(&d), arena);
	CU_ASSERT_EQUAL_FATAL(r->replace_count, 1);
	HR_ASSERT_TEXT(r->replaces[0].code, "1.2.3");
	CU_ASSERT_EQUAL(r->status, HR_STATUS_CORRECTED);
	hr_arena_close(arena);
}

/* --- what it is, and what was done with a specimen --- */

static void add_code(dcm *d, const char *code, const char *value, const char *scheme)
{
	dcm_item(d);
	dcm_text(d, 0x0040A040, "CS", "CODE");
	add_concept(d, code, "DCM", "");
	dcm_sequence(d, 0x0040A168);
	dcm_item(d);
	dcm_text(d, 0x00080100, "SH", value);
	dcm_text(d, 0x00080102, "SH", scheme);
	dcm_item_end(d);
	dcm_sequence_end(d);
	dcm_item_end(d);
}

static void add_time(dcm *d, const char *code, const char *scheme, const char *time)
{
	dcm_item(d);
	dcm_text(d, 0x0040A040, "CS", "DATETIME");
	add_concept(d, code, scheme, "");
	dcm_text(d, 0x0040A120, "DT", time);
	dcm_item_end(d);
}

static void add_number(dcm *d, const char *name, const char *value)
{
	dcm_item(d);
	dcm_text(d, 0x0040A040, "CS", "NUM");
	add_concept(d, "X", "99LOCAL", name);
	dcm_sequence(d, 0x0040A300);
	dcm_item(d);
	dcm_text(d, 0x0040A30A, "DS", value);
	dcm_item_end(d);
	dcm_sequence_end(d);
	dcm_item_end(d);
}

static void test_dicom_sr__measurement_without_a_name__has_a_line_of_its_own(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = dcm_begin(arena, SR);
	const hr_report *r;

	dcm_sequence(&d, 0x0040A730);
	add_number(&d, "", "45");
	add_text(&d, "121071", "DCM", "Finding", "左肺门结节");
	add_number(&d, "直径", "45");
	add_number(&d, "", "46");
	dcm_sequence_end(&d);
	r = dcm_read(dcm_file(&d), arena);
	HR_ASSERT_TEXT(r->findings.text, "45\n左肺门结节\n直径 45\n46");
	dcm_check_place(r->findings.place, arena,
			"ContentSequence[0].MeasuredValueSequence[0].NumericValue");
	hr_arena_close(arena);
}

static void test_dicom_sr__kind__is_told_by_title_specimen_and_images(void)
{
	static const struct {
		const char *title; /* LOINC */
		bool specimen, finding, evidence;
		hr_kind kind;
	} rows[] = {
		{ "11502-2", false, false, false, HR_KIND_LAB },
		{ "11502-2", true, true, true, HR_KIND_LAB },
		{ "18747-6", true, true, false, HR_KIND_EXAM },
		{ "18747-6", true, false, true, HR_KIND_EXAM },
		{ "11526-1", true, false, false, HR_KIND_LAB },
		{ "11526-1", false, false, false, HR_KIND_EXAM },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_arena *arena = hr_test_arena();
		dcm d = dcm_begin(arena, SR);

		add_concept(&d, rows[i].title, "LN", "");
		if (rows[i].evidence) {
			dcm_sequence(&d, 0x0040A375);
			dcm_sequence_end(&d);
		}
		dcm_sequence(&d, 0x0040A730);
		if (rows[i].specimen)
			add_text(&d, "371439000", "SCT", "Specimen type", "穿刺组织");
		if (rows[i].finding)
			add_text(&d, "121071", "DCM", "Finding", "未见异常");
		add_text(&d, "X", "99LOCAL", "TSH", "3.21");
		dcm_sequence_end(&d);
		CU_ASSERT_EQUAL(dcm_read(dcm_file(&d), arena)->kind, rows[i].kind);
		hr_arena_close(arena);
	}
}

static void add_steps(dcm *d)
{
	add_code(d, "111701", "17636008", "SCT");
	add_time(d, "111702", "DCM", "20250218081200");
	add_code(d, "111701", "127790008", "SCT"); /* staining: no event of a window */
	add_time(d, "111702", "DCM", "20250218082000");
	add_code(d, "111701", "428995007", "SCT");
	add_time(d, "111702", "DCM", "20250218084000");
}

static void check_steps(const hr_report *r)
{
	CU_ASSERT_EQUAL(r->kind, HR_KIND_LAB);
	CU_ASSERT_EQUAL_FATAL(r->result_count, 1);
	HR_ASSERT_TEXT(r->results->name.text, "TSH");
	dcm_check_span(&r->results->times[HR_EVENT_COLLECTED], "2025-02-18 08:12:00");
	dcm_check_span(&r->results->times[HR_EVENT_RECEIVED], "2025-02-18 08:40:00");
	CU_ASSERT_FALSE(hr_time_is_known(&r->results->times[HR_EVENT_TESTED]));
}

static void test_dicom_sr__steps_of_a_specimen__tell_its_times(void)
{
	for (int in_container = 0; in_container < 2; in_container++) {
		hr_arena *arena = hr_test_arena();
		dcm d = dcm_begin(arena, SR);

		add_concept(&d, "11502-2", "LN", "");
		dcm_sequence(&d, 0x0040A730);
		add_text(&d, "X", "99LOCAL", "TSH", "3.21");
		if (in_container) {
			dcm_item(&d);
			dcm_text(&d, 0x0040A040, "CS", "CONTAINER");
			dcm_sequence(&d, 0x0040A730);
		}
		add_steps(&d);
		if (in_container) {
			add_text(&d, "434711009", "SCT", "Specimen container", "试管");
			dcm_sequence_end(&d);
			dcm_item_end(&d);
		}
		dcm_sequence_end(&d);
		check_steps(dcm_read(dcm_file(&d), arena));
		hr_arena_close(arena);
	}
}

static void test_dicom_sr__specimen_module__tells_the_specimen_and_its_times(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = dcm_begin(arena, SR);
	const hr_report *r;

	dcm_sequence(&d, 0x00400560);
	dcm_item(&d);
	dcm_sequence(&d, 0x0040059A);
	dcm_item(&d);
	dcm_text(&d, 0x00080100, "SH", "119364003");
	dcm_text(&d, 0x00080102, "SH", "SCT");
	dcm_item_end(&d);
	dcm_sequence_end(&d);
	dcm_sequence(&d, 0x00400610);
	dcm_item(&d);
	dcm_sequence(&d, 0x00400612);
	add_steps(&d);
	for (int i = 0; i < 2; i++) {
		dcm_sequence_end(&d);
		dcm_item_end(&d);
	}
	dcm_sequence_end(&d);
	dcm_sequence(&d, 0x0040A730);
	add_text(&d, "X", "99LOCAL", "TSH", "3.21");
	dcm_sequence_end(&d);
	r = dcm_read(dcm_file(&d), arena);
	check_steps(r);
	HR_ASSERT_TEXT(r->results->specimens[0].code, "119364003");
	hr_arena_close(arena);
}

static const hr_test tests[] = {
	HR_TEST(test_dicom_sr__of_images__has_findings_and_an_examination),
	HR_TEST(test_dicom_sr__evidence_and_requests__lead_to_its_images),
	HR_TEST(test_dicom_sr__findings__are_read_up_to_the_limit),
	HR_TEST(test_dicom_sr__of_a_laboratory__has_results),
	HR_TEST(test_dicom_sr__context_behind_the_results__holds_for_them),
	HR_TEST(test_dicom_sr__results__are_read_up_to_the_limit),
	HR_TEST(test_dicom_sr__flags__say_how_far_it_has_come),
	HR_TEST(test_dicom_sr__predecessor__is_replaced),
	HR_TEST(test_dicom_sr__measurement_without_a_name__has_a_line_of_its_own),
	HR_TEST(test_dicom_sr__kind__is_told_by_title_specimen_and_images),
	HR_TEST(test_dicom_sr__steps_of_a_specimen__tell_its_times),
	HR_TEST(test_dicom_sr__specimen_module__tells_the_specimen_and_its_times),
};
HR_TEST_MAIN("dicom_sr", tests)
