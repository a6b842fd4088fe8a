/* The network: one service of one institution once a day, and no more of them than the source
 * counts. */
#include "catalog/check_parts.h"

/* Rows stand by institution, service, start. */
static void check_opened(hr_check *check, const hr_opened *a, const hr_opened *b)
{
	if (a->institution != b->institution || a->service != b->service ||
	    a->service == HR_SERVICE_CHRONIC || a->nation != b->nation ||
	    !hr_period_overlaps(a->period, b->period))
		return;
	hr_check_add(
		check, HR_FINDING_OVERLAPPING_OPENED, &b->origin,
		"'%.*s' is opened for '%.*s' twice on the same days, the other time at %.*s:%u",
		HR_STR_ARG(check->catalog->institutions[b->institution].name),
		HR_STR_ARG(hr_service_word(b->service)), HR_STR_ARG(a->origin.file),
		a->origin.line);
}

static bool counts(const hr_check *check, const hr_opened_list *list, const hr_opened *row)
{
	const hr_institution *at = &check->catalog->institutions[row->institution];

	return row->service == list->service && hr_region_within(at->region, list->region) &&
	       hr_period_overlaps(row->period, list->period);
}

static void check_list(hr_check *check, const hr_opened_list *list)
{
	const hr_catalog *catalog = check->catalog;
	hr_institution_id last = HR_ID_NONE;
	uint32_t found = 0;

	if (list->expected == 0)
		return;
	for (size_t i = 0; i < catalog->opened_count; i++) {
		const hr_opened *row = &catalog->opened[i];

		if (row->institution == last || !counts(check, list, row))
			continue;
		last = row->institution;
		found++;
	}
	if (found > list->expected)
		hr_check_add(check, HR_FINDING_OPENED_OVER, &list->origin,
			     "%u institutions have opened '%.*s', and %u are expected", found,
			     HR_STR_ARG(hr_service_word(list->service)), list->expected);
}

void hr_check_network(hr_check *check)
{
	const hr_catalog *catalog = check->catalog;

	for (size_t i = 1; i < catalog->opened_count; i++)
		check_opened(check, &catalog->opened[i - 1], &catalog->opened[i]);
	for (size_t i = 0; i < catalog->opened_list_count; i++)
		check_list(check, &catalog->opened_lists[i]);
}
