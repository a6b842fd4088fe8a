/*
 * Versions of the catalogue in a bare git repository, which plain git can
 * clone, log and fsck. A version is a commit on refs/heads/main; its tree is
 * the catalogue's files.
 *
 * A registry handle is for one thread at a time. Nothing is ever half
 * published: a version is written whole, synced, and then the reference moves
 * by compare-and-swap.
 */
#pragma once

#include "catalog/catalog.h"
#include "catalog/check.h"

typedef struct hr_registry hr_registry;

enum { HR_COMMIT_TEXT = 41 };

typedef struct hr_version {
	char id[HR_COMMIT_TEXT]; /* 40 hexadecimal digits */
	hr_instant time;	 /* the committer's: when it became known */
	hr_str author;
	hr_str message;
} hr_version;

/* Makes an empty bare repository. HR_E_EXISTS when `path` is not empty. */
bool hr_registry_init(const char *path, hr_error *err);

bool hr_registry_open(const char *path, hr_registry **out, hr_error *err);
void hr_registry_close(hr_registry *registry);

typedef struct hr_publication {
	const hr_fileset *files;
	hr_str message;
	hr_str author; /* "Name <mail>" */
	hr_instant now;
	hr_str expect; /* the id that must be newest; empty: whichever is */
} hr_publication;

/*
 * Checks the files first (HR_E_CATALOG, `*issues` filled), refuses a time before
 * its parent's, then commits. HR_E_CONFLICT when another was quicker or
 * `expect` is not the newest. On an error after the last step was begun, the
 * reference is read again, and the message says "published" or "not published".
 */
bool hr_registry_publish(hr_registry *registry, const hr_publication *publication, hr_arena *arena,
			 hr_issues *issues, hr_version *out, hr_error *err);

/*
 * A revision: a commit id (at least 7 digits), a tag, "HEAD" or empty for the
 * newest, or "@INSTANT" for the newest that was known then.
 */
bool hr_registry_resolve(hr_registry *registry, hr_str rev, hr_arena *arena, hr_version *out,
			 hr_error *err);

/* Newest first, at most `room`; `*count` is how many were written. */
bool hr_registry_log(hr_registry *registry, hr_arena *arena, hr_version *out, size_t room,
		     size_t *count, hr_error *err);

/* The files of a version, walked with bounds of our own: a hostile repository is refused. */
bool hr_registry_read(hr_registry *registry, const hr_version *version, hr_arena *arena,
		      hr_fileset *out, hr_error *err);

/* hr_registry_resolve, hr_registry_read and hr_catalog_build in one. `local_path` may be NULL. */
bool hr_registry_load(hr_registry *registry, hr_str rev, const char *local_path, hr_catalog **out,
		      hr_error *err);
