#include "base/json.h"

#include "testing.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

struct fixture {
	hr_arena *arena;
	hr_json_parser *parser;
	hr_error err;
};

static struct fixture setup(void)
{
	struct fixture f = { hr_test_arena(), hr_json_parser_open(), { 0 } };

	if (!f.parser)
		abort();
	return f;
}

static void teardown(struct fixture *f)
{
	hr_json_parser_close(f->parser);
	hr_arena_close(f->arena);
}

/* From a piece of the heap that ends where the text ends, so that a sanitizer sees one byte more.
 */
static const hr_json *read_text(struct fixture *f, hr_str text)
{
	char *exact = malloc(text.len ? text.len : 1);
	const hr_json *root = NULL;

	if (!exact)
		abort();
	if (text.len)
		memcpy(exact, text.data, text.len);
	f->err = (hr_error){ 0 };
	if (!hr_json_read(f->parser, (hr_str){ exact, text.len }, f->arena, &root, &f->err))
		CU_ASSERT_PTR_NULL(root);
	free(exact);
	return root;
}

struct refusal {
	hr_str text;
	uint32_t line;
	uint32_t column;
	const char *message;
};

#define REFUSED(text, line, column, message)                                                       \
	{                                                                                          \
		HR_STR_INIT(text), line, column, "json: " message                                  \
	}

static void expect_refusals(const struct refusal *list, size_t count, hr_error_code code)
{
	struct fixture f = setup();

	for (size_t i = 0; i < count; i++) {
		bool refused = !read_text(&f, list[i].text);

		CU_ASSERT_TRUE(refused);
		CU_ASSERT_EQUAL(f.err.code, code);
		HR_ASSERT_TEXT(hr_str_of(f.err.message), list[i].message);
		CU_ASSERT_EQUAL(f.err.line, list[i].line);
		CU_ASSERT_EQUAL(f.err.column, list[i].column);
		if (!refused || f.err.line != list[i].line || f.err.column != list[i].column)
			fprintf(stderr, "\n  of: %.*s (%u:%u)\n", HR_STR_ARG(list[i].text),
				f.err.line, f.err.column);
	}
	teardown(&f);
}

#define EXPECT_REFUSALS(list, code)                                                                \
	expect_refusals((list), sizeof(list) / sizeof((list)[0]), (code))

static void test_read__scalars_alone__are_documents(void)
{
	static const struct {
		hr_str text;
		hr_json_kind kind;
	} scalars[] = {
		{ HR_STR_INIT("null"), HR_JSON_NULL },
		{ HR_STR_INIT(" true\n"), HR_JSON_TRUE },
		{ HR_STR_INIT("false"), HR_JSON_FALSE },
		{ HR_STR_INIT("\t0 \r\n"), HR_JSON_NUMBER },
		{ HR_STR_INIT("\"\""), HR_JSON_STRING },
		{ HR_STR_INIT("[]"), HR_JSON_ARRAY },
		{ HR_STR_INIT("{ }"), HR_JSON_OBJECT },
	};
	struct fixture f = setup();

	for (size_t i = 0; i < sizeof(scalars) / sizeof(scalars[0]); i++) {
		const hr_json *root = read_text(&f, scalars[i].text);

		CU_ASSERT_PTR_NOT_NULL_FATAL(root);
		CU_ASSERT_EQUAL(root->kind, scalars[i].kind);
		CU_ASSERT_EQUAL(root->count, 0);
		CU_ASSERT_PTR_NULL(root->parent);
		CU_ASSERT_PTR_NULL(root->first);
		CU_ASSERT_PTR_NULL(root->next);
	}
	teardown(&f);
}

