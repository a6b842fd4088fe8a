/*
 * The use case: a visit in, what each party pays out, with the reason of every
 * step. Where sources conflict each reading is answered; where nothing is
 * known that is the answer, with what was looked for.
 */
#pragma once

#include "settlement/identities.h"
#include "settlement/visit.h"

typedef enum hr_quote_outcome {
	HR_QUOTE_COMPUTED,
	HR_QUOTE_NO_AREA,   /* the catalogue has no policies of the place of insurance */
	HR_QUOTE_NO_POLICY, /* it has, and none is for this visit */
} hr_quote_outcome;

enum { HR_READINGS_MAX = 8 };

typedef struct hr_reading {
	hr_rules rules;
	hr_settlement settlement;
	hr_year after;
	hr_trace trace; /* empty when nobody asked */
} hr_reading;

typedef struct hr_quote {
	hr_quote_outcome outcome;
	const hr_catalog *catalog;
	const hr_visit *visit;
	const hr_area *area; /* NULL: there is none */
	const hr_zone *zone; /* NULL: home, or outside */
	bool home;
	hr_filing filing; /* what was given, or follows from where it is */
	bool filing_needed;
	const hr_reading *readings;
	size_t reading_count;
} hr_quote;

typedef enum hr_quote_lang { HR_QUOTE_ZH, HR_QUOTE_EN } hr_quote_lang;

/* `traced`: keep every step. The visit's lines are sorted in place. */
bool hr_quote_make(const hr_catalog *catalog, hr_visit *visit, bool traced, hr_arena *arena,
		   hr_quote *out, hr_error *err);

/* Was any policy that decided made up? Every answer says so first. */
bool hr_quote_is_synthetic(const hr_quote *quote);

/* One line, in the national names; amounts are texts, because a JSON number may become a double. */
void hr_quote_format_json(const hr_quote *quote, hr_buf *out);
void hr_quote_format_text(const hr_quote *quote, hr_quote_lang lang, hr_buf *out);

/* "segment"; and in words: "第 1 段 9200.00 × 85% = 7820.00". */
hr_str hr_step_word(hr_step_kind kind);
void hr_step_format(const hr_settle_step *step, hr_quote_lang lang, hr_buf *out);
