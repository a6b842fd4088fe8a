/* A map of any file, and any map, never leads outside the file. */
#include "dicom/frames.h"

#include <assert.h>
#include <stdlib.h>

static void look(hr_str map, uint64_t file_size, hr_arena *arena)
{
	hr_frames_about about;
	hr_frame frame;
	hr_error err;

	if (!hr_frame_map_about(map, &about, &err))
		return;
	for (uint32_t i = 0; i < 4 && i <= about.frames; i++) {
		uint64_t length = 0;

		if (!hr_frame_map_find(map, file_size, i, arena, &frame, &err))
			continue;
		assert(i > 0);
		for (size_t k = 0; frame.in_file && k < frame.count; k++) {
			assert(frame.parts[k].offset <= file_size);
			assert(frame.parts[k].length <= file_size - frame.parts[k].offset);
			length += frame.parts[k].length;
		}
		assert(!frame.in_file || length == frame.length);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_arena *arena = hr_arena_open((size_t)64 << 20);
	hr_str file = { (const char *)data, size };
	hr_dicom_scan scan;
	hr_error err = { 0 };
	hr_str map;

	if (!arena)
		abort();
	look(file, UINT32_MAX, arena);
	if (hr_dicom_prescan(file, arena, &scan, &err) &&
	    hr_frame_map_make(file, &scan, arena, &map, &err))
		look(map, size, arena);
	hr_arena_close(arena);
	return 0;
}
