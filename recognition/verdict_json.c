/*
 * The verdict for machines: one line of JSON, as verdict.schema.json says.
 * Members whose value is not known are left out; nothing is ever null.
 */
#include "recognition/sentence.h"

#include "base/json.h"

#define NAME(w, literal)	  hr_json_name((w), HR_STR(literal))
#define MEMBER(w, literal, value) hr_json_member((w), HR_STR(literal), (value))

static void add_instant(hr_json_writer *w, hr_str name, hr_instant instant)
{
	char text[HR_INSTANT_TEXT];

	hr_json_member(w, name, hr_instant_format(instant, text));
}

static void add_date(hr_json_writer *w, hr_str name, hr_date date)
{
	char text[HR_DATE_TEXT];

	hr_json_member(w, name, hr_date_format(date, text));
}

static void add_place(hr_json_writer *w, hr_place place)
{
	uint32_t line = hr_place_line(place);
	hr_buf path;

	if (place.kind == HR_PLACE_NONE)
		return;
	hr_buf_init(&path, w->buf->arena, (size_t)64 << 10);
	hr_place_format(place, &path);
	MEMBER(w, "place", hr_buf_str(&path));
	if (line) {
		NAME(w, "line");
		hr_json_int(w, line);
	}
}

static void add_origin(hr_json_writer *w, hr_str name, const hr_origin *origin)
{
	if (!origin)
		return;
	hr_json_name(w, name);
	hr_json_open_object(w);
	MEMBER(w, "file", origin->file);
	NAME(w, "line");
	hr_json_int(w, origin->line);
	MEMBER(w, "grade", hr_grade_word(origin->grade));
	MEMBER(w, "source", origin->source);
	if (origin->document) {
		MEMBER(w, "documentNumber", origin->document->number);
		MEMBER(w, "documentTitle", origin->document->title);
		MEMBER(w, "documentRow", origin->row);
	}
	hr_json_close_object(w);
}

static hr_str effect_word(hr_effect effect)
{
	static const hr_str words[] = {
		[HR_EFFECT_NO] = HR_STR_INIT("no"),
		[HR_EFFECT_OPEN] = HR_STR_INIT("open"),
		[HR_EFFECT_WEAK] = HR_STR_INIT("weak"),
		[HR_EFFECT_NOTE] = HR_STR_INIT("note"),
	};

	return words[effect];
}

static void add_sentence(hr_json_writer *w, hr_str name, const hr_reason *reason, hr_lang lang)
{
	hr_buf buf;

	hr_buf_init(&buf, w->buf->arena, (size_t)16 << 10);
	hr_reason_format(reason, lang, &buf);
	hr_json_member(w, name, hr_buf_str(&buf));
}

