/*
 * store.h, the same tests for both engines: `test_store` for SQLite,
 * `test_store postgresql` for a server that is started here.
 */
#include "store/store.h"

#include "pg_server.h"
#include "testing.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- what SQLite asks of the disk --- */

static atomic_uint syncs;

int fsync(int fd)
{
	atomic_fetch_add(&syncs, 1);
	(void)fd;
	return 0;
}

int fdatasync(int fd)
{
	return fsync(fd);
}

/* --- a store for one test --- */

static hr_test_postgres *server; /* NULL: SQLite */

static const char *const steps[] = {
	"CREATE TABLE film (id BIGINT NOT NULL PRIMARY KEY, name TEXT, body BYTEA);"
	"CREATE INDEX film_name ON film (name)",
	"ALTER TABLE film ADD COLUMN day BIGINT;"
	"UPDATE film SET day = id + 1000;",
	"CREATE TABLE film_place (film BIGINT NOT NULL REFERENCES film (id), place TEXT NOT NULL "
	"CHECK (place <> 'BIGINT TEXT;'), UNIQUE (place));",
};
enum { STEPS = sizeof(steps) / sizeof(steps[0]) };

static const hr_room rooms[] = {
	{ .name = "film", .steps = steps, .step_count = STEPS },
};

static const hr_sql add = HR_SQL("INSERT INTO film (id, name, body) VALUES ($1, $2, $3)", "itb");
static const hr_sql find = HR_SQL("SELECT id, name, body FROM film WHERE id = $1", "i");
static const hr_sql count_all = HR_SQL("SELECT COUNT(*) FROM film", "");
static const hr_sql list_names = HR_SQL("SELECT name FROM film ORDER BY name", "");
static const hr_sql list_ids = HR_SQL("SELECT id FROM film ORDER BY id", "");

struct fixture {
	hr_arena *arena;
	const char *url;
	hr_store *store;
	hr_error err;
};

static hr_store_options options_of(const struct fixture *f)
{
	return (hr_store_options){ .url = f->url, .who = "test", .rooms = rooms, .room_count = 1 };
}

/* Places for the tables; the store is not opened. */
static struct fixture fixture_place(void)
{
	struct fixture f = { .arena = hr_test_arena() };
	hr_buf url;

	if (server) {
		f.url = hr_test_postgres_url(server, f.arena);
		return f;
	}
	hr_buf_init(&url, f.arena, 4000);
	hr_buf_addf(&url, "sqlite:%s/huren.db", hr_test_folder(f.arena));
	f.url = url.data;
	return f;
}

static void open_store(struct fixture *f)
{
	hr_store_options options = options_of(f);

	f->store = NULL;
	HR_ASSERT_OK(hr_store_open(&options, &f->store, &f->err), f->err);
	if (!f->store)
		exit(EXIT_FAILURE);
}

static struct fixture fixture_open(void)
{
	struct fixture f = fixture_place();

	open_store(&f);
	return f;
}

static void close_fixture(struct fixture *f)
{
	hr_store_close(f->store);
	hr_arena_close(f->arena);
}

/* --- short words for transactions --- */

struct film {
	int64_t id;
	hr_sql_value name;
	hr_sql_value body;
	bool found;
	bool refuse; /* at the end, after all was written */
};

static bool add_film(hr_tx *tx, void *context, hr_error *err)
{
	const struct film *film = context;

	if (!hr_tx_run(tx, &add, HR_VALUES(hr_sql_int(film->id), film->name, film->body), err))
		return false;
	return !film->refuse || hr_fail(err, HR_E_USAGE, "refused");
}

static bool put(struct fixture *f, int64_t id, const char *name)
{
	struct film film = { .id = id, .name = hr_sql_text(hr_str_of(name)) };

	return hr_store_write(f->store, add_film, &film, &f->err);
}

