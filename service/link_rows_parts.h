/* What the reader of rows of links shares: the values of one, by column. */
#pragma once

#include "service/link_rows.h"

typedef enum hr_link_column {
	HR_LINK_IMAGE_INDEX,
	HR_LINK_STUDY_UID,
	HR_LINK_ACCESSION,
	HR_LINK_INSTITUTION,
	HR_LINK_INSTITUTION_NAME,
	HR_LINK_ISSUER,
	HR_LINK_PATIENT_ID,
	HR_LINK_PATIENT_ID_TYPE,
	HR_LINK_NAME,
	HR_LINK_BIRTH_DATE,
	HR_LINK_PATIENT_SEX,
	HR_LINK_STUDY_DATE,
	HR_LINK_STUDY_TIME,
	HR_LINK_MODALITIES,
	HR_LINK_DESCRIPTION,
	HR_LINK_RETRIEVE_URL,
	HR_LINK_IS_AVAILABLE,
	HR_LINK_FILM_STATE,
	HR_LINK_COLUMNS,
	HR_LINK_PASSED_OVER = HR_LINK_COLUMNS, /* notes, a number of its own */
	HR_LINK_SAID_BEFORE,		       /* what was wrong with it: of a file of rejects */
	HR_LINK_UNKNOWN,
} hr_link_column;

/* link_row.c: what the values of one row say; those that are not there are empty. */
bool hr_link_row_read(const hr_str values[HR_LINK_COLUMNS], hr_arena *arena, hr_link_row *out,
		      hr_link_problem *problem);

/* False, with what is wrong with which column; HR_LINK_COLUMNS: with the row. */
bool hr_link_refuse(hr_link_problem *problem, hr_link_problem_kind kind, hr_link_column column);
