#include "settlement/filing_ask.h"
#include "settlement/origin.h"
#include "settlement/quote.h"

/* Words of an answer, Chinese and English. */
#define PICK(lang, zh, en) ((lang) == HR_QUOTE_EN ? HR_STR(en) : HR_STR(zh))

static void add_pair_name(hr_buf *out, hr_quote_lang lang, hr_str name)
{
	hr_buf_add(out, name);
	hr_buf_add(out, PICK(lang, "：", ": "));
}

static void add_pair(hr_buf *out, hr_quote_lang lang, hr_str name, hr_str value)
{
	add_pair_name(out, lang, name);
	hr_buf_add(out, value);
	hr_buf_add_char(out, '\n');
}

static void add_place(const hr_quote *q, hr_quote_lang lang, hr_buf *out)
{
	hr_str zone = q->home ? PICK(lang, "统筹区内", "within the pooling area")
			      : PICK(lang, "统筹区外", "outside the pooling area");

	if (q->zone)
		zone = q->zone->title.len ? q->zone->title : q->zone->name;
	add_pair(out, lang, PICK(lang, "就医区域", "treated"), zone);
	add_pair_name(out, lang, PICK(lang, "备案", "filing"));
	if (hr_quote_filing_is_open(q))
		hr_buf_add(out, PICK(lang, "不能断定: ", "cannot be told: "));
	hr_filings_format(q->ruling->possible, lang, out);
	hr_buf_add_char(out, '\n');
	hr_filing_findings_format_text(&q->ruling->findings, lang == HR_QUOTE_EN, out);
	if (q->filing_needed && q->ruling->possible & HR_FILING_BIT(HR_FILING_NONE))
		hr_buf_add(out,
			   PICK(lang, "此处就医需要备案；出院结算前补办，联网医院应直接结算。\n",
				"Filing is needed there; filed before the discharge is "
				"settled, a linked hospital settles directly.\n"));
}

static void add_origin(hr_quote_lang lang, const hr_policy *policy, hr_buf *out)
{
	const hr_origin *origin = &policy->origin;

	hr_buf_addf(out,
		    lang == HR_QUOTE_EN ? "  by %.*s (%.*s:%u; %.*s: %.*s%.*s)\n"
					: "  依据 %.*s (%.*s:%u; %.*s: %.*s%.*s)\n",
		    HR_STR_ARG(policy->id), HR_STR_ARG(origin->file), origin->line,
		    HR_STR_ARG(lang == HR_QUOTE_EN ? hr_grade_word(origin->grade)
						   : hr_grade_zh(origin->grade)),
		    HR_STR_ARG(origin->source),
		    HR_STR_ARG(hr_origin_undated(origin, lang == HR_QUOTE_EN)));
}

/* Of each policy that decided; the steps say it beside them. */
static void add_undated(const hr_reading *reading, hr_quote_lang lang, hr_buf *out)
{
	for (hr_fund fund = 0; fund < HR_FUND_COUNT && !reading->trace.count; fund++) {
		const hr_policy *policy = reading->rules.of[fund];

		if (policy && policy->origin.undated)
			hr_buf_addf(out,
				    lang == HR_QUOTE_EN
					    ? "No source says from which day %.*s applies.\n"
					    : "没有来源说明 %.*s 从哪一天起施行。\n",
				    HR_STR_ARG(policy->id));
	}
}

static void add_steps(const hr_reading *reading, hr_quote_lang lang, hr_buf *out)
{
	const hr_policy *policy = NULL;

	for (uint32_t i = 0; i < reading->trace.count; i++) {
		const hr_settle_step *step = &reading->trace.steps[i];

		if (step->policy != policy) {
			hr_buf_addf(out, "%.*s\n",
				    HR_STR_ARG(step->policy ? hr_fund_name(step->fund, lang)
							    : PICK(lang, "个人", "person")));
			if (step->policy)
				add_origin(lang, step->policy, out);
			policy = step->policy;
		}
		HR_BUF_ADD(out, "  ");
		hr_step_format(step, lang, out);
		hr_buf_add_char(out, '\n');
	}
}

static void add_amounts(const hr_settlement *s, hr_quote_lang lang, hr_buf *out)
{
	for (hr_amount i = 0; i < HR_AMOUNT_COUNT; i++) {
		bool always = i == HR_MEDFEE_SUMAMT || i == HR_INSCP_SCP_AMT ||
			      i == HR_FUND_PAY_SUMAMT || i == HR_PSN_PART_AMT;
		char text[HR_MONEY_TEXT];

		if (s->fen[i] || always)
			add_pair(out, lang, hr_amount_name(i, lang),
				 hr_money_format((hr_money){ s->fen[i] }, text));
	}
}

