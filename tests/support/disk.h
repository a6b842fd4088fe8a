/*
 * What a program asks of the disk, written down and disturbed. open, write,
 * fsync, link and their kin are defined in the test's own program, so that
 * libgit2's calls come by here, or in a library that is loaded in front of
 * another program's (disk_preload.c); they go on to the kernel as plain system
 * calls.
 *
 * Calls on paths below the root are numbered from 1, those that only read with
 * them. The journal and the counter live in memory that a fork shares, or in a
 * file, so that a test can follow a process that it lets be killed. Threads
 * come one after the other, but for the flush itself.
 */
#pragma once

#include "base/str.h"

typedef enum hr_disk_kind {
	HR_DISK_READ, /* only numbered, never in the journal */
	HR_DISK_MKDIR,
	HR_DISK_RMDIR,
	HR_DISK_CREATE,
	HR_DISK_TRUNCATE,
	HR_DISK_WRITE,
	HR_DISK_SYNC,
	HR_DISK_SYNC_ALL,
	HR_DISK_LINK,
	HR_DISK_UNLINK,
	HR_DISK_RENAME,
	HR_DISK_NOTE, /* said by the test: "this was acknowledged" */
} hr_disk_kind;

/* Paths are below the root, "" is the root itself. */
typedef struct hr_disk_record {
	hr_disk_kind kind;
	const char *path;
	const char *other; /* the second path of a link or a rename; a note's text */
	uint64_t offset;   /* of a write; the length that a truncation leaves; of a
			      sync, where in the journal it began */
	hr_str bytes;
	uint64_t at; /* where in the journal it stands */
} hr_disk_record;

typedef struct hr_disk_plan {
	unsigned long fail_from; /* these calls fail with `error`; 0: none */
	unsigned long fail_to;
	int error;
	unsigned long kill_at;	/* SIGKILL before this call; 0: never */
	unsigned sync_us;	/* how long a flush takes at least */
	const char *act_before; /* before the first call on a path that ends so */
	void (*act)(void);
} hr_disk_plan;

/* Sets the journal up, empty, for calls below `root`; for this process and its children. */
void hr_disk_open(const char *root);

/*
 * The same for one process alone, with the journal in a file, which is made
 * anew. Its first word is an errno with which what would write fails as long
 * as it stands there: for another process to set.
 */
void hr_disk_open_file(const char *root, const char *file);

/* Of a process that is gone: for hr_disk_next alone. */
void hr_disk_open_left(const char *file);
void hr_disk_close(void);

/* From now the plan holds, and calls are counted anew. The journal goes on. */
void hr_disk_start(const hr_disk_plan *plan);
void hr_disk_stop(void);

/* Calls since the last start, in all processes. */
unsigned long hr_disk_calls(void);

void hr_disk_note(const char *text);

/* The next record of the journal, `*at` being 0 first. False at the end. */
bool hr_disk_next(size_t *at, hr_disk_record *out);
