/*
 * Settlements that are kept: recorded, taken back, a person's year. All by
 * POST, for who the person is stands in the body and in no address.
 */
#include "service/json_body.h"
#include "service/routes.h"
#include "service/settlements.h"

enum { ANSWER_BYTES_MAX = 256 << 20 };

typedef bool run_fn(const hr_settlement_desk *desk, const hr_catalog *catalog,
		    const hr_ledger_ask *ask, hr_arena *arena, hr_ledger_answer *out,
		    hr_error *err);

static bool reverse(const hr_settlement_desk *desk, const hr_catalog *catalog,
		    const hr_ledger_ask *ask, hr_arena *arena, hr_ledger_answer *out, hr_error *err)
{
	if (ask->reverses.len == 0)
		return hr_fail(err, HR_E_INCOMPLETE, "settlement: 'omsgid' is missing");
	return hr_settlement_reverse(desk, catalog, ask, arena, out, err);
}

static bool show(const hr_settlement_desk *desk, const hr_catalog *catalog,
		 const hr_ledger_ask *ask, hr_arena *arena, hr_ledger_answer *out, hr_error *err)
{
	(void)catalog;
	return hr_settlement_show(desk, ask, arena, out, err);
}

static bool run(hr_app *app, const hr_call *call, hr_ledger_asks asks, run_fn *act,
		hr_ledger_answer *out, hr_error *err)
{
	hr_arena *arena = call->request->arena;
	hr_settlement_here here = {
		.store = app->films->store,
		.node = app->films->node,
		.actor = call->token[0] ? hr_str_of(call->token) : HR_STR("http"),
		.at = hr_app_now(),
	};
	const hr_settlement_desk desk = hr_settlement_desk_here(&here);
	const hr_catalog *catalog;
	const hr_json *body;
	hr_ledger_ask ask;

	return hr_json_body(call->request, &body, err) &&
	       hr_app_catalog(app, arena, &catalog, err) &&
	       hr_ledger_ask_read(body, catalog, asks, arena, &ask, err) &&
	       act(&desk, catalog, &ask, arena, out, err);
}

/* 201 for a settlement that is new; 200 for all else, what could not be settled among it. */
static bool answer(hr_app *app, const hr_call *call, hr_ledger_asks asks, run_fn *act,
		   hr_http_response *out, hr_error *err)
{
	hr_ledger_answer done;
	hr_buf buf;

	if (!app->films)
		return hr_fail(err, HR_E_NOT_FOUND, "this service has no data folder");
	if (!run(app, call, asks, act, &done, err))
		return false;
	hr_buf_init(&buf, call->request->arena, ANSWER_BYTES_MAX);
	hr_ledger_answer_format_json(&done, &buf);
	if (done.did == HR_LEDGER_DID_RECORD && done.row && !done.repeated)
		out->status = 201;
	return hr_answer_set_body(out, HR_STR("application/json"), &buf, err);
}

bool hr_answer_settlement_record(hr_app *app, const hr_call *call, hr_http_response *out,
				 hr_error *err)
{
	return answer(app, call, HR_LEDGER_ASKS_RECORD, hr_settlement_record, out, err);
}

bool hr_answer_settlement_reverse(hr_app *app, const hr_call *call, hr_http_response *out,
				  hr_error *err)
{
	return answer(app, call, HR_LEDGER_ASKS_REVERSE, reverse, out, err);
}

bool hr_answer_settlement_ledger(hr_app *app, const hr_call *call, hr_http_response *out,
				 hr_error *err)
{
	return answer(app, call, HR_LEDGER_ASKS_YEAR, show, out, err);
}
