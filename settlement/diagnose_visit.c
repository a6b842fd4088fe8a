/* The visit: is its kind paid, and directly; what stands in its way. */
#include "settlement/diagnose_ask.h"

static hr_words excluded_by(uint32_t excluded)
{
	static const struct {
		uint32_t bit;
		hr_words why;
	} rows[] = {
		{ HR_EXCLUDED_MATERNITY, { HR_STR_INIT("生育"), HR_STR_INIT("maternity") } },
		{ HR_EXCLUDED_WORK_INJURY, { HR_STR_INIT("工伤"), HR_STR_INIT("a work injury") } },
		{ HR_EXCLUDED_THIRD_PARTY,
		  { HR_STR_INIT("应由第三方负担"), HR_STR_INIT("a third party is liable") } },
		{ HR_EXCLUDED_ABROAD, { HR_STR_INIT("境外就医"), HR_STR_INIT("abroad") } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (excluded & rows[i].bit)
			return rows[i].why;
	return HR_WHY("", "");
}

hr_cause_ruling hr_ask_NOT_COVERED(const hr_diagnosing *a)
{
	const hr_direct *closed = hr_catalog_find_direct(a->catalog, a->visit->insured, a->across,
							 true, &a->key, a->visit->ended);

	if (a->facts->excluded)
		return hr_cause_rule(HR_CAUSE_PRESENT, excluded_by(a->facts->excluded), NULL);
	if (closed)
		return HR_RULE_PRESENT("这种医疗类别不支付", "visits of this kind are not paid",
				       &closed->origin);
	return a->facts->excluded_given ? HR_RULE_ABSENT(NULL) : HR_RULE_NOT_GIVEN("excluded");
}

hr_cause_ruling hr_ask_PERSON_SCOPE(const hr_diagnosing *a)
{
	const hr_direct *found = hr_catalog_find_direct(a->catalog, a->visit->insured, a->across,
							false, &a->key, a->visit->ended);

	if (a->home)
		return HR_RULE_NOT_ASKED();
	if (!found)
		return HR_RULE_NOT_KNOWN("目录中没有这类人员能否异地直接结算的规定",
					 "the catalogue has no rule for these people and visits",
					 NULL);
	if (found->open)
		return HR_RULE_ABSENT(&found->origin);
	return HR_RULE_PRESENT("参保地的规定", "by a rule of the place of insurance",
			       &found->origin);
}

hr_cause_ruling hr_ask_NO_QUALIFICATION(const hr_diagnosing *a)
{
	const hr_condition *condition;
	const hr_condition_list *list;

	if (a->service != HR_SERVICE_CHRONIC)
		return HR_RULE_NOT_ASKED();
	if (!a->visit->condition.len)
		return HR_RULE_NOT_GIVEN("opsp_dise_code");
	condition = hr_catalog_find_condition(a->catalog, a->visit->condition, a->visit->ended);
	list = hr_catalog_find_condition_list(a->catalog, a->visit->ended);
	if (a->across && !condition && list && list->complete)
		return HR_RULE_PRESENT("这个病种当日不在跨省直接结算之列",
				       "the disease is not settled across provinces on that day",
				       &list->origin);
	if (hr_visit_find_qualification(a->visit) == HR_QUALIFIED_NO)
		return HR_RULE_PRESENT("当日没有这个病种的资格",
				       "not recognised at home for this disease on that day", NULL);
	if (a->across && !condition)
		return HR_RULE_NOT_KNOWN(
			"不知道这个病种能否跨省直接结算",
			"it is not known whether the disease is settled across provinces", NULL);
	if (!a->facts->qualified_given)
		return HR_RULE_NOT_GIVEN("qualifications");
	return HR_RULE_ABSENT(condition ? &condition->origin : NULL);
}

hr_cause_ruling hr_ask_OPEN_STAY(const hr_diagnosing *a)
{
	hr_cause_ruling present = HR_RULE_PRESENT("", "", NULL);
	hr_institution_id id;

	if (a->service != HR_SERVICE_INPATIENT)
		return HR_RULE_NOT_ASKED();
	if (!a->facts->stays_given)
		return HR_RULE_NOT_GIVEN("open_stays");
	if (a->facts->stay_count == 0)
		return HR_RULE_ABSENT(NULL);
	id = hr_catalog_find_institution(a->catalog, a->facts->stays[0].hospital);
	if (id != HR_ID_NONE)
		present.institution = hr_catalog_get_institution(a->catalog, id);
	return present;
}

static bool is_used_up(const hr_year *year, const hr_policy *policy)
{
	for (uint32_t i = 0; i < year->count; i++) {
		const hr_counted *row = &year->counted[i];
		int64_t used = policy->cap.of == HR_CAP_PAYMENTS ? row->paid_fen : row->base_fen;

		if (row->counter == policy->counter && row->hospital.len == 0 &&
		    used >= policy->cap.most.fen)
			return true;
	}
	return false;
}

/* Of several readings all must say so. */
hr_cause_ruling hr_ask_CAP_EXHAUSTED(const hr_diagnosing *a)
{
	const hr_policy *found[HR_READINGS_MAX];
	size_t count = 0;
	size_t used = 0;
	size_t capped = 0;

	if (a->area)
		count = hr_area_find_policies(a->area, HR_FUND_HIFP, &a->key, a->visit->ended,
					      found, HR_READINGS_MAX);
	if (count > HR_READINGS_MAX)
		count = HR_READINGS_MAX;
	for (size_t i = 0; i < count; i++) {
		bool yearly = found[i]->cap.of != HR_CAP_NONE && found[i]->cap.per_year;

		capped += yearly;
		used += yearly && is_used_up(&a->visit->year, found[i]);
	}
	if (count == 0 || capped < count)
		return HR_RULE_NOT_KNOWN("目录中没有适用于此次就医的年度限额",
					 "the catalogue knows no yearly cap for this visit", NULL);
	if (!a->facts->year_given)
		return HR_RULE_NOT_GIVEN("year");
	if (used == count)
		return HR_RULE_PRESENT("本年度累计已达到年度限额",
				       "the year's total has reached the yearly cap",
				       &found[0]->origin);
	if (used)
		return HR_RULE_NOT_KNOWN("来源互相矛盾, 有的限额已用完",
					 "sources conflict: one cap is used up", &found[0]->origin);
	return HR_RULE_ABSENT(&found[0]->origin);
}
