/* A batch as a whole, its state and its counters; killed and resumed: integration/batch.py. */
#include "service/batch.h"

#include "testing.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECEIVER HR_STR_INIT("121100004000000014")

struct fixture {
	hr_arena *arena;
	const char *folder;
	hr_catalog *catalog;
	hr_batch_options options;
	hr_batch_outcome outcome;
	hr_error err;
};

static const char *path_of(const struct fixture *f, const char *name)
{
	size_t room = strlen(f->folder) + strlen(name) + 2;
	char *path = hr_arena_alloc_text(f->arena, room);

	snprintf(path, room, "%s/%s", f->folder, name);
	return path;
}

static void put(struct fixture *f, const char *name, hr_str text)
{
	HR_ASSERT_OK(hr_file_write(path_of(f, name), text, &f->err), f->err);
}

static hr_str get(struct fixture *f, const char *name)
{
	hr_str bytes = HR_STR_NONE;

	HR_ASSERT_OK(hr_file_read(path_of(f, name), 1 << 28, f->arena, &bytes, &f->err), f->err);
	return bytes;
}

static struct fixture open_fixture(void)
{
	struct fixture f = { .arena = hr_test_arena() };

	f.folder = hr_test_folder(f.arena);
	HR_ASSERT_OK(
		hr_catalog_open_folder("tests/data/catalog/decision", NULL, &f.catalog, &f.err),
		f.err);
	f.options = (hr_batch_options){
		.input = path_of(&f, "lines"),
		.output = path_of(&f, "out"),
		.state = path_of(&f, "state"),
		.catalog = f.catalog,
		.question = { .receiver = RECEIVER, .at = { 1740000000 } },
		.made_of = HR_STR("0123"),
		.threads = 3,
		.stop_fd = -1,
	};
	return f;
}

static void close_fixture(struct fixture *f)
{
	hr_catalog_unref(f->catalog);
	hr_arena_close(f->arena);
}

static bool run(struct fixture *f)
{
	return hr_batch_run(&f->options, f->arena, &f->outcome, &f->err);
}

/* `count` lines: a report of our own, and each third one is none. */
static hr_str lines(struct fixture *f, int count)
{
	hr_str report = hr_test_read(f->arena, "tests/data/neutral/thyroid.json");
	hr_buf buf;

	hr_buf_init(&buf, f->arena, 1 << 26);
	for (int i = 0; i < count; i++) {
		size_t from = buf.len;

		if (i % 3 == 2) {
			HR_BUF_ADD(&buf, "nonsense\n");
			continue;
		}
		hr_buf_add(&buf, report);
		for (size_t at = from; at < buf.len; at++)
			if (buf.data[at] == '\n')
				buf.data[at] = ' ';
		HR_BUF_ADD(&buf, "\n");
	}
	return hr_buf_str(&buf);
}

static size_t count_lines(hr_str text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += text.data[i] == '\n';
	return count;
}

static void test_batch__no_input__no_output(void)
{
	struct fixture f = open_fixture();

	put(&f, "lines", HR_STR("\n\n"));
	HR_ASSERT_OK(run(&f), f.err);
	CU_ASSERT_EQUAL(get(&f, "out").len, 0);
	CU_ASSERT_EQUAL(f.outcome.progress.inputs, 0);
	CU_ASSERT_FALSE(f.outcome.stopped);
	close_fixture(&f);
}

static void test_batch__any_number_of_threads__the_same_bytes(void)
{
	struct fixture f = open_fixture();
	hr_str first;

	put(&f, "lines", lines(&f, 3000));
	f.options.state = NULL;
	for (unsigned threads = 1; threads <= 8; threads += 7) {
		f.options.output = path_of(&f, threads == 1 ? "one" : "eight");
		f.options.threads = threads;
		HR_ASSERT_OK(run(&f), f.err);
		CU_ASSERT_EQUAL(hr_tally_sum(&f.outcome.tally, HR_TALLY_REPORTS), 2000);
		CU_ASSERT_EQUAL(hr_tally_get(&f.outcome.tally, HR_TALLY_FAULTS, HR_E_UNSUPPORTED),
				1000);
	}
	first = get(&f, "one");
	CU_ASSERT_EQUAL(count_lines(first), 3000);
	CU_ASSERT_TRUE(hr_str_equal(first, get(&f, "eight")));
	close_fixture(&f);
}

