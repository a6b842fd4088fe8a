/*
 * How far long work is, on a terminal's last line: written over itself, no wider
 * than the terminal is just then, and gone when anything else is to be said.
 */
#pragma once

#include "recognition/verdict.h"
#include "service/batch.h"

/* What is counted: "已判定 12 份", "12 answered". */
typedef struct hr_progress_words {
	const char *zh_before;
	const char *zh_after;
	const char *en_after;
} hr_progress_words;

typedef struct hr_progress_line {
	int fd;
	hr_progress_words words;
	hr_lang lang;
	bool shown;
} hr_progress_line;

/* On stderr. False when it is no terminal that could take it, or the answers go to one. */
bool hr_progress_line_open(hr_progress_line *line, const hr_progress_words *words, hr_lang lang,
			   bool answers_to_stdout);

/* As hr_batch_options wants it, `context` being the line. */
void hr_progress_line_show(void *context, const hr_batch_progress *progress);

void hr_progress_line_clear(hr_progress_line *line);
