/* The table, and each of its answers, asked without a network. */
#include "asked.h"

#include "base/json.h"

#include <sys/mman.h>
#include <unistd.h>

#define CDA	 "tests/data/cda/thyroid.xml"
#define ASKED_AT "at", "2025-02-20T09:30:00"

extern const unsigned char hr_openapi[];
extern const size_t hr_openapi_len;

static const hr_json *json(hr_asked *f)
{
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *root = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_json_read(parser, f->response.body, f->arena, &root, &err), err);
	hr_json_parser_close(parser);
	return root;
}

static void check_text(hr_asked *f, const char *path, const char *want)
{
	HR_ASSERT_TEXT(hr_json_path_text(json(f), hr_str_of(path)), want);
}

/* --- the table --- */

static void test_table__every_pattern__is_found_by_its_own_path(void)
{
	for (size_t i = 0; i < hr_route_count; i++) {
		hr_call call;
		bool known;

		CU_ASSERT_PTR_EQUAL(
			hr_route_find(hr_routes[i].method, hr_routes[i].pattern, &call, &known),
			&hr_routes[i]);
	}
}

static void test_find__a_step_in_braces__is_any_one_step(void)
{
	hr_call call;
	bool known;

	CU_ASSERT_PTR_NOT_NULL(
		hr_route_find(HR_HTTP_GET, HR_STR("/v1/catalog/institutions/12-x"), &call, &known));
	HR_ASSERT_TEXT(call.params[0], "12-x");
	CU_ASSERT_PTR_NULL(
		hr_route_find(HR_HTTP_GET, HR_STR("/v1/catalog/institutions/"), &call, &known));
	CU_ASSERT_FALSE(known);
	CU_ASSERT_PTR_NULL(
		hr_route_find(HR_HTTP_GET, HR_STR("/v1/catalog/institutions/a/b"), &call, &known));
	CU_ASSERT_PTR_NULL(hr_route_find(HR_HTTP_GET, HR_STR("/healthz/"), &call, &known));
	CU_ASSERT_PTR_NULL(hr_route_find(HR_HTTP_GET, HR_STR("healthz"), &call, &known));
	CU_ASSERT_PTR_NULL(hr_route_find(HR_HTTP_GET, HR_STR(""), &call, &known));
	CU_ASSERT_PTR_NULL(hr_route_find(HR_HTTP_GET, HR_STR("*"), &call, &known));
}

static const char *const method_names[] = { "get", "head", "post", "put", "delete", "options" };

/* NULL when the table has none. */
static const hr_route *table_row(hr_str path, hr_str method)
{
	for (size_t i = 0; i < hr_route_count; i++)
		if (hr_str_equal(hr_routes[i].pattern, path) &&
		    hr_str_equal(hr_str_of(method_names[hr_routes[i].method]), method))
			return &hr_routes[i];
	return NULL;
}

/* Pages are for people: no document tells a program how to read them. */
static size_t count_pages(void)
{
	static const char *const pages[] = {
		"/",	 "/catalogue", "/style.css", "/icon.svg",    "/viewer",
		"/film", "/my",	       "/open",	     "/film/{file}",
	};
	size_t count = 0;

	for (size_t i = 0; i < hr_route_count; i++) {
		hr_str pattern = hr_routes[i].pattern;

		count += hr_str_starts_with(pattern, HR_STR("/catalogue/")) ||
			 hr_str_starts_with(pattern, HR_STR("/viewer/"));
		for (size_t k = 0; k < sizeof(pages) / sizeof(pages[0]); k++)
			count += hr_str_equal(pattern, hr_str_of(pages[k]));
	}
	return count;
}

