/*
 * What is done about a person's filings, by whatever way the book is reached:
 * its list is looked at, the rules of his area decide, and what comes of it is
 * kept when nothing has changed since. Refused is kept, too.
 */
#pragma once

#include "service/filing_book.h"
#include "settlement/filing_ask.h"

/* To the book: in this process, or through the one that writes the folder. */
typedef struct hr_filing_way {
	bool (*list)(void *context, const hr_filing_whose *whose, hr_filing_list *out,
		     hr_error *err);
	bool (*put)(void *context, const hr_filing_whose *whose, const hr_filing_put *put,
		    hr_str *id, hr_error *err);
	void *context;
	hr_date today;
	hr_arena *arena;
} hr_filing_way;

/* Whom a question to the book names. It tells neither the day nor what was filed: HR_E_USAGE. */
bool hr_filing_ask_whose(const hr_filing_ask *ask, hr_filing_whose *out, hr_error *err);

/*
 * Applied for, changed or cancelled, as `asks` says; HR_E_INCOMPLETE when the
 * question is another. `*id`: of the filing that was kept, or was asked about;
 * empty: of none. HR_E_CONFLICT: something was done since; ask again.
 */
bool hr_filing_decide(const hr_filing_way *way, const hr_catalog *catalog, hr_filing_ask *ask,
		      hr_filing_asks asks, hr_filing_answer *answer, hr_str *id, hr_error *err);

/* An officer's word on one that is queued. */
bool hr_filing_conclude(const hr_filing_way *way, const hr_filing_ask *ask, hr_filing_deed deed,
			hr_str id, hr_error *err);

/* An answer, and of which filing; empty: of none. */
typedef struct hr_filing_style {
	bool text; /* words for a person, not JSON */
	bool english;
} hr_filing_style;
void hr_filing_answer_format(const hr_filing_answer *answer, hr_str id, hr_filing_style style,
			     hr_buf *out);
