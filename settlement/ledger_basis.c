/*
 * The records that decided, in words of the catalogue: enough to say what of
 * them is another in a later version, when this one is gone.
 */
#include "settlement/ledger_parts.h"

enum { RULE_BYTES_MAX = 4096 };

static void add_amount(hr_buf *out, int64_t fen)
{
	char text[HR_MONEY_TEXT];

	hr_buf_add(out, hr_money_format((hr_money){ fen }, text));
}

/* "85.5%", as short as it is exact. */
static void add_share(hr_buf *out, int32_t share)
{
	const int32_t percent = HR_SHARE_ONE / 100;
	char digits[16];
	hr_buf rest;
	size_t len;

	hr_buf_add_int(out, share / percent);
	hr_buf_init_over(&rest, digits, sizeof(digits));
	hr_buf_addf(&rest, ".%04d", share % percent);
	for (len = rest.len; len > 0 && digits[len - 1] == '0';)
		len--;
	hr_buf_add(out, (hr_str){ digits, len > 1 ? len : 0 });
	hr_buf_add_char(out, '%');
}

static void add_deductible(const hr_deductible *d, hr_buf *out)
{
	static const char *const modes[] = {
		[HR_DEDUCTIBLE_NONE] = "none", [HR_DEDUCTIBLE_VISIT] = "visit",
		[HR_DEDUCTIBLE_YEAR] = "year", [HR_DEDUCTIBLE_HOSPITAL_YEAR] = "hospital-year",
		[HR_DEDUCTIBLE_ONCE] = "once",
	};

	hr_buf_addf(out, "; deductible %s", modes[d->mode]);
	for (uint32_t i = 0; i < d->standard_count; i++) {
		hr_buf_add_char(out, ' ');
		add_amount(out, d->standards[i].fen);
	}
}

static void add_segments(const hr_policy *p, hr_buf *out)
{
	hr_buf_addf(out, "; segments%s%s", p->segments_of_year ? " of year" : "",
		    p->segments_above ? " from deductible" : "");
	for (uint32_t i = 0; i < p->segment_count; i++) {
		hr_buf_add_char(out, ' ');
		if (i + 1 < p->segment_count) {
			add_amount(out, p->segments[i].upto.fen);
			hr_buf_add_char(out, ':');
		}
		add_share(out, p->segments[i].share);
	}
}

static void add_reductions(const hr_policy *p, hr_buf *out)
{
	for (uint32_t i = 0; i < p->reduction_count; i++) {
		HR_BUF_ADD(out, "; less ");
		add_share(out, p->reductions[i].points);
		for (hr_filing filing = 0; filing < HR_FILING_COUNT; filing++)
			if (p->reductions[i].filings >> filing & 1)
				hr_buf_addf(out, " %.*s", HR_STR_ARG(hr_filing_word(filing)));
	}
}

static void add_cap(const hr_cap *cap, hr_buf *out)
{
	if (cap->of == HR_CAP_NONE)
		return;
	hr_buf_addf(out, "; cap of %s per %s ", cap->of == HR_CAP_PAYMENTS ? "payments" : "amounts",
		    cap->per_year ? "year" : "visit");
	add_amount(out, cap->most.fen);
}

static void add_policy(const hr_catalog *catalog, const hr_policy *p, hr_buf *out)
{
	static const char *const bases[] = {
		[HR_BASE_SCOPE] = "scope", [HR_BASE_OWN] = "own", [HR_BASE_OVER_CAP] = "over-cap"
	};

	hr_buf_addf(out, "base %s", bases[p->base]);
	add_deductible(&p->deductible, out);
	add_segments(p, out);
	add_reductions(p, out);
	add_cap(&p->cap, out);
	if (p->counter != HR_ID_NONE)
		hr_buf_addf(out, "; counter %.*s",
			    HR_STR_ARG(hr_catalog_get_counter(catalog, p->counter)));
}

