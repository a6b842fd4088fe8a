#include "service/viewer.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARENA_BYTES = 16 << 20, PIECE_BYTES = 64 << 10, HASH_DIGITS_MIN = 12 };

struct hr_viewer {
	hr_arena *arena;
	hr_viewer_file *files; /* by path */
	size_t count;
	int folders[HR_VIEWER_FOLDERS_MAX];
	size_t folder_count;
};

/* --- what a file is --- */

static const struct {
	hr_str end;
	hr_str type;
} types[] = {
	{ HR_STR_INIT(".html"), HR_STR_INIT("text/html; charset=utf-8") },
	{ HR_STR_INIT(".js"), HR_STR_INIT("text/javascript; charset=utf-8") },
	{ HR_STR_INIT(".css"), HR_STR_INIT("text/css; charset=utf-8") },
	{ HR_STR_INIT(".wasm"), HR_STR_INIT("application/wasm") },
	{ HR_STR_INIT(".json"), HR_STR_INIT("application/json") },
	{ HR_STR_INIT(".jsonc"), HR_STR_INIT("application/json") },
	{ HR_STR_INIT(".webapp"), HR_STR_INIT("application/manifest+json") },
	{ HR_STR_INIT(".svg"), HR_STR_INIT("image/svg+xml") },
	{ HR_STR_INIT(".png"), HR_STR_INIT("image/png") },
	{ HR_STR_INIT(".ico"), HR_STR_INIT("image/x-icon") },
	{ HR_STR_INIT(".woff2"), HR_STR_INIT("font/woff2") },
	{ HR_STR_INIT(".xml"), HR_STR_INIT("application/xml") },
};

static hr_str type_of(hr_str path)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (hr_str_ends_with(path, types[i].end))
			return types[i].type;
	return HR_STR("application/octet-stream");
}

/* A digest in its name, between dots: "app.bundle.0f6159c501addfe9.js", "0ddf166f7a343eda.wasm". */
static bool is_named_by_digest(hr_str name)
{
	size_t digits = 0;

	for (size_t i = 0; i < name.len; i++) {
		const char c = name.data[i];

		if (c == '.' && digits >= HASH_DIGITS_MIN)
			return true;
		digits = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ? digits + 1 : 0;
		if (digits == 0 && c != '.')
			i += hr_str_find(hr_str_slice(name, i, name.len), HR_STR(".")) - 1;
	}
	return false;
}

static bool find_digest(int fd, uint64_t size, hr_digest *out, hr_error *err)
{
	char piece[PIECE_BYTES];
	hr_sha256_run *run = hr_sha256_begin(err);
	uint64_t at = 0;
	ssize_t n = 1;

	while (run && at < size && (n = pread(fd, piece, sizeof(piece), (off_t)at)) > 0) {
		if (!hr_sha256_add(run, (hr_str){ piece, (size_t)n }, err)) {
			(void)hr_sha256_end(run, NULL, err);
			return false;
		}
		at += (uint64_t)n;
	}
	if (!run || !hr_sha256_end(run, out, err))
		return false;
	return at == size || hr_fail(err, HR_E_IO, "a file of the viewer cannot be read");
}

static bool note_bytes(hr_viewer_file *file, hr_error *err)
{
	char text[HR_SHA256_TEXT];
	hr_digest digest;
	hr_buf etag;
	bool ok;
	int fd;

	if (!hr_viewer_open_file(file, &fd, err))
		return false;
	ok = find_digest(fd, file->size, &digest, err);
	close(fd);
	if (!ok)
		return false;
	hr_buf_init_over(&etag, file->etag, sizeof(file->etag));
	hr_buf_addf(&etag, "\"%.64s\"", hr_digest_format(&digest, text).data);
	return true;
}

/* --- the folder --- */

static bool note_file(hr_viewer *viewer, int folder, hr_str path, hr_str name, uint64_t size,
		      hr_error *err)
{
	hr_viewer_file *file = &viewer->files[viewer->count];

	if (viewer->count == HR_VIEWER_FILES_MAX)
		return hr_fail(err, HR_E_LIMIT, "the viewer has more than %d files",
			       HR_VIEWER_FILES_MAX);
	*file = (hr_viewer_file){
		.path = hr_str_copy(viewer->arena, path),
		.folder = folder,
		.type = type_of(path),
		.size = size,
		.is_for_ever = is_named_by_digest(name),
	};
	if (!file->path.data)
		return hr_fail_memory(err);
	file->name = hr_str_slice(file->path, path.len - name.len, path.len);
	viewer->count++;
	return note_bytes(file, err);
}

static bool walk(hr_viewer *viewer, int parent, const char *name, hr_str path, unsigned depth,
		 hr_error *err);

