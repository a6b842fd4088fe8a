/* /v1/settlement: questions, and the book of filings, asked without a network. */
#include "asked.h"
#include "film_fixture.h"
#include "service/data_book.h"
#include "service/films.h"
#include "settlement/diagnose.h"

#include "base/json.h"

#include <stdio.h>

#define QUOTES "/v1/settlement/quotes"
#define WHY    "/v1/settlement/explanations"
#define WAYS   "/v1/settlement/comparisons"
#define LINES  "application/x-ndjson"
/* Seed 001, without the year before it: 850 in all, 720 in scope. */
#define VISIT                                                                                      \
	"{\"insuplc_admdvs\":\"120101\",\"mdtrtarea_admvs\":\"110105\",\"insutype\":\"310\","      \
	"\"psn_type\":\"1201\",\"age\":68,\"med_type\":\"14\",\"opsp_dise_code\":\"M04600\","      \
	"\"hosp_lv\":\"3\",\"enddate\":\"2025-10-20\",\"filing\":\"long\",\"medfee_sumamt\":850,"  \
	"\"fulamt_ownpay_amt\":130,\"inscp_scp_amt\":720,\"year\":[{\"counter\":"                  \
	"\"tj-employee-chronic\",\"visits\":4,\"deductible\":\"1291.11\",\"base\":\"1291.11\"}]}"
/* What was received for it: 50 more of the person's than it comes to. */
#define RESULT                                                                                     \
	"{\"setlinfo\":{\"medfee_sumamt\":850,\"fulamt_ownpay_amt\":130,\"overlmt_selfpay\":0,"    \
	"\"preselfpay_amt\":0,\"inscp_scp_amt\":720,\"act_pay_dedc\":58.89,\"hifp_pay\":590,"      \
	"\"hifob_pay\":0,\"hifmi_pay\":0,\"cvlserv_pay\":0,\"hifes_pay\":0,\"hifdm_pay\":0,"       \
	"\"maf_pay\":0,\"oth_pay\":0,\"fund_pay_sumamt\":590,\"hosp_part_amt\":0,"                 \
	"\"psn_part_amt\":260,\"acct_pay\":0,\"acct_mulaid_pay\":0,\"psn_cash_pay\":260,"          \
	"\"balc\":0}}"
#define NUMBER "11010519491231002X"
#define PERSON                                                                                     \
	"\"insuplc_admdvs\":\"130302\",\"insutype\":\"310\",\"psn_type\":\"1101\","                \
	"\"psn_cert_type\":\"01\",\"certno\":\"" NUMBER "\""

static const hr_json *json_of(hr_asked *f, hr_str bytes)
{
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *root = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_json_read(parser, bytes, f->arena, &root, &err), err);
	hr_json_parser_close(parser);
	return root;
}

static void check_text(hr_asked *f, const char *path, const char *want)
{
	HR_ASSERT_TEXT(hr_json_path_text(json_of(f, f->response.body), hr_str_of(path)), want);
}

static int post(hr_asked *f, const char *path, const char *type, const char *body)
{
	hr_asked_start(f, HR_HTTP_POST, path);
	hr_asked_add_header(f, "Content-Type", type);
	hr_asked_set_body(f, hr_str_of(body));
	return hr_asked_run(f);
}

static int post_json(hr_asked *f, const char *path, const char *body)
{
	return post(f, path, "application/json", body);
}

static uint64_t counted(const hr_asked *f, hr_settle_question question, unsigned outcome)
{
	return atomic_load(&f->app->metrics.settlements[question][outcome]);
}

/* --- one document --- */

static void test_quotes__json__is_computed_and_counted(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	CU_ASSERT_EQUAL(post_json(&f, QUOTES, VISIT), 200);
	HR_ASSERT_TEXT(f.response.type, "application/json");
	HR_ASSERT_TEXT(hr_asked_field(&f, "Cache-Control"), "no-store");
	check_text(&f, "outcome", "computed");
	check_text(&f, "catalogue", f.repo.version.id);
	check_text(&f, "readings.setlinfo.hifp_pay", "640.00");
	check_text(&f, "readings.setlinfo.psn_part_amt", "210.00");
	CU_ASSERT_FALSE(hr_asked_says(&f, "\"trace\""));
	CU_ASSERT_EQUAL(counted(&f, HR_SETTLE_QUOTE, HR_QUOTE_COMPUTED), 1);
	hr_asked_close(&f);
}