/* Under which filing it is the answer, where that cannot be told. */
static void add_condition(const hr_quote *q, uint32_t filings, hr_quote_lang lang, hr_buf *out)
{
	if (!hr_quote_filing_is_open(q))
		return;
	hr_buf_add(out, PICK(lang, "按", "taken as "));
	hr_filings_format(filings, lang, out);
	HR_BUF_ADD(out, ": ");
}

static void add_head(const hr_quote *q, size_t index, hr_quote_lang lang, hr_buf *out)
{
	if (q->reading_count == 1 && !q->unknown_under)
		return;
	HR_BUF_ADD(out, "\n-- ");
	add_condition(q, q->readings[index].filings, lang, out);
	if (hr_quote_sources_conflict(q))
		hr_buf_add(out, PICK(lang, "来源互相矛盾: ", "sources conflict: "));
	if (q->reading_count > 1)
		hr_buf_addf(out,
			    lang == HR_QUOTE_EN ? "reading %zu of %zu" : "第 %zu 种读法, 共 %zu 种",
			    index + 1, q->reading_count);
	hr_buf_add_char(out, '\n');
}

/* What the missing filing costs. */
static void add_instead(const hr_insteads *insteads, hr_quote_lang lang, hr_buf *out)
{
	for (uint32_t i = 0; i < insteads->count; i++) {
		const hr_instead *row = &insteads->rows[i];
		char fund[HR_MONEY_TEXT];
		char person[HR_MONEY_TEXT];

		hr_buf_add(out, PICK(lang, "如果是", "If it were "));
		hr_filings_format(row->filings, lang, out);
		hr_buf_addf(out,
			    lang == HR_QUOTE_EN ? ": all funds %.*s, person %.*s\n"
						: "：基金支付总额 %.*s，个人负担总额 %.*s\n",
			    HR_STR_ARG(hr_money_format(
				    (hr_money){ row->settlement.fen[HR_FUND_PAY_SUMAMT] }, fund)),
			    HR_STR_ARG(hr_money_format(
				    (hr_money){ row->settlement.fen[HR_PSN_PART_AMT] }, person)));
		add_origin(lang, row->rules.of[HR_FUND_HIFP], out);
	}
}

static void add_unknown(const hr_quote *q, hr_quote_lang lang, hr_buf *out)
{
	if (!q->unknown_under || !q->reading_count)
		return;
	HR_BUF_ADD(out, "\n-- ");
	add_condition(q, q->unknown_under, lang, out);
	hr_buf_add(out, PICK(lang, "目录中没有适用的结算政策，无法试算。\n",
			     "the catalogue has no policy for it.\n"));
}

void hr_quote_format_text(const hr_quote *quote, hr_quote_lang lang, hr_buf *out)
{
	if (hr_quote_is_synthetic(quote))
		hr_buf_add(out,
			   PICK(lang, "含示范数据, 非官方\n", "Uses made-up data, not official\n"));
	hr_buf_add(out, PICK(lang, HR_TRIAL_ZH "\n", HR_TRIAL_EN "\n"));
	if (quote->outcome == HR_QUOTE_NO_AREA) {
		hr_buf_add(out, PICK(lang, "目录中没有参保地的结算政策，无法试算。\n",
				     "The catalogue has no policies of the place of insurance.\n"));
		return;
	}
	add_place(quote, lang, out);
	if (quote->outcome == HR_QUOTE_NO_POLICY)
		hr_buf_add(out, PICK(lang, "目录中没有适用于此次就医的结算政策，无法试算。\n",
				     "The catalogue has no policy for this visit.\n"));
	if (quote->outcome == HR_QUOTE_NOT_QUALIFIED)
		hr_buf_add(out,
			   PICK(lang, "没有此病种的门诊慢特病资格，不能按门慢特试算。\n",
				"The disease is not qualified, so it is not settled as one.\n"));
	for (size_t i = 0; i < quote->reading_count; i++) {
		add_head(quote, i, lang, out);
		add_amounts(&quote->readings[i].settlement, lang, out);
		add_undated(&quote->readings[i], lang, out);
		add_instead(&quote->readings[i].if_filed, lang, out);
		add_steps(&quote->readings[i], lang, out);
	}
	add_unknown(quote, lang, out);
	add_instead(&quote->if_filed, lang, out);
}
