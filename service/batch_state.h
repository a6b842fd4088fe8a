/*
 * What a batch keeps on disk: the output, and a small file that says how far
 * the output is whole. The state is replaced whole or not at all, after what
 * it speaks of has reached the disk; so whenever a run ends, the next one cuts
 * the output there and goes on, and no byte is other than it would have been.
 */
#pragma once

#include "service/batch_source.h"
#include "service/batch_tally.h"

typedef struct hr_batch_state {
	hr_str made_of; /* what else the lines depend on, as a digest */
	hr_instant at;	/* the time of the decision */
	hr_batch_place place;
	uint64_t output_bytes;
} hr_batch_state;

bool hr_batch_state_write(const char *path, const hr_batch_state *state, const hr_tally *tally,
			  hr_arena *arena, hr_error *err);

/*
 * HR_E_NOT_FOUND when there is none. HR_E_EXISTS for the state of another
 * catalogue than the tally's, or made of something else than `made_of`.
 */
bool hr_batch_state_read(const char *path, hr_str made_of, hr_arena *arena, hr_batch_state *out,
			 hr_tally *tally, hr_error *err);

/*
 * The file for the output, for this run alone: HR_E_EXISTS while another one
 * has it. NULL is standard output.
 */
bool hr_batch_output_open(const char *path, int *out, hr_error *err);

/*
 * To go on after `bytes`; HR_E_EXISTS when it is shorter. -1, to begin:
 * HR_E_EXISTS when it holds something.
 */
bool hr_batch_output_cut(int fd, const char *path, int64_t bytes, hr_error *err);

/* `name` is for the error. */
bool hr_batch_output_write(int fd, const char *name, hr_str bytes, hr_error *err);

/* What was written reaches the disk. */
bool hr_batch_output_sync(int fd, const char *name, hr_error *err);
