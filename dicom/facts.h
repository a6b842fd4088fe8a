/*
 * What the index keeps of an object: found once, when it comes, in a worker
 * process, and handed on as bytes. The service reads them as what a stranger
 * says: every length and limit is looked at again.
 *
 * The object itself is never changed; a text that had to be repaired is
 * repaired here alone, and `text_is` says so.
 */
#pragma once

#include "dicom/dicom.h"

enum {
	HR_FACTS_TEXT_MAX = 4096,	       /* bytes of one text */
	HR_FACTS_BYTES_MAX = 64 * 1024 * 1024, /* of all, written out */
};

/*
 * Members of the DICOM JSON model (PS3.18 annex F), sorted by tag, parted by
 * commas, without braces: "\"00080020\":{...},\"00080030\":{...}". No tag stands
 * at two levels. SpecificCharacterSet is left out: all is UTF-8.
 */
typedef struct hr_facts_level {
	hr_str shown; /* what a search tells unasked (PS3.18 table 10.6.3-3 to -5) */
	hr_str more;  /* the level's other attributes, told when asked for; no bulk data */
} hr_facts_level;

typedef struct hr_film_facts {
	hr_str study_uid; /* each 1 to 64 of [0-9.] */
	hr_str series_uid;
	hr_str instance_uid;
	hr_str sop_class;
	hr_str transfer_syntax;

	/* Patient and study: UTF-8, empty where the object has none. */
	hr_str patient_id;
	hr_str patient_id_issuer;  /* IssuerOfPatientID */
	hr_str patient_name;	   /* PN: groups parted by '=', components by '^' */
	hr_str patient_birth_date; /* "19570102", or empty when it is no date */
	hr_str patient_sex;
	hr_str study_date; /* "20260103", or empty */
	hr_str study_time; /* "080910.123", or empty */
	hr_str study_id;
	hr_str study_description;
	hr_str accession_number;
	hr_str referring_physician; /* PN */
	hr_str institution;	    /* InstitutionName */

	/* Series. */
	hr_str modality;
	hr_str series_number;
	hr_str series_description;
	hr_str body_part;
	hr_str series_date; /* PerformedProcedureStepStartDate, else SeriesDate */
	hr_str series_time;

	/* Instance. */
	hr_str instance_number;
	uint32_t rows;
	uint32_t columns;
	uint32_t frame_count;  /* 0: no pixels */
	hr_dicom_text text_is; /* the worst of its texts */

	hr_facts_level study_json; /* with the patient's */
	hr_facts_level series_json;
	hr_facts_level instance_json;
	hr_str metadata; /* metadata.h */
	hr_str frames;	 /* frames.h */
} hr_film_facts;

/*
 * Of a whole file. The codes of hr_dicom_read; HR_E_INCOMPLETE without a study,
 * series, instance or class UID.
 */
bool hr_facts_find(hr_str file, hr_arena *arena, hr_film_facts *out, hr_error *err);

/*
 * As bytes, and back; what is read borrows `bytes`, the arena is for looking at
 * it. HR_E_SYNTAX, HR_E_LIMIT.
 */
void hr_facts_write(const hr_film_facts *facts, hr_buf *out);
bool hr_facts_read(hr_str bytes, hr_arena *arena, hr_film_facts *out, hr_error *err);

/* "20260103", a day that there is; "080910.123", as far as it is given. */
bool hr_facts_is_date(hr_str text);
bool hr_facts_is_time(hr_str text);
