/* Three ways of one visit. Each is a visit of its own, quoted as any is; what it rests on is told.
 */
#include "settlement/compare_parts.h"

struct comparing {
	hr_comparison *all;
	const hr_visit *visit;
	const hr_diagnosis *diagnosis; /* of the direct way */
	hr_arena *arena;
	hr_error *err;
};

static void remark(hr_way_row *row, hr_remark remark)
{
	static const hr_way_state states[] = {
		[HR_REMARK_EFFECT_NO] = HR_WAY_CLOSED,
		[HR_REMARK_EFFECT_OPEN] = HR_WAY_OPEN,
		[HR_REMARK_EFFECT_IF] = HR_WAY_COMPUTED,
		[HR_REMARK_EFFECT_NOTE] = HR_WAY_COMPUTED,
	};
	hr_way_state state = states[hr_remark_effect_of(remark.kind)];

	/* What is closed stays so, whatever else is not known. */
	if (row->state == HR_WAY_COMPUTED || state == HR_WAY_CLOSED)
		row->state = state;
	if (row->remark_count < HR_REMARKS_MAX)
		row->remarks[row->remark_count++] = remark;
}

static void remark_kind(hr_way_row *row, hr_remark_kind kind, const hr_origin *origin)
{
	remark(row, (hr_remark){ .kind = kind, .origin = origin });
}

static bool quote(struct comparing *c, hr_way_row *row)
{
	static const hr_remark_kind kinds[] = {
		[HR_QUOTE_NO_AREA] = HR_REMARK_NO_AREA,
		[HR_QUOTE_NO_POLICY] = HR_REMARK_NO_POLICY,
		[HR_QUOTE_NOT_QUALIFIED] = HR_REMARK_NOT_QUALIFIED,
	};

	if (!hr_quote_make(c->all->catalog, &row->visit, false, c->arena, &row->quote, c->err))
		return false;
	if (row->quote.outcome != HR_QUOTE_COMPUTED)
		remark_kind(row, kinds[row->quote.outcome], NULL);
	return true;
}

/* --- directly --- */

/* Surely: it is taken for no filing and can be for none. */
static bool is_unfiled(const hr_quote *direct)
{
	return direct->ruling && direct->ruling->possible == HR_FILING_BIT(HR_FILING_NONE);
}

static void remark_causes(hr_way_row *row, const hr_diagnosis *d)
{
	const bool needed = row->quote.filing_needed && is_unfiled(&row->quote);

	for (hr_cause i = 0; i < HR_CAUSE_COUNT; i++) {
		/* Without a word of a filing the quote has taken it that there is none. */
		bool unfiled = i == HR_CAUSE_NOT_FILED && needed && !row->visit.filing_count;

		if (d->causes[i].state == HR_CAUSE_PRESENT || unfiled)
			remark(row, (hr_remark){ .kind = HR_REMARK_CAUSE,
						 .cause = i,
						 .origin = d->causes[i].origin });
	}
}

/* What lies in the insurance itself closes every way. */
static void remark_insurance(hr_way_row *row, const hr_diagnosis *d)
{
	static const hr_cause causes[] = { HR_CAUSE_UNPAID, HR_CAUSE_WAITING_PERIOD };

	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (d->causes[causes[i]].state == HR_CAUSE_PRESENT)
			remark(row, (hr_remark){ .kind = HR_REMARK_NO_INSURANCE,
						 .cause = causes[i],
						 .origin = d->causes[causes[i]].origin });
}

/* Of a way that is closed nobody asks what else may close it. */
static void remark_unknown_causes(hr_way_row *row, const hr_diagnosis *d)
{
	size_t unknown = 0;

	for (hr_cause i = 0; i < HR_CAUSE_COUNT; i++)
		unknown += d->causes[i].state == HR_CAUSE_NOT_KNOWN;
	if (unknown && row->state != HR_WAY_CLOSED)
		remark(row, (hr_remark){ .kind = HR_REMARK_CAUSES_NOT_KNOWN, .number = unknown });
}

