#include "service/http_form.h"

#include "testing.h"

#define TYPE	    HR_STR("multipart/form-data; boundary=B")
#define NAMED(name) "Content-Disposition: form-data; name=\"" name "\"\r\n"

/* The parts as "name|filename|type|bytes/", or the word and the place of the error. */
static hr_str read_back(hr_arena *arena, hr_str type, hr_str body)
{
	hr_error err = { 0 };
	hr_form form;
	hr_buf buf;

	hr_buf_init(&buf, arena, 1 << 20);
	if (!hr_http_form_read(type, body, arena, &form, &err)) {
		hr_buf_addf(&buf, "%s %u:%u", hr_error_word(err.code), err.line, err.column);
		return hr_buf_str(&buf);
	}
	for (size_t i = 0; i < form.count; i++)
		hr_buf_addf(&buf, "%.*s|%.*s|%.*s|%.*s/", HR_STR_ARG(form.parts[i].name),
			    HR_STR_ARG(form.parts[i].filename), HR_STR_ARG(form.parts[i].type),
			    HR_STR_ARG(form.parts[i].bytes));
	return hr_buf_str(&buf);
}

#define CHECK_AS(type, body, want)                                                                 \
	do {                                                                                       \
		HR_AUTO(hr_arena) arena = hr_test_arena();                                         \
		HR_ASSERT_TEXT(read_back(arena, (type), HR_STR(body)), (want));                    \
	} while (0)
#define CHECK(body, want) CHECK_AS(TYPE, body, want)

static void test_form__parts__are_read(void)
{
	CHECK("--B\r\n" NAMED("a") "\r\nb\r\n--B--\r\n", "a|||b/");
	CHECK("\r\n--B\r\n" NAMED("a") "\r\nb\r\n--B--", "a|||b/");
	CHECK("--B \t\r\n" NAMED("a") "\r\nb\r\n--B-- \r\n", "a|||b/");
	CHECK("--B\r\n" NAMED("a") "\r\n1\r\n--B\r\n" NAMED("b") "\r\n2\r\n--B--\r\n",
	      "a|||1/b|||2/");
	CHECK("--B--\r\n", "");
}

static void test_form__head__gives_name_filename_and_type(void)
{
	CHECK("--B\r\ncontent-disposition: Form-Data; name=a; filename=\"b c.xml\"\r\n"
	      "Content-Type: text/xml; charset=gbk\r\nX-Other: 1\r\n\r\n<a/>\r\n--B--\r\n",
	      "a|b c.xml|text/xml; charset=gbk|<a/>/");
	CHECK("--B\r\nContent-Transfer-Encoding: binary\r\n" NAMED("a") "\r\n1\r\n--B--\r\n",
	      "a|||1/");
	CHECK("--B\r\nContent-Disposition: form-data; filename=\"互认.xml\"; name=\"报告\"\r\n"
	      "\r\n\r\n--B--",
	      "报告|互认.xml||/");
}

static void test_form__quoted_names__lose_their_escapes(void)
{
	CHECK("--B\r\n" NAMED("a\\\"b") "\r\n1\r\n--B--\r\n", "a\"b|||1/");
	CHECK("--B\r\n" NAMED("a\\\\") "\r\n1\r\n--B--\r\n", "a\\|||1/");
	CHECK("--B\r\n" NAMED("C:\\a.xml") "\r\n1\r\n--B--\r\n", "C:\\a.xml|||1/");
	CHECK("--B\r\n" NAMED("a;b=%22") "\r\n1\r\n--B--\r\n", "a;b=%22|||1/");
	CHECK("--B\r\n" NAMED("") "\r\n1\r\n--B--\r\n", "|||1/");
}

static void test_form__bytes__may_look_like_a_boundary(void)
{
	CHECK("--B\r\n" NAMED("a") "\r\n--\r\n--C\r\n -–B\n--B\r\n--B--\r\n",
	      "a|||--\r\n--C\r\n -–B\n--B/");
	CHECK("--B\r\n" NAMED("a") "\r\nx--B--\r\n--B--\r\n", "a|||x--B--/");
	CHECK("--B\r\n" NAMED("a") "\r\n\r\n\r\n--B--\r\n", "a|||\r\n/");
	/* RFC 2046: a line that begins with the boundary is one, so this is not data. */
	CHECK("--B\r\n" NAMED("a") "\r\nx\r\n--Bx\r\n--B--\r\n", "malformed 5:4");
}

static void test_form__empty_part__is_a_part(void)
{
	CHECK("--B\r\n" NAMED("a") "\r\n\r\n--B--\r\n", "a|||/");
	CHECK("--B\r\n" NAMED("a") "\r\n--B--\r\n", "a|||/");
}

