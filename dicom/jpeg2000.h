/* JPEG 2000 and HTJ2K by OpenJPEG, to native samples. For a worker process with limits. */
#pragma once

#include "dicom/pixels.h"

/*
 * `form` says how big the frame must be and how its samples lie afterwards;
 * its colours are changed to what they then are. HR_E_SYNTAX for a frame that
 * is damaged or of another size, HR_E_LIMIT.
 */
bool hr_jpeg2000_decode(hr_str bytes, hr_dicom_image *form, hr_arena *arena, hr_str *out,
			hr_error *err);
