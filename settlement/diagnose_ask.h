/*
 * Questions of a diagnosis, one a cause, each of every visit, whatever the
 * others answer; they are rows of the table in diagnose.c. Pure. What of the
 * visit was not given is answered as not known.
 */
#pragma once

#include "settlement/diagnose.h"

/* What the questions share. */
typedef struct hr_diagnosing {
	const hr_catalog *catalog;
	const hr_visit *visit;
	const hr_eligibility *facts;
	const hr_area *area; /* NULL: its policies are not known */
	const hr_zone *zone;
	hr_scope_key key;
	hr_service service;
	bool home;
	bool across;
	hr_filing_need need;	  /* where `area` is known */
	const hr_origin *need_by; /* the record that says so; NULL: none */
} hr_diagnosing;

static inline hr_cause_ruling hr_cause_rule(hr_cause_state state, hr_words why,
					    const hr_origin *origin)
{
	return (hr_cause_ruling){ .state = state, .why = why, .origin = origin };
}

#define HR_WHY(zh, en) ((hr_words){ HR_STR_INIT(zh), HR_STR_INIT(en) })

#define HR_RULE_NOT_ASKED()	      hr_cause_rule(HR_CAUSE_NOT_ASKED, HR_WHY("", ""), NULL)
#define HR_RULE_ABSENT(origin)	      hr_cause_rule(HR_CAUSE_ABSENT, HR_WHY("", ""), (origin))
#define HR_RULE_PRESENT(zh, en, at)   hr_cause_rule(HR_CAUSE_PRESENT, HR_WHY(zh, en), (at))
#define HR_RULE_NOT_KNOWN(zh, en, at) hr_cause_rule(HR_CAUSE_NOT_KNOWN, HR_WHY(zh, en), (at))
#define HR_RULE_NOT_GIVEN(name)	      HR_RULE_NOT_KNOWN("未提供 " name, name " is not given", NULL)

/* hr_ask_NOT_FILED...: diagnose_person.c, _filing.c, _network.c, _visit.c. */
#define C(name, office, zh, en, cure_zh, cure_en)                                                  \
	hr_cause_ruling hr_ask_##name(const hr_diagnosing *a);
#include "settlement/causes.def"
#undef C
