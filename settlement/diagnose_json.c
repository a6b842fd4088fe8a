#include "settlement/diagnose.h"

#include "settlement/origin.h"

#define NAME(w, literal)	  hr_json_name((w), HR_STR(literal))
#define MEMBER(w, literal, value) hr_json_member((w), HR_STR(literal), (value))

static void add_office(hr_json_writer *w, const hr_office *office)
{
	hr_json_open_object(w);
	MEMBER(w, "name", office->name);
	MEMBER(w, "phone", office->phone);
	MEMBER(w, "hours", office->hours);
	MEMBER(w, "for", office->purpose);
	hr_origin_write(w, &office->origin);
	hr_json_close_object(w);
}

static void add_cure(hr_json_writer *w, hr_cause cause, const hr_cause_ruling *ruling)
{
	hr_cure_by by = hr_cause_cure_by(cause);

	NAME(w, "cure");
	hr_json_open_object(w);
	MEMBER(w, "zh", hr_cause_cure(cause).zh);
	MEMBER(w, "en", hr_cause_cure(cause).en);
	MEMBER(w, "by", hr_cure_by_word(by));
	MEMBER(w, "by_zh", hr_cure_by_words(by).zh);
	MEMBER(w, "by_en", hr_cure_by_words(by).en);
	if (ruling->institution)
		MEMBER(w, "institution", ruling->institution->name);
	NAME(w, "offices");
	hr_json_open_array(w);
	for (size_t i = 0; i < ruling->office_count; i++)
		add_office(w, ruling->offices[i]);
	hr_json_close_array(w);
	hr_json_close_object(w);
}

static void add_cause(hr_json_writer *w, hr_cause cause, const hr_cause_ruling *ruling)
{
	hr_json_open_object(w);
	MEMBER(w, "code", hr_cause_code(cause));
	MEMBER(w, "zh", hr_cause_words(cause).zh);
	MEMBER(w, "en", hr_cause_words(cause).en);
	MEMBER(w, "why_zh", ruling->why.zh);
	MEMBER(w, "why_en", ruling->why.en);
	if (ruling->state == HR_CAUSE_PRESENT) {
		NAME(w, "said_by_platform");
		hr_json_bool(w, ruling->said);
		add_cure(w, cause, ruling);
	}
	if (ruling->origin) {
		NAME(w, "evidence");
		hr_json_open_object(w);
		hr_origin_write(w, ruling->origin);
		hr_json_close_object(w);
	}
	hr_json_close_object(w);
}

static void add_causes(hr_json_writer *w, hr_str name, const hr_diagnosis *d, hr_cause_state state)
{
	hr_json_name(w, name);
	hr_json_open_array(w);
	for (hr_cause i = 0; i < HR_CAUSE_COUNT; i++)
		if (d->causes[i].state == state)
			add_cause(w, i, &d->causes[i]);
	hr_json_close_array(w);
}

static void add_codes(hr_json_writer *w, hr_str name, const hr_diagnosis *d, hr_cause_state state)
{
	hr_json_name(w, name);
	hr_json_open_array(w);
	for (hr_cause i = 0; i < HR_CAUSE_COUNT; i++)
		if (d->causes[i].state == state)
			hr_json_string(w, hr_cause_code(i));
	hr_json_close_array(w);
}

static void add_said(hr_json_writer *w, const hr_platform_said *said)
{
	if (!said->text.len)
		return;
	NAME(w, "platform");
	hr_json_open_object(w);
	MEMBER(w, "text", said->text);
	NAME(w, "known");
	hr_json_bool(w, said->count > 0);
	NAME(w, "causes");
	hr_json_open_array(w);
	for (size_t i = 0; i < said->count; i++) {
		hr_json_open_object(w);
		MEMBER(w, "code", said->rows[i]->cause);
		MEMBER(w, "has", said->rows[i]->text);
		hr_origin_write(w, &said->rows[i]->origin);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
	hr_json_close_object(w);
}

void hr_diagnosis_format_json(const hr_diagnosis *diagnosis, hr_buf *out)
{
	static const hr_str outcomes[] = {
		[HR_DIAGNOSIS_DIRECT] = HR_STR_INIT("direct"),
		[HR_DIAGNOSIS_NOT_DIRECT] = HR_STR_INIT("not-direct"),
		[HR_DIAGNOSIS_NOT_KNOWN] = HR_STR_INIT("undecided"),
	};
	hr_json_writer w;

	hr_json_writer_init(&w, out, false);
	hr_json_open_object(&w);
	MEMBER(&w, "outcome", outcomes[diagnosis->outcome]);
	MEMBER(&w, "medins_setl_id", diagnosis->visit->id);
	NAME(&w, "synthetic");
	hr_json_bool(&w, hr_diagnosis_is_synthetic(diagnosis));
	MEMBER(&w, "catalogue", hr_catalog_id(diagnosis->catalog));
	if (diagnosis->service < HR_SERVICE_COUNT)
		MEMBER(&w, "service", hr_service_word(diagnosis->service));
	add_causes(&w, HR_STR("causes"), diagnosis, HR_CAUSE_PRESENT);
	add_causes(&w, HR_STR("not_known"), diagnosis, HR_CAUSE_NOT_KNOWN);
	add_codes(&w, HR_STR("absent"), diagnosis, HR_CAUSE_ABSENT);
	add_codes(&w, HR_STR("not_asked"), diagnosis, HR_CAUSE_NOT_ASKED);
	add_said(&w, &diagnosis->said);
	hr_json_close_object(&w);
	hr_buf_add_char(out, '\n');
}
