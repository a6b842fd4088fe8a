/*
 * Settlements that are kept: recorded, taken back, a person's year. All by
 * POST, for who the person is stands in the body and in no address.
 */
#include "service/json_body.h"
#include "service/routes.h"
#include "service/settlement_asked.h"

enum { ANSWER_BYTES_MAX = 256 << 20 };

/* 201 for a settlement that is new; 200 for all else, what could not be settled among it. */
static bool answer(hr_app *app, const hr_call *call, hr_settlement_asked asked,
		   hr_http_response *out, hr_error *err)
{
	hr_arena *arena = call->request->arena;
	hr_settlement_asker asker = {
		.films = app->films,
		.actor = call->token[0] ? hr_str_of(call->token) : HR_STR("http"),
		.at = hr_app_now(),
	};
	const hr_json *body;
	bool is_new;
	hr_buf buf;

	if (!app->films)
		return hr_fail(err, HR_E_NOT_FOUND, "this service has no data folder");
	hr_buf_init(&buf, arena, ANSWER_BYTES_MAX);
	if (!hr_json_body(call->request, &body, err) ||
	    !hr_app_catalog(app, arena, &asker.catalog, err) ||
	    !hr_settlement_ask(&asker, asked, body, arena, &buf, &is_new, err))
		return false;
	if (is_new)
		out->status = 201;
	return hr_answer_set_body(out, HR_STR("application/json"), &buf, err);
}

bool hr_answer_settlement_record(hr_app *app, const hr_call *call, hr_http_response *out,
				 hr_error *err)
{
	return answer(app, call, HR_SETTLEMENT_ASKED_RECORD, out, err);
}

bool hr_answer_settlement_reverse(hr_app *app, const hr_call *call, hr_http_response *out,
				  hr_error *err)
{
	return answer(app, call, HR_SETTLEMENT_ASKED_REVERSE, out, err);
}

bool hr_answer_settlement_ledger(hr_app *app, const hr_call *call, hr_http_response *out,
				 hr_error *err)
{
	return answer(app, call, HR_SETTLEMENT_ASKED_YEAR, out, err);
}
