/* The steps of a settlement in words. */
#include "settlement/quote.h"

#include <inttypes.h>

static void add_money(hr_buf *out, int64_t fen)
{
	char text[HR_MONEY_TEXT];

	hr_buf_add(out, hr_money_format((hr_money){ fen }, text));
}

/* The exact product, in yuan: at most eight decimals, the zeros behind the fen left out. */
static void add_product(hr_buf *out, int64_t fen, int32_t share)
{
	__int128 product = (__int128)fen * share;
	int64_t decimals = (int64_t)(product % HR_SHARE_ONE);
	int digits = 6;

	add_money(out, (int64_t)(product / HR_SHARE_ONE));
	while (digits && decimals % 10 == 0) {
		decimals /= 10;
		digits--;
	}
	if (digits)
		hr_buf_addf(out, "%0*" PRId64, digits, decimals);
}

/* Of each kind: `%1` is the base, `%2` the amount, `%3` the share, `%4` the product, `%5` the
 * number of the segment, `%6` the share in points. */
static const struct words {
	hr_str word;
	hr_str lang[2];
} rows[] = {
#define ROW(kind, word, zh, en)                                                                    \
	[HR_STEP_##kind] = { HR_STR_INIT(word), { HR_STR_INIT(zh), HR_STR_INIT(en) } }
	ROW(BASE, "base", "计入 %2", "looks at %2"),
	ROW(CAP_AMOUNTS, "cap-of-amounts", "计入 %1，限额尚余 %2", "of %1 its cap lets in %2"),
	ROW(DEDUCTIBLE, "deductible", "起付标准 %1，本次承担 %2", "deductible %1, borne now %2"),
	ROW(REDUCTION, "reduction", "因备案情形，各段比例降低 %6",
	    "every share is less by %6, because of the filing"),
	ROW(SEGMENT, "segment", "第 %5 段 %2 × %3% = %4", "segment %5: %2 x %3% = %4"),
	ROW(ROUNDED, "rounded", "舍入为 %2", "rounded to %2"),
	ROW(CAP_PAYMENTS, "cap-of-payments", "算得 %1，封顶线尚余 %2，截至封顶线",
	    "of %1 its cap leaves %2"),
	ROW(PAYS, "pays", "支付 %2", "pays %2"),
	ROW(ACCOUNT, "account", "个人账户支付 %2", "the own account pays %2"),
	ROW(RELATIVE, "relative", "共济账户支付 %2", "a relative's account pays %2"),
	ROW(CASH, "cash", "个人现金支付 %2", "cash %2"),
#undef ROW
};

hr_str hr_step_word(hr_step_kind kind)
{
	return rows[kind].word;
}

void hr_step_format(const hr_settle_step *step, hr_quote_lang lang, hr_buf *out)
{
	hr_str text = rows[step->kind].lang[lang];

	for (size_t i = 0; i < text.len; i++) {
		char next = '\0';

		if (i + 1 < text.len)
			next = text.data[i + 1];
		if (text.data[i] != '%' || next < '1' || next > '6') {
			hr_buf_add_char(out, text.data[i]);
			continue;
		}
		i++;
		if (next == '1')
			add_money(out, step->base_fen);
		else if (next == '2')
			add_money(out, step->fen);
		else if (next == '3')
			hr_share_format(step->share, out);
		else if (next == '4')
			add_product(out, step->fen, step->share);
		else if (next == '6')
			hr_points_format(step->share, lang, out);
		else
			hr_buf_add_int(out, step->segment + 1);
	}
}
