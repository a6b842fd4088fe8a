/*
 * Which films of the index belong to a report. Pure: candidates come from the
 * index (dicom/film_study_book.h), found by what the report names.
 *
 * A study UID is certain, unless the patient differs. An accession number is
 * each institution's own, so it is certain only where film and report are of one
 * institution, their patient agrees, and it has that film alone. All else is
 * undecided, and says why; what is not told is missing and never guessed.
 */
#pragma once

#include "dicom/film_study.h"
#include "recognition/recognition.h"

/* By what the films of a report are looked for. Both empty: it names nothing, or has no images. */
void hr_report_leads(const hr_report *report, hr_film_leads *out);

typedef struct hr_film_candidate {
	hr_film_study study;
	hr_answer person; /* is it the report's, by the numbers that the index has under seal? */
	bool is_spelled;  /* its patient's name in letters spells the report's (张建国,
			     Zhang^Jianguo) */
} hr_film_candidate;

typedef struct hr_film_candidates {
	const hr_film_candidate *list; /* no study twice */
	size_t count;
	bool more; /* there were others under some number */
} hr_film_candidates;

typedef struct hr_report_film {
	const hr_film_study *study;
	bool is_certain;
	bool is_by_uid; /* else by its accession number */
	hr_field named; /* that, as the report has it */
	hr_reasons reasons;
} hr_report_film;

struct hr_report_films {
	const hr_report_film *list; /* certain ones first */
	uint32_t count;
	hr_reasons reasons; /* why there is none */
};

/*
 * `catalog` tells institutions apart that are written differently; may be NULL.
 * `*out` borrows from all. Fails only when memory is short.
 */
bool hr_report_match_films(const hr_catalog *catalog, const hr_report *report,
			   const hr_film_candidates *candidates, hr_arena *arena,
			   hr_report_films *out, hr_error *err);

/* "study-uid", "accession-number": by what a film was found. */
hr_str hr_report_film_by(const hr_report_film *film);
