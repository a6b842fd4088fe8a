/*
 * Questions of settlement: a document in, its answer out; or one in each line,
 * and an answer in each. 200 whatever the answer is. Nothing is kept.
 */
#include "service/media.h"
#include "service/routes.h"
#include "settlement/network.h"

static const hr_str line_type = HR_STR_INIT("application/x-ndjson");

/* --- what is asked --- */

static bool set_yes(hr_str value, bool *out)
{
	*out = hr_str_equal(value, HR_STR("yes"));
	return *out || hr_str_equal(value, HR_STR("no"));
}

static bool set_lang(hr_settle_asking *asking, hr_str value)
{
	asking->english = hr_str_equal(value, HR_STR("en"));
	return asking->english || hr_str_equal(value, HR_STR("zh"));
}

static bool set_explain(hr_settle_asking *asking, hr_str value)
{
	return set_yes(value, &asking->explain);
}

static bool set_mutual_aid(hr_settle_asking *asking, hr_str value)
{
	asking->place =
		hr_str_equal(value, HR_STR("apart")) ? HR_MUTUAL_AID_APART : HR_MUTUAL_AID_ACCOUNT;
	return asking->place == HR_MUTUAL_AID_APART || hr_str_equal(value, HR_STR("account"));
}

#define OF(question) (1U << HR_SETTLE_##question)
#define OF_ALL	     ((1U << HR_SETTLE_QUESTIONS) - 1)

static const struct field {
	hr_str name;
	unsigned questions; /* that have it */
	bool (*set)(hr_settle_asking *asking, hr_str value);
	const char *expects;
} fields[] = {
	{ HR_STR_INIT("lang"), OF_ALL, set_lang, "zh or en" },
	{ HR_STR_INIT("explain"), OF(QUOTE), set_explain, "yes or no" },
	{ HR_STR_INIT("mutual-aid"), OF(CHECK), set_mutual_aid, "apart or account" },
};

static const struct field *find_field(hr_settle_question question, hr_str name)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if ((fields[i].questions & (1U << question)) && hr_str_equal(fields[i].name, name))
			return &fields[i];
	return NULL;
}

static bool stands_before(const hr_http_request *request, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (hr_str_equal(request->query[i].name, request->query[at].name))
			return true;
	return false;
}

static bool check_query(const hr_http_request *request, hr_error *err)
{
	for (size_t i = 1; i < request->query_count; i++)
		if (stands_before(request, i))
			return hr_fail(err, HR_E_USAGE, "field %zu of the query stands in it twice",
				       i + 1);
	return true;
}

/* A name that is not ours is not repeated: people put numbers of theirs into addresses. */
static bool read_query(const hr_http_request *request, hr_settle_asking *asking, hr_error *err)
{
	if (!check_query(request, err))
		return false;
	for (size_t i = 0; i < request->query_count; i++) {
		const struct field *field = find_field(asking->question, request->query[i].name);

		if (!field)
			return hr_fail(err, HR_E_USAGE,
				       "field %zu of the query is none of this path; the question "
				       "goes into the body",
				       i + 1);
		if (!field->set(asking, request->query[i].value))
			return hr_fail(err, HR_E_USAGE, "'%.*s' wants %s", HR_STR_ARG(field->name),
				       field->expects);
	}
	return true;
}

static bool is_english(const hr_app *app)
{
	return app->options.lang && hr_str_equal(hr_str_of(app->options.lang), HR_STR("en"));
}

static bool wants_text(const hr_http_request *request)
{
	static const hr_str types[] = { HR_STR_INIT("application/json"),
					HR_STR_INIT("text/plain") };

	return hr_media_choose(hr_http_header(request, HR_STR("Accept")), types, 2) == 1;
}

static bool has_lines(const hr_http_request *request)
{
	return hr_media_is_lines(hr_media_type(hr_http_header(request, HR_STR("Content-Type"))));
}

/* --- the answer --- */

static hr_str type_of(const hr_settle_asking *asking)
{
	return asking->text ? HR_STR("text/plain; charset=utf-8") : HR_STR("application/json");
}

static bool answer_one(hr_app *app, const hr_call *call, const hr_settle_asking *asking,
		       hr_http_response *out, hr_error *err)
{
	const hr_http_request *request = call->request;
	hr_settle_tally tally = { .outcomes = { 0 } };
	unsigned outcome;
	hr_buf buf;

	hr_buf_init(&buf, request->kept, HR_SETTLE_ANSWER_MAX);
	if (!hr_settle_answer(asking, request->body, request->arena, &buf, &outcome, err))
		return false;
	tally.outcomes[outcome] = 1;
	hr_metrics_count_settlements(&app->metrics, asking->question, &tally);
	return hr_answer_set_body(out, type_of(asking), &buf, err);
}

