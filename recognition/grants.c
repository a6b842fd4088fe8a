/*
 * One regime's part: is it in force, is the receiver a member, is the item on
 * its list, and was the laboratory granted the item on the day of the test.
 * Absent from a list that is only partly known is no "no".
 */
#include "recognition/decide.h"

void hr_decide_regime(const hr_case *c, const hr_regime *regime, hr_collector *out)
{
	hr_reason *reason;

	if (!hr_period_contains(regime->period, c->today))
		hr_collector_add(out, HR_REASON_REGIME_NOT_IN_FORCE)->origin = &regime->origin;
	if (regime->nationwide)
		return;
	if (c->receiver) {
		if (!hr_regime_has_member(regime, c->receiver))
			hr_collector_add(out, HR_REASON_RECEIVER_NOT_MEMBER)->origin =
				&regime->origin;
		return;
	}
	reason = hr_collector_add(out, c->question->receiver.len ? HR_REASON_RECEIVER_UNKNOWN
								 : HR_REASON_RECEIVER_NOT_GIVEN);
	reason->arg = c->question->receiver;
	reason->value = c->question->receiver;
	reason->place = (hr_place){ HR_PLACE_ASKED, NULL, HR_STR("receiver") };
}

static hr_reason *add_time(const hr_matter *m, hr_reason_id id, hr_collector *out)
{
	hr_reason *reason = hr_collector_add(out, id);

	reason->value = m->time->text;
	reason->place = m->time->place;
	return reason;
}

/* What a list says of something that is not in it. */
static void add_absent(const hr_list *list, hr_list_kind kind, hr_collector *out)
{
	static const struct {
		hr_reason_id no;
		hr_str zh, en;
	} kinds[HR_LIST_KINDS] = {
		[HR_LIST_ITEMS] = { HR_REASON_ITEM_NOT_LISTED, HR_STR_INIT("项目名单"),
				    HR_STR_INIT("list of items") },
		[HR_LIST_GRANTS] = { HR_REASON_GRANT_MISSING, HR_STR_INIT("机构名单"),
				     HR_STR_INIT("list of institutions") },
	};
	hr_reason *reason;

	if (list && list->complete) {
		hr_collector_add(out, kinds[kind].no)->origin = &list->origin;
		return;
	}
	reason = hr_collector_add(out,
				  list ? HR_REASON_LIST_INCOMPLETE : HR_REASON_LIST_PERIOD_UNKNOWN);
	reason->arg = kinds[kind].zh;
	reason->arg_en = kinds[kind].en;
	reason->origin = list ? &list->origin : NULL;
}

static bool lists_item(const hr_list *list, const hr_matter *m)
{
	if (!list || m->item_id == HR_ID_NONE)
		return false;
	return list->all || (list->items && hr_item_in(list->items, m->item_id));
}

/* Of the lists of the first and the last day, the one that knows less. */
static const hr_list *weaker(const hr_list *a, const hr_list *b)
{
	if (!a || !b)
		return NULL;
	return a->complete ? b : a;
}

static bool is_list_synthetic(const hr_list *list)
{
	return list && hr_is_synthetic(&list->origin);
}

void hr_ask_lists(const hr_case *c, const hr_matter *m, hr_regime_case *rc)
{
	hr_institution_id institution = m->performer->id;

	if (!hr_time_is_known(m->time) ||
	    (rc->asked && rc->first.day == m->first.day && rc->last.day == m->last.day &&
	     rc->institution == institution))
		return;
	rc->asked = true;
	rc->first = m->first;
	rc->last = m->last;
	rc->institution = institution;
	rc->items_first = hr_regime_find_list(rc->regime, HR_LIST_ITEMS, m->first);
	rc->items_last = hr_regime_find_list(rc->regime, HR_LIST_ITEMS, m->last);
	rc->grants = weaker(hr_regime_find_list(rc->regime, HR_LIST_GRANTS, m->first),
			    hr_regime_find_list(rc->regime, HR_LIST_GRANTS, m->last));
	rc->lists_synthetic = is_list_synthetic(rc->items_first) ||
			      is_list_synthetic(rc->items_last) || is_list_synthetic(rc->grants);
	rc->row_count = 0;
	rc->rows = institution == HR_ID_NONE ? NULL
					     : hr_catalog_find_grants(c->catalog, rc->regime,
								      institution, &rc->row_count);
}

/* What is not matched is asked of no list: that it could not be is said already. */
void hr_decide_list(const hr_matter *m, const hr_regime_case *rc, const hr_grounds *grounds,
		    hr_collector *out)
{
	if (!hr_time_is_known(m->time) ||
	    (m->item_id == HR_ID_NONE && !(rc->items_first && rc->items_first->all)))
		return;
	if (grounds->listed_first != grounds->listed_last)
		add_time(m, HR_REASON_EVENT_IMPRECISE, out);
	else if (!grounds->listed_first)
		add_absent(weaker(rc->items_first, rc->items_last), HR_LIST_ITEMS, out);
}

static void check_device(const hr_matter *m, const hr_grant *grant, hr_collector *out)
{
	const hr_field *written = &m->result->device;
	hr_reason *reason;

	if (grant->device.len == 0 || hr_str_equal(grant->device, written->text))
		return;
	reason = hr_collector_add(out, written->text.len ? HR_REASON_DEVICE_NOT_GRANTED
							 : HR_REASON_DEVICE_NOT_SAID);
	reason->arg = grant->device;
	reason->value = written->text;
	reason->place = written->place;
	reason->origin = &grant->origin;
}

