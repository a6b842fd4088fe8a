/*
 * What keeping objects promises when all goes wrong: the process killed before
 * any call, any call failing, the power gone after any call. What was
 * acknowledged is there, and the next process goes on. What else has an
 * object's name has its bytes, but after a power cut.
 */
#include "store/objects.h"

#include "disk.h"
#include "power_cut.h"
#include "testing.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OBJECTS = 4, POWER_CUT_DRAWS = 20 };

/* The last is the first once more. */
static const hr_str pieces[OBJECTS][2] = {
	{ HR_STR_INIT("one"), HR_STR_INIT("") },
	{ HR_STR_INIT("two "), HR_STR_INIT("halves") },
	{ HR_STR_INIT(""), HR_STR_INIT("") },
	{ HR_STR_INIT("on"), HR_STR_INIT("e") },
};

struct fixture {
	hr_arena *arena;
	const char *root;
	char objects[400]; /* the folder of the objects */
	char after[400];   /* what a power cut leaves */
};

static struct fixture open_fixture(void)
{
	struct fixture f = { .arena = hr_test_arena() };

	f.root = hr_test_folder(f.arena);
	snprintf(f.objects, sizeof(f.objects), "%s/objects", f.root);
	snprintf(f.after, sizeof(f.after), "%s/after", f.root);
	CU_ASSERT_EQUAL_FATAL(mkdir(f.objects, 0700), 0);
	hr_disk_open(f.objects);
	return f;
}

static void close_fixture(struct fixture *f)
{
	hr_disk_close();
	hr_arena_close(f->arena);
}

static bool keep(hr_objects *objects, const hr_str *halves, hr_object *out, hr_error *err)
{
	hr_draft draft;

	if (!hr_objects_draft(objects, &draft, err))
		return false;
	if (!hr_draft_add(&draft, halves[0], err) || !hr_draft_add(&draft, halves[1], err))
		return hr_draft_drop(&draft);
	return hr_draft_keep(&draft, out, err);
}

/* What of an object is needed to find it again, in the journal. */
static void note(const hr_object *object)
{
	char digest[HR_SHA256_TEXT];
	char text[200];

	hr_digest_format(&object->digest, digest);
	snprintf(text, sizeof(text), "%s %u %u %u", digest, object->shelf, object->copy,
		 (unsigned)object->size);
	hr_disk_note(text);
}

static hr_object read_note(const char *text)
{
	hr_object object = { .shelf = 0 };
	char *at = NULL;

	if (!hr_digest_parse((hr_str){ text, HR_SHA256_TEXT - 1 }, &object.digest))
		abort();
	object.shelf = (uint32_t)strtoul(text + HR_SHA256_TEXT - 1, &at, 10);
	object.copy = (uint32_t)strtoul(at, &at, 10);
	object.size = strtoul(at, NULL, 10);
	return object;
}

/* All of them, each acknowledged; false at the first fault. */
static bool keep_all(const struct fixture *f, hr_error *err)
{
	hr_objects *objects;
	bool ok = true;

	if (!hr_objects_open(&(hr_objects_options){ .url = f->objects }, &objects, err))
		return false;
	for (int i = 0; ok && i < OBJECTS; i++) {
		hr_object object;

		ok = keep(objects, pieces[i], &object, err);
		if (ok)
			note(&object);
	}
	hr_objects_close(objects);
	return ok;
}

struct seen {
	hr_objects *objects;
	unsigned count;
	unsigned torn; /* that have not the bytes of their names */
};

static bool check_whole(void *context, const hr_object *object, hr_error *err)
{
	struct seen *seen = context;
	hr_error why;

	(void)err;
	seen->count++;
	if (!hr_objects_check(seen->objects, object, &why)) {
		CU_ASSERT_EQUAL(why.code, HR_E_IO);
		seen->torn++;
	}
	return true;
}