/* What a kill leaves: output past what the state tells of. */
static void test_batch__output_longer_than_the_state_says__goes_on_to_the_same_bytes(void)
{
	struct fixture f = open_fixture();
	hr_str all = lines(&f, 600);
	hr_str half = lines(&f, 300);
	hr_str whole;
	hr_buf spoilt;

	put(&f, "lines", all);
	HR_ASSERT_OK(run(&f), f.err);
	whole = get(&f, "out");
	unlink(path_of(&f, "out"));
	unlink(path_of(&f, "state"));

	put(&f, "lines", half);
	HR_ASSERT_OK(run(&f), f.err);
	hr_buf_init(&spoilt, f.arena, 1 << 28);
	hr_buf_add(&spoilt, get(&f, "out"));
	HR_BUF_ADD(&spoilt, "{\"line\":301,\"outc");
	put(&f, "out", hr_buf_str(&spoilt));
	put(&f, "lines", all);
	HR_ASSERT_OK(run(&f), f.err);
	CU_ASSERT_TRUE(hr_str_equal(get(&f, "out"), whole));
	CU_ASSERT_EQUAL(f.outcome.progress.inputs, 600);
	CU_ASSERT_EQUAL(f.outcome.progress.answered, 300);
	CU_ASSERT_EQUAL(hr_tally_sum(&f.outcome.tally, HR_TALLY_REPORTS), 400);
	close_fixture(&f);
}

static void check_refused(struct fixture *f, const char *words)
{
	CU_ASSERT_FALSE(run(f));
	CU_ASSERT_EQUAL(f->err.code, HR_E_EXISTS);
	CU_ASSERT_PTR_NOT_NULL(strstr(f->err.message, words));
}

static void test_batch__state_or_output_of_another_run__is_refused_and_kept(void)
{
	struct fixture f = open_fixture();
	hr_str state;
	int fd;

	put(&f, "lines", lines(&f, 30));
	HR_ASSERT_OK(run(&f), f.err);
	state = get(&f, "state");
	f.options.made_of = HR_STR("0124");
	check_refused(&f, "another question");
	f.options.made_of = HR_STR("0123");
	f.options.state = NULL;
	check_refused(&f, "holds something");
	f.options.state = path_of(&f, "state");
	fd = open(f.options.output, O_RDWR | O_CLOEXEC);
	CU_ASSERT_EQUAL(flock(fd, LOCK_EX), 0);
	check_refused(&f, "another run");
	flock(fd, LOCK_UN);
	CU_ASSERT_EQUAL(ftruncate(fd, 10), 0);
	close(fd);
	check_refused(&f, "shorter");
	CU_ASSERT_TRUE(hr_str_equal(get(&f, "state"), state));
	close_fixture(&f);
}

static void check_damaged(struct fixture *f, hr_str state)
{
	put(f, "state", state);
	CU_ASSERT_FALSE(run(f));
	CU_ASSERT_TRUE(f->err.code == HR_E_SYNTAX || f->err.code == HR_E_EXISTS);
}

#define HEAD "{\"schema\":\"urn:huren:batch:1\",\"catalogue\":\"folder\",\"madeOf\":\"0123\","
#define TIME "\"at\":\"2025-03-01T00:00:00+08:00\",\"inputs\":0,\"units\":0,"

