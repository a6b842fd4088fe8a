/*
 * Files read whole within limits, and a folder read as a set of named files:
 * the form in which a catalogue travels between disk, git and memory.
 */
#pragma once

#include "base/str.h"

typedef struct hr_file {
	hr_str name; /* path inside the set, '/' between folders: "official/items-lab.xml" */
	hr_str bytes;
} hr_file;

typedef struct hr_fileset {
	const hr_file *files; /* by name, in byte order, no name twice */
	size_t count;
} hr_fileset;

typedef struct hr_fileset_limits {
	size_t file_bytes;
	size_t total_bytes;
	size_t files;
	size_t depth; /* folders below the top */
} hr_fileset_limits;

/* What a catalogue may be, in a folder as in git: 8 MiB a file, 512 MiB, 4096 files, 3 folders
 * deep. */
extern const hr_fileset_limits hr_fileset_catalogue_limits;

/* True for what a name may be in one step of a path: [A-Za-z0-9._-]{1,64}, no dot in front. */
bool hr_file_name_is_safe(hr_str name);

/* `path` of "-" is standard input. HR_E_LIMIT past `limit` bytes. */
bool hr_file_read(const char *path, size_t limit, hr_arena *arena, hr_str *out, hr_error *err);

/* As hr_file_read, but of a longer one the first `limit` bytes; `*cut` tells. */
bool hr_file_read_front(const char *path, size_t limit, hr_arena *arena, hr_str *out, bool *cut,
			hr_error *err);

/*
 * As hr_file_read_front, of a regular file below an open folder: a link in its
 * place is not followed, and a pipe does not hold us. HR_E_UNSUPPORTED for both.
 */
bool hr_file_read_front_at(int folder, const char *path, size_t limit, hr_arena *arena, hr_str *out,
			   bool *cut, hr_error *err);

/*
 * Every regular file below `path` whose name ends in `suffix`. Names that are
 * not safe, and links, are refused, never followed; files that start with a
 * dot or end in another suffix are passed over.
 */
bool hr_fileset_read(const char *path, hr_str suffix, const hr_fileset_limits *limits,
		     hr_arena *arena, hr_fileset *out, hr_error *err);

/* Sorts by name; HR_E_CATALOG when a name stands twice. */
bool hr_fileset_sort(hr_file *files, size_t count, hr_error *err);

/* All of them, however often the system takes but a part. False with errno. */
bool hr_write_all(int fd, hr_str bytes);

/*
 * The disk begins with what was written so far, so that a flush finds less left
 * to do. Does not wait, and promises nothing: only the flush does.
 */
void hr_flush_begin(int fd);

/* As hr_write_all, behind `at` bytes of a file that is flushed later: begins it from time to time.
 */
bool hr_write_early(int fd, uint64_t at, hr_str bytes);

/*
 * Until this is done a power cut can take back a name that was made in, or
 * taken out of, the folder `path` below `parent`.
 */
bool hr_folder_sync(int parent, const char *path, hr_error *err);

/* As hr_folder_sync, of the folder that `path` stands in. */
bool hr_folder_sync_of(const char *path, hr_error *err);

/* Whole or not at all: a temporary beside it, fsync, rename, fsync of the folder. */
bool hr_file_write(const char *path, hr_str bytes, hr_error *err);

/* All files below `path`, which must not exist or be empty; made whole in a folder beside it and
 * renamed. */
bool hr_fileset_write(const char *path, const hr_fileset *set, hr_error *err);
