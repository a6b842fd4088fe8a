#include "service/http_body.h"
#include "service/http_listen.h"
#include "service/http_request.h"
#include "service/http_target.h"

#include "testing.h"

#include <netinet/in.h>
#include <unistd.h>

/* ---- targets ---- */

/* "path|name=value|...", or the word of the error. */
static hr_str read_back(hr_arena *arena, hr_str raw)
{
	hr_error err = { 0 };
	hr_http_target target;
	hr_buf buf;

	if (!hr_http_target_parse(raw, arena, &target, &err))
		return hr_str_of(hr_error_word(err.code));
	hr_buf_init(&buf, arena, 1 << 20);
	hr_buf_add(&buf, target.path);
	for (size_t i = 0; i < target.query_count; i++)
		hr_buf_addf(&buf, "|%.*s=%.*s", HR_STR_ARG(target.query[i].name),
			    HR_STR_ARG(target.query[i].value));
	return hr_buf_str(&buf);
}

static void test_target__plain_and_escaped__is_decoded(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	static const struct {
		const char *raw;
		const char *want;
	} rows[] = {
		{ "/", "/" },
		{ "/a/b", "/a/b" },
		{ "/a?", "/a" },
		{ "/a?b", "/a|b=" },
		{ "/a?b=", "/a|b=" },
		{ "/a?b=c=d", "/a|b=c=d" },
		{ "/a?b=c&&d&", "/a|b=c|d=" },
		{ "/a?=b", "/a|=b" },
		{ "/a?b?c", "/a|b?c=" },
		{ "/a+b?c+d=e+f", "/a+b|c d=e f" },
		{ "/%41%2f?%62=%63%2B%26", "/A/|b=c+&" },
		{ "/%E4%BA%92?q=%e8%ae%a4", "/互|q=认" },
		{ "/互?q=认", "/互|q=认" },
		{ "/%", "malformed" },
		{ "/%4", "malformed" },
		{ "/%4g", "malformed" },
		{ "/%%41", "malformed" },
		{ "/a?b=%", "malformed" },
		{ "/a?b=%4&c=1", "malformed" },
		{ "/%00", "malformed" },
		{ "/a?b=%00", "malformed" },
		{ "/%ff", "malformed" },
		{ "/a?%c0%80", "malformed" },
		{ "/a?b=%E4%BA", "malformed" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		HR_ASSERT_TEXT(read_back(arena, hr_str_of(rows[i].raw)), rows[i].want);
}

static hr_str with_fields(hr_arena *arena, size_t count)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 1 << 20);
	HR_BUF_ADD(&buf, "/?a");
	for (size_t i = 1; i < count; i++)
		HR_BUF_ADD(&buf, "&a");
	return read_back(arena, hr_buf_str(&buf));
}

static void test_target__fields_over_the_limit__are_refused(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	CU_ASSERT_TRUE(hr_str_starts_with(with_fields(arena, HR_HTTP_QUERY_FIELDS_MAX),
					  HR_STR("/|a=|a=")));
	HR_ASSERT_TEXT(with_fields(arena, HR_HTTP_QUERY_FIELDS_MAX + 1), "too-large");
}

/* ---- requests ---- */

static void test_request__headers_and_query__are_found(void)
{
	static const hr_http_field headers[] = {
		{ HR_STR_INIT("accept"), HR_STR_INIT("a") },
		{ HR_STR_INIT("Accept"), HR_STR_INIT("b") },
	};
	static const hr_http_field query[] = { { HR_STR_INIT("a"), HR_STR_INIT("1") },
					       { HR_STR_INIT("A"), HR_STR_INIT("2") } };
	const hr_http_request request = {
		.headers = headers, .header_count = 2, .query = query, .query_count = 2
	};

	HR_ASSERT_TEXT(hr_http_header(&request, HR_STR("ACCEPT")), "a");
	HR_ASSERT_TEXT(hr_http_header(&request, HR_STR("Accep")), "");
	HR_ASSERT_TEXT(hr_http_query(&request, HR_STR("A")), "2");
	HR_ASSERT_TEXT(hr_http_query(&request, HR_STR("b")), "");
}

