/*
 * A frame as a picture, the way PS3.18 8.3.5 asks and PS3.4 N says: modality
 * and VOI transformation, presentation shape, palette, colour space, overlays.
 * DCMTK does the arithmetic, so that a picture has the pixels that dcmj2pnm
 * gives it. Pure, and for a worker process with limits, as pixels.h.
 *
 * The options are plain data: they travel to the worker as bytes.
 */
#pragma once

#include "dicom/pixels.h"

enum {
	HR_RENDER_VIEWPORT_MAX = 8192, /* columns or rows of a picture that is scaled */
	HR_RENDER_QUALITY = 85,	       /* when none is asked for */
	HR_RENDER_THUMBNAIL = 200,     /* columns or rows, at most */
};

typedef enum hr_render_format {
	HR_RENDER_JPEG,
	HR_RENDER_PNG,
	HR_RENDER_FORMAT_COUNT
} hr_render_format;

typedef enum hr_render_window {
	/* The object's own number `preset`; of one that has none its VOI LUT, else from the
	 * darkest to the brightest pixel. */
	HR_RENDER_WINDOW_OBJECT,
	HR_RENDER_WINDOW_LINEAR, /* PS3.3 C.11.2.1.2 */
	HR_RENDER_WINDOW_LINEAR_EXACT,
	HR_RENDER_WINDOW_SIGMOID,
	HR_RENDER_WINDOW_COUNT
} hr_render_window;

typedef struct hr_render_options {
	uint32_t frame; /* from 1 */
	hr_render_format format;
	hr_render_window window;
	uint32_t preset; /* from 1; 0: the first, or none */
	double center;
	double width;
	/* The picture is made as large as fits into the viewport, its shape kept; 0 and 0: as it
	 * is. Pixels that are not square are made so when it is scaled. */
	uint32_t viewport_width;
	uint32_t viewport_height;
	/* The part that is shown, in pixels of the frame; a width or height of 0 reaches to the
	 * edge, a negative one mirrors. */
	int32_t crop_x;
	int32_t crop_y;
	int32_t crop_width;
	int32_t crop_height;
	uint32_t shrink_only; /* not 0: a picture that fits already is not scaled */
	uint32_t quality;     /* 1 to 100; 0: HR_RENDER_QUALITY */
} hr_render_options;

/* Frame `frame` at most 200 x 200, as JPEG. */
hr_render_options hr_render_thumbnail(uint32_t frame);

/*
 * HR_E_USAGE for options that cannot be; HR_E_UNSUPPORTED for an object that
 * has no pixels, or such as are not shown (floats, video); else as
 * hr_pixels_decode.
 */
bool hr_render(hr_str file, const hr_dicom_scan *scan, const hr_render_options *options,
	       hr_arena *arena, hr_str *picture, hr_error *err);
