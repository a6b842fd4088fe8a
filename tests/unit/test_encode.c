#include "dicom/encode.h"

#include "dicom/prescan.h"
#include "testing.h"

static const hr_dicom_meta example = {
	.sop_class = HR_STR_INIT("1.2.840.10008.5.1.4.1.1.7"),
	.sop_instance = HR_STR_INIT("1.2.3"),
	.transfer_syntax = HR_STR_INIT("1.2.840.10008.1.2"),
	.sender = HR_STR_INIT("CT01"),
};

static void test_encode__data_set_behind_it__is_a_file(void)
{
	/* (0008,0016) of implicit representation. */
	const hr_str data_set = HR_STR("\x08\0\x16\0\x1A\0\0\0"
				       "1.2.840.10008.5.1.4.1.1.7\0");
	hr_arena *arena = hr_test_arena();
	hr_dicom_scan scan;
	hr_error err;
	hr_buf buf;

	hr_buf_init(&buf, arena, 4096);
	hr_dicom_put_meta(&buf, &example);
	CU_ASSERT_FALSE(buf.failed);
	CU_ASSERT_EQUAL(buf.len % 2, 0);
	hr_buf_add(&buf, data_set);
	HR_ASSERT_OK(hr_dicom_prescan(hr_buf_str(&buf), arena, &scan, &err), err);
	HR_ASSERT_TEXT(scan.transfer_syntax, "1.2.840.10008.1.2");
	CU_ASSERT_FALSE(scan.syntax_lied);
	CU_ASSERT_TRUE(hr_str_equal(scan.header, data_set));
	hr_arena_close(arena);
}

static void test_encode__uid__has_at_most_64_characters(void)
{
	static const char digits[] =
		"1234567890123456789012345678901234567890123456789012345678901234"
		"5";
	hr_arena *arena = hr_test_arena();

	for (size_t len = 63; len <= 65; len++) {
		hr_dicom_meta meta = example;
		hr_buf buf;

		hr_buf_init(&buf, arena, 4096);
		meta.sop_instance = (hr_str){ digits, len };
		hr_dicom_put_meta(&buf, &meta);
		CU_ASSERT_EQUAL(buf.failed, len == 65);
	}
	hr_arena_close(arena);
}

static const hr_test tests[] = {
	HR_TEST(test_encode__data_set_behind_it__is_a_file),
	HR_TEST(test_encode__uid__has_at_most_64_characters),
};
HR_TEST_MAIN("encode", tests)
