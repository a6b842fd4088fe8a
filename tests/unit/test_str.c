#include "base/str.h"
#include "base/word.h"

#include "testing.h"

#include <limits.h>

static void test_str__compare__is_by_unsigned_bytes_then_length(void)
{
	/* In rising order. */
	static const hr_str texts[] = {
		HR_STR_INIT(""),   HR_STR_INIT("\0"),	HR_STR_INIT("A"),    HR_STR_INIT("a"),
		HR_STR_INIT("a-"), HR_STR_INIT("ab"),	HR_STR_INIT("\x7f"), HR_STR_INIT("互"),
		HR_STR_INIT("认"), HR_STR_INIT("\xff"),
	};
	size_t count = sizeof(texts) / sizeof(texts[0]);

	for (size_t a = 0; a < count; a++)
		for (size_t b = 0; b < count; b++) {
			int order = hr_str_compare(texts[a], texts[b]);

			CU_ASSERT_EQUAL((order > 0) - (order < 0), (a > b) - (a < b));
			CU_ASSERT_EQUAL(hr_str_equal(texts[a], texts[b]), a == b);
		}
}

static void test_str__equal_nocase__folds_ascii_letters_alone(void)
{
	CU_ASSERT_TRUE(hr_str_equal_nocase(HR_STR("gb2312-AZ"), HR_STR("GB2312-az")));
	CU_ASSERT_TRUE(hr_str_equal_nocase(HR_STR_NONE, HR_STR("")));
	CU_ASSERT_FALSE(hr_str_equal_nocase(HR_STR("CT"), HR_STR("CTA")));
	/* One bit apart, as letters of the two cases are. */
	CU_ASSERT_FALSE(hr_str_equal_nocase(HR_STR("@["), HR_STR("`{")));
	CU_ASSERT_FALSE(hr_str_equal_nocase(HR_STR("\xc3\x84"), HR_STR("\xc3\xa4")));
}

static void test_str__none__is_an_empty_text(void)
{
	hr_str rest = HR_STR_NONE;

	CU_ASSERT_TRUE(hr_str_is_empty(HR_STR_NONE));
	CU_ASSERT_TRUE(hr_str_is_empty(hr_str_of(NULL)));
	CU_ASSERT_TRUE(hr_str_equal(HR_STR_NONE, HR_STR("")));
	CU_ASSERT_EQUAL(hr_str_compare(HR_STR_NONE, HR_STR("")), 0);
	CU_ASSERT_TRUE(hr_str_starts_with(HR_STR_NONE, HR_STR_NONE));
	CU_ASSERT_TRUE(hr_str_ends_with(HR_STR_NONE, HR_STR_NONE));
	CU_ASSERT_EQUAL(hr_str_find(HR_STR_NONE, HR_STR("a")), 0);
	CU_ASSERT_EQUAL(hr_str_trim(HR_STR_NONE).len, 0);
	CU_ASSERT_EQUAL(hr_str_slice(HR_STR_NONE, 0, 9).len, 0);
	CU_ASSERT_EQUAL(hr_str_next_word(&rest).len, 0);
	CU_ASSERT_EQUAL(hr_str_hash(HR_STR_NONE, 5), hr_str_hash(HR_STR(""), 5));
}

static void test_str__slice__stays_inside(void)
{
	hr_str s = HR_STR("abcdef");

	HR_ASSERT_TEXT(hr_str_slice(s, 0, 6), "abcdef");
	HR_ASSERT_TEXT(hr_str_slice(s, 2, 4), "cd");
	HR_ASSERT_TEXT(hr_str_slice(s, 5, SIZE_MAX), "f");
	HR_ASSERT_TEXT(hr_str_slice(s, 6, 6), "");
	HR_ASSERT_TEXT(hr_str_slice(s, 7, 9), "");
	HR_ASSERT_TEXT(hr_str_slice(s, 4, 2), "");
}

static void test_str__starts_and_ends__with_more_or_less_than_the_text(void)
{
	hr_str s = HR_STR("a.xml");

	CU_ASSERT_TRUE(hr_str_starts_with(s, HR_STR("a.")));
	CU_ASSERT_TRUE(hr_str_starts_with(s, s));
	CU_ASSERT_FALSE(hr_str_starts_with(s, HR_STR("a.xmls")));
	CU_ASSERT_FALSE(hr_str_starts_with(s, HR_STR("b")));
	CU_ASSERT_TRUE(hr_str_ends_with(s, HR_STR(".xml")));
	CU_ASSERT_TRUE(hr_str_ends_with(s, s));
	CU_ASSERT_FALSE(hr_str_ends_with(s, HR_STR("aa.xml")));
	CU_ASSERT_FALSE(hr_str_ends_with(s, HR_STR(".xmL")));
}

