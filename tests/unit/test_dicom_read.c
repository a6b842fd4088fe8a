/* What the header of an image says of an examination. */
#include "dicom_checks.h"
#include "testing.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* --- images --- */

static void test_dicom_read__ct__tells_what_was_examined(void)
{
	hr_arena *arena = hr_test_arena();
	const hr_report *r = dcm_read_data("tests/data/dicom/ct_gbk_lied.dcm", arena);
	const hr_result *exam = r->results;

	CU_ASSERT_EQUAL(r->format, HR_FORMAT_DICOM);
	CU_ASSERT_EQUAL(r->kind, HR_KIND_EXAM);
	CU_ASSERT_EQUAL_FATAL(r->result_count, 1);
	HR_ASSERT_TEXT(exam->name.text, "胸部CT平扫");
	HR_ASSERT_TEXT(exam->modality.text, "CT");
	HR_ASSERT_TEXT(exam->body_part.text, "CHEST");
	CU_ASSERT_TRUE(exam->study_uid.text.len > 0);
	dcm_check_span(&exam->times[HR_EVENT_TESTED], "2025-02-18 08:12:00");
	HR_ASSERT_TEXT(r->issuer.name.text, "天津市第五中心医院");
	HR_ASSERT_TEXT(r->issuer.ids[0].code, "12120000400000002B");
	HR_ASSERT_TEXT(r->report_no.code, "SYN-R-0001");
	HR_ASSERT_TEXT(r->patient.name.text, "示范患者");
	HR_ASSERT_TEXT(r->patient.ids[0].system, "2.16.156.10011.1.3");
	HR_ASSERT_TEXT(r->patient.birth.text, "19560315");
	HR_ASSERT_TEXT(r->patient.sex.text, "2");
	dcm_check_place(exam->body_part.place, arena, "BodyPartExamined");
	CU_ASSERT_TRUE(dcm_deviates(r, "character-set-repaired"));
	CU_ASSERT_TRUE(dcm_deviates(r, "results-without-report"));
	hr_arena_close(arena);
}

static void test_dicom_read__codes_and_sequences__are_read(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = dcm_begin(arena, DCM_CT);
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
	r = dcm_read(dcm_file(&d), arena);
	HR_ASSERT_TEXT(r->results->codes[0].code, "24604-1");
	CU_ASSERT_TRUE(hr_str_equal(r->results->codes[0].system, HR_LOINC_SYSTEM_OID));
	HR_ASSERT_TEXT(r->results->name.text, "钼靶");
	HR_ASSERT_TEXT(r->results->body_part.text, "BREAST");
	HR_ASSERT_TEXT(r->results->contrast.text, "with");
	HR_ASSERT_TEXT(r->results->position.text, "CC");
	HR_ASSERT_TEXT(r->results->laterality.text, "L");
	dcm_check_place(r->results->codes[0].place, arena, "ProcedureCodeSequence[0].CodeValue");
	hr_arena_close(arena);
}

static void test_dicom_read__times__the_most_exact_is_taken_in_its_zone(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = dcm_begin(arena, DCM_CT);
	const hr_report *r;

	dcm_text(&d, 0x00080020, "DA", "20250218");
	dcm_text(&d, 0x00080022, "DA", "20250218");
	dcm_text(&d, 0x0008002A, "DT", "20250218160000.5");
	dcm_text(&d, 0x00080030, "TM", "1559");
	dcm_text(&d, 0x00080060, "CS", "CT");
	dcm_text(&d, 0x00080201, "SH", "+0000");
	r = dcm_read(dcm_file(&d), arena);
	dcm_check_span(&r->results->times[HR_EVENT_TESTED], "2025-02-19 00:00:00");
	dcm_check_span(&r->results->times[HR_EVENT_COLLECTED], "2025-02-18 23:59");
	hr_arena_close(arena);
}

static void test_dicom_read__day_without_a_clock__takes_the_clock_of_its_series(void)
{
	static const struct {
		const char *image, *series_day, *series_clock, *tested;
	} rows[] = {
		{ "20250218", "20250218", "081200", "2025-02-18 08:12:00" },
		{ "20250218", "20250218", "", "2025-02-18 07:00" },
		{ "20250218", "20250219", "081200", "2025-02-18 07:00" },
		{ "20250219", "20250218", "235959", "2025-02-19" },
		{ "unknown", "20250218", "081200", "" },
		{ "", "20250218", "081200", "2025-02-18 08:12:00" },
		{ "", "", "", "2025-02-18 07:00" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_arena *arena = hr_test_arena();
		dcm d = dcm_begin(arena, DCM_CT);

		dcm_text(&d, 0x00080020, "DA", "20250218");
		dcm_text(&d, 0x00080021, "DA", rows[i].series_day);
		dcm_text(&d, 0x00080022, "DA", rows[i].image);
		dcm_text(&d, 0x00080030, "TM", "0700");
		dcm_text(&d, 0x00080031, "TM", rows[i].series_clock);
		dcm_text(&d, 0x00080060, "CS", "CT");
		dcm_check_span(&dcm_read(dcm_file(&d), arena)->results->times[HR_EVENT_TESTED],
			       rows[i].tested);
		hr_arena_close(arena);
	}
}

static void test_dicom_read__study_later_than_its_image__begins_with_it(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = dcm_begin(arena, DCM_CT);
	const hr_report *r;

	dcm_text(&d, 0x00080020, "DA", "2025.02.18");
	dcm_text(&d, 0x00080022, "DA", "20250218");
	dcm_text(&d, 0x00080030, "TM", "08:12:30");
	dcm_text(&d, 0x00080032, "TM", "081200");
	dcm_text(&d, 0x00080060, "CS", "CT");
	r = dcm_read(dcm_file(&d), arena);
	dcm_check_span(&r->results->times[HR_EVENT_COLLECTED], "2025-02-18 08:12:00");
	CU_ASSERT_TRUE(dcm_deviates(r, "study-begins-after-image"));
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
		dcm d = dcm_begin(arena, DCM_CT);

		dcm_text(&d, 0x00080060, "CS", "CT");
		dcm_text(&d, 0x00100010, "PN", rows[i].raw);
		HR_ASSERT_TEXT(dcm_read(dcm_file(&d), arena)->patient.name.text, rows[i].text);
		hr_arena_close(arena);
	}
}

