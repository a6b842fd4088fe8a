/*
 * What the service answers when memory is short: of each path the n-th
 * allocation fails, for every n, and its arena ends, at ever more bytes.
 */
#include "asked.h"
#include "failing_malloc.h"
#include "service/guard.h"
#include "service/tokens.h"

#include <stdio.h>

#define CDA "tests/data/cda/thyroid.xml"
#define PART(name, value)                                                                          \
	"--b\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"

/* One question to the table, and what it answers with memory enough. */
struct question {
	const char *path;
	const char *accept;
	const char *type; /* of the body; NULL: without one */
	const char *body; /* a file, where the type is that of CDA */
	const char *at;	  /* in the query; NULL: not asked */
	hr_http_method method;
	bool steady; /* the same bytes each time */
};

#define XML  "application/xml"
#define FORM "multipart/form-data; boundary=b"
#define BOXES                                                                                      \
	PART("ask", "paper")                                                                       \
	PART("receiver", "121100004000000014")                                                     \
	PART("at", "2025-02-20")                                                                   \
	PART("orders", "TSH\r\nCT-HEAD")                                                           \
	PART("patient-name", "Li Si")                                                              \
	PART("patient-birth", "1980-01-01")                                                        \
	PART("issuer", "x-tianjin-fifth-central")                                                  \
	PART("collected", "2025-02-18") PART("item-1", "TSH") PART("value-1", "3.21")

#define JSON  "application/json"
#define LINES "application/x-ndjson"
#define VISIT                                                                                      \
	"{\"insuplc_admdvs\":\"120101\",\"mdtrtarea_admvs\":\"110105\",\"insutype\":\"310\","      \
	"\"psn_type\":\"1201\",\"age\":68,\"med_type\":\"14\",\"opsp_dise_code\":\"M04600\","      \
	"\"hosp_lv\":\"3\",\"enddate\":\"2025-10-20\",\"filing\":\"long\",\"medfee_sumamt\":850,"  \
	"\"fulamt_ownpay_amt\":130,\"inscp_scp_amt\":720}"
#define RESULT                                                                                     \
	"{\"medfee_sumamt\":1,\"fulamt_ownpay_amt\":1,\"psn_part_amt\":1,\"psn_cash_pay"           \
	"\":1,\"overlmt_selfpay\":0,\"preselfpay_amt\":0,\"inscp_scp_amt\":0,\"act_pay_"           \
	"dedc\":0,\"hifp_pay\":0,\"hifob_pay\":0,\"hifmi_pay\":0,\"cvlserv_pay\":0,\"hi"           \
	"fes_pay\":0,\"hifdm_pay\":0,\"maf_pay\":0,\"oth_pay\":0,\"fund_pay_sumamt\":0,"           \
	"\"hosp_part_amt\":0,\"acct_pay\":0,\"acct_mulaid_pay\":0,\"balc\":0}"
#define FILED                                                                                      \
	"{\"insuplc_admdvs\":\"130302\",\"mdtrtarea_admvs\":\"310101\",\"insutype\":\"310\","      \
	"\"psn_type\":\"1101\",\"med_type\":\"21\",\"enddate\":\"2023-05-09\",\"filings\":["       \
	"{\"id\":\"1\",\"rloc_rea\":\"travel\",\"rloc_admdvs\":\"310000\",\"begndate\":"           \
	"\"2023-05-01\",\"appy_date\":\"2023-05-01\"}]}"
#define FILING                                                                                     \
	"{\"insuplc_admdvs\":\"130302\",\"insutype\":\"310\",\"psn_type\":\"1101\",\"visit\":{"    \
	"\"mdtrtarea_admvs\":\"310000\",\"med_type\":\"21\",\"enddate\":\"2023-05-09\"}}"

