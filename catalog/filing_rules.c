#include "catalog/filing_rules.h"

const hr_filing_rules *hr_area_find_filing(const hr_area *area, hr_date on)
{
	for (uint32_t i = 0; i < area->filing_count; i++)
		if (hr_period_contains(area->filings[i].period, on))
			return &area->filings[i];
	return NULL;
}

bool hr_filing_lists(const hr_str *names, uint16_t count, hr_str name)
{
	for (uint16_t i = 0; i < count; i++)
		if (hr_str_equal(names[i], name))
			return true;
	return count == 0;
}

static bool has_code(const hr_filing_kind *kind, hr_str code)
{
	return kind->code_count > 0 && hr_filing_lists(kind->codes, kind->code_count, code);
}

const hr_filing_kind *hr_filing_find_kind(const hr_filing_rules *rules, hr_str word)
{
	const hr_filing_kind *found = NULL;
	uint32_t count = 0;

	for (uint32_t i = 0; i < rules->kind_count; i++) {
		const hr_filing_kind *kind = &rules->kinds[i];

		if (hr_str_equal(kind->name, word))
			return kind;
		if (has_code(kind, word)) {
			found = kind;
			count++;
		}
	}
	return count == 1 ? found : NULL;
}

static bool comes_to_the_same(const hr_filing_kind *a, const hr_filing_kind *b)
{
	return a->gives == b->gives && a->open == b->open && a->months == b->months &&
	       a->at_least == b->at_least;
}

/* A code that no kind for `key` has is that of a kind for others: the first of them. */
const hr_filing_kind *hr_filing_find_kind_for(const hr_filing_rules *rules, hr_str word,
					      const hr_scope_key *key)
{
	const hr_filing_kind *named = hr_filing_find_kind(rules, word);
	const hr_filing_kind *found = NULL;
	const hr_filing_kind *others = NULL;

	for (uint32_t i = 0; !named && i < rules->kind_count; i++) {
		const hr_filing_kind *kind = &rules->kinds[i];

		if (!has_code(kind, word))
			continue;
		if (!hr_scope_has(&kind->scope, key))
			others = others ? others : kind;
		else if (found && !comes_to_the_same(found, kind))
			return NULL;
		else
			found = found ? found : kind;
	}
	return named ? named : found ? found : others;
}

uint32_t hr_filing_code_gives(const hr_filing_rules *rules, hr_str code, const hr_scope_key *key)
{
	uint32_t gives = 0;

	for (uint32_t i = 0; i < rules->kind_count; i++)
		if (has_code(&rules->kinds[i], code) && hr_scope_has(&rules->kinds[i].scope, key))
			gives |= HR_FILING_BIT(rules->kinds[i].gives);
	return gives;
}

const hr_filing_channel *hr_filing_find_channel(const hr_filing_rules *rules, hr_str name)
{
	for (uint32_t i = 0; i < rules->channel_count; i++)
		if (hr_str_equal(rules->channels[i].name, name))
			return &rules->channels[i];
	return NULL;
}
