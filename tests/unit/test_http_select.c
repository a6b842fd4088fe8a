/* Which part of an answer is sent. */
#include "service/http_select.h"

#include "testing.h"

static hr_str field_of(const hr_http_response *response, const char *name)
{
	for (size_t i = 0; i < response->field_count; i++)
		if (hr_str_equal(response->fields[i].name, hr_str_of(name)))
			return response->fields[i].value;
	return HR_STR_NONE;
}

/* "status Content-Range what is sent" of an answer "0123456789" in one body, or in pieces. */
static hr_str select_of(hr_arena *arena, hr_http_method method, const char *name, const char *value,
			const char *more, bool in_pieces)
{
	static const hr_http_piece pieces[] = {
		{ .bytes = "012", .length = 3 },
		{ .bytes = "", .length = 0 },
		{ .bytes = "34567", .length = 5 },
		{ .bytes = "89", .length = 2 },
	};
	const hr_http_field headers[] = { { hr_str_of(name), hr_str_of(value) },
					  { HR_STR("If-Range"), hr_str_of(more) } };
	const hr_http_request request = {
		.method = method, .headers = headers, .header_count = more ? 2 : 1, .arena = arena
	};
	hr_http_response out = { .status = 200 };
	hr_error err = { 0 };
	hr_buf buf;

	if (in_pieces) {
		out.pieces = pieces;
		out.piece_count = 4;
	} else {
		out.body = HR_STR("0123456789");
	}
	HR_ASSERT_OK(hr_http_select(&request, HR_STR("\"e\""), &out, &err), err);
	HR_ASSERT_TEXT(field_of(&out, "ETag"), "\"e\"");
	hr_buf_init(&buf, arena, 200);
	hr_buf_addf(&buf, "%d %.*s ", out.status, HR_STR_ARG(field_of(&out, "Content-Range")));
	hr_buf_add(&buf, out.body);
	for (size_t i = 0; i < out.piece_count; i++)
		hr_buf_add(&buf, (hr_str){ out.pieces[i].bytes, (size_t)out.pieces[i].length });
	return hr_buf_str(&buf);
}

static void test_range__is_cut_out__of_a_body_as_of_pieces(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	static const struct {
		const char *range;
		const char *want;
	} rows[] = {
		{ "bytes=0-0", "206 bytes 0-0/10 0" },
		{ "bytes=2-3", "206 bytes 2-3/10 23" },
		{ "bytes=3-7", "206 bytes 3-7/10 34567" },
		{ "bytes=9-9", "206 bytes 9-9/10 9" },
		{ "bytes=0-9", "206 bytes 0-9/10 0123456789" },
		{ "bytes=0-10", "206 bytes 0-9/10 0123456789" },
		{ "bytes=4-", "206 bytes 4-9/10 456789" },
		{ "Bytes= 4 - 5 ", "206 bytes 4-5/10 45" },
		{ "bytes=-3", "206 bytes 7-9/10 789" },
		{ "bytes=-10", "206 bytes 0-9/10 0123456789" },
		{ "bytes=-11", "206 bytes 0-9/10 0123456789" },
		{ "bytes=10-", "416 bytes */10 " },
		{ "bytes=10-12", "416 bytes */10 " },
		{ "bytes=-0", "416 bytes */10 " },
		{ "bytes=0-1,3-4", "200  0123456789" },
		{ "bytes=5-4", "200  0123456789" },
		{ "bytes=-", "200  0123456789" },
		{ "bytes=", "200  0123456789" },
		{ "bytes=a-b", "200  0123456789" },
		{ "bytes=0-1x", "200  0123456789" },
		{ "bytes=0000000000000000001-", "200  0123456789" },
		{ "items=0-1", "200  0123456789" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int in_pieces = 0; in_pieces < 2; in_pieces++)
			HR_ASSERT_TEXT(select_of(arena, HR_HTTP_GET, "Range", rows[i].range, NULL,
						 in_pieces),
				       rows[i].want);
}

static void test_range__of_a_head_or_another_version__is_the_whole(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	HR_ASSERT_TEXT(select_of(arena, HR_HTTP_HEAD, "Range", "bytes=2-3", NULL, false),
		       "200  0123456789");
	HR_ASSERT_TEXT(select_of(arena, HR_HTTP_GET, "Range", "bytes=2-3", "\"d\"", false),
		       "200  0123456789");
	HR_ASSERT_TEXT(select_of(arena, HR_HTTP_GET, "Range", "bytes=2-3", "\"e\"", false),
		       "206 bytes 2-3/10 23");
}

static void test_etag__that_the_client_has__is_304(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	static const char *const same[] = { "\"e\"", "W/\"e\"", "\"a\", \"e\"", "*" };
	static const char *const others[] = { "\"a\"", "e", "", "\"e" };

	for (size_t i = 0; i < 4; i++)
		for (int in_pieces = 0; in_pieces < 2; in_pieces++)
			HR_ASSERT_TEXT(select_of(arena, HR_HTTP_GET, "If-None-Match", same[i], NULL,
						 in_pieces),
				       "304  ");
	for (size_t i = 0; i < 4; i++)
		HR_ASSERT_TEXT(
			select_of(arena, HR_HTTP_GET, "If-None-Match", others[i], NULL, false),
			"200  0123456789");
}

static const hr_test tests[] = {
	HR_TEST(test_range__is_cut_out__of_a_body_as_of_pieces),
	HR_TEST(test_range__of_a_head_or_another_version__is_the_whole),
	HR_TEST(test_etag__that_the_client_has__is_304),
};
HR_TEST_MAIN("http_select", tests)