static void remark_drugs(hr_way_row *row, const hr_catalog *catalog)
{
	const hr_dual_channel *rule =
		hr_catalog_find_dual_channel(catalog, row->visit.insured, row->visit.ended);

	remark_kind(row, rule ? HR_REMARK_DRUGS_BY_HAND : HR_REMARK_DRUGS_NOT_KNOWN,
		    rule ? &rule->origin : NULL);
}

static bool has_dual_channel(const hr_visit *visit)
{
	for (uint32_t i = 0; i < visit->line_count; i++)
		if (visit->lines[i].dual_channel)
			return true;
	return false;
}

static bool settle_directly(struct comparing *c, hr_way_row *row)
{
	hr_diagnosis *diagnosis = HR_NEW(c->arena, hr_diagnosis);

	if (!diagnosis)
		return hr_fail_memory(c->err);
	row->visit.route = HR_ROUTE_DIRECT;
	if (!quote(c, row) ||
	    !hr_diagnose(c->all->catalog, &row->visit, c->arena, diagnosis, c->err))
		return false;
	c->diagnosis = diagnosis;
	row->sorted = row->visit.charges;
	remark_causes(row, diagnosis);
	if (!row->quote.home && has_dual_channel(&row->visit))
		remark_drugs(row, c->all->catalog);
	remark_unknown_causes(row, diagnosis);
	return true;
}

/* --- at home --- */

/* A copy of the lines, as the place of insurance sorts those that it is told of. */
static hr_line *sort_lines_again(struct comparing *c, hr_visit *visit, bool *whole)
{
	hr_line *lines = HR_NEW_N(c->arena, hr_line, visit->line_count);

	*whole = visit->line_count > 0;
	for (uint32_t i = 0; lines && i < visit->line_count; i++) {
		lines[i] = visit->lines[i];
		if (lines[i].insured.class)
			lines[i].by = lines[i].insured;
		else
			*whole = false;
	}
	if (lines)
		visit->lines = lines;
	else
		hr_fail_memory(c->err);
	return lines;
}

static bool settle_at_home(struct comparing *c, hr_way_row *row)
{
	const hr_way_row *direct = &c->all->ways[HR_WAY_DIRECT];
	bool whole;

	remark_insurance(row, c->diagnosis);
	if (!direct->quote.home) {
		row->visit.care = row->visit.insured;
		row->visit.filing = HR_FILING_EXEMPT;
		row->visit.filing_given = true;
		if (!sort_lines_again(c, &row->visit, &whole))
			return false;
		if (!whole)
			remark_kind(row, HR_REMARK_BILL_AS_IT_IS, NULL);
	}
	if (!quote(c, row))
		return false;
	row->sorted = row->visit.charges;
	return true;
}

/* --- by hand --- */

/* What rules of reimbursement are asked by. */
struct by_hand {
	struct comparing *c;
	hr_way_row *row;
	hr_scope_key key;
	bool across;
};

static struct by_hand by_hand_of(struct comparing *c, hr_way_row *row)
{
	const hr_visit *v = &row->visit;
	struct by_hand b = {
		.c = c,
		.row = row,
		.key = hr_visit_key(v, c->all->catalog),
		.across = !hr_region_within(v->care, hr_str_slice(v->insured, 0, 2)),
	};

	hr_scope_key_set_filing(v->filing, &b.key);
	return b;
}

static const hr_manual *find(const struct by_hand *b, uint32_t says)
{
	const hr_visit *v = &b->row->visit;

	return hr_catalog_find_manual(b->c->all->catalog, v->insured, b->across, &b->key, v->ended,
				      says);
}