static void test_quotes__query__has_its_fields_alone_and_once(void)
{
	static const struct {
		const char *name, *value;
		int status;
	} rows[] = {
		{ "explain", "yes", 200 }, { "explain", "no", 200 }, { "explain", "", 400 },
		{ "lang", "en", 200 },	   { "lang", "fr", 400 },    { "mutual-aid", "a", 400 },
		{ NUMBER, "1", 400 },
	};
	hr_asked f;

	hr_asked_open(&f, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_asked_start(&f, HR_HTTP_POST, QUOTES);
		hr_asked_add_query(&f, rows[i].name, rows[i].value);
		hr_asked_set_body(&f, HR_STR(VISIT));
		CU_ASSERT_EQUAL(hr_asked_run(&f), rows[i].status);
		CU_ASSERT_FALSE(hr_asked_says(&f, NUMBER));
		if (i == 0)
			CU_ASSERT_TRUE(hr_asked_says(&f, "\"trace\""));
	}
	hr_asked_start(&f, HR_HTTP_POST, QUOTES);
	hr_asked_add_query(&f, "lang", "en");
	hr_asked_add_query(&f, "lang", "en");
	hr_asked_set_body(&f, HR_STR(VISIT));
	CU_ASSERT_EQUAL(hr_asked_run(&f), 400);
	hr_asked_close(&f);
}

static void test_quotes__text__is_in_the_language_that_is_asked_for(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	hr_asked_start(&f, HR_HTTP_POST, QUOTES);
	hr_asked_add_header(&f, "Accept", "text/plain");
	hr_asked_set_body(&f, HR_STR(VISIT));
	CU_ASSERT_EQUAL(hr_asked_run(&f), 200);
	HR_ASSERT_TEXT(f.response.type, "text/plain; charset=utf-8");
	CU_ASSERT_TRUE(hr_asked_says(&f, "个人负担总额：210.00"));
	hr_asked_add_query(&f, "lang", "en");
	f.request.body = HR_STR(VISIT);
	CU_ASSERT_EQUAL(hr_asked_run(&f), 200);
	CU_ASSERT_TRUE(hr_asked_says(&f, "person: 210.00"));
	hr_asked_close(&f);
}

static void test_questions__bad_body__is_refused_with_its_place_and_without_its_values(void)
{
	static const struct {
		const char *path, *body;
		int status;
	} rows[] = {
		{ QUOTES, "", 400 },
		{ QUOTES, "{\"certno\":\"" NUMBER "\"", 400 },
		{ QUOTES, "{\"insuplc_admdvs\":\"" NUMBER "\"}", 400 },
		{ QUOTES, "[]", 400 },
		{ QUOTES, "{}", 400 },
		{ WHY, "{}", 400 },
		{ WHY, "{\"result\":" RESULT "}", 422 },
		{ WHY, "{\"visit\":" VISIT ",\"certno\":\"" NUMBER "\"}", 400 },
		{ WAYS, "{}", 400 },
		{ WAYS, "{\"visit\":" VISIT "}", 400 },
		{ "/v1/settlement/diagnoses", "{\"visit\":" VISIT ",\"filings\":[]}", 400 },
		{ "/v1/settlement/diagnoses", "{\"filings\":[{\"id\":\"" NUMBER "\"}]}", 400 },
		{ "/v1/settlement/checks", "{}", 422 },
		{ "/v1/settlement/filing-checks", "{\"certno\":\"" NUMBER "\"}", 400 },
	};
	hr_asked f;

	hr_asked_open(&f, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const int status = post_json(&f, rows[i].path, rows[i].body);

		if (status != rows[i].status)
			fprintf(stderr, "row %zu: %d %.*s", i, status, HR_STR_ARG(f.response.body));
		CU_ASSERT_EQUAL(status, rows[i].status);
		CU_ASSERT_FALSE(hr_asked_says(&f, NUMBER));
	}
	hr_asked_close(&f);
}

