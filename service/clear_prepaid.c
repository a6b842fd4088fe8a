#include "service/clear.h"

enum { PAIRS_MAX = 10000, WHOLE = 10000 };

static bool refuse(const char *what, hr_error *err)
{
	return hr_fail(err, HR_E_SYNTAX, "prepayment: %s", what);
}

static bool read_share(const hr_json *node, hr_str name, int64_t *out, hr_error *err)
{
	const hr_str text = hr_json_text(hr_json_get(node, name));

	if (hr_decimal_parse(text, 4, out) && *out > 0 && *out <= WHOLE)
		return true;
	return refuse("'yellow' and 'red' are shares as \"0.70\", of 1 at most", err);
}

static bool is_region(hr_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
	return text.len == 6;
}

static bool read_row(const hr_json *node, hr_prepaid *out, hr_error *err)
{
	hr_money amount;

	out->insured = hr_json_text(hr_json_get(node, HR_STR("insuplc_admdvs")));
	out->care = hr_json_text(hr_json_get(node, HR_STR("mdtrtarea_admvs")));
	if (!is_region(out->insured) || !is_region(out->care))
		return refuse("insuplc_admdvs and mdtrtarea_admvs are regions of six digits", err);
	if (!hr_money_parse(hr_json_text(hr_json_get(node, HR_STR("amount"))), &amount) ||
	    amount.fen <= 0 || amount.fen > HR_FEN_MAX)
		return refuse("'amount' is one of yuan, as a text, more than 0", err);
	out->fen = amount.fen;
	return true;
}

bool hr_prepayment_read(const hr_json *node, hr_arena *arena, hr_prepayment *out, hr_error *err)
{
	const hr_json *list = hr_json_get(node, HR_STR("prepaid"));
	hr_prepayment p = { .source = hr_json_text(hr_json_get(node, HR_STR("source"))) };
	hr_prepaid *rows;

	if (!p.source.len)
		return refuse("'source' is missing: whose figures are these?", err);
	if (!read_share(node, HR_STR("yellow"), &p.yellow, err) ||
	    !read_share(node, HR_STR("red"), &p.red, err))
		return false;
	if (p.yellow >= p.red)
		return refuse("'yellow' comes before 'red'", err);
	if (!list || list->kind != HR_JSON_ARRAY || list->count > PAIRS_MAX)
		return refuse("'prepaid' is a list of at most 10000", err);
	rows = HR_NEW_N(arena, hr_prepaid, list->count + 1);
	if (!rows)
		return hr_fail_memory(err);
	for (const hr_json *row = list->first; row; row = row->next)
		if (!read_row(row, &rows[p.count++], err))
			return false;
	p.rows = rows;
	*out = p;
	return true;
}

hr_prepaid_level hr_prepayment_level(const hr_prepayment *prepayment, const hr_clear_pair *pair,
				     int64_t *used)
{
	const int64_t fen = pair->sum.fen[HR_FUND_PAY_SUMAMT];

	for (size_t i = 0; prepayment && i < prepayment->count; i++) {
		const hr_prepaid *row = &prepayment->rows[i];

		if (!hr_str_equal(row->insured, pair->insured) ||
		    !hr_str_equal(row->care, pair->care))
			continue;
		*used = (int64_t)((__int128)fen * WHOLE / row->fen);
		return fen > row->fen		     ? HR_PREPAID_OVER
		       : *used >= prepayment->red    ? HR_PREPAID_RED
		       : *used >= prepayment->yellow ? HR_PREPAID_YELLOW
						     : HR_PREPAID_ENOUGH;
	}
	return HR_PREPAID_UNKNOWN;
}
