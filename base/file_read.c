/*
 * Reading: a file whole or its front, and a folder as a set.
 */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_READ = 4096, NAME_MAX_BYTES = 64, FIRST_FILES = 64 };

const hr_fileset_limits hr_fileset_catalogue_limits = {
	.file_bytes = (size_t)8 << 20,
	.total_bytes = (size_t)512 << 20,
	.files = 4096,
	.depth = 3,
};

static bool is_safe_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '_' || c == '-';
}

bool hr_file_name_is_safe(hr_str name)
{
	if (name.len == 0 || name.len > NAME_MAX_BYTES || name.data[0] == '.')
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!is_safe_char(name.data[i]))
			return false;
	return true;
}

/*
 * One file
 */

/* What a file has said of its size is a hint: it may grow, shrink, or be a pipe. */
static size_t size_hint(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size <= 0)
		return FIRST_READ;
	return (size_t)st.st_size;
}

static bool fail_over_limit(hr_error *err, const char *path, size_t limit)
{
	return hr_fail(err, HR_E_LIMIT, "'%s' is over %zu bytes", path, limit);
}

static ssize_t read_some(int fd, char *data, size_t room)
{
	ssize_t got;

	do
		got = read(fd, data, room);
	while (got < 0 && errno == EINTR);
	return got;
}

/*
 * One byte more room than is expected, so that the end is seen without
 * growing. `cut` NULL: what is over the limit is refused.
 */
static bool read_fd(int fd, const char *path, size_t limit, bool *cut, hr_arena *arena, hr_str *out,
		    hr_error *err)
{
	size_t room = size_hint(fd);
	size_t len = 0;
	char *data;

	if (room > limit && room > FIRST_READ) {
		if (!cut)
			return fail_over_limit(err, path, limit);
		room = limit;
	}
	data = hr_arena_alloc_text(arena, ++room);
	while (data) {
		ssize_t got = read_some(fd, data + len, room - len);

		if (got < 0)
			return hr_fail_errno(err, errno, "read", path);
		len += (size_t)got;
		if (len > limit && !cut)
			return fail_over_limit(err, path, limit);
		if (got == 0 || len > limit) {
			if (cut)
				*cut = len > limit;
			*out = (hr_str){ data, len > limit ? limit : len };
			return true;
		}
		if (len == room) {
			char *larger = hr_arena_alloc_text(arena, room * 2);

			if (larger)
				memcpy(larger, data, len);
			data = larger;
			room *= 2;
		}
	}
	return hr_fail_memory(err);
}

static bool read_path(const char *path, size_t limit, bool *cut, hr_arena *arena, hr_str *out,
		      hr_error *err)
{
	bool ok;
	int fd;

	if (strcmp(path, "-") == 0)
		return read_fd(STDIN_FILENO, "standard input", limit, cut, arena, out, err);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return hr_fail_errno(err, errno, "open", path);
	ok = read_fd(fd, path, limit, cut, arena, out, err);
	close(fd);
	return ok;
}

bool hr_file_read(const char *path, size_t limit, hr_arena *arena, hr_str *out, hr_error *err)
{
	return read_path(path, limit, NULL, arena, out, err);
}

bool hr_file_read_front(const char *path, size_t limit, hr_arena *arena, hr_str *out, bool *cut,
			hr_error *err)
{
	return read_path(path, limit, cut, arena, out, err);
}

static bool read_regular(int fd, const char *path, size_t limit, bool *cut, hr_arena *arena,
			 hr_str *out, hr_error *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return hr_fail_errno(err, errno, "read", path);
	if (!S_ISREG(st.st_mode))
		return hr_fail(err, HR_E_UNSUPPORTED, "'%s' is not a regular file", path);
	return read_fd(fd, path, limit, cut, arena, out, err);
}

