#include "base/file.h"

#include "testing.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each test has a folder of its own, made before and removed after it. */
struct fixture {
	const char *root;
	hr_arena *arena;
	hr_error err;
};

static const hr_fileset_limits small = {
	.file_bytes = 10,
	.total_bytes = 25,
	.files = 4,
	.depth = 2,
};

static struct fixture make_root(void)
{
	struct fixture f = { .arena = hr_test_arena() };

	f.root = hr_test_folder(f.arena);
	return f;
}

static void remove_root(struct fixture *f)
{
	hr_arena_close(f->arena);
}

static const char *in_root(struct fixture *f, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", f->root, name);
	return hr_str_terminated(f->arena, hr_str_of(path));
}

static void add_folder(struct fixture *f, const char *name)
{
	if (mkdir(in_root(f, name), 0777) != 0)
		abort();
}

static void add_bytes(struct fixture *f, const char *name, const char *data, size_t len)
{
	FILE *file = fopen(in_root(f, name), "wb");

	if (!file || fwrite(data, 1, len, file) != len || fclose(file) != 0)
		abort();
}

static void add_file(struct fixture *f, const char *name, const char *text)
{
	add_bytes(f, name, text, strlen(text));
}

static bool exists(struct fixture *f, const char *name)
{
	struct stat st;

	return lstat(in_root(f, name), &st) == 0;
}

static int count_one(const char *path, const struct stat *st, int type, struct FTW *ftw);
static int entries_seen;

/* What is below the root, without the root. */
static int count_entries(struct fixture *f)
{
	entries_seen = -1;
	nftw(f->root, count_one, 8, FTW_PHYS);
	return entries_seen;
}

static int count_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)path;
	(void)st;
	(void)type;
	(void)ftw;
	entries_seen++;
	return 0;
}

static bool read_root(struct fixture *f, hr_fileset *set)
{
	return hr_fileset_read(f->root, HR_STR(".xml"), &small, f->arena, set, &f->err);
}

static void assert_refused(struct fixture *f, hr_error_code code, const char *name)
{
	hr_fileset set = { .count = 99 };

	CU_ASSERT_FALSE(read_root(f, &set));
	CU_ASSERT_EQUAL(f->err.code, code);
	CU_ASSERT_EQUAL(set.count, 99);
	if (!strstr(f->err.message, name))
		HR_ASSERT_TEXT(hr_str_of(f->err.message), name);
}

/*
 * One file
 */

static void test_file_read__sizes_around_the_limit__are_read_up_to_it(void)
{
	struct fixture f = make_root();
	static const size_t limits[] = { 0, 1, 100, 4095, 4096, 4097, 100000 };
	char *data = malloc(100001);

	memset(data, 'x', 100001);
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		hr_str got = HR_STR("untouched");

		add_bytes(&f, "a", data, limits[i] + 1);
		CU_ASSERT_FALSE(hr_file_read(in_root(&f, "a"), limits[i], f.arena, &got, &f.err));
		CU_ASSERT_EQUAL(f.err.code, HR_E_LIMIT);
		HR_ASSERT_TEXT(got, "untouched");
		add_bytes(&f, "a", data, limits[i]);
		HR_ASSERT_OK(hr_file_read(in_root(&f, "a"), limits[i], f.arena, &got, &f.err),
			     f.err);
		CU_ASSERT_TRUE(hr_str_equal(got, (hr_str){ data, limits[i] }));
	}
	free(data);
	remove_root(&f);
}

static void test_file_read__nul_bytes__are_kept(void)
{
	struct fixture f = make_root();
	hr_str got;

	add_bytes(&f, "a", "a\0b", 3);
	HR_ASSERT_OK(hr_file_read(in_root(&f, "a"), 3, f.arena, &got, &f.err), f.err);
	CU_ASSERT_TRUE(hr_str_equal(got, HR_STR("a\0b")));
	remove_root(&f);
}

