/* What is served while versions are published. */
#include "service/follower.h"

#include "repo.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define WINDOWS                                                                                    \
	"<windows xmlns=\"urn:huren:catalogue:1\" source=\"made up\" grade=\"local\">"             \
	"<window items=\"TSH\" days=\"7\" event=\"reported\"/></windows>\n"

struct fixture {
	hr_test_repo repo;
	hr_catalog_slot *slot;
	hr_follower *follower;
	hr_log log;
	hr_error err;
};

static void open_fixture(struct fixture *f)
{
	*f = (struct fixture){ .log = { .fd = open("/dev/null", O_WRONLY),
					.level = HR_LOG_ERROR } };
	hr_test_repo_open(&f->repo);
	f->slot = hr_catalog_slot_open();
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->slot);
}

static bool follow(struct fixture *f, const char *local)
{
	const hr_follower_options options = {
		.registry = f->repo.path,
		.local = local,
		.slot = f->slot,
		.log = &f->log,
	};

	return hr_follower_open(&options, &f->follower, &f->err);
}

static void close_fixture(struct fixture *f)
{
	hr_follower_close(f->follower);
	hr_catalog_slot_close(f->slot);
	hr_test_repo_close(&f->repo);
	close(f->log.fd);
}

/* The id of the version in the slot. */
static hr_str served(struct fixture *f)
{
	hr_catalog *catalog = hr_catalog_slot_get(f->slot, f->repo.arena, &f->err);

	return catalog ? hr_catalog_id(catalog) : HR_STR_NONE;
}

static bool is_served(struct fixture *f, const hr_follower_state *state)
{
	(void)f;
	return strcmp(state->served, f->repo.version.id) == 0;
}

static bool is_refused(struct fixture *f, const hr_follower_state *state)
{
	(void)f;
	return state->why.code != HR_E_NONE;
}

static bool has_failed(struct fixture *f, const hr_follower_state *state)
{
	(void)f;
	return state->failures > 0;
}

static bool has_failed_twice(struct fixture *f, const hr_follower_state *state)
{
	(void)f;
	return state->failures == 2;
}

/* False when it does not come true within ten seconds, which two should be. */
static bool comes_true(struct fixture *f, bool (*what)(struct fixture *, const hr_follower_state *))
{
	const struct timespec step = { .tv_nsec = 10000000 };

	for (int i = 0; i < 1000; i++) {
		hr_follower_state state = hr_follower_get(f->follower);

		if (what(f, &state))
			return true;
		nanosleep(&step, NULL);
	}
	return false;
}

static void remove_file(const char *folder, const char *name)
{
	char path[400];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	CU_ASSERT_EQUAL(unlink(path), 0);
}

static void test_open__empty_registry__fails(void)
{
	struct fixture f;

	open_fixture(&f);
	CU_ASSERT_FALSE(follow(&f, NULL));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	close_fixture(&f);
}

static void test_open__newest_version__is_served_at_once(void)
{
	struct fixture f;

	open_fixture(&f);
	hr_test_publish(&f.repo, 1);
	hr_test_publish(&f.repo, 2);
	HR_ASSERT_OK(follow(&f, NULL), f.err);
	HR_ASSERT_TEXT(served(&f), f.repo.version.id);
	CU_ASSERT_EQUAL(hr_follower_get(f.follower).loads, 1);
	CU_ASSERT_EQUAL(hr_follower_get(f.follower).why.code, HR_E_NONE);
	close_fixture(&f);
}

static void test_follow__published_later__is_served(void)
{
	struct fixture f;

	open_fixture(&f);
	hr_test_publish(&f.repo, 1);
	HR_ASSERT_OK(follow(&f, NULL), f.err);
	hr_test_publish(&f.repo, 2);
	CU_ASSERT_TRUE(comes_true(&f, is_served));
	HR_ASSERT_TEXT(served(&f), f.repo.version.id);
	close_fixture(&f);
}

/* The folder of the overlay does not read: nothing loads, and the start says why. */
static void test_open__nothing_loads__fails_with_the_reason(void)
{
	struct fixture f;

	open_fixture(&f);
	hr_test_publish(&f.repo, 1);
	CU_ASSERT_FALSE(follow(&f, "/nonexistent-overlay"));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.err.message, "/nonexistent-overlay"));
	close_fixture(&f);
}

static void test_follow__does_not_load__is_refused_and_the_old_one_stays(void)
{
	struct fixture f;
	const char *local;
	hr_follower_state state;
	char first[HR_COMMIT_TEXT];

	open_fixture(&f);
	local = hr_test_folder(f.repo.arena);
	hr_test_write(local, "windows.xml", WINDOWS);
	hr_test_publish(&f.repo, 1);
	memcpy(first, f.repo.version.id, sizeof(first));
	HR_ASSERT_OK(follow(&f, local), f.err);
	hr_test_write(local, "broken.xml", "<no");
	hr_test_publish(&f.repo, 2);
	CU_ASSERT_TRUE(comes_true(&f, is_refused));
	state = hr_follower_get(f.follower);
	HR_ASSERT_TEXT(hr_str_of(state.served), first);
	HR_ASSERT_TEXT(hr_str_of(state.refused), f.repo.version.id);
	CU_ASSERT_EQUAL(state.failures, 1);
	HR_ASSERT_TEXT(served(&f), first);

	hr_follower_reload(f.follower);
	CU_ASSERT_TRUE(comes_true(&f, has_failed_twice));

	remove_file(local, "broken.xml");
	hr_follower_reload(f.follower);
	CU_ASSERT_TRUE(comes_true(&f, is_served));
	HR_ASSERT_TEXT(served(&f), f.repo.version.id);
	close_fixture(&f);
}