/* By its key or its name; NULL when the institution has no such campus. */
static const hr_campus *find_campus(const hr_institution *institution, hr_str word)
{
	for (uint16_t i = 0; institution && i < institution->campus_count; i++) {
		const hr_campus *campus = &institution->campuses[i];

		if (hr_str_equal(campus->id, word) || hr_str_equal(campus->name, word))
			return campus;
	}
	return NULL;
}

static void check_campus(const hr_matter *m, const hr_grant *grant, hr_collector *out)
{
	const hr_field *written = &m->performer->party->campus;
	const hr_campus *granted = find_campus(m->institution, grant->campus);
	const hr_campus *named = find_campus(m->institution, written->text);
	hr_reason_id id = HR_REASON_CAMPUS_NOT_GRANTED;
	hr_reason *reason;

	if (grant->campus.len == 0 || (named && named == granted))
		return;
	if (written->text.len == 0)
		id = HR_REASON_CAMPUS_NOT_SAID;
	else if (!named)
		id = HR_REASON_CAMPUS_UNKNOWN;
	reason = hr_collector_add(out, id);
	reason->arg = granted ? granted->name : grant->campus;
	reason->value = written->text;
	reason->place = written->place;
	reason->origin = &grant->origin;
}

static void check_withdrawn(const hr_case *c, const hr_matter *m, const hr_regime *regime,
			    const hr_grant *grant, hr_collector *out)
{
	bool before = m->first.day >= grant->withdrawn_on.day;
	bool known = c->today.day >= grant->withdrawn_on.day;
	char text[HR_DATE_TEXT];
	hr_reason *reason;

	if (!before && m->last.day >= grant->withdrawn_on.day)
		add_time(m, HR_REASON_EVENT_IMPRECISE, out);
	if (!before && !known)
		return;
	reason = hr_collector_add(out, before || regime->withdrawal == HR_WITHDRAWAL_ENDS_ALL
					       ? HR_REASON_GRANT_WITHDRAWN
					       : HR_REASON_WITHDRAWN_LATER);
	reason->arg = hr_str_copy(c->arena, hr_date_format(grant->withdrawn_on, text));
	reason->origin = &grant->origin;
}

static void check_row(const hr_case *c, const hr_matter *m, const hr_regime *regime,
		      const hr_grant *row, hr_collector *out)
{
	if (!hr_period_contains(row->period, m->first) || !hr_period_contains(row->period, m->last))
		add_time(m, HR_REASON_EVENT_IMPRECISE, out);
	check_withdrawn(c, m, regime, row, out);
	check_device(m, row, out);
	check_campus(m, row, out);
}

static bool covers(const hr_grant *row, const hr_matter *m)
{
	return (hr_period_contains(row->period, m->first) ||
		hr_period_contains(row->period, m->last)) &&
	       hr_item_in(row->items, m->item_id);
}

static hr_effect weigh_row(const hr_case *c, const hr_matter *m, const hr_regime *regime,
			   const hr_grant *row)
{
	hr_collector reasons;

	hr_collector_init(&reasons);
	check_row(c, m, regime, row, &reasons);
	return reasons.worst;
}

/* Of several rows that cover the item, the one with the least against it. */
static const hr_grant *find_row(const hr_case *c, const hr_matter *m, const hr_regime_case *rc)
{
	const hr_grant *found = NULL;

	for (size_t i = 0; i < rc->row_count; i++) {
		const hr_grant *row = &rc->rows[i];

		if (covers(row, m) && (!found || weigh_row(c, m, rc->regime, row) >
							 weigh_row(c, m, rc->regime, found)))
			found = row;
	}
	return found;
}

/* Who tested, and what, must be known before a list can be asked. */
static bool can_be_granted(const hr_matter *m)
{
	return hr_time_is_known(m->time) && m->item_id != HR_ID_NONE &&
	       m->performer->id != HR_ID_NONE;
}

hr_grounds hr_find_grounds(const hr_case *c, const hr_matter *m, const hr_regime_case *rc)
{
	hr_grounds grounds = { .listed_first = lists_item(rc->items_first, m) };

	grounds.listed_last = rc->items_last == rc->items_first ? grounds.listed_first
								: lists_item(rc->items_last, m);
	if (can_be_granted(m))
		grounds.grant = find_row(c, m, rc);
	if (m->item_id != HR_ID_NONE)
		grounds.window = hr_catalog_find_window(c->catalog, rc->regime, m->item_id,
							c->question->setting, c->today);
	return grounds;
}

void hr_decide_grant(const hr_case *c, const hr_matter *m, const hr_regime_case *rc,
		     const hr_grant *grant, hr_collector *out)
{
	if (grant)
		check_row(c, m, rc->regime, grant, out);
	/* Within an alliance every member is granted every item: no rows are needed. */
	else if (can_be_granted(m) && !(rc->grants && rc->grants->all && m->institution &&
					hr_regime_has_member(rc->regime, m->institution)))
		add_absent(rc->grants, HR_LIST_GRANTS, out);
}
