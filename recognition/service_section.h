/*
 * Diagnostic service sections: which part of a hospital did it. HL7 v2 writes
 * them in OBR-24, FHIR as a category.
 */
#pragma once

#include "catalog/catalog.h"

typedef struct hr_service_section {
	hr_str code; /* "CT" */
	hr_kind kind;
	hr_str modality; /* DICOM's word for what it images with, where there is one; else "" */
} hr_service_section;

/* NULL when it is not known. */
const hr_service_section *hr_service_section_find(hr_str code);