static void test_str__find__gives_the_first_place_or_the_length(void)
{
	hr_str s = HR_STR("abcabc\0x");

	CU_ASSERT_EQUAL(hr_str_find(s, HR_STR("abc")), 0);
	CU_ASSERT_EQUAL(hr_str_find(s, HR_STR("ca")), 2);
	CU_ASSERT_EQUAL(hr_str_find(s, HR_STR("\0x")), 6);
	CU_ASSERT_EQUAL(hr_str_find(s, HR_STR("")), 0);
	CU_ASSERT_EQUAL(hr_str_find(s, HR_STR("d")), 8);
	CU_ASSERT_EQUAL(hr_str_find(s, HR_STR("abcabc\0xy")), 8);
}

static void test_str__trim__takes_ascii_and_chinese_blanks(void)
{
	HR_ASSERT_TEXT(hr_str_trim(HR_STR(" \t\r\n\v\f互 认 \n")), "互 认");
	HR_ASSERT_TEXT(hr_str_trim(HR_STR("\u3000 \u00a0钾\u00a0\u3000 ")), "钾");
	HR_ASSERT_TEXT(hr_str_trim(HR_STR(" \u3000\u00a0\n")), "");
	/* Half of a blank is none. */
	HR_ASSERT_TEXT(hr_str_trim(HR_STR("\xe3\x80")), "\xe3\x80");
	HR_ASSERT_TEXT(hr_str_trim(HR_STR("\x80\x80")), "\x80\x80");
}

static void test_str__next_word__gives_each_word_and_then_nothing(void)
{
	hr_str rest = HR_STR("  one\ttwo\n三 ");

	HR_ASSERT_TEXT(hr_str_next_word(&rest), "one");
	HR_ASSERT_TEXT(hr_str_next_word(&rest), "two");
	HR_ASSERT_TEXT(hr_str_next_word(&rest), "三");
	HR_ASSERT_TEXT(hr_str_next_word(&rest), "");
	HR_ASSERT_TEXT(hr_str_next_word(&rest), "");
}

static void test_str__copies__are_their_own_and_terminated(void)
{
	hr_arena *arena = hr_test_arena();
	char text[] = "abc";
	hr_str copy = hr_str_copy(arena, (hr_str){ text, 2 });
	const char *terminated = hr_str_terminated(arena, HR_STR_NONE);

	text[0] = 'x';
	HR_ASSERT_TEXT(copy, "ab");
	CU_ASSERT_EQUAL(copy.data[2], '\0');
	CU_ASSERT_STRING_EQUAL(terminated, "");
	CU_ASSERT_PTR_NOT_NULL(hr_str_copy(arena, HR_STR_NONE).data);
	hr_arena_close(arena);
}

static void test_str__copy_without_memory__has_no_data(void)
{
	hr_arena *arena = hr_arena_open(3);

	CU_ASSERT_PTR_NULL(hr_str_copy(arena, HR_STR("abc")).data);
	CU_ASSERT_PTR_NULL(hr_str_terminated(arena, HR_STR("abc")));
	CU_ASSERT_PTR_NOT_NULL(hr_str_terminated(arena, HR_STR("ab")));
	hr_arena_close(arena);
}

/* Texts that differ in one bit or in length only, of all lengths around the eight-byte step. */
static void test_str__hash__differs_for_neighbours(void)
{
	char text[34] = { 0 };

	for (size_t len = 0; len < sizeof(text); len++) {
		uint64_t whole = hr_str_hash((hr_str){ text, len }, 1);

		if (len)
			CU_ASSERT_NOT_EQUAL(whole, hr_str_hash((hr_str){ text, len - 1 }, 1));
		CU_ASSERT_NOT_EQUAL(whole, hr_str_hash((hr_str){ text, len }, 2));
		for (size_t bit = 0; bit < len * 8; bit++) {
			text[bit / 8] = (char)(1u << bit % 8);
			CU_ASSERT_NOT_EQUAL(whole, hr_str_hash((hr_str){ text, len }, 1));
			text[bit / 8] = 0;
		}
	}
}

