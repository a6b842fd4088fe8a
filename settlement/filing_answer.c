/* From a question about filings to its answer, in JSON and in words. */
#include "settlement/filing_ask.h"
#include "settlement/origin.h"

#include <string.h>

#define NAME(w, literal)	  hr_json_name((w), HR_STR(literal))
#define MEMBER(w, literal, value) hr_json_member((w), HR_STR(literal), (value))

/* --- making it --- */

static bool find_filing(const hr_filing_ask *ask, uint32_t *out, hr_error *err)
{
	for (size_t i = 0; i < ask->filing_count; i++)
		if (hr_str_equal(ask->filings[i].id, ask->id)) {
			*out = (uint32_t)i;
			return true;
		}
	return hr_fail(err, HR_E_NOT_FOUND, "filing: the person has none of that id");
}

bool hr_filing_answer_make(const hr_catalog *catalog, const hr_filing_ask *ask,
			   hr_filing_answer *out, hr_error *err)
{
	hr_filing_application application = ask->application;
	uint32_t index = HR_ID_NONE;

	if (ask->asks == HR_FILING_ASKS_NOTHING)
		return hr_fail(err, HR_E_INCOMPLETE,
			       "filing: 'application', 'change', 'cancel' or 'visit' is missing");
	if (ask->asks != HR_FILING_ASKS_VISIT && ask->today.day == HR_DATE_MIN.day)
		return hr_fail(err, HR_E_INCOMPLETE, "filing: 'today' is missing");
	if ((ask->asks == HR_FILING_ASKS_CHANGE || ask->asks == HR_FILING_ASKS_CANCEL) &&
	    !find_filing(ask, &index, err))
		return false;
	memset(out, 0, sizeof(*out));
	out->catalog = catalog;
	out->area = hr_catalog_find_area(catalog, ask->person.insured);
	out->filings = ask->filings;
	out->is_ruling = ask->asks == HR_FILING_ASKS_VISIT;
	out->decision.verdict = HR_FILING_UNKNOWN;
	out->decision.due = out->decision.change_from = HR_DATE_MIN;
	out->ruling.by = HR_ID_NONE;
	if (!out->area)
		return true;
	application.replaces = index;
	if (out->is_ruling)
		hr_filing_rule(out->area, &ask->visit, ask->filings, ask->filing_count,
			       &out->ruling);
	else if (ask->asks == HR_FILING_ASKS_CANCEL)
		hr_filing_cancel(out->area, &ask->filings[index], ask->today, ask->objective,
				 &out->decision);
	else
		hr_filing_apply(catalog, out->area, ask->filings, ask->filing_count, &application,
				ask->today, &out->decision);
	return true;
}

int hr_filing_answer_code(const hr_filing_answer *answer)
{
	if (answer->is_ruling)
		return answer->ruling.outcome == HR_FILING_HOLDS   ? 0
		       : answer->ruling.outcome == HR_FILING_FAILS ? 1
								   : 4;
	return answer->decision.verdict == HR_FILING_REFUSED   ? 1
	       : answer->decision.verdict == HR_FILING_UNKNOWN ? 4
							       : 0;
}

static const hr_filing_findings *findings_of(const hr_filing_answer *answer)
{
	return answer->is_ruling ? &answer->ruling.findings : &answer->decision.findings;
}

static bool is_synthetic(const hr_filing_answer *answer)
{
	return hr_filing_findings_are_synthetic(findings_of(answer));
}

/* --- as JSON --- */

/* Nothing of a day that is not told, or of an end that there is not. */
static void add_day(hr_json_writer *w, hr_str name, hr_date day)
{
	char text[HR_DATE_TEXT];

	if (day.day != HR_DATE_MIN.day && day.day != HR_DATE_MAX.day)
		hr_json_member(w, name, hr_date_format(day, text));
}

