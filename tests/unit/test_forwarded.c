/* What a proxy in front says, and whose word counts. */
#include "service/forwarded.h"

#include "testing.h"

#include <stdio.h>

/* --- whose --- */

static void test_proxies__addresses_and_networks__are_told_apart(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	static const struct {
		const char *proxies;
		const char *address;
		bool want;
	} rows[] = {
		{ "10.0.0.5", "10.0.0.5", true },
		{ "10.0.0.5", "10.0.0.4", false },
		{ "10.0.0.0/8", "10.255.0.1", true },
		{ "10.0.0.0/8", "11.0.0.0", false },
		{ "10.0.0.0/9", "10.127.255.255", true },
		{ "10.0.0.0/9", "10.128.0.0", false },
		{ "10.0.0.5/32", "10.0.0.5", true },
		{ "0.0.0.0/0", "1.2.3.4", true },
		{ "0.0.0.0/0", "::1", false },
		{ "::/0", "::1", true },
		{ "127.0.0.1", "::ffff:127.0.0.1", true },
		{ "fd00::/8 10.0.0.5", "10.0.0.5", true },
		{ " fd00::/8\t10.0.0.5 ", "fdff::1", true },
		{ "fd00::1/128", "fd00::2", false },
		{ "127.0.0.1", "", false },
		{ "127.0.0.1", "unknown", false },
		{ NULL, "127.0.0.1", false },
		{ "", "127.0.0.1", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_proxies proxies;
		hr_error err;

		HR_ASSERT_OK(hr_proxies_read(rows[i].proxies, arena, &proxies, &err), err);
		if (hr_proxies_trust(&proxies, hr_str_of(rows[i].address)) != rows[i].want)
			HR_ASSERT_TEXT(hr_str_of(rows[i].address), rows[i].proxies);
	}
}

static void test_proxies__what_is_no_address__is_refused(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	static const char *const wrong[] = {
		"localhost",	 "10.0.0",  "10.0.0.5/33",     "10.0.0.5/",
		"10.0.0.5/-1",	 "::1/129", "1.2.3.4,5.6.7.8", "/8",
		"10.0.0.5/0008", "[::1]",   "10.0.0.5 proxy",
	};
	hr_proxies proxies = { .count = 7 };
	hr_error err;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CU_ASSERT_FALSE(hr_proxies_read(wrong[i], arena, &proxies, &err));
		CU_ASSERT_EQUAL(err.code, HR_E_USAGE);
		CU_ASSERT_EQUAL(proxies.count, 7);
	}
}

static hr_str many(hr_arena *arena, int count)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 8192);
	for (int i = 0; i < count; i++)
		hr_buf_addf(&buf, "10.0.%d.%d ", i / 256, i % 256);
	return hr_str_of(hr_str_terminated(arena, hr_buf_str(&buf)));
}

static void test_proxies__as_many_as_there_may_be__and_one_more(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_proxies proxies;
	hr_error err;

	HR_ASSERT_OK(hr_proxies_read(many(arena, 256).data, arena, &proxies, &err), err);
	CU_ASSERT(hr_proxies_trust(&proxies, HR_STR("10.0.0.255")));
	CU_ASSERT_FALSE(hr_proxies_read(many(arena, 257).data, arena, &proxies, &err));
}

/* --- what --- */

struct said {
	bool by_proxy; /* of 10.0.0.0/8 */
	bool is_tls;
	const char *fields; /* "Host: a\nForwarded: for=b" */
	const char *want;   /* "client origin" */
};

static size_t read_fields(const char *text, hr_http_field fields[], size_t room)
{
	hr_str rest = hr_str_of(text);
	size_t count = 0;

	while (rest.len && count < room) {
		hr_str line = hr_str_slice(rest, 0, hr_str_find(rest, HR_STR("\n")));
		size_t colon = hr_str_find(line, HR_STR(":"));

		fields[count++] =
			(hr_http_field){ hr_str_slice(line, 0, colon),
					 hr_str_trim(hr_str_slice(line, colon + 1, line.len)) };
		rest = hr_str_slice(rest, line.len + 1, rest.len);
	}
	return count;
}

static void check(const struct said *said)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_http_field fields[8];
	hr_http_request request = {
		.is_tls = said->is_tls,
		.headers = fields,
		.header_count = read_fields(said->fields, fields, 8),
		.client = HR_STR("10.0.0.1"),
		.arena = arena,
	};
	char text[512];
	hr_proxies proxies;
	hr_error err = { 0 };
	hr_str origin;

	HR_ASSERT_OK(hr_proxies_read("10.0.0.0/8", arena, &proxies, &err), err);
	request.proxies = said->by_proxy ? &proxies : NULL;
	if (!hr_forwarded_origin(&request, &origin, &err))
		origin = hr_str_of(hr_error_word(err.code));
	snprintf(text, sizeof(text), "%.*s %.*s", HR_STR_ARG(hr_forwarded_client(&request)),
		 HR_STR_ARG(origin));
	HR_ASSERT_TEXT(hr_str_of(text), said->want);
}