static void test_id__is_sixteen_digits(void)
{
	char id[HR_HTTP_ID_BYTES];

	hr_http_id_format(0, id);
	HR_ASSERT_TEXT(((hr_str){ id, sizeof(id) }), "0000000000000000");
	hr_http_id_format(UINT64_MAX - 15, id);
	HR_ASSERT_TEXT(((hr_str){ id, sizeof(id) }), "fffffffffffffff0");
}

/* ---- bodies ---- */

static void test_body__announced__has_its_room_at_once(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_http_budget budget = { .max = 100 };
	hr_error err = { 0 };
	hr_http_body body;
	const char *data;

	HR_ASSERT_OK(hr_http_body_begin(&body, arena, &budget, 10, 10, &err), err);
	CU_ASSERT_EQUAL(budget.used, 0);
	data = body.data;
	HR_ASSERT_OK(hr_http_body_add(&body, HR_STR("01234"), &err), err);
	CU_ASSERT_EQUAL(budget.used, 5);
	HR_ASSERT_OK(hr_http_body_add(&body, HR_STR(""), &err), err);
	HR_ASSERT_OK(hr_http_body_add(&body, HR_STR("56789"), &err), err);
	CU_ASSERT_PTR_EQUAL(body.data, data);
	HR_ASSERT_TEXT(((hr_str){ body.data, body.len }), "0123456789");
	CU_ASSERT_FALSE(hr_http_body_add(&body, HR_STR("x"), &err));
	CU_ASSERT_EQUAL(err.code, HR_E_LIMIT);
	hr_http_body_end(&body);
	hr_http_body_end(&body);
	CU_ASSERT_EQUAL(budget.used, 0);
}

