/*
 * The files of a folder and of the folders below it, one after the other, in
 * the byte order of their paths, whatever order the disk holds them in. A
 * folder may hold millions: at most `names_max` names of each are in memory,
 * and it is gone through once for every so many of its entries.
 *
 * What starts with a dot is passed over.
 */
#pragma once

#include "base/str.h"

enum { HR_BATCH_NAMES = 32768, HR_BATCH_DEPTH_MAX = 32 };

typedef struct hr_batch_folder hr_batch_folder;

/* HR_E_NOT_FOUND, HR_E_IO: it cannot be opened. */
bool hr_batch_folder_open(const char *path, size_t names_max, hr_batch_folder **out, hr_error *err);
void hr_batch_folder_close(hr_batch_folder *folder);

/* Of the folder itself, for hr_file_read_front_at. */
int hr_batch_folder_fd(const hr_batch_folder *folder);

typedef struct hr_batch_entry {
	hr_str path;	       /* from the folder on, NUL-terminated; empty: there are no more */
	const hr_error *fault; /* a folder on the way cannot be read; NULL: it is a file */
} hr_batch_entry;

/* Into the arena. Fails only when memory is short. */
bool hr_batch_folder_next(hr_batch_folder *folder, hr_arena *arena, hr_batch_entry *out,
			  hr_error *err);

/* How many files there are, for who wants to say how long it will take. */
uint64_t hr_batch_folder_count(const hr_batch_folder *folder);
