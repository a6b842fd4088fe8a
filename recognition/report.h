/*
 * The neutral report: what a laboratory or imaging report says, whatever
 * format it came in. Readers fill it; the decision reads it. Everything in it
 * lives in the request's arena, and each value knows its place in the input.
 *
 * An absent value is an empty slice. A reader never guesses: what is not in
 * the input is absent here.
 */
#pragma once

#include "base/calendar.h"
#include "base/json.h"
#include "base/xml.h"
#include "catalog/catalog.h"
#include "dicom/dicom.h"

/* A place in the input. Written out only when somebody asks for it. */
typedef enum hr_place_kind {
	HR_PLACE_NONE,
	HR_PLACE_XML,
	HR_PLACE_JSON,
	HR_PLACE_DICOM,
	HR_PLACE_HL7,
	HR_PLACE_ASKED, /* not the input: a flag, or a question about paper; `attr` names it */
} hr_place_kind;

typedef struct hr_place {
	hr_place_kind kind;
	const void *node; /* hr_xml, hr_json, hr_dicom_element or hr_hl7_segment */
	hr_str attr;	  /* attribute of an XML node; slice of a segment; or empty */
} hr_place;

/* XPath; FHIRPath ("Bundle.entry[3]..."), JSONPath ("$.reports[0]...") where the top is no FHIR
 * resource; of DICOM keywords, items from 0 ("ContentSequence[3].TextValue"); HL7's own
 * ("OBR[1]/OBX[3]-5"); or the flag's name. */
void hr_place_format(hr_place place, hr_buf *out);
uint32_t hr_place_line(hr_place place); /* 0 when the format has none, as JSON */

typedef struct hr_field {
	hr_str text;
	hr_place place;
} hr_field;

typedef struct hr_time {
	hr_span span; /* precision NONE: absent, or not readable (then `text` is set) */
	hr_str text;
	hr_place place;
} hr_time;

static inline bool hr_time_is_known(const hr_time *time)
{
	return time->span.precision != HR_PRECISION_NONE;
}

typedef struct hr_code {
	hr_str system; /* URI or OID as written; "" when the format names none: a local code */
	hr_str code;
	hr_str display;
	hr_place place;
} hr_code;

#define HR_LOINC_SYSTEM_FHIR HR_STR("http://loinc.org")
#define HR_LOINC_SYSTEM_OID  HR_STR("2.16.840.1.113883.6.1")
#define HR_LOINC_SYSTEM_URN  HR_STR("urn:oid:2.16.840.1.113883.6.1")

typedef struct hr_party {
	hr_field name;
	const hr_code *ids; /* USCC, organisation code, OID: whatever was written */
	uint32_t id_count;
	hr_field campus;
} hr_party;

typedef struct hr_patient {
	const hr_code *ids; /* system says whose; 身份证 is 2.16.156.10011.1.3 or its FHIR forms */
	uint32_t id_count;
	hr_field name;
	hr_field birth; /* as written */
	hr_field sex;	/* "1" male, "2" female (GB/T 2261.1), "" not said */
} hr_patient;

/* Can these not be one person? By what both tell: number, name, birth, sex. */
bool hr_patients_conflict(const hr_patient *a, const hr_patient *b);

#define HR_ID_CARD_OID "2.16.156.10011.1.3"

/* GB/T 2261.1 for its own codes, HL7's and words; empty for what says neither. */
hr_str hr_sex_of_word(hr_str written);

/* How far the report, or a result in it, has come: of two, the greater counts. */
typedef enum hr_status {
	HR_STATUS_FINAL,     /* also when the format carries no status */
	HR_STATUS_CORRECTED, /* a corrected or amended one that replaces an earlier: valid */
	HR_STATUS_PRELIMINARY,
	HR_STATUS_CANCELLED, /* cancelled, entered in error, withdrawn */
} hr_status;

