/*
 * The identities of a settlement result, I1 to I8, of our own results as of
 * those received (2207, 2304). Sources: public implementations of the
 * national interface; I1, I6 and I7 are reasoned, I8 is a note and never a
 * refusal, because the stored share is rounded (a share of 0.8889 for 640 of
 * 720 gives 640.01).
 */
#pragma once

#include "settlement/settlement.h"

typedef enum hr_identity {
	HR_IDENTITY_1,
	HR_IDENTITY_2,
	HR_IDENTITY_3,
	HR_IDENTITY_4,
	HR_IDENTITY_5,
	HR_IDENTITY_6,
	HR_IDENTITY_7_DEDUCTIBLE, /* 0 <= act_pay_dedc <= inscp_scp_amt */
	HR_IDENTITY_7_FUND,	  /* hifp_pay <= inscp_scp_amt - act_pay_dedc */
	HR_IDENTITY_8,
	HR_IDENTITY_COUNT
} hr_identity;

typedef struct hr_breach {
	hr_identity identity;
	int64_t left_fen;
	int64_t right_fen;
} hr_breach;

typedef struct hr_breaches {
	uint32_t count;
	uint32_t notes; /* of them, I8 */
	hr_breach rows[HR_IDENTITY_COUNT];
} hr_breaches;

/*
 * `place`: where a relative's account is counted; unknown: either will do, for all alike.
 * `details_fen` is the sum of setldetail's payments but for the own account
 * (310200); negative: there are none, and I6 is not asked.
 */
hr_breaches hr_identities_check(const hr_settlement *s, hr_mutual_aid place, int64_t details_fen);

/* "I1", and what it says: "medfee_sumamt = fulamt_ownpay_amt + ...". */
hr_str hr_identity_name(hr_identity identity);
hr_str hr_identity_text(hr_identity identity);