static void test_buf__adds__stand_one_after_the_other_and_terminated(void)
{
	hr_arena *arena = hr_test_arena();
	hr_buf buf;

	hr_buf_init(&buf, arena, 1000);
	CU_ASSERT_EQUAL(hr_buf_str(&buf).len, 0);
	HR_BUF_ADD(&buf, "a");
	hr_buf_add_char(&buf, ',');
	hr_buf_add_int(&buf, INT64_MIN);
	hr_buf_add(&buf, HR_STR_NONE);
	hr_buf_addf(&buf, ",%d%s", INT_MAX, "");
	hr_buf_addf(&buf, "%s", "");
	HR_ASSERT_TEXT(hr_buf_str(&buf), "a,-9223372036854775808,2147483647");
	CU_ASSERT_EQUAL(strlen(buf.data), buf.len);
	CU_ASSERT_FALSE(buf.failed);
	hr_arena_close(arena);
}

static void test_buf__growing__keeps_what_was_written(void)
{
	hr_arena *arena = hr_test_arena();
	hr_buf buf;

	hr_buf_init(&buf, arena, 100000);
	for (int i = 0; i < 10000; i++)
		hr_buf_addf(&buf, "%05d", i);
	CU_ASSERT_FALSE(buf.failed);
	CU_ASSERT_EQUAL_FATAL(buf.len, 50000);
	CU_ASSERT_NSTRING_EQUAL(buf.data, "0000000001", 10);
	CU_ASSERT_STRING_EQUAL(buf.data + 49990, "0999809999");
	hr_arena_close(arena);
}

static void add_plain(hr_buf *buf, size_t count)
{
	static const char zeros[600];

	hr_buf_add(buf, (hr_str){ zeros, count });
}

static void add_formatted(hr_buf *buf, size_t count)
{
	hr_buf_addf(buf, "%0*d", (int)count, 0);
}

/* Also around 256, where the first room ends. */
static void test_buf__limit__is_met_exactly_by_every_way_of_adding(void)
{
	static const size_t limits[] = { 1, 255, 256, 257, 512 };
	void (*const ways[])(hr_buf *, size_t) = { add_plain, add_formatted };

	for (size_t i = 0; i < 10; i++) {
		hr_arena *arena = hr_test_arena();
		size_t limit = limits[i / 2];
		hr_buf buf;

		hr_buf_init(&buf, arena, limit);
		ways[i % 2](&buf, limit);
		CU_ASSERT_FALSE(buf.failed);
		CU_ASSERT_EQUAL(buf.len, limit);
		hr_buf_add(&buf, HR_STR_NONE);
		CU_ASSERT_FALSE(buf.failed);
		ways[i % 2](&buf, 1);
		CU_ASSERT_TRUE(buf.failed);
		CU_ASSERT_EQUAL(buf.len, limit);
		hr_buf_init(&buf, arena, limit);
		ways[i % 2](&buf, limit + 1);
		CU_ASSERT_TRUE(buf.failed);
		CU_ASSERT_EQUAL(buf.len, 0);
		hr_arena_close(arena);
	}
}

static void test_buf__after_a_failure__takes_nothing_more(void)
{
	hr_arena *arena = hr_test_arena();
	hr_buf buf;

	hr_buf_init(&buf, arena, 3);
	HR_BUF_ADD(&buf, "ab");
	HR_BUF_ADD(&buf, "cd");
	HR_BUF_ADD(&buf, "e");
	hr_buf_addf(&buf, "%d", 1);
	CU_ASSERT_TRUE(buf.failed);
	HR_ASSERT_TEXT(hr_buf_str(&buf), "ab");
	hr_arena_close(arena);
}

static void test_buf__no_memory__fails(void)
{
	hr_arena *arena = hr_arena_open(10);
	hr_buf buf;

	hr_buf_init(&buf, arena, 1000);
	HR_BUF_ADD(&buf, "a");
	CU_ASSERT_TRUE(buf.failed);
	CU_ASSERT_EQUAL(hr_buf_str(&buf).len, 0);
	hr_arena_close(arena);
}

