/*
 * How many applications wait for a person: what a channel without automatic
 * approval costs an office (002: 390 a day, two reviewers). Pure.
 */
#pragma once

#include "settlement/filing_ask.h"

#define HR_FILING_LOADS(X)                                                                         \
	X(AT_ONCE, "at_once", "自动审核", "approved by the system")                                \
	X(BY_OFFICER, "by_officer", "人工审核", "wait for an officer")                             \
	X(REFUSED, "refused", "不能办理", "refused")                                               \
	X(NOT_TOLD, "not_told", "渠道如何审核未知", "of a channel that is not known")

typedef enum hr_filing_load {
#define X(name, word, zh, en) HR_FILING_LOAD_##name,
	HR_FILING_LOADS(X)
#undef X
		HR_FILING_LOADS_COUNT
} hr_filing_load;

typedef struct hr_filing_tally {
	uint64_t applications;
	uint64_t count[HR_FILING_LOADS_COUNT];
} hr_filing_tally;

/*
 * By the channel, whether or not the rest of the application can be decided: who
 * reads it has it on his desk. One that is refused is on nobody's.
 */
hr_filing_load hr_filing_load_of(const hr_filing_decision *decision);
void hr_filing_tally_add(hr_filing_tally *tally, const hr_filing_decision *decision);

/* The most that one of them has, when they share alike; `reviewers` is not 0. */
uint64_t hr_filing_tally_each(const hr_filing_tally *tally, uint32_t reviewers);

/* `reviewers` 0: not told. One line of JSON; lines of words. */
void hr_filing_tally_format_json(const hr_filing_tally *tally, uint32_t reviewers, hr_buf *out);
void hr_filing_tally_format_text(const hr_filing_tally *tally, uint32_t reviewers, bool english,
				 hr_buf *out);
