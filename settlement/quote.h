/*
 * The use case: a visit in, what each party pays out, with the reason of every
 * step. Where sources conflict, or where it cannot be told what the visit is to
 * be taken for (a filing that may hold or not), each reading is answered; where
 * nothing is known that is the answer, with what was looked for.
 */
#pragma once

#include "base/json.h"
#include "settlement/identities.h"
#include "settlement/visit.h"

typedef enum hr_quote_outcome {
	HR_QUOTE_COMPUTED,
	HR_QUOTE_NO_AREA,	/* the catalogue has no policies of the place of insurance */
	HR_QUOTE_NO_POLICY,	/* it has, and none is for this visit */
	HR_QUOTE_NOT_QUALIFIED, /* the disease has not been qualified, so it is no such visit */
} hr_quote_outcome;

/* Of sources that conflict; and of the filings that are possible. */
enum { HR_READINGS_MAX = 8, HR_INSTEAD_MAX = 3 };

/* What one that is not filed would come to if it were. */
typedef struct hr_instead {
	uint32_t filings; /* bits by hr_filing: these all give the same */
	hr_rules rules;
	hr_settlement settlement;
} hr_instead;

typedef struct hr_insteads {
	uint32_t count;
	hr_instead rows[HR_INSTEAD_MAX];
} hr_insteads;

typedef struct hr_reading {
	hr_rules rules;
	size_t source;	      /* of those that conflict, from 0 */
	uint32_t filings;     /* bits by hr_filing: it is the answer under each of these */
	hr_insteads if_filed; /* of one that is surely not */
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
	hr_filing filing;   /* what it is taken for; of several that are possible the first */
	bool filing_needed; /* surely */
	const hr_filing_ruling *ruling; /* what filings do for it; NULL: there is no area */
	hr_insteads if_filed;		/* where there is no policy for what is not filed */
	uint32_t unknown_under;		/* bits: possible filings under which there is no policy */
	const hr_reading *readings;
	size_t reading_count;
} hr_quote;

typedef enum hr_quote_lang { HR_QUOTE_ZH, HR_QUOTE_EN } hr_quote_lang;

/* `traced`: keep every step. The visit's lines are sorted in place. */
bool hr_quote_make(const hr_catalog *catalog, hr_visit *visit, bool traced, hr_arena *arena,
		   hr_quote *out, hr_error *err);

/* May it be one of several filings? Then each reading says of which it is the answer. */
bool hr_quote_filing_is_open(const hr_quote *quote);

/* Do sources contradict each other? Then each reading is the answer by some of them. */
bool hr_quote_sources_conflict(const hr_quote *quote);

/* The same visit under other facts, one reading of it; false: nothing is known of that. */
typedef struct hr_what_if {
	hr_filing filing;
	hr_str level;	 /* hosp_lv; empty: as it is */
	bool fresh_year; /* nothing was counted before it */
} hr_what_if;

bool hr_quote_ask_what_if(const hr_quote *quote, const hr_what_if *what_if, size_t source,
			  hr_rules *rules, hr_settlement *out);

/* Was any policy that decided made up? Every answer says so first. */
bool hr_quote_is_synthetic(const hr_quote *quote);

/* One line, in the national names; amounts are texts, because a JSON number may become a double. */
void hr_quote_format_json(const hr_quote *quote, hr_buf *out);
void hr_quote_format_text(const hr_quote *quote, hr_quote_lang lang, hr_buf *out);

/* "computed" */
hr_str hr_quote_outcome_word(hr_quote_outcome outcome);

/* What they are called; "长期备案或转诊备案" of a set; "52.5" of a share in millionths. */
hr_str hr_amount_name(hr_amount amount, hr_quote_lang lang);
hr_str hr_fund_name(hr_fund fund, hr_quote_lang lang);
hr_str hr_filing_name(hr_filing filing, hr_quote_lang lang);
hr_str hr_level_name(hr_str level, hr_quote_lang lang);
void hr_filings_format(uint32_t filings, hr_quote_lang lang, hr_buf *out);
void hr_filing_set_write(hr_json_writer *w, hr_str name, uint32_t filings); /* their words */
void hr_share_format(int32_t share, hr_buf *out);
void hr_points_format(int32_t share, hr_quote_lang lang, hr_buf *out); /* "10 个百分点" */

/* "segment"; and in words: "第 1 段 9200.00 × 85% = 7820.00". */
hr_str hr_step_word(hr_step_kind kind);
void hr_step_format(const hr_settle_step *step, hr_quote_lang lang, hr_buf *out);
