/* From a quote to the parts of what the person pays, and the records behind them. */
#include "settlement/explain.h"

#include <assert.h>

/* --- what is to be explained --- */

static bool read_pair(const hr_json *visit, const hr_json *result, const hr_catalog *catalog,
		      hr_arena *arena, hr_explain_ask *out, hr_error *err)
{
	if (!hr_visit_read(visit, catalog, arena, &out->visit, err))
		return false;
	out->has_result = result != NULL;
	return !result || hr_result_read(result, &out->result, err);
}

bool hr_explain_read(const hr_json *node, const hr_catalog *catalog, hr_arena *arena,
		     hr_explain_ask *out, hr_error *err)
{
	const hr_json *visit = hr_json_get(node, HR_STR("visit"));
	const hr_json *result = hr_json_get(node, HR_STR("result"));

	if (!visit && !result)
		return read_pair(node, NULL, catalog, arena, out, err);
	if (!visit)
		return hr_fail(err, HR_E_INCOMPLETE,
			       "explain: 'visit', which the result is of, is missing");
	for (const hr_json *child = node->first; child; child = child->next)
		if (child != visit && child != result)
			return hr_fail(
				err, HR_E_SYNTAX,
				"explain: beside 'visit' and 'result' there is nothing else");
	return read_pair(visit, result, catalog, arena, out, err);
}

/* --- parts --- */

static void add_part(hr_explained *e, const hr_borne *part)
{
	if (part->fen == 0)
		return;
	assert(e->part_count < HR_BORNE_MAX);
	e->parts[e->part_count++] = *part;
}

static void add_plain(hr_explained *e, hr_borne_kind kind, int64_t fen)
{
	const hr_borne part = { .kind = kind, .fen = fen };

	add_part(e, &part);
}

/* The steps of a fund within a trace. */
static hr_borne part_of_fund(const hr_reading *reading, hr_fund fund)
{
	hr_borne part = { .fund = fund, .policy = reading->rules.of[fund] };

	for (uint32_t i = 0; i < reading->trace.count; i++) {
		const hr_settle_step *step = &reading->trace.steps[i];

		if (!step->policy || step->fund != fund)
			continue;
		if (!part.steps)
			part.steps = step;
		part.step_count++;
	}
	return part;
}

/* Of one kind the step; NULL: there is none. */
static const hr_settle_step *find_step(const hr_borne *part, hr_step_kind kind)
{
	for (uint32_t i = 0; i < part->step_count; i++)
		if (part->steps[i].kind == kind)
			return &part->steps[i];
	return NULL;
}

static int64_t fen_of(const hr_settle_step *step)
{
	return step ? step->fen : 0;
}

/* Borne earlier in the year, as far as it counts for this deductible. */
static int64_t borne_before(const hr_visit *visit, const hr_policy *policy)
{
	const bool own = policy->deductible.mode == HR_DEDUCTIBLE_HOSPITAL_YEAR;

	if (!own && policy->deductible.mode != HR_DEDUCTIBLE_YEAR)
		return 0;
	for (uint32_t i = 0; i < visit->year.count; i++) {
		const hr_counted *row = &visit->year.counted[i];

		if (row->counter == policy->counter &&
		    hr_str_equal(row->hospital, own ? visit->hospital : HR_STR_NONE))
			return row->deductible_fen;
	}
	return 0;
}

static void add_of(hr_explained *e, hr_borne part, hr_borne_kind kind, int64_t fen)
{
	part.kind = kind;
	part.fen = fen;
	add_part(e, &part);
}

/* What of the amount in scope the basic fund leaves, by its steps. */
static void add_basic(const hr_visit *visit, const hr_reading *reading, hr_explained *e)
{
	hr_borne part = part_of_fund(reading, HR_FUND_HIFP);
	const hr_settle_step *capped = find_step(&part, HR_STEP_CAP_AMOUNTS);
	const hr_settle_step *cut = find_step(&part, HR_STEP_CAP_PAYMENTS);
	const int64_t base = fen_of(find_step(&part, HR_STEP_BASE));
	const int64_t counted = capped ? capped->fen : base;
	const int64_t deductible = fen_of(find_step(&part, HR_STEP_DEDUCTIBLE));
	const int64_t pays = fen_of(find_step(&part, HR_STEP_PAYS));
	const int64_t before_cap = cut ? cut->base_fen : pays;

	part.before_fen = borne_before(visit, part.policy);
	add_of(e, part, HR_BORNE_DEDUCTIBLE, deductible);
	add_of(e, part, HR_BORNE_SHARE, counted - deductible - before_cap);
	add_of(e, part, HR_BORNE_ABOVE, base - counted);
	add_of(e, part, HR_BORNE_CUT, before_cap - pays);
	add_of(e, part, HR_BORNE_UNSEEN, e->settlement->fen[HR_INSCP_SCP_AMT] - base);
}

