/*
 * Objects from one place into another folder, under the same names: a name is a
 * digest, so what is copied proves itself. What a copy has under its own name is
 * whole, so one that was cut short goes on where it was.
 */
#include "store/objects_parts.h"

#include "base/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE_BYTES = 64 * 1024 };

static bool is_there(const hr_objects *in, const char *path, const hr_object *object)
{
	struct stat st;

	return fstatat(in->shelves.fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode) && (uint64_t)st.st_size == object->size;
}

static bool make_shelf(const hr_objects *to, uint32_t number, hr_error *err)
{
	char shelf[HR_SHELF_NAME];

	hr_shelf_name(number, shelf);
	return mkdirat(to->shelves.fd, shelf, 0700) == 0 || errno == EEXIST ||
	       hr_fail_errno(err, errno, "make room for", "objects");
}

/* `*same`: what was read has the digest. False, with `err`, for what `to` did not take. */
static bool copy_bytes(int from, int to, const hr_object *object, bool *same, hr_error *err)
{
	char piece[PIECE_BYTES];
	hr_sha256_run *run = hr_sha256_begin(err);
	hr_digest digest;
	uint64_t size = 0;
	ssize_t got;
	bool ok = run;

	while (ok &&
	       ((got = read(from, piece, sizeof(piece))) > 0 || (got < 0 && errno == EINTR))) {
		if (got < 0)
			continue;
		ok = hr_write_early(to, size, (hr_str){ piece, (size_t)got })
			     ? hr_sha256_add(run, (hr_str){ piece, (size_t)got }, err)
			     : hr_fail_errno(err, errno, "write", "objects");
		size += (uint64_t)got;
	}
	if (run && !hr_sha256_end(run, ok ? &digest : NULL, err))
		ok = false;
	if (ok)
		*same = hr_digest_equal(&digest, &object->digest);
	return ok;
}

/* Its bytes, then its name. */
static bool name_copy(const hr_objects *to, int fd, const char *draft, const char *path,
		      hr_error *err)
{
	return (fdatasync(fd) == 0 && renameat(to->shelves.fd, draft, to->shelves.fd, path) == 0) ||
	       hr_fail_errno(err, errno, "keep", "objects");
}

static bool copy_file(hr_objects *to, int from, const hr_object *object, const char *path,
		      bool *same, hr_error *err)
{
	char draft[HR_OBJECT_PATH];
	int fd;
	bool ok;

	snprintf(draft, sizeof(draft), "%08" PRIu32 "/.draft-%016" PRIx64 "-copy", object->shelf,
		 to->process);
	fd = openat(to->shelves.fd, draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return hr_fail_errno(err, errno, "create", "objects");
	*same = false;
	ok = copy_bytes(from, fd, object, same, err) &&
	     (!*same || name_copy(to, fd, draft, path, err));
	close(fd);
	if (!ok || !*same)
		unlinkat(to->shelves.fd, draft, 0);
	return ok;
}

bool hr_objects_copy(hr_objects *from, hr_objects *alike, hr_objects *to, const hr_object *object,
		     hr_object_copy *out, hr_error *err)
{
	char path[HR_OBJECT_PATH];
	hr_error why;
	bool same;
	bool ok;
	int fd;

	assert(to->kind == &hr_objects_folder);
	assert(!alike || alike->kind == &hr_objects_folder);
	hr_object_path(object, path);
	*out = HR_OBJECT_HAD;
	if (is_there(to, path, object))
		return true;
	if (!make_shelf(to, object->shelf, err))
		return false;
	*out = HR_OBJECT_LINKED;
	if (alike && is_there(alike, path, object) &&
	    linkat(alike->shelves.fd, path, to->shelves.fd, path, 0) == 0)
		return true;
	*out = HR_OBJECT_FAULTY;
	if (!hr_objects_get(from, object, &fd, &why))
		return true;
	ok = copy_file(to, fd, object, path, &same, err);
	close(fd);
	if (ok && same)
		*out = HR_OBJECT_COPIED;
	return ok;
}

bool hr_objects_flush(hr_objects *to, hr_error *err)
{
	return syncfs(to->shelves.fd) == 0 || hr_fail_errno(err, errno, "flush", "objects");
}
