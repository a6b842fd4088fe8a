/*
 * DIR/00000001/6b86b273...: a shelf, an object. DIR/00000001/.draft-B-N: the
 * Nth draft of the process that drew the number B; of another process it is
 * what a crash has left. A draft lies on the shelf of the object that it will
 * be, so that its name changes within one folder.
 */
#include "store/objects_parts.h"

#include "base/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARENA_BYTES = 1 << 20 };

/* --- names --- */

void hr_object_name(const hr_object *object, char out[HR_OBJECT_NAME])
{
	char digest[HR_SHA256_TEXT];

	hr_digest_format(&object->digest, digest);
	if (object->copy)
		snprintf(out, HR_OBJECT_NAME, "%s-%" PRIu32, digest, object->copy);
	else
		snprintf(out, HR_OBJECT_NAME, "%s", digest);
}

void hr_draft_prefix(const hr_objects *objects, char out[HR_OBJECT_NAME])
{
	snprintf(out, HR_OBJECT_NAME, ".draft-%016" PRIx64 "-", objects->process);
}

static void name_draft(const hr_draft *draft, char out[HR_OBJECT_NAME])
{
	char prefix[HR_OBJECT_NAME];

	hr_draft_prefix(draft->objects, prefix);
	snprintf(out, HR_OBJECT_NAME, "%.30s%" PRIu64, prefix, draft->number);
}

/* --- opening --- */

static bool open_objects(hr_objects *objects, const char *path, hr_arena *arena, hr_error *err)
{
	if (getrandom(&objects->process, sizeof(objects->process), 0) !=
	    (ssize_t)sizeof(objects->process))
		return hr_fail_errno(err, errno, "draw", "random numbers");
	if (hr_shelves_open(&objects->shelves, path, arena, err))
		return true;
	hr_shelves_close(&objects->shelves);
	return false;
}

bool hr_objects_open(const char *path, hr_objects **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open(ARENA_BYTES);
	hr_objects *objects = arena ? HR_NEW(arena, hr_objects) : NULL;

	if (!objects) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	if (!open_objects(objects, path, arena, err)) {
		hr_arena_close(arena);
		return false;
	}
	*out = objects;
	return true;
}

void hr_objects_close(hr_objects *objects)
{
	hr_arena *arena;

	if (!objects)
		return;
	arena = objects->shelves.arena;
	hr_shelves_close(&objects->shelves);
	hr_arena_close(arena);
}

/* --- drafts --- */

static bool end_draft(hr_draft *draft)
{
	if (draft->run)
		hr_sha256_end(draft->run, NULL, NULL);
	if (draft->fd >= 0)
		close(draft->fd);
	hr_shelves_leave(&draft->objects->shelves, draft->shelf);
	return false;
}

bool hr_objects_draft(hr_objects *objects, hr_draft *out, hr_error *err)
{
	hr_draft draft = { .objects = objects, .fd = -1 };
	char name[HR_OBJECT_NAME];

	draft.shelf = hr_shelves_take(&objects->shelves, err);
	if (!draft.shelf)
		return false;
	draft.number = atomic_fetch_add(&objects->draft_count, 1);
	draft.run = hr_sha256_begin(err);
	if (!draft.run)
		return end_draft(&draft);
	name_draft(&draft, name);
	draft.fd = openat(draft.shelf->fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (draft.fd < 0) {
		hr_fail_errno(err, errno, "create", "objects");
		return end_draft(&draft);
	}
	*out = draft;
	return true;
}

bool hr_draft_add(hr_draft *draft, hr_str bytes, hr_error *err)
{
	assert(draft->run);
	if (!hr_write_all(draft->fd, bytes))
		return hr_fail_errno(err, errno, "write", "objects");
	draft->size += bytes.len;
	return hr_sha256_add(draft->run, bytes, err);
}

bool hr_draft_written(hr_draft *draft, const hr_digest *digest, uint64_t size, hr_error *err)
{
	struct stat st;

	assert(draft->run && draft->size == 0);
	if (fstat(draft->fd, &st) != 0)
		return hr_fail_errno(err, errno, "look for", "objects");
	if ((uint64_t)st.st_size != size)
		return hr_fail(err, HR_E_IO, "an object has another size than its writer says");
	hr_sha256_end(draft->run, NULL, NULL);
	draft->run = NULL;
	draft->digest = *digest;
	draft->size = size;
	return true;
}

bool hr_draft_drop(hr_draft *draft)
{
	char name[HR_OBJECT_NAME];

	name_draft(draft, name);
	unlinkat(draft->shelf->fd, name, 0);
	return end_draft(draft);
}

static bool digest_draft(hr_draft *draft, hr_object *object, hr_error *err)
{
	hr_sha256_run *run = draft->run;

	draft->run = NULL;
	object->shelf = draft->shelf->number;
	object->size = draft->size;
	object->digest = draft->digest;
	return !run || hr_sha256_end(run, &object->digest, err);
}

/* Its bytes first, then its name. A link, for that takes no other's place. */
static bool name_for_good(const hr_draft *draft, hr_object *object, hr_error *err)
{
	int folder = draft->shelf->fd;
	char old[HR_OBJECT_NAME];
	char name[HR_OBJECT_NAME];
	int failed;

	if (fdatasync(draft->fd) != 0)
		return hr_fail_errno(err, errno, "flush", "objects");
	name_draft(draft, old);
	do {
		hr_object_name(object, name);
		failed = linkat(folder, old, folder, name, 0);
	} while (failed && errno == EEXIST && ++object->copy <= HR_SHELF_FILES);
	if (failed)
		return hr_fail_errno(err, errno, "name", "objects");
	unlinkat(folder, old, 0);
	return true;
}

bool hr_draft_keep(hr_draft *draft, hr_object *out, hr_error *err)
{
	hr_object object = { .shelf = 0 };

	if (!digest_draft(draft, &object, err) || !name_for_good(draft, &object, err))
		return hr_draft_drop(draft);
	/* Else whether its name is on the disk nobody can say; a sweep will. */
	if (!hr_shelf_flush(&draft->objects->shelves, draft->shelf, err))
		return end_draft(draft);
	end_draft(draft);
	*out = object;
	return true;
}
