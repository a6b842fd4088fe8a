/* Text of a DICOM object to UTF-8: as declared where that is true, repaired where it is not. */
#pragma once

#include "dicom/dicom.h"

/* Is the text in GB 18030, and cannot be what is declared, nor UTF-8? Then so are the others. */
bool hr_dicom_speaks_gb(hr_str raw, hr_str charsets, hr_arena *arena);

/*
 * `charsets` is SpecificCharacterSet as it stands; `gb` what hr_dicom_speaks_gb
 * said of any text of the object. `*out` is `raw` itself where nothing has to
 * be done. False only when memory is short.
 */
bool hr_dicom_decode(hr_str raw, hr_str charsets, bool person_name, bool gb, hr_arena *arena,
		     hr_str *out, hr_dicom_text *is, hr_error *err);