static void test_form__damaged__is_refused_with_its_place(void)
{
	CHECK("", "malformed 1:1");
	CHECK("x--B\r\n", "malformed 1:1");
	CHECK("--B", "malformed 1:4");
	CHECK("--Bx\r\n", "malformed 1:4");
	CHECK("--B\r\n", "malformed 2:1");
	CHECK("--B\r\n" NAMED("a"), "malformed 2:1");
	CHECK("--B\r\n" NAMED("a") "\r\nb", "malformed 4:2");
	CHECK("--B\r\n" NAMED("a") "\r\nb\r\n--B\r\n", "malformed 6:1");
	CHECK("--B\r\n" NAMED("a") "\r\nb\r\n--B-\r\n", "malformed 5:4");
	CHECK("--B\r\n" NAMED("a") "\r\nb\r\n--B--x", "malformed 5:4");
	CHECK("--B\r\n" NAMED("a") "\r\nb\r\n--B--\r\nx", "malformed 6:1");
}

static void test_form__lines_ended_by_lf__are_refused(void)
{
	CHECK("--B\n" NAMED("a") "\r\nb\r\n--B--\r\n", "malformed 1:4");
	CHECK("--B\r\nContent-Disposition: form-data; name=a\n\r\n\r\nb\r\n--B--\r\n",
	      "malformed 2:1");
	CHECK("--B\r\n" NAMED("a") "\nb\r\n--B--\r\n", "malformed 2:1");
	CHECK("--B\r\n" NAMED("a") "\r\nb\n--B--\n", "malformed 6:1");
}

static void test_form__head_that_says_no_name__is_refused(void)
{
	CHECK("--B\r\n\r\nb\r\n--B--\r\n", "malformed 2:1");
	CHECK("--B\r\nContent-Type: a/b\r\n\r\nb\r\n--B--\r\n", "malformed 2:1");
	CHECK("--B\r\nContent-Disposition: form-data\r\n\r\nb\r\n--B--\r\n", "malformed 2:1");
	CHECK("--B\r\nContent-Disposition: attachment; name=a\r\n\r\nb\r\n--B--", "malformed 2:1");
	CHECK("--B\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\n\r\n--B--",
	      "malformed 2:1");
	CHECK("--B\r\nContent-Disposition: form-data; name=\"a\r\n\r\nb\r\n--B--", "malformed 2:1");
	CHECK("--B\r\nContent-Disposition: form-data; name\r\n\r\nb\r\n--B--", "malformed 2:1");
	CHECK("--B\r\nContent-Disposition: form-data name=a\r\n\r\nb\r\n--B--", "malformed 2:1");
	CHECK("--B\r\n" NAMED("a") NAMED("a") "\r\nb\r\n--B--\r\n", "malformed 2:1");
	CHECK("--B\r\n" NAMED("\xff") "\r\nb\r\n--B--\r\n", "malformed 2:1");
	CHECK("--B\r\nA b\r\n" NAMED("a") "\r\nb\r\n--B--\r\n", "malformed 2:1");
	CHECK("--B\r\n" NAMED("a") " b: c\r\n\r\nb\r\n--B--\r\n", "malformed 3:1");
	CHECK("--B\r\n" NAMED("a") "C: \x01\r\n\r\nb\r\n--B--\r\n", "malformed 3:1");
	CHECK("--B\r\n" NAMED("a") "Content-Transfer-Encoding: base64\r\n\r\nb\r\n--B--",
	      "malformed 3:1");
}

