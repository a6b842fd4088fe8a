#include "settlement/filing_ask.h"
#include "settlement/origin.h"
#include "settlement/quote.h"

#define NAME(w, literal)	  hr_json_name((w), HR_STR(literal))
#define MEMBER(w, literal, value) hr_json_member((w), HR_STR(literal), (value))

static void add_money(hr_json_writer *w, hr_str name, int64_t fen)
{
	char text[HR_MONEY_TEXT];

	hr_json_name(w, name);
	hr_json_string(w, hr_money_format((hr_money){ fen }, text));
}

/* The codes of the national table of funds; of the basic one it depends on the insurance. */
static hr_str fund_code(hr_fund fund, hr_str insurance)
{
	static const hr_str codes[HR_FUND_COUNT] = {
		[HR_FUND_HIFOB] = HR_STR_INIT("330100"),   [HR_FUND_HIFMI] = HR_STR_INIT("390200"),
		[HR_FUND_CVLSERV] = HR_STR_INIT("320100"), [HR_FUND_HIFES] = HR_STR_INIT("370100"),
		[HR_FUND_HIFDM] = HR_STR_INIT("350100"),   [HR_FUND_MAF] = HR_STR_INIT("610100"),
		[HR_FUND_OTH] = HR_STR_INIT("999997"),
	};
	static const struct {
		hr_str insurance;
		hr_str code;
	} basic[] = {
		{ HR_STR_INIT("310"), HR_STR_INIT("310100") },
		{ HR_STR_INIT("340"), HR_STR_INIT("340100") },
		{ HR_STR_INIT("390"), HR_STR_INIT("390100") },
		{ HR_STR_INIT("510"), HR_STR_INIT("510100") },
	};

	for (size_t i = 0; fund == HR_FUND_HIFP && i < sizeof(basic) / sizeof(basic[0]); i++)
		if (hr_str_equal(basic[i].insurance, insurance))
			return basic[i].code;
	return codes[fund];
}

