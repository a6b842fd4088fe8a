/*
 * What each party pays for a visit: exact, in fen, by the policies of the
 * place where the person is insured (参保地政策), over charges that the place
 * of treatment has sorted (就医地目录). Pure: no clock, no I/O, no allocation.
 *
 * A settlement is a trial calculation. The office of the place of insurance
 * decides; whoever shows one says so (HR_TRIAL_ZH, HR_TRIAL_EN).
 *
 * Only what a fund pays is rounded, as its area says; the person's part is
 * what is left, so that the identities (settlement/identities.h) hold to the
 * fen. Safe from any thread.
 */
#pragma once

#include "catalog/policy.h"

#define HR_TRIAL_ZH "试算结果，仅供参考；以参保地医保经办机构的结算为准。"
#define HR_TRIAL_EN                                                                                \
	"A trial calculation. What the insurance office of the place of insurance settles holds."

/*
 * The amounts of a settlement (transactions 2207 and 2304), by their national
 * names: what a visit costs, then who pays it.
 */
#define HR_AMOUNTS(X)                                                                              \
	X(MEDFEE_SUMAMT, "medfee_sumamt", "医疗费总额", "total")                                   \
	X(FULAMT_OWNPAY_AMT, "fulamt_ownpay_amt", "全自费", "outside the catalogue")               \
	X(OVERLMT_SELFPAY, "overlmt_selfpay", "超限价自费", "above a price limit")                 \
	X(PRESELFPAY_AMT, "preselfpay_amt", "先行自付", "paid first, of class B")                  \
	X(INSCP_SCP_AMT, "inscp_scp_amt", "符合政策范围", "in scope")                              \
	X(ACT_PAY_DEDC, "act_pay_dedc", "实际支付起付线", "deductible")                            \
	X(HIFP_PAY, "hifp_pay", "基本统筹", "basic fund")                                          \
	X(HIFOB_PAY, "hifob_pay", "职工大额", "large amounts")                                     \
	X(HIFMI_PAY, "hifmi_pay", "居民大病保险", "critical illness")                              \
	X(CVLSERV_PAY, "cvlserv_pay", "公务员补助", "civil servants")                              \
	X(HIFES_PAY, "hifes_pay", "企业补充", "enterprise supplement")                             \
	X(HIFDM_PAY, "hifdm_pay", "伤残人员", "disabled persons")                                  \
	X(MAF_PAY, "maf_pay", "医疗救助", "medical assistance")                                    \
	X(OTH_PAY, "oth_pay", "其他支出", "other funds")                                           \
	X(FUND_PAY_SUMAMT, "fund_pay_sumamt", "基金支付总额", "all funds")                         \
	X(HOSP_PART_AMT, "hosp_part_amt", "医院负担", "hospital")                                  \
	X(PSN_PART_AMT, "psn_part_amt", "个人负担总额", "person")                                  \
	X(ACCT_PAY, "acct_pay", "个人账户支出", "own account")                                     \
	X(ACCT_MULAID_PAY, "acct_mulaid_pay", "共济账户支付", "a relative's account")              \
	X(PSN_CASH_PAY, "psn_cash_pay", "个人现金支出", "cash")                                    \
	X(BALC, "balc", "账户余额", "left on the account")

typedef enum hr_amount {
#define X(name, word, zh, en) HR_##name,
	HR_AMOUNTS(X)
#undef X
		HR_AMOUNT_COUNT
} hr_amount;

/* What a fund pays stands in the order of the funds. */
#define HR_PAY_OF(fund) ((hr_amount)(HR_HIFP_PAY + (fund)))

typedef struct hr_settlement {
	int64_t fen[HR_AMOUNT_COUNT];
	/*
	 * pool_prop_selfpay, in ten-thousandths: the share of the basic fund, in
	 * spite of its name. Of one segment its share; else what came out, so
	 * nobody may compute the fund from it.
	 */
	int32_t pool_prop;
} hr_settlement;

/* A visit's charges by the catalogue of the place of treatment, and what else may pay. */
typedef struct hr_charges {
	int64_t own_fen;      /* fulamt_ownpay_amt */
	int64_t over_fen;     /* overlmt_selfpay */
	int64_t first_fen;    /* preselfpay_amt */
	int64_t scope_fen;    /* inscp_scp_amt */
	int64_t hospital_fen; /* hosp_part_amt, borne by the hospital */
	int64_t account_fen;  /* on the own account, to be used */
	int64_t relative_fen; /* on a relative's, to be used after it */
} hr_charges;

