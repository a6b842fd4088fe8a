#include "service/batch_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A name, a slash and NUL. A folder's name ends in a slash, so that paths sort as they are read. */
enum { NAME_ROOM = NAME_MAX + 2 };

/* An open folder on the way, and those of its names that come next. */
struct level {
	DIR *dir;
	char **names; /* kept for the next folder that is as deep */
	size_t count;
	size_t at;
	bool has_more;	 /* names after these were left for another round */
	size_t path_len; /* of the way to it */
	char last[NAME_ROOM];
};

struct hr_batch_folder {
	hr_arena *arena; /* holds this struct */
	size_t names_max;
	int fd;
	size_t depth;
	struct level levels[HR_BATCH_DEPTH_MAX];
	char path[PATH_MAX];
};

/* --- the first names after the last: a heap, the greatest on top --- */

static void sift_down(char **names, size_t count, size_t at)
{
	for (;;) {
		size_t child = 2 * at + 1;
		char *name = names[at];

		if (child >= count)
			return;
		if (child + 1 < count && strcmp(names[child], names[child + 1]) < 0)
			child++;
		if (strcmp(name, names[child]) >= 0)
			return;
		names[at] = names[child];
		names[child] = name;
		at = child;
	}
}

static void add_name(struct level *level, size_t max, const char *name)
{
	if (strcmp(name, level->last) <= 0)
		return;
	if (level->count < max) {
		snprintf(level->names[level->count++], NAME_ROOM, "%s", name);
		for (size_t i = max / 2; level->count == max && i-- > 0;)
			sift_down(level->names, max, i);
		return;
	}
	level->has_more = true;
	if (strcmp(name, level->names[0]) < 0) {
		snprintf(level->names[0], NAME_ROOM, "%s", name);
		sift_down(level->names, max, 0);
	}
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* --- a folder's entries --- */

static bool is_folder(int fd, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* The next that is not hidden; NULL at the end, with errno when that came too early. */
static const struct dirent *read_entry(DIR *dir)
{
	const struct dirent *entry;

	do {
		errno = 0;
		entry = readdir(dir);
	} while (entry && entry->d_name[0] == '.');
	return entry;
}

/* One round through the folder. */
static bool fill(const hr_batch_folder *folder, struct level *level, hr_error *err)
{
	const struct dirent *entry;
	char name[NAME_ROOM];

	if (level->count)
		snprintf(level->last, sizeof(level->last), "%s", level->names[level->count - 1]);
	level->count = 0;
	level->at = 0;
	level->has_more = false;
	rewinddir(level->dir);
	while ((entry = read_entry(level->dir))) {
		snprintf(name, sizeof(name), "%s%s", entry->d_name,
			 is_folder(dirfd(level->dir), entry) ? "/" : "");
		add_name(level, folder->names_max, name);
	}
	if (errno)
		return hr_fail_errno(err, errno, "read folder", folder->path);
	if (level->count)
		qsort(level->names, level->count, sizeof(*level->names), compare_names);
	return true;
}

/* --- the way --- */

static bool make_room(hr_batch_folder *folder, struct level *level, hr_error *err)
{
	char *room;

	if (level->names)
		return true;
	room = hr_arena_alloc_raw(folder->arena, folder->names_max * NAME_ROOM);
	level->names = HR_NEW_N(folder->arena, char *, folder->names_max);
	if (!room || !level->names) {
		level->names = NULL;
		return hr_fail_memory(err);
	}
	for (size_t i = 0; i < folder->names_max; i++)
		level->names[i] = room + i * NAME_ROOM;
	return true;
}

static void leave(hr_batch_folder *folder)
{
	closedir(folder->levels[--folder->depth].dir);
}

/* Takes `fd`. */
static bool enter(hr_batch_folder *folder, int fd, hr_error *err)
{
	struct level *level = &folder->levels[folder->depth];

	if (!make_room(folder, level, err)) {
		close(fd);
		return false;
	}
	level->dir = fdopendir(fd);
	if (!level->dir) {
		hr_fail_errno(err, errno, "read folder", folder->path);
		close(fd);
		return false;
	}
	level->count = 0;
	level->last[0] = '\0';
	level->path_len = strlen(folder->path);
	folder->depth++;
	if (fill(folder, level, err))
		return true;
	leave(folder);
	return false;
}

static bool enter_below(hr_batch_folder *folder, hr_error *err)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd;

	if (folder->depth == HR_BATCH_DEPTH_MAX)
		return hr_fail(err, HR_E_LIMIT, "folder '%s' lies over %d folders deep",
			       folder->path, HR_BATCH_DEPTH_MAX);
	fd = openat(folder->fd, folder->path, flags);
	if (fd < 0)
		return hr_fail_errno(err, errno, "open folder", folder->path);
	return enter(folder, fd, err);
}

bool hr_batch_folder_open(const char *path, size_t names_max, hr_batch_folder **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open(SIZE_MAX);
	hr_batch_folder *folder = arena ? HR_NEW(arena, hr_batch_folder) : NULL;
	int fd;

	if (!folder) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	folder->arena = arena;
	folder->names_max = names_max;
	folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder->fd < 0) {
		hr_arena_close(arena);
		return hr_fail_errno(err, errno, "open folder", path);
	}
	fd = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		hr_fail_errno(err, errno, "open folder", path);
	if (fd < 0 || !enter(folder, fd, err)) {
		hr_batch_folder_close(folder);
		return false;
	}
	*out = folder;
	return true;
}