/* `path` after a fault: `kept` of the journal's notes are there; at most `torn` are not whole. */
static void check_left(const char *path, unsigned kept, unsigned torn)
{
	struct seen seen = { .count = 0 };
	hr_disk_record record;
	hr_object object;
	hr_error err = { 0 };
	size_t at = 0;

	HR_ASSERT_OK(hr_objects_open(&(hr_objects_options){ .url = path }, &seen.objects, &err),
		     err);
	while (kept && hr_disk_next(&at, &record)) {
		if (record.kind != HR_DISK_NOTE)
			continue;
		object = read_note(record.other);
		HR_ASSERT_OK(hr_objects_check(seen.objects, &object, &err), err);
		kept--;
	}
	CU_ASSERT_EQUAL(kept, 0);
	HR_ASSERT_OK(hr_objects_sweep(seen.objects, check_whole, &seen, &err), err);
	CU_ASSERT_TRUE(seen.torn <= torn);
	HR_ASSERT_OK(keep(seen.objects, pieces[1], &object, &err), err);
	hr_objects_close(seen.objects);
}

static unsigned count_notes(void)
{
	hr_disk_record record;
	unsigned count = 0;
	size_t at = 0;

	while (hr_disk_next(&at, &record))
		count += record.kind == HR_DISK_NOTE;
	return count;
}

/* In a child, as the plan says. */
static void keep_in_child(const struct fixture *f, const hr_disk_plan *plan)
{
	pid_t child = fork();
	int status = 0;

	if (child < 0)
		abort();
	if (child == 0) {
		hr_error err;

		hr_disk_start(plan);
		_exit(keep_all(f, &err) ? 0 : 1);
	}
	CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
	CU_ASSERT_TRUE(plan->kill_at == 0 || WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
}

/* How many calls it takes when nothing happens. */
static unsigned long count_calls(void)
{
	struct fixture f = open_fixture();
	unsigned long calls;

	keep_in_child(&f, &(hr_disk_plan){ 0 });
	CU_ASSERT_EQUAL(count_notes(), OBJECTS);
	calls = hr_disk_calls();
	close_fixture(&f);
	return calls;
}

static void test_objects__killed_before_any_call__acknowledged_are_there(void)
{
	unsigned long calls = count_calls();

	for (unsigned long n = 1; n <= calls; n++) {
		struct fixture f = open_fixture();

		keep_in_child(&f, &(hr_disk_plan){ .kill_at = n });
		check_left(f.objects, count_notes(), 0);
		close_fixture(&f);
	}
}

static void test_objects__any_call_failing__no_false_success(void)
{
	static const int errors[] = { ENOSPC, EIO };
	unsigned long calls = count_calls();

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		for (unsigned long n = 1; n <= calls; n++) {
			struct fixture f = open_fixture();

			keep_in_child(&f, &(hr_disk_plan){ .fail_from = n,
							   .fail_to = n,
							   .error = errors[i] });
			check_left(f.objects, count_notes(), 0);
			close_fixture(&f);
		}
}

static void cut_after_each_record(const struct fixture *f, hr_power_cut_kind kind, unsigned seed)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 30);
	hr_power_cut *cut = hr_power_cut_open(NULL, arena);
	hr_disk_record record;
	unsigned kept = 0;
	size_t at = 0;

	while (hr_disk_next(&at, &record)) {
		kept += record.kind == HR_DISK_NOTE;
		hr_power_cut_play(cut, &record);
		hr_power_cut_write(cut, kind, seed++, f->after);
		/* The one that was under way. */
		check_left(f->after, kept, 1);
		hr_test_remove(f->after);
	}
	CU_ASSERT_EQUAL(kept, OBJECTS);
}

static void test_objects__power_cut_after_any_call__acknowledged_are_there(void)
{
	struct fixture f = open_fixture();

	keep_in_child(&f, &(hr_disk_plan){ 0 });
	cut_after_each_record(&f, HR_POWER_CUT_ALL_LOST, 0);
	cut_after_each_record(&f, HR_POWER_CUT_NAMES_KEPT, 0);
	for (unsigned seed = 0; seed < POWER_CUT_DRAWS; seed++)
		cut_after_each_record(&f, HR_POWER_CUT_RANDOM, seed * 10007);
	close_fixture(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_objects__killed_before_any_call__acknowledged_are_there),
	HR_TEST(test_objects__any_call_failing__no_false_success),
	HR_TEST(test_objects__power_cut_after_any_call__acknowledged_are_there),
};
HR_TEST_MAIN("objects survive", tests)
