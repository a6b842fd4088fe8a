/*
 * The statements of a search (film_search_book.c), and their columns: first the
 * attributes of the level, as hr_film_filters_pass wants them.
 */
#pragma once

#include "dicom/film_attribute.h"
#include "dicom/film_rows_book.h"

typedef struct hr_sql hr_sql;

#define HR_FILM_COUNT(tag, keyword, kind, column) +1
enum { INSTANCE_UID, INSTANCE_AVAILABILITY, INSTANCE_SHOWN, INSTANCE_MORE };
enum { STUDY_FIRST = 0 HR_FILM_STUDY_ATTRIBUTES(HR_FILM_COUNT) };
enum { SERIES_FIRST = 0 HR_FILM_SERIES_ATTRIBUTES(HR_FILM_COUNT) };
enum { INSTANCE_FIRST = 0 HR_FILM_INSTANCE_ATTRIBUTES(HR_FILM_COUNT) };
enum { SERIES_NUMBER, SERIES_UID, SERIES_COUNT, SERIES_SHOWN, SERIES_MORE };
enum {
	STUDY_PATIENT,
	STUDY_NUMBER,
	STUDY_AGE,
	STUDY_UID,
	STUDY_MODALITIES,
	STUDY_SERIES,
	STUDY_INSTANCES,
	STUDY_AVAILABILITY,
	STUDY_SHOWN,
	STUDY_MORE
};

extern const hr_sql hr_film_sql_list_instances;
extern const hr_sql hr_film_sql_list_parts;
extern const hr_sql hr_film_sql_list_series;
extern const hr_sql hr_film_sql_list_series_of_parts;
extern const hr_sql hr_film_sql_by_age;
extern const hr_sql hr_film_sql_by_key;
extern const hr_sql hr_film_sql_by_span;
extern const hr_sql hr_film_sql_by_part;
extern const hr_sql hr_film_sql_by_patient;
extern const hr_sql *const hr_film_sql_by_uid[]; /* by the level whose UID it is */
