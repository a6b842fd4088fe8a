/*
 * The times of a result: which day lists and grants are asked for, and whether
 * the times can be true at all.
 */
#include "recognition/decide.h"

static const hr_str words_en[] = {
	[HR_EVENT_COLLECTED] = HR_STR_INIT("collected"),
	[HR_EVENT_RECEIVED] = HR_STR_INIT("received"),
	[HR_EVENT_TESTED] = HR_STR_INIT("tested"),
	[HR_EVENT_REPORTED] = HR_STR_INIT("reported"),
};

static bool is_known(const hr_time *time)
{
	return time->span.precision != HR_PRECISION_NONE;
}

static void add_event(hr_collector *out, hr_reason_id id, hr_event_kind kind, const hr_time *time)
{
	hr_reason *reason = hr_collector_add(out, id);

	reason->arg = hr_event_zh(kind);
	reason->arg_en = words_en[kind];
	reason->value = time->text;
	reason->place = time->place;
}

/* An institution is asked for on the day of the test; nearest to it, in this order. */
static void choose_event(hr_matter *m)
{
	static const hr_time missing;
	static const hr_event_kind order[] = { HR_EVENT_TESTED, HR_EVENT_COLLECTED,
					       HR_EVENT_RECEIVED, HR_EVENT_REPORTED };

	m->time = &missing;
	m->event = HR_EVENT_TESTED;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		const hr_time *time = m->times[order[i]];

		if (!is_known(time))
			continue;
		m->event = order[i];
		m->time = time;
		m->first = hr_instant_date(time->span.from);
		m->last = hr_instant_date((hr_instant){ time->span.to.second - 1 });
		return;
	}
}

static void add_disagreement(const hr_case *c, const hr_event_kind pair[2], const hr_time *later,
			     hr_collector *out)
{
	hr_str zh[2] = { hr_event_zh(pair[0]), hr_event_zh(pair[1]) };
	hr_str en[2] = { words_en[pair[0]], words_en[pair[1]] };
	hr_reason *reason = hr_collector_add(out, HR_REASON_DATES_DISAGREE);

	reason->arg = hr_join(c->arena, zh, 2);
	reason->arg_en = hr_join(c->arena, en, 2);
	reason->value = later->text;
	reason->place = later->place;
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

		if (!is_known(a) || !is_known(b) || a->span.from.second < b->span.to.second)
			continue;
		add_disagreement(c, pairs[i], b, out);
		return;
	}
}

void hr_decide_times(const hr_case *c, hr_matter *m, hr_collector *out)
{
	choose_event(m);
	if (!is_known(m->time))
		add_event(out, HR_REASON_EVENT_MISSING, m->event, m->time);
	for (int kind = 0; kind < HR_EVENT_KINDS; kind++) {
		const hr_time *time = m->times[kind];

		if (is_known(time) && time->span.from.second > c->question->at.second) {
			add_event(out, HR_REASON_EVENT_IN_FUTURE, (hr_event_kind)kind, time);
			break;
		}
	}
	check_order(c, m, out);
}
