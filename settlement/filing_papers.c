/* When an application comes, with which papers, and by which channel. */
#include "settlement/filing_parts.h"

#include "catalog/workdays.h"

/* --- after the admission --- */

/* No run of days off is as long: past it a last day is over wherever it moved. */
enum { DAYS_OFF_MAX = 30 };

static void tell_late(const hr_filing_case *c, hr_date last)
{
	const hr_filing_back *back = &c->rules->back;
	hr_date moved;

	if (back->holidays == HR_SAID_NO || c->today.day > hr_date_add_days(last, DAYS_OFF_MAX).day)
		hr_filing_tell_day(c->out, HR_FILING_REASON_BACK_TOO_LATE, last, &back->origin);
	else if (!hr_catalog_next_work_day(c->catalog, last, &moved))
		hr_filing_tell_day(c->out, HR_FILING_REASON_LAST_DAY_UNKNOWN, last, &back->origin);
	else if (c->today.day > moved.day)
		hr_filing_tell_day(c->out, HR_FILING_REASON_BACK_TOO_LATE,
				   back->holidays == HR_SAID_YES ? moved : last, &back->origin);
	else if (back->holidays == HR_SAID_YES)
		hr_filing_tell_day(c->out, HR_FILING_REASON_BACK_IN_TIME, moved, &back->origin);
	else
		hr_filing_tell_day(c->out, HR_FILING_REASON_LAST_DAY_OFF, last, &back->origin);
}

static void check_days(const hr_filing_case *c)
{
	const hr_filing_back *back = &c->rules->back;
	hr_date last = hr_date_add_days(c->asked->admitted,
					(int32_t)back->days - (back->admission_counts ? 1 : 0));

	if (c->today.day <= last.day)
		hr_filing_tell_day(c->out, HR_FILING_REASON_BACK_IN_TIME, last, &back->origin);
	else
		tell_late(c, last);
}

void hr_filing_check_back(const hr_filing_case *c)
{
	const hr_filing_application *asked = c->asked;
	const hr_filing_back *back = c->rules ? &c->rules->back : NULL;

	if (asked->admitted.day == HR_DATE_MIN.day) {
		if (asked->from.day < c->today.day)
			hr_filing_tell_word(c->out, HR_FILING_REASON_BACK_DATED, HR_STR_NONE, NULL);
		return;
	}
	if (asked->from.day > asked->admitted.day)
		hr_filing_tell_day(c->out, HR_FILING_REASON_AFTER_ADMISSION, asked->admitted,
				   back && back->mode ? &back->origin : NULL);
	if (c->today.day <= asked->admitted.day)
		return;
	if (asked->settled.day != HR_DATE_MIN.day && asked->settled.day <= c->today.day)
		hr_filing_tell_day(c->out, HR_FILING_REASON_AFTER_DISCHARGE, asked->settled,
				   back && back->mode ? &back->origin : NULL);
	else if (!back || back->mode == HR_BACK_UNKNOWN)
		hr_filing_tell_word(c->out, HR_FILING_REASON_BACK_MISSING, HR_STR_NONE, NULL);
	else if (back->mode == HR_BACK_DISCHARGE)
		hr_filing_tell_word(c->out, HR_FILING_REASON_BACK_BEFORE_DISCHARGE, HR_STR_NONE,
				    &back->origin);
	else
		check_days(c);
}

/* --- papers --- */

static bool is_wanted(const hr_filing_case *c, const hr_filing_material *m)
{
	bool there = m->care_count == 0;

	for (uint16_t i = 0; i < m->care_count; i++)
		there |= hr_region_within(c->asked->region, m->care[i]);
	if (m->kind_count &&
	    (!c->out->kind || !hr_filing_lists(m->kinds, m->kind_count, c->out->kind->name)))
		return false;
	return there;
}

static bool has_paper(const hr_filing_application *asked, hr_str name)
{
	for (uint32_t i = 0; i < asked->material_count; i++)
		if (hr_str_equal(asked->materials[i], name))
			return true;
	return false;
}

static void check_material(const hr_filing_case *c, const hr_filing_material *m)
{
	const hr_filing_application *asked = c->asked;

	if (m->first_only && asked->again) {
		hr_filing_tell_word(c->out, HR_FILING_REASON_MATERIAL_WAIVED, m->name, &m->origin);
		return;
	}
	if (asked->proxy.len && !hr_filing_lists(m->proxies, m->proxy_count, asked->proxy))
		hr_filing_tell_word(c->out, HR_FILING_REASON_PROXY_REFUSED, m->name, &m->origin);
	if (has_paper(asked, m->name))
		return;
	if (m->promise && asked->promised)
		hr_filing_tell_word(c->out, HR_FILING_REASON_MATERIAL_PROMISED, m->name,
				    &m->origin);
	else
		hr_filing_tell_word(c->out,
				    asked->materials_told ? HR_FILING_REASON_MATERIAL_WANTED
							  : HR_FILING_REASON_MATERIAL_UNTOLD,
				    m->name, &m->origin);
}

void hr_filing_check_materials(const hr_filing_case *c)
{
	const hr_filing_kind *kind = c->out->kind;
	uint32_t count = 0;

	if (kind && kind->no_materials) {
		hr_filing_tell_word(c->out, HR_FILING_REASON_NO_MATERIALS, HR_STR_NONE,
				    &kind->origin);
		return;
	}
	for (uint32_t i = 0; c->rules && i < c->rules->material_count; i++) {
		if (!is_wanted(c, &c->rules->materials[i]))
			continue;
		check_material(c, &c->rules->materials[i]);
		count++;
	}
	if (count == 0)
		hr_filing_tell_word(c->out, HR_FILING_REASON_MATERIALS_MISSING, HR_STR_NONE, NULL);
}

/* --- channels --- */

static void promise(const hr_filing_case *c, const hr_filing_channel *channel)
{
	if (channel->days == 0)
		hr_filing_tell_word(c->out, HR_FILING_REASON_DAYS_MISSING, HR_STR_NONE,
				    &channel->origin);
	else if (!hr_catalog_add_work_days(c->catalog, c->today, channel->days, &c->out->due))
		hr_filing_tell_word(c->out, HR_FILING_REASON_CALENDAR_MISSING, HR_STR_NONE,
				    &channel->origin);
	else
		hr_filing_tell_day(c->out, HR_FILING_REASON_QUEUED_UNTIL, c->out->due,
				   &channel->origin);
}

const hr_filing_channel *hr_filing_check_channel(const hr_filing_case *c)
{
	const hr_filing_channel *channel =
		c->rules ? hr_filing_find_channel(c->rules, c->asked->channel) : NULL;
	const hr_filing_kind *kind = c->out->kind;

	c->out->channel = channel;
	if (!channel) {
		hr_filing_tell_word(c->out, HR_FILING_REASON_CHANNEL_MISSING, HR_STR_NONE, NULL);
		return NULL;
	}
	if (kind && !hr_filing_lists(channel->kinds, channel->kind_count, kind->name))
		hr_filing_tell_word(c->out, HR_FILING_REASON_CHANNEL_NOT_FOR_KIND, kind->title,
				    &channel->origin);
	if (!channel->automatic) {
		promise(c, channel);
		return NULL;
	}
	return channel;
}
