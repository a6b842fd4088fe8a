/*
 * Is the result still within its validity window? Decided on spans: where the
 * time of an event is known only to the day, the end of the window is known
 * only to that day, and inside it the answer is undecided.
 *
 * A rule in days ends at 24:00 of the last day, the first day not counted; in
 * months at 24:00 of the same-numbered day; in hours exactly, half-open.
 * Source: 民法典 200 to 204.
 */
#include "recognition/decide.h"
#include "recognition/sentence.h"

/* The first second after the window that opens at `start`. */
static hr_instant end_of_window(const hr_window *window, hr_instant start)
{
	int32_t length = window->length > INT32_MAX ? INT32_MAX : (int32_t)window->length;
	hr_date day = hr_instant_date(start);

	switch (window->unit) {
	case HR_WINDOW_HOURS:
		return (hr_instant){ start.second + (int64_t)length * 3600 };
	case HR_WINDOW_DAYS:
		day = hr_date_add_days(day, length);
		break;
	case HR_WINDOW_MONTHS:
		day = hr_date_add_months(day, length);
		break;
	}
	return hr_date_start(hr_date_add_days(day, 1));
}

static hr_instant earliest_end(const hr_window *window, const hr_time *time)
{
	return end_of_window(window, time->span.from);
}

static hr_instant latest_end(const hr_window *window, const hr_time *time)
{
	return end_of_window(window, (hr_instant){ time->span.to.second - 1 });
}

static hr_reason *add(const hr_ruling *ruling, hr_reason_id id, const hr_time *time,
		      hr_collector *out)
{
	hr_reason *reason = hr_collector_add(out, id);

	reason->value = time->text;
	reason->place = time->place;
	reason->origin = &ruling->window->origin;
	return reason;
}

static void add_passed(const hr_case *c, const hr_ruling *ruling, const hr_time *time,
		       hr_instant end, hr_collector *out)
{
	hr_reason *reason = add(ruling, HR_REASON_WINDOW_PASSED, time, out);
	hr_buf text;

	hr_buf_init(&text, c->arena, HR_INSTANT_TEXT);
	hr_end_format(end, c->question->at, &text);
	reason->arg = hr_buf_str(&text);
}

static void use(hr_ruling *ruling, hr_event_kind event, const hr_time *time)
{
	ruling->event = event;
	ruling->used = time->span;
	ruling->from = time->span.from;
	ruling->until = earliest_end(ruling->window, time);
}

static void decide_stated(const hr_case *c, const hr_matter *m, hr_ruling *ruling,
			  hr_collector *out)
{
	const hr_window *window = ruling->window;
	const hr_time *time = m->times[window->event];
	int64_t at = c->question->at.second;

	if (!hr_time_is_known(time)) {
		hr_add_event_missing(m, window->event, out)->origin = &window->origin;
		return;
	}
	use(ruling, window->event, time);
	if (at >= latest_end(window, time).second)
		add_passed(c, ruling, time, latest_end(window, time), out);
	else if (at >= earliest_end(window, time).second)
		add(ruling, HR_REASON_WINDOW_EDGE, time, out);
}

/*
 * The source does not say from which event it counts. Collection comes first:
 * what holds from there holds from any. Reporting comes last: what has passed
 * from there has passed from any.
 */
static void decide_unstated(const hr_case *c, const hr_matter *m, hr_ruling *ruling,
			    hr_collector *out)
{
	const hr_window *window = ruling->window;
	const hr_time *first = m->times[HR_EVENT_COLLECTED];
	const hr_time *last = m->times[HR_EVENT_REPORTED];
	int64_t at = c->question->at.second;

	if (hr_time_is_known(first)) {
		use(ruling, HR_EVENT_COLLECTED, first);
		if (at < earliest_end(window, first).second)
			return;
	}
	if (hr_time_is_known(last) && at >= latest_end(window, last).second) {
		use(ruling, HR_EVENT_REPORTED, last);
		add_passed(c, ruling, last, latest_end(window, last), out);
	} else if (!hr_time_is_known(first)) {
		hr_add_event_missing(m, HR_EVENT_COLLECTED, out)->origin = &window->origin;
	} else {
		add(ruling, HR_REASON_WINDOW_EVENT_UNSTATED, first, out);
	}
}

static void decide_intervention(const hr_case *c, const hr_ruling *ruling, hr_collector *out)
{
	static const hr_place asked = { HR_PLACE_ASKED, NULL, HR_STR_INIT("intervened") };
	hr_reason *reason;

	if (!ruling->window->unless_intervened || c->question->intervened == HR_ANSWER_NO)
		return;
	reason = hr_collector_add(out, c->question->intervened == HR_ANSWER_YES
					       ? HR_REASON_INTERVENED
					       : HR_REASON_INTERVENTION_UNKNOWN);
	reason->place = asked;
	reason->origin = &ruling->window->origin;
}

void hr_decide_window(const hr_case *c, const hr_matter *m, const hr_regime_case *rc,
		      hr_ruling *ruling, hr_collector *out)
{
	if (!ruling->window) {
		hr_collector_add(out, HR_REASON_WINDOW_UNKNOWN)->origin =
			rc->windows ? &rc->windows->origin : NULL;
		return;
	}
	if (ruling->window->event == HR_EVENT_UNSTATED)
		decide_unstated(c, m, ruling, out);
	else
		decide_stated(c, m, ruling, out);
	decide_intervention(c, ruling, out);
}
