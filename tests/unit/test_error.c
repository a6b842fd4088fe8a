#include "base/error.h"

#include "testing.h"

#include <errno.h>

static void test_error__every_code__has_a_word_a_hint_and_statuses(void)
{
	for (int code = HR_E_NONE; code < HR_E_COUNT; code++) {
		CU_ASSERT_TRUE(strlen(hr_error_word(code)) > 0);
		CU_ASSERT_TRUE(hr_error_http(code) >= 200 && hr_error_http(code) <= 599);
		CU_ASSERT_TRUE(hr_error_exit(code) >= 0 && hr_error_exit(code) < 126);
		if (code == HR_E_NONE)
			continue;
		CU_ASSERT_TRUE(strlen(hr_error_hint(code)) > 0);
		CU_ASSERT_TRUE(strlen(hr_error_title(code)) > 0);
		CU_ASSERT_TRUE((unsigned char)hr_error_title_zh(code)[0] > 0x7f);
		CU_ASSERT_TRUE(hr_error_http(code) >= 400);
		CU_ASSERT_TRUE(hr_error_exit(code) > 1); /* 1 is a "no", which is no error */
	}
}

static void test_error__words__are_all_different(void)
{
	for (int a = 0; a < HR_E_COUNT; a++)
		for (int b = 0; b < a; b++)
			CU_ASSERT_STRING_NOT_EQUAL(hr_error_word(a), hr_error_word(b));
}

static void test_error__fail__fills_all_and_is_false(void)
{
	hr_error err;

	memset(&err, 0x55, sizeof(err));
	CU_ASSERT_FALSE(hr_fail(&err, HR_E_LIMIT, "%d is over %s", 7, "six"));
	CU_ASSERT_EQUAL(err.code, HR_E_LIMIT);
	CU_ASSERT_EQUAL(err.line, 0);
	CU_ASSERT_EQUAL(err.column, 0);
	CU_ASSERT_STRING_EQUAL(err.message, "7 is over six");
	CU_ASSERT_STRING_EQUAL(err.detail, "");
}

static void test_error__fail_at__tells_the_place(void)
{
	hr_error err;

	CU_ASSERT_FALSE(hr_fail_at(&err, HR_E_SYNTAX, 70000, 3, "bad"));
	CU_ASSERT_EQUAL(err.line, 70000);
	CU_ASSERT_EQUAL(err.column, 3);
}

/* 239 bytes are the most; a character of 2, 3 or 4 bytes lies over the edge in all ways. */
static void test_error__message_too_long__ends_with_a_whole_character(void)
{
	static const char *characters[] = { "x", "é", "互", "𠀀" };

	for (size_t c = 0; c < 4; c++) {
		size_t width = strlen(characters[c]);

		for (size_t before = 230; before <= 240; before++) {
			char text[300];
			hr_error err;
			size_t fit = before;

			memset(text, 'a', before);
			text[before] = '\0';
			for (int i = 0; i < 10; i++)
				strncat(text, characters[c], width);
			while (fit + width <= 239)
				fit += width;
			if (fit > 239)
				fit = 239;
			hr_fail(&err, HR_E_IO, "%s", text);
			CU_ASSERT_EQUAL(strlen(err.message), fit);
			CU_ASSERT_NSTRING_EQUAL(err.message, text, fit);
		}
	}
}

static void test_error__control_characters__do_not_reach_a_terminal(void)
{
	hr_error err;

	hr_fail(&err, HR_E_IO, "cannot open '%s'", "a\x1b[31m\nb\x7f目录");
	CU_ASSERT_STRING_EQUAL(err.message, "cannot open 'a?[31m?b?目录'");
}

static void test_error__bytes_that_are_no_text__do_no_harm(void)
{
	static const char *texts[] = { "", "\x80", "\x80\x80\x80", "\xff", "\xe4", "a\xe4\xba" };
	static const char *wants[] = { "", "\x80", "\x80\x80\x80", "", "", "a" };

	for (size_t i = 0; i < 6; i++) {
		hr_error err;

		hr_fail(&err, HR_E_IO, "%s", texts[i]);
		CU_ASSERT_STRING_EQUAL(err.message, wants[i]);
	}
}

static void test_error__errno__has_its_code_and_its_words(void)
{
	static const struct {
		int errnum;
		hr_error_code code;
	} rows[] = {
		{ ENOSPC, HR_E_NO_SPACE },   { EDQUOT, HR_E_NO_SPACE }, { ENOENT, HR_E_NOT_FOUND },
		{ ENOTDIR, HR_E_NOT_FOUND }, { EEXIST, HR_E_EXISTS },	{ ENOMEM, HR_E_MEMORY },
		{ EACCES, HR_E_IO },	     { EIO, HR_E_IO },
	};
	hr_error err;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CU_ASSERT_FALSE(hr_fail_errno(&err, rows[i].errnum, "write", "a.xml"));
		CU_ASSERT_EQUAL(err.code, rows[i].code);
	}
	hr_fail_errno(&err, ENOSPC, "write", "a.xml");
	CU_ASSERT_STRING_EQUAL(err.message, "cannot write 'a.xml': No space left on device");
}

static void test_error__memory__is_the_memory_code(void)
{
	hr_error err;

	CU_ASSERT_FALSE(hr_fail_memory(&err));
	CU_ASSERT_EQUAL(err.code, HR_E_MEMORY);
}

static const hr_test tests[] = {
	HR_TEST(test_error__every_code__has_a_word_a_hint_and_statuses),
	HR_TEST(test_error__words__are_all_different),
	HR_TEST(test_error__fail__fills_all_and_is_false),
	HR_TEST(test_error__fail_at__tells_the_place),
	HR_TEST(test_error__message_too_long__ends_with_a_whole_character),
	HR_TEST(test_error__control_characters__do_not_reach_a_terminal),
	HR_TEST(test_error__bytes_that_are_no_text__do_no_harm),
	HR_TEST(test_error__errno__has_its_code_and_its_words),
	HR_TEST(test_error__memory__is_the_memory_code),
};
HR_TEST_MAIN("error", tests)