static void test_state__damaged__is_told(void)
{
	struct fixture f = open_fixture();

	put(&f, "lines", HR_STR("x\n"));
	check_damaged(&f, HR_STR(""));
	check_damaged(&f, HR_STR("{"));
	check_damaged(&f, HR_STR(HEAD "\"at\":\"\"}"));
	check_damaged(&f, HR_STR(HEAD TIME "\"digest\":\"00\",\"outputBytes\":0,\"counters\":[]}"));
	check_damaged(&f, HR_STR(HEAD TIME "\"digest\":\"0000000000000000\",\"outputBytes\":-1,"
					   "\"counters\":[]}"));
	check_damaged(&f, HR_STR(HEAD TIME "\"digest\":\"0000000000000000\",\"outputBytes\":0,"
					   "\"counters\":[0]}"));
	check_damaged(&f, HR_STR(HEAD TIME "\"digest\":\"0000000000000000\",\"outputBytes\":0,"
					   "\"counters\":[99999999,1]}"));
	put(&f, "state",
	    HR_STR(HEAD TIME "\"digest\":\"0000000000000000\",\"outputBytes\":0,"
			     "\"counters\":[0,5]}"));
	HR_ASSERT_OK(run(&f), f.err);
	CU_ASSERT_EQUAL(hr_tally_get(&f.outcome.tally, HR_TALLY_REPORTS, 0), 5);
	CU_ASSERT_EQUAL(f.outcome.at.second, 1740758400);
	close_fixture(&f);
}

static void test_batch__told_to_end__keeps_its_state_and_goes_on(void)
{
	struct fixture f = open_fixture();
	int stop[2];

	put(&f, "lines", lines(&f, 30));
	CU_ASSERT_EQUAL(pipe2(stop, O_CLOEXEC), 0);
	CU_ASSERT_EQUAL(write(stop[1], "x", 1), 1);
	f.options.stop_fd = stop[0];
	HR_ASSERT_OK(run(&f), f.err);
	CU_ASSERT_TRUE(f.outcome.stopped);
	CU_ASSERT_EQUAL(f.outcome.progress.inputs, 0);
	f.options.stop_fd = -1;
	HR_ASSERT_OK(run(&f), f.err);
	CU_ASSERT_FALSE(f.outcome.stopped);
	CU_ASSERT_EQUAL(f.outcome.progress.inputs, 30);
	close(stop[0]);
	close(stop[1]);
	close_fixture(&f);
}

static void test_batch__output_fails__ends_with_words(void)
{
	struct fixture f = open_fixture();

	put(&f, "lines", lines(&f, 30));
	f.options.output = "/dev/full";
	CU_ASSERT_FALSE(run(&f));
	CU_ASSERT_EQUAL(f.err.code, HR_E_EXISTS);
	f.options.output = path_of(&f, "absent/out");
	CU_ASSERT_FALSE(run(&f));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	f.options.output = path_of(&f, "out");
	f.options.state = path_of(&f, "absent/state");
	CU_ASSERT_FALSE(run(&f));
	close_fixture(&f);
}

static void test_batch__envelopes__are_opened(void)
{
	struct fixture f = open_fixture();
	hr_str out;

	f.options.state = NULL;
	put(&f, "lines",
	    HR_STR("{\"id\":\"R-1\",\"document\":\"<a/>\"}\n"
		   "{\"document\":\"\"}\n"
		   "{\"id\":\"R-3\",\"document\":3}\n"
		   "{\"id\":4,\"document\":\"%PDF-\"}\n"
		   "{\"id\":\"R-5\",\"base64\":\"R0lGODlh\"}\n"
		   "{\"id\":\"R-6\",\"base64\":\"?\"}\n"));
	HR_ASSERT_OK(run(&f), f.err);
	out = get(&f, "out");
	CU_ASSERT_TRUE(hr_str_starts_with(out, HR_STR("{\"line\":1,\"id\":\"R-1\",\"error\":"
						      "{\"code\":\"unsupported\"")));
	CU_ASSERT_TRUE(hr_str_find(out, HR_STR("of root 'a'")) < out.len);
	CU_ASSERT_TRUE(hr_str_find(out, HR_STR("{\"line\":2,\"error\"")) < out.len);
	CU_ASSERT_TRUE(hr_str_find(out, HR_STR("the input is empty")) < out.len);
	CU_ASSERT_TRUE(hr_str_find(out, HR_STR("{\"line\":3,\"error\"")) < out.len);
	CU_ASSERT_TRUE(hr_str_find(out, HR_STR("the input is PDF")) < out.len);
	CU_ASSERT_TRUE(hr_str_find(out, HR_STR("{\"line\":5,\"id\":\"R-5\",\"error\":"
					       "{\"code\":\"unsupported\"")) < out.len);
	CU_ASSERT_TRUE(hr_str_find(out, HR_STR("{\"line\":6,\"id\":\"R-6\",\"error\":"
					       "{\"code\":\"malformed\"")) < out.len);
	close_fixture(&f);
}

