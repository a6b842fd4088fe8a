/*
 * The index of films at 10 thousand and 100 thousand studies (and a million):
 * how long a search takes (medians), what an object costs to be put, beside
 * what one file takes of writes that are each followed by fdatasync, and how
 * much the index takes of the disk. The studies are made up, of one object
 * without bytes each.
 *
 *	bench_film_book FOLDER sqlite|postgresql [STUDIES...]
 */
#include "dicom/film_book.h"

#include "film_fixture.h"
#include "pg_server.h"
#include "testing.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 101, PUT_MS = 1000, WRITERS_MAX = 4, BLOCK = 4096, FIRST_DAYS = 3650 };

/* While the archive is made the disk is not waited for. */
static atomic_bool filling;

int fsync(int fd)
{
	return atomic_load(&filling) ? 0 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return atomic_load(&filling) ? 0 : (int)syscall(SYS_fdatasync, fd);
}

static hr_store *store;
static hr_node_key node;
static hr_arena *arena;
static int studies;
static atomic_int next_object;

static void fail(const char *what, const hr_error *err)
{
	fprintf(stderr, "bench_film_book: %s: %s\n", what, err->message);
	exit(EXIT_FAILURE);
}

static double now_us(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* --- the archive --- */

static const char *const surnames[][2] = {
	{ "Wang", "王" }, { "Li", "李" },   { "Zhang", "张" },
	{ "Liu", "刘" },  { "Chen", "陈" }, { "Ouyang", "欧阳" }
};
static const char *const given[][2] = { { "Jianguo", "建国" }, { "XiaoDong", "小东" },
					{ "Na", "娜" },	       { "Wei", "伟" },
					{ "Xiuying", "秀英" }, { "Guifen", "桂芬" },
					{ "Zihan", "子涵" },   { "Yuchen", "宇辰" } };
static const char *const modalities[] = { "CT", "CT", "CT", "DX", "DX", "US", "US", "MR" };

static uint32_t mix(uint32_t n)
{
	n ^= n >> 16;
	n *= 0x7feb352d;
	n ^= n >> 15;
	n *= 0x846ca68b;
	return n ^ n >> 16;
}

/* A patient has three studies; a day as many as it takes for ten years. */
static void put(hr_arena *memory, int study, int instance)
{
	const hr_film_source source = { HR_STR("AE:BENCH"),
					HR_STR("121200004013592640"),
					{ study } };
	uint32_t patient = (uint32_t)study / 3;
	uint32_t draw = mix(patient);
	char name[64];
	char id[16];
	char date[16];
	char accession[16];
	uint32_t day = mix((uint32_t)study) % FIRST_DAYS;
	hr_test_film film = { study,
			      1,
			      instance,
			      .patient_id = id,
			      .name = name,
			      .date = date,
			      .time = "080000",
			      .accession = accession,
			      .modality = modalities[mix((uint32_t)study + 7) % 8],
			      .description = "CHEST" };
	hr_film_facts facts;
	hr_object object;
	hr_film_put done;
	hr_error err;
	const char *const *first = given[(draw >> 8) % 8];
	const char *const *last = surnames[draw % 6];

	snprintf(name, sizeof(name), "%s^%s=%s^%s", last[0], first[0], last[1], first[1]);
	snprintf(id, sizeof(id), "P%07u", patient);
	snprintf(accession, sizeof(accession), "A%08d", study);
	snprintf(date, sizeof(date), "%04u%02u%02u", 2016 + day / 365, 1 + day % 365 / 31,
		 1 + day % 28);
	facts = hr_test_film_facts(memory, &film);
	object = hr_test_film_object((unsigned)atomic_fetch_add(&next_object, 1));
	if (!hr_film_put_instance(store, &node, &source, &facts, &object, &done, &err))
		fail("put", &err);
}

static void fill(int count)
{
	HR_AUTO(hr_arena) memory = hr_test_arena();
	double start = now_us(CLOCK_MONOTONIC);
	double cpu = now_us(CLOCK_PROCESS_CPUTIME_ID);
	int first = studies;

	atomic_store(&filling, true);
	while (studies < count) {
		put(memory, ++studies, 1);
		hr_arena_reset(memory);
	}
	atomic_store(&filling, false);
	start = now_us(CLOCK_MONOTONIC) - start;
	cpu = now_us(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	printf("\n%d studies; each of the last %d cost %.0f us, %.0f us of this process\n", studies,
	       studies - first, start / (studies - first), cpu / (studies - first));
}

/* --- searches --- */

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* `*cpu`: of this thread, which a busy machine does not change. */
static double search_us(const hr_film_query *query, hr_buf *out, hr_film_page *page, double *cpu)
{
	double start = now_us(CLOCK_MONOTONIC);
	double cpu_start = now_us(CLOCK_THREAD_CPUTIME_ID);
	hr_error err;

	out->len = 0;
	if (!hr_film_search(store, query, NULL, HR_STR("https://host/dicom-web"), out, page,
			    &err)) {
		page->count = 0;
		if (err.code != HR_E_LIMIT)
			fail("search", &err);
	}
	*cpu = now_us(CLOCK_THREAD_CPUTIME_ID) - cpu_start;
	return now_us(CLOCK_MONOTONIC) - start;
}

static void measure(const char *name, const hr_film_field *fields, size_t count)
{
	double times[RUNS];
	double cpu[RUNS];
	hr_film_query query;
	hr_film_page page;
	hr_error err;
	hr_buf out;

	hr_buf_init(&out, arena, (size_t)16 << 20);
	if (!hr_film_query_read(HR_FILM_STUDY, fields, count, arena, &query, &err))
		fail(name, &err);
	for (int i = 0; i < RUNS; i++)
		times[i] = search_us(&query, &out, &page, &cpu[i]);
	qsort(times, RUNS, sizeof(*times), compare_doubles);
	qsort(cpu, RUNS, sizeof(*cpu), compare_doubles);
	printf("%-36s %9.0f us %9.0f us %9.0f us %6zu %8zu\n", name, times[RUNS / 2],
	       times[RUNS * 99 / 100], cpu[RUNS / 2], page.count, out.len);
}

#define FIELD(name, value)                                                                         \
	{                                                                                          \
		HR_STR_INIT(name), HR_STR_INIT(value)                                              \
	}
#define MEASURE(name, ...)                                                                         \
	do {                                                                                       \
		static const hr_film_field fields_[] = { __VA_ARGS__ };                            \
		measure(name, fields_, sizeof(fields_) / sizeof(fields_[0]));                      \
	} while (0)

/* The last page of all. */
static void measure_end(void)
{
	char offset[16];
	hr_film_field fields[] = { FIELD("limit", "50"), { .name = HR_STR("offset") } };

	snprintf(offset, sizeof(offset), "%d", studies - 50);
	fields[1].value = hr_str_of(offset);
	measure("page at the end", fields, 2);
}

static void search_all(void)
{
	printf("%-36s %12s %12s %12s %6s %8s\n", "", "median", "p99", "CPU here", "found", "bytes");
	MEASURE("first page of 50", FIELD("limit", "50"));
	MEASURE("first page, as OHIF asks", FIELD("limit", "101"), FIELD("fuzzymatching", "true"),
		FIELD("includefield", "00081030,00080060,00080090,00100030"));
	MEASURE("page at 9,000", FIELD("limit", "50"), FIELD("offset", "9000"));
	if (studies > 11000)
		MEASURE("page at 11,000", FIELD("limit", "50"), FIELD("offset", "11000"));
	if (studies > 90000)
		MEASURE("page at 90,000", FIELD("limit", "50"), FIELD("offset", "90000"));
	measure_end();
	MEASURE("PatientID", FIELD("PatientID", "P0001234"));
	MEASURE("AccessionNumber", FIELD("AccessionNumber", "A00001234"));
	MEASURE("StudyInstanceUID", FIELD("StudyInstanceUID", "1.2.3.1234"));
	MEASURE("a month", FIELD("limit", "50"), FIELD("StudyDate", "20200301-20200331"));
	MEASURE("a month's MR", FIELD("limit", "50"), FIELD("StudyDate", "20200301-20200331"),
		FIELD("ModalitiesInStudy", "MR"));
	MEASURE("ModalitiesInStudy=MR", FIELD("limit", "50"), FIELD("ModalitiesInStudy", "MR"));
	MEASURE("PatientName=Wang*", FIELD("limit", "50"), FIELD("PatientName", "Wang*"));
	MEASURE("PatientName=建国, fuzzy", FIELD("limit", "50"), FIELD("PatientName", "建国"),
		FIELD("fuzzymatching", "true"));
	MEASURE("PatientName=oyjg, fuzzy", FIELD("limit", "50"), FIELD("PatientName", "oyjg"),
		FIELD("fuzzymatching", "true"));
	MEASURE("PatientName that nobody has", FIELD("PatientName", "zhaoyun"),
		FIELD("fuzzymatching", "true"));
	MEASURE("PatientID=P00012*", FIELD("limit", "50"), FIELD("PatientID", "P00012*"));
	MEASURE("StudyDescription that none has", FIELD("StudyDescription", "*HEAD*"));
}

/* --- putting --- */

struct writer {
	int number;
	long count;
};

static atomic_bool stop;
static int round_number;

/* To studies that are there: as the images of a series come. */
static void *put_on(void *context)
{
	HR_AUTO(hr_arena) memory = hr_test_arena();
	struct writer *w = context;

	while (!atomic_load(&stop)) {
		put(memory, 1 + w->number,
		    2 + (round_number * WRITERS_MAX + w->number) * 1000000 + (int)w->count);
		hr_arena_reset(memory);
		w->count++;
	}
	return NULL;
}

static double put_rate(int writers, double *cpu_us)
{
	struct writer list[WRITERS_MAX];
	pthread_t threads[WRITERS_MAX];
	double start = now_us(CLOCK_MONOTONIC);
	double cpu = now_us(CLOCK_PROCESS_CPUTIME_ID);
	long count = 0;

	round_number++;
	atomic_store(&stop, false);
	for (int i = 0; i < writers; i++) {
		list[i] = (struct writer){ .number = i };
		if (pthread_create(&threads[i], NULL, put_on, &list[i]) != 0)
			abort();
	}
	usleep(PUT_MS * 1000);
	atomic_store(&stop, true);
	for (int i = 0; i < writers; i++) {
		pthread_join(threads[i], NULL);
		count += list[i].count;
	}
	*cpu_us = (now_us(CLOCK_PROCESS_CPUTIME_ID) - cpu) / (double)count;
	return (double)count / (now_us(CLOCK_MONOTONIC) - start) * 1e6;
}

/* Of one file in place: the least that a disk can be asked. */
static double floor_rate(const char *folder)
{
	static const char block[BLOCK];
	double start = now_us(CLOCK_MONOTONIC);
	char path[4000];
	long count = 0;
	int fd;

	snprintf(path, sizeof(path), "%s/film.floor", folder);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	while (now_us(CLOCK_MONOTONIC) - start < PUT_MS * 1000.0) {
		if (pwrite(fd, block, BLOCK, (off_t)(count % 1000) * BLOCK) != BLOCK ||
		    fdatasync(fd) != 0)
			abort();
		count++;
	}
	close(fd);
	unlink(path);
	return (double)count / (now_us(CLOCK_MONOTONIC) - start) * 1e6;
}

static void put_all(const char *folder)
{
	double base = floor_rate(folder);
	double cpu_us;

	printf("%-44s %9.0f a second\n", "write of 4 KiB and fdatasync", base);
	for (int writers = 1; writers <= WRITERS_MAX; writers *= 4) {
		double rate = put_rate(writers, &cpu_us);

		printf("put, %d at once %28s %9.0f a second, %.2f of that; %.0f us of CPU here\n",
		       writers, "", rate, rate / base, cpu_us);
	}
}

/* --- its size --- */

static const hr_sql sqlite_size = HR_SQL(
	"SELECT page_count * page_size FROM pragma_page_count() AS c, pragma_page_size() AS s", "");
static const hr_sql postgres_size = HR_SQL("SELECT pg_database_size(current_database())", "");

struct size {
	const hr_sql *sql;
	int64_t bytes;
};

static bool read_size(hr_tx *tx, void *context, hr_error *err)
{
	struct size *size = context;
	hr_rows rows;

	if (!hr_tx_select(tx, size->sql, HR_NO_VALUES, 1, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		size->bytes = hr_rows_int(&rows, 0);
	return hr_rows_end(&rows, err);
}

static void print_size(bool postgres)
{
	struct size size = { .sql = postgres ? &postgres_size : &sqlite_size };
	hr_error err;

	if (!hr_store_read(store, read_size, &size, &err))
		fail("size", &err);
	printf("%-44s %9.0f MB, %.0f bytes a study\n", "the index", (double)size.bytes / 1e6,
	       (double)size.bytes / studies);
}

static const char *url_of(const char *folder, bool postgres)
{
	hr_test_postgres *server;
	hr_buf path;

	if (postgres) {
		server = hr_test_postgres_open(arena, true);
		if (!server)
			exit(EXIT_SUCCESS);
		return hr_test_postgres_url(server, arena);
	}
	if (setenv("TMPDIR", folder, 1) != 0)
		abort();
	hr_buf_init(&path, arena, 4000);
	hr_buf_addf(&path, "%s/huren.db", hr_test_folder(arena));
	return path.data;
}

int main(int argc, char **argv)
{
	HR_AUTO(hr_arena) memory = hr_test_arena();

	bool postgres;

	if (argc < 3)
		return EXIT_FAILURE;
	arena = memory;
	postgres = strcmp(argv[2], "postgresql") == 0;
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("== %s\n", argv[2]);
	store = hr_test_film_store(url_of(argv[1], postgres), &node);
	for (int i = 3; i < argc; i++) {
		fill((int)strtol(argv[i], NULL, 10));
		print_size(postgres);
		search_all();
		put_all(argv[1]);
	}
	hr_store_close(store);
	return EXIT_SUCCESS;
}
