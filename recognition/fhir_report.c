/*
 * The report that is being made, and how it is made of a DiagnosticReport.
 */
#include "recognition/fhir_parts.h"

void hr_fhir_begin(hr_fhir *f, hr_report *out)
{
	f->report++;
	f->out = out;
	f->results = NULL;
	f->result_count = 0;
	f->result_room = 0;
	f->steps = 0;
	f->marks = NULL;
	f->replaces = NULL;
	f->image_numbers = NULL;
	f->issuer = NULL;
	f->subject = (hr_fhir_reference){ .node = NULL };
	f->specimen = NULL;
	f->specimens = (hr_fhir_list){ NULL, 0 };
	memset(f->deviations, 0, sizeof(f->deviations));
	out->format = HR_FORMAT_FHIR;
}

static const char *const deviation_codes[HR_FHIR_DEVIATION_COUNT] = {
#define X(name, code) [HR_FHIR_##name] = code,
	HR_FHIR_DEVIATIONS(X)
#undef X
};

static void finish_deviations(hr_fhir *f)
{
	hr_report *out = f->out;
	hr_deviation *list;
	uint32_t count = 0;

	for (int i = 0; i < HR_FHIR_DEVIATION_COUNT; i++)
		count += f->deviations[i] != NULL;
	if (count == 0)
		return;
	list = HR_NEW_N(f->arena, hr_deviation, count);
	if (!list)
		return;
	for (int i = 0; i < HR_FHIR_DEVIATION_COUNT; i++) {
		if (!f->deviations[i])
			continue;
		list[out->deviation_count].code = deviation_codes[i];
		list[out->deviation_count++].place = hr_fhir_place(f->deviations[i]);
	}
	out->deviations = list;
}

void hr_fhir_add_deviation(hr_fhir *f, hr_report *report, hr_fhir_deviation deviation,
			   const hr_json *node)
{
	hr_deviation *list = HR_NEW_N(f->arena, hr_deviation, report->deviation_count + 1);

	if (!list)
		return;
	if (report->deviation_count)
		memcpy(list, report->deviations, report->deviation_count * sizeof(*list));
	list[report->deviation_count].code = deviation_codes[deviation];
	list[report->deviation_count++].place = hr_fhir_place(node);
	report->deviations = list;
}

void hr_fhir_finish(hr_fhir *f)
{
	hr_fhir_settle_subject(f);
	if (f->issuer)
		f->out->issuer = *f->issuer;
	f->out->marks = f->marks;
	f->out->replaces = f->replaces;
	f->out->image_numbers = f->image_numbers;
	f->out->results = f->results;
	f->out->result_count = f->result_count;
	if (f->out->kind == HR_KIND_UNKNOWN && f->result_count)
		f->out->kind = f->results[0].kind;
	finish_deviations(f);
}

/* --- DiagnosticReport --- */

enum {
	D_TYPE,
	D_ID,
	D_META,
	D_TEXT,
	D_CONTAINED,
	D_EXTENSION,
	D_MODIFIER,
	D_IDENTIFIER,
	D_BASED_ON,
	D_STATUS,
	D_CATEGORY,
	D_CODE,
	D_SUBJECT,
	D_ENCOUNTER,
	D_EFFECTIVE_TIME,
	D_EFFECTIVE_PERIOD,
	D_ISSUED,
	D_PERFORMER,
	D_SPECIMEN,
	D_RESULT,
	D_IMAGING_STUDY,
	D_STUDY,
	D_COMPOSITION,
	D_CONCLUSION,
	D_CONCLUSION_CODE,
	D_PRESENTED_FORM,
	D_FIELDS,
};