static void add_sentence(hr_json_writer *w, hr_str name, const hr_filing_finding *finding,
			 bool english)
{
	char text[1400];
	hr_buf words;

	hr_buf_init_over(&words, text, sizeof(text));
	hr_filing_finding_format(finding, english, &words);
	hr_json_member(w, name, hr_buf_str(&words));
}

static void add_finding(hr_json_writer *w, const hr_filed *filings,
			const hr_filing_finding *finding)
{
	static const hr_str effects[] = {
		[HR_FILING_NO] = HR_STR_INIT("no"),
		[HR_FILING_OPEN] = HR_STR_INIT("open"),
		[HR_FILING_YES] = HR_STR_INIT("yes"),
		[HR_FILING_NOTE] = HR_STR_INIT("note"),
	};

	hr_json_open_object(w);
	MEMBER(w, "code", hr_filing_reason_code(finding->reason));
	MEMBER(w, "effect", effects[hr_filing_reason_effect(finding->reason)]);
	MEMBER(w, "cause", hr_filing_cause_word(hr_filing_reason_cause(finding->reason)));
	if (finding->filing != HR_ID_NONE)
		MEMBER(w, "filing", filings[finding->filing].id);
	add_sentence(w, HR_STR("zh"), finding, false);
	add_sentence(w, HR_STR("en"), finding, true);
	if (finding->origin)
		hr_origin_write(w, finding->origin);
	hr_json_close_object(w);
}

void hr_filing_findings_write(const hr_filing_findings *findings, const hr_filed *filings,
			      hr_json_writer *w)
{
	NAME(w, "reasons");
	hr_json_open_array(w);
	for (uint32_t i = 0; i < findings->count; i++)
		add_finding(w, filings, &findings->rows[i]);
	hr_json_close_array(w);
}

static void add_ruling(hr_json_writer *w, const hr_filing_answer *answer)
{
	const hr_filing_ruling *ruling = &answer->ruling;

	MEMBER(w, "outcome", hr_filing_outcome_word(ruling->outcome));
	if (!answer->area)
		return;
	MEMBER(w, "need", hr_filing_need_word(ruling->need));
	MEMBER(w, "filing", hr_filing_word(ruling->gives));
	if (ruling->by != HR_ID_NONE)
		MEMBER(w, "by", answer->filings[ruling->by].id);
	MEMBER(w, "zone",
	       ruling->zone   ? ruling->zone->name
	       : ruling->home ? HR_STR("home")
			      : HR_STR("outside"));
}

static void add_decision(hr_json_writer *w, const hr_filing_decision *decision)
{
	MEMBER(w, "outcome", hr_filing_verdict_word(decision->verdict));
	MEMBER(w, "rloc_rea", decision->filed.kind);
	MEMBER(w, "rloc_admdvs", decision->filed.region);
	add_day(w, HR_STR("begndate"), decision->filed.from);
	add_day(w, HR_STR("enddate"), decision->filed.until);
	if (decision->kind) {
		MEMBER(w, "filing", hr_filing_word(decision->kind->gives));
		if (decision->validity.sure.day >= decision->validity.from.day)
			add_day(w, HR_STR("surely_until"), decision->validity.sure);
	}
	add_day(w, HR_STR("due"), decision->due);
	add_day(w, HR_STR("change_from"), decision->change_from);
}

void hr_filing_answer_write(const hr_filing_answer *answer, hr_json_writer *w)
{
	const hr_filing_findings *findings = findings_of(answer);

	if (answer->is_ruling)
		add_ruling(w, answer);
	else
		add_decision(w, &answer->decision);
	NAME(w, "synthetic");
	hr_json_bool(w, is_synthetic(answer));
	MEMBER(w, "catalogue", hr_catalog_id(answer->catalog));
	if (answer->area)
		MEMBER(w, "area", answer->area->region);
	hr_filing_findings_write(findings, answer->filings, w);
}

