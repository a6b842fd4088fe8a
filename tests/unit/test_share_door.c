/* Who stands at the door: the cookie he sends, the page he comes from, his desk, his tries. */
#include "service/desks.h"
#include "service/session_cookie.h"
#include "service/share_tries.h"

#include "testing.h"

#include <stdio.h>

#define SESSION "hrs_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq"

struct fixture {
	hr_arena *arena;
	hr_http_field headers[4];
	hr_http_request request;
	hr_error err;
};

static struct fixture open_fixture(bool is_tls)
{
	struct fixture f = { .arena = hr_test_arena() };

	f.headers[0] = (hr_http_field){ HR_STR("Host"), HR_STR("film.example") };
	f.request = (hr_http_request){ .is_tls = is_tls, .header_count = 1, .arena = f.arena };
	return f;
}

static void add(struct fixture *f, const char *name, const char *value)
{
	f->request.headers = f->headers;
	f->headers[f->request.header_count++] =
		(hr_http_field){ hr_str_of(name), hr_str_of(value) };
}

static void test_cookie__one_of_the_form__is_read(void)
{
	static const char *const right[] = {
		"huren-session=" SESSION,
		"a=b; huren-session=" SESSION,
		"a=b;huren-session=" SESSION ";c=d",
		"xhuren-session=1; huren-session=" SESSION,
	};

	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		struct fixture f = open_fixture(false);
		hr_str text = HR_STR_NONE;

		add(&f, "cookie", right[i]);
		CU_ASSERT_EQUAL(hr_session_cookie_read(&f.request, &text), HR_COOKIE_SENT);
		HR_ASSERT_TEXT(text, SESSION);
		hr_arena_close(f.arena);
	}
}

static void test_cookie__several_or_of_another_form__is_wrong(void)
{
	static const char *const wrong[] = {
		"huren-session=",
		"huren-session",
		"huren-session=hrs_",
		"huren-session=" SESSION "r",
		"huren-session=\"" SESSION "\"",
		"huren-session=hrn_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq",
		"huren-session=hrs_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmno%q",
		"huren-session=" SESSION "; huren-session=" SESSION,
	};
	struct fixture f = open_fixture(false);
	hr_str text;

	f.request.headers = f.headers;
	CU_ASSERT_EQUAL(hr_session_cookie_read(&f.request, &text), HR_COOKIE_NONE);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		f.request.header_count = 1;
		add(&f, "Cookie", wrong[i]);
		CU_ASSERT_EQUAL(hr_session_cookie_read(&f.request, &text), HR_COOKIE_WRONG);
	}
	f.request.header_count = 1;
	add(&f, "Cookie", "huren-session=" SESSION);
	add(&f, "Cookie", "huren-session=" SESSION);
	CU_ASSERT_EQUAL(hr_session_cookie_read(&f.request, &text), HR_COOKIE_WRONG);
	hr_arena_close(f.arena);
}

/* What a neighbouring site without TLS could set is not looked at. */
static void test_cookie__over_tls__has_the_name_that_nobody_else_can_set(void)
{
	struct fixture f = open_fixture(true);
	hr_http_response out = { .status = 0 };
	hr_str text;

	add(&f, "Cookie", "huren-session=" SESSION);
	CU_ASSERT_EQUAL(hr_session_cookie_read(&f.request, &text), HR_COOKIE_NONE);
	add(&f, "Cookie", "__Host-huren-session=" SESSION);
	CU_ASSERT_EQUAL(hr_session_cookie_read(&f.request, &text), HR_COOKIE_SENT);
	HR_ASSERT_OK(hr_session_cookie_set(&f.request, text, &out, &f.err), f.err);
	HR_ASSERT_TEXT(out.fields[0].value, "__Host-huren-session=" SESSION
					    "; Path=/; HttpOnly; SameSite=Strict; Secure");
	HR_ASSERT_OK(hr_session_cookie_set(&f.request, HR_STR_NONE, &out, &f.err), f.err);
	CU_ASSERT_TRUE(hr_str_ends_with(out.fields[1].value, HR_STR("; Max-Age=0")));
	hr_arena_close(f.arena);
}

