#include "service/fhir_answer.h"

#include "recognition/report_films.h"
#include "recognition/sentence.h"

#define NAME(w, literal)	    hr_json_name((w), HR_STR(literal))
#define MEMBER(w, literal, value)   hr_json_member((w), HR_STR(literal), (value))
#define VALUE(a, name, type, value) add_value((a), HR_STR(name), HR_STR("value" type), (value))

struct answer {
	hr_json_writer w;
	const hr_verdict *v;
	hr_lang lang;
};

/* --- a parameter --- */

/* One with a value; none when it is empty, because FHIR has no empty strings. */
static void add_value(struct answer *a, hr_str name, hr_str type, hr_str value)
{
	if (value.len == 0)
		return;
	hr_json_open_object(&a->w);
	MEMBER(&a->w, "name", name);
	hr_json_member(&a->w, type, value);
	hr_json_close_object(&a->w);
}

static void add_instant(struct answer *a, hr_str name, hr_instant instant)
{
	char text[HR_INSTANT_TEXT];

	add_value(a, name, HR_STR("valueDateTime"), hr_instant_format(instant, text));
}

/* One with parts: they follow, until close_part. */
static void open_part(struct answer *a, hr_str name)
{
	hr_json_open_object(&a->w);
	MEMBER(&a->w, "name", name);
	NAME(&a->w, "part");
	hr_json_open_array(&a->w);
}

static void close_part(struct answer *a)
{
	hr_json_close_array(&a->w);
	hr_json_close_object(&a->w);
}

/* One with a CodeableConcept: its codings follow, until close_concept. */
static void open_concept(struct answer *a, hr_str name)
{
	hr_json_open_object(&a->w);
	MEMBER(&a->w, "name", name);
	NAME(&a->w, "valueCodeableConcept");
	hr_json_open_object(&a->w);
}

static void add_coding(struct answer *a, hr_str system, hr_str code, hr_str display)
{
	hr_json_open_object(&a->w);
	MEMBER(&a->w, "system", system);
	MEMBER(&a->w, "code", code);
	MEMBER(&a->w, "display", display);
	hr_json_close_object(&a->w);
}

static void close_concept(struct answer *a, hr_str text)
{
	MEMBER(&a->w, "text", text);
	hr_json_close_object(&a->w);
	hr_json_close_object(&a->w);
}

/* --- reasons and evidence --- */

static void add_reason(struct answer *a, const hr_reason *reason)
{
	const hr_reason_row *row = hr_reason_row_get(reason->id);
	hr_buf sentence;

	hr_buf_init(&sentence, a->w.buf->arena, (size_t)16 << 10);
	hr_reason_format(reason, a->lang, &sentence);
	open_concept(a, HR_STR("reason"));
	NAME(&a->w, "coding");
	hr_json_open_array(&a->w);
	add_coding(a, HR_STR("urn:huren:reason"), row->code, HR_STR_NONE);
	hr_json_close_array(&a->w);
	close_concept(a, hr_buf_str(&sentence));
}

static void add_place(struct answer *a, hr_place place)
{
	uint32_t line = hr_place_line(place);
	hr_buf path;

	if (place.kind == HR_PLACE_NONE)
		return;
	hr_buf_init(&path, a->w.buf->arena, (size_t)64 << 10);
	hr_place_format(place, &path);
	VALUE(a, "place", "String", hr_buf_str(&path));
	if (!line)
		return;
	hr_json_open_object(&a->w);
	MEMBER(&a->w, "name", HR_STR("line"));
	NAME(&a->w, "valuePositiveInt");
	hr_json_int(&a->w, line);
	hr_json_close_object(&a->w);
}

static void add_record(struct answer *a, const hr_origin *origin)
{
	hr_buf record;

	if (!origin)
		return;
	hr_buf_init(&record, a->w.buf->arena, 4096);
	hr_buf_addf(&record, "%.*s:%u", HR_STR_ARG(origin->file), origin->line);
	VALUE(a, "record", "String", hr_buf_str(&record));
	VALUE(a, "grade", "Code", hr_grade_word(origin->grade));
	VALUE(a, "source", "String", origin->source);
}

/* What a reason stands on. Nothing where it stands on no value and no record. */
static void add_reason_evidence(struct answer *a, const hr_reason *reason, hr_str regime)
{
	open_part(a, HR_STR("evidence"));
	VALUE(a, "reason", "Code", hr_reason_row_get(reason->id)->code);
	VALUE(a, "regime", "Code", regime);
	VALUE(a, "value", "String", reason->value);
	add_place(a, reason->place);
	add_record(a, reason->origin);
	close_part(a);
}

