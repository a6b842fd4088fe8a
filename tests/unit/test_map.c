#include "base/map.h"

#include "testing.h"

#include <stdio.h>

struct fixture {
	hr_arena *arena;
	hr_map map;
	hr_error err;
};

static struct fixture open_map(size_t expected)
{
	struct fixture f = { .arena = hr_test_arena() };

	HR_ASSERT_OK(hr_map_init(&f.map, f.arena, expected, &f.err), f.err);
	return f;
}

static void put(struct fixture *f, const char *key, uint32_t value)
{
	HR_ASSERT_OK(hr_map_put(&f->map, hr_str_of(key), value, &f->err), f->err);
}

static hr_str number_key(hr_arena *arena, uint32_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "key-%u", n);
	return hr_str_copy(arena, hr_str_of(text));
}

static void test_map__empty__finds_nothing(void)
{
	struct fixture f = open_map(0);
	uint32_t value = 7;

	CU_ASSERT_FALSE(hr_map_find(&f.map, HR_STR("a"), &value));
	CU_ASSERT_FALSE(hr_map_find(&f.map, HR_STR_NONE, &value));
	CU_ASSERT_EQUAL(value, 7);
	CU_ASSERT_EQUAL(f.map.capacity, 0);
	hr_arena_close(f.arena);
}

static void test_map__zeroed__finds_nothing(void)
{
	hr_map map = { 0 };
	uint32_t value;

	CU_ASSERT_FALSE(hr_map_find(&map, HR_STR("a"), &value));
}

static void test_map__one_key__is_found_and_no_other(void)
{
	struct fixture f = open_map(1);
	uint32_t value = 0;

	put(&f, "阿司匹林", 4000000000u);
	CU_ASSERT_TRUE(hr_map_find(&f.map, HR_STR("阿司匹林"), &value));
	CU_ASSERT_EQUAL(value, 4000000000u);
	CU_ASSERT_FALSE(hr_map_find(&f.map, HR_STR("阿司匹"), &value));
	CU_ASSERT_FALSE(hr_map_find(&f.map, HR_STR_NONE, &value));
	hr_arena_close(f.arena);
}

static void test_map__empty_key__is_a_key(void)
{
	struct fixture f = open_map(0);
	uint32_t value = 0;

	HR_ASSERT_OK(hr_map_put(&f.map, HR_STR_NONE, 5, &f.err), f.err);
	CU_ASSERT_TRUE(hr_map_find(&f.map, HR_STR(""), &value));
	CU_ASSERT_EQUAL(value, 5);
	hr_arena_close(f.arena);
}

/* The table's borders: 12 of 16 slots are the most it takes before it grows. */
static void test_map__as_many_as_expected__do_not_make_it_grow(void)
{
	for (uint32_t n = 1; n <= 200; n++) {
		struct fixture f = open_map(n);
		size_t capacity = f.map.capacity;

		for (uint32_t i = 0; i < n; i++)
			HR_ASSERT_OK(hr_map_put(&f.map, number_key(f.arena, i), i, &f.err), f.err);
		CU_ASSERT_EQUAL(f.map.capacity, capacity);
		CU_ASSERT_TRUE(f.map.count < f.map.capacity);
		hr_arena_close(f.arena);
	}
}

static void test_map__100000_keys__are_all_found_after_growing(void)
{
	struct fixture f = open_map(0);
	uint32_t missing = 0;

	for (uint32_t i = 0; i < 100000; i++)
		if (!hr_map_put(&f.map, number_key(f.arena, i), i, &f.err))
			missing++;
	for (uint32_t i = 0; i < 100000; i++) {
		uint32_t value;

		if (!hr_map_find(&f.map, number_key(f.arena, i), &value) || value != i)
			missing++;
	}
	CU_ASSERT_EQUAL(missing, 0);
	CU_ASSERT_EQUAL(f.map.count, 100000);
	hr_arena_close(f.arena);
}

