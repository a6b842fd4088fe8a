/*
 * What every unit test needs: CUnit with one suite a file, an arena, and
 * asserts that say what was there.
 *
 *	static const hr_test tests[] = {
 *		HR_TEST(test_thing__state__what_happens),
 *	};
 *	HR_TEST_MAIN("thing", tests)
 */
#pragma once

#include "base/arena.h"
#include "base/str.h"

#include <CUnit/CUnit.h>

typedef struct hr_test {
	const char *name;
	void (*run)(void);
} hr_test;

#define HR_TEST(function)                                                                          \
	{                                                                                          \
#function, function                                                                \
	}

#define HR_TEST_MAIN(suite, tests)                                                                 \
	int main(void)                                                                             \
	{                                                                                          \
		return hr_test_run((suite), (tests), sizeof(tests) / sizeof((tests)[0]));          \
	}

/* 0 when all pass; the exit code of the program. */
int hr_test_run(const char *suite, const hr_test *tests, size_t count);

/* An arena of 256 MiB; aborts when there is no memory. */
hr_arena *hr_test_arena(void);

/* A file's bytes, path from the tree's root; aborts when it cannot be read. */
hr_str hr_test_read(hr_arena *arena, const char *path);

/* A new, empty folder in $TMPDIR, removed with all that is in it when the arena is closed. */
const char *hr_test_folder(hr_arena *arena);

/* A folder with all that is in it, or a file. */
void hr_test_remove(const char *path);

void hr_test_write(const char *folder, const char *name, const char *text);

/* $HUREN_CORPORA, else ../shared/corpora; NULL, with a word on stderr, when absent. */
const char *hr_test_corpora(void);

/* Prints both when they differ. */
void hr_test_equal(hr_str got, hr_str want, const char *file, unsigned line);

#define HR_ASSERT_TEXT(got, want) hr_test_equal((got), hr_str_of(want), __FILE__, __LINE__)
#define HR_ASSERT_OK(call, err)                                                                    \
	do {                                                                                       \
		bool ok_ = (call);                                                                 \
		if (!ok_)                                                                          \
			hr_test_equal(hr_str_of((err).message), HR_STR("(no error)"), __FILE__,    \
				      __LINE__);                                                   \
		else                                                                               \
			CU_PASS(#call);                                                            \
	} while (0)
