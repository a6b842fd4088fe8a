/*
 * The attributes that films are searched by, and the column of the index that
 * each is in. X(tag, keyword, kind, column); columns of film_book.c.
 */
#pragma once

#include "dicom/film_query.h"

#define HR_FILM_STUDY_ATTRIBUTES(X)                                                                \
	X(0x00080020, StudyDate, DATE, study_date)                                                 \
	X(0x00080030, StudyTime, TIME, study_time)                                                 \
	X(0x00080050, AccessionNumber, TEXT, accession_number)                                     \
	X(0x00080061, ModalitiesInStudy, CODES, modalities)                                        \
	X(0x00080080, InstitutionName, TEXT, institution)                                          \
	X(0x00080090, ReferringPhysicianName, NAME, referring_physician)                           \
	X(0x00081030, StudyDescription, TEXT, description)                                         \
	X(0x00100010, PatientName, NAME, patient_name)                                             \
	X(0x00100020, PatientID, TEXT, patient_id)                                                 \
	X(0x00100021, IssuerOfPatientID, TEXT, patient_id_issuer)                                  \
	X(0x00100030, PatientBirthDate, DATE, birth_date)                                          \
	X(0x00100040, PatientSex, TEXT, sex)                                                       \
	X(0x0020000D, StudyInstanceUID, UID, uid)                                                  \
	X(0x00200010, StudyID, TEXT, study_id)

/* Dates and times of the begin: the index knows one of both kinds (facts.h). */
#define HR_FILM_SERIES_ATTRIBUTES(X)                                                               \
	X(0x00080021, SeriesDate, DATE, begun_date)                                                \
	X(0x00080031, SeriesTime, TIME, begun_time)                                                \
	X(0x00080060, Modality, TEXT, modality)                                                    \
	X(0x0008103E, SeriesDescription, TEXT, description)                                        \
	X(0x00180015, BodyPartExamined, TEXT, body_part)                                           \
	X(0x0020000E, SeriesInstanceUID, UID, uid)                                                 \
	X(0x00200011, SeriesNumber, NUMBER, place)                                                 \
	X(0x00400244, PerformedProcedureStepStartDate, DATE, begun_date)                           \
	X(0x00400245, PerformedProcedureStepStartTime, TIME, begun_time)

#define HR_FILM_INSTANCE_ATTRIBUTES(X)                                                             \
	X(0x00080016, SOPClassUID, UID, sop_class)                                                 \
	X(0x00080018, SOPInstanceUID, UID, uid)                                                    \
	X(0x00083002, AvailableTransferSyntaxUID, UID, transfer_syntax)                            \
	X(0x00200013, InstanceNumber, NUMBER, place)                                               \
	X(0x00280008, NumberOfFrames, NUMBER, frame_count)                                         \
	X(0x00280010, Rows, NUMBER, height)                                                        \
	X(0x00280011, Columns, NUMBER, width)

/* What is asked for, by kind: */
typedef enum hr_film_kind {
	HR_FILM_DATE,	/* one, or a range */
	HR_FILM_TIME,	/* one, or a range */
	HR_FILM_TEXT,	/* with wildcards */
	HR_FILM_CODES,	/* a list; one of many values suffices */
	HR_FILM_NAME,	/* person_name.h */
	HR_FILM_NUMBER, /* one */
	HR_FILM_UID,	/* a list */
} hr_film_kind;

typedef struct hr_film_attribute {
	uint32_t tag;
	hr_film_level level;
	hr_film_kind kind;
	unsigned column; /* among those of its level, from 0 */
	hr_str keyword;
} hr_film_attribute;

/* NULL when nothing is searched by it. */
const hr_film_attribute *hr_film_attribute_find(uint32_t tag);

/* Of those above or of any other in DCMTK's dictionary. */
bool hr_film_attribute_tag(hr_str keyword, uint32_t *tag);

/* A number of a series or an instance; those without one come last. */
enum { HR_FILM_PLACE_NONE = INT32_MAX };
int64_t hr_film_place(hr_str number);

/* 1 to 64 of [0-9.]. */
bool hr_film_is_uid(hr_str text);
