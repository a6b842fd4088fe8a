/* What was filed: is it needed, is it there, is it right? */
#include "settlement/diagnose_ask.h"

static hr_cause_ruling ask_filed(const hr_diagnosing *a, uint32_t bit, hr_words why)
{
	if (a->home || (a->area && a->need == HR_FILING_NOT_NEEDED))
		return HR_RULE_NOT_ASKED();
	/* Of no filing at all, and of an emergency, there is none to be wrong. */
	if (!a->facts->filed_given && a->visit->filing_given &&
	    (a->visit->filing == HR_FILING_NONE || a->visit->filing == HR_FILING_EMERGENCY))
		return HR_RULE_NOT_ASKED();
	if (!a->facts->filed_given)
		return HR_RULE_NOT_GIVEN("filing_faults");
	if (a->facts->filed & bit)
		return hr_cause_rule(HR_CAUSE_PRESENT, why, NULL);
	return HR_RULE_ABSENT(NULL);
}

static hr_words bad_data(uint32_t filed)
{
	static const struct {
		uint32_t bit;
		hr_words why;
	} rows[] = {
		{ HR_FILED_INSURED_PLACE,
		  { HR_STR_INIT("参保地填错: 如省本级与市"),
		    HR_STR_INIT("the place of insurance") } },
		{ HR_FILED_CARE_PLACE,
		  { HR_STR_INIT("就医地填错"), HR_STR_INIT("the place of treatment") } },
		{ HR_FILED_ANOTHER_PERSON,
		  { HR_STR_INIT("用了他人的信息: 如给孩子备案用了家长的"),
		    HR_STR_INIT("another person's data, as a parent's for a child") } },
		{ HR_FILED_NAME, { HR_STR_INIT("姓名填错"), HR_STR_INIT("the name") } },
		{ HR_FILED_CERTIFICATE,
		  { HR_STR_INIT("证件号填错"), HR_STR_INIT("the certificate's number") } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (filed & rows[i].bit)
			return rows[i].why;
	return HR_WHY("", "");
}

hr_cause_ruling hr_ask_FILING_BAD_DATA(const hr_diagnosing *a)
{
	return ask_filed(a,
			 HR_FILED_INSURED_PLACE | HR_FILED_CARE_PLACE | HR_FILED_NAME |
				 HR_FILED_CERTIFICATE | HR_FILED_ANOTHER_PERSON | HR_FILED_DATA,
			 bad_data(a->facts->filed));
}

hr_cause_ruling hr_ask_NOT_FILED(const hr_diagnosing *a)
{
	const hr_origin *by = a->need_by;

	if (a->home)
		return HR_RULE_NOT_ASKED();
	if (!a->area)
		return HR_RULE_NOT_KNOWN(
			"目录中没有参保地的备案规定",
			"the catalogue does not know the filing rules of the place of "
			"insurance",
			NULL);
	if (a->need == HR_FILING_NOT_NEEDED)
		return HR_RULE_ABSENT(by);
	if (!a->visit->filing_given && a->facts->ruled)
		return HR_RULE_NOT_KNOWN("备案是否有效不能断定",
					 "whether the filing holds cannot be told", by);
	if (!a->visit->filing_given)
		return HR_RULE_NOT_GIVEN("filing");
	if (a->need == HR_FILING_UNDECIDED && a->visit->filing <= HR_FILING_EXEMPT)
		return HR_RULE_NOT_KNOWN("目录中没有写明此处就医是否须备案",
					 "the catalogue does not say whether one is needed there",
					 by);
	if (a->visit->filing == HR_FILING_NONE)
		return HR_RULE_PRESENT("此处就医需要备案", "one is needed there", by);
	if (a->visit->filing == HR_FILING_EXEMPT)
		return HR_RULE_NOT_KNOWN("称无需备案, 而目录所载需要",
					 "said to be exempt, where the catalogue says it is needed",
					 by);
	return HR_RULE_ABSENT(by);
}

hr_cause_ruling hr_ask_FILING_WRONG_REGION(const hr_diagnosing *a)
{
	return ask_filed(a, HR_FILED_WRONG_REGION, HR_WHY("", ""));
}

hr_cause_ruling hr_ask_FILING_WRONG_TYPE(const hr_diagnosing *a)
{
	return ask_filed(a, HR_FILED_WRONG_TYPE, HR_WHY("", ""));
}

hr_cause_ruling hr_ask_FILING_EXPIRED(const hr_diagnosing *a)
{
	return ask_filed(a, HR_FILED_EXPIRED, HR_WHY("", ""));
}

hr_cause_ruling hr_ask_FILING_OVERLAP(const hr_diagnosing *a)
{
	return ask_filed(a, HR_FILED_OVERLAP, HR_WHY("", ""));
}
