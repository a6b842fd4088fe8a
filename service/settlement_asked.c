#include "service/settlement_asked.h"

#include "service/settlements.h"

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

static const struct {
	hr_ledger_asks asks;
	bool (*run)(const hr_settlement_desk *desk, const hr_catalog *catalog,
		    const hr_ledger_ask *ask, hr_arena *arena, hr_ledger_answer *out,
		    hr_error *err);
} rows[] = {
	[HR_SETTLEMENT_ASKED_RECORD] = { HR_LEDGER_ASKS_RECORD, hr_settlement_record },
	[HR_SETTLEMENT_ASKED_REVERSE] = { HR_LEDGER_ASKS_REVERSE, reverse },
	[HR_SETTLEMENT_ASKED_YEAR] = { HR_LEDGER_ASKS_YEAR, show },
};

bool hr_settlement_ask(const hr_settlement_asker *asker, hr_settlement_asked asked,
		       const hr_json *body, hr_arena *arena, hr_buf *out, bool *is_new,
		       hr_error *err)
{
	hr_settlement_here here = { asker->films->store, asker->films->node, asker->actor,
				    asker->at };
	const hr_settlement_desk desk = hr_settlement_desk_here(&here);
	hr_ledger_answer answer;
	hr_ledger_ask ask;

	if (!hr_ledger_ask_read(body, asker->catalog, rows[asked].asks, arena, &ask, err) ||
	    !rows[asked].run(&desk, asker->catalog, &ask, arena, &answer, err))
		return false;
	*is_new = answer.did == HR_LEDGER_DID_RECORD && answer.row && !answer.repeated;
	hr_ledger_answer_format_json(&answer, out);
	return true;
}
