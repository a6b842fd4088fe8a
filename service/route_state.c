/* How the service is: /healthz, /readyz, /metrics, and what it offers: /openapi.json. */
#include "base/json.h"
#include "service/routes.h"

#define NAME(w, literal)	  hr_json_name((w), HR_STR(literal))
#define MEMBER(w, literal, value) hr_json_member((w), HR_STR(literal), (value))

enum { STATE_BYTES = 8192, METRICS_BYTES = 1 << 20 };

extern const unsigned char hr_openapi[];
extern const size_t hr_openapi_len;

bool hr_answer_health(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	(void)app;
	(void)call;
	(void)err;
	out->type = HR_STR("text/plain; charset=utf-8");
	out->body = HR_STR("ok\n");
	return true;
}

bool hr_answer_openapi(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	(void)app;
	(void)call;
	(void)err;
	out->type = HR_STR("application/json");
	out->body = (hr_str){ (const char *)hr_openapi, hr_openapi_len };
	return true;
}

/* In words without a path: anybody may ask. The log tells the rest. */
static void add_warnings(const hr_app *app, hr_json_writer *w)
{
	bool is_short = !hr_app_has_space(app);
	bool is_stale = hr_access_trouble(app->access).code != HR_E_NONE;

	if (!is_short && !is_stale)
		return;
	NAME(w, "warnings");
	hr_json_open_array(w);
	if (is_short)
		hr_json_string(w, HR_STR("space-short"));
	if (is_stale)
		hr_json_string(w, HR_STR("access-unreadable"));
	hr_json_close_array(w);
}

bool hr_answer_ready(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	hr_follower_state state = hr_follower_get(app->follower);
	hr_json_writer w;
	hr_buf buf;

	hr_buf_init(&buf, call->request->arena, STATE_BYTES);
	hr_json_writer_init(&w, &buf, false);
	hr_json_open_object(&w);
	NAME(&w, "ready");
	hr_json_bool(&w, true);
	MEMBER(&w, "catalogue", hr_str_of(state.served));
	hr_follower_format_refusal(&state, &w);
	add_warnings(app, &w);
	hr_json_close_object(&w);
	hr_buf_add_char(&buf, '\n');
	return hr_answer_set_body(out, HR_STR("application/json"), &buf, err);
}

/* --- metrics --- */

struct gauge {
	const char *name;
	const char *type;
	const char *help;
	int64_t value;
};

enum { LABEL_BYTES = 80 };

/* name="word" */
static hr_str label(const char *name, hr_str word, char text[LABEL_BYTES])
{
	hr_buf buf;

	hr_buf_init_over(&buf, text, LABEL_BYTES);
	hr_buf_addf(&buf, "%s=\"%.*s\"", name, HR_STR_ARG(word));
	return hr_buf_str(&buf);
}

static hr_str label_route(const hr_route *route, char *text, size_t room)
{
	hr_buf buf;

	hr_buf_init_over(&buf, text, room);
	hr_buf_addf(&buf, "route=\"%.*s\",method=\"%.*s\"", HR_STR_ARG(route->pattern),
		    HR_STR_ARG(hr_http_method_word(route->method)));
	return hr_buf_str(&buf);
}

static void add_route_durations(hr_buf *out, const char *name, hr_str labels,
				const hr_route_counts *counts)
{
	hr_metrics_add_durations(out, name, labels, &counts->durations);
}

static void add_routes(hr_buf *out, const hr_metrics *metrics, const char *name,
		       void (*add)(hr_buf *, const char *, hr_str, const hr_route_counts *))
{
	char text[160];

	for (size_t i = 0; i < hr_route_count; i++)
		add(out, name, label_route(&hr_routes[i], text, sizeof(text)), &metrics->routes[i]);
	add(out, name, HR_STR("route=\"-\",method=\"-\""), &metrics->routes[HR_METRICS_ROUTES - 1]);
}