void hr_batch_folder_close(hr_batch_folder *folder)
{
	if (!folder)
		return;
	while (folder->depth)
		leave(folder);
	close(folder->fd);
	hr_arena_close(folder->arena);
}

int hr_batch_folder_fd(const hr_batch_folder *folder)
{
	return folder->fd;
}

static bool give(const hr_batch_folder *folder, const hr_error *fault, hr_arena *arena,
		 hr_batch_entry *out, hr_error *err)
{
	hr_batch_entry entry = { .path = hr_str_copy(arena, hr_str_of(folder->path)) };

	if (fault)
		entry.fault = hr_arena_copy(arena, fault, sizeof(*fault));
	if (!entry.path.data || (fault && !entry.fault))
		return hr_fail_memory(err);
	*out = entry;
	return true;
}

/* The path to the level's next name. */
static bool step(hr_batch_folder *folder, struct level *level, hr_error *err)
{
	const char *name = level->names[level->at++];
	size_t room = sizeof(folder->path) - level->path_len;

	snprintf(folder->path + level->path_len, room, "%s", name);
	if (strlen(name) >= room)
		return hr_fail(err, HR_E_LIMIT, "a path is over %zu bytes long",
			       sizeof(folder->path) - 1);
	return true;
}

bool hr_batch_folder_next(hr_batch_folder *folder, hr_arena *arena, hr_batch_entry *out,
			  hr_error *err)
{
	while (folder->depth) {
		struct level *level = &folder->levels[folder->depth - 1];
		hr_error fault;

		folder->path[level->path_len] = '\0';
		if (level->at == level->count && level->has_more) {
			if (fill(folder, level, &fault))
				continue;
			leave(folder);
			return give(folder, &fault, arena, out, err);
		}
		if (level->at == level->count) {
			leave(folder);
			continue;
		}
		if (!step(folder, level, &fault))
			return give(folder, &fault, arena, out, err);
		if (!hr_str_ends_with(hr_str_of(folder->path), HR_STR("/")))
			return give(folder, NULL, arena, out, err);
		if (!enter_below(folder, &fault))
			return fault.code == HR_E_MEMORY ? hr_fail_memory(err)
							 : give(folder, &fault, arena, out, err);
	}
	*out = (hr_batch_entry){ .path = HR_STR_NONE };
	return true;
}

/* --- how many --- */

/* Takes `fd`, which may be -1: then nothing is counted. */
static uint64_t count_files(int fd, size_t depth)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	uint64_t count = 0;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while ((entry = read_entry(dir))) {
		if (!is_folder(fd, entry))
			count++;
		else if (depth < HR_BATCH_DEPTH_MAX)
			count += count_files(openat(fd, entry->d_name, flags), depth + 1);
	}
	closedir(dir);
	return count;
}

uint64_t hr_batch_folder_count(const hr_batch_folder *folder)
{
	return count_files(openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), 1);
}