static void test_read__tree__has_names_indexes_counts_and_parents(void)
{
	struct fixture f = setup();
	const hr_json *root =
		read_text(&f, HR_STR("{\"a\": [1, {\"b\": null}, []], \"c\": \"d\"}"));
	const hr_json *a;
	const hr_json *object;

	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	CU_ASSERT_EQUAL(root->count, 2);
	a = root->first;
	HR_ASSERT_TEXT(a->name, "a");
	CU_ASSERT_EQUAL(a->count, 3);
	HR_ASSERT_TEXT(a->first->text, "1");
	object = a->first->next;
	CU_ASSERT_EQUAL(object->index, 1);
	CU_ASSERT_TRUE(hr_str_is_empty(object->name));
	CU_ASSERT_PTR_EQUAL(object->parent, a);
	HR_ASSERT_TEXT(object->first->name, "b");
	CU_ASSERT_TRUE(hr_str_is_empty(object->next->name));
	CU_ASSERT_EQUAL(object->next->kind, HR_JSON_ARRAY);
	CU_ASSERT_PTR_NULL(object->next->next);
	HR_ASSERT_TEXT(a->next->name, "c");
	HR_ASSERT_TEXT(a->next->text, "d");
	CU_ASSERT_EQUAL(a->next->index, 1);
	CU_ASSERT_PTR_NULL(a->next->next);
	teardown(&f);
}

static void test_read__offsets__are_of_the_first_byte_of_a_value(void)
{
	struct fixture f = setup();
	const hr_json *root =
		read_text(&f, HR_STR("\xef\xbb\xbf {\"\\u0061\" : \"\\n\", \"b\":[ -1 ] }"));

	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	CU_ASSERT_EQUAL(root->offset, 4);
	CU_ASSERT_EQUAL(root->first->offset, 16);
	CU_ASSERT_EQUAL(root->first->next->offset, 26);
	CU_ASSERT_EQUAL(root->first->next->first->offset, 28);
	teardown(&f);
}

static void test_read__numbers__stay_as_they_were_written(void)
{
	static const char *const numbers[] = {
		"0",	"-0",  "0.10", "1.000", "1e400", "-1E-400",
		"1e+2", "0e0", "12",   "1.5E1", "10",	 "123456789012345678901234567890",
	};
	struct fixture f = setup();

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		hr_buf list;
		const hr_json *root;

		hr_buf_init(&list, f.arena, 1000);
		hr_buf_add_char(&list, '[');
		hr_buf_add(&list, hr_str_of(numbers[i]));
		hr_buf_add_char(&list, ']');
		root = read_text(&f, hr_buf_str(&list));
		CU_ASSERT_PTR_NOT_NULL_FATAL(root);
		CU_ASSERT_EQUAL(root->first->kind, HR_JSON_NUMBER);
		HR_ASSERT_TEXT(root->first->text, numbers[i]);
		root = read_text(&f, hr_str_of(numbers[i]));
		CU_ASSERT_PTR_NOT_NULL_FATAL(root);
		HR_ASSERT_TEXT(root->text, numbers[i]);
	}
	teardown(&f);
}

static void expect_each_refused(const char *const *texts, size_t count)
{
	struct fixture f = setup();

	for (size_t i = 0; i < count; i++) {
		if (read_text(&f, hr_str_of(texts[i])))
			HR_ASSERT_TEXT(HR_STR("read"), texts[i]);
		CU_ASSERT_EQUAL(f.err.code, HR_E_SYNTAX);
		CU_ASSERT_EQUAL(f.err.line, 1);
	}
	teardown(&f);
}

#define EXPECT_EACH_REFUSED(texts) expect_each_refused((texts), sizeof(texts) / sizeof((texts)[0]))

static void test_read__malformed_numbers__are_refused(void)
{
	static const char *const numbers[] = {
		"-",	"01",	    "-01",   "00",   "1.",   ".5",    "1.e1",  "1e",  "1e+",
		"1e-",	"+1",	    "--1",   "0x10", "1a",   "1.2.3", "1e1.5", "NaN", "-NaN",
		"-inf", "Infinity", "1_000", "1,5",  "1\"",  "-1-",   "1/",    "1 2", "- 1",
		"1e 5", "1\f",	    "[1 2]", "[-]",  "[01]", "[1.]",  "1\"\"",
	};

	EXPECT_EACH_REFUSED(numbers);
}

static void test_read__words_that_are_not_whole__are_refused(void)
{
	static const char *const words[] = {
		"truex",      "tru",	   "nul",	"nulll",       "falsey",
		"True",	      "NULL",	   "t",		"f",	       "n",
		"true\"",     "tr ue",	   "[true1]",	"[nul]",       "[n]",
		"true false", "undefined", "truefalse", "[true,fals]", "{\"a\":nulla}",
	};

	EXPECT_EACH_REFUSED(words);
}