static const struct question questions[] = {
	{ "/v1/verify", "application/json", XML, CDA, "2025-02-20", HR_HTTP_POST, true },
	{ "/v1/verify", "text/plain", XML, CDA, "2025-02-20", HR_HTTP_POST, true },
	{ "/v1/verify", "application/fhir+json", XML, CDA, "2025-02-20", HR_HTTP_POST, true },
	{ "/v1/catalog", "", NULL, NULL, NULL, HR_HTTP_GET, false },
	{ "/v1/catalog/versions", "", NULL, NULL, NULL, HR_HTTP_GET, true },
	{ "/v1/catalog/items", "", NULL, NULL, NULL, HR_HTTP_GET, true },
	{ "/v1/catalog/institutions", "", NULL, NULL, NULL, HR_HTTP_GET, true },
	{ "/v1/catalog/institutions/121100004000000014", "", NULL, NULL, NULL, HR_HTTP_GET, true },
	{ "/healthz", "", NULL, NULL, NULL, HR_HTTP_GET, true },
	{ "/readyz", "", NULL, NULL, NULL, HR_HTTP_GET, false },
	{ "/metrics", "", NULL, NULL, NULL, HR_HTTP_GET, false },
	{ "/openapi.json", "", NULL, NULL, NULL, HR_HTTP_GET, true },
	{ "/", "text/html", NULL, NULL, NULL, HR_HTTP_GET, true },
	{ "/", "text/html", FORM, BOXES "--b--\r\n", NULL, HR_HTTP_POST, true },
	{ "/catalogue", "text/html", NULL, NULL, NULL, HR_HTTP_GET, true },
	{ "/catalogue/items/TSH", "text/html", NULL, NULL, NULL, HR_HTTP_GET, true },
	{ "/catalogue/institutions/121100004000000014", "text/html", NULL, NULL, NULL, HR_HTTP_GET,
	  true },
	{ "/style.css", "", NULL, NULL, NULL, HR_HTTP_GET, true },
	{ "/icon.svg", "", NULL, NULL, NULL, HR_HTTP_GET, true },
	{ "/film", "", NULL, NULL, NULL, HR_HTTP_GET, true },
	{ "/film/lut.js", "", NULL, NULL, NULL, HR_HTTP_GET, true },
	{ "/v1/settlement/quotes", JSON, JSON, VISIT, NULL, HR_HTTP_POST, true },
	{ "/v1/settlement/quotes", "text/plain", JSON, VISIT, NULL, HR_HTTP_POST, true },
	{ "/v1/settlement/quotes", "", LINES, VISIT "\n{\n" VISIT, NULL, HR_HTTP_POST, true },
	{ "/v1/settlement/explanations", JSON, JSON, "{\"visit\":" VISIT ",\"result\":" RESULT "}",
	  NULL, HR_HTTP_POST, true },
	{ "/v1/settlement/explanations", "text/plain", JSON, VISIT, NULL, HR_HTTP_POST, true },
	{ "/v1/settlement/comparisons", JSON, JSON, VISIT, NULL, HR_HTTP_POST, true },
	{ "/v1/settlement/comparisons", "", LINES, VISIT "\n{\n" VISIT, NULL, HR_HTTP_POST, true },
	{ "/v1/settlement/diagnoses", JSON, JSON, FILED, NULL, HR_HTTP_POST, true },
	{ "/v1/settlement/checks", JSON, JSON, RESULT, NULL, HR_HTTP_POST, true },
	{ "/v1/settlement/filing-checks", JSON, JSON, FILING, NULL, HR_HTTP_POST, true },
	{ "/v1/settlement/institutions", JSON, NULL, NULL, "2025-01-01", HR_HTTP_GET, true },
};

struct asking {
	hr_asked *f;
	const struct question *question;
	hr_str document;
	hr_str whole; /* the answer with memory enough */
};

/* In an arena of its own, which the caller closes. */
static int ask(const struct asking *a, hr_arena *arena)
{
	const struct question *q = a->question;

	a->f->arena = arena;
	hr_asked_start(a->f, q->method, q->path);
	hr_asked_add_header(a->f, "Accept", q->accept);
	if (q->at)
		hr_asked_add_query(a->f, "at", q->at);
	if (q->type) {
		hr_asked_add_header(a->f, "Content-Type", q->type);
		hr_asked_set_body(a->f, a->document);
	}
	return hr_asked_run(a->f);
}

/* An answer is whole, or 503 and a whole document about it. */
static bool is_right(const struct asking *a, int status)
{
	hr_str body = a->f->response.body;

	if (status == 503)
		return hr_str_ends_with(body, HR_STR("}\n")) ||
		       hr_str_ends_with(body, HR_STR("</html>\n"));
	return status == 200 && (!a->question->steady || hr_str_equal(body, a->whole));
}

static bool attempt(void *context, hr_error *err)
{
	const struct asking *a = context;
	hr_arena *arena = hr_arena_open((size_t)64 << 20);
	int status = arena ? ask(a, arena) : 503;
	bool right = !arena || is_right(a, status);

	hr_arena_close(arena);
	if (!right)
		return hr_fail(err, HR_E_INTERNAL, "%s: status %d", a->question->path, status);
	return status == 200 || hr_fail_memory(err);
}

/* Bytes that grow by a seventh each time, so that the end is met in all parts of an answer. */
static void try_arenas(struct asking *a)
{
	size_t bytes = 64;
	int status = 503;

	for (; status == 503 && bytes < (size_t)64 << 20; bytes += bytes / 7) {
		hr_arena *arena = hr_arena_open(bytes);

		status = ask(a, arena);
		CU_ASSERT_TRUE(is_right(a, status));
		hr_arena_close(arena);
	}
	CU_ASSERT_EQUAL(status, 200);
}