static void test_forwarded__by_a_stranger__is_not_believed(void)
{
	static const struct said rows[] = {
		{ false, false, "Host: a:8080\nForwarded: for=1.2.3.4;proto=https;host=b",
		  "10.0.0.1 http://a:8080" },
		{ false, true, "Host: [::1]:8\nX-Forwarded-Proto: http\nX-Forwarded-For: 1.2.3.4",
		  "10.0.0.1 https://[::1]:8" },
		{ false, false, "Host: ", "10.0.0.1 usage" },
		{ false, false, "Host: a\"><", "10.0.0.1 usage" },
		{ false, false, "Host: a/b", "10.0.0.1 usage" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&rows[i]);
}

static void test_forwarded__by_a_proxy__is_what_it_wrote_last(void)
{
	static const struct said rows[] = {
		{ true, false, "Host: a\nForwarded: for=1.2.3.4; Proto=HTTPS;host=b:9",
		  "1.2.3.4 https://b:9" },
		{ true, false,
		  "Host: a\nforwarded: for=6.6.6.6;host=evil, For=\"[fd00::1]:4711\";proto=https",
		  "fd00::1 https://a" },
		{ true, false, "Host: a\nForwarded: host=evil\nForwarded: host=\"b\";for=1.2.3.4:5",
		  "1.2.3.4 http://b" },
		{ true, true, "Host: a\nForwarded: for=unknown", "10.0.0.1 https://a" },
		{ true, false, "Host: a\nForwarded: proto=gopher", "10.0.0.1 usage" },
		{ true, false, "Host: a\nForwarded: host=\"a b\"", "10.0.0.1 usage" },
		{ true, false, "Host: a", "10.0.0.1 http://a" },
		{ true, false, "Host: a\nX-Forwarded-For: 6.6.6.6\nX-Forwarded-For: 1.2.3.4 ",
		  "1.2.3.4 http://a" },
		{ true, false,
		  "Host: a\nX-Forwarded-For: 6.6.6.6\nX-Forwarded-For: ", "10.0.0.1 http://a" },
		{ true, false, "Host: a\nX-Forwarded-For: 6.6.6.6,", "10.0.0.1 http://a" },
		{ true, false, "Host: a\nX-Forwarded-For: 6.6.6.6, 1.2.3.4\"}",
		  "10.0.0.1 http://a" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&rows[i]);
}

/* The client's balancer, 10.0.0.2, is in front of 10.0.0.1, which asks us. */
static void test_forwarded__through_two_proxies__is_what_the_first_saw(void)
{
	static const struct said rows[] = {
		{ true, false,
		  "Host: a\nForwarded: for=6.6.6.6;host=evil, for=1.2.3.4;host=b;proto=https, "
		  "for=10.0.0.2;host=c",
		  "1.2.3.4 https://b" },
		{ true, false,
		  "Host: a\nX-Forwarded-For: 6.6.6.6\nX-Forwarded-For: 1.2.3.4, 10.0.0.2",
		  "1.2.3.4 http://a" },
		{ true, false, "Host: a\nX-Forwarded-For: unknown, 10.0.0.2", "10.0.0.2 http://a" },
		{ true, false, "Host: a\nX-Forwarded-For: 10.0.0.2", "10.0.0.2 http://a" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&rows[i]);
}

/* nginx as everybody sets it up: it writes X-Forwarded-For, and Forwarded is the client's own. */
static void test_forwarded__beside_the_older_fields__is_not_read(void)
{
	static const struct said rows[] = {
		{ true, false,
		  "Host: a\nForwarded: for=6.6.6.6;host=evil\nX-Forwarded-For: 1.2.3.4",
		  "1.2.3.4 http://a" },
		{ true, false,
		  "Host: a\nForwarded: for=6.6.6.6;proto=http\nX-Forwarded-Proto: https",
		  "10.0.0.1 https://a" },
		{ true, false, "Host: a\nX-Forwarded-Proto: http, https\nX-Forwarded-Host: evil, b",
		  "10.0.0.1 https://b" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&rows[i]);
}

static const hr_test tests[] = {
	HR_TEST(test_proxies__addresses_and_networks__are_told_apart),
	HR_TEST(test_proxies__what_is_no_address__is_refused),
	HR_TEST(test_proxies__as_many_as_there_may_be__and_one_more),
	HR_TEST(test_forwarded__by_a_stranger__is_not_believed),
	HR_TEST(test_forwarded__by_a_proxy__is_what_it_wrote_last),
	HR_TEST(test_forwarded__through_two_proxies__is_what_the_first_saw),
	HR_TEST(test_forwarded__beside_the_older_fields__is_not_read),
};
HR_TEST_MAIN("forwarded", tests)
