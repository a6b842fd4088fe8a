/*
 * The verdict for machines: one line of JSON, as verdict.schema.json says.
 * Members whose value is not known are left out; nothing is ever null.
 *
 * Most lines of a report hear the same rulings, for the same reasons, out of the
 * same records. Each ruling, regime, reason and record is written once, at the
 * end, and meant by its id or number before: a fifth of the bytes.
 */
#include "recognition/report_films.h"
#include "recognition/sentence.h"
#include "recognition/verdict_same.h"

#include "base/json.h"

struct page {
	hr_json_writer w;
	const hr_verdict *verdict;
	hr_numbering rulings;
	hr_numbering regimes;
	hr_numbering reasons;
	hr_numbering records;
	hr_xml_trail trail;
	hr_buf scratch; /* for a value that is put together */
};

#define NAME(p, literal)	  hr_json_name(&(p)->w, HR_STR(literal))
#define MEMBER(p, literal, value) hr_json_member(&(p)->w, HR_STR(literal), (value))

static void add_int(struct page *p, hr_str name, int64_t value)
{
	hr_json_name(&p->w, name);
	hr_json_int(&p->w, value);
}

static void open_object(struct page *p, hr_str name)
{
	hr_json_name(&p->w, name);
	hr_json_open_object(&p->w);
}

static void open_array(struct page *p, hr_str name)
{
	hr_json_name(&p->w, name);
	hr_json_open_array(&p->w);
}

static void add_instant(struct page *p, hr_str name, hr_instant instant)
{
	char text[HR_INSTANT_TEXT];

	hr_json_member(&p->w, name, hr_instant_format(instant, text));
}

static void add_date(struct page *p, hr_str name, hr_date date)
{
	char text[HR_DATE_TEXT];

	hr_json_member(&p->w, name, hr_date_format(date, text));
}

static hr_str path_of(struct page *p, hr_place place)
{
	if (place.kind == HR_PLACE_XML)
		return hr_xml_trail_xpath(&p->trail, place.node, place.attr);
	p->scratch.len = 0;
	hr_place_format(place, &p->scratch);
	return hr_buf_str(&p->scratch);
}

static void add_place(struct page *p, hr_place place)
{
	uint32_t line = hr_place_line(place);

	MEMBER(p, "place", path_of(p, place));
	if (line)
		add_int(p, HR_STR("line"), line);
}

static uint32_t number_of(struct page *p, hr_numbering *numbering, const void *thing)
{
	uint32_t number = 0;

	if (!hr_numbering_get(numbering, thing, &number))
		p->w.buf->failed = true;
	return number;
}

static void add_record(struct page *p, const hr_origin *origin)
{
	if (origin)
		add_int(p, HR_STR("record"), number_of(p, &p->records, origin));
}

static void add_reasons(struct page *p, hr_reasons reasons)
{
	open_array(p, HR_STR("reasons"));
	for (uint32_t i = 0; i < reasons.count; i++)
		hr_json_int(&p->w, number_of(p, &p->reasons, &reasons.list[i]));
	hr_json_close_array(&p->w);
}

static void add_institution(struct page *p, hr_str name, hr_institution_id id, hr_str printed)
{
	open_object(p, name);
	MEMBER(p, "printed", printed);
	if (id != HR_ID_NONE) {
		const hr_institution *institution =
			hr_catalog_get_institution(p->verdict->catalog, id);

		MEMBER(p, "key", institution->key);
		MEMBER(p, "name", institution->name);
		MEMBER(p, "region", institution->region);
		add_record(p, &institution->origin);
	}
	hr_json_close_object(&p->w);
}

static void add_question(struct page *p)
{
	const hr_verdict *v = p->verdict;
	static const hr_str answers[] = { HR_STR_INIT("unknown"), HR_STR_INIT("yes"),
					  HR_STR_INIT("no") };
	const hr_question *q = v->question;

	open_object(p, HR_STR("question"));
	add_instant(p, HR_STR("at"), q->at);
	if (q->receiver.len)
		add_institution(p, HR_STR("receiver"), v->receiver, q->receiver);
	MEMBER(p, "setting", q->setting ? hr_setting_word(q->setting, HR_LANG_EN) : HR_STR("any"));
	MEMBER(p, "intervened", answers[q->intervened]);
	MEMBER(p, "markSeen", q->mark_seen);
	hr_json_close_object(&p->w);
}

static hr_str precision_word(hr_precision precision)
{
	static const hr_str words[] = { HR_STR_INIT("none"),  HR_STR_INIT("year"),
					HR_STR_INIT("month"), HR_STR_INIT("day"),
					HR_STR_INIT("hour"),  HR_STR_INIT("minute"),
					HR_STR_INIT("second") };

	return words[precision];
}