static void add_details(hr_json_writer *w, const hr_quote *q, const hr_reading *reading)
{
	NAME(w, "setldetail");
	hr_json_open_array(w);
	for (hr_fund i = 0; i < HR_FUND_COUNT; i++) {
		if (!reading->rules.of[i])
			continue;
		hr_json_open_object(w);
		MEMBER(w, "fund_pay_type", fund_code(i, q->visit->insurance));
		MEMBER(w, "fund", hr_fund_word(i));
		add_money(w, HR_STR("fund_payamt"), reading->settlement.fen[HR_PAY_OF(i)]);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

static void add_settlement(hr_json_writer *w, const hr_quote *q, const hr_reading *reading)
{
	const hr_settlement *s = &reading->settlement;
	char text[HR_MONEY_TEXT];

	NAME(w, "setlinfo");
	hr_json_open_object(w);
	MEMBER(w, "medins_setl_id", q->visit->id);
	for (hr_amount i = 0; i < HR_AMOUNT_COUNT; i++)
		add_money(w, hr_amount_word(i), s->fen[i]);
	MEMBER(w, "pool_prop_selfpay", hr_decimal_format(s->pool_prop, 4, text));
	hr_json_close_object(w);
}

/* In the form in which the next visit takes it. */
static void add_year(hr_json_writer *w, const hr_quote *q, const hr_year *year)
{
	NAME(w, "year");
	hr_json_open_array(w);
	for (uint32_t i = 0; i < year->count; i++) {
		const hr_counted *row = &year->counted[i];

		hr_json_open_object(w);
		MEMBER(w, "counter", hr_catalog_get_counter(q->catalog, row->counter));
		MEMBER(w, "hospital", row->hospital);
		NAME(w, "visits");
		hr_json_int(w, row->visits);
		add_money(w, HR_STR("deductible"), row->deductible_fen);
		add_money(w, HR_STR("standard"), row->standard_fen);
		add_money(w, HR_STR("base"), row->base_fen);
		add_money(w, HR_STR("paid"), row->paid_fen);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

static void add_policies(hr_json_writer *w, const hr_reading *reading)
{
	NAME(w, "policies");
	hr_json_open_array(w);
	for (hr_fund i = 0; i < HR_FUND_COUNT; i++) {
		const hr_policy *policy = reading->rules.of[i];

		if (!policy)
			continue;
		hr_json_open_object(w);
		MEMBER(w, "id", policy->id);
		MEMBER(w, "fund", hr_fund_word(i));
		MEMBER(w, "conflict", policy->conflict);
		hr_origin_write(w, &policy->origin);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

static void add_words(hr_json_writer *w, hr_str name, const hr_settle_step *step,
		      hr_quote_lang lang)
{
	char text[200];
	hr_buf words;

	hr_buf_init_over(&words, text, sizeof(text));
	hr_step_format(step, lang, &words);
	hr_json_member(w, name, hr_buf_str(&words));
}

static void add_trace(hr_json_writer *w, const hr_trace *trace)
{
	if (trace->count == 0)
		return;
	NAME(w, "trace");
	hr_json_open_array(w);
	for (uint32_t i = 0; i < trace->count; i++) {
		const hr_settle_step *step = &trace->steps[i];

		hr_json_open_object(w);
		if (step->policy) {
			MEMBER(w, "fund", hr_fund_word(step->fund));
			MEMBER(w, "policy", step->policy->id);
		}
		MEMBER(w, "step", hr_step_word(step->kind));
		add_money(w, HR_STR("amount"), step->fen);
		add_words(w, HR_STR("zh"), step, HR_QUOTE_ZH);
		add_words(w, HR_STR("en"), step, HR_QUOTE_EN);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

void hr_filing_set_write(hr_json_writer *w, hr_str name, uint32_t filings)
{
	hr_json_name(w, name);
	hr_json_open_array(w);
	for (hr_filing i = 0; i < HR_FILING_COUNT; i++)
		if (filings & HR_FILING_BIT(i))
			hr_json_string(w, hr_filing_word(i));
	hr_json_close_array(w);
}

/* What the missing filing costs. */
static void add_instead(hr_json_writer *w, const hr_insteads *insteads)
{
	if (insteads->count == 0)
		return;
	NAME(w, "if_filed");
	hr_json_open_array(w);
	for (uint32_t i = 0; i < insteads->count; i++) {
		const hr_instead *row = &insteads->rows[i];
		const hr_policy *policy = row->rules.of[HR_FUND_HIFP];

		hr_json_open_object(w);
		hr_filing_set_write(w, HR_STR("filings"), row->filings);
		add_money(w, HR_STR("fund_pay_sumamt"), row->settlement.fen[HR_FUND_PAY_SUMAMT]);
		add_money(w, HR_STR("psn_part_amt"), row->settlement.fen[HR_PSN_PART_AMT]);
		MEMBER(w, "policy", policy->id);
		hr_origin_write(w, &policy->origin);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

static void add_reading(hr_json_writer *w, const hr_quote *q, const hr_reading *reading)
{
	hr_json_open_object(w);
	hr_filing_set_write(w, HR_STR("filings"), reading->filings);
	add_settlement(w, q, reading);
	add_details(w, q, reading);
	add_policies(w, reading);
	add_year(w, q, &reading->after);
	add_instead(w, &reading->if_filed);
	add_trace(w, &reading->trace);
	hr_json_close_object(w);
}

/* What filings do for the visit, and by which records. */
static void add_ruling(hr_json_writer *w, const hr_quote *q)
{
	const hr_filing_ruling *ruling = q->ruling;

	NAME(w, "filing_ruling");
	hr_json_open_object(w);
	MEMBER(w, "outcome", hr_filing_outcome_word(ruling->outcome));
	MEMBER(w, "need", hr_filing_need_word(ruling->need));
	hr_filing_set_write(w, HR_STR("possible"), ruling->possible);
	if (q->unknown_under)
		hr_filing_set_write(w, HR_STR("no_policy_under"), q->unknown_under);
	if (ruling->by != HR_ID_NONE)
		MEMBER(w, "by", q->visit->filings[ruling->by].id);
	hr_filing_findings_write(&ruling->findings, q->visit->filings, w);
	hr_json_close_object(w);
}

static void add_place(hr_json_writer *w, const hr_quote *q)
{
	hr_str zone = q->home ? HR_STR("home") : HR_STR("outside");

	if (!q->area)
		return;
	MEMBER(w, "area", q->area->region);
	MEMBER(w, "zone", q->zone ? q->zone->name : zone);
	if (q->ruling->need != HR_FILING_UNDECIDED) {
		NAME(w, "filing_needed");
		hr_json_bool(w, q->filing_needed);
	}
	MEMBER(w, "filing",
	       hr_quote_filing_is_open(q) ? HR_STR("undecided") : hr_filing_word(q->filing));
	add_ruling(w, q);
	if (q->zone) {
		NAME(w, "zone_by");
		hr_json_open_object(w);
		hr_origin_write(w, &q->zone->origin);
		hr_json_close_object(w);
	}
}

hr_str hr_quote_outcome_word(hr_quote_outcome outcome)
{
	static const hr_str words[] = {
		[HR_QUOTE_COMPUTED] = HR_STR_INIT("computed"),
		[HR_QUOTE_NO_AREA] = HR_STR_INIT("no-area"),
		[HR_QUOTE_NO_POLICY] = HR_STR_INIT("no-policy"),
		[HR_QUOTE_NOT_QUALIFIED] = HR_STR_INIT("not-qualified"),
	};

	return words[outcome];
}

void hr_quote_format_json(const hr_quote *quote, hr_buf *out)
{
	hr_json_writer w;

	hr_json_writer_init(&w, out, false);
	hr_json_open_object(&w);
	MEMBER(&w, "outcome", hr_quote_outcome_word(quote->outcome));
	NAME(&w, "trial");
	hr_json_bool(&w, true);
	NAME(&w, "synthetic");
	hr_json_bool(&w, hr_quote_is_synthetic(quote));
	MEMBER(&w, "note_zh", HR_STR(HR_TRIAL_ZH));
	MEMBER(&w, "note_en", HR_STR(HR_TRIAL_EN));
	MEMBER(&w, "catalogue", hr_catalog_id(quote->catalog));
	add_place(&w, quote);
	NAME(&w, "readings");
	hr_json_open_array(&w);
	for (size_t i = 0; i < quote->reading_count; i++)
		add_reading(&w, quote, &quote->readings[i]);
	hr_json_close_array(&w);
	add_instead(&w, &quote->if_filed);
	hr_json_close_object(&w);
	hr_buf_add_char(out, '\n');
}
