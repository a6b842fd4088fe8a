/*
 * Any JSON as FHIR. What comes out must be whole: every slice readable, every
 * place a node of the input.
 */
#include "touch_report.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_arena *arena = hr_arena_open((size_t)64 << 20);
	hr_json_parser *parser = hr_json_parser_open();
	hr_reports reports;
	const hr_json *root;
	hr_error err;

	if (arena && parser &&
	    hr_json_read(parser, (hr_str){ (const char *)data, size }, arena, &root, &err) &&
	    hr_fhir_read(root, arena, &reports, &err)) {
		if (reports.count == 0 || reports.count > HR_REPORTS_MAX)
			abort();
		for (size_t i = 0; i < reports.count; i++)
			touch_report(&reports.reports[i]);
	}
	hr_json_parser_close(parser);
	hr_arena_close(arena);
	return 0;
}
