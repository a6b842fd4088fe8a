#include "service/html.h"

#include "testing.h"

#define TEMPLATE                                                                                   \
	"what stands in front belongs to no piece\n"                                               \
	"<!-- piece one -->\n<p title=\"{{a}}\">{{b}}</p>\n"                                       \
	"<!-- piece two -->\n[[你好|hello]] {{a}}"

static void check_put(hr_lang lang, const char *piece, hr_str a, hr_str b, const char *expected)
{
	char memory[512];
	hr_buf out;
	const hr_html html = { HR_STR(TEMPLATE), lang, &out };
	const hr_html_value values[] = { HR_HTML_VALUE("a", a), HR_HTML_VALUE("b", b) };

	hr_buf_init_over(&out, memory, sizeof(memory));
	hr_html_put(&html, hr_str_of(piece), values, 2);
	CU_ASSERT_FALSE(out.failed);
	HR_ASSERT_TEXT(hr_buf_str(&out), expected);
}

static void test_put__piece__filled(void)
{
	check_put(HR_LANG_ZH, "one", HR_STR("A"), HR_STR("甲"), "<p title=\"A\">甲</p>\n");
	check_put(HR_LANG_ZH, "one", HR_STR_NONE, HR_STR(""), "<p title=\"\"></p>\n");
}

static void test_put__words__in_the_language(void)
{
	check_put(HR_LANG_ZH, "two", HR_STR("A"), HR_STR_NONE, "你好 A");
	check_put(HR_LANG_EN, "two", HR_STR("A"), HR_STR_NONE, "hello A");
}

static void test_put__markup_in_values__is_text(void)
{
	check_put(HR_LANG_ZH, "one", HR_STR("\"><img src=x onerror='a()'>"),
		  HR_STR("<script>&amp;</script>"),
		  "<p title=\"&quot;&gt;&lt;img src=x onerror=&#39;a()&#39;&gt;\">"
		  "&lt;script&gt;&amp;amp;&lt;/script&gt;</p>\n");
}

static void test_put__template_signs_in_values__are_text(void)
{
	check_put(HR_LANG_ZH, "one", HR_STR("{{b}}"), HR_STR("[[x|y]]<!-- piece two -->\n"),
		  "<p title=\"{{b}}\">[[x|y]]&lt;!-- piece two --&gt;\n</p>\n");
}

static void test_put__what_is_no_text__replaced(void)
{
	check_put(HR_LANG_ZH, "two",
		  HR_STR("a\0b\xff\xe4\xb8"
			 "c\x7f\tz\n"),
		  HR_STR_NONE,
		  "你好 a\xef\xbf\xbd"
		  "b\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
		  "c\xef\xbf\xbd\tz\n");
}

static void test_url_part__all_but_plain_is_encoded(void)
{
	hr_arena *arena = hr_test_arena();

	HR_ASSERT_TEXT(hr_html_url_part(arena, HR_STR("aZ0-._~")), "aZ0-._~");
	HR_ASSERT_TEXT(hr_html_url_part(arena, HR_STR("a b&/?\"\0")), "a%20b%26%2F%3F%22%00");
	HR_ASSERT_TEXT(hr_html_url_part(arena, HR_STR("甲")), "%E7%94%B2");
	HR_ASSERT_TEXT(hr_html_url_part(arena, HR_STR("")), "");
	hr_arena_close(arena);
}

static const hr_test tests[] = {
	HR_TEST(test_put__piece__filled),
	HR_TEST(test_put__words__in_the_language),
	HR_TEST(test_put__markup_in_values__is_text),
	HR_TEST(test_put__template_signs_in_values__are_text),
	HR_TEST(test_put__what_is_no_text__replaced),
	HR_TEST(test_url_part__all_but_plain_is_encoded),
};

HR_TEST_MAIN("html", tests)
