/*
 * Documents inside a FHIR input: in DocumentReference.content.attachment.data,
 * Binary.data, and DiagnosticReport.presentedForm.data of a report that names
 * neither results nor studies; of the resource itself or of a Bundle's entries,
 * in base64.
 *
 * What a document is its bytes say, as of every input; its contentType is not
 * asked. Decoding shrinks, so the limits of the input are also those of what
 * stands in it.
 */
#pragma once

#include "recognition/reader.h"

enum { HR_FHIR_NO_REPORT = 0xffffffffu };

/* A DocumentReference may hold one document in several formats. */
typedef struct hr_fhir_enclosure {
	const hr_json *resource;
	const hr_json *data;   /* a string, in base64 */
	uint32_t of_report;    /* the DiagnosticReport whose form it is, by number; or none */
	uint32_t first_report; /* among all of the input: what was read of it */
	uint32_t report_count;
} hr_fhir_enclosure;

typedef struct hr_fhir_enclosures {
	hr_fhir_enclosure *list;
	uint32_t count;
} hr_fhir_enclosures;

/* HR_E_LIMIT past HR_REPORTS_MAX of them. */
bool hr_fhir_find_enclosures(const hr_json *root, hr_arena *arena, hr_fhir_enclosures *out,
			     hr_error *err);

/*
 * The reports of the resources themselves, then those of the documents. Of one
 * document in several formats the first is read that can be. What is no report,
 * or of a format that is not read here (a PDF beside the data that it prints),
 * is passed over, with a deviation, unless nothing else holds a report: then it
 * is refused by name.
 * Any other fault of a document is a fault of the input; its message begins
 * with where the document stands.
 *
 * A presented form that can be read stands for its empty DiagnosticReport; of
 * one that cannot, whatever its fault, the report has a deviation.
 */
bool hr_fhir_read_enclosed(hr_reader *reader, const hr_json *root, hr_fhir_enclosures *enclosures,
			   hr_arena *arena, hr_reports *out, hr_error *err);

/* What the DocumentReferences of the input say of their documents. fhir_wrapper.c */
bool hr_fhir_apply_wrappers(const hr_json *root, const hr_fhir_enclosures *enclosures,
			    hr_report *reports, hr_arena *arena, hr_error *err);
