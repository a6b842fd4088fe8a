/* What the store does when memory is short: the n-th allocation fails, for every n. */
#include "store/store.h"

#include "failing_malloc.h"
#include "testing.h"

#include <unistd.h>

#include <stdio.h>
#include <stdlib.h>

/* The disk is not what is tested here. */
int fsync(int fd)
{
	(void)fd;
	return 0;
}

int fdatasync(int fd)
{
	return fsync(fd);
}

static const char *const steps[] = {
	"CREATE TABLE film (id BIGINT NOT NULL PRIMARY KEY, name TEXT, body BYTEA);",
	"CREATE INDEX film_name ON film (name)",
};
static const hr_room room = { .name = "film", .steps = steps, .step_count = 2 };

static const hr_sql add = HR_SQL("INSERT INTO film (id, name, body) VALUES ($1, $2, $3)", "itb");
static const hr_sql count_all = HR_SQL("SELECT COUNT(*), MAX(name), MAX(body) FROM film", "");

struct place {
	const char *path;
	hr_store *store;
	int64_t count;
};

static bool add_one(hr_tx *tx, void *context, hr_error *err)
{
	const struct place *place = context;
	hr_sql_values values = HR_VALUES(hr_sql_int(place->count), hr_sql_text(HR_STR("张建国")),
					 hr_sql_bytes(HR_STR("\0\1")));

	return hr_tx_run(tx, &add, values, err);
}

static bool count_them(hr_tx *tx, void *context, hr_error *err)
{
	hr_rows rows;

	if (!hr_tx_select(tx, &count_all, HR_NO_VALUES, 1, &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		*(int64_t *)context = hr_rows_int(&rows, 0);
		hr_rows_text(&rows, 1);
		hr_rows_bytes(&rows, 2);
	}
	return hr_rows_end(&rows, err);
}

static bool open_at(struct place *place, hr_error *err)
{
	const hr_store_options options = {
		.url = place->path, .who = "test", .rooms = &room, .room_count = 1
	};

	return hr_store_open(&options, &place->store, err);
}

static struct place new_place(hr_arena *arena)
{
	hr_buf path;

	hr_buf_init(&path, arena, 4000);
	hr_buf_addf(&path, "%s/huren.db", hr_test_folder(arena));
	return (struct place){ .path = path.data };
}

/* A new store each time; what a failed attempt has made may stay, and must not be in the way. */
static bool open_write_and_read(void *context, hr_error *err)
{
	struct place *place = context;
	int64_t seen = -1;
	bool ok;

	if (!open_at(place, err))
		return false;
	ok = hr_store_write(place->store, add_one, place, err);
	place->count += ok;
	ok = ok && hr_store_read(place->store, count_them, &seen, err);
	if (ok)
		CU_ASSERT_EQUAL(seen, place->count);
	hr_store_close(place->store);
	return ok;
}

static void test_store_memory__every_allocation_may_fail(void)
{
	hr_arena *arena = hr_test_arena();
	struct place place = new_place(arena);
	int64_t seen = -1;
	hr_error err;

	CU_ASSERT_TRUE(hr_failing_malloc_each(open_write_and_read, &place) > 50);
	HR_ASSERT_OK(open_at(&place, &err), err);
	HR_ASSERT_OK(hr_store_read(place.store, count_them, &seen, &err), err);
	CU_ASSERT_EQUAL(seen, place.count);
	hr_store_close(place.store);
	hr_arena_close(arena);
}

/* In an open store: nothing of a transaction that failed is there, the next one goes well. */
static void test_store_memory__in_use__what_is_acknowledged_is_there(void)
{
	hr_arena *arena = hr_test_arena();
	struct place place = new_place(arena);
	hr_error err;
	int64_t seen = -1;

	HR_ASSERT_OK(open_at(&place, &err), err);
	for (unsigned long n = 1; n <= 60; n++) {
		bool ok;

		hr_failing_malloc_set(n);
		ok = hr_store_write(place.store, add_one, &place, &err);
		hr_failing_malloc_set(0);
		CU_ASSERT_TRUE(ok || err.code == HR_E_MEMORY);
		place.count += ok;
		HR_ASSERT_OK(hr_store_read(place.store, count_them, &seen, &err), err);
		CU_ASSERT_EQUAL(seen, place.count);
	}
	hr_store_close(place.store);
	hr_arena_close(arena);
}

static const hr_test tests[] = {
	HR_TEST(test_store_memory__every_allocation_may_fail),
	HR_TEST(test_store_memory__in_use__what_is_acknowledged_is_there),
};

HR_TEST_MAIN("store memory", tests)
