/* What the rest of dicom/ asks of DCMTK's codecs and its image. No exception, no type of C++. */
#pragma once

#include "dicom/picture.h"
#include "dicom/render.h"

/*
 * One frame of JPEG, JPEG-LS or RLE. `form` says what the object does, and
 * afterwards what the samples are. The sizes agree with the stream's own:
 * codestream.h has looked.
 */
bool hr_dcmtk_decode(hr_str transfer_syntax, hr_str sop_class, hr_str bytes, hr_dicom_image *form,
		     hr_arena *arena, hr_str *out, hr_error *err);

/*
 * A native frame as the options want it, through the elements of `header`
 * (image_header.h) in its encoding. `form` and bytes agree: render.c has looked.
 */
bool hr_dcmtk_render(const hr_pixels *pixels, hr_str header, hr_dicom_encoding encoding,
		     const hr_render_options *options, hr_arena *arena, hr_picture *out,
		     hr_error *err);

/* The data set as far as its pixels, of an implicit or big endian object, in explicit little
 * endian. */
bool hr_dcmtk_to_explicit(const hr_dicom_scan *scan, hr_arena *arena, hr_str *out, hr_error *err);