/* Both ways: what is described is answered, what is answered is described. */
static void test_openapi__is_the_table(void)
{
	hr_asked f;
	const hr_json *paths;
	size_t described = 0;

	hr_asked_open(&f, NULL);
	CU_ASSERT_EQUAL(hr_asked_get(&f, "/openapi.json"), 200);
	paths = hr_json_get(json(&f), HR_STR("paths"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(paths);
	for (const hr_json *path = paths->first; path; path = path->next)
		for (const hr_json *method = path->first; method; method = method->next) {
			CU_ASSERT_PTR_NOT_NULL(table_row(path->name, method->name));
			described++;
		}
	CU_ASSERT_EQUAL(described + count_pages(), hr_route_count);
	hr_asked_close(&f);
}

static bool names_sessions(const hr_json *method)
{
	const hr_json *security = hr_json_get(method, HR_STR("security"));

	for (const hr_json *one = security ? security->first : NULL; one; one = one->next)
		if (hr_json_get(one, HR_STR("session")))
			return true;
	return false;
}

/* integration.share_walk goes by what is described. */
static void test_openapi__says_which_a_session_may_ask(void)
{
	hr_asked f;
	const hr_json *paths;

	hr_asked_open(&f, NULL);
	hr_asked_get(&f, "/openapi.json");
	paths = hr_json_get(json(&f), HR_STR("paths"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(paths);
	for (const hr_json *path = paths->first; path; path = path->next)
		for (const hr_json *method = path->first; method; method = method->next) {
			const hr_route *route = table_row(path->name, method->name);

			CU_ASSERT_PTR_NOT_NULL_FATAL(route);
			CU_ASSERT_EQUAL(names_sessions(method),
					(route->sessions & HR_ROUTE_OF_ALL) != 0);
			CU_ASSERT_TRUE(!(route->scope & HR_SCOPE_FILM_WRITE) || !route->sessions);
		}
	hr_asked_close(&f);
}

static void test_openapi__body_types__are_the_tables(void)
{
	hr_asked f;
	const hr_json *node;
	size_t count = 0;

	hr_asked_open(&f, NULL);
	hr_asked_get(&f, "/openapi.json");
	node = hr_json_get(hr_json_get(json(&f), HR_STR("paths")), HR_STR("/v1/verify"));
	node = hr_json_path(node, HR_STR("post.requestBody.content"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(node);
	for (const hr_str *type = hr_routes[0].types; type->len; type++, count++)
		CU_ASSERT_PTR_NOT_NULL(hr_json_get(node, *type));
	CU_ASSERT_EQUAL(count, node->count);
	hr_asked_close(&f);
}

/* --- refused before the body --- */

static void check_problem(hr_asked *f, int status, const char *code)
{
	CU_ASSERT_EQUAL(hr_asked_run(f), status);
	HR_ASSERT_TEXT(f->response.type, "application/problem+json");
	check_text(f, "code", code);
	check_text(f, "instance", "0123456789abcdef");
	CU_ASSERT_TRUE(hr_json_path_text(json(f), HR_STR("titleZh")).len > 0);
	HR_ASSERT_TEXT(hr_asked_field(f, "X-Content-Type-Options"), "nosniff");
	HR_ASSERT_TEXT(hr_asked_field(f, "Cache-Control"), "no-store");
}

static void test_admit__unknown_path__is_404(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	hr_asked_start(&f, HR_HTTP_GET, "/v2/verify");
	check_problem(&f, 404, "not-found");
	hr_asked_close(&f);
}

static void test_admit__wrong_method__is_405_and_says_which(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	hr_asked_start(&f, HR_HTTP_GET, "/v1/verify");
	check_problem(&f, 405, "usage");
	HR_ASSERT_TEXT(hr_asked_field(&f, "Allow"), "POST");
	hr_asked_start(&f, HR_HTTP_OTHER, "/v1/catalog");
	check_problem(&f, 405, "usage");
	HR_ASSERT_TEXT(hr_asked_field(&f, "Allow"), "GET, HEAD");
	hr_asked_close(&f);
}

static void test_admit__announced_body_at_and_over_the_limit(void)
{
	hr_asked f;
	size_t body_max = 0;

	hr_asked_open(&f, NULL);
	hr_asked_start(&f, HR_HTTP_POST, "/v1/verify");
	f.request.body_len = hr_routes[0].body_max;
	CU_ASSERT_TRUE(f.handler.admit(f.app, &f.request, &body_max, &f.response));
	CU_ASSERT_EQUAL(body_max, hr_routes[0].body_max);
	f.request.body_len++;
	check_problem(&f, 413, "too-large");
	hr_asked_start(&f, HR_HTTP_GET, "/healthz");
	f.request.body_len = 1;
	check_problem(&f, 413, "too-large");
	hr_asked_close(&f);
}

/* Of unknown length: admitted, and held to the limit by the server while it comes. */
static void test_admit__chunked_body__is_told_its_limit(void)
{
	hr_asked f;
	size_t body_max = 1;

	hr_asked_open(&f, NULL);
	hr_asked_start(&f, HR_HTTP_GET, "/healthz");
	f.request.body_len = SIZE_MAX;
	CU_ASSERT_TRUE(f.handler.admit(f.app, &f.request, &body_max, &f.response));
	CU_ASSERT_EQUAL(body_max, 0);
	hr_asked_close(&f);
}

static void test_admit__content_type__is_one_of_the_routes_or_415(void)
{
	static const char *const taken[] = { "text/xml; charset=utf-8", "Application/JSON",
					     "application/octet-stream", "" };
	hr_asked f;
	size_t body_max;

	hr_asked_open(&f, NULL);
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		hr_asked_start(&f, HR_HTTP_POST, "/v1/verify");
		f.request.body_len = 1;
		hr_asked_add_header(&f, "content-type", taken[i]);
		CU_ASSERT_TRUE(f.handler.admit(f.app, &f.request, &body_max, &f.response));
	}
	hr_asked_start(&f, HR_HTTP_POST, "/v1/verify");
	f.request.body_len = 1;
	hr_asked_add_header(&f, "Content-Type", "application/x-www-form-urlencoded");
	check_problem(&f, 415, "unsupported");
	hr_asked_close(&f);
}

static void test_refuse__the_servers_own_refusal__is_a_problem_too(void)
{
	hr_asked f;
	hr_error err;

	hr_asked_open(&f, NULL);
	f.request = (hr_http_request){ .id = HR_STR("1"), .arena = f.arena, .kept = f.arena };
	hr_fail(&err, HR_E_LIMIT, "the head is too large");
	f.handler.refuse(f.app, &f.request, 431, &err, &f.response);
	CU_ASSERT_EQUAL(f.response.status, 431);
	check_text(&f, "detail", "the head is too large");
	hr_asked_close(&f);
}

static void test_problem__fhir_asked_for__is_an_operation_outcome(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	hr_asked_start(&f, HR_HTTP_POST, "/v1/verify");
	hr_asked_add_header(&f, "Accept", "application/fhir+json");
	hr_asked_set_body(&f, HR_STR("<ClinicalDocument xmlns=\"urn:hl7-org:v3\">\n<title>"));
	CU_ASSERT_EQUAL(hr_asked_run(&f), 400);
	HR_ASSERT_TEXT(f.response.type, "application/fhir+json");
	check_text(&f, "resourceType", "OperationOutcome");
	check_text(&f, "issue.severity", "error");
	check_text(&f, "issue.code", "structure");
	check_text(&f, "issue.details.coding.code", "malformed");
	CU_ASSERT_TRUE(hr_asked_says(&f, "operationoutcome-issue-line"));
	hr_asked_close(&f);
}

/* Not a byte is left to say it with. */
static void test_problem__memory_used_up__is_whole(void)
{
	HR_AUTO(hr_arena) small = hr_arena_open(1000);
	hr_asked f;

	hr_asked_open(&f, NULL);
	hr_asked_start(&f, HR_HTTP_GET, "/v1/catalog");
	f.request.arena = small;
	CU_ASSERT_PTR_NOT_NULL(hr_arena_alloc(small, 1000));
	check_problem(&f, 503, "memory");
	CU_ASSERT_PTR_NOT_NULL(hr_str_terminated(small, f.response.type));
	hr_asked_close(&f);
}

/* --- verify --- */

static void start_verify(hr_asked *f, const char *path)
{
	hr_asked_start(f, HR_HTTP_POST, "/v1/verify");
	hr_asked_add_query(f, ASKED_AT);
	hr_asked_add_query(f, "receiver", "121100004000000014");
	hr_asked_add_query(f, "setting", "outpatient");
	hr_asked_set_body(f, hr_test_read(f->arena, path));
}

static void test_verify__json__is_one_line_and_counted(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	start_verify(&f, CDA);
	CU_ASSERT_EQUAL(hr_asked_run(&f), 200);
	HR_ASSERT_TEXT(f.response.type, "application/json");
	HR_ASSERT_TEXT(hr_asked_field(&f, "Cache-Control"), "no-store");
	check_text(&f, "schema", "urn:huren:verdict:1");
	check_text(&f, "outcome", "recognised");
	check_text(&f, "catalogue.id", f.repo.version.id);
	CU_ASSERT_EQUAL(hr_str_find(f.response.body, HR_STR("\n")), f.response.body.len - 1);
	CU_ASSERT_EQUAL(atomic_load(&f.app->metrics.verdicts[HR_OUTCOME_RECOGNISED]), 1);
	hr_asked_close(&f);
}

static void test_verify__not_recognised__is_200_too(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	hr_asked_start(&f, HR_HTTP_POST, "/v1/verify");
	hr_asked_add_query(&f, "at", "2026-02-20T09:30:00");
	hr_asked_set_body(&f, hr_test_read(f.arena, CDA));
	CU_ASSERT_EQUAL(hr_asked_run(&f), 200);
	CU_ASSERT_FALSE(hr_asked_says(&f, "\"outcome\":\"recognised\",\"catalogue\""));
	hr_asked_close(&f);
}

static void test_verify__text__in_the_language_asked_for(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	start_verify(&f, CDA);
	hr_asked_add_header(&f, "Accept", "text/plain");
	CU_ASSERT_EQUAL(hr_asked_run(&f), 200);
	HR_ASSERT_TEXT(f.response.type, "text/plain; charset=utf-8");
	CU_ASSERT_TRUE(hr_asked_says(&f, "符合互认条件"));
	start_verify(&f, CDA);
	hr_asked_add_header(&f, "Accept", "text/plain");
	hr_asked_add_query(&f, "lang", "en");
	CU_ASSERT_EQUAL(hr_asked_run(&f), 200);
	CU_ASSERT_TRUE(hr_asked_says(&f, "recognised"));
	CU_ASSERT_FALSE(hr_asked_says(&f, "符合互认条件"));
	hr_asked_close(&f);
}

static void test_verify__fhir__is_parameters(void)
{
	hr_asked f;
	const hr_json *first;

	hr_asked_open(&f, NULL);
	start_verify(&f, CDA);
	hr_asked_add_header(&f, "Accept", "application/fhir+json");
	CU_ASSERT_EQUAL(hr_asked_run(&f), 200);
	HR_ASSERT_TEXT(f.response.type, "application/fhir+json");
	check_text(&f, "resourceType", "Parameters");
	first = hr_json_path(json(&f), HR_STR("parameter"))->first;
	HR_ASSERT_TEXT(hr_json_path_text(first, HR_STR("name")), "decision");
	HR_ASSERT_TEXT(hr_json_path_text(first, HR_STR("valueCode")), "recognised");
	hr_asked_close(&f);
}

static void check_verify_refused(hr_asked *f, const char *name, const char *value,
				 const char *words)
{
	start_verify(f, CDA);
	hr_asked_add_query(f, name, value);
	CU_ASSERT_EQUAL(hr_asked_run(f), 400);
	check_text(f, "code", "usage");
	CU_ASSERT_TRUE(hr_asked_says(f, words));
}

static void test_verify__wrong_query__is_400(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	check_verify_refused(&f, "patient", "{}", "does not go into the address");
	check_verify_refused(&f, "order", "TSH", "does not go into the address");
	check_verify_refused(&f, "at", "2025-02-20", "'at' stands twice");
	check_verify_refused(&f, "intervened", "perhaps", "'intervened' wants");
	check_verify_refused(&f, "lang", "fr", "'lang' wants zh or en");
	check_verify_refused(&f, "colour", "red", "no field 'colour'");
	hr_asked_close(&f);
}

static void check_document(hr_asked *f, hr_str body, int status, const char *code)
{
	hr_asked_start(f, HR_HTTP_POST, "/v1/verify");
	hr_asked_set_body(f, body);
	check_problem(f, status, code);
}

static void test_verify__documents_that_are_none__have_their_status(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	check_document(&f, HR_STR("<a/>"), 415, "unsupported");
	check_document(&f, HR_STR("<a>"), 400, "malformed");
	check_document(&f, HR_STR("%PDF-1.7"), 415, "unsupported");
	check_document(&f, HR_STR(""), 415, "unsupported");
	check_document(&f, HR_STR("{\"resourceType\":\"Bundle\","), 400, "malformed");
	check_document(&f, HR_STR("{\"resourceType\":\"Bundle\",\"type\":\"collection\"}"), 422,
		       "incomplete");
	check_document(&f, HR_STR("<!DOCTYPE a><ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>"), 400,
		       "forbidden");
	hr_asked_close(&f);
}

/* --- a form --- */

#define PART(name, text)                                                                           \
	"--b\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" text "\r\n"
#define STRANGER PART("patient", "{\"resourceType\":\"Patient\",\"birthDate\":\"1901-01-01\"}")

/* `parts` around a report, when there is a place for it. */
static int post_form_for(hr_asked *f, const char *before, bool with_report, const char *accept)
{
	hr_buf body;

	start_verify(f, CDA);
	hr_asked_add_header(f, "Accept", accept);
	hr_buf_init(&body, f->arena, 1 << 20);
	hr_buf_add(&body, hr_str_of(before));
	if (with_report) {
		HR_BUF_ADD(&body, "--b\r\nContent-Disposition: form-data; name=\"report\"; "
				  "filename=\"a.xml\"\r\nContent-Type: text/xml\r\n\r\n");
		hr_buf_add(&body, f->request.body);
		HR_BUF_ADD(&body, "\r\n");
	}
	HR_BUF_ADD(&body, "--b--\r\n");
	hr_asked_set_body(f, hr_buf_str(&body));
	hr_asked_add_header(f, "Content-Type", "multipart/form-data; boundary=b");
	return hr_asked_run(f);
}

static int post_form(hr_asked *f, const char *before, bool with_report)
{
	return post_form_for(f, before, with_report, "application/json");
}

static void test_form__order__is_answered_in_fhir_too(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	CU_ASSERT_EQUAL(post_form_for(&f, PART("order", "TSH"), true, "application/fhir+json"),
			200);
	CU_ASSERT_TRUE(hr_asked_says(&f, "{\"name\":\"order\",\"part\":["));
	CU_ASSERT_TRUE(hr_asked_says(&f, "{\"name\":\"cover\",\"valueCode\":\"covered\"}"));
	CU_ASSERT_TRUE(hr_asked_says(&f, "{\"name\":\"by\",\"part\":["));
	hr_asked_close(&f);
}

static void test_form__patient_and_orders__are_part_of_the_question(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	CU_ASSERT_EQUAL(post_form(&f, STRANGER PART("order", "TSH") PART("order", "CT-HEAD"), true),
			200);
	CU_ASSERT_TRUE(hr_asked_says(&f, "\"order\":\"TSH\""));
	CU_ASSERT_TRUE(hr_asked_says(&f, "\"order\":\"CT-HEAD\""));
	check_text(&f, "outcome", "not-recognised");
	hr_asked_close(&f);
}

static void test_form__report_alone__is_as_the_report_itself(void)
{
	hr_asked f;
	hr_str alone;

	hr_asked_open(&f, NULL);
	start_verify(&f, CDA);
	CU_ASSERT_EQUAL(hr_asked_run(&f), 200);
	alone = f.response.body;
	CU_ASSERT_EQUAL(post_form(&f, "", true), 200);
	CU_ASSERT_TRUE(hr_str_equal(f.response.body, alone));
	hr_asked_close(&f);
}

static void test_form__wrong_parts__are_400(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	CU_ASSERT_EQUAL(post_form(&f, PART("order", "TSH"), false), 400);
	CU_ASSERT_TRUE(hr_asked_says(&f, "no part 'report'"));
	CU_ASSERT_EQUAL(post_form(&f, PART("colour", "red"), true), 400);
	CU_ASSERT_TRUE(hr_asked_says(&f, "part 1 is none of them"));
	CU_ASSERT_EQUAL(post_form(&f, PART("report", "x"), true), 400);
	CU_ASSERT_TRUE(hr_asked_says(&f, "'report' twice"));
	CU_ASSERT_EQUAL(post_form(&f, STRANGER STRANGER, true), 400);
	CU_ASSERT_EQUAL(post_form(&f, PART("order", ""), true), 400);
	CU_ASSERT_EQUAL(post_form(&f, "no form at all", false), 400);
	hr_asked_close(&f);
}

static void test_verify__settings_of_the_service__answer_what_is_not_asked(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	f.app->options.receiver = "121100004000000014";
	f.app->options.lang = "en";
	hr_asked_start(&f, HR_HTTP_POST, "/v1/verify");
	hr_asked_add_query(&f, ASKED_AT);
	hr_asked_add_header(&f, "Accept", "text/plain");
	hr_asked_set_body(&f, hr_test_read(f.arena, CDA));
	CU_ASSERT_EQUAL(hr_asked_run(&f), 200);
	CU_ASSERT_TRUE(hr_asked_says(&f, "北京示范医院"));
	CU_ASSERT_TRUE(hr_asked_says(&f, "recognised"));
	hr_asked_close(&f);
}

/* --- the catalogue --- */

static void test_catalog__names_version_and_counts(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	CU_ASSERT_EQUAL(hr_asked_get(&f, "/v1/catalog"), 200);
	check_text(&f, "catalogue", f.repo.version.id);
	check_text(&f, "counts.institutions", "");
	CU_ASSERT_TRUE(hr_asked_says(&f, "\"institutions\":8"));
	CU_ASSERT_TRUE(hr_asked_says(&f, "\"holdsSyntheticData\":true"));
	CU_ASSERT_FALSE(hr_asked_says(&f, "refused"));
	hr_asked_close(&f);
}

static void check_known(hr_asked *f, const char *path)
{
	hr_str etag;

	CU_ASSERT_EQUAL(hr_asked_get(f, path), 200);
	HR_ASSERT_TEXT(hr_asked_field(f, "Cache-Control"), "no-cache");
	etag = hr_asked_field(f, "ETag");
	CU_ASSERT_TRUE(hr_str_find(etag, hr_str_of(f->repo.version.id)) == 1);
	hr_asked_start(f, HR_HTTP_GET, path);
	f->headers[f->request.header_count++] = (hr_http_field){ HR_STR("If-None-Match"), etag };
	CU_ASSERT_EQUAL(hr_asked_run(f), 304);
	CU_ASSERT_EQUAL(f->response.body.len, 0);
	hr_asked_start(f, HR_HTTP_GET, path);
	hr_asked_add_header(f, "If-None-Match", "*");
	CU_ASSERT_EQUAL(hr_asked_run(f), 304);
	hr_asked_start(f, HR_HTTP_GET, path);
	hr_asked_add_header(f, "If-None-Match", "\"another\"");
	CU_ASSERT_EQUAL(hr_asked_run(f), 200);
}

static void test_catalog__client_holds_it__is_304(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	check_known(&f, "/v1/catalog");
	check_known(&f, "/v1/catalog/versions");
	check_known(&f, "/v1/catalog/items");
	check_known(&f, "/v1/catalog/institutions");
	check_known(&f, "/v1/catalog/institutions/121200004000000106");
	hr_asked_close(&f);
}

static void test_versions__newest_first_without_authors(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	CU_ASSERT_EQUAL(hr_asked_get(&f, "/v1/catalog/versions"), 200);
	check_text(&f, "versions.id", f.repo.version.id);
	check_text(&f, "versions.message", "互认目录：更新");
	CU_ASSERT_FALSE(hr_asked_says(&f, "example.cn"));
	hr_asked_close(&f);
}

static void test_items__of_a_day__say_who_lists_them(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	hr_asked_start(&f, HR_HTTP_GET, "/v1/catalog/items");
	hr_asked_add_query(&f, "q", "促甲状腺激素");
	hr_asked_add_query(&f, "limit", "1");
	hr_asked_add_query(&f, "on", "2025-02-20");
	CU_ASSERT_EQUAL(hr_asked_run(&f), 200);
	check_text(&f, "on", "2025-02-20");
	check_text(&f, "items.code", "TSH");
	check_text(&f, "items.regimes.regime", "demo");
	check_text(&f, "items.regimes.listed", "yes");
	hr_asked_close(&f);
}

static void check_lookup_refused(hr_asked *f, const char *path, const char *name, const char *value)
{
	hr_asked_start(f, HR_HTTP_GET, path);
	hr_asked_add_query(f, name, value);
	CU_ASSERT_EQUAL(hr_asked_run(f), 400);
	check_text(f, "code", "usage");
}

static void test_lookups__wrong_query__is_400(void)
{
	static const char *const limits[] = { "", "0", "101", "-1", "1x", "9999" };
	hr_asked f;

	hr_asked_open(&f, NULL);
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		check_lookup_refused(&f, "/v1/catalog/items", "limit", limits[i]);
	check_lookup_refused(&f, "/v1/catalog/items", "on", "2025-02-30");
	check_lookup_refused(&f, "/v1/catalog/items", "after", "no-such-item");
	check_lookup_refused(&f, "/v1/catalog/institutions", "on", "2025-02-20");
	check_lookup_refused(&f, "/v1/catalog", "q", "x");
	check_lookup_refused(&f, "/v1/catalog/versions", "q", "x");
	hr_asked_start(&f, HR_HTTP_GET, "/v1/catalog/items");
	hr_asked_add_query(&f, "limit", "100");
	CU_ASSERT_EQUAL(hr_asked_run(&f), 200);
	hr_asked_close(&f);
}

static void test_institution__tells_its_grants(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	hr_asked_start(&f, HR_HTTP_GET, "/v1/catalog/institutions/121200004000000106");
	hr_asked_add_query(&f, "on", "2019-12-31");
	CU_ASSERT_EQUAL(hr_asked_run(&f), 200);
	check_text(&f, "name", "天津示范医院");
	check_text(&f, "regionName", "滨海新区");
	check_text(&f, "regimes.regime", "demo");
	CU_ASSERT_TRUE(hr_asked_says(&f, "\"grants\":[{\"holds\":false,\"from\":\"2020-01-01\","));
	CU_ASSERT_TRUE(hr_asked_says(&f, "\"grantsKnown\":\"partial\"") ||
		       hr_asked_says(&f, "\"grantsKnown\":\"unknown\""));
	CU_ASSERT_EQUAL(hr_asked_get(&f, "/v1/catalog/institutions/no-such"), 404);
	hr_asked_close(&f);
}

/* --- state --- */

static void test_state__health_and_readiness(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	CU_ASSERT_EQUAL(hr_asked_get(&f, "/healthz"), 200);
	HR_ASSERT_TEXT(f.response.body, "ok\n");
	CU_ASSERT_EQUAL(hr_asked_get(&f, "/readyz"), 200);
	check_text(&f, "catalogue", f.repo.version.id);
	hr_asked_start(&f, HR_HTTP_HEAD, "/healthz");
	CU_ASSERT_EQUAL(hr_asked_run(&f), 200);
	hr_asked_close(&f);
}

static void test_metrics__count_what_was_asked(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	hr_asked_get(&f, "/healthz");
	hr_asked_get(&f, "/nothing");
	CU_ASSERT_EQUAL(hr_asked_get(&f, "/metrics"), 200);
	CU_ASSERT_TRUE(hr_asked_says(&f, "huren_requests_total{route=\"/healthz\",method=\"GET\","
					 "status=\"2xx\"} 1\n"));
	CU_ASSERT_TRUE(hr_asked_says(
		&f, "huren_requests_total{route=\"-\",method=\"-\",status=\"4xx\"} 1\n"));
	CU_ASSERT_TRUE(hr_asked_says(&f, f.repo.version.id));
	CU_ASSERT_TRUE(hr_asked_says(&f, "\nhuren_catalogue_refused 0\n"));
	CU_ASSERT_TRUE(hr_asked_says(&f, "\nhuren_catalogue_loads_total 1\n"));
	hr_asked_close(&f);
}

/* --- the log --- */

static void test_log__names_the_pattern_and_nothing_that_was_asked(void)
{
	hr_asked f;
	char text[16384];
	ssize_t len;
	hr_str log;

	hr_asked_open(&f, NULL);
	hr_asked_start(&f, HR_HTTP_GET, "/v1/catalog/institutions/secret-path");
	hr_asked_add_query(&f, "on", "2019-12-31");
	hr_asked_run(&f);
	hr_asked_get(&f, "/secret-path");
	start_verify(&f, CDA);
	hr_asked_add_query(&f, "secret-query", "secret-value");
	hr_asked_run(&f);
	len = pread(f.log, text, sizeof(text), 0);
	CU_ASSERT_TRUE_FATAL(len > 0);
	log = (hr_str){ text, (size_t)len };
	CU_ASSERT_TRUE(hr_str_find(log, HR_STR("\"route\":\"/v1/catalog/institutions/{uscc}\"")) <
		       log.len);
	CU_ASSERT_TRUE(hr_str_find(log, HR_STR("\"status\":404")) < log.len);
	CU_ASSERT_EQUAL(hr_str_find(log, HR_STR("secret")), log.len);
	CU_ASSERT_EQUAL(hr_str_find(log, HR_STR("2019-12-31")), log.len);
	CU_ASSERT_EQUAL(hr_str_find(log, HR_STR("121100004000000014")), log.len);
	hr_asked_close(&f);
}

/* --- the film pages --- */

static void check_film_headers(const hr_asked *f)
{
	CU_ASSERT_TRUE(hr_str_starts_with(hr_asked_field(f, "Content-Security-Policy"),
					  HR_STR("default-src 'none'; script-src 'self';")));
	HR_ASSERT_TEXT(hr_asked_field(f, "Referrer-Policy"), "no-referrer");
	HR_ASSERT_TEXT(hr_asked_field(f, "Cross-Origin-Resource-Policy"), "same-origin");
}

static void test_film__shells__are_never_stored(void)
{
	static const char *const shells[] = { "/film", "/my", "/open" };
	hr_asked f;

	hr_asked_open(&f, NULL);
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		CU_ASSERT_EQUAL(hr_asked_get(&f, shells[i]), 200);
		HR_ASSERT_TEXT(f.response.type, "text/html; charset=utf-8");
		HR_ASSERT_TEXT(hr_asked_field(&f, "Cache-Control"), "no-store");
		CU_ASSERT_TRUE(hr_asked_says(&f, "<script type=\"module\""));
		check_film_headers(&f);
	}
	CU_ASSERT_EQUAL(hr_asked_get(&f, "/film/film"), 404);
	CU_ASSERT_EQUAL(hr_asked_get(&f, "/film/film.html"), 404);
	CU_ASSERT_EQUAL(hr_asked_get(&f, "/film/nothing.js"), 404);
	hr_asked_close(&f);
}

/* gzip's bytes and the plain ones have each their own tag. */
static void test_film__script__is_pressed_for_who_takes_it(void)
{
	hr_asked f;
	char tag[80];

	hr_asked_open(&f, NULL);
	CU_ASSERT_EQUAL(hr_asked_get(&f, "/film/lut.js"), 200);
	HR_ASSERT_TEXT(f.response.type, "text/javascript; charset=utf-8");
	HR_ASSERT_TEXT(hr_asked_field(&f, "Cache-Control"), "no-cache");
	HR_ASSERT_TEXT(hr_asked_field(&f, "Content-Encoding"), "");
	CU_ASSERT_TRUE(hr_asked_says(&f, "export function tableOf"));
	check_film_headers(&f);
	snprintf(tag, sizeof(tag), "%.*s", HR_STR_ARG(hr_asked_field(&f, "ETag")));
	hr_asked_start(&f, HR_HTTP_GET, "/film/lut.js");
	hr_asked_add_header(&f, "If-None-Match", tag);
	CU_ASSERT_EQUAL(hr_asked_run(&f), 304);
	hr_asked_start(&f, HR_HTTP_GET, "/film/lut.js");
	hr_asked_add_header(&f, "If-None-Match", tag);
	hr_asked_add_header(&f, "Accept-Encoding", "gzip");
	CU_ASSERT_EQUAL(hr_asked_run(&f), 200);
	HR_ASSERT_TEXT(hr_asked_field(&f, "Content-Encoding"), "gzip");
	CU_ASSERT_TRUE(hr_str_starts_with(f.response.body, HR_STR("\x1f\x8b")));
	hr_asked_close(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_table__every_pattern__is_found_by_its_own_path),
	HR_TEST(test_find__a_step_in_braces__is_any_one_step),
	HR_TEST(test_openapi__is_the_table),
	HR_TEST(test_openapi__says_which_a_session_may_ask),
	HR_TEST(test_openapi__body_types__are_the_tables),
	HR_TEST(test_admit__unknown_path__is_404),
	HR_TEST(test_admit__wrong_method__is_405_and_says_which),
	HR_TEST(test_admit__announced_body_at_and_over_the_limit),
	HR_TEST(test_admit__chunked_body__is_told_its_limit),
	HR_TEST(test_admit__content_type__is_one_of_the_routes_or_415),
	HR_TEST(test_refuse__the_servers_own_refusal__is_a_problem_too),
	HR_TEST(test_problem__fhir_asked_for__is_an_operation_outcome),
	HR_TEST(test_problem__memory_used_up__is_whole),
	HR_TEST(test_verify__json__is_one_line_and_counted),
	HR_TEST(test_verify__not_recognised__is_200_too),
	HR_TEST(test_verify__text__in_the_language_asked_for),
	HR_TEST(test_verify__fhir__is_parameters),
	HR_TEST(test_verify__wrong_query__is_400),
	HR_TEST(test_verify__documents_that_are_none__have_their_status),
	HR_TEST(test_form__order__is_answered_in_fhir_too),
	HR_TEST(test_form__patient_and_orders__are_part_of_the_question),
	HR_TEST(test_form__report_alone__is_as_the_report_itself),
	HR_TEST(test_form__wrong_parts__are_400),
	HR_TEST(test_verify__settings_of_the_service__answer_what_is_not_asked),
	HR_TEST(test_catalog__names_version_and_counts),
	HR_TEST(test_catalog__client_holds_it__is_304),
	HR_TEST(test_versions__newest_first_without_authors),
	HR_TEST(test_items__of_a_day__say_who_lists_them),
	HR_TEST(test_lookups__wrong_query__is_400),
	HR_TEST(test_institution__tells_its_grants),
	HR_TEST(test_state__health_and_readiness),
	HR_TEST(test_metrics__count_what_was_asked),
	HR_TEST(test_log__names_the_pattern_and_nothing_that_was_asked),
	HR_TEST(test_film__shells__are_never_stored),
	HR_TEST(test_film__script__is_pressed_for_who_takes_it),
};
HR_TEST_MAIN("routes", tests)