static void test_read__escapes__are_undone(void)
{
	static const struct {
		const char *json;
		const char *text;
	} cases[] = {
		{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t" },
		{ "\"\\u0001\\u007f\\u0080\\u07FF\\u0800\\uffff\"",
		  "\x01\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf" },
		{ "\"\\ud83d\\uDE00\\ud800\\udc00\\udbff\\udfff\"",
		  "\xf0\x9f\x98\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf" },
		{ "\"\\u94a0\xe9\x92\xa0\\u94A0 mmol\\/L\"", "钠钠钠 mmol/L" },
		{ "\"plain \\t between \\\\u0041 and after\"",
		  "plain \t between \\u0041 and after" },
		{ "\"\\\\\"", "\\" },
		{ "\"\\\\\\\"\"", "\\\"" },
	};
	struct fixture f = setup();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const hr_json *root = read_text(&f, hr_str_of(cases[i].json));

		CU_ASSERT_PTR_NOT_NULL_FATAL(root);
		HR_ASSERT_TEXT(root->text, cases[i].text);
	}
	teardown(&f);
}

static void test_read__escapes_in_several_strings__leave_the_others_alone(void)
{
	struct fixture f = setup();
	const hr_json *root = read_text(
		&f, HR_STR("{\"a\\tb\":\"c\",\"d\":\"\\n\",\"e\":\"f\",\"\\u4e2d\":\"g\\\\\"}"));
	const hr_json *node;

	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	node = root->first;
	HR_ASSERT_TEXT(node->name, "a\tb");
	HR_ASSERT_TEXT(node->text, "c");
	node = node->next;
	HR_ASSERT_TEXT(node->name, "d");
	HR_ASSERT_TEXT(node->text, "\n");
	node = node->next;
	HR_ASSERT_TEXT(node->name, "e");
	HR_ASSERT_TEXT(node->text, "f");
	node = node->next;
	HR_ASSERT_TEXT(node->name, "中");
	HR_ASSERT_TEXT(node->text, "g\\");
	teardown(&f);
}

static void test_read__malformed_escapes__are_refused_where_they_stand(void)
{
	static const char why[] = "escape is malformed, U+0000, or half of a surrogate pair";
	static const char *const strings[] = {
		"\"..\\x\"",	    "\"..\\u\"",
		"\"..\\u12\"",	    "\"..\\u12g4\"",
		"\"..\\u0000\"",    "\"..\\ud800\"",
		"\"..\\udc00\"",    "\"..\\ud800\\ud800\"",
		"\"..\\ud800x\"",   "\"..\\ud800\\n\"",
		"\"..\\udbff\\u\"", "\"..\\ud83d\\ude0\"",
		"\"..\\U0041\"",    "\"..\\'\"",
		"\"..\\0\"",	    "\"..\\\xc3\xa9\"",
		"\"..\\ \"",	    "\"..\\udfff\\ud800\"",
	};
	struct fixture f = setup();

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		char text[64];
		int len = snprintf(text, sizeof(text), "{\n %s:1}", strings[i]);

		CU_ASSERT_PTR_NULL(read_text(&f, hr_str_of(strings[i])));
		CU_ASSERT_EQUAL(f.err.code, HR_E_SYNTAX);
		CU_ASSERT_PTR_NOT_NULL(strstr(f.err.message, why));
		CU_ASSERT_EQUAL(f.err.column, 4);
		CU_ASSERT_PTR_NULL(read_text(&f, (hr_str){ text, (size_t)len }));
		CU_ASSERT_EQUAL(f.err.line, 2);
		CU_ASSERT_EQUAL(f.err.column, 5);
	}
	teardown(&f);
}

