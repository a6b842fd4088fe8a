#include "service/qr.h"

#include "testing.h"

/* Columns of a line between its colours: a character each, of one byte or three. */
static size_t count_columns(hr_str line)
{
	size_t columns = 0;

	for (size_t i = 0; i < line.len; i++)
		columns += ((unsigned char)line.data[i] & 0xc0) != 0x80;
	return columns;
}

static void test_qr__terminal__is_square_with_its_quiet_zone(void)
{
	static const char begin[] = "\033[30;107m";
	static const char end[] = "\033[0m";
	HR_AUTO(hr_arena) arena = hr_test_arena();
	size_t lines = 0;
	hr_error err;
	hr_buf out;
	hr_str rest;

	hr_buf_init(&out, arena, 1 << 20);
	HR_ASSERT_OK(hr_qr_terminal(HR_STR("12345678"), &out, &err), err);
	for (rest = hr_buf_str(&out); rest.len; lines++) {
		size_t at = hr_str_find(rest, HR_STR("\n"));
		hr_str line = hr_str_slice(rest, 0, at);

		CU_ASSERT_TRUE(hr_str_starts_with(line, hr_str_of(begin)));
		CU_ASSERT_TRUE(hr_str_ends_with(line, hr_str_of(end)));
		line = hr_str_slice(line, sizeof(begin) - 1, line.len - sizeof(end) + 1);
		CU_ASSERT_EQUAL(count_columns(line), 21 + 8); /* version 1 */
		CU_ASSERT_TRUE(hr_str_starts_with(line, HR_STR("    ")));
		CU_ASSERT_TRUE(hr_str_ends_with(line, HR_STR("    ")));
		rest = hr_str_slice(rest, at + 1, rest.len);
	}
	CU_ASSERT_EQUAL(lines, (21 + 8 + 1) / 2);
}

static void test_qr__texts_and_scales_at_their_limits__are_made_or_refused(void)
{
	static const struct {
		size_t len;
		unsigned scale;
		bool ok;
	} cases[] = {
		{ 0, 8, false },  { 1, 8, true },  { HR_QR_BYTES_MAX, 1, true },
		{ 1, 0, false },  { 1, 32, true }, { HR_QR_BYTES_MAX + 1, 1, false },
		{ 1, 33, false },
	};
	HR_AUTO(hr_arena) arena = hr_test_arena();
	char text[HR_QR_BYTES_MAX + 1];
	hr_error err;

	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		hr_str png = HR_STR_NONE;
		bool ok = hr_qr_png((hr_str){ text, cases[i].len }, cases[i].scale, arena, &png,
				    &err);

		CU_ASSERT_EQUAL(ok, cases[i].ok);
		if (!ok)
			CU_ASSERT_EQUAL(err.code, HR_E_USAGE);
		CU_ASSERT_EQUAL(hr_str_starts_with(png, HR_STR("\x89PNG")), ok);
	}
}

static const hr_test tests[] = {
	HR_TEST(test_qr__terminal__is_square_with_its_quiet_zone),
	HR_TEST(test_qr__texts_and_scales_at_their_limits__are_made_or_refused),
};
HR_TEST_MAIN("qr", tests)
