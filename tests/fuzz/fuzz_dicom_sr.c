/* Any file is read, or refused with words, DCMTK's part with it; what is read can be touched. */
#include "recognition/reader.h"

#include "touch_report.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_arena *arena = hr_arena_open((size_t)256 << 20);
	hr_reports reports;
	hr_error err = { 0 };

	if (!arena)
		abort();
	if (hr_dicom_read_report((hr_str){ (const char *)data, size }, arena, &reports, &err)) {
		assert(reports.count == 1 && reports.reports->result_count > 0);
		touch_report(reports.reports);
	} else {
		assert(err.code != HR_E_NONE && err.message[0]);
	}
	hr_arena_close(arena);
	return 0;
}
