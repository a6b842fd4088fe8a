/* A comparison in words: a table of the ways, what each rests on, and what makes the difference. */
#include "settlement/compare_parts.h"
#include "settlement/origin.h"
#include "settlement/plural.h"

#include "base/text.h"

#define PICK(lang, zh, en) ((lang) == HR_QUOTE_EN ? HR_STR(en) : HR_STR(zh))

static const struct remark_row {
	hr_str code;
	hr_remark_effect effect;
	hr_str lang[2];
} remarks[] = {
#define R(name, code_, effect_, zh, en)                                                            \
	[HR_REMARK_##name] = { HR_STR_INIT(code_),                                                 \
			       HR_REMARK_EFFECT_##effect_,                                         \
			       { HR_STR_INIT(zh), HR_STR_INIT(en) } },
#include "settlement/compare_remarks.def"
#undef R
};

hr_str hr_remark_code(hr_remark_kind kind)
{
	return remarks[kind].code;
}

hr_remark_effect hr_remark_effect_of(hr_remark_kind kind)
{
	return remarks[kind].effect;
}

hr_str hr_remark_effect_word(hr_remark_effect effect)
{
	static const hr_str words[] = {
		[HR_REMARK_EFFECT_NO] = HR_STR_INIT("no"),
		[HR_REMARK_EFFECT_OPEN] = HR_STR_INIT("open"),
		[HR_REMARK_EFFECT_IF] = HR_STR_INIT("if"),
		[HR_REMARK_EFFECT_NOTE] = HR_STR_INIT("note"),
	};

	return words[effect];
}

/* What stands in the place of %s. */
static void add_words(const hr_comparison *all, const hr_remark *remark, hr_quote_lang lang,
		      hr_buf *out)
{
	const hr_visit *visit = &all->ways[HR_WAY_MANUAL].visit;
	const hr_drug_ruling *drug;
	hr_words cause;

	switch (remark->kind) {
	case HR_REMARK_CAUSE:
	case HR_REMARK_NO_INSURANCE:
		cause = hr_cause_words(remark->cause);
		hr_buf_add(out, lang == HR_QUOTE_EN ? cause.en : cause.zh);
		return;
	case HR_REMARK_DRUG:
	case HR_REMARK_DRUG_OPEN:
		drug = &all->drugs[remark->number];
		hr_drug_ruling_format(drug, &visit->lines[drug->line], lang == HR_QUOTE_EN, out);
		return;
	case HR_REMARK_FILING_NOT_KNOWN:
		hr_buf_add(out, hr_filing_name(visit->filing, lang));
		return;
	default:
		hr_buf_add_int(out, (int64_t)remark->number);
		if (lang == HR_QUOTE_EN)
			hr_buf_addf(out, " %s", hr_plural(remark->number, "cause", "causes"));
	}
}

void hr_remark_format(const hr_comparison *comparison, const hr_remark *remark, hr_quote_lang lang,
		      hr_buf *out)
{
	hr_str sentence = remarks[remark->kind].lang[lang];
	size_t at = hr_str_find(sentence, HR_STR("%s"));

	hr_buf_add(out, hr_str_slice(sentence, 0, at));
	if (at == sentence.len)
		return;
	add_words(comparison, remark, lang, out);
	hr_buf_add(out, hr_str_slice(sentence, at + 2, sentence.len));
}

static hr_str way_name(hr_way way, hr_quote_lang lang)
{
	static const hr_str names[][2] = {
#define X(name, word, zh, en) [HR_WAY_##name] = { HR_STR_INIT(zh), HR_STR_INIT(en) },
		HR_WAYS(X)
#undef X
	};

	return names[way][lang];
}

/* --- the table --- */

static bool is_conditional(const hr_way_row *row)
{
	for (uint32_t i = 0; i < row->remark_count; i++)
		if (remarks[row->remarks[i].kind].effect == HR_REMARK_EFFECT_IF)
			return true;
	return false;
}

static hr_str state_name(const hr_way_row *row, hr_quote_lang lang)
{
	switch (row->state) {
	case HR_WAY_CLOSED:
		return PICK(lang, "不能", "no");
	case HR_WAY_OPEN:
		return PICK(lang, "不能断定", "not known");
	default:
		return is_conditional(row) ? PICK(lang, "视条件", "on conditions")
					   : PICK(lang, "可以", "yes");
	}
}

static int64_t fen_of(hr_way way, const hr_settlement *s, hr_amount amount)
{
	(void)way;
	return s->fen[amount];
}

