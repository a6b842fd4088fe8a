#include "settlement/result.h"

enum { PLACE_MAX = 96 };

/* Amounts that the interface does not ask of everyone. */
#define BIT(amount) (UINT32_C(1) << (amount))
static const uint32_t optional = BIT(HR_ACT_PAY_DEDC) | BIT(HR_HIFDM_PAY) |
				 BIT(HR_ACCT_MULAID_PAY) | BIT(HR_BALC) | BIT(HR_HOSP_PART_AMT);

/* As transaction 2304 writes them; each is looked for behind the one before. */
static const uint8_t written[] = {
	HR_MEDFEE_SUMAMT,   HR_FULAMT_OWNPAY_AMT, HR_OVERLMT_SELFPAY, HR_PRESELFPAY_AMT,
	HR_INSCP_SCP_AMT,   HR_ACT_PAY_DEDC,	  HR_HIFP_PAY,	      HR_CVLSERV_PAY,
	HR_HIFES_PAY,	    HR_HIFMI_PAY,	  HR_HIFOB_PAY,	      HR_MAF_PAY,
	HR_HIFDM_PAY,	    HR_OTH_PAY,		  HR_FUND_PAY_SUMAMT, HR_PSN_PART_AMT,
	HR_ACCT_PAY,	    HR_PSN_CASH_PAY,	  HR_HOSP_PART_AMT,   HR_BALC,
	HR_ACCT_MULAID_PAY,
};
_Static_assert(sizeof(written) == HR_AMOUNT_COUNT, "each amount once");

static bool refuse(const hr_json *node, const char *wanted, hr_error *err)
{
	char place[PLACE_MAX];
	hr_buf buf;

	hr_buf_init_over(&buf, place, PLACE_MAX);
	hr_json_format_path(node, HR_STR("$"), &buf);
	return hr_fail(err, HR_E_SYNTAX, "result: %.*s is not %s", HR_STR_ARG(hr_buf_str(&buf)),
		       wanted);
}

static bool read_fen(const hr_json *node, int64_t *out, hr_error *err)
{
	hr_money amount;

	if ((node->kind != HR_JSON_NUMBER && node->kind != HR_JSON_STRING) ||
	    !hr_money_parse(node->text, &amount) || amount.fen < 0 || amount.fen > HR_FEN_MAX)
		return refuse(node, "an amount of yuan: 0 or more, at most two decimals", err);
	*out = amount.fen;
	return true;
}

/* Four decimals, to 1: in ten-thousandths. */
static bool read_prop(const hr_json *node, int32_t *out, hr_error *err)
{
	hr_str text = node->text;
	int32_t value = 0;
	size_t decimals = 0;
	bool behind = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (c == '.' && i > 0 && !behind) {
			behind = true;
			continue;
		}
		if (c < '0' || c > '9' || decimals == 4 || value > 10000)
			return refuse(node, "a share of 0 to 1 with at most four decimals", err);
		value = value * 10 + (c - '0');
		decimals += behind;
	}
	for (; decimals < 4 && value <= 10000; decimals++)
		value *= 10;
	if (text.len == 0 || value > 10000)
		return refuse(node, "a share of 0 to 1 with at most four decimals", err);
	*out = value;
	return true;
}

static bool read_amounts(const hr_json *info, hr_settle_result *out, hr_error *err)
{
	const hr_json *prop = hr_json_get(info, HR_STR("pool_prop_selfpay"));
	const hr_json *last = NULL;

	for (size_t at = 0; at < HR_AMOUNT_COUNT; at++) {
		const hr_amount i = written[at];
		const hr_json *node = hr_json_get_after(info, last, hr_amount_word(i));

		last = node ? node : last;
		if (!node && !(optional >> i & 1))
			return hr_fail(err, HR_E_INCOMPLETE, "result: '%.*s' is missing",
				       HR_STR_ARG(hr_amount_word(i)));
		/* What is optional may also be sent as null. */
		if (!node || (node->kind == HR_JSON_NULL && optional >> i & 1))
			continue;
		if (!read_fen(node, &out->settlement.fen[i], err))
			return false;
		out->given |= BIT(i);
	}
	return !prop || prop->kind == HR_JSON_NULL ||
	       read_prop(prop, &out->settlement.pool_prop, err);
}

