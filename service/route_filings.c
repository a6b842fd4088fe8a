/*
 * The book of filings: applied for, changed, cancelled, concluded by an
 * officer, listed. Each is a POST whose body names the person, for addresses
 * are logged on the way; each is a row of the audit, by the token that asked.
 */
#include "service/filing_acts.h"
#include "service/filing_deeds.h"
#include "service/films.h"
#include "service/json_body.h"
#include "service/routes.h"

enum { ANSWER_BYTES_MAX = 4 << 20, FILING_REASON_MAX = 1000 };

/* {"question":{},"id":"3","reason":""}: the question is that of filing-checks. */
struct wish {
	const hr_json *question;
	hr_str id; /* of what an officer concludes */
	hr_str reason;
};

/* One request to the book on its way. */
struct asking {
	const hr_films *films;
	hr_arena *arena;
	hr_filing_by by;
	struct wish wish;
	hr_filing_ask ask;
	const hr_catalog *catalog;
};

/* --- what is asked --- */

static bool read_member(const hr_json *member, bool concludes, struct wish *out, hr_error *err)
{
	const bool is_reason = hr_str_equal(member->name, HR_STR("reason"));
	const bool is_id = concludes && hr_str_equal(member->name, HR_STR("id"));

	if (hr_str_equal(member->name, HR_STR("question"))) {
		out->question = member;
		return true;
	}
	if (!is_reason && !is_id)
		return hr_fail(err, HR_E_USAGE, "the body has %s",
			       concludes ? "question, id and reason" : "question and reason");
	if (member->kind != HR_JSON_STRING || member->text.len > FILING_REASON_MAX)
		return hr_fail(err, HR_E_USAGE, "'%.*s' is a text of at most %d bytes",
			       HR_STR_ARG(member->name), FILING_REASON_MAX);
	*(is_id ? &out->id : &out->reason) = member->text;
	return true;
}

static bool read_wish(const hr_http_request *request, bool concludes, struct wish *out,
		      hr_error *err)
{
	const hr_json *root;

	if (request->query_count)
		return hr_fail(err, HR_E_USAGE, "this path has no query: all goes into the body");
	if (!hr_json_body(request, &root, err))
		return false;
	for (const hr_json *member = root->first; member; member = member->next)
		if (!read_member(member, concludes, out, err))
			return false;
	if (!out->question)
		return hr_fail(err, HR_E_INCOMPLETE, "the body has no 'question'");
	return !concludes || out->id.len || hr_fail(err, HR_E_INCOMPLETE, "the body has no 'id'");
}

static bool open_asking(hr_app *app, const hr_call *call, bool concludes, struct asking *out,
			hr_error *err)
{
	hr_arena *arena = call->request->arena;

	*out = (struct asking){ .films = app->films, .arena = arena };
	if (!app->films)
		return hr_fail(err, HR_E_NOT_FOUND,
			       "this service has no data folder, so it keeps no filings");
	if (!read_wish(call->request, concludes, &out->wish, err) ||
	    !hr_app_catalog(app, arena, &out->catalog, err) ||
	    !hr_filing_ask_read(out->wish.question, out->catalog, arena, &out->ask, err))
		return false;
	out->by = (hr_filing_by){ .actor = call->token[0] ? hr_str_of(call->token) : HR_STR("http"),
				  .reason = out->wish.reason,
				  .at = hr_app_now() };
	return true;
}

/* --- the book --- */

static bool list(void *context, const hr_filing_whose *whose, hr_filing_list *out, hr_error *err)
{
	const struct asking *a = context;

	return hr_filing_book_list(a->films->store, a->films->node, whose, &a->by, a->arena, out,
				   err);
}

static bool put(void *context, const hr_filing_whose *whose, const hr_filing_put *what, hr_str *id,
		hr_error *err)
{
	const struct asking *a = context;

	return hr_filing_book_put(a->films->store, a->films->node, whose, &a->by, what, a->arena,
				  id, err);
}

static hr_filing_way way_of(struct asking *a)
{
	return (hr_filing_way){ .list = list,
				.put = put,
				.context = a,
				.today = hr_instant_date(a->by.at),
				.arena = a->arena };
}

/* --- the answers --- */

static bool tell(const hr_buf *buf, hr_http_response *out, hr_error *err)
{
	return hr_answer_set_body(out, HR_STR("application/json"), buf, err);
}

static bool decide(hr_app *app, const hr_call *call, hr_filing_asks asks, hr_http_response *out,
		   hr_error *err)
{
	const hr_filing_style style = { .text = false };
	hr_filing_answer answer;
	hr_filing_way way;
	struct asking a;
	hr_buf buf;
	hr_str id;

	if (!open_asking(app, call, false, &a, err))
		return false;
	way = way_of(&a);
	if (!hr_filing_decide(&way, a.catalog, &a.ask, asks, &answer, &id, err))
		return false;
	hr_buf_init(&buf, call->request->kept, ANSWER_BYTES_MAX);
	hr_filing_answer_format(&answer, id, style, &buf);
	if (answer.area && asks != HR_FILING_ASKS_CANCEL)
		out->status = 201; /* refused is kept, too */
	return tell(&buf, out, err);
}

bool hr_answer_filing_apply(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	return decide(app, call, HR_FILING_ASKS_APPLY, out, err);
}

bool hr_answer_filing_change(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	return decide(app, call, HR_FILING_ASKS_CHANGE, out, err);
}

bool hr_answer_filing_cancel(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	return decide(app, call, HR_FILING_ASKS_CANCEL, out, err);
}

static bool conclude(hr_app *app, const hr_call *call, hr_filing_deed deed, hr_filing_state state,
		     hr_http_response *out, hr_error *err)
{
	hr_filing_way way;
	hr_json_writer w;
	struct asking a;
	hr_buf buf;

	if (!open_asking(app, call, true, &a, err))
		return false;
	way = way_of(&a);
	if (!hr_filing_conclude(&way, &a.ask, deed, a.wish.id, err))
		return false;
	hr_buf_init(&buf, call->request->kept, ANSWER_BYTES_MAX);
	hr_json_writer_init(&w, &buf, false);
	hr_json_open_object(&w);
	hr_json_member(&w, HR_STR("id"), a.wish.id);
	hr_json_member(&w, HR_STR("stas"), hr_filing_state_word(state));
	hr_json_close_object(&w);
	hr_buf_add_char(&buf, '\n');
	return tell(&buf, out, err);
}

bool hr_answer_filing_approve(hr_app *app, const hr_call *call, hr_http_response *out,
			      hr_error *err)
{
	return conclude(app, call, HR_FILING_DEED_APPROVE, HR_FILING_STATE_APPROVED, out, err);
}

bool hr_answer_filing_refuse(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	return conclude(app, call, HR_FILING_DEED_REFUSE, HR_FILING_STATE_REFUSED, out, err);
}

bool hr_answer_filing_list(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	hr_filing_whose whose;
	hr_filing_list rows;
	struct asking a;
	hr_buf buf;

	if (!open_asking(app, call, false, &a, err) || !hr_filing_ask_whose(&a.ask, &whose, err) ||
	    !list(&a, &whose, &rows, err))
		return false;
	hr_buf_init(&buf, call->request->kept, ANSWER_BYTES_MAX);
	hr_filings_write(&rows, &buf);
	hr_buf_add_char(&buf, '\n');
	return tell(&buf, out, err);
}