static const hr_str report_names[D_FIELDS] = {
	[D_TYPE] = HR_STR_INIT("resourceType"),
	[D_ID] = HR_STR_INIT("id"),
	[D_META] = HR_STR_INIT("meta"),
	[D_TEXT] = HR_STR_INIT("text"),
	[D_CONTAINED] = HR_STR_INIT("contained"),
	[D_EXTENSION] = HR_STR_INIT("extension"),
	[D_MODIFIER] = HR_STR_INIT("modifierExtension"),
	[D_IDENTIFIER] = HR_STR_INIT("identifier"),
	[D_BASED_ON] = HR_STR_INIT("basedOn"),
	[D_STATUS] = HR_STR_INIT("status"),
	[D_CATEGORY] = HR_STR_INIT("category"),
	[D_CODE] = HR_STR_INIT("code"),
	[D_SUBJECT] = HR_STR_INIT("subject"),
	[D_ENCOUNTER] = HR_STR_INIT("encounter"),
	[D_EFFECTIVE_TIME] = HR_STR_INIT("effectiveDateTime"),
	[D_EFFECTIVE_PERIOD] = HR_STR_INIT("effectivePeriod"),
	[D_ISSUED] = HR_STR_INIT("issued"),
	[D_PERFORMER] = HR_STR_INIT("performer"),
	[D_SPECIMEN] = HR_STR_INIT("specimen"),
	[D_RESULT] = HR_STR_INIT("result"),
	[D_IMAGING_STUDY] = HR_STR_INIT("imagingStudy"), /* R4 */
	[D_STUDY] = HR_STR_INIT("study"),		 /* R5 */
	[D_COMPOSITION] = HR_STR_INIT("composition"),	 /* R5 */
	[D_CONCLUSION] = HR_STR_INIT("conclusion"),
	[D_CONCLUSION_CODE] = HR_STR_INIT("conclusionCode"),
	[D_PRESENTED_FORM] = HR_STR_INIT("presentedForm"),
};

void hr_fhir_read_ids(hr_fhir *f, hr_fhir_resource *r, const hr_json *identifier)
{
	f->out->report_no = hr_fhir_identifier(identifier);
	f->out->id = f->out->report_no;
	if (f->out->id.code.len == 0 && r->id.len)
		f->out->id = (hr_code){
			.code = r->id,
			.place = hr_fhir_place(hr_fhir_get(r->node, HR_STR("id"))),
		};
}

/* Where the first result is an examination's, all are findings of one. */
static bool has_exam_results(hr_fhir *f, hr_fhir_resource *r, const hr_json *results)
{
	const hr_json *first = hr_fhir_elements(results);
	const hr_fhir_resource *target = first ? hr_fhir_target(f, r, first) : NULL;

	return target &&
	       hr_fhir_kind(f, hr_fhir_get(target->node, HR_STR("category"))) == HR_KIND_EXAM;
}

/* UNKNOWN: each result says what it is. */
static hr_kind kind_of(hr_fhir *f, hr_fhir_resource *r, const hr_json *const *d)
{
	hr_kind kind = hr_fhir_kind(f, d[D_CATEGORY]);

	if (kind == HR_KIND_UNKNOWN)
		kind = hr_fhir_kind(f, d[D_CODE]);
	if (kind == HR_KIND_UNKNOWN && (d[D_IMAGING_STUDY] || d[D_STUDY]))
		kind = HR_KIND_EXAM;
	if (kind == HR_KIND_UNKNOWN && d[D_SPECIMEN])
		kind = HR_KIND_LAB;
	if (kind == HR_KIND_UNKNOWN && has_exam_results(f, r, d[D_RESULT]))
		kind = HR_KIND_EXAM;
	return kind;
}

static void read_times(hr_fhir *f, const hr_json *const *d)
{
	hr_time *times = f->out->times;

	if (f->specimen) {
		times[HR_EVENT_COLLECTED] = f->specimen->collected;
		times[HR_EVENT_RECEIVED] = f->specimen->received;
	}
	if (times[HR_EVENT_COLLECTED].text.len == 0)
		hr_fhir_read_time(f,
				  d[D_EFFECTIVE_TIME] ? d[D_EFFECTIVE_TIME] : d[D_EFFECTIVE_PERIOD],
				  HR_EVENT_COLLECTED, &times[HR_EVENT_COLLECTED]);
	if (f->out->kind == HR_KIND_EXAM)
		times[HR_EVENT_TESTED] = times[HR_EVENT_COLLECTED];
	hr_fhir_read_time(f, d[D_ISSUED], HR_EVENT_REPORTED, &times[HR_EVENT_REPORTED]);
}