static void test_same_origin__what_a_browser_says__counts(void)
{
	static const struct {
		const char *site;
		const char *origin;
		bool without; /* a cookie */
		bool with;
	} cases[] = {
		{ NULL, NULL, true, false },
		{ "same-origin", NULL, true, true },
		{ "same-origin", "https://evil.example", true, true },
		{ "same-site", NULL, false, false },
		{ "cross-site", "http://film.example", false, false },
		{ "none", NULL, false, false },
		{ NULL, "http://film.example", true, true },
		{ NULL, "http://FILM.example", true, true },
		{ NULL, "https://film.example", false, false },
		{ NULL, "http://film.example:81", false, false },
		{ NULL, "null", false, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f = open_fixture(false);

		f.request.headers = f.headers;
		if (cases[i].site)
			add(&f, "Sec-Fetch-Site", cases[i].site);
		if (cases[i].origin)
			add(&f, "Origin", cases[i].origin);
		CU_ASSERT_EQUAL(hr_same_origin(&f.request, false, &f.err), cases[i].without);
		CU_ASSERT_EQUAL(hr_same_origin(&f.request, true, &f.err), cases[i].with);
		hr_arena_close(f.arena);
	}
}

static void test_desks__narrowest_network__is_the_desk(void)
{
	hr_arena *arena = hr_test_arena();
	hr_desks desks;
	hr_error err;

	HR_ASSERT_OK(hr_desks_read("121100004000000014=10.0.0.0/8, 121200004000000106=10.1.0.0/16,"
				   "121200004000000106=fd00::/8",
				   arena, &desks, &err),
		     err);
	HR_ASSERT_TEXT(hr_desks_find(&desks, HR_STR("10.2.0.1")), "121100004000000014");
	HR_ASSERT_TEXT(hr_desks_find(&desks, HR_STR("10.1.0.1")), "121200004000000106");
	HR_ASSERT_TEXT(hr_desks_find(&desks, HR_STR("fd00::1")), "121200004000000106");
	HR_ASSERT_TEXT(hr_desks_find(&desks, HR_STR("11.0.0.1")), "");
	HR_ASSERT_TEXT(hr_desks_find(&desks, HR_STR("nowhere")), "");
	HR_ASSERT_OK(hr_desks_read(NULL, arena, &desks, &err), err);
	HR_ASSERT_TEXT(hr_desks_find(&desks, HR_STR("10.2.0.1")), "");
	hr_arena_close(arena);
}

static void test_desks__what_is_none__is_refused(void)
{
	static const char *const wrong[] = { "x",
					     "121100004000000014",
					     "121100004000000014=x",
					     "121100004000000015=10.0.0.0/8",
					     "=10.0.0.0/8",
					     "121100004000000014=10.0.0.0/33" };
	hr_arena *arena = hr_test_arena();
	hr_desks desks;
	hr_error err;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CU_ASSERT_FALSE(hr_desks_read(wrong[i], arena, &desks, &err));
		CU_ASSERT_EQUAL(err.code, HR_E_USAGE);
	}
	hr_arena_close(arena);
}

static unsigned take(hr_share_tries *tries, const char *source, const char *desk, bool is_code,
		     unsigned count)
{
	const hr_share_try one = { hr_str_of(source), hr_str_of(desk), is_code, 1000000 };
	unsigned taken = 0;

	while (count--)
		taken += hr_share_tries_take(tries, &one);
	return taken;
}

static void test_share_tries__links_and_codes__are_counted_apart(void)
{
	const hr_share_tries_options options = { .links = 3, .codes = 2 };
	const hr_share_try opened = { HR_STR("10.0.0.1"), HR_STR("A"), true, 1000000 };
	hr_share_tries *tries = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_share_tries_open(&options, &tries, &err), err);
	CU_ASSERT_EQUAL(take(tries, "10.0.0.1", "", false, 9), 3);
	CU_ASSERT_EQUAL(take(tries, "10.0.0.1", "A", true, 9), 2);
	hr_share_tries_give_back(tries, &opened);
	CU_ASSERT_EQUAL(take(tries, "10.0.0.1", "A", true, 9), 1);
	CU_ASSERT_EQUAL(take(tries, "10.0.0.2", "", false, 9), 3);
	hr_share_tries_close(tries);
}

/* Twenty of a hospital, from however many addresses; who is at no desk uses none of them up. */
static void test_share_tries__desks_of_a_hospital__are_counted_together(void)
{
	const hr_share_tries_options options = { .codes = 2 };
	hr_share_tries *tries = NULL;
	unsigned taken = 0;
	char source[16];
	hr_error err;

	HR_ASSERT_OK(hr_share_tries_open(&options, &tries, &err), err);
	for (unsigned i = 0; i < 50; i++) {
		snprintf(source, sizeof(source), "11.0.0.%u", i);
		take(tries, source, "", true, 2);
	}
	for (unsigned i = 0; i < 50; i++) {
		snprintf(source, sizeof(source), "10.0.0.%u", i);
		taken += take(tries, source, "A", true, 2);
	}
	CU_ASSERT_EQUAL(taken, 20);
	CU_ASSERT_EQUAL(take(tries, "10.0.1.1", "B", true, 9), 2);
	hr_share_tries_close(tries);
}

static const hr_test tests[] = {
	HR_TEST(test_cookie__one_of_the_form__is_read),
	HR_TEST(test_cookie__several_or_of_another_form__is_wrong),
	HR_TEST(test_cookie__over_tls__has_the_name_that_nobody_else_can_set),
	HR_TEST(test_same_origin__what_a_browser_says__counts),
	HR_TEST(test_desks__narrowest_network__is_the_desk),
	HR_TEST(test_desks__what_is_none__is_refused),
	HR_TEST(test_share_tries__links_and_codes__are_counted_apart),
	HR_TEST(test_share_tries__desks_of_a_hospital__are_counted_together),
};
HR_TEST_MAIN("share_door", tests)