/* Every answer is counted under the word that it has itself. */
static void test_quotes__outcomes__are_those_of_quotes(void)
{
	for (hr_quote_outcome i = HR_QUOTE_COMPUTED; i <= HR_QUOTE_NOT_QUALIFIED; i++)
		CU_ASSERT_TRUE(hr_str_equal(hr_settle_outcome_word(HR_SETTLE_QUOTE, i),
					    hr_quote_outcome_word(i)));
}

static void test_explanations__a_visit_alone__is_taken_apart(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	CU_ASSERT_EQUAL(post_json(&f, WHY, VISIT), 200);
	check_text(&f, "outcome", "computed");
	check_text(&f, "readings.psn_part_amt", "210.00");
	CU_ASSERT_FALSE(hr_asked_says(&f, "\"result\":"));
	CU_ASSERT_EQUAL(counted(&f, HR_SETTLE_EXPLANATION, 0), 1);
	hr_asked_start(&f, HR_HTTP_POST, WHY);
	hr_asked_add_query(&f, "explain", "yes");
	hr_asked_set_body(&f, HR_STR(VISIT));
	CU_ASSERT_EQUAL(hr_asked_run(&f), 400);
	hr_asked_close(&f);
}

static void test_explanations__a_result_that_differs__is_told_and_counted(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	CU_ASSERT_EQUAL(post_json(&f, WHY, "{\"visit\":" VISIT ",\"result\":" RESULT "}"), 200);
	check_text(&f, "result.differences.amount", "act_pay_dedc");
	check_text(&f, "result.differences.received", "58.89");
	CU_ASSERT_EQUAL(counted(&f, HR_SETTLE_EXPLANATION, 1), 1);
	hr_asked_close(&f);
}

static void test_comparisons__ways__stand_side_by_side(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	CU_ASSERT_EQUAL(post_json(&f, WAYS, VISIT), 200);
	check_text(&f, "outcome", "unknown");
	check_text(&f, "ways.way", "direct");
	check_text(&f, "ways.readings.psn_part_amt", "210.00");
	CU_ASSERT_TRUE(hr_asked_says(&f, "\"way\":\"manual\",\"state\":\"open\""));
	CU_ASSERT_EQUAL(counted(&f, HR_SETTLE_COMPARISON, 1), 1);
	hr_asked_close(&f);
}

static void test_body__over_the_limit_or_of_another_type__is_refused_before_it_is_read(void)
{
	size_t body_max = 0;
	hr_asked f;

	hr_asked_open(&f, NULL);
	hr_asked_start(&f, HR_HTTP_POST, QUOTES);
	f.request.body_len = HR_SETTLE_BODY_MAX;
	CU_ASSERT_TRUE(f.handler.admit(f.app, &f.request, &body_max, &f.response));
	CU_ASSERT_EQUAL(body_max, HR_SETTLE_BODY_MAX);
	CU_ASSERT_FALSE(f.request.waits);
	f.request.body_len++;
	CU_ASSERT_FALSE(f.handler.admit(f.app, &f.request, &body_max, &f.response));
	CU_ASSERT_EQUAL(f.response.status, 413);
	CU_ASSERT_EQUAL(post(&f, QUOTES, "text/xml", VISIT), 415);
	hr_asked_close(&f);
}

static void test_diagnoses__filings_of_the_visit__are_taken(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	CU_ASSERT_EQUAL(post_json(&f, "/v1/settlement/diagnoses", VISIT), 200);
	check_text(&f, "outcome", "undecided");
	CU_ASSERT_EQUAL(post_json(&f, "/v1/settlement/diagnoses",
				  "{\"insuplc_admdvs\":\"130302\",\"mdtrtarea_admvs\":\"310101\","
				  "\"insutype\":\"310\",\"psn_type\":\"1101\",\"med_type\":\"21\","
				  "\"begndate\":\"2023-05-01\",\"enddate\":\"2023-05-09\","
				  "\"filings\":[]}"),
			200);
	check_text(&f, "outcome", "not-direct");
	check_text(&f, "causes.code", "NOT_FILED");
	CU_ASSERT_EQUAL(counted(&f, HR_SETTLE_DIAGNOSIS, HR_DIAGNOSIS_NOT_DIRECT), 1);
	hr_asked_close(&f);
}

