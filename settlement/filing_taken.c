/* From a visit to the ruling about its filings, and from a ruling to what a diagnosis asks of it.
 */
#include "settlement/visit.h"

static const hr_str chronic_type = HR_STR_INIT("14"); /* 门慢特 */

void hr_visit_rule_filing(const hr_area *area, const hr_visit *visit, const hr_scope_key *key,
			  hr_filing_ruling *out)
{
	const hr_filing_visit asked = {
		.key = *key,
		.care = visit->care,
		.begun = visit->begun,
		.ended = visit->ended,
		.emergency = visit->emergency,
		.chronic = hr_str_equal(visit->type, chronic_type),
		.qualified = hr_visit_find_qualification(visit),
		.untold = !visit->filings_given && !visit->emergency,
		.stated = visit->filing_given,
		.filing = visit->filing,
	};

	hr_filing_rule(area, &asked, visit->filings, visit->filing_count, out);
}

/* The bit of a cause; none of those that are asked otherwise. */
static uint32_t fault_of(hr_filing_cause cause)
{
	switch (cause) {
	case HR_FILING_CAUSE_FILING_WRONG_REGION:
		return HR_FILED_WRONG_REGION;
	case HR_FILING_CAUSE_FILING_WRONG_TYPE:
		return HR_FILED_WRONG_TYPE;
	case HR_FILING_CAUSE_FILING_EXPIRED:
		return HR_FILED_EXPIRED;
	case HR_FILING_CAUSE_FILING_OVERLAP:
		return HR_FILED_OVERLAP;
	case HR_FILING_CAUSE_FILING_BAD_DATA:
		return HR_FILED_DATA;
	case HR_FILING_CAUSE_NONE:
	case HR_FILING_CAUSE_NOT_FILED:
	case HR_FILING_CAUSE_NO_QUALIFICATION:
		break;
	}
	return 0;
}

/*
 * Faults of a filing count where none holds: beside a valid one, or one that may be, they keep
 * nobody from settling. It may have failed for a qualification alone.
 */
static void take_faults(const hr_filing_ruling *ruling, hr_visit *visit)
{
	/* Filed, though not for this: only a ruling that says so makes it "not filed". */
	visit->filing = HR_FILING_OTHER;
	for (uint32_t i = 0; i < ruling->findings.count; i++) {
		hr_filing_reason reason = ruling->findings.rows[i].reason;
		hr_filing_cause cause = hr_filing_reason_cause(reason);

		if (hr_filing_reason_effect(reason) != HR_FILING_NO)
			continue;
		visit->facts.filed |= fault_of(cause);
		if (cause == HR_FILING_CAUSE_NOT_FILED)
			visit->filing = HR_FILING_NONE;
	}
}

static bool is_one_bit(uint32_t bits)
{
	return bits && !(bits & (bits - 1));
}

void hr_visit_take_filing(const hr_filing_ruling *ruling, hr_visit *visit)
{
	bool known = ruling->outcome == HR_FILING_HOLDS ||
		     (ruling->outcome == HR_FILING_FAILS && is_one_bit(ruling->possible));

	visit->facts.ruled = true;
	visit->facts.need_given = ruling->need != HR_FILING_UNDECIDED;
	visit->facts.need = ruling->need == HR_FILING_NEEDED;
	visit->facts.need_by = hr_filing_need_by(ruling);
	visit->facts.filed_given = known;
	visit->facts.filed = 0;
	visit->filing_given = known;
	visit->filing = ruling->gives;
	if (ruling->outcome == HR_FILING_FAILS && known)
		visit->filing = hr_filing_first(ruling->possible);
	if (known && visit->filing == HR_FILING_NONE)
		take_faults(ruling, visit);
}