static void remark_rules(const struct by_hand *b)
{
	const hr_quote *direct = &b->c->all->ways[HR_WAY_DIRECT].quote;
	const hr_manual *open = find(b, HR_MANUAL_SAYS_OPEN);
	const hr_manual *after = find(b, HR_MANUAL_SAYS_FILES_AFTER);

	if (!open)
		remark_kind(b->row, HR_REMARK_MANUAL_NOT_TOLD, NULL);
	else
		remark_kind(b->row, open->open ? HR_REMARK_MANUAL_OPEN : HR_REMARK_MANUAL_CLOSED,
			    &open->origin);
	if (after && direct->filing_needed && direct->filing == HR_FILING_NONE)
		remark_kind(b->row,
			    after->files_after ? HR_REMARK_FILES_AFTER : HR_REMARK_NOT_FILED_AFTER,
			    &after->origin);
	if (!find(b, HR_MANUAL_SAYS_POLICIES))
		remark_kind(b->row, HR_REMARK_POLICIES_NOT_TOLD, NULL);
}

/* The bill by the catalogue that the rule names; as it is where none does. */
static bool sort_bill(const struct by_hand *b)
{
	static const hr_remark_kind kinds[] = {
		[HR_SORTED_BY_UNKNOWN] = HR_REMARK_SORTED_NOT_TOLD,
		[HR_SORTED_BY_INSURED] = HR_REMARK_SORTED_BY_INSURED,
		[HR_SORTED_BY_CARE] = HR_REMARK_SORTED_BY_CARE,
	};
	const hr_manual *rule = find(b, HR_MANUAL_SAYS_SORTED_BY);
	hr_sorted_by by = rule ? rule->sorted : HR_SORTED_BY_UNKNOWN;
	bool whole;

	/* Treated at home: there is but one catalogue. */
	if (b->c->all->ways[HR_WAY_DIRECT].quote.home)
		return true;
	remark_kind(b->row, kinds[by], rule ? &rule->origin : NULL);
	if (by != HR_SORTED_BY_INSURED)
		return true;
	if (!sort_lines_again(b->c, &b->row->visit, &whole))
		return false;
	if (!whole)
		remark_kind(b->row, HR_REMARK_BILL_AS_IT_IS, NULL);
	return true;
}

/* The bill as it is sorted before drugs get their standards: what the difference is told by. */
static bool sort_without_drugs(const struct by_hand *b)
{
	const hr_area *area = b->c->all->ways[HR_WAY_DIRECT].quote.area;
	hr_visit visit = b->row->visit;

	if (area && !hr_visit_sort_lines(&visit, &area->rounding, b->c->err))
		return false;
	b->row->sorted = visit.charges;
	return true;
}

static void remark_drug(hr_way_row *row, const hr_drug_ruling *ruling, size_t index, bool unfiled)
{
	bool told = ruling->outcome <= HR_DRUG_LOWEST;

	/* Whatever the standard is, and though it is not known. */
	if (unfiled && ruling->rule && ruling->rule->filing == HR_SAID_YES)
		remark_kind(row, HR_REMARK_DRUGS_FILED_FIRST, &ruling->rule->origin);
	remark(row, (hr_remark){ .kind = told ? HR_REMARK_DRUG : HR_REMARK_DRUG_OPEN,
				 .number = index,
				 .origin = told ? &ruling->standard->origin : NULL });
}

static size_t count_drugs(const hr_visit *visit)
{
	size_t count = 0;

	for (uint32_t i = 0; i < visit->line_count; i++)
		count += visit->lines[i].dual_channel;
	return count;
}

