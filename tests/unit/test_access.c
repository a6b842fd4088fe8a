/* Who may ask, while the list changes under the service; and where it may listen. */
#include "service/access.h"

#include "base/file.h"
#include "service/state.h"
#include "testing.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const hr_instant now = { 1767225600 };
static const hr_log silent = { .fd = -1, .level = HR_LOG_ERROR };

struct fixture {
	hr_arena *arena;
	const char *state;
	hr_access *access;
	char secret[HR_TOKEN_TEXT];
	hr_token token;
	hr_error err;
};

static void add(struct fixture *f, const char *name, unsigned scopes)
{
	const hr_token_wish wish = { hr_str_of(name), 1, scopes };

	HR_ASSERT_OK(hr_tokens_add(f->state, &wish, now, f->arena, f->secret, &f->token, &f->err),
		     f->err);
}

/* With a token for `scopes`, or without any. */
static struct fixture open_fixture(unsigned scopes)
{
	struct fixture f = { .arena = hr_test_arena() };

	f.state = hr_test_folder(f.arena);
	if (scopes)
		add(&f, "his", scopes);
	HR_ASSERT_OK(hr_access_open(f.state, false, &silent, &f.access, &f.err), f.err);
	return f;
}

static void close_fixture(struct fixture *f)
{
	hr_access_close(f->access);
	hr_arena_close(f->arena);
}

static hr_access_answer ask(struct fixture *f, const char *scheme, hr_token_scope scope,
			    hr_instant at)
{
	hr_buf buf;

	hr_buf_init(&buf, f->arena, 4096);
	hr_buf_addf(&buf, "%s%s", scheme, f->secret);
	return hr_access_ask(f->access, hr_buf_str(&buf), scope, at).answer;
}

static void wait_for_a_look(void)
{
	usleep(1100 * 1000);
}

static void test_access__no_state__is_open(void)
{
	struct fixture f = { .arena = hr_test_arena() };

	HR_ASSERT_OK(hr_access_open(NULL, false, &silent, &f.access, &f.err), f.err);
	CU_ASSERT_EQUAL(hr_access_ask(f.access, HR_STR_NONE, HR_SCOPE_VERIFY, now).answer,
			HR_ACCESS_OPEN);
	CU_ASSERT_EQUAL(hr_access_ask(f.access, HR_STR("Bearer x"), HR_SCOPE_VERIFY, now).answer,
			HR_ACCESS_OPEN);
	close_fixture(&f);
}

static void test_access__required_without_any__opens_to_nobody(void)
{
	struct fixture f = { .arena = hr_test_arena() };

	HR_ASSERT_OK(hr_access_open(NULL, true, &silent, &f.access, &f.err), f.err);
	CU_ASSERT_EQUAL(hr_access_ask(f.access, HR_STR_NONE, HR_SCOPE_VERIFY, now).answer,
			HR_ACCESS_MISSING);
	CU_ASSERT_EQUAL(hr_access_ask(f.access, HR_STR_NONE, HR_SCOPE_NONE, now).answer,
			HR_ACCESS_OPEN);
	close_fixture(&f);
}

static void test_access__token__opens_what_it_is_for(void)
{
	struct fixture f = open_fixture(HR_SCOPE_VERIFY);
	hr_access_ruling ruling;

	CU_ASSERT_EQUAL(ask(&f, "Bearer ", HR_SCOPE_VERIFY, now), HR_ACCESS_GRANTED);
	CU_ASSERT_EQUAL(ask(&f, "bearer   ", HR_SCOPE_VERIFY, now), HR_ACCESS_GRANTED);
	CU_ASSERT_EQUAL(ask(&f, "Bearer ", HR_SCOPE_METRICS, now), HR_ACCESS_SCOPE);
	CU_ASSERT_EQUAL(ask(&f, "Bearer ", HR_SCOPE_NONE, now), HR_ACCESS_GRANTED);
	CU_ASSERT_EQUAL(ask(&f, "Basic ", HR_SCOPE_VERIFY, now), HR_ACCESS_MISSING);
	CU_ASSERT_EQUAL(ask(&f, "", HR_SCOPE_VERIFY, now), HR_ACCESS_MISSING);
	CU_ASSERT_EQUAL(ask(&f, "Bearer x", HR_SCOPE_VERIFY, now), HR_ACCESS_INVALID);
	ruling = hr_access_ask(f.access, HR_STR_NONE, HR_SCOPE_VERIFY, now);
	CU_ASSERT_EQUAL(ruling.answer, HR_ACCESS_MISSING);
	HR_ASSERT_TEXT(hr_str_of(ruling.id), "");
	close_fixture(&f);
}