static void add_reasons(struct answer *a, hr_reasons reasons, hr_str regime)
{
	for (uint32_t i = 0; i < reasons.count; i++) {
		add_reason(a, &reasons.list[i]);
		add_reason_evidence(a, &reasons.list[i], regime);
	}
}

/* --- an item --- */

static void add_code(struct answer *a, hr_item_id id, hr_str text)
{
	const hr_item *item = id == HR_ID_NONE ? NULL : hr_catalog_get_item(a->v->catalog, id);

	open_concept(a, HR_STR("code"));
	if (item) {
		NAME(&a->w, "coding");
		hr_json_open_array(&a->w);
		add_coding(a, HR_STR("urn:huren:item"), item->code, item->name);
		if (item->loinc.len)
			add_coding(a, HR_LOINC_SYSTEM_FHIR, item->loinc, HR_STR_NONE);
		hr_json_close_array(&a->w);
	}
	close_concept(a, text.len ? text : HR_STR("-"));
}

/* The value that was judged, and where it stands. */
static void add_result_evidence(struct answer *a, const hr_decision *d)
{
	open_part(a, HR_STR("evidence"));
	VALUE(a, "about", "Code", HR_STR("result"));
	VALUE(a, "value", "String", d->result->value.text);
	VALUE(a, "unit", "String", d->result->unit.text);
	add_place(a, d->result->name.place);
	close_part(a);
}

/* Which date was used: for the lists, or for a window. */
static void add_date_evidence(struct answer *a, hr_str about, hr_event_kind event, hr_span span)
{
	if (span.precision == HR_PRECISION_NONE)
		return;
	open_part(a, HR_STR("evidence"));
	VALUE(a, "about", "Code", about);
	VALUE(a, "event", "Code", hr_event_kind_word(event));
	add_instant(a, HR_STR("from"), span.from);
	add_instant(a, HR_STR("to"), span.to);
	close_part(a);
}

static void add_window_evidence(struct answer *a, const hr_ruling *r)
{
	if (!r->window)
		return;
	add_date_evidence(a, HR_STR("window-event"), r->event, r->used);
	open_part(a, HR_STR("evidence"));
	VALUE(a, "about", "Code", HR_STR("window"));
	VALUE(a, "regime", "Code", r->regime->id);
	if (r->used.precision != HR_PRECISION_NONE) {
		add_instant(a, HR_STR("from"), r->from);
		add_instant(a, HR_STR("until"), r->until);
	}
	add_record(a, &r->window->origin);
	close_part(a);
}

static void add_ruling(struct answer *a, const hr_ruling *r)
{
	open_part(a, HR_STR("evidence"));
	VALUE(a, "about", "Code", HR_STR("regime"));
	VALUE(a, "regime", "Code", r->regime->id);
	VALUE(a, "name", "String", r->regime->name);
	VALUE(a, "decision", "Code", hr_outcome_word(r->outcome));
	VALUE(a, "obligation", "Code", hr_obligation_word(r->obligation, HR_LANG_EN));
	add_record(a, r->grant ? &r->grant->origin : NULL);
	close_part(a);
	add_window_evidence(a, r);
	add_reasons(a, r->reasons, r->regime->id);
}

static void add_item(struct answer *a, const hr_decision *d)
{
	open_part(a, HR_STR("item"));
	add_code(a, d->item, d->result->name.text);
	VALUE(a, "decision", "Code", hr_outcome_word(d->outcome));
	VALUE(a, "obligation", "Code", hr_obligation_word(d->obligation, HR_LANG_EN));
	add_result_evidence(a, d);
	add_date_evidence(a, HR_STR("lists-asked-for"), d->event, d->asked->span);
	add_reasons(a, d->reasons, HR_STR_NONE);
	for (uint32_t i = 0; i < d->ruling_count; i++)
		add_ruling(a, &d->rulings[i]);
	close_part(a);
}

/* --- an order --- */

/* Whether it is answered, and which result does: the same item, or a wider examination. */
static void add_order(struct answer *a, const hr_order_answer *order)
{
	open_part(a, HR_STR("order"));
	add_code(a, order->item, order->order);
	VALUE(a, "mayBe", "String", order->candidates);
	VALUE(a, "cover", "Code", hr_cover_code(order->cover));
	if (order->by) {
		open_part(a, HR_STR("by"));
		add_code(a, order->by->item, order->by->result->name.text);
		add_place(a, order->by->result->name.place);
		close_part(a);
	}
	close_part(a);
}

/* --- films --- */

