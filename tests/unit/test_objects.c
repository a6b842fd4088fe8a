/*
 * What the disk does is watched and, on demand, made to fail: these calls stand
 * in front of the C library's.
 */
#include "base/file.h"
#include "store/objects.h"

#include "testing.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct {
	_Atomic int left; /* calls until one fails; below 0: none */
	int errnum;
	_Atomic int folder_flushes;
	bool slow; /* a flush takes 2 ms */
} disk = { .left = -1 };

static bool fails(void)
{
	if (disk.left < 0 || atomic_fetch_sub(&disk.left, 1) != 0)
		return false;
	errno = disk.errnum;
	return true;
}

static void take_time(void)
{
	if (disk.slow)
		nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
}

int fsync(int fd)
{
	struct stat st;

	take_time();
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		disk.folder_flushes++;
	return fails() ? -1 : 0;
}

int fdatasync(int fd)
{
	(void)fd;
	take_time();
	return fails() ? -1 : 0;
}

ssize_t write(int fd, const void *bytes, size_t size)
{
	static ssize_t (*real)(int, const void *, size_t);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "write");
	return fd > STDERR_FILENO && fails() ? -1 : real(fd, bytes, size);
}

int linkat(int from, const char *old, int to, const char *new, int flags)
{
	static int (*real)(int, const char *, int, const char *, int);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "linkat");
	return fails() ? -1 : real(from, old, to, new, flags);
}

struct fixture {
	hr_arena *arena;
	const char *path;
	hr_objects *objects;
	hr_error err;
};

static struct fixture open_fixture(void)
{
	struct fixture f = { .arena = hr_test_arena() };

	f.path = hr_test_folder(f.arena);
	HR_ASSERT_OK(hr_objects_open(&(hr_objects_options){ .url = f.path }, &f.objects, &f.err),
		     f.err);
	return f;
}

static void close_fixture(struct fixture *f)
{
	hr_objects_close(f->objects);
	hr_arena_close(f->arena);
}

static bool keep(struct fixture *f, hr_str bytes, hr_object *out)
{
	hr_draft draft;

	if (!hr_objects_draft(f->objects, &draft, &f->err))
		return false;
	if (!hr_draft_add(&draft, bytes, &f->err))
		return hr_draft_drop(&draft);
	return hr_draft_keep(&draft, out, &f->err);
}

static unsigned count_names(const char *path)
{
	DIR *folder = opendir(path);
	unsigned count = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count - 2;
}

static const char *path_of(struct fixture *f, const char *name)
{
	hr_buf path;

	hr_buf_init(&path, f->arena, 4000);
	hr_buf_addf(&path, "%s/%s", f->path, name);
	return path.data;
}

static const char *path_of_object(struct fixture *f, const hr_object *object)
{
	char digest[HR_SHA256_TEXT];
	char name[100];

	hr_digest_format(&object->digest, digest);
	snprintf(name, sizeof(name), "%08u/%s", object->shelf, digest);
	return path_of(f, name);
}

static void check_bytes(struct fixture *f, const hr_object *object, hr_str want)
{
	char bytes[200];
	ssize_t got;
	int fd = -1;

	HR_ASSERT_OK(hr_objects_get(f->objects, object, &fd, &f->err), f->err);
	got = read(fd, bytes, sizeof(bytes));
	CU_ASSERT_TRUE(got >= 0 && hr_str_equal(want, (hr_str){ bytes, (size_t)got }));
	close(fd);
}

static void test_objects__bytes__come_back_under_their_digest(void)
{
	const hr_str inputs[] = { HR_STR(""), HR_STR("x"), HR_STR("\0\1\2"), HR_STR("张建国") };
	struct fixture f = open_fixture();

	for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
		hr_object object;
		hr_digest digest;

		CU_ASSERT_TRUE_FATAL(keep(&f, inputs[i], &object));
		HR_ASSERT_OK(hr_sha256(inputs[i], &digest, &f.err), f.err);
		CU_ASSERT_TRUE(hr_digest_equal(&digest, &object.digest));
		CU_ASSERT_EQUAL(object.size, inputs[i].len);
		CU_ASSERT_EQUAL(object.copy, 0);
		check_bytes(&f, &object, inputs[i]);
		HR_ASSERT_OK(hr_objects_check(f.objects, &object, &f.err), f.err);
	}
	close_fixture(&f);
}

