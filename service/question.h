/*
 * A question as text: the same names and values on the command line and in a
 * query. And the patient that a doctor has before him, as a FHIR Patient
 * or as a person types it.
 */
#pragma once

#include "recognition/recognition.h"

/*
 * receiver, at, setting, intervened, mark-seen. HR_E_USAGE for another name or
 * a value that is not one of its own; the text is borrowed.
 */
bool hr_question_set(hr_question *question, hr_str name, hr_str value, hr_error *err);

/*
 * A FHIR Patient (JSON): identifier, name, birthDate, gender. HR_E_INCOMPLETE
 * when it carries none of them, so that an empty file never passes for "the same".
 */
bool hr_patient_read(hr_str json, hr_arena *arena, hr_patient *out, hr_error *err);

/* As typed; what is empty is not compared. */
typedef struct hr_patient_answers {
	hr_str name;
	hr_str id_card; /* 居民身份证号 */
	hr_str birth;
	hr_str sex; /* "1" male, "2" female, as in hr_patient */
} hr_patient_answers;

/* The texts are borrowed. HR_E_INCOMPLETE as above. */
bool hr_patient_make(const hr_patient_answers *answers, hr_arena *arena, hr_patient *out,
		     hr_error *err);