static void test_access__any_character_changed__is_invalid(void)
{
	struct fixture f = open_fixture(HR_SCOPE_VERIFY);

	for (size_t i = 0; i < HR_TOKEN_TEXT - 1; i++) {
		f.secret[i] ^= 1;
		CU_ASSERT_EQUAL(ask(&f, "Bearer ", HR_SCOPE_VERIFY, now), HR_ACCESS_INVALID);
		f.secret[i] ^= 1;
	}
	close_fixture(&f);
}

static void test_access__expired__is_invalid(void)
{
	struct fixture f = open_fixture(HR_SCOPE_VERIFY);
	const hr_instant last = { now.second + HR_DAY_S - 1 };
	const hr_instant after = { now.second + HR_DAY_S };

	CU_ASSERT_EQUAL(ask(&f, "Bearer ", HR_SCOPE_VERIFY, last), HR_ACCESS_GRANTED);
	CU_ASSERT_EQUAL(ask(&f, "Bearer ", HR_SCOPE_VERIFY, after), HR_ACCESS_INVALID);
	close_fixture(&f);
}

static void test_access__first_token__closes_an_open_service(void)
{
	struct fixture f = open_fixture(0);

	CU_ASSERT_EQUAL(ask(&f, "", HR_SCOPE_VERIFY, now), HR_ACCESS_OPEN);
	add(&f, "his", HR_SCOPE_VERIFY);
	wait_for_a_look();
	CU_ASSERT_EQUAL(hr_access_ask(f.access, HR_STR_NONE, HR_SCOPE_VERIFY, now).answer,
			HR_ACCESS_MISSING);
	CU_ASSERT_EQUAL(ask(&f, "Bearer ", HR_SCOPE_VERIFY, now), HR_ACCESS_GRANTED);
	close_fixture(&f);
}

static void test_access__revoked_or_gone__is_invalid_and_does_not_open(void)
{
	struct fixture f = open_fixture(HR_SCOPE_VERIFY);

	CU_ASSERT_EQUAL(ask(&f, "Bearer ", HR_SCOPE_VERIFY, now), HR_ACCESS_GRANTED);
	HR_ASSERT_OK(hr_tokens_revoke(f.state, HR_STR("his"), now, f.arena, &f.token, &f.err),
		     f.err);
	wait_for_a_look();
	CU_ASSERT_EQUAL(ask(&f, "Bearer ", HR_SCOPE_VERIFY, now), HR_ACCESS_INVALID);
	unlink(hr_state_path(f.state, HR_TOKENS_FILE, f.arena));
	wait_for_a_look();
	CU_ASSERT_EQUAL(ask(&f, "Bearer ", HR_SCOPE_VERIFY, now), HR_ACCESS_INVALID);
	close_fixture(&f);
}

static void test_access__damaged_list__leaves_the_one_before_and_is_told(void)
{
	struct fixture f = open_fixture(HR_SCOPE_VERIFY);

	CU_ASSERT_EQUAL(hr_access_trouble(f.access).code, HR_E_NONE);
	HR_ASSERT_OK(
		hr_file_write(hr_state_path(f.state, HR_TOKENS_FILE, f.arena), HR_STR("{"), &f.err),
		f.err);
	wait_for_a_look();
	CU_ASSERT_EQUAL(hr_access_trouble(f.access).code, HR_E_SYNTAX);
	CU_ASSERT_EQUAL(ask(&f, "Bearer ", HR_SCOPE_VERIFY, now), HR_ACCESS_GRANTED);
	unlink(hr_state_path(f.state, HR_TOKENS_FILE, f.arena));
	wait_for_a_look();
	CU_ASSERT_EQUAL(hr_access_trouble(f.access).code, HR_E_NONE);
	close_fixture(&f);
}

