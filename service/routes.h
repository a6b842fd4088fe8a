/*
 * Every path that the service answers is a row of one table. Before a byte of a
 * body is read, the table refuses what it does not hold: 404, 405, 413, 415.
 */
#pragma once

#include "service/app.h"
#include "service/sessions.h"

enum { HR_ROUTE_PARAMS_MAX = 4 };

typedef struct hr_route hr_route;

/* One request on its way through its route. */
typedef struct hr_call {
	const hr_http_request *request;
	const hr_route *route;
	hr_str params[HR_ROUTE_PARAMS_MAX]; /* what stood for each {name}, in order */
	char token[HR_TOKEN_ID_TEXT]; /* id of the one that was sent; empty: none that is valid */
	const hr_session *session;    /* by which it is asked; NULL: by none */
	void *begun;		      /* what the route's `begin` has made */
} hr_call;

/*
 * Before the body: gives the request a sink, and sets call->begun, in the
 * request's arena. False: refused, as by hr_answer_fn.
 */
typedef bool (*hr_begin_fn)(hr_app *app, hr_call *call, hr_http_request *request, hr_error *err);

/*
 * Fills `out`: status 200 unless it says another, Cache-Control "no-store" unless
 * it adds one. False: `err` becomes a problem document with the error's status.
 */
typedef bool (*hr_answer_fn)(hr_app *app, const hr_call *call, hr_http_response *out,
			     hr_error *err);

/* What else the token of this request must be for, by what its query asks. */
typedef hr_token_scope (*hr_also_fn)(const hr_http_request *request);

struct hr_route {
	hr_http_method method; /* GET answers HEAD, too */
	hr_token_scope scope;  /* what a token must be for; HR_SCOPE_NONE: anybody may ask */
	hr_str pattern;	       /* "/v1/catalog/institutions/{uscc}": a {name} is one step,
				a {name...} at its end all there are, be it none */
	hr_answer_fn answer;
	size_t body_max;     /* in bytes; 0: takes none */
	const hr_str *types; /* of the body, ended by an empty one; NULL: any */
	bool waits;	     /* for a disk or a worker: hr_http_request.waits */
	hr_begin_fn begin;   /* NULL: the body is kept in memory */
	hr_also_fn also;     /* NULL: `scope` is all */
	/*
	 * Which sessions may ask it in the place of a token (hr_session_kind), or
	 * HR_ROUTE_OF_SESSIONS alone: it begins or ends one.
	 */
	unsigned sessions;
	unsigned rights; /* one of these the session must have (hr_share_right); 0: none */
};

enum {
	HR_ROUTE_OF_NONE = 0,
	HR_ROUTE_OF_SHARES = HR_SESSION_SHARE,
	HR_ROUTE_OF_PATIENTS = HR_SESSION_PATIENT,
	HR_ROUTE_OF_ALL = HR_SESSION_SHARE | HR_SESSION_PATIENT,
	HR_ROUTE_OF_SESSIONS = 1 << 8,
};

extern const hr_route hr_routes[];
extern const size_t hr_route_count;

/* What the server is given: admits, answers, counts and logs by the table. */
hr_http_handler hr_routes_handler(hr_app *app);

/* NULL when no route has that path; `*call` filled, its method not looked at. */
const hr_route *hr_route_find(hr_http_method method, hr_str path, hr_call *call, bool *path_known);

hr_str hr_http_method_word(hr_http_method method);

/* False when the body's memory was short. */
bool hr_answer_set_body(hr_http_response *out, hr_str type, const hr_buf *body, hr_error *err);

/* A JSON object of at most so many bytes: opened, and closed as the answer's body. */
void hr_answer_begin(const hr_call *call, size_t bytes_max, hr_buf *buf, hr_json_writer *w);
bool hr_answer_end(hr_json_writer *w, hr_buf *buf, hr_http_response *out, hr_error *err);