static void test_institutions__query__is_read_strictly(void)
{
	static const struct {
		const char *name, *value;
		int status;
	} rows[] = {
		{ "region", "11", 200 },	{ "region", "1", 400 },
		{ "opened", "inpatient", 200 }, { "opened", "all", 400 },
		{ "at", "2025-01-01", 200 },	{ "at", "x", 400 },
		{ "lang", "en", 200 },		{ "lang", "de", 400 },
		{ "limit", "1", 400 },
	};
	hr_asked f;

	hr_asked_open(&f, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_asked_start(&f, HR_HTTP_GET, "/v1/settlement/institutions");
		hr_asked_add_query(&f, rows[i].name, rows[i].value);
		CU_ASSERT_EQUAL(hr_asked_run(&f), rows[i].status);
	}
	hr_asked_start(&f, HR_HTTP_GET, "/v1/settlement/institutions");
	hr_asked_add_query(&f, "at", "2025-01-01");
	CU_ASSERT_EQUAL(hr_asked_run(&f), 200);
	check_text(&f, "on", "2025-01-01");
	check_text(&f, "opened.institution", "121100004000000014");
	hr_asked_close(&f);
}

/* --- one in each line --- */

static void test_lines__a_bad_one__is_told_in_its_place(void)
{
	static const char body[] = VISIT "\n\r\n{\"certno\":\"" NUMBER "\"\n" VISIT "\r\n{}";
	hr_str answers[4];
	hr_str rest;
	hr_asked f;

	hr_asked_open(&f, NULL);
	CU_ASSERT_EQUAL(post(&f, QUOTES, LINES, body), 200);
	CU_ASSERT_TRUE(f.request.waits);
	HR_ASSERT_TEXT(f.response.type, LINES);
	CU_ASSERT_FALSE(hr_asked_says(&f, NUMBER));
	rest = f.response.body;
	for (size_t i = 0; i < 4; i++) {
		const size_t end = hr_str_find(rest, HR_STR("\n"));

		answers[i] = hr_str_slice(rest, 0, end);
		rest = hr_str_slice(rest, end + 1, rest.len);
	}
	CU_ASSERT_EQUAL(rest.len, 0);
	HR_ASSERT_TEXT(answers[1], "{\"outcome\":\"error\",\"line\":3,\"code\":\"malformed\","
				   "\"message\":\"json: the input ends too early\"}");
	HR_ASSERT_TEXT(hr_json_path_text(json_of(&f, answers[3]), HR_STR("message")),
		       "visit: 'insuplc_admdvs' is missing");
	CU_ASSERT_TRUE(hr_str_equal(answers[0], answers[2]));
	CU_ASSERT_EQUAL(post_json(&f, QUOTES, VISIT), 200);
	CU_ASSERT_TRUE(hr_str_equal(answers[0], hr_str_trim(f.response.body)));
	CU_ASSERT_EQUAL(counted(&f, HR_SETTLE_QUOTE, HR_SETTLE_REFUSED), 2);
	CU_ASSERT_EQUAL(counted(&f, HR_SETTLE_QUOTE, HR_QUOTE_COMPUTED), 3);
	hr_asked_close(&f);
}

static size_t count_lines(hr_str text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += text.data[i] == '\n';
	return count;
}

static void test_lines__at_and_over_the_limit(void)
{
	hr_asked f;
	hr_buf body;

	hr_asked_open(&f, NULL);
	CU_ASSERT_EQUAL(post(&f, QUOTES, LINES, ""), 200);
	CU_ASSERT_EQUAL(f.response.body.len, 0);
	hr_buf_init(&body, f.arena, 1 << 20);
	for (size_t i = 0; i < HR_SETTLE_LINES_MAX; i++)
		HR_BUF_ADD(&body, "{\n");
	hr_buf_add_char(&body, '\0');
	CU_ASSERT_EQUAL(post(&f, QUOTES, LINES, body.data), 200);
	CU_ASSERT_EQUAL(count_lines(f.response.body), HR_SETTLE_LINES_MAX);
	body.data[body.len - 1] = '1';
	hr_buf_add_char(&body, '\0');
	CU_ASSERT_EQUAL(post(&f, QUOTES, LINES, body.data), 413);
	check_text(&f, "code", "too-large");
	hr_asked_close(&f);
}

