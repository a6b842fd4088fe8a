/* Any file passes, or is refused with words; what passes is a front of it, within the limits. */
#include "dicom/prescan.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_arena *arena = hr_arena_open((size_t)64 << 20);
	hr_dicom_scan scan;
	hr_error err = { 0 };

	if (!arena)
		abort();
	if (hr_dicom_prescan((hr_str){ (const char *)data, size }, arena, &scan, &err)) {
		assert(scan.header.len > 0 && scan.data_set_at <= size);
		assert(scan.elements > 0 || scan.header.len == 0);
		assert(scan.elements <= HR_DICOM_ELEMENTS_MAX);
		assert(scan.nesting <= HR_DICOM_NESTING_MAX);
		assert(scan.sop_class.len <= HR_DICOM_UID_MAX);
	} else {
		assert(err.code != HR_E_NONE && err.message[0]);
	}
	hr_arena_close(arena);
	return 0;
}
