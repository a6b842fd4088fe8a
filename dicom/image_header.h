/*
 * Of an object's header the little that a picture needs, for DCMTK: windows,
 * tables, palette, overlays, the shape of a pixel; of an enhanced object those
 * of the frame. What does not fit together is left out here, because DCMTK
 * believes it.
 */
#pragma once

#include "dicom/prescan.h"

/*
 * Elements of the object as they stand, in its encoding, without those that
 * say how the pixels lie. `frame` is from 1. HR_E_SYNTAX when the image has a
 * palette that is not whole; HR_E_LIMIT when all is over HR_DICOM_HEADER_MAX.
 */
bool hr_image_header(const hr_dicom_scan *scan, uint32_t frame, hr_arena *arena, hr_str *out,
		     hr_error *err);
