/*
 * The decision, put together: each result goes through the steps, each regime
 * rules on it, the best ruling wins, and the worst item speaks for the report.
 */
#include "recognition/decide.h"

static bool find_day(const hr_time *times, hr_date *out)
{
	for (int kind = HR_EVENT_REPORTED; kind >= 0; kind--) {
		if (!hr_time_is_known(&times[kind]))
			continue;
		*out = hr_instant_date(times[kind].span.from);
		return true;
	}
	return false;
}

/* The day on which names and marks are read: the report's, else that of a result. */
static hr_date report_day(const hr_case *c)
{
	hr_date day = c->today;

	if (find_day(c->report->times, &day))
		return day;
	for (uint32_t i = 0; i < c->report->result_count; i++)
		if (find_day(c->report->results[i].times, &day))
			return day;
	return day;
}

static const hr_institution *institution_of(const hr_catalog *catalog, hr_institution_id id)
{
	return id == HR_ID_NONE ? NULL : hr_catalog_get_institution(catalog, id);
}

/* Does any line bear a mark that was in use? Then a line without one was left out on purpose. */
static bool are_lines_marked(const hr_case *c)
{
	for (uint32_t i = 0; i < c->report->result_count; i++) {
		hr_marks_found marks;

		marks.count = 0;
		hr_marks_take_off(c->catalog, c->report->results[i].name, false, c->report_day,
				  &marks);
		for (uint32_t k = 0; k < marks.count; k++)
			if (!marks.list[k].outdated)
				return true;
	}
	return false;
}

static bool open_regimes(hr_case *c, hr_error *err)
{
	size_t count = hr_catalog_regime_count(c->catalog);

	c->regimes = HR_NEW_N(c->arena, hr_regime_case, count);
	c->scratch = HR_NEW_N(c->arena, hr_ruling, count);
	if (!c->regimes || !c->scratch)
		return hr_fail_memory(err);
	for (size_t i = 0; i < count; i++) {
		hr_collector reasons;

		hr_collector_init(&reasons);
		c->regimes[i].regime = hr_catalog_get_regime(c->catalog, i);
		hr_decide_regime(c, c->regimes[i].regime, &reasons);
		c->regimes[i].standing = hr_collector_keep(&reasons, c->arena);
		c->regimes[i].windows =
			hr_regime_find_list(c->regimes[i].regime, HR_LIST_WINDOWS, c->today);
	}
	return true;
}

static void open_case(const hr_catalog *catalog, const hr_report *report,
		      const hr_question *question, hr_arena *arena, hr_case *c)
{
	*c = (hr_case){
		.catalog = catalog,
		.report = report,
		.question = question,
		.arena = arena,
		.today = hr_instant_date(question->at),
		.receiver_id = question->receiver.len
				       ? hr_catalog_find_institution(catalog, question->receiver)
				       : HR_ID_NONE,
	};
	c->receiver = institution_of(catalog, c->receiver_id);
	c->report_day = report_day(c);
	hr_decide_institution(c, &report->issuer, c->report_day, &c->issuer);
	hr_marks_of_report(c, &c->marks);
	c->lines_marked = are_lines_marked(c);
}

/* Who tested. Most reports have one laboratory: it is looked up once. */
static const hr_party_found *find_performer(hr_case *c, const hr_result *result)
{
	const hr_party *party = hr_result_performer(c->report, result);

	if (party == &c->report->issuer)
		return &c->issuer;
	if (party != c->performer.party)
		hr_decide_institution(c, party, c->report_day, &c->performer);
	return &c->performer;
}

static void decide_performer(const hr_case *c, const hr_matter *m, hr_collector *out)
{
	const hr_party_found *performer = m->performer;
	hr_reason *reason;

	hr_collector_append(out, (hr_reasons){ performer->reasons.list, performer->reasons.count });
	if (performer == &c->issuer || performer->id == c->issuer.id)
		return;
	reason = hr_collector_add(out, HR_REASON_PERFORMER_DIFFERS);
	reason->arg = m->institution ? m->institution->name : performer->party->name.text;
	reason->value = performer->party->name.text;
	reason->place = performer->party->name.place;
}

