/* The card, the person, the insurance: are they in order? */
#include "settlement/diagnose_ask.h"

hr_cause_ruling hr_ask_CARD_INACTIVE(const hr_diagnosing *a)
{
	switch (a->facts->card) {
	case HR_CARD_UNKNOWN:
		return HR_RULE_NOT_GIVEN("cert_stas");
	case HR_CARD_ACTIVE:
		return HR_RULE_ABSENT(NULL);
	case HR_CARD_INACTIVE:
		return HR_RULE_PRESENT("凭证尚未激活", "it has not been activated", NULL);
	case HR_CARD_DAMAGED:
		break;
	}
	return HR_RULE_PRESENT("卡已损坏", "it is damaged", NULL);
}

/* Basic insurances: of others a person may have several. */
static bool is_basic(hr_str insurance)
{
	static const hr_str words[] = { HR_STR_INIT("310"), HR_STR_INIT("340"), HR_STR_INIT("380"),
					HR_STR_INIT("390"), HR_STR_INIT("391") };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (hr_str_equal(words[i], insurance))
			return true;
	return false;
}

hr_cause_ruling hr_ask_MULTI_INSURED(const hr_diagnosing *a)
{
	const hr_insured *first = NULL;

	if (!a->facts->insured_given)
		return HR_RULE_NOT_GIVEN("insuinfo");
	for (uint32_t i = 0; i < a->facts->insured_count; i++) {
		const hr_insured *row = &a->facts->insured[i];

		if (row->status != HR_INSURED_NORMAL || !is_basic(row->insurance))
			continue;
		if (first && !(hr_str_equal(first->region, row->region) &&
			       hr_str_equal(first->insurance, row->insurance)))
			return HR_RULE_PRESENT("有不止一处正常参保的基本医保",
					       "more than one basic insurance is in force", NULL);
		first = row;
	}
	return HR_RULE_ABSENT(NULL);
}

hr_cause_ruling hr_ask_UNPAID(const hr_diagnosing *a)
{
	switch (a->facts->status) {
	case HR_INSURED_UNKNOWN:
		return HR_RULE_NOT_GIVEN("psn_insu_stas");
	case HR_INSURED_NEVER:
		return HR_RULE_PRESENT("未参保", "not insured", NULL);
	case HR_INSURED_NORMAL:
		return HR_RULE_ABSENT(NULL);
	case HR_INSURED_SUSPENDED:
		return HR_RULE_PRESENT("暂停参保: 缴费中断", "suspended: payments are interrupted",
				       NULL);
	case HR_INSURED_ENDED:
		break;
	}
	return HR_RULE_PRESENT("参保已终止", "the insurance has ended", NULL);
}

/* By the day on which the visit begins: benefits begin after the last day of waiting. */
hr_cause_ruling hr_ask_WAITING_PERIOD(const hr_diagnosing *a)
{
	if (!a->facts->waiting_given)
		return HR_RULE_NOT_GIVEN("waiting_until");
	if (a->visit->begun.day > a->facts->waiting_to.day)
		return HR_RULE_ABSENT(NULL);
	return HR_RULE_PRESENT("就医开始之日仍在等待期内", "the visit begins within it", NULL);
}