static void add_rounding(const hr_rounding *r, hr_buf *out)
{
	static const char *const modes[] = { [HR_ROUND_HALF_UP] = "half-up",
					     [HR_ROUND_HALF_EVEN] = "half-even",
					     [HR_ROUND_DOWN] = "down",
					     [HR_ROUND_UP] = "up" };

	hr_buf_addf(out, "%s; each %s; unit ", modes[r->mode],
		    r->each_segment ? "segment" : "fund");
	add_amount(out, r->unit_fen);
}

static void add_accounts(const hr_area *area, hr_buf *out)
{
	static const char *const words[] = { [HR_MUTUAL_AID_UNKNOWN] = "unknown",
					     [HR_MUTUAL_AID_APART] = "apart",
					     [HR_MUTUAL_AID_ACCOUNT] = "account" };

	hr_buf_addf(out, "mutual aid %s", words[area->mutual_aid]);
}

static void add_filing(const hr_quote *q, hr_buf *out)
{
	hr_buf_addf(out, "%.*s; %s", HR_STR_ARG(hr_filing_word(q->filing)),
		    q->filing_needed ? "needed" : "not needed");
}

static bool add_row(hr_ledger_row *out, hr_str what, hr_str id, const hr_origin *origin,
		    const hr_buf *rule, hr_error *err)
{
	out->basis[out->basis_count++] = (hr_ledger_basis){
		.what = what,
		.id = id,
		.rule = hr_buf_str(rule),
		.file = origin->file,
		.line = origin->line,
		.grade = hr_grade_word(origin->grade),
		.source = origin->source,
	};
	return !rule->failed || hr_fail_memory(err);
}

static bool add_area(const hr_quote *q, hr_arena *arena, hr_ledger_row *out, hr_error *err)
{
	const hr_str zone = q->zone ? q->zone->name : q->home ? HR_STR("home") : HR_STR("outside");
	hr_buf rounding;
	hr_buf accounts;
	hr_buf filing;

	hr_buf_init(&rounding, arena, RULE_BYTES_MAX);
	hr_buf_init(&accounts, arena, RULE_BYTES_MAX);
	hr_buf_init(&filing, arena, RULE_BYTES_MAX);
	add_rounding(&q->area->rounding, &rounding);
	add_accounts(q->area, &accounts);
	add_filing(q, &filing);
	return add_row(out, HR_STR("rounding"), HR_STR_NONE, &q->area->rounding.origin, &rounding,
		       err) &&
	       add_row(out, HR_STR("accounts"), HR_STR_NONE, &q->area->origin, &accounts, err) &&
	       add_row(out, HR_STR("filing"), zone, q->zone ? &q->zone->origin : &q->area->origin,
		       &filing, err);
}

bool hr_ledger_basis_make(const hr_quote *quote, const hr_reading *reading, hr_arena *arena,
			  hr_ledger_row *out, hr_error *err)
{
	out->basis = HR_NEW_N(arena, hr_ledger_basis, HR_LEDGER_BASIS_MAX);
	out->basis_count = 0;
	if (!out->basis)
		return hr_fail_memory(err);
	for (hr_fund fund = 0; fund < HR_FUND_COUNT; fund++) {
		const hr_policy *policy = reading->rules.of[fund];
		hr_buf rule;

		if (!policy)
			continue;
		hr_buf_init(&rule, arena, RULE_BYTES_MAX);
		add_policy(quote->catalog, policy, &rule);
		if (!add_row(out, hr_fund_word(fund), policy->id, &policy->origin, &rule, err))
			return false;
	}
	return add_area(quote, arena, out, err);
}

bool hr_ledger_basis_same(const hr_ledger_basis *a, const hr_ledger_basis *b)
{
	return hr_str_equal(a->id, b->id) && hr_str_equal(a->rule, b->rule);
}

bool hr_ledger_row_is_synthetic(const hr_ledger_row *row)
{
	for (uint32_t i = 0; i < row->basis_count; i++)
		if (hr_str_equal(row->basis[i].grade, hr_grade_word(HR_GRADE_SYNTHETIC)))
			return true;
	return false;
}
