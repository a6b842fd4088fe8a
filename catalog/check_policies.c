/*
 * Policies beside each other: two of one fund for the same visits on the same
 * days are a slip, unless both say that their sources conflict.
 */
#include "catalog/check_parts.h"

static void relate(hr_check_kin *kin, hr_dimension dimension, const hr_map_slot *a,
		   const hr_map_slot *b)
{
	bool prefix = hr_dimensions[dimension].prefix;

	if (a->used && b->used &&
	    (a->value == b->value || (prefix && (hr_str_starts_with(a->key, b->key) ||
						 hr_str_starts_with(b->key, a->key)))))
		kin->of[dimension][a->value] |= UINT64_C(1) << b->value;
}

static void find_kin(const hr_catalog *catalog, hr_check_kin *kin)
{
	for (hr_dimension i = 0; i < HR_DIMENSION_COUNT; i++) {
		const hr_map *words = &catalog->scope_words[i];

		for (size_t a = 0; a < words->capacity; a++)
			for (size_t b = 0; b < words->capacity; b++)
				relate(kin, i, &words->slots[a], &words->slots[b]);
	}
}

static bool share_a_word(const hr_check_kin *kin, hr_dimension dimension, uint64_t a, uint64_t b)
{
	for (uint32_t bit = 0; bit < HR_SCOPE_WORDS_MAX; bit++)
		if (a >> bit & 1 && kin->of[dimension][bit] & b)
			return true;
	return a == 0 || b == 0;
}

bool hr_check_scopes_meet(const hr_check_kin *kin, const hr_scope *a, const hr_scope *b)
{
	for (hr_dimension i = 0; i < HR_DIMENSION_COUNT; i++)
		if (!share_a_word(kin, i, a->words[i], b->words[i]))
			return false;
	return a->age_from <= b->age_to && b->age_from <= a->age_to;
}

static bool is_reading_of(const hr_policy *a, const hr_policy *b)
{
	return a->conflict.len && hr_str_equal(a->conflict, b->conflict);
}

static void check_pair(hr_check *check, const hr_check_kin *kin, const hr_policy *a,
		       const hr_policy *b)
{
	if (!hr_check_scopes_meet(kin, &a->scope, &b->scope) ||
	    !hr_period_overlaps(a->period, b->period) || is_reading_of(a, b))
		return;
	hr_check_add(check, HR_FINDING_OVERLAPPING_POLICIES, &b->origin,
		     "policy '%.*s' and '%.*s' (%.*s:%u) are both for some visits on the same days",
		     HR_STR_ARG(b->id), HR_STR_ARG(a->id), HR_STR_ARG(a->origin.file),
		     a->origin.line);
}

/* A word that is left alone is one reading of nothing. */
static void check_reading(hr_check *check, const hr_area *area, const hr_policy *policy)
{
	size_t readings = 0;

	for (uint32_t i = area->first[policy->fund]; i < area->first[policy->fund + 1]; i++)
		readings += is_reading_of(policy, &area->policies[i]);
	if (policy->conflict.len && readings < 2)
		hr_check_add(check, HR_FINDING_LONE_READING, &policy->origin,
			     "policy '%.*s' is the only reading of '%.*s'", HR_STR_ARG(policy->id),
			     HR_STR_ARG(policy->conflict));
}

static void check_area(hr_check *check, const hr_check_kin *kin, const hr_area *area)
{
	for (hr_fund fund = 0; fund < HR_FUND_COUNT; fund++)
		for (uint32_t i = area->first[fund]; i < area->first[fund + 1]; i++) {
			check_reading(check, area, &area->policies[i]);
			for (uint32_t k = i + 1; k < area->first[fund + 1]; k++)
				check_pair(check, kin, &area->policies[i], &area->policies[k]);
		}
}

void hr_check_policies(hr_check *check)
{
	hr_check_kin *kin = HR_CHECK_NEW_N(check, hr_check_kin, 1);

	if (!kin)
		return;
	find_kin(check->catalog, kin);
	for (size_t i = 0; i < check->catalog->area_count; i++)
		check_area(check, kin, &check->catalog->areas[i]);
	hr_check_manual(check, kin);
}