static void test_dicom_read__number_of_the_patient__is_an_id_card_when_it_can_be_no_other(void)
{
	static const struct {
		const char *id, *issuer, *birth, *system;
	} rows[] = {
		{ "120116195603150021", "", "19560315", HR_ID_CARD_OID },
		{ "110101194912310020", "", "19491231", "" },		/* its last is wrong */
		{ "120116195603150021", "", "19560316", "" },		/* of another day */
		{ "120116195603150021", "", "", "" },			/* of no day */
		{ "120116195603150021", "HIS", "19560315", "HIS" },	/* said to be another's */
		{ "12011619560315002", "", "19560315", "" },		/* short by one */
		{ "1201161956031500210", "", "19560315", "" },		/* long by one */
		{ "MZ0001", "2.16.156.10011.1.3", "", HR_ID_CARD_OID }, /* said to be one */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_arena *arena = hr_test_arena();
		dcm d = dcm_begin(arena, DCM_CT);
		const hr_report *r;

		dcm_text(&d, 0x00080060, "CS", "CT");
		dcm_text(&d, 0x00100020, "LO", rows[i].id);
		dcm_text(&d, 0x00100021, "LO", rows[i].issuer);
		dcm_text(&d, 0x00100030, "DA", rows[i].birth);
		r = dcm_read(dcm_file(&d), arena);
		HR_ASSERT_TEXT(r->patient.ids[0].code, rows[i].id);
		HR_ASSERT_TEXT(r->patient.ids[0].system, rows[i].system);
		hr_arena_close(arena);
	}
}

/* A scheme that the sender made up says nothing, unless the object says what it is. */
static void test_dicom_read__institution__has_its_codes_and_their_schemes(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = dcm_begin(arena, DCM_CT);
	const hr_report *r;

	dcm_text(&d, 0x00080060, "CS", "CT");
	dcm_text(&d, 0x00080081, "ST", "大港院区");
	dcm_sequence(&d, 0x00080082);
	for (int i = 0; i < 2; i++) {
		dcm_item(&d);
		dcm_text(&d, 0x00080100, "SH", i ? "PDY100" : "12120000400000002B");
		dcm_text(&d, 0x00080102, "SH", i ? "99ORG" : "99USCC");
		dcm_text(&d, 0x00080104, "LO", "滨海示范医院");
		dcm_item_end(&d);
	}
	dcm_sequence_end(&d);
	dcm_sequence(&d, 0x00080110);
	dcm_item(&d);
	dcm_text(&d, 0x00080102, "SH", "99ORG");
	dcm_text(&d, 0x0008010C, "UI", "1.2.156.9");
	dcm_item_end(&d);
	dcm_sequence_end(&d);
	r = dcm_read(dcm_file(&d), arena);
	CU_ASSERT_EQUAL_FATAL(r->issuer.id_count, 2);
	HR_ASSERT_TEXT(r->issuer.ids[0].code, "12120000400000002B");
	HR_ASSERT_TEXT(r->issuer.ids[0].system, "");
	HR_ASSERT_TEXT(r->issuer.ids[1].system, "1.2.156.9");
	HR_ASSERT_TEXT(r->issuer.name.text, "滨海示范医院");
	HR_ASSERT_TEXT(r->issuer.campus.text, "大港院区");
	hr_arena_close(arena);
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
		dcm d = dcm_begin(arena, rows[i].sop_class);

		dcm_check_refused(dcm_file(&d), HR_E_UNSUPPORTED, rows[i].says);
		hr_arena_close(arena);
	}
}

static void test_dicom_read__no_modality__is_refused(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = dcm_begin(arena, DCM_CT);

	dcm_check_refused(dcm_file(&d), HR_E_INCOMPLETE, "no modality");
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
	HR_TEST(test_dicom_read__day_without_a_clock__takes_the_clock_of_its_series),
	HR_TEST(test_dicom_read__study_later_than_its_image__begins_with_it),
	HR_TEST(test_dicom_read__names__are_written_as_people_do),
	HR_TEST(test_dicom_read__number_of_the_patient__is_an_id_card_when_it_can_be_no_other),
	HR_TEST(test_dicom_read__institution__has_its_codes_and_their_schemes),
	HR_TEST(test_dicom_read__other_objects__are_refused_by_name),
	HR_TEST(test_dicom_read__no_modality__is_refused),
	HR_TEST(test_dicom_read__the_corpora__are_read_or_refused_with_a_reason),
};
HR_TEST_MAIN("dicom_read", tests)