/* The own account is no fund. */
static bool read_details(const hr_json *details, int64_t *out, hr_error *err)
{
	int64_t sum = 0;

	if (details->kind != HR_JSON_ARRAY)
		return refuse(details, "an array", err);
	for (const hr_json *row = details->first; row; row = row->next) {
		const hr_json *type = hr_json_get(row, HR_STR("fund_pay_type"));
		const hr_json *pay = hr_json_get(row, HR_STR("fund_payamt"));
		int64_t fen;

		if (!pay)
			return refuse(row, "a payment with 'fund_payamt'", err);
		if (!read_fen(pay, &fen, err))
			return false;
		if (hr_str_equal(hr_json_text(type), HR_STR("310200")))
			continue;
		sum += fen;
		if (sum > HR_FEN_MAX)
			return refuse(pay, "within a sum of 16 digits", err);
	}
	*out = sum;
	return true;
}

bool hr_result_read(const hr_json *node, hr_settle_result *out, hr_error *err)
{
	const hr_json *output = hr_json_get(node, HR_STR("output"));
	const hr_json *top = output ? output : node;
	const hr_json *info = hr_json_get(top, HR_STR("setlinfo"));
	const hr_json *details = hr_json_get(top, HR_STR("setldetail"));
	hr_settle_result result = { .details_fen = -1 };

	if (!info)
		info = top;
	if (info->kind != HR_JSON_OBJECT)
		return refuse(info, "an object", err);
	if (!read_amounts(info, &result, err))
		return false;
	if (details && details->kind != HR_JSON_NULL &&
	    !read_details(details, &result.details_fen, err))
		return false;
	*out = result;
	return true;
}

static void add_money(hr_json_writer *w, hr_str name, int64_t fen)
{
	char text[HR_MONEY_TEXT];

	hr_json_name(w, name);
	hr_json_string(w, hr_money_format((hr_money){ fen }, text));
}

static void add_rows(hr_json_writer *w, const hr_breaches *breaches, bool notes)
{
	hr_json_open_array(w);
	for (uint32_t i = 0; i < breaches->count; i++) {
		const hr_breach *row = &breaches->rows[i];

		if ((row->identity == HR_IDENTITY_8) != notes)
			continue;
		hr_json_open_object(w);
		hr_json_member(w, HR_STR("identity"), hr_identity_name(row->identity));
		hr_json_member(w, HR_STR("text"), hr_identity_text(row->identity));
		add_money(w, HR_STR("left"), row->left_fen);
		add_money(w, HR_STR("right"), row->right_fen);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

void hr_breaches_format_json(const hr_breaches *breaches, hr_buf *out)
{
	hr_json_writer w;

	hr_json_writer_init(&w, out, false);
	hr_json_open_object(&w);
	hr_json_name(&w, HR_STR("sound"));
	hr_json_bool(&w, breaches->count == breaches->notes);
	hr_json_name(&w, HR_STR("broken"));
	add_rows(&w, breaches, false);
	hr_json_name(&w, HR_STR("notes"));
	add_rows(&w, breaches, true);
	hr_json_close_object(&w);
	hr_buf_add_char(out, '\n');
}

void hr_breaches_format_text(const hr_breaches *breaches, bool english, hr_buf *out)
{
	if (breaches->count == breaches->notes)
		hr_buf_add(out, english ? HR_STR("All identities hold.\n")
					: HR_STR("各恒等式均成立。\n"));
	for (uint32_t i = 0; i < breaches->count; i++) {
		const hr_breach *row = &breaches->rows[i];
		bool note = row->identity == HR_IDENTITY_8;
		const char *zh = note ? "仅供参考，单一比例时" : "不成立";
		const char *en = note ? "only a note, of a single segment" : "broken";
		char left[HR_MONEY_TEXT];
		char right[HR_MONEY_TEXT];

		hr_buf_addf(out,
			    english ? "%.*s %s: %.*s (left %.*s, right %.*s)\n"
				    : "%.*s %s: %.*s (左 %.*s, 右 %.*s)\n",
			    HR_STR_ARG(hr_identity_name(row->identity)), english ? en : zh,
			    HR_STR_ARG(hr_identity_text(row->identity)),
			    HR_STR_ARG(hr_money_format((hr_money){ row->left_fen }, left)),
			    HR_STR_ARG(hr_money_format((hr_money){ row->right_fen }, right)));
	}
}
