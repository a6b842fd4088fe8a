/*
 * Any bytes as HL7 v2. What comes out must be whole: every slice readable,
 * every place one of the input.
 */
#include "touch_report.h"

#include "recognition/hl7_message.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_arena *arena = hr_arena_open((size_t)64 << 20);
	hr_str bytes = { (const char *)data, size };
	hr_hl7_messages messages;
	hr_reports reports;
	hr_hl7_head head;
	hr_error err;

	hr_hl7_read_head(bytes, &head, &err);
	if (arena && hr_hl7_read(bytes, arena, &messages, &err) &&
	    hr_hl7_read_reports(&messages, arena, &reports, &err)) {
		if (reports.count == 0 || reports.count > HR_REPORTS_MAX)
			abort();
		for (size_t i = 0; i < reports.count; i++)
			touch_report(&reports.reports[i]);
	}
	hr_arena_close(arena);
	return 0;
}
