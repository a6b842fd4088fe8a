/*
 * Any bytes as XML, its tree as FHIR: what stands in DocumentReference and
 * Binary as well. What comes out must be whole, as in fuzz_fhir.c.
 */
#include "touch_report.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_arena *arena = hr_arena_open((size_t)64 << 20);
	hr_reader *reader = hr_reader_open();
	hr_reports reports;
	hr_error err;

	if (arena && reader && size && data[0] == '<' &&
	    hr_reader_read(reader, (hr_str){ (const char *)data, size }, arena, &reports, &err)) {
		if (reports.count == 0 || reports.count > HR_REPORTS_MAX)
			abort();
		for (size_t i = 0; i < reports.count; i++)
			if (reports.reports[i].format == HR_FORMAT_FHIR)
				touch_report(&reports.reports[i]);
	}
	hr_reader_close(reader);
	hr_arena_close(arena);
	return 0;
}