/* Of a result nobody knows more than its amounts. */
static void add_basic_of_result(hr_explained *e)
{
	const int64_t *fen = e->settlement->fen;

	add_plain(e, HR_BORNE_DEDUCTIBLE, fen[HR_ACT_PAY_DEDC]);
	add_plain(e, HR_BORNE_SHARE,
		  fen[HR_INSCP_SCP_AMT] - fen[HR_ACT_PAY_DEDC] - fen[HR_HIFP_PAY]);
}

static void add_parts(const hr_visit *visit, hr_explained *e)
{
	const int64_t *fen = e->settlement->fen;

	add_plain(e, HR_BORNE_OWN, fen[HR_FULAMT_OWNPAY_AMT]);
	add_plain(e, HR_BORNE_OVER, fen[HR_OVERLMT_SELFPAY]);
	add_plain(e, HR_BORNE_FIRST, fen[HR_PRESELFPAY_AMT]);
	if (e->reading)
		add_basic(visit, e->reading, e);
	else
		add_basic_of_result(e);
	for (hr_fund fund = HR_FUND_HIFP + 1; fund < HR_FUND_COUNT; fund++) {
		hr_borne part = { .fund = fund };

		if (e->reading)
			part = part_of_fund(e->reading, fund);
		add_of(e, part, HR_BORNE_FUND, -fen[HR_PAY_OF(fund)]);
	}
	add_plain(e, HR_BORNE_HOSPITAL, -fen[HR_HOSP_PART_AMT]);
}

static int64_t sum_of(const hr_explained *e)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < e->part_count; i++)
		sum += e->parts[i].fen;
	return sum;
}

/* --- at another level --- */

static void find_levels(const hr_quote *quote, hr_explained *e)
{
	static const hr_str levels[] = { HR_STR_INIT("1"), HR_STR_INIT("2"), HR_STR_INIT("3") };
	bool known = false;

	for (size_t i = 0; i < 3; i++)
		known |= hr_str_equal(levels[i], quote->visit->level);
	for (size_t i = 0; known && i < 3; i++) {
		const hr_what_if what_if = { .filing = e->reading->rules.filing,
					     .level = levels[i] };
		hr_other_level *row = &e->levels[e->level_count];

		if (hr_str_equal(levels[i], quote->visit->level) ||
		    !hr_quote_ask_what_if(quote, &what_if, e->reading->source, &row->rules,
					  &row->settlement))
			continue;
		row->level = levels[i];
		e->level_count +=
			row->settlement.fen[HR_PSN_PART_AMT] != e->settlement->fen[HR_PSN_PART_AMT];
	}
}

/* --- footnotes --- */

uint32_t hr_explain_footnote(const hr_explain *explain, const hr_origin *origin)
{
	for (uint32_t i = 0; origin && i < explain->footnote_count; i++)
		if (explain->footnotes[i].origin == origin)
			return i + 1;
	return 0;
}

static void add_footnote(hr_explain *x, const hr_origin *origin, hr_str policy)
{
	if (origin && !hr_explain_footnote(x, origin) && x->footnote_count < HR_FOOTNOTES_MAX)
		x->footnotes[x->footnote_count++] = (hr_footnote){ origin, policy };
}

const hr_origin *hr_borne_rounding(const hr_explain *explain, const hr_borne *part)
{
	if (part->kind != HR_BORNE_SHARE || !part->policy)
		return NULL;
	return &explain->quote->area->rounding.origin;
}

static void add_policy_notes(hr_explain *x, const hr_rules *rules)
{
	for (hr_fund fund = 0; fund < HR_FUND_COUNT; fund++)
		if (rules->of[fund])
			add_footnote(x, &rules->of[fund]->origin, rules->of[fund]->id);
}

static void add_instead_notes(hr_explain *x, const hr_insteads *insteads)
{
	for (uint32_t i = 0; i < insteads->count; i++)
		add_policy_notes(x, &insteads->rows[i].rules);
}

/* In the order in which the text meets them. */
static void find_footnotes(hr_explain *x)
{
	const hr_quote *q = x->quote;

	for (size_t i = 0; i < x->reading_count; i++) {
		const hr_explained *e = &x->readings[i];

		if (!e->reading)
			continue;
		add_policy_notes(x, &e->reading->rules);
		for (uint32_t j = 0; j < e->part_count; j++)
			add_footnote(x, hr_borne_rounding(x, &e->parts[j]), HR_STR_NONE);
		add_instead_notes(x, &e->reading->if_filed);
		for (uint32_t j = 0; j < e->level_count; j++)
			add_policy_notes(x, &e->levels[j].rules);
	}
	add_instead_notes(x, &q->if_filed);
	for (uint32_t i = 0; q->ruling && i < q->ruling->findings.count; i++)
		add_footnote(x, q->ruling->findings.rows[i].origin, HR_STR_NONE);
}

/* --- what was not known --- */