static void test_file_read__absent__is_not_found_and_named(void)
{
	struct fixture f = make_root();
	hr_str got;

	CU_ASSERT_FALSE(hr_file_read("/absent/a.xml", 10, f.arena, &got, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	HR_ASSERT_TEXT(hr_str_of(f.err.message),
		       "cannot open '/absent/a.xml': No such file or directory");
	remove_root(&f);
}

static void test_file_read__a_folder__is_an_error(void)
{
	struct fixture f = make_root();
	hr_str got;

	CU_ASSERT_FALSE(hr_file_read(f.root, 10, f.arena, &got, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_IO);
	remove_root(&f);
}

/* A file of /proc says that it has no bytes, and has some: as one that grows while it is read. */
static void test_file_read__size_unknown_beforehand__is_read_whole(void)
{
	struct fixture f = make_root();
	hr_str got;

	HR_ASSERT_OK(hr_file_read("/proc/self/status", 100000, f.arena, &got, &f.err), f.err);
	CU_ASSERT_TRUE(got.len > 100);
	CU_ASSERT_FALSE(hr_file_read("/proc/self/status", 10, f.arena, &got, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_LIMIT);
	remove_root(&f);
}

struct feed {
	int fd;
	size_t bytes;
};

static void *feed_pipe(void *context)
{
	const struct feed *feed = context;

	for (size_t i = 0; i < feed->bytes; i++)
		if (write(feed->fd, "y", 1) != 1)
			break;
	close(feed->fd);
	return NULL;
}

/* Standard input as a pipe that gives `bytes` bytes, one at a time. */
static bool read_stdin(struct fixture *f, size_t bytes, size_t limit, hr_str *out)
{
	int ends[2];
	int saved = dup(STDIN_FILENO);
	struct feed feed = { .bytes = bytes };
	pthread_t writer;
	bool ok;

	if (pipe(ends) != 0)
		abort();
	feed.fd = ends[1];
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	pthread_create(&writer, NULL, feed_pipe, &feed);
	ok = hr_file_read("-", limit, f->arena, out, &f->err);
	pthread_join(writer, NULL);
	dup2(saved, STDIN_FILENO);
	close(saved);
	return ok;
}

static void test_file_read__standard_input__is_read_up_to_the_limit(void)
{
	struct fixture f = make_root();
	hr_str got = HR_STR_NONE;

	HR_ASSERT_OK(read_stdin(&f, 0, 0, &got), f.err);
	CU_ASSERT_EQUAL(got.len, 0);
	HR_ASSERT_OK(read_stdin(&f, 20000, 20000, &got), f.err);
	CU_ASSERT_EQUAL(got.len, 20000);
	CU_ASSERT_FALSE(read_stdin(&f, 20001, 20000, &got));
	CU_ASSERT_EQUAL(f.err.code, HR_E_LIMIT);
	HR_ASSERT_TEXT(hr_str_of(f.err.message), "'standard input' is over 20000 bytes");
	remove_root(&f);
}

static void test_file_write__new_and_again__leaves_only_the_last_bytes(void)
{
	struct fixture f = make_root();
	hr_str got;

	HR_ASSERT_OK(hr_file_write(in_root(&f, "a"), HR_STR("first, longer"), &f.err), f.err);
	HR_ASSERT_OK(hr_file_write(in_root(&f, "a"), HR_STR("second"), &f.err), f.err);
	HR_ASSERT_OK(hr_file_read(in_root(&f, "a"), 100, f.arena, &got, &f.err), f.err);
	HR_ASSERT_TEXT(got, "second");
	HR_ASSERT_OK(hr_file_write(in_root(&f, "a"), HR_STR_NONE, &f.err), f.err);
	HR_ASSERT_OK(hr_file_read(in_root(&f, "a"), 100, f.arena, &got, &f.err), f.err);
	CU_ASSERT_EQUAL(got.len, 0);
	CU_ASSERT_EQUAL(count_entries(&f), 1);
	remove_root(&f);
}

static void test_file_write__bare_name__is_written_in_the_current_folder(void)
{
	struct fixture f = make_root();
	int here = open(".", O_RDONLY | O_DIRECTORY);

	CU_ASSERT_EQUAL(chdir(f.root), 0);
	HR_ASSERT_OK(hr_file_write("a", HR_STR("x"), &f.err), f.err);
	CU_ASSERT_EQUAL(fchdir(here), 0);
	close(here);
	CU_ASSERT_TRUE(exists(&f, "a"));
	remove_root(&f);
}

static void test_file_write__folder_absent__is_not_found(void)
{
	struct fixture f = make_root();

	CU_ASSERT_FALSE(hr_file_write(in_root(&f, "no/a"), HR_STR("x"), &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	remove_root(&f);
}

static void test_file_write__no_regular_file__is_left_alone(void)
{
	struct fixture f = make_root();

	add_folder(&f, "folder");
	add_file(&f, "file", "kept");
	CU_ASSERT_EQUAL(symlink("file", in_root(&f, "link")), 0);
	CU_ASSERT_FALSE(hr_file_write(in_root(&f, "folder"), HR_STR("x"), &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_EXISTS);
	CU_ASSERT_FALSE(hr_file_write(in_root(&f, "link"), HR_STR("x"), &f.err));
	CU_ASSERT_FALSE(hr_file_write("/dev/null", HR_STR("x"), &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_EXISTS);
	CU_ASSERT_EQUAL(count_entries(&f), 3);
	remove_root(&f);
}

/* A writer may begin the flush early only where nothing else can tell. */
static void test_write_early__many_pieces__are_the_file(void)
{
	enum { PIECE = 100000, PIECES = 45 };
	struct fixture f = make_root();
	int fd = open(in_root(&f, "a"), O_RDWR | O_CREAT, 0600);
	char *bytes = hr_arena_alloc_text(f.arena, (size_t)PIECE * PIECES);
	hr_str read;

	for (size_t i = 0; i < (size_t)PIECE * PIECES; i++)
		bytes[i] = (char)(i / 977);
	for (size_t i = 0; i < PIECES; i++)
		CU_ASSERT_TRUE(hr_write_early(fd, i * PIECE, (hr_str){ bytes + i * PIECE, PIECE }));
	close(fd);
	HR_ASSERT_OK(hr_file_read(in_root(&f, "a"), (size_t)PIECE * PIECES, f.arena, &read, &f.err),
		     f.err);
	CU_ASSERT_TRUE(hr_str_equal(read, (hr_str){ bytes, (size_t)PIECE * PIECES }));
	remove_root(&f);
}

static void test_write_early__cannot_be_written__is_told(void)
{
	struct fixture f = make_root();
	int fd = open("/dev/full", O_WRONLY);
	char bytes[1000] = "";

	errno = 0;
	CU_ASSERT_FALSE(hr_write_early(fd, 0, (hr_str){ bytes, sizeof(bytes) }));
	CU_ASSERT_EQUAL(errno, ENOSPC);
	close(fd);
	remove_root(&f);
}

static void test_file_write__path_without_a_name__is_refused(void)
{
	static const char *paths[] = { "", "/", "//", ".", "..", "/tmp/.", "/tmp/..", "/tmp/../" };
	struct fixture f = make_root();

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		CU_ASSERT_FALSE(hr_file_write(paths[i], HR_STR("x"), &f.err));
		CU_ASSERT_EQUAL(f.err.code, HR_E_USAGE);
	}
	remove_root(&f);
}

/* A file size limit stands for a full disk: the write stops half way. */
static void test_file_write__write_fails__old_file_stays_and_nothing_else(void)
{
	struct fixture f = make_root();
	struct rlimit old;
	struct rlimit tight;
	hr_str got;
	char data[4096] = { 0 };

	add_file(&f, "a", "old");
	getrlimit(RLIMIT_FSIZE, &old);
	tight = (struct rlimit){ 1000, old.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &tight);
	CU_ASSERT_FALSE(hr_file_write(in_root(&f, "a"), (hr_str){ data, sizeof(data) }, &f.err));
	setrlimit(RLIMIT_FSIZE, &old);
	CU_ASSERT_EQUAL(f.err.code, HR_E_IO);
	HR_ASSERT_OK(hr_file_read(in_root(&f, "a"), 100, f.arena, &got, &f.err), f.err);
	HR_ASSERT_TEXT(got, "old");
	CU_ASSERT_EQUAL(count_entries(&f), 1);
	remove_root(&f);
}

enum { DISK_SKIPPED = 77 };

/* On a disk of 64 KiB, seen by this process only. Tells the first thing that is not as it must be.
 */
static int write_to_full_disk(struct fixture *f)
{
	static const char data[100000];
	const hr_str large = { data, sizeof(data) };
	const hr_file files[] = { { HR_STR("a"), HR_STR("x") }, { HR_STR("b/c"), large } };
	const hr_fileset set = { files, 2 };
	hr_str got;

	if (unshare(CLONE_NEWNS) != 0 || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("huren", f->root, "tmpfs", 0, "size=64k") != 0)
		return DISK_SKIPPED;
	add_file(f, "old", "old");
	if (hr_file_write(in_root(f, "old"), large, &f->err) || f->err.code != HR_E_NO_SPACE)
		return 1;
	if (!hr_file_read(in_root(f, "old"), 9, f->arena, &got, &f->err) || got.len != 3)
		return 2;
	if (hr_fileset_write(in_root(f, "new"), &set, &f->err) || f->err.code != HR_E_NO_SPACE)
		return 3;
	return count_entries(f) == 1 ? 0 : 4;
}

static void test_file_write__disk_is_full__is_said_and_leaves_all_as_it_was(void)
{
	struct fixture f = make_root();
	pid_t child = fork();
	int status = -1;

	if (child == 0)
		_exit(write_to_full_disk(&f));
	waitpid(child, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == DISK_SKIPPED)
		fprintf(stderr, "skipped: a disk of its own cannot be mounted here\n");
	else
		CU_ASSERT_EQUAL(status, 0);
	remove_root(&f);
}

/*
 * A folder as a set
 */

static void test_fileset_read__empty_folder__is_an_empty_set(void)
{
	struct fixture f = make_root();
	hr_fileset set = { .count = 9 };

	HR_ASSERT_OK(read_root(&f, &set), f.err);
	CU_ASSERT_EQUAL(set.count, 0);
	remove_root(&f);
}

static void test_fileset_read__files_in_folders__are_sorted_by_bytes(void)
{
	static const char *names[] = { "B.xml", "a-b.xml", "a.xml", "a/x.xml" };
	struct fixture f = make_root();
	hr_fileset set;
	char slashes[300];

	add_folder(&f, "a");
	add_folder(&f, "empty");
	for (size_t i = 4; i-- > 0;)
		add_file(&f, names[i], names[i]);
	snprintf(slashes, sizeof(slashes), "%s//", f.root);
	HR_ASSERT_OK(hr_fileset_read(slashes, HR_STR(".xml"), &small, f.arena, &set, &f.err),
		     f.err);
	CU_ASSERT_EQUAL_FATAL(set.count, 4);
	for (size_t i = 0; i < 4; i++) {
		HR_ASSERT_TEXT(set.files[i].name, names[i]);
		HR_ASSERT_TEXT(set.files[i].bytes, names[i]);
	}
	remove_root(&f);
}

static void test_fileset_read__dots_and_other_suffixes__are_passed_over(void)
{
	struct fixture f = make_root();
	hr_fileset set;

	add_folder(&f, ".git");
	add_file(&f, ".git/a.xml", "no");
	add_file(&f, ".a.xml", "no");
	add_file(&f, "读我.txt", "a long text that is over the limit of a file");
	CU_ASSERT_EQUAL(mkfifo(in_root(&f, "pipe"), 0600), 0);
	CU_ASSERT_EQUAL(symlink("/", in_root(&f, ".link")), 0);
	add_file(&f, "a.xml", "yes");
	HR_ASSERT_OK(read_root(&f, &set), f.err);
	CU_ASSERT_EQUAL_FATAL(set.count, 1);
	HR_ASSERT_TEXT(set.files[0].bytes, "yes");
	remove_root(&f);
}

static void test_fileset_read__links__are_refused(void)
{
	static const char *targets[] = { "/etc/passwd", "/", "absent" };

	for (size_t i = 0; i < 3; i++) {
		struct fixture f = make_root();

		CU_ASSERT_EQUAL(symlink(targets[i], in_root(&f, "b.xml")), 0);
		assert_refused(&f, HR_E_CATALOG, "/b.xml' is a link");
		remove_root(&f);
	}
}

static void test_fileset_read__pipe_named_like_a_file__is_refused(void)
{
	struct fixture f = make_root();

	CU_ASSERT_EQUAL(mkfifo(in_root(&f, "b.xml"), 0600), 0);
	assert_refused(&f, HR_E_CATALOG, "/b.xml' is not a regular file");
	remove_root(&f);
}

static void test_fileset_read__unsafe_names__are_refused_and_shown_in_one_line(void)
{
	static const char *names[] = { "a b.xml", "é.xml", "a\\b.xml", "目录.xml" };

	for (size_t i = 0; i < 4; i++) {
		struct fixture f = make_root();

		add_file(&f, names[i], "x");
		assert_refused(&f, HR_E_CATALOG, names[i]);
		remove_root(&f);
	}
}

static void test_fileset_read__unsafe_folder_name__is_refused(void)
{
	struct fixture f = make_root();

	add_folder(&f, "a b");
	assert_refused(&f, HR_E_CATALOG, "/a b' is not safe");
	remove_root(&f);
}

static void test_fileset_read__one_file_too_many__is_refused(void)
{
	struct fixture f = make_root();
	hr_fileset set;

	add_file(&f, "1.xml", "");
	add_file(&f, "2.xml", "");
	add_file(&f, "3.xml", "");
	add_file(&f, "4.xml", "");
	HR_ASSERT_OK(read_root(&f, &set), f.err);
	CU_ASSERT_EQUAL(set.count, 4);
	add_file(&f, "5.xml", "");
	assert_refused(&f, HR_E_LIMIT, f.root);
	remove_root(&f);
}

static void test_fileset_read__one_folder_too_many__is_refused(void)
{
	struct fixture f = make_root();
	hr_fileset set;

	add_folder(&f, "1");
	add_folder(&f, "2");
	add_folder(&f, "3");
	add_folder(&f, "4");
	HR_ASSERT_OK(read_root(&f, &set), f.err);
	add_folder(&f, "5");
	assert_refused(&f, HR_E_LIMIT, f.root);
	remove_root(&f);
}

static void test_fileset_read__one_folder_too_deep__is_refused(void)
{
	struct fixture f = make_root();
	hr_fileset set;

	add_folder(&f, "1");
	add_folder(&f, "1/2");
	add_file(&f, "1/2/a.xml", "deep");
	HR_ASSERT_OK(read_root(&f, &set), f.err);
	HR_ASSERT_TEXT(set.files[0].name, "1/2/a.xml");
	add_folder(&f, "1/2/3");
	assert_refused(&f, HR_E_LIMIT, "/1/2/3'");
	remove_root(&f);
}

static void test_fileset_read__file_over_its_limit__is_refused(void)
{
	struct fixture f = make_root();
	hr_fileset set;

	add_file(&f, "a.xml", "0123456789");
	HR_ASSERT_OK(read_root(&f, &set), f.err);
	add_file(&f, "a.xml", "0123456789.");
	assert_refused(&f, HR_E_LIMIT, "/a.xml' is over 10 bytes");
	remove_root(&f);
}

static void test_fileset_read__all_over_their_limit__are_refused(void)
{
	struct fixture f = make_root();
	hr_fileset set;

	add_file(&f, "a.xml", "0123456789");
	add_file(&f, "b.xml", "0123456789");
	add_file(&f, "c.xml", "01234");
	HR_ASSERT_OK(read_root(&f, &set), f.err);
	add_file(&f, "c.xml", "012345");
	assert_refused(&f, HR_E_LIMIT, "the files are over 25 bytes");
	remove_root(&f);
}

static void test_fileset_read__no_such_folder__is_not_found(void)
{
	struct fixture f = make_root();
	hr_fileset set;

	add_file(&f, "a.xml", "x");
	CU_ASSERT_FALSE(
		hr_fileset_read(in_root(&f, "no"), HR_STR(".xml"), &small, f.arena, &set, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	CU_ASSERT_FALSE(hr_fileset_read(in_root(&f, "a.xml"), HR_STR(".xml"), &small, f.arena, &set,
					&f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	remove_root(&f);
}

static void test_fileset_sort__name_twice__is_refused(void)
{
	hr_file files[] = { { HR_STR("b"), HR_STR_NONE },
			    { HR_STR("a"), HR_STR_NONE },
			    { HR_STR("b"), HR_STR_NONE } };
	hr_error err = { 0 };

	CU_ASSERT_FALSE(hr_fileset_sort(files, 3, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_CATALOG);
	HR_ASSERT_TEXT(hr_str_of(err.message), "file 'b' stands twice");
	HR_ASSERT_OK(hr_fileset_sort(NULL, 0, &err), err);
}

static void test_file_name__lengths_and_letters__are_bounded(void)
{
	char name[66];

	memset(name, 'a', sizeof(name));
	CU_ASSERT_FALSE(hr_file_name_is_safe(HR_STR_NONE));
	CU_ASSERT_TRUE(hr_file_name_is_safe((hr_str){ name, 1 }));
	CU_ASSERT_TRUE(hr_file_name_is_safe((hr_str){ name, 64 }));
	CU_ASSERT_FALSE(hr_file_name_is_safe((hr_str){ name, 65 }));
	CU_ASSERT_TRUE(hr_file_name_is_safe(HR_STR("-Az09._-")));
	CU_ASSERT_FALSE(hr_file_name_is_safe(HR_STR(".a")));
	CU_ASSERT_FALSE(hr_file_name_is_safe(HR_STR("..")));
	CU_ASSERT_FALSE(hr_file_name_is_safe(HR_STR("a/b")));
	CU_ASSERT_FALSE(hr_file_name_is_safe(HR_STR("a\0b")));
	for (int c = 0; c < 256; c++) {
		char byte = (char)c;
		bool safe = strchr("-_ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz0123456789",
				   c) != NULL &&
			    c != 0;

		CU_ASSERT_EQUAL(hr_file_name_is_safe((hr_str){ &byte, 1 }), safe);
	}
}

static const hr_file some_files[] = {
	{ HR_STR_INIT("a-b.xml"), HR_STR_INIT("1") },
	{ HR_STR_INIT("a/b/c.xml"), HR_STR_INIT("2") },
	{ HR_STR_INIT("a/d.xml"), HR_STR_INIT("") },
};
static const hr_fileset some = { some_files, 3 };

static void test_fileset_write__new_folder__reads_back_the_same(void)
{
	static const char *targets[] = { "new", "new/", "empty", "empty/" };

	for (size_t i = 0; i < 4; i++) {
		struct fixture f = make_root();
		hr_fileset set = { 0 };

		add_folder(&f, "empty");
		HR_ASSERT_OK(hr_fileset_write(in_root(&f, targets[i]), &some, &f.err), f.err);
		HR_ASSERT_OK(hr_fileset_read(in_root(&f, targets[i]), HR_STR(".xml"), &small,
					     f.arena, &set, &f.err),
			     f.err);
		CU_ASSERT_EQUAL_FATAL(set.count, 3);
		for (size_t j = 0; j < 3; j++) {
			CU_ASSERT_TRUE(hr_str_equal(set.files[j].name, some_files[j].name));
			CU_ASSERT_TRUE(hr_str_equal(set.files[j].bytes, some_files[j].bytes));
		}
		CU_ASSERT_EQUAL(count_entries(&f), i < 2 ? 7 : 6);
		remove_root(&f);
	}
}

static void test_fileset_write__no_files__is_an_empty_folder(void)
{
	struct fixture f = make_root();
	hr_fileset none = { 0 };

	HR_ASSERT_OK(hr_fileset_write(in_root(&f, "new"), &none, &f.err), f.err);
	CU_ASSERT_TRUE(exists(&f, "new"));
	CU_ASSERT_EQUAL(count_entries(&f), 1);
	remove_root(&f);
}

static void test_fileset_write__target_in_use__is_refused_and_kept(void)
{
	struct fixture f = make_root();

	add_folder(&f, "full");
	add_file(&f, "full/x", "kept");
	add_file(&f, "file", "kept");
	CU_ASSERT_EQUAL(symlink("full", in_root(&f, "link")), 0);
	CU_ASSERT_FALSE(hr_fileset_write(in_root(&f, "full"), &some, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_EXISTS);
	CU_ASSERT_FALSE(hr_fileset_write(in_root(&f, "file"), &some, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_EXISTS);
	CU_ASSERT_FALSE(hr_fileset_write(in_root(&f, "link"), &some, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_EXISTS);
	CU_ASSERT_FALSE(hr_fileset_write(f.root, &some, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_EXISTS);
	CU_ASSERT_EQUAL(count_entries(&f), 4);
	remove_root(&f);
}

static void test_fileset_write__unsafe_names__leave_nothing_behind(void)
{
	static const hr_str names[] = {
		HR_STR_INIT(""),      HR_STR_INIT("/a"),     HR_STR_INIT("a/"),
		HR_STR_INIT("a//b"),  HR_STR_INIT("../a"),   HR_STR_INIT("a/../b"),
		HR_STR_INIT("a/./b"), HR_STR_INIT(".git/a"), HR_STR_INIT("a\0b"),
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct fixture f = make_root();
		hr_file files[] = { { HR_STR("A"), HR_STR("x") }, { names[i], HR_STR("x") } };
		hr_fileset set = { files, 2 };

		CU_ASSERT_FALSE(hr_fileset_write(in_root(&f, "new"), &set, &f.err));
		CU_ASSERT_EQUAL(f.err.code, HR_E_CATALOG);
		CU_ASSERT_EQUAL(count_entries(&f), 0);
		remove_root(&f);
	}
}

static void test_fileset_write__file_that_is_also_a_folder__leaves_nothing_behind(void)
{
	struct fixture f = make_root();
	hr_file files[] = { { HR_STR("a"), HR_STR("x") }, { HR_STR("a/b"), HR_STR("x") } };
	hr_fileset set = { files, 2 };

	CU_ASSERT_FALSE(hr_fileset_write(in_root(&f, "new"), &set, &f.err));
	CU_ASSERT_EQUAL(count_entries(&f), 0);
	remove_root(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_file_read__sizes_around_the_limit__are_read_up_to_it),
	HR_TEST(test_file_read__nul_bytes__are_kept),
	HR_TEST(test_file_read__absent__is_not_found_and_named),
	HR_TEST(test_file_read__a_folder__is_an_error),
	HR_TEST(test_file_read__size_unknown_beforehand__is_read_whole),
	HR_TEST(test_file_read__standard_input__is_read_up_to_the_limit),
	HR_TEST(test_file_write__new_and_again__leaves_only_the_last_bytes),
	HR_TEST(test_file_write__bare_name__is_written_in_the_current_folder),
	HR_TEST(test_file_write__folder_absent__is_not_found),
	HR_TEST(test_file_write__no_regular_file__is_left_alone),
	HR_TEST(test_write_early__many_pieces__are_the_file),
	HR_TEST(test_write_early__cannot_be_written__is_told),
	HR_TEST(test_file_write__path_without_a_name__is_refused),
	HR_TEST(test_file_write__write_fails__old_file_stays_and_nothing_else),
	HR_TEST(test_file_write__disk_is_full__is_said_and_leaves_all_as_it_was),
	HR_TEST(test_fileset_read__empty_folder__is_an_empty_set),
	HR_TEST(test_fileset_read__files_in_folders__are_sorted_by_bytes),
	HR_TEST(test_fileset_read__dots_and_other_suffixes__are_passed_over),
	HR_TEST(test_fileset_read__links__are_refused),
	HR_TEST(test_fileset_read__pipe_named_like_a_file__is_refused),
	HR_TEST(test_fileset_read__unsafe_names__are_refused_and_shown_in_one_line),
	HR_TEST(test_fileset_read__unsafe_folder_name__is_refused),
	HR_TEST(test_fileset_read__one_file_too_many__is_refused),
	HR_TEST(test_fileset_read__one_folder_too_many__is_refused),
	HR_TEST(test_fileset_read__one_folder_too_deep__is_refused),
	HR_TEST(test_fileset_read__file_over_its_limit__is_refused),
	HR_TEST(test_fileset_read__all_over_their_limit__are_refused),
	HR_TEST(test_fileset_read__no_such_folder__is_not_found),
	HR_TEST(test_fileset_sort__name_twice__is_refused),
	HR_TEST(test_file_name__lengths_and_letters__are_bounded),
	HR_TEST(test_fileset_write__new_folder__reads_back_the_same),
	HR_TEST(test_fileset_write__no_files__is_an_empty_folder),
	HR_TEST(test_fileset_write__target_in_use__is_refused_and_kept),
	HR_TEST(test_fileset_write__unsafe_names__leave_nothing_behind),
	HR_TEST(test_fileset_write__file_that_is_also_a_folder__leaves_nothing_behind),
};
HR_TEST_MAIN("file", tests)
