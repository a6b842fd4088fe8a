/*
 * Reimbursement by hand: what one region says of one visit it says once, and a
 * drug has one payment standard a day.
 */
#include "catalog/check_parts.h"

static void check_rules(hr_check *check, const hr_check_kin *kin, const hr_manual *a,
			const hr_manual *b)
{
	if (!(a->says & b->says) || !hr_str_equal(a->region, b->region) ||
	    !hr_period_overlaps(a->period, b->period) ||
	    !hr_check_scopes_meet(kin, &a->scope, &b->scope))
		return;
	hr_check_add(check, HR_FINDING_OVERLAPPING_MANUAL, &b->origin,
		     "<reimbursement> says of some visits what %.*s:%u says of them on the same "
		     "days",
		     HR_STR_ARG(a->origin.file), a->origin.line);
}

static void check_dual_channels(hr_check *check, const hr_dual_channel *a, const hr_dual_channel *b)
{
	if (hr_str_equal(a->region, b->region) && hr_period_overlaps(a->period, b->period))
		hr_check_add(check, HR_FINDING_OVERLAPPING_MANUAL, &b->origin,
			     "<dual-channel> is told by %.*s:%u for the same days",
			     HR_STR_ARG(a->origin.file), a->origin.line);
}

/* One without a code is of the name and strength, whoever makes it: a second one contradicts it. */
static void check_standards(hr_check *check, const hr_drug_standard *a, const hr_drug_standard *b)
{
	bool others = a->code.len && b->code.len && !hr_str_equal(a->code, b->code);

	if (others || !hr_str_equal(a->region, b->region) ||
	    !hr_period_overlaps(a->period, b->period))
		return;
	hr_check_add(check, HR_FINDING_OVERLAPPING_STANDARDS, &b->origin,
		     "drug '%.*s' (%.*s) has two payment standards on the same days, the other at "
		     "%.*s:%u",
		     HR_STR_ARG(b->name), HR_STR_ARG(b->spec), HR_STR_ARG(a->origin.file),
		     a->origin.line);
}

/* Those of one name and strength stand together. */
static void check_drugs(hr_check *check)
{
	const hr_drug_standard *rows = check->catalog->drug_standards;

	for (size_t i = 0; i < check->catalog->drug_standard_count; i++)
		for (size_t k = i + 1; k < check->catalog->drug_standard_count &&
				       hr_drug_standard_order(&rows[i], &rows[k]) == 0;
		     k++)
			check_standards(check, &rows[i], &rows[k]);
}

void hr_check_manual(hr_check *check, const hr_check_kin *kin)
{
	const hr_catalog *catalog = check->catalog;

	for (size_t i = 0; i < catalog->manual_count; i++)
		for (size_t k = i + 1; k < catalog->manual_count; k++)
			check_rules(check, kin, &catalog->manuals[i], &catalog->manuals[k]);
	for (size_t i = 0; i < catalog->dual_channel_count; i++)
		for (size_t k = i + 1; k < catalog->dual_channel_count; k++)
			check_dual_channels(check, &catalog->dual_channels[i],
					    &catalog->dual_channels[k]);
	check_drugs(check);
}
