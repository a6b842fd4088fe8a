/*
 * The arithmetic. Funds pay one after another, each by its policy: what it
 * looks at, less the deductible, over the segments, within the cap.
 *
 * Sums stay far below 2^63 because each amount has at most 16 digits; products
 * with a share do not, and run in 128 bits.
 */
#include "settlement/settlement.h"

#include <assert.h>

/* One fund under way. */
struct fund {
	const hr_rules *rules;
	const hr_policy *policy;
	const hr_counted *year;	    /* of its counter; all zero when nothing was counted */
	const hr_counted *hospital; /* of the counter at this hospital */
	hr_trace *trace;
	int64_t base_fen; /* what it looks at */
	int64_t over_fen; /* of it, above the cap of amounts */
	int64_t standard_fen;
	int64_t deductible_fen;
	int64_t pay_fen;
	int32_t points;	  /* off each segment */
	uint32_t touched; /* segments */
	int32_t share;	  /* of the last one */
	bool cut;	  /* by a cap */
};

static const hr_counted nothing;

hr_str hr_amount_word(hr_amount amount)
{
	static const hr_str words[] = {
#define X(name, word, zh, en) [HR_##name] = HR_STR_INIT(word),
		HR_AMOUNTS(X)
#undef X
	};

	return words[amount];
}

size_t hr_rules_find(const hr_area *area, const hr_scope_key *key, hr_filing filing, hr_date on,
		     size_t reading, hr_rules *out)
{
	hr_rules rules = { .area = area, .filing = filing };
	size_t readings = 1;

	for (hr_fund fund = 0; fund < HR_FUND_COUNT; fund++) {
		const hr_policy *found[8];
		const size_t room = sizeof(found) / sizeof(found[0]);
		size_t count = hr_area_find_policies(area, fund, key, on, found, room);

		if (count == 0 && fund == HR_FUND_HIFP)
			return 0;
		if (count > room)
			count = room;
		if (count)
			rules.of[fund] = found[reading < count ? reading : count - 1];
		if (count > readings)
			readings = count;
	}
	*out = rules;
	return readings;
}

/* Steps cost nothing but this question where nobody asks. */
static void note(const struct fund *f, hr_step_kind kind, int64_t base_fen, int64_t fen)
{
	if (!f->trace)
		return;
	assert(f->trace->count < HR_STEPS_MAX);
	f->trace->steps[f->trace->count++] = (hr_settle_step){
		.kind = kind,
		.fund = f->policy->fund,
		.policy = f->policy,
		.share = f->points,
		.base_fen = base_fen,
		.fen = fen,
	};
}