static void add_requests(hr_buf *out, const hr_metrics *metrics)
{
	hr_metrics_add_head(out, "huren_requests_total", "counter",
			    "Requests answered, by route and status class.");
	add_routes(out, metrics, "huren_requests_total", hr_metrics_add_answers);
	hr_metrics_add_head(out, "huren_request_seconds", "histogram",
			    "Time to make an answer, without the network.");
	add_routes(out, metrics, "huren_request_seconds", add_route_durations);
}

static void add_verdicts(hr_buf *out, const hr_metrics *metrics)
{
	hr_metrics_add_head(out, "huren_verdicts_total", "counter", "Verdicts, by outcome.");
	for (int i = 0; i <= HR_OUTCOME_RECOGNISED; i++) {
		char text[LABEL_BYTES];

		hr_metrics_add_sample(out, "huren_verdicts_total",
				      label("outcome", hr_outcome_word((hr_outcome)i), text),
				      (int64_t)atomic_load(&metrics->verdicts[i]));
	}
}

static void add_settlements(hr_buf *out, const hr_metrics *metrics)
{
	static const char name[] = "huren_settlement_answers_total";

	hr_metrics_add_head(out, name, "counter",
			    "Answers about settlement, by question and outcome; error: a line that "
			    "was refused.");
	for (hr_settle_question q = 0; q < HR_SETTLE_QUESTIONS; q++)
		for (unsigned i = 0; i < HR_SETTLE_OUTCOMES; i++) {
			const hr_str outcome = hr_settle_outcome_word(q, i);
			char text[2 * LABEL_BYTES];
			hr_buf labels;

			if (outcome.len == 0)
				continue;
			hr_buf_init_over(&labels, text, sizeof(text));
			hr_buf_addf(&labels, "question=\"%.*s\",outcome=\"%.*s\"",
				    HR_STR_ARG(hr_settle_question_word(q)), HR_STR_ARG(outcome));
			hr_metrics_add_sample(out, name, hr_buf_str(&labels),
					      (int64_t)atomic_load(&metrics->settlements[q][i]));
		}
}

static void add_gauges(hr_buf *out, const struct gauge *gauges, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		hr_metrics_add_head(out, gauges[i].name, gauges[i].type, gauges[i].help);
		hr_metrics_add_sample(out, gauges[i].name, HR_STR_NONE, gauges[i].value);
	}
}

/* --- MLLP --- */

static void add_acks(hr_buf *out, const hr_metrics *metrics)
{
	char text[LABEL_BYTES];

	hr_metrics_add_head(out, "huren_mllp_acks_total", "counter",
			    "HL7 messages over MLLP, by the code of their ACK.");
	for (int i = 0; i < HR_ACK_CODES; i++)
		hr_metrics_add_sample(out, "huren_mllp_acks_total",
				      label("code", hr_ack_word((hr_ack_code)i), text),
				      (int64_t)hr_durations_count(&metrics->acks[i]));
	hr_metrics_add_head(out, "huren_mllp_message_seconds", "histogram",
			    "Time to make an ACK, without the network.");
	for (int i = 0; i < HR_ACK_CODES; i++)
		hr_metrics_add_durations(out, "huren_mllp_message_seconds",
					 label("code", hr_ack_word((hr_ack_code)i), text),
					 &metrics->acks[i]);
}

static void add_mllp(hr_buf *out, const hr_mllp_counts *counts)
{
	const struct gauge gauges[] = {
		{ "huren_mllp_connections", "gauge", "Connections of MLLP open.",
		  (int64_t)atomic_load(&counts->connections) },
		{ "huren_mllp_held_bytes", "gauge",
		  "Bytes held for what has come over MLLP and is not answered.",
		  (int64_t)atomic_load(&counts->held_bytes) },
	};
	char text[LABEL_BYTES];

	add_gauges(out, gauges, sizeof(gauges) / sizeof(gauges[0]));
	hr_metrics_add_head(out, "huren_mllp_closed_total", "counter",
			    "Connections of MLLP that the server closed, by the reason.");
	for (int i = 0; i < HR_MLLP_CLOSED_COUNT; i++)
		hr_metrics_add_sample(out, "huren_mllp_closed_total",
				      label("why", hr_mllp_closed_word((hr_mllp_closed)i), text),
				      (int64_t)atomic_load(&counts->closed[i]));
}