typedef struct hr_result {
	hr_kind kind;
	const hr_code *codes; /* every code that the input gives for the item */
	uint32_t code_count;
	hr_field name; /* as printed, before marks are taken off */
	hr_field value;
	hr_field unit;	    /* as printed */
	hr_field unit_code; /* UCUM's, where the input gives it beside the printed one */
	hr_field range;
	hr_field flag; /* H, L, N, A, or the code of WS/T 500 DE04.30.017.00 */
	hr_field method;
	hr_field device;
	const hr_code *specimens; /* codes and words for the material */
	uint32_t specimen_count;
	hr_time times[HR_EVENT_KINDS]; /* its own; absent: the report's hold */
	hr_status status;
	hr_field status_text;
	const hr_party *performer; /* who tested, when the input says it of this result */
	/* exam */
	hr_field modality;
	hr_field body_part;
	hr_field laterality;
	hr_field contrast;
	hr_field position;
	hr_field study_uid;
} hr_result;

typedef enum hr_format {
	HR_FORMAT_UNKNOWN,
	HR_FORMAT_CDA,
	HR_FORMAT_FHIR,
	HR_FORMAT_DICOM,
	HR_FORMAT_NEUTRAL, /* report.schema.json */
	HR_FORMAT_HL7V2,
	HR_FORMAT_PAPER, /* asked of a person who has it before him */
} hr_format;

hr_str hr_format_word(hr_format format); /* for machines: "cda" */

/* What a reader had to survive: a code of reports.md's traps, and where. */
typedef struct hr_deviation {
	const char *code; /* "layout-c", "prolog-lied", "specimen-coded-as-item": stable */
	hr_place place;
} hr_deviation;

typedef struct hr_report {
	hr_format format;
	hr_kind kind;
	hr_str enclosed_in; /* "Bundle.entry[0].resource.data": where in the input the document
			     * stands that its places are of; empty: it is the input */
	hr_field title;
	hr_code id;
	hr_field set_id;
	hr_field version;
	hr_code report_no;
	const hr_code *image_numbers; /* of an examination's images: of its accession, its order,
				       * the report, as far as the format names them */
	const hr_code *image_studies; /* UIDs of studies, beside those of its results */
	uint32_t image_number_count;
	uint32_t image_study_count;
	const hr_code *replaces; /* documents or reports that this one stands for */
	uint32_t replace_count;
	bool replaced; /* another report of the same input stands for this one */
	hr_status status;
	hr_field status_text;
	hr_party issuer;	   /* the letterhead */
	const hr_party *performer; /* the laboratory that tested, when said; else NULL */
	hr_patient patient;
	bool patient_ambiguous; /* results of more than one patient, or no way to tell whose */
	hr_time times[HR_EVENT_KINDS];
	const hr_field *marks; /* recognition marks that the input carries on the report */
	uint32_t mark_count;
	bool carries_marks; /* the format has a place for a mark, so its absence says something */
	const hr_result *results;
	uint32_t result_count;
	hr_field findings;   /* DE04.50.131: data, recognisable */
	hr_field conclusion; /* DE04.50.132: the physician's; never recognised */
	const hr_deviation *deviations;
	uint32_t deviation_count;
} hr_report;

/* The item's own time of that kind, else the report's. */
const hr_time *hr_result_time(const hr_report *report, const hr_result *result, hr_event_kind kind);

/* The laboratory that tested: the result's, the report's, else the letterhead. */
const hr_party *hr_result_performer(const hr_report *report, const hr_result *result);

/* Have the two lists an identifier in common? Of each, the first 16 are looked at. */
bool hr_codes_overlap(const hr_code *a, uint32_t a_count, const hr_code *b, uint32_t b_count);

/* One institution: by identifiers where both have any, else by name. */
bool hr_party_is_same(const hr_party *a, const hr_party *b);

/* Sets `replaced` in each that another one of the same input names, or corrects under its number.
 */
void hr_reports_find_replaced(hr_report *reports, uint32_t count);
