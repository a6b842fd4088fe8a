#include "store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool hr_folder_sync_of(const char *path, hr_error *err)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX];
	bool ok;
	int fd;

	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) + 1 : 1,
		 slash ? path : ".");
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return hr_fail_errno(err, errno, "open folder", folder);
	/* EINVAL: a file system that has nothing to flush. */
	ok = fsync(fd) == 0 || errno == EINVAL || hr_fail_errno(err, errno, "flush folder", folder);
	close(fd);
	return ok;
}
