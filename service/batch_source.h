/*
 * Where the reports of a batch come from, in an order that is the same each
 * time: the files of a folder by the byte order of their paths, or the lines
 * of a file. By one thread.
 */
#pragma once

#include "base/str.h"

/* A line holds a document of HR_DOCUMENT_MAX, perhaps in base64. */
enum { HR_BATCH_LINE_MAX = 48 * 1024 * 1024 };

typedef struct hr_batch_item {
	hr_str path;	       /* of a file below the folder, NUL-terminated; empty: a line */
	uint64_t line;	       /* its number, from 1 */
	hr_str bytes;	       /* of the line; a file is read by who wants it */
	const hr_error *fault; /* it cannot be had; else NULL */
	bool end;	       /* there is none */
} hr_batch_item;

/* How far it was read. */
typedef struct hr_batch_place {
	uint64_t inputs;
	uint64_t units;	 /* bytes of lines, or files: of the total */
	uint64_t digest; /* of the lines or the paths: is it the same input? */
} hr_batch_place;

typedef struct hr_batch_source hr_batch_source;

/* `path` of "-" is standard input. The source ends early when `stop_fd` becomes readable; -1: none.
 */
bool hr_batch_source_open(const char *path, int stop_fd, hr_batch_source **out, hr_error *err);
void hr_batch_source_close(hr_batch_source *source);

/* Into the arena. Blank lines are passed over. HR_E_IO, HR_E_MEMORY: the batch cannot go on. */
bool hr_batch_source_next(hr_batch_source *source, hr_arena *arena, hr_batch_item *out,
			  hr_error *err);

/* Of lines: stands one, and no blank one, in what was read, so that nobody has to wait for it? */
bool hr_batch_source_is_ready(const hr_batch_source *source);

hr_batch_place hr_batch_source_place(const hr_batch_source *source);

/* Has it been told to end early? */
bool hr_batch_source_is_stopped(hr_batch_source *source);

/*
 * To a place where it was before. HR_E_EXISTS when other lines or paths stand
 * before it now. When it is told to end on the way, its place is another.
 */
bool hr_batch_source_skip(hr_batch_source *source, const hr_batch_place *place, hr_error *err);

/* Of hr_file_read_front_at, for items with a path. */
int hr_batch_source_folder(const hr_batch_source *source);

/* The units of all of it, looked up now; 0: not known. */
uint64_t hr_batch_source_total(const hr_batch_source *source);