static void assert_oldest_first(const hr_map *map, hr_str key, uint32_t step, uint32_t count)
{
	hr_map_cursor cursor = hr_map_seek(map, key);
	uint32_t value;

	for (uint32_t i = 0; i < count; i++) {
		CU_ASSERT_TRUE(hr_map_next(map, &cursor, &value));
		CU_ASSERT_EQUAL(value, i * step);
	}
	CU_ASSERT_FALSE(hr_map_next(map, &cursor, &value));
	CU_ASSERT_FALSE(hr_map_next(map, &cursor, &value));
}

static void test_map__same_key_many_times__is_given_oldest_first(void)
{
	struct fixture f = open_map(3);

	for (uint32_t i = 0; i < 40; i++) {
		put(&f, "血常规", i);
		assert_oldest_first(&f.map, HR_STR("血常规"), 1, i + 1);
	}
	hr_arena_close(f.arena);
}

/*
 * Where a chain runs over the end of the table is up to the seed, so many
 * seeds are tried: each map passes through all sizes from 16 to 1024.
 */
static void test_map__same_keys_among_others__stay_oldest_first_while_growing(void)
{
	for (int round = 0; round < 200; round++) {
		struct fixture f = open_map(0);

		for (uint32_t i = 0; i < 120; i++) {
			put(&f, "a", i * 3);
			put(&f, "b", i * 5);
			HR_ASSERT_OK(hr_map_put(&f.map, number_key(f.arena, i), i, &f.err), f.err);
		}
		assert_oldest_first(&f.map, HR_STR("a"), 3, 120);
		assert_oldest_first(&f.map, HR_STR("b"), 5, 120);
		hr_arena_close(f.arena);
	}
}

static void test_map__two_maps__have_different_seeds(void)
{
	struct fixture a = open_map(0);
	struct fixture b = open_map(0);

	CU_ASSERT_NOT_EQUAL(a.map.seed, b.map.seed);
	hr_arena_close(a.arena);
	hr_arena_close(b.arena);
}

static void test_map__arena_at_its_cap__fails_and_keeps_what_it_had(void)
{
	hr_arena *arena = hr_arena_open(16 * sizeof(hr_map_slot));
	hr_map map;
	hr_error err;
	uint32_t value = 0;

	HR_ASSERT_OK(hr_map_init(&map, arena, 12, &err), err);
	for (uint32_t i = 0; i < 12; i++)
		HR_ASSERT_OK(hr_map_put(&map, HR_STR("a"), i, &err), err);
	CU_ASSERT_FALSE(hr_map_put(&map, HR_STR("b"), 12, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_MEMORY);
	CU_ASSERT_FALSE(hr_map_find(&map, HR_STR("b"), &value));
	assert_oldest_first(&map, HR_STR("a"), 1, 12);
	hr_arena_close(arena);
}

static void test_map__absurd_expectation__is_out_of_memory(void)
{
	static const size_t expected[] = { SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 64 };
	hr_arena *arena = hr_test_arena();

	for (size_t i = 0; i < 3; i++) {
		hr_map map = { .count = 77 };
		hr_error err = { 0 };

		CU_ASSERT_FALSE(hr_map_init(&map, arena, expected[i], &err));
		CU_ASSERT_EQUAL(err.code, HR_E_MEMORY);
		CU_ASSERT_EQUAL(map.count, 77);
	}
	hr_arena_close(arena);
}

static const hr_test tests[] = {
	HR_TEST(test_map__empty__finds_nothing),
	HR_TEST(test_map__zeroed__finds_nothing),
	HR_TEST(test_map__one_key__is_found_and_no_other),
	HR_TEST(test_map__empty_key__is_a_key),
	HR_TEST(test_map__as_many_as_expected__do_not_make_it_grow),
	HR_TEST(test_map__100000_keys__are_all_found_after_growing),
	HR_TEST(test_map__same_key_many_times__is_given_oldest_first),
	HR_TEST(test_map__same_keys_among_others__stay_oldest_first_while_growing),
	HR_TEST(test_map__two_maps__have_different_seeds),
	HR_TEST(test_map__arena_at_its_cap__fails_and_keeps_what_it_had),
	HR_TEST(test_map__absurd_expectation__is_out_of_memory),
};
HR_TEST_MAIN("map", tests)