bool hr_file_read_front_at(int folder, const char *path, size_t limit, hr_arena *arena, hr_str *out,
			   bool *cut, hr_error *err)
{
	const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = openat(folder, path, flags);
	bool ok;

	if (fd < 0 && errno == ELOOP)
		return hr_fail(err, HR_E_UNSUPPORTED, "'%s' is a link, which is never followed",
			       path);
	if (fd < 0)
		return hr_fail_errno(err, errno, "open", path);
	ok = read_regular(fd, path, limit, cut, arena, out, err);
	close(fd);
	return ok;
}

/*
 * A folder as a set
 */

struct walk {
	size_t top_len; /* of every path's beginning, which is no part of a name in the set */
	hr_str suffix;
	const hr_fileset_limits *limits;
	hr_arena *arena;
	hr_file *files;
	size_t count;
	size_t room;
	size_t folders;
	size_t bytes;
};

/* An entry that was met: of which open folder, and its path for people. */
struct entry {
	int folder;
	const char *name;
	const char *path;
	size_t depth;
};

static void DIR_auto_close(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static bool check_entry_name(const struct entry *entry, hr_error *err)
{
	if (!hr_file_name_is_safe(hr_str_of(entry->name)))
		return hr_fail(err, HR_E_CATALOG,
			       "the name of '%s' is not safe: use 1 to %d of A-Z a-z 0-9 . _ -",
			       entry->path, NAME_MAX_BYTES);
	return true;
}

static bool add_file(struct walk *walk, hr_file file, hr_error *err)
{
	if (walk->count == walk->room) {
		size_t room = walk->room ? walk->room * 2 : FIRST_FILES;
		hr_file *files = HR_NEW_N(walk->arena, hr_file, room);

		if (!files)
			return hr_fail_memory(err);
		if (walk->count)
			memcpy(files, walk->files, walk->count * sizeof(*files));
		walk->files = files;
		walk->room = room;
	}
	walk->files[walk->count++] = file;
	walk->bytes += file.bytes.len;
	return true;
}

/* The file may have been changed for something else since it was looked at: looks again. */
static bool read_entry(struct walk *walk, int fd, const char *path, hr_error *err)
{
	size_t left = walk->limits->total_bytes - walk->bytes;
	size_t limit = left < walk->limits->file_bytes ? left : walk->limits->file_bytes;
	hr_file file = { .name = hr_str_of(path + walk->top_len + 1) };
	struct stat st;

	if (fstat(fd, &st) != 0)
		return hr_fail_errno(err, errno, "read", path);
	if (!S_ISREG(st.st_mode))
		return hr_fail(err, HR_E_CATALOG, "'%s' is not a regular file", path);
	if (read_fd(fd, path, limit, NULL, walk->arena, &file.bytes, err))
		return add_file(walk, file, err);
	if (err->code == HR_E_LIMIT && limit < walk->limits->file_bytes)
		return hr_fail(err, HR_E_LIMIT, "with '%s' the files are over %zu bytes", path,
			       walk->limits->total_bytes);
	return false;
}

static bool walk_file(struct walk *walk, const struct entry *entry, hr_error *err)
{
	bool ok;
	int fd;

	if (!check_entry_name(entry, err))
		return false;
	if (walk->count == walk->limits->files)
		return hr_fail(err, HR_E_LIMIT, "with '%s' there are over %zu files", entry->path,
			       walk->limits->files);
	/* O_NONBLOCK: a pipe put in the file's place must not hold us. */
	fd = openat(entry->folder, entry->name,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return hr_fail_errno(err, errno, "open", entry->path);
	ok = read_entry(walk, fd, entry->path, err);
	close(fd);
	return ok;
}

static bool walk_folder(struct walk *walk, int fd, const char *path, size_t depth, hr_error *err);

static bool walk_subfolder(struct walk *walk, const struct entry *entry, hr_error *err)
{
	int fd;

	if (!check_entry_name(entry, err))
		return false;
	if (entry->depth > walk->limits->depth)
		return hr_fail(err, HR_E_LIMIT, "folder '%s' lies over %zu folders deep",
			       entry->path, walk->limits->depth);
	/* Folders are not in the set, but a tree of empty ones would never end. */
	if (walk->folders++ == walk->limits->files)
		return hr_fail(err, HR_E_LIMIT, "with '%s' there are over %zu folders", entry->path,
			       walk->limits->files);
	fd = openat(entry->folder, entry->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return hr_fail_errno(err, errno, "open folder", entry->path);
	return walk_folder(walk, fd, entry->path, entry->depth, err);
}

static const char *join(hr_arena *arena, const char *folder, const char *name)
{
	size_t room = strlen(folder) + strlen(name) + 2;
	char *path = hr_arena_alloc_text(arena, room);

	if (path)
		snprintf(path, room, "%s/%s", folder, name);
	return path;
}

static bool walk_entry(struct walk *walk, struct entry entry, const char *parent, hr_error *err)
{
	struct stat st;

	if (fstatat(entry.folder, entry.name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return hr_fail_errno(err, errno, "look at an entry of", parent);
	if (!S_ISDIR(st.st_mode) && !S_ISLNK(st.st_mode) &&
	    !hr_str_ends_with(hr_str_of(entry.name), walk->suffix))
		return true;
	entry.path = join(walk->arena, parent, entry.name);
	if (!entry.path)
		return hr_fail_memory(err);
	if (S_ISLNK(st.st_mode))
		return hr_fail(err, HR_E_CATALOG, "'%s' is a link, which is never followed",
			       entry.path);
	if (S_ISDIR(st.st_mode))
		return walk_subfolder(walk, &entry, err);
	return walk_file(walk, &entry, err);
}

/* Takes `fd`. */
static bool walk_folder(struct walk *walk, int fd, const char *path, size_t depth, hr_error *err)
{
	HR_AUTO(DIR) dir = fdopendir(fd);
	const struct dirent *found;

	if (!dir) {
		hr_fail_errno(err, errno, "read folder", path);
		close(fd);
		return false;
	}
	while (errno = 0, (found = readdir(dir))) {
		struct entry entry = { .folder = fd, .name = found->d_name, .depth = depth + 1 };

		if (entry.name[0] != '.' && !walk_entry(walk, entry, path, err))
			return false;
	}
	if (errno)
		return hr_fail_errno(err, errno, "read folder", path);
	return true;
}

/* "folder/" is shown as "folder". */
static char *without_slashes(hr_arena *arena, const char *path)
{
	hr_str top = hr_str_of(path);

	while (top.len > 1 && top.data[top.len - 1] == '/')
		top.len--;
	return hr_str_terminated(arena, top);
}

bool hr_fileset_read(const char *path, hr_str suffix, const hr_fileset_limits *limits,
		     hr_arena *arena, hr_fileset *out, hr_error *err)
{
	struct walk walk = { .suffix = suffix, .limits = limits, .arena = arena };
	const char *top = without_slashes(arena, path);
	int fd;

	if (!top)
		return hr_fail_memory(err);
	walk.top_len = strlen(top);
	fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return hr_fail_errno(err, errno, "open folder", top);
	if (!walk_folder(&walk, fd, top, 0, err) || !hr_fileset_sort(walk.files, walk.count, err))
		return false;
	*out = (hr_fileset){ walk.files, walk.count };
	return true;
}

static int compare_names(const void *a, const void *b)
{
	return hr_str_compare(((const hr_file *)a)->name, ((const hr_file *)b)->name);
}

bool hr_fileset_sort(hr_file *files, size_t count, hr_error *err)
{
	if (count == 0)
		return true;
	qsort(files, count, sizeof(*files), compare_names);
	for (size_t i = 1; i < count; i++)
		if (hr_str_equal(files[i - 1].name, files[i].name))
			return hr_fail(err, HR_E_CATALOG, "file '%.*s' stands twice",
				       HR_STR_ARG(files[i].name));
	return true;
}
