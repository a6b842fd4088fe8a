/* What the header of an image, and a structured report, say of an examination. */
#include "recognition/reader.h"

#include "dicom_fixture.h"
#include "testing.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define SR "1.2.840.10008.5.1.4.1.1.88.22"

static dcm begin(hr_arena *arena, const char *sop_class)
{
	dcm d = dcm_open(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);

	dcm_text(&d, 0x00080005, "CS", "ISO_IR 192");
	dcm_text(&d, 0x00080016, "UI", sop_class);
	return d;
}

static const hr_report *read_file(hr_str file, hr_arena *arena)
{
	static const hr_report empty;
	hr_reader *reader = hr_reader_open();
	hr_reports reports = { &empty, 0 };
	hr_error err;

	HR_ASSERT_OK(hr_reader_read(reader, file, arena, &reports, &err), err);
	hr_reader_close(reader);
	CU_ASSERT_EQUAL(reports.count, 1);
	return reports.reports;
}

static const hr_report *read_data(const char *path, hr_arena *arena)
{
	return read_file(hr_test_read(arena, path), arena);
}

static void check_refused(hr_str file, hr_error_code code, const char *says)
{
	hr_arena *arena = hr_test_arena();
	hr_reports reports;
	hr_error err = { 0 };

	CU_ASSERT_FALSE(hr_dicom_read_report(file, arena, &reports, &err));
	CU_ASSERT_EQUAL(err.code, code);
	if (!strstr(err.message, says))
		HR_ASSERT_TEXT(hr_str_of(err.message), says);
	hr_arena_close(arena);
}

static void check_place(hr_place place, hr_arena *arena, const char *path)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 1000);
	hr_place_format(place, &buf);
	HR_ASSERT_TEXT(hr_buf_str(&buf), path);
}

static bool deviates(const hr_report *report, const char *code)
{
	for (uint32_t i = 0; i < report->deviation_count; i++)
		if (strcmp(report->deviations[i].code, code) == 0)
			return true;
	return false;
}

static void check_span(const hr_time *time, const char *text)
{
	char written[HR_INSTANT_TEXT];

	HR_ASSERT_TEXT(hr_span_format(time->span, written), text);
}

/* --- images --- */

static void test_dicom_read__ct__tells_what_was_examined(void)
{
	hr_arena *arena = hr_test_arena();
	const hr_report *r = read_data("tests/data/dicom/ct_gbk_lied.dcm", arena);
	const hr_result *exam = r->results;

	CU_ASSERT_EQUAL(r->format, HR_FORMAT_DICOM);
	CU_ASSERT_EQUAL(r->kind, HR_KIND_EXAM);
	CU_ASSERT_EQUAL_FATAL(r->result_count, 1);
	HR_ASSERT_TEXT(exam->name.text, "胸部CT平扫");
	HR_ASSERT_TEXT(exam->modality.text, "CT");
	HR_ASSERT_TEXT(exam->body_part.text, "CHEST");
	CU_ASSERT_TRUE(exam->study_uid.text.len > 0);
	check_span(&exam->times[HR_EVENT_TESTED], "2025-02-18 08:12:00");
	HR_ASSERT_TEXT(r->issuer.name.text, "天津市第五中心医院");
	HR_ASSERT_TEXT(r->issuer.ids[0].code, "12120000400000002B");
	HR_ASSERT_TEXT(r->report_no.code, "SYN-R-0001");
	HR_ASSERT_TEXT(r->patient.name.text, "示范患者");
	HR_ASSERT_TEXT(r->patient.ids[0].system, "2.16.156.10011.1.3");
	HR_ASSERT_TEXT(r->patient.birth.text, "19560315");
	HR_ASSERT_TEXT(r->patient.sex.text, "2");
	check_place(exam->body_part.place, arena, "BodyPartExamined");
	CU_ASSERT_TRUE(deviates(r, "character-set-repaired"));
	CU_ASSERT_TRUE(deviates(r, "results-without-report"));
	hr_arena_close(arena);
}