static int64_t laid_out(hr_way way, const hr_settlement *s, hr_amount unused)
{
	(void)unused;
	return hr_way_laid_out(way, s);
}

static int64_t paid_back(hr_way way, const hr_settlement *s, hr_amount unused)
{
	(void)unused;
	return hr_way_paid_back(way, s);
}

static const struct table_row {
	hr_str lang[2];
	int64_t (*fen)(hr_way way, const hr_settlement *s, hr_amount amount);
	hr_amount amount;
} table[] = {
	{ { HR_STR_INIT("医疗费总额"), HR_STR_INIT("total") }, fen_of, HR_MEDFEE_SUMAMT },
	{ { HR_STR_INIT("符合政策范围"), HR_STR_INIT("in scope") }, fen_of, HR_INSCP_SCP_AMT },
	{ { HR_STR_INIT("起付线"), HR_STR_INIT("deductible") }, fen_of, HR_ACT_PAY_DEDC },
	{ { HR_STR_INIT("基金支付"), HR_STR_INIT("funds pay") }, fen_of, HR_FUND_PAY_SUMAMT },
	{ { HR_STR_INIT("个人负担"), HR_STR_INIT("person bears") }, fen_of, HR_PSN_PART_AMT },
	{ { HR_STR_INIT("先垫付"), HR_STR_INIT("laid out first") }, laid_out, 0 },
	{ { HR_STR_INIT("之后报回"), HR_STR_INIT("paid back later") }, paid_back, 0 },
};

static hr_str cell_of(const hr_way_row *row, hr_way way, const struct table_row *line,
		      size_t reading, char text[HR_MONEY_TEXT])
{
	size_t last = row->quote.reading_count - 1;
	const hr_settlement *s;

	if (row->state != HR_WAY_COMPUTED)
		return HR_STR("-");
	s = &row->quote.readings[reading < last ? reading : last].settlement;
	return hr_money_format((hr_money){ line->fen(way, s, line->amount) }, text);
}

/* Wide enough for the longest amount and the longest name. */
enum { LABEL_COLUMNS = 16, WAY_COLUMNS = 20 };

static void pad(hr_buf *out, hr_str text, size_t columns, bool right)
{
	size_t taken = hr_text_columns(text);

	if (!right)
		hr_buf_add(out, text);
	while (taken++ < columns)
		hr_buf_add_char(out, ' ');
	if (right)
		hr_buf_add(out, text);
}

static void add_heads(const hr_comparison *all, hr_quote_lang lang, hr_buf *out)
{
	pad(out, HR_STR_NONE, LABEL_COLUMNS, false);
	for (hr_way i = 0; i < HR_WAY_COUNT; i++)
		pad(out, way_name(i, lang), WAY_COLUMNS, true);
	hr_buf_add_char(out, '\n');
	pad(out, PICK(lang, "能否办理", "possible"), LABEL_COLUMNS, false);
	for (hr_way i = 0; i < HR_WAY_COUNT; i++)
		pad(out, state_name(&all->ways[i], lang), WAY_COLUMNS, true);
	hr_buf_add_char(out, '\n');
}

static void add_amounts(const hr_comparison *all, size_t reading, hr_quote_lang lang, hr_buf *out)
{
	char text[HR_MONEY_TEXT];

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		pad(out, table[i].lang[lang], LABEL_COLUMNS, false);
		for (hr_way k = 0; k < HR_WAY_COUNT; k++)
			pad(out, cell_of(&all->ways[k], k, &table[i], reading, text), WAY_COLUMNS,
			    true);
		hr_buf_add_char(out, '\n');
	}
}

/* --- by what a reading stands --- */

static bool is_under_conditions(const hr_way_row *row)
{
	return row->state == HR_WAY_COMPUTED &&
	       (row->quote.reading_count > 1 || row->quote.unknown_under);
}

/* The policies of it that others contradict. */
static void add_contradicted(const hr_reading *reading, hr_buf *out)
{
	const char *between = " ";

	for (hr_fund fund = 0; fund < HR_FUND_COUNT; fund++) {
		const hr_policy *policy = reading->rules.of[fund];

		if (!policy || !policy->conflict.len)
			continue;
		hr_buf_addf(out, "%s%.*s", between, HR_STR_ARG(policy->id));
		between = ", ";
	}
}

