/*
 * The use case behind `huren verify` and every other way to ask: one document
 * in, a verdict for each report in it out.
 */
#pragma once

#include "recognition/reader.h"
#include "recognition/verdict.h"

typedef struct hr_verdicts {
	const hr_verdict *verdicts;
	size_t count;
	hr_outcome outcome; /* the worst */
} hr_verdicts;

/* What one request may take of memory: a document of 32 MiB and its tree. */
enum { HR_REQUEST_BYTES_MAX = 512 * 1024 * 1024, HR_DOCUMENT_MAX = 32 * 1024 * 1024 };

/*
 * The first HR_DOCUMENT_MAX bytes of a document, `cut` telling that it is
 * longer. Of DICOM that is enough, what is behind it being pixels; else HR_E_LIMIT.
 */
bool hr_document_check(hr_str front, bool cut, const char *name, hr_error *err);

/* Of reports that are read. Everything in `out` borrows from all that comes before it. */
bool hr_verify_reports(const hr_catalog *catalog, const hr_question *question, hr_reports reports,
		       hr_arena *arena, hr_verdicts *out, hr_error *err);

/* Of a document. Everything in `out` borrows from the catalogue, the question and the arena. */
bool hr_verify(const hr_catalog *catalog, hr_reader *reader, const hr_question *question,
	       hr_str document, hr_arena *arena, hr_verdicts *out, hr_error *err);

typedef enum hr_verdict_form { HR_VERDICT_JSON, HR_VERDICT_TEXT, HR_VERDICT_FHIR } hr_verdict_form;

/*
 * All of them, in order. JSON: one line a report. Text: a blank line
 * between two. FHIR: Parameters, or a Bundle of them when there is not one report alone.
 */
void hr_verdicts_format(const hr_verdicts *verdicts, hr_verdict_form form, hr_verdict_style style,
			hr_buf *out);
