#include "settlement/visit.h"

static const int64_t ten_thousand = 10000;

/* Of one line the part of its charges; the parts sum to the line. */
static bool sort_line(const hr_line *line, const hr_rounding *rounding, hr_charges *sums)
{
	int64_t rest = line->fen;
	hr_money limit = { line->by.limit_fen };
	int64_t first;

	if (line->by.class == 3) {
		sums->own_fen += rest;
		return true;
	}
	if (line->by.limit_fen >= 0) {
		if (!hr_money_times_half_up(limit, line->count, ten_thousand, &limit))
			return false;
		if (rest > limit.fen) {
			sums->over_fen += rest - limit.fen;
			rest = limit.fen;
		}
	}
	first = hr_settle_round(rounding, (__int128)rest * line->by.first);
	if (first > rest)
		first = rest;
	sums->first_fen += first;
	sums->scope_fen += rest - first;
	return true;
}

static int64_t sum_of(const hr_charges *c)
{
	return c->own_fen + c->over_fen + c->first_fen + c->scope_fen;
}

bool hr_visit_sort_lines(hr_visit *visit, const hr_rounding *rounding, hr_error *err)
{
	hr_charges charges = visit->charges;

	for (uint32_t i = 0; i < visit->line_count; i++)
		if (!sort_line(&visit->lines[i], rounding, &charges) ||
		    sum_of(&charges) > HR_FEN_MAX)
			return hr_fail(err, HR_E_LIMIT,
				       "visit: $.lines[%u] takes a sum over 16 digits", i);
	if (visit->total_fen >= 0 && visit->total_fen != sum_of(&charges))
		return hr_fail(err, HR_E_SYNTAX,
			       "visit: medfee_sumamt is not the sum of its parts (I1)");
	visit->charges = charges;
	return true;
}

hr_qualified hr_visit_find_qualification(const hr_visit *visit)
{
	const hr_eligibility *facts = &visit->facts;

	if (!facts->qualified_given)
		return HR_QUALIFIED_UNKNOWN;
	for (uint32_t i = 0; i < facts->qualified_count; i++) {
		const hr_qualification *row = &facts->qualified[i];

		if (hr_str_equal(row->condition, visit->condition) &&
		    row->from.day <= visit->ended.day && visit->ended.day <= row->to.day)
			return HR_QUALIFIED_YES;
	}
	return HR_QUALIFIED_NO;
}

hr_scope_key hr_visit_key(const hr_visit *visit, const hr_catalog *catalog)
{
	return hr_visit_key_at(visit, HR_STR_NONE, catalog);
}

hr_scope_key hr_visit_key_at(const hr_visit *visit, hr_str level, const hr_catalog *catalog)
{
	hr_scope_key key = hr_scope_key_init();

	hr_scope_key_set_route(visit->route, &key);
	hr_scope_key_add(catalog, HR_DIMENSION_INSURANCE, visit->insurance, &key);
	hr_scope_key_add(catalog, HR_DIMENSION_PERSON, visit->person, &key);
	for (uint32_t i = 0; i < visit->identity_count; i++)
		hr_scope_key_add(catalog, HR_DIMENSION_IDENTITY, visit->identities[i], &key);
	hr_scope_key_add(catalog, HR_DIMENSION_VISIT, visit->type, &key);
	hr_scope_key_add(catalog, HR_DIMENSION_CONDITION, visit->condition, &key);
	hr_scope_key_add(catalog, HR_DIMENSION_LEVEL, level.len ? level : visit->level, &key);
	key.age = visit->age;
	return key;
}
