/* Any file is drawn and made native, or refused with words. What the codecs do is looked at, too.
 */
#include "dicom/render.h"

#include <assert.h>
#include <stdlib.h>

enum { PIXELS_MAX = 1 << 20 }; /* a picture of hostile size is a slow one, not a fault */

static bool is_small(const hr_dicom_image *image)
{
	return (uint64_t)image->rows * image->columns * (image->samples + 1) <= PIXELS_MAX &&
	       image->frames <= 4;
}

static void check(bool ok, hr_str out, const hr_error *err)
{
	assert(ok ? out.len > 0 : err->code != HR_E_NONE && err->message[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_arena *arena = hr_arena_open((size_t)256 << 20);
	hr_str file = { (const char *)data, size };
	hr_render_options small = hr_render_thumbnail(1);
	hr_render_options whole = { .frame = 1, .format = HR_RENDER_PNG };
	hr_dicom_scan scan;
	hr_error err = { 0 };
	hr_str out = HR_STR_NONE;

	if (!arena)
		abort();
	if (hr_dicom_prescan(file, arena, &scan, &err) && is_small(&scan.image)) {
		check(hr_render(file, &scan, &small, arena, &out, &err), out, &err);
		check(hr_render(file, &scan, &whole, arena, &out, &err), out, &err);
		check(hr_pixels_transcode(file, &scan, arena, &out, &err), out, &err);
	}
	hr_arena_close(arena);
	return 0;
}
