/* Who is let in before a body is read, and what a refusal tells. */
#include "service/guard.h"

#include "testing.h"

enum { SECOND_US = 1000000 };

static const hr_log silent = { .fd = -1, .level = HR_LOG_ERROR };

struct fixture {
	hr_arena *arena;
	const char *state;
	hr_app app; /* of which the guard looks at the tokens and the limits alone */
	char secret[HR_TOKEN_TEXT];
	hr_token token;
	hr_http_field header;
	hr_http_request request;
	hr_route route;
	hr_call call;
	int status;
	hr_http_response response;
	hr_error err;
};

static void add_token(struct fixture *f, const char *name, unsigned scopes, int64_t age)
{
	const hr_token_wish wish = { hr_str_of(name), 1, scopes };
	const hr_instant made = { hr_app_now().second - age };

	HR_ASSERT_OK(hr_tokens_add(f->state, &wish, made, f->arena, f->secret, &f->token, &f->err),
		     f->err);
}

/* With a token that is `age` seconds old and good for a day; 0 scopes: without any. */
static void open_fixture(struct fixture *f, unsigned scopes, int64_t age, uint32_t per_second)
{
	*f = (struct fixture){ .arena = hr_test_arena() };
	f->state = hr_test_folder(f->arena);
	if (scopes)
		add_token(f, "his", scopes, age);
	HR_ASSERT_OK(hr_access_open(f->state, false, &silent, &f->app.access, &f->err), f->err);
	HR_ASSERT_OK(hr_limits_open(per_second, 1, &f->app.limits, &f->err), f->err);
	f->header.name = HR_STR("Authorization");
}

static void close_fixture(struct fixture *f)
{
	hr_limits_close(f->app.limits);
	hr_access_close(f->app.access);
	hr_arena_close(f->arena);
}

static bool admit(struct fixture *f, const char *client, const char *authorization,
		  hr_token_scope scope, uint64_t now_us)
{
	f->header.value = hr_str_of(authorization);
	f->request = (hr_http_request){
		.headers = &f->header,
		.header_count = *authorization ? 1 : 0,
		.client = hr_str_of(client),
		.arena = f->arena,
		.kept = f->arena,
	};
	f->route = (hr_route){ .scope = scope };
	f->call = (hr_call){ .request = &f->request, .route = &f->route };
	f->response = (hr_http_response){ .status = 0 };
	f->status = 0;
	return hr_guard_admit(&f->app, &f->call, now_us, &f->status, &f->response, &f->err);
}

static const char *with(struct fixture *f, const char *scheme)
{
	hr_buf buf;

	hr_buf_init(&buf, f->arena, 256);
	hr_buf_addf(&buf, "%s %s", scheme, f->secret);
	return buf.data;
}

static hr_str field(const struct fixture *f, const char *name)
{
	for (size_t i = 0; i < f->response.field_count; i++)
		if (hr_str_equal(f->response.fields[i].name, hr_str_of(name)))
			return f->response.fields[i].value;
	return HR_STR_NONE;
}

static void check_refused(const struct fixture *f, int status, hr_error_code code,
			  const char *challenge)
{
	CU_ASSERT_EQUAL(f->status, status);
	CU_ASSERT_EQUAL(f->err.code, code);
	HR_ASSERT_TEXT(field(f, "WWW-Authenticate"), challenge);
}

static void test_admit__no_tokens_at_all__is_open(void)
{
	struct fixture f;

	open_fixture(&f, 0, 0, 0);
	CU_ASSERT_TRUE(admit(&f, "127.0.0.1", "", HR_SCOPE_VERIFY, 0));
	CU_ASSERT_TRUE(admit(&f, "127.0.0.1", "Bearer nonsense", HR_SCOPE_VERIFY, 0));
	CU_ASSERT_EQUAL(f.call.token[0], '\0');
	CU_ASSERT_EQUAL(f.response.field_count, 0);
	close_fixture(&f);
}

static void test_admit__token_of_the_scope__is_named_in_the_call(void)
{
	struct fixture f;

	open_fixture(&f, HR_SCOPE_VERIFY, 0, 0);
	CU_ASSERT_TRUE(admit(&f, "10.0.0.1", with(&f, "Bearer"), HR_SCOPE_VERIFY, 0));
	HR_ASSERT_TEXT(hr_str_of(f.call.token), f.token.id);
	CU_ASSERT_TRUE(admit(&f, "10.0.0.1", with(&f, "bearer"), HR_SCOPE_NONE, 0));
	HR_ASSERT_TEXT(hr_str_of(f.call.token), f.token.id);
	close_fixture(&f);
}

