/* Any document is read, or refused, without harm; what is read stands in the document. */
#include "recognition/reader.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_place(hr_arena *arena, hr_place place)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 64 * 1024);
	hr_place_format(place, &buf);
	assert(place.kind == HR_PLACE_XML && hr_place_line(place) >= 1 && buf.len > 0);
}

static void check_field(hr_arena *arena, hr_field field)
{
	if (field.text.len)
		check_place(arena, field.place);
}

static void check_codes(hr_arena *arena, const hr_code *codes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		assert(codes[i].code.len || codes[i].display.len);
		check_place(arena, codes[i].place);
	}
}

static void check_time(hr_arena *arena, const hr_time *time)
{
	assert(time->text.len || time->span.precision == HR_PRECISION_NONE);
	if (time->text.len)
		check_place(arena, time->place);
}

static void check_result(hr_arena *arena, const hr_result *result)
{
	check_field(arena, result->name);
	check_field(arena, result->value);
	check_field(arena, result->unit);
	check_field(arena, result->range);
	check_field(arena, result->flag);
	check_codes(arena, result->codes, result->code_count);
	check_codes(arena, result->specimens, result->specimen_count);
	for (int i = 0; i < HR_EVENT_KINDS; i++)
		check_time(arena, &result->times[i]);
}

static void check_report(hr_arena *arena, const hr_report *report)
{
	assert(report->result_count > 0 && report->result_count <= HR_RESULTS_MAX);
	for (uint32_t i = 0; i < report->result_count && i < 64; i++)
		check_result(arena, &report->results[i]);
	for (uint32_t i = 0; i < report->deviation_count; i++)
		check_place(arena, report->deviations[i].place);
	check_codes(arena, report->patient.ids, report->patient.id_count);
	check_codes(arena, report->issuer.ids, report->issuer.id_count);
	check_field(arena, report->patient.name);
	check_field(arena, report->findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_xml_parser *parser = hr_xml_parser_open();
	hr_arena *arena = hr_arena_open((size_t)64 << 20);
	hr_xml_document document;
	hr_reports reports;
	hr_error err = { 0 };

	if (!parser || !arena)
		abort();
	if (hr_xml_read(parser, (hr_str){ (const char *)data, size }, arena, &document, &err)) {
		if (hr_cda_read(&document, arena, &reports, &err))
			check_report(arena, reports.reports);
		else
			assert(err.code != HR_E_NONE && err.message[0]);
	}
	hr_arena_close(arena);
	hr_xml_parser_close(parser);
	return 0;
}
