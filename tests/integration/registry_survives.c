/*
 * What publishing promises when all goes wrong: processes killed, calls that
 * fail, the power gone, several publishers at once. Whatever was acknowledged
 * is there and whole; the repository can always be read, by us and by git.
 *
 * HUREN_LONG in the environment: more random draws and kills.
 */
#include "registry/git.h"

#include "disk.h"
#include "power_cut.h"
#include "repo.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { VERSIONS_MAX = 4096 };

static bool is_long(void)
{
	return getenv("HUREN_LONG") != NULL;
}

/* What a child says of its publication, in memory that it shares. */
struct outcome {
	bool said; /* it lived to say something */
	bool ok;
	hr_error err;
	hr_version version;
};

static struct outcome *outcome;

static void share_outcome(void)
{
	outcome = mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	if (outcome == MAP_FAILED)
		abort();
}

/*
 * A child, as if it were a program of its own: libgit2 draws the names of its
 * temporary files, and a child would draw those of its parent.
 */
static pid_t fork_afresh(void)
{
	pid_t child = fork();

	if (child < 0)
		abort();
	if (child == 0) {
		while (git_libgit2_shutdown() > 0)
			;
		git_libgit2_init();
	}
	return child;
}

/* In a child: opens the registry, publishes the n-th catalogue, says how it went. */
static void publish_in_child(hr_test_repo *f, int n, const hr_disk_plan *plan)
{
	hr_test_repo own = *f;
	pid_t child;

	memset(outcome, 0, sizeof(*outcome));
	child = fork_afresh();
	if (child == 0) {
		if (plan)
			hr_disk_start(plan);
		outcome->ok = hr_registry_open(own.path, &own.registry, &own.err) &&
			      hr_test_publish(&own, n);
		hr_disk_stop();
		outcome->err = own.err;
		outcome->version = own.version;
		if (outcome->ok && plan)
			hr_disk_note(own.version.id);
		outcome->said = true;
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

/* Every version of `path` is read whole. */
static size_t read_all(const char *path, hr_version *versions, hr_arena *arena)
{
	hr_registry *registry = NULL;
	hr_error err;
	size_t count = 0;

	HR_ASSERT_OK(hr_registry_open(path, &registry, &err), err);
	if (!registry)
		return 0;
	HR_ASSERT_OK(hr_registry_log(registry, arena, versions, VERSIONS_MAX, &count, &err), err);
	for (size_t i = 0; i < count; i++) {
		hr_fileset files;

		HR_ASSERT_OK(hr_registry_read(registry, &versions[i], arena, &files, &err), err);
	}
	hr_registry_close(registry);
	return count;
}

static bool is_among(const char *id, const hr_version *versions, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(versions[i].id, id) == 0)
			return true;
	return false;
}

static void assert_has(const char *path, const char *id)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_version *versions = HR_NEW_N(arena, hr_version, VERSIONS_MAX);

	CU_ASSERT_TRUE(is_among(id, versions, read_all(path, versions, arena)));
}

/* git's own opinion of all that main leads to; it speaks when it finds something. */
static void assert_git_agrees(const char *path)
{
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		execlp("git", "git", "-C", path, "fsck", "--strict", "--full", "--no-dangling",
		       "--no-progress", (char *)NULL);
		_exit(127);
	}
	CU_ASSERT_TRUE(waitpid(child, &status, 0) == child);
	CU_ASSERT_EQUAL(status, 0);
}

/* The repository anew, with one version. */
static void start_over(hr_test_repo *f)
{
	hr_registry_close(f->registry);
	f->registry = NULL;
	hr_test_remove(f->path);
	HR_ASSERT_OK(hr_registry_init(f->path, &f->err), f->err);
	HR_ASSERT_OK(hr_registry_open(f->path, &f->registry, &f->err), f->err);
	HR_ASSERT_OK(hr_test_publish(f, 1), f->err);
}

static void remove_lock(const hr_test_repo *f)
{
	char path[400];

	snprintf(path, sizeof(path), "%s/refs/heads/main.lock", f->path);
	unlink(path);
}

static const char *newest_id(const hr_test_repo *f, hr_version *version)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_version *versions = HR_NEW_N(arena, hr_version, VERSIONS_MAX);

	CU_ASSERT_TRUE_FATAL(read_all(f->path, versions, arena) > 0);
	memcpy(version->id, versions[0].id, sizeof(version->id));
	return version->id;
}

/* What lies at `path` after a cut in which all that was not synced is lost. */
static void cut_power(hr_power_cut *cut, const char *path)
{
	hr_disk_record record;
	size_t at = 0;

	while (hr_disk_next(&at, &record))
		hr_power_cut_play(cut, &record);
	hr_power_cut_write(cut, HR_POWER_CUT_ALL_LOST, 0, path);
}