static void decide_kind(const hr_matter *m, hr_collector *out)
{
	const hr_result *result = m->result;

	if (result->kind == HR_KIND_UNKNOWN && !m->item)
		hr_collector_add(out, HR_REASON_KIND_UNKNOWN)->place = result->name.place;
	if (hr_matter_kind(m) == HR_KIND_LAB && result->value.text.len == 0)
		hr_collector_add(out, HR_REASON_VALUE_MISSING)->place = result->name.place;
}

static void decide_status(const hr_report *report, const hr_result *result, hr_collector *out)
{
	static const hr_reason_id reasons[] = {
		[HR_STATUS_PRELIMINARY] = HR_REASON_PRELIMINARY,
		[HR_STATUS_CORRECTED] = HR_REASON_CORRECTED,
		[HR_STATUS_CANCELLED] = HR_REASON_CANCELLED,
	};
	bool own = result->status > report->status;
	hr_status status = own ? result->status : report->status;
	const hr_field *text = own ? &result->status_text : &report->status_text;
	hr_reason *reason;

	if (status == HR_STATUS_FINAL)
		return;
	reason = hr_collector_add(out, reasons[status]);
	reason->value = text->text;
	reason->place = text->place;
}

/* What concerns the report as a whole. */
static void decide_report(const hr_case *c, hr_collector *out)
{
	hr_decide_identity(c, out);
	if (c->report->result_count == 0)
		hr_collector_add(out, HR_REASON_NO_RESULTS);
	if (c->report->replaced)
		hr_collector_add(out, HR_REASON_REPLACED)->place = c->report->id.place;
	if (c->question->setting == HR_SETTING_EMERGENCY)
		hr_collector_add(out, HR_REASON_EMERGENCY);
	if (c->report->conclusion.text.len)
		hr_collector_add(out, HR_REASON_CONCLUSION_APART)->place =
			c->report->conclusion.place;
}

static bool same_grounds(const hr_grounds *a, const hr_grounds *b)
{
	return a->listed_first == b->listed_first && a->listed_last == b->listed_last &&
	       a->grant == b->grant && a->window == b->window;
}

/* Does a reason point at the line itself, at its time or its device? */
static bool points_at_line(const hr_collector *reasons)
{
	for (uint32_t i = 0; i < reasons->count; i++)
		if (reasons->list[i].place.node)
			return true;
	return false;
}

/*
 * Most lines of a report hear the same of a regime: a line of the family of the
 * one before, for which the catalogue has the same grounds, has the same ruling.
 * But a grant for one device asks each line for its own.
 */
static bool is_ruled(const hr_case *c, const hr_regime_case *rc, const hr_grounds *grounds)
{
	return rc->family == c->family && !rc->own && same_grounds(&rc->grounds, grounds) &&
	       !(grounds->grant && grounds->grant->device.len);
}

static void rule(const hr_case *c, const hr_matter *m, hr_regime_case *rc)
{
	hr_ruling *out = &rc->ruling;
	hr_grounds grounds;
	hr_collector reasons;

	hr_ask_lists(c, m, rc);
	grounds = hr_find_grounds(c, m, rc);
	if (is_ruled(c, rc, &grounds))
		return;
	rc->family = c->family;
	rc->grounds = grounds;
	hr_collector_init(&reasons);
	hr_collector_append(&reasons, rc->standing);
	hr_decide_list(m, rc, &grounds, &reasons);
	*out = (hr_ruling){ .regime = rc->regime,
			    .grant = grounds.grant,
			    .window = grounds.window };
	out->lists_synthetic = rc->lists_synthetic;
	hr_decide_grant(c, m, rc, grounds.grant, &reasons);
	out->obligation = hr_decide_mark(c, m, rc->regime, &reasons);
	hr_decide_window(c, m, rc, out, &reasons);
	out->outcome = hr_collector_outcome(&reasons);
	out->against = reasons.against;
	out->reasons = hr_collector_keep(&reasons, c->arena);
	rc->own = points_at_line(&reasons);
}