/* The file with nothing behind it, to one byte more than a document may have. */
static void put_long(struct fixture *f, const char *name, const char *of)
{
	put(f, name, hr_test_read(f->arena, of));
	CU_ASSERT_EQUAL(truncate(path_of(f, name), HR_DOCUMENT_MAX + 1), 0);
}

static void test_batch__file_longer_than_a_document__is_read_where_its_front_suffices(void)
{
	struct fixture f = open_fixture();
	hr_str out;

	CU_ASSERT_EQUAL(mkdir(path_of(&f, "lines"), 0700), 0);
	put_long(&f, "lines/a.dcm", "tests/data/dicom/ct_gbk_lied.dcm");
	put_long(&f, "lines/b.xml", "tests/data/cda/thyroid.xml");
	HR_ASSERT_OK(run(&f), f.err);
	out = get(&f, "out");
	CU_ASSERT_TRUE(
		hr_str_starts_with(out, HR_STR("{\"input\":\"a.dcm\",\"outcome\":\"undecided\"")));
	CU_ASSERT_TRUE(hr_str_find(out, HR_STR("\n{\"input\":\"b.xml\",\"error\":"
					       "{\"code\":\"too-large\"")) < out.len);
	close_fixture(&f);
}

/* The rows that are not shown are counted. */
static void test_summary__more_rows_than_are_shown__says_how_many(void)
{
	struct fixture f = open_fixture();
	hr_tally tally;
	hr_buf text;

	HR_ASSERT_OK(hr_tally_init(&tally, f.catalog, f.arena, &f.err), f.err);
	for (size_t id = 0; id < HR_SUMMARY_ROWS + 2; id++)
		tally.counters[tally.begins[HR_TALLY_REASONS] + id] = 100 - id;
	hr_buf_init(&text, f.arena, 1 << 20);
	hr_tally_format_text(&tally, HR_LANG_EN, &text);
	CU_ASSERT_TRUE(hr_str_find(hr_buf_str(&text), HR_STR("       159  in 2 more\n")) <
		       text.len);
	text.len = 0;
	tally.counters[tally.begins[HR_TALLY_REASONS] + HR_SUMMARY_ROWS] = 0;
	tally.counters[tally.begins[HR_TALLY_REASONS] + HR_SUMMARY_ROWS + 1] = 0;
	hr_tally_format_text(&tally, HR_LANG_EN, &text);
	CU_ASSERT_EQUAL(hr_str_find(hr_buf_str(&text), HR_STR("more\n")), text.len);
	close_fixture(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_batch__no_input__no_output),
	HR_TEST(test_batch__any_number_of_threads__the_same_bytes),
	HR_TEST(test_batch__output_longer_than_the_state_says__goes_on_to_the_same_bytes),
	HR_TEST(test_batch__state_or_output_of_another_run__is_refused_and_kept),
	HR_TEST(test_state__damaged__is_told),
	HR_TEST(test_batch__told_to_end__keeps_its_state_and_goes_on),
	HR_TEST(test_batch__output_fails__ends_with_words),
	HR_TEST(test_batch__envelopes__are_opened),
	HR_TEST(test_batch__file_longer_than_a_document__is_read_where_its_front_suffices),
	HR_TEST(test_summary__more_rows_than_are_shown__says_how_many),
};
HR_TEST_MAIN("batch", tests)