static void test_body__announced_over_the_limit__is_refused(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_http_budget budget = { .max = 100 };
	hr_error err = { 0 };
	hr_http_body body;

	CU_ASSERT_FALSE(hr_http_body_begin(&body, arena, &budget, 11, 10, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_LIMIT);
	CU_ASSERT_FALSE(hr_http_body_begin(&body, arena, &budget, 101, 200, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_MEMORY);
	CU_ASSERT_EQUAL(budget.used, 0);
	HR_ASSERT_OK(hr_http_body_begin(&body, arena, &budget, 0, 0, &err), err);
	CU_ASSERT_FALSE(hr_http_body_add(&body, HR_STR("x"), &err));
	hr_http_body_end(&body);
}

/* Of unknown length: the limit holds to the byte, however it is cut. */
static void test_body__chunked__grows_to_its_limit(void)
{
	static const char piece[1000];
	static const size_t limits[] = { 1, 999, 65536, 65537, 200000 };
	hr_error err = { 0 };

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		HR_AUTO(hr_arena) arena = hr_test_arena();
		hr_http_budget budget = { .max = 1 << 20 };
		hr_http_body body;
		size_t left = limits[i];

		HR_ASSERT_OK(hr_http_body_begin(&body, arena, &budget, SIZE_MAX, limits[i], &err),
			     err);
		while (left) {
			size_t n = left < sizeof(piece) ? left : sizeof(piece);

			HR_ASSERT_OK(hr_http_body_add(&body, (hr_str){ piece, n }, &err), err);
			left -= n;
		}
		CU_ASSERT_EQUAL(body.len, limits[i]);
		CU_ASSERT_TRUE(body.room <= limits[i]);
		CU_ASSERT_FALSE(hr_http_body_add(&body, HR_STR("x"), &err));
		CU_ASSERT_EQUAL(err.code, HR_E_LIMIT);
		hr_http_body_end(&body);
		CU_ASSERT_EQUAL(budget.used, 0);
	}
}

static void test_body__arena_too_small__is_short_of_memory(void)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(100);
	hr_http_budget budget = { .max = 1000 };
	hr_error err = { 0 };
	hr_http_body body;

	CU_ASSERT_FALSE(hr_http_body_begin(&body, arena, &budget, 101, 1000, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_MEMORY);
	hr_http_body_end(&body);
	CU_ASSERT_EQUAL(budget.used, 0);
}

static void test_hold__small_answers__are_let_by(void)
{
	enum { SMALL = 1 << 20, LARGE = SMALL + 1 };
	hr_http_budget budget = { .max = SMALL + LARGE };
	hr_http_share share = { .budget = &budget };
	hr_http_share other = { .budget = &budget };
	hr_error err = { 0 };

	HR_ASSERT_OK(hr_http_hold(&share, SMALL, &err), err);
	CU_ASSERT_EQUAL(budget.used, 0);
	HR_ASSERT_OK(hr_http_hold(&share, LARGE, &err), err);
	CU_ASSERT_FALSE(hr_http_hold(&other, LARGE, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_MEMORY);
	HR_ASSERT_OK(hr_http_hold(&other, SMALL, &err), err);
	hr_http_let_go(&other);
	CU_ASSERT_EQUAL(budget.used, LARGE);
	hr_http_let_go(&share);
	hr_http_let_go(&share);
	CU_ASSERT_EQUAL(budget.used, 0);
}

/* A mapping of a worker's hangs on the arena; so it counts while the answer is made. */
static void test_hold__answer_that_grows__is_counted_as_it_does(void)
{
	enum { MIB = 1 << 20 };
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_http_budget budget = { .max = (size_t)3 * MIB };
	hr_http_share share = { .budget = &budget };
	hr_http_request request = { .arena = arena };
	hr_error err = { 0 };

	hr_arena_note(arena, MIB);
	HR_ASSERT_OK(hr_http_hold_answer(&request, &err), err);
	request.share = &share;
	for (size_t mibs = 1; mibs <= 3; mibs++) {
		HR_ASSERT_OK(hr_http_hold_answer(&request, &err), err);
		CU_ASSERT_EQUAL(budget.used, mibs > 1 ? mibs * MIB : 0);
		hr_arena_note(arena, MIB);
	}
	CU_ASSERT_FALSE(hr_http_hold_answer(&request, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_MEMORY);
	CU_ASSERT_EQUAL(budget.used, (size_t)3 * MIB);
	hr_http_let_go(&share);
	CU_ASSERT_EQUAL(budget.used, 0);
}

/* ---- sockets ---- */

static void test_listen__addresses__are_numeric(void)
{
	static const char *const wrong[] = { "",	   "127.0.0.1",	    ":80",
					     "127.0.0.1:", "a:80",	    "::1:80",
					     "[::1]",	   "[::1:80",	    "1.2.3:x",
					     "[]:80",	   "1.2.3.4:65536", "127.0.0.1:70000" };
	hr_error err = { 0 };
	int fd = -1;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CU_ASSERT_FALSE(hr_http_listen(wrong[i], &fd, &err));
		CU_ASSERT_EQUAL(err.code, HR_E_USAGE);
	}
	CU_ASSERT_EQUAL(fd, -1);
	HR_ASSERT_OK(hr_http_listen("127.0.0.1:0", &fd, &err), err);
	CU_ASSERT_TRUE(hr_http_listen_port(fd) > 0);
	close(fd);
}

static void test_address__v4_in_v6__is_v4(void)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_addr = { htonl(0x01020304) } };
	char text[HR_HTTP_ADDRESS_TEXT];

	hr_http_address_format((struct sockaddr *)&v4, text);
	HR_ASSERT_TEXT(hr_str_of(text), "1.2.3.4");
	v6.sin6_addr.s6_addr[15] = 1;
	hr_http_address_format((struct sockaddr *)&v6, text);
	HR_ASSERT_TEXT(hr_str_of(text), "::1");
	v6.sin6_addr.s6_addr[10] = v6.sin6_addr.s6_addr[11] = 0xff;
	hr_http_address_format((struct sockaddr *)&v6, text);
	HR_ASSERT_TEXT(hr_str_of(text), "0.0.0.1");
	hr_http_address_format(NULL, text);
	HR_ASSERT_TEXT(hr_str_of(text), "");
}

static const hr_test tests[] = {
	HR_TEST(test_target__plain_and_escaped__is_decoded),
	HR_TEST(test_target__fields_over_the_limit__are_refused),
	HR_TEST(test_request__headers_and_query__are_found),
	HR_TEST(test_id__is_sixteen_digits),
	HR_TEST(test_body__announced__has_its_room_at_once),
	HR_TEST(test_body__announced_over_the_limit__is_refused),
	HR_TEST(test_body__chunked__grows_to_its_limit),
	HR_TEST(test_body__arena_too_small__is_short_of_memory),
	HR_TEST(test_hold__small_answers__are_let_by),
	HR_TEST(test_hold__answer_that_grows__is_counted_as_it_does),
	HR_TEST(test_listen__addresses__are_numeric),
	HR_TEST(test_address__v4_in_v6__is_v4),
};
HR_TEST_MAIN("http", tests)
