/* The look through a DICOM file before DCMTK sees it. */
#include "dicom/dicom.h"
#include "dicom/prescan.h"

#include "dicom_deflate.h"
#include "dicom_fixture.h"
#include "testing.h"

static dcm begin(hr_arena *arena)
{
	return dcm_open(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);
}

static void check_passes(const dcm *d, hr_arena *arena, hr_dicom_scan *out)
{
	hr_error err;

	HR_ASSERT_OK(hr_dicom_prescan(dcm_file(d), arena, out, &err), err);
}

static void check_refused(const dcm *d, hr_arena *arena, hr_error_code code, const char *says)
{
	hr_dicom_scan scan;
	hr_error err = { 0 };

	CU_ASSERT_FALSE(hr_dicom_prescan(dcm_file(d), arena, &scan, &err));
	CU_ASSERT_EQUAL(err.code, code);
	if (!strstr(err.message, says))
		HR_ASSERT_TEXT(hr_str_of(err.message), says);
}

static void test_prescan__each_encoding__finds_the_class(void)
{
	static const struct {
		const char *syntax;
		hr_dicom_encoding encoding;
	} rows[] = { { DCM_IMPLICIT, HR_DICOM_IMPLICIT_LE }, { DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE },
		     { DCM_BIG, HR_DICOM_EXPLICIT_BE },	     { NULL, HR_DICOM_IMPLICIT_LE },
		     { NULL, HR_DICOM_EXPLICIT_LE },	     { NULL, HR_DICOM_EXPLICIT_BE } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_arena *arena = hr_test_arena();
		dcm d = dcm_open(arena, rows[i].syntax, rows[i].encoding);
		hr_dicom_scan scan;

		dcm_text(&d, 0x00080016, "UI", DCM_CT);
		dcm_text(&d, 0x00080060, "CS", "CT");
		CU_ASSERT_TRUE(hr_dicom_sniff(dcm_file(&d)));
		check_passes(&d, arena, &scan);
		CU_ASSERT_EQUAL(scan.encoding, rows[i].encoding);
		CU_ASSERT_EQUAL(scan.elements, 2);
		CU_ASSERT_FALSE(scan.syntax_lied);
		HR_ASSERT_TEXT(scan.sop_class, DCM_CT);
		hr_arena_close(arena);
	}
}

static void test_prescan__syntax_says_another_encoding__sees_the_true_one(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = dcm_open(arena, DCM_EXPLICIT, HR_DICOM_IMPLICIT_LE);
	hr_dicom_scan scan;

	dcm_text(&d, 0x00080060, "CS", "CT");
	check_passes(&d, arena, &scan);
	CU_ASSERT_EQUAL(scan.encoding, HR_DICOM_IMPLICIT_LE);
	CU_ASSERT_TRUE(scan.syntax_lied);
	hr_arena_close(arena);
}

static void test_prescan__pixels_are_cut__the_header_passes(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = begin(arena);
	hr_dicom_scan scan;

	dcm_text(&d, 0x00080060, "CS", "CT");
	dcm_head(&d, 0x7FE00010, "OW", 524288);
	check_passes(&d, arena, &scan);
	CU_ASSERT_EQUAL(scan.header.len, 10);
	hr_arena_close(arena);
}

static void test_prescan__every_cut_of_the_header__is_refused(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = begin(arena);
	hr_str whole;
	size_t first = dcm_file(&d).len;
	hr_dicom_scan scan;
	hr_error err;

	dcm_sequence(&d, 0x00081032);
	dcm_item(&d);
	dcm_text(&d, 0x00080100, "SH", "CT1");
	dcm_item_end(&d);
	dcm_sequence_end(&d);
	whole = dcm_file(&d);
	for (size_t len = first; len < whole.len; len++) {
		CU_ASSERT_FALSE(hr_dicom_prescan((hr_str){ whole.data, len }, arena, &scan, &err));
		CU_ASSERT_EQUAL(err.code, HR_E_SYNTAX);
	}
	CU_ASSERT_TRUE(hr_dicom_prescan(whole, arena, &scan, &err));
	hr_arena_close(arena);
}

static void nest(dcm *d, int depth, bool closed)
{
	for (int i = 0; i < depth; i++) {
		dcm_sequence(d, 0x0040A730);
		dcm_item(d);
	}
	for (int i = 0; closed && i < depth; i++) {
		dcm_item_end(d);
		dcm_sequence_end(d);
	}
}

