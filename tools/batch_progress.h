/*
 * How far a batch is, on a terminal's last line: written over itself, no wider
 * than the terminal is just then, and gone when anything else is to be said.
 */
#pragma once

#include "recognition/verdict.h"
#include "service/batch.h"

typedef struct hr_progress_line {
	int fd;
	hr_lang lang;
	bool shown;
} hr_progress_line;

/* On stderr. False when it is no terminal that could take it, or the answers go to one. */
bool hr_progress_line_open(hr_progress_line *line, hr_lang lang, bool answers_to_stdout);

/* As hr_batch_options wants it, `context` being the line. */
void hr_progress_line_show(void *context, const hr_batch_progress *progress);

void hr_progress_line_clear(hr_progress_line *line);
