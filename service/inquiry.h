/*
 * What is asked and how the answer is to look, from texts under the same names
 * wherever they come from: flags, a query, a form.
 */
#pragma once

#include "recognition/verdict.h"

enum { HR_ORDERS_MAX = 1000, HR_PATIENT_BYTES_MAX = 1 << 20 };

typedef struct hr_inquiry {
	hr_question question;
	hr_verdict_style style;
	hr_str *orders; /* those of the question, with room for more */
	size_t order_room;
	bool films;	 /* are those of the report asked for, too? */
	hr_arena *arena; /* of what is kept; texts are borrowed */
} hr_inquiry;

/* Nothing asked yet; decided as of `now`, answered in Chinese. */
hr_inquiry hr_inquiry_init(hr_instant now, hr_arena *arena);

/*
 * A field of the question (service/question.h), `lang` (zh, en), `explain`,
 * `films` (yes, no), `patient` (a FHIR Patient in JSON), `order` (one more item). HR_E_USAGE
 * for another name or value, and what hr_patient_read says.
 */
bool hr_inquiry_set(hr_inquiry *inquiry, hr_str name, hr_str value, hr_error *err);