static void note_segment(const struct fund *f, uint32_t segment, int32_t share, int64_t fen)
{
	if (!f->trace)
		return;
	note(f, HR_STEP_SEGMENT, 0, fen);
	f->trace->steps[f->trace->count - 1].segment = segment;
	f->trace->steps[f->trace->count - 1].share = share;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t rest_of(int64_t most, int64_t used)
{
	return used < most ? most - used : 0;
}

static const hr_counted *find_counted(const hr_year *year, uint32_t counter, hr_str hospital)
{
	for (uint32_t i = 0; i < year->count; i++)
		if (year->counted[i].counter == counter &&
		    hr_str_equal(year->counted[i].hospital, hospital))
			return &year->counted[i];
	return &nothing;
}

int64_t hr_settle_round(const hr_rounding *rounding, __int128 millionths)
{
	const int64_t unit = rounding->unit_fen * HR_SHARE_ONE;
	int64_t units;
	int64_t rest;
	bool up;

	if (millionths <= INT64_MAX) {
		units = (int64_t)millionths / unit;
		rest = (int64_t)millionths % unit;
	} else {
		units = (int64_t)(millionths / unit);
		rest = (int64_t)(millionths % unit);
	}
	switch (rounding->mode) {
	case HR_ROUND_HALF_UP:
		up = rest * 2 >= unit;
		break;
	case HR_ROUND_HALF_EVEN:
		up = rest * 2 > unit || (rest * 2 == unit && units % 2);
		break;
	case HR_ROUND_UP:
		up = rest > 0;
		break;
	default:
		up = false;
		break;
	}
	return (units + up) * rounding->unit_fen;
}

/* As far as a cap of amounts lets them in. */
static int64_t let_in(struct fund *f)
{
	const hr_cap *cap = &f->policy->cap;
	int64_t room;

	if (cap->of != HR_CAP_AMOUNTS)
		return f->base_fen;
	room = rest_of(cap->most.fen, cap->per_year ? f->year->base_fen : 0);
	f->over_fen = rest_of(f->base_fen, room);
	f->cut = f->over_fen > 0;
	if (f->cut)
		note(f, HR_STEP_CAP_AMOUNTS, f->base_fen, room);
	return f->base_fen - f->over_fen;
}

/* What of the standard is still due. */
static int64_t due(struct fund *f)
{
	const hr_deductible *d = &f->policy->deductible;
	uint32_t visit = f->year->visits;

	if (d->mode == HR_DEDUCTIBLE_NONE || d->standard_count == 0)
		return 0;
	f->standard_fen =
		d->standards[visit < d->standard_count ? visit : d->standard_count - 1].fen;
	switch (d->mode) {
	case HR_DEDUCTIBLE_YEAR:
		return rest_of(f->standard_fen, f->year->deductible_fen);
	case HR_DEDUCTIBLE_HOSPITAL_YEAR:
		return rest_of(f->standard_fen, f->hospital->deductible_fen);
	case HR_DEDUCTIBLE_ONCE:
		return rest_of(f->standard_fen, f->year->standard_fen);
	default:
		return f->standard_fen;
	}
}

static int32_t points_of(const hr_policy *policy, hr_filing filing)
{
	for (uint32_t i = 0; i < policy->reduction_count; i++)
		if (policy->reductions[i].filings >> filing & 1)
			return policy->reductions[i].points;
	return 0;
}

bool hr_rules_same(const hr_rules *a, const hr_rules *b)
{
	for (hr_fund i = 0; i < HR_FUND_COUNT; i++)
		if (a->of[i] != b->of[i] ||
		    (a->of[i] && points_of(a->of[i], a->filing) != points_of(b->of[i], b->filing)))
			return false;
	return true;
}

/* Where on the axis of the segments the visit's amounts begin. */
static int64_t start_of(const struct fund *f)
{
	const hr_counted *year = f->year;
	int64_t before = f->policy->segments_of_year ? year->base_fen : 0;

	if (!f->policy->segments_above)
		return before + f->deductible_fen;
	return f->policy->segments_of_year ? rest_of(before, year->deductible_fen) : 0;
}

/* `from` to `to` over the segments: the pay, rounded. */
static int64_t pay_segments(struct fund *f, int64_t from, int64_t to)
{
	const hr_rounding *rounding = &f->rules->area->rounding;
	__int128 sum = 0;
	int64_t low = 0;
	int64_t pay = 0;

	for (uint32_t i = 0; i < f->policy->segment_count && low < to; i++) {
		const hr_segment *segment = &f->policy->segments[i];
		/* The last one is open: years may pass the longest amount. */
		bool last = i + 1 == f->policy->segment_count;
		int64_t begin = from > low ? from : low;
		int64_t end = last ? to : least(to, segment->upto.fen);
		int32_t share = segment->share > f->points ? segment->share - f->points : 0;

		low = segment->upto.fen;
		if (end <= begin)
			continue;
		f->touched++;
		f->share = share;
		note_segment(f, i, share, end - begin);
		sum += (__int128)(end - begin) * share;
		if (!rounding->each_segment)
			continue;
		pay += hr_settle_round(rounding, sum);
		note(f, HR_STEP_ROUNDED, 0, hr_settle_round(rounding, sum));
		sum = 0;
	}
	if (!rounding->each_segment) {
		pay = hr_settle_round(rounding, sum);
		note(f, HR_STEP_ROUNDED, 0, pay);
	}
	/* Rounded up, a share of all could pass the amount itself. */
	return to > from ? least(pay, to - from) : 0;
}

static void cap_payments(struct fund *f)
{
	const hr_cap *cap = &f->policy->cap;
	int64_t room;

	if (cap->of != HR_CAP_PAYMENTS)
		return;
	room = rest_of(cap->most.fen, cap->per_year ? f->year->paid_fen : 0);
	if (f->pay_fen <= room)
		return;
	note(f, HR_STEP_CAP_PAYMENTS, f->pay_fen, room);
	f->pay_fen = room;
	f->cut = true;
}

static void run_fund(struct fund *f)
{
	int64_t counted;
	int64_t from;

	note(f, HR_STEP_BASE, 0, f->base_fen);
	counted = let_in(f);
	f->deductible_fen = least(due(f), counted);
	if (f->policy->deductible.mode != HR_DEDUCTIBLE_NONE)
		note(f, HR_STEP_DEDUCTIBLE, f->standard_fen, f->deductible_fen);
	f->points = points_of(f->policy, f->rules->filing);
	if (f->points)
		note(f, HR_STEP_REDUCTION, 0, 0);
	from = start_of(f);
	f->pay_fen = pay_segments(f, from, from + counted - f->deductible_fen);
	cap_payments(f);
	note(f, HR_STEP_PAYS, 0, f->pay_fen);
}

static bool is_amount(int64_t fen)
{
	return fen >= 0 && fen <= HR_FEN_MAX;
}

static bool check_year(const hr_year *year, hr_error *err)
{
	if (year->count > HR_COUNTED_MAX)
		return hr_fail(err, HR_E_LIMIT, "a year has %u counters, more than %d", year->count,
			       HR_COUNTED_MAX);
	for (uint32_t i = 0; i < year->count; i++) {
		const hr_counted *row = &year->counted[i];

		if (!is_amount(row->deductible_fen) || !is_amount(row->standard_fen) ||
		    !is_amount(row->base_fen) || !is_amount(row->paid_fen) ||
		    row->visits == UINT32_MAX)
			return hr_fail(err, HR_E_LIMIT,
				       "an amount of the year's counter %u is negative or over 16 "
				       "digits",
				       i);
	}
	return true;
}

/* Deductibles of each hospital cannot be told apart without its name. */
static bool check_rules(const hr_rules *rules, hr_error *err)
{
	for (hr_fund i = 0; i < HR_FUND_COUNT; i++)
		if (rules->of[i] && rules->of[i]->deductible.mode == HR_DEDUCTIBLE_HOSPITAL_YEAR &&
		    rules->hospital.len == 0)
			return hr_fail(err, HR_E_INCOMPLETE,
				       "policy '%.*s' has a deductible at each hospital, and the "
				       "hospital (fixmedins_code) is not given",
				       HR_STR_ARG(rules->of[i]->id));
	return true;
}

static bool check_charges(const hr_charges *c, int64_t *total, hr_error *err)
{
	const int64_t amounts[] = { c->own_fen,	     c->over_fen,    c->first_fen,   c->scope_fen,
				    c->hospital_fen, c->account_fen, c->relative_fen };

	for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++)
		if (!is_amount(amounts[i]))
			return hr_fail(err, HR_E_LIMIT,
				       "an amount of the visit is negative or over 16 digits");
	*total = c->own_fen + c->over_fen + c->first_fen + c->scope_fen;
	if (!is_amount(*total))
		return hr_fail(err, HR_E_LIMIT, "the visit's total is over 16 digits");
	return true;
}