static bool has_counter(const hr_reading *reading)
{
	for (hr_fund fund = 0; fund < HR_FUND_COUNT; fund++)
		if (reading->rules.of[fund] && reading->rules.of[fund]->counter != HR_ID_NONE)
			return true;
	return false;
}

static bool is_only_basic(const hr_reading *reading)
{
	for (hr_fund fund = HR_FUND_HIFP + 1; fund < HR_FUND_COUNT; fund++)
		if (reading->rules.of[fund])
			return false;
	return true;
}

static uint32_t unknown_of_reading(const hr_quote *q, const hr_reading *reading)
{
	uint32_t bits = 0;

	if (has_counter(reading) && !q->visit->facts.year_given)
		bits |= UINT32_C(1) << HR_EXPLAIN_NO_YEAR;
	if (is_only_basic(reading))
		bits |= UINT32_C(1) << HR_EXPLAIN_ONLY_BASIC;
	if (reading->rules.of[HR_FUND_HIFP]->origin.grade != HR_GRADE_OFFICIAL)
		bits |= UINT32_C(1) << HR_EXPLAIN_NOT_OFFICIAL;
	if (reading->source)
		bits |= UINT32_C(1) << HR_EXPLAIN_CONFLICT;
	return bits;
}

static uint32_t unknown_of(const hr_quote *q)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < q->reading_count; i++)
		bits |= unknown_of_reading(q, &q->readings[i]);
	if (!q->visit->level.len)
		bits |= UINT32_C(1) << HR_EXPLAIN_NO_LEVEL;
	if (hr_quote_filing_is_open(q))
		bits |= UINT32_C(1) << HR_EXPLAIN_FILING_OPEN;
	if (!q->ruling)
		return bits;
	if (hr_filing_says(&q->ruling->findings, HR_FILING_REASON_FILING_UNTOLD))
		bits |= UINT32_C(1) << HR_EXPLAIN_FILING_UNTOLD;
	if (hr_filing_says(&q->ruling->findings, HR_FILING_REASON_QUALIFICATION_UNTOLD) ||
	    hr_filing_says(&q->ruling->findings, HR_FILING_REASON_QUALIFICATION_MISSING))
		bits |= UINT32_C(1) << HR_EXPLAIN_QUALIFICATION;
	return bits;
}

/* A record that is named decided, and nobody knows from which day it holds. */
static uint32_t unknown_of_days(const hr_explain *x)
{
	for (uint32_t i = 0; i < x->footnote_count; i++)
		if (x->footnotes[i].origin->undated)
			return UINT32_C(1) << HR_EXPLAIN_UNDATED;
	return 0;
}

/* --- all of it --- */

static bool take_apart(const hr_explain_ask *ask, hr_arena *arena, hr_explain *x, hr_error *err)
{
	const hr_quote *q = x->quote;
	const bool bare = q->reading_count == 0 && ask->has_result;
	hr_explained *readings = HR_NEW_N(arena, hr_explained, q->reading_count + bare);

	x->footnotes = HR_NEW_N(arena, hr_footnote, HR_FOOTNOTES_MAX);
	if (!readings || !x->footnotes)
		return hr_fail_memory(err);
	for (size_t i = 0; i < q->reading_count; i++) {
		readings[i].reading = &q->readings[i];
		readings[i].settlement = &q->readings[i].settlement;
		add_parts(&ask->visit, &readings[i]);
		find_levels(q, &readings[i]);
		assert(sum_of(&readings[i]) == readings[i].settlement->fen[HR_PSN_PART_AMT]);
	}
	if (bare) {
		readings[0].settlement = &ask->result.settlement;
		add_parts(&ask->visit, &readings[0]);
	}
	x->readings = readings;
	x->reading_count = q->reading_count + bare;
	return true;
}

bool hr_explain_make(const hr_catalog *catalog, hr_explain_ask *ask, hr_arena *arena,
		     hr_explain *out, hr_error *err)
{
	hr_quote *quote = HR_NEW(arena, hr_quote);
	hr_compared *compared = HR_NEW(arena, hr_compared);
	hr_explain x = { .quote = quote };

	if (!quote || !compared)
		return hr_fail_memory(err);
	if (!hr_quote_make(catalog, &ask->visit, true, arena, quote, err) ||
	    !take_apart(ask, arena, &x, err))
		return false;
	if (ask->has_result) {
		hr_explain_compare(quote, &ask->result, compared);
		x.compared = compared;
	}
	find_footnotes(&x);
	x.unknown = unknown_of(quote) | unknown_of_days(&x);
	*out = x;
	return true;
}

int hr_explain_code(const hr_explain *explain)
{
	const hr_compared *c = explain->compared;

	if (c && (c->difference_count || c->breaches.count > c->breaches.notes))
		return 1;
	return explain->quote->outcome == HR_QUOTE_COMPUTED ? 0 : 4;
}
