#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { HOLDER_BYTES = 100 };

static bool fail_held(int fd, const char *path, hr_error *err)
{
	char holder[HOLDER_BYTES + 1];
	ssize_t len = pread(fd, holder, HOLDER_BYTES, 0);

	holder[len > 0 ? len : 0] = '\0';
	holder[strcspn(holder, "\n")] = '\0';
	return hr_fail(err, HR_E_BUSY, "'%s' is held by %s", path,
		       holder[0] ? holder : "another process");
}

static bool tell_holder(int fd, const char *path, const char *who, hr_error *err)
{
	char holder[HOLDER_BYTES];
	int len = snprintf(holder, sizeof(holder), "process %d (%s)\n", (int)getpid(), who);
	size_t size = len < HOLDER_BYTES ? (size_t)len : HOLDER_BYTES - 1;

	if (ftruncate(fd, 0) != 0 || pwrite(fd, holder, size, 0) != (ssize_t)size)
		return hr_fail_errno(err, errno, "write", path);
	return true;
}

static bool lock(int fd, const char *path, const char *who, hr_error *err)
{
	int result;

	do
		result = flock(fd, LOCK_EX | LOCK_NB);
	while (result != 0 && errno == EINTR);
	if (result != 0 && errno == EWOULDBLOCK)
		return fail_held(fd, path, err);
	if (result != 0)
		return hr_fail_errno(err, errno, "lock", path);
	return tell_holder(fd, path, who, err);
}

bool hr_lock_take(const char *path, const char *who, int *out, hr_error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);

	if (fd < 0)
		return hr_fail_errno(err, errno, "open", path);
	if (!lock(fd, path, who, err)) {
		close(fd);
		return false;
	}
	*out = fd;
	return true;
}
