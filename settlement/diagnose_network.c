/* Who has opened what: regions, the institution, the platform. */
#include "settlement/diagnose_ask.h"

static const hr_opened *find_opened(const hr_diagnosing *a)
{
	hr_institution_id id = hr_catalog_find_institution(a->catalog, a->visit->hospital);

	if (id == HR_ID_NONE || a->service == HR_SERVICE_COUNT)
		return NULL;
	return hr_catalog_find_opened(a->catalog, id, a->service, a->visit->condition, a->across,
				      a->visit->ended);
}

hr_cause_ruling hr_ask_REGION_NOT_OPEN(const hr_diagnosing *a)
{
	const hr_opening *insured;
	const hr_opening *care;

	if (a->home)
		return HR_RULE_NOT_ASKED();
	if (a->service == HR_SERVICE_COUNT)
		return HR_RULE_NOT_KNOWN("目录不分这种医疗类别",
					 "the catalogue has no such service", NULL);
	insured = hr_catalog_find_opening(a->catalog, a->visit->insured, HR_SIDE_INSURED,
					  a->service, a->visit->ended);
	care = hr_catalog_find_opening(a->catalog, a->visit->care, HR_SIDE_CARE, a->service,
				       a->visit->ended);
	if (insured && !insured->open)
		return HR_RULE_PRESENT("参保地没有开通", "the place of insurance does not",
				       &insured->origin);
	if (care && !care->open)
		return HR_RULE_PRESENT("就医地没有开通", "the place of treatment does not",
				       &care->origin);
	if (!insured)
		return HR_RULE_NOT_KNOWN("目录中没有参保地是否开通的记录",
					 "the catalogue does not know it of the place of insurance",
					 NULL);
	/* Where an institution has opened it, its region has. */
	if (!care && !find_opened(a))
		return HR_RULE_NOT_KNOWN("目录中没有就医地是否开通的记录",
					 "the catalogue does not know it of the place of treatment",
					 NULL);
	return HR_RULE_ABSENT(&insured->origin);
}

hr_cause_ruling hr_ask_INST_NOT_LINKED(const hr_diagnosing *a)
{
	hr_institution_id id = hr_catalog_find_institution(a->catalog, a->visit->hospital);
	const hr_opened *opened = find_opened(a);
	const hr_opened_list *list;

	if (a->home)
		return HR_RULE_NOT_ASKED();
	if (!a->visit->hospital.len)
		return HR_RULE_NOT_GIVEN("fixmedins_code");
	if (opened)
		return HR_RULE_ABSENT(&opened->origin);
	if (id == HR_ID_NONE || a->service == HR_SERVICE_COUNT)
		return HR_RULE_NOT_KNOWN("目录中没有这家机构",
					 "the catalogue does not know the institution", NULL);
	list = hr_catalog_find_opened_list(a->catalog,
					   hr_catalog_get_institution(a->catalog, id)->region,
					   a->service, a->visit->ended);
	if (list && list->complete)
		return HR_RULE_PRESENT("不在完整的名单上",
				       "it is not on the list, which is complete", &list->origin);
	return HR_RULE_NOT_KNOWN("名单不完整, 其中没有这家机构",
				 "it is not on the list, which is not complete",
				 list ? &list->origin : NULL);
}

hr_cause_ruling hr_ask_MAINTENANCE(const hr_diagnosing *a)
{
	if (!a->facts->maintenance_given)
		return HR_RULE_NOT_GIVEN("platform_maintenance");
	return a->facts->maintenance ? HR_RULE_PRESENT("", "", NULL) : HR_RULE_ABSENT(NULL);
}