static void test_access__damaged_at_the_start__is_refused(void)
{
	struct fixture f = open_fixture(0);

	hr_access_close(f.access);
	HR_ASSERT_OK(
		hr_file_write(hr_state_path(f.state, HR_TOKENS_FILE, f.arena), HR_STR("{"), &f.err),
		f.err);
	f.access = NULL;
	CU_ASSERT_FALSE(hr_access_open(f.state, false, &silent, &f.access, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_SYNTAX);
	close_fixture(&f);
}

/* --- where it may listen --- */

static void test_local__addresses__are_told_apart(void)
{
	CU_ASSERT(hr_access_is_local(HR_STR("127.0.0.1:8080")));
	CU_ASSERT(hr_access_is_local(HR_STR("127.9.9.9:0")));
	CU_ASSERT(hr_access_is_local(HR_STR("127.0.0.1")));
	CU_ASSERT(hr_access_is_local(HR_STR("[::1]:8080")));
	CU_ASSERT(hr_access_is_local(HR_STR("::1")));
	CU_ASSERT_FALSE(hr_access_is_local(HR_STR("0.0.0.0:8080")));
	CU_ASSERT_FALSE(hr_access_is_local(HR_STR("128.0.0.1:8080")));
	CU_ASSERT_FALSE(hr_access_is_local(HR_STR("[::]:8080")));
	CU_ASSERT_FALSE(hr_access_is_local(HR_STR("[::ffff:10.0.0.1]:80")));
	CU_ASSERT_FALSE(hr_access_is_local(HR_STR("localhost:80")));
	CU_ASSERT_FALSE(hr_access_is_local(HR_STR_NONE));
}

static void test_listen__rule__wants_tls_or_a_proxy_and_a_token(void)
{
	const hr_config plain = { .listen = "0.0.0.0:80" };
	const hr_config half = { .listen = "0.0.0.0:80", .tls_key = "k", .state = "s" };
	const hr_config tls = {
		.listen = "0.0.0.0:443", .tls_certificate = "c", .tls_key = "k", .state = "s"
	};
	const hr_config proxy = { .listen = "127.0.0.1:80",
				  .trusted_proxies = "127.0.0.1",
				  .state = "s" };
	const hr_config no_state = { .listen = "0.0.0.0:80", .trusted_proxies = "127.0.0.1" };
	hr_error err;

	CU_ASSERT(hr_access_may_listen(&plain, true, 0, &err));
	CU_ASSERT_FALSE(hr_access_may_listen(&plain, false, 0, &err));
	CU_ASSERT_FALSE(hr_access_may_listen(&plain, false, 1, &err));
	CU_ASSERT_FALSE(hr_access_may_listen(&half, false, 1, &err));
	CU_ASSERT_FALSE(hr_access_may_listen(&tls, false, 0, &err));
	CU_ASSERT(hr_access_may_listen(&tls, false, 1, &err));
	CU_ASSERT(hr_access_may_listen(&proxy, false, 1, &err));
	/* On its own machine, but the proxy lets others in. */
	CU_ASSERT_FALSE(hr_access_may_listen(&proxy, true, 0, &err));
	CU_ASSERT(hr_access_may_listen(&proxy, true, 1, &err));
	CU_ASSERT_FALSE(hr_access_may_listen(&no_state, false, 0, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_USAGE);
}

static const hr_test tests[] = {
	HR_TEST(test_access__no_state__is_open),
	HR_TEST(test_access__required_without_any__opens_to_nobody),
	HR_TEST(test_access__token__opens_what_it_is_for),
	HR_TEST(test_access__any_character_changed__is_invalid),
	HR_TEST(test_access__expired__is_invalid),
	HR_TEST(test_access__first_token__closes_an_open_service),
	HR_TEST(test_access__revoked_or_gone__is_invalid_and_does_not_open),
	HR_TEST(test_access__damaged_list__leaves_the_one_before_and_is_told),
	HR_TEST(test_access__damaged_at_the_start__is_refused),
	HR_TEST(test_local__addresses__are_told_apart),
	HR_TEST(test_listen__rule__wants_tls_or_a_proxy_and_a_token),
};
HR_TEST_MAIN("access", tests)
