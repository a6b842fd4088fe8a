/* An explanation as a patient reads it: plain words first, the records at its foot. */
#include "settlement/explain.h"
#include "settlement/origin.h"

#define PICK(lang, zh, en) ((lang) == HR_QUOTE_EN ? HR_STR(en) : HR_STR(zh))

/* "850.00 元" */
static void add_yuan(hr_buf *out, int64_t fen, hr_quote_lang lang)
{
	char text[HR_MONEY_TEXT];

	hr_buf_add(out, hr_money_format((hr_money){ fen }, text));
	hr_buf_add(out, PICK(lang, " 元", " yuan"));
}

/* Text with %1 to %4, each an amount in yuan. */
static void add_filled(hr_buf *out, hr_quote_lang lang, hr_str text, const int64_t *amounts)
{
	for (size_t i = 0; i < text.len; i++) {
		char next = '\0';

		if (i + 1 < text.len)
			next = text.data[i + 1];
		if (text.data[i] == '%' && next >= '1' && next <= '4') {
			add_yuan(out, amounts[next - '1'], lang);
			i++;
		} else {
			hr_buf_add_char(out, text.data[i]);
		}
	}
}

static void add_note(const hr_explain *x, const hr_origin *origin, hr_buf *out)
{
	uint32_t number = hr_explain_footnote(x, origin);

	if (number)
		hr_buf_addf(out, "[%u]", number);
}

/* --- what it comes to --- */

static void add_total(const hr_settlement *s, hr_quote_lang lang, hr_buf *out)
{
	const int64_t amounts[] = { s->fen[HR_MEDFEE_SUMAMT], s->fen[HR_FUND_PAY_SUMAMT],
				    s->fen[HR_PSN_PART_AMT], s->fen[HR_HOSP_PART_AMT] };

	add_filled(out, lang,
		   PICK(lang, "这次看病一共 %1：医保付 %2，您自己付 %3",
			"This visit costs %1: the insurance pays %2, you pay %3"),
		   amounts);
	if (amounts[3])
		add_filled(out, lang, PICK(lang, "，医院负担 %4", ", the hospital bears %4"),
			   amounts);
	hr_buf_add(out, PICK(lang, "。\n", ".\n"));
}

/* Why 210 and not 80: who looks at the amount in scope alone expects the smaller one. */
static void add_why(const hr_settlement *s, hr_quote_lang lang, hr_buf *out)
{
	const int64_t scope = s->fen[HR_INSCP_SCP_AMT];
	const int64_t fund = s->fen[HR_FUND_PAY_SUMAMT];
	const int64_t outside = s->fen[HR_MEDFEE_SUMAMT] - scope;
	const int64_t amounts[] = { scope, fund, scope - fund, outside };
	const int64_t both[] = { s->fen[HR_PSN_PART_AMT], scope - fund };

	if (outside == 0 || scope == 0 || s->fen[HR_HOSP_PART_AMT])
		return;
	add_filled(out, lang,
		   PICK(lang,
			"能报的只是其中 %1，医保付 %2，剩下 %3归您付。另外 %4"
			"不在能报的范围里，也归您付。",
			"Of it %1 is payable: the insurance pays %2, and %3 is left to you. "
			"The other %4 is not payable, and is yours as well."),
		   amounts);
	add_filled(out, lang,
		   scope > fund ? PICK(lang, "所以是 %1，不是 %2。\n", " So it is %1 and not %2.\n")
				: PICK(lang, "所以您付 %1。\n", " So you pay %1.\n"),
		   both);
}

/* Amounts in a column. */
static void add_amount_column(hr_buf *out, int64_t fen)
{
	char text[HR_MONEY_TEXT];
	hr_str amount = hr_money_format((hr_money){ fen }, text);

	hr_buf_addf(out, "%12.*s", HR_STR_ARG(amount));
}

static void add_parts(const hr_explain *x, const hr_explained *e, hr_quote_lang lang, hr_buf *out)
{
	int64_t sum = 0;

	if (e->part_count)
		hr_buf_add(out, PICK(lang, "您付的钱是这样来的（元）：\n",
				     "What you pay is made up of (yuan):\n"));
	for (uint32_t i = 0; i < e->part_count; i++) {
		const hr_borne *part = &e->parts[i];

		sum += part->fen;
		add_amount_column(out, part->fen);
		HR_BUF_ADD(out, "  ");
		hr_borne_format(part, lang, out);
		add_note(x, part->policy ? &part->policy->origin : NULL, out);
		add_note(x, hr_borne_rounding(x, part), out);
		hr_buf_add_char(out, '\n');
	}
	if (e->part_count && sum == e->settlement->fen[HR_PSN_PART_AMT]) {
		add_amount_column(out, sum);
		hr_buf_add(out, PICK(lang, "  合计\n", "  in all\n"));
	}
}

