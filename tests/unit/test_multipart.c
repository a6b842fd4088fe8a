/* A multipart body in pieces: the same parts wherever it was cut. */
#include "service/multipart.h"

#include "testing.h"

enum { TEXT_MAX = 1 << 17 };

/* "[type|bytes][type|bytes]." of the parts, '.' when the last boundary came; or the error's word.
 */
static hr_str split(hr_arena *arena, const char *type, const hr_str *pieces, size_t count)
{
	hr_multipart *m = HR_NEW(arena, hr_multipart);
	hr_error err = { 0 };
	hr_str bytes;
	hr_buf buf;

	hr_buf_init(&buf, arena, TEXT_MAX);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	if (!hr_multipart_init(m, hr_str_of(type), &err))
		return hr_str_of(hr_error_word(err.code));
	for (size_t i = 0; i < count; i++) {
		hr_str rest = pieces[i];
		hr_multipart_event event;

		while ((event = hr_multipart_next(m, &rest, &bytes, &err)) != HR_MULTIPART_WANTS) {
			if (event == HR_MULTIPART_FAULT)
				return hr_str_of(hr_error_word(err.code));
			if (event == HR_MULTIPART_PART)
				hr_buf_addf(&buf, "[%.*s|", HR_STR_ARG(m->type));
			else if (event == HR_MULTIPART_BYTES)
				hr_buf_add(&buf, bytes);
			else
				HR_BUF_ADD(&buf, "]");
		}
		CU_ASSERT_EQUAL(rest.len, 0);
	}
	if (hr_multipart_is_over(m))
		HR_BUF_ADD(&buf, ".");
	return hr_buf_str(&buf);
}

static hr_str split_whole(hr_arena *arena, const char *type, const char *body)
{
	hr_str piece = hr_str_of(body);

	return split(arena, type, &piece, 1);
}

#define TYPE "multipart/related; type=\"application/dicom\"; boundary=B7"

static const struct {
	const char *body;
	const char *want;
} rows[] = {
	{ "--B7\r\nContent-Type: a\r\n\r\nabc\r\n--B7--", "[a|abc]." },
	{ "\r\n--B7\r\ncontent-type:a;b=c \r\nContent-Length: 9\r\n\r\nabc\r\n--B7--\r\n",
	  "[a;b=c|abc]." },
	{ "--B7\r\n\r\nabc\r\n--B7\r\n\r\n\r\n--B7--", "[|abc][|]." },
	{ "--B7\r\nX: y\r\n\r\n--B7\r\n\r\n--B7--", "[|][|]." },
	{ "in front\r\n--B7 \t\r\n\r\na\r\n--B7-- \r\nbehind --B7", "[|a]." },
	{ "--B7\r\n\r\n\r\n\r\n-\r\n--\r\n--B\r\r\n--B6\r\n--B7--",
	  "[|\r\n\r\n-\r\n--\r\n--B\r\r\n--B6]." },
	{ "--B7\r\n\r\n\r\r\r\n\r\n--B7--", "[|\r\r\r\n]." },
	{ "--B7\r\n\r\n--B6\r\n--B7--", "[|--B6]." },
	{ "--B7\r\n\r\nabc", "[|abc" },
	{ "--B7\r\n\r\nabc\r\n--B", "[|abc" },
	{ "--B7--", "." },
	{ "", "" },
	{ "nothing of it", "" },
	{ "--B7x\r\n\r\nabc\r\n--B7--", "malformed" },
	{ "--B7\r\nno colon\r\n\r\nabc\r\n--B7--", "malformed" },
	{ "--B7\r\n:x\r\n\r\nabc\r\n--B7--", "malformed" },
	{ "--B7\r\nA: \x01\r\n\r\nabc\r\n--B7--", "malformed" },
};

static void test_split__body__is_these_parts(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		HR_ASSERT_TEXT(split_whole(arena, TYPE, rows[i].body), rows[i].want);
}

