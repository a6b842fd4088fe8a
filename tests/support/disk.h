/*
 * What a program asks of the disk, written down and disturbed. open, write,
 * fsync, link and their kin are defined in the test's own program, so that
 * libgit2's calls come by here; they go on to the kernel as plain system calls.
 *
 * Calls on paths below the root are numbered from 1, those that only read with
 * them. The journal and the counter live in memory that a fork shares, so that
 * a test can follow a child that it lets be killed.
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
	uint64_t offset;   /* of a write */
	hr_str bytes;
} hr_disk_record;

typedef struct hr_disk_plan {
	unsigned long fail_from; /* these calls fail with `error`; 0: none */
	unsigned long fail_to;
	int error;
	unsigned long kill_at;	/* SIGKILL before this call; 0: never */
	const char *act_before; /* before the first call on a path that ends so */
	void (*act)(void);
} hr_disk_plan;

/* Sets the journal up, empty, for calls below `root`; for this process and its children. */
void hr_disk_open(const char *root);
void hr_disk_close(void);

/* From now the plan holds, and calls are counted anew. The journal goes on. */
void hr_disk_start(const hr_disk_plan *plan);
void hr_disk_stop(void);

/* Calls since the last start, in all processes. */
unsigned long hr_disk_calls(void);

void hr_disk_note(const char *text);

/* The next record of the journal, `*at` being 0 first. False at the end. */
bool hr_disk_next(size_t *at, hr_disk_record *out);