static void test_read__faults__are_told_with_line_and_column(void)
{
	static const struct refusal refusals[] = {
		REFUSED("", 1, 1, "the input ends too early"),
		REFUSED(" \n ", 2, 2, "the input ends too early"),
		REFUSED("[", 1, 2, "the input ends too early"),
		REFUSED("{\"a\":", 1, 6, "the input ends too early"),
		REFUSED("]", 1, 1, "a value is expected"),
		REFUSED("[1,]", 1, 4, "a value is expected"),
		REFUSED("[,1]", 1, 2, "a value is expected"),
		REFUSED("[1,,2]", 1, 4, "a value is expected"),
		REFUSED("{\"a\":}", 1, 6, "a value is expected"),
		REFUSED("['a']", 1, 2, "a value is expected"),
		REFUSED("[/**/1]", 1, 2, "a value is expected"),
		REFUSED("[1\n 2]", 2, 2, "a comma or the end of the array or object is expected"),
		REFUSED("[1}", 1, 3, "a comma or the end of the array or object is expected"),
		REFUSED("[\"a\"\"b\"]", 1, 5,
			"a comma or the end of the array or object is expected"),
		REFUSED("[\"a\"b]", 1, 5, "a comma or the end of the array or object is expected"),
		REFUSED("[[]{}]", 1, 4, "a comma or the end of the array or object is expected"),
		REFUSED("{\"a\":1]", 1, 7, "a comma or the end of the array or object is expected"),
		REFUSED("{\"a\":1:", 1, 7, "a comma or the end of the array or object is expected"),
		REFUSED("{1:2}", 1, 2, "the name of a member is expected"),
		REFUSED("{a:2}", 1, 2, "the name of a member is expected"),
		REFUSED("{\"a\":1,}", 1, 8, "the name of a member is expected"),
		REFUSED("{,}", 1, 2, "the name of a member is expected"),
		REFUSED("{\"a\" 1}", 1, 6, "a colon is expected after the name of a member"),
		REFUSED("{\"a\",1}", 1, 5, "a colon is expected after the name of a member"),
		REFUSED("[]\n[]", 2, 1, "bytes stand after the value"),
		REFUSED("1 2", 1, 3, "bytes stand after the value"),
		REFUSED("{}}", 1, 3, "bytes stand after the value"),
		REFUSED("{}\0", 1, 3, "bytes stand after the value"),
		REFUSED("\"a\"\f", 1, 4, "bytes stand after the value"),
		REFUSED("\xef\xbb\xbf{}\xef\xbb\xbf", 1, 6, "bytes stand after the value"),
		REFUSED("\xef\xbb\xbf\xef\xbb\xbf{}", 1, 4, "a value is expected"),
		REFUSED("[\0]", 1, 2, "a value is expected"),
		REFUSED("[\x1a]", 1, 2, "a value is expected"),
		REFUSED("\x0c[]", 1, 1, "a value is expected"),
		REFUSED("[1.]", 1, 2, "a number is malformed"),
		REFUSED("[1\v]", 1, 2, "a number is malformed"),
		REFUSED("[nul]", 1, 2, "a value is none of the kinds that JSON has"),
	};

	EXPECT_REFUSALS(refusals, HR_E_SYNTAX);
}

static void test_read__faults_in_strings__are_told_with_line_and_column(void)
{
	static const struct refusal refusals[] = {
		REFUSED("\"", 1, 1, "a string has no end"),
		REFUSED("[\n\"abc", 2, 1, "a string has no end"),
		REFUSED("[\"abc\\\"]", 1, 2, "a string has no end"),
		REFUSED("[\"abc\\", 1, 2, "a string has no end"),
		REFUSED("1 \"abc", 1, 3, "a string has no end"),
		REFUSED("[\"a\nb\"]", 1, 4, "a control character stands in a string"),
		REFUSED("[\"a\\\nb\"]", 1, 5, "a control character stands in a string"),
		REFUSED("[\"\", \"a\tb\"]", 1, 8, "a control character stands in a string"),
		REFUSED("\"\0\"", 1, 2, "a control character stands in a string"),
		REFUSED("\"\x1f", 1, 2, "a control character stands in a string"),
		/* A quote forgotten: the fault is there, not at the last quote of the document. */
		REFUSED("{\"a: 1, \"b\": 2}", 1, 10,
			"a colon is expected after the name of a member"),
		REFUSED("{\"a: 1,\n \"b\": 2}", 1, 8, "a control character stands in a string"),
		REFUSED("{a\": 1}", 1, 2, "the name of a member is expected"),
		REFUSED("[1.,\"a\nb\"]", 1, 2, "a number is malformed"),
		REFUSED("[\"\\x\",\"a", 1, 3,
			"an escape is malformed, U+0000, or half of a surrogate pair"),
	};

	EXPECT_REFUSALS(refusals, HR_E_SYNTAX);
}