static void test_admit__no_token__is_401_with_the_challenge_alone(void)
{
	struct fixture f;

	open_fixture(&f, HR_SCOPE_VERIFY, 0, 0);
	CU_ASSERT_FALSE(admit(&f, "10.0.0.1", "", HR_SCOPE_VERIFY, 0));
	check_refused(&f, 401, HR_E_NO_TOKEN, "Bearer realm=\"huren\"");
	CU_ASSERT_FALSE(admit(&f, "10.0.0.1", with(&f, "Basic"), HR_SCOPE_VERIFY, 0));
	check_refused(&f, 401, HR_E_NO_TOKEN, "Bearer realm=\"huren\"");
	CU_ASSERT_TRUE(admit(&f, "10.0.0.1", "", HR_SCOPE_NONE, 0));
	close_fixture(&f);
}

static void test_admit__token_that_is_none_or_expired__is_401_and_says_so(void)
{
	struct fixture f;

	open_fixture(&f, HR_SCOPE_VERIFY, 86400, 0);
	CU_ASSERT_FALSE(admit(&f, "10.0.0.1", with(&f, "Bearer"), HR_SCOPE_VERIFY, 0));
	check_refused(&f, 401, HR_E_NO_TOKEN, "Bearer realm=\"huren\", error=\"invalid_token\"");
	CU_ASSERT_EQUAL(f.call.token[0], '\0');
	CU_ASSERT_FALSE(admit(&f, "10.0.0.1", "Bearer nonsense", HR_SCOPE_VERIFY, 0));
	check_refused(&f, 401, HR_E_NO_TOKEN, "Bearer realm=\"huren\", error=\"invalid_token\"");
	CU_ASSERT_PTR_NULL(strstr(f.err.message, "nonsense"));
	close_fixture(&f);
}

static void test_admit__token_for_something_else__is_403(void)
{
	struct fixture f;

	open_fixture(&f, HR_SCOPE_METRICS, 0, 0);
	CU_ASSERT_FALSE(admit(&f, "10.0.0.1", with(&f, "Bearer"), HR_SCOPE_VERIFY, 0));
	check_refused(&f, 403, HR_E_NO_RIGHT,
		      "Bearer realm=\"huren\", error=\"insufficient_scope\"");
	HR_ASSERT_TEXT(hr_str_of(f.call.token), f.token.id);
	CU_ASSERT_TRUE(admit(&f, "10.0.0.1", with(&f, "Bearer"), HR_SCOPE_METRICS, 0));
	close_fixture(&f);
}

static void test_admit__at_and_over_the_rate(void)
{
	struct fixture f;

	open_fixture(&f, 0, 0, 2);
	CU_ASSERT_TRUE(admit(&f, "10.0.0.1", "", HR_SCOPE_VERIFY, 0));
	CU_ASSERT_TRUE(admit(&f, "10.0.0.1", "", HR_SCOPE_VERIFY, 0));
	CU_ASSERT_FALSE(admit(&f, "10.0.0.1", "", HR_SCOPE_VERIFY, 0));
	CU_ASSERT_EQUAL(f.status, 429);
	CU_ASSERT_EQUAL(f.err.code, HR_E_TOO_MANY);
	HR_ASSERT_TEXT(field(&f, "Retry-After"), "1");
	CU_ASSERT_TRUE(admit(&f, "10.0.0.2", "", HR_SCOPE_VERIFY, 0));
	CU_ASSERT_TRUE(admit(&f, "10.0.0.1", "", HR_SCOPE_VERIFY, SECOND_US));
	close_fixture(&f);
}

/* A hospital behind two addresses is one client; who guesses tokens is counted by his address. */
static void test_admit__rate__is_of_the_token_or_the_address(void)
{
	struct fixture f;

	open_fixture(&f, HR_SCOPE_VERIFY, 0, 1);
	CU_ASSERT_TRUE(admit(&f, "10.0.0.1", with(&f, "Bearer"), HR_SCOPE_VERIFY, 0));
	CU_ASSERT_FALSE(admit(&f, "10.0.0.2", with(&f, "Bearer"), HR_SCOPE_VERIFY, 0));
	CU_ASSERT_EQUAL(f.status, 429);
	CU_ASSERT_FALSE(admit(&f, "10.0.0.3", "Bearer guess", HR_SCOPE_VERIFY, 0));
	CU_ASSERT_EQUAL(f.status, 401);
	CU_ASSERT_FALSE(admit(&f, "10.0.0.3", "Bearer another", HR_SCOPE_VERIFY, 0));
	CU_ASSERT_EQUAL(f.status, 429);
	close_fixture(&f);
}

