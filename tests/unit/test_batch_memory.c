/*
 * A batch of which any allocation fails: its parts one by one, and the whole
 * in the thread that calls it. It fails and says so, or every byte is as it is
 * with memory enough: what is short is never written down as a report's fault.
 */
#include "service/batch.h"
#include "service/batch_answer.h"

#include "failing_malloc.h"
#include "testing.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
	hr_arena *arena;
	const char *folder;
	hr_catalog *catalog;
	hr_question question;
	const char *input;
	const char *output;
	const char *state;
	const hr_batch_item *item;
	hr_str expected; /* none yet: the attempt says what it is */
	hr_error err;
};

static const char *path_of(const struct fixture *f, const char *name)
{
	size_t room = strlen(f->folder) + strlen(name) + 2;
	char *path = hr_arena_alloc_text(f->arena, room);

	snprintf(path, room, "%s/%s", f->folder, name);
	return path;
}

static struct fixture open_fixture(void)
{
	struct fixture f = { .arena = hr_test_arena() };

	f.folder = hr_test_folder(f.arena);
	f.question =
		(hr_question){ .receiver = HR_STR("121100004000000014"), .at = { 1740000000 } };
	HR_ASSERT_OK(
		hr_catalog_open_folder("tests/data/catalog/decision", NULL, &f.catalog, &f.err),
		f.err);
	return f;
}

static void close_fixture(struct fixture *f)
{
	hr_catalog_unref(f->catalog);
	hr_arena_close(f->arena);
}

static void put(struct fixture *f, const char *name, hr_str text)
{
	HR_ASSERT_OK(hr_file_write(path_of(f, name), text, &f->err), f->err);
}

/* Of the first attempt, with memory enough, kept; of the others the same. */
static void compare(struct fixture *f, hr_str got)
{
	if (!f->expected.data)
		f->expected = hr_str_copy(f->arena, got);
	CU_ASSERT_TRUE(hr_str_equal(got, f->expected));
}

static void check(struct fixture *f, bool (*attempt)(void *context, hr_error *err))
{
	f->expected = HR_STR_NONE;
	hr_failing_malloc_set(0);
	HR_ASSERT_OK(attempt(f, &f->err), f->err);
	CU_ASSERT_TRUE(hr_failing_malloc_each(attempt, f) > 0);
}

/* --- input --- */

/* All of it, and then again as far as its second half, as one that goes on does. */
static bool read_all(struct fixture *f, hr_batch_source *source, hr_arena *arena, hr_error *err)
{
	hr_batch_item item;
	hr_buf list;

	hr_buf_init(&list, arena, 1 << 20);
	do {
		if (!hr_batch_source_next(source, arena, &item, err))
			return false;
		hr_buf_addf(&list, "%.*s|%zu;", HR_STR_ARG(item.path), item.bytes.len);
	} while (!item.end);
	if (list.failed)
		return hr_fail_memory(err);
	compare(f, hr_buf_str(&list));
	return true;
}

static bool read_source(void *context, hr_error *err)
{
	struct fixture *f = context;
	HR_AUTO(hr_arena) arena = hr_arena_open(1 << 24);
	hr_batch_source *source = NULL;
	hr_batch_source *again = NULL;
	hr_batch_place place;
	bool ok;

	if (!arena)
		return hr_fail_memory(err);
	ok = hr_batch_source_open(f->input, -1, &source, err) && read_all(f, source, arena, err);
	if (ok) {
		place = hr_batch_source_place(source);
		ok = hr_batch_source_open(f->input, -1, &again, err) &&
		     hr_batch_source_skip(again, &place, err);
	}
	hr_batch_source_close(source);
	hr_batch_source_close(again);
	return ok;
}

static void test_source__any_allocation_fails__says_so(void)
{
	struct fixture f = open_fixture();

	put(&f, "lines", HR_STR("one\n\ntwo\nthree"));
	f.input = path_of(&f, "lines");
	check(&f, read_source);
	CU_ASSERT_EQUAL(mkdir(path_of(&f, "month"), 0700), 0);
	CU_ASSERT_EQUAL(mkdir(path_of(&f, "month/1"), 0700), 0);
	put(&f, "month/1/a", HR_STR("x"));
	put(&f, "month/b", HR_STR("x"));
	f.input = path_of(&f, "month");
	check(&f, read_source);
	close_fixture(&f);
}

/* --- answers --- */