/* One row of the year, to be added when all has gone well. */
struct delta {
	uint32_t counter;
	hr_str hospital;
	bool is_visit;
	int64_t standard_fen;
	int64_t deductible_fen;
	int64_t base_fen;
	int64_t paid_fen;
};

struct deltas {
	struct delta rows[2 * HR_FUND_COUNT];
	uint32_t count;
};

static void count_fund(const struct fund *f, struct deltas *deltas)
{
	const hr_policy *policy = f->policy;

	if (policy->counter == HR_ID_NONE)
		return;
	deltas->rows[deltas->count++] = (struct delta){
		.counter = policy->counter,
		.is_visit = true,
		.standard_fen = f->standard_fen,
		.deductible_fen = f->deductible_fen,
		.base_fen = f->base_fen,
		.paid_fen = f->pay_fen,
	};
	if (policy->deductible.mode == HR_DEDUCTIBLE_HOSPITAL_YEAR)
		deltas->rows[deltas->count++] = (struct delta){
			.counter = policy->counter,
			.hospital = f->rules->hospital,
			.is_visit = true,
			.standard_fen = f->standard_fen,
			.deductible_fen = f->deductible_fen,
		};
}

static bool add_delta(hr_year *year, const struct delta *d, hr_error *err)
{
	const hr_counted *found = find_counted(year, d->counter, d->hospital);
	hr_counted *row = found == &nothing ? NULL : &year->counted[found - year->counted];

	if (!row) {
		if (year->count == HR_COUNTED_MAX)
			return hr_fail(err, HR_E_LIMIT, "a year has over %d counters",
				       HR_COUNTED_MAX);
		row = &year->counted[year->count++];
		*row = (hr_counted){ .counter = d->counter, .hospital = d->hospital };
	}
	row->visits += d->is_visit;
	row->deductible_fen += d->deductible_fen;
	row->base_fen += d->base_fen;
	row->paid_fen += d->paid_fen;
	if (row->standard_fen < d->standard_fen)
		row->standard_fen = d->standard_fen;
	if (!is_amount(row->base_fen) || !is_amount(row->paid_fen))
		return hr_fail(err, HR_E_LIMIT, "a counter of the year passes 16 digits");
	return true;
}

