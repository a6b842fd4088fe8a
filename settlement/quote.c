#include "settlement/quote.h"

#include <assert.h>

/* A stay over the end of a year is settled as the area says, or not at all. */
static bool check_years(const hr_quote *q, hr_error *err)
{
	if (hr_date_year(q->visit->begun) == hr_date_year(q->visit->ended) ||
	    q->area->cross_year == HR_CROSS_YEAR_DISCHARGE)
		return true;
	if (q->area->cross_year == HR_CROSS_YEAR_SPLIT)
		return hr_fail(
			err, HR_E_INCOMPLETE,
			"visit: area '%.*s' settles each year of a stay by itself; give each "
			"part as a visit of its own",
			HR_STR_ARG(q->area->region));
	return hr_fail(err, HR_E_INCOMPLETE,
		       "visit: how area '%.*s' settles a stay over the end of a year is not known",
		       HR_STR_ARG(q->area->region));
}

/* A result of ours that breaks an identity would be a fault of ours. */
static bool is_sound(const hr_settlement *s, hr_mutual_aid place)
{
	const hr_breaches breaches = hr_identities_check(s, place, s->fen[HR_FUND_PAY_SUMAMT]);

	return breaches.count == breaches.notes;
}

/* A reading before it is settled. */
struct found {
	hr_rules rules;
	size_t source;
	uint32_t filings;
};

enum { FOUND_MAX = HR_READINGS_MAX * HR_FILING_COUNT };

struct findings {
	size_t count;
	struct found rows[FOUND_MAX];
};

/* Filings that come to the same are one reading. */
static void add_found(const hr_rules *rules, size_t source, struct findings *all)
{
	const uint32_t filing = HR_FILING_BIT(rules->filing);

	for (size_t i = 0; i < all->count; i++)
		if (all->rows[i].source == source && hr_rules_same(&all->rows[i].rules, rules)) {
			all->rows[i].filings |= filing;
			return;
		}
	all->rows[all->count++] = (struct found){ *rules, source, filing };
}

static void find_readings(hr_quote *q, hr_scope_key *key, struct findings *all)
{
	all->count = 0;
	for (hr_filing filing = 0; filing < HR_FILING_COUNT; filing++) {
		size_t count = 1;

		if (!(q->ruling->possible & HR_FILING_BIT(filing)))
			continue;
		hr_scope_key_set_filing(filing, key);
		for (size_t i = 0; i < count && i < HR_READINGS_MAX; i++) {
			hr_rules rules;

			count = hr_rules_find(q->area, key, filing, q->visit->ended, i, &rules);
			if (count == 0) {
				q->unknown_under |= HR_FILING_BIT(filing);
				break;
			}
			rules.hospital = q->visit->hospital;
			add_found(&rules, i, all);
		}
	}
}

bool hr_quote_ask_what_if(const hr_quote *quote, const hr_what_if *what_if, size_t source,
			  hr_rules *rules, hr_settlement *out)
{
	static const hr_year fresh;
	const hr_visit *visit = quote->visit;
	hr_scope_key key = hr_visit_key_at(visit, what_if->level, quote->catalog);
	hr_rules found;
	hr_year after;
	hr_error err;
	bool home;

	hr_area_find_zone(quote->area, visit->care, visit->ended, &key, &home);
	hr_scope_key_set_filing(what_if->filing, &key);
	if (!hr_rules_find(quote->area, &key, what_if->filing, visit->ended, source, &found))
		return false;
	found.hospital = visit->hospital;
	if (!hr_settle(&found, &visit->charges, what_if->fresh_year ? &fresh : &visit->year, out,
		       &after, NULL, &err))
		return false;
	*rules = found;
	return true;
}

/* By one basic policy the same amounts, though perhaps by other shares: both may reach the cap. */
static bool comes_to_the_same(const hr_instead *a, const hr_rules *rules, const hr_settlement *s)
{
	return a->rules.of[HR_FUND_HIFP] == rules->of[HR_FUND_HIFP] &&
	       memcmp(a->settlement.fen, s->fen, sizeof(s->fen)) == 0;
}

/* One more; with what it comes to the same as, if there is such a one. */
static void add_instead(const hr_rules *rules, const hr_settlement *settlement, hr_insteads *out)
{
	for (uint32_t i = 0; i < out->count; i++)
		if (comes_to_the_same(&out->rows[i], rules, settlement)) {
			out->rows[i].filings |= HR_FILING_BIT(rules->filing);
			return;
		}
	if (out->count < HR_INSTEAD_MAX)
		out->rows[out->count++] =
			(hr_instead){ HR_FILING_BIT(rules->filing), *rules, *settlement };
}