static void add_reasons(hr_json_writer *w, hr_reasons reasons)
{
	NAME(w, "reasons");
	hr_json_open_array(w);
	for (uint32_t i = 0; i < reasons.count; i++) {
		const hr_reason *reason = &reasons.list[i];
		const hr_reason_row *row = hr_reason_row_get(reason->id);

		hr_json_open_object(w);
		MEMBER(w, "code", row->code);
		MEMBER(w, "effect", effect_word(row->effect));
		add_sentence(w, HR_STR("zh"), reason, HR_LANG_ZH);
		add_sentence(w, HR_STR("en"), reason, HR_LANG_EN);
		MEMBER(w, "value", reason->value);
		add_place(w, reason->place);
		add_origin(w, HR_STR("record"), reason->origin);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

static void add_institution(hr_json_writer *w, hr_str name, const hr_catalog *catalog,
			    hr_institution_id id, hr_str printed)
{
	hr_json_name(w, name);
	hr_json_open_object(w);
	MEMBER(w, "printed", printed);
	if (id != HR_ID_NONE) {
		const hr_institution *institution = hr_catalog_get_institution(catalog, id);

		MEMBER(w, "key", institution->key);
		MEMBER(w, "name", institution->name);
		MEMBER(w, "region", institution->region);
		add_origin(w, HR_STR("record"), &institution->origin);
	}
	hr_json_close_object(w);
}

static void add_question(hr_json_writer *w, const hr_verdict *v)
{
	static const hr_str answers[] = { HR_STR_INIT("unknown"), HR_STR_INIT("yes"),
					  HR_STR_INIT("no") };
	const hr_question *q = v->question;

	NAME(w, "question");
	hr_json_open_object(w);
	add_instant(w, HR_STR("at"), q->at);
	if (q->receiver.len)
		add_institution(w, HR_STR("receiver"), v->catalog, v->receiver, q->receiver);
	MEMBER(w, "setting", q->setting ? hr_setting_word(q->setting, HR_LANG_EN) : HR_STR("any"));
	MEMBER(w, "intervened", answers[q->intervened]);
	MEMBER(w, "markSeen", q->mark_seen);
	hr_json_close_object(w);
}

static hr_str precision_word(hr_precision precision)
{
	static const hr_str words[] = { HR_STR_INIT("none"),   HR_STR_INIT("year"),
					HR_STR_INIT("month"),  HR_STR_INIT("day"),
					HR_STR_INIT("minute"), HR_STR_INIT("second") };

	return words[precision];
}

static void add_span(hr_json_writer *w, hr_span span)
{
	add_instant(w, HR_STR("from"), span.from);
	add_instant(w, HR_STR("to"), span.to);
	MEMBER(w, "precision", precision_word(span.precision));
}

static void add_times(hr_json_writer *w, const hr_time *times)
{
	for (int kind = 0; kind < HR_EVENT_KINDS; kind++) {
		if (times[kind].span.precision == HR_PRECISION_NONE && times[kind].text.len == 0)
			continue;
		hr_json_name(w, hr_event_kind_word((hr_event_kind)kind));
		hr_json_open_object(w);
		MEMBER(w, "value", times[kind].text);
		if (times[kind].span.precision != HR_PRECISION_NONE)
			add_span(w, times[kind].span);
		add_place(w, times[kind].place);
		hr_json_close_object(w);
	}
}

static hr_str status_word(hr_status status)
{
	static const hr_str words[] = {
		[HR_STATUS_FINAL] = HR_STR_INIT("final"),
		[HR_STATUS_CORRECTED] = HR_STR_INIT("corrected"),
		[HR_STATUS_PRELIMINARY] = HR_STR_INIT("preliminary"),
		[HR_STATUS_CANCELLED] = HR_STR_INIT("cancelled"),
	};

	return words[status];
}

static hr_str kind_word(hr_kind kind)
{
	static const hr_str words[] = { HR_STR_INIT("unknown"), HR_STR_INIT("lab"),
					HR_STR_INIT("exam") };

	return words[kind];
}

static void add_deviations(hr_json_writer *w, const hr_report *report)
{
	NAME(w, "deviations");
	hr_json_open_array(w);
	for (uint32_t i = 0; i < report->deviation_count; i++) {
		hr_json_open_object(w);
		MEMBER(w, "code", hr_str_of(report->deviations[i].code));
		add_place(w, report->deviations[i].place);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

static void add_report(hr_json_writer *w, const hr_verdict *v)
{
	static const hr_str formats[] = {
		[HR_FORMAT_UNKNOWN] = HR_STR_INIT("unknown"),
		[HR_FORMAT_CDA] = HR_STR_INIT("cda"),
		[HR_FORMAT_FHIR] = HR_STR_INIT("fhir"),
	};
	const hr_report *report = v->report;

	NAME(w, "report");
	hr_json_open_object(w);
	MEMBER(w, "format", formats[report->format]);
	MEMBER(w, "kind", kind_word(report->kind));
	MEMBER(w, "title", report->title.text);
	MEMBER(w, "id", report->id.code);
	MEMBER(w, "reportNo", report->report_no.code);
	MEMBER(w, "version", report->version.text);
	MEMBER(w, "status", status_word(report->status));
	add_institution(w, HR_STR("issuer"), v->catalog, v->issuer, report->issuer.name.text);
	add_times(w, report->times);
	MEMBER(w, "conclusion", report->conclusion.text);
	add_deviations(w, report);
	hr_json_close_object(w);
}

static hr_str window_unit_word(hr_window_unit unit)
{
	static const hr_str words[] = { HR_STR_INIT("hours"), HR_STR_INIT("days"),
					HR_STR_INIT("months") };

	return words[unit];
}

static void add_window(hr_json_writer *w, const hr_ruling *r)
{
	if (!r->window)
		return;
	NAME(w, "window");
	hr_json_open_object(w);
	NAME(w, "length");
	hr_json_int(w, r->window->length);
	MEMBER(w, "unit", window_unit_word(r->window->unit));
	MEMBER(w, "event", hr_event_kind_word(r->window->event));
	if (r->used.precision != HR_PRECISION_NONE) {
		NAME(w, "used");
		hr_json_open_object(w);
		MEMBER(w, "event", hr_event_kind_word(r->event));
		add_span(w, r->used);
		hr_json_close_object(w);
		add_instant(w, HR_STR("from"), r->from);
		add_instant(w, HR_STR("until"), r->until);
	}
	add_origin(w, HR_STR("record"), &r->window->origin);
	hr_json_close_object(w);
}

static void add_grant(hr_json_writer *w, const hr_grant *grant)
{
	if (!grant)
		return;
	NAME(w, "grant");
	hr_json_open_object(w);
	if (grant->period.from.day != HR_DATE_MIN.day)
		add_date(w, HR_STR("from"), grant->period.from);
	if (grant->period.to.day != HR_DATE_MAX.day)
		add_date(w, HR_STR("to"), hr_date_add_days(grant->period.to, -1));
	MEMBER(w, "batch", grant->batch);
	MEMBER(w, "qcBody", grant->qc_body);
	add_origin(w, HR_STR("record"), &grant->origin);
	hr_json_close_object(w);
}

static void add_ruling(hr_json_writer *w, const hr_ruling *r)
{
	hr_json_open_object(w);
	MEMBER(w, "regime", r->regime->id);
	MEMBER(w, "name", r->regime->name);
	MEMBER(w, "mark", r->regime->mark);
	MEMBER(w, "legalBasis", r->regime->legal_basis);
	MEMBER(w, "outcome", hr_outcome_word(r->outcome));
	MEMBER(w, "obligation", hr_obligation_word(r->obligation, HR_LANG_EN));
	add_grant(w, r->grant);
	add_window(w, r);
	add_reasons(w, r->reasons);
	add_origin(w, HR_STR("record"), &r->regime->origin);
	hr_json_close_object(w);
}

static void add_matched(hr_json_writer *w, const hr_verdict *v, hr_item_id id)
{
	const hr_item *item;

	if (id == HR_ID_NONE)
		return;
	item = hr_catalog_get_item(v->catalog, id);
	NAME(w, "item");
	hr_json_open_object(w);
	MEMBER(w, "code", item->code);
	MEMBER(w, "name", item->name);
	MEMBER(w, "kind", kind_word(item->kind));
	add_origin(w, HR_STR("record"), &item->origin);
	hr_json_close_object(w);
}

static void add_result(hr_json_writer *w, const hr_result *result)
{
	MEMBER(w, "printed", result->name.text);
	MEMBER(w, "value", result->value.text);
	MEMBER(w, "unit", result->unit.text);
	MEMBER(w, "range", result->range.text);
	MEMBER(w, "flag", result->flag.text);
	MEMBER(w, "method", result->method.text);
	MEMBER(w, "modality", result->modality.text);
	MEMBER(w, "studyInstanceUid", result->study_uid.text);
	add_place(w, result->name.place);
	add_times(w, result->times);
}

static void add_asked(hr_json_writer *w, const hr_decision *d)
{
	if (d->asked->span.precision == HR_PRECISION_NONE)
		return;
	NAME(w, "listsAskedFor");
	hr_json_open_object(w);
	MEMBER(w, "event", hr_event_kind_word(d->event));
	add_span(w, d->asked->span);
	MEMBER(w, "value", d->asked->text);
	add_place(w, d->asked->place);
	hr_json_close_object(w);
}

static void add_decision(hr_json_writer *w, const hr_verdict *v, const hr_decision *d)
{
	hr_json_open_object(w);
	MEMBER(w, "outcome", hr_outcome_word(d->outcome));
	MEMBER(w, "obligation", hr_obligation_word(d->obligation, HR_LANG_EN));
	add_matched(w, v, d->item);
	add_result(w, d->result);
	add_institution(w, HR_STR("performer"), v->catalog, d->institution,
			hr_result_performer(v->report, d->result)->name.text);
	add_asked(w, d);
	add_reasons(w, d->reasons);
	NAME(w, "rulings");
	hr_json_open_array(w);
	for (uint32_t i = 0; i < d->ruling_count; i++)
		add_ruling(w, &d->rulings[i]);
	hr_json_close_array(w);
	hr_json_close_object(w);
}

static void add_orders(hr_json_writer *w, const hr_verdict *v)
{
	static const hr_str covers[] = {
		[HR_COVER_NOT] = HR_STR_INIT("not-covered"),
		[HR_COVER_UNDECIDED] = HR_STR_INIT("undecided"),
		[HR_COVER_WIDER] = HR_STR_INIT("covered-wider"),
		[HR_COVER_SAME] = HR_STR_INIT("covered"),
	};

	if (v->order_count == 0)
		return;
	NAME(w, "orders");
	hr_json_open_array(w);
	for (size_t i = 0; i < v->order_count; i++) {
		const hr_order_answer *answer = &v->orders[i];

		hr_json_open_object(w);
		MEMBER(w, "order", answer->order);
		add_matched(w, v, answer->item);
		MEMBER(w, "candidates", answer->candidates);
		MEMBER(w, "cover", covers[answer->cover]);
		if (answer->by) {
			NAME(w, "by");
			hr_json_int(w, answer->by - v->decisions);
		}
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

/* They go with every recognised item; one list serves them all. */
static void add_situations(hr_json_writer *w, const hr_verdict *v)
{
	NAME(w, "reexaminationSituations");
	hr_json_open_array(w);
	for (size_t i = 0; i < hr_catalog_situation_count(v->catalog); i++) {
		const hr_situation *situation = hr_catalog_get_situation(v->catalog, i);

		hr_json_open_object(w);
		MEMBER(w, "code", situation->code);
		MEMBER(w, "zh", situation->text);
		MEMBER(w, "en", situation->text_en);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

static bool is_any_recognised(const hr_verdict *v)
{
	for (uint32_t i = 0; i < v->decision_count; i++)
		if (v->decisions[i].outcome == HR_OUTCOME_RECOGNISED)
			return true;
	return false;
}

void hr_verdict_format_json(const hr_verdict *v, hr_buf *out)
{
	hr_json_writer w;

	hr_json_writer_init(&w, out, false);
	hr_json_open_object(&w);
	MEMBER(&w, "schema", HR_STR("urn:huren:verdict:1"));
	MEMBER(&w, "outcome", hr_outcome_word(v->outcome));
	NAME(&w, "catalogue");
	hr_json_open_object(&w);
	MEMBER(&w, "id", hr_catalog_id(v->catalog));
	if (hr_catalog_known_at(v->catalog).second)
		add_instant(&w, HR_STR("knownAt"), hr_catalog_known_at(v->catalog));
	NAME(&w, "syntheticDataCounted");
	hr_json_bool(&w, v->synthetic);
	hr_json_close_object(&w);
	add_question(&w, v);
	add_report(&w, v);
	add_reasons(&w, v->reasons);
	NAME(&w, "items");
	hr_json_open_array(&w);
	for (uint32_t i = 0; i < v->decision_count; i++)
		add_decision(&w, v, &v->decisions[i]);
	hr_json_close_array(&w);
	add_orders(&w, v);
	if (is_any_recognised(v))
		add_situations(&w, v);
	hr_json_close_object(&w);
}