static void test_buf__over_own_memory__is_filled_and_never_grows(void)
{
	char memory[4];
	hr_buf buf;

	hr_buf_init_over(&buf, memory, sizeof(memory));
	HR_BUF_ADD(&buf, "ab");
	hr_buf_addf(&buf, "%c", 'c');
	CU_ASSERT_FALSE(buf.failed);
	CU_ASSERT_STRING_EQUAL(memory, "abc");
	hr_buf_add_char(&buf, 'd');
	CU_ASSERT_TRUE(buf.failed);
	CU_ASSERT_STRING_EQUAL(memory, "abc");
	hr_buf_init_over(&buf, memory, 1);
	hr_buf_add_char(&buf, 'd');
	CU_ASSERT_TRUE(buf.failed);
}

static void test_word__match__is_exact_in_every_byte(void)
{
	static const char delimiters[] = "|^\r\n\x7f\x80\xff";

	for (size_t i = 0; i < sizeof(delimiters); i++)
		for (int mask = 0; mask < 256; mask++) {
			char text[8];
			hr_word want = 0;

			for (int at = 0; at < 8; at++) {
				bool hit = mask >> at & 1;

				/* Beside a hit one more or less, where a carry would be seen. */
				text[at] = (char)(delimiters[i] + (hit ? 0 : at % 2 ? 1 : -1));
				want |= hit ? (hr_word)0x80 << 8 * at : 0;
			}
			CU_ASSERT_EQUAL(hr_word_match(hr_word_load(text), delimiters[i]), want);
			if (mask)
				CU_ASSERT_EQUAL(hr_word_first(want),
						(size_t)__builtin_ctz((unsigned)mask));
		}
}

static int sign(int64_t order)
{
	return (order > 0) - (order < 0);
}

static void test_word__front__orders_as_the_texts_do(void)
{
	static const hr_str texts[] = {
		HR_STR_INIT(""),	 HR_STR_INIT("\0"),	  HR_STR_INIT("a"),
		HR_STR_INIT("a\0"),	 HR_STR_INIT("a b"),	  HR_STR_INIT("abcdefg"),
		HR_STR_INIT("abcdefgh"), HR_STR_INIT("abcdefgi"), HR_STR_INIT("b"),
		HR_STR_INIT("钾"),	 HR_STR_INIT("镁"),	  HR_STR_INIT("\xff"),
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (size_t j = 0; j < sizeof(texts) / sizeof(texts[0]); j++) {
			uint64_t a = hr_word_front(texts[i]);
			uint64_t b = hr_word_front(texts[j]);

			if (a != b)
				CU_ASSERT_EQUAL(a < b ? -1 : 1,
						sign(hr_str_compare(texts[i], texts[j])));
		}
	CU_ASSERT_EQUAL(hr_word_front(HR_STR("abcdefghi")), hr_word_front(HR_STR("abcdefgh")));
	CU_ASSERT_EQUAL(hr_word_front(HR_STR_NONE), 0);
}

static const hr_test tests[] = {
	HR_TEST(test_str__compare__is_by_unsigned_bytes_then_length),
	HR_TEST(test_str__equal_nocase__folds_ascii_letters_alone),
	HR_TEST(test_str__none__is_an_empty_text),
	HR_TEST(test_str__slice__stays_inside),
	HR_TEST(test_str__starts_and_ends__with_more_or_less_than_the_text),
	HR_TEST(test_str__find__gives_the_first_place_or_the_length),
	HR_TEST(test_str__trim__takes_ascii_and_chinese_blanks),
	HR_TEST(test_str__next_word__gives_each_word_and_then_nothing),
	HR_TEST(test_str__copies__are_their_own_and_terminated),
	HR_TEST(test_str__copy_without_memory__has_no_data),
	HR_TEST(test_str__hash__differs_for_neighbours),
	HR_TEST(test_word__match__is_exact_in_every_byte),
	HR_TEST(test_word__front__orders_as_the_texts_do),
	HR_TEST(test_buf__adds__stand_one_after_the_other_and_terminated),
	HR_TEST(test_buf__growing__keeps_what_was_written),
	HR_TEST(test_buf__limit__is_met_exactly_by_every_way_of_adding),
	HR_TEST(test_buf__after_a_failure__takes_nothing_more),
	HR_TEST(test_buf__no_memory__fails),
	HR_TEST(test_buf__over_own_memory__is_filled_and_never_grows),
};
HR_TEST_MAIN("str", tests)