void hr_filed_write_members(const hr_filed *filed, hr_json_writer *w)
{
	MEMBER(w, "id", filed->id);
	MEMBER(w, "rloc_rea", filed->kind);
	MEMBER(w, "insuplc_admdvs", filed->insured);
	MEMBER(w, "rloc_admdvs", filed->region);
	add_day(w, HR_STR("appy_date"), filed->applied);
	add_day(w, HR_STR("begndate"), filed->from);
	add_day(w, HR_STR("enddate"), filed->until);
	MEMBER(w, "stas", hr_filing_state_word(filed->state));
	add_day(w, HR_STR("ended"), filed->ended);
}

/* --- in words --- */

struct words {
	hr_str zh;
	hr_str en;
};

static void add_line(hr_buf *out, const struct words *words, bool english)
{
	hr_buf_add(out, english ? words->en : words->zh);
	hr_buf_add_char(out, '\n');
}

static void add_head(const hr_filing_answer *answer, bool english, hr_buf *out)
{
	static const struct words outcomes[] = {
		[HR_FILING_OPEN_STILL] = { HR_STR_INIT("备案: 不能断定"),
					   HR_STR_INIT("filing: cannot be told") },
		[HR_FILING_HOLDS] = { HR_STR_INIT("备案: 符合直接结算的要求"),
				      HR_STR_INIT("filing: as direct settlement needs it") },
		[HR_FILING_FAILS] = { HR_STR_INIT("备案: 不符合直接结算的要求"),
				      HR_STR_INIT("filing: not as direct settlement needs it") },
	};
	static const struct words verdicts[HR_FILING_VERDICTS] = {
		[HR_FILING_APPROVED] = { HR_STR_INIT("备案申请: 通过"),
					 HR_STR_INIT("application: approved") },
		[HR_FILING_QUEUED] = { HR_STR_INIT("备案申请: 待审核"),
				       HR_STR_INIT("application: queued") },
		[HR_FILING_REFUSED] = { HR_STR_INIT("备案申请: 不通过"),
					HR_STR_INIT("application: refused") },
		[HR_FILING_UNKNOWN] = { HR_STR_INIT("备案申请: 不能断定"),
					HR_STR_INIT("application: undecided") },
	};

	add_line(out,
		 answer->is_ruling ? &outcomes[answer->ruling.outcome]
				   : &verdicts[answer->decision.verdict],
		 english);
}

static void add_reason(hr_buf *out, const hr_filing_finding *finding, bool english)
{
	HR_BUF_ADD(out, "- ");
	hr_filing_finding_format(finding, english, out);
	if (finding->origin) {
		HR_BUF_ADD(out, " (");
		hr_buf_add(out, finding->origin->file);
		hr_buf_addf(out, ":%u: ", finding->origin->line);
		hr_buf_add(out, finding->origin->source);
		hr_buf_add(out, hr_origin_undated(finding->origin, english));
		HR_BUF_ADD(out, ")");
	}
	hr_buf_add_char(out, '\n');
}

void hr_filing_findings_format_text(const hr_filing_findings *findings, bool english, hr_buf *out)
{
	for (uint32_t i = 0; i < findings->count; i++)
		add_reason(out, &findings->rows[i], english);
}

void hr_filing_answer_format_text(const hr_filing_answer *answer, bool english, hr_buf *out)
{
	static const struct words made_up = { HR_STR_INIT("含示范数据, 非官方"),
					      HR_STR_INIT("Contains made-up data.") };
	static const struct words no_area = {
		HR_STR_INIT("- 目录中没有参保地的规定"),
		HR_STR_INIT("- the catalogue knows nothing of the place of insurance")
	};
	const hr_filing_findings *findings = findings_of(answer);

	if (is_synthetic(answer))
		add_line(out, &made_up, english);
	add_head(answer, english, out);
	if (!answer->area)
		add_line(out, &no_area, english);
	hr_filing_findings_format_text(findings, english, out);
}
