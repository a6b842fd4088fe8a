#include "service/filing_deeds.h"

enum { REASONS_BYTES_MAX = 1 << 16 };

bool hr_filing_ask_whose(const hr_filing_ask *ask, hr_filing_whose *out, hr_error *err)
{
	if (ask->person.number.len == 0)
		return hr_fail(err, HR_E_INCOMPLETE, "filing: 'certno' is missing");
	if (ask->today.day != HR_DATE_MIN.day || ask->filing_count)
		return hr_fail(err, HR_E_USAGE,
			       "filing: 'today' and 'filings' are not told here: the book knows "
			       "them");
	*out = (hr_filing_whose){ ask->person.certificate, ask->person.insured,
				  ask->person.number };
	return true;
}

static bool put_filings(const hr_filing_way *way, const hr_filing_list *list, hr_filing_ask *ask,
			hr_error *err)
{
	ask->filings = HR_NEW_N(way->arena, hr_filed, list->count);
	if (!ask->filings)
		return hr_fail_memory(err);
	for (size_t i = 0; i < list->count; i++)
		ask->filings[i] = list->rows[i].filed;
	ask->filing_count = list->count;
	ask->today = way->today;
	return true;
}

/* "back-filing-in-time material-promised", as the book keeps it. */
static bool codes_of(const hr_filing_decision *decision, hr_arena *arena, hr_str *out,
		     hr_error *err)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, REASONS_BYTES_MAX);
	for (uint32_t i = 0; i < decision->findings.count; i++) {
		if (i)
			hr_buf_add_char(&buf, ' ');
		hr_buf_add(&buf, hr_filing_reason_code(decision->findings.rows[i].reason));
	}
	*out = hr_buf_str(&buf);
	return !buf.failed || hr_fail_memory(err);
}

static bool keep(const hr_filing_way *way, const hr_filing_whose *whose, const hr_filing_ask *ask,
		 const hr_filing_answer *answer, hr_filing_put *put, hr_str *id, hr_error *err)
{
	const bool changes = ask->asks == HR_FILING_ASKS_CHANGE;

	put->row = (hr_filing_row){ .filed = answer->decision.filed,
				    .replaces = changes ? ask->id : HR_STR_NONE,
				    .catalogue = hr_catalog_id(answer->catalog) };
	return codes_of(&answer->decision, way->arena, &put->row.reasons, err) &&
	       way->put(way->context, whose, put, id, err);
}

bool hr_filing_decide(const hr_filing_way *way, const hr_catalog *catalog, hr_filing_ask *ask,
		      hr_filing_asks asks, hr_filing_answer *answer, hr_str *id, hr_error *err)
{
	const bool cancels = asks == HR_FILING_ASKS_CANCEL;
	hr_filing_put put = { .deed = cancels ? HR_FILING_DEED_CANCEL : HR_FILING_DEED_APPLY };
	hr_filing_whose whose;
	hr_filing_list list;

	if (!hr_filing_ask_whose(ask, &whose, err))
		return false;
	if (ask->asks != asks)
		return hr_fail(err, HR_E_INCOMPLETE,
			       "filing: what this is for is missing, or something else is asked");
	if (!way->list(way->context, &whose, &list, err) || !put_filings(way, &list, ask, err) ||
	    !hr_filing_answer_make(catalog, ask, answer, err))
		return false;
	*id = ask->id;
	put.turn = list.turn;
	if (!answer->area || (cancels && answer->decision.verdict != HR_FILING_APPROVED))
		return true;
	return keep(way, &whose, ask, answer, &put, id, err);
}

bool hr_filing_conclude(const hr_filing_way *way, const hr_filing_ask *ask, hr_filing_deed deed,
			hr_str id, hr_error *err)
{
	hr_filing_put put = { .deed = deed };
	hr_filing_whose whose;
	hr_filing_list list;
	hr_str kept;

	if (!hr_filing_ask_whose(ask, &whose, err) || !way->list(way->context, &whose, &list, err))
		return false;
	put.turn = list.turn;
	put.row.filed = (hr_filed){ .id = id,
				    .applied = HR_DATE_MIN,
				    .from = HR_DATE_MIN,
				    .until = HR_DATE_MIN,
				    .ended = HR_DATE_MIN };
	return way->put(way->context, &whose, &put, &kept, err);
}

void hr_filing_answer_format(const hr_filing_answer *answer, hr_str id, hr_filing_style style,
			     hr_buf *out)
{
	hr_json_writer w;

	if (style.text) {
		hr_filing_answer_format_text(answer, style.english, out);
		return;
	}
	hr_json_writer_init(&w, out, false);
	hr_json_open_object(&w);
	hr_json_member(&w, HR_STR("id"), id);
	hr_filing_answer_write(answer, &w);
	hr_json_close_object(&w);
	hr_buf_add_char(out, '\n');
}
