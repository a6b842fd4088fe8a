/* Which rules there are for a visit: bits against bits, over the policies of one fund of one area.
 */
#include "catalog/policy.h"

#include "catalog/snapshot.h"

#include <assert.h>

const struct hr_dimension_row hr_dimensions[] = {
#define X(name, word, prefix) [HR_DIMENSION_##name] = { HR_STR_INIT(word), prefix },
	HR_DIMENSIONS(X)
#undef X
};

const hr_str hr_fund_words[] = {
#define X(name, word, zh, en) [HR_FUND_##name] = HR_STR_INIT(word),
	HR_FUNDS(X)
#undef X
};

const hr_str hr_filing_words[] = {
#define X(name, word, zh, en) [HR_FILING_##name] = HR_STR_INIT(word),
	HR_FILINGS(X)
#undef X
};

const hr_str hr_route_words[] = {
#define X(name, word) [HR_ROUTE_##name] = HR_STR_INIT(word),
	HR_ROUTES(X)
#undef X
};

hr_str hr_fund_word(hr_fund fund)
{
	return hr_fund_words[fund];
}

hr_str hr_filing_word(hr_filing filing)
{
	return hr_filing_words[filing];
}

size_t hr_catalog_area_count(const hr_catalog *catalog)
{
	return catalog->area_count;
}

const hr_area *hr_catalog_get_area(const hr_catalog *catalog, size_t index)
{
	assert(index < catalog->area_count);
	return &catalog->areas[index];
}

const hr_area *hr_catalog_find_area(const hr_catalog *catalog, hr_str region)
{
	uint32_t index;

	for (size_t len = 6; len >= 2 && region.len == 6; len -= 2)
		if (hr_map_find(&catalog->area_regions, hr_str_slice(region, 0, len), &index))
			return &catalog->areas[index];
	return NULL;
}

size_t hr_catalog_counter_count(const hr_catalog *catalog)
{
	return catalog->counter_count;
}

hr_str hr_catalog_get_counter(const hr_catalog *catalog, uint32_t counter)
{
	assert(counter < catalog->counter_count);
	return catalog->counters[counter];
}

uint32_t hr_catalog_find_counter(const hr_catalog *catalog, hr_str name)
{
	uint32_t index;

	return hr_map_find(&catalog->counter_names, name, &index) ? index : HR_ID_NONE;
}

hr_scope_key hr_scope_key_init(void)
{
	hr_scope_key key = { .age = HR_AGE_UNKNOWN };

	hr_scope_key_set_route(HR_ROUTE_DIRECT, &key);
	return key;
}

void hr_scope_key_add(const hr_catalog *catalog, hr_dimension dimension, hr_str word,
		      hr_scope_key *key)
{
	const hr_map *words = &catalog->scope_words[dimension];
	bool prefix = hr_dimensions[dimension].prefix;
	uint32_t bit;

	if (word.len == 0 || word.len > HR_SCOPE_WORD_MAX)
		return;
	/* Only as many looks as there are lengths, and no longer one than the word. */
	for (uint64_t left = catalog->scope_lengths[dimension]; left; left &= left - 1) {
		size_t len = (size_t)__builtin_ctzll(left);

		if (len > word.len)
			return;
		if ((prefix || len == word.len) &&
		    hr_map_find(words, (hr_str){ word.data, len }, &bit))
			key->words[dimension] |= UINT64_C(1) << bit;
	}
}

void hr_scope_key_set_filing(hr_filing filing, hr_scope_key *key)
{
	key->words[HR_DIMENSION_FILING] = UINT64_C(1) << filing;
}

void hr_catalog_list_scope_words(const hr_catalog *catalog, hr_dimension dimension,
				 hr_str out[HR_SCOPE_WORDS_MAX])
{
	const hr_map *words = &catalog->scope_words[dimension];

	for (size_t i = 0; i < HR_SCOPE_WORDS_MAX; i++)
		out[i] = HR_STR_NONE;
	for (size_t i = 0; i < words->capacity; i++)
		if (words->slots[i].used)
			out[words->slots[i].value] = words->slots[i].key;
}

void hr_scope_key_set_route(hr_bill_route route, hr_scope_key *key)
{
	key->words[HR_DIMENSION_ROUTE] = UINT64_C(1) << route;
}

bool hr_scope_has(const hr_scope *scope, const hr_scope_key *key)
{
	bool ages = scope->age_from > 0 || scope->age_to != HR_AGE_UNKNOWN;

	for (size_t i = 0; i < HR_DIMENSION_COUNT; i++)
		if (scope->words[i] && !(scope->words[i] & key->words[i]))
			return false;
	return !ages || (key->age != HR_AGE_UNKNOWN && key->age >= scope->age_from &&
			 key->age <= scope->age_to);
}

static bool covers(const hr_zone *zone, hr_str care_region, hr_date on, const hr_scope_key *key)
{
	if (!hr_period_contains(zone->period, on) || !hr_scope_has(&zone->scope, key))
		return false;
	for (uint16_t i = 0; i < zone->care_count; i++)
		if (hr_region_within(care_region, zone->care[i]))
			return true;
	return false;
}

const hr_zone *hr_area_find_zone(const hr_area *area, hr_str care_region, hr_date on,
				 hr_scope_key *key, bool *home)
{
	uint64_t *zones = &key->words[HR_DIMENSION_ZONE];

	*home = hr_region_within(care_region, area->region);
	*zones = UINT64_C(1) << (*home ? HR_ZONE_HOME : HR_ZONE_OUTSIDE);
	for (uint32_t i = 0; !*home && i < area->zone_count; i++) {
		if (!covers(&area->zones[i], care_region, on, key))
			continue;
		*zones = area->zones[i].bit;
		return &area->zones[i];
	}
	return NULL;
}

size_t hr_area_find_policies(const hr_area *area, hr_fund fund, const hr_scope_key *key, hr_date on,
			     const hr_policy **out, size_t room)
{
	size_t count = 0;

	for (uint32_t i = area->first[fund]; i < area->first[fund + 1]; i++) {
		const hr_policy *policy = &area->policies[i];

		if (!hr_period_contains(policy->period, on) || !hr_scope_has(&policy->scope, key))
			continue;
		if (count < room)
			out[count] = policy;
		count++;
	}
	return count;
}
