#include "service/routes.h"

#include "service/dicomweb.h"
#include "service/guard.h"
#include "service/media.h"
#include "service/problem.h"

#include <assert.h>
#include <time.h>

/* A document and, in a form, a patient and orders beside it. */
enum { VERIFY_BODY_MAX = HR_DOCUMENT_MAX + 2 * HR_PATIENT_BYTES_MAX };

static const hr_str documents[] = {
	HR_STR_INIT("application/xml"),		 HR_STR_INIT("text/xml"),
	HR_STR_INIT("application/json"),	 HR_STR_INIT("application/fhir+json"),
	HR_STR_INIT("application/fhir+xml"),	 HR_STR_INIT("application/dicom"),
	HR_STR_INIT("application/hl7-v2"),	 HR_STR_INIT("application/hl7-v2+er7"),
	HR_STR_INIT("x-application/hl7-v2+er7"), HR_STR_INIT("application/octet-stream"),
	HR_STR_INIT("multipart/form-data"),	 HR_STR_INIT(""),
};

/* A document and the boxes around it. */
enum { PAGE_BODY_MAX = HR_DOCUMENT_MAX + (1 << 18) };

/* A secret and a passcode, a reason, a text; a share of as many studies as there may be, a filing.
 */
enum { OPENING_MAX = 4096, WISH_MAX = 32768 };

/* A visit with its lines (HR_LEDGER_ASK_BYTES_MAX). */
enum { SETTLEMENT_MAX = (1 << 20) + (64 << 10) };

static const hr_str forms[] = { HR_STR_INIT("multipart/form-data"), HR_STR_INIT("") };

static const hr_str objects[] = { HR_STR_INIT("multipart/related"),
				  HR_STR_INIT("application/dicom"), HR_STR_INIT("") };

static const hr_str link_rows[] = { HR_STR_INIT("application/x-ndjson"),
				    HR_STR_INIT("application/ndjson"), HR_STR_INIT("text/csv"),
				    HR_STR_INIT("application/octet-stream"), HR_STR_INIT("") };

enum { LINKS_BODY_MAX = 16 << 20 };

static const hr_str documents_of_json[] = { HR_STR_INIT("application/json"),
					    HR_STR_INIT("application/x-ndjson"),
					    HR_STR_INIT("application/ndjson"), HR_STR_INIT("") };

static const hr_str json_types[] = { HR_STR_INIT("application/json"), HR_STR_INIT("") };

/* A row a line. */
/* clang-format off */
#define GET(path, scope, answer) \
	{ HR_HTTP_GET, HR_SCOPE_##scope, HR_STR_INIT(path), answer, 0, NULL, false, NULL, NULL, \
	  0, 0 }
#define POST(path, scope, answer, max, types, also) \
	{ HR_HTTP_POST, HR_SCOPE_##scope, HR_STR_INIT(path), answer, max, types, false, NULL, \
	  also, 0, 0 }
#define STUDIES "/dicom-web/studies"
#define SERIES "/dicom-web/studies/{study}/series/{series}"
#define INSTANCE SERIES "/instances/{instance}"
/* Of films: what may be slow waits, what the index knows does not. */
#define OF_FILMS(path, answer, waits, begin, rights) \
	{ HR_HTTP_GET, HR_SCOPE_FILM_READ, HR_STR_INIT(path), hr_answer_dicomweb_##answer, 0, \
	  NULL, waits, begin, NULL, HR_ROUTE_OF_ALL, rights }
/* What a session may see of a film is in its scope (dicomweb.c). */
#define SEEN (HR_SHARE_VIEW | HR_SHARE_REPORT)
#define FIND(path, answer) OF_FILMS(path, answer, false, hr_begin_dicomweb_find, SEEN)
#define READ(path, answer) OF_FILMS(path, answer, true, NULL, SEEN)
#define WHOLE(path, answer) OF_FILMS(path, answer, true, NULL, HR_SHARE_DOWNLOAD)
#define METADATA(path) OF_FILMS(path, metadata, false, hr_begin_dicomweb_metadata, SEEN)
#define STORE(path) \
	{ HR_HTTP_POST, HR_SCOPE_FILM_WRITE, HR_STR_INIT(path), hr_answer_dicomweb_store, \
	  HR_DICOMWEB_BODY_MAX, objects, true, hr_begin_dicomweb_store, NULL, 0, 0 }
/* Questions of settlement: a document, or one in each line. */
#define SETTLE(path, answer) \
	POST("/v1/settlement/" path, SETTLE, hr_answer_settle_##answer, HR_SETTLE_BODY_MAX, \
	     documents_of_json, NULL)
