/* What is the same wherever objects are: their names, and a draft's way to be one. */
#include "store/objects_parts.h"

#include "base/file.h"

#include <assert.h>
#include <errno.h>
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

void hr_object_path(const hr_object *object, char out[HR_OBJECT_PATH])
{
	char shelf[HR_SHELF_NAME];
	char name[HR_OBJECT_NAME];

	hr_shelf_name(object->shelf, shelf);
	hr_object_name(object, name);
	snprintf(out, HR_OBJECT_PATH, "%s/%s", shelf, name);
}

bool hr_object_name_read(const char *name, hr_object *out)
{
	hr_str text = hr_str_of(name);
	hr_object object = { .copy = 0 };
	uint64_t copy = 0;
	char again[HR_OBJECT_NAME];

	if (text.len < HR_SHA256_TEXT - 1 ||
	    !hr_digest_parse(hr_str_slice(text, 0, HR_SHA256_TEXT - 1), &object.digest))
		return false;
	for (size_t i = HR_SHA256_TEXT; i < text.len; i++) {
		if (name[i] < '0' || name[i] > '9' || copy > UINT32_MAX)
			return false;
		copy = copy * 10 + (uint64_t)(name[i] - '0');
	}
	object.copy = (uint32_t)copy;
	hr_object_name(&object, again);
	if (strcmp(again, name) != 0)
		return false;
	*out = object;
	return true;
}

/* Of a draft, how its name begins; the number follows. */
static void name_drafts(const hr_objects *objects, char out[HR_OBJECT_NAME])
{
	snprintf(out, HR_OBJECT_NAME, ".draft-%016" PRIx64 "-", objects->process);
}

void hr_draft_name(const hr_draft *draft, char out[HR_OBJECT_NAME])
{
	char prefix[HR_OBJECT_NAME];

	name_drafts(draft->objects, prefix);
	snprintf(out, HR_OBJECT_NAME, "%.30s%" PRIu64, prefix, draft->number);
}

/* Of this process they end by themselves. */
bool hr_draft_sweep(const hr_objects *objects, int folder, const char *name, bool *draft,
		    hr_error *err)
{
	char ours[HR_OBJECT_NAME];

	*draft = hr_str_starts_with(hr_str_of(name), HR_STR(".draft-"));
	name_drafts(objects, ours);
	if (!*draft || strncmp(name, ours, strlen(ours)) == 0)
		return true;
	return unlinkat(folder, name, 0) == 0 || errno == ENOENT ||
	       hr_fail_errno(err, errno, "remove", "objects");
}

/* --- opening --- */

static bool choose_kind(const char *url, hr_objects *objects, hr_error *err)
{
	hr_str text = hr_str_of(url);
	bool s3 = hr_str_starts_with(text, HR_STR("s3://"));

	if (!s3 && hr_str_find(text, HR_STR("://")) != text.len)
		return hr_fail(err, HR_E_UNSUPPORTED, "objects are in a folder or at s3://BUCKET");
	objects->kind = s3 ? &hr_objects_s3 : &hr_objects_folder;
	return true;
}

static bool open_objects(hr_objects *objects, const hr_objects_options *options, hr_error *err)
{
	if (!choose_kind(options->url, objects, err))
		return false;
	if (getrandom(&objects->process, sizeof(objects->process), 0) !=
	    (ssize_t)sizeof(objects->process))
		return hr_fail_errno(err, errno, "draw", "random numbers");
	if (objects->kind->open(objects, options, err))
		return true;
	objects->kind->close(objects);
	return false;
}

bool hr_objects_open(const hr_objects_options *options, hr_objects **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open(ARENA_BYTES);
	hr_objects *objects = arena ? HR_NEW(arena, hr_objects) : NULL;

	if (!objects) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	objects->arena = arena;
	if (!open_objects(objects, options, err)) {
		hr_arena_close(arena);
		return false;
	}
	*out = objects;
	return true;
}

void hr_objects_close(hr_objects *objects)
{
	if (!objects)
		return;
	objects->kind->close(objects);
	hr_arena_close(objects->arena);
}

/* --- drafts --- */

bool hr_objects_draft(hr_objects *objects, hr_draft *out, hr_error *err)
{
	hr_draft draft = { .objects = objects, .fd = -1 };

	draft.number = atomic_fetch_add(&objects->draft_count, 1);
	draft.run = hr_sha256_begin(err);
	if (!draft.run)
		return false;
	if (!objects->kind->open_draft(&draft, err))
		return hr_draft_drop(&draft);
	*out = draft;
	return true;
}

bool hr_draft_add(hr_draft *draft, hr_str bytes, hr_error *err)
{
	assert(draft->run);
	if (!hr_write_early(draft->fd, draft->size, bytes))
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
	if (draft->run)
		hr_sha256_end(draft->run, NULL, NULL);
	draft->objects->kind->end_draft(draft);
	if (draft->fd >= 0)
		close(draft->fd);
	return false;
}

static bool digest_draft(hr_draft *draft, hr_error *err)
{
	hr_sha256_run *run = draft->run;

	draft->run = NULL;
	return !run || hr_sha256_end(run, &draft->digest, err);
}

bool hr_draft_keep(hr_draft *draft, hr_object *out, hr_error *err)
{
	hr_object object = { .size = draft->size };
	bool ok = digest_draft(draft, err);

	object.digest = draft->digest;
	ok = ok && draft->objects->kind->keep(draft, &object, err);
	hr_draft_drop(draft);
	if (ok)
		*out = object;
	return ok;
}

/* --- what is there --- */

bool hr_objects_get(hr_objects *objects, const hr_object *object, int *fd, hr_error *err)
{
	uint64_t at;

	return objects->kind->get_part(objects, object, 0, object->size, fd, &at, err);
}

bool hr_objects_get_part(hr_objects *objects, const hr_object *object, uint64_t offset,
			 uint64_t length, int *fd, uint64_t *at, hr_error *err)
{
	if (offset > object->size || length > object->size - offset)
		return hr_fail(err, HR_E_IO, "an object ends before the part that is asked for");
	return objects->kind->get_part(objects, object, offset, length, fd, at, err);
}

bool hr_objects_remove(hr_objects *objects, const hr_object *object, hr_error *err)
{
	return objects->kind->remove(objects, object, err);
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

bool hr_objects_sweep(hr_objects *objects, hr_object_visit *visit, void *context, hr_error *err)
{
	return objects->kind->sweep(objects, visit, context, err);
}