/* "   直接结算：按未备案; 来源互相矛盾, 依据 a-1". */
static void add_conditions(const hr_way_row *row, hr_str name, size_t index, hr_quote_lang lang,
			   hr_buf *out)
{
	const hr_quote *q = &row->quote;
	const size_t last = q->reading_count - 1;
	const hr_reading *reading = &q->readings[index < last ? index : last];
	const bool by_filing = hr_quote_filing_is_open(q);

	hr_buf_addf(out, lang == HR_QUOTE_EN ? "   %.*s: " : "   %.*s：", HR_STR_ARG(name));
	if (by_filing) {
		hr_buf_add(out, PICK(lang, "按", "taken as "));
		hr_filings_format(reading->filings, lang, out);
	}
	if (hr_quote_sources_conflict(q)) {
		hr_buf_add(out, by_filing ? HR_STR("; ") : HR_STR_NONE);
		hr_buf_add(out, PICK(lang, "来源互相矛盾, 依据", "sources conflict, by"));
		add_contradicted(reading, out);
	}
	if (q->unknown_under) {
		hr_buf_add(out, PICK(lang, "; 按", "; taken as "));
		hr_filings_format(q->unknown_under, lang, out);
		hr_buf_add(out, PICK(lang, ", 目录中没有适用的结算政策",
				     ": the catalogue has no policy for it"));
	}
	hr_buf_add_char(out, '\n');
}

static void add_reading_head(const hr_comparison *all, size_t index, size_t count,
			     hr_quote_lang lang, hr_buf *out)
{
	bool told = false;

	for (hr_way i = 0; i < HR_WAY_COUNT; i++)
		told |= is_under_conditions(&all->ways[i]);
	if (!told)
		return;
	hr_buf_addf(out,
		    lang == HR_QUOTE_EN ? "-- reading %zu of %zu\n"
					: "-- 第 %zu 种读法, 共 %zu 种\n",
		    index + 1, count);
	for (hr_way i = 0; i < HR_WAY_COUNT; i++)
		if (is_under_conditions(&all->ways[i]))
			add_conditions(&all->ways[i], way_name(i, lang), index, lang, out);
}

/* --- what it rests on --- */

static void add_origin(const hr_origin *origin, hr_quote_lang lang, hr_buf *out)
{
	hr_buf_addf(out, "%.*s:%u; %.*s: %.*s%.*s", HR_STR_ARG(origin->file), origin->line,
		    HR_STR_ARG(lang == HR_QUOTE_EN ? hr_grade_word(origin->grade)
						   : hr_grade_zh(origin->grade)),
		    HR_STR_ARG(origin->source),
		    HR_STR_ARG(hr_origin_undated(origin, lang == HR_QUOTE_EN)));
}

static void add_policies(const hr_way_row *row, hr_quote_lang lang, hr_buf *out)
{
	for (size_t i = 0; row->state == HR_WAY_COMPUTED && i < row->quote.reading_count; i++)
		for (hr_fund fund = 0; fund < HR_FUND_COUNT; fund++) {
			const hr_policy *policy = row->quote.readings[i].rules.of[fund];

			if (!policy || (i && policy == row->quote.readings[i - 1].rules.of[fund]))
				continue;
			hr_buf_addf(out, lang == HR_QUOTE_EN ? "- by %.*s (" : "- 依据 %.*s (",
				    HR_STR_ARG(policy->id));
			add_origin(&policy->origin, lang, out);
			HR_BUF_ADD(out, ")\n");
		}
}

static void add_way(const hr_comparison *all, hr_way way, hr_quote_lang lang, hr_buf *out)
{
	const hr_way_row *row = &all->ways[way];

	hr_buf_addf(out, "\n%.*s%s%.*s\n", HR_STR_ARG(way_name(way, lang)),
		    lang == HR_QUOTE_EN ? ": " : "：", HR_STR_ARG(state_name(row, lang)));
	for (uint32_t i = 0; i < row->remark_count; i++) {
		HR_BUF_ADD(out, "- ");
		hr_remark_format(all, &row->remarks[i], lang, out);
		if (row->remarks[i].origin) {
			HR_BUF_ADD(out, " (");
			add_origin(row->remarks[i].origin, lang, out);
			HR_BUF_ADD(out, ")");
		}
		hr_buf_add_char(out, '\n');
	}
	add_policies(row, lang, out);
}

/* --- differences --- */

