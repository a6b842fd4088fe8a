#include "touch_report.h"

#include <stdlib.h>

static volatile unsigned char sink;

static void touch(hr_str text)
{
	for (size_t i = 0; i < text.len; i++)
		sink ^= (unsigned char)text.data[i];
}

/* Said as HL7 says it: begins with a segment's name. */
static void touch_hl7_place(hr_place place)
{
	char memory[128];
	hr_buf buf;

	hr_buf_init_over(&buf, memory, sizeof(memory));
	hr_place_format(place, &buf);
	if (buf.len < 3 || hr_place_line(place) == 0)
		abort();
}

static void touch_place(hr_place place)
{
	if (place.kind == HR_PLACE_JSON)
		touch(((const hr_json *)place.node)->name);
	else if (place.kind == HR_PLACE_DICOM)
		touch(((const hr_dicom_element *)place.node)->text);
	else if (place.kind == HR_PLACE_HL7)
		touch_hl7_place(place);
	else if (place.kind != HR_PLACE_NONE)
		abort();
}

static void touch_field(hr_field field)
{
	touch(field.text);
	touch_place(field.place);
}

static void touch_codes(const hr_code *codes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		touch(codes[i].system);
		touch(codes[i].code);
		touch(codes[i].display);
		touch_place(codes[i].place);
	}
}

static void touch_times(const hr_time *times)
{
	for (int kind = 0; kind < HR_EVENT_KINDS; kind++) {
		const hr_span *span = &times[kind].span;

		touch(times[kind].text);
		touch_place(times[kind].place);
		if (span->precision != HR_PRECISION_NONE && span->to.second <= span->from.second)
			abort();
	}
}

static void touch_result(const hr_result *result)
{
	touch_codes(result->codes, result->code_count);
	touch_codes(result->specimens, result->specimen_count);
	touch_times(result->times);
	touch_field(result->name);
	touch_field(result->value);
	touch_field(result->unit);
	touch_field(result->unit_code);
	touch_field(result->range);
	touch_field(result->flag);
	touch_field(result->method);
	touch_field(result->device);
	touch_field(result->status_text);
	touch_field(result->modality);
	touch_field(result->body_part);
	touch_field(result->laterality);
	touch_field(result->contrast);
	touch_field(result->position);
	touch_field(result->study_uid);
	if (result->performer) {
		touch_field(result->performer->name);
		touch_codes(result->performer->ids, result->performer->id_count);
	}
}

void touch_report(const hr_report *report)
{
	touch_codes(&report->id, 1);
	touch_codes(&report->report_no, 1);
	touch_codes(report->image_numbers, report->image_number_count);
	touch_codes(report->image_studies, report->image_study_count);
	touch_codes(report->replaces, report->replace_count);
	touch_codes(report->issuer.ids, report->issuer.id_count);
	touch_codes(report->patient.ids, report->patient.id_count);
	touch_field(report->title);
	touch_field(report->set_id);
	touch_field(report->version);
	touch_field(report->status_text);
	touch_field(report->issuer.name);
	touch_field(report->patient.name);
	touch_field(report->patient.birth);
	touch_field(report->patient.sex);
	touch_field(report->findings);
	touch_field(report->conclusion);
	touch_times(report->times);
	for (uint32_t i = 0; i < report->mark_count; i++)
		touch_field(report->marks[i]);
	for (uint32_t i = 0; i < report->deviation_count; i++)
		touch_place(report->deviations[i].place);
	for (uint32_t i = 0; i < report->result_count; i++)
		touch_result(&report->results[i]);
	if (report->result_count > HR_RESULTS_MAX)
		abort();
}
