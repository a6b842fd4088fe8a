/* DICOM from its bytes to a report: every encoding, and files that are damaged. */
#include "dicom_checks.h"
#include "dicom_deflate.h"
#include "testing.h"

#include <stdio.h>

#define SR "1.2.840.10008.5.1.4.1.1.88.22"

/* --- encodings --- */

/* An image with sequences of undefined length, and with a scanner's own elements. */
static void add_ct(dcm *d)
{
	dcm_text(d, 0x00080005, "CS", "ISO_IR 192");
	dcm_text(d, 0x00080016, "UI", DCM_CT);
	dcm_text(d, 0x00080020, "DA", "20250218");
	dcm_text(d, 0x00080030, "TM", "081200");
	dcm_text(d, 0x00080060, "CS", "CT");
	dcm_text(d, 0x00080080, "LO", "滨海示范医院");
	dcm_sequence(d, 0x00081032);
	dcm_item(d);
	dcm_text(d, 0x00080100, "SH", "CT-CHEST");
	dcm_text(d, 0x00080102, "SH", "99LOCAL");
	dcm_text(d, 0x00080104, "LO", "胸部CT平扫");
	dcm_item_end(d);
	dcm_sequence_end(d);
	dcm_text(d, 0x00090010, "LO", "SCANNER 1.0");
	dcm_text(d, 0x00091001, "LO", "胸部CT增强");
	dcm_sequence(d, 0x00091002);
	dcm_item(d);
	dcm_text(d, 0x00080060, "CS", "MR");
	dcm_item_end(d);
	dcm_sequence_end(d);
	dcm_text(d, 0x00180015, "CS", "CHEST");
	dcm_text(d, 0x00200062, "CS", "L");
}

static void check_ct(hr_str file, hr_arena *arena)
{
	const hr_report *r = dcm_read(file, arena);

	CU_ASSERT_EQUAL_FATAL(r->result_count, 1);
	HR_ASSERT_TEXT(r->results->name.text, "胸部CT平扫");
	HR_ASSERT_TEXT(r->results->modality.text, "CT");
	HR_ASSERT_TEXT(r->results->body_part.text, "CHEST");
	HR_ASSERT_TEXT(r->results->laterality.text, "L");
	HR_ASSERT_TEXT(r->issuer.name.text, "滨海示范医院");
	dcm_check_span(&r->results->times[HR_EVENT_TESTED], "2025-02-18 08:12:00");
}

