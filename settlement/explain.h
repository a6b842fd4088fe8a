/*
 * Why the person pays what he pays: a quote taken apart, in words that a
 * patient understands, and beside it the result that was received for the same
 * visit (2207, 2304), where there is one. Pure: no clock, no I/O.
 *
 * The parts of a reading sum to the person's amount (psn_part_amt) to the fen;
 * what other funds and the hospital bear is taken off it. Every explanation
 * says that it is a trial calculation and that the place of insurance decides.
 */
#pragma once

#include "settlement/quote.h"
#include "settlement/result.h"

enum { HR_EXPLAIN_BYTES_MAX = HR_VISIT_BYTES_MAX };

/* What is to be explained: a visit, or `visit` and `result`. */
typedef struct hr_explain_ask {
	hr_visit visit;
	bool has_result;
	hr_settle_result result;
} hr_explain_ask;

typedef enum hr_borne_kind {
	HR_BORNE_OWN,	     /* outside the catalogue of the place of treatment */
	HR_BORNE_OVER,	     /* above a price limit */
	HR_BORNE_FIRST,	     /* paid first, of class B */
	HR_BORNE_DEDUCTIBLE, /* of the basic fund */
	HR_BORNE_ABOVE,	     /* above the basic fund's cap of amounts */
	HR_BORNE_SHARE,	     /* of what the basic fund shares in, the person's */
	HR_BORNE_CUT,	     /* what the basic fund's cap of payments leaves */
	HR_BORNE_UNSEEN,     /* in scope, and not what the basic fund looks at */
	HR_BORNE_FUND,	     /* taken off: another fund pays it */
	HR_BORNE_HOSPITAL,   /* taken off: the hospital bears it */
	HR_BORNE_KINDS
} hr_borne_kind;

typedef struct hr_borne {
	hr_borne_kind kind;
	int64_t fen; /* negative when it is taken off */
	hr_fund fund;
	const hr_policy *policy;     /* NULL: none decides it */
	int64_t before_fen;	     /* of a deductible: borne earlier in the year */
	const hr_settle_step *steps; /* of its fund */
	uint32_t step_count;
} hr_borne;

enum { HR_BORNE_MAX = HR_BORNE_KINDS + HR_FUND_COUNT, HR_OTHER_LEVELS_MAX = 2 };

/* The same bill at an institution of another level. */
typedef struct hr_other_level {
	hr_str level;
	hr_rules rules;
	hr_settlement settlement;
} hr_other_level;

/* One reading; or, where there is none, the received result by itself. */
typedef struct hr_explained {
	const hr_reading *reading; /* NULL: it is the result */
	const hr_settlement *settlement;
	uint32_t part_count;
	hr_borne parts[HR_BORNE_MAX];
	uint32_t level_count;
	hr_other_level levels[HR_OTHER_LEVELS_MAX];
} hr_explained;

/* What was not known, and what may be the cause of a difference: rows of explain_words.def. */
typedef enum hr_explain_word {
#define W(name, code, zh, en) HR_EXPLAIN_##name,
#include "settlement/explain_words.def"
#undef W
	HR_EXPLAIN_WORDS
} hr_explain_word;

typedef struct hr_amount_difference {
	hr_amount amount;
	int64_t received_fen;
	int64_t ours_fen;
} hr_amount_difference;

/* A cause that may be; those that fit make our amounts those of the result. */
typedef struct hr_may_be {
	hr_explain_word word;
	hr_filing filing; /* of FITS_FILING */
	hr_str level;	  /* of FITS_LEVEL */
} hr_may_be;

enum { HR_MAY_BE_MAX = 16 };

/* A received result beside the reading that is nearest to it. */
typedef struct hr_compared {
	const hr_settle_result *result;
	hr_breaches breaches;
	size_t reading; /* from 0; HR_ID_NONE: there is none */
	uint32_t difference_count;
	hr_amount_difference differences[HR_AMOUNT_COUNT];
	uint32_t cause_count;
	hr_may_be causes[HR_MAY_BE_MAX];
} hr_compared;

/* The records that decided, each once: the footnotes, from 1. */
typedef struct hr_footnote {
	const hr_origin *origin;
	hr_str policy; /* empty: a rule of filings, or of rounding */
} hr_footnote;

enum { HR_FOOTNOTES_MAX = 256 };

typedef struct hr_explain {
	const hr_quote *quote;
	const hr_compared *compared; /* NULL: nothing was received */
	const hr_explained *readings;
	size_t reading_count;
	uint32_t unknown; /* bits by hr_explain_word */
	uint32_t footnote_count;
	hr_footnote *footnotes;
} hr_explain;

/* Texts are borrowed from the tree. */
bool hr_explain_read(const hr_json *node, const hr_catalog *catalog, hr_arena *arena,
		     hr_explain_ask *out, hr_error *err);

/* The visit's lines are sorted in place. `ask` outlives `out`. */
bool hr_explain_make(const hr_catalog *catalog, hr_explain_ask *ask, hr_arena *arena,
		     hr_explain *out, hr_error *err);

void hr_explain_format_json(const hr_explain *explain, hr_buf *out);
void hr_explain_format_text(const hr_explain *explain, hr_quote_lang lang, hr_buf *out);

/* 0 it is explained; 1 the received result is not ours, or does not add up; 4 no policy is known.
 */
int hr_explain_code(const hr_explain *explain);

/* The received result beside ours: explain_compare.c. */
void hr_explain_compare(const hr_quote *quote, const hr_settle_result *result, hr_compared *out);

/* The record by which what the fund pays of it is rounded; NULL: it is not. */
const hr_origin *hr_borne_rounding(const hr_explain *explain, const hr_borne *part);

/* A sentence of a part, of a cause; the number of a footnote, 0: none. */
void hr_borne_format(const hr_borne *part, hr_quote_lang lang, hr_buf *out);
void hr_may_be_format(const hr_may_be *cause, hr_quote_lang lang, hr_buf *out);
hr_str hr_borne_kind_word(hr_borne_kind kind);
hr_str hr_explain_word_code(hr_explain_word word);
hr_str hr_explain_word_text(hr_explain_word word, hr_quote_lang lang);
uint32_t hr_explain_footnote(const hr_explain *explain, const hr_origin *origin);
