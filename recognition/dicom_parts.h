/*
 * What images and structured reports have in common: fields and codes with
 * their places, times out of their pieces, the patient and the institution.
 *
 * Nothing here returns an error: what finds no memory leaves its value out,
 * and hr_dicom_read_report asks the arena once, at the end.
 */
#pragma once

#include "recognition/reader.h"

/* What was survived. The first place of each is told. */
#define HR_DCM_DEVIATIONS(X)                                                                       \
	X(CHARSET_REPAIRED, "character-set-repaired")                                              \
	X(CHARSET_GUESSED, "character-set-guessed")                                                \
	X(SYNTAX_LIED, "transfer-syntax-lied")                                                     \
	X(TIME_UNREADABLE, "time-unreadable")                                                      \
	X(STUDY_AFTER_IMAGE, "study-begins-after-image")                                           \
	X(NO_REPORT, "results-without-report")                                                     \
	X(RESULT_WITHOUT_ITEM, "result-without-item")

typedef enum hr_dcm_deviation {
#define X(name, code) HR_DCM_##name,
	HR_DCM_DEVIATIONS(X)
#undef X
		HR_DCM_DEVIATION_COUNT
} hr_dcm_deviation;

/* One object that is being read. */
typedef struct hr_dcm {
	hr_arena *arena;
	const hr_dicom_item *root;
	hr_str zone; /* "+0800": of all times that have none of their own; "" when not said */
	hr_report report;
	hr_result *results;
	uint32_t result_count;
	uint32_t result_room;
	bool too_many; /* results past HR_RESULTS_MAX */
	bool seen[HR_DCM_DEVIATION_COUNT];
	hr_place places[HR_DCM_DEVIATION_COUNT];
} hr_dcm;

/* Attributes that both readers name. */
enum {
	HR_DCM_PROCEDURE_CODES = 0x00081032,
	HR_DCM_REQUESTED_CODES = 0x00321064,
	HR_DCM_REQUESTED_WORDS = 0x00321060,
	HR_DCM_ACCESSION_NUMBER = 0x00080050,
	HR_DCM_STUDY_DATE = 0x00080020,
	HR_DCM_STUDY_TIME = 0x00080030,
	HR_DCM_STUDY_DESCRIPTION = 0x00081030,
	HR_DCM_STUDY_UID = 0x0020000D,
	HR_DCM_INSTANCE_UID = 0x00080018,
};

#define HR_DCM_UID_SYSTEM HR_STR("urn:dicom:uid")

void hr_dcm_deviate(hr_dcm *dcm, hr_dcm_deviation deviation, hr_place place);

/* A value without blanks around it; empty when absent. Of several values the first. */
hr_field hr_dcm_field(const hr_dicom_item *item, uint32_t tag);

/* A text: backslashes are its own. */
hr_field hr_dcm_text(const hr_dicom_item *item, uint32_t tag);

/* An item of a code sequence; the designators of LOINC and SNOMED CT as OIDs, local ones empty. */
hr_code hr_dcm_code(const hr_dcm *dcm, const hr_dicom_item *item);

/* Appends; nothing when there is neither code nor word. The list must be this list's own. */
void hr_dcm_add_code(hr_dcm *dcm, const hr_code **list, uint32_t *count, hr_code code);

/* Every item of a code sequence; the first's meaning, or nothing. */
hr_field hr_dcm_add_codes(hr_dcm *dcm, const hr_dicom_item *item, uint32_t tag,
			  const hr_code **list, uint32_t *count);

/* A DA and a TM (0: none); a DT with its own zone, or the object's. Set ones stay. */
void hr_dcm_set_date(hr_dcm *dcm, const hr_dicom_item *item, uint32_t date, uint32_t time,
		     hr_time *out);
void hr_dcm_set_datetime(hr_dcm *dcm, hr_field text, hr_time *out);

/* PN as people write it: the ideographic group where there is one. "张建国", "Zhang Jianguo". */
hr_str hr_dcm_person_text(hr_arena *arena, hr_str person_name);
hr_field hr_dcm_person(hr_dcm *dcm, const hr_dicom_item *item, uint32_t tag);

/* A copy; NULL when there are too many, or memory is short. */
hr_result *hr_dcm_add_result(hr_dcm *dcm, const hr_result *result);

/* What stands in every object: ids, patient, institution, the first examination's codes. */
void hr_dcm_read_head(hr_dcm *dcm, const hr_dicom_object *object);
void hr_dcm_read_procedure(hr_dcm *dcm, const hr_dicom_item *item, hr_result *exam);

/* A structured report (PS3.3 A.35). */
bool hr_dcm_read_sr(hr_dcm *dcm, hr_error *err);
