/*
 * film_metadata FILE...: of each the metadata, as a service would answer them,
 * a line each; or why the file is refused. With --repeat N the first file is
 * read so often, and its facts are found and read back, for a profiler.
 */
#include "dicom/facts.h"
#include "dicom/metadata.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARENA = 1 << 30, FILE_MAX = 1 << 28, LINE_MAX = 1 << 28 };

static bool find(hr_str file, hr_arena *arena, hr_film_facts *facts, hr_error *err)
{
	hr_film_facts found;
	hr_buf bytes;

	hr_buf_init(&bytes, arena, HR_FACTS_BYTES_MAX);
	if (!hr_facts_find(file, arena, &found, err))
		return false;
	hr_facts_write(&found, &bytes);
	return hr_facts_read(hr_buf_str(&bytes), arena, facts, err);
}

static int print_one(const char *path)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA);
	hr_film_facts facts;
	hr_error err = { 0 };
	hr_str file;
	hr_buf out;

	if (!arena || !hr_file_read(path, FILE_MAX, arena, &file, &err)) {
		fprintf(stderr, "film_metadata: %s: %s\n", path, err.message);
		return 1;
	}
	hr_buf_init(&out, arena, LINE_MAX);
	if (find(file, arena, &facts, &err) &&
	    hr_metadata_join(&facts.metadata, 1, HR_STR("http://test"), false, &out, &err))
		printf("%.*s\n", HR_STR_ARG(hr_buf_str(&out)));
	else
		printf("{\"refused\":\"%s\",\"why\":\"%s\"}\n", hr_error_word(err.code),
		       err.message);
	return 0;
}

static int repeat(long times, const char *path)
{
	HR_AUTO(hr_arena) file_arena = hr_arena_open(ARENA);
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA);
	hr_film_facts facts;
	hr_error err = { 0 };
	hr_str file;

	if (!file_arena || !arena || !hr_file_read(path, FILE_MAX, file_arena, &file, &err))
		return 1;
	for (long i = 0; i < times; i++) {
		hr_arena_reset(arena);
		if (!hr_facts_find(file, arena, &facts, &err))
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	int failed = 0;

	if (argc == 4 && strcmp(argv[1], "--repeat") == 0)
		return repeat(strtol(argv[2], NULL, 10), argv[3]);
	for (int i = 1; i < argc; i++)
		failed |= print_one(argv[i]);
	return failed;
}