static bool note_entry(hr_viewer *viewer, int folder, const char *name, hr_str front,
		       unsigned depth, hr_error *err)
{
	char text[PATH_MAX];
	struct stat st;
	hr_buf path;

	hr_buf_init_over(&path, text, sizeof(text));
	hr_buf_addf(&path, "%.*s%s%s", HR_STR_ARG(front), front.len ? "/" : "", name);
	if (path.failed)
		return hr_fail(err, HR_E_LIMIT, "a path of the viewer is too long");
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return hr_fail_errno(err, errno, "look at", name);
	if (S_ISDIR(st.st_mode))
		return walk(viewer, folder, name, hr_buf_str(&path), depth + 1, err);
	if (!S_ISREG(st.st_mode))
		return hr_fail(err, HR_E_UNSUPPORTED,
			       "the viewer holds a link, or what is neither file nor folder: '%s'",
			       name);
	return note_file(viewer, folder, hr_buf_str(&path), hr_str_of(name), (uint64_t)st.st_size,
			 err);
}

static bool walk_entries(hr_viewer *viewer, DIR *list, int folder, hr_str path, unsigned depth,
			 hr_error *err)
{
	const struct dirent *entry;

	while ((entry = readdir(list)))
		if (entry->d_name[0] != '.' &&
		    !note_entry(viewer, folder, entry->d_name, path, depth, err))
			return false;
	return true;
}

static bool walk(hr_viewer *viewer, int parent, const char *name, hr_str path, unsigned depth,
		 hr_error *err)
{
	static const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
	DIR *list;
	int fd;
	bool ok;

	if (depth > HR_VIEWER_DEPTH_MAX || viewer->folder_count == HR_VIEWER_FOLDERS_MAX)
		return hr_fail(err, HR_E_LIMIT, "the viewer has more than %d folders, or %d deep",
			       HR_VIEWER_FOLDERS_MAX, HR_VIEWER_DEPTH_MAX);
	fd = openat(parent, name, depth ? flags : flags & ~O_NOFOLLOW);
	if (fd < 0)
		return hr_fail_errno(err, errno, "open the folder", name);
	viewer->folders[viewer->folder_count++] = fd;
	fd = openat(fd, ".", flags);
	list = fd < 0 ? NULL : fdopendir(fd);
	if (!list) {
		hr_fail_errno(err, errno, "read the folder", name);
		if (fd >= 0)
			close(fd);
		return false;
	}
	ok = walk_entries(viewer, list, viewer->folders[viewer->folder_count - 1], path, depth,
			  err);
	closedir(list);
	return ok;
}

/* --- the table --- */

static int by_path(const void *a, const void *b)
{
	return hr_str_compare(((const hr_viewer_file *)a)->path, ((const hr_viewer_file *)b)->path);
}

const hr_viewer_file *hr_viewer_find(const hr_viewer *viewer, hr_str path)
{
	const hr_viewer_file key = { .path = path };

	return bsearch(&key, viewer->files, viewer->count, sizeof(key), by_path);
}

static bool pair_up(hr_viewer *viewer, hr_error *err)
{
	char text[PATH_MAX];
	hr_buf path;

	qsort(viewer->files, viewer->count, sizeof(*viewer->files), by_path);
	for (size_t i = 0; i < viewer->count; i++) {
		hr_buf_init_over(&path, text, sizeof(text));
		hr_buf_add(&path, viewer->files[i].path);
		HR_BUF_ADD(&path, ".gz");
		if (!path.failed)
			viewer->files[i].zipped = hr_viewer_find(viewer, hr_buf_str(&path));
	}
	return hr_viewer_find(viewer, HR_STR("index.html")) ||
	       hr_fail(err, HR_E_INCOMPLETE,
		       "the viewer has no index.html: 'tools/viewer FOLDER' makes one that has");
}

bool hr_viewer_open(const char *folder, hr_viewer **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open(ARENA_BYTES);
	hr_viewer *viewer = arena ? HR_NEW(arena, hr_viewer) : NULL;

	if (!viewer) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	*viewer = (hr_viewer){
		.arena = arena,
		.files = HR_NEW_N(arena, hr_viewer_file, HR_VIEWER_FILES_MAX),
	};
	if ((!viewer->files && !hr_fail_memory(err)) ||
	    !walk(viewer, AT_FDCWD, folder, HR_STR_NONE, 0, err) || !pair_up(viewer, err)) {
		hr_viewer_close(viewer);
		return false;
	}
	*out = viewer;
	return true;
}

void hr_viewer_close(hr_viewer *viewer)
{
	if (!viewer)
		return;
	for (size_t i = 0; i < viewer->folder_count; i++)
		close(viewer->folders[i]);
	hr_arena_close(viewer->arena);
}

bool hr_viewer_open_file(const hr_viewer_file *file, int *out, hr_error *err)
{
	static const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	const int fd = openat(file->folder, file->name.data, flags);
	struct stat st;

	if (fd < 0)
		return hr_fail_errno(err, errno, "open", file->name.data);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size != file->size) {
		close(fd);
		return hr_fail(err, HR_E_IO,
			       "a file of the viewer is not the one that it was: start again");
	}
	*out = fd;
	return true;
}
