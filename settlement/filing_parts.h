/* What the parts of a decision about a filing share. Internal to settlement/. */
#pragma once

#include "settlement/filing_decide.h"

typedef struct hr_filing_case {
	const hr_catalog *catalog;
	const hr_area *area;
	const hr_filing_rules *rules; /* of the day */
	const hr_filing_application *asked;
	hr_date today;
	hr_filing_decision *out;
} hr_filing_case;

void hr_filing_tell(hr_filing_decision *out, hr_filing_reason reason, hr_str word, hr_date day,
		    const hr_origin *origin);

static inline void hr_filing_tell_word(hr_filing_decision *out, hr_filing_reason reason,
				       hr_str word, const hr_origin *origin)
{
	hr_filing_tell(out, reason, word, HR_DATE_MIN, origin);
}

static inline void hr_filing_tell_day(hr_filing_decision *out, hr_filing_reason reason, hr_date day,
				      const hr_origin *origin)
{
	hr_filing_tell(out, reason, HR_STR_NONE, day, origin);
}

/* May the filing be changed (or cancelled) on that day? */
void hr_filing_check_change(const hr_filing_case *c, const hr_filed *filed, bool cancel,
			    bool objective);

/* filing_papers.c */
void hr_filing_check_back(const hr_filing_case *c);
void hr_filing_check_materials(const hr_filing_case *c);
/* The channel that approves it at once; NULL: an officer does. */
const hr_filing_channel *hr_filing_check_channel(const hr_filing_case *c);
