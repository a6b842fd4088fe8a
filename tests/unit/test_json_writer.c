#include "base/json.h"
#include "base/utf8.h"

#include "testing.h"

#include <stdlib.h>

struct fixture {
	hr_arena *arena;
	hr_buf buf;
	hr_json_writer w;
};

static void setup(struct fixture *f, bool pretty)
{
	f->arena = hr_test_arena();
	hr_buf_init(&f->buf, f->arena, 1 << 20);
	hr_json_writer_init(&f->w, &f->buf, pretty);
}

static void teardown(struct fixture *f)
{
	hr_arena_close(f->arena);
}

/* {"a":1,"b":[true,{},[],{"c":null}],"d":"x"} */
static void write_sample(hr_json_writer *w)
{
	hr_json_open_object(w);
	hr_json_name(w, HR_STR("a"));
	hr_json_int(w, 1);
	hr_json_name(w, HR_STR("b"));
	hr_json_open_array(w);
	hr_json_bool(w, true);
	hr_json_open_object(w);
	hr_json_close_object(w);
	hr_json_open_array(w);
	hr_json_close_array(w);
	hr_json_open_object(w);
	hr_json_name(w, HR_STR("c"));
	hr_json_null(w);
	hr_json_close_object(w);
	hr_json_close_array(w);
	hr_json_member(w, HR_STR("none"), HR_STR_NONE);
	hr_json_member(w, HR_STR("d"), HR_STR("x"));
	hr_json_close_object(w);
}

static void test_writer__compact__has_no_blanks(void)
{
	struct fixture f;

	setup(&f, false);
	write_sample(&f.w);
	HR_ASSERT_TEXT(hr_buf_str(&f.buf), "{\"a\":1,\"b\":[true,{},[],{\"c\":null}],\"d\":\"x\"}");
	teardown(&f);
}

static void test_writer__pretty__has_two_blanks_a_level(void)
{
	struct fixture f;

	setup(&f, true);
	write_sample(&f.w);
	HR_ASSERT_TEXT(hr_buf_str(&f.buf), "{\n"
					   "  \"a\": 1,\n"
					   "  \"b\": [\n"
					   "    true,\n"
					   "    {},\n"
					   "    [],\n"
					   "    {\n"
					   "      \"c\": null\n"
					   "    }\n"
					   "  ],\n"
					   "  \"d\": \"x\"\n"
					   "}");
	teardown(&f);
}

static void test_writer__scalar_at_the_top__is_a_document(void)
{
	struct fixture f;

	setup(&f, true);
	hr_json_int(&f.w, INT64_MIN);
	HR_ASSERT_TEXT(hr_buf_str(&f.buf), "-9223372036854775808");
	teardown(&f);
}

static void expect_string(hr_str value, const char *want)
{
	struct fixture f;

	setup(&f, false);
	hr_json_string(&f.w, value);
	HR_ASSERT_TEXT(hr_buf_str(&f.buf), want);
	teardown(&f);
}

static void test_string__special_characters__are_escaped(void)
{
	expect_string(HR_STR(""), "\"\"");
	expect_string(HR_STR("\""), "\"\\\"\"");
	expect_string(HR_STR("a\\b"), "\"a\\\\b\"");
	expect_string(HR_STR("\n\t\x1f"), "\"\\u000a\\u0009\\u001f\"");
	expect_string(HR_STR("\0"), "\"\\u0000\"");
	expect_string(HR_STR("/ \x7f"), "\"/ \x7f\"");
}

static void add_escaped(hr_buf *out, char c)
{
	if ((unsigned char)c < 0x20)
		hr_buf_addf(out, "\\u%04x", (unsigned)c);
	else
		hr_buf_addf(out, c == '"' || c == '\\' ? "\\%c" : "%c", c);
}

/* The writer looks at eight bytes at a time: the edges must not matter. */
static void test_string__any_byte_at_any_place__is_escaped_or_stays(void)
{
	for (int c = 0; c < 0x80; c++)
		for (size_t at = 0; at < 20; at++) {
			char text[20];
			char memory[40];
			hr_buf want;

			memset(text, 'a', sizeof(text));
			hr_buf_init_over(&want, memory, sizeof(memory));
			HR_BUF_ADD(&want, "\"");
			hr_buf_add(&want, (hr_str){ text, at });
			add_escaped(&want, (char)c);
			hr_buf_add(&want, (hr_str){ text, sizeof(text) - 1 - at });
			HR_BUF_ADD(&want, "\"");
			text[at] = (char)c;
			expect_string((hr_str){ text, sizeof(text) }, want.data);
		}
}

static void test_string__utf8__stays(void)
{
	expect_string(HR_STR("降钙素原 μg/L 𠮷"), "\"降钙素原 μg/L 𠮷\"");
}

