/*
 * A person at a terminal: questions to stderr, answers from stdin, a line
 * each. Answers that are piped in are repeated, so that one can read
 * afterwards what was asked and what was said.
 */
#pragma once

#include "recognition/verdict.h"

#include <stdio.h>

enum {
	HR_ASK_LINE_MAX = 1000, /* bytes; a longer answer is asked for again */
	HR_ASK_NAME_MAX = 64,
};

typedef struct hr_ask {
	FILE *in;
	FILE *out;
	bool repeats;
	hr_lang lang;
	char line[HR_ASK_LINE_MAX + 2];
} hr_ask;

typedef struct hr_words {
	const char *zh;
	const char *en;
} hr_words;

typedef struct hr_prompt {
	hr_words name;
	hr_words hint;
	bool personal; /* the answer is never repeated */
} hr_prompt;

void hr_ask_open(hr_ask *ask, hr_lang lang);

/* A line. */
void hr_ask_say(const hr_ask *ask, hr_words words);

/* A line of a list to choose from; without a number, what is taken without a choice. */
void hr_ask_offer(const hr_ask *ask, size_t number, hr_str label);

/*
 * "name index (hint): ", without the index when it is 0, and the answer,
 * trimmed, until the next question. HR_E_INCOMPLETE when there is none left.
 */
bool hr_ask_line(hr_ask *ask, const hr_prompt *prompt, unsigned index, hr_str *out, hr_error *err);

/* "issuing institution", "item 2": what was asked, in errors and places. */
hr_str hr_ask_name(const hr_prompt *prompt, unsigned index, char out[HR_ASK_NAME_MAX]);

/* Is the answer a number of a list, one or two digits? */
bool hr_ask_is_number(hr_str answer, unsigned *out);