static hr_str part_name(const hr_part *part, hr_quote_lang lang)
{
	static const hr_str names[][2] = {
#define X(name, word, zh, en) [HR_PART_##name] = { HR_STR_INIT(zh), HR_STR_INIT(en) },
		HR_PARTS(X)
#undef X
	};

	return part->kind == HR_PART_FUND ? hr_fund_name(part->fund, lang)
					  : names[part->kind][lang];
}

/* "多 200.00 元", "少 80.00 元". */
static void add_more(int64_t fen, hr_quote_lang lang, hr_buf *out)
{
	char text[HR_MONEY_TEXT];
	hr_str amount = hr_money_format((hr_money){ fen < 0 ? -fen : fen }, text);

	if (lang == HR_QUOTE_EN)
		hr_buf_addf(out, "%.*s %s", HR_STR_ARG(amount), fen < 0 ? "less" : "more");
	else
		hr_buf_addf(out, "%s %.*s 元", fen < 0 ? "少" : "多", HR_STR_ARG(amount));
}

static void add_policy(const hr_policy *policy, hr_quote_lang lang, hr_buf *out)
{
	if (policy)
		hr_buf_addf(out, "%.*s %.*s:%u", HR_STR_ARG(policy->id),
			    HR_STR_ARG(policy->origin.file), policy->origin.line);
	else
		hr_buf_add(out, PICK(lang, "无", "none"));
}

static void add_part(const hr_part *part, hr_quote_lang lang, hr_buf *out)
{
	hr_buf_addf(out, "- %.*s%s", HR_STR_ARG(part_name(part, lang)),
		    lang == HR_QUOTE_EN ? ": " : "：");
	add_more(part->fen, lang, out);
	if (part->from != part->to) {
		HR_BUF_ADD(out, " (");
		add_policy(part->from, lang, out);
		HR_BUF_ADD(out, " -> ");
		add_policy(part->to, lang, out);
		HR_BUF_ADD(out, ")");
	}
	hr_buf_add_char(out, '\n');
}

static void add_difference(const hr_difference *d, bool several, hr_quote_lang lang, hr_buf *out)
{
	hr_str to = way_name(d->to, lang);
	hr_str from = way_name(d->from, lang);

	hr_buf_add_char(out, '\n');
	if (several)
		hr_buf_addf(out, lang == HR_QUOTE_EN ? "[reading %zu] " : "[第 %zu 种读法] ",
			    d->reading + 1);
	if (d->fen == 0) {
		hr_buf_addf(out,
			    lang == HR_QUOTE_EN ? "%.*s the person bears as much as %.*s\n"
						: "%.*s与%.*s, 个人负担相同\n",
			    HR_STR_ARG(to), HR_STR_ARG(from));
	} else if (lang == HR_QUOTE_EN) {
		hr_buf_addf(out, "%.*s the person bears ", HR_STR_ARG(to));
		add_more(d->fen, lang, out);
		hr_buf_addf(out, " than %.*s:\n", HR_STR_ARG(from));
	} else {
		hr_buf_addf(out, "%.*s比%.*s个人负担", HR_STR_ARG(to), HR_STR_ARG(from));
		add_more(d->fen, lang, out);
		HR_BUF_ADD(out, "：\n");
	}
	for (uint32_t i = 0; i < d->part_count; i++)
		add_part(&d->parts[i], lang, out);
}

static size_t readings_of(const hr_comparison *all)
{
	size_t most = 1;

	for (hr_way i = 0; i < HR_WAY_COUNT; i++)
		if (all->ways[i].state == HR_WAY_COMPUTED &&
		    all->ways[i].quote.reading_count > most)
			most = all->ways[i].quote.reading_count;
	return most;
}

void hr_comparison_format_text(const hr_comparison *comparison, hr_quote_lang lang, hr_buf *out)
{
	size_t readings = readings_of(comparison);

	if (hr_comparison_is_synthetic(comparison))
		hr_buf_add(out,
			   PICK(lang, "含示范数据, 非官方\n", "Uses made-up data, not official\n"));
	hr_buf_add(out, PICK(lang, HR_TRIAL_ZH "\n", HR_TRIAL_EN "\n"));
	add_heads(comparison, lang, out);
	for (size_t i = 0; i < readings; i++) {
		add_reading_head(comparison, i, readings, lang, out);
		add_amounts(comparison, i, lang, out);
	}
	for (hr_way i = 0; i < HR_WAY_COUNT; i++)
		add_way(comparison, i, lang, out);
	for (size_t i = 0; i < comparison->difference_count; i++)
		add_difference(&comparison->differences[i], readings > 1, lang, out);
}