static void add_payers(const hr_settlement *s, hr_quote_lang lang, hr_buf *out)
{
	const int64_t within =
		s->fen[HR_PSN_PART_AMT] - s->fen[HR_PSN_CASH_PAY] - s->fen[HR_ACCT_MULAID_PAY];
	const int64_t amounts[] = { within, s->fen[HR_ACCT_MULAID_PAY], s->fen[HR_PSN_CASH_PAY] };

	if (amounts[0] <= 0 && amounts[1] == 0)
		return;
	add_filled(out, lang, PICK(lang, "其中个人账户付 %1", "Of it your account pays %1"),
		   amounts);
	if (amounts[1])
		add_filled(out, lang,
			   PICK(lang, "，家人的共济账户付 %2", ", a relative's account %2"),
			   amounts);
	add_filled(out, lang, PICK(lang, "，现金付 %3。\n", ", cash is %3.\n"), amounts);
}

/* --- what would have been otherwise --- */

/* `now` is NULL where it is not known what is paid as it is. */
static void add_other(const hr_explain *x, const hr_settlement *now, const hr_settlement *other,
		      const hr_rules *rules, hr_quote_lang lang, hr_buf *out)
{
	const int64_t saved = now ? now->fen[HR_PSN_PART_AMT] - other->fen[HR_PSN_PART_AMT] : 0;
	const int64_t amounts[] = { other->fen[HR_FUND_PAY_SUMAMT], other->fen[HR_PSN_PART_AMT],
				    saved < 0 ? -saved : saved };

	add_filled(out, lang,
		   PICK(lang, "：医保付 %1，您付 %2", ": the insurance pays %1, you pay %2"),
		   amounts);
	if (saved)
		add_filled(out, lang,
			   saved < 0 ? PICK(lang, "，多付 %3", ", which is %3 more")
				     : PICK(lang, "，少付 %3", ", which is %3 less"),
			   amounts);
	hr_buf_add(out, PICK(lang, "。", "."));
	add_note(x, &rules->of[HR_FUND_HIFP]->origin, out);
	hr_buf_add_char(out, '\n');
}

static void add_if_filed(const hr_explain *x, const hr_settlement *now, const hr_insteads *insteads,
			 hr_quote_lang lang, hr_buf *out)
{
	for (uint32_t i = 0; i < insteads->count; i++) {
		const hr_instead *row = &insteads->rows[i];

		hr_buf_add(out, PICK(lang, "如果办了备案（", "Had it been filed ("));
		hr_filings_format(row->filings, lang, out);
		hr_buf_add(out, PICK(lang, "）", ")"));
		add_other(x, now, &row->settlement, &row->rules, lang, out);
	}
}

static void add_others(const hr_explain *x, const hr_explained *e, hr_quote_lang lang, hr_buf *out)
{
	if (e->reading)
		add_if_filed(x, e->settlement, &e->reading->if_filed, lang, out);
	for (uint32_t i = 0; i < e->level_count; i++) {
		const hr_other_level *row = &e->levels[i];

		hr_buf_add(out, PICK(lang, "同样的费用如果在", "The same bill at "));
		hr_buf_add(out, hr_level_name(row->level, lang));
		add_other(x, e->settlement, &row->settlement, &row->rules, lang, out);
	}
}

/* --- filing, what is not known, the received result --- */

static void add_filing(const hr_explain *x, hr_quote_lang lang, hr_buf *out)
{
	const hr_filing_ruling *ruling = x->quote->ruling;

	if (!ruling)
		return;
	hr_buf_add(out, PICK(lang, "\n备案：", "\nFiling: "));
	hr_filings_format(ruling->possible, lang, out);
	hr_buf_add_char(out, '\n');
	for (uint32_t i = 0; i < ruling->findings.count; i++) {
		const hr_filing_finding *finding = &ruling->findings.rows[i];

		HR_BUF_ADD(out, " - ");
		hr_filing_finding_format(finding, lang == HR_QUOTE_EN, out);
		add_note(x, finding->origin, out);
		hr_buf_add_char(out, '\n');
	}
	if (x->quote->filing_needed && ruling->possible & HR_FILING_BIT(HR_FILING_NONE))
		hr_buf_add(out,
			   PICK(lang, "还没有出院结算的，可以先补办备案，联网医院应直接结算。\n",
				"If the stay is not settled yet, file first: then a linked "
				"hospital settles directly.\n"));
}

