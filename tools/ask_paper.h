/*
 * What a doctor reads off paper, asked question by question: `huren verify
 * --paper`. The answers become a report like any other; their places are the
 * questions.
 */
#pragma once

#include "tools/ask.h"

typedef struct hr_paper {
	hr_report report;
	hr_str mark_seen; /* as in hr_question */
} hr_paper;

/*
 * Who is on it is asked when `question` has a patient to compare with; which
 * mark, when it does not say so already. What `out` holds lives in the arena
 * and in the catalogue. HR_E_INCOMPLETE when the answers end before the
 * questions.
 */
bool hr_paper_ask(hr_ask *ask, const hr_catalog *catalog, const hr_question *question,
		  hr_arena *arena, hr_paper *out, hr_error *err);
