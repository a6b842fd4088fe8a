/*
 * What the store promises when all goes wrong: the writing process killed, the
 * disk full, the disk read-only; with the argument `postgresql`, the server
 * stopped and started. Whatever was acknowledged is there, once, and
 * nothing else but what was under way; then it goes on.
 *
 * HUREN_LONG in the environment: more kills.
 */
#include "store/store.h"

#include "pg_server.h"
#include "store_faults.h"
#include "testing.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 4, IDS = 1 << 20 };

static const char *const steps[] = {
	"CREATE TABLE film (id BIGINT NOT NULL PRIMARY KEY, body BYTEA NOT NULL);"
	"CREATE TABLE film_part (film BIGINT NOT NULL REFERENCES film (id), UNIQUE (film))",
};
static const hr_room room = { .name = "film", .steps = steps, .step_count = 1 };

static const hr_sql add_film = HR_SQL("INSERT INTO film (id, body) VALUES ($1, $2)", "ib");
static const hr_sql add_part = HR_SQL("INSERT INTO film_part (film) VALUES ($1)", "i");
static const hr_sql list_all =
	HR_SQL("SELECT f.id, f.body, p.film FROM film f LEFT JOIN film_part p ON p.film = f.id "
	       "ORDER BY f.id",
	       "");

static bool is_long(void)
{
	return getenv("HUREN_LONG") != NULL;
}

/* --- a store --- */

struct fixture {
	hr_arena *arena;
	const char *url;
	hr_store *store;
	hr_error err;
};

static hr_test_postgres *server; /* NULL: SQLite */

static struct fixture fixture_at(const char *folder, hr_arena *arena)
{
	struct fixture f = { .arena = arena };
	hr_buf url;

	hr_buf_init(&url, f.arena, 4000);
	hr_buf_addf(&url, "%s/huren.db", folder);
	f.url = url.data;
	return f;
}

static struct fixture fixture_new(void)
{
	hr_arena *arena = hr_test_arena();

	if (server)
		return (struct fixture){ .arena = arena,
					 .url = hr_test_postgres_url(server, arena) };
	return fixture_at(hr_test_folder(arena), arena);
}

static bool open_store(struct fixture *f)
{
	const hr_store_options options = {
		.url = f->url, .who = "test", .rooms = &room, .room_count = 1
	};

	f->store = NULL;
	return hr_store_open(&options, &f->store, &f->err);
}

static void must_open(struct fixture *f)
{
	HR_ASSERT_OK(open_store(f), f->err);
	if (!f->store)
		exit(EXIT_FAILURE);
}

/* --- what is written, and looked for --- */

/* Shared with a child, and still there when it is gone. */
struct ledger {
	atomic_llong next;
	atomic_llong done;
	atomic_uchar acknowledged[IDS];
};

static struct ledger *ledger;

static void clear_ledger(void)
{
	if (!ledger)
		ledger = mmap(NULL, sizeof(*ledger), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (ledger == MAP_FAILED)
		abort();
	memset(ledger, 0, sizeof(*ledger));
}

struct film {
	int64_t id;
	size_t body_bytes;
};

static bool write_film(hr_tx *tx, void *context, hr_error *err)
{
	static const char body[1 << 16];
	const struct film *film = context;
	hr_str bytes = { body, film->body_bytes };

	return hr_tx_run(tx, &add_film, HR_VALUES(hr_sql_int(film->id), hr_sql_bytes(bytes)),
			 err) &&
	       hr_tx_run(tx, &add_part, HR_VALUES(hr_sql_int(film->id)), err);
}

static bool put_next(struct fixture *f, size_t body_bytes, hr_error *err)
{
	struct film film = { atomic_fetch_add(&ledger->next, 1), body_bytes };

	if (film.id >= IDS)
		abort();
	if (!hr_store_write(f->store, write_film, &film, err))
		return false;
	atomic_store(&ledger->acknowledged[film.id], 1);
	atomic_fetch_add(&ledger->done, 1);
	return true;
}

struct census {
	size_t lost; /* acknowledged and not there */
	size_t halves;
	size_t there;
	size_t acknowledged;
};

static bool count_all(hr_tx *tx, void *context, hr_error *err)
{
	struct census *c = context;
	int64_t next = 0;
	hr_rows rows;

	if (!hr_tx_select(tx, &list_all, HR_NO_VALUES, IDS, &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		int64_t id = hr_rows_int(&rows, 0);

		for (; next < id; next++)
			c->lost += ledger->acknowledged[next];
		next = id + 1;
		c->there++;
		c->acknowledged += ledger->acknowledged[id];
		c->halves += hr_rows_is_null(&rows, 2);
	}
	for (; next < IDS; next++)
		c->lost += ledger->acknowledged[next];
	return hr_rows_end(&rows, err);
}

/* Of those that were not acknowledged one a thread may have been under way. */
static void assert_nothing_lost(struct fixture *f, size_t under_way)
{
	struct census c = { 0 };

	HR_ASSERT_OK(hr_store_read(f->store, count_all, &c, &f->err), f->err);
	CU_ASSERT_EQUAL(c.lost, 0);
	CU_ASSERT_EQUAL(c.halves, 0);
	CU_ASSERT_TRUE(c.there - c.acknowledged <= under_way);
}

/* --- killed --- */

static void *write_for_ever(void *context)
{
	hr_error err;

	while (put_next(context, 300, &err))
		;
	fprintf(stderr, "a writer stopped: %s\n", err.message);
	return NULL;
}

static void write_until_killed(struct fixture *f)
{
	pthread_t threads[THREADS];

	if (!open_store(f)) {
		fprintf(stderr, "%s\n", f->err.message);
		_exit(EXIT_FAILURE);
	}
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, write_for_ever, f) != 0)
			abort();
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	_exit(EXIT_FAILURE);
}

