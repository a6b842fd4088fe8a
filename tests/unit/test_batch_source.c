/* What a batch reads: the files of a folder, the lines of a file, each time in the same order. */
#include "base/file.h"
#include "service/batch_folder.h"
#include "service/batch_source.h"

#include "testing.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
	hr_arena *arena;
	const char *folder;
	hr_error err;
};

static struct fixture open_fixture(void)
{
	struct fixture f = { .arena = hr_test_arena() };

	f.folder = hr_test_folder(f.arena);
	return f;
}

static const char *path_of(const struct fixture *f, const char *name)
{
	size_t room = strlen(f->folder) + strlen(name) + 2;
	char *path = hr_arena_alloc_text(f->arena, room);

	snprintf(path, room, "%s/%s", f->folder, name);
	return path;
}

static void put(struct fixture *f, const char *name, const char *text)
{
	HR_ASSERT_OK(hr_file_write(path_of(f, name), hr_str_of(text), &f->err), f->err);
}

/* --- folders --- */

/* The paths with a blank after each, those with a fault in brackets. */
static hr_str list(struct fixture *f, size_t names_max)
{
	hr_batch_folder *folder = NULL;
	hr_batch_entry entry;
	hr_buf buf;

	hr_buf_init(&buf, f->arena, 1 << 20);
	HR_ASSERT_OK(hr_batch_folder_open(f->folder, names_max, &folder, &f->err), f->err);
	while (hr_batch_folder_next(folder, f->arena, &entry, &f->err) && entry.path.len)
		hr_buf_addf(&buf, entry.fault ? "[%s] " : "%s ", entry.path.data);
	hr_batch_folder_close(folder);
	return hr_buf_str(&buf);
}

static void test_folder__empty__has_nothing(void)
{
	struct fixture f = open_fixture();

	HR_ASSERT_TEXT(list(&f, 4), "");
	hr_arena_close(f.arena);
}

static void test_folder__folders_between_files__paths_in_byte_order(void)
{
	struct fixture f = open_fixture();

	mkdir(path_of(&f, "a"), 0777);
	mkdir(path_of(&f, "empty"), 0777);
	put(&f, "a/z", "");
	put(&f, "a/b", "");
	put(&f, "a.xml", "");
	put(&f, "a0", "");
	put(&f, ".hidden", "");
	put(&f, "B", "");
	HR_ASSERT_TEXT(list(&f, 4), "B a.xml a/b a/z a0 ");
	HR_ASSERT_TEXT(list(&f, 1), "B a.xml a/b a/z a0 ");
	hr_arena_close(f.arena);
}

static void test_folder__more_names_than_are_kept__all_in_order(void)
{
	struct fixture f = open_fixture();
	hr_str expected;

	for (int i = 0; i < 100; i++) {
		char name[16];

		snprintf(name, sizeof(name), "%02d", i * 37 % 100);
		put(&f, name, "");
	}
	expected = list(&f, 1000);
	CU_ASSERT_EQUAL(expected.len, 300);
	CU_ASSERT_TRUE(hr_str_starts_with(expected, HR_STR("00 01 02 ")));
	for (size_t max = 1; max <= 101; max += max < 8 ? 1 : 31)
		CU_ASSERT_TRUE(hr_str_equal(list(&f, max), expected));
	hr_arena_close(f.arena);
}

/* "a/a/.../a/", so many times. */
static void test_folder__too_deep__is_a_fault_and_the_rest_goes_on(void)
{
	struct fixture f = open_fixture();
	char name[2 * (HR_BATCH_DEPTH_MAX + 1) + 1] = "";
	hr_str listed;

	for (int i = 0; i <= HR_BATCH_DEPTH_MAX; i++) {
		name[2 * i] = 'a';
		mkdir(path_of(&f, name), 0777);
		name[2 * i + 1] = '/';
	}
	put(&f, "b", "");
	listed = list(&f, 4);
	CU_ASSERT_TRUE(hr_str_starts_with(listed, HR_STR("[a/a/")));
	CU_ASSERT_TRUE(hr_str_ends_with(listed, HR_STR("a/] b ")));
	hr_arena_close(f.arena);
}

