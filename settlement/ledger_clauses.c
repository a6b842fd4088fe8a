/*
 * What of a record is another, for the officer who has to answer for the
 * difference: of a rule with a dozen clauses he wants the one that changed.
 */
#include "settlement/ledger_parts.h"

/* How a clause begins; of two that fit the first. What follows stays as it is, filings apart. */
static const struct {
	hr_str begins;
	hr_str zh;
} heads[] = {
	{ HR_STR_INIT("base scope"), HR_STR_INIT("计入费用：符合政策范围") },
	{ HR_STR_INIT("base own"), HR_STR_INIT("计入费用：个人负担") },
	{ HR_STR_INIT("base over-cap"), HR_STR_INIT("计入费用：封顶线以上") },
	{ HR_STR_INIT("deductible none"), HR_STR_INIT("起付线：无") },
	{ HR_STR_INIT("deductible visit"), HR_STR_INIT("起付线（按次）：") },
	{ HR_STR_INIT("deductible year"), HR_STR_INIT("起付线（按年）：") },
	{ HR_STR_INIT("deductible hospital-year"), HR_STR_INIT("起付线（每家机构每年）：") },
	{ HR_STR_INIT("deductible once"), HR_STR_INIT("起付线（每年一次，补差额）：") },
	{ HR_STR_INIT("segments of year from deductible"),
	  HR_STR_INIT("支付比例（按年累计，自起付线起分段）：") },
	{ HR_STR_INIT("segments of year"), HR_STR_INIT("支付比例（按年累计分段）：") },
	{ HR_STR_INIT("segments from deductible"), HR_STR_INIT("支付比例（自起付线起分段）：") },
	{ HR_STR_INIT("segments"), HR_STR_INIT("支付比例：") },
	{ HR_STR_INIT("less"), HR_STR_INIT("因备案情形降低：") },
	{ HR_STR_INIT("cap of payments per year"), HR_STR_INIT("封顶线（基金全年支付）：") },
	{ HR_STR_INIT("cap of payments per visit"), HR_STR_INIT("封顶线（基金每次支付）：") },
	{ HR_STR_INIT("cap of amounts per year"), HR_STR_INIT("封顶线（全年计入费用）：") },
	{ HR_STR_INIT("cap of amounts per visit"), HR_STR_INIT("封顶线（每次计入费用）：") },
	{ HR_STR_INIT("counter"), HR_STR_INIT("累计项：") },
	{ HR_STR_INIT("half-up"), HR_STR_INIT("四舍五入") },
	{ HR_STR_INIT("half-even"), HR_STR_INIT("四舍六入五成双") },
	{ HR_STR_INIT("down"), HR_STR_INIT("舍去") },
	{ HR_STR_INIT("up"), HR_STR_INIT("进位") },
	{ HR_STR_INIT("each segment"), HR_STR_INIT("每段舍入") },
	{ HR_STR_INIT("each fund"), HR_STR_INIT("每个基金舍入") },
	{ HR_STR_INIT("unit"), HR_STR_INIT("舍入到：") },
	{ HR_STR_INIT("mutual aid apart"), HR_STR_INIT("共济支付：单列") },
	{ HR_STR_INIT("mutual aid account"), HR_STR_INIT("共济支付：在个人账户支付之内") },
	{ HR_STR_INIT("mutual aid unknown"), HR_STR_INIT("共济支付：没有写明") },
	{ HR_STR_INIT("not needed"), HR_STR_INIT("不须备案") },
	{ HR_STR_INIT("needed"), HR_STR_INIT("须备案") },
};

static hr_str next_clause(hr_str *rest)
{
	const size_t end = hr_str_find(*rest, HR_STR("; "));
	const hr_str clause = hr_str_slice(*rest, 0, end);

	*rest = hr_str_slice(*rest, clause.len + 2, rest->len);
	return clause;
}

static bool has_clause(hr_str rule, hr_str clause)
{
	while (rule.len)
		if (hr_str_equal(next_clause(&rule), clause))
			return true;
	return false;
}

static hr_str word_zh(hr_str word)
{
	for (hr_filing filing = 0; filing < HR_FILING_COUNT; filing++)
		if (hr_str_equal(hr_filing_word(filing), word))
			return hr_filing_name(filing, HR_QUOTE_ZH);
	return word;
}

/* A head that another Huren wrote, and we do not know, stays as it is. */
static hr_str head_zh(hr_str *clause)
{
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (hr_str_starts_with(*clause, heads[i].begins)) {
			*clause = hr_str_slice(*clause, heads[i].begins.len, clause->len);
			return heads[i].zh;
		}
	return HR_STR_NONE;
}

static void add_zh(hr_str clause, hr_buf *out)
{
	const char *space = "";

	hr_buf_add(out, head_zh(&clause));
	for (hr_str word; (word = hr_str_next_word(&clause)).len; space = " ")
		hr_buf_addf(out, "%s%.*s", space, HR_STR_ARG(word_zh(word)));
}

void hr_ledger_clauses_add(const hr_ledger_basis *basis, const hr_ledger_basis *other, bool english,
			   hr_buf *out)
{
	hr_str rest = basis->rule;

	while (rest.len) {
		const hr_str clause = next_clause(&rest);

		if (other && has_clause(other->rule, clause))
			continue;
		HR_BUF_ADD(out, "      ");
		if (english)
			hr_buf_add(out, clause);
		else
			add_zh(clause, out);
		hr_buf_add_char(out, '\n');
	}
}
