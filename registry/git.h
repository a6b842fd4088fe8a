/*
 * What the files of this folder share: the handle, libgit2 through a few calls
 * of ours, and git's own formats where libgit2 1.5 cannot be trusted with them.
 * libgit2 and zlib are seen in this folder only.
 */
#pragma once

#include "base/crypto.h"
#include "registry/registry.h"

#include <git2.h>

#define HR_MAIN "refs/heads/main"

struct hr_registry {
	hr_arena *arena; /* holds the handle itself */
	git_repository *repo;
	git_odb *odb;
};

enum {
	HR_COMMIT_BYTES_MAX = 1024 * 1024,
	HR_TREE_BYTES_MAX = 1024 * 1024, /* 4096 entries of 64 characters are 400 KiB */
	HR_HEX = 40,
};

/* For HR_AUTO(git_reference) and the like. */
#define HR_GIT_AUTO(type)                                                                          \
	static inline void type##_auto_close(type **handle)                                        \
	{                                                                                          \
		type##_free(*handle);                                                              \
	}
HR_GIT_AUTO(git_config)
HR_GIT_AUTO(git_odb_object)
HR_GIT_AUTO(git_odb_stream)
HR_GIT_AUTO(git_reference)
HR_GIT_AUTO(git_reference_iterator)
HR_GIT_AUTO(git_repository)

/* The only place that turns libgit2's errors into ours: "cannot <what>: <its words>". */
bool hr_fail_git(hr_error *err, int code, const char *what);

/* An arena for one reading: a version, a local overlay, and their names. NULL without memory. */
hr_arena *hr_git_open_scratch(void);

/*
 * The bytes of an object of that type and of at most `limit` bytes; its size is
 * known before memory is taken. hr_git_fetch leaves the content unchecked, for a
 * caller who holds its SHA-256; hr_git_read compares it with the id.
 */
bool hr_git_fetch(const hr_registry *registry, const git_oid *id, git_object_t type, size_t limit,
		  hr_arena *arena, hr_str *out, hr_error *err);
bool hr_git_read(const hr_registry *registry, const git_oid *id, git_object_t type, size_t limit,
		 hr_arena *arena, hr_str *out, hr_error *err);

/* Type and size alone. */
bool hr_git_look(const hr_registry *registry, const git_oid *id, git_object_t *type, size_t *size,
		 hr_error *err);

/* Written and synced, unless it is there already. */
bool hr_git_write(const hr_registry *registry, git_object_t type, hr_str bytes, git_oid *out,
		  hr_error *err);

/* Where refs/heads/main points. `*found` is false before the first version. */
bool hr_git_newest(const hr_registry *registry, git_oid *out, bool *found, hr_error *err);

/*
 * The content of a loose object's file, which must be exactly of that type and
 * size. Not libgit2's: up to 1.9 it reads a file that was cut short for ever
 * (libgit2 issue 7342).
 */
bool hr_loose_parse(hr_str file, git_object_t type, size_t size, hr_arena *arena, hr_str *out,
		    hr_error *err);

/* A commit, read; texts borrow its bytes. */
typedef struct hr_commit {
	git_oid id;
	git_oid tree;
	git_oid parent; /* the first */
	bool has_parent;
	hr_str author; /* "Name <mail>" */
	hr_instant time;
	hr_str message;
} hr_commit;

/* `id` is left as it is. False when it is no commit as git makes them. */
bool hr_commit_parse(hr_str bytes, hr_commit *out);

bool hr_commit_read(const hr_registry *registry, const git_oid *id, hr_arena *arena, hr_commit *out,
		    hr_error *err);

bool hr_commit_version(const hr_commit *commit, hr_arena *arena, hr_version *out, hr_error *err);

/* One entry of a tree's bytes, as it stands there: any mode, any name. */
typedef struct hr_tree_entry {
	hr_str mode;
	hr_str name;
	bool folder;
	git_oid id;
} hr_tree_entry;

/* Takes the next entry off `*rest`, which is not empty. False when it is cut short. */
bool hr_tree_next(hr_str *rest, hr_tree_entry *out);

/* True when `b` may follow `a` in a tree: git's order, in which a folder's name ends in '/'. */
bool hr_tree_in_order(const hr_tree_entry *a, const hr_tree_entry *b);

/*
 * The seal: the last line of a commit's message, "Catalogue-SHA256: " and the
 * SHA-256 of what `sha256sum` prints for all files in byte order of their
 * names. So a version's promise does not rest on SHA-1 alone, and anyone can
 * check it: git ls-files | LC_ALL=C sort | xargs sha256sum | sha256sum
 */
bool hr_seal_compute(const hr_fileset *files, hr_arena *arena, char out[HR_SHA256_TEXT],
		     hr_error *err);

/* Parts a message into what stands before its seal, and the seal. False when it has none. */
bool hr_seal_find(hr_str message, hr_str *body, hr_str *seal);

/* The message: `body`, a blank line, and the seal. */
void hr_seal_add(hr_str body, const char *seal, hr_buf *text);
