#include "store/room.h"

enum { ROOMS_MAX = 64 };

struct bring {
	const hr_room *rooms;
	size_t count;
	bool make;
};

static const char make_rooms[] =
	"CREATE TABLE IF NOT EXISTS store_room (room TEXT NOT NULL PRIMARY KEY, version BIGINT "
	"NOT NULL)";

static const hr_sql list_rooms = HR_SQL("SELECT room, version FROM store_room ORDER BY room", "");

static const hr_sql set_version =
	HR_SQL("INSERT INTO store_room (room, version) VALUES ($1, $2) ON CONFLICT (room) DO "
	       "UPDATE SET version = excluded.version",
	       "ti");

static bool fail_newer(hr_error *err, hr_str room, int64_t version, size_t known)
{
	if (known == 0)
		return hr_fail(err, HR_E_NEWER,
			       "the store keeps '%.*s', which this huren does not know",
			       HR_STR_ARG(room));
	return hr_fail(err, HR_E_NEWER,
		       "'%.*s' in the store is of version %lld, this huren knows up to %zu",
		       HR_STR_ARG(room), (long long)version, known);
}

/* A reader of what nobody has made yet: `err` says so, with the word of the engine beneath. */
static bool fail_without_rooms(hr_error *err)
{
	char detail[sizeof(err->detail)];

	memcpy(detail, err->detail, sizeof(detail));
	hr_fail(err, HR_E_UNAVAILABLE,
		"the store has no tables yet, or they may not be read; the service makes them "
		"when it starts");
	memcpy(err->detail, detail, sizeof(detail));
	return false;
}

/* The versions that the store has, in the order of the rooms; 0: the room is new. */
static bool read_versions(hr_tx *tx, const struct bring *b, int64_t versions[], hr_error *err)
{
	hr_rows rows;

	if (!hr_tx_select(tx, &list_rooms, HR_NO_VALUES, ROOMS_MAX, &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		hr_str name = hr_rows_text(&rows, 0);
		int64_t version = hr_rows_int(&rows, 1);
		size_t at = 0;

		while (at < b->count && !hr_str_equal(name, hr_str_of(b->rooms[at].name)))
			at++;
		if (at == b->count || version < 0 || (size_t)version > b->rooms[at].step_count)
			return fail_newer(err, name, version,
					  at < b->count ? b->rooms[at].step_count : 0);
		versions[at] = version;
	}
	return hr_rows_end(&rows, err);
}

static bool find_versions(hr_tx *tx, const struct bring *b, int64_t versions[], hr_error *err)
{
	if (read_versions(tx, b, versions, err))
		return true;
	return b->make || err->code != HR_E_INTERNAL ? false : fail_without_rooms(err);
}

static bool bring_room(hr_tx *tx, const hr_room *room, int64_t version, bool make, hr_error *err)
{
	if ((size_t)version == room->step_count)
		return true;
	if (!make)
		return hr_fail(err, HR_E_UNAVAILABLE,
			       "'%s' in the store is of version %lld and not yet of %zu; the "
			       "service brings it there when it starts",
			       room->name, (long long)version, room->step_count);
	for (size_t i = (size_t)version; i < room->step_count; i++)
		if (!tx->conn->engine->script(tx->conn, room->steps[i], err))
			return false;
	return hr_tx_run(tx, &set_version,
			 HR_VALUES(hr_sql_text(hr_str_of(room->name)),
				   hr_sql_int((int64_t)room->step_count)),
			 err);
}

static bool bring(hr_tx *tx, void *context, hr_error *err)
{
	const struct bring *b = context;
	int64_t versions[ROOMS_MAX] = { 0 };

	if (b->make && !tx->conn->engine->script(tx->conn, make_rooms, err))
		return false;
	if (!find_versions(tx, b, versions, err))
		return false;
	for (size_t i = 0; i < b->count; i++)
		if (!bring_room(tx, &b->rooms[i], versions[i], b->make, err))
			return false;
	return true;
}

bool hr_rooms_bring(hr_conn *conn, const hr_room *rooms, size_t count, hr_error *err)
{
	struct bring b = { rooms, count, conn->role == HR_CONN_MAKER };

	if (count > ROOMS_MAX)
		return hr_fail(err, HR_E_LIMIT, "there are over %d rooms", ROOMS_MAX);
	return hr_conn_transact(conn, bring, &b, err);
}