/* What a filing would have changed, where one is missing. `now`: the rules as it is; NULL: none. */
static void find_instead(const hr_quote *q, const hr_scope_key *key, size_t source,
			 const hr_rules *now, hr_insteads *out)
{
	const uint32_t could = hr_filing_could_give(q->area, key, q->visit->begun);

	for (hr_filing filing = HR_FILING_LONG; filing < HR_FILING_COUNT; filing++) {
		const hr_what_if what_if = { .filing = filing };
		hr_settlement settlement;
		hr_rules rules;

		if (could & HR_FILING_BIT(filing) &&
		    hr_quote_ask_what_if(q, &what_if, source, &rules, &settlement) &&
		    !(now && hr_rules_same(&rules, now)))
			add_instead(&rules, &settlement, out);
	}
}

/* Under NONE alone, where one is or may be needed. */
static bool lacks_filing(const hr_quote *q, uint32_t filings)
{
	return filings == HR_FILING_BIT(HR_FILING_NONE) && q->ruling->need != HR_FILING_NOT_NEEDED;
}

static bool settle_reading(const hr_quote *q, const struct found *found, bool traced,
			   hr_reading *reading, hr_error *err)
{
	const hr_visit *visit = q->visit;

	reading->rules = found->rules;
	reading->source = found->source;
	reading->filings = found->filings;
	if (!hr_settle(&reading->rules, &visit->charges, &visit->year, &reading->settlement,
		       &reading->after, traced ? &reading->trace : NULL, err))
		return false;
	assert(is_sound(&reading->settlement, q->area->mutual_aid));
	return true;
}

static bool settle_readings(hr_quote *q, hr_scope_key *key, bool traced, hr_arena *arena,
			    hr_error *err)
{
	struct findings all;
	hr_reading *readings;

	find_readings(q, key, &all);
	if (lacks_filing(q, q->unknown_under & HR_FILING_BIT(HR_FILING_NONE)))
		find_instead(q, key, 0, NULL, &q->if_filed);
	if (all.count == 0)
		return true;
	readings = HR_NEW_N(arena, hr_reading, all.count);
	if (!readings)
		return hr_fail_memory(err);
	for (size_t i = 0; i < all.count; i++) {
		if (!settle_reading(q, &all.rows[i], traced, &readings[i], err))
			return false;
		if (lacks_filing(q, readings[i].filings))
			find_instead(q, key, readings[i].source, &readings[i].rules,
				     &readings[i].if_filed);
	}
	q->outcome = HR_QUOTE_COMPUTED;
	q->readings = readings;
	q->reading_count = all.count;
	return true;
}

static bool settle_in_area(hr_quote *q, hr_visit *visit, bool traced, hr_arena *arena,
			   hr_error *err)
{
	hr_filing_ruling *ruling = HR_NEW(arena, hr_filing_ruling);
	hr_scope_key key = hr_visit_key(visit, q->catalog);

	if (!ruling)
		return hr_fail_memory(err);
	hr_visit_rule_filing(q->area, visit, &key, ruling);
	q->ruling = ruling;
	q->filing = hr_filing_first(ruling->possible);
	q->filing_needed = ruling->need == HR_FILING_NEEDED;
	q->outcome = HR_QUOTE_NO_POLICY;
	q->zone = hr_area_find_zone(q->area, visit->care, visit->ended, &key, &q->home);
	if (!check_years(q, err) || !hr_visit_sort_lines(visit, &q->area->rounding, err))
		return false;
	if (!hr_filing_says(&ruling->findings, HR_FILING_REASON_QUALIFICATION_NEEDED))
		return settle_readings(q, &key, traced, arena, err);
	q->outcome = HR_QUOTE_NOT_QUALIFIED;
	return true;
}

bool hr_quote_make(const hr_catalog *catalog, hr_visit *visit, bool traced, hr_arena *arena,
		   hr_quote *out, hr_error *err)
{
	hr_quote q = {
		.outcome = HR_QUOTE_NO_AREA,
		.catalog = catalog,
		.visit = visit,
		.area = hr_catalog_find_area(catalog, visit->insured),
	};

	if (q.area && !settle_in_area(&q, visit, traced, arena, err))
		return false;
	*out = q;
	return true;
}

bool hr_quote_filing_is_open(const hr_quote *quote)
{
	return quote->ruling && (quote->ruling->possible & (quote->ruling->possible - 1)) != 0;
}

bool hr_quote_sources_conflict(const hr_quote *quote)
{
	for (size_t i = 0; i < quote->reading_count; i++)
		if (quote->readings[i].source)
			return true;
	return false;
}

bool hr_quote_is_synthetic(const hr_quote *quote)
{
	if (quote->ruling && hr_filing_findings_are_synthetic(&quote->ruling->findings))
		return true;
	for (size_t i = 0; i < quote->reading_count; i++)
		for (hr_fund fund = 0; fund < HR_FUND_COUNT; fund++) {
			const hr_policy *policy = quote->readings[i].rules.of[fund];

			if (policy && policy->origin.grade == HR_GRADE_SYNTHETIC)
				return true;
		}
	return false;
}