/* --- killed --- */

/* At each of its calls in turn; what the next publisher then says holds, and survives a cut. */
static void test_publish__killed_at_any_call__the_next_one_publishes_and_it_lasts(void)
{
	hr_disk_plan plan = { 0 };
	unsigned long last = 0;
	hr_test_repo f;
	char after[400];

	hr_test_repo_open(&f);
	share_outcome();
	snprintf(after, sizeof(after), "%s/after", f.root);
	while (plan.kill_at <= last) {
		HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 30);
		hr_power_cut *cut;
		hr_version newest;

		start_over(&f);
		cut = hr_power_cut_open(f.path, arena);
		plan.kill_at++;
		hr_disk_open(f.path);
		publish_in_child(&f, 2, &plan);
		last = hr_disk_calls();
		CU_ASSERT_TRUE(!outcome->said || outcome->ok);
		hr_disk_start(&(hr_disk_plan){ 0 });
		remove_lock(&f);
		hr_disk_stop();
		publish_in_child(&f, 2, &(hr_disk_plan){ 0 });
		/* The killed one may have come so far that nothing is left to publish. */
		CU_ASSERT_TRUE(outcome->ok || outcome->err.code == HR_E_EXISTS);
		cut_power(cut, after);
		assert_has(after, newest_id(&f, &newest));
		assert_git_agrees(f.path);
		hr_test_remove(after);
		hr_disk_close();
	}
	CU_ASSERT_TRUE(last > 30);
	hr_test_repo_close(&f);
}

struct acknowledged {
	volatile size_t count;
	char ids[VERSIONS_MAX][HR_COMMIT_TEXT];
};

static struct acknowledged *share_acknowledged(void)
{
	struct acknowledged *all =
		mmap(NULL, sizeof(*all), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (all == MAP_FAILED)
		abort();
	return all;
}

static void publish_for_ever(hr_test_repo *f, struct acknowledged *all, int n)
{
	hr_test_repo own = *f;

	if (!hr_registry_open(own.path, &own.registry, &own.err))
		_exit(1);
	for (; hr_test_publish(&own, n) && all->count < VERSIONS_MAX; n++) {
		memcpy(all->ids[all->count], own.version.id, HR_COMMIT_TEXT);
		all->count++;
	}
	_exit(2);
}

static void test_publish__killed_at_any_moment__all_that_was_acknowledged_is_there(void)
{
	struct acknowledged *all = share_acknowledged();
	unsigned seed = (unsigned)time(NULL);
	hr_test_repo f;

	hr_test_repo_open(&f);
	for (int round = 0; round < (is_long() ? 100 : 5); round++) {
		struct timespec pause = { 0, 20000000 + rand_r(&seed) % 100000000 };
		pid_t child = fork_afresh();
		int status;

		if (child == 0)
			publish_for_ever(&f, all, round * 10000);
		nanosleep(&pause, NULL);
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		CU_ASSERT_TRUE(WIFSIGNALED(status));
		remove_lock(&f);
	}
	{
		HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 30);
		hr_version *versions = HR_NEW_N(arena, hr_version, VERSIONS_MAX);
		size_t count = read_all(f.path, versions, arena);

		for (size_t i = 0; i < all->count; i++)
			CU_ASSERT_TRUE(is_among(all->ids[i], versions, count));
	}
	assert_git_agrees(f.path);
	munmap(all, sizeof(*all));
	hr_test_repo_close(&f);
}

/* --- calls that fail --- */

static const char *newest_or_none(const hr_test_repo *f, char out[HR_COMMIT_TEXT])
{
	char path[400];
	FILE *file;

	snprintf(path, sizeof(path), "%s/refs/heads/main", f->path);
	file = fopen(path, "r");
	out[0] = '\0';
	if (file && !fgets(out, HR_COMMIT_TEXT, file))
		out[0] = '\0';
	if (file)
		fclose(file);
	return out;
}

/* Success is durable; a failure says truly whether the version is to be seen. */
static void check_outcome(const hr_test_repo *f, const char *before, const char *after_cut)
{
	char newest[HR_COMMIT_TEXT];
	bool moved = strcmp(newest_or_none(f, newest), before) != 0;

	CU_ASSERT_TRUE_FATAL(outcome->said);
	if (outcome->ok) {
		CU_ASSERT_STRING_EQUAL(newest, outcome->version.id);
		assert_has(after_cut, outcome->version.id);
		return;
	}
	if (strstr(outcome->err.message, "cannot be read whether"))
		return;
	CU_ASSERT_EQUAL(moved, strncmp(outcome->err.message, "published", 9) == 0);
	assert_has(f->path, newest);
}