static void test_folder__links_and_pipes__are_inputs_of_their_own(void)
{
	struct fixture f = open_fixture();
	hr_str bytes;
	bool cut;
	int fd;

	put(&f, "file", "text");
	CU_ASSERT_EQUAL(symlink("file", path_of(&f, "link")), 0);
	CU_ASSERT_EQUAL(symlink(".", path_of(&f, "ring")), 0);
	CU_ASSERT_EQUAL(mkfifo(path_of(&f, "pipe"), 0600), 0);
	HR_ASSERT_TEXT(list(&f, 4), "file link pipe ring ");
	fd = open(f.folder, O_RDONLY | O_DIRECTORY);
	HR_ASSERT_OK(hr_file_read_front_at(fd, "file", 4, f.arena, &bytes, &cut, &f.err), f.err);
	HR_ASSERT_TEXT(bytes, "text");
	CU_ASSERT_FALSE(cut);
	HR_ASSERT_OK(hr_file_read_front_at(fd, "file", 3, f.arena, &bytes, &cut, &f.err), f.err);
	HR_ASSERT_TEXT(bytes, "tex");
	CU_ASSERT_TRUE(cut);
	CU_ASSERT_FALSE(hr_file_read_front_at(fd, "link", 9, f.arena, &bytes, &cut, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_UNSUPPORTED);
	CU_ASSERT_FALSE(hr_file_read_front_at(fd, "pipe", 9, f.arena, &bytes, &cut, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_UNSUPPORTED);
	CU_ASSERT_FALSE(hr_file_read_front_at(fd, "gone", 9, f.arena, &bytes, &cut, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	close(fd);
	hr_arena_close(f.arena);
}

/* --- lines --- */

static hr_batch_source *open_source(struct fixture *f, const char *name, int stop_fd)
{
	hr_batch_source *source = NULL;

	HR_ASSERT_OK(hr_batch_source_open(path_of(f, name), stop_fd, &source, &f->err), f->err);
	return source;
}

/* "number:bytes " of each. */
static hr_str list_lines(struct fixture *f, hr_batch_source *source)
{
	hr_batch_item item;
	hr_buf buf;

	hr_buf_init(&buf, f->arena, 1 << 20);
	while (hr_batch_source_next(source, f->arena, &item, &f->err) && !item.end)
		hr_buf_addf(&buf, "%d:%.*s ", (int)item.line, HR_STR_ARG(item.bytes));
	return hr_buf_str(&buf);
}

static void check_lines(const char *text, const char *expected)
{
	struct fixture f = open_fixture();
	hr_batch_source *source;

	put(&f, "lines", text);
	source = open_source(&f, "lines", -1);
	HR_ASSERT_TEXT(list_lines(&f, source), expected);
	CU_ASSERT_EQUAL(hr_batch_source_place(source).units, strlen(text));
	CU_ASSERT_EQUAL(hr_batch_source_total(source), strlen(text));
	hr_batch_source_close(source);
	hr_arena_close(f.arena);
}

static void test_lines__of_all_kinds__keep_their_numbers(void)
{
	check_lines("", "");
	check_lines("\n", "");
	check_lines("a", "1:a ");
	check_lines("a\n", "1:a ");
	check_lines("a\r\n\n \nb\n", "1:a 4:b ");
}

/* Of so many bytes: what is read at once is 256 KiB. */
static void test_lines__longer_than_what_is_read_at_once__are_whole(void)
{
	struct fixture f = open_fixture();
	const size_t lengths[] = { 262143, 262144, 262145, 1000000, 1 };
	hr_batch_source *source;
	hr_batch_item item;
	hr_buf text;

	hr_buf_init(&text, f.arena, 1 << 22);
	for (size_t i = 0; i < 5; i++) {
		memset(hr_buf_extend(&text, lengths[i]), 'a' + (int)i, lengths[i]);
		HR_BUF_ADD(&text, "\n");
	}
	HR_ASSERT_OK(hr_file_write(path_of(&f, "lines"), hr_buf_str(&text), &f.err), f.err);
	source = open_source(&f, "lines", -1);
	for (size_t i = 0; i < 5; i++) {
		HR_ASSERT_OK(hr_batch_source_next(source, f.arena, &item, &f.err), f.err);
		CU_ASSERT_EQUAL(item.bytes.len, lengths[i]);
		CU_ASSERT_EQUAL(item.bytes.data[item.bytes.len - 1], 'a' + (int)i);
	}
	hr_batch_source_close(source);
	hr_arena_close(f.arena);
}

static void test_lines__that_are_read__are_ready(void)
{
	static const struct {
		const char *text;
		const char *ready; /* after each line */
	} rows[] = {
		{ "a", "n" },
		{ "a\nb\nc\n", "yyn" },
		{ "a\nb\nc", "ynn" },
		/* A blank line is none: to come to the next one somebody may have to wait. */
		{ "a\n\r\n", "n" },
		{ "a\n \nb\nc\n", "nyn" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture f = open_fixture();
		hr_batch_source *source;
		hr_batch_item item;

		put(&f, "lines", rows[i].text);
		source = open_source(&f, "lines", -1);
		CU_ASSERT_FALSE(hr_batch_source_is_ready(source));
		for (const char *want = rows[i].ready; *want; want++) {
			HR_ASSERT_OK(hr_batch_source_next(source, f.arena, &item, &f.err), f.err);
			CU_ASSERT_EQUAL(hr_batch_source_is_ready(source), *want == 'y');
		}
		hr_batch_source_close(source);
		hr_arena_close(f.arena);
	}
}

static void test_lines__over_the_limit__is_a_fault_of_that_line(void)
{
	struct fixture f = open_fixture();
	const size_t over = HR_BATCH_LINE_MAX;
	hr_buf text;
	hr_batch_source *source;
	hr_batch_item item;

	hr_buf_init(&text, f.arena, 2 * over);
	memset(hr_buf_extend(&text, over + 1), 'x', over + 1);
	HR_BUF_ADD(&text, "\ny\n");
	HR_ASSERT_OK(hr_file_write(path_of(&f, "lines"), hr_buf_str(&text), &f.err), f.err);
	source = open_source(&f, "lines", -1);
	HR_ASSERT_OK(hr_batch_source_next(source, f.arena, &item, &f.err), f.err);
	CU_ASSERT_TRUE(item.fault && item.fault->code == HR_E_LIMIT);
	HR_ASSERT_OK(hr_batch_source_next(source, f.arena, &item, &f.err), f.err);
	CU_ASSERT_PTR_NULL(item.fault);
	HR_ASSERT_TEXT(item.bytes, "y");
	hr_batch_source_close(source);
	hr_arena_close(f.arena);
}

/* --- places --- */

static void test_skip__same_input__goes_on_after_the_place(void)
{
	struct fixture f = open_fixture();
	hr_batch_source *source;
	hr_batch_place place;
	hr_batch_item item;

	put(&f, "lines", "a\n\nb\nc\nd\n");
	source = open_source(&f, "lines", -1);
	hr_batch_source_next(source, f.arena, &item, &f.err);
	hr_batch_source_next(source, f.arena, &item, &f.err);
	place = hr_batch_source_place(source);
	CU_ASSERT_EQUAL(place.inputs, 2);
	hr_batch_source_close(source);
	source = open_source(&f, "lines", -1);
	HR_ASSERT_OK(hr_batch_source_skip(source, &place, &f.err), f.err);
	HR_ASSERT_TEXT(list_lines(&f, source), "4:c 5:d ");
	hr_batch_source_close(source);
	hr_arena_close(f.arena);
}

static void check_skip_refused(const char *text, const char *changed, uint64_t inputs)
{
	struct fixture f = open_fixture();
	hr_batch_source *source;
	hr_batch_place place;
	hr_batch_item item;

	put(&f, "lines", text);
	source = open_source(&f, "lines", -1);
	while (hr_batch_source_place(source).inputs < inputs)
		hr_batch_source_next(source, f.arena, &item, &f.err);
	place = hr_batch_source_place(source);
	hr_batch_source_close(source);
	put(&f, "lines", changed);
	source = open_source(&f, "lines", -1);
	CU_ASSERT_FALSE(hr_batch_source_skip(source, &place, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_EXISTS);
	hr_batch_source_close(source);
	hr_arena_close(f.arena);
}

static void test_skip__another_input__is_refused(void)
{
	check_skip_refused("a\nb\nc\n", "a\nB\nc\n", 2);
	check_skip_refused("a\nb\nc\n", "b\na\nc\n", 2);
	check_skip_refused("a\nb\nc\n", "a\nb\n", 3);
	check_skip_refused("ab\nc\n", "a\nbc\n", 2);
}

static void test_source__told_to_end__ends_between_two_lines(void)
{
	struct fixture f = open_fixture();
	hr_batch_source *source;
	hr_batch_item item;
	int stop[2];

	put(&f, "lines", "a\nb\n");
	CU_ASSERT_EQUAL(pipe2(stop, O_CLOEXEC), 0);
	source = open_source(&f, "lines", stop[0]);
	CU_ASSERT_FALSE(hr_batch_source_is_stopped(source));
	HR_ASSERT_OK(hr_batch_source_next(source, f.arena, &item, &f.err), f.err);
	CU_ASSERT_FALSE(item.end);
	CU_ASSERT_EQUAL(write(stop[1], "x", 1), 1);
	CU_ASSERT_TRUE(hr_batch_source_is_stopped(source));
	hr_batch_source_close(source);
	close(stop[0]);
	close(stop[1]);
	hr_arena_close(f.arena);
}

static void test_source__not_there__says_so(void)
{
	struct fixture f = open_fixture();
	hr_batch_source *source = NULL;

	CU_ASSERT_FALSE(hr_batch_source_open(path_of(&f, "absent"), -1, &source, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	hr_arena_close(f.arena);
}

static const hr_test tests[] = {
	HR_TEST(test_folder__empty__has_nothing),
	HR_TEST(test_folder__folders_between_files__paths_in_byte_order),
	HR_TEST(test_folder__more_names_than_are_kept__all_in_order),
	HR_TEST(test_folder__too_deep__is_a_fault_and_the_rest_goes_on),
	HR_TEST(test_folder__links_and_pipes__are_inputs_of_their_own),
	HR_TEST(test_lines__of_all_kinds__keep_their_numbers),
	HR_TEST(test_lines__longer_than_what_is_read_at_once__are_whole),
	HR_TEST(test_lines__that_are_read__are_ready),
	HR_TEST(test_lines__over_the_limit__is_a_fault_of_that_line),
	HR_TEST(test_skip__same_input__goes_on_after_the_place),
	HR_TEST(test_skip__another_input__is_refused),
	HR_TEST(test_source__told_to_end__ends_between_two_lines),
	HR_TEST(test_source__not_there__says_so),
};
HR_TEST_MAIN("batch_source", tests)