static void test_dicom_read__codes_and_sequences__are_read(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = begin(arena, DCM_CT);
	const hr_report *r;

	dcm_text(&d, 0x00080060, "CS", "MG");
	dcm_sequence(&d, 0x00081032);
	dcm_item(&d);
	dcm_text(&d, 0x00080100, "SH", "24604-1");
	dcm_text(&d, 0x00080102, "SH", "LN");
	dcm_text(&d, 0x00080104, "LO", "钼靶");
	dcm_item_end(&d);
	dcm_sequence_end(&d);
	dcm_sequence(&d, 0x00082218);
	dcm_item(&d);
	dcm_text(&d, 0x00080100, "SH", "76752008");
	dcm_text(&d, 0x00080102, "SH", "SCT");
	dcm_item_end(&d);
	dcm_sequence_end(&d);
	dcm_text(&d, 0x00180010, "LO", "Iohexol");
	dcm_text(&d, 0x00185101, "CS", "CC");
	dcm_text(&d, 0x00200062, "CS", "L");
	r = read_file(dcm_file(&d), arena);
	HR_ASSERT_TEXT(r->results->codes[0].code, "24604-1");
	CU_ASSERT_TRUE(hr_str_equal(r->results->codes[0].system, HR_LOINC_SYSTEM_OID));
	HR_ASSERT_TEXT(r->results->name.text, "钼靶");
	HR_ASSERT_TEXT(r->results->body_part.text, "BREAST");
	HR_ASSERT_TEXT(r->results->contrast.text, "with");
	HR_ASSERT_TEXT(r->results->position.text, "CC");
	HR_ASSERT_TEXT(r->results->laterality.text, "L");
	check_place(r->results->codes[0].place, arena, "ProcedureCodeSequence[0].CodeValue");
	hr_arena_close(arena);
}

static void test_dicom_read__times__the_most_exact_is_taken_in_its_zone(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = begin(arena, DCM_CT);
	const hr_report *r;

	dcm_text(&d, 0x00080020, "DA", "20250218");
	dcm_text(&d, 0x00080022, "DA", "20250218");
	dcm_text(&d, 0x0008002A, "DT", "20250218160000.5");
	dcm_text(&d, 0x00080030, "TM", "1559");
	dcm_text(&d, 0x00080060, "CS", "CT");
	dcm_text(&d, 0x00080201, "SH", "+0000");
	r = read_file(dcm_file(&d), arena);
	check_span(&r->results->times[HR_EVENT_TESTED], "2025-02-19 00:00:00");
	check_span(&r->results->times[HR_EVENT_COLLECTED], "2025-02-18 23:59");
	hr_arena_close(arena);
}

static void test_dicom_read__study_later_than_its_image__begins_with_it(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = begin(arena, DCM_CT);
	const hr_report *r;

	dcm_text(&d, 0x00080020, "DA", "2025.02.18");
	dcm_text(&d, 0x00080022, "DA", "20250218");
	dcm_text(&d, 0x00080030, "TM", "08:12:30");
	dcm_text(&d, 0x00080032, "TM", "081200");
	dcm_text(&d, 0x00080060, "CS", "CT");
	r = read_file(dcm_file(&d), arena);
	check_span(&r->results->times[HR_EVENT_COLLECTED], "2025-02-18 08:12:00");
	CU_ASSERT_TRUE(deviates(r, "study-begins-after-image"));
	hr_arena_close(arena);
}

