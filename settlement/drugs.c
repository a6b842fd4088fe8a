#include "settlement/drugs.h"

/* The standards of the drug's name and strength. */
struct standards {
	const hr_drug_standard *rows;
	size_t count;
	hr_str insured;
	hr_date on;
};

/* Of the product, or of whoever makes it; a line that names none could be any of them. */
static bool may_be(const hr_line *line, const hr_drug_standard *row)
{
	return line->code.len == 0 || row->code.len == 0 || hr_str_equal(line->code, row->code);
}

static hr_drug_outcome find_own(const struct standards *s, const hr_line *line,
				const hr_drug_standard **out)
{
	const hr_drug_standard *own = NULL;
	bool several = false;

	for (size_t i = 0; i < s->count; i++) {
		const hr_drug_standard *row = &s->rows[i];

		if (!hr_region_within(s->insured, row->region) || !may_be(line, row) ||
		    !hr_period_contains(row->period, s->on) ||
		    (own && row->region.len < own->region.len))
			continue;
		several = own && row->region.len == own->region.len &&
			  (several || row->amount.fen != own->amount.fen);
		own = row;
	}
	if (own)
		*out = own;
	return !own ? HR_DRUG_NOT_KNOWN : several ? HR_DRUG_SEVERAL : HR_DRUG_OWN;
}

/* Whatever the region and whoever makes it: the text names neither. */
static hr_drug_outcome find_lowest(const struct standards *s, const hr_line *line,
				   const hr_drug_standard **out)
{
	const hr_drug_standard *lowest = NULL;

	(void)line;
	for (size_t i = 0; i < s->count; i++)
		if (hr_period_contains(s->rows[i].period, s->on) &&
		    (!lowest || s->rows[i].amount.fen < lowest->amount.fen))
			lowest = &s->rows[i];
	if (lowest)
		*out = lowest;
	return lowest ? HR_DRUG_LOWEST : HR_DRUG_NOT_KNOWN;
}

hr_drug_ruling hr_drug_rule(const hr_catalog *catalog, hr_str insured, hr_date on,
			    const hr_line *line)
{
	static hr_drug_outcome (*const finds[])(const struct standards *, const hr_line *,
						const hr_drug_standard **) = {
		[HR_STANDARD_OWN] = find_own,
		[HR_STANDARD_LOWEST] = find_lowest,
	};
	struct standards s = { .insured = insured, .on = on };
	hr_drug_ruling ruling = {
		.outcome = HR_DRUG_NO_RULE,
		.rule = hr_catalog_find_dual_channel(catalog, insured, on),
	};

	if (!ruling.rule)
		return ruling;
	ruling.outcome = HR_DRUG_NO_NAME;
	if (line->name.len == 0 || line->spec.len == 0)
		return ruling;
	ruling.outcome = HR_DRUG_NOT_KNOWN;
	s.count = hr_catalog_find_standards(catalog, line->name, line->spec, &s.rows);
	/* A standard that is there and cannot be told apart is not the lack of one. */
	for (size_t i = 0; i < ruling.rule->standard_count && ruling.outcome == HR_DRUG_NOT_KNOWN;
	     i++)
		ruling.outcome = finds[ruling.rule->standards[i]](&s, line, &ruling.standard);
	return ruling;
}

static const struct words {
	hr_str code;
	hr_str lang[2];
} words[] = {
#define ROW(name, code, zh, en)                                                                    \
	[HR_DRUG_##name] = { HR_STR_INIT(code), { HR_STR_INIT(zh), HR_STR_INIT(en) } }
	ROW(OWN, "own", "按参保地的医保支付标准", "the payment standard of the place of insurance"),
	ROW(LOWEST, "lowest", "参保地无对应品种, 按同通用名同规格中最低的医保支付标准",
	    "the place of insurance has none for it: the lowest of the same name and strength"),
	ROW(NO_RULE, "no-rule", "目录中没有参保地双通道药品的报销办法",
	    "how the place of insurance reimburses such drugs is not known"),
	ROW(NO_NAME, "no-name", "未提供通用名 (drug_genname) 和规格 (drug_spec)",
	    "its generic name (drug_genname) and strength (drug_spec) are not given"),
	ROW(SEVERAL, "several", "参保地有几个不同的支付标准, 未提供医保目录编码 (hilist_code)",
	    "the place of insurance has several; which product it is (hilist_code) is not given"),
	ROW(NOT_KNOWN, "not-known", "目录中没有这种药品的医保支付标准",
	    "the catalogue has no payment standard of it"),
#undef ROW
};

hr_str hr_drug_outcome_word(hr_drug_outcome outcome)
{
	return words[outcome].code;
}

void hr_drug_ruling_format(const hr_drug_ruling *ruling, const hr_line *line, bool english,
			   hr_buf *out)
{
	char text[HR_MONEY_TEXT];

	hr_buf_addf(out, "%.*s%s%.*s%s", HR_STR_ARG(line->name), line->spec.len ? " " : "",
		    HR_STR_ARG(line->spec), line->name.len ? ": " : "");
	hr_buf_add(out, words[ruling->outcome].lang[english]);
	if (ruling->outcome <= HR_DRUG_LOWEST)
		hr_buf_addf(out, english ? " %.*s" : " %.*s 元",
			    HR_STR_ARG(hr_money_format(ruling->standard->amount, text)));
}
