/*
 * FHIR's data types, for the files of the FHIR reader.
 *
 * Nothing here returns an error: what finds no memory leaves its value out, a
 * limit that is passed is kept in the hr_fhir, and hr_fhir_read asks for both
 * once, at the end. R4 and R5 are not
 * told apart: where they name or shape a thing differently, both are read.
 */
#pragma once

#include "recognition/reader.h"

enum {
	HR_FHIR_MEMBERS_MAX = 256, /* of one object: those behind are not looked at */
	HR_FHIR_LIST_MAX = 1000,   /* elements of a list that is not one of results */
};

typedef struct hr_fhir hr_fhir;

/* What was survived. The first place of each is told, once a report. */
#define HR_FHIR_DEVIATIONS(X)                                                                      \
	X(STATUS_MISSING, "status-missing")                                                        \
	X(STATUS_UNKNOWN, "status-unknown")                                                        \
	X(STATUS_DISAGREES, "status-disagrees") /* of the Composition and the report */            \
	X(MODIFIER, "modifier-extension")	/* one whose meaning we do not know */             \
	X(TIME_UNREADABLE, "time-unreadable")                                                      \
	X(ISSUED_FROM_COMPOSITION, "issued-from-composition")                                      \
	X(REFERENCE_UNRESOLVED, "reference-unresolved")                                            \
	X(REFERENCE_AMBIGUOUS, "reference-ambiguous")                                              \
	X(PATIENT_ASSUMED, "patient-assumed") /* the only one of the input */                      \
	X(SUBJECT_NOT_PATIENT, "subject-not-patient")                                              \
	X(PERFORMER_SEVERAL, "performer-several")                                                  \
	X(PERFORMER_UNTYPED, "performer-untyped")	/* an organization or a person */          \
	X(PERFORMER_DEPARTMENT, "performer-department") /* its hospital counts */                  \
	X(ISSUER_FROM_CUSTODIAN, "issuer-from-custodian")                                          \
	X(SPECIMEN_SEVERAL, "specimen-several")                                                    \
	X(VALUE_NOT_READ, "value-not-read") /* of a kind that no list holds: samples, a file */    \
	X(PANEL_TOO_DEEP, "panel-too-deep")                                                        \
	X(MODALITY_SEVERAL, "modality-several")                                                    \
	X(BODY_PART_SEVERAL, "body-part-several")                                                  \
	X(RESULTS_WITHOUT_REPORT, "results-without-report")                                        \
	X(RESULTS_UNLINKED, "results-unlinked")	    /* laboratory results that no report names */  \
	X(FORM_NOT_READ, "presented-form-not-read") /* the report as it was issued, mostly a PDF   \
						     */

typedef enum hr_fhir_deviation {
#define X(name, code) HR_FHIR_##name,
	HR_FHIR_DEVIATIONS(X)
#undef X
		HR_FHIR_DEVIATION_COUNT
} hr_fhir_deviation;

/* Elements of a list; of anything else, itself (STU3 has fewer lists). Walk `count` of them. */
typedef struct hr_fhir_list {
	const hr_json *first;
	uint32_t count;
} hr_fhir_list;

void hr_fhir_fail(hr_fhir *f, hr_error_code code, const char *message);
void hr_fhir_deviate(hr_fhir *f, hr_fhir_deviation deviation, const hr_json *node);

/*
 * The members of `node` called `names`, to the same places of `out`, which the
 * caller has cleared; null is absent. Members come nearly always in the order
 * of the specification, so list the names in that order, with those that are
 * passed over: the search goes on where the last one ended.
 */
void hr_fhir_pick(const hr_json *node, const hr_str *names, size_t count, const hr_json **out);

/* The one member of that name; NULL when absent or null. */
const hr_json *hr_fhir_get(const hr_json *node, hr_str name);

hr_fhir_list hr_fhir_open_list(hr_fhir *f, const hr_json *node);
const hr_json *hr_fhir_first(const hr_json *node);    /* of an array, else itself */
const hr_json *hr_fhir_elements(const hr_json *node); /* first of an array, else NULL */

/* A string without blanks at its ends, a number as written, "true", "false"; else empty. */
hr_str hr_fhir_text(const hr_json *node);
hr_str hr_fhir_join(hr_fhir *f, const hr_str *parts, size_t count);

/*
 * The node that holds the word, or the code, of a CodeableConcept, a
 * CodeableReference, a bare Coding, or the first of a list of these. NULL when
 * it has none.
 */
const hr_json *hr_fhir_word(hr_fhir *f, const hr_json *node); /* text, else display, else code */
const hr_json *hr_fhir_code(hr_fhir *f, const hr_json *node); /* code, else text */

/* Appends the codings of a concept, and gives its word. */
const hr_json *hr_fhir_add_codes(hr_fhir *f, const hr_json *node, const hr_code **list,
				 uint32_t *count);

/* Its codings alone. */
hr_fhir_list hr_fhir_open_codings(hr_fhir *f, const hr_json *node);
void hr_fhir_read_coding(const hr_json *node, hr_code *out);

hr_code hr_fhir_identifier(const hr_json *node); /* or the first of a list */
void hr_fhir_read_identifiers(hr_fhir *f, const hr_json *node, const hr_code **list,
			      uint32_t *count);

/* dateTime, instant or Period; `*out` stays when `node` is NULL. */
void hr_fhir_read_time(hr_fhir *f, const hr_json *node, hr_event_kind kind, hr_time *out);

/* Inline, so that a field is written once, where it belongs: a copy of it stalls. */
static inline hr_place hr_fhir_place(const hr_json *node)
{
	return (hr_place){ .kind = node ? HR_PLACE_JSON : HR_PLACE_NONE, .node = node };
}

/* Empty, without a place, when `node` has no text. */
static inline hr_field hr_fhir_field(const hr_json *node)
{
	hr_str text = hr_fhir_text(node);

	return (hr_field){ .text = text, .place = hr_fhir_place(text.len ? node : NULL) };
}