static void add_unknown(const hr_explain *x, hr_quote_lang lang, hr_buf *out)
{
	if (!x->unknown)
		return;
	hr_buf_add(out, PICK(lang, "\n还不清楚的：\n", "\nWhat is not known:\n"));
	for (hr_explain_word i = 0; i < HR_EXPLAIN_WORDS; i++)
		if (x->unknown >> i & 1) {
			HR_BUF_ADD(out, " - ");
			hr_buf_add(out, hr_explain_word_text(i, lang));
			hr_buf_add_char(out, '\n');
		}
}

static void add_differences(const hr_compared *c, hr_quote_lang lang, hr_buf *out)
{
	for (uint32_t i = 0; i < c->difference_count; i++) {
		const hr_amount_difference *row = &c->differences[i];
		const int64_t more = row->received_fen - row->ours_fen;
		const int64_t amounts[] = { row->received_fen, row->ours_fen,
					    more < 0 ? -more : more };

		HR_BUF_ADD(out, " - ");
		hr_buf_add(out, hr_amount_name(row->amount, lang));
		add_filled(out, lang,
			   more < 0 ? PICK(lang, "：结算单 %1，试算 %2，少 %3\n",
					   ": the result %1, ours %2, %3 less\n")
				    : PICK(lang, "：结算单 %1，试算 %2，多 %3\n",
					   ": the result %1, ours %2, %3 more\n"),
			   amounts);
	}
}

static void add_breaches(const hr_compared *c, hr_quote_lang lang, hr_buf *out)
{
	if (c->breaches.count == c->breaches.notes) {
		hr_buf_add(out, PICK(lang, "结算单自己的各项数字加得起来。\n",
				     "The result's own figures add up.\n"));
		return;
	}
	hr_buf_add(out, PICK(lang, "结算单自己的数字有对不上的：\n",
			     "The result's own figures do not add up:\n"));
	for (uint32_t i = 0; i < c->breaches.count; i++) {
		const hr_breach *row = &c->breaches.rows[i];
		const int64_t sides[] = { row->left_fen, row->right_fen };

		if (row->identity == HR_IDENTITY_8)
			continue;
		hr_buf_addf(out, " - %.*s %.*s", HR_STR_ARG(hr_identity_name(row->identity)),
			    HR_STR_ARG(hr_identity_text(row->identity)));
		add_filled(out, lang, PICK(lang, "（一边 %1，另一边 %2）\n", " (%1 and %2)\n"),
			   sides);
	}
}

static void add_compared(const hr_explain *x, hr_quote_lang lang, hr_buf *out)
{
	const hr_compared *c = x->compared;

	if (!c)
		return;
	hr_buf_add(out,
		   PICK(lang, "\n与结算单比较：\n", "\nBeside the result that was received:\n"));
	if (c->reading == HR_ID_NONE)
		hr_buf_add(out, PICK(lang, "没有试算可比。上面是结算单自己的数字。\n",
				     "There is no trial calculation beside it; the figures above "
				     "are the result's own.\n"));
	else if (c->difference_count == 0)
		hr_buf_add(out, PICK(lang, "每一项都相同。\n", "Every amount is the same.\n"));
	else if (x->reading_count > 1)
		hr_buf_addf(out,
			    lang == HR_QUOTE_EN ? "Reading %zu is the nearest:\n"
						: "与第 %zu 种算法最接近：\n",
			    c->reading + 1);
	add_differences(c, lang, out);
	add_breaches(c, lang, out);
	if (c->cause_count)
		hr_buf_add(out, PICK(lang, "可能的原因（不是说谁算错了，以参保地的结算为准）：\n",
				     "What may be the cause (this does not say who is wrong; what "
				     "the place of insurance settles holds):\n"));
	for (uint32_t i = 0; i < c->cause_count; i++) {
		HR_BUF_ADD(out, " - ");
		hr_may_be_format(&c->causes[i], lang, out);
		hr_buf_add_char(out, '\n');
	}
}