static void test_read__bytes_that_are_not_utf8__are_refused_where_they_stand(void)
{
	static const struct refusal refusals[] = {
		REFUSED("\"\xff\"", 1, 2, "the bytes are not UTF-8"),
		REFUSED("\"ab\xc0\xaf\"", 1, 4, "the bytes are not UTF-8"),
		REFUSED("\"\xc3\"", 1, 2, "the bytes are not UTF-8"),
		REFUSED("\"\xe9\x92", 1, 2, "the bytes are not UTF-8"),
		REFUSED("\"\xe0\x80\x80\"", 1, 2, "the bytes are not UTF-8"),
		REFUSED("\n\"\xed\xa0\x80\"", 2, 2, "the bytes are not UTF-8"),
		REFUSED("\"\xf4\x90\x80\x80\"", 1, 2, "the bytes are not UTF-8"),
		REFUSED("\"\xf0\x8f\xbf\xbf\"", 1, 2, "the bytes are not UTF-8"),
		REFUSED("\"\xf8\x88\x80\x80\x80\"", 1, 2, "the bytes are not UTF-8"),
		REFUSED("{}\x80", 1, 3, "the bytes are not UTF-8"),
		REFUSED("\xc4\xc6 []", 1, 1, "the bytes are not UTF-8"),
		REFUSED("\xff\xfe[\0]\0", 1, 1, "the bytes are not UTF-8"),
		REFUSED("[\x01,\"\n\xff", 2, 1, "the bytes are not UTF-8"),
	};

	EXPECT_REFUSALS(refusals, HR_E_ENCODING);
}

static void test_read__name_twice__is_refused_at_the_second_value(void)
{
	static const struct refusal refusals[] = {
		REFUSED("{\"a\":1,\"a\":1}", 1, 12, "a name stands twice in one object"),
		REFUSED("{\"a\":1,\n\"\\u0061\":2}", 2, 10, "a name stands twice in one object"),
		REFUSED("{\"\":1,\"\":2}", 1, 10, "a name stands twice in one object"),
		REFUSED("[{\"b\":{\"a\":1,\"c\":2,\"a\":3}}]", 1, 24,
			"a name stands twice in one object"),
	};
	struct fixture f = setup();

	EXPECT_REFUSALS(refusals, HR_E_SYNTAX);
	CU_ASSERT_PTR_NOT_NULL(
		read_text(&f, HR_STR("{\"a\":{\"a\":[{\"a\":1},{\"a\":1}]},\"A\":1}")));
	teardown(&f);
}

/* {"n0":0,"n1":1,...} with the name of the last member as given. */
static hr_str object_of(struct fixture *f, int members, int last)
{
	hr_buf buf;

	hr_buf_init(&buf, f->arena, (size_t)64 << 20);
	hr_buf_add_char(&buf, '{');
	for (int i = 0; i < members; i++)
		hr_buf_addf(&buf, "%s\"n%d\":%d", i ? "," : "", i == members - 1 ? last : i, i);
	hr_buf_add_char(&buf, '}');
	CU_ASSERT_FALSE_FATAL(buf.failed);
	return hr_buf_str(&buf);
}

static void test_read__name_twice_among_many__is_refused(void)
{
	static const int sizes[] = { 2, 31, 32, 33, 34, 100, 5000 };
	struct fixture f = setup();

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		int n = sizes[i];
		const hr_json *root = read_text(&f, object_of(&f, n, n - 1));

		CU_ASSERT_PTR_NOT_NULL_FATAL(root);
		CU_ASSERT_EQUAL(root->count, (uint32_t)n);
		CU_ASSERT_PTR_NULL(read_text(&f, object_of(&f, n, 0)));
		CU_ASSERT_EQUAL(f.err.code, HR_E_SYNTAX);
		CU_ASSERT_PTR_NULL(read_text(&f, object_of(&f, n, n - 2)));
	}
	teardown(&f);
}

