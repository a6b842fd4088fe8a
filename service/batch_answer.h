/* One input of a batch to its line of output. */
#pragma once

#include "service/batch_source.h"
#include "service/batch_tally.h"

/* A worker's own: parsers and memory, used again for each input. */
typedef struct hr_batch_worker {
	const hr_catalog *catalog;
	const hr_question *question;
	const hr_tally *tally; /* for the places of its counters */
	bool explain;
	int folder; /* of items with a path */
	hr_reader *reader;
	hr_json_parser *json;
	hr_arena *arena;
} hr_batch_worker;

/* Fills the last three. hr_batch_worker_close, whether it succeeds or not. */
bool hr_batch_worker_open(hr_batch_worker *worker, hr_error *err);
void hr_batch_worker_close(hr_batch_worker *worker);

/*
 * The line, which is the worker's until its next call; what it counts is added
 * to `notes`. Fails only when memory is short on our side.
 */
bool hr_batch_answer(hr_batch_worker *worker, const hr_batch_item *item, hr_str *line,
		     hr_buf *notes, hr_error *err);
