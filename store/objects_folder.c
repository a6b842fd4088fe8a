/*
 * Objects in a folder. DIR/00000001/6b86b273...: a shelf, an object.
 * DIR/00000001/.draft-B-N: the Nth draft of the process that drew the number B;
 * of another process it is what a crash has left. A draft lies on the shelf of
 * the object that it will be, so that its name changes within one folder.
 */
#include "store/objects_parts.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool open_folder(hr_objects *objects, const hr_objects_options *options, hr_error *err)
{
	return hr_shelves_open(&objects->shelves, options->url, objects->arena, err);
}

static void close_folder(hr_objects *objects)
{
	hr_shelves_close(&objects->shelves);
}

/* --- drafts --- */

static bool open_draft(hr_draft *draft, hr_error *err)
{
	char name[HR_OBJECT_NAME];

	draft->shelf = hr_shelves_take(&draft->objects->shelves, err);
	if (!draft->shelf)
		return false;
	hr_draft_name(draft, name);
	draft->fd = openat(draft->shelf->fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return draft->fd >= 0 || hr_fail_errno(err, errno, "create", "objects");
}

/* Its name, too, if it still has it. */
static void end_draft(hr_draft *draft)
{
	char name[HR_OBJECT_NAME];

	if (!draft->shelf)
		return;
	hr_draft_name(draft, name);
	unlinkat(draft->shelf->fd, name, 0);
	hr_shelves_leave(&draft->objects->shelves, draft->shelf);
}

/* Its name in the place of the draft's. A link, for that takes no other's place. */
static bool name_for_good(const hr_draft *draft, hr_object *object, hr_error *err)
{
	int folder = draft->shelf->fd;
	char old[HR_OBJECT_NAME];
	char name[HR_OBJECT_NAME];
	int failed;

	hr_draft_name(draft, old);
	do {
		hr_object_name(object, name);
		failed = linkat(folder, old, folder, name, 0);
	} while (failed && errno == EEXIST && ++object->copy <= HR_SHELF_FILES);
	if (failed)
		return hr_fail_errno(err, errno, "name", "objects");
	unlinkat(folder, old, 0);
	return true;
}

/*
 * Named, then flushed: a journal takes the bytes' place and their name in one
 * commit, and the folder's own flush finds little left to do. Both are flushed
 * before anything knows of the object, so the order between them, which other
 * file systems choose, is nobody's matter: a power cut in between leaves a name
 * that nothing knows, maybe without its bytes.
 */
static bool flush_bytes(const hr_draft *draft, const hr_object *object, hr_error *err)
{
	char name[HR_OBJECT_NAME];

	if (fdatasync(draft->fd) == 0)
		return true;
	hr_fail_errno(err, errno, "flush", "objects");
	hr_object_name(object, name);
	unlinkat(draft->shelf->fd, name, 0);
	return false;
}

/* When the folder's flush fails, whether its name is on the disk nobody can say; a sweep will. */
static bool keep_draft(const hr_draft *draft, hr_object *object, hr_error *err)
{
	object->shelf = draft->shelf->number;
	return name_for_good(draft, object, err) && flush_bytes(draft, object, err) &&
	       hr_shelf_flush(&draft->objects->shelves, draft->shelf, err);
}

/* --- what is there --- */

static bool get_part(hr_objects *objects, const hr_object *object, uint64_t offset, uint64_t length,
		     int *fd, uint64_t *at, hr_error *err)
{
	char path[HR_OBJECT_PATH];
	struct stat st;
	int found;

	(void)length;
	hr_object_path(object, path);
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
	*at = offset;
	return true;
}

static bool remove_object(hr_objects *objects, const hr_object *object, hr_error *err)
{
	char shelf[HR_SHELF_NAME];
	char path[HR_OBJECT_PATH];

	hr_shelf_name(object->shelf, shelf);
	hr_object_path(object, path);
	if (unlinkat(objects->shelves.fd, path, 0) != 0)
		return errno == ENOENT || hr_fail_errno(err, errno, "remove", "objects");
	return hr_folder_sync(objects->shelves.fd, shelf, err);
}

struct sweep {
	hr_objects *objects;
	uint32_t shelf;
	hr_object_visit *visit;
	void *context;
};

/* What is no name of ours is left where it is. */
static bool sweep_name(void *context, int folder, const char *name, hr_error *err)
{
	const struct sweep *sweep = context;
	hr_object object;
	struct stat st;
	bool draft;

	if (!hr_draft_sweep(sweep->objects, folder, name, &draft, err))
		return false;
	if (draft || !sweep->visit || !hr_object_name_read(name, &object))
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

static bool sweep_folder(hr_objects *objects, hr_object_visit *visit, void *context, hr_error *err)
{
	struct sweep sweep = { objects, 0, visit, context };

	return hr_names_visit(objects->shelves.fd, ".", sweep_shelf, &sweep, err);
}

const hr_objects_kind hr_objects_folder = {
	.open = open_folder,
	.close = close_folder,
	.open_draft = open_draft,
	.end_draft = end_draft,
	.keep = keep_draft,
	.get_part = get_part,
	.remove = remove_object,
	.sweep = sweep_folder,
};
