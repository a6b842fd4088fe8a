/* An explanation for a system: the same parts and sentences, in both languages. */
#include "settlement/explain.h"
#include "settlement/filing_ask.h"
#include "settlement/origin.h"

#define NAME(w, literal)	  hr_json_name((w), HR_STR(literal))
#define MEMBER(w, literal, value) hr_json_member((w), HR_STR(literal), (value))

static void add_money(hr_json_writer *w, hr_str name, int64_t fen)
{
	char text[HR_MONEY_TEXT];

	hr_json_name(w, name);
	hr_json_string(w, hr_money_format((hr_money){ fen }, text));
}

static void add_filings(hr_json_writer *w, uint32_t filings)
{
	NAME(w, "filings");
	hr_json_open_array(w);
	for (hr_filing i = 0; i < HR_FILING_COUNT; i++)
		if (filings & HR_FILING_BIT(i))
			hr_json_string(w, hr_filing_word(i));
	hr_json_close_array(w);
}

/* Its number, as the text has it. */
static void add_note(hr_json_writer *w, const hr_explain *x, const hr_origin *origin)
{
	uint32_t number = hr_explain_footnote(x, origin);

	if (!number)
		return;
	NAME(w, "by");
	hr_json_int(w, number);
}

static void add_sentence(hr_json_writer *w, hr_str name, const hr_borne *part, hr_quote_lang lang)
{
	char text[2000];
	hr_buf words;

	hr_buf_init_over(&words, text, sizeof(text));
	hr_borne_format(part, lang, &words);
	hr_json_member(w, name, hr_buf_str(&words));
}

static void add_step(hr_json_writer *w, const hr_settle_step *step)
{
	char text[200];
	hr_buf words;

	hr_json_open_object(w);
	MEMBER(w, "step", hr_step_word(step->kind));
	add_money(w, HR_STR("amount"), step->fen);
	for (hr_quote_lang lang = HR_QUOTE_ZH; lang <= HR_QUOTE_EN; lang++) {
		hr_buf_init_over(&words, text, sizeof(text));
		hr_step_format(step, lang, &words);
		hr_json_member(w, lang == HR_QUOTE_ZH ? HR_STR("zh") : HR_STR("en"),
			       hr_buf_str(&words));
	}
	hr_json_close_object(w);
}

static void add_part(hr_json_writer *w, const hr_explain *x, const hr_borne *part)
{
	hr_json_open_object(w);
	MEMBER(w, "part", hr_borne_kind_word(part->kind));
	add_money(w, HR_STR("amount"), part->fen);
	if (part->kind == HR_BORNE_FUND)
		MEMBER(w, "fund", hr_fund_word(part->fund));
	add_sentence(w, HR_STR("zh"), part, HR_QUOTE_ZH);
	add_sentence(w, HR_STR("en"), part, HR_QUOTE_EN);
	if (part->policy) {
		MEMBER(w, "policy", part->policy->id);
		add_note(w, x, &part->policy->origin);
	}
	if (hr_borne_rounding(x, part)) {
		NAME(w, "rounded_by");
		hr_json_int(w, hr_explain_footnote(x, hr_borne_rounding(x, part)));
	}
	hr_json_close_object(w);
}

static void add_amounts(hr_json_writer *w, const hr_settlement *s)
{
	static const hr_amount amounts[] = { HR_MEDFEE_SUMAMT,	 HR_INSCP_SCP_AMT,
					     HR_FUND_PAY_SUMAMT, HR_HOSP_PART_AMT,
					     HR_PSN_PART_AMT,	 HR_ACCT_PAY,
					     HR_ACCT_MULAID_PAY, HR_PSN_CASH_PAY };

	for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++)
		add_money(w, hr_amount_word(amounts[i]), s->fen[amounts[i]]);
}