/* Minutes, were it quadratic. */
static void test_read__object_of_300000_members__takes_no_time(void)
{
	struct fixture f = setup();

	CU_ASSERT_PTR_NOT_NULL(read_text(&f, object_of(&f, 300000, 299999)));
	teardown(&f);
}

static hr_str nested(struct fixture *f, hr_str open, hr_str close, int depth)
{
	hr_buf buf;

	hr_buf_init(&buf, f->arena, (size_t)16 << 20);
	for (int i = 0; i < depth; i++)
		hr_buf_add(&buf, open);
	hr_buf_add_char(&buf, '1');
	for (int i = 0; i < depth; i++)
		hr_buf_add(&buf, close);
	return hr_buf_str(&buf);
}

static void test_read__depth__is_at_most_64(void)
{
	static const struct {
		hr_str open;
		hr_str close;
		int levels;
	} shapes[] = {
		{ HR_STR_INIT("["), HR_STR_INIT("]"), 1 },
		{ HR_STR_INIT("{\"a\":"), HR_STR_INIT("}"), 1 },
		{ HR_STR_INIT("[{\"a\":"), HR_STR_INIT("}]"), 2 },
	};
	struct fixture f = setup();

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		hr_str open = shapes[i].open;
		hr_str close = shapes[i].close;
		int levels = shapes[i].levels;

		CU_ASSERT_PTR_NOT_NULL(read_text(&f, nested(&f, open, close, 64 / levels)));
		CU_ASSERT_PTR_NULL(read_text(&f, nested(&f, open, close, 64 / levels + 1)));
		CU_ASSERT_EQUAL(f.err.code, HR_E_LIMIT);
		CU_ASSERT_EQUAL(f.err.column, 64 / levels * open.len + 1);
		CU_ASSERT_PTR_NULL(read_text(&f, nested(&f, open, close, 100000)));
		CU_ASSERT_EQUAL(f.err.code, HR_E_LIMIT);
		CU_ASSERT_PTR_NULL(read_text(&f, nested(&f, open, HR_STR_NONE, 100000)));
		CU_ASSERT_EQUAL(f.err.code, HR_E_LIMIT);
	}
	teardown(&f);
}

static const hr_str whole = HR_STR_INIT("\xef\xbb\xbf{\"resourceType\" : \"Bundle\", \"entry\": [ "
					"{\"valueQuantity\":{\"value\":-0.10e+2,"
					"\"unit\":\"\\u00b5mol\\/L\"}, "
					"\"ok\":[true,false,null]},\r\n"
					"{ },[\t],\"\xe9\x92\xa0\\\\\"]}");

static void test_read__cut_at_any_byte__is_refused(void)
{
	struct fixture f = setup();

	CU_ASSERT_PTR_NOT_NULL(read_text(&f, whole));
	for (size_t len = 0; len < whole.len; len++) {
		CU_ASSERT_PTR_NULL(read_text(&f, hr_str_slice(whole, 0, len)));
		CU_ASSERT_TRUE(f.err.code == HR_E_SYNTAX || f.err.code == HR_E_ENCODING);
		CU_ASSERT_TRUE(f.err.line >= 1 && f.err.column >= 1);
	}
	teardown(&f);
}

static void test_read__any_byte_changed_to_any_other__is_read_or_refused_within_the_input(void)
{
	struct fixture f = setup();
	char text[256];

	memcpy(text, whole.data, whole.len);
	for (size_t i = 0; i < whole.len; i++) {
		for (int c = 0; c < 256; c++) {
			text[i] = (char)c;
			if (!read_text(&f, (hr_str){ text, whole.len }))
				CU_ASSERT_TRUE(f.err.line >= 1 && f.err.line <= 3 &&
					       f.err.column >= 1 && f.err.column <= whole.len + 1);
			hr_arena_reset(f.arena);
		}
		text[i] = whole.data[i];
	}
	teardown(&f);
}

