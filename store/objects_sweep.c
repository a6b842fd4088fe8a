/* Objects that are there: opened, removed, checked, told one by one. */
#include "store/objects_parts.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = HR_SHELF_NAME + HR_OBJECT_NAME };

static void name_path(const hr_object *object, char out[PATH_BYTES])
{
	char shelf[HR_SHELF_NAME];
	char name[HR_OBJECT_NAME];

	hr_shelf_name(object->shelf, shelf);
	hr_object_name(object, name);
	snprintf(out, PATH_BYTES, "%s/%s", shelf, name);
}

bool hr_objects_get(hr_objects *objects, const hr_object *object, int *fd, hr_error *err)
{
	char path[PATH_BYTES];
	struct stat st;
	int found;

	name_path(object, path);
	found = openat(objects->shelves.fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (found < 0 && errno == ENOENT)
		return hr_fail(err, HR_E_NOT_FOUND, "an object is not there");
	if (found < 0)
		return hr_fail_errno(err, errno, "open", "objects");
	if (fstat(found, &st) != 0 || (uint64_t)st.st_size != object->size) {
		close(found);
		return hr_fail(err, HR_E_IO, "an object has another size than when it was kept");
	}
	*fd = found;
	return true;
}

bool hr_objects_remove(hr_objects *objects, const hr_object *object, hr_error *err)
{
	char shelf[HR_SHELF_NAME];
	char path[PATH_BYTES];

	hr_shelf_name(object->shelf, shelf);
	name_path(object, path);
	if (unlinkat(objects->shelves.fd, path, 0) != 0)
		return errno == ENOENT || hr_fail_errno(err, errno, "remove", "objects");
	return hr_folder_sync(objects->shelves.fd, shelf, err);
}

static bool digest_file(int fd, hr_digest *out, hr_error *err)
{
	hr_sha256_run *run = hr_sha256_begin(err);
	bool ok = run;
	char bytes[64 * 1024];
	ssize_t got = 0;

	while (ok && ((got = read(fd, bytes, sizeof(bytes))) > 0 || (got < 0 && errno == EINTR)))
		if (got > 0)
			ok = hr_sha256_add(run, (hr_str){ bytes, (size_t)got }, err);
	if (ok && got < 0)
		ok = hr_fail_errno(err, errno, "read", "objects");
	if (run && !hr_sha256_end(run, ok ? out : NULL, err))
		ok = false;
	return ok;
}

bool hr_objects_check(hr_objects *objects, const hr_object *object, hr_error *err)
{
	hr_digest digest;
	bool ok;
	int fd;

	if (!hr_objects_get(objects, object, &fd, err))
		return false;
	ok = digest_file(fd, &digest, err);
	close(fd);
	if (ok && !hr_digest_equal(&digest, &object->digest))
		return hr_fail(err, HR_E_IO, "an object has other bytes than when it was kept");
	return ok;
}

struct sweep {
	hr_objects *objects;
	uint32_t shelf;
	hr_object_visit *visit;
	void *context;
};

/* Of this process they end by themselves. */
static bool sweep_draft(const struct sweep *sweep, int folder, const char *name, hr_error *err)
{
	char ours[HR_OBJECT_NAME];

	hr_draft_prefix(sweep->objects, ours);
	if (strncmp(name, ours, strlen(ours)) == 0)
		return true;
	return unlinkat(folder, name, 0) == 0 || errno == ENOENT ||
	       hr_fail_errno(err, errno, "remove", "objects");
}

static bool read_object_name(const char *name, hr_object *out)
{
	hr_str text = hr_str_of(name);
	hr_object object = { .copy = 0 };
	char again[HR_OBJECT_NAME];

	if (text.len < HR_SHA256_TEXT - 1 ||
	    !hr_digest_parse(hr_str_slice(text, 0, HR_SHA256_TEXT - 1), &object.digest))
		return false;
	for (const char *c = name + HR_SHA256_TEXT; text.len > HR_SHA256_TEXT && *c; c++) {
		if (*c < '0' || *c > '9' || object.copy > HR_SHELF_FILES)
			return false;
		object.copy = object.copy * 10 + (uint32_t)(*c - '0');
	}
	hr_object_name(&object, again);
	if (strcmp(again, name) != 0)
		return false;
	*out = object;
	return true;
}

/* What is no name of ours is left where it is. */
static bool sweep_name(void *context, int folder, const char *name, hr_error *err)
{
	const struct sweep *sweep = context;
	hr_object object;
	struct stat st;

	if (strncmp(name, ".draft-", 7) == 0)
		return sweep_draft(sweep, folder, name, err);
	if (!read_object_name(name, &object))
		return true;
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT || hr_fail_errno(err, errno, "look for", "objects");
	object.shelf = sweep->shelf;
	object.size = (uint64_t)st.st_size;
	return !S_ISREG(st.st_mode) || sweep->visit(sweep->context, &object, err);
}

static bool sweep_shelf(void *context, int folder, const char *name, hr_error *err)
{
	struct sweep sweep = *(const struct sweep *)context;

	sweep.shelf = hr_shelf_number(name);
	return sweep.shelf == 0 || hr_names_visit(folder, name, sweep_name, &sweep, err);
}

bool hr_objects_sweep(hr_objects *objects, hr_object_visit *visit, void *context, hr_error *err)
{
	struct sweep sweep = { objects, 0, visit, context };

	return hr_names_visit(objects->shelves.fd, ".", sweep_shelf, &sweep, err);
}
