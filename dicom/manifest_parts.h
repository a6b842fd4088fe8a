/* What the files that read and write a KOS share. */
#pragma once

#include "dicom/encode.h"
#include "dicom/manifest.h"

#define HR_KOS_CLASS HR_STR("1.2.840.10008.5.1.4.1.1.88.59")

typedef struct hr_concept {
	hr_str code;
	hr_str scheme;
	hr_str meaning;
} hr_concept;

/* The titles, by hr_manifest_form. MADO's is the profile's own until DICOM has numbered it. */
extern const hr_concept hr_manifest_titles[2];

enum {
	HR_CONCEPT_IMAGE_LIBRARY,
	HR_CONCEPT_LIBRARY_GROUP,
	HR_CONCEPT_MODALITY,
	HR_CONCEPT_SERIES_OF_STUDY,
	HR_CONCEPT_SERIES_UID,
	HR_CONCEPT_SERIES_NUMBER,
	HR_CONCEPT_SERIES_TEXT,
	HR_CONCEPT_SERIES_DATE,
	HR_CONCEPT_SERIES_TIME,
	HR_CONCEPT_INSTANCES_OF_SERIES,
	HR_CONCEPT_INSTANCE_NUMBER,
	HR_CONCEPT_FRAMES,
	HR_CONCEPT_ROWS,
	HR_CONCEPT_COLUMNS,
	HR_CONCEPT_UNIT_SERIES,
	HR_CONCEPT_UNIT_NONE,
	HR_CONCEPT_UNIT_PIXELS,
	HR_CONCEPT_COUNT,
};

extern const hr_concept hr_manifest_concepts[HR_CONCEPT_COUNT];

typedef struct hr_kos_writer {
	hr_buf buf;
	const hr_manifest *manifest;
	hr_manifest_form form;
	hr_arena *arena;
} hr_kos_writer;

/* Control characters become blanks; at most `characters`, unless that is 0. */
void hr_kos_put_text(hr_kos_writer *w, uint32_t tag, const char *vr, hr_str text,
		     size_t characters);

/* A sequence of one code (PS3.3 8.8). */
void hr_kos_put_concept(hr_buf *buf, uint32_t tag, const hr_concept *concept);

/* The content tree below its title: each instance, and what describes it. */
void hr_kos_put_content(hr_kos_writer *w);