static void read_specimens(hr_fhir *f, hr_fhir_resource *r, const hr_json *node)
{
	f->specimens = hr_fhir_open_list(f, node);
	if (f->specimens.count == 1)
		f->specimen = hr_fhir_read_specimen(f, r, f->specimens.first);
}

static void add_studies(hr_fhir *f, hr_fhir_resource *r, const hr_json *const *d)
{
	hr_fhir_list list =
		hr_fhir_open_list(f, d[D_IMAGING_STUDY] ? d[D_IMAGING_STUDY] : d[D_STUDY]);
	const hr_json *node = list.first;
	/* Of several studies each is what it says itself. */
	const hr_json *code = list.count > 1 ? NULL : d[D_CODE];

	for (uint32_t i = 0; i < list.count; i++, node = node->next) {
		hr_fhir_resource *study = hr_fhir_target(f, r, node);

		if (!study || study->type != HR_FHIR_IMAGING_STUDY)
			hr_fhir_deviate(f, HR_FHIR_REFERENCE_UNRESOLVED, node);
		else if (study->report != f->report)
			hr_fhir_add_exam(f, study, code);
	}
	if (f->result_count == 0)
		hr_fhir_add_exam(f, NULL, d[D_CODE]);
}

static void read_conclusion(hr_fhir *f, const hr_json *const *d)
{
	f->out->conclusion = hr_fhir_field(d[D_CONCLUSION]);
	if (f->out->conclusion.text.len == 0)
		f->out->conclusion = hr_fhir_field(hr_fhir_word(f, d[D_CONCLUSION_CODE]));
}

void hr_fhir_make_report(hr_fhir *f, hr_fhir_resource *r, hr_report *out)
{
	const hr_json *d[D_FIELDS] = { NULL };

	hr_fhir_begin(f, out);
	r->report = f->report;
	hr_fhir_pick(r->node, report_names, D_FIELDS, d);
	if (d[D_MODIFIER])
		hr_fhir_deviate(f, HR_FHIR_MODIFIER, d[D_MODIFIER]);
	if (d[D_PRESENTED_FORM])
		hr_fhir_deviate(f, HR_FHIR_FORM_NOT_READ, d[D_PRESENTED_FORM]);
	hr_fhir_read_ids(f, r, d[D_IDENTIFIER]);
	out->title = hr_fhir_field(hr_fhir_word(f, d[D_CODE]));
	out->status_text = hr_fhir_field(d[D_STATUS]);
	out->status = hr_fhir_read_status(f, d[D_STATUS], r);
	out->kind = kind_of(f, r, d);
	hr_fhir_set_subject(f, r, d[D_SUBJECT]);
	f->issuer = hr_fhir_read_performer(f, r, d[D_PERFORMER]);
	read_specimens(f, r, d[D_SPECIMEN]);
	read_times(f, d);
	read_conclusion(f, d);
	hr_fhir_read_marks(f, d[D_EXTENSION]);
	hr_fhir_read_replaced(f, r, d[D_EXTENSION]);
	hr_fhir_apply_composition(f, r, d[D_COMPOSITION]);
	if (out->kind == HR_KIND_EXAM) {
		hr_fhir_add_image_numbers(f, r, d[D_IDENTIFIER], d[D_BASED_ON]);
		add_studies(f, r, d);
		hr_fhir_add_findings(f, r, d[D_RESULT]);
	} else {
		hr_fhir_add_results(f, r, d[D_RESULT]);
	}
	hr_fhir_finish(f);
}
