/*
 * A verdict's sentences, one by one: the text for a terminal and the page are
 * made of them, so both say the same. Each is written to `out` without a line
 * end, but for the evidence and the places, which are indented lines.
 */
#pragma once

#include "recognition/verdict.h"

typedef struct hr_teller {
	const hr_verdict *v;
	hr_lang lang;
	hr_buf *out;
} hr_teller;

hr_str hr_tell_outcome(hr_outcome outcome, hr_lang lang);

/* What report, made when, where, for whom; and that it holds what is made up. */
void hr_tell_head(const hr_teller *t);
void hr_tell_report_reason(const hr_teller *t, const hr_reason *reason);

/* Where the reason's value stands in the input. */
void hr_tell_place(const hr_teller *t, const hr_reason *reason);

/* The item with its value, in the arena of `out`; nothing is written. */
hr_str hr_tell_item(const hr_teller *t, const hr_decision *d);
void hr_tell_why(const hr_teller *t, const hr_decision *d);

/* The reason with its code, its place and its record. */
void hr_tell_reason_evidence(const hr_teller *t, const hr_reason *reason);

/* Every reason with its code, its place and its record, regime by regime. */
void hr_tell_evidence(const hr_teller *t, const hr_decision *d);

void hr_tell_order(const hr_teller *t, const hr_order_answer *answer);

/* Those in which what is recognised may be examined again; not for a verdict without such. */
bool hr_tell_has_situations(const hr_verdict *verdict);
void hr_tell_situations(const hr_teller *t); /* that there are some */
void hr_tell_situation(const hr_teller *t, const hr_situation *situation);

/* verdict_films.c: nothing where films were not looked for; each line with its end. */
void hr_tell_films(const hr_teller *t, bool explained);

void hr_tell_who_decides(const hr_teller *t);
void hr_tell_catalogue(const hr_teller *t);