/* The answers, each in the route_*.c of its kind. */
hr_token_scope hr_scope_of_verify(const hr_http_request *request);
bool hr_answer_verify(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_catalog(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_versions(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_items(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_institutions(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_institution(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_health(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_ready(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_metrics(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_openapi(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);

bool hr_answer_viewer(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_film_links(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
/* Shares, and the sessions of who has opened one: route_sessions.c, route_shares.c. */
bool hr_answer_share_sessions(hr_app *app, const hr_call *call, hr_http_response *out,
			      hr_error *err);
/*
 * 201, with the cookie and what it sees, in the place of the session that the
 * browser had before; for each route that begins one.
 */
bool hr_session_answer_begun(hr_app *app, const hr_call *call, const char text[HR_SESSION_TEXT],
			     hr_http_response *out, hr_error *err);
/* Who tries, for the audit: the first digits of a keyed digest, no address. */
bool hr_share_source(const hr_app *app, const hr_call *call, hr_str *out, hr_error *err);
bool hr_answer_session(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_session_end(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_share_create(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_share_list(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_share(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_share_revoke(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_share_log(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_pickup_create(hr_app *app, const hr_call *call, hr_http_response *out,
			     hr_error *err);
bool hr_answer_qr(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);

/* The patient's way in, and what he sees first: route_patient.c. */
bool hr_answer_patient_ticket(hr_app *app, const hr_call *call, hr_http_response *out,
			      hr_error *err);
bool hr_answer_patient_open(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_claim_make(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_my_studies(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);

/* Questions of settlement: route_settle_questions.c. */
typedef bool hr_answer_settle(hr_app *app, const hr_call *call, hr_http_response *out,
			      hr_error *err);
hr_answer_settle hr_answer_settle_quotes, hr_answer_settle_explanations,
	hr_answer_settle_comparisons, hr_answer_settle_diagnoses, hr_answer_settle_checks,
	hr_answer_settle_filing_checks, hr_answer_settle_institutions;

/* The book of filings: route_filings.c. */
bool hr_answer_filing_apply(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_filing_change(hr_app *app, const hr_call *call, hr_http_response *out,
			     hr_error *err);
bool hr_answer_filing_cancel(hr_app *app, const hr_call *call, hr_http_response *out,
			     hr_error *err);
bool hr_answer_filing_approve(hr_app *app, const hr_call *call, hr_http_response *out,
			      hr_error *err);
bool hr_answer_filing_refuse(hr_app *app, const hr_call *call, hr_http_response *out,
			     hr_error *err);
bool hr_answer_filing_list(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);

/* Settlements that are kept: route_settlements.c. */
bool hr_answer_settlement_record(hr_app *app, const hr_call *call, hr_http_response *out,
				 hr_error *err);
bool hr_answer_settlement_reverse(hr_app *app, const hr_call *call, hr_http_response *out,
				  hr_error *err);
bool hr_answer_settlement_ledger(hr_app *app, const hr_call *call, hr_http_response *out,
				 hr_error *err);

/* DICOMweb: route_dicomweb*.c. */
bool hr_begin_dicomweb_store(hr_app *app, hr_call *call, hr_http_request *request, hr_error *err);
bool hr_answer_dicomweb_store(hr_app *app, const hr_call *call, hr_http_response *out,
			      hr_error *err);
bool hr_answer_dicomweb_studies(hr_app *app, const hr_call *call, hr_http_response *out,
				hr_error *err);
bool hr_answer_dicomweb_series(hr_app *app, const hr_call *call, hr_http_response *out,
			       hr_error *err);
bool hr_answer_dicomweb_instances(hr_app *app, const hr_call *call, hr_http_response *out,
				  hr_error *err);
bool hr_answer_dicomweb_objects(hr_app *app, const hr_call *call, hr_http_response *out,
				hr_error *err);
bool hr_answer_dicomweb_manifest(hr_app *app, const hr_call *call, hr_http_response *out,
				 hr_error *err);
bool hr_begin_dicomweb_find(hr_app *app, hr_call *call, hr_http_request *request, hr_error *err);
bool hr_begin_dicomweb_metadata(hr_app *app, hr_call *call, hr_http_request *request,
				hr_error *err);
bool hr_answer_dicomweb_metadata(hr_app *app, const hr_call *call, hr_http_response *out,
				 hr_error *err);
bool hr_answer_dicomweb_frames(hr_app *app, const hr_call *call, hr_http_response *out,
			       hr_error *err);
bool hr_answer_dicomweb_bulk(hr_app *app, const hr_call *call, hr_http_response *out,
			     hr_error *err);
bool hr_answer_dicomweb_rendered(hr_app *app, const hr_call *call, hr_http_response *out,
				 hr_error *err);
bool hr_answer_dicomweb_thumbnail(hr_app *app, const hr_call *call, hr_http_response *out,
				  hr_error *err);
bool hr_answer_dicomweb_options(hr_app *app, const hr_call *call, hr_http_response *out,
				hr_error *err);

/* The pages, and what they are dressed in: page_*.c. */
bool hr_answer_page(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_page_verify(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_page_search(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_page_item(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_page_institution(hr_app *app, const hr_call *call, hr_http_response *out,
				hr_error *err);
bool hr_answer_style(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_icon(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_film_shell(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
bool hr_answer_film_file(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err);