/* Best first: the outcome, then the duty, then how little stands against it. */
static bool is_before(const hr_ruling *a, const hr_ruling *b)
{
	if (a->outcome != b->outcome)
		return a->outcome > b->outcome;
	if (a->outcome == HR_OUTCOME_RECOGNISED && a->obligation != b->obligation)
		return a->obligation > b->obligation;
	return a->against < b->against;
}

/* The last of `count` rulings to its place. */
static void sort_in(hr_ruling *rulings, uint32_t count)
{
	for (uint32_t at = count - 1; at > 0 && is_before(&rulings[at], &rulings[at - 1]); at--) {
		hr_ruling swapped = rulings[at];

		rulings[at] = rulings[at - 1];
		rulings[at - 1] = swapped;
	}
}

static bool applies(const hr_regime *regime, hr_kind kind)
{
	return regime->kind == HR_KIND_UNKNOWN || kind == HR_KIND_UNKNOWN || regime->kind == kind;
}

static bool rule_all(const hr_case *c, const hr_matter *m, hr_decision *out, hr_error *err)
{
	size_t count = hr_catalog_regime_count(c->catalog);
	hr_kind kind = hr_matter_kind(m);
	uint32_t ruled = 0;

	for (size_t i = 0; i < count; i++) {
		if (!applies(c->regimes[i].regime, kind))
			continue;
		rule(c, m, &c->regimes[i]);
		c->scratch[ruled] = c->regimes[i].ruling;
		sort_in(c->scratch, ++ruled);
	}
	out->rulings = hr_arena_copy(c->arena, c->scratch, ruled * sizeof(*c->scratch));
	out->ruling_count = ruled;
	return out->rulings || hr_fail_memory(err);
}

static hr_outcome worse(hr_outcome a, hr_outcome b)
{
	return a < b ? a : b;
}

/* A duty is said of what is recognised; a foreign mark still encourages. */
static hr_obligation obligation_of(const hr_decision *d)
{
	if (d->outcome == HR_OUTCOME_RECOGNISED)
		return d->rulings[0].obligation;
	for (uint32_t i = 0; i < d->ruling_count; i++)
		for (uint32_t k = 0; k < d->rulings[i].reasons.count; k++)
			if (d->rulings[i].reasons.list[k].id == HR_REASON_MARK_CONTRADICTS)
				return HR_OBLIGATION_ENCOURAGED;
	return HR_OBLIGATION_NONE;
}

/* The same moment, or missing on both lines, or unreadable on both. */
static bool same_time(const hr_time *a, const hr_time *b)
{
	return a == b || (a->span.from.second == b->span.from.second &&
			  a->span.to.second == b->span.to.second &&
			  a->span.precision == b->span.precision && !a->text.len == !b->text.len);
}

static bool same_kin(const hr_kin *a, const hr_kin *b)
{
	if (a->performer != b->performer || a->kind != b->kind || a->event != b->event ||
	    a->matched != b->matched)
		return false;
	for (int kind = 0; kind < HR_EVENT_KINDS; kind++)
		if (!same_time(a->times[kind], b->times[kind]))
			return false;
	return true;
}

static void find_family(hr_case *c, const hr_matter *m)
{
	hr_kin kin = {
		.performer = m->marks.count ? NULL : m->performer->party,
		.kind = hr_matter_kind(m),
		.event = m->event,
		.matched = m->item_id != HR_ID_NONE,
	};

	for (int kind = 0; kind < HR_EVENT_KINDS; kind++)
		kin.times[kind] = m->times[kind];
	if (!kin.performer || !c->kin.performer || !same_kin(&kin, &c->kin))
		c->family++;
	c->kin = kin;
}

