/*
 * What the readers of ORU^R01 have in common: text, codes and times of fields,
 * and the report that grows.
 *
 * Nothing here returns an error: what finds no memory leaves its value out,
 * and hr_hl7_read_reports asks the arena once, at the end.
 */
#pragma once

#include "recognition/hl7_message.h"
#include "recognition/reader.h"

/* What was survived. The first place of each is told. */
#define HR_HL7_DEVIATIONS(X)                                                                       \
	X(CHARSET_LIED, "charset-lied")                                                            \
	X(CHARSET_UNKNOWN, "charset-unknown")                                                      \
	X(BROKEN_LINES, "line-broken-in-value")                                                    \
	X(NOT_PRODUCTION, "not-production")                                                        \
	X(TIME_UNREADABLE, "time-unreadable")                                                      \
	X(STATUS_MISSING, "status-missing")                                                        \
	X(STATUS_UNKNOWN, "status-unknown")                                                        \
	X(UNIT_UNESCAPED, "unit-unescaped")                                                        \
	X(SPECIMEN_SEVERAL, "specimen-several")                                                    \
	X(SPECIMEN_FIRST, "specimen-before-results")                                               \
	X(VALUE_NOT_READ, "value-not-read")                                                        \
	X(RESULT_WITHOUT_ITEM, "result-without-item")

typedef enum hr_hl7_deviation {
#define X(name, code) HR_HL7_##name,
	HR_HL7_DEVIATIONS(X)
#undef X
		HR_HL7_DEVIATION_COUNT
} hr_hl7_deviation;

/* An OBR, and what of the segments around it is the same for all of its results. */
typedef struct hr_hl7_order {
	const hr_hl7_segment *obr;
	const hr_hl7_segment *end;     /* behind its last segment */
	const hr_hl7_segment *common;  /* the ORC before it, or NULL */
	const hr_hl7_segment *patient; /* the PID above it, or NULL */
	struct hr_hl7_order *next;     /* of the same report */
	hr_code number;
	const hr_code *image_numbers; /* of an examination; else NULL */
	uint32_t image_number_count;
	hr_field name;
	hr_kind kind;
	hr_str modality;
	hr_status status;
	hr_field status_text;
	const hr_code *codes;
	uint32_t code_count;
	const hr_code *specimens;
	uint32_t specimen_count;
	hr_time times[HR_EVENT_KINDS];
} hr_hl7_order;

/* The report that is being made, of one message. */
typedef struct hr_hl7 {
	hr_arena *arena;
	const hr_hl7_message *message;
	hr_report *out;
	hr_result *results;
	uint32_t result_count;
	bool too_many; /* results past HR_RESULTS_MAX */
	hr_party issuer;
	const hr_party *performer; /* read last: it mostly comes again */
	hr_str performer_text;
	hr_time last[HR_EVENT_KINDS]; /* read last */
	hr_place deviations[HR_HL7_DEVIATION_COUNT];
} hr_hl7;

void hr_hl7_deviate(hr_hl7 *h, hr_hl7_deviation deviation, const hr_hl7_segment *segment,
		    hr_str slice);

/* Trimmed and without escapes; empty for "" and null, which say that there is nothing. */
hr_str hr_hl7_text(hr_hl7 *h, hr_str raw);
hr_field hr_hl7_field(hr_hl7 *h, const hr_hl7_segment *segment, hr_str raw);

/* NA and N/A, of values and times. As a code, NA is sodium. */
bool hr_hl7_is_not_available(hr_str text);

/* The n-th component, from 1, of the first repeat. */
hr_field hr_hl7_component(hr_hl7 *h, const hr_hl7_segment *segment, hr_str raw, uint32_t n);

/*
 * The codes of a CE or CWE, with its alternates, behind those of the list.
 * Returns what is printed for them: text, else alternate text, else original.
 */
hr_field hr_hl7_add_codes(hr_hl7 *h, const hr_hl7_segment *segment, hr_str raw,
			  const hr_code **list, uint32_t *count);

/* What is printed for a CE: its text, else its code. */
hr_field hr_hl7_word(hr_hl7 *h, const hr_hl7_segment *segment, hr_str raw);

/* An EI, an HD or a CX: its number and whose it is, by OID where that is said. */
hr_code hr_hl7_entity(hr_hl7 *h, const hr_hl7_segment *segment, hr_str raw);

/* Sets `*out` unless it is set already, or there is nothing to set. Of a range the start. */
void hr_hl7_set_time(hr_hl7 *h, const hr_hl7_segment *segment, hr_str raw, hr_event_kind kind,
		     hr_time *out);

hr_str hr_hl7_join(hr_hl7 *h, const hr_str *parts, size_t count);

/* OBR-25 and OBX-11 by HL7 tables 0123 and 0085; false when the word is in neither. */
bool hr_hl7_report_status(hr_str word, hr_status *out);
bool hr_hl7_result_status(hr_str word, hr_status *out);

/* Does the word, a type or an authority of a number (CX), make it one of an identity card? */
bool hr_hl7_is_card(hr_str word, hr_str number);

/* PID, with the systems of identity cards as our own. */
void hr_hl7_read_patient(hr_hl7 *h, const hr_hl7_segment *pid, hr_patient *out);

/* MSH-4. */
void hr_hl7_read_issuer(hr_hl7 *h, hr_party *out);

/* OBX-23, else OBX-15; NULL when neither is there, or it is the issuer. */
const hr_party *hr_hl7_read_performer(hr_hl7 *h, const hr_hl7_segment *obx, const hr_str *fields);

/* What of an order is the same for its results. */
void hr_hl7_read_order(hr_hl7 *h, hr_hl7_order *order);

/* The results of an order to the report, or its examination with findings. */
void hr_hl7_add_results(hr_hl7 *h, const hr_hl7_order *order);
