#include "testing.h"

#include <CUnit/Basic.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int hr_test_run(const char *suite, const hr_test *tests, size_t count)
{
	CU_pSuite s;
	unsigned failures;

	if (CU_initialize_registry() != CUE_SUCCESS)
		return EXIT_FAILURE;
	s = CU_add_suite(suite, NULL, NULL);
	for (size_t i = 0; s && i < count; i++)
		if (!CU_add_test(s, tests[i].name, tests[i].run))
			return EXIT_FAILURE;
	CU_basic_set_mode(CU_BRM_NORMAL);
	CU_basic_run_tests();
	failures = CU_get_number_of_failures() + CU_get_number_of_tests_failed();
	if (CU_get_number_of_tests_run() != count)
		failures++;
	CU_cleanup_registry();
	return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}

hr_arena *hr_test_arena(void)
{
	hr_arena *arena = hr_arena_open((size_t)256 << 20);

	if (!arena)
		abort();
	return arena;
}

hr_str hr_test_read(hr_arena *arena, const char *path)
{
	FILE *file = fopen(path, "rb");
	struct stat st;
	char *data;

	if (!file || fstat(fileno(file), &st) != 0) {
		fprintf(stderr, "cannot read %s: run from the tree's root\n", path);
		abort();
	}
	data = hr_arena_alloc_text(arena, (size_t)st.st_size + 1);
	if (!data || fread(data, 1, (size_t)st.st_size, file) != (size_t)st.st_size)
		abort();
	data[st.st_size] = '\0';
	fclose(file);
	return (hr_str){ data, (size_t)st.st_size };
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void hr_test_remove(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void remove_folder(void *path)
{
	hr_test_remove(path);
}

const char *hr_test_folder(hr_arena *arena)
{
	const char *tmp = getenv("TMPDIR");
	hr_error err;
	hr_buf path;

	hr_buf_init(&path, arena, 4000);
	hr_buf_addf(&path, "%s/huren-test-XXXXXX", tmp ? tmp : "/tmp");
	if (path.failed || !mkdtemp(path.data) ||
	    !hr_arena_on_reset(arena, remove_folder, path.data, &err))
		abort();
	return path.data;
}

void hr_test_write(const char *folder, const char *name, const char *text)
{
	char path[400];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
}

const char *hr_test_corpora(void)
{
	const char *path = getenv("HUREN_CORPORA");
	struct stat st;

	if (!path)
		path = "../shared/corpora";
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return path;
	fprintf(stderr, "skipped: no corpora at '%s' (set HUREN_CORPORA)\n", path);
	return NULL;
}

void hr_test_equal(hr_str got, hr_str want, const char *file, unsigned line)
{
	bool equal = hr_str_equal(got, want);

	if (!equal)
		fprintf(stderr, "\n%s:%u\n  got:  %.*s\n  want: %.*s\n", file, line,
			HR_STR_ARG(got), HR_STR_ARG(want));
	CU_assertImplementation(equal, line, "texts are equal", file, "", CU_FALSE);
}