/* A link to itself in place of the overlay's folder: it cannot be opened, by root neither. */
static void test_follow__passing_failure__is_tried_again_by_itself(void)
{
	struct fixture f;
	char local[400];
	char away[410];
	hr_follower_state state;

	open_fixture(&f);
	snprintf(local, sizeof(local), "%s/overlay", hr_test_folder(f.repo.arena));
	snprintf(away, sizeof(away), "%s.away", local);
	CU_ASSERT_EQUAL_FATAL(mkdir(local, 0700), 0);
	hr_test_write(local, "windows.xml", WINDOWS);
	hr_test_publish(&f.repo, 1);
	HR_ASSERT_OK(follow(&f, local), f.err);
	CU_ASSERT_EQUAL(rename(local, away), 0);
	CU_ASSERT_EQUAL(symlink("overlay", local), 0);
	hr_test_publish(&f.repo, 2);
	CU_ASSERT_TRUE(comes_true(&f, has_failed_twice));
	state = hr_follower_get(f.follower);
	CU_ASSERT_EQUAL(state.why.code, HR_E_IO);
	HR_ASSERT_TEXT(hr_str_of(state.refused), f.repo.version.id);

	CU_ASSERT_EQUAL(unlink(local), 0);
	CU_ASSERT_EQUAL(rename(away, local), 0);
	CU_ASSERT_TRUE(comes_true(&f, is_served));
	state = hr_follower_get(f.follower);
	CU_ASSERT_EQUAL(state.why.code, HR_E_NONE);
	CU_ASSERT_EQUAL(state.refused[0], '\0');
	close_fixture(&f);
}

/* Not one descriptor is left: the registry itself cannot be opened. */
static void test_follow__no_descriptors__is_served_when_there_are_some(void)
{
	struct fixture f;
	struct rlimit before;
	struct rlimit none;

	open_fixture(&f);
	hr_test_publish(&f.repo, 1);
	HR_ASSERT_OK(follow(&f, NULL), f.err);
	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &none), 0);
	CU_ASSERT_TRUE(comes_true(&f, has_failed));
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &before), 0);
	hr_test_publish(&f.repo, 2);
	CU_ASSERT_TRUE(comes_true(&f, is_served));
	CU_ASSERT_EQUAL(hr_follower_get(f.follower).why.code, HR_E_NONE);
	close_fixture(&f);
}

static void test_follow__broken_in_itself__is_not_tried_again(void)
{
	const struct timespec longer_than_a_retry = { .tv_sec = 1, .tv_nsec = 600000000 };
	struct fixture f;
	const char *local;

	open_fixture(&f);
	local = hr_test_folder(f.repo.arena);
	hr_test_write(local, "windows.xml", WINDOWS);
	hr_test_publish(&f.repo, 1);
	HR_ASSERT_OK(follow(&f, local), f.err);
	hr_test_write(local, "broken.xml", "<no");
	hr_test_publish(&f.repo, 2);
	CU_ASSERT_TRUE(comes_true(&f, is_refused));
	nanosleep(&longer_than_a_retry, NULL);
	CU_ASSERT_EQUAL(hr_follower_get(f.follower).failures, 1);

	remove_file(local, "broken.xml");
	hr_test_publish(&f.repo, 3);
	CU_ASSERT_TRUE(comes_true(&f, is_served));
	close_fixture(&f);
}

static void test_format_refusal__says_what_and_why(void)
{
	hr_arena *arena = hr_test_arena();
	hr_follower_state state = { .refused = "abc", .refused_at = { 1740000000 } };
	hr_json_writer w;
	hr_buf buf;

	hr_buf_init(&buf, arena, 4096);
	hr_json_writer_init(&w, &buf, false);
	hr_json_open_object(&w);
	hr_follower_format_refusal(&state, &w);
	hr_fail_at(&state.why, HR_E_CATALOG, 3, 5, "it is not right");
	hr_follower_format_refusal(&state, &w);
	hr_json_close_object(&w);
	HR_ASSERT_TEXT(hr_buf_str(&buf),
		       "{\"refused\":{\"id\":\"abc\",\"since\":\"2025-02-20T05:20:00+08:00\","
		       "\"code\":\"catalogue-invalid\",\"message\":\"it is not right\","
		       "\"line\":3}}");
	hr_arena_close(arena);
}

static const hr_test tests[] = {
	HR_TEST(test_open__empty_registry__fails),
	HR_TEST(test_open__newest_version__is_served_at_once),
	HR_TEST(test_open__nothing_loads__fails_with_the_reason),
	HR_TEST(test_follow__published_later__is_served),
	HR_TEST(test_follow__does_not_load__is_refused_and_the_old_one_stays),
	HR_TEST(test_follow__passing_failure__is_tried_again_by_itself),
	HR_TEST(test_follow__no_descriptors__is_served_when_there_are_some),
	HR_TEST(test_follow__broken_in_itself__is_not_tried_again),
	HR_TEST(test_format_refusal__says_what_and_why),
};
HR_TEST_MAIN("follower", tests)
