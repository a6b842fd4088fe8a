#include "store/group.h"

#include <errno.h>
#include <limits.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { ARENA_BYTES = 1 << 20, READERS = 8, READERS_MAX = 256, READER_WAIT_S = 10 };

struct reader {
	hr_link link;
	bool used;
};

struct hr_store {
	hr_arena *arena; /* holds this struct */
	hr_place place;
	bool read_only;
	hr_group group;
	struct reader *readers;
	unsigned reader_count;
	pthread_mutex_t lock; /* of who uses which reader */
	pthread_cond_t freed;
};

/* --- reading --- */

/* One that is open before one that is not. `lock` held. */
static struct reader *find_free(hr_store *store)
{
	struct reader *found = NULL;

	for (unsigned i = 0; i < store->reader_count; i++) {
		struct reader *reader = &store->readers[i];

		if (!reader->used && (!found || (reader->link.conn && !found->link.conn)))
			found = reader;
	}
	return found;
}

static bool take_reader(hr_store *store, struct reader **out, hr_error *err)
{
	struct reader *reader;
	struct timespec until;
	int waited = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += READER_WAIT_S;
	pthread_mutex_lock(&store->lock);
	while (!(reader = find_free(store)) && waited == 0)
		waited = pthread_cond_timedwait(&store->freed, &store->lock, &until);
	if (reader)
		reader->used = true;
	pthread_mutex_unlock(&store->lock);
	*out = reader;
	return reader || hr_fail(err, HR_E_BUSY, "all %u readers of the store are in use",
				 store->reader_count);
}

static void put_reader(hr_store *store, struct reader *reader)
{
	hr_link_put(&reader->link);
	pthread_mutex_lock(&store->lock);
	reader->used = false;
	pthread_cond_signal(&store->freed);
	pthread_mutex_unlock(&store->lock);
}

bool hr_store_read(hr_store *store, hr_tx_function *function, void *context, hr_error *err)
{
	struct reader *reader;
	hr_conn *conn;
	bool ok;

	if (!take_reader(store, &reader, err))
		return false;
	ok = hr_link_get(&reader->link, &conn, err) &&
	     hr_conn_transact(conn, function, context, err);
	put_reader(store, reader);
	return ok;
}

bool hr_store_write(hr_store *store, hr_tx_function *function, void *context, hr_error *err)
{
	if (store->read_only)
		return hr_fail(err, HR_E_READ_ONLY, "the store was opened to be read");
	return hr_group_write(&store->group, function, context, err);
}

/* --- opening --- */

static const struct {
	hr_str start;
	const hr_engine *engine;
	bool whole; /* the engine is given the URL, not what comes after its start */
} schemes[] = {
	{ HR_STR_INIT("postgres://"), &hr_engine_postgres, true },
	{ HR_STR_INIT("postgresql://"), &hr_engine_postgres, true },
	{ HR_STR_INIT("sqlite:"), &hr_engine_sqlite, false },
};

static bool find_engine(const char *url, const hr_engine **engine, const char **where,
			hr_error *err)
{
	hr_str text = hr_str_of(url);

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (hr_str_starts_with(text, schemes[i].start)) {
			*engine = schemes[i].engine;
			*where = schemes[i].whole ? url : url + schemes[i].start.len;
			return true;
		}
	/* Not shown: it may hold a password. */
	if (text.len == 0 || hr_str_find(text, HR_STR("://")) < text.len)
		return hr_fail(err, HR_E_USAGE,
			       "a store is a path, 'sqlite:PATH' or 'postgresql://...'");
	*engine = &hr_engine_sqlite;
	*where = url;
	return true;
}

static bool open_locks(hr_store *store)
{
	if (!hr_group_init(&store->group))
		return false;
	if (pthread_mutex_init(&store->lock, NULL) == 0) {
		if (pthread_cond_init(&store->freed, NULL) == 0)
			return true;
		pthread_mutex_destroy(&store->lock);
	}
	hr_group_dispose(&store->group);
	return false;
}

static hr_room *copy_rooms(hr_arena *arena, const hr_store_options *options)
{
	hr_room *rooms = HR_NEW_N(arena, hr_room, options->room_count + 1);

	if (rooms && options->room_count)
		memcpy(rooms, options->rooms, options->room_count * sizeof(*rooms));
	return rooms;
}

static bool set_place(hr_store *store, const hr_store_options *options, const char *where,
		      hr_error *err)
{
	hr_place *place = &store->place;

	place->where = hr_str_terminated(store->arena, hr_str_of(where));
	place->who = hr_str_terminated(store->arena, hr_str_of(options->who));
	if (!place->where || !place->who)
		return hr_fail_memory(err);
	return getrandom(&place->number, sizeof(place->number), 0) ==
		       (ssize_t)sizeof(place->number) ||
	       hr_fail_errno(err, errno, "draw", "random numbers");
}

static bool set_links(hr_store *store, const hr_store_options *options, hr_error *err)
{
	hr_link link = { .place = &store->place, .role = HR_CONN_READER };
	const char *where = NULL;

	if (!find_engine(options->url, &link.engine, &where, err) ||
	    !set_place(store, options, where, err))
		return false;
	store->reader_count = options->readers ? options->readers : READERS;
	if (store->reader_count > READERS_MAX)
		store->reader_count = READERS_MAX;
	store->readers = HR_NEW_N(store->arena, struct reader, store->reader_count);
	link.rooms = copy_rooms(store->arena, options);
	link.room_count = options->room_count;
	if (!store->readers || !link.rooms)
		return hr_fail_memory(err);
	for (unsigned i = 0; i < store->reader_count; i++)
		store->readers[i].link = link;
	store->group.link = link;
	store->group.link.role = HR_CONN_MAKER;
	return true;
}

/* The first connection of the store: whatever is wrong with it is known when it is opened. */
static bool open_first(hr_store *store, hr_error *err)
{
	hr_link *link = store->read_only ? &store->readers[0].link : &store->group.link;
	hr_conn *conn;

	if (!hr_link_get(link, &conn, err))
		return false;
	store->group.link.role = HR_CONN_WRITER;
	return true;
}

static void free_store(hr_store *store)
{
	for (unsigned i = 0; i < store->reader_count; i++)
		hr_link_close(&store->readers[i].link);
	hr_link_close(&store->group.link);
	if (store->place.lock >= 0)
		close(store->place.lock);
	pthread_cond_destroy(&store->freed);
	pthread_mutex_destroy(&store->lock);
	hr_group_dispose(&store->group);
	hr_arena_close(store->arena);
}

bool hr_store_open(const hr_store_options *options, hr_store **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open(ARENA_BYTES);
	hr_store *store = arena ? HR_NEW(arena, hr_store) : NULL;

	if (!store || !open_locks(store)) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	store->arena = arena;
	store->place.lock = -1;
	store->read_only = options->read_only;
	if (!set_links(store, options, err) || !open_first(store, err)) {
		free_store(store);
		return false;
	}
	*out = store;
	return true;
}

void hr_store_close(hr_store *store)
{
	if (store)
		free_store(store);
}

bool hr_store_copy(const char *url, const char *to, hr_error *err)
{
	const hr_engine *engine;
	const char *where;

	if (!find_engine(url, &engine, &where, err))
		return false;
	return engine->copy
		       ? engine->copy(where, to, err)
		       : hr_fail(err, HR_E_UNSUPPORTED,
				 "a store in PostgreSQL is copied by its own programs: pg_dump");
}