static bool decide(hr_case *c, const hr_result *result, hr_decision *out, hr_error *err)
{
	hr_collector reasons;
	hr_matter m;

	hr_collector_init(&reasons);
	m.result = result;
	m.item_id = HR_ID_NONE;
	m.item = NULL;
	m.marks.count = 0;
	for (int kind = 0; kind < HR_EVENT_KINDS; kind++)
		m.times[kind] = hr_result_time(c->report, result, (hr_event_kind)kind);
	m.performer = find_performer(c, result);
	m.institution = institution_of(c->catalog, m.performer->id);
	m.name = hr_marks_take_off(c->catalog, result->name, false, c->report_day, &m.marks);
	hr_decide_item(c, &m, &reasons);
	decide_kind(&m, &reasons);
	hr_decide_times(c, &m, &reasons);
	decide_performer(c, &m, &reasons);
	decide_status(c->report, result, &reasons);

	out->result = result;
	out->item = m.item_id;
	out->institution = m.performer->id;
	out->name = m.name;
	out->event = m.event;
	out->asked = m.time;
	find_family(c, &m);
	if (!rule_all(c, &m, out, err))
		return false;
	if (out->ruling_count == 0)
		hr_collector_add(&reasons, HR_REASON_NO_REGIME);
	out->outcome = hr_collector_outcome(&reasons);
	if (out->ruling_count)
		out->outcome = worse(out->outcome, out->rulings[0].outcome);
	out->reasons = hr_collector_keep(&reasons, c->arena);
	return true;
}

static bool party_is_synthetic(const hr_catalog *catalog, hr_institution_id id)
{
	const hr_institution *institution = institution_of(catalog, id);

	return institution && hr_is_synthetic(&institution->origin);
}

/* By the ruling that counts: the best. */
static bool decision_is_synthetic(const hr_catalog *catalog, const hr_decision *d)
{
	const hr_ruling *r = d->rulings;

	if (party_is_synthetic(catalog, d->institution) ||
	    (d->item != HR_ID_NONE &&
	     hr_is_synthetic(&hr_catalog_get_item(catalog, d->item)->origin)))
		return true;
	return d->ruling_count && (r->lists_synthetic || hr_is_synthetic(&r->regime->origin) ||
				   (r->grant && hr_is_synthetic(&r->grant->origin)) ||
				   (r->window && hr_is_synthetic(&r->window->origin)));
}

/* Did anything made up count for the answers? */
static bool counts_synthetic(const hr_case *c, const hr_verdict *v)
{
	if (party_is_synthetic(c->catalog, v->receiver) ||
	    party_is_synthetic(c->catalog, v->issuer))
		return true;
	for (uint32_t i = 0; i < v->decision_count; i++)
		if (decision_is_synthetic(c->catalog, &v->decisions[i]))
			return true;
	return false;
}

static bool decide_all(hr_case *c, hr_verdict *v, hr_error *err)
{
	uint32_t count = c->report->result_count;
	hr_decision *decisions = HR_NEW_N(c->arena, hr_decision, count ? count : 1);

	if (!decisions)
		return hr_fail_memory(err);
	v->decisions = decisions;
	v->decision_count = count;
	for (uint32_t i = 0; i < count; i++) {
		hr_decision *d = &decisions[i];

		if (!decide(c, &c->report->results[i], d, err))
			return false;
		d->outcome = worse(d->outcome, v->outcome);
		d->obligation = obligation_of(d);
	}
	for (uint32_t i = 0; i < count; i++)
		v->outcome = worse(v->outcome, decisions[i].outcome);
	return true;
}

bool hr_recognise(const hr_catalog *catalog, const hr_report *report, const hr_question *question,
		  hr_arena *arena, hr_verdict *out, hr_error *err)
{
	hr_verdict v = { .catalog = catalog, .report = report, .question = question };
	hr_collector reasons;
	hr_case c;

	open_case(catalog, report, question, arena, &c);
	if (!open_regimes(&c, err))
		return false;
	hr_collector_init(&reasons);
	decide_report(&c, &reasons);
	v.receiver = c.receiver_id;
	v.issuer = c.issuer.id;
	v.outcome = hr_collector_outcome(&reasons);
	v.reasons = hr_collector_keep(&reasons, arena);
	if (!decide_all(&c, &v, err))
		return false;
	if (question->order_count && !hr_decide_orders(&c, &v, err))
		return false;
	v.synthetic = counts_synthetic(&c, &v);
	/* A reason without its words or its evidence is no reason: all or nothing. */
	if (hr_arena_is_short(arena))
		return hr_fail_memory(err);
	*out = v;
	return true;
}