static bool count_films(hr_tx *tx, void *context, hr_error *err)
{
	hr_rows rows;

	if (!hr_tx_select(tx, &count_all, HR_NO_VALUES, 1, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		*(int64_t *)context = hr_rows_int(&rows, 0);
	return hr_rows_end(&rows, err);
}

static int64_t count_of(struct fixture *f)
{
	int64_t count = -1;

	HR_ASSERT_OK(hr_store_read(f->store, count_films, &count, &f->err), f->err);
	return count;
}

/* --- values --- */

static bool equal_values(const hr_sql_value *a, const hr_sql_value *b)
{
	return a->type == b->type && a->number == b->number && hr_str_equal(a->bytes, b->bytes);
}

static bool compare_film(hr_tx *tx, void *context, hr_error *err)
{
	struct film *want = context;
	hr_rows rows;

	if (!hr_tx_select(tx, &find, HR_VALUES(hr_sql_int(want->id)), 1, &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		hr_sql_value name = hr_rows_is_null(&rows, 1) ? hr_sql_null()
							      : hr_sql_text(hr_rows_text(&rows, 1));
		hr_sql_value body = hr_rows_is_null(&rows, 2)
					    ? hr_sql_null()
					    : hr_sql_bytes(hr_rows_bytes(&rows, 2));

		CU_ASSERT_EQUAL(hr_rows_int(&rows, 0), want->id);
		CU_ASSERT_TRUE(equal_values(&name, &want->name));
		CU_ASSERT_TRUE(equal_values(&body, &want->body));
		want->found = true;
	}
	return hr_rows_end(&rows, err);
}

static void assert_there_and_back(struct fixture *f, struct film film)
{
	HR_ASSERT_OK(hr_store_write(f->store, add_film, &film, &f->err), f->err);
	HR_ASSERT_OK(hr_store_read(f->store, compare_film, &film, &f->err), f->err);
	CU_ASSERT_TRUE(film.found);
}

static void test_store__numbers__come_back(void)
{
	static const int64_t numbers[] = { 0,	      1,	  -1,	     127,      128,
					   255,	      256,	  32767,     32768,    INT32_MAX,
					   INT32_MIN, 4294967296, INT64_MAX, INT64_MIN };
	struct fixture f = fixture_open();

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		assert_there_and_back(&f, (struct film){ .id = numbers[i] });
	close_fixture(&f);
}

/* What would be SQL if a text were ever pasted into a statement is a text like any other. */
static void test_store__texts__come_back_whatever_they_hold(void)
{
	static const char *const texts[] = {
		"",
		"a",
		"张建国",
		"𠀀𪚥",
		"\x01\x1f\x7f",
		"'; DROP TABLE film; --",
		"\" OR \"\" = \"",
		"$1 $2 ?1 :a @b \\ %_ {}",
		"12",
		"1e3",
		"\\x00ff",
		"null",
	};
	struct fixture f = fixture_open();

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_there_and_back(&f,
				      (struct film){ .id = (int64_t)i,
						     .name = hr_sql_text(hr_str_of(texts[i])) });
	CU_ASSERT_EQUAL(count_of(&f), sizeof(texts) / sizeof(texts[0]));
	close_fixture(&f);
}

static void test_store__bytes__come_back_whatever_they_are(void)
{
	static char bytes[1 << 20];
	static const size_t sizes[] = { 0, 1, 2, 255, 256, 4096, 65537, sizeof(bytes) };
	struct fixture f = fixture_open();

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		assert_there_and_back(
			&f, (struct film){ .id = (int64_t)i,
					   .body = hr_sql_bytes((hr_str){ bytes, sizes[i] }) });
	close_fixture(&f);
}

static void test_store__null__is_not_empty(void)
{
	struct fixture f = fixture_open();

	assert_there_and_back(&f, (struct film){ .id = 1 });
	assert_there_and_back(&f, (struct film){ .id = 2, .name = hr_sql_text(HR_STR_NONE) });
	assert_there_and_back(&f, (struct film){ .id = 3, .body = hr_sql_bytes(HR_STR_NONE) });
	close_fixture(&f);
}

/* One engine would take them, the other not. */
static void test_store__text_that_is_none__is_refused(void)
{
	static const struct {
		hr_str text;
		hr_error_code code;
	} bad[] = {
		{ HR_STR_INIT("a\0b"), HR_E_ENCODING },
		{ HR_STR_INIT("\xc0\xaf"), HR_E_ENCODING },
		{ HR_STR_INIT("\xd5\xc5"), HR_E_ENCODING },
		{ { "", (size_t)HR_SQL_VALUE_BYTES_MAX + 1 }, HR_E_LIMIT },
	};
	struct fixture f = fixture_open();

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct film film = { .id = 1, .name = hr_sql_text(bad[i].text) };

		CU_ASSERT_FALSE(hr_store_write(f.store, add_film, &film, &f.err));
		CU_ASSERT_EQUAL(f.err.code, bad[i].code);
	}
	CU_ASSERT_EQUAL(count_of(&f), 0);
	close_fixture(&f);
}

/* --- rows --- */

static bool read_limited(hr_tx *tx, void *context, hr_error *err)
{
	size_t *limit = context;
	int64_t next = 0;
	hr_rows rows;

	if (!hr_tx_select(tx, &list_ids, HR_NO_VALUES, *limit, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		CU_ASSERT_EQUAL(hr_rows_int(&rows, 0), next++);
	CU_ASSERT_FALSE(hr_rows_next(&rows));
	*limit = (size_t)next;
	return hr_rows_end(&rows, err);
}

static void test_store__more_rows_than_the_limit__is_an_error(void)
{
	struct fixture f = fixture_open();
	size_t limit = 0;

	HR_ASSERT_OK(hr_store_read(f.store, read_limited, &limit, &f.err), f.err);
	for (int64_t id = 0; id < 3; id++)
		CU_ASSERT_TRUE(put(&f, id, "a"));
	limit = 3;
	HR_ASSERT_OK(hr_store_read(f.store, read_limited, &limit, &f.err), f.err);
	CU_ASSERT_EQUAL(limit, 3);
	limit = 2;
	CU_ASSERT_FALSE(hr_store_read(f.store, read_limited, &limit, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_LIMIT);
	CU_ASSERT_EQUAL(limit, 2);
	close_fixture(&f);
}

static bool select_twice(hr_tx *tx, void *context, hr_error *err)
{
	hr_rows first;
	hr_rows second;
	int64_t *seen = context;

	for (int i = 0; i < 2; i++) {
		if (!hr_tx_select(tx, &list_ids, HR_NO_VALUES, 10, &first, err))
			return false;
		while (hr_rows_next(&first))
			++*seen;
	}
	if (!hr_tx_select(tx, &list_ids, HR_NO_VALUES, 10, &second, err))
		return false;
	CU_ASSERT_FALSE(hr_rows_next(&first));
	CU_ASSERT_TRUE(hr_rows_end(&first, err));
	CU_ASSERT_TRUE(hr_rows_end(&first, err));
	while (hr_rows_next(&second))
		++*seen;
	return hr_rows_end(&second, err);
}

/* A statement within a loop over rows. */
static bool select_within(hr_tx *tx, void *context, hr_error *err)
{
	hr_rows outer;
	hr_rows inner;
	int64_t *seen = context;

	if (!hr_tx_select(tx, &list_ids, HR_NO_VALUES, 10, &outer, err))
		return false;
	while (hr_rows_next(&outer)) {
		++*seen;
		if (!hr_tx_select(tx, &count_all, HR_NO_VALUES, 1, &inner, err) ||
		    !hr_rows_end(&inner, err))
			return false;
	}
	return hr_rows_end(&outer, err);
}

/* The same, but the rows are not looked at again: they were not all, either. */
static bool select_and_leave(hr_tx *tx, void *context, hr_error *err)
{
	hr_rows rows;
	hr_rows other;

	(void)context;
	return hr_tx_select(tx, &list_ids, HR_NO_VALUES, 10, &rows, err) && hr_rows_next(&rows) &&
	       hr_tx_select(tx, &count_all, HR_NO_VALUES, 1, &other, err) &&
	       hr_rows_end(&rows, err);
}

static void test_store__another_statement__ends_the_rows(void)
{
	struct fixture f = fixture_open();
	int64_t seen = 0;

	for (int64_t id = 0; id < 3; id++)
		CU_ASSERT_TRUE(put(&f, id, "a"));
	HR_ASSERT_OK(hr_store_read(f.store, select_twice, &seen, &f.err), f.err);
	CU_ASSERT_EQUAL(seen, 9);
	seen = 0;
	CU_ASSERT_FALSE(hr_store_read(f.store, select_within, &seen, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_INTERNAL);
	CU_ASSERT_EQUAL(seen, 1);
	CU_ASSERT_FALSE(hr_store_write(f.store, select_and_leave, NULL, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_INTERNAL);
	CU_ASSERT_EQUAL(count_of(&f), 3);
	close_fixture(&f);
}

static const hr_sql add_three = HR_SQL("INSERT INTO film (id) VALUES ($1), ($1 + 1), ($1 + 2) "
				       "RETURNING id",
				       "i");

struct leaver {
	int64_t id;
	int looked;
	bool ends; /* else the rows are left as they are */
};

static bool add_and_leave(hr_tx *tx, void *context, hr_error *err)
{
	const struct leaver *l = context;
	hr_rows rows;

	if (!hr_tx_select(tx, &add_three, HR_VALUES(hr_sql_int(l->id)), 3, &rows, err))
		return false;
	for (int i = 0; i < l->looked; i++)
		hr_rows_next(&rows);
	return !l->ends || hr_rows_end(&rows, err);
}

/* Whether a writer looks at them or not, what gave the rows was done, or its fault is told. */
static void test_store__rows_that_are_left__are_written_or_their_fault_is_told(void)
{
	struct fixture f = fixture_open();

	CU_ASSERT_TRUE(put(&f, 102, "a"));
	for (int i = 0; i < 8; i++) {
		struct leaver l = { .id = i * 10, .looked = i / 2, .ends = i % 2 };

		HR_ASSERT_OK(hr_store_write(f.store, add_and_leave, &l, &f.err), f.err);
		CU_ASSERT_EQUAL(count_of(&f), 1 + 3 * (i + 1));
	}
	for (int i = 0; i < 8; i++) {
		struct leaver l = { .id = 100, .looked = i / 2, .ends = i % 2 };

		CU_ASSERT_FALSE(hr_store_write(f.store, add_and_leave, &l, &f.err));
		CU_ASSERT_EQUAL(f.err.code, HR_E_RULE);
		CU_ASSERT_EQUAL(count_of(&f), 25);
	}
	close_fixture(&f);
}

static bool divide_and_leave(hr_tx *tx, void *context, hr_error *err)
{
	static const hr_sql divide = HR_SQL("SELECT 1 / (COUNT(*) - COUNT(*)) FROM film", "");
	hr_rows rows;

	(void)context;
	return hr_tx_select(tx, &divide, HR_NO_VALUES, 1, &rows, err) && hr_rows_end(&rows, err);
}

/* PostgreSQL alone: to SQLite it is NULL. Its COMMIT says "ROLLBACK", and not that it is a fault.
 */
static void test_store__reader_that_hears_no_fault__is_told_by_the_commit(void)
{
	struct fixture f = fixture_open();

	if (server) {
		CU_ASSERT_FALSE(hr_store_read(f.store, divide_and_leave, NULL, &f.err));
		CU_ASSERT_EQUAL(f.err.code, HR_E_INTERNAL);
		CU_ASSERT_EQUAL(count_of(&f), 0);
	}
	close_fixture(&f);
}

static bool ask_wrong_type(hr_tx *tx, void *context, hr_error *err)
{
	hr_rows rows;

	(void)context;
	if (!hr_tx_select(tx, &list_names, HR_NO_VALUES, 10, &rows, err))
		return false;
	CU_ASSERT_TRUE(hr_rows_next(&rows));
	CU_ASSERT_EQUAL(hr_rows_int(&rows, 0), 0);
	CU_ASSERT_FALSE(hr_rows_next(&rows));
	return hr_rows_end(&rows, err);
}

static bool ask_absent_column(hr_tx *tx, void *context, hr_error *err)
{
	hr_rows rows;

	(void)context;
	if (!hr_tx_select(tx, &list_names, HR_NO_VALUES, 10, &rows, err))
		return false;
	CU_ASSERT_TRUE(hr_rows_next(&rows));
	CU_ASSERT_TRUE(hr_rows_is_null(&rows, 1));
	return hr_rows_end(&rows, err);
}

static void test_store__column_of_another_type__is_an_error(void)
{
	struct fixture f = fixture_open();

	CU_ASSERT_TRUE(put(&f, 1, "12"));
	CU_ASSERT_FALSE(hr_store_read(f.store, ask_wrong_type, NULL, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_INTERNAL);
	CU_ASSERT_FALSE(hr_store_read(f.store, ask_absent_column, NULL, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_INTERNAL);
	CU_ASSERT_EQUAL(count_of(&f), 1);
	close_fixture(&f);
}

static bool read_names(hr_tx *tx, void *context, hr_error *err)
{
	hr_buf *buf = context;
	hr_rows rows;

	if (!hr_tx_select(tx, &list_names, HR_NO_VALUES, 10, &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		hr_buf_add(buf, hr_rows_text(&rows, 0));
		hr_buf_add_char(buf, ' ');
	}
	return hr_rows_end(&rows, err);
}

static void test_store__texts__are_ordered_by_their_bytes(void)
{
	struct fixture f = fixture_open();
	hr_buf buf;

	CU_ASSERT_TRUE(put(&f, 1, "b") && put(&f, 2, "张") && put(&f, 3, "B") && put(&f, 4, "a-") &&
		       put(&f, 5, "ab") && put(&f, 6, "建"));
	hr_buf_init(&buf, f.arena, 1000);
	HR_ASSERT_OK(hr_store_read(f.store, read_names, &buf, &f.err), f.err);
	HR_ASSERT_TEXT(hr_buf_str(&buf), "B a- ab b 建 张 ");
	close_fixture(&f);
}

static bool change_names(hr_tx *tx, void *context, hr_error *err)
{
	static const hr_sql change = HR_SQL("UPDATE film SET name = $2 WHERE name LIKE $1", "tt");
	hr_sql_values values = HR_VALUES(hr_sql_text(HR_STR("A%")), hr_sql_text(HR_STR("b")));
	int64_t *changed = context;

	return hr_tx_change(tx, &change, values, changed, err);
}

static void test_store__change__counts_its_rows(void)
{
	struct fixture f = fixture_open();
	int64_t changed = -1;

	CU_ASSERT_TRUE(put(&f, 1, "a1") && put(&f, 2, "A1") && put(&f, 3, "A2"));
	HR_ASSERT_OK(hr_store_write(f.store, change_names, &changed, &f.err), f.err);
	CU_ASSERT_EQUAL(changed, 2);
	HR_ASSERT_OK(hr_store_write(f.store, change_names, &changed, &f.err), f.err);
	CU_ASSERT_EQUAL(changed, 0);
	close_fixture(&f);
}

/* --- transactions --- */

static void test_store__function_that_fails__leaves_nothing(void)
{
	struct fixture f = fixture_open();
	struct film film = { .id = 7, .refuse = true };

	CU_ASSERT_FALSE(hr_store_write(f.store, add_film, &film, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_USAGE);
	CU_ASSERT_EQUAL(count_of(&f), 0);
	CU_ASSERT_TRUE(put(&f, 7, "a"));
	CU_ASSERT_EQUAL(count_of(&f), 1);
	close_fixture(&f);
}

/* Whoever does not look at what a call says cannot commit half of what it meant. */
static bool ignore_conflict(hr_tx *tx, void *context, hr_error *err)
{
	hr_sql_values values = HR_VALUES(hr_sql_int(1), hr_sql_null(), hr_sql_null());
	hr_sql_values other = HR_VALUES(hr_sql_int(2), hr_sql_null(), hr_sql_null());
	int64_t changed;
	hr_rows rows;

	(void)context;
	CU_ASSERT_FALSE(hr_tx_change(tx, &add, values, &changed, err));
	CU_ASSERT_EQUAL(err->code, HR_E_RULE);
	CU_ASSERT_FALSE(hr_tx_run(tx, &add, other, err));
	CU_ASSERT_FALSE(hr_tx_select(tx, &list_ids, HR_NO_VALUES, 1, &rows, err));
	return true;
}

static void test_store__constraint__is_a_conflict_that_ends_the_transaction(void)
{
	struct fixture f = fixture_open();

	CU_ASSERT_TRUE(put(&f, 1, "secret-name"));
	CU_ASSERT_FALSE(put(&f, 1, "secret-name"));
	CU_ASSERT_EQUAL(f.err.code, HR_E_RULE);
	CU_ASSERT_PTR_NULL(strstr(f.err.message, "secret"));
	CU_ASSERT_PTR_NULL(strstr(f.err.detail, "secret"));
	CU_ASSERT_FALSE(hr_store_write(f.store, ignore_conflict, NULL, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_RULE);
	CU_ASSERT_EQUAL(count_of(&f), 1);
	close_fixture(&f);
}

static bool break_reference(hr_tx *tx, void *context, hr_error *err)
{
	static const hr_sql add_place =
		HR_SQL("INSERT INTO film_place (film, place) VALUES ($1, $2)", "it");

	(void)context;
	return hr_tx_run(tx, &add_place, HR_VALUES(hr_sql_int(99), hr_sql_text(HR_STR("x"))), err);
}

static void test_store__reference_to_nothing__is_a_conflict(void)
{
	struct fixture f = fixture_open();

	CU_ASSERT_FALSE(hr_store_write(f.store, break_reference, NULL, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_RULE);
	close_fixture(&f);
}

static bool run_nonsense(hr_tx *tx, void *context, hr_error *err)
{
	static const hr_sql nonsense = HR_SQL("UPDATE no_such_table SET a = $1", "t");

	(void)context;
	return hr_tx_run(tx, &nonsense, HR_VALUES(hr_sql_text(HR_STR("secret"))), err);
}

static void test_store__statement_that_is_wrong__is_our_fault(void)
{
	struct fixture f = fixture_open();

	CU_ASSERT_FALSE(hr_store_write(f.store, run_nonsense, NULL, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_INTERNAL);
	CU_ASSERT_PTR_NULL(strstr(f.err.message, "secret"));
	CU_ASSERT_TRUE(put(&f, 1, "a"));
	close_fixture(&f);
}

struct snapshot {
	struct fixture *f;
	int64_t before;
	int64_t after;
};

static bool look_twice(hr_tx *tx, void *context, hr_error *err)
{
	struct snapshot *s = context;

	if (!count_films(tx, &s->before, err))
		return false;
	CU_ASSERT_TRUE(put(s->f, 2, "meanwhile"));
	return count_films(tx, &s->after, err);
}

static void test_store__read__is_of_one_moment_and_holds_no_writer_up(void)
{
	struct fixture f = fixture_open();
	struct snapshot s = { .f = &f };

	CU_ASSERT_TRUE(put(&f, 1, "a"));
	HR_ASSERT_OK(hr_store_read(f.store, look_twice, &s, &f.err), f.err);
	CU_ASSERT_EQUAL(s.before, 1);
	CU_ASSERT_EQUAL(s.after, 1);
	CU_ASSERT_EQUAL(count_of(&f), 2);
	close_fixture(&f);
}

/* --- many at once --- */

enum { THREADS = 16, EACH = 40 };

struct crowd {
	struct fixture *f;
	int64_t first;
	unsigned acknowledged;
	unsigned refused;
	bool well;
};

/* Every seventh is refused after it has written; every eleventh breaks a constraint. */
static void *write_many(void *context)
{
	struct crowd *c = context;

	for (int64_t i = 0; i < EACH; i++) {
		struct film film = { .id = c->first + i, .refuse = i % 7 == 3 };
		hr_error err = { .code = HR_E_NONE };
		hr_error_code want = film.refuse ? HR_E_USAGE : HR_E_NONE;
		bool ok;

		if (i % 11 == 5) {
			film = (struct film){ .id = -1 };
			want = HR_E_RULE;
		}
		ok = hr_store_write(c->f->store, add_film, &film, &err);
		c->acknowledged += ok;
		c->refused += !ok;
		if (err.code != want || ok != (want == HR_E_NONE))
			c->well = false;
	}
	return NULL;
}

static void test_store__many_writers__share_syncs_and_not_their_failures(void)
{
	struct fixture f = fixture_open();
	struct crowd crowd[THREADS];
	pthread_t threads[THREADS];
	int64_t acknowledged = 1;
	unsigned refused = 0;
	unsigned before;

	CU_ASSERT_TRUE(put(&f, -1, "in the way"));
	before = atomic_load(&syncs);
	for (int i = 0; i < THREADS; i++) {
		crowd[i] = (struct crowd){ .f = &f, .first = i * 1000, .well = true };
		CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, write_many, &crowd[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		CU_ASSERT_TRUE(crowd[i].well);
		acknowledged += crowd[i].acknowledged;
		refused += crowd[i].refused;
	}
	CU_ASSERT_TRUE(refused > 0 && acknowledged > THREADS * EACH / 2);
	CU_ASSERT_EQUAL(count_of(&f), acknowledged);
	if (!server) {
		unsigned used = atomic_load(&syncs) - before;

		CU_ASSERT_TRUE(used > 0 && used < (unsigned)acknowledged);
		printf(" [%d transactions, %u syncs] ", (int)acknowledged, used);
	}
	close_fixture(&f);
}

/* --- opening --- */

static bool opens(struct fixture *f, const hr_store_options *options)
{
	hr_store *store = NULL;
	bool ok = hr_store_open(options, &store, &f->err);

	hr_store_close(store);
	return ok;
}

static void test_store__second_writer__is_told_who_holds_it(void)
{
	struct fixture f = fixture_open();
	hr_store_options options = options_of(&f);
	char holder[40];
	int status = 1;
	pid_t child;

	snprintf(holder, sizeof(holder), "process %d ", (int)getpid());
	CU_ASSERT_FALSE(opens(&f, &options));
	CU_ASSERT_EQUAL(f.err.code, HR_E_BUSY);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.err.message, holder));
	child = fork();
	if (child == 0)
		_exit(opens(&f, &options) || f.err.code != HR_E_BUSY);
	waitpid(child, &status, 0);
	CU_ASSERT_EQUAL(status, 0);
	CU_ASSERT_TRUE(put(&f, 1, "a"));
	hr_store_close(f.store);
	CU_ASSERT_TRUE(opens(&f, &options));
	open_store(&f);
	CU_ASSERT_EQUAL(count_of(&f), 1);
	close_fixture(&f);
}

/* As two containers have it: process, host and command of both are the same. */
static void test_store__writer_that_lost_its_lock__leaves_its_namesake_alone(void)
{
	struct fixture f = fixture_open();

	if (server) {
		struct fixture other = f;

		CU_ASSERT_TRUE(put(&f, 1, "a"));
		hr_test_postgres_ask(server, "SELECT pg_terminate_backend(pid) FROM "
					     "pg_stat_activity WHERE application_name LIKE "
					     "'process %'");
		open_store(&other);
		CU_ASSERT_FALSE(put(&f, 2, "a"));
		usleep(250000);
		CU_ASSERT_FALSE(put(&f, 2, "a"));
		CU_ASSERT_EQUAL(f.err.code, HR_E_BUSY);
		CU_ASSERT_TRUE(put(&other, 3, "a"));
		hr_store_close(other.store);
		usleep(250000);
		CU_ASSERT_TRUE(put(&f, 2, "a"));
		CU_ASSERT_EQUAL(count_of(&f), 3);
	}
	close_fixture(&f);
}

static void test_store__read_only__reads_beside_the_writer(void)
{
	struct fixture f = fixture_open();
	hr_store_options options = options_of(&f);
	hr_store *writer = f.store;

	options.read_only = true;
	HR_ASSERT_OK(hr_store_open(&options, &f.store, &f.err), f.err);
	CU_ASSERT_EQUAL(count_of(&f), 0);
	CU_ASSERT_FALSE(put(&f, 1, "a"));
	CU_ASSERT_EQUAL(f.err.code, HR_E_READ_ONLY);
	hr_store_close(f.store);
	f.store = writer;
	CU_ASSERT_TRUE(put(&f, 1, "a"));
	close_fixture(&f);
}

/* Beside the writer, which goes on; and read where there is nothing but the file. */
static void test_store__copy__is_of_one_moment(void)
{
	struct fixture f = fixture_open();
	hr_store *writer = f.store;
	hr_store_options options = options_of(&f);
	char path[400];

	snprintf(path, sizeof(path), "%s/copy.db", hr_test_folder(f.arena));
	CU_ASSERT_TRUE(put(&f, 1, "a"));
	if (server) {
		CU_ASSERT_FALSE(hr_store_copy(f.url, path, &f.err));
		CU_ASSERT_EQUAL(f.err.code, HR_E_UNSUPPORTED);
		close_fixture(&f);
		return;
	}
	HR_ASSERT_OK(hr_store_copy(f.url, path, &f.err), f.err);
	CU_ASSERT_TRUE(put(&f, 2, "b"));
	options.url = path;
	options.read_only = true;
	HR_ASSERT_OK(hr_store_open(&options, &f.store, &f.err), f.err);
	CU_ASSERT_EQUAL(count_of(&f), 1);
	hr_store_close(f.store);
	f.store = writer;
	CU_ASSERT_EQUAL(count_of(&f), 2);
	close_fixture(&f);
}

static void test_store__location_that_is_none__is_refused(void)
{
	static const char *const urls[] = { "", "mysql://a/b", "http://x" };
	struct fixture f = fixture_place();
	hr_store_options options = options_of(&f);

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		options.url = urls[i];
		CU_ASSERT_FALSE(opens(&f, &options));
		CU_ASSERT_EQUAL(f.err.code, HR_E_USAGE);
	}
	options.url = "sqlite:/nowhere/at/all/huren.db";
	CU_ASSERT_FALSE(opens(&f, &options));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	hr_arena_close(f.arena);
}

static const char *path_of(const struct fixture *f)
{
	return f->url + strlen("sqlite:");
}

/* Whatever of a URL is wrong: a part of its password may stand in any of its parts. */
static void test_store__url_that_leads_nowhere__is_not_repeated(void)
{
	static const char *const urls[] = {
		"postgresql://secret@/secret?host=/secret",
		"postgresql://u:secret@/x?host=/secret",
		"postgresql://u:secret@/x?secret=1",
		"postgresql://u:p@127.0.0.1:secret/x",
	};
	struct fixture f = fixture_place();
	hr_store_options options = options_of(&f);

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		options.url = urls[i];
		CU_ASSERT_FALSE(opens(&f, &options));
		CU_ASSERT_TRUE(f.err.code == HR_E_UNAVAILABLE || f.err.code == HR_E_USAGE);
		CU_ASSERT_PTR_NULL(strstr(f.err.message, "secret"));
		CU_ASSERT_PTR_NULL(strstr(f.err.detail, "secret"));
	}
	options.url = urls[0];
	CU_ASSERT_FALSE(opens(&f, &options));
	CU_ASSERT_STRING_EQUAL(f.err.message,
			       "the database cannot be reached: nobody listens there");
	hr_arena_close(f.arena);
}

static void test_store__file__is_its_owners_alone(void)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", "-lock" };
	struct fixture f = fixture_open();

	if (!server) {
		CU_ASSERT_TRUE(put(&f, 1, "a"));
		for (size_t i = 0; i < 4; i++) {
			struct stat st;
			char path[400];

			snprintf(path, sizeof(path), "%s%s", path_of(&f), suffixes[i]);
			CU_ASSERT_EQUAL(stat(path, &st), 0);
			CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
		}
	}
	close_fixture(&f);
}

/* A file that is gone is not made anew: what was in it is not lost by that. */
static void test_store__file_that_goes_and_comes_back__is_waited_for(void)
{
	struct fixture f = fixture_open();

	if (!server) {
		char away[400];

		CU_ASSERT_TRUE(put(&f, 1, "a"));
		hr_store_close(f.store);
		open_store(&f);
		snprintf(away, sizeof(away), "%s.away", path_of(&f));
		CU_ASSERT_EQUAL(rename(path_of(&f), away), 0);
		CU_ASSERT_FALSE(put(&f, 2, "a"));
		CU_ASSERT_EQUAL(f.err.code, HR_E_UNAVAILABLE);
		CU_ASSERT_NOT_EQUAL(access(path_of(&f), F_OK), 0);
		CU_ASSERT_EQUAL(rename(away, path_of(&f)), 0);
		usleep(250000);
		CU_ASSERT_TRUE(put(&f, 3, "a"));
		CU_ASSERT_EQUAL(count_of(&f), 2);
	}
	close_fixture(&f);
}

/* --- versions of the tables --- */

static hr_store_options options_of_version(const struct fixture *f, hr_room *room, size_t version)
{
	hr_store_options options = options_of(f);

	*room = rooms[0];
	room->step_count = version;
	options.rooms = room;
	return options;
}

static bool read_day(hr_tx *tx, void *context, hr_error *err)
{
	static const hr_sql find_day = HR_SQL("SELECT day FROM film WHERE id = $1", "i");
	hr_rows rows;

	if (!hr_tx_select(tx, &find_day, HR_VALUES(hr_sql_int(5)), 1, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		*(int64_t *)context = hr_rows_int(&rows, 0);
	return hr_rows_end(&rows, err);
}

static void test_store__every_earlier_version__is_brought_to_the_newest(void)
{
	for (size_t from = 0; from <= STEPS; from++) {
		struct fixture f = fixture_place();
		hr_room room;
		hr_store_options options = options_of_version(&f, &room, from);
		int64_t day = -1;

		HR_ASSERT_OK(hr_store_open(&options, &f.store, &f.err), f.err);
		if (from)
			CU_ASSERT_TRUE(put(&f, 5, "kept"));
		hr_store_close(f.store);
		open_store(&f);
		CU_ASSERT_EQUAL(count_of(&f), from ? 1 : 0);
		HR_ASSERT_OK(hr_store_read(f.store, read_day, &day, &f.err), f.err);
		CU_ASSERT_EQUAL(day, from == 0 ? -1 : from == 1 ? 1005 : 0);
		CU_ASSERT_FALSE(hr_store_write(f.store, break_reference, NULL, &f.err));
		CU_ASSERT_EQUAL(f.err.code, HR_E_RULE);
		close_fixture(&f);
	}
}

static void test_store__newer_store__is_refused_in_words(void)
{
	struct fixture f = fixture_open();
	hr_room room;
	hr_store_options options = options_of_version(&f, &room, STEPS - 1);

	hr_store_close(f.store);
	CU_ASSERT_FALSE(opens(&f, &options));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NEWER);
	HR_ASSERT_TEXT(hr_str_of(f.err.message),
		       "'film' in the store is of version 3, this huren knows up to 2");
	options.room_count = 0;
	CU_ASSERT_FALSE(opens(&f, &options));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NEWER);
	options.room_count = 1;
	options.read_only = true;
	CU_ASSERT_FALSE(opens(&f, &options));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NEWER);
	hr_arena_close(f.arena);
}

static void test_store__reader_of_an_older_store__does_not_change_it(void)
{
	struct fixture f = fixture_place();
	hr_room room;
	hr_store_options options = options_of_version(&f, &room, 1);

	CU_ASSERT_TRUE(opens(&f, &options));
	options = options_of(&f);
	options.read_only = true;
	CU_ASSERT_FALSE(opens(&f, &options));
	CU_ASSERT_EQUAL(f.err.code, HR_E_UNAVAILABLE);
	hr_arena_close(f.arena);
}

/* An empty file, an empty schema. */
static void test_store__reader_of_no_tables__is_told_to_come_later(void)
{
	struct fixture f = fixture_place();
	hr_store_options options = options_of(&f);

	if (!server)
		hr_test_write("", path_of(&f), "");
	options.read_only = true;
	CU_ASSERT_FALSE(opens(&f, &options));
	CU_ASSERT_EQUAL(f.err.code, HR_E_UNAVAILABLE);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.err.message, "no tables yet"));
	CU_ASSERT_NOT_EQUAL(f.err.detail[0], '\0');
	hr_arena_close(f.arena);
}

static void test_store__step_that_fails__leaves_the_earlier_version(void)
{
	static const char *const bad_steps[] = {
		"CREATE TABLE bad (id BIGINT NOT NULL PRIMARY KEY);",
		"CREATE TABLE bad_more (id BIGINT); INSERT INTO no_such_table VALUES (1);",
	};
	const hr_room bad[] = { rooms[0], { .name = "bad", .steps = bad_steps, .step_count = 2 } };
	struct fixture f = fixture_place();
	hr_store_options options = options_of(&f);

	options.rooms = bad;
	options.room_count = 2;
	CU_ASSERT_FALSE(opens(&f, &options));
	open_store(&f);
	CU_ASSERT_EQUAL(count_of(&f), 0);
	close_fixture(&f);
}

/* Of many that begin at once one holds the lock; the others are told, or come after it. */
static void test_store__many_that_open_at_once__make_each_table_once(void)
{
	struct fixture f = fixture_place();
	hr_store_options options = options_of(&f);
	pid_t children[6];
	int well = 0;

	for (int i = 0; i < 6; i++) {
		children[i] = fork();
		if (children[i] == 0)
			_exit(opens(&f, &options) ? 0 : f.err.code == HR_E_BUSY ? 1 : 2);
	}
	for (int i = 0; i < 6; i++) {
		int status = -1;

		waitpid(children[i], &status, 0);
		CU_ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) < 2);
		well += status == 0;
	}
	CU_ASSERT_TRUE(well >= 1);
	open_store(&f);
	CU_ASSERT_EQUAL(count_of(&f), 0);
	close_fixture(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_store__numbers__come_back),
	HR_TEST(test_store__texts__come_back_whatever_they_hold),
	HR_TEST(test_store__bytes__come_back_whatever_they_are),
	HR_TEST(test_store__null__is_not_empty),
	HR_TEST(test_store__text_that_is_none__is_refused),
	HR_TEST(test_store__more_rows_than_the_limit__is_an_error),
	HR_TEST(test_store__another_statement__ends_the_rows),
	HR_TEST(test_store__rows_that_are_left__are_written_or_their_fault_is_told),
	HR_TEST(test_store__reader_that_hears_no_fault__is_told_by_the_commit),
	HR_TEST(test_store__column_of_another_type__is_an_error),
	HR_TEST(test_store__texts__are_ordered_by_their_bytes),
	HR_TEST(test_store__change__counts_its_rows),
	HR_TEST(test_store__function_that_fails__leaves_nothing),
	HR_TEST(test_store__constraint__is_a_conflict_that_ends_the_transaction),
	HR_TEST(test_store__reference_to_nothing__is_a_conflict),
	HR_TEST(test_store__statement_that_is_wrong__is_our_fault),
	HR_TEST(test_store__read__is_of_one_moment_and_holds_no_writer_up),
	HR_TEST(test_store__many_writers__share_syncs_and_not_their_failures),
	HR_TEST(test_store__second_writer__is_told_who_holds_it),
	HR_TEST(test_store__writer_that_lost_its_lock__leaves_its_namesake_alone),
	HR_TEST(test_store__read_only__reads_beside_the_writer),
	HR_TEST(test_store__copy__is_of_one_moment),
	HR_TEST(test_store__location_that_is_none__is_refused),
	HR_TEST(test_store__url_that_leads_nowhere__is_not_repeated),
	HR_TEST(test_store__file__is_its_owners_alone),
	HR_TEST(test_store__file_that_goes_and_comes_back__is_waited_for),
	HR_TEST(test_store__every_earlier_version__is_brought_to_the_newest),
	HR_TEST(test_store__newer_store__is_refused_in_words),
	HR_TEST(test_store__reader_of_an_older_store__does_not_change_it),
	HR_TEST(test_store__reader_of_no_tables__is_told_to_come_later),
	HR_TEST(test_store__step_that_fails__leaves_the_earlier_version),
	HR_TEST(test_store__many_that_open_at_once__make_each_table_once),
};

int main(int argc, char **argv)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	if (!hr_test_postgres_asked(argc, argv, arena, &server))
		return 77;
	return hr_test_run("store", tests, sizeof(tests) / sizeof(tests[0]));
}
