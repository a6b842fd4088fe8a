/* When a filing may be changed or cancelled. */
#include "settlement/filing_parts.h"

#include <string.h>

/* The months are counted from the day it was applied for (民法典 201, 202); the next day is free.
 */
static hr_date first_free_day(const hr_filed *filed, int32_t months)
{
	hr_date begun = filed->applied.day == HR_DATE_MIN.day ? filed->from : filed->applied;

	return months == 0 ? begun : hr_date_add_days(hr_date_add_months(begun, months), 1);
}

static void tell_early(const hr_filing_case *c, const hr_filing_kind *kind, hr_date free,
		       bool objective)
{
	hr_filing_reason reason = HR_FILING_REASON_TOO_EARLY;

	if (objective)
		reason = kind->early_at_office ? HR_FILING_REASON_EARLY_AT_OFFICE
					       : HR_FILING_REASON_EARLY_MISSING;
	hr_filing_tell_day(c->out, reason, free, &kind->origin);
}

void hr_filing_check_change(const hr_filing_case *c, const hr_filed *filed, bool cancel,
			    bool objective)
{
	hr_filing_validity v = hr_filing_validity_of(c->area, filed);
	int32_t months = HR_FILING_MONTHS_UNKNOWN;
	hr_date free;

	if (filed->state != HR_FILING_STATE_APPROVED || c->today.day > v.possible.day) {
		hr_filing_tell_word(c->out, HR_FILING_REASON_NOT_IN_FORCE, HR_STR_NONE, NULL);
		return;
	}
	if (v.kind)
		months = cancel ? v.kind->cancel_months : v.kind->change_months;
	if (months == HR_FILING_MONTHS_UNKNOWN) {
		hr_filing_tell_word(c->out, HR_FILING_REASON_CHANGE_MISSING,
				    v.kind ? v.kind->title : filed->kind,
				    v.kind ? &v.kind->origin : NULL);
		return;
	}
	free = first_free_day(filed, months);
	c->out->change_from = free;
	if (c->today.day < free.day)
		tell_early(c, v.kind, free, objective);
	else
		hr_filing_tell_word(c->out, HR_FILING_REASON_CHANGEABLE, HR_STR_NONE,
				    &v.kind->origin);
}

void hr_filing_cancel(const hr_area *area, const hr_filed *filed, hr_date today, bool objective,
		      hr_filing_decision *out)
{
	hr_filing_case c = { .area = area, .today = today, .out = out };

	memset(out, 0, sizeof(*out));
	out->due = HR_DATE_MIN;
	out->change_from = HR_DATE_MIN;
	out->filed = *filed;
	out->validity = hr_filing_validity_of(area, filed);
	out->kind = out->validity.kind;
	hr_filing_check_change(&c, filed, true, objective);
	if (hr_filing_has(&out->findings, HR_FILING_NO))
		out->verdict = HR_FILING_REFUSED;
	else if (hr_filing_has(&out->findings, HR_FILING_OPEN))
		out->verdict = HR_FILING_UNKNOWN;
	else if (hr_filing_says(&out->findings, HR_FILING_REASON_EARLY_AT_OFFICE))
		out->verdict = HR_FILING_QUEUED;
	else
		out->verdict = HR_FILING_APPROVED;
	if (out->verdict != HR_FILING_APPROVED)
		return;
	out->filed.state = HR_FILING_STATE_CANCELLED;
	out->filed.ended = today;
}