static void test_string__bytes_that_are_not_utf8__become_u_fffd(void)
{
	expect_string(HR_STR("a\xff"
			     "b"),
		      "\"a\xef\xbf\xbd"
		      "b\"");
	expect_string(HR_STR("\xe9\x92"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
	expect_string(HR_STR("\xc0\xaf"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
	expect_string(HR_STR("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
	expect_string(HR_STR("\xf5\x80\x80\x80\n"),
		      "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\\u000a\"");
}

static void test_writer__depth_64__is_written(void)
{
	struct fixture f;

	setup(&f, false);
	for (int i = 0; i < HR_JSON_DEPTH_MAX; i++) {
		hr_json_open_object(&f.w);
		hr_json_name(&f.w, HR_STR("a"));
		if (++i < HR_JSON_DEPTH_MAX)
			hr_json_open_array(&f.w);
	}
	hr_json_null(&f.w);
	for (int i = 0; i < HR_JSON_DEPTH_MAX / 2; i++) {
		hr_json_close_array(&f.w);
		hr_json_close_object(&f.w);
	}
	CU_ASSERT_FALSE(f.buf.failed);
	CU_ASSERT_EQUAL(f.w.depth, 0);
	teardown(&f);
}

static void test_writer__buffer_full__fails_there(void)
{
	struct fixture f;

	setup(&f, false);
	hr_buf_init(&f.buf, f.arena, 20);
	write_sample(&f.w);
	CU_ASSERT_TRUE(f.buf.failed);
	CU_ASSERT_TRUE(f.buf.len <= 20);
	teardown(&f);
}

static void write_tree(hr_json_writer *w, const hr_json *node);

static void write_children(hr_json_writer *w, const hr_json *node)
{
	for (const hr_json *child = node->first; child; child = child->next) {
		if (node->kind == HR_JSON_OBJECT)
			hr_json_name(w, child->name);
		write_tree(w, child);
	}
}

static void write_tree(hr_json_writer *w, const hr_json *node)
{
	switch (node->kind) {
	case HR_JSON_NULL:
		hr_json_null(w);
		break;
	case HR_JSON_FALSE:
	case HR_JSON_TRUE:
		hr_json_bool(w, node->kind == HR_JSON_TRUE);
		break;
	case HR_JSON_NUMBER:
		hr_json_int(w, strtoll(node->text.data, NULL, 10));
		break;
	case HR_JSON_STRING:
		hr_json_string(w, node->text);
		break;
	case HR_JSON_ARRAY:
		hr_json_open_array(w);
		write_children(w, node);
		hr_json_close_array(w);
		break;
	case HR_JSON_OBJECT:
		hr_json_open_object(w);
		write_children(w, node);
		hr_json_close_object(w);
		break;
	}
}

static void test_writer__what_was_read__comes_out_the_same(void)
{
	static const hr_str texts[] = {
		HR_STR_INIT(
			"{\"a\":[1,-2,[],{},\"\",{\"\":null}],\"\\\"\\u0001\":true,\"钠\":false}"),
		HR_STR_INIT("[\n  {\n    \"a\": [\n      1\n    ]\n  },\n  \"\\\\\"\n]"),
	};
	hr_json_parser *parser = hr_json_parser_open();

	for (int i = 0; i < 2; i++) {
		struct fixture f;
		const hr_json *root;
		hr_error err;

		setup(&f, i == 1);
		CU_ASSERT_TRUE_FATAL(hr_json_read(parser, texts[i], f.arena, &root, &err));
		write_tree(&f.w, root);
		HR_ASSERT_TEXT(hr_buf_str(&f.buf), texts[i].data);
		teardown(&f);
	}
	hr_json_parser_close(parser);
}

/* Every seventh character there can be, and the first 256, through the writer and back. */
static void test_writer__every_character__comes_back_from_the_reader(void)
{
	hr_json_parser *parser = hr_json_parser_open();
	struct fixture f;
	hr_buf text;
	const hr_json *root;
	hr_error err;

	setup(&f, false);
	hr_buf_init(&text, f.arena, 1 << 20);
	for (uint32_t c = 1; c < 0x110000; c += c < 0x100 ? 1 : 7) {
		char bytes[HR_UTF8_MAX];

		if (c < 0xd800 || c > 0xdfff)
			hr_buf_add(&text, (hr_str){ bytes, hr_utf8_write(c, bytes) });
	}
	CU_ASSERT_FALSE_FATAL(text.failed);
	hr_json_string(&f.w, hr_buf_str(&text));
	CU_ASSERT_TRUE_FATAL(hr_json_read(parser, hr_buf_str(&f.buf), f.arena, &root, &err));
	CU_ASSERT_TRUE(hr_str_equal(root->text, hr_buf_str(&text)));
	hr_json_parser_close(parser);
	teardown(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_writer__compact__has_no_blanks),
	HR_TEST(test_writer__pretty__has_two_blanks_a_level),
	HR_TEST(test_writer__scalar_at_the_top__is_a_document),
	HR_TEST(test_string__special_characters__are_escaped),
	HR_TEST(test_string__any_byte_at_any_place__is_escaped_or_stays),
	HR_TEST(test_string__utf8__stays),
	HR_TEST(test_string__bytes_that_are_not_utf8__become_u_fffd),
	HR_TEST(test_writer__depth_64__is_written),
	HR_TEST(test_writer__buffer_full__fails_there),
	HR_TEST(test_writer__what_was_read__comes_out_the_same),
	HR_TEST(test_writer__every_character__comes_back_from_the_reader),
};
HR_TEST_MAIN("json_writer", tests)