static void test_store_survives__killed__all_that_was_acknowledged_is_there(void)
{
	struct fixture f = fixture_new();
	int kills = is_long() ? 200 : 5;
	unsigned seed = (unsigned)time(NULL);

	clear_ledger();
	for (int i = 1; i <= kills; i++) {
		int status = 0;
		pid_t child = fork();

		if (child == 0)
			write_until_killed(&f);
		usleep(20000 + (useconds_t)rand_r(&seed) % 150000);
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		CU_ASSERT_TRUE(WIFSIGNALED(status));
		must_open(&f);
		assert_nothing_lost(&f, (size_t)i * THREADS);
		hr_store_close(f.store);
	}
	printf(" [%lld transactions, %d kills] ", (long long)ledger->next, kills);
	CU_ASSERT_TRUE(ledger->next > 0);
	hr_arena_close(f.arena);
}

/* --- no room --- */

/* Writes until nothing goes any more; every time that it did not, it was for this. */
static void assert_fills(struct fixture *f, hr_error_code code)
{
	int failed = 0;

	for (int i = 0; i < 2000 && failed < 5; i++) {
		if (put_next(f, 20000, &f->err)) {
			failed = 0;
			continue;
		}
		failed++;
		HR_ASSERT_TEXT(hr_str_of(hr_error_word(f->err.code)), hr_error_word(code));
	}
	CU_ASSERT_EQUAL(failed, 5);
	assert_nothing_lost(f, 0);
}

static void assert_goes_on(struct fixture *f)
{
	/* After an attempt that failed the next is not at once. */
	usleep(250000);
	for (int i = 0; i < 5; i++)
		HR_ASSERT_OK(put_next(f, 20000, &f->err), f->err);
	assert_nothing_lost(f, 0);
}

static void test_store_survives__writes_that_fail__are_said_and_nothing_is_half(void)
{
	static const struct {
		int fault;
		hr_error_code code;
	} faults[] = {
		{ ENOSPC, HR_E_NO_SPACE },
		{ EIO, HR_E_IO },
	};

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct fixture f = fixture_new();

		clear_ledger();
		must_open(&f);
		CU_ASSERT_TRUE(put_next(&f, 100, &f.err));
		atomic_store(&hr_fault_write, faults[i].fault);
		assert_fills(&f, faults[i].code);
		atomic_store(&hr_fault_write, 0);
		assert_goes_on(&f);
		hr_store_close(f.store);
		hr_arena_close(f.arena);
	}
}

