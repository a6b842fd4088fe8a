/*
 * A registry in a folder of its own, and small catalogues to publish in it:
 * what the tests of registry/ share. Aborts where a test cannot go on.
 */
#pragma once

#include "registry/registry.h"

#include "testing.h"

typedef struct hr_test_repo {
	const char *root; /* the folder, removed at the end */
	char path[300];	  /* the repository in it */
	hr_registry *registry;
	hr_arena *arena;
	hr_error err;
	hr_issues issues;
	hr_version version; /* of the last publication */
} hr_test_repo;

/* The folder only; then the repository in it, opened. */
void hr_test_repo_make_root(hr_test_repo *repo);
void hr_test_repo_open(hr_test_repo *repo);
void hr_test_repo_close(hr_test_repo *repo);

/* The n-th catalogue: three files, two of which are the same in all. */
hr_fileset hr_test_catalogue(hr_arena *arena, int n);

/* 2026-01-01T00:00:00+08:00 and n hours. */
hr_instant hr_test_time(int n);

/* A publication of it that is right in all parts. */
hr_publication hr_test_publication(const hr_fileset *files, int n);

/* Publishes the n-th catalogue; fills `version`, or `err`. */
bool hr_test_publish(hr_test_repo *repo, int n);

/* How long the history is, up to 64. */
size_t hr_test_count_versions(hr_test_repo *repo);

/* That a call failed with the code, and with words in its message. `f` has an `err`. */
#define HR_ASSERT_FAILS(call, f, wanted, words)                                                    \
	do {                                                                                       \
		CU_ASSERT_FALSE(call);                                                             \
		CU_ASSERT_EQUAL((f).err.code, (wanted));                                           \
		hr_test_says(&(f).err, (words), __FILE__, __LINE__);                               \
	} while (0)

void hr_test_says(const hr_error *err, const char *words, const char *file, unsigned line);
