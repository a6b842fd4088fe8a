/* Words of imaging that come as codes: SNOMED CT, to what DICOM calls the same. */
#pragma once

#include "recognition/report.h"

/* Body Part Examined (PS3.16 annex L): "816094009" is "CHEST". The code itself when not known. */
hr_str hr_imaging_body_part(hr_str code);

/* Of DICOM objects about a study that are no images of the patient: "SR", "KO". */
bool hr_imaging_is_auxiliary(hr_str modality);

/*
 * One more modality of a study, in DICOM's way of several values: "CT\PT" is
 * not a CT. True when there are several now; auxiliary ones are passed over.
 */
bool hr_imaging_add_modality(hr_field modality, hr_arena *arena, hr_field *out);

/* Laterality: "7771000" is "L". The code itself when not known. */
hr_str hr_imaging_laterality(hr_str code);
