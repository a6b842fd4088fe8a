/*
 * Worker processes: whatever looks into an object (parses, decodes, renders)
 * does so in a process of this program of its own, with limits to memory and
 * time, so that a hostile object costs one refusal. Started by posix_spawn,
 * never by a fork of this threaded process; they are handed a file and hand
 * back bytes, and know neither the database nor the network.
 */
#pragma once

#include "base/log.h"
#include "dicom/film_work.h"

typedef struct hr_workers_options {
	const char *program; /* NULL: /proc/self/exe */
	unsigned count;	     /* at most so many at once; started when they are wanted */
	size_t memory_bytes; /* of one; the file it looks into is not counted */
	unsigned seconds;    /* of one piece of work; then it is killed */
	unsigned recycle;    /* a worker ends after so many pieces */
	const hr_log *log;
} hr_workers_options;

typedef struct hr_workers hr_workers;

bool hr_workers_open(const hr_workers_options *options, hr_workers **out, hr_error *err);
void hr_workers_close(hr_workers *workers);

/*
 * Begins all of them, before any is asked: a program takes some 30 ms to begin,
 * which who comes first would wait for. One that fails is begun when it is wanted.
 */
void hr_workers_begin(hr_workers *workers);

/*
 * `fd` is open for reading, and stays the caller's. The answer is valid until
 * the arena is reset (a mapping hangs on it). What the work itself found wrong
 * comes back as its own error; a worker that died is HR_E_SYNTAX ("ended while
 * it was read"), one that took too long HR_E_LIMIT. HR_E_BUSY when none is
 * free within `seconds`.
 */
bool hr_workers_run(hr_workers *workers, hr_work work, int fd, hr_str args, hr_arena *arena,
		    hr_str *out, hr_error *err);

/* What a worker process does: `huren worker`, on the socket that it was given. Does not return
 * before the service has gone. */
int hr_worker_main(int socket);
