/*
 * What came out of a batch, counted: inputs, reports, results; by reason, item
 * and institution. As many counters as the catalogue has items and
 * institutions, however many reports there are.
 *
 * A worker notes what is to be counted; who writes the output counts it when
 * it is written, so that output and counters always tell of the same inputs.
 */
#pragma once

#include "base/json.h"
#include "service/verify.h"

/* Counters by their places. Of items and institutions there are three each, by outcome. */
typedef enum hr_tally_part {
	HR_TALLY_REPORTS, /* by outcome */
	HR_TALLY_RESULTS, /* by outcome */
	HR_TALLY_FAULTS,  /* inputs that could not be read, by hr_error_code */
	HR_TALLY_REASONS, /* reports, by hr_reason_id */
	HR_TALLY_ITEMS,	  /* results, by hr_item_id, last those of none, and outcome */
	HR_TALLY_ISSUERS, /* reports, by hr_institution_id, last those of none, and outcome */
	HR_TALLY_PARTS,
} hr_tally_part;

enum { HR_OUTCOMES = HR_OUTCOME_RECOGNISED + 1 };

typedef struct hr_tally {
	const hr_catalog *catalog;
	uint64_t *counters;
	size_t count;
	size_t begins[HR_TALLY_PARTS + 1];
} hr_tally;

bool hr_tally_init(hr_tally *tally, const hr_catalog *catalog, hr_arena *arena, hr_error *err);

/* As bytes of uint32_t, into a buffer; what fails fails there. */
void hr_tally_note_verdicts(const hr_tally *tally, const hr_verdicts *verdicts, hr_buf *notes);
void hr_tally_note_fault(const hr_tally *tally, hr_error_code code, hr_buf *notes);

void hr_tally_add(hr_tally *tally, hr_str notes);

/* Of a part, or of one of the three of an item or an institution. */
uint64_t hr_tally_get(const hr_tally *tally, hr_tally_part part, size_t at);
uint64_t hr_tally_sum(const hr_tally *tally, hr_tally_part part);

/* Those that are not 0, as an array: place, count, place, count. HR_E_SYNTAX for another. */
void hr_tally_write(const hr_tally *tally, hr_json_writer *w);
bool hr_tally_read(hr_tally *tally, const hr_json *counters, hr_error *err);

/* A number as hr_json_int writes it. */
bool hr_tally_parse(const hr_json *number, uint64_t *out);

enum { HR_SUMMARY_ROWS = 20, HR_SUMMARY_JSON_ROWS = 1000 };

/* For a person: of each table the HR_SUMMARY_ROWS greatest rows, and how many more there are. */
void hr_tally_format_text(const hr_tally *tally, hr_lang lang, hr_buf *out);

/* For machines: an object, HR_SUMMARY_JSON_ROWS of each table. The same counters, the same bytes.
 */
void hr_tally_format_json(const hr_tally *tally, hr_instant at, hr_buf *out);
