/*
 * Objects: bytes that are kept as they came, each under its own SHA-256, in a
 * folder on disk or in a bucket of S3. A name never comes from outside.
 *
 *	hr_draft draft;
 *
 *	if (!hr_objects_draft(objects, &draft, err))
 *		return false;
 *	while (... bytes come ...)
 *		if (!hr_draft_add(&draft, bytes, err))
 *			return hr_draft_drop(&draft);
 *	return hr_draft_keep(&draft, &object, err);
 *
 * When hr_draft_keep has returned true the object outlives a power cut; what
 * knows of it is written after that. So a crash can leave an object of which
 * nothing knows (a power cut: one that lacks bytes), never knowledge of an
 * object that is not there.
 *
 * In a folder they lie on shelves of 10,000, filled one after the other: what
 * came together lies together, and those who come at once share the flush of
 * their folder. Many threads may use the objects of one process at once; of
 * processes one may write.
 */
#pragma once

#include "base/crypto.h"

typedef struct hr_objects hr_objects;

typedef struct hr_object {
	hr_digest digest; /* of its bytes, and its name */
	uint32_t shelf;	  /* from 1 */
	uint32_t copy;	  /* tells it from others of the same bytes on its shelf */
	uint64_t size;	  /* bytes */
} hr_object;

typedef struct hr_objects_options {
	const char *url;   /* a folder, made when it is not there; or s3://bucket[/prefix] */
	const char *spool; /* for S3: a folder of this process's own, for bytes on their way */
	const struct hr_s3_settings *s3; /* NULL: as the environment says (store/s3.h) */
} hr_objects_options;

bool hr_objects_open(const hr_objects_options *options, hr_objects **out, hr_error *err);

/* When no draft is open any more. */
void hr_objects_close(hr_objects *objects);

/* --- writing --- */

typedef struct hr_draft {
	hr_objects *objects;
	struct hr_shelf *shelf;
	hr_sha256_run *run; /* NULL when `digest` is known */
	hr_digest digest;
	uint64_t number;
	uint64_t size;
	int fd; /* of what was written so far; for reading, too */
} hr_draft;

bool hr_objects_draft(hr_objects *objects, hr_draft *out, hr_error *err);

/* HR_E_NO_SPACE on a full disk. */
bool hr_draft_add(hr_draft *draft, hr_str bytes, hr_error *err);

/*
 * In the place of hr_draft_add, once: another process has written all of it to
 * the draft's fd, and is done with it. The size is looked at: HR_E_IO when it
 * is another. The digest is believed, for the process is of our own program and
 * reading all again would cost what it saved; a wrong one is a wrong name, for
 * hr_objects_check to find, and takes no other object's place.
 */
bool hr_draft_written(hr_draft *draft, const hr_digest *digest, uint64_t size, hr_error *err);

/*
 * Ends the draft, whatever it returns. Always a new object, of bytes that are
 * there already a copy: who removes the old one does not take this one away.
 * After HR_E_UNAVAILABLE of S3 it may be there or not, whole; a sweep tells.
 */
bool hr_draft_keep(hr_draft *draft, hr_object *out, hr_error *err);

/* Ends it; nothing was there. Always false. */
bool hr_draft_drop(hr_draft *draft);

/* --- what is there --- */

/* For reading, to be closed by the caller. HR_E_NOT_FOUND; HR_E_IO when its size is another. */
bool hr_objects_get(hr_objects *objects, const hr_object *object, int *fd, hr_error *err);

/*
 * Of a frame: `length` bytes from `offset` on. They stand at `*at` of `*fd`,
 * which the caller closes, for sendfile: in a folder it is the object itself,
 * of S3 no more than these bytes were fetched. HR_E_IO past its end.
 */
bool hr_objects_get_part(hr_objects *objects, const hr_object *object, uint64_t offset,
			 uint64_t length, int *fd, uint64_t *at, hr_error *err);

/* Gone after a power cut, too. One that is not there is removed. */
bool hr_objects_remove(hr_objects *objects, const hr_object *object, hr_error *err);

/* Are its bytes those of its name? HR_E_IO when they are not. Reads all of them. */
bool hr_objects_check(hr_objects *objects, const hr_object *object, hr_error *err);

/*
 * Tells every object, shelf by shelf, and removes the drafts that a crash left
 * behind. Those of this process, and what it keeps meanwhile, may be told or
 * not. `visit` returns false to end it; without it drafts alone are looked for,
 * and a bucket is not asked.
 */
typedef bool hr_object_visit(void *context, const hr_object *object, hr_error *err);

bool hr_objects_sweep(hr_objects *objects, hr_object_visit *visit, void *context, hr_error *err);

/* --- copies, for a backup and back --- */

typedef enum hr_object_copy {
	HR_OBJECT_COPIED,
	HR_OBJECT_LINKED, /* the same file under a second name */
	HR_OBJECT_HAD,
	HR_OBJECT_FAULTY, /* `from` lacks it, or has other bytes: nothing was copied */
} hr_object_copy;

/*
 * An object into the folder `to`, under the name that it has. Its bytes are held
 * to its digest while they are copied, and are on the disk before their name is;
 * the names are when hr_objects_flush has returned. `alike`, a folder on the
 * same disk, or NULL: what lies there is not copied but linked, for nobody ever
 * alters an object. False, with `err`: `to` cannot take it.
 */
bool hr_objects_copy(hr_objects *from, hr_objects *alike, hr_objects *to, const hr_object *object,
		     hr_object_copy *out, hr_error *err);

/* All that was copied into the folder outlives a power cut. */
bool hr_objects_flush(hr_objects *to, hr_error *err);
