#include "dicom/render.h"
#include "dicom/dcmtk_pixels.h"
#include "dicom/image_header.h"
#include "dicom/picture.h"

#include <math.h>

/* --- what was asked for --- */

static bool check_options(const hr_render_options *o, hr_error *err)
{
	if ((unsigned)o->format >= HR_RENDER_FORMAT_COUNT ||
	    (unsigned)o->window >= HR_RENDER_WINDOW_COUNT)
		return hr_fail(err, HR_E_USAGE, "dicom: no such picture format or window");
	if (o->quality > 100)
		return hr_fail(err, HR_E_USAGE, "dicom: quality %u is not 1 to 100", o->quality);
	if (o->viewport_width > HR_RENDER_VIEWPORT_MAX ||
	    o->viewport_height > HR_RENDER_VIEWPORT_MAX)
		return hr_fail(err, HR_E_USAGE,
			       "dicom: a viewport is at most %d pixels wide and "
			       "high",
			       HR_RENDER_VIEWPORT_MAX);
	/* PS3.3 C.11.2.1.2: a linear window is at least 1 wide, the others more than 0. */
	if (o->window != HR_RENDER_WINDOW_OBJECT &&
	    (!isfinite(o->center) || !isfinite(o->width) || o->width <= 0 ||
	     (o->window == HR_RENDER_WINDOW_LINEAR && o->width < 1)))
		return hr_fail(err, HR_E_USAGE, "dicom: no window is so wide");
	return true;
}

/* --- whether the attributes fit together --- */

enum colours {
	GREY,
	PALETTE,
	TRUE_COLOUR,
	HALVED, /* two pixels share their colours */
};

static const struct {
	const char *name;
	enum colours colours;
} photometrics[] = {
	{ "MONOCHROME1", GREY },       { "MONOCHROME2", GREY },	    { "PALETTE COLOR", PALETTE },
	{ "RGB", TRUE_COLOUR },	       { "YBR_FULL", TRUE_COLOUR }, { "YBR_FULL_422", HALVED },
	{ "YBR_PARTIAL_422", HALVED },
};

static bool find_colours(const hr_dicom_image *form, enum colours *out, hr_error *err)
{
	for (size_t i = 0; i < sizeof(photometrics) / sizeof(photometrics[0]); i++)
		if (strcmp(photometrics[i].name, form->photometric) == 0) {
			*out = photometrics[i].colours;
			return true;
		}
	return hr_fail(err, HR_E_UNSUPPORTED,
		       "dicom: pixels of this photometric interpretation are not shown");
}

static bool check_bits(const hr_dicom_image *form, enum colours colours, hr_error *err)
{
	uint32_t allocated = form->bits_allocated;
	bool wide = allocated == 32 && colours != PALETTE && colours != HALVED;

	if (allocated != 8 && allocated != 16 && !wide && !(allocated == 1 && colours == GREY))
		return hr_fail(err, HR_E_UNSUPPORTED, "dicom: pixels of %u bits are not shown",
			       allocated);
	if (form->bits_stored == 0 || form->bits_stored > allocated ||
	    form->high_bit >= allocated || form->high_bit + 1 < form->bits_stored)
		return hr_fail(err, HR_E_SYNTAX,
			       "dicom: %u stored bits of %u below bit %u do not fit together",
			       form->bits_stored, allocated, form->high_bit);
	return true;
}

/* What DCMTK's image computes with must be there: it reads as far as these say. */
static bool check_form(hr_pixels *pixels, hr_error *err)
{
	hr_dicom_image *form = &pixels->form;
	uint64_t size = (uint64_t)form->rows * form->columns;
	enum colours colours = GREY;
	uint32_t samples;

	if (!find_colours(form, &colours, err) || !check_bits(form, colours, err))
		return false;
	samples = colours >= TRUE_COLOUR ? 3 : 1;
	if (form->samples != samples)
		return hr_fail(err, HR_E_SYNTAX,
			       "dicom: %u samples a pixel do not fit its photometric "
			       "interpretation",
			       form->samples);
	/* Some writers halve in name alone. */
	if (colours == HALVED && pixels->bytes.len * 8 >= size * 3 * form->bits_allocated)
		memcpy(form->photometric, "YBR_FULL", sizeof("YBR_FULL"));
	else if (colours == HALVED)
		samples = 2;
	if (size == 0 || (uint64_t)pixels->bytes.len * 8 < size * samples * form->bits_allocated)
		return hr_fail(err, HR_E_SYNTAX, "dicom: the frame has fewer pixels than it says");
	if (samples == 2 && form->columns % 2)
		return hr_fail(err, HR_E_SYNTAX,
			       "dicom: an odd row cannot share its colours by two");
	return true;
}

/* --- rendering --- */

hr_render_options hr_render_thumbnail(uint32_t frame)
{
	return (hr_render_options){ .frame = frame,
				    .viewport_width = HR_RENDER_THUMBNAIL,
				    .viewport_height = HR_RENDER_THUMBNAIL,
				    .shrink_only = 1 };
}

static bool draw(hr_str file, const hr_dicom_scan *scan, const hr_render_options *options,
		 hr_arena *arena, hr_picture *out, hr_error *err)
{
	hr_pixels_source source;
	hr_pixels pixels;
	hr_str header;

	if (!hr_pixels_open(file, scan, arena, &source, err))
		return false;
	if (source.about.floats)
		return hr_fail(err, HR_E_UNSUPPORTED,
			       "dicom: pixels that are floating point numbers are not shown");
	return hr_pixels_frame(&source, options->frame, arena, &pixels, err) &&
	       check_form(&pixels, err) &&
	       hr_image_header(&source.scan, options->frame, arena, &header, err) &&
	       hr_dcmtk_render(&pixels, header, source.scan.encoding, options, arena, out, err);
}

bool hr_render(hr_str file, const hr_dicom_scan *scan, const hr_render_options *options,
	       hr_arena *arena, hr_str *picture, hr_error *err)
{
	int quality = options->quality ? (int)options->quality : HR_RENDER_QUALITY;
	hr_picture drawn;

	if (!check_options(options, err) || !draw(file, scan, options, arena, &drawn, err))
		return false;
	if (options->format == HR_RENDER_PNG)
		return hr_picture_to_png(&drawn, arena, picture, err);
	return hr_picture_to_jpeg(&drawn, quality, arena, picture, err);
}