static void test_form__type__names_a_boundary(void)
{
	const char body[] = "--B\r\n" NAMED("a") "\r\nb\r\n--B--\r\n";
	HR_AUTO(hr_arena) arena = hr_test_arena();
	static const struct {
		const char *type;
		const char *want;
	} rows[] = {
		{ "multipart/form-data;boundary=B", "a|||b/" },
		{ "Multipart/Form-Data ; charset=utf-8; Boundary=\"B\"", "a|||b/" },
		{ "multipart/form-data", "malformed 0:0" },
		{ "multipart/form-data; boundary=", "malformed 0:0" },
		{ "multipart/form-data; boundary=\"\"", "malformed 0:0" },
		{ "multipart/form-data; boundary=\"B \"", "malformed 0:0" },
		{ "multipart/form-data; boundary=\"B<\"", "malformed 0:0" },
		{ "multipart/form-data; boundary=B; boundary=B", "malformed 0:0" },
		{ "multipart/form-data; boundary=B C", "malformed 0:0" },
		{ "multipart/mixed; boundary=B", "unsupported 0:0" },
		{ "", "unsupported 0:0" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		HR_ASSERT_TEXT(read_back(arena, hr_str_of(rows[i].type), hr_str_of(body)),
			       rows[i].want);
}

static bool reads_with(size_t boundary, size_t parts, size_t head)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_error err = { 0 };
	hr_form form;
	hr_buf type;
	hr_buf body;
	hr_buf pad;

	hr_buf_init(&type, arena, 1 << 20);
	hr_buf_init(&body, arena, 1 << 20);
	hr_buf_init(&pad, arena, 1 << 20);
	for (size_t i = 0; i < boundary; i++)
		hr_buf_add_char(&type, 'B');
	/* The head is what stands before its empty line. */
	for (size_t i = sizeof(NAMED("a") "X: \r\n") - 1 - 2; i < head; i++)
		hr_buf_add_char(&pad, 'x');
	for (size_t i = 0; i < parts; i++)
		hr_buf_addf(&body, "--%s\r\n" NAMED("a") "X: %s\r\n\r\n\r\n", type.data,
			    pad.len ? pad.data : "");
	hr_buf_addf(&body, "--%s--", type.data);
	CU_ASSERT_FALSE(body.failed);
	pad.len = 0;
	hr_buf_addf(&pad, "multipart/form-data; boundary=%s", type.data);
	return hr_http_form_read(hr_buf_str(&pad), hr_buf_str(&body), arena, &form, &err) &&
	       form.count == parts;
}

static void test_form__limits__hold_to_the_byte(void)
{
	CU_ASSERT_TRUE(reads_with(1, 1, 100));
	CU_ASSERT_TRUE(reads_with(HR_FORM_BOUNDARY_MAX, 1, 100));
	CU_ASSERT_FALSE(reads_with(HR_FORM_BOUNDARY_MAX + 1, 1, 100));
	CU_ASSERT_TRUE(reads_with(1, HR_FORM_PARTS_MAX, 100));
	CU_ASSERT_FALSE(reads_with(1, HR_FORM_PARTS_MAX + 1, 100));
	CU_ASSERT_TRUE(reads_with(1, 1, HR_FORM_HEAD_MAX - 4));
	CU_ASSERT_FALSE(reads_with(1, 1, HR_FORM_HEAD_MAX - 3));
}

static void test_form__urlencoded__is_decoded(void)
{
	const hr_str type = HR_STR("application/x-www-form-urlencoded; charset=UTF-8");

	CHECK_AS(type, "a=1+2&b=%E4%BA%92&c", "a|||1 2/b|||互/c|||/");
	CHECK_AS(type, "", "");
	CHECK_AS(type, "a=%4", "malformed 0:0");
	CHECK_AS(type, "a=%00", "malformed 0:0");
	CHECK_AS(type, "a=%ff", "malformed 0:0");
#define TEN_FIELDS "1&2&3&4&5&6&7&8&9&0&"
	CHECK_AS(type,
		 TEN_FIELDS TEN_FIELDS TEN_FIELDS TEN_FIELDS TEN_FIELDS TEN_FIELDS "1&2&3&4&5",
		 "too-large 0:0");
}

static void test_form__find__gives_the_first_of_a_name(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_error err = { 0 };
	hr_form form;

	HR_ASSERT_OK(hr_http_form_read(HR_STR("application/x-www-form-urlencoded"),
				       HR_STR("a=1&b=2&b=3"), arena, &form, &err),
		     err);
	HR_ASSERT_TEXT(hr_http_form_find(&form, HR_STR("b"))->bytes, "2");
	CU_ASSERT_PTR_NULL(hr_http_form_find(&form, HR_STR("c")));
	CU_ASSERT_TRUE(hr_http_form_is(TYPE));
	CU_ASSERT_FALSE(hr_http_form_is(HR_STR("text/plain")));
}

static const hr_test tests[] = {
	HR_TEST(test_form__parts__are_read),
	HR_TEST(test_form__head__gives_name_filename_and_type),
	HR_TEST(test_form__quoted_names__lose_their_escapes),
	HR_TEST(test_form__bytes__may_look_like_a_boundary),
	HR_TEST(test_form__empty_part__is_a_part),
	HR_TEST(test_form__damaged__is_refused_with_its_place),
	HR_TEST(test_form__lines_ended_by_lf__are_refused),
	HR_TEST(test_form__head_that_says_no_name__is_refused),
	HR_TEST(test_form__type__names_a_boundary),
	HR_TEST(test_form__limits__hold_to_the_byte),
	HR_TEST(test_form__urlencoded__is_decoded),
	HR_TEST(test_form__find__gives_the_first_of_a_name),
};
HR_TEST_MAIN("http_form", tests)
