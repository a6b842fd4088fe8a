#include "base/arena.h"

#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Of this process, in memory now. */
static size_t resident_bytes(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	char line[128] = "";

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_PTR_NOT_NULL_FATAL(fgets(line, sizeof(line), file));
	fclose(file);
	return strtoul(strchr(line, ' '), NULL, 10) * (size_t)sysconf(_SC_PAGESIZE);
}

static bool is_zero(const unsigned char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bytes[i])
			return false;
	return true;
}

static void test_arena__pieces__are_zeroed_and_aligned(void)
{
	hr_arena *arena = hr_test_arena();

	/* Twice: after a reset the bytes are used ones. */
	for (int round = 0; round < 2; round++) {
		for (size_t size = 1; size < 3000; size++) {
			unsigned char *piece = hr_arena_alloc(arena, size);

			CU_ASSERT_PTR_NOT_NULL_FATAL(piece);
			CU_ASSERT_EQUAL((uintptr_t)piece % 16, 0);
			CU_ASSERT_TRUE(is_zero(piece, size));
			memset(piece, 0xaa, size);
		}
		hr_arena_reset(arena);
	}
	hr_arena_close(arena);
}

/* Of sizes around those of the blocks behind them, written over their full length. */
static void test_arena__pieces__do_not_overlap(void)
{
	static const size_t sizes[] = { 1, 65535, 65536, 65537, 3, 200000, 16, 9000000, 7 };
	enum { COUNT = sizeof(sizes) / sizeof(sizes[0]) };
	hr_arena *arena = hr_test_arena();
	char *pieces[COUNT];

	for (size_t i = 0; i < COUNT; i++) {
		pieces[i] = i % 2 ? hr_arena_alloc_text(arena, sizes[i])
				  : hr_arena_alloc(arena, sizes[i]);
		CU_ASSERT_PTR_NOT_NULL_FATAL(pieces[i]);
		memset(pieces[i], (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < COUNT; i++) {
		CU_ASSERT_EQUAL(pieces[i][0], (char)(i + 1));
		CU_ASSERT_EQUAL(pieces[i][sizes[i] - 1], (char)(i + 1));
	}
	hr_arena_close(arena);
}

/* Tables are as large as the most that may ever come; most of one is never used. */
static void test_arena__table_that_nobody_writes__is_no_memory(void)
{
	enum { BYTES = 64 << 20 };
	hr_arena *arena = hr_test_arena();
	const size_t before = resident_bytes();
	unsigned char *table = hr_arena_alloc(arena, BYTES);

	CU_ASSERT_PTR_NOT_NULL_FATAL(table);
	table[BYTES / 2] = 1;
	CU_ASSERT_TRUE(resident_bytes() < before + BYTES / 2);
	CU_ASSERT_EQUAL(hr_arena_used(arena), BYTES);
	hr_arena_close(arena);
}

/* Of the sizes about that from which a piece is a table: zeros each, after a reset, too. */
static void test_arena__tables__are_zeroed_between_small_pieces(void)
{
	static const size_t sizes[] = { (256 << 10) - 1, 256 << 10, 5, (256 << 10) + 1, 7 };
	enum { COUNT = sizeof(sizes) / sizeof(sizes[0]) };
	hr_arena *arena = hr_test_arena();

	for (size_t i = 0; i < 6 * COUNT; i++) {
		const size_t size = sizes[i % COUNT];
		unsigned char *piece = hr_arena_alloc(arena, size);

		CU_ASSERT_PTR_NOT_NULL_FATAL(piece);
		CU_ASSERT_EQUAL((uintptr_t)piece % 16, 0);
		CU_ASSERT_TRUE(is_zero(piece, size));
		memset(piece, 0xaa, size);
		CU_ASSERT_TRUE(hr_arena_holds(arena, piece + size - 1));
		if (i % 7 == 6)
			hr_arena_reset(arena);
	}
	hr_arena_close(arena);
}

static void test_arena__text__is_not_aligned_but_its_neighbours_are(void)
{
	hr_arena *arena = hr_test_arena();

	CU_ASSERT_PTR_NOT_NULL(hr_arena_alloc_text(arena, 3));
	CU_ASSERT_EQUAL((uintptr_t)hr_arena_alloc(arena, 1) % 16, 0);
	CU_ASSERT_EQUAL(hr_arena_used(arena), 4);
	hr_arena_close(arena);
}

static void test_arena__at_its_cap__gives_no_byte_more(void)
{
	static const size_t caps[] = { 1, 100, 65536, 1000000 };

	for (size_t i = 0; i < 4; i++) {
		hr_arena *arena = hr_arena_open(caps[i]);

		CU_ASSERT_PTR_NULL(hr_arena_alloc(arena, caps[i] + 1));
		CU_ASSERT_EQUAL(hr_arena_used(arena), 0);
		CU_ASSERT_PTR_NOT_NULL(hr_arena_alloc(arena, caps[i]));
		CU_ASSERT_PTR_NULL(hr_arena_alloc(arena, 1));
		CU_ASSERT_PTR_NULL(hr_arena_alloc_text(arena, 1));
		CU_ASSERT_PTR_NOT_NULL(hr_arena_alloc(arena, 0));
		CU_ASSERT_EQUAL(hr_arena_used(arena), caps[i]);
		hr_arena_reset(arena);
		CU_ASSERT_PTR_NOT_NULL(hr_arena_alloc(arena, caps[i]));
		hr_arena_close(arena);
	}
}

static void test_arena__cap_raised__gives_so_much_more_until_the_reset(void)
{
	hr_arena *arena = hr_arena_open(100);

	CU_ASSERT_PTR_NOT_NULL(hr_arena_alloc(arena, 100));
	hr_arena_raise(arena, 50);
	hr_arena_raise(arena, 50);
	CU_ASSERT_PTR_NULL(hr_arena_alloc(arena, 51));
	CU_ASSERT_PTR_NOT_NULL(hr_arena_alloc(arena, 50));
	CU_ASSERT_PTR_NULL(hr_arena_alloc(arena, 1));
	hr_arena_reset(arena);
	CU_ASSERT_PTR_NULL(hr_arena_alloc(arena, 101));
	hr_arena_raise(arena, SIZE_MAX);
	CU_ASSERT_PTR_NOT_NULL(hr_arena_alloc(arena, 101));
	hr_arena_close(arena);
}

static void test_arena__cap_of_zero__gives_nothing(void)
{
	hr_arena *arena = hr_arena_open(0);

	CU_ASSERT_PTR_NULL(hr_arena_alloc(arena, 1));
	hr_arena_close(arena);
}

static void test_arena__sizes_that_overflow__are_null(void)
{
	hr_arena *arena = hr_arena_open(SIZE_MAX);

	CU_ASSERT_PTR_NOT_NULL(hr_arena_alloc_text(arena, 1));
	for (size_t less = 0; less < 40; less++) {
		CU_ASSERT_PTR_NULL(hr_arena_alloc(arena, SIZE_MAX - less));
		CU_ASSERT_PTR_NULL(hr_arena_alloc_text(arena, SIZE_MAX - less));
		CU_ASSERT_PTR_NULL(hr_arena_alloc(arena, PTRDIFF_MAX - less));
	}
	CU_ASSERT_PTR_NULL(hr_arena_alloc_array(arena, SIZE_MAX / 8 + 1, 8));
	CU_ASSERT_PTR_NULL(hr_arena_alloc_array(arena, SIZE_MAX / 2, 3));
	CU_ASSERT_PTR_NOT_NULL(hr_arena_alloc_array(arena, 0, SIZE_MAX));
	CU_ASSERT_EQUAL(hr_arena_used(arena), 1);
	hr_arena_close(arena);
}

struct witness {
	char *log;
	char letter;
};

static void note(void *resource)
{
	const struct witness *witness = resource;

	strncat(witness->log, &witness->letter, 1);
}

static void test_arena__last_piece__is_made_wider_where_it_lies(void)
{
	hr_arena *arena = hr_arena_open(100);
	char *first = hr_arena_alloc_text(arena, 10);
	char *last = hr_arena_alloc_text(arena, 10);

	CU_ASSERT_FALSE(hr_arena_widen(arena, first, 10, 11));
#ifndef HR_ARENA_DEBUG
	CU_ASSERT_TRUE(hr_arena_widen(arena, last, 10, 10));
	CU_ASSERT_FALSE(hr_arena_widen(arena, last, 10, 91));
	CU_ASSERT_TRUE(hr_arena_widen(arena, last, 10, 90));
	CU_ASSERT_EQUAL(hr_arena_used(arena), 100);
	memset(last, 1, 90);
#endif
	hr_arena_reset(arena);
	CU_ASSERT_FALSE(hr_arena_widen(arena, last, 90, 91));
	hr_arena_close(arena);
}

static void test_arena__piece__is_held_until_the_reset(void)
{
	hr_arena *arena = hr_test_arena();
	hr_arena *other = hr_test_arena();
	char *first = hr_arena_alloc_text(arena, 10);
	char *far = hr_arena_alloc_text(arena, 9000000);

	CU_ASSERT_TRUE(hr_arena_holds(arena, first));
	CU_ASSERT_TRUE(hr_arena_holds(arena, first + 9));
	CU_ASSERT_TRUE(hr_arena_holds(arena, far + 8999999));
	CU_ASSERT_FALSE(hr_arena_holds(other, first));
	CU_ASSERT_FALSE(hr_arena_holds(arena, NULL));
	CU_ASSERT_FALSE(hr_arena_holds(arena, "elsewhere"));
	hr_arena_reset(arena);
	CU_ASSERT_FALSE(hr_arena_holds(arena, far));
	hr_arena_close(arena);
	hr_arena_close(other);
}

/* Past the end of the block behind it. */
static void test_arena__piece_as_large_as_its_block__is_not_made_wider(void)
{
	hr_arena *arena = hr_test_arena();
	char *piece = hr_arena_alloc_text(arena, 9000000);

	CU_ASSERT_FALSE(hr_arena_widen(arena, piece, 9000000, 9000001));
	CU_ASSERT_EQUAL(hr_arena_used(arena), 9000000);
	hr_arena_close(arena);
}

static void test_arena__hooks__run_newest_first_and_once(void)
{
	hr_arena *arena = hr_test_arena();
	char log[16] = "";
	struct witness witnesses[] = { { log, 'a' }, { log, 'b' }, { log, 'c' } };
	hr_error err;

	for (size_t i = 0; i < 3; i++)
		HR_ASSERT_OK(hr_arena_on_reset(arena, note, &witnesses[i], &err), err);
	CU_ASSERT_STRING_EQUAL(log, "");
	hr_arena_reset(arena);
	CU_ASSERT_STRING_EQUAL(log, "cba");
	hr_arena_reset(arena);
	CU_ASSERT_STRING_EQUAL(log, "cba");
	HR_ASSERT_OK(hr_arena_on_reset(arena, note, &witnesses[0], &err), err);
	hr_arena_close(arena);
	CU_ASSERT_STRING_EQUAL(log, "cbaa");
}

static void close_at_end_of_block(char *log)
{
	struct witness witness = { log, 'x' };
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_error err;

	HR_ASSERT_OK(hr_arena_on_reset(arena, note, &witness, &err), err);
}

static void test_arena__auto__closes_at_the_end_of_the_block(void)
{
	char log[4] = "";

	close_at_end_of_block(log);
	CU_ASSERT_STRING_EQUAL(log, "x");
	hr_arena_close(NULL);
}

static void test_arena__reset__begins_at_zero(void)
{
	hr_arena *arena = hr_test_arena();

	hr_arena_reset(arena);
	for (int i = 0; i < 100; i++) {
		CU_ASSERT_PTR_NOT_NULL(hr_arena_alloc(arena, 100000));
		CU_ASSERT_EQUAL(hr_arena_used(arena), 100000);
		hr_arena_reset(arena);
		CU_ASSERT_EQUAL(hr_arena_used(arena), 0);
	}
	hr_arena_close(arena);
}

static void test_arena__what_hangs_on_it__is_used_beside_the_cap(void)
{
	hr_arena *arena = hr_arena_open(100);

	CU_ASSERT_PTR_NOT_NULL(hr_arena_alloc(arena, 40));
	hr_arena_note(arena, 1000);
	hr_arena_note(arena, 500);
	CU_ASSERT_EQUAL(hr_arena_used(arena), 1540);
	CU_ASSERT_PTR_NOT_NULL(hr_arena_alloc(arena, 60));
	CU_ASSERT_PTR_NULL(hr_arena_alloc(arena, 1));
	hr_arena_reset(arena);
	CU_ASSERT_EQUAL(hr_arena_used(arena), 0);
	hr_arena_close(arena);
}

static const hr_test tests[] = {
	HR_TEST(test_arena__pieces__are_zeroed_and_aligned),
	HR_TEST(test_arena__pieces__do_not_overlap),
	HR_TEST(test_arena__table_that_nobody_writes__is_no_memory),
	HR_TEST(test_arena__tables__are_zeroed_between_small_pieces),
	HR_TEST(test_arena__text__is_not_aligned_but_its_neighbours_are),
	HR_TEST(test_arena__at_its_cap__gives_no_byte_more),
	HR_TEST(test_arena__cap_raised__gives_so_much_more_until_the_reset),
	HR_TEST(test_arena__cap_of_zero__gives_nothing),
	HR_TEST(test_arena__sizes_that_overflow__are_null),
	HR_TEST(test_arena__last_piece__is_made_wider_where_it_lies),
	HR_TEST(test_arena__piece__is_held_until_the_reset),
	HR_TEST(test_arena__piece_as_large_as_its_block__is_not_made_wider),
	HR_TEST(test_arena__hooks__run_newest_first_and_once),
	HR_TEST(test_arena__auto__closes_at_the_end_of_the_block),
	HR_TEST(test_arena__reset__begins_at_zero),
	HR_TEST(test_arena__what_hangs_on_it__is_used_beside_the_cap),
};
HR_TEST_MAIN("arena", tests)