static void add_footnotes(const hr_explain *x, hr_quote_lang lang, hr_buf *out)
{
	if (x->footnote_count)
		hr_buf_add(out, PICK(lang, "\n依据：\n", "\nBy:\n"));
	for (uint32_t i = 0; i < x->footnote_count; i++) {
		const hr_footnote *note = &x->footnotes[i];

		hr_buf_addf(out, "[%u] ", i + 1);
		if (note->policy.len)
			hr_buf_addf(out, "%.*s, ", HR_STR_ARG(note->policy));
		hr_buf_addf(out, "%.*s:%u (%.*s: %.*s%.*s)\n", HR_STR_ARG(note->origin->file),
			    note->origin->line,
			    HR_STR_ARG(lang == HR_QUOTE_EN ? hr_grade_word(note->origin->grade)
							   : hr_grade_zh(note->origin->grade)),
			    HR_STR_ARG(note->origin->source),
			    HR_STR_ARG(hr_origin_undated(note->origin, lang == HR_QUOTE_EN)));
	}
}

/* --- all of it --- */

static void add_head(const hr_explain *x, size_t index, hr_quote_lang lang, hr_buf *out)
{
	const hr_reading *reading = x->readings[index].reading;

	hr_buf_add_char(out, '\n');
	if (x->reading_count > 1)
		hr_buf_addf(out,
			    lang == HR_QUOTE_EN ? "-- reading %zu of %zu"
						: "-- 第 %zu 种算法，共 %zu 种",
			    index + 1, x->reading_count);
	if (x->reading_count > 1 && reading && hr_quote_filing_is_open(x->quote)) {
		hr_buf_add(out, PICK(lang, "，按", ", taken as "));
		hr_filings_format(reading->filings, lang, out);
	}
	if (x->reading_count > 1)
		hr_buf_add_char(out, '\n');
}

static void add_nothing(const hr_quote *q, hr_quote_lang lang, hr_buf *out)
{
	switch (q->outcome) {
	case HR_QUOTE_NO_AREA:
		hr_buf_add(out,
			   PICK(lang, "还没有收录您参保地的政策，没法试算。\n",
				"The catalogue has no policies of your place of insurance.\n"));
		break;
	case HR_QUOTE_NO_POLICY:
		hr_buf_add(out, PICK(lang, "没有收录适用于这次看病的政策，没法试算。\n",
				     "The catalogue has no policy for this visit.\n"));
		break;
	case HR_QUOTE_NOT_QUALIFIED:
		hr_buf_add(
			out,
			PICK(lang,
			     "没有这个病的门诊慢特病资格，不能按门慢特结算。先在参保地办理资格。\n",
			     "The disease is not qualified, so it is not settled as one. "
			     "Have it qualified at your place of insurance first.\n"));
		break;
	case HR_QUOTE_COMPUTED:
		break;
	}
}

static void add_no_policy_under(const hr_explain *x, hr_quote_lang lang, hr_buf *out)
{
	if (!x->quote->unknown_under || !x->quote->reading_count)
		return;
	hr_buf_add(out, PICK(lang, "\n如果按", "\nTaken as "));
	hr_filings_format(x->quote->unknown_under, lang, out);
	hr_buf_add(out, PICK(lang, "，没有收录适用的政策，没法试算。\n",
			     ": the catalogue has no policy for it.\n"));
}

void hr_explain_format_text(const hr_explain *explain, hr_quote_lang lang, hr_buf *out)
{
	if (hr_quote_is_synthetic(explain->quote))
		hr_buf_add(out,
			   PICK(lang, "含示范数据, 非官方\n", "Uses made-up data, not official\n"));
	hr_buf_add(out, PICK(lang, HR_TRIAL_ZH "\n", HR_TRIAL_EN "\n"));
	add_nothing(explain->quote, lang, out);
	for (size_t i = 0; i < explain->reading_count; i++) {
		const hr_explained *e = &explain->readings[i];

		add_head(explain, i, lang, out);
		add_total(e->settlement, lang, out);
		add_why(e->settlement, lang, out);
		add_parts(explain, e, lang, out);
		add_payers(e->settlement, lang, out);
		add_others(explain, e, lang, out);
	}
	add_no_policy_under(explain, lang, out);
	add_if_filed(explain, NULL, &explain->quote->if_filed, lang, out);
	add_compared(explain, lang, out);
	add_filing(explain, lang, out);
	add_unknown(explain, lang, out);
	add_footnotes(explain, lang, out);
}