static void test_dicom_read__names__are_written_as_people_do(void)
{
	static const struct {
		const char *raw, *text;
	} rows[] = {
		{ "Zhang^Jianguo=张^建国=", "张建国" },
		{ "张^建国", "张建国" },
		{ "Zhang^Jianguo^^Dr", "Zhang Jianguo Dr" },
		{ "^^^^", "" },
		{ "", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_arena *arena = hr_test_arena();
		dcm d = begin(arena, DCM_CT);

		dcm_text(&d, 0x00080060, "CS", "CT");
		dcm_text(&d, 0x00100010, "PN", rows[i].raw);
		HR_ASSERT_TEXT(read_file(dcm_file(&d), arena)->patient.name.text, rows[i].text);
		hr_arena_close(arena);
	}
}

static void test_dicom_read__other_objects__are_refused_by_name(void)
{
	static const struct {
		const char *sop_class, *says;
	} rows[] = {
		{ "1.2.840.10008.5.1.4.1.1.88.59", "Key Object Selection" },
		{ "1.2.840.10008.5.1.4.1.1.88.67", "radiation dose" },
		{ "1.2.840.10008.5.1.4.1.1.104.1", "encapsulated PDF" },
		{ "1.2.840.10008.5.1.4.1.1.104.2", "encapsulated CDA" },
		{ "1.2.840.10008.5.1.4.1.1.9.1.1", "waveform" },
		{ "1.2.840.10008.5.1.4.1.1.481.5", "radiotherapy" },
		{ "1.2.840.10008.5.1.4.1.1.11.1", "presentation state" },
		{ "1.2.840.10008.5.1.4.1.1.66.4", "segmentation" },
		{ "1.2.840.10008.1.3.10", "DICOMDIR" },
		{ "1.2.840.10008.5.1.4.31", "neither image nor report" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_arena *arena = hr_test_arena();
		dcm d = begin(arena, rows[i].sop_class);

		check_refused(dcm_file(&d), HR_E_UNSUPPORTED, rows[i].says);
		hr_arena_close(arena);
	}
}

static void test_dicom_read__no_modality__is_refused(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = begin(arena, DCM_CT);

	check_refused(dcm_file(&d), HR_E_INCOMPLETE, "no modality");
	hr_arena_close(arena);
}

/* --- structured reports --- */

static void test_dicom_sr__of_images__has_findings_and_an_examination(void)
{
	hr_arena *arena = hr_test_arena();
	const hr_report *r = read_data("tests/data/dicom/imaging.dcm", arena);

	CU_ASSERT_EQUAL(r->kind, HR_KIND_EXAM);
	CU_ASSERT_EQUAL_FATAL(r->result_count, 1);
	HR_ASSERT_TEXT(r->results->name.text, "胸部CT平扫");
	HR_ASSERT_TEXT(r->results->modality.text, "CT");
	HR_ASSERT_TEXT(r->results->body_part.text, "CHEST");
	HR_ASSERT_TEXT(r->findings.text, "双肺纹理清晰, 未见实变。");
	HR_ASSERT_TEXT(r->conclusion.text, "胸部CT平扫未见异常。");
	HR_ASSERT_TEXT(r->title.text, "CT报告");
	CU_ASSERT_EQUAL(r->status, HR_STATUS_FINAL);
	check_span(&r->times[HR_EVENT_REPORTED], "2025-02-18 15:30:00");
	check_place(r->conclusion.place, arena, "ContentSequence[4].ContentSequence[0].TextValue");
	hr_arena_close(arena);
}

/* One finding of so many letters. */
static dcm make_findings(hr_arena *arena, size_t count)
{
	dcm d = begin(arena, SR);
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

	CU_ASSERT_EQUAL(read_file(dcm_file(&d), arena)->findings.text.len, 262144);
	d = make_findings(arena, 262146);
	check_refused(dcm_file(&d), HR_E_LIMIT, "are over 262144 bytes");
	hr_arena_close(arena);
}

static void test_dicom_sr__of_a_laboratory__has_results(void)
{
	hr_arena *arena = hr_test_arena();
	const hr_report *r = read_data("tests/data/dicom/lab.dcm", arena);

	CU_ASSERT_EQUAL(r->kind, HR_KIND_LAB);
	CU_ASSERT_EQUAL_FATAL(r->result_count, 2);
	HR_ASSERT_TEXT(r->results[0].name.text, "TSH");
	HR_ASSERT_TEXT(r->results[0].codes[0].code, "3016-3");
	HR_ASSERT_TEXT(r->results[0].value.text, "3.21");
	HR_ASSERT_TEXT(r->results[0].unit.text, "mIU/L");
	HR_ASSERT_TEXT(r->results[0].unit_code.text, "m[IU]/L");
	HR_ASSERT_TEXT(r->results[0].specimens[0].display, "血清");
	HR_ASSERT_TEXT(r->results[0].performer->name.text, "河北区示范医院");
	check_span(&r->results[0].times[HR_EVENT_COLLECTED], "2025-02-18 08:12:00");
	check_span(&r->results[0].times[HR_EVENT_RECEIVED], "2025-02-18 08:40:00");
	HR_ASSERT_TEXT(r->results[1].value.text, "阴性");
	CU_ASSERT_EQUAL(r->results[1].unit.text.len, 0);
	check_place(r->results[0].value.place, arena,
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
	dcm d = begin(arena, SR);

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
	const hr_report *r = read_file(dcm_file(&d), arena);

	CU_ASSERT_EQUAL_FATAL(r->result_count, 2);
	HR_ASSERT_TEXT(r->results[0].specimens[0].display, "血清");
	hr_arena_close(arena);
}

static void test_dicom_sr__results__are_read_up_to_the_limit(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = make_lab(arena, HR_RESULTS_MAX);

	CU_ASSERT_EQUAL(read_file(dcm_file(&d), arena)->result_count, HR_RESULTS_MAX);
	d = make_lab(arena, HR_RESULTS_MAX + 1);
	check_refused(dcm_file(&d), HR_E_LIMIT, "more than 5000 results");
	d = make_lab(arena, 0);
	check_refused(dcm_file(&d), HR_E_INCOMPLETE, "without results");
	d = begin(arena, SR);
	check_refused(dcm_file(&d), HR_E_INCOMPLETE, "no content");
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
		dcm d = begin(arena, SR);

		dcm_text(&d, 0x0040A491, "CS", rows[i].completion);
		dcm_text(&d, 0x0040A493, "CS", rows[i].verification);
		dcm_sequence(&d, 0x0040A730);
		add_text(&d, "121071", "DCM", "Finding", "未见异常");
		dcm_sequence_end(&d);
		CU_ASSERT_EQUAL(read_file(dcm_file(&d), arena)->status, rows[i].status);
		hr_arena_close(arena);
	}
}

static void test_dicom_sr__predecessor__is_replaced(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = begin(arena, SR);
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
	r = read_file(dcm_file(&d), arena);
	CU_ASSERT_EQUAL_FATAL(r->replace_count, 1);
	HR_ASSERT_TEXT(r->replaces[0].code, "1.2.3");
	CU_ASSERT_EQUAL(r->status, HR_STATUS_CORRECTED);
	hr_arena_close(arena);
}

/* --- what others wrote --- */

struct count {
	hr_reader *reader;
	int files;
	int read;
};

/* Read, or refused with words. That the process is still there is the point. */
static void try_file(struct count *count, const char *path)
{
	hr_arena *arena = hr_test_arena();
	hr_str bytes = hr_test_read(arena, path);
	hr_reports reports = { 0 };
	hr_error err = { 0 };
	bool ok = hr_reader_read(count->reader, bytes, arena, &reports, &err);

	count->files++;
	count->read += ok;
	CU_ASSERT_TRUE(ok ? reports.reports->result_count > 0 : err.code && err.message[0]);
	if (!ok && getenv("HUREN_VERBOSE"))
		fprintf(stderr, "%s: %s\n", path, err.message);
	hr_arena_close(arena);
}

/* NOLINTNEXTLINE(misc-no-recursion) */
static void try_folder(struct count *count, const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char inner[4096];
		struct stat st;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
		if (stat(inner, &st) == 0 && S_ISDIR(st.st_mode))
			try_folder(count, inner);
		else
			try_file(count, inner);
	}
	if (dir)
		closedir(dir);
}

static void test_dicom_read__the_corpora__are_read_or_refused_with_a_reason(void)
{
	const char *corpora = hr_test_corpora();
	struct count count = { .reader = hr_reader_open() };
	char path[4096];

	if (corpora) {
		snprintf(path, sizeof(path), "%s/dicom", corpora);
		try_folder(&count, path);
		printf("dicom corpora: %d files, %d read\n", count.files, count.read);
		CU_ASSERT_TRUE(count.read > 100);
	}
	hr_reader_close(count.reader);
}

static const hr_test tests[] = {
	HR_TEST(test_dicom_read__ct__tells_what_was_examined),
	HR_TEST(test_dicom_read__codes_and_sequences__are_read),
	HR_TEST(test_dicom_read__times__the_most_exact_is_taken_in_its_zone),
	HR_TEST(test_dicom_read__study_later_than_its_image__begins_with_it),
	HR_TEST(test_dicom_read__names__are_written_as_people_do),
	HR_TEST(test_dicom_read__other_objects__are_refused_by_name),
	HR_TEST(test_dicom_read__no_modality__is_refused),
	HR_TEST(test_dicom_sr__of_images__has_findings_and_an_examination),
	HR_TEST(test_dicom_sr__findings__are_read_up_to_the_limit),
	HR_TEST(test_dicom_sr__of_a_laboratory__has_results),
	HR_TEST(test_dicom_sr__context_behind_the_results__holds_for_them),
	HR_TEST(test_dicom_sr__results__are_read_up_to_the_limit),
	HR_TEST(test_dicom_sr__flags__say_how_far_it_has_come),
	HR_TEST(test_dicom_sr__predecessor__is_replaced),
	HR_TEST(test_dicom_read__the_corpora__are_read_or_refused_with_a_reason),
};
HR_TEST_MAIN("dicom_read", tests)