static void add_boolean(struct answer *a, hr_str name, bool value)
{
	hr_json_open_object(&a->w);
	MEMBER(&a->w, "name", name);
	NAME(&a->w, "valueBoolean");
	hr_json_bool(&a->w, value);
	hr_json_close_object(&a->w);
}

static void add_film(struct answer *a, const hr_report_film *film)
{
	hr_buf uid;

	hr_buf_init(&uid, a->w.buf->arena, 128);
	hr_buf_addf(&uid, "urn:oid:%.*s", HR_STR_ARG(film->study->uid));
	open_part(a, HR_STR("film"));
	VALUE(a, "study", "Uri", hr_buf_str(&uid));
	add_boolean(a, HR_STR("certain"), film->is_certain);
	VALUE(a, "by", "Code", hr_report_film_by(film));
	VALUE(a, "value", "String", film->named.text);
	add_place(a, film->named.place);
	VALUE(a, "state", "Code", hr_film_state_word(film->study->state));
	add_reasons(a, film->reasons, HR_STR_NONE);
	close_part(a);
}

/* Where none was found, a film without a study says why. */
static void add_films(struct answer *a, const hr_report_films *films)
{
	for (uint32_t i = 0; films && i < films->count; i++)
		add_film(a, &films->list[i]);
	if (!films || films->count)
		return;
	open_part(a, HR_STR("film"));
	add_reasons(a, films->reasons, HR_STR_NONE);
	close_part(a);
}

/* --- the whole --- */

/* Of a report some of whose items are recognised and some not: "partial". */
static hr_str decision_word(const hr_verdict *v)
{
	uint32_t recognised = 0;

	for (uint32_t i = 0; i < v->decision_count; i++)
		recognised += v->decisions[i].outcome == HR_OUTCOME_RECOGNISED;
	return recognised && recognised < v->decision_count ? HR_STR("partial")
							    : hr_outcome_word(v->outcome);
}

static void add_catalogue(struct answer *a)
{
	hr_buf canonical;

	hr_buf_init(&canonical, a->w.buf->arena, 256);
	hr_buf_addf(&canonical, "urn:huren:catalogue|%.*s",
		    HR_STR_ARG(hr_catalog_id(a->v->catalog)));
	VALUE(a, "catalogue", "Canonical", hr_buf_str(&canonical));
	add_boolean(a, HR_STR("syntheticDataCounted"), a->v->synthetic);
}

static void add_parameters(struct answer *a)
{
	hr_json_open_object(&a->w);
	MEMBER(&a->w, "resourceType", HR_STR("Parameters"));
	NAME(&a->w, "parameter");
	hr_json_open_array(&a->w);
	VALUE(a, "decision", "Code", decision_word(a->v));
	add_instant(a, HR_STR("asOf"), a->v->question->at);
	add_catalogue(a);
	VALUE(a, "enclosedIn", "String", a->v->report->enclosed_in);
	add_reasons(a, a->v->reasons, HR_STR_NONE);
	for (uint32_t i = 0; i < a->v->decision_count; i++)
		add_item(a, &a->v->decisions[i]);
	for (size_t i = 0; i < a->v->order_count; i++)
		add_order(a, &a->v->orders[i]);
	add_films(a, a->v->films);
	hr_json_close_array(&a->w);
	hr_json_close_object(&a->w);
}

static void add_bundle(struct answer *a, const hr_verdicts *verdicts)
{
	hr_json_open_object(&a->w);
	MEMBER(&a->w, "resourceType", HR_STR("Bundle"));
	MEMBER(&a->w, "type", HR_STR("collection"));
	NAME(&a->w, "entry");
	hr_json_open_array(&a->w);
	for (size_t i = 0; i < verdicts->count; i++) {
		a->v = &verdicts->verdicts[i];
		hr_json_open_object(&a->w);
		NAME(&a->w, "resource");
		add_parameters(a);
		hr_json_close_object(&a->w);
	}
	hr_json_close_array(&a->w);
	hr_json_close_object(&a->w);
}

void hr_fhir_answer_format(const hr_verdicts *verdicts, hr_lang lang, hr_buf *out)
{
	struct answer a = { .lang = lang };

	hr_json_writer_init(&a.w, out, false);
	if (verdicts->count == 1) {
		a.v = &verdicts->verdicts[0];
		add_parameters(&a);
	} else {
		add_bundle(&a, verdicts);
	}
	hr_buf_add_char(out, '\n');
	/* A sentence that lacked memory is missing: better no answer. */
	out->failed |= hr_arena_is_short(out->arena);
}
