#include "http_split.h"

#include "testing.h"

#include <stdio.h>

/* The status for a head as it is sent; 200 when no rule refuses it; 0 when it cannot be taken
 * apart. */
static int status_of(hr_str sent)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	char *bytes = hr_str_terminated(arena, sent);
	hr_error err = { 0 };
	http_split split;
	int status = 200;

	if (!http_split_head(bytes, sent.len, arena, &split))
		return 0;
	if (!hr_http_strict_check(&split.head, &status, &err))
		CU_ASSERT_NOT_EQUAL(err.message[0], '\0');
	return status;
}

#define CHECK(sent, status)                                                                        \
	do {                                                                                       \
		int got_ = status_of(HR_STR(sent));                                                \
		if (got_ != (status))                                                              \
			fprintf(stderr, "%s:%d: %d\n", __FILE__, __LINE__, got_);                  \
		CU_ASSERT_EQUAL(got_, (status));                                                   \
	} while (0)

#define GET "GET / HTTP/1.1\r\nHost: a\r\n"
#define PUT "PUT / HTTP/1.1\r\nHost: a\r\n"
#define END "\r\n"

static void test_strict__plain_heads__pass(void)
{
	CHECK(GET END, 200);
	CHECK("GET / HTTP/1.0\r\n\r\n", 200);
	CHECK("GET /a/b?c=d&e HTTP/1.1\r\nHost: a.b:80\r\n\r\n", 200);
	CHECK("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 200);
	CHECK("GET /\xe4\xba\x92 HTTP/1.1\r\nHost: a\r\n\r\n", 200);
	CHECK(GET "A:b\r\nC:\t d \t\r\nE:\r\nF: \r\n" END, 200);
	CHECK(GET "A: b\tc \x80\xff\r\n" END, 200);
	CHECK("M-SEARCH / HTTP/1.1\r\nHost: a\r\n\r\n", 200);
}

static void test_strict__version__only_two_are_known(void)
{
	CHECK("GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505);
	CHECK("GET / HTTP/1.10\r\nHost: a\r\n\r\n", 505);
	CHECK("GET / HTTP/1.\r\nHost: a\r\n\r\n", 505);
}

static void test_strict__first_line__is_three_words(void)
{
	CHECK("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400);
	CHECK("GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400);
	CHECK("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400);
	CHECK("GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n", 400);
	CHECK("GET /a\x7f HTTP/1.1\r\nHost: a\r\n\r\n", 400);
	CHECK("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400);
	CHECK("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400);
	CHECK("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400);
	CHECK("GE(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400);
	CHECK(" / HTTP/1.1\r\nHost: a\r\n\r\n", 400);
	CHECK("GET / HTTP/1.1\nHost: a\r\n\r\n", 400);
}

static void test_strict__nul__is_seen_wherever_it_is(void)
{
	CHECK("GET / HTTP/1.1\r\nHost: a\r\nA: b\0c\r\n\r\n", 400);
	CHECK("GET / HTTP/1.1\r\nHost: a\r\nA: b\0\r\n\r\n", 400);
	CHECK("GET / HTTP/1.1\r\nHost: a\r\nA: \0b\r\n\r\n", 400);
	CHECK("GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n\0\r\n\r\n", 400);
	/* Out of sight: the library writes the same two NULs over CR LF. */
	CHECK("GET / HTTP/1.1\r\nHost: a\r\nA: b\0\n\r\n", 200);
	/* Here the library too finds no colon, or no version. */
	CHECK("GET / HTTP/1.1\r\nHost: a\r\nA\0: b\r\n\r\n", 0);
	CHECK("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 0);
}

static void test_strict__lines__end_in_cr_lf_and_are_not_folded(void)
{
	CHECK("GET / HTTP/1.1\r\nHost: a\nA: b\r\n\r\n", 400);
	CHECK("GET / HTTP/1.1\r\nHost: a\r\nA: b\n\r\n", 400);
	CHECK("GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n\n", 400);
	CHECK("GET / HTTP/1.1\r\nHost:  a\nA: b\r\n\r\n", 400);
	CHECK("GET / HTTP/1.1\r\nHost: a \nA: b\r\n\r\n", 400);
	CHECK("GET / HTTP/1.1\r\nHost: a\r\r\nA: b\r\n\r\n", 400);
	CHECK(GET "A: b\rC: d\r\n" END, 400);
	CHECK(GET "A: b\r\n c\r\n" END, 400);
	CHECK(GET "A: b\r\n\t\r\n" END, 400);
	CHECK("GET / HTTP/1.1\r\n A: b\r\nHost: a\r\n\r\n", 400);
}

static void test_strict__fields__are_words_with_text(void)
{
	CHECK(GET "A : b\r\n" END, 400);
	CHECK(GET " A: b\r\n" END, 400);
	CHECK(GET "A(: b\r\n" END, 400);
	CHECK(GET "\xe4: b\r\n" END, 400);
	CHECK(GET ": b\r\n" END, 400);
	CHECK(GET "A: b\x01\r\n" END, 400);
	CHECK(GET "A: b\x7f\r\n" END, 400);
}

static void test_strict__host__is_one_name(void)
{
	CHECK("GET / HTTP/1.1\r\n\r\n", 400);
	CHECK("GET / HTTP/1.1\r\nHost: a\r\nhOST: a\r\n\r\n", 400);
	CHECK("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400);
	CHECK("GET / HTTP/1.1\r\nHost:\r\n\r\n", 400);
	CHECK("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400);
	CHECK("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400);
	CHECK("GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", 400);
	CHECK("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400);
}

static void test_strict__length__is_one_number(void)
{
	CHECK(PUT "Content-Length: 0\r\n" END, 200);
	CHECK(PUT "Content-Length: 1234567890123456789\r\n" END, 200);
	CHECK(PUT "Content-Length: 12345678901234567890\r\n" END, 400);
	CHECK(PUT "Content-Length:\r\n" END, 400);
	CHECK(PUT "Content-Length: 1, 1\r\n" END, 400);
	CHECK(PUT "Content-Length: +1\r\n" END, 400);
	CHECK(PUT "Content-Length: -1\r\n" END, 400);
	CHECK(PUT "Content-Length: 0x1\r\n" END, 400);
	CHECK(PUT "Content-Length: 1 1\r\n" END, 400);
	CHECK(PUT "Content-Length: 1\r\nContent-Length: 1\r\n" END, 400);
	CHECK(PUT "Content-Length: 1\r\ncontent-length: 2\r\n" END, 400);
}

static void test_strict__coding__is_chunked_alone(void)
{
	CHECK(PUT "Transfer-Encoding: chunked\r\n" END, 200);
	CHECK(PUT "Transfer-Encoding: Chunked\r\n" END, 200);
	CHECK(PUT "Transfer-Encoding: gzip\r\n" END, 501);
	CHECK(PUT "Transfer-Encoding:\r\n" END, 501);
	CHECK(PUT "Transfer-Encoding: gzip, chunked\r\n" END, 501);
	CHECK(PUT "Transfer-Encoding: chunked, identity\r\n" END, 501);
	CHECK(PUT "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" END, 400);
	CHECK(PUT "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n" END, 400);
	CHECK("PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400);
}

static void test_strict__expectation__is_one_alone(void)
{
	CHECK(PUT "Expect: 100-continue\r\n" END, 200);
	CHECK(PUT "Expect: 100-Continue\r\n" END, 200);
	CHECK(PUT "Expect: 101\r\n" END, 417);
	CHECK(PUT "Expect: 100-continue\r\nExpect: 100-continue\r\n" END, 417);
}

static void test_strict__get_with_a_body__is_refused(void)
{
	CHECK(GET "Content-Length: 0\r\n" END, 200);
	CHECK(GET "Content-Length: 1\r\n" END, 400);
	CHECK(GET "Transfer-Encoding: chunked\r\n" END, 400);
	CHECK("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", 400);
	CHECK("DELETE / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", 200);
}

static int status_with_target_of(size_t len)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_buf buf;

	hr_buf_init(&buf, arena, 1 << 20);
	HR_BUF_ADD(&buf, "GET /");
	for (size_t i = 1; i < len; i++)
		hr_buf_add_char(&buf, 'a');
	HR_BUF_ADD(&buf, " HTTP/1.1\r\nHost: a\r\n\r\n");
	return status_of(hr_buf_str(&buf));
}

static void test_strict__target__at_the_limit_and_over_it(void)
{
	CU_ASSERT_EQUAL(status_with_target_of(1), 200);
	CU_ASSERT_EQUAL(status_with_target_of(HR_HTTP_TARGET_MAX), 200);
	CU_ASSERT_EQUAL(status_with_target_of(HR_HTTP_TARGET_MAX + 1), 414);
}

static int status_with_fields(size_t count)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_buf buf;

	hr_buf_init(&buf, arena, 1 << 20);
	HR_BUF_ADD(&buf, "GET / HTTP/1.1\r\nHost: a\r\n");
	for (size_t i = 1; i < count; i++)
		HR_BUF_ADD(&buf, "A: b\r\n");
	HR_BUF_ADD(&buf, "\r\n");
	return status_of(hr_buf_str(&buf));
}

static void test_strict__fields__at_the_limit_and_over_it(void)
{
	CU_ASSERT_EQUAL(status_with_fields(1), 200);
	CU_ASSERT_EQUAL(status_with_fields(HR_HTTP_HEADERS_MAX), 200);
	CU_ASSERT_EQUAL(status_with_fields(HR_HTTP_HEADERS_MAX + 1), 431);
}

static const hr_test tests[] = {
	HR_TEST(test_strict__plain_heads__pass),
	HR_TEST(test_strict__version__only_two_are_known),
	HR_TEST(test_strict__first_line__is_three_words),
	HR_TEST(test_strict__nul__is_seen_wherever_it_is),
	HR_TEST(test_strict__lines__end_in_cr_lf_and_are_not_folded),
	HR_TEST(test_strict__fields__are_words_with_text),
	HR_TEST(test_strict__host__is_one_name),
	HR_TEST(test_strict__length__is_one_number),
	HR_TEST(test_strict__coding__is_chunked_alone),
	HR_TEST(test_strict__expectation__is_one_alone),
	HR_TEST(test_strict__get_with_a_body__is_refused),
	HR_TEST(test_strict__target__at_the_limit_and_over_it),
	HR_TEST(test_strict__fields__at_the_limit_and_over_it),
};
HR_TEST_MAIN("http_strict", tests)