static bool stop_after_two(void *context, hr_error *err)
{
	int *answered = context;

	return ++*answered < 2 || hr_fail(err, HR_E_MEMORY, "no more");
}

static void test_lines__who_keeps_the_answer_may_stop(void)
{
	hr_settle_asking asking = { .question = HR_SETTLE_CHECK };
	hr_settle_tally tally;
	int answered = 0;
	hr_arena *arena = hr_test_arena();
	hr_error err;
	hr_buf out;

	hr_buf_init(&out, arena, 1 << 20);
	CU_ASSERT_FALSE(hr_settle_answer_lines(&asking, HR_STR("{}\n{}\n{}\n{}"), &out,
					       stop_after_two, &answered, &tally, &err));
	CU_ASSERT_EQUAL(answered, 2);
	CU_ASSERT_EQUAL(err.code, HR_E_MEMORY);
	hr_arena_close(arena);
}

/* An answer over its limit is refused as too much, and no half of it is sent. */
static void test_answer__over_its_limit__is_refused(void)
{
	hr_settle_asking asking = { .question = HR_SETTLE_QUOTE };
	unsigned outcome;
	hr_error err;
	hr_asked f;
	hr_buf out;

	hr_asked_open(&f, NULL);
	HR_ASSERT_OK(hr_app_catalog(f.app, f.arena, &asking.catalog, &err), err);
	hr_buf_init(&out, f.arena, 200);
	CU_ASSERT_FALSE(hr_settle_answer(&asking, HR_STR(VISIT), f.arena, &out, &outcome, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_LIMIT);
	hr_asked_close(&f);
}

/* --- the book --- */

struct book {
	hr_asked asked;
	hr_films films;
	hr_arena *arena;
};

static void open_book(struct book *b)
{
	hr_data_options options = { .who = "test" };
	hr_error err;
	hr_buf key;

	hr_asked_open(&b->asked, NULL);
	b->arena = hr_test_arena();
	b->films = (hr_films){ .store = NULL };
	hr_buf_init(&key, b->arena, 300);
	hr_buf_addf(&key, "%s/key", hr_test_folder(b->arena));
	options.url = hr_test_film_url(b->arena);
	options.key = hr_str_terminated(b->arena, hr_buf_str(&key));
	HR_ASSERT_OK(hr_data_open(&options, b->arena, &b->films.store, &b->films.node, &err), err);
	b->asked.app->films = &b->films;
}

static void close_book(struct book *b)
{
	b->asked.app->films = NULL;
	hr_data_close(b->films.store);
	hr_arena_close(b->arena);
	hr_asked_close(&b->asked);
}

/* Behind the guard, which wants a token (test_guard.c). */
static int file(struct book *b, const char *path, const char *body)
{
	hr_asked *f = &b->asked;
	hr_call call = { .request = &f->request };
	hr_error err = { .code = HR_E_NONE };
	bool known;

	hr_asked_start(f, HR_HTTP_POST, path);
	hr_asked_set_body(f, hr_str_of(body));
	call.route = hr_route_find(HR_HTTP_POST, f->request.path, &call, &known);
	CU_ASSERT_PTR_NOT_NULL_FATAL(call.route);
	CU_ASSERT_EQUAL(call.route->scope, HR_SCOPE_SETTLE_BOOK);
	CU_ASSERT_EQUAL(call.route->sessions, HR_ROUTE_OF_NONE);
	f->response = (hr_http_response){ .status = 200 };
	if (call.route->answer(f->app, &call, &f->response, &err))
		return f->response.status;
	f->response.body = hr_str_copy(f->arena, hr_str_of(err.message));
	return hr_error_http(err.code);
}

#define FILINGS		 "/v1/settlement/filings"
#define ABOUT(more)	 "{\"question\":{" PERSON more "}}"
#define SAID(id, reason) "{\"question\":{" PERSON "},\"id\":\"" id "\",\"reason\":\"" reason "\"}"

static void test_filings__applied_listed_cancelled(void)
{
	struct book b;

	open_book(&b);
	CU_ASSERT_EQUAL(file(&b, FILINGS,
			     ABOUT(",\"application\":{\"rloc_rea\":\"travel\",\"rloc_admdvs\":"
				   "\"310000\",\"begndate\":\"2099-01-01\"}")),
			201);
	check_text(&b.asked, "id", "1");
	CU_ASSERT_FALSE(hr_asked_says(&b.asked, NUMBER));
	CU_ASSERT_EQUAL(file(&b, FILINGS "/list", ABOUT("")), 200);
	check_text(&b.asked, "filings.id", "1");
	check_text(&b.asked, "filings.rloc_admdvs", "310000");
	check_text(&b.asked, "filings.catalogue", b.asked.repo.version.id);
	CU_ASSERT_FALSE(hr_asked_says(&b.asked, NUMBER));
	CU_ASSERT_EQUAL(
		file(&b, FILINGS,
		     "{\"question\":{\"insuplc_admdvs\":\"990000\",\"psn_cert_type\":"
		     "\"01\",\"certno\":\"" NUMBER "\",\"application\":{\"rloc_rea\":"
		     "\"travel\",\"rloc_admdvs\":\"310000\",\"begndate\":\"2099-01-01\"}}}"),
		200);
	check_text(&b.asked, "outcome", "undecided");
	CU_ASSERT_EQUAL(file(&b, FILINGS "/cancel", ABOUT(",\"cancel\":{\"id\":\"9\"}")), 404);
	close_book(&b);
}

#define SETTLEMENTS "/v1/settlement/settlements"
#define TOLD(id, amount)                                                                           \
	"{\"certno\":\"" NUMBER "\",\"setl_time\":\"2025-10-20 09:30:00\",\"visit\":{"             \
	"\"medins_setl_id\":\"" id "\",\"insuplc_admdvs\":\"360100\",\"mdtrtarea_admvs\":"         \
	"\"440100\",\"insutype\":\"310\",\"psn_type\":\"1101\",\"med_type\":\"21\",\"hosp_lv\":"   \
	"\"3\",\"enddate\":\"2025-10-20\",\"filing\":\"long\",\"medfee_sumamt\":12000,"            \
	"\"fulamt_ownpay_amt\":2000,\"inscp_scp_amt\":" amount "}}"
#define WHOSE "{\"certno\":\"" NUMBER "\",\"insuplc_admdvs\":\"360100\""

static void test_settlements__recorded_told_and_taken_back(void)
{
	struct book b;

	open_book(&b);
	CU_ASSERT_EQUAL(file(&b, SETTLEMENTS, TOLD("S1", "10000")), 201);
	check_text(&b.asked, "outcome", "settled");
	CU_ASSERT_EQUAL(file(&b, SETTLEMENTS, TOLD("S1", "10000")), 200);
	CU_ASSERT_TRUE(hr_asked_says(&b.asked, "\"repeated\":true"));
	CU_ASSERT_EQUAL(file(&b, SETTLEMENTS, TOLD("S1", "9000")), 409);
	CU_ASSERT_FALSE(hr_asked_says(&b.asked, NUMBER));
	CU_ASSERT_EQUAL(
		file(&b, "/v1/settlement/ledger", WHOSE ",\"insutype\":\"310\",\"year\":2025}"),
		200);
	check_text(&b.asked, "outcome", "found");
	CU_ASSERT_TRUE(hr_asked_says(&b.asked, "\"S1\""));
	CU_ASSERT_FALSE(hr_asked_says(&b.asked, NUMBER));
	CU_ASSERT_EQUAL(file(&b, "/v1/settlement/reversals", WHOSE ",\"reason\":\"x\"}"), 422);
	CU_ASSERT_EQUAL(
		file(&b, "/v1/settlement/reversals", WHOSE ",\"reason\":\"x\",\"omsgid\":\"S9\"}"),
		404);
	CU_ASSERT_EQUAL(
		file(&b, "/v1/settlement/reversals", WHOSE ",\"reason\":\"x\",\"omsgid\":\"S1\"}"),
		200);
	check_text(&b.asked, "outcome", "reversed");
	CU_ASSERT_EQUAL(file(&b, SETTLEMENTS, "{\"certno\":\"" NUMBER "\"}"), 422);
	close_book(&b);
}

static void test_filings__officer__gives_a_reason_and_names_one_that_is_queued(void)
{
	struct book b;

	open_book(&b);
	CU_ASSERT_EQUAL(file(&b, FILINGS "/approve", SAID("1", "")), 400);
	CU_ASSERT_EQUAL(file(&b, FILINGS "/approve", SAID("1", "seen")), 409);
	CU_ASSERT_EQUAL(file(&b, FILINGS "/refuse", SAID("1", "seen")), 409);
	CU_ASSERT_EQUAL(file(&b, FILINGS "/refuse", ABOUT("")), 422);
	close_book(&b);
}

static void test_filings__body__is_read_strictly(void)
{
	static const struct {
		const char *path, *body;
		int status;
	} rows[] = {
		{ FILINGS, "{", 400 },
		{ FILINGS, "{}", 422 },
		{ FILINGS, "{\"question\":1}", 400 },
		{ FILINGS, "{\"question\":{},\"certno\":\"" NUMBER "\"}", 400 },
		{ FILINGS, "{\"question\":{},\"reason\":1}", 400 },
		{ FILINGS, "{\"question\":{},\"id\":\"1\"}", 400 },
		{ FILINGS, ABOUT(""), 422 },
		{ FILINGS, ABOUT(",\"cancel\":{\"id\":\"1\"}"), 422 },
		{ FILINGS "/list", ABOUT(",\"today\":\"2026-01-01\""), 400 },
		{ FILINGS "/list", "{\"question\":{\"insuplc_admdvs\":\"130302\"}}", 422 },
	};
	struct book b;

	open_book(&b);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const int status = file(&b, rows[i].path, rows[i].body);

		if (status != rows[i].status)
			fprintf(stderr, "row %zu: %d %.*s\n", i, status,
				HR_STR_ARG(b.asked.response.body));
		CU_ASSERT_EQUAL(status, rows[i].status);
		CU_ASSERT_FALSE(hr_asked_says(&b.asked, NUMBER));
	}
	b.asked.app->films = NULL;
	CU_ASSERT_EQUAL(file(&b, FILINGS "/list", ABOUT("")), 404);
	close_book(&b);
}

