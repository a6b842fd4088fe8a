#include "settlement/quote.h"

#include <assert.h>

/* What the zone says where the caller said nothing: nobody filed where none was needed. */
static void decide_filing(hr_quote *q)
{
	q->filing_needed = !q->home && !(q->zone && q->zone->exempt);
	q->filing = q->visit->filing;
	if (!q->visit->filing_given)
		q->filing = q->filing_needed ? HR_FILING_NONE : HR_FILING_EXEMPT;
}

static int year_of(hr_date date)
{
	int year;
	int month;
	int day;

	hr_date_to_civil(date, &year, &month, &day);
	return year;
}

/* A stay over the end of a year is settled as the area says, or not at all. */
static bool check_years(const hr_quote *q, hr_error *err)
{
	if (year_of(q->visit->begun) == year_of(q->visit->ended) ||
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

static bool settle_readings(hr_quote *q, const hr_scope_key *key, bool traced, hr_arena *arena,
			    hr_error *err)
{
	const hr_visit *visit = q->visit;
	size_t count = 1;
	hr_reading *readings = NULL;

	for (size_t i = 0; i < count; i++) {
		hr_rules rules;
		hr_reading *reading;

		count = hr_rules_find(q->area, key, q->filing, visit->ended, i, &rules);
		if (count == 0)
			return true;
		if (count > HR_READINGS_MAX)
			count = HR_READINGS_MAX;
		if (!readings)
			readings = HR_NEW_N(arena, hr_reading, count);
		if (!readings)
			return hr_fail_memory(err);
		rules.hospital = visit->hospital;
		reading = &readings[i];
		reading->rules = rules;
		if (!hr_settle(&rules, &visit->charges, &visit->year, &reading->settlement,
			       &reading->after, traced ? &reading->trace : NULL, err))
			return false;
		assert(is_sound(&reading->settlement, q->area->mutual_aid));
	}
	q->outcome = HR_QUOTE_COMPUTED;
	q->readings = readings;
	q->reading_count = count;
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
	hr_scope_key key = hr_visit_key(visit, catalog);

	if (q.area) {
		q.outcome = HR_QUOTE_NO_POLICY;
		q.zone = hr_area_find_zone(q.area, visit->care, visit->ended, &key, &q.home);
		decide_filing(&q);
		hr_scope_key_set_filing(q.filing, &key);
		if (!check_years(&q, err) || !hr_visit_sort_lines(visit, &q.area->rounding, err) ||
		    !settle_readings(&q, &key, traced, arena, err))
			return false;
	}
	*out = q;
	return true;
}

bool hr_quote_is_synthetic(const hr_quote *quote)
{
	for (size_t i = 0; i < quote->reading_count; i++)
		for (hr_fund fund = 0; fund < HR_FUND_COUNT; fund++) {
			const hr_policy *policy = quote->readings[i].rules.of[fund];

			if (policy && policy->origin.grade == HR_GRADE_SYNTHETIC)
				return true;
		}
	return false;
}
