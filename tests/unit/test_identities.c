/* Each identity, whole and broken by one fen. */
#include "settlement/identities.h"

#include "testing.h"

static const hr_settlement sound = {
	.fen = {
		[HR_MEDFEE_SUMAMT] = 85000,  [HR_FULAMT_OWNPAY_AMT] = 10000,
		[HR_OVERLMT_SELFPAY] = 1000, [HR_PRESELFPAY_AMT] = 2000,
		[HR_INSCP_SCP_AMT] = 72000,  [HR_ACT_PAY_DEDC] = 8000,
		[HR_HIFP_PAY] = 56000,	     [HR_HIFOB_PAY] = 1000,
		[HR_HIFMI_PAY] = 2000,	     [HR_CVLSERV_PAY] = 500,
		[HR_HIFES_PAY] = 300,	     [HR_HIFDM_PAY] = 100,
		[HR_MAF_PAY] = 4000,	     [HR_OTH_PAY] = 100,
		[HR_FUND_PAY_SUMAMT] = 64000, [HR_HOSP_PART_AMT] = 500,
		[HR_PSN_PART_AMT] = 20500,   [HR_ACCT_PAY] = 5000,
		[HR_PSN_CASH_PAY] = 15500,
	},
	.pool_prop = 8750,
};

/* "I1 I3", as far as they are no notes. */
static hr_str broken(const hr_settlement *s, hr_mutual_aid place, int64_t details_fen,
		     char memory[64])
{
	hr_breaches breaches = hr_identities_check(s, place, details_fen);
	hr_buf buf;

	hr_buf_init_over(&buf, memory, 64);
	for (uint32_t i = 0; i < breaches.count; i++)
		hr_buf_addf(&buf, "%s%.*s", buf.len ? " " : "",
			    HR_STR_ARG(hr_identity_name(breaches.rows[i].identity)));
	return hr_buf_str(&buf);
}

static void test_check__sound_result__breaks_nothing(void)
{
	char memory[64];

	HR_ASSERT_TEXT(broken(&sound, HR_MUTUAL_AID_UNKNOWN, 64000, memory), "");
	HR_ASSERT_TEXT(broken(&sound, HR_MUTUAL_AID_APART, -1, memory), "");
	HR_ASSERT_TEXT(broken(&(hr_settlement){ 0 }, HR_MUTUAL_AID_UNKNOWN, 0, memory), "");
}

/* A fen more in each amount: what is named. */
static void test_check__one_fen_too_many__is_named(void)
{
	static const struct {
		hr_amount amount;
		const char *want;
	} rows[] = {
		{ HR_MEDFEE_SUMAMT, "I1 I3 I5" },
		{ HR_FULAMT_OWNPAY_AMT, "I1" },
		{ HR_OVERLMT_SELFPAY, "I1" },
		{ HR_PRESELFPAY_AMT, "I1" },
		/* 0.875 of a fen more is a fen. */
		{ HR_INSCP_SCP_AMT, "I1 I8" },
		{ HR_ACT_PAY_DEDC, "I8" },
		{ HR_HIFP_PAY, "I2 I8" },
		{ HR_HIFOB_PAY, "I2" },
		{ HR_HIFMI_PAY, "I2" },
		{ HR_CVLSERV_PAY, "I2" },
		{ HR_HIFES_PAY, "I2" },
		{ HR_HIFDM_PAY, "I2" },
		{ HR_MAF_PAY, "I2" },
		{ HR_OTH_PAY, "I2" },
		{ HR_FUND_PAY_SUMAMT, "I2 I3 I5 I6" },
		{ HR_HOSP_PART_AMT, "I3 I5" },
		{ HR_PSN_PART_AMT, "I3 I4" },
		{ HR_ACCT_PAY, "I4 I5" },
		{ HR_PSN_CASH_PAY, "I4 I5" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_settlement s = sound;
		char memory[64];

		s.fen[rows[i].amount]++;
		HR_ASSERT_TEXT(broken(&s, HR_MUTUAL_AID_UNKNOWN, 64000, memory), rows[i].want);
	}
}

static void test_check__details__must_sum_to_the_funds(void)
{
	char memory[64];

	HR_ASSERT_TEXT(broken(&sound, HR_MUTUAL_AID_UNKNOWN, 63999, memory), "I6");
	HR_ASSERT_TEXT(broken(&sound, HR_MUTUAL_AID_UNKNOWN, 0, memory), "I6");
}

static void test_check__deductible_and_fund__stay_within_the_scope(void)
{
	hr_settlement s = sound;
	char memory[64];

	s.fen[HR_HIFP_PAY] = 64001;
	s.fen[HR_FUND_PAY_SUMAMT] += 8001;
	s.fen[HR_PSN_CASH_PAY] -= 8001;
	s.fen[HR_PSN_PART_AMT] -= 8001;
	HR_ASSERT_TEXT(broken(&s, HR_MUTUAL_AID_UNKNOWN, -1, memory), "I7 I8");
	s = sound;
	s.fen[HR_ACT_PAY_DEDC] = 72001;
	HR_ASSERT_TEXT(broken(&s, HR_MUTUAL_AID_UNKNOWN, -1, memory), "I7 I7 I8");
	s.fen[HR_ACT_PAY_DEDC] = -1;
	HR_ASSERT_TEXT(broken(&s, HR_MUTUAL_AID_UNKNOWN, -1, memory), "I7 I8");
}

static void test_check__relatives_account__counts_where_the_region_has_it(void)
{
	hr_settlement apart = sound;
	hr_settlement within = sound;
	char memory[64];

	apart.fen[HR_ACCT_MULAID_PAY] = 700;
	apart.fen[HR_PSN_CASH_PAY] -= 700;
	within.fen[HR_ACCT_MULAID_PAY] = 700;
	HR_ASSERT_TEXT(broken(&apart, HR_MUTUAL_AID_APART, -1, memory), "");
	HR_ASSERT_TEXT(broken(&apart, HR_MUTUAL_AID_UNKNOWN, -1, memory), "");
	HR_ASSERT_TEXT(broken(&apart, HR_MUTUAL_AID_ACCOUNT, -1, memory), "I4 I5");
	HR_ASSERT_TEXT(broken(&within, HR_MUTUAL_AID_ACCOUNT, -1, memory), "");
	HR_ASSERT_TEXT(broken(&within, HR_MUTUAL_AID_UNKNOWN, -1, memory), "");
	HR_ASSERT_TEXT(broken(&within, HR_MUTUAL_AID_APART, -1, memory), "I4 I5");
}

static const hr_test tests[] = {
	HR_TEST(test_check__sound_result__breaks_nothing),
	HR_TEST(test_check__one_fen_too_many__is_named),
	HR_TEST(test_check__details__must_sum_to_the_funds),
	HR_TEST(test_check__deductible_and_fund__stay_within_the_scope),
	HR_TEST(test_check__relatives_account__counts_where_the_region_has_it),
};

HR_TEST_MAIN("identities", tests)
