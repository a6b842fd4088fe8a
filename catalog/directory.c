/* Look-ups over the directory: few rows each, gone through; the opened ones are found by halves. */
#include "catalog/directory.h"

#include "catalog/snapshot.h"

#include <assert.h>

const hr_str hr_service_words[] = {
#define X(name, word, zh, en) [HR_SERVICE_##name] = HR_STR_INIT(word),
	HR_SERVICES(X)
#undef X
};

hr_str hr_service_word(hr_service service)
{
	return hr_service_words[service];
}

#define ROWS(field, count, one, type)                                                              \
	size_t hr_catalog_##one##_count(const hr_catalog *catalog)                                 \
	{                                                                                          \
		return catalog->count;                                                             \
	}                                                                                          \
	const type *hr_catalog_get_##one(const hr_catalog *catalog, size_t index)                  \
	{                                                                                          \
		assert(index < catalog->count);                                                    \
		return &catalog->field[index];                                                     \
	}

ROWS(offices, office_count, office, hr_office)
ROWS(opened, opened_count, opened, hr_opened)
ROWS(opened_lists, opened_list_count, opened_list, hr_opened_list)
ROWS(openings, opening_count, opening, hr_opening)
ROWS(coverages, coverage_count, coverage, hr_coverage)
ROWS(directs, direct_count, direct, hr_direct)
ROWS(conditions, condition_count, condition, hr_condition)
ROWS(condition_lists, condition_list_count, condition_list, hr_condition_list)
ROWS(platform_texts, platform_text_count, platform_text, hr_platform_text)

/* Does the word begin with one of these? None of them: any word will do. */
static bool begins_with_one(hr_str word, const hr_str *prefixes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (hr_str_starts_with(word, prefixes[i]))
			return true;
	return count == 0;
}

static bool is_for(const hr_office *office, hr_office_kind kind, hr_str region, hr_str insurance,
		   hr_filing filing, hr_date on)
{
	return office->kind == kind && hr_region_within(region, office->region) &&
	       hr_period_contains(office->period, on) &&
	       begins_with_one(insurance, office->insurances, office->insurance_count) &&
	       (!office->filings || filing == HR_FILING_COUNT || office->filings >> filing & 1);
}

size_t hr_catalog_find_offices(const hr_catalog *catalog, hr_office_kind kind, hr_str region,
			       hr_str insurance, hr_filing filing, hr_date on,
			       const hr_office **out, size_t room)
{
	size_t longest = 0;
	size_t count = 0;

	for (size_t i = 0; i < catalog->office_count; i++) {
		const hr_office *office = &catalog->offices[i];

		if (!is_for(office, kind, region, insurance, filing, on) ||
		    (count && office->region.len < longest))
			continue;
		if (office->region.len > longest)
			count = 0;
		longest = office->region.len;
		if (count < room)
			out[count] = office;
		count++;
	}
	return count;
}

/* The first row of the institution, and of the next one: the end. */
static size_t first_opened(const hr_catalog *catalog, uint64_t institution)
{
	size_t low = 0;
	size_t high = catalog->opened_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (catalog->opened[middle].institution < institution)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const hr_opened *hr_catalog_find_opened(const hr_catalog *catalog, hr_institution_id institution,
					hr_service service, hr_str condition, bool across,
					hr_date on)
{
	size_t end = first_opened(catalog, (uint64_t)institution + 1);

	for (size_t i = first_opened(catalog, institution); i < end; i++) {
		const hr_opened *row = &catalog->opened[i];

		if (row->service == service && (row->nation || !across) &&
		    hr_period_contains(row->period, on) &&
		    begins_with_one(condition, row->conditions, row->condition_count))
			return row;
	}
	return NULL;
}

const hr_opened_list *hr_catalog_find_opened_list(const hr_catalog *catalog, hr_str region,
						  hr_service service, hr_date on)
{
	const hr_opened_list *best = NULL;

	for (size_t i = 0; i < catalog->opened_list_count; i++) {
		const hr_opened_list *row = &catalog->opened_lists[i];

		if (row->service == service && hr_region_within(region, row->region) &&
		    hr_period_contains(row->period, on) &&
		    (!best || row->region.len > best->region.len))
			best = row;
	}
	return best;
}

const hr_opening *hr_catalog_find_opening(const hr_catalog *catalog, hr_str region, uint8_t side,
					  hr_service service, hr_date on)
{
	const hr_opening *best = NULL;

	for (size_t i = 0; i < catalog->opening_count; i++) {
		const hr_opening *row = &catalog->openings[i];

		if (row->service == service && row->sides & side &&
		    hr_region_within(region, row->region) && hr_period_contains(row->period, on) &&
		    (!best || row->region.len > best->region.len))
			best = row;
	}
	return best;
}

const hr_direct *hr_catalog_find_direct(const hr_catalog *catalog, hr_str insured, bool across,
					bool not_covered, const hr_scope_key *key, hr_date on)
{
	const hr_direct *best = NULL;

	for (size_t i = 0; i < catalog->direct_count; i++) {
		const hr_direct *row = &catalog->directs[i];

		if (row->not_covered == not_covered && (across || !row->across) &&
		    hr_region_within(insured, row->region) && hr_period_contains(row->period, on) &&
		    hr_scope_has(&row->scope, key) && (!best || row->region.len > best->region.len))
			best = row;
	}
	return best;
}

const hr_condition *hr_catalog_find_condition(const hr_catalog *catalog, hr_str code, hr_date on)
{
	for (size_t i = 0; i < catalog->condition_count; i++)
		if (hr_str_starts_with(code, catalog->conditions[i].code) &&
		    hr_period_contains(catalog->conditions[i].period, on))
			return &catalog->conditions[i];
	return NULL;
}

const hr_condition_list *hr_catalog_find_condition_list(const hr_catalog *catalog, hr_date on)
{
	for (size_t i = 0; i < catalog->condition_list_count; i++)
		if (hr_period_contains(catalog->condition_lists[i].period, on))
			return &catalog->condition_lists[i];
	return NULL;
}