/* A body of JSON; they write, or make keys of a passcode. */
#define ASK(method, path, scope, answer, max, sessions) \
	{ HR_HTTP_##method, HR_SCOPE_##scope, HR_STR_INIT(path), answer, max, json_types, true, \
	  NULL, NULL, HR_ROUTE_OF_##sessions, 0 }
#define FILING(path, answer) \
	ASK(POST, "/v1/settlement/filings" path, SETTLE_BOOK, hr_answer_filing_##answer, WISH_MAX, \
	    NONE)
const hr_route hr_routes[] = {
	POST("/v1/verify", VERIFY, hr_answer_verify, VERIFY_BODY_MAX, documents,
	     hr_scope_of_verify),
	GET("/v1/catalog", NONE, hr_answer_catalog),
	GET("/v1/catalog/versions", NONE, hr_answer_versions),
	GET("/v1/catalog/items", NONE, hr_answer_items),
	GET("/v1/catalog/institutions", NONE, hr_answer_institutions),
	GET("/v1/catalog/institutions/{uscc}", NONE, hr_answer_institution),
	GET("/healthz", NONE, hr_answer_health),
	GET("/readyz", NONE, hr_answer_ready),
	GET("/metrics", METRICS, hr_answer_metrics),
	GET("/openapi.json", NONE, hr_answer_openapi),
	GET("/", NONE, hr_answer_page),
	POST("/", NONE, hr_answer_page_verify, PAGE_BODY_MAX, forms, NULL),
	GET("/catalogue", NONE, hr_answer_page_search),
	GET("/catalogue/items/{code}", NONE, hr_answer_page_item),
	GET("/catalogue/institutions/{uscc}", NONE, hr_answer_page_institution),
	GET("/style.css", NONE, hr_answer_style),
	GET("/icon.svg", NONE, hr_answer_icon),
	GET("/viewer", NONE, hr_answer_viewer),
	GET("/viewer/{path...}", NONE, hr_answer_viewer),
	{ HR_HTTP_POST, HR_SCOPE_FILM_WRITE, HR_STR_INIT("/v1/film-links"), hr_answer_film_links,
	  LINKS_BODY_MAX, link_rows, true, NULL, NULL, 0, 0 },
	GET("/film", NONE, hr_answer_film_shell),
	GET("/my", NONE, hr_answer_film_shell),
	GET("/open", NONE, hr_answer_film_shell),
	GET("/film/{file}", NONE, hr_answer_film_file),
	ASK(POST, "/v1/share-sessions", NONE, hr_answer_share_sessions, OPENING_MAX, SESSIONS),
	ASK(GET, "/v1/session", NONE, hr_answer_session, 0, ALL),
	ASK(DELETE, "/v1/session", NONE, hr_answer_session_end, 0, SESSIONS),
	ASK(POST, "/v1/shares", SHARE, hr_answer_share_create, WISH_MAX, PATIENTS),
	ASK(GET, "/v1/shares", SHARE, hr_answer_share_list, 0, PATIENTS),
	ASK(GET, "/v1/shares/log", SHARE, hr_answer_share_log, 0, PATIENTS),
	ASK(GET, "/v1/shares/{id}", SHARE, hr_answer_share, 0, PATIENTS),
	ASK(GET, "/v1/shares/{id}/log", SHARE, hr_answer_share_log, 0, PATIENTS),
	ASK(POST, "/v1/shares/{id}/revoke", SHARE, hr_answer_share_revoke, OPENING_MAX, PATIENTS),
	ASK(POST, "/v1/pickup-codes", SHARE, hr_answer_pickup_create, WISH_MAX, PATIENTS),
	ASK(POST, "/v1/qr", SHARE, hr_answer_qr, OPENING_MAX, PATIENTS),
	ASK(POST, "/v1/patient-sessions", PATIENT_SESSION, hr_answer_patient_ticket, OPENING_MAX,
	    NONE),
	ASK(POST, "/v1/patient-sessions/open", NONE, hr_answer_patient_open, OPENING_MAX, SESSIONS),
	ASK(POST, "/v1/claims", PATIENT_SESSION, hr_answer_claim_make, OPENING_MAX, NONE),
	ASK(POST, "/v1/settlement/settlements", SETTLE_BOOK, hr_answer_settlement_record,
	    SETTLEMENT_MAX, NONE),
	ASK(POST, "/v1/settlement/reversals", SETTLE_BOOK, hr_answer_settlement_reverse,
	    OPENING_MAX, NONE),
	ASK(POST, "/v1/settlement/ledger", SETTLE_BOOK, hr_answer_settlement_ledger, OPENING_MAX,
	    NONE),
	ASK(GET, "/v1/my/studies", PATIENT_SESSION, hr_answer_my_studies, 0, PATIENTS),
	SETTLE("quotes", quotes),
	SETTLE("explanations", explanations),
	SETTLE("comparisons", comparisons),
	SETTLE("diagnoses", diagnoses),
	SETTLE("checks", checks),
	SETTLE("filing-checks", filing_checks),
	FILING("", apply),
	FILING("/change", change),
	FILING("/cancel", cancel),
	FILING("/approve", approve),
	FILING("/refuse", refuse),
	FILING("/list", list),
	ASK(GET, "/v1/settlement/institutions", SETTLE, hr_answer_settle_institutions, 0, NONE),
	STORE(STUDIES),
	STORE(STUDIES "/{study}"),
	FIND(STUDIES, studies),
	FIND("/dicom-web/series", series),
	FIND("/dicom-web/instances", instances),
	FIND(STUDIES "/{study}/series", series),
	FIND(STUDIES "/{study}/instances", instances),
	FIND(SERIES "/instances", instances),
	WHOLE(STUDIES "/{study}", objects),
	WHOLE(SERIES, objects),
	WHOLE(INSTANCE, objects),
	METADATA(STUDIES "/{study}/metadata"),
	METADATA(SERIES "/metadata"),
	METADATA(INSTANCE "/metadata"),
	WHOLE(STUDIES "/{study}/manifest", manifest),
	READ(INSTANCE "/frames/{frames}", frames),
	READ(INSTANCE "/bulkdata/{path}", bulk),
	READ(STUDIES "/{study}/rendered", rendered),
	READ(SERIES "/rendered", rendered),
	READ(INSTANCE "/rendered", rendered),
	READ(INSTANCE "/frames/{frames}/rendered", rendered),
	READ(STUDIES "/{study}/thumbnail", thumbnail),
	READ(SERIES "/thumbnail", thumbnail),
	READ(INSTANCE "/thumbnail", thumbnail),
	READ(INSTANCE "/frames/{frames}/thumbnail", thumbnail),
	/* For all that is below: hr_route_find. */
	{ HR_HTTP_OPTIONS, HR_SCOPE_NONE, HR_STR_INIT("/dicom-web"), hr_answer_dicomweb_options,
	  0, NULL, false, NULL, NULL, 0, 0 },
};
/* clang-format on */
const size_t hr_route_count = sizeof(hr_routes) / sizeof(hr_routes[0]);
_Static_assert(sizeof(hr_routes) / sizeof(hr_routes[0]) < HR_METRICS_ROUTES, "each is counted");

hr_str hr_http_method_word(hr_http_method method)
{
	static const hr_str words[] = {
		[HR_HTTP_GET] = HR_STR_INIT("GET"),
		[HR_HTTP_HEAD] = HR_STR_INIT("HEAD"),
		[HR_HTTP_POST] = HR_STR_INIT("POST"),
		[HR_HTTP_PUT] = HR_STR_INIT("PUT"),
		[HR_HTTP_DELETE] = HR_STR_INIT("DELETE"),
		[HR_HTTP_OPTIONS] = HR_STR_INIT("OPTIONS"),
		[HR_HTTP_OTHER] = HR_STR_INIT("OTHER"),
	};

	return words[method];
}

/* --- finding --- */

/* The step in front of `*rest`, which begins with '/'; what is behind it stays. */
static hr_str next_step(hr_str *rest)
{
	hr_str path = hr_str_slice(*rest, 1, rest->len);
	size_t end = hr_str_find(path, HR_STR("/"));

	*rest = hr_str_slice(path, end, path.len);
	return hr_str_slice(path, 0, end);
}

static bool match(hr_str pattern, hr_str path, hr_str params[HR_ROUTE_PARAMS_MAX])
{
	size_t count = 0;

	while (pattern.len && path.len && path.data[0] == '/') {
		hr_str wanted = next_step(&pattern);
		hr_str step;

		if (hr_str_ends_with(wanted, HR_STR("...}"))) {
			assert(count < HR_ROUTE_PARAMS_MAX);
			params[count] = hr_str_slice(path, 1, path.len);
			return true;
		}
		step = next_step(&path);
		if (!hr_str_starts_with(wanted, HR_STR("{"))) {
			if (!hr_str_equal(wanted, step))
				return false;
			continue;
		}
		if (step.len == 0)
			return false;
		assert(count < HR_ROUTE_PARAMS_MAX);
		params[count++] = step;
	}
	return pattern.len == 0 && path.len == 0;
}

const hr_route *hr_route_find(hr_http_method method, hr_str path, hr_call *call, bool *path_known)
{
	*path_known = false;
	for (size_t i = 0; i < hr_route_count; i++) {
		const hr_route *route = &hr_routes[i];

		if (!match(route->pattern, path, call->params))
			continue;
		*path_known = true;
		if (route->method == (method == HR_HTTP_HEAD ? HR_HTTP_GET : method))
			return route;
	}
	/* A browser asks beforehand, whatever the path (Fetch, CORS-preflight). */
	if (method == HR_HTTP_OPTIONS && hr_dicomweb_is_path(path))
		return &hr_routes[hr_route_count - 1];
	return NULL;
}

/* The methods that the path has, for "Allow". */
static hr_str allowed_methods(hr_str path, hr_arena *arena)
{
	hr_call call;
	hr_buf buf;

	hr_buf_init(&buf, arena, 64);
	for (size_t i = 0; i < hr_route_count; i++) {
		if (!match(hr_routes[i].pattern, path, call.params))
			continue;
		if (buf.len)
			HR_BUF_ADD(&buf, ", ");
		hr_buf_add(&buf, hr_http_method_word(hr_routes[i].method));
		if (hr_routes[i].method == HR_HTTP_GET)
			HR_BUF_ADD(&buf, ", HEAD");
	}
	return hr_buf_str(&buf);
}

/* --- after the answer --- */

static uint64_t microseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* One line: the pattern and never the path or the query, in which people put names. */
static void log_request(const hr_app *app, const hr_call *call, const hr_http_response *answer,
			const hr_error *why, uint64_t took)
{
	const hr_http_request *request = call->request;
	const bool is_ours = answer->status >= 500;
	const hr_str none = HR_STR("-");
	const hr_log_field fields[] = {
		{ .name = "id", .text = request->id.len ? request->id : none },
		{ .name = "client", .text = request->client.len ? request->client : none },
		{ .name = "token", .text = call->token[0] ? hr_str_of(call->token) : none },
		{ .name = "method",
		  .text = call->route ? hr_http_method_word(request->method) : none },
		{ .name = "route", .text = call->route ? call->route->pattern : none },
		{ .name = "status", .number = answer->status },
		{ .name = "bytes", .number = (int64_t)hr_http_length(answer) },
		{ .name = "us", .number = (int64_t)took },
		{ .name = "code", .text = hr_str_of(hr_error_word(why->code)) },
		{ .name = "message", .text = hr_str_of(why->message) },
		{ .name = "detail", .text = hr_str_of(why->detail) },
	};
	const size_t count = is_ours ? 11 : why->code == HR_E_NONE ? 8 : 9;

	hr_log_write(&app->options.log, is_ours ? HR_LOG_ERROR : HR_LOG_INFO, hr_app_now(),
		     "request", fields, count);
}

/* What a session saw must not be left in a browser that another session comes to use. */
static void set_cache(const hr_call *call, hr_http_response *answer)
{
	const hr_str name = HR_STR("Cache-Control");

	for (size_t i = 0; i < answer->field_count; i++) {
		if (!hr_str_equal(answer->fields[i].name, name))
			continue;
		if (call->session)
			answer->fields[i].value = HR_STR("no-store");
		return;
	}
	hr_http_add_field(answer, name, HR_STR("no-store"));
}

/* What every answer has in common; `why` is of code NONE when it is no refusal. */
static void finish(hr_app *app, const hr_call *call, hr_http_response *answer, const hr_error *why,
		   uint64_t started)
{
	uint64_t took = microseconds() - started;
	size_t index = call->route ? (size_t)(call->route - hr_routes) : SIZE_MAX;

	if (hr_dicomweb_is_path(call->request->path))
		hr_dicomweb_add_headers(app, call->request, answer);
	set_cache(call, answer);
	hr_http_add_field(answer, HR_STR("X-Content-Type-Options"), HR_STR("nosniff"));
	hr_metrics_count(&app->metrics, index, answer->status, took);
	log_request(app, call, answer, why, took);
}

/* --- before the body --- */

static bool check_path(hr_call *call, int *status, hr_http_response *out, hr_error *err)
{
	const hr_http_request *request = call->request;
	bool path_known;

	call->route = hr_route_find(request->method, request->path, call, &path_known);
	if (call->route)
		return true;
	if (!path_known) {
		*status = 404;
		return hr_fail(err, HR_E_NOT_FOUND, "there is nothing at this path");
	}
	*status = 405;
	hr_http_add_field(out, HR_STR("Allow"), allowed_methods(request->path, request->arena));
	return hr_fail(err, HR_E_USAGE, "this path does not take that method");
}

static bool takes_type(const hr_route *route, hr_str type)
{
	if (!route->types || type.len == 0)
		return true;
	for (const hr_str *taken = route->types; taken->len; taken++)
		if (hr_media_equal(*taken, type))
			return true;
	return false;
}

static size_t body_max(const hr_app *app, const hr_route *route)
{
	size_t max = route->begin ? 0 : app->options.body_bytes;

	return max && max < route->body_max ? max : route->body_max;
}

static bool check_body(const hr_app *app, const hr_call *call, int *status, hr_error *err)
{
	const hr_http_request *request = call->request;
	const hr_route *route = call->route;
	const size_t max = body_max(app, route);
	const bool is_chunked = request->body_len == SIZE_MAX;

	if (!is_chunked && request->body_len > max) {
		*status = 413;
		return hr_fail(err, HR_E_LIMIT, "the body has %zu bytes, more than %zu",
			       request->body_len, max);
	}
	if (request->body_len &&
	    !takes_type(route, hr_media_type(hr_http_header(request, HR_STR("Content-Type"))))) {
		*status = 415;
		return hr_fail(err, HR_E_UNSUPPORTED,
			       "this path does not take a body of that Content-Type; "
			       "application/octet-stream has the format found out");
	}
	return true;
}

static bool is_of_lines(const hr_http_request *request)
{
	return hr_media_is_lines(hr_media_type(hr_http_header(request, HR_STR("Content-Type"))));
}

static bool begin(hr_app *app, hr_call *call, hr_http_request *request, int *status, hr_error *err)
{
	const hr_route *route = call->route;

	/* As many documents as there are lines hold up no thread that has other connections. */
	request->waits = route->waits || is_of_lines(request);
	if (!route->begin || route->begin(app, call, request, err))
		return true;
	*status = hr_error_http(err->code);
	return false;
}

static bool admit(void *context, hr_http_request *request, size_t *allowed, hr_http_response *out)
{
	hr_app *app = context;
	uint64_t started = microseconds();
	hr_call refused = { .request = request };
	hr_call *call = HR_NEW(request->arena, hr_call);
	hr_error err = { .code = HR_E_NONE };
	int status = 503;

	*out = (hr_http_response){ .status = 0 };
	if (!call) {
		call = &refused;
		hr_fail_memory(&err);
	} else {
		call->request = request;
		request->context = call;
	}
	if (err.code == HR_E_NONE && check_path(call, &status, out, &err) &&
	    hr_guard_admit(app, call, started, &status, out, &err) &&
	    check_body(app, call, &status, &err) && begin(app, call, request, &status, &err)) {
		*allowed = body_max(app, call->route);
		return true;
	}
	hr_problem_write(request, status, &err, out);
	finish(app, call, out, &err, started);
	return false;
}

static void answer(void *context, const hr_http_request *request, hr_http_response *out)
{
	hr_app *app = context;
	uint64_t started = microseconds();
	hr_call call = *(const hr_call *)request->context;
	hr_error err = { .code = HR_E_NONE };

	/* The server may have moved the request since it was admitted. */
	call.request = request;
	*out = (hr_http_response){ .status = 200 };
	if (!call.route->answer(app, &call, out, &err)) {
		*out = (hr_http_response){ .status = 0 };
		hr_problem_write(request, hr_error_http(err.code), &err, out);
	}
	finish(app, &call, out, &err, started);
}

static void refuse(void *context, const hr_http_request *request, int status, const hr_error *err,
		   hr_http_response *out)
{
	hr_app *app = context;
	const hr_call call = { .request = request };

	*out = (hr_http_response){ .status = 0 };
	hr_problem_write(request, status, err, out);
	finish(app, &call, out, err, microseconds());
}

bool hr_answer_set_body(hr_http_response *out, hr_str type, const hr_buf *body, hr_error *err)
{
	if (body->failed)
		return hr_fail_memory(err);
	out->type = type;
	out->body = hr_buf_str(body);
	return true;
}

void hr_answer_begin(const hr_call *call, size_t bytes_max, hr_buf *buf, hr_json_writer *w)
{
	hr_buf_init(buf, call->request->arena, bytes_max);
	hr_json_writer_init(w, buf, false);
	hr_json_open_object(w);
}

bool hr_answer_end(hr_json_writer *w, hr_buf *buf, hr_http_response *out, hr_error *err)
{
	hr_json_close_object(w);
	hr_buf_add_char(buf, '\n');
	return hr_answer_set_body(out, HR_STR("application/json"), buf, err);
}

hr_http_handler hr_routes_handler(hr_app *app)
{
	return (hr_http_handler){ .admit = admit, .answer = answer, .refuse = refuse, .app = app };
}