/* Copies what is there, not the room behind it. */
static bool next_year(const hr_year *before, const struct deltas *deltas, hr_year *after,
		      hr_error *err)
{
	hr_year year;

	year.count = before->count;
	memcpy(year.counted, before->counted, before->count * sizeof(before->counted[0]));
	for (uint32_t i = 0; i < deltas->count; i++)
		if (!add_delta(&year, &deltas->rows[i], err))
			return false;
	after->count = year.count;
	memcpy(after->counted, year.counted, year.count * sizeof(year.counted[0]));
	return true;
}

/* Of one segment its share; else the share that came out, to four decimals. */
static int32_t pool_prop(const struct fund *f, int64_t scope_fen)
{
	const hr_money whole = { 10000 };
	hr_money prop = { 0 };
	int64_t payable = scope_fen - f->deductible_fen;

	if (f->touched == 1 && !f->cut)
		hr_money_times_half_up(whole, f->share, HR_SHARE_ONE, &prop);
	else if (payable > 0)
		hr_money_times_half_up(whole, f->pay_fen, payable, &prop);
	return (int32_t)prop.fen;
}

/* What the base of a policy is, once `paid_fen` has been paid. */
static int64_t base_of(const hr_policy *policy, int64_t scope_fen, int64_t paid_fen,
		       int64_t over_fen)
{
	switch (policy->base) {
	case HR_BASE_SCOPE:
		return scope_fen;
	case HR_BASE_OVER_CAP:
		return least(over_fen, scope_fen - paid_fen);
	default:
		return scope_fen - paid_fen;
	}
}

static void settle_funds(const hr_rules *rules, const hr_charges *charges, const hr_year *before,
			 hr_settlement *s, struct deltas *deltas, hr_trace *trace)
{
	int64_t over_fen = 0;
	int64_t paid_fen = 0;

	for (hr_fund i = 0; i < HR_FUND_COUNT; i++) {
		const hr_policy *policy = rules->of[i];
		struct fund f = { .rules = rules, .policy = policy, .trace = trace };

		if (!policy)
			continue;
		f.year = find_counted(before, policy->counter, HR_STR_NONE);
		f.hospital = find_counted(before, policy->counter, rules->hospital);
		f.base_fen = base_of(policy, charges->scope_fen, paid_fen, over_fen);
		run_fund(&f);
		paid_fen += f.pay_fen;
		s->fen[HR_PAY_OF(i)] = f.pay_fen;
		count_fund(&f, deltas);
		if (i != HR_FUND_HIFP)
			continue;
		over_fen = f.over_fen;
		s->fen[HR_ACT_PAY_DEDC] = f.deductible_fen;
		s->pool_prop = pool_prop(&f, charges->scope_fen);
	}
	s->fen[HR_FUND_PAY_SUMAMT] = paid_fen;
}

