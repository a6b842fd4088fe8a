/*
 * Very many reports, one after the other: one thread finds them, as many as
 * there are processors verify them, one writes the answers, in the order of the
 * input. What is under way is bounded, so a million reports take the memory of
 * ten thousand.
 *
 * An answer is a line of JSON, as batch.schema.json says:
 *	{"input":"2025/a.xml","outcome":"recognised","reports":[...]}
 *	{"line":7,"id":"R-7","outcome":"undecided","reports":[...]}
 *	{"line":8,"error":{"code":"malformed","title":...,"titleZh":...,"detail":...}}
 * Each report in it is as hr_verdict_format_brief writes it; explained, there
 * are `verdicts` in their place, as hr_verdict_format_json writes them. `outcome`
 * is the worst of them. A line of input is a document, or
 * {"id": "R-7", "document": "text"} or {"id": "R-7", "base64": "..."} around one.
 */
#pragma once

#include "service/batch_state.h"

typedef struct hr_batch_progress {
	uint64_t inputs;   /* answered, with those of earlier runs */
	uint64_t answered; /* by this run */
	uint64_t units;	   /* of input: bytes or files; of this run alone */
	uint64_t left;	   /* of them; 0: not known */
	double seconds;	   /* of this run */
} hr_batch_progress;

typedef struct hr_batch_options {
	const char *input;  /* a folder, a file of lines, "-" */
	const char *output; /* NULL: standard output */
	const char *state;  /* with an output, to go on after an end; NULL: none */
	const hr_catalog *catalog;
	bool explain;	      /* the whole verdicts; else outcomes and the codes of reasons */
	hr_question question; /* one that goes on is as of the time it was begun */
	hr_str made_of;	      /* a digest of the question and what else a line depends on */
	unsigned threads;
	int stop_fd; /* once it is readable, what is under way is finished, and no more; -1 */
	/* From one thread, at most twice a second; NULL. */
	void (*progress)(void *context, const hr_batch_progress *progress);
	void *context;
} hr_batch_options;

typedef struct hr_batch_outcome {
	hr_tally tally;
	hr_instant at;
	hr_batch_progress progress;
	bool stopped; /* early, by stop_fd */
} hr_batch_outcome;

/*
 * What one report is guilty of is in its answer. Fails for what is nobody's
 * fault but ours: the input, the output or the state cannot be read or written
 * (hr_batch_state_read, hr_batch_output_open), or memory is short. Then the
 * state is that of the last save.
 */
bool hr_batch_run(const hr_batch_options *options, hr_arena *arena, hr_batch_outcome *out,
		  hr_error *err);
