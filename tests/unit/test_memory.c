/* What base does when memory is short: the n-th allocation fails, for every n. */
#include "base/crypto.h"
#include "base/file.h"
#include "base/json.h"
#include "base/map.h"

#include "failing_malloc.h"
#include "testing.h"

#include <stdio.h>

static void count_release(void *resource)
{
	++*(int *)resource;
}

static bool fill_arena(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)64 << 20);
	int *releases = context;

	*releases = 0;
	if (!arena)
		return hr_fail_memory(err);
	if (!hr_arena_on_reset(arena, count_release, releases, err)) {
		CU_ASSERT_EQUAL(*releases, 1);
		return false;
	}
	for (size_t size = 1; size < (size_t)8 << 20; size *= 2)
		if (!hr_arena_alloc(arena, size) || !hr_arena_alloc_text(arena, size))
			return hr_fail_memory(err);
	hr_arena_reset(arena);
	CU_ASSERT_EQUAL(*releases, 1);
	return hr_arena_alloc(arena, 100) != NULL || hr_fail_memory(err);
}

static void test_memory__arena__every_allocation_may_fail(void)
{
	int releases;

	CU_ASSERT_TRUE(hr_failing_malloc_each(fill_arena, &releases) > 5);
}

static bool fill_map(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)64 << 20);
	static const char zeros[10000];
	const hr_str key = HR_STR("血常规");
	uint32_t value;
	hr_map map;

	(void)context;
	if (!arena)
		return hr_fail_memory(err);
	if (!hr_map_init(&map, arena, 3, err))
		return false;
	for (uint32_t i = 0; i < 10000; i++) {
		/* Many different keys, and one of them found whenever something fails. */
		hr_str next = i ? (hr_str){ zeros, i } : key;

		if (!hr_map_put(&map, next, i, err)) {
			CU_ASSERT_EQUAL(map.count, i);
			CU_ASSERT_TRUE(hr_map_find(&map, key, &value) && value == 0);
			return false;
		}
	}
	return true;
}

static void test_memory__map__every_allocation_may_fail(void)
{
	CU_ASSERT_TRUE(hr_failing_malloc_each(fill_map, NULL) >= 4);
}

struct place {
	const char *folder;
	int attempt;
};

static bool file_there_and_back(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)64 << 20);
	static const char data[300000];
	const struct place *place = context;
	hr_str got = HR_STR_NONE;
	char path[300];

	snprintf(path, sizeof(path), "%s/file", place->folder);
	if (!arena)
		return hr_fail_memory(err);
	if (!hr_file_write(path, (hr_str){ data, sizeof(data) }, err))
		return false;
	if (!hr_file_read(path, sizeof(data), arena, &got, err)) {
		CU_ASSERT_PTR_NULL(got.data);
		return false;
	}
	CU_ASSERT_EQUAL(got.len, sizeof(data));
	return true;
}

static bool set_there_and_back(void *context, hr_error *err)
{
	static const hr_file files[] = {
		{ HR_STR_INIT("a/b.xml"), HR_STR_INIT("1") },
		{ HR_STR_INIT("c.xml"), HR_STR_INIT("2") },
	};
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)64 << 20);
	const hr_fileset set = { files, 2 };
	struct place *place = context;
	hr_fileset got = { 0 };
	char path[300];

	snprintf(path, sizeof(path), "%s/%d", place->folder, place->attempt++);
	if (!arena)
		return hr_fail_memory(err);
	if (!hr_fileset_write(path, &set, err))
		return false;
	if (!hr_fileset_read(path, HR_STR(".xml"), &hr_fileset_catalogue_limits, arena, &got,
			     err)) {
		CU_ASSERT_EQUAL(got.count, 0);
		return false;
	}
	CU_ASSERT_EQUAL(got.count, 2);
	return true;
}

static void test_memory__files__every_allocation_may_fail(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	struct place place = { .folder = hr_test_folder(arena) };

	CU_ASSERT_TRUE(hr_failing_malloc_each(file_there_and_back, &place) >= 2);
	CU_ASSERT_TRUE(hr_failing_malloc_each(set_there_and_back, &place) >= 4);
}

static bool read_json(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)64 << 20);
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *root = NULL;
	bool ok = arena && parser;

	if (ok)
		ok = hr_json_read(parser, *(const hr_str *)context, arena, &root, err);
	else
		hr_fail_memory(err);
	CU_ASSERT_EQUAL(ok, root != NULL);
	hr_json_parser_close(parser);
	return ok;
}

static void test_memory__json__every_allocation_may_fail(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_str text;
	hr_buf buf;

	hr_buf_init(&buf, arena, 1 << 20);
	hr_buf_add_char(&buf, '{');
	for (int i = 0; i < 5000; i++)
		hr_buf_addf(&buf, "\"%d\":[],", i);
	HR_BUF_ADD(&buf, "\"last\":0}");
	text = hr_buf_str(&buf);
	CU_ASSERT_TRUE(hr_failing_malloc_each(read_json, &text) >= 6);
}

static bool hash_some_text(void *context, hr_error *err)
{
	hr_digest digest;

	(void)context;
	return hr_hmac_sha256(HR_STR("key"), HR_STR("abc"), &digest, err) &&
	       hr_sha256(HR_STR("abc"), &digest, err);
}

/* libcrypto crashes when memory is short at its very first use, so that one comes before. */
static void test_memory__crypto__every_allocation_may_fail(void)
{
	hr_error err;

	HR_ASSERT_OK(hash_some_text(NULL, &err), err);
	CU_ASSERT_TRUE(hr_failing_malloc_each(hash_some_text, NULL) >= 1);
}

static const hr_test tests[] = {
	HR_TEST(test_memory__arena__every_allocation_may_fail),
	HR_TEST(test_memory__map__every_allocation_may_fail),
	HR_TEST(test_memory__files__every_allocation_may_fail),
	HR_TEST(test_memory__json__every_allocation_may_fail),
	HR_TEST(test_memory__crypto__every_allocation_may_fail),
};
HR_TEST_MAIN("memory", tests)