static void note_payer(hr_trace *trace, hr_step_kind kind, int64_t fen)
{
	if (!trace)
		return;
	assert(trace->count < HR_STEPS_MAX);
	trace->steps[trace->count++] = (hr_settle_step){ .kind = kind, .fen = fen };
}

/* The person's part: the own account, a relative's, cash. */
static bool settle_person(const hr_rules *rules, const hr_charges *charges, hr_settlement *s,
			  hr_trace *trace, hr_error *err)
{
	const hr_mutual_aid place = rules->area->mutual_aid;
	int64_t person = s->fen[HR_MEDFEE_SUMAMT] - s->fen[HR_FUND_PAY_SUMAMT];
	int64_t account;
	int64_t relative;

	if (charges->hospital_fen > person)
		return hr_fail(
			err, HR_E_SYNTAX,
			"visit: the hospital (hosp_part_amt) bears more than the funds leave");
	if (charges->relative_fen && place == HR_MUTUAL_AID_UNKNOWN)
		return hr_fail(err, HR_E_INCOMPLETE,
			       "where area '%.*s' counts a relative's account is not known",
			       HR_STR_ARG(rules->area->region));
	person -= charges->hospital_fen;
	account = least(charges->account_fen, person);
	relative = least(charges->relative_fen, person - account);
	s->fen[HR_HOSP_PART_AMT] = charges->hospital_fen;
	s->fen[HR_PSN_PART_AMT] = person;
	s->fen[HR_ACCT_PAY] = account + (place == HR_MUTUAL_AID_ACCOUNT ? relative : 0);
	s->fen[HR_ACCT_MULAID_PAY] = relative;
	s->fen[HR_PSN_CASH_PAY] = person - account - relative;
	s->fen[HR_BALC] = charges->account_fen - account;
	if (account)
		note_payer(trace, HR_STEP_ACCOUNT, account);
	if (relative)
		note_payer(trace, HR_STEP_RELATIVE, relative);
	note_payer(trace, HR_STEP_CASH, s->fen[HR_PSN_CASH_PAY]);
	return true;
}

/* All but the year: what is to be added to it. */
static bool settle_visit(const hr_rules *rules, const hr_charges *charges, const hr_year *before,
			 hr_settlement *s, struct deltas *deltas, hr_trace *trace, hr_error *err)
{
	*s = (hr_settlement){
		.fen = {
			[HR_FULAMT_OWNPAY_AMT] = charges->own_fen,
			[HR_OVERLMT_SELFPAY] = charges->over_fen,
			[HR_PRESELFPAY_AMT] = charges->first_fen,
			[HR_INSCP_SCP_AMT] = charges->scope_fen,
		},
	};
	deltas->count = 0;
	if (trace)
		trace->count = 0;
	if (!check_charges(charges, &s->fen[HR_MEDFEE_SUMAMT], err) || !check_year(before, err) ||
	    !check_rules(rules, err))
		return false;
	settle_funds(rules, charges, before, s, deltas, trace);
	return settle_person(rules, charges, s, trace, err);
}

bool hr_settle(const hr_rules *rules, const hr_charges *charges, const hr_year *before,
	       hr_settlement *out, hr_year *after, hr_trace *trace, hr_error *err)
{
	hr_settlement settlement;
	struct deltas deltas;

	if (!settle_visit(rules, charges, before, &settlement, &deltas, trace, err) ||
	    !next_year(before, &deltas, after, err))
		return false;
	*out = settlement;
	return true;
}

bool hr_settle_own(const hr_rules *rules, const hr_charges *charges, const hr_year *before,
		   hr_year *own, hr_error *err)
{
	static const hr_year empty;
	hr_settlement settlement;
	struct deltas deltas;

	return settle_visit(rules, charges, before, &settlement, &deltas, NULL, err) &&
	       next_year(&empty, &deltas, own, err);
}
