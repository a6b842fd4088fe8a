#include "service/state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

const char *hr_state_path(const char *state, const char *name, hr_arena *arena)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, PATH_MAX);
	hr_buf_addf(&buf, "%s/%s", state, name);
	return buf.failed ? NULL : buf.data;
}

bool hr_state_make(const char *state, hr_error *err)
{
	return mkdir(state, 0700) == 0 || errno == EEXIST ||
	       hr_fail_errno(err, errno, "create folder", state);
}

/* The lock is on the folder itself: no file is left behind, and a rename takes it along. */
bool hr_state_lock(const char *state, int *out, hr_error *err)
{
	int fd = open(state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return hr_fail_errno(err, errno, "open folder", state);
	do
		result = flock(fd, LOCK_EX);
	while (result != 0 && errno == EINTR);
	if (result != 0) {
		hr_fail_errno(err, errno, "lock folder", state);
		close(fd);
		return false;
	}
	*out = fd;
	return true;
}

/* Of the nearest folder above `path` that exists. */
static bool look_at_disk(const char *path, struct statvfs *out)
{
	char folder[PATH_MAX];

	snprintf(folder, sizeof(folder), "%s", path);
	while (statvfs(folder, out) != 0) {
		char *slash = strrchr(folder, '/');

		if (errno != ENOENT || strcmp(folder, "/") == 0 || strcmp(folder, ".") == 0)
			return false;
		if (!slash)
			snprintf(folder, sizeof(folder), ".");
		else
			slash[slash == folder] = '\0';
	}
	return true;
}

bool hr_state_check_space(const char *path, int64_t min_free, hr_error *err)
{
	struct statvfs disk;
	uint64_t left;

	if (!look_at_disk(path, &disk))
		return true;
	if (__builtin_mul_overflow((uint64_t)disk.f_bavail, (uint64_t)disk.f_frsize, &left))
		left = UINT64_MAX;
	if (left >= (uint64_t)min_free)
		return true;
	return hr_fail(err, HR_E_NO_SPACE,
		       "%" PRIu64 " bytes are free for '%s', fewer than the %" PRId64
		       " of min-free-bytes",
		       left, path, min_free);
}
