/*
 * The times of a result: which day lists and grants are asked for, and whether
 * the times can be true at all.
 */
#include "recognition/decide.h"
#include "recognition/sentence.h"

static hr_reason *add_event(const hr_matter *m, hr_reason_id id, hr_event_kind event,
			    hr_collector *out)
{
	hr_reason *reason = hr_collector_add(out, id);

	reason->arg = hr_event_word(event, hr_matter_kind(m), HR_LANG_ZH);
	reason->arg_en = hr_event_word(event, hr_matter_kind(m), HR_LANG_EN);
	reason->value = m->times[event]->text;
	reason->place = m->times[event]->place;
	return reason;
}

hr_reason *hr_add_event_missing(const hr_matter *m, hr_event_kind event, hr_collector *out)
{
	return add_event(
		m, m->times[event]->text.len ? HR_REASON_EVENT_UNREADABLE : HR_REASON_EVENT_MISSING,
		event, out);
}

/* Nearest to the test first: known, else at least written, else the test itself. */
static hr_event_kind find_event(const hr_matter *m)
{
	static const hr_event_kind order[] = { HR_EVENT_TESTED, HR_EVENT_COLLECTED,
					       HR_EVENT_RECEIVED, HR_EVENT_REPORTED };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (hr_time_is_known(m->times[order[i]]))
			return order[i];
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (m->times[order[i]]->text.len)
			return order[i];
	return HR_EVENT_TESTED;
}

/* An institution is asked for on the day of the test. */
static void choose_event(hr_matter *m)
{
	m->event = find_event(m);
	m->time = m->times[m->event];
	if (!hr_time_is_known(m->time))
		return;
	m->first = hr_instant_date(m->time->span.from);
	m->last = hr_instant_date((hr_instant){ m->time->span.to.second - 1 });
}

static void add_disagreement(const hr_case *c, const hr_matter *m, const hr_event_kind pair[2],
			     hr_collector *out)
{
	hr_kind kind = hr_matter_kind(m);
	hr_str zh[2] = { hr_event_word(pair[0], kind, HR_LANG_ZH),
			 hr_event_word(pair[1], kind, HR_LANG_ZH) };
	hr_str en[2] = { hr_event_word(pair[0], kind, HR_LANG_EN),
			 hr_event_word(pair[1], kind, HR_LANG_EN) };
	hr_reason *reason = hr_collector_add(out, HR_REASON_DATES_DISAGREE);

	reason->arg = hr_join(c->arena, zh, 2);
	reason->arg_en = hr_join(c->arena, en, 2);
	reason->value = m->times[pair[1]]->text;
	reason->place = m->times[pair[1]]->place;
}

/* Nothing can be received, tested or reported before it was collected. */
static void check_order(const hr_case *c, const hr_matter *m, hr_collector *out)
{
	static const hr_event_kind pairs[][2] = {
		{ HR_EVENT_COLLECTED, HR_EVENT_RECEIVED },
		{ HR_EVENT_COLLECTED, HR_EVENT_TESTED },
		{ HR_EVENT_COLLECTED, HR_EVENT_REPORTED },
		{ HR_EVENT_TESTED, HR_EVENT_REPORTED },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const hr_time *a = m->times[pairs[i][0]];
		const hr_time *b = m->times[pairs[i][1]];

		if (!hr_time_is_known(a) || !hr_time_is_known(b) ||
		    a->span.from.second < b->span.to.second)
			continue;
		add_disagreement(c, m, pairs[i], out);
		return;
	}
}

void hr_decide_times(const hr_case *c, hr_matter *m, hr_collector *out)
{
	choose_event(m);
	if (!hr_time_is_known(m->time))
		hr_add_event_missing(m, m->event, out);
	for (int kind = 0; kind < HR_EVENT_KINDS; kind++) {
		const hr_time *time = m->times[kind];

		if (hr_time_is_known(time) && time->span.from.second > c->question->at.second) {
			add_event(m, HR_REASON_EVENT_IN_FUTURE, (hr_event_kind)kind, out);
			break;
		}
	}
	check_order(c, m, out);
}