static void test_read__size__is_at_most_32_mib(void)
{
	struct fixture f = setup();
	size_t limit = HR_JSON_DOCUMENT_MAX;
	char *text = hr_arena_alloc_text(f.arena, limit + 1);
	const hr_json *root;

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	memset(text, ' ', limit + 1);
	text[limit - 1] = '7';
	HR_ASSERT_OK(hr_json_read(f.parser, (hr_str){ text, limit }, f.arena, &root, &f.err),
		     f.err);
	CU_ASSERT_EQUAL(root->offset, limit - 1);
	CU_ASSERT_FALSE(
		hr_json_read(f.parser, (hr_str){ text, limit + 1 }, f.arena, &root, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_LIMIT);
	CU_ASSERT_PTR_NOT_NULL(read_text(&f, whole));
	teardown(&f);
}

static void test_read__arena_too_small__fails_and_leaves_out_alone(void)
{
	struct fixture f = setup();
	hr_str text = object_of(&f, 40, 39);
	const hr_json *root = NULL;
	size_t cap = 0;

	for (;; cap += 16) {
		HR_AUTO(hr_arena) arena = hr_arena_open(cap);

		if (hr_json_read(f.parser, text, arena, &root, &f.err))
			break;
		CU_ASSERT_EQUAL(f.err.code, HR_E_MEMORY);
		CU_ASSERT_PTR_NULL(root);
	}
	CU_ASSERT_TRUE(cap > text.len + 41 * sizeof(hr_json));
	teardown(&f);
}

static void test_get__absent_null_or_no_object__is_null(void)
{
	struct fixture f = setup();
	const hr_json *root = read_text(&f, HR_STR("{\"a\":1,\"ab\":[2],\"\":3}"));

	HR_ASSERT_TEXT(hr_json_get(root, HR_STR("a"))->text, "1");
	HR_ASSERT_TEXT(hr_json_get(root, HR_STR(""))->text, "3");
	CU_ASSERT_EQUAL(hr_json_get(root, HR_STR("ab"))->kind, HR_JSON_ARRAY);
	CU_ASSERT_PTR_NULL(hr_json_get(root, HR_STR("b")));
	CU_ASSERT_PTR_NULL(hr_json_get(root, HR_STR("A")));
	CU_ASSERT_PTR_NULL(hr_json_get(NULL, HR_STR("a")));
	CU_ASSERT_PTR_NULL(hr_json_get(root->first, HR_STR("a")));
	CU_ASSERT_PTR_NULL(hr_json_get(root->first->next, HR_STR("")));
	/* Behind a member first, then from the front. */
	for (const hr_json *last = root->first; last; last = last->next) {
		HR_ASSERT_TEXT(hr_json_get_after(root, last, HR_STR("a"))->text, "1");
		HR_ASSERT_TEXT(hr_json_get_after(root, last, HR_STR(""))->text, "3");
		CU_ASSERT_PTR_NULL(hr_json_get_after(root, last, HR_STR("b")));
	}
	HR_ASSERT_TEXT(hr_json_get_after(root, NULL, HR_STR("a"))->text, "1");
	CU_ASSERT_PTR_NULL(hr_json_get_after(root->first, NULL, HR_STR("a")));
	teardown(&f);
}

static void test_path__array_on_the_way__stands_for_its_first_element(void)
{
	struct fixture f = setup();
	const hr_json *root = read_text(&f, HR_STR("{\"code\":{\"coding\":[{\"code\":\"2951-2\"},"
						   "{\"code\":\"x\"}]},\"none\":[],\"n\":1}"));

	HR_ASSERT_TEXT(hr_json_path_text(root, HR_STR("code.coding.code")), "2951-2");
	CU_ASSERT_EQUAL(hr_json_path(root, HR_STR("code.coding"))->count, 2);
	CU_ASSERT_PTR_EQUAL(hr_json_path(root, HR_STR("")), root);
	CU_ASSERT_PTR_NULL(hr_json_path(root, HR_STR("none.code")));
	CU_ASSERT_PTR_NULL(hr_json_path(root, HR_STR("code.text.x")));
	CU_ASSERT_PTR_NULL(hr_json_path(root, HR_STR("n.x")));
	CU_ASSERT_PTR_NULL(hr_json_path(NULL, HR_STR("code")));
	CU_ASSERT_TRUE(hr_str_is_empty(hr_json_path_text(root, HR_STR("n"))));
	CU_ASSERT_TRUE(hr_str_is_empty(hr_json_path_text(root, HR_STR("code"))));
	CU_ASSERT_TRUE(hr_str_is_empty(hr_json_text(NULL)));
	teardown(&f);
}

static void test_format_path__member_of_element__is_named_as_in_fhirpath(void)
{
	struct fixture f = setup();
	const hr_json *root =
		read_text(&f, HR_STR("{\"entry\":[0,[{\"resource\":{\"unit\":\"mmol/L\"}}]]}"));
	const hr_json *deep;
	hr_buf buf;

	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	hr_buf_init(&buf, f.arena, 1000);
	hr_json_format_path(root, HR_STR("Bundle"), &buf);
	HR_ASSERT_TEXT(hr_buf_str(&buf), "Bundle");
	deep = hr_json_path(root->first->first->next, HR_STR("resource.unit"));
	hr_buf_init(&buf, f.arena, 1000);
	hr_json_format_path(deep, HR_STR("Bundle"), &buf);
	HR_ASSERT_TEXT(hr_buf_str(&buf), "Bundle.entry[1][0].resource.unit");
	teardown(&f);
}

static bool ends_in_json(const char *name)
{
	return hr_str_ends_with(hr_str_of(name), HR_STR(".json"));
}

static int read_folder(struct fixture *f, const char *corpora, const char *folder)
{
	char path[4096];
	DIR *dir;
	struct dirent *entry;
	int count = 0;

	snprintf(path, sizeof(path), "%s/%s", corpora, folder);
	dir = opendir(path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	while ((entry = readdir(dir))) {
		const hr_json *root;

		if (!ends_in_json(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "%s/%s/%s", corpora, folder, entry->d_name);
		root = read_text(f, hr_test_read(f->arena, path));
		CU_ASSERT_PTR_NOT_NULL_FATAL(root);
		CU_ASSERT_FALSE(hr_str_is_empty(hr_json_path_text(root, HR_STR("resourceType"))));
		count++;
		hr_arena_reset(f->arena);
	}
	closedir(dir);
	return count;
}

static void test_read__fhir_corpora__are_all_read(void)
{
	const char *corpora = hr_test_corpora();
	struct fixture f = setup();

	if (corpora) {
		CU_ASSERT_EQUAL(read_folder(&f, corpora, "fhir/synthea-apache"), 8);
		CU_ASSERT_EQUAL(read_folder(&f, corpora, "fhir/fhir-test-cases-apache"), 37);
	}
	teardown(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_read__scalars_alone__are_documents),
	HR_TEST(test_read__tree__has_names_indexes_counts_and_parents),
	HR_TEST(test_read__offsets__are_of_the_first_byte_of_a_value),
	HR_TEST(test_read__numbers__stay_as_they_were_written),
	HR_TEST(test_read__malformed_numbers__are_refused),
	HR_TEST(test_read__words_that_are_not_whole__are_refused),
	HR_TEST(test_read__escapes__are_undone),
	HR_TEST(test_read__escapes_in_several_strings__leave_the_others_alone),
	HR_TEST(test_read__malformed_escapes__are_refused_where_they_stand),
	HR_TEST(test_read__faults__are_told_with_line_and_column),
	HR_TEST(test_read__faults_in_strings__are_told_with_line_and_column),
	HR_TEST(test_read__bytes_that_are_not_utf8__are_refused_where_they_stand),
	HR_TEST(test_read__name_twice__is_refused_at_the_second_value),
	HR_TEST(test_read__name_twice_among_many__is_refused),
	HR_TEST(test_read__object_of_300000_members__takes_no_time),
	HR_TEST(test_read__depth__is_at_most_64),
	HR_TEST(test_read__cut_at_any_byte__is_refused),
	HR_TEST(test_read__any_byte_changed_to_any_other__is_read_or_refused_within_the_input),
	HR_TEST(test_read__size__is_at_most_32_mib),
	HR_TEST(test_read__arena_too_small__fails_and_leaves_out_alone),
	HR_TEST(test_get__absent_null_or_no_object__is_null),
	HR_TEST(test_path__array_on_the_way__stands_for_its_first_element),
	HR_TEST(test_format_path__member_of_element__is_named_as_in_fhirpath),
	HR_TEST(test_read__fhir_corpora__are_all_read),
};
HR_TEST_MAIN("json", tests)
