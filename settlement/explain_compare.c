/* A received result beside our readings: where they differ, and what may be the cause. */
#include "settlement/explain.h"

#define BIT(amount) (UINT32_C(1) << (amount))

/* Of the account nobody tells us all that is on it. */
static const uint32_t not_compared = BIT(HR_BALC);
static const uint32_t charges = BIT(HR_MEDFEE_SUMAMT) | BIT(HR_FULAMT_OWNPAY_AMT) |
				BIT(HR_OVERLMT_SELFPAY) | BIT(HR_PRESELFPAY_AMT) |
				BIT(HR_INSCP_SCP_AMT);
static const uint32_t accounts = BIT(HR_ACCT_PAY) | BIT(HR_ACCT_MULAID_PAY) | BIT(HR_PSN_CASH_PAY);
static const uint32_t basic = BIT(HR_HIFP_PAY);
static const uint32_t other_funds = BIT(HR_HIFOB_PAY) | BIT(HR_HIFMI_PAY) | BIT(HR_CVLSERV_PAY) |
				    BIT(HR_HIFES_PAY) | BIT(HR_HIFDM_PAY) | BIT(HR_MAF_PAY) |
				    BIT(HR_OTH_PAY);

/* So many fen may be rounding: of each segment one, in the area's unit. */
enum { FEW = 4 };

/* Bits of the amounts that were sent and are not ours. */
static uint32_t differing(const hr_settle_result *result, const hr_settlement *ours)
{
	uint32_t bits = 0;

	for (hr_amount i = 0; i < HR_AMOUNT_COUNT; i++)
		if (result->given & BIT(i) & ~not_compared &&
		    result->settlement.fen[i] != ours->fen[i])
			bits |= BIT(i);
	return bits;
}

static int64_t distance(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

/* The nearest: the fewest differences, then the person's amount. */
static size_t find_nearest(const hr_quote *q, const hr_settle_result *result)
{
	size_t best = HR_ID_NONE;
	int best_count = 0;
	int64_t best_fen = 0;

	for (size_t i = 0; i < q->reading_count; i++) {
		const hr_settlement *ours = &q->readings[i].settlement;
		int count = __builtin_popcount(differing(result, ours));
		int64_t fen = distance(result->settlement.fen[HR_PSN_PART_AMT],
				       ours->fen[HR_PSN_PART_AMT]);

		if (best == HR_ID_NONE || count < best_count ||
		    (count == best_count && fen < best_fen)) {
			best = i;
			best_count = count;
			best_fen = fen;
		}
	}
	return best;
}

static void add_cause(hr_compared *out, hr_explain_word word, hr_filing filing, hr_str level)
{
	if (out->cause_count < HR_MAY_BE_MAX)
		out->causes[out->cause_count++] = (hr_may_be){ word, filing, level };
}

static void add_word(hr_compared *out, hr_explain_word word)
{
	add_cause(out, word, HR_FILING_NONE, HR_STR_NONE);
}

/* But for the accounts, is it then what was received? In any reading. */
static bool fits(const hr_quote *q, const hr_settle_result *result, const hr_what_if *what_if)
{
	hr_settlement ours;
	hr_rules rules;

	for (size_t i = 0; i < q->reading_count; i++)
		if (hr_quote_ask_what_if(q, what_if, q->readings[i].source, &rules, &ours) &&
		    !(differing(result, &ours) & ~accounts))
			return true;
	return false;
}

/* One fact that would make ours the received one. */
static void try_facts(const hr_quote *q, const hr_settle_result *result, hr_compared *out)
{
	static const hr_str levels[] = { HR_STR_INIT("1"), HR_STR_INIT("2"), HR_STR_INIT("3") };
	const hr_filing as = q->readings[out->reading].rules.filing;
	const hr_what_if first = { .filing = as, .fresh_year = true };

	for (hr_filing filing = 0; filing < HR_FILING_COUNT; filing++) {
		const hr_what_if other = { .filing = filing };

		if (fits(q, result, &other))
			add_cause(out, HR_EXPLAIN_FITS_FILING, filing, HR_STR_NONE);
	}
	for (size_t i = 0; i < 3; i++) {
		const hr_what_if other = { .filing = as, .level = levels[i] };

		if (fits(q, result, &other))
			add_cause(out, HR_EXPLAIN_FITS_LEVEL, HR_FILING_NONE, levels[i]);
	}
	if (q->visit->year.count && fits(q, result, &first))
		add_word(out, HR_EXPLAIN_FITS_YEAR);
}

/* By which amounts differ. */
static void add_general(const hr_quote *q, const hr_settle_result *result, uint32_t bits,
			hr_compared *out)
{
	const hr_settlement *ours = &q->readings[out->reading].settlement;
	const int64_t fund = distance(result->settlement.fen[HR_HIFP_PAY], ours->fen[HR_HIFP_PAY]);

	if (bits & BIT(HR_ACT_PAY_DEDC))
		add_word(out, HR_EXPLAIN_DEDUCTIBLE);
	else if (bits & basic && fund <= FEW * q->area->rounding.unit_fen)
		add_word(out, HR_EXPLAIN_ROUNDING);
	else if (bits & basic)
		add_word(out, HR_EXPLAIN_SHARE);
	if (bits & other_funds)
		add_word(out, HR_EXPLAIN_OTHER_FUNDS);
}

static void find_causes(const hr_quote *q, const hr_settle_result *result, uint32_t bits,
			hr_compared *out)
{
	if (out->breaches.count > out->breaches.notes)
		add_word(out, HR_EXPLAIN_UNSOUND);
	if (bits & charges) {
		add_word(out, HR_EXPLAIN_CHARGES);
	} else if (bits & ~accounts) {
		uint32_t before = out->cause_count;

		try_facts(q, result, out);
		if (out->cause_count == before)
			add_general(q, result, bits, out);
	} else if (bits) {
		add_word(out, HR_EXPLAIN_ACCOUNTS);
	}
}

void hr_explain_compare(const hr_quote *quote, const hr_settle_result *result, hr_compared *out)
{
	const hr_mutual_aid place = quote->area ? quote->area->mutual_aid : HR_MUTUAL_AID_UNKNOWN;
	const hr_settlement *ours;
	uint32_t bits;

	*out = (hr_compared){ .result = result, .reading = find_nearest(quote, result) };
	out->breaches = hr_identities_check(&result->settlement, place, result->details_fen);
	if (out->reading == HR_ID_NONE) {
		if (out->breaches.count > out->breaches.notes)
			add_word(out, HR_EXPLAIN_UNSOUND);
		return;
	}
	ours = &quote->readings[out->reading].settlement;
	bits = differing(result, ours);
	for (hr_amount i = 0; i < HR_AMOUNT_COUNT; i++)
		if (bits & BIT(i))
			out->differences[out->difference_count++] =
				(hr_amount_difference){ i, result->settlement.fen[i],
							ours->fen[i] };
	find_causes(quote, result, bits, out);
}
