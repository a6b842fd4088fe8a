/*
 * Documents inside a FHIR input: in DocumentReference.content.attachment.data
 * and Binary.data, of the resource itself or of a Bundle's entries, in base64.
 *
 * What a document is its bytes say, as of every input; its contentType is not
 * asked. Decoding shrinks, so the limits of the input are also those of what
 * stands in it.
 */
#pragma once

#include "recognition/reader.h"

/* A DocumentReference may hold one document in several formats. */
typedef struct hr_fhir_enclosure {
	const hr_json *resource;
	const hr_json *data; /* a string, in base64 */
} hr_fhir_enclosure;

typedef struct hr_fhir_enclosures {
	const hr_fhir_enclosure *list;
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
 */
bool hr_fhir_read_enclosed(hr_reader *reader, const hr_json *root,
			   const hr_fhir_enclosures *enclosures, hr_arena *arena, hr_reports *out,
			   hr_error *err);
