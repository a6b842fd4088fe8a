/* Each identity is a row: a sum on the left, a sum on the right. */
#include "settlement/identities.h"

#define BIT(amount) (UINT32_C(1) << (amount))
#define FUNDS                                                                                      \
	(BIT(HR_HIFP_PAY) | BIT(HR_HIFOB_PAY) | BIT(HR_HIFMI_PAY) | BIT(HR_CVLSERV_PAY) |          \
	 BIT(HR_HIFES_PAY) | BIT(HR_HIFDM_PAY) | BIT(HR_MAF_PAY) | BIT(HR_OTH_PAY))

_Static_assert(HR_AMOUNT_COUNT <= 32, "each has a bit");
_Static_assert(HR_PAY_OF(HR_FUND_OTH) == HR_OTH_PAY, "funds and what they pay are in one order");

static const struct row {
	hr_str name;
	hr_str text;
	uint32_t left;
	uint32_t right;
} rows[] = {
	[HR_IDENTITY_1] = { HR_STR_INIT("I1"),
			    HR_STR_INIT("medfee_sumamt = fulamt_ownpay_amt + overlmt_selfpay + "
					"preselfpay_amt + inscp_scp_amt"),
			    BIT(HR_MEDFEE_SUMAMT),
			    BIT(HR_FULAMT_OWNPAY_AMT) | BIT(HR_OVERLMT_SELFPAY) |
				    BIT(HR_PRESELFPAY_AMT) | BIT(HR_INSCP_SCP_AMT) },
	[HR_IDENTITY_2] = { HR_STR_INIT("I2"),
			    HR_STR_INIT("fund_pay_sumamt = hifp_pay + cvlserv_pay + hifes_pay + "
					"hifmi_pay + hifob_pay + hifdm_pay + maf_pay + oth_pay"),
			    BIT(HR_FUND_PAY_SUMAMT), FUNDS },
	[HR_IDENTITY_3] = { HR_STR_INIT("I3"),
			    HR_STR_INIT("medfee_sumamt = fund_pay_sumamt + psn_part_amt + "
					"hosp_part_amt"),
			    BIT(HR_MEDFEE_SUMAMT),
			    BIT(HR_FUND_PAY_SUMAMT) | BIT(HR_PSN_PART_AMT) |
				    BIT(HR_HOSP_PART_AMT) },
	[HR_IDENTITY_4] = { HR_STR_INIT("I4"),
			    HR_STR_INIT("psn_part_amt = acct_pay + psn_cash_pay (+ "
					"acct_mulaid_pay where it stands apart)"),
			    BIT(HR_PSN_PART_AMT), BIT(HR_ACCT_PAY) | BIT(HR_PSN_CASH_PAY) },
	[HR_IDENTITY_5] = { HR_STR_INIT("I5"),
			    HR_STR_INIT("medfee_sumamt = psn_cash_pay + acct_pay + "
					"fund_pay_sumamt (+ hosp_part_amt, + acct_mulaid_pay where "
					"it stands apart)"),
			    BIT(HR_MEDFEE_SUMAMT),
			    BIT(HR_PSN_CASH_PAY) | BIT(HR_ACCT_PAY) | BIT(HR_FUND_PAY_SUMAMT) |
				    BIT(HR_HOSP_PART_AMT) },
	[HR_IDENTITY_6] = { HR_STR_INIT("I6"),
			    HR_STR_INIT("fund_pay_sumamt = the sum of setldetail.fund_payamt but "
					"for 310200"),
			    BIT(HR_FUND_PAY_SUMAMT), 0 },
	[HR_IDENTITY_7_DEDUCTIBLE] = { HR_STR_INIT("I7"),
				       HR_STR_INIT("0 <= act_pay_dedc <= inscp_scp_amt"),
				       BIT(HR_ACT_PAY_DEDC), BIT(HR_INSCP_SCP_AMT) },
	[HR_IDENTITY_7_FUND] = { HR_STR_INIT("I7"),
				 HR_STR_INIT("hifp_pay <= inscp_scp_amt - act_pay_dedc"),
				 BIT(HR_HIFP_PAY) | BIT(HR_ACT_PAY_DEDC), BIT(HR_INSCP_SCP_AMT) },
	[HR_IDENTITY_8] = { HR_STR_INIT("I8"),
			    HR_STR_INIT("hifp_pay = (inscp_scp_amt - act_pay_dedc) x "
					"pool_prop_selfpay"),
			    BIT(HR_HIFP_PAY), 0 },
};

hr_str hr_identity_name(hr_identity identity)
{
	return rows[identity].name;
}

hr_str hr_identity_text(hr_identity identity)
{
	return rows[identity].text;
}

/* At most nine amounts of 16 digits: far below 2^63. */
static int64_t sum(const hr_settlement *s, uint32_t amounts)
{
	int64_t fen = 0;

	for (; amounts; amounts &= amounts - 1)
		fen += s->fen[__builtin_ctz(amounts)];
	return fen;
}

/* Both sides of an identity; false when it cannot be asked. */
static bool sides_of(const hr_settlement *s, hr_identity identity, int64_t details_fen,
		     hr_breach *out)
{
	hr_money fund;

	*out = (hr_breach){ identity, sum(s, rows[identity].left), sum(s, rows[identity].right) };
	if (identity == HR_IDENTITY_6) {
		out->right_fen = details_fen;
		return details_fen >= 0;
	}
	if (identity == HR_IDENTITY_8) {
		fund.fen = s->fen[HR_INSCP_SCP_AMT] - s->fen[HR_ACT_PAY_DEDC];
		if (!hr_money_times_half_up(fund, s->pool_prop, 10000, &fund))
			return false;
		out->right_fen = fund.fen;
	}
	return true;
}

static bool holds(const hr_settlement *s, hr_mutual_aid place, const hr_breach *sides)
{
	int64_t missing = sides->left_fen - sides->right_fen;
	int64_t relative = s->fen[HR_ACCT_MULAID_PAY];

	switch (sides->identity) {
	case HR_IDENTITY_4:
	case HR_IDENTITY_5:
		return missing == (place == HR_MUTUAL_AID_APART ? relative : 0);
	case HR_IDENTITY_7_DEDUCTIBLE:
		return sides->left_fen >= 0 && missing <= 0;
	case HR_IDENTITY_7_FUND:
		return missing <= 0;
	default:
		return missing == 0;
	}
}

static hr_breaches check_at(const hr_settlement *s, hr_mutual_aid place, int64_t details_fen)
{
	hr_breaches out = { 0 };

	for (hr_identity i = 0; i < HR_IDENTITY_COUNT; i++) {
		hr_breach sides;

		if (!sides_of(s, i, details_fen, &sides) || holds(s, place, &sides))
			continue;
		out.notes += i == HR_IDENTITY_8;
		out.rows[out.count++] = sides;
	}
	return out;
}

hr_breaches hr_identities_check(const hr_settlement *s, hr_mutual_aid place, int64_t details_fen)
{
	hr_breaches apart;
	hr_breaches within;

	if (place != HR_MUTUAL_AID_UNKNOWN)
		return check_at(s, place, details_fen);
	apart = check_at(s, HR_MUTUAL_AID_APART, details_fen);
	within = check_at(s, HR_MUTUAL_AID_ACCOUNT, details_fen);
	return apart.count < within.count ? apart : within;
}