/* --- the whole --- */

static void add_catalogue(hr_buf *out, const hr_catalog *catalog, const hr_follower_state *state)
{
	const struct gauge gauges[] = {
		{ "huren_catalogue_age_seconds", "gauge", "Since the version was published.",
		  hr_app_now().second - hr_catalog_known_at(catalog).second },
		{ "huren_catalogue_bytes", "gauge", "Memory that the version takes.",
		  (int64_t)hr_catalog_bytes(catalog) },
		{ "huren_catalogue_refused", "gauge",
		  "1 when the newest version does not load or the registry cannot be read.",
		  state->why.code != HR_E_NONE },
		{ "huren_catalogue_loads_total", "counter", "Versions loaded.",
		  (int64_t)state->loads },
		{ "huren_catalogue_load_failures_total", "counter", "Versions refused.",
		  (int64_t)state->failures },
	};
	char text[LABEL_BYTES];

	hr_metrics_add_head(out, "huren_catalogue_info", "gauge", "The version that is served.");
	hr_metrics_add_sample(out, "huren_catalogue_info",
			      label("id", hr_catalog_id(catalog), text), 1);
	add_gauges(out, gauges, sizeof(gauges) / sizeof(gauges[0]));
}

static void add_server(hr_buf *out, const hr_app *app, const hr_http *http)
{
	hr_http_counts counts = { 0 };

	if (http)
		counts = hr_http_count(http);
	const struct gauge gauges[] = {
		{ "huren_connections", "gauge", "Connections open.", (int64_t)counts.connections },
		{ "huren_requests_in_work", "gauge", "Requests in work.",
		  (int64_t)counts.requests },
		{ "huren_body_bytes", "gauge", "Bytes of bodies held.",
		  (int64_t)counts.body_bytes },
		{ "huren_answer_bytes", "gauge", "Bytes of large answers held while they are sent.",
		  (int64_t)counts.answer_bytes },
		{ "huren_refused_total", "counter", "Requests that the server itself refused.",
		  (int64_t)counts.refused },
		{ "huren_space_short", "gauge",
		  "1 when the disk of the state or the log has less than min-free-bytes.",
		  !hr_app_has_space(app) },
		{ "huren_access_unreadable", "gauge",
		  "1 when the list of tokens cannot be read; the one before it counts on.",
		  hr_access_trouble(app->access).code != HR_E_NONE },
		{ "huren_start_time_seconds", "gauge", "When the service started, Unix time.",
		  app->started.second },
	};

	add_gauges(out, gauges, sizeof(gauges) / sizeof(gauges[0]));
}

bool hr_answer_metrics(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	hr_follower_state state = hr_follower_get(app->follower);
	const hr_catalog *catalog;
	hr_buf buf;

	if (!hr_app_catalog(app, call->request->arena, &catalog, err))
		return false;
	hr_buf_init(&buf, call->request->arena, METRICS_BYTES);
	add_requests(&buf, &app->metrics);
	add_verdicts(&buf, &app->metrics);
	add_settlements(&buf, &app->metrics);
	add_acks(&buf, &app->metrics);
	add_mllp(&buf, &app->metrics.mllp);
	hr_dimse_add_metrics(&buf, &app->metrics.dimse);
	add_catalogue(&buf, catalog, &state);
	add_server(&buf, app, call->request->http);
	return hr_answer_set_body(out, HR_STR("text/plain; version=0.0.4; charset=utf-8"), &buf,
				  err);
}