static void test_prescan__nesting__passes_at_the_limit_alone(void)
{
	hr_arena *arena = hr_test_arena();
	hr_dicom_scan scan;
	dcm d = begin(arena);

	nest(&d, HR_DICOM_NESTING_MAX, true);
	check_passes(&d, arena, &scan);
	CU_ASSERT_EQUAL(scan.nesting, HR_DICOM_NESTING_MAX);
	d = begin(arena);
	nest(&d, HR_DICOM_NESTING_MAX + 1, true);
	check_refused(&d, arena, HR_E_LIMIT, "nest over 64 deep");
	d = begin(arena);
	nest(&d, 20000, false);
	check_refused(&d, arena, HR_E_LIMIT, "nest over 64 deep");
	hr_arena_close(arena);
}

/* Of given lengths, each around the next: DCMTK knows by its dictionary that they are sequences. */
static void test_prescan__implicit_sequences_of_given_length__are_counted_as_well(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = dcm_open(arena, DCM_IMPLICIT, HR_DICOM_IMPLICIT_LE);

	for (uint32_t left = 65; left > 0; left--) {
		dcm_head(&d, 0x0040A730, "SQ", left * 16 - 8);
		dcm_head(&d, 0xFFFEE000, "", left * 16 - 16);
	}
	check_refused(&d, arena, HR_E_LIMIT, "nest over 64 deep");
	hr_arena_close(arena);
}

static void test_prescan__unknown_sequence__is_implicit_inside(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = begin(arena);
	hr_dicom_scan scan;

	dcm_head(&d, 0x00091010, "UN", UINT32_MAX);
	d.encoding = HR_DICOM_IMPLICIT_LE;
	dcm_item(&d);
	dcm_text(&d, 0x00080100, "SH", "X");
	dcm_item_end(&d);
	dcm_sequence_end(&d);
	d.encoding = HR_DICOM_EXPLICIT_LE;
	dcm_text(&d, 0x00100020, "LO", "1");
	check_passes(&d, arena, &scan);
	CU_ASSERT_EQUAL(scan.elements, 6);
	hr_arena_close(arena);
}

static void test_prescan__what_does_not_fit_together__is_refused_with_its_byte(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = begin(arena);
	size_t at = dcm_file(&d).len;
	char words[64];
	hr_buf says;

	hr_buf_init_over(&says, words, sizeof(words));
	hr_buf_addf(&says, "(0010,0010) at byte %zu says 9 bytes", at);
	dcm_head(&d, 0x00100010, "PN", 9);
	check_refused(&d, arena, HR_E_SYNTAX, words);
	d = begin(arena);
	dcm_text(&d, 0x00080060, "CS", "CT");
	dcm_head(&d, 0x00100010, "pn", 0);
	check_refused(&d, arena, HR_E_SYNTAX, "no value representation");
	d = begin(arena);
	dcm_head(&d, 0x00104000, "UT", UINT32_MAX);
	check_refused(&d, arena, HR_E_SYNTAX, "has no length and is no sequence");
	d = begin(arena);
	dcm_item(&d);
	check_refused(&d, arena, HR_E_SYNTAX, "stands outside a sequence");
	d = begin(arena);
	dcm_head(&d, 0x0040A730, "SQ", 8);
	dcm_sequence_end(&d);
	check_refused(&d, arena, HR_E_SYNTAX, "delimiter where none belongs");
	d = begin(arena);
	dcm_sequence(&d, 0x0040A730);
	dcm_text(&d, 0x00100020, "LO", "1");
	check_refused(&d, arena, HR_E_SYNTAX, "outside its items");
	hr_arena_close(arena);
}

