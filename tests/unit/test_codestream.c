/* What a compressed frame says of its size. */
#include "dicom/codestream.h"

#include "testing.h"

#include <stdlib.h>

#define SIZ(width, height, tile, components)                                                       \
	"\xFF\x4F\xFF\x51\0\x29\0\0" width height "\0\0\0\0\0\0\0\0" tile tile                     \
	"\0\0\0\0\0\0\0\0\0" components

static void check_jpeg(hr_str bytes, uint32_t width, uint32_t height, uint32_t components,
		       uint32_t bits)
{
	hr_codestream head = { 0 };
	hr_error err = { 0 };

	HR_ASSERT_OK(hr_codestream_read_jpeg(bytes, &head, &err), err);
	CU_ASSERT_EQUAL(head.width, width);
	CU_ASSERT_EQUAL(head.height, height);
	CU_ASSERT_EQUAL(head.components, components);
	CU_ASSERT_EQUAL(head.bits, bits);
}

static void test_jpeg__frame_header__is_found_behind_other_segments(void)
{
	check_jpeg(HR_STR("\xFF\xD8\xFF\xC0\0\x0B\x08\1\2\3\4\1\0\0\0"), 0x304, 0x102, 1, 8);
	check_jpeg(HR_STR("\xFF\xD8\xFF\xFF\xE0\0\4ab\xFF\xC3\0\x0B\x10\0\5\0\6\3\0\0\0"), 6, 5, 3,
		   16);
	/* JPEG-LS; a table of Huffman codes is no frame. */
	check_jpeg(HR_STR("\xFF\xD8\xFF\xC4\0\4ab\xFF\xF7\0\x0B\x0C\0\5\0\6\1\0\0\0"), 6, 5, 1, 12);
}

static void test_jpeg__every_cut__is_refused(void)
{
	static const char whole[] = "\xFF\xD8\xFF\xE0\0\4ab\xFF\xC0\0\x0B\x08\1\2\3\4\1\0\0\0";
	hr_codestream head;
	hr_error err;

	for (size_t len = 0; len < sizeof(whole) - 1; len++) {
		CU_ASSERT_FALSE(hr_codestream_read_jpeg((hr_str){ whole, len }, &head, &err));
		CU_ASSERT_EQUAL(err.code, HR_E_SYNTAX);
	}
	CU_ASSERT_FALSE(hr_codestream_read_jpeg(HR_STR("\xFF\xD8\xFF\xDA\0\4ab"), &head, &err));
	CU_ASSERT_FALSE(hr_codestream_read_jpeg(HR_STR("\xFF\xD8\xFF\xC0\0\1\x08"), &head, &err));
}

static void check_2000(hr_str bytes, hr_error_code code)
{
	hr_codestream head = { 0 };
	hr_error err = { 0 };

	CU_ASSERT_EQUAL(hr_codestream_read_2000(&bytes, &head, &err), code == HR_E_NONE);
	if (err.code != code)
		HR_ASSERT_TEXT(hr_str_of(err.message), hr_error_word(code));
	if (code != HR_E_NONE)
		return;
	CU_ASSERT_EQUAL(head.width, 512);
	CU_ASSERT_EQUAL(head.height, 256);
	CU_ASSERT_EQUAL(head.bits, 12);
	CU_ASSERT_TRUE(hr_str_starts_with(bytes, HR_STR("\xFF\x4F\xFF\x51")));
}

#define WIDE "\0\0\2\0"
#define HIGH "\0\0\1\0"

static void test_2000__head__is_read_and_bounded(void)
{
	check_2000(HR_STR(SIZ(WIDE, HIGH, WIDE, "\1") "\x0B\1\1"), HR_E_NONE);
	check_2000(
		HR_STR("\0\0\0\x0CjP  \r\n\x87\nxxxxjp2c" SIZ(WIDE, HIGH, WIDE, "\1") "\x8B\1\1"),
		HR_E_NONE);
	check_2000(HR_STR(SIZ(WIDE, HIGH, "\0\0\0\4", "\1") "\x0B\1\1"), HR_E_NONE);
	check_2000(HR_STR(SIZ(WIDE, HIGH, "\0\0\0\1", "\1") "\x0B\1\1"), HR_E_LIMIT);
	check_2000(HR_STR(SIZ(WIDE, HIGH, "\0\0\0\0", "\1") "\x0B\1\1"), HR_E_SYNTAX);
	check_2000(HR_STR(SIZ("\0\0\0\0", HIGH, WIDE, "\1") "\x0B\1\1"), HR_E_SYNTAX);
	check_2000(HR_STR(SIZ("\xFF\xFF\xFF\xFF", "\xFF\xFF\xFF\xFF", "\0\0\0\1", "\1") "\x0B\1\1"),
		   HR_E_LIMIT);
	check_2000(HR_STR(SIZ(WIDE, HIGH, WIDE, "\0") "\x0B\1\1"), HR_E_SYNTAX);
	check_2000(HR_STR(SIZ(WIDE, HIGH, WIDE, "\2") "\x0B\1\1"), HR_E_SYNTAX);
	check_2000(HR_STR(SIZ(WIDE, HIGH, WIDE, "\1") "\x0B\2\1"), HR_E_UNSUPPORTED);
	check_2000(HR_STR(""), HR_E_SYNTAX);
	check_2000(HR_STR("\0\0\0\x0CjP  \r\n\x87\n"), HR_E_SYNTAX);
}

static const hr_test tests[] = {
	HR_TEST(test_jpeg__frame_header__is_found_behind_other_segments),
	HR_TEST(test_jpeg__every_cut__is_refused),
	HR_TEST(test_2000__head__is_read_and_bounded),
};
HR_TEST_MAIN("codestream", tests)
