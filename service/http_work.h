/*
 * Threads for what takes long: a document of many megabytes, a disk, a worker.
 * A thread of the server has many connections, and all of them would wait for
 * it.
 */
#pragma once

#include "base/error.h"

#include <stdbool.h>

typedef struct hr_arena hr_arena;
typedef struct hr_http_work hr_http_work;

/* Lies with its owner until it was done. */
typedef struct hr_http_job {
	struct hr_http_job *next;
	void (*run)(struct hr_http_job *job, bool stopping);
	void *subject;
} hr_http_job;

bool hr_http_work_open(unsigned threads, hr_arena *arena, hr_http_work **out, hr_error *err);

/* In the order they came. After it was stopped: false, and nothing is taken. */
bool hr_http_work_give(hr_http_work *work, hr_http_job *job);

/* Ends the jobs that run; each that waits is run with `stopping`, to give up. Also of NULL. */
void hr_http_work_stop(hr_http_work *work);

/* Stopped before. */
void hr_http_work_close(hr_http_work *work);
