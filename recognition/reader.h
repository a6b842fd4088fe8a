/*
 * Readers: bytes of a document to neutral reports. The format is sniffed from
 * the bytes; one input may hold several reports (a FHIR bundle).
 *
 * CDA: WS/T 500-2016 parts 6 and 7 in the layouts and with the deviations seen
 * in real files, hospitals' own OID trees, and C-CDA: sections of results, reports of images.
 * FHIR: R4, and R5 where it differs, in JSON and in XML; any of these documents
 * in a DocumentReference, a Binary or the form of a DiagnosticReport, alone or in a Bundle.
 * DICOM: the header of an image, and structured reports. Nothing behind the
 * header is looked at, so its front is enough.
 * HL7 v2: ORU^R01, 2.3.1 to 2.8, one or several messages.
 * Our own: report.schema.json, for those who have rows and no document.
 */
#pragma once

#include "recognition/report.h"

enum {
	HR_REPORTS_MAX = 1000,	   /* in one input */
	HR_RESULTS_MAX = 5000,	   /* in one report */
	HR_ENCLOSED_DEPTH_MAX = 2, /* a document in a document in the input */
};

/* What our own JSON calls itself, in its member `schema`. */
#define HR_NEUTRAL_SCHEMA HR_STR("urn:huren:report:1")

/* The parsers of all formats, reusable, by one thread at a time. */
typedef struct hr_reader hr_reader;

/* NULL when memory is short. */
hr_reader *hr_reader_open(void);
void hr_reader_close(hr_reader *reader);

typedef struct hr_reports {
	const hr_report *reports;
	size_t count;
} hr_reports;

/*
 * HR_E_UNSUPPORTED for bytes of another format (its name is said when it is
 * known: PDF), HR_E_SYNTAX and the other codes of base/xml.h and
 * base/json.h, HR_E_INCOMPLETE for a document of the right format that holds
 * no report (the message says what it holds).
 */
bool hr_reader_read(hr_reader *reader, hr_str bytes, hr_arena *arena, hr_reports *out,
		    hr_error *err);

/*
 * As hr_reader_read, of a document that stands in the one that is being read:
 * what calls it was called by hr_reader_read. HR_E_LIMIT past HR_ENCLOSED_DEPTH_MAX.
 */
bool hr_reader_read_within(hr_reader *reader, hr_str bytes, hr_arena *arena, hr_reports *out,
			   hr_error *err);

/* A FHIR Patient by itself, as the one of a report is read. HR_E_LIMIT for a list that is too long.
 */
bool hr_fhir_read_patient(const hr_json *resource, hr_arena *arena, hr_patient *out, hr_error *err);

/* A guess from the first bytes; of JSON, hr_reader_read looks at its members. */
hr_format hr_format_sniff(hr_str bytes);

/* Each reader by itself, for tests and fuzzing. */
bool hr_cda_read(const hr_xml_document *document, hr_arena *arena, hr_reports *out, hr_error *err);
bool hr_fhir_read(const hr_json *root, hr_arena *arena, hr_reports *out, hr_error *err);
bool hr_neutral_read(const hr_json *root, hr_arena *arena, hr_reports *out, hr_error *err);
bool hr_dicom_read_report(hr_str bytes, hr_arena *arena, hr_reports *out, hr_error *err);
struct hr_hl7_messages;
bool hr_hl7_read_reports(const struct hr_hl7_messages *messages, hr_arena *arena, hr_reports *out,
			 hr_error *err);