/* What a person's visits of one year have come to under one counter. */
typedef struct hr_counted {
	uint32_t counter;
	uint32_t visits;
	hr_str hospital;	/* of deductibles that each hospital has by itself; else empty */
	int64_t deductible_fen; /* borne */
	int64_t standard_fen;	/* the highest that was due (HR_DEDUCTIBLE_ONCE) */
	int64_t base_fen;	/* amounts that were looked at */
	int64_t paid_fen;
} hr_counted;

enum { HR_COUNTED_MAX = 32 };

/* A person's year so far: a settlement takes it and gives the next one. */
typedef struct hr_year {
	uint32_t count;
	hr_counted counted[HR_COUNTED_MAX];
} hr_year;

/* The policies that decide about a visit: at most one of each fund. */
typedef struct hr_rules {
	const hr_area *area;
	const hr_policy *of[HR_FUND_COUNT]; /* NULL: the area knows none for this visit */
	hr_filing filing;
	hr_str hospital; /* fixmedins_code, which the caller fills in; may be empty */
} hr_rules;

/*
 * The rules for a visit that `key` describes, on the day of its settlement.
 * Where sources conflict there are several readings: `reading` counts from 0,
 * the best grade first. Returns how many there are; 0, and `*out` untouched,
 * when nothing is known of the basic fund.
 */
size_t hr_rules_find(const hr_area *area, const hr_scope_key *key, hr_filing filing, hr_date on,
		     size_t reading, hr_rules *out);

/* Do they give the same for any visit, whatever their filings are called? */
bool hr_rules_same(const hr_rules *a, const hr_rules *b);

/* One step of a settlement, for who asks why. */
typedef enum hr_step_kind {
	HR_STEP_BASE,	      /* what the fund looks at: fen */
	HR_STEP_CAP_AMOUNTS,  /* of `base`, as much as its cap lets in: fen */
	HR_STEP_DEDUCTIBLE,   /* of `base`, the standard; fen is borne first */
	HR_STEP_REDUCTION,    /* share: points off, because of the filing */
	HR_STEP_SEGMENT,      /* fen of segment `segment`, at `share` */
	HR_STEP_ROUNDED,      /* the sum, or the segment's pay: fen */
	HR_STEP_CAP_PAYMENTS, /* of `base`, as much as its cap still lets out: fen */
	HR_STEP_PAYS,	      /* fen */
	HR_STEP_ACCOUNT,
	HR_STEP_RELATIVE,
	HR_STEP_CASH,
} hr_step_kind;

typedef struct hr_settle_step {
	hr_step_kind kind;
	hr_fund fund;
	const hr_policy *policy; /* and so its place in the catalogue; NULL of accounts and cash */
	uint32_t segment;
	int32_t share;
	int64_t base_fen;
	int64_t fen;
} hr_settle_step;

/* Of each fund: 16 segments, each rounded, and six other steps. */
enum { HR_STEPS_MAX = HR_FUND_COUNT * 38 + 3 };

typedef struct hr_trace {
	uint32_t count;
	hr_settle_step steps[HR_STEPS_MAX];
} hr_trace;

/*
 * Settle one visit. `trace` is NULL where nobody asks. `before` and `*after`
 * may be the same. HR_E_INCOMPLETE, HR_E_LIMIT or HR_E_SYNTAX for charges or a
 * year that cannot be; `*out` and `*after` are untouched then.
 */
bool hr_settle(const hr_rules *rules, const hr_charges *charges, const hr_year *before,
	       hr_settlement *out, hr_year *after, hr_trace *trace, hr_error *err);

/*
 * What the visit by itself adds to the year: the sum of these over the visits
 * of a year, hr_settle's `*after` (of standards the highest). To be taken away again.
 */
bool hr_settle_own(const hr_rules *rules, const hr_charges *charges, const hr_year *before,
		   hr_year *own, hr_error *err);

/* Millionths of a fen, not negative, to the unit of the area. */
int64_t hr_settle_round(const hr_rounding *rounding, __int128 millionths);

hr_str hr_amount_word(hr_amount amount);
