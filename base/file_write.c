/*
 * Writing. What is not finished stands under a name of its own in the folder
 * of the target; a crash can leave such a name behind, never half a target.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

struct target {
	char folder[PATH_MAX]; /* in which the target is to stand */
	char work[PATH_MAX];   /* where it is made */
};

/* The path is never resolved, so "", ".", ".." and "/" name nothing that can be written. */
static bool plan_target(const char *path, struct target *target, hr_error *err)
{
	hr_str folder = hr_str_of(path);
	size_t end = folder.len;
	hr_str base;
	uint64_t number;

	while (end && path[end - 1] == '/')
		end--;
	for (folder.len = end; folder.len && path[folder.len - 1] != '/';)
		folder.len--;
	base = (hr_str){ path + folder.len, end - folder.len };
	if (base.len == 0 || hr_str_equal(base, HR_STR(".")) || hr_str_equal(base, HR_STR("..")))
		return hr_fail(err, HR_E_USAGE, "'%s' does not end in a name to write to", path);
	if (folder.len == 0)
		folder = HR_STR("./");
	if (folder.len > PATH_MAX - 64)
		return hr_fail_errno(err, ENAMETOOLONG, "write", path);
	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		return hr_fail_errno(err, errno, "draw", "random numbers");
	snprintf(target->folder, PATH_MAX, "%.*s", HR_STR_ARG(folder));
	snprintf(target->work, PATH_MAX, "%.*s.huren-%016" PRIx64, HR_STR_ARG(folder), number);
	return true;
}

bool hr_write_all(int fd, hr_str bytes)
{
	while (bytes.len) {
		ssize_t put = write(fd, bytes.data, bytes.len);

		if (put < 0 && errno != EINTR)
			return false;
		if (put > 0)
			bytes = hr_str_slice(bytes, (size_t)put, bytes.len);
	}
	return true;
}

/* A fault of it is not looked at: the flush tells. */
void hr_flush_begin(int fd)
{
	sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

/* Smaller steps cost more than they hide: each is an extent to be found, and a completion. */
bool hr_write_early(int fd, uint64_t at, hr_str bytes)
{
	enum { STEP = 4 << 20 };

	if (!hr_write_all(fd, bytes))
		return false;
	if (at / STEP != (at + bytes.len) / STEP)
		hr_flush_begin(fd);
	return true;
}

/* `shown` is the name that the caller knows. */
static bool write_new(int folder, const char *name, const char *shown, hr_str bytes, hr_error *err)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	int errnum = 0;

	if (fd < 0)
		return hr_fail_errno(err, errno, "create", shown);
	if (!hr_write_all(fd, bytes) || fsync(fd) != 0)
		errnum = errno;
	if (close(fd) != 0 && !errnum)
		errnum = errno;
	if (errnum)
		return hr_fail_errno(err, errnum, "write", shown);
	return true;
}

bool hr_folder_sync(int parent, const char *path, hr_error *err)
{
	int fd = openat(parent, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return hr_fail_errno(err, errno, "open folder", path);
	/* EINVAL: a file system that has nothing to flush. */
	ok = fsync(fd) == 0 || errno == EINVAL || hr_fail_errno(err, errno, "flush folder", path);
	close(fd);
	return ok;
}

bool hr_folder_sync_of(const char *path, hr_error *err)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX];

	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) + 1 : 1,
		 slash ? path : ".");
	return hr_folder_sync(AT_FDCWD, folder, err);
}

/* A rename would put a file in the place of /dev/null. */
static bool check_replaceable(const char *path, hr_error *err)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT || hr_fail_errno(err, errno, "write", path);
	if (!S_ISREG(st.st_mode))
		return hr_fail(err, HR_E_EXISTS, "'%s' is not a regular file", path);
	return true;
}

bool hr_file_write(const char *path, hr_str bytes, hr_error *err)
{
	struct target target;

	if (!plan_target(path, &target, err) || !check_replaceable(path, err))
		return false;
	if (!write_new(AT_FDCWD, target.work, path, bytes, err)) {
		unlink(target.work);
		return false;
	}
	if (rename(target.work, path) != 0) {
		hr_fail_errno(err, errno, "write", path);
		unlink(target.work);
		return false;
	}
	return hr_folder_sync(AT_FDCWD, target.folder, err);
}

static bool check_name_in_set(hr_str name, hr_error *err)
{
	size_t from = 0;

	if (name.len >= PATH_MAX)
		return hr_fail(err, HR_E_CATALOG, "a file's name is %zu bytes long", name.len);
	for (size_t i = 0; i <= name.len; i++) {
		if (i < name.len && name.data[i] != '/')
			continue;
		if (!hr_file_name_is_safe(hr_str_slice(name, from, i)))
			return hr_fail(err, HR_E_CATALOG, "file name '%.*s' is not safe",
				       HR_STR_ARG(name));
		from = i + 1;
	}
	return true;
}

static bool make_folder(int top, const char *path, hr_error *err)
{
	if (mkdirat(top, path, 0777) != 0)
		return hr_fail_errno(err, errno, "create folder", path);
	return true;
}

/* Calls `act` for the folders on the way to file `i` that its forerunner is not in. */
static bool each_new_folder(int top, const hr_fileset *set, size_t i,
			    bool (*act)(int top, const char *path, hr_error *err), hr_error *err)
{
	hr_str name = set->files[i].name;
	char path[PATH_MAX];

	for (size_t at = 0; at < name.len; at++) {
		if (name.data[at] != '/')
			continue;
		if (i && hr_str_starts_with(set->files[i - 1].name, hr_str_slice(name, 0, at + 1)))
			continue;
		snprintf(path, sizeof(path), "%.*s", HR_STR_ARG(hr_str_slice(name, 0, at)));
		if (!act(top, path, err))
			return false;
	}
	return true;
}

static bool write_set(int top, const hr_fileset *set, hr_error *err)
{
	for (size_t i = 0; i < set->count; i++) {
		const hr_file *file = &set->files[i];
		char name[PATH_MAX];

		if (!check_name_in_set(file->name, err) ||
		    !each_new_folder(top, set, i, make_folder, err))
			return false;
		snprintf(name, sizeof(name), "%.*s", HR_STR_ARG(file->name));
		if (!write_new(top, name, name, file->bytes, err))
			return false;
	}
	for (size_t i = 0; i < set->count; i++)
		if (!each_new_folder(top, set, i, hr_folder_sync, err))
			return false;
	return hr_folder_sync(top, ".", err);
}

static bool fill_work(const char *work, const hr_fileset *set, hr_error *err)
{
	int top = open(work, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok;

	if (top < 0)
		return hr_fail_errno(err, errno, "open folder", work);
	ok = write_set(top, set, err);
	close(top);
	return ok;
}

/* rename(2) takes the place of an empty folder and of nothing else. */
static bool put_in_place(const char *work, const char *path, hr_error *err)
{
	if (rename(work, path) == 0)
		return true;
	if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR)
		return hr_fail(err, HR_E_EXISTS, "'%s' exists and is not an empty folder", path);
	return hr_fail_errno(err, errno, "write folder", path);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

bool hr_fileset_write(const char *path, const hr_fileset *set, hr_error *err)
{
	struct target target;

	if (!plan_target(path, &target, err))
		return false;
	if (mkdir(target.work, 0777) != 0)
		return hr_fail_errno(err, errno, "create folder", path);
	if (!fill_work(target.work, set, err) || !put_in_place(target.work, path, err)) {
		nftw(target.work, remove_one, 8, FTW_DEPTH | FTW_PHYS);
		return false;
	}
	return hr_folder_sync(AT_FDCWD, target.folder, err);
}