/* Lines of 双通道 at their standards, instead of whatever limit the bill has. */
static bool price_drugs(const struct by_hand *b)
{
	hr_visit *v = &b->row->visit;
	hr_comparison *all = b->c->all;
	hr_drug_ruling *rulings = HR_NEW_N(b->c->arena, hr_drug_ruling, count_drugs(v));
	hr_line *lines = HR_NEW_N(b->c->arena, hr_line, v->line_count);
	const bool unfiled = is_unfiled(&all->ways[HR_WAY_DIRECT].quote);

	if (!rulings || !lines)
		return hr_fail_memory(b->c->err);
	for (uint32_t i = 0; i < v->line_count; i++) {
		hr_drug_ruling *ruling = &rulings[all->drug_count];

		lines[i] = v->lines[i];
		if (!lines[i].dual_channel)
			continue;
		*ruling = hr_drug_rule(all->catalog, v->insured, v->ended, &lines[i]);
		ruling->line = i;
		if (ruling->outcome <= HR_DRUG_LOWEST)
			lines[i].by.limit_fen = ruling->standard->amount.fen;
		remark_drug(b->row, ruling, all->drug_count++, unfiled);
	}
	v->lines = lines;
	all->drugs = rulings;
	return true;
}

static bool settle_by_hand(struct comparing *c, hr_way_row *row)
{
	const hr_quote *direct = &c->all->ways[HR_WAY_DIRECT].quote;
	struct by_hand b;

	row->visit.route = HR_ROUTE_MANUAL;
	row->visit.filing_given = direct->area != NULL;
	row->visit.filing = direct->area ? direct->filing : HR_FILING_NONE;
	b = by_hand_of(c, row);
	if (hr_quote_filing_is_open(direct))
		remark_kind(row, HR_REMARK_FILING_NOT_KNOWN, NULL);
	remark_insurance(row, c->diagnosis);
	remark_rules(&b);
	if (!sort_bill(&b) || !sort_without_drugs(&b))
		return false;
	if (!direct->home && has_dual_channel(&row->visit) && !price_drugs(&b))
		return false;
	return quote(c, row);
}

bool hr_compare(const hr_catalog *catalog, const hr_visit *visit, hr_arena *arena,
		const hr_comparison **out, hr_error *err)
{
	static bool (*const ways[])(struct comparing *, hr_way_row *) = {
		[HR_WAY_DIRECT] = settle_directly,
		[HR_WAY_HOME] = settle_at_home,
		[HR_WAY_MANUAL] = settle_by_hand,
	};
	struct comparing c = {
		.all = HR_NEW(arena, hr_comparison), .visit = visit, .arena = arena, .err = err
	};

	if (!c.all)
		return hr_fail_memory(err);
	c.all->catalog = catalog;
	for (hr_way i = 0; i < HR_WAY_COUNT; i++) {
		c.all->ways[i].visit = *visit;
		if (!ways[i](&c, &c.all->ways[i]))
			return false;
	}
	if (!hr_compare_differences(c.all, arena, err))
		return false;
	*out = c.all;
	return true;
}

int64_t hr_way_laid_out(hr_way way, const hr_settlement *s)
{
	return way == HR_WAY_MANUAL ? s->fen[HR_MEDFEE_SUMAMT] - s->fen[HR_HOSP_PART_AMT]
				    : s->fen[HR_PSN_PART_AMT];
}

int64_t hr_way_paid_back(hr_way way, const hr_settlement *s)
{
	return way == HR_WAY_MANUAL ? s->fen[HR_FUND_PAY_SUMAMT] : 0;
}

bool hr_comparison_is_told(const hr_comparison *comparison)
{
	for (hr_way i = 0; i < HR_WAY_COUNT; i++)
		if (comparison->ways[i].state == HR_WAY_OPEN)
			return false;
	return true;
}

bool hr_comparison_is_synthetic(const hr_comparison *comparison)
{
	for (hr_way i = 0; i < HR_WAY_COUNT; i++) {
		const hr_way_row *row = &comparison->ways[i];

		if (hr_quote_is_synthetic(&row->quote))
			return true;
		for (uint32_t k = 0; k < row->remark_count; k++)
			if (row->remarks[k].origin &&
			    row->remarks[k].origin->grade == HR_GRADE_SYNTHETIC)
				return true;
	}
	return false;
}
