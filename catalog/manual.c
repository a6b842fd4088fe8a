/* Look-ups over what is known of reimbursement by hand. */
#include "catalog/manual.h"

#include "base/text.h"
#include "catalog/snapshot.h"

#include <assert.h>

#define ROWS(field, one, type)                                                                     \
	size_t hr_catalog_##one##_count(const hr_catalog *catalog)                                 \
	{                                                                                          \
		return catalog->one##_count;                                                       \
	}                                                                                          \
	const type *hr_catalog_get_##one(const hr_catalog *catalog, size_t index)                  \
	{                                                                                          \
		assert(index < catalog->one##_count);                                              \
		return &catalog->field[index];                                                     \
	}

ROWS(manuals, manual, hr_manual)
ROWS(dual_channels, dual_channel, hr_dual_channel)
ROWS(drug_standards, drug_standard, hr_drug_standard)

const hr_manual *hr_catalog_find_manual(const hr_catalog *catalog, hr_str insured, bool across,
					const hr_scope_key *key, hr_date on, uint32_t says)
{
	const hr_manual *best = NULL;

	for (size_t i = 0; i < catalog->manual_count; i++) {
		const hr_manual *row = &catalog->manuals[i];

		if (row->says & says && (across || !row->across) &&
		    hr_region_within(insured, row->region) && hr_period_contains(row->period, on) &&
		    hr_scope_has(&row->scope, key) && (!best || row->region.len > best->region.len))
			best = row;
	}
	return best;
}

const hr_dual_channel *hr_catalog_find_dual_channel(const hr_catalog *catalog, hr_str insured,
						    hr_date on)
{
	const hr_dual_channel *best = NULL;

	for (size_t i = 0; i < catalog->dual_channel_count; i++) {
		const hr_dual_channel *row = &catalog->dual_channels[i];

		if (hr_region_within(insured, row->region) && hr_period_contains(row->period, on) &&
		    (!best || row->region.len > best->region.len))
			best = row;
	}
	return best;
}

int hr_drug_standard_order(const hr_drug_standard *a, const hr_drug_standard *b)
{
	int order = hr_str_compare(a->folded[0], b->folded[0]);

	return order ? order : hr_str_compare(a->folded[1], b->folded[1]);
}

/* The first standard of that name and strength, or where it would stand. */
static size_t first_of(const hr_catalog *catalog, const hr_drug_standard *wanted)
{
	size_t low = 0;
	size_t high = catalog->drug_standard_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (hr_drug_standard_order(&catalog->drug_standards[middle], wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t hr_catalog_find_standards(const hr_catalog *catalog, hr_str name, hr_str spec,
				 const hr_drug_standard **out)
{
	char folded[2][HR_DRUG_NAME_MAX];
	hr_drug_standard wanted = { 0 };
	size_t first;
	size_t count = 0;

	if (name.len > HR_DRUG_NAME_MAX || spec.len > HR_DRUG_NAME_MAX)
		return 0;
	wanted.folded[0] = (hr_str){ folded[0], hr_text_fold(name, folded[0]) };
	wanted.folded[1] = (hr_str){ folded[1], hr_text_fold(spec, folded[1]) };
	first = first_of(catalog, &wanted);
	while (first + count < catalog->drug_standard_count &&
	       hr_drug_standard_order(&catalog->drug_standards[first + count], &wanted) == 0)
		count++;
	if (count)
		*out = &catalog->drug_standards[first];
	return count;
}
