#include "base/numbering.h"

#include "testing.h"

static uint64_t hash_nothing(const void *thing)
{
	(void)thing;
	return 7;
}

static bool same_letter(const void *a, const void *b)
{
	return *(const char *)a == *(const char *)b;
}

static uint32_t number(hr_numbering *n, const void *thing)
{
	uint32_t got = UINT32_MAX;

	CU_ASSERT_TRUE(hr_numbering_get(n, thing, &got));
	return got;
}

static void test_numbering__by_address__equal_content_is_not_the_same(void)
{
	hr_arena *arena = hr_test_arena();
	static const char text[] = "aa";
	hr_numbering n;

	hr_numbering_init(&n, &hr_numbering_by_address, arena);
	CU_ASSERT_EQUAL(n.count, 0);
	CU_ASSERT_EQUAL(number(&n, &text[0]), 0);
	CU_ASSERT_EQUAL(number(&n, &text[1]), 1);
	CU_ASSERT_EQUAL(number(&n, &text[0]), 0);
	CU_ASSERT_EQUAL(n.count, 2);
	CU_ASSERT_PTR_EQUAL(n.things[1], &text[1]);
	hr_arena_close(arena);
}

static void test_numbering__by_content__the_first_of_the_same_is_kept(void)
{
	static const hr_numbering_kind letters = { hash_nothing, same_letter };
	static const char text[] = "abca";
	hr_arena *arena = hr_test_arena();
	hr_numbering n;

	hr_numbering_init(&n, &letters, arena);
	for (uint32_t i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(number(&n, &text[i]), i);
	CU_ASSERT_EQUAL(number(&n, &text[3]), 0);
	CU_ASSERT_PTR_EQUAL(n.things[0], &text[0]);
	hr_arena_close(arena);
}

static void test_numbering__growing__keeps_every_number(void)
{
	hr_arena *arena = hr_test_arena();
	static const uint64_t things[1000];
	hr_numbering n;

	hr_numbering_init(&n, &hr_numbering_by_address, arena);
	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < 1000; i++)
			CU_ASSERT_EQUAL(number(&n, &things[i]), i);
	CU_ASSERT_EQUAL(n.count, 1000);
	hr_arena_close(arena);
}

static void test_numbering__no_memory__says_so_and_keeps_what_it_has(void)
{
	static const uint64_t things[33];
	/* As much as 64 slots and 64 things take. */
	hr_arena *arena = hr_arena_open(64 * (sizeof(uint32_t) + sizeof(void *)));
	uint32_t got = 5;
	hr_numbering n;

	hr_numbering_init(&n, &hr_numbering_by_address, arena);
	for (uint32_t i = 0; i < 32; i++)
		CU_ASSERT_EQUAL(number(&n, &things[i]), i);
	CU_ASSERT_FALSE(hr_numbering_get(&n, &things[32], &got));
	CU_ASSERT_EQUAL(got, 5);
	CU_ASSERT_EQUAL(n.count, 32);
	hr_arena_close(arena);
}

static const hr_test tests[] = {
	HR_TEST(test_numbering__by_address__equal_content_is_not_the_same),
	HR_TEST(test_numbering__by_content__the_first_of_the_same_is_kept),
	HR_TEST(test_numbering__growing__keeps_every_number),
	HR_TEST(test_numbering__no_memory__says_so_and_keeps_what_it_has),
};
HR_TEST_MAIN("numbering", tests)
