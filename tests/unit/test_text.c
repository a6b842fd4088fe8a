#include "base/text.h"
#include "base/utf8.h"

#include "testing.h"

#include <stdlib.h>

/* A copy that ends where its allocation ends, so that a sanitizer sees a read past it. */
static hr_str exactly(hr_str s)
{
	char *data = malloc(s.len ? s.len : 1);

	if (!data)
		abort();
	if (s.len)
		memcpy(data, s.data, s.len);
	return (hr_str){ data, s.len };
}

static bool is_utf8(hr_str s)
{
	hr_str copy = exactly(s);
	bool result = hr_text_is_utf8(copy);

	free((void *)(uintptr_t)copy.data);
	return result;
}

static void test_utf8__first_and_last_of_each_length__are_valid(void)
{
	CU_ASSERT_TRUE(is_utf8(HR_STR_NONE));
	CU_ASSERT_TRUE(is_utf8(HR_STR("\0\x7f")));
	CU_ASSERT_TRUE(is_utf8(HR_STR("\xc2\x80\xdf\xbf")));
	CU_ASSERT_TRUE(is_utf8(HR_STR("\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf")));
	CU_ASSERT_TRUE(is_utf8(HR_STR("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf")));
}

static void test_utf8__what_is_just_outside__is_not(void)
{
	static const hr_str bad[] = {
		HR_STR_INIT("\x80"),
		HR_STR_INIT("\xbf"),
		HR_STR_INIT("\xc0\x80"), /* longer forms of U+0000 and U+007F */
		HR_STR_INIT("\xc1\xbf"),
		HR_STR_INIT("\xe0\x9f\xbf"),	 /* a longer form of U+07FF */
		HR_STR_INIT("\xed\xa0\x80"),	 /* the first surrogate */
		HR_STR_INIT("\xed\xbf\xbf"),	 /* the last surrogate */
		HR_STR_INIT("\xf0\x8f\xbf\xbf"), /* a longer form of U+FFFF */
		HR_STR_INIT("\xf4\x90\x80\x80"), /* U+110000 */
		HR_STR_INIT("\xf5\x80\x80\x80"),
		HR_STR_INIT("\xff"),
		HR_STR_INIT("\xc3\x28"),
		HR_STR_INIT("\xe6\xb1\x28"),
		HR_STR_INIT("\xf0\x9f\x98\x28"),
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_FALSE(is_utf8(bad[i]));
}

static void test_utf8__cut_inside_a_character__is_not(void)
{
	static const hr_str whole = HR_STR_INIT("\xf0\x9f\x98\x80");

	for (size_t n = 1; n < whole.len; n++)
		CU_ASSERT_FALSE(is_utf8(hr_str_slice(whole, 0, n)));
	CU_ASSERT_TRUE(is_utf8(whole));
}

static void test_utf8__bad_byte_at_any_place__is_found_there(void)
{
	for (size_t at = 0; at < 40; at++) {
		char text[40];

		memset(text, 'a', sizeof(text));
		text[at] = '\xff';
		CU_ASSERT_EQUAL(hr_utf8_prefix((hr_str){ text, sizeof(text) }), at);
	}
}

static void test_utf8_wide_prefix__ends_at_ascii_and_at_what_is_malformed(void)
{
	CU_ASSERT_EQUAL(hr_utf8_wide_prefix(HR_STR_NONE), 0);
	CU_ASSERT_EQUAL(hr_utf8_wide_prefix(HR_STR("a钙")), 0);
	CU_ASSERT_EQUAL(hr_utf8_wide_prefix(HR_STR("钙μ𠮷a")), 9);
	CU_ASSERT_EQUAL(hr_utf8_wide_prefix(HR_STR("钙\xed\xa0\x80")), 3);
	CU_ASSERT_EQUAL(hr_utf8_wide_prefix(HR_STR("钙\xe0\x80\x80")), 3);
	CU_ASSERT_EQUAL(hr_utf8_wide_prefix(HR_STR("钙\xe9\x92")), 3);
}

static void test_place__counts_lines_and_bytes(void)
{
	hr_str text = HR_STR("a\n\xe6\xb1\x89z\n");
	uint32_t line;
	uint32_t column;

	hr_text_place(text, 0, &line, &column);
	CU_ASSERT_EQUAL(line, 1);
	CU_ASSERT_EQUAL(column, 1);
	hr_text_place(text, 5, &line, &column);
	CU_ASSERT_EQUAL(line, 2);
	CU_ASSERT_EQUAL(column, 4);
	hr_text_place(text, text.len, &line, &column);
	CU_ASSERT_EQUAL(line, 3);
	CU_ASSERT_EQUAL(column, 1);
}

static void check_conversion(hr_str bytes, const char *encoding, const char *want)
{
	hr_arena *arena = hr_test_arena();
	hr_error err;
	hr_str text = HR_STR_NONE;

	HR_ASSERT_OK(hr_text_to_utf8(bytes, hr_str_of(encoding), 1000, arena, &text, &err), err);
	HR_ASSERT_TEXT(text, want);
	if (text.data)
		CU_ASSERT_EQUAL(text.data[text.len], '\0');
	hr_arena_close(arena);
}

static void test_to_utf8__every_encoding_by_its_names(void)
{
	check_conversion(HR_STR("\xe6\xb1\x89"), "utf-8", "汉");
	check_conversion(HR_STR("\xef\xbb\xbf\xe6\xb1\x89"), "UTF8", "汉");
	check_conversion(HR_STR("\xba\xba"), "GBK", "汉");
	check_conversion(HR_STR("\xba\xba"), "gb2312", "汉");
	check_conversion(HR_STR("\xba\xba"), "cp936", "汉");
	check_conversion(HR_STR("\x81\x30\x84\x36\xba\xba"), "GB18030", "¥汉");
	check_conversion(HR_STR("\x49\x6c"), "UTF-16LE", "汉");
	check_conversion(HR_STR("\x6c\x49"), "utf-16be", "汉");
	check_conversion(HR_STR("\x49\x6c"), "UTF-16", "汉");
	check_conversion(HR_STR("\xff\xfe\x49\x6c"), "UTF-16", "汉");
	check_conversion(HR_STR("\xfe\xff\x6c\x49"), "UTF-16", "汉");
	check_conversion(HR_STR("abc"), "us-ascii", "abc");
	check_conversion(HR_STR("\xb5g"), "ISO-8859-1", "µg");
	check_conversion(HR_STR(""), "GBK", "");
}

static void test_to_utf8__gbk_trail_byte_that_is_ascii__is_part_of_its_character(void)
{
	/* 0x5C is a backslash, 0x7C a bar: both are second bytes here. */
	check_conversion(HR_STR("\x81\x5c|\x81\x7c"), "GBK", "乗|亅");
}

/* The way back is iconv's alone: each entry of the table is held against it. */
static void test_to_utf8__every_pair_of_gbk__is_what_iconv_makes_of_it(void)
{
	hr_arena *arena = hr_arena_open(1 << 20);
	uint32_t characters = 0;

	for (int pair = 0x8100; pair <= 0xffff; pair++) {
		char bytes[] = { (char)(pair >> 8), (char)pair };
		hr_str back = HR_STR_NONE;
		hr_str text;
		hr_error err;

		hr_arena_reset(arena);
		if (!hr_text_to_utf8((hr_str){ bytes, 2 }, HR_STR("GBK"), 8, arena, &text, &err))
			continue;
		HR_ASSERT_OK(hr_text_to_gb18030(text, arena, &back, &err), err);
		if (!hr_str_equal(back, (hr_str){ bytes, 2 }))
			CU_FAIL("a pair does not come back");
		characters++;
	}
	CU_ASSERT_EQUAL(characters, 126 * 190);
	hr_arena_close(arena);
}

static void test_to_utf8__gb18030_with_more_than_pairs__goes_on_behind_them(void)
{
	/* Four bytes; a pair outside of the first plane; and one whose character has two bytes. */
	check_conversion(HR_STR("a\xba\xba\x81\x30\x84\x36\xba\xba|\xba\xba"), "GB18030",
			 "a汉¥汉|汉");
	check_conversion(HR_STR("\xfe\x51\xba\xba"), "GB18030", "\xf0\xa0\x82\x87汉");
	check_conversion(HR_STR("\xa6\xc1g/L 8 \xba\xba"), "GB18030", "αg/L 8 汉");
}

static hr_error refused(hr_str bytes, const char *encoding, size_t limit)
{
	hr_arena *arena = hr_test_arena();
	hr_error err = { 0 };
	hr_str text = HR_STR("untouched");

	CU_ASSERT_FALSE(hr_text_to_utf8(bytes, hr_str_of(encoding), limit, arena, &text, &err));
	HR_ASSERT_TEXT(text, "untouched");
	hr_arena_close(arena);
	return err;
}

static void test_to_utf8__bytes_that_are_not_in_it__are_refused_with_the_place(void)
{
	hr_error err = refused(HR_STR("<a>\n<b>\xba\xba\xff\xff"), "GBK", 1000);

	CU_ASSERT_EQUAL(err.code, HR_E_ENCODING);
	CU_ASSERT_EQUAL(err.line, 2);
	CU_ASSERT_EQUAL(err.column, 7);
	err = refused(HR_STR("a\xff"), "UTF-8", 1000);
	CU_ASSERT_EQUAL(err.code, HR_E_ENCODING);
	CU_ASSERT_EQUAL(err.column, 2);
	CU_ASSERT_EQUAL(refused(HR_STR("\xba"), "GBK", 1000).code, HR_E_ENCODING);
	CU_ASSERT_EQUAL(refused(HR_STR("\x00\xd8"), "UTF-16LE", 1000).code, HR_E_ENCODING);
	CU_ASSERT_EQUAL(refused(HR_STR("a"), "UTF-16LE", 1000).code, HR_E_ENCODING);
	CU_ASSERT_EQUAL(refused(HR_STR("\x80"), "US-ASCII", 1000).code, HR_E_ENCODING);
}

static void test_to_utf8__unknown_name__is_refused(void)
{
	hr_error err = refused(HR_STR("a"), "Big5", 1000);

	CU_ASSERT_EQUAL(err.code, HR_E_ENCODING);
	HR_ASSERT_TEXT(hr_str_of(err.message), "encoding 'Big5' is not known");
	CU_ASSERT_EQUAL(refused(HR_STR("a"), "", 1000).code, HR_E_ENCODING);
	err = refused(HR_STR("a"), "张三", 1000);
	HR_ASSERT_TEXT(hr_str_of(err.message), "the encoding that is named is not known");
}

static void test_to_utf8__limit__is_of_the_result(void)
{
	static const hr_str two = HR_STR_INIT("\xba\xba\xba\xba");
	hr_arena *arena = hr_test_arena();
	hr_error err;
	hr_str text;

	HR_ASSERT_OK(hr_text_to_utf8(two, HR_STR("GBK"), 6, arena, &text, &err), err);
	CU_ASSERT_EQUAL(refused(two, "GBK", 5).code, HR_E_LIMIT);
	HR_ASSERT_OK(hr_text_to_utf8(HR_STR("12\xba\xba"), HR_STR("GBK"), 5, arena, &text, &err),
		     err);
	CU_ASSERT_EQUAL(refused(HR_STR("12\xba\xba"), "GBK", 4).code, HR_E_LIMIT);
	CU_ASSERT_EQUAL(refused(HR_STR("123"), "GBK", 2).code, HR_E_LIMIT);
	CU_ASSERT_EQUAL(refused(HR_STR("abc"), "UTF-8", 2).code, HR_E_LIMIT);
	hr_arena_close(arena);
}

static void test_to_utf8__arena_is_full__is_an_error(void)
{
	hr_arena *arena = hr_arena_open(4);
	hr_error err;
	hr_str text;

	CU_ASSERT_FALSE(hr_text_to_utf8(HR_STR("abcd"), HR_STR("UTF-8"), 9, arena, &text, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_MEMORY);
	CU_ASSERT_FALSE(hr_text_to_utf8(HR_STR("abcd"), HR_STR("GBK"), 9, arena, &text, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_MEMORY);
	hr_arena_close(arena);
}

static void check_fold(const char *text, const char *want)
{
	hr_str copy = exactly(hr_str_of(text));
	char *out = malloc(copy.len ? copy.len : 1);

	if (!out)
		abort();
	HR_ASSERT_TEXT(((hr_str){ out, hr_text_fold(copy, out) }), want);
	free(out);
	free((void *)(uintptr_t)copy.data);
}

static void test_fold__forms_of_one_name__are_equal(void)
{
	check_fold("", "");
	check_fold("ＡＬＴ（丙氨酸）", "alt(丙氨酸)");
	check_fold("HBV－DNA", "hbvdna");
	check_fold("hbv - dna", "hbvdna");
	check_fold("HBV—DNA–x‐y−z_w", "hbvdnaxyzw");
	check_fold("　白 细\t胞\xc2\xa0计数\r\n", "白细胞计数");
	check_fold("β２－微球蛋白", "β2微球蛋白");
	check_fold("5′-核苷酸酶", "5'核苷酸酶");
	check_fold("5’-核苷酸酶", "5'核苷酸酶");
	check_fold("【急】〔诊〕", "[急][诊]");
	check_fold("％／：；", "%/:;");
}

static void test_fold__different_names__stay_apart(void)
{
	check_fold("钙", "钙");
	check_fold("降钙素原", "降钙素原");
	check_fold("α1-球蛋白", "α1球蛋白");
	check_fold("β1-球蛋白", "β1球蛋白");
	check_fold("😀é", "😀é");
	/* On both sides of the range that is copied unread: U+3FFF, U+4000, U+9FFF, U+A000. */
	check_fold("\xe3\xbf\xbf\xe4\x80\x80\xe9\xbf\xbf\xea\x80\x80",
		   "\xe3\xbf\xbf\xe4\x80\x80\xe9\xbf\xbf\xea\x80\x80");
}

static void test_fold__stray_bytes__are_kept(void)
{
	check_fold("a\xff\xe6", "a\xff\xe6");
	check_fold("A\xe9\x92", "a\xe9\x92");
	check_fold("\xe9"
		   "A\x92",
		   "\xe9"
		   "a\x92");
}

static void test_columns__wide_narrow_and_combining(void)
{
	CU_ASSERT_EQUAL(hr_text_columns(HR_STR_NONE), 0);
	CU_ASSERT_EQUAL(hr_text_columns(HR_STR("abc")), 3);
	CU_ASSERT_EQUAL(hr_text_columns(HR_STR("血红蛋白")), 8);
	CU_ASSERT_EQUAL(hr_text_columns(HR_STR("ＡＬＴ")), 6);
	CU_ASSERT_EQUAL(hr_text_columns(HR_STR("e\xcc\x81")), 1);
	CU_ASSERT_EQUAL(hr_text_columns(HR_STR("β2")), 2);
	CU_ASSERT_EQUAL(hr_text_columns(HR_STR("𠀀")), 2);
	CU_ASSERT_EQUAL(hr_text_columns(HR_STR("\xff")), 1);
}

static void test_cut__never_inside_a_character(void)
{
	static const hr_str text = HR_STR_INIT("a汉😀");

	HR_ASSERT_TEXT(hr_text_cut(text, 0), "");
	HR_ASSERT_TEXT(hr_text_cut(text, 1), "a");
	HR_ASSERT_TEXT(hr_text_cut(text, 2), "a");
	HR_ASSERT_TEXT(hr_text_cut(text, 3), "a");
	HR_ASSERT_TEXT(hr_text_cut(text, 4), "a汉");
	HR_ASSERT_TEXT(hr_text_cut(text, 7), "a汉");
	HR_ASSERT_TEXT(hr_text_cut(text, 8), "a汉😀");
	HR_ASSERT_TEXT(hr_text_cut(text, 9), "a汉😀");
	HR_ASSERT_TEXT(hr_text_cut(HR_STR_NONE, 3), "");
}

static void test_to_gb18030__comes_back_the_same(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	const hr_str text = HR_STR("互认 韡 é 𠮷 |");
	hr_error err = { .code = HR_E_NONE };
	hr_str gb = HR_STR_NONE;
	hr_str back = HR_STR_NONE;

	HR_ASSERT_OK(hr_text_to_gb18030(text, arena, &gb, &err), err);
	CU_ASSERT(hr_str_starts_with(gb, HR_STR("\xbb\xa5\xc8\xcf \xed\x7c ")));
	HR_ASSERT_OK(hr_text_to_utf8(gb, HR_STR("GB18030"), SIZE_MAX, arena, &back, &err), err);
	CU_ASSERT(hr_str_equal(back, text));
	HR_ASSERT_OK(hr_text_to_gb18030(HR_STR_NONE, arena, &gb, &err), err);
	CU_ASSERT_EQUAL(gb.len, 0);
	CU_ASSERT(!hr_text_to_gb18030(HR_STR("\xff"), arena, &gb, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_ENCODING);
}

static const hr_test tests[] = {
	HR_TEST(test_utf8__first_and_last_of_each_length__are_valid),
	HR_TEST(test_utf8__what_is_just_outside__is_not),
	HR_TEST(test_utf8__cut_inside_a_character__is_not),
	HR_TEST(test_utf8__bad_byte_at_any_place__is_found_there),
	HR_TEST(test_utf8_wide_prefix__ends_at_ascii_and_at_what_is_malformed),
	HR_TEST(test_place__counts_lines_and_bytes),
	HR_TEST(test_to_utf8__every_encoding_by_its_names),
	HR_TEST(test_to_utf8__gbk_trail_byte_that_is_ascii__is_part_of_its_character),
	HR_TEST(test_to_utf8__every_pair_of_gbk__is_what_iconv_makes_of_it),
	HR_TEST(test_to_utf8__gb18030_with_more_than_pairs__goes_on_behind_them),
	HR_TEST(test_to_utf8__bytes_that_are_not_in_it__are_refused_with_the_place),
	HR_TEST(test_to_utf8__unknown_name__is_refused),
	HR_TEST(test_to_utf8__limit__is_of_the_result),
	HR_TEST(test_to_utf8__arena_is_full__is_an_error),
	HR_TEST(test_fold__forms_of_one_name__are_equal),
	HR_TEST(test_fold__different_names__stay_apart),
	HR_TEST(test_fold__stray_bytes__are_kept),
	HR_TEST(test_columns__wide_narrow_and_combining),
	HR_TEST(test_cut__never_inside_a_character),
	HR_TEST(test_to_gb18030__comes_back_the_same),
};
HR_TEST_MAIN("text", tests)