static void test_split__cut_anywhere__is_the_same(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_str body = hr_str_of(rows[i].body);

		for (size_t cut = 0; cut <= body.len; cut++) {
			for (size_t more = cut; more <= body.len; more++) {
				const hr_str pieces[] = {
					hr_str_slice(body, 0, cut),
					hr_str_slice(body, cut, more),
					hr_str_slice(body, more, body.len),
				};

				HR_ASSERT_TEXT(split(arena, TYPE, pieces, 3), rows[i].want);
			}
			hr_arena_reset(arena);
		}
	}
}

static void test_split__byte_by_byte__is_the_same(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_str pieces[200];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_str body = hr_str_of(rows[i].body);

		for (size_t k = 0; k < body.len; k++)
			pieces[k] = hr_str_slice(body, k, k + 1);
		HR_ASSERT_TEXT(split(arena, TYPE, pieces, body.len), rows[i].want);
	}
}

static void test_boundary__as_clients_write_it__is_found(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	static const struct {
		const char *type;
		const char *want;
	} types[] = {
		{ "multipart/related; boundary=\"B7\"; type=application/dicom", "[|a]." },
		{ "multipart/related;type=\"application/dicom\";boundary=B7", "[|a]." },
		{ "multipart/related; start=\"a;boundary=no\"; BOUNDARY = B7", "[|a]." },
		{ "multipart/related; type=\"application/dicom\"", "usage" },
		{ "multipart/related; boundary=", "usage" },
		{ "multipart/related; boundary=\"a \"", "usage" },
		{ "multipart/related; boundary=\"a\rb\"", "usage" },
		{ "", "usage" },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		HR_ASSERT_TEXT(split_whole(arena, types[i].type, "--B7\r\n\r\na\r\n--B7--"),
			       types[i].want);
}

static void test_boundary__of_70_characters__is_the_longest(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_error err = { 0 };

	for (int len = 69; len <= 71; len++) {
		hr_multipart *m = HR_NEW(arena, hr_multipart);
		hr_buf type;

		hr_buf_init(&type, arena, 200);
		HR_BUF_ADD(&type, "multipart/related; boundary=");
		for (int i = 0; i < len; i++)
			HR_BUF_ADD(&type, "b");
		CU_ASSERT_EQUAL(hr_multipart_init(m, hr_buf_str(&type), &err), len <= 70);
	}
}

/* `count` times 'x' between two texts. */
static hr_str with_many(hr_arena *arena, const char *front, size_t count, const char *behind)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, TEXT_MAX);
	hr_buf_add(&buf, hr_str_of(front));
	memset(hr_buf_extend(&buf, count), 'x', count);
	hr_buf_add(&buf, hr_str_of(behind));
	return hr_str_of(hr_str_terminated(arena, hr_buf_str(&buf)));
}

static void test_limits__one_more__is_refused(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	const size_t head = HR_MULTIPART_HEAD_MAX - 6;
	const size_t around = HR_MULTIPART_AROUND_MAX;
	const struct {
		hr_str body;
		const char *want;
	} bodies[] = {
		{ with_many(arena, "--B7\r\nA:", head, "\r\n\r\na\r\n--B7--"), "[|a]." },
		{ with_many(arena, "--B7\r\nA:", head + 1, "\r\n\r\na\r\n--B7--"), "too-large" },
		{ with_many(arena, "", around, "\r\n--B7\r\n\r\na\r\n--B7--"), "[|a]." },
		{ with_many(arena, "", around + 1, "\r\n--B7\r\n\r\na\r\n--B7--"), "malformed" },
		{ with_many(arena, "--B7--", around, ""), "." },
		{ with_many(arena, "--B7--", around + 1, ""), "malformed" },
	};

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		HR_ASSERT_TEXT(split(arena, TYPE, &bodies[i].body, 1), bodies[i].want);
}

static const hr_test tests[] = {
	HR_TEST(test_split__body__is_these_parts),
	HR_TEST(test_split__cut_anywhere__is_the_same),
	HR_TEST(test_split__byte_by_byte__is_the_same),
	HR_TEST(test_boundary__as_clients_write_it__is_found),
	HR_TEST(test_boundary__of_70_characters__is_the_longest),
	HR_TEST(test_limits__one_more__is_refused),
};
HR_TEST_MAIN("multipart", tests)
