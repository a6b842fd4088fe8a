#include "service/file_digest.h"

#include "testing.h"

#include <fcntl.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { BYTES_MAX = 1 << 20 };

/* A disk that takes a millisecond to read, where a test wants one, and says when it begins. */
static struct {
	sem_t begun;
	bool is_slow;
	uint64_t bytes;
} disk;

ssize_t pread(int fd, void *to, size_t len, off_t at)
{
	const struct timespec wait = { .tv_nsec = 1000000 };
	const ssize_t got = syscall(SYS_pread64, fd, to, len, at);

	if (!disk.is_slow)
		return got;
	if (disk.bytes == 0)
		sem_post(&disk.begun);
	nanosleep(&wait, NULL);
	disk.bytes += (uint64_t)got;
	return got;
}

struct fixture {
	hr_arena *arena;
	hr_file_digest *digest;
	char *bytes; /* BYTES_MAX, of no pattern */
	int fd;	     /* an empty file */
	hr_error err;
};

static struct fixture open_fixture(void)
{
	struct fixture f = { .arena = hr_test_arena(), .fd = memfd_create("test", MFD_CLOEXEC) };
	uint32_t state = 1;

	CU_ASSERT_FATAL(f.fd >= 0);
	f.digest = hr_file_digest_open(f.arena, &f.err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f.digest);
	f.bytes = hr_arena_alloc_text(f.arena, BYTES_MAX);
	for (size_t i = 0; i < BYTES_MAX; i++)
		f.bytes[i] = (char)((state = state * 1664525 + 1013904223) >> 24);
	return f;
}

static void close_fixture(struct fixture *f)
{
	hr_file_digest_close(f->digest);
	close(f->fd);
	hr_arena_close(f->arena);
}

static void write_to(struct fixture *f, size_t from, size_t to)
{
	CU_ASSERT_EQUAL(pwrite(f->fd, f->bytes + from, to - from, (off_t)from),
			(ssize_t)(to - from));
	hr_file_digest_grow(f->digest, to);
}

static void assert_digest(struct fixture *f, size_t size)
{
	hr_digest want;
	hr_digest got;

	HR_ASSERT_OK(hr_sha256((hr_str){ f->bytes, size }, &want, &f->err), f->err);
	HR_ASSERT_OK(hr_file_digest_end(f->digest, &got, &f->err), f->err);
	CU_ASSERT_TRUE(hr_digest_equal(&got, &want));
}

static void test_file_digest__any_pieces__is_that_of_the_bytes(void)
{
	static const size_t steps[] = { 1, 700, 65535, 65536, 65537, 131060, BYTES_MAX };
	struct fixture f = open_fixture();

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		const size_t size = i ? BYTES_MAX - i : 3000;

		CU_ASSERT_EQUAL(ftruncate(f.fd, 0), 0);
		HR_ASSERT_OK(hr_file_digest_begin(f.digest, f.fd, &f.err), f.err);
		for (size_t at = 0; at < size; at += steps[i])
			write_to(&f, at, size - at < steps[i] ? size : at + steps[i]);
		assert_digest(&f, size);
	}
	close_fixture(&f);
}

static void test_file_digest__nothing__has_its_digest_too(void)
{
	struct fixture f = open_fixture();

	HR_ASSERT_OK(hr_file_digest_begin(f.digest, f.fd, &f.err), f.err);
	assert_digest(&f, 0);
	close_fixture(&f);
}

/* Bytes behind what is said to stand there are nobody's yet. */
static void test_file_digest__file_is_longer__takes_what_is_told(void)
{
	struct fixture f = open_fixture();

	HR_ASSERT_OK(hr_file_digest_begin(f.digest, f.fd, &f.err), f.err);
	write_to(&f, 0, 1000);
	CU_ASSERT_EQUAL(pwrite(f.fd, f.bytes, 5000, 1000), 5000);
	assert_digest(&f, 1000);
	close_fixture(&f);
}

static void test_file_digest__given_up__the_next_is_whole(void)
{
	struct fixture f = open_fixture();

	hr_file_digest_give_up(f.digest);
	for (size_t i = 0; i < 50; i++) {
		HR_ASSERT_OK(hr_file_digest_begin(f.digest, f.fd, &f.err), f.err);
		write_to(&f, 0, i * 9973);
		hr_file_digest_give_up(f.digest);
	}
	HR_ASSERT_OK(hr_file_digest_begin(f.digest, f.fd, &f.err), f.err);
	write_to(&f, 0, 200000);
	assert_digest(&f, 200000);
	close_fixture(&f);
}

/* Who gives up a large one does not wait until all that stands there is read. */
static void test_file_digest__given_up_far_behind__does_not_read_it_all(void)
{
	enum { LARGE = 128 << 20 };
	struct fixture f = open_fixture();

	sem_init(&disk.begun, 0, 0);
	disk.bytes = 0;
	disk.is_slow = true;
	CU_ASSERT_EQUAL_FATAL(ftruncate(f.fd, LARGE), 0);
	HR_ASSERT_OK(hr_file_digest_begin(f.digest, f.fd, &f.err), f.err);
	hr_file_digest_grow(f.digest, LARGE);
	sem_wait(&disk.begun);
	hr_file_digest_give_up(f.digest);
	disk.is_slow = false;
	CU_ASSERT_TRUE(disk.bytes > 0);
	CU_ASSERT_TRUE(disk.bytes < LARGE / 2);
	sem_destroy(&disk.begun);
	close_fixture(&f);
}

static void test_file_digest__closed_within_a_file__ends(void)
{
	struct fixture f = open_fixture();

	HR_ASSERT_OK(hr_file_digest_begin(f.digest, f.fd, &f.err), f.err);
	write_to(&f, 0, BYTES_MAX);
	close_fixture(&f);
}

static void test_file_digest__cannot_be_read__is_told_and_the_next_is_whole(void)
{
	struct fixture f = open_fixture();
	const int wrong = open("/dev/null", O_WRONLY | O_CLOEXEC);
	hr_digest got;

	HR_ASSERT_OK(hr_file_digest_begin(f.digest, wrong, &f.err), f.err);
	hr_file_digest_grow(f.digest, 1000);
	hr_file_digest_grow(f.digest, 2000);
	CU_ASSERT_FALSE(hr_file_digest_end(f.digest, &got, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_IO);

	HR_ASSERT_OK(hr_file_digest_begin(f.digest, f.fd, &f.err), f.err);
	hr_file_digest_grow(f.digest, 1000);
	CU_ASSERT_FALSE(hr_file_digest_end(f.digest, &got, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_IO);
	HR_ASSERT_TEXT(hr_str_of(f.err.message), "a file is shorter than what was written to it");

	HR_ASSERT_OK(hr_file_digest_begin(f.digest, f.fd, &f.err), f.err);
	write_to(&f, 0, 70000);
	assert_digest(&f, 70000);
	close(wrong);
	close_fixture(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_file_digest__any_pieces__is_that_of_the_bytes),
	HR_TEST(test_file_digest__nothing__has_its_digest_too),
	HR_TEST(test_file_digest__file_is_longer__takes_what_is_told),
	HR_TEST(test_file_digest__given_up__the_next_is_whole),
	HR_TEST(test_file_digest__given_up_far_behind__does_not_read_it_all),
	HR_TEST(test_file_digest__closed_within_a_file__ends),
	HR_TEST(test_file_digest__cannot_be_read__is_told_and_the_next_is_whole),
};
HR_TEST_MAIN("file_digest", tests)
