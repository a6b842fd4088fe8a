/* What the files that read and write a manifest in FHIR share. */
#pragma once

#include "dicom/manifest.h"
#include "recognition/manifest_fhir.h"

#define HR_MADO_DEFINITION "https://profiles.ihe.net/RAD/MADO/StructureDefinition/"
#define HR_MADO_FRAMES	   HR_STR(HR_MADO_DEFINITION "MadoNumberOfFrames")
#define HR_MADO_LOCATION   HR_STR(HR_MADO_DEFINITION "MadoRetrieveLocationUIDExtension")

#define HR_SYSTEM_DCM	  HR_STR("http://dicom.nema.org/resources/ontology/DCM")
#define HR_SYSTEM_V2_0203 HR_STR("http://terminology.hl7.org/CodeSystem/v2-0203")
#define HR_SYSTEM_URI	  HR_STR("urn:ietf:rfc:3986")
#define HR_SYSTEM_UID	  HR_STR("urn:dicom:uid")
#define HR_SYSTEM_LOINC	  HR_STR("http://loinc.org")

/* Which of DICOM's three groups of a name (PS3.5 6.2.1.2) a HumanName is. */
#define HR_NAME_REPRESENTATION                                                                     \
	HR_STR("http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation")

/* In the order of DICOM's groups and of administrative-gender. */
extern const hr_str hr_name_groups[3];	  /* ABC, IDE, SYL */
extern const hr_str hr_gender_words[3];	  /* male, female, other */
extern const hr_str hr_gender_letters[3]; /* M, F, O */

/*
 * "2026-01-03T08:09:10.5+08:00" to "20260103", "080910.5" and, where `*zone` is
 * empty, "+0800"; else in that zone. What it does not say is left as it is.
 */
bool hr_manifest_split_time(hr_str text, hr_arena *arena, hr_str *zone, hr_str *date, hr_str *time);

/*
 * And back: as much as is known; with `whole` to the second, as an instant of
 * FHIR is. Without a zone it is China's. Empty when `date` is no day.
 */
hr_str hr_manifest_join_time(hr_str zone, hr_str date, hr_str time, bool whole, hr_arena *arena);

/* --- writing: manifest_fhir_write.c --- */

typedef struct hr_fhir_writer {
	hr_buf buf;
	hr_json_writer json;
	const hr_manifest *manifest;
	hr_arena *arena;
	char uid[HR_MANIFEST_UID];
} hr_fhir_writer;

/* Checks the manifest and finds its UID. */
bool hr_fhir_writer_open(hr_fhir_writer *w, const hr_manifest *manifest, hr_manifest_form form,
			 hr_arena *arena, hr_error *err);
bool hr_fhir_writer_close(hr_fhir_writer *w, hr_str *out, hr_error *err);

/* A member, an object, with its name. */
void hr_fhir_open_member(hr_fhir_writer *w, const char *name);
/* A list, and the first object of it; both at their end. */
void hr_fhir_open_elements(hr_fhir_writer *w, const char *name);
void hr_fhir_close_elements(hr_fhir_writer *w);

void hr_fhir_put_oid(hr_fhir_writer *w, const char *name, hr_str uid);	/* "urn:oid:..." */
void hr_fhir_put_coding(hr_fhir_writer *w, hr_str system, hr_str code); /* members of one */
/* The list `name`, or member, of concepts of one coding: { "coding": [...] } */
void hr_fhir_put_concept(hr_fhir_writer *w, const char *name, hr_str system, hr_str code);
/* Members of an identifier; `type` of v2-0203 may be empty. */
void hr_fhir_put_id(hr_fhir_writer *w, const hr_manifest_id *id, hr_str type);
/* Of the study, by its UID. */
void hr_fhir_put_study_id(hr_fhir_writer *w);
void hr_fhir_put_time(hr_fhir_writer *w, const char *name, hr_str date, hr_str time, bool whole);
void hr_fhir_put_made(hr_fhir_writer *w, const char *name);

/* Is no series before this one of the same modality, and has it one? */
bool hr_fhir_is_new_modality(const hr_manifest *manifest, uint32_t series);