/* What is paid under other facts, and how much less that is for the person, if one can tell. */
static void add_other(hr_json_writer *w, const hr_explain *x, const hr_settlement *now,
		      const hr_settlement *other, const hr_rules *rules)
{
	add_money(w, HR_STR("fund_pay_sumamt"), other->fen[HR_FUND_PAY_SUMAMT]);
	add_money(w, HR_STR("psn_part_amt"), other->fen[HR_PSN_PART_AMT]);
	if (now)
		add_money(w, HR_STR("saves"),
			  now->fen[HR_PSN_PART_AMT] - other->fen[HR_PSN_PART_AMT]);
	MEMBER(w, "policy", rules->of[HR_FUND_HIFP]->id);
	add_note(w, x, &rules->of[HR_FUND_HIFP]->origin);
}

static void add_if_filed(hr_json_writer *w, const hr_explain *x, const hr_settlement *now,
			 const hr_insteads *insteads)
{
	if (insteads->count == 0)
		return;
	NAME(w, "if_filed");
	hr_json_open_array(w);
	for (uint32_t i = 0; i < insteads->count; i++) {
		const hr_instead *row = &insteads->rows[i];

		hr_json_open_object(w);
		add_filings(w, row->filings);
		add_other(w, x, now, &row->settlement, &row->rules);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

static void add_levels(hr_json_writer *w, const hr_explain *x, const hr_explained *e)
{
	if (e->level_count == 0)
		return;
	NAME(w, "at_other_levels");
	hr_json_open_array(w);
	for (uint32_t i = 0; i < e->level_count; i++) {
		hr_json_open_object(w);
		MEMBER(w, "hosp_lv", e->levels[i].level);
		add_other(w, x, e->settlement, &e->levels[i].settlement, &e->levels[i].rules);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

static void add_reading(hr_json_writer *w, const hr_explain *x, const hr_explained *e)
{
	hr_json_open_object(w);
	MEMBER(w, "of", e->reading ? HR_STR("trial") : HR_STR("result"));
	if (e->reading)
		add_filings(w, e->reading->filings);
	add_amounts(w, e->settlement);
	NAME(w, "parts");
	hr_json_open_array(w);
	for (uint32_t i = 0; i < e->part_count; i++)
		add_part(w, x, &e->parts[i]);
	hr_json_close_array(w);
	if (e->reading)
		add_if_filed(w, x, e->settlement, &e->reading->if_filed);
	add_levels(w, x, e);
	NAME(w, "steps");
	hr_json_open_array(w);
	for (uint32_t i = 0; e->reading && i < e->reading->trace.count; i++)
		add_step(w, &e->reading->trace.steps[i]);
	hr_json_close_array(w);
	hr_json_close_object(w);
}

static void add_word(hr_json_writer *w, hr_str code, hr_str zh, hr_str en)
{
	hr_json_open_object(w);
	MEMBER(w, "code", code);
	MEMBER(w, "zh", zh);
	MEMBER(w, "en", en);
	hr_json_close_object(w);
}

static void add_cause(hr_json_writer *w, const hr_may_be *cause)
{
	char texts[2][600];
	hr_buf words[2];

	for (hr_quote_lang lang = HR_QUOTE_ZH; lang <= HR_QUOTE_EN; lang++) {
		hr_buf_init_over(&words[lang], texts[lang], sizeof(texts[lang]));
		hr_may_be_format(cause, lang, &words[lang]);
	}
	add_word(w, hr_explain_word_code(cause->word), hr_buf_str(&words[HR_QUOTE_ZH]),
		 hr_buf_str(&words[HR_QUOTE_EN]));
}

static void add_breaches(hr_json_writer *w, const hr_breaches *breaches)
{
	NAME(w, "sound");
	hr_json_bool(w, breaches->count == breaches->notes);
	NAME(w, "broken");
	hr_json_open_array(w);
	for (uint32_t i = 0; i < breaches->count; i++) {
		const hr_breach *row = &breaches->rows[i];

		if (row->identity == HR_IDENTITY_8)
			continue;
		hr_json_open_object(w);
		MEMBER(w, "identity", hr_identity_name(row->identity));
		MEMBER(w, "text", hr_identity_text(row->identity));
		add_money(w, HR_STR("left"), row->left_fen);
		add_money(w, HR_STR("right"), row->right_fen);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

static void add_compared(hr_json_writer *w, const hr_compared *c)
{
	NAME(w, "result");
	hr_json_open_object(w);
	if (c->reading != HR_ID_NONE) {
		NAME(w, "nearest_reading");
		hr_json_int(w, (int64_t)c->reading + 1);
		NAME(w, "same");
		hr_json_bool(w, c->difference_count == 0);
	}
	NAME(w, "differences");
	hr_json_open_array(w);
	for (uint32_t i = 0; i < c->difference_count; i++) {
		hr_json_open_object(w);
		MEMBER(w, "amount", hr_amount_word(c->differences[i].amount));
		add_money(w, HR_STR("received"), c->differences[i].received_fen);
		add_money(w, HR_STR("trial"), c->differences[i].ours_fen);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
	add_breaches(w, &c->breaches);
	NAME(w, "may_be");
	hr_json_open_array(w);
	for (uint32_t i = 0; i < c->cause_count; i++)
		add_cause(w, &c->causes[i]);
	hr_json_close_array(w);
	hr_json_close_object(w);
}

static void add_filing(hr_json_writer *w, const hr_quote *q)
{
	if (!q->ruling)
		return;
	NAME(w, "filing");
	hr_json_open_object(w);
	MEMBER(w, "outcome", hr_filing_outcome_word(q->ruling->outcome));
	MEMBER(w, "need", hr_filing_need_word(q->ruling->need));
	add_filings(w, q->ruling->possible);
	hr_filing_findings_write(&q->ruling->findings, q->visit->filings, w);
	hr_json_close_object(w);
}

static void add_unknown(hr_json_writer *w, uint32_t unknown)
{
	NAME(w, "not_known");
	hr_json_open_array(w);
	for (hr_explain_word i = 0; i < HR_EXPLAIN_WORDS; i++)
		if (unknown >> i & 1)
			add_word(w, hr_explain_word_code(i), hr_explain_word_text(i, HR_QUOTE_ZH),
				 hr_explain_word_text(i, HR_QUOTE_EN));
	hr_json_close_array(w);
}

static void add_footnotes(hr_json_writer *w, const hr_explain *x)
{
	NAME(w, "by");
	hr_json_open_array(w);
	for (uint32_t i = 0; i < x->footnote_count; i++) {
		const hr_footnote *note = &x->footnotes[i];

		hr_json_open_object(w);
		NAME(w, "number");
		hr_json_int(w, i + 1);
		MEMBER(w, "policy", note->policy);
		hr_origin_write(w, note->origin);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

void hr_explain_format_json(const hr_explain *explain, hr_buf *out)
{
	const hr_quote *q = explain->quote;
	hr_json_writer w;

	hr_json_writer_init(&w, out, false);
	hr_json_open_object(&w);
	MEMBER(&w, "outcome", hr_quote_outcome_word(q->outcome));
	MEMBER(&w, "medins_setl_id", q->visit->id);
	NAME(&w, "trial");
	hr_json_bool(&w, true);
	NAME(&w, "synthetic");
	hr_json_bool(&w, hr_quote_is_synthetic(q));
	MEMBER(&w, "note_zh", HR_STR(HR_TRIAL_ZH));
	MEMBER(&w, "note_en", HR_STR(HR_TRIAL_EN));
	MEMBER(&w, "catalogue", hr_catalog_id(q->catalog));
	NAME(&w, "readings");
	hr_json_open_array(&w);
	for (size_t i = 0; i < explain->reading_count; i++)
		add_reading(&w, explain, &explain->readings[i]);
	hr_json_close_array(&w);
	add_if_filed(&w, explain, NULL, &q->if_filed);
	if (explain->compared)
		add_compared(&w, explain->compared);
	add_filing(&w, q);
	add_unknown(&w, explain->unknown);
	add_footnotes(&w, explain);
	hr_json_close_object(&w);
	hr_buf_add_char(out, '\n');
}