/* Not repeated: the kernel says it once, and then forgets what it could not write. */
static void test_store_survives__sync_that_fails__begins_a_new_wal(void)
{
	struct fixture f = fixture_new();
	char wal[400];
	struct stat st;

	snprintf(wal, sizeof(wal), "%s-wal", f.url);
	clear_ledger();
	must_open(&f);
	for (int i = 0; i < 10; i++)
		CU_ASSERT_TRUE(put_next(&f, 20000, &f.err));
	/* A reader stays open: the library does not begin anew by itself. */
	assert_nothing_lost(&f, 0);
	atomic_store(&hr_fault_sync, EIO);
	CU_ASSERT_FALSE(put_next(&f, 20000, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_IO);
	atomic_store(&hr_fault_sync, 0);
	HR_ASSERT_OK(put_next(&f, 100, &f.err), f.err);
	CU_ASSERT_EQUAL(stat(wal, &st), 0);
	CU_ASSERT_TRUE(st.st_size < 100000);
	assert_nothing_lost(&f, 1);
	hr_store_close(f.store);
	hr_arena_close(f.arena);
}

static void unmount(void *folder)
{
	umount2(folder, MNT_DETACH);
}

/* A small disk in a folder; false, with a word, where that is not allowed. */
static bool mount_disk(const char *folder, hr_arena *arena)
{
	hr_error err;

	if (mount("huren-test", folder, "tmpfs", 0, "size=2m") != 0) {
		fprintf(stderr, "skipped: no disk of its own: %s\n", strerror(errno));
		return false;
	}
	return hr_arena_on_reset(arena, unmount, hr_str_terminated(arena, hr_str_of(folder)), &err);
}

static void test_store_survives__disk_full__is_said_and_nothing_is_half(void)
{
	hr_arena *arena = hr_test_arena();
	const char *folder = hr_test_folder(arena);
	struct fixture f = fixture_at(folder, arena);

	if (mount_disk(folder, arena)) {
		clear_ledger();
		must_open(&f);
		assert_fills(&f, HR_E_NO_SPACE);
		CU_ASSERT_EQUAL(mount(NULL, folder, NULL, MS_REMOUNT, "size=8m"), 0);
		assert_goes_on(&f);
		hr_store_close(f.store);
	}
	hr_arena_close(arena);
}

static void test_store_survives__disk_read_only__is_said_and_the_store_is_read(void)
{
	hr_arena *arena = hr_test_arena();
	const char *folder = hr_test_folder(arena);
	struct fixture f = fixture_at(folder, arena);

	if (mount_disk(folder, arena)) {
		clear_ledger();
		must_open(&f);
		CU_ASSERT_TRUE(put_next(&f, 100, &f.err));
		hr_store_close(f.store);
		CU_ASSERT_EQUAL(mount(NULL, folder, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
		CU_ASSERT_FALSE(open_store(&f));
		CU_ASSERT_EQUAL(f.err.code, HR_E_READ_ONLY);
		CU_ASSERT_EQUAL(mount(NULL, folder, NULL, MS_REMOUNT, NULL), 0);
		must_open(&f);
		assert_goes_on(&f);
		hr_store_close(f.store);
	}
	hr_arena_close(arena);
}

/* --- a server that goes and comes back --- */

struct writer {
	struct fixture *f;
	atomic_bool *stop;
	unsigned failed;
	bool well; /* every failure was that the server is not there */
};

static void *write_on(void *context)
{
	struct writer *w = context;
	hr_error err;

	while (!atomic_load(w->stop)) {
		if (put_next(w->f, 300, &err))
			continue;
		w->failed++;
		if (err.code != HR_E_UNAVAILABLE) {
			fprintf(stderr, "\n%s: %s\n", hr_error_word(err.code), err.message);
			w->well = false;
		}
		usleep(10000);
	}
	return NULL;
}

/* A moment's work, acknowledged. */
static void await_work(void)
{
	long long than = atomic_load(&ledger->done) + 100;

	for (int i = 0; i < 1000 && atomic_load(&ledger->done) < than; i++)
		usleep(10000);
	CU_ASSERT_TRUE(atomic_load(&ledger->done) >= than);
}

static void test_store_survives__server_restarted__all_that_was_acknowledged_is_there(void)
{
	static const int signals[] = { SIGINT, SIGQUIT };
	struct fixture f = fixture_new();
	struct writer writers[THREADS];
	pthread_t threads[THREADS];
	atomic_bool stop = false;
	unsigned failed = 0;
	int restarts = is_long() ? 40 : 4;

	clear_ledger();
	must_open(&f);
	for (int i = 0; i < THREADS; i++) {
		writers[i] = (struct writer){ .f = &f, .stop = &stop, .well = true };
		if (pthread_create(&threads[i], NULL, write_on, &writers[i]) != 0)
			abort();
	}
	for (int i = 0; i < restarts; i++) {
		await_work();
		hr_test_postgres_stop(server, signals[i % 2]);
		usleep(300000);
		hr_test_postgres_start(server);
	}
	await_work();
	atomic_store(&stop, true);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		CU_ASSERT_TRUE(writers[i].well);
		failed += writers[i].failed;
	}
	CU_ASSERT_TRUE(failed > 0);
	assert_nothing_lost(&f, failed);
	printf(" [%lld transactions, %u of them refused, %d restarts] ", (long long)ledger->next,
	       failed, restarts);
	hr_store_close(f.store);
	hr_arena_close(f.arena);
}

static void test_store_survives__commit_without_an_answer__is_asked_after(void)
{
	struct fixture f = fixture_new();

	clear_ledger();
	must_open(&f);
	CU_ASSERT_TRUE(put_next(&f, 100, &f.err));
	atomic_store(&hr_fault_commit, HR_FAULT_AFTER);
	HR_ASSERT_OK(put_next(&f, 100, &f.err), f.err);
	CU_ASSERT_EQUAL(atomic_load(&hr_fault_commit), HR_FAULT_NONE);
	assert_nothing_lost(&f, 0);
	atomic_store(&hr_fault_commit, HR_FAULT_BEFORE);
	CU_ASSERT_FALSE(put_next(&f, 100, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_UNAVAILABLE);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.err.message, "not made"));
	assert_goes_on(&f);
	hr_store_close(f.store);
	hr_arena_close(f.arena);
}

static void test_store_survives__server_read_only__is_said(void)
{
	struct fixture f = fixture_new();

	clear_ledger();
	must_open(&f);
	CU_ASSERT_TRUE(put_next(&f, 100, &f.err));
	hr_store_close(f.store);
	hr_test_postgres_ask(server,
			     "ALTER DATABASE postgres SET default_transaction_read_only = on");
	CU_ASSERT_FALSE(open_store(&f));
	CU_ASSERT_EQUAL(f.err.code, HR_E_READ_ONLY);
	hr_test_postgres_ask(server, "BEGIN READ WRITE; ALTER DATABASE postgres RESET "
				     "default_transaction_read_only; COMMIT");
	must_open(&f);
	assert_goes_on(&f);
	hr_store_close(f.store);
	hr_arena_close(f.arena);
}

static void test_store_survives__no_server__is_said_and_the_password_is_not(void)
{
	struct fixture f = {
		.url = "postgresql://huren:secret@/postgres?host=/nowhere",
	};

	CU_ASSERT_FALSE(open_store(&f));
	CU_ASSERT_EQUAL(f.err.code, HR_E_UNAVAILABLE);
	CU_ASSERT_PTR_NULL(strstr(f.err.message, "secret"));
	f.url = "postgresql://huren:secret@[/postgres";
	CU_ASSERT_FALSE(open_store(&f));
	CU_ASSERT_EQUAL(f.err.code, HR_E_USAGE);
	CU_ASSERT_PTR_NULL(strstr(f.err.message, "secret"));
}

static const hr_test on_postgres[] = {
	HR_TEST(test_store_survives__killed__all_that_was_acknowledged_is_there),
	HR_TEST(test_store_survives__server_restarted__all_that_was_acknowledged_is_there),
	HR_TEST(test_store_survives__commit_without_an_answer__is_asked_after),
	HR_TEST(test_store_survives__server_read_only__is_said),
	HR_TEST(test_store_survives__no_server__is_said_and_the_password_is_not),
};

static const hr_test on_sqlite[] = {
	HR_TEST(test_store_survives__killed__all_that_was_acknowledged_is_there),
	HR_TEST(test_store_survives__writes_that_fail__are_said_and_nothing_is_half),
	HR_TEST(test_store_survives__sync_that_fails__begins_a_new_wal),
	HR_TEST(test_store_survives__disk_full__is_said_and_nothing_is_half),
	HR_TEST(test_store_survives__disk_read_only__is_said_and_the_store_is_read),
};

int main(int argc, char **argv)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	if (argc < 2 || strcmp(argv[1], "postgresql") != 0)
		return hr_test_run("store survives", on_sqlite,
				   sizeof(on_sqlite) / sizeof(on_sqlite[0]));
	server = hr_test_postgres_open(arena, false);
	if (!server)
		return 77;
	return hr_test_run("store survives, on PostgreSQL", on_postgres,
			   sizeof(on_postgres) / sizeof(on_postgres[0]));
}