static void test_prescan__uid__is_digits_and_dots_up_to_64(void)
{
	static const struct {
		const char *uid;
		bool passes;
	} rows[] = {
		{ "1.2.3", true },
		{ "", true },
		{ "1234567890123456789012345678901234567890123456789012345678901234", true },
		{ "12345678901234567890123456789012345678901234567890123456789012345", false },
		{ "../../etc/passwd", false },
		{ "1.2.3\\1.2.4", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_arena *arena = hr_test_arena();
		dcm d = begin(arena);
		hr_dicom_scan scan;

		dcm_text(&d, 0x00080018, "UI", rows[i].uid);
		if (rows[i].passes)
			check_passes(&d, arena, &scan);
		else
			check_refused(&d, arena, HR_E_SYNTAX, "is no UID");
		hr_arena_close(arena);
	}
}

static void test_prescan__elements__pass_at_the_limit_alone(void)
{
	hr_arena *arena = hr_test_arena();
	hr_dicom_scan scan;
	dcm d = begin(arena);

	for (int i = 0; i < HR_DICOM_ELEMENTS_MAX; i++)
		dcm_head(&d, 0x00080005, "CS", 0);
	check_passes(&d, arena, &scan);
	dcm_head(&d, 0x00080005, "CS", 0);
	check_refused(&d, arena, HR_E_LIMIT, "over 200000 elements");
	hr_arena_close(arena);
}

static void test_prescan__big_value__passes_and_is_no_header_to_read(void)
{
	hr_arena *arena = hr_test_arena();
	hr_dicom_object object;
	hr_error err = { 0 };
	hr_dicom_scan scan;
	dcm d = begin(arena);
	char *bulk = hr_arena_alloc_text(arena, HR_DICOM_HEADER_MAX);

	memset(bulk, 0, HR_DICOM_HEADER_MAX);
	dcm_bytes(&d, 0x00420011, "OB", (hr_str){ bulk, HR_DICOM_HEADER_MAX });
	check_passes(&d, arena, &scan);
	CU_ASSERT_EQUAL(scan.header.len, HR_DICOM_HEADER_MAX + 12);
	CU_ASSERT_FALSE(hr_dicom_read(dcm_file(&d), arena, &object, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_LIMIT);
	hr_arena_close(arena);
}

/* 20 MB of zeros behind the modality: pixels, or one long text. */
static dcm deflated(hr_arena *arena, uint32_t tag, const char *vr)
{
	enum { BOMB = 20 << 20 };
	dcm inner = dcm_open(arena, NULL, HR_DICOM_EXPLICIT_LE);
	dcm d = dcm_open(arena, DCM_DEFLATED, HR_DICOM_EXPLICIT_LE);
	char *bulk = hr_arena_alloc_text(arena, BOMB);

	memset(bulk, 0, BOMB);
	dcm_text(&inner, 0x00080060, "CS", "CT");
	dcm_bytes(&inner, tag, vr, (hr_str){ bulk, BOMB });
	hr_buf_add(&d.buf, dcm_deflate(arena, dcm_file(&inner)));
	return d;
}

static void test_prescan__deflated__is_inflated_to_the_limit(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = deflated(arena, 0x7FE00010, "OW");
	hr_dicom_scan scan;

	check_passes(&d, arena, &scan);
	CU_ASSERT_EQUAL(scan.header.len, 10);
	d = deflated(arena, 0x00104000, "UT");
	check_refused(&d, arena, HR_E_LIMIT, "does not end within");
	d = dcm_open(arena, DCM_DEFLATED, HR_DICOM_EXPLICIT_LE);
	HR_BUF_ADD(&d.buf, "\xff\xff\xff\xff");
	check_refused(&d, arena, HR_E_SYNTAX, "cannot be inflated");
	hr_arena_close(arena);
}

static void test_prescan__preamble_of_a_program__is_refused(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = begin(arena);

	dcm_text(&d, 0x00080060, "CS", "CT");
	memcpy(d.buf.data, "MZ", 2);
	check_refused(&d, arena, HR_E_UNSUPPORTED, "write zeros");
	hr_arena_close(arena);
}

static void test_sniff__other_formats__are_not_dicom(void)
{
	CU_ASSERT_FALSE(hr_dicom_sniff(HR_STR_NONE));
	CU_ASSERT_FALSE(hr_dicom_sniff(HR_STR("<ClinicalDocument/>")));
	CU_ASSERT_FALSE(hr_dicom_sniff(HR_STR("{\"resourceType\":\"Bundle\"}")));
	CU_ASSERT_FALSE(hr_dicom_sniff(HR_STR("MSH|^~\\&|LIS")));
	CU_ASSERT_FALSE(hr_dicom_sniff(HR_STR("\xff\xfe<\0?\0x\0m\0l\0")));
}

static const hr_test tests[] = {
	HR_TEST(test_prescan__each_encoding__finds_the_class),
	HR_TEST(test_prescan__syntax_says_another_encoding__sees_the_true_one),
	HR_TEST(test_prescan__pixels_are_cut__the_header_passes),
	HR_TEST(test_prescan__every_cut_of_the_header__is_refused),
	HR_TEST(test_prescan__nesting__passes_at_the_limit_alone),
	HR_TEST(test_prescan__implicit_sequences_of_given_length__are_counted_as_well),
	HR_TEST(test_prescan__unknown_sequence__is_implicit_inside),
	HR_TEST(test_prescan__what_does_not_fit_together__is_refused_with_its_byte),
	HR_TEST(test_prescan__uid__is_digits_and_dots_up_to_64),
	HR_TEST(test_prescan__elements__pass_at_the_limit_alone),
	HR_TEST(test_prescan__big_value__passes_and_is_no_header_to_read),
	HR_TEST(test_prescan__deflated__is_inflated_to_the_limit),
	HR_TEST(test_prescan__preamble_of_a_program__is_refused),
	HR_TEST(test_sniff__other_formats__are_not_dicom),
};
HR_TEST_MAIN("prescan", tests)