/* `length` calls from the n-th on, for every n. Returns how often the disk was said to be full. */
static size_t fail_each_call(hr_test_repo *f, int error, unsigned long length)
{
	hr_disk_plan plan = { .error = error };
	unsigned long last = 0;
	size_t full = 0;
	char after[400];

	snprintf(after, sizeof(after), "%s/after", f->root);
	while (plan.fail_from <= last) {
		HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 30);
		char before[HR_COMMIT_TEXT];
		hr_power_cut *cut;

		start_over(f);
		cut = hr_power_cut_open(f->path, arena);
		newest_or_none(f, before);
		plan.fail_from++;
		plan.fail_to = plan.fail_from + length - 1;
		hr_disk_open(f->path);
		publish_in_child(f, 2, &plan);
		last = hr_disk_calls();
		full += !outcome->ok && outcome->err.code == HR_E_NO_SPACE;
		cut_power(cut, after);
		check_outcome(f, before, after);
		assert_git_agrees(f->path);
		hr_test_remove(after);
		hr_disk_close();
	}
	CU_ASSERT_TRUE(last > 30);
	return full;
}

static void test_publish__any_call_failing__never_a_false_success(void)
{
	static const int more[] = { EACCES, EMFILE, EINTR, ENOTCONN, EROFS };
	hr_test_repo f;

	hr_test_repo_open(&f);
	share_outcome();
	fail_each_call(&f, EIO, 1);
	CU_ASSERT_TRUE(fail_each_call(&f, ENOSPC, 1000000) > 20);
	for (size_t i = 0; is_long() && i < sizeof(more) / sizeof(more[0]); i++) {
		fail_each_call(&f, more[i], 1);
		fail_each_call(&f, more[i], 2);
		fail_each_call(&f, more[i], 1000000);
	}
	hr_test_repo_close(&f);
}

/* --- power cuts --- */

/* `said` is the number of acknowledgements before the cut: 0, init, then each version. */
static void check_cut(const char *path, size_t said, char ids[][HR_COMMIT_TEXT])
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_version *versions = HR_NEW_N(arena, hr_version, VERSIONS_MAX);
	size_t count;

	if (said == 0)
		return;
	count = read_all(path, versions, arena);
	CU_ASSERT_TRUE(count >= said - 1);
	for (size_t i = 1; i < said; i++)
		CU_ASSERT_TRUE(is_among(ids[i], versions, count));
}

static void cut_after_each_record(hr_test_repo *f, hr_power_cut_kind kind, unsigned seed)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 30);
	hr_power_cut *cut = hr_power_cut_open(NULL, arena);
	char ids[8][HR_COMMIT_TEXT];
	hr_disk_record record;
	char after[400];
	size_t said = 0;
	size_t at = 0;

	snprintf(after, sizeof(after), "%s/after", f->root);
	while (hr_disk_next(&at, &record)) {
		if (record.kind == HR_DISK_NOTE)
			snprintf(ids[said++], HR_COMMIT_TEXT, "%s", record.other);
		hr_power_cut_play(cut, &record);
		hr_power_cut_write(cut, kind, seed++, after);
		check_cut(after, said, ids);
		if (record.kind == HR_DISK_NOTE)
			assert_git_agrees(after);
		hr_test_remove(after);
	}
	CU_ASSERT_EQUAL(said, 4);
}

static void test_publish__power_cut_after_any_call__keeps_what_was_acknowledged(void)
{
	hr_test_repo f;

	hr_test_repo_make_root(&f);
	CU_ASSERT_EQUAL_FATAL(mkdir(f.path, 0777), 0);
	hr_disk_open(f.path);
	hr_disk_start(&(hr_disk_plan){ 0 });
	HR_ASSERT_OK(hr_registry_init(f.path, &f.err), f.err);
	hr_disk_note("init");
	HR_ASSERT_OK(hr_registry_open(f.path, &f.registry, &f.err), f.err);
	for (int n = 1; n <= 3; n++) {
		HR_ASSERT_OK(hr_test_publish(&f, n), f.err);
		hr_disk_note(f.version.id);
	}
	hr_disk_stop();
	cut_after_each_record(&f, HR_POWER_CUT_ALL_LOST, 0);
	cut_after_each_record(&f, HR_POWER_CUT_NAMES_KEPT, 0);
	for (unsigned seed = 0; seed < (is_long() ? 100 : 3); seed++)
		cut_after_each_record(&f, HR_POWER_CUT_RANDOM, seed * 10007);
	hr_disk_close();
	hr_test_repo_close(&f);
}

