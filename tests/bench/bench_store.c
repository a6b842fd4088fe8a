/*
 * Durable transactions a second, of one row of 300 bytes, by 1, 4 and 16
 * threads at once; beside them, in the same rounds, what one file takes of
 * writes that are each followed by fdatasync. Medians of rounds.
 *
 *	bench_store FOLDER [postgresql]
 */
#include "store/store.h"

#include "pg_server.h"
#include "testing.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 5, ROUND_MS = 400, THREADS_MAX = 16, BLOCK = 4096, BLOCKS = 1000 };

static const char *const steps[] = {
	"CREATE TABLE film (id BIGINT NOT NULL PRIMARY KEY, uid TEXT NOT NULL UNIQUE, body BYTEA "
	"NOT NULL)",
};
static const hr_room room = { .name = "film", .steps = steps, .step_count = 1 };
static const hr_sql add = HR_SQL("INSERT INTO film (id, uid, body) VALUES ($1, $2, $3)", "itb");
static const hr_sql find = HR_SQL("SELECT uid, body FROM film WHERE id = $1", "i");

static hr_store *store;
static atomic_llong next_id;
static atomic_bool stop;

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what, const hr_error *err)
{
	fprintf(stderr, "bench_store: %s: %s\n", what, err->message);
	exit(EXIT_FAILURE);
}

static bool add_row(hr_tx *tx, void *context, hr_error *err)
{
	static const char body[240];
	int64_t id = *(int64_t *)context;
	char uid[64];
	int len = snprintf(uid, sizeof(uid), "1.2.840.%llu",
			   (unsigned long long)id * 0x9e3779b97f4a7c15u);

	return hr_tx_run(tx, &add,
			 HR_VALUES(hr_sql_int(id), hr_sql_text((hr_str){ uid, (size_t)len }),
				   hr_sql_bytes((hr_str){ body, sizeof(body) })),
			 err);
}

static bool find_row(hr_tx *tx, void *context, hr_error *err)
{
	hr_rows rows;

	if (!hr_tx_select(tx, &find, HR_VALUES(hr_sql_int(*(int64_t *)context)), 1, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		hr_rows_bytes(&rows, 1);
	return hr_rows_end(&rows, err);
}

static void *write_on(void *count)
{
	hr_error err;

	while (!atomic_load(&stop)) {
		int64_t id = atomic_fetch_add(&next_id, 1);

		if (!hr_store_write(store, add_row, &id, &err))
			fail("write", &err);
		++*(long *)count;
	}
	return NULL;
}

static void *read_on(void *count)
{
	hr_error err;

	while (!atomic_load(&stop)) {
		int64_t id = *(long *)count * 7919 % atomic_load(&next_id);

		if (!hr_store_read(store, find_row, &id, &err))
			fail("read", &err);
		++*(long *)count;
	}
	return NULL;
}

/* Transactions a second of so many writers, and of readers beside them. */
static void run(int writers, int readers, double *written, double *read)
{
	pthread_t threads[2 * THREADS_MAX];
	long counts[2 * THREADS_MAX] = { 0 };
	double start = now_s();
	double taken;

	atomic_store(&stop, false);
	for (int i = 0; i < writers + readers; i++)
		if (pthread_create(&threads[i], NULL, i < writers ? write_on : read_on,
				   &counts[i]) != 0)
			abort();
	usleep(ROUND_MS * 1000);
	atomic_store(&stop, true);
	for (int i = 0; i < writers + readers; i++)
		pthread_join(threads[i], NULL);
	taken = now_s() - start;
	*written = 0;
	*read = 0;
	for (int i = 0; i < writers + readers; i++)
		*(i < writers ? written : read) += (double)counts[i] / taken;
}

/* In place, in a file that has its size: the least that a disk can be asked. */
static double run_floor(int fd)
{
	static const char block[BLOCK];
	double start = now_s();
	long count = 0;

	while (now_s() - start < ROUND_MS / 1000.0) {
		if (pwrite(fd, block, BLOCK, (off_t)(count % BLOCKS) * BLOCK) != BLOCK ||
		    fdatasync(fd) != 0)
			abort();
		count++;
	}
	return (double)count / (now_s() - start);
}

static int open_floor(const char *folder)
{
	static const char blocks[BLOCK * BLOCKS];
	char path[4000];
	int fd;

	snprintf(path, sizeof(path), "%s/store.floor", folder);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || pwrite(fd, blocks, sizeof(blocks), 0) != sizeof(blocks) || fsync(fd) != 0)
		abort();
	unlink(path);
	return fd;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), compare_doubles);
	return values[ROUNDS / 2];
}

static const struct {
	int writers;
	int readers;
} cases[] = { { 1, 0 }, { 4, 0 }, { 16, 0 }, { 4, 2 } };
enum { CASES = sizeof(cases) / sizeof(cases[0]) };

static void measure(int floor, const char *name)
{
	double disk[ROUNDS];
	double written[CASES][ROUNDS];
	double read[CASES][ROUNDS];
	double base;

	for (int round = 0; round < ROUNDS; round++) {
		disk[round] = run_floor(floor);
		for (int i = 0; i < CASES; i++)
			run(cases[i].writers, cases[i].readers, &written[i][round],
			    &read[i][round]);
	}
	base = median(disk);
	printf("%-40s %10s %8s %12s\n", name, "a second", "ratio", "reads a s");
	printf("%-40s %10.0f\n", "write of 4 KiB and fdatasync", base);
	for (int i = 0; i < CASES; i++) {
		double rate = median(written[i]);

		printf("%2d threads%-30s %10.0f %8.2f", cases[i].writers,
		       cases[i].readers ? ", 2 readers meanwhile" : "", rate, rate / base);
		if (cases[i].readers)
			printf(" %12.0f", median(read[i]));
		putchar('\n');
	}
}

int main(int argc, char **argv)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_store_options options = { .who = "bench", .rooms = &room, .room_count = 1 };
	bool postgres = argc == 3;
	hr_error err;
	hr_buf path;
	int fd;

	if (argc < 2 || setenv("TMPDIR", argv[1], 1) != 0)
		return EXIT_FAILURE;
	hr_buf_init(&path, arena, 4000);
	if (postgres) {
		/* A socket's path is short: not below the folder that was given. */
		unsetenv("TMPDIR");
		hr_test_postgres *server = hr_test_postgres_open(arena, true);

		if (!server)
			return EXIT_SUCCESS;
		options.url = hr_test_postgres_url(server, arena);
	} else {
		hr_buf_addf(&path, "%s/huren.db", hr_test_folder(arena));
		options.url = path.data;
	}
	if (!hr_store_open(&options, &store, &err))
		fail("open", &err);
	fd = open_floor(argv[1]);
	measure(fd, postgres ? "PostgreSQL" : "SQLite");
	close(fd);
	hr_store_close(store);
	return EXIT_SUCCESS;
}
