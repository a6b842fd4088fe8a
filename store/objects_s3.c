/*
 * Objects in a bucket: SHELF/DIGEST-COPY, as in a folder, so that either can be
 * copied into the other. Here a shelf is a run of this process, its number
 * drawn, and a copy the number of its draft: so no two objects have one name,
 * and none has to be looked for first. That could not be relied upon: a server
 * of several nodes may say of what it stored a second ago that it is not there,
 * and S3 of Swift cannot be asked to keep what is there.
 *
 * Drafts, and what was fetched, are files in the spool without a name; a crash
 * leaves one in the moment between its name and the loss of it.
 */
#include "store/objects_parts.h"
#include "store/s3.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Shelves of a folder do not come so far, and have room behind these. */
enum { RUN_FIRST = 50000000, RUNS = 40000000, COPY_BITS = 30 };

static bool open_spool(hr_objects *objects, const char *path, hr_error *err)
{
	if (!path)
		return hr_fail(err, HR_E_USAGE, "objects in S3 want a folder for their drafts");
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return hr_fail_errno(err, errno, "create folder", path);
	objects->spool = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return objects->spool >= 0 || hr_fail_errno(err, errno, "open folder", path);
}

static bool open_bucket(hr_objects *objects, const hr_objects_options *options, hr_error *err)
{
	const hr_s3_settings *settings = options->s3;
	hr_s3_settings read;

	objects->run = RUN_FIRST + (uint32_t)(objects->process % RUNS);
	objects->spool = -1;
	if (!settings) {
		if (!hr_s3_settings_read(objects->arena, &read, err))
			return false;
		settings = &read;
	}
	return open_spool(objects, options->spool, err) &&
	       hr_s3_open(options->url, settings, objects->arena, &objects->s3, err);
}

static void close_bucket(hr_objects *objects)
{
	if (objects->s3)
		hr_s3_close(objects->s3);
	if (objects->spool >= 0)
		close(objects->spool);
}

/* --- drafts --- */

static bool open_draft(hr_draft *draft, hr_error *err)
{
	int spool = draft->objects->spool;
	char name[HR_OBJECT_NAME];

	hr_draft_name(draft, name);
	draft->fd = openat(spool, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (draft->fd < 0)
		return hr_fail_errno(err, errno, "create", "objects");
	unlinkat(spool, name, 0);
	return true;
}

static void end_draft(hr_draft *draft)
{
	(void)draft;
}

static bool keep_draft(const hr_draft *draft, hr_object *object, hr_error *err)
{
	char path[HR_OBJECT_PATH];

	object->shelf = draft->objects->run + (uint32_t)(draft->number >> COPY_BITS);
	object->copy = (uint32_t)(draft->number & (((uint64_t)1 << COPY_BITS) - 1));
	hr_object_path(object, path);
	return hr_s3_put(draft->objects->s3, hr_str_of(path), &object->digest, draft->fd,
			 object->size, err);
}

/* --- what is there --- */

static bool get_part(hr_objects *objects, const hr_object *object, uint64_t offset, uint64_t length,
		     int *fd, uint64_t *at, hr_error *err)
{
	hr_draft spooled = { .objects = objects, .fd = -1 };
	char path[HR_OBJECT_PATH];

	spooled.number = atomic_fetch_add(&objects->draft_count, 1);
	if (!open_draft(&spooled, err))
		return false;
	hr_object_path(object, path);
	/* No range of S3 is empty. */
	if ((length || object->size == 0) && !hr_s3_get(objects->s3, hr_str_of(path), object->size,
							offset, length, spooled.fd, err)) {
		close(spooled.fd);
		return false;
	}
	*fd = spooled.fd;
	*at = 0;
	return true;
}

static bool remove_object(hr_objects *objects, const hr_object *object, hr_error *err)
{
	char path[HR_OBJECT_PATH];

	hr_object_path(object, path);
	return hr_s3_remove(objects->s3, hr_str_of(path), err);
}

struct sweep {
	hr_objects *objects;
	hr_object_visit *visit;
	void *context;
};

static bool sweep_spooled(void *context, int folder, const char *name, hr_error *err)
{
	bool draft;

	return hr_draft_sweep(context, folder, name, &draft, err);
}

/* What is no name of ours is left where it is. */
static bool sweep_key(void *context, hr_str key, uint64_t size, hr_error *err)
{
	const struct sweep *sweep = context;
	char path[HR_OBJECT_PATH];
	hr_object object;
	uint32_t shelf;

	if (key.len >= sizeof(path) || key.len < HR_SHELF_NAME ||
	    key.data[HR_SHELF_NAME - 1] != '/')
		return true;
	snprintf(path, sizeof(path), "%.*s", HR_STR_ARG(key));
	path[HR_SHELF_NAME - 1] = '\0';
	shelf = hr_shelf_number(path);
	if (shelf == 0 || !hr_object_name_read(path + HR_SHELF_NAME, &object))
		return true;
	object.shelf = shelf;
	object.size = size;
	return sweep->visit(sweep->context, &object, err);
}

static bool sweep_bucket(hr_objects *objects, hr_object_visit *visit, void *context, hr_error *err)
{
	struct sweep sweep = { objects, visit, context };

	return hr_names_visit(objects->spool, ".", sweep_spooled, objects, err) &&
	       (!visit || hr_s3_list(objects->s3, sweep_key, &sweep, err));
}

const hr_objects_kind hr_objects_s3 = {
	.open = open_bucket,
	.close = close_bucket,
	.open_draft = open_draft,
	.end_draft = end_draft,
	.keep = keep_draft,
	.get_part = get_part,
	.remove = remove_object,
	.sweep = sweep_bucket,
};