static void test_dicom_whole__each_encoding__says_the_same(void)
{
	static const struct {
		const char *syntax;
		hr_dicom_encoding encoding;
	} rows[] = {
		{ DCM_IMPLICIT, HR_DICOM_IMPLICIT_LE }, { DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE },
		{ DCM_BIG, HR_DICOM_EXPLICIT_BE },	{ NULL, HR_DICOM_IMPLICIT_LE },
		{ NULL, HR_DICOM_EXPLICIT_LE },		{ NULL, HR_DICOM_EXPLICIT_BE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_arena *arena = hr_test_arena();
		dcm d = dcm_open(arena, rows[i].syntax, rows[i].encoding);

		add_ct(&d);
		check_ct(dcm_file(&d), arena);
		hr_arena_close(arena);
	}
}

static void test_dicom_whole__deflated__says_the_same(void)
{
	hr_arena *arena = hr_test_arena();
	dcm inner = dcm_open(arena, NULL, HR_DICOM_EXPLICIT_LE);
	dcm d = dcm_open(arena, DCM_DEFLATED, HR_DICOM_EXPLICIT_LE);

	add_ct(&inner);
	hr_buf_add(&d.buf, dcm_deflate(arena, dcm_file(&inner)));
	check_ct(dcm_file(&d), arena);
	hr_arena_close(arena);
}

/* --- nesting --- */

/* A finding in so many sequences, one of which holds its concept. */
static dcm nested_finding(hr_arena *arena, int depth)
{
	dcm d = dcm_begin(arena, SR);

	for (int i = 1; i < depth; i++) {
		dcm_sequence(&d, 0x0040A730);
		dcm_item(&d);
		dcm_text(&d, 0x0040A040, "CS", i + 1 < depth ? "CONTAINER" : "TEXT");
	}
	dcm_sequence(&d, 0x0040A043);
	dcm_item(&d);
	dcm_text(&d, 0x00080100, "SH", "121071");
	dcm_text(&d, 0x00080102, "SH", "DCM");
	dcm_item_end(&d);
	dcm_sequence_end(&d);
	dcm_text(&d, 0x0040A160, "UT", "未见异常");
	for (int i = 1; i < depth; i++) {
		dcm_item_end(&d);
		dcm_sequence_end(&d);
	}
	return d;
}

static void test_dicom_whole__nesting__is_read_at_the_limit_alone(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = nested_finding(arena, HR_DICOM_NESTING_MAX);

	HR_ASSERT_TEXT(dcm_read(dcm_file(&d), arena)->findings.text, "未见异常");
	d = nested_finding(arena, HR_DICOM_NESTING_MAX + 1);
	dcm_check_refused(dcm_file(&d), HR_E_LIMIT, "nest over 64 deep");
	hr_arena_close(arena);
}

/* --- damage --- */

/* Read, or refused with a reason: that the process is still there is the point. */
static bool survives(hr_reader *reader, hr_str bytes)
{
	hr_arena *arena = hr_test_arena();
	hr_reports reports = { 0 };
	hr_error err = { 0 };
	bool ok = hr_reader_read(reader, bytes, arena, &reports, &err);

	CU_ASSERT_TRUE(ok ? reports.count == 1 : err.code && err.message[0]);
	hr_arena_close(arena);
	return ok;
}

static const char *const files[] = { "tests/data/dicom/ct_gbk_lied.dcm", "tests/data/dicom/lab.dcm",
				     "tests/data/dicom/imaging.dcm" };

/* Of an image the pixels may be missing, of a report not one byte. */
static void test_dicom_whole__every_cut__is_read_or_refused_with_a_reason(void)
{
	hr_reader *reader = hr_reader_open();

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		hr_arena *arena = hr_test_arena();
		hr_str whole = hr_test_read(arena, files[i]);
		size_t read = 0;

		for (size_t len = 0; len < whole.len; len++)
			read += survives(reader, hr_str_slice(whole, 0, len));
		CU_ASSERT_EQUAL(read > 0, i == 0);
		CU_ASSERT_TRUE(survives(reader, whole));
		hr_arena_close(arena);
	}
	hr_reader_close(reader);
}

static void test_dicom_whole__every_byte_wrong__is_read_or_refused_with_a_reason(void)
{
	static const char wrong[] = { '\0', '\x7f', '\xff' };
	hr_reader *reader = hr_reader_open();

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		hr_arena *arena = hr_test_arena();
		hr_str whole = hr_test_read(arena, files[i]);
		char *bytes = hr_arena_alloc_text(arena, whole.len);
		size_t read = 0;

		for (size_t at = 0; at < whole.len; at++) {
			memcpy(bytes, whole.data, whole.len);
			bytes[at] = wrong[at % sizeof(wrong)];
			read += survives(reader, (hr_str){ bytes, whole.len });
		}
		CU_ASSERT_TRUE(read > 0 && read < whole.len);
		hr_arena_close(arena);
	}
	hr_reader_close(reader);
}

static const hr_test tests[] = {
	HR_TEST(test_dicom_whole__each_encoding__says_the_same),
	HR_TEST(test_dicom_whole__deflated__says_the_same),
	HR_TEST(test_dicom_whole__nesting__is_read_at_the_limit_alone),
	HR_TEST(test_dicom_whole__every_cut__is_read_or_refused_with_a_reason),
	HR_TEST(test_dicom_whole__every_byte_wrong__is_read_or_refused_with_a_reason),
};
HR_TEST_MAIN("dicom_whole", tests)
