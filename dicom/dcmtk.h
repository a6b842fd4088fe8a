/* What the rest of dicom/ asks of DCMTK. No exception and no type of C++ comes out. */
#pragma once

#include "dicom/dicom.h"
#include "dicom/prescan.h"

/* The tree, its texts as the bytes that stand in the object. Never of a file that was not scanned.
 */
bool hr_dcmtk_read(const hr_dicom_scan *scan, hr_arena *arena, hr_dicom_item **out, hr_error *err);

/*
 * `raw` in the character sets named as SpecificCharacterSet names them, to
 * UTF-8. False when it is not in them, or they are not known, or memory is
 * short.
 */
bool hr_dcmtk_to_utf8(hr_str raw, hr_str charsets, bool person_name, hr_arena *arena, hr_str *out);

/* "PatientName", or "(0009,1010)" for one that the dictionary does not have. */
void hr_dcmtk_format_keyword(uint32_t tag, hr_buf *out);

/* The tag of a keyword of the dictionary; false when it has none. */
bool hr_dcmtk_find_keyword(hr_str keyword, uint32_t *tag);

/* Is its dictionary installed? HR_E_IO when not. */
bool hr_dcmtk_has_dictionary(hr_error *err);

/*
 * The representation that the dictionary has for an element, of a private one
 * by its creator; false when it knows none. In lower case where the object
 * decides: "xs" US or SS, "ox" OB or OW.
 */
bool hr_dcmtk_find_vr(uint32_t tag, hr_str creator, char vr[2]);