/* --- several at once --- */

enum { PUBLISHERS = 4 };

/* Until it has published `rounds` versions, each on the newest that it saw. */
static void publish_in_race(hr_test_repo *f, struct acknowledged *all, int publisher, int rounds)
{
	hr_test_repo own = *f;

	if (!hr_registry_open(own.path, &own.registry, &own.err))
		_exit(1);
	for (int done = 0, n = 0; done < rounds && n < 100000; n++) {
		hr_fileset files = hr_test_catalogue(own.arena, publisher * 100000 + n);
		hr_publication p = hr_test_publication(&files, 1);
		hr_version newest;

		if (!hr_registry_resolve(own.registry, HR_STR(""), own.arena, &newest, &own.err))
			_exit(2);
		p.expect = hr_str_of(newest.id);
		if (hr_registry_publish(own.registry, &p, own.arena, &own.issues, &own.version,
					&own.err)) {
			memcpy(all->ids[publisher * rounds + done], own.version.id, HR_COMMIT_TEXT);
			done++;
		} else if (own.err.code != HR_E_CONFLICT) {
			fprintf(stderr, "%s\n", own.err.message);
			_exit(3);
		}
	}
	_exit(0);
}

static void test_publish__several_at_once__one_after_the_other_and_none_lost(void)
{
	struct acknowledged *all = share_acknowledged();
	int rounds = is_long() ? 200 : 10;
	hr_test_repo f;

	hr_test_repo_open(&f);
	HR_ASSERT_OK(hr_test_publish(&f, 1), f.err);
	for (int publisher = 0; publisher < PUBLISHERS; publisher++) {
		pid_t child = fork_afresh();

		if (child == 0)
			publish_in_race(&f, all, publisher, rounds);
	}
	for (int publisher = 0; publisher < PUBLISHERS; publisher++) {
		int status;

		CU_ASSERT_TRUE(wait(&status) > 0);
		CU_ASSERT_EQUAL(status, 0);
	}
	{
		HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 30);
		hr_version *versions = HR_NEW_N(arena, hr_version, VERSIONS_MAX);
		size_t count = read_all(f.path, versions, arena);

		CU_ASSERT_EQUAL(count, (size_t)(PUBLISHERS * rounds) + 1);
		for (int i = 0; i < PUBLISHERS * rounds; i++)
			CU_ASSERT_TRUE(is_among(all->ids[i], versions, count));
	}
	assert_git_agrees(f.path);
	munmap(all, sizeof(*all));
	hr_test_repo_close(&f);
}

static char foreign_path[400];
static char foreign_id[HR_COMMIT_TEXT];

/* What a plain git does that pushes at the same time. */
static void move_main_back(void)
{
	FILE *file = fopen(foreign_path, "w");

	if (!file)
		abort();
	fprintf(file, "%s\n", foreign_id);
	fclose(file);
}

static void test_publish__main_moved_by_git_at_the_last_moment__is_a_conflict(void)
{
	hr_disk_plan plan = { .act_before = "refs/heads/main.lock", .act = move_main_back };
	hr_test_repo f;

	hr_test_repo_open(&f);
	HR_ASSERT_OK(hr_test_publish(&f, 1), f.err);
	memcpy(foreign_id, f.version.id, sizeof(foreign_id));
	snprintf(foreign_path, sizeof(foreign_path), "%s/refs/heads/main", f.path);
	HR_ASSERT_OK(hr_test_publish(&f, 2), f.err);
	hr_disk_open(f.path);
	hr_disk_start(&plan);
	HR_ASSERT_FAILS(hr_test_publish(&f, 3), f, HR_E_CONFLICT, "not published");
	hr_disk_stop();
	hr_disk_close();
	CU_ASSERT_EQUAL(hr_test_count_versions(&f), 1);
	hr_test_repo_close(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_publish__killed_at_any_call__the_next_one_publishes_and_it_lasts),
	HR_TEST(test_publish__killed_at_any_moment__all_that_was_acknowledged_is_there),
	HR_TEST(test_publish__any_call_failing__never_a_false_success),
	HR_TEST(test_publish__power_cut_after_any_call__keeps_what_was_acknowledged),
	HR_TEST(test_publish__several_at_once__one_after_the_other_and_none_lost),
	HR_TEST(test_publish__main_moved_by_git_at_the_last_moment__is_a_conflict),
};

/* Nothing here needs a real disk, and it is a thousand repositories. */
int main(void)
{
	if (!getenv("TMPDIR") && access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 1);
	return hr_test_run("registry_survives", tests, sizeof(tests) / sizeof(tests[0]));
}