static bool answer(void *context, hr_error *err)
{
	struct fixture *f = context;
	HR_AUTO(hr_arena) arena = hr_arena_open(1 << 24);
	hr_batch_worker worker = { .catalog = f->catalog, .question = &f->question };
	hr_tally tally;
	hr_buf notes;
	hr_str line;
	bool ok;

	if (!arena || !hr_tally_init(&tally, f->catalog, arena, err))
		return hr_fail_memory(err);
	worker.tally = &tally;
	worker.folder = open(f->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	hr_buf_init(&notes, arena, 1 << 20);
	ok = hr_batch_worker_open(&worker, err) &&
	     hr_batch_answer(&worker, f->item, &line, &notes, err) &&
	     (!notes.failed || hr_fail_memory(err));
	if (ok)
		compare(f, line);
	hr_batch_worker_close(&worker);
	close(worker.folder);
	return ok;
}

static void check_line(struct fixture *f, hr_str bytes)
{
	const hr_batch_item item = { .line = 7, .bytes = bytes };

	f->item = &item;
	check(f, answer);
}

static void test_answer__any_allocation_fails__says_so(void)
{
	struct fixture f = open_fixture();
	const hr_batch_item file = { .path = HR_STR_INIT("a.xml") };

	put(&f, "a.xml", hr_test_read(f.arena, "tests/data/cda/thyroid.xml"));
	f.item = &file;
	check(&f, answer);
	check_line(&f, hr_test_read(f.arena, "tests/data/neutral/thyroid.json"));
	check_line(&f, HR_STR("nonsense"));
	check_line(&f, HR_STR("{\"id\":\"R-1\",\"base64\":\"PGEvPg==\"}"));
	close_fixture(&f);
}

/* --- state and summary --- */

static bool keep(void *context, hr_error *err)
{
	struct fixture *f = context;
	HR_AUTO(hr_arena) arena = hr_arena_open(1 << 24);
	hr_batch_state state = { .made_of = HR_STR("01"), .at = { 1740000000 } };
	hr_tally tally;
	hr_buf buf;

	if (!arena || !hr_tally_init(&tally, f->catalog, arena, err))
		return hr_fail_memory(err);
	tally.counters[0] = 5;
	if (!hr_batch_state_write(f->input, &state, &tally, arena, err) ||
	    !hr_batch_state_read(f->input, HR_STR("01"), arena, &state, &tally, err))
		return false;
	hr_buf_init(&buf, arena, 1 << 20);
	hr_tally_format_text(&tally, HR_LANG_EN, &buf);
	hr_tally_format_json(&tally, state.at, &buf);
	if (buf.failed)
		return hr_fail_memory(err);
	compare(f, hr_buf_str(&buf));
	return true;
}

static void test_state__any_allocation_fails__says_so(void)
{
	struct fixture f = open_fixture();

	f.input = path_of(&f, "state");
	check(&f, keep);
	close_fixture(&f);
}

/* --- the whole --- */

static bool run(void *context, hr_error *err)
{
	struct fixture *f = context;
	HR_AUTO(hr_arena) arena = hr_arena_open(1 << 26);
	hr_batch_options options = { .input = f->input,
				     .output = f->output,
				     .state = f->state,
				     .catalog = f->catalog,
				     .question = f->question,
				     .made_of = HR_STR("01"),
				     .threads = 2,
				     .stop_fd = -1 };
	hr_batch_outcome outcome;
	hr_str out;

	unlink(options.output);
	unlink(options.state);
	if (!arena)
		return hr_fail_memory(err);
	if (!hr_batch_run(&options, arena, &outcome, err) ||
	    !hr_file_read(options.output, 1 << 20, arena, &out, err))
		return false;
	compare(f, out);
	return true;
}

static void test_batch__any_allocation_of_its_own_fails__says_so(void)
{
	struct fixture f = open_fixture();

	put(&f, "lines", HR_STR("nonsense\n{\"id\":\"R-1\",\"base64\":\"PGEvPg==\"}\n"));
	f.input = path_of(&f, "lines");
	f.output = path_of(&f, "out");
	f.state = path_of(&f, "state");
	check(&f, run);
	close_fixture(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_source__any_allocation_fails__says_so),
	HR_TEST(test_answer__any_allocation_fails__says_so),
	HR_TEST(test_state__any_allocation_fails__says_so),
	HR_TEST(test_batch__any_allocation_of_its_own_fails__says_so),
};
HR_TEST_MAIN("batch_memory", tests)
