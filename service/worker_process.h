/*
 * A process of this program of its own: how it is begun and ended, and how it
 * is held in. It has no environment but a few names, no files but its socket
 * and standard error, no way to the disk, to other processes, to new memory
 * without end.
 */
#pragma once

#include "base/str.h"

#include <sys/types.h>

enum { HR_WORKER_SOCKET = 3 };

typedef struct hr_worker_process {
	pid_t pid; /* 0: none */
	int socket;
} hr_worker_process;

/* `program` NULL: this one. It is called as `PROGRAM worker KIND`. */
bool hr_worker_start(const char *program, const char *kind, hr_worker_process *out, hr_error *err);

/* Kills and reaps it; does nothing when there is none. */
void hr_worker_end(hr_worker_process *process);

/* Tells it to end, and waits at most so long until it has; then as hr_worker_end. */
void hr_worker_wait(hr_worker_process *process, int64_t deadline_ms);

typedef struct hr_worker_limits {
	uint64_t memory_bytes; /* of its own; files that it maps are not counted */
	uint64_t file_bytes;   /* of one that it writes */
	bool connects;	       /* may reach others over the network */
	bool dies_with_parent; /* with the thread that has started it, to be exact */
} hr_worker_limits;

/*
 * Holds the calling process in, for good. What it may not do fails with EPERM,
 * past its memory an allocation fails. Under sanitizers, which need more, less
 * is held back.
 */
bool hr_worker_confine(const hr_worker_limits *limits, hr_error *err);
