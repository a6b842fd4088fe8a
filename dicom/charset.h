/* Text of a DICOM object to UTF-8: as declared where that is true, repaired where it is not. */
#pragma once

#include "dicom/dicom.h"

/*
 * `charsets` is SpecificCharacterSet as it stands. `*out` is `raw` itself
 * where nothing has to be done. False only when memory is short.
 */
bool hr_dicom_decode(hr_str raw, hr_str charsets, bool person_name, hr_arena *arena, hr_str *out,
		     hr_dicom_text *is, hr_error *err);
