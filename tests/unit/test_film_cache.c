#include "service/film_cache.h"

#include "base/file.h"
#include "testing.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* As film_cache.h has them. */
enum { CACHED_MAX = 4096, MINUTES = 10 };
#define GIB ((uint64_t)1 << 30)

/* The clock of this program, which a test sets forward: ten minutes are not waited for. */
static time_t ahead_seconds;

int clock_gettime(clockid_t clock, struct timespec *out)
{
	const long failed = syscall(SYS_clock_gettime, clock, out);

	out->tv_sec += ahead_seconds;
	return (int)failed;
}

struct fixture {
	hr_arena *arena;
	const char *folder;
	hr_film_cache *cache;
	hr_error err;
};

static struct fixture open_fixture(void)
{
	struct fixture f = { .arena = hr_test_arena() };

	f.folder = hr_test_folder(f.arena);
	HR_ASSERT_OK(hr_film_cache_open(f.folder, &f.cache, &f.err), f.err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f.cache);
	return f;
}

static void close_fixture(struct fixture *f)
{
	hr_film_cache_close(f->cache);
	hr_arena_close(f->arena);
}

static size_t count_files(const struct fixture *f)
{
	DIR *dir = opendir(f->folder);
	struct dirent *entry;
	size_t count = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	while ((entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

static hr_digest digest_of(hr_str text)
{
	hr_digest digest = { .bytes = { 0 } };
	hr_error err;

	HR_ASSERT_OK(hr_sha256(text, &digest, &err), err);
	return digest;
}

static hr_digest numbered(size_t n)
{
	return digest_of((hr_str){ (const char *)&n, sizeof(n) });
}

/* The cache counts by the size that it is told: no test writes gigabytes. */
static hr_film_cached *keep(struct fixture *f, const hr_digest *key, hr_str bytes, uint64_t size)
{
	const hr_digest digest = digest_of(bytes);
	hr_film_coming coming;
	hr_film_cached *cached;

	HR_ASSERT_OK(hr_film_cache_begin(f->cache, &coming, &f->err), f->err);
	CU_ASSERT_TRUE(hr_write_all(coming.fd, bytes));
	cached =
		hr_film_cache_keep(f->cache, &coming, key, &digest, size, HR_STR("facts"), &f->err);
	hr_film_cache_end(f->cache, &coming);
	CU_ASSERT_EQUAL(coming.fd, -1);
	return cached;
}

/* And left. */
static void put(struct fixture *f, size_t n, uint64_t size)
{
	const hr_digest key = numbered(n);
	hr_film_cached *cached = keep(f, &key, HR_STR("x"), size);

	CU_ASSERT_PTR_NOT_NULL_FATAL(cached);
	hr_film_cache_leave(cached);
}

static bool is_here(struct fixture *f, size_t n)
{
	const hr_digest key = numbered(n);
	hr_film_cached *cached = hr_film_cache_take(f->cache, &key);

	if (cached)
		hr_film_cache_leave(cached);
	return cached;
}

static void assert_bytes(struct fixture *f, const hr_digest *key, const char *want)
{
	char bytes[64];
	ssize_t got;
	int fd;

	HR_ASSERT_OK(hr_film_cache_read(f->cache, key, &fd, &f->err), f->err);
	got = read(fd, bytes, sizeof(bytes));
	CU_ASSERT_FATAL(got >= 0);
	HR_ASSERT_TEXT(((hr_str){ bytes, (size_t)got }), want);
	close(fd);
}

static void test_film_cache__kept__is_taken_with_what_was_found_in_it(void)
{
	struct fixture f = open_fixture();
	const hr_digest key = numbered(1);
	const hr_digest digest = digest_of(HR_STR("pixels"));
	hr_film_cached *kept;
	hr_str facts;

	CU_ASSERT_PTR_NULL(hr_film_cache_take(f.cache, &key));
	kept = keep(&f, &key, HR_STR("pixels"), 6);
	CU_ASSERT_PTR_NOT_NULL_FATAL(kept);
	CU_ASSERT_PTR_EQUAL(hr_film_cache_take(f.cache, &key), kept);
	CU_ASSERT_TRUE(hr_digest_equal(hr_film_cached_digest(kept), &digest));
	CU_ASSERT_EQUAL(hr_film_cached_size(kept), 6);
	HR_ASSERT_OK(hr_film_cached_facts(kept, f.arena, &facts, &f.err), f.err);
	HR_ASSERT_TEXT(facts, "facts");
	assert_bytes(&f, &key, "pixels");
	hr_film_cache_leave(kept);
	hr_film_cache_leave(kept);
	CU_ASSERT_EQUAL(count_files(&f), 2);
	close_fixture(&f);
}

static void test_film_cache__ended_without_being_kept__leaves_nothing(void)
{
	struct fixture f = open_fixture();
	hr_film_coming coming;

	HR_ASSERT_OK(hr_film_cache_begin(f.cache, &coming, &f.err), f.err);
	CU_ASSERT_TRUE(hr_write_all(coming.fd, HR_STR("half")));
	CU_ASSERT_EQUAL(count_files(&f), 1);
	hr_film_cache_end(f.cache, &coming);
	hr_film_cache_end(f.cache, &coming);
	CU_ASSERT_EQUAL(count_files(&f), 0);
	close_fixture(&f);
}

/* The facts are written by then. */
static void test_film_cache__cannot_be_named__leaves_nothing(void)
{
	struct fixture f = open_fixture();
	const hr_digest key = numbered(1);
	hr_film_coming coming;
	char path[512];

	HR_ASSERT_OK(hr_film_cache_begin(f.cache, &coming, &f.err), f.err);
	snprintf(path, sizeof(path), "%s/%s", f.folder, coming.name);
	CU_ASSERT_EQUAL(unlink(path), 0);
	CU_ASSERT_PTR_NULL(
		hr_film_cache_keep(f.cache, &coming, &key, &key, 1, HR_STR("facts"), &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	hr_film_cache_end(f.cache, &coming);
	CU_ASSERT_EQUAL(count_files(&f), 0);
	CU_ASSERT_FALSE(is_here(&f, 1));
	put(&f, 1, 1);
	CU_ASSERT_TRUE(is_here(&f, 1));
	close_fixture(&f);
}

static void test_film_cache__too_large_together__the_longest_unused_goes(void)
{
	struct fixture f = open_fixture();

	put(&f, 1, 4 * GIB);
	ahead_seconds++;
	put(&f, 2, 2 * GIB);
	ahead_seconds++;
	put(&f, 3, 2 * GIB);
	ahead_seconds++;
	CU_ASSERT_TRUE(is_here(&f, 1));
	put(&f, 4, 1);
	CU_ASSERT_TRUE(is_here(&f, 1));
	CU_ASSERT_FALSE(is_here(&f, 2));
	CU_ASSERT_TRUE(is_here(&f, 3));
	CU_ASSERT_TRUE(is_here(&f, 4));
	CU_ASSERT_EQUAL(count_files(&f), 6);
	close_fixture(&f);
}

static void test_film_cache__all_in_use__is_busy_until_one_is_left(void)
{
	struct fixture f = open_fixture();
	const hr_digest first = numbered(1);
	const hr_digest second = numbered(2);
	hr_film_cached *used = keep(&f, &first, HR_STR("x"), 8 * GIB);

	CU_ASSERT_PTR_NOT_NULL_FATAL(used);
	ahead_seconds += 2 * MINUTES * 60;
	CU_ASSERT_PTR_NULL(keep(&f, &second, HR_STR("y"), 1));
	CU_ASSERT_EQUAL(f.err.code, HR_E_BUSY);
	CU_ASSERT_EQUAL(count_files(&f), 2);
	assert_bytes(&f, &first, "x");
	hr_film_cache_leave(used);
	put(&f, 2, 1);
	CU_ASSERT_FALSE(is_here(&f, 1));
	close_fixture(&f);
}

static void test_film_cache__unused_for_long__goes_when_the_next_is_kept(void)
{
	struct fixture f = open_fixture();

	put(&f, 1, 1);
	put(&f, 2, 1);
	ahead_seconds += MINUTES * 60 - 5;
	CU_ASSERT_TRUE(is_here(&f, 2));
	ahead_seconds += 10;
	put(&f, 3, 1);
	CU_ASSERT_FALSE(is_here(&f, 1));
	CU_ASSERT_TRUE(is_here(&f, 2));
	CU_ASSERT_EQUAL(count_files(&f), 4);
	close_fixture(&f);
}

static void test_film_cache__one_more_than_there_are_places__the_first_goes(void)
{
	struct fixture f = open_fixture();

	put(&f, 0, 1);
	ahead_seconds++;
	for (size_t i = 1; i < CACHED_MAX; i++)
		put(&f, i, 1);
	CU_ASSERT_EQUAL(count_files(&f), 2 * CACHED_MAX);
	put(&f, CACHED_MAX, 1);
	CU_ASSERT_EQUAL(count_files(&f), 2 * CACHED_MAX);
	CU_ASSERT_FALSE(is_here(&f, 0));
	CU_ASSERT_TRUE(is_here(&f, 1));
	CU_ASSERT_TRUE(is_here(&f, CACHED_MAX));
	close_fixture(&f);
}

struct quick {
	hr_film_cache *cache;
	pthread_barrier_t *together;
	hr_film_coming coming;
	hr_film_cached *cached;
};

static void *keep_at_once(void *context)
{
	const hr_digest key = { .bytes = { 7 } };
	struct quick *q = context;
	hr_error err;

	hr_film_cache_begin(q->cache, &q->coming, &err);
	hr_write_all(q->coming.fd, HR_STR("same"));
	pthread_barrier_wait(q->together);
	q->cached = hr_film_cache_keep(q->cache, &q->coming, &key, &key, 4, HR_STR("facts"), &err);
	hr_film_cache_end(q->cache, &q->coming);
	return NULL;
}

static void test_film_cache__kept_by_many_at_once__is_one(void)
{
	enum { THREADS = 8 };
	const hr_digest key = { .bytes = { 7 } };
	struct fixture f = open_fixture();
	struct quick quick[THREADS];
	pthread_t threads[THREADS];
	pthread_barrier_t together;

	pthread_barrier_init(&together, NULL, THREADS);
	for (size_t i = 0; i < THREADS; i++) {
		quick[i] = (struct quick){ .cache = f.cache, .together = &together };
		CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, keep_at_once, &quick[i]),
				      0);
	}
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&together);
	CU_ASSERT_PTR_NOT_NULL_FATAL(quick[0].cached);
	for (size_t i = 1; i < THREADS; i++)
		CU_ASSERT_PTR_EQUAL(quick[i].cached, quick[0].cached);
	CU_ASSERT_EQUAL(count_files(&f), 2);
	assert_bytes(&f, &key, "same");
	/* In use as often as it was kept: with one left over it does not go. */
	for (size_t i = 1; i < THREADS; i++)
		hr_film_cache_leave(quick[i].cached);
	CU_ASSERT_PTR_NULL(keep(&f, &(hr_digest){ .bytes = { 8 } }, HR_STR("y"), 8 * GIB));
	hr_film_cache_leave(quick[0].cached);
	put(&f, 1, 8 * GIB);
	CU_ASSERT_EQUAL(count_files(&f), 2);
	close_fixture(&f);
}

static void test_film_cache__opened_and_closed__empties_the_folder(void)
{
	struct fixture f = open_fixture();

	put(&f, 1, 1);
	hr_film_cache_close(f.cache);
	CU_ASSERT_EQUAL(count_files(&f), 0);
	/* What a crash leaves. */
	hr_test_write(f.folder, "1.part", "half");
	hr_test_write(f.folder, "abc.facts", "facts");
	HR_ASSERT_OK(hr_film_cache_open(f.folder, &f.cache, &f.err), f.err);
	CU_ASSERT_EQUAL(count_files(&f), 0);
	put(&f, 1, 1);
	close_fixture(&f);
}

static void test_film_cache__no_folder_can_be_made__is_told(void)
{
	hr_film_cache *cache = NULL;
	hr_error err;

	CU_ASSERT_FALSE(hr_film_cache_open("/dev/null/cache", &cache, &err));
	CU_ASSERT_PTR_NULL(cache);
	hr_film_cache_close(NULL);
}

static const hr_test tests[] = {
	HR_TEST(test_film_cache__kept__is_taken_with_what_was_found_in_it),
	HR_TEST(test_film_cache__ended_without_being_kept__leaves_nothing),
	HR_TEST(test_film_cache__cannot_be_named__leaves_nothing),
	HR_TEST(test_film_cache__too_large_together__the_longest_unused_goes),
	HR_TEST(test_film_cache__all_in_use__is_busy_until_one_is_left),
	HR_TEST(test_film_cache__unused_for_long__goes_when_the_next_is_kept),
	HR_TEST(test_film_cache__one_more_than_there_are_places__the_first_goes),
	HR_TEST(test_film_cache__kept_by_many_at_once__is_one),
	HR_TEST(test_film_cache__opened_and_closed__empties_the_folder),
	HR_TEST(test_film_cache__no_folder_can_be_made__is_told),
};
HR_TEST_MAIN("film_cache", tests)