/* What is kept of persons is for nobody without a token, also where films are open. */
static void test_admit__book_of_filings__wants_a_token_always(void)
{
	struct fixture f;

	open_fixture(&f, 0, 0, 0);
	CU_ASSERT_TRUE(admit(&f, "127.0.0.1", "", HR_SCOPE_SETTLE, 0));
	CU_ASSERT_FALSE(admit(&f, "127.0.0.1", "", HR_SCOPE_SETTLE_BOOK, 0));
	check_refused(&f, 401, HR_E_NO_TOKEN, "Bearer realm=\"huren\"");
	f.app.options.open_films = true;
	CU_ASSERT_TRUE(admit(&f, "127.0.0.1", "", HR_SCOPE_FILM_READ, 0));
	CU_ASSERT_FALSE(admit(&f, "127.0.0.1", "", HR_SCOPE_SETTLE_BOOK, 0));
	close_fixture(&f);
}

static hr_token_scope also_films(const hr_http_request *request)
{
	return request->query_count ? HR_SCOPE_FILM_READ : HR_SCOPE_NONE;
}

static bool admit_query(struct fixture *f, const char *authorization, size_t query_count)
{
	f->header.value = hr_str_of(authorization);
	f->request = (hr_http_request){
		.headers = &f->header,
		.header_count = *authorization ? 1 : 0,
		.query_count = query_count,
		.arena = f->arena,
	};
	f->route = (hr_route){ .scope = HR_SCOPE_VERIFY, .also = also_films };
	f->call = (hr_call){ .request = &f->request, .route = &f->route };
	f->response = (hr_http_response){ .status = 0 };
	return hr_guard_admit(&f->app, &f->call, 0, &f->status, &f->response, &f->err);
}

static void test_admit__query_that_asks_for_more__wants_the_right_to_it(void)
{
	struct fixture f;

	open_fixture(&f, 0, 0, 0);
	CU_ASSERT_TRUE(admit_query(&f, "", 0));
	CU_ASSERT_FALSE(admit_query(&f, "", 1));
	check_refused(&f, 401, HR_E_NO_TOKEN, "Bearer realm=\"huren\"");
	f.app.options.open_films = true;
	CU_ASSERT_TRUE(admit_query(&f, "", 1));
	close_fixture(&f);
	open_fixture(&f, HR_SCOPE_VERIFY, 0, 0);
	CU_ASSERT_TRUE(admit_query(&f, with(&f, "Bearer"), 0));
	CU_ASSERT_FALSE(admit_query(&f, with(&f, "Bearer"), 1));
	CU_ASSERT_EQUAL(f.status, 403);
	close_fixture(&f);
	open_fixture(&f, HR_SCOPE_FILM_READ, 0, 0);
	CU_ASSERT_FALSE(admit_query(&f, with(&f, "Bearer"), 1));
	CU_ASSERT_EQUAL(f.status, 403);
	close_fixture(&f);
	open_fixture(&f, HR_SCOPE_VERIFY | HR_SCOPE_FILM_READ, 0, 0);
	CU_ASSERT_TRUE(admit_query(&f, with(&f, "Bearer"), 1));
	close_fixture(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_admit__book_of_filings__wants_a_token_always),
	HR_TEST(test_admit__query_that_asks_for_more__wants_the_right_to_it),
	HR_TEST(test_admit__no_tokens_at_all__is_open),
	HR_TEST(test_admit__token_of_the_scope__is_named_in_the_call),
	HR_TEST(test_admit__no_token__is_401_with_the_challenge_alone),
	HR_TEST(test_admit__token_that_is_none_or_expired__is_401_and_says_so),
	HR_TEST(test_admit__token_for_something_else__is_403),
	HR_TEST(test_admit__at_and_over_the_rate),
	HR_TEST(test_admit__rate__is_of_the_token_or_the_address),
};
HR_TEST_MAIN("guard", tests)
