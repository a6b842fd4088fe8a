/* What amounts, funds, filings, levels and shares are called, for people. */
#include "settlement/quote.h"

#include <inttypes.h>

hr_str hr_amount_name(hr_amount amount, hr_quote_lang lang)
{
	static const hr_str names[][2] = {
#define X(name, word, zh, en) [HR_##name] = { HR_STR_INIT(zh), HR_STR_INIT(en) },
		HR_AMOUNTS(X)
#undef X
	};

	return names[amount][lang];
}

hr_str hr_fund_name(hr_fund fund, hr_quote_lang lang)
{
	static const hr_str names[][2] = {
#define X(name, word, zh, en) [HR_FUND_##name] = { HR_STR_INIT(zh), HR_STR_INIT(en) },
		HR_FUNDS(X)
#undef X
	};

	return names[fund][lang];
}

hr_str hr_filing_name(hr_filing filing, hr_quote_lang lang)
{
	static const hr_str names[][2] = {
#define X(name, word, zh, en) [HR_FILING_##name] = { HR_STR_INIT(zh), HR_STR_INIT(en) },
		HR_FILINGS(X)
#undef X
	};

	return names[filing][lang];
}

void hr_filings_format(uint32_t filings, hr_quote_lang lang, hr_buf *out)
{
	bool first = true;

	for (hr_filing i = 0; i < HR_FILING_COUNT; i++) {
		if (!(filings & HR_FILING_BIT(i)))
			continue;
		if (!first)
			hr_buf_add(out, lang == HR_QUOTE_EN ? HR_STR(" or ") : HR_STR("或"));
		hr_buf_add(out, hr_filing_name(i, lang));
		first = false;
	}
}

hr_str hr_level_name(hr_str level, hr_quote_lang lang)
{
	static const struct {
		hr_str level;
		hr_str lang[2];
	} rows[] = {
#define ROW(level, zh, en)                                                                         \
	{                                                                                          \
		HR_STR_INIT(level),                                                                \
		{                                                                                  \
			HR_STR_INIT(zh), HR_STR_INIT(en)                                           \
		}                                                                                  \
	}
		ROW("1", "一级医院", "a hospital of level 1"),
		ROW("2", "二级医院", "a hospital of level 2"),
		ROW("3", "三级医院", "a hospital of level 3"),
#undef ROW
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (hr_str_equal(rows[i].level, level))
			return rows[i].lang[lang];
	return level;
}

void hr_share_format(int32_t share, hr_buf *out)
{
	int32_t rest = share % 10000;
	int digits = 4;

	hr_buf_add_int(out, share / 10000);
	if (rest == 0)
		return;
	while (rest % 10 == 0) {
		rest /= 10;
		digits--;
	}
	hr_buf_addf(out, ".%0*" PRId32, digits, rest);
}

void hr_points_format(int32_t share, hr_quote_lang lang, hr_buf *out)
{
	const bool is_one = share == HR_SHARE_ONE / 100;

	hr_share_format(share, out);
	if (lang == HR_QUOTE_EN)
		hr_buf_add(out, is_one ? HR_STR(" point") : HR_STR(" points"));
	else
		HR_BUF_ADD(out, " 个百分点");
}