static const hr_test tests[] = {
	HR_TEST(test_quotes__json__is_computed_and_counted),
	HR_TEST(test_quotes__query__has_its_fields_alone_and_once),
	HR_TEST(test_quotes__text__is_in_the_language_that_is_asked_for),
	HR_TEST(test_quotes__outcomes__are_those_of_quotes),
	HR_TEST(test_explanations__a_visit_alone__is_taken_apart),
	HR_TEST(test_explanations__a_result_that_differs__is_told_and_counted),
	HR_TEST(test_comparisons__ways__stand_side_by_side),
	HR_TEST(test_questions__bad_body__is_refused_with_its_place_and_without_its_values),
	HR_TEST(test_body__over_the_limit_or_of_another_type__is_refused_before_it_is_read),
	HR_TEST(test_diagnoses__filings_of_the_visit__are_taken),
	HR_TEST(test_institutions__query__is_read_strictly),
	HR_TEST(test_lines__a_bad_one__is_told_in_its_place),
	HR_TEST(test_lines__at_and_over_the_limit),
	HR_TEST(test_lines__who_keeps_the_answer_may_stop),
	HR_TEST(test_answer__over_its_limit__is_refused),
	HR_TEST(test_filings__applied_listed_cancelled),
	HR_TEST(test_settlements__recorded_told_and_taken_back),
	HR_TEST(test_filings__officer__gives_a_reason_and_names_one_that_is_queued),
	HR_TEST(test_filings__body__is_read_strictly),
};
HR_TEST_MAIN("settlement_routes", tests)
