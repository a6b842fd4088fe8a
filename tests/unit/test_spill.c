/* What comes into a spill comes back once, like with like, however small a part may be. */
#include "service/spill.h"

#include "testing.h"

enum { NUMBERS = 5000 };

struct seen {
	unsigned times[NUMBERS];
	size_t parts;
	size_t largest; /* in bytes */
};

/* By a hash that stands for one text: numbers of the same rest belong together. */
static uint64_t hash_of(unsigned number, unsigned kinds)
{
	const unsigned kind = number % kinds;

	return hr_str_hash((hr_str){ (const char *)&kind, sizeof(kind) }, 0);
}

static void add(hr_spill *spill, unsigned kinds)
{
	hr_error err = { 0 };

	for (unsigned i = 0; i < NUMBERS; i++)
		HR_ASSERT_OK(hr_spill_add(spill, hash_of(i, kinds),
					  (hr_str){ (const char *)&i, sizeof(i) }, &err),
			     err);
}

static bool look(void *context, const hr_str *things, size_t count, hr_arena *arena, hr_error *err)
{
	struct seen *seen = context;
	size_t bytes = 0;
	unsigned last = 0;

	(void)arena;
	(void)err;
	for (size_t i = 0; i < count; i++) {
		unsigned number = NUMBERS;

		bytes += things[i].len;
		CU_ASSERT_EQUAL_FATAL(things[i].len, sizeof(number));
		memcpy(&number, things[i].data, sizeof(number));
		CU_ASSERT_TRUE_FATAL(number < NUMBERS);
		CU_ASSERT_TRUE(i == 0 || number > last);
		seen->times[number]++;
		last = number;
	}
	seen->parts++;
	if (bytes > seen->largest)
		seen->largest = bytes;
	return true;
}

static struct seen see(const hr_spill_limits *limits, unsigned kinds)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	struct seen seen = { 0 };
	hr_error err = { 0 };
	hr_spill *spill;

	HR_ASSERT_OK(hr_spill_open(hr_test_folder(arena), limits, &spill, &err), err);
	add(spill, kinds);
	HR_ASSERT_OK(hr_spill_each(spill, look, &seen, &err), err);
	hr_spill_close(spill);
	for (size_t i = 0; i < NUMBERS; i++)
		CU_ASSERT_EQUAL(seen.times[i], 1);
	return seen;
}

static void test_spill__usual_limits__each_thing_once_and_in_order(void)
{
	const struct seen seen = see(&hr_spill_limits_usual, NUMBERS);

	CU_ASSERT_EQUAL(seen.parts, 64);
}

static void test_spill__part_too_large__is_parted_again(void)
{
	/* A thing takes 12 bytes in a part: 341 of them, of which 5000 / 64 are too few. */
	static const hr_spill_limits one = { 4096, 1 << 20 };
	static const hr_spill_limits two = { 256, 1 << 20 };

	CU_ASSERT_EQUAL(see(&one, NUMBERS).parts, 64);
	CU_ASSERT_TRUE(see(&two, NUMBERS).parts > 64 * 8);
	CU_ASSERT_TRUE(see(&two, NUMBERS).largest <= 256);
}

static void test_spill__one_hash__is_held_together(void)
{
	static const hr_spill_limits limits = { 256, NUMBERS * 12 };
	const struct seen seen = see(&limits, 1);

	CU_ASSERT_EQUAL(seen.parts, 1);
	CU_ASSERT_EQUAL(seen.largest, NUMBERS * sizeof(unsigned));
}

static void test_spill__one_hash_over_the_limit__is_refused(void)
{
	static const hr_spill_limits limits = { 256, NUMBERS * 12 - 1 };
	HR_AUTO(hr_arena) arena = hr_test_arena();
	struct seen seen = { 0 };
	hr_error err = { 0 };
	hr_spill *spill;

	HR_ASSERT_OK(hr_spill_open(hr_test_folder(arena), &limits, &spill, &err), err);
	add(spill, 1);
	CU_ASSERT_FALSE(hr_spill_each(spill, look, &seen, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_LIMIT);
	CU_ASSERT_EQUAL(seen.parts, 0);
	hr_spill_close(spill);
}

static bool look_at_sizes(void *context, const hr_str *things, size_t count, hr_arena *arena,
			  hr_error *err)
{
	size_t *total = context;

	(void)arena;
	(void)err;
	for (size_t i = 0; i < count; i++) {
		for (size_t at = 0; at < things[i].len; at++)
			CU_ASSERT_EQUAL_FATAL(things[i].data[at], (char)(things[i].len + at));
		*total += things[i].len;
	}
	return true;
}

/* All in one part, which is moved to finer ones in pieces that end where they like. */
static void test_spill__things_of_every_size__come_back_whole(void)
{
	static const hr_spill_limits limits = { 1 << 10, 1 << 20 };
	static char bytes[HR_SPILL_THING_MAX];
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_error err = { 0 };
	hr_spill *spill;
	size_t wanted = 0;
	size_t total = 0;

	HR_ASSERT_OK(hr_spill_open(hr_test_folder(arena), &limits, &spill, &err), err);
	for (size_t size = 0; size <= sizeof(bytes); size += size / 7 + 1, wanted += size) {
		for (size_t at = 0; at < size; at++)
			bytes[at] = (char)(size + at);
		HR_ASSERT_OK(hr_spill_add(spill, 64 * size, (hr_str){ bytes, size }, &err), err);
		if (size + size / 7 + 1 > sizeof(bytes))
			break;
	}
	HR_ASSERT_OK(hr_spill_each(spill, look_at_sizes, &total, &err), err);
	CU_ASSERT_EQUAL(total, wanted);
	CU_ASSERT_TRUE(total > 3 * HR_SPILL_THING_MAX);
	hr_spill_close(spill);
}

static void test_spill__nothing_came__nothing_is_seen(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	struct seen seen = { 0 };
	hr_error err = { 0 };
	hr_spill *spill;

	HR_ASSERT_OK(hr_spill_open(hr_test_folder(arena), &hr_spill_limits_usual, &spill, &err),
		     err);
	HR_ASSERT_OK(hr_spill_each(spill, look, &seen, &err), err);
	CU_ASSERT_EQUAL(seen.parts, 0);
	hr_spill_close(spill);
	CU_ASSERT_FALSE(hr_spill_open("/nowhere", &hr_spill_limits_usual, &spill, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_IO);
}

static const hr_test tests[] = {
	HR_TEST(test_spill__usual_limits__each_thing_once_and_in_order),
	HR_TEST(test_spill__part_too_large__is_parted_again),
	HR_TEST(test_spill__one_hash__is_held_together),
	HR_TEST(test_spill__one_hash_over_the_limit__is_refused),
	HR_TEST(test_spill__things_of_every_size__come_back_whole),
	HR_TEST(test_spill__nothing_came__nothing_is_seen),
};

HR_TEST_MAIN("spill", tests)
