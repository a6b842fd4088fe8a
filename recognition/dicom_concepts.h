/*
 * What the concepts of a content item mean here, whatever template it stands
 * in. A C-CDA imaging report has the same concepts: it is made of an SR.
 */
#pragma once

#include "recognition/report.h"

typedef enum hr_dcm_meaning {
	HR_DCM_MEANS_NOTHING,
	HR_DCM_MEANS_SPECIMEN,
	HR_DCM_MEANS_COLLECTED,
	HR_DCM_MEANS_RECEIVED,
	HR_DCM_MEANS_STEP, /* what was done with a specimen, as a code: hr_dcm_event_of_step */
	HR_DCM_MEANS_STEP_TIME,
	HR_DCM_MEANS_PERFORMER,
	HR_DCM_MEANS_METHOD,
	HR_DCM_MEANS_DEVICE,
	HR_DCM_MEANS_NORMALITY,
	HR_DCM_MEANS_PROCEDURE,
	HR_DCM_MEANS_MODALITY,
	HR_DCM_MEANS_BODY_PART,
	HR_DCM_MEANS_FINDINGS,
	HR_DCM_MEANS_CONCLUSION,
	HR_DCM_MEANS_LABORATORY, /* a title */
	HR_DCM_MEANS_IGNORED,	 /* who observed, in which language: no result */
} hr_dcm_meaning;

/* Of a code whose system is an OID, as hr_dcm_code gives it. */
hr_dcm_meaning hr_dcm_meaning_of(hr_code code);

/* HR_EVENT_KINDS: a step that opens no window (staining, storage). */
hr_event_kind hr_dcm_event_of_step(hr_code step);
