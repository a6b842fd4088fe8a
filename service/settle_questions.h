/*
 * Questions of settlement as documents of JSON, answered by one version of the
 * catalogue: what the routes of /v1/settlement do, without HTTP. Nothing is
 * kept, and nothing of a person is in an answer or an error but what the
 * question's own formats tell. Any thread.
 */
#pragma once

#include "base/json.h"
#include "catalog/catalog.h"
#include "settlement/identities.h"

typedef enum hr_settle_question {
	HR_SETTLE_QUOTE,       /* a visit: what does each party pay */
	HR_SETTLE_EXPLANATION, /* a visit, and its result beside it: why does the person pay it */
	HR_SETTLE_COMPARISON,  /* a visit: directly, at home, by hand */
	HR_SETTLE_DIAGNOSIS,   /* a visit: can it be settled directly */
	HR_SETTLE_CHECK,       /* a result that was received: does it add up */
	HR_SETTLE_FILING,      /* as 'settle file check' */
	HR_SETTLE_QUESTIONS
} hr_settle_question;

enum {
	HR_SETTLE_OUTCOMES =
		8, /* more than any question has; the last is a line's that is refused */
	HR_SETTLE_REFUSED = HR_SETTLE_OUTCOMES - 1,
	HR_SETTLE_BODY_MAX = 16 << 20,
	HR_SETTLE_LINES_MAX = 20000,
	HR_SETTLE_ANSWER_MAX = 64 << 20,
};

typedef struct hr_settle_asking {
	hr_settle_question question;
	const hr_catalog *catalog;
	bool text;    /* words for a person, not JSON */
	bool english; /* of text */
	/* Of quotes. */
	bool explain; /* every step */
	/* Of checks. */
	hr_mutual_aid place;
} hr_settle_asking;

/*
 * The answer to one document, with its line end; `*outcome` of the question's.
 * HR_E_LIMIT also when the answer itself passes HR_SETTLE_ANSWER_MAX.
 */
bool hr_settle_answer(const hr_settle_asking *asking, hr_str document, hr_arena *arena, hr_buf *out,
		      unsigned *outcome, hr_error *err);

/* How many lines had which outcome. */
typedef struct hr_settle_tally {
	uint64_t outcomes[HR_SETTLE_OUTCOMES];
} hr_settle_tally;

/*
 * A document in each line, an answer in each: `put` after each of them, so that
 * who keeps `out` may count it, and stop. Blank lines are passed over; a bad one
 * is told in its place (line_fault.h). What is wrong with all of them, too many
 * lines, answers over the limit, memory, is an error, and no answer.
 */
typedef bool hr_settle_put(void *context, hr_error *err);
bool hr_settle_answer_lines(const hr_settle_asking *asking, hr_str lines, hr_buf *out,
			    hr_settle_put *put, void *context, hr_settle_tally *tally,
			    hr_error *err);

/* "quote", "diagnosis"...; "computed", "no-policy"...; empty: the question has no such outcome. */
hr_str hr_settle_question_word(hr_settle_question question);
hr_str hr_settle_outcome_word(hr_settle_question question, unsigned outcome);