/* All answers that are on their way have one budget: this one takes its part while it grows. */
static bool hold(void *context, hr_error *err)
{
	const hr_http_request *const *request = context;

	return hr_http_hold_answer(*request, err);
}

static bool answer_lines(hr_app *app, const hr_call *call, const hr_settle_asking *asking,
			 hr_http_response *out, hr_error *err)
{
	const hr_http_request *request = call->request;
	hr_settle_tally tally = { .outcomes = { 0 } };
	hr_buf buf;

	hr_buf_init(&buf, request->arena, HR_SETTLE_ANSWER_MAX);
	if (!hr_settle_answer_lines(asking, request->body, &buf, hold, &request, &tally, err))
		return false;
	hr_metrics_count_settlements(&app->metrics, asking->question, &tally);
	return hr_answer_set_body(out, line_type, &buf, err);
}

static bool answer(hr_app *app, const hr_call *call, hr_settle_question question,
		   hr_http_response *out, hr_error *err)
{
	const hr_http_request *request = call->request;
	const bool lines = has_lines(request);
	hr_settle_asking asking = { .question = question,
				    .english = is_english(app),
				    .text = !lines && wants_text(request) };

	return read_query(request, &asking, err) &&
	       hr_app_catalog(app, request->arena, &asking.catalog, err) &&
	       (lines ? answer_lines : answer_one)(app, call, &asking, out, err);
}

bool hr_answer_settle_quotes(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	return answer(app, call, HR_SETTLE_QUOTE, out, err);
}

bool hr_answer_settle_explanations(hr_app *app, const hr_call *call, hr_http_response *out,
				   hr_error *err)
{
	return answer(app, call, HR_SETTLE_EXPLANATION, out, err);
}

bool hr_answer_settle_comparisons(hr_app *app, const hr_call *call, hr_http_response *out,
				  hr_error *err)
{
	return answer(app, call, HR_SETTLE_COMPARISON, out, err);
}

bool hr_answer_settle_diagnoses(hr_app *app, const hr_call *call, hr_http_response *out,
				hr_error *err)
{
	return answer(app, call, HR_SETTLE_DIAGNOSIS, out, err);
}

bool hr_answer_settle_checks(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	return answer(app, call, HR_SETTLE_CHECK, out, err);
}

bool hr_answer_settle_filing_checks(hr_app *app, const hr_call *call, hr_http_response *out,
				    hr_error *err)
{
	return answer(app, call, HR_SETTLE_FILING, out, err);
}

/* --- who has opened what --- */

static bool read_network(const hr_http_request *request, hr_network_query *query,
			 hr_settle_asking *asking, hr_error *err)
{
	if (!check_query(request, err))
		return false;
	for (size_t i = 0; i < request->query_count; i++) {
		const hr_http_field *field = &request->query[i];
		const bool is_lang = hr_str_equal(field->name, HR_STR("lang"));

		if (is_lang && !set_lang(asking, field->value))
			return hr_fail(err, HR_E_USAGE, "'lang' wants zh or en");
		if (!is_lang && !hr_network_query_set(query, field->name, field->value, err))
			return false;
	}
	return true;
}

bool hr_answer_settle_institutions(hr_app *app, const hr_call *call, hr_http_response *out,
				   hr_error *err)
{
	const hr_http_request *request = call->request;
	hr_settle_asking asking = { .english = is_english(app), .text = wants_text(request) };
	hr_network_query query = { .service = HR_SERVICE_COUNT,
				   .on = hr_instant_date(hr_app_now()) };
	hr_buf buf;

	if (!read_network(request, &query, &asking, err) ||
	    !hr_app_catalog(app, request->arena, &asking.catalog, err))
		return false;
	hr_buf_init(&buf, request->kept, HR_SETTLE_ANSWER_MAX);
	if (asking.text)
		hr_network_format_text(asking.catalog, &query,
				       asking.english ? HR_QUOTE_EN : HR_QUOTE_ZH, &buf);
	else
		hr_network_format_json(asking.catalog, &query, &buf);
	return hr_answer_set_body(out, type_of(&asking), &buf, err);
}