static void test_objects__part__is_where_it_is_said(void)
{
	static const struct {
		uint64_t offset;
		uint64_t length;
		bool there;
	} parts[] = { { 0, 10, true },		{ 0, 0, true },		 { 3, 4, true },
		      { 9, 1, true },		{ 10, 0, true },	 { 0, 11, false },
		      { 9, 2, false },		{ 11, 0, false },	 { 10, 1, false },
		      { 1, UINT64_MAX, false }, { UINT64_MAX, 1, false } };
	struct fixture f = open_fixture();
	hr_object object;

	CU_ASSERT_TRUE_FATAL(keep(&f, HR_STR("0123456789"), &object));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		char bytes[20];
		uint64_t at;
		int fd;
		bool there = hr_objects_get_part(f.objects, &object, parts[i].offset,
						 parts[i].length, &fd, &at, &f.err);

		CU_ASSERT_EQUAL(there, parts[i].there);
		if (!there)
			continue;
		CU_ASSERT_EQUAL((uint64_t)pread(fd, bytes, parts[i].length, (off_t)at),
				parts[i].length);
		CU_ASSERT_EQUAL(memcmp(bytes, &"0123456789"[parts[i].offset], parts[i].length), 0);
		close(fd);
	}
	close_fixture(&f);
}

static void test_objects__url_of_another_kind__is_refused(void)
{
	hr_objects *objects;
	hr_error err;

	CU_ASSERT_FALSE(hr_objects_open(&(hr_objects_options){ .url = "ftp://x" }, &objects, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_UNSUPPORTED);
}

static void test_objects__many_pieces__are_one_object(void)
{
	struct fixture f = open_fixture();
	hr_object object;
	hr_draft draft;

	HR_ASSERT_OK(hr_objects_draft(f.objects, &draft, &f.err), f.err);
	for (int i = 0; i < 3000; i++)
		HR_ASSERT_OK(hr_draft_add(&draft, HR_STR("0123456789"), &f.err), f.err);
	CU_ASSERT_EQUAL(lseek(draft.fd, 0, SEEK_END), 30000);
	HR_ASSERT_OK(hr_draft_keep(&draft, &object, &f.err), f.err);
	CU_ASSERT_EQUAL(object.size, 30000);
	HR_ASSERT_OK(hr_objects_check(f.objects, &object, &f.err), f.err);
	close_fixture(&f);
}

/* A draft to whose fd another process has written `bytes`. */
static hr_draft draft_of_another(struct fixture *f, hr_str bytes)
{
	hr_draft draft;
	int status = -1;
	pid_t child;

	HR_ASSERT_OK(hr_objects_draft(f->objects, &draft, &f->err), f->err);
	child = fork();
	if (child == 0)
		_exit(!hr_write_all(draft.fd, bytes));
	CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
	CU_ASSERT_EQUAL(status, 0);
	return draft;
}

static void test_objects__written_by_another_process__is_kept(void)
{
	const hr_str inputs[] = { HR_STR(""), HR_STR("x") };
	struct fixture f = open_fixture();

	for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
		hr_draft draft = draft_of_another(&f, inputs[i]);
		hr_object object;
		hr_digest digest;

		HR_ASSERT_OK(hr_sha256(inputs[i], &digest, &f.err), f.err);
		HR_ASSERT_OK(hr_draft_written(&draft, &digest, inputs[i].len, &f.err), f.err);
		HR_ASSERT_OK(hr_draft_keep(&draft, &object, &f.err), f.err);
		CU_ASSERT_EQUAL(object.size, inputs[i].len);
		check_bytes(&f, &object, inputs[i]);
		HR_ASSERT_OK(hr_objects_check(f.objects, &object, &f.err), f.err);
	}
	close_fixture(&f);
}