static void add_time(struct page *p, hr_event_kind kind, const hr_time *time)
{
	bool known = time->span.precision != HR_PRECISION_NONE;

	if (!known && time->text.len == 0)
		return;
	open_object(p, hr_event_kind_word(kind));
	MEMBER(p, "value", time->text);
	if (known) {
		add_instant(p, HR_STR("from"), time->span.from);
		MEMBER(p, "precision", precision_word(time->span.precision));
	}
	add_place(p, time->place);
	hr_json_close_object(&p->w);
}

static void add_times(struct page *p, const hr_time *times)
{
	for (int kind = 0; kind < HR_EVENT_KINDS; kind++)
		add_time(p, (hr_event_kind)kind, &times[kind]);
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

static void add_deviations(struct page *p, const hr_report *report)
{
	open_array(p, HR_STR("deviations"));
	for (uint32_t i = 0; i < report->deviation_count; i++) {
		hr_json_open_object(&p->w);
		MEMBER(p, "code", hr_str_of(report->deviations[i].code));
		add_place(p, report->deviations[i].place);
		hr_json_close_object(&p->w);
	}
	hr_json_close_array(&p->w);
}

static void add_report(struct page *p)
{
	const hr_verdict *v = p->verdict;
	const hr_report *report = v->report;

	open_object(p, HR_STR("report"));
	MEMBER(p, "format", hr_format_word(report->format));
	MEMBER(p, "enclosedIn", report->enclosed_in);
	MEMBER(p, "kind", kind_word(report->kind));
	MEMBER(p, "title", report->title.text);
	MEMBER(p, "id", report->id.code);
	MEMBER(p, "reportNo", report->report_no.code);
	MEMBER(p, "version", report->version.text);
	MEMBER(p, "status", status_word(report->status));
	add_institution(p, HR_STR("issuer"), v->issuer, report->issuer.name.text);
	add_times(p, report->times);
	MEMBER(p, "conclusion", report->conclusion.text);
	add_deviations(p, report);
	add_reasons(p, v->reasons);
	hr_json_close_object(&p->w);
}

static hr_str window_unit_word(hr_window_unit unit)
{
	static const hr_str words[] = { HR_STR_INIT("hours"), HR_STR_INIT("days"),
					HR_STR_INIT("months") };

	return words[unit];
}

static void add_window(struct page *p, const hr_ruling *r)
{
	if (!r->window)
		return;
	open_object(p, HR_STR("window"));
	add_int(p, HR_STR("length"), r->window->length);
	MEMBER(p, "unit", window_unit_word(r->window->unit));
	MEMBER(p, "event", hr_event_kind_word(r->window->event));
	if (r->used.precision != HR_PRECISION_NONE) {
		MEMBER(p, "countedFrom", hr_event_kind_word(r->event));
		add_instant(p, HR_STR("from"), r->from);
		add_instant(p, HR_STR("until"), r->until);
	}
	add_record(p, &r->window->origin);
	hr_json_close_object(&p->w);
}

static void add_grant(struct page *p, const hr_grant *grant)
{
	if (!grant)
		return;
	open_object(p, HR_STR("grant"));
	if (grant->period.from.day != HR_DATE_MIN.day)
		add_date(p, HR_STR("from"), grant->period.from);
	if (grant->period.to.day != HR_DATE_MAX.day)
		add_date(p, HR_STR("to"), hr_date_add_days(grant->period.to, -1));
	MEMBER(p, "batch", grant->batch);
	MEMBER(p, "qcBody", grant->qc_body);
	add_record(p, &grant->origin);
	hr_json_close_object(&p->w);
}

static void add_ruling(struct page *p, const void *thing)
{
	const hr_ruling *r = thing;

	number_of(p, &p->regimes, r->regime);
	MEMBER(p, "regime", r->regime->id);
	MEMBER(p, "outcome", hr_outcome_word(r->outcome));
	MEMBER(p, "obligation", hr_obligation_word(r->obligation, HR_LANG_EN));
	add_grant(p, r->grant);
	add_window(p, r);
	add_reasons(p, r->reasons);
}

static void add_matched(struct page *p, hr_item_id id)
{
	const hr_item *item;

	if (id == HR_ID_NONE)
		return;
	item = hr_catalog_get_item(p->verdict->catalog, id);
	open_object(p, HR_STR("item"));
	MEMBER(p, "code", item->code);
	MEMBER(p, "name", item->name);
	MEMBER(p, "kind", kind_word(item->kind));
	add_record(p, &item->origin);
	hr_json_close_object(&p->w);
}

static void add_result(struct page *p, const hr_result *result)
{
	MEMBER(p, "printed", result->name.text);
	MEMBER(p, "value", result->value.text);
	MEMBER(p, "unit", result->unit.text);
	MEMBER(p, "range", result->range.text);
	MEMBER(p, "flag", result->flag.text);
	MEMBER(p, "method", result->method.text);
	MEMBER(p, "modality", result->modality.text);
	MEMBER(p, "studyInstanceUid", result->study_uid.text);
	add_place(p, result->name.place);
	add_times(p, result->times);
}

/* Who tested, where that is not the issuer. */
static void add_performer(struct page *p, const hr_decision *d)
{
	const hr_verdict *v = p->verdict;
	hr_str printed = hr_result_performer(v->report, d->result)->name.text;

	if (d->institution != v->issuer || !hr_str_equal(printed, v->report->issuer.name.text))
		add_institution(p, HR_STR("performer"), d->institution, printed);
}

static void add_decision(struct page *p, const hr_decision *d)
{
	hr_json_open_object(&p->w);
	MEMBER(p, "outcome", hr_outcome_word(d->outcome));
	MEMBER(p, "obligation", hr_obligation_word(d->obligation, HR_LANG_EN));
	add_matched(p, d->item);
	add_result(p, d->result);
	add_performer(p, d);
	if (d->asked->span.precision != HR_PRECISION_NONE)
		MEMBER(p, "listsAskedFor", hr_event_kind_word(d->event));
	add_reasons(p, d->reasons);
	open_array(p, HR_STR("rulings"));
	for (uint32_t i = 0; i < d->ruling_count; i++)
		hr_json_int(&p->w, number_of(p, &p->rulings, &d->rulings[i]));
	hr_json_close_array(&p->w);
	hr_json_close_object(&p->w);
}

static void add_orders(struct page *p)
{
	const hr_verdict *v = p->verdict;

	if (v->order_count == 0)
		return;
	open_array(p, HR_STR("orders"));
	for (size_t i = 0; i < v->order_count; i++) {
		const hr_order_answer *answer = &v->orders[i];

		hr_json_open_object(&p->w);
		MEMBER(p, "order", answer->order);
		add_matched(p, answer->item);
		MEMBER(p, "candidates", answer->candidates);
		MEMBER(p, "cover", hr_cover_code(answer->cover));
		if (answer->by)
			add_int(p, HR_STR("by"), answer->by - v->decisions);
		hr_json_close_object(&p->w);
	}
	hr_json_close_array(&p->w);
}

static void add_film(struct page *p, const hr_report_film *film)
{
	const hr_film_study *study = film->study;
	hr_span day;

	hr_json_open_object(&p->w);
	MEMBER(p, "study", study->uid);
	NAME(p, "certain");
	hr_json_bool(&p->w, film->is_certain);
	MEMBER(p, "by", hr_report_film_by(film));
	MEMBER(p, "value", film->named.text);
	add_place(p, film->named.place);
	MEMBER(p, "state", hr_film_state_word(study->state));
	if (hr_span_parse(study->study_date, &day))
		add_date(p, HR_STR("date"), hr_instant_date(day.from));
	add_int(p, HR_STR("instances"), study->instance_count);
	add_reasons(p, film->reasons);
	hr_json_close_object(&p->w);
}

static void add_films(struct page *p)
{
	const hr_report_films *films = p->verdict->films;

	if (!films)
		return;
	open_object(p, HR_STR("films"));
	open_array(p, HR_STR("found"));
	for (uint32_t i = 0; i < films->count; i++)
		add_film(p, &films->list[i]);
	hr_json_close_array(&p->w);
	add_reasons(p, films->reasons);
	hr_json_close_object(&p->w);
}

/* They go with every recognised item; one list serves them all. */
static void add_situations(struct page *p)
{
	const hr_catalog *catalog = p->verdict->catalog;

	open_array(p, HR_STR("reexaminationSituations"));
	for (size_t i = 0; i < hr_catalog_situation_count(catalog); i++) {
		const hr_situation *situation = hr_catalog_get_situation(catalog, i);

		hr_json_open_object(&p->w);
		MEMBER(p, "code", situation->code);
		MEMBER(p, "zh", situation->text);
		MEMBER(p, "en", situation->text_en);
		hr_json_close_object(&p->w);
	}
	hr_json_close_array(&p->w);
}

static bool is_any_recognised(const hr_verdict *v)
{
	for (uint32_t i = 0; i < v->decision_count; i++)
		if (v->decisions[i].outcome == HR_OUTCOME_RECOGNISED)
			return true;
	return false;
}

static void add_catalog(struct page *p)
{
	const hr_catalog *catalog = p->verdict->catalog;

	open_object(p, HR_STR("catalogue"));
	MEMBER(p, "id", hr_catalog_id(catalog));
	if (hr_catalog_known_at(catalog).second)
		add_instant(p, HR_STR("knownAt"), hr_catalog_known_at(catalog));
	NAME(p, "syntheticDataCounted");
	hr_json_bool(&p->w, p->verdict->synthetic);
	hr_json_close_object(&p->w);
}

static void add_items(struct page *p)
{
	open_array(p, HR_STR("items"));
	for (uint32_t i = 0; i < p->verdict->decision_count; i++)
		add_decision(p, &p->verdict->decisions[i]);
	hr_json_close_array(&p->w);
}

static void add_regime(struct page *p, const void *thing)
{
	const hr_regime *regime = thing;

	MEMBER(p, "id", regime->id);
	MEMBER(p, "name", regime->name);
	MEMBER(p, "mark", regime->mark);
	MEMBER(p, "legalBasis", regime->legal_basis);
	add_record(p, &regime->origin);
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

static void add_sentence(struct page *p, hr_str name, const hr_reason *reason, hr_lang lang)
{
	p->scratch.len = 0;
	hr_reason_format(reason, lang, &p->scratch);
	hr_json_member(&p->w, name, hr_buf_str(&p->scratch));
}

static void add_reason(struct page *p, const void *thing)
{
	const hr_reason *reason = thing;
	const hr_reason_row *row = hr_reason_row_get(reason->id);

	MEMBER(p, "code", row->code);
	MEMBER(p, "effect", effect_word(row->effect));
	add_sentence(p, HR_STR("zh"), reason, HR_LANG_ZH);
	add_sentence(p, HR_STR("en"), reason, HR_LANG_EN);
	MEMBER(p, "value", reason->value);
	add_place(p, reason->place);
	add_record(p, reason->origin);
}

static void add_origin(struct page *p, const void *thing)
{
	const hr_origin *origin = thing;

	MEMBER(p, "file", origin->file);
	add_int(p, HR_STR("line"), origin->line);
	MEMBER(p, "grade", hr_grade_word(origin->grade));
	MEMBER(p, "source", origin->source);
	if (origin->document) {
		MEMBER(p, "documentNumber", origin->document->number);
		MEMBER(p, "documentTitle", origin->document->title);
		MEMBER(p, "documentRow", origin->row);
	}
}

static void add_table(struct page *p, hr_str name, const hr_numbering *rows,
		      void (*add_row)(struct page *, const void *))
{
	open_array(p, name);
	for (uint32_t i = 0; i < rows->count; i++) {
		hr_json_open_object(&p->w);
		add_row(p, rows->things[i]);
		hr_json_close_object(&p->w);
	}
	hr_json_close_array(&p->w);
}

/* In this order, for each still adds to those behind it. */
static void add_tables(struct page *p)
{
	add_table(p, HR_STR("rulings"), &p->rulings, add_ruling);
	add_table(p, HR_STR("regimes"), &p->regimes, add_regime);
	add_table(p, HR_STR("reasons"), &p->reasons, add_reason);
	add_table(p, HR_STR("records"), &p->records, add_origin);
}

static void open_page(struct page *p, const hr_verdict *v, hr_buf *out)
{
	hr_json_writer_init(&p->w, out, false);
	p->verdict = v;
	hr_numbering_init(&p->rulings, &hr_numbering_of_rulings, out->arena);
	hr_numbering_init(&p->regimes, &hr_numbering_by_address, out->arena);
	hr_numbering_init(&p->reasons, &hr_numbering_of_reasons, out->arena);
	hr_numbering_init(&p->records, &hr_numbering_by_address, out->arena);
	hr_xml_trail_init(&p->trail, out->arena, out->limit);
	hr_buf_init(&p->scratch, out->arena, out->limit);
}

void hr_verdict_format_json(const hr_verdict *v, hr_buf *out)
{
	struct page p;

	open_page(&p, v, out);
	hr_json_open_object(&p.w);
	MEMBER(&p, "schema", HR_STR("urn:huren:verdict:1"));
	MEMBER(&p, "outcome", hr_outcome_word(v->outcome));
	add_catalog(&p);
	add_question(&p);
	add_report(&p);
	add_items(&p);
	add_orders(&p);
	if (is_any_recognised(v))
		add_situations(&p);
	add_films(&p);
	add_tables(&p);
	hr_json_close_object(&p.w);
	out->failed |= p.scratch.failed | p.trail.text.failed;
}