static void for_each_question(void (*test)(struct asking *a))
{
	hr_asked f;
	hr_arena *own;

	hr_asked_open(&f, NULL);
	own = f.arena;
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		struct asking a = { .f = &f, .question = &questions[i] };
		hr_arena *arena = hr_test_arena();

		if (a.question->type)
			a.document = strcmp(a.question->type, XML) == 0
					     ? hr_test_read(own, a.question->body)
					     : hr_str_of(a.question->body);
		CU_ASSERT_EQUAL(ask(&a, arena), 200);
		a.whole = f.response.body;
		test(&a);
		hr_arena_close(arena);
	}
	f.arena = own;
	hr_asked_close(&f);
}

/* libgit2 1.5 uses what it could not allocate when it opens a repository: not ours to sweep. */
static void fail_each(struct asking *a)
{
	if (strcmp(a->question->path, "/v1/catalog/versions") == 0)
		return;
	CU_ASSERT_TRUE(hr_failing_malloc_each(attempt, a) > 1);
}

static void test_memory__routes__every_allocation_may_fail(void)
{
	for_each_question(fail_each);
}

static void test_memory__routes__an_arena_is_enough_or_503(void)
{
	for_each_question(try_arenas);
}

/* --- tokens --- */

static const hr_log silent = { .fd = -1, .level = HR_LOG_ERROR };

struct door {
	const char *state;
	char authorization[HR_TOKEN_TEXT + 8];
	hr_instant now;
	int added;
};

static bool make_token(struct door *d, hr_arena *arena, hr_error *err)
{
	const hr_token_wish wish = { HR_STR("his"), 1, HR_SCOPE_VERIFY };
	char secret[HR_TOKEN_TEXT];
	hr_token token;

	if (!hr_tokens_add(d->state, &wish, d->now, arena, secret, &token, err))
		return false;
	memcpy(d->authorization, "Bearer ", 7);
	memcpy(d->authorization + 7, secret, HR_TOKEN_TEXT);
	return true;
}

/* Under a name of its own each time: what failed half way may have been kept. */
static bool add_and_revoke(void *context, hr_error *err)
{
	struct door *d = context;
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 20);
	char name[32];
	char secret[HR_TOKEN_TEXT];
	hr_token token;

	if (!arena)
		return hr_fail_memory(err);
	snprintf(name, sizeof(name), "another %d", ++d->added);
	return hr_tokens_add(d->state, &(hr_token_wish){ hr_str_of(name), 1, HR_SCOPE_METRICS },
			     d->now, arena, secret, &token, err) &&
	       hr_tokens_revoke(d->state, hr_str_of(name), d->now, arena, &token, err);
}

/* A valid token is never told that it is none. */
static bool enter(void *context, hr_error *err)
{
	const struct door *d = context;
	hr_app app = { .access = NULL };
	const hr_http_field header = { HR_STR("Authorization"), hr_str_of(d->authorization) };
	const hr_http_request request = { .headers = &header, .header_count = 1 };
	const hr_route route = { .scope = HR_SCOPE_VERIFY };
	hr_call call = { .request = &request, .route = &route };
	hr_http_response response = { .status = 0 };
	int status = 0;
	bool ok = hr_access_open(d->state, true, &silent, &app.access, err) &&
		  hr_limits_open(10, 1, &app.limits, err) &&
		  hr_guard_admit(&app, &call, 0, &status, &response, err);

	hr_limits_close(app.limits);
	hr_access_close(app.access);
	CU_ASSERT_TRUE(status == 0 || status == 503);
	return ok;
}

static void test_memory__tokens__every_allocation_may_fail(void)
{
	hr_arena *arena = hr_test_arena();
	struct door d = { .state = hr_test_folder(arena), .now = hr_app_now() };
	hr_error err;

	HR_ASSERT_OK(make_token(&d, arena, &err), err);
	CU_ASSERT_TRUE(hr_failing_malloc_each(enter, &d) > 1);
	CU_ASSERT_TRUE(hr_failing_malloc_each(add_and_revoke, &d) > 1);
	HR_ASSERT_OK(enter(&d, &err), err);
	hr_arena_close(arena);
}

static const hr_test tests[] = {
	HR_TEST(test_memory__routes__every_allocation_may_fail),
	HR_TEST(test_memory__routes__an_arena_is_enough_or_503),
	HR_TEST(test_memory__tokens__every_allocation_may_fail),
};
HR_TEST_MAIN("service_memory", tests)