static void test_objects__writer_that_lies__is_found_out(void)
{
	struct fixture f = open_fixture();
	hr_draft draft = draft_of_another(&f, HR_STR("x"));
	hr_digest digest = { .bytes = { 1 } };
	hr_object object;

	CU_ASSERT_FALSE(hr_draft_written(&draft, &digest, 0, &f.err));
	CU_ASSERT_FALSE(hr_draft_written(&draft, &digest, 2, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_IO);
	HR_ASSERT_OK(hr_draft_written(&draft, &digest, 1, &f.err), f.err);
	HR_ASSERT_OK(hr_draft_keep(&draft, &object, &f.err), f.err);
	CU_ASSERT_FALSE(hr_objects_check(f.objects, &object, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_IO);
	draft = draft_of_another(&f, HR_STR("y"));
	HR_ASSERT_OK(hr_draft_written(&draft, &digest, 1, &f.err), f.err);
	CU_ASSERT_FALSE(hr_draft_drop(&draft));
	CU_ASSERT_EQUAL(count_names(path_of(&f, "00000001")), 1);
	close_fixture(&f);
}

static void test_objects__dropped__leaves_nothing(void)
{
	struct fixture f = open_fixture();
	hr_draft draft;

	HR_ASSERT_OK(hr_objects_draft(f.objects, &draft, &f.err), f.err);
	HR_ASSERT_OK(hr_draft_add(&draft, HR_STR("x"), &f.err), f.err);
	CU_ASSERT_EQUAL(count_names(path_of(&f, "00000001")), 1);
	CU_ASSERT_FALSE(hr_draft_drop(&draft));
	CU_ASSERT_EQUAL(count_names(path_of(&f, "00000001")), 0);
	close_fixture(&f);
}

static void test_objects__same_bytes_twice__are_two_objects(void)
{
	struct fixture f = open_fixture();
	hr_object first;
	hr_object second;

	CU_ASSERT_TRUE_FATAL(keep(&f, HR_STR("same"), &first));
	CU_ASSERT_TRUE_FATAL(keep(&f, HR_STR("same"), &second));
	CU_ASSERT_EQUAL(second.copy, 1);
	HR_ASSERT_OK(hr_objects_remove(f.objects, &first, &f.err), f.err);
	check_bytes(&f, &second, HR_STR("same"));
	close_fixture(&f);
}

static void test_objects__removed__is_not_found(void)
{
	struct fixture f = open_fixture();
	hr_object object;
	int fd;

	CU_ASSERT_TRUE_FATAL(keep(&f, HR_STR("x"), &object));
	HR_ASSERT_OK(hr_objects_remove(f.objects, &object, &f.err), f.err);
	HR_ASSERT_OK(hr_objects_remove(f.objects, &object, &f.err), f.err);
	CU_ASSERT_FALSE(hr_objects_get(f.objects, &object, &fd, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	close_fixture(&f);
}

static void overwrite(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
}

static void test_objects__damaged__is_told(void)
{
	struct fixture f = open_fixture();
	hr_object object;
	int fd;

	CU_ASSERT_TRUE_FATAL(keep(&f, HR_STR("abc"), &object));
	overwrite(path_of_object(&f, &object), "abd");
	CU_ASSERT_FALSE(hr_objects_check(f.objects, &object, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_IO);
	overwrite(path_of_object(&f, &object), "ab");
	CU_ASSERT_FALSE(hr_objects_get(f.objects, &object, &fd, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_IO);
	close_fixture(&f);
}

static bool count_object(void *context, const hr_object *object, hr_error *err)
{
	unsigned *count = context;

	(void)object;
	++*count;
	return *count < 100 || hr_fail(err, HR_E_LIMIT, "enough");
}

static unsigned swept(struct fixture *f)
{
	unsigned count = 0;

	HR_ASSERT_OK(hr_objects_sweep(f->objects, count_object, &count, &f->err), f->err);
	return count;
}

static void test_objects__swept__are_told_and_old_drafts_go(void)
{
	struct fixture f = open_fixture();
	hr_objects *again;
	hr_object object;
	hr_draft draft;

	CU_ASSERT_TRUE_FATAL(keep(&f, HR_STR("one"), &object));
	CU_ASSERT_TRUE_FATAL(keep(&f, HR_STR("one"), &object));
	CU_ASSERT_TRUE_FATAL(keep(&f, HR_STR("two"), &object));
	HR_ASSERT_OK(hr_objects_draft(f.objects, &draft, &f.err), f.err);
	overwrite(path_of(&f, "README"), "of somebody else");
	overwrite(path_of(&f, "00000001/README"), "of somebody else");
	CU_ASSERT_EQUAL(swept(&f), 3);
	CU_ASSERT_EQUAL(count_names(path_of(&f, "00000001")), 5);

	/* Another process finds the draft of one that has died. */
	again = f.objects;
	HR_ASSERT_OK(hr_objects_open(&(hr_objects_options){ .url = f.path }, &f.objects, &f.err),
		     f.err);
	CU_ASSERT_EQUAL(swept(&f), 3);
	CU_ASSERT_EQUAL(count_names(path_of(&f, "00000001")), 4);
	hr_draft_drop(&draft);
	hr_objects_close(again);
	close_fixture(&f);
}

static void test_objects__visit_that_fails__ends_the_sweep(void)
{
	struct fixture f = open_fixture();
	unsigned count = 99;
	hr_object object;

	CU_ASSERT_TRUE_FATAL(keep(&f, HR_STR("one"), &object));
	CU_ASSERT_TRUE_FATAL(keep(&f, HR_STR("two"), &object));
	CU_ASSERT_FALSE(hr_objects_sweep(f.objects, count_object, &count, &f.err));
	CU_ASSERT_EQUAL(count, 100);
	close_fixture(&f);
}

static void test_objects__full_shelf__is_followed_by_another(void)
{
	enum { FILES = 9999 };
	struct fixture f = open_fixture();
	hr_object object;
	char name[40];

	hr_objects_close(f.objects);
	for (int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "00000001/%d", i);
		close(open(path_of(&f, name), O_CREAT | O_WRONLY, 0600));
	}
	HR_ASSERT_OK(hr_objects_open(&(hr_objects_options){ .url = f.path }, &f.objects, &f.err),
		     f.err);
	CU_ASSERT_TRUE_FATAL(keep(&f, HR_STR("last"), &object));
	CU_ASSERT_EQUAL(object.shelf, 1);
	CU_ASSERT_TRUE_FATAL(keep(&f, HR_STR("first"), &object));
	CU_ASSERT_EQUAL(object.shelf, 2);
	hr_objects_close(f.objects);
	HR_ASSERT_OK(hr_objects_open(&(hr_objects_options){ .url = f.path }, &f.objects, &f.err),
		     f.err);
	CU_ASSERT_TRUE_FATAL(keep(&f, HR_STR("second"), &object));
	CU_ASSERT_EQUAL(object.shelf, 2);
	CU_ASSERT_EQUAL(swept(&f), 3);
	close_fixture(&f);
}

/* Each call that may fail does: nothing is kept, and nothing of it stays unless the last did. */
static void test_objects__disk_that_fails__keeps_nothing(void)
{
	static const struct {
		int errnum;
		hr_error_code code;
	} faults[] = { { ENOSPC, HR_E_NO_SPACE }, { EIO, HR_E_IO }, { EROFS, HR_E_READ_ONLY } };
	struct fixture f = open_fixture();
	hr_object object;

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		char bytes[40];
		int n = 0;

		disk.errnum = faults[i].errnum;
		for (;; n++) {
			snprintf(bytes, sizeof(bytes), "%zu %d", i, n);
			disk.left = n;
			if (keep(&f, hr_str_of(bytes), &object))
				break;
			CU_ASSERT_EQUAL(f.err.code, faults[i].code);
		}
		disk.left = -1;
		/* write, fdatasync, linkat; after the last, the folder's flush, the object is
		 * there. */
		CU_ASSERT_EQUAL(n, 4);
		CU_ASSERT_EQUAL(count_names(path_of(&f, "00000001")), 2 * (i + 1));
	}
	close_fixture(&f);
}

enum { THREADS = 8, EACH = 25 };

static void *keep_many(void *context)
{
	struct fixture f = *(struct fixture *)context;

	for (int i = 0; i < EACH; i++) {
		hr_object object;
		char bytes[40];

		snprintf(bytes, sizeof(bytes), "%p %d", (void *)&f, i);
		if (!keep(&f, hr_str_of(bytes), &object))
			return "not kept";
	}
	return NULL;
}

static void test_objects__many_at_once__share_flushes(void)
{
	struct fixture f = open_fixture();
	pthread_t threads[THREADS];

	disk.slow = true;
	disk.folder_flushes = 0;
	for (int i = 0; i < THREADS; i++)
		CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, keep_many, &f), 0);
	for (int i = 0; i < THREADS; i++) {
		void *fault = NULL;

		pthread_join(threads[i], &fault);
		CU_ASSERT_PTR_NULL(fault);
	}
	disk.slow = false;
	CU_ASSERT_EQUAL(count_names(path_of(&f, "00000001")), THREADS * EACH);
	CU_ASSERT_TRUE(disk.folder_flushes >= EACH);
	CU_ASSERT_TRUE(disk.folder_flushes < THREADS * EACH);
	close_fixture(&f);
}

/* Into a folder of its own, at each call of the disk that fails, and then without a fault. */
static void test_objects__copy__is_whole_or_not_there(void)
{
	struct fixture f = open_fixture();
	const hr_objects_options options = { .url = path_of(&f, "copy-of-objects") };
	hr_object_copy how = HR_OBJECT_FAULTY;
	hr_objects *to;
	hr_object object;
	bool ok = false;
	int n = 0;
	int fd;

	CU_ASSERT_TRUE(keep(&f, HR_STR("some bytes"), &object));
	HR_ASSERT_OK(hr_objects_open(&options, &to, &f.err), f.err);
	for (disk.errnum = ENOSPC; !ok && n < 20; n++) {
		disk.left = n;
		ok = hr_objects_copy(f.objects, NULL, to, &object, &how, &f.err);
		disk.left = -1;
		CU_ASSERT_TRUE(ok || f.err.code == HR_E_NO_SPACE);
		CU_ASSERT_EQUAL(hr_objects_get(to, &object, &fd, &f.err), ok);
	}
	close(fd);
	CU_ASSERT_TRUE(n > 2);
	CU_ASSERT_EQUAL(how, HR_OBJECT_COPIED);
	HR_ASSERT_OK(hr_objects_check(to, &object, &f.err), f.err);
	HR_ASSERT_OK(hr_objects_copy(f.objects, f.objects, to, &object, &how, &f.err), f.err);
	CU_ASSERT_EQUAL(how, HR_OBJECT_HAD);
	CU_ASSERT_EQUAL(count_names(path_of(&f, "copy-of-objects/00000001")), 1);
	hr_objects_close(to);
	close_fixture(&f);
}

/* What lies alike elsewhere is linked; what is damaged or lacks is no fault of the copy. */
static void test_objects__copy__links_what_is_alike_and_tells_what_is_not(void)
{
	struct fixture f = open_fixture();
	const hr_objects_options options = { .url = path_of(&f, "copy-of-objects") };
	hr_objects *to;
	hr_object objects[3];
	hr_object_copy how;

	for (size_t i = 0; i < 3; i++)
		CU_ASSERT_TRUE(keep(&f, (hr_str){ &"abc"[i], 1 }, &objects[i]));
	HR_ASSERT_OK(hr_file_write(path_of_object(&f, &objects[1]), HR_STR("x"), &f.err), f.err);
	HR_ASSERT_OK(hr_objects_remove(f.objects, &objects[2], &f.err), f.err);
	HR_ASSERT_OK(hr_objects_open(&options, &to, &f.err), f.err);
	HR_ASSERT_OK(hr_objects_copy(f.objects, f.objects, to, &objects[0], &how, &f.err), f.err);
	CU_ASSERT_EQUAL(how, HR_OBJECT_LINKED);
	for (size_t i = 1; i < 3; i++) {
		HR_ASSERT_OK(hr_objects_copy(f.objects, NULL, to, &objects[i], &how, &f.err),
			     f.err);
		CU_ASSERT_EQUAL(how, HR_OBJECT_FAULTY);
	}
	CU_ASSERT_EQUAL(count_names(path_of(&f, "copy-of-objects/00000001")), 1);
	hr_objects_close(to);
	close_fixture(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_objects__bytes__come_back_under_their_digest),
	HR_TEST(test_objects__part__is_where_it_is_said),
	HR_TEST(test_objects__url_of_another_kind__is_refused),
	HR_TEST(test_objects__many_pieces__are_one_object),
	HR_TEST(test_objects__written_by_another_process__is_kept),
	HR_TEST(test_objects__writer_that_lies__is_found_out),
	HR_TEST(test_objects__dropped__leaves_nothing),
	HR_TEST(test_objects__same_bytes_twice__are_two_objects),
	HR_TEST(test_objects__removed__is_not_found),
	HR_TEST(test_objects__damaged__is_told),
	HR_TEST(test_objects__swept__are_told_and_old_drafts_go),
	HR_TEST(test_objects__visit_that_fails__ends_the_sweep),
	HR_TEST(test_objects__full_shelf__is_followed_by_another),
	HR_TEST(test_objects__disk_that_fails__keeps_nothing),
	HR_TEST(test_objects__many_at_once__share_flushes),
	HR_TEST(test_objects__copy__is_whole_or_not_there),
	HR_TEST(test_objects__copy__links_what_is_alike_and_tells_what_is_not),
};
HR_TEST_MAIN("objects", tests)
