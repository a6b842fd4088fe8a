/* The instances of a study, a series, or one: where their bytes are, and what is ready of them. */
#include "dicom/film_rows_book.h"

#include "store/store.h"

enum { INSTANCES_MAX = 100000, FIRST_ROOM = 64 };

/* What was not asked for is not read: `$4` and `$5` say what is. `$6` to `$8` are the scope. */
#define INSTANCES(where)                                                                           \
	"SELECT s.uid, r.uid, i.uid, i.sop_class, i.transfer_syntax, i.height, i.width, "          \
	"i.frame_count, i.digest, i.shelf, i.copy_number, i.size, CASE WHEN $4 = 1 THEN c.frames " \
	"END, CASE WHEN $5 = 1 THEN c.metadata END, i.availability, r.address FROM "               \
	"film_instance i JOIN film_study s ON s.patient = i.patient AND s.study = i.study JOIN "   \
	"film_series r ON r.patient = i.patient AND r.study = i.study AND r.series = i.series "    \
	"JOIN film_content c ON c.patient = i.patient AND c.study = i.study AND c.series = "       \
	"i.series AND c.place = i.place AND c.uid = i.uid WHERE s.uid = $1 AND ($2 = '' OR r.uid " \
	"= $2) AND " HR_FILM_IN_SCOPE("$6", "$7") " AND " HR_FILM_IN_PARTS(                        \
		"$8") " AND " where " ORDER BY r.place, r.uid, i.place, i.uid"

static const hr_sql get_one = HR_SQL(INSTANCES("i.uid = $3"), "tttiiibi");
static const hr_sql get_series = HR_SQL(INSTANCES("r.uid = $2 AND $3 = ''"), "tttiiibi");
static const hr_sql get_study = HR_SQL(INSTANCES("$3 = ''"), "tttiiibi");

struct get {
	hr_str study_uid;
	hr_str series_uid;
	hr_str instance_uid;
	const hr_film_scope *scope;
	unsigned with;
	hr_arena *arena;
	hr_film_instance *list;
	size_t count;
	size_t room;
};

static bool grow(struct get *g, hr_error *err)
{
	size_t room = g->room ? g->room * 2 : FIRST_ROOM;
	hr_film_instance *list;

	if (g->count < g->room)
		return true;
	list = HR_NEW_N(g->arena, hr_film_instance, room);
	if (!list)
		return hr_fail_memory(err);
	if (g->count)
		memcpy(list, g->list, g->count * sizeof(*list));
	g->list = list;
	g->room = room;
	return true;
}

static bool add(struct get *g, hr_rows *rows, hr_error *err)
{
	hr_arena *arena = g->arena;
	hr_film_instance *i;

	if (!grow(g, err))
		return false;
	i = &g->list[g->count++];
	*i = (hr_film_instance){
		.study_uid = hr_str_copy(arena, hr_rows_text(rows, 0)),
		.series_uid = hr_str_copy(arena, hr_rows_text(rows, 1)),
		.instance_uid = hr_str_copy(arena, hr_rows_text(rows, 2)),
		.sop_class = hr_str_copy(arena, hr_rows_text(rows, 3)),
		.transfer_syntax = hr_str_copy(arena, hr_rows_text(rows, 4)),
		.rows = (uint32_t)hr_rows_int(rows, 5),
		.columns = (uint32_t)hr_rows_int(rows, 6),
		.frame_count = (uint32_t)hr_rows_int(rows, 7),
		.object = { .shelf = (uint32_t)hr_rows_int(rows, 9),
			    .copy = (uint32_t)hr_rows_int(rows, 10),
			    .size = (uint64_t)hr_rows_int(rows, 11) },
		.frames = hr_str_copy(arena, hr_rows_bytes(rows, 12)),
		.metadata = hr_str_copy(arena, hr_rows_bytes(rows, 13)),
		.availability = hr_film_availability_of(hr_rows_int(rows, 14)),
	};
	if (i->availability != HR_FILM_ONLINE)
		i->address = hr_str_copy(arena, hr_rows_text(rows, 15));
	else if (!hr_film_digest_of(hr_rows_bytes(rows, 8), &i->object.digest))
		return hr_fail(err, HR_E_IO, "the index has an object without its digest");
	return !hr_arena_is_short(arena) || hr_fail_memory(err);
}

static bool get(hr_tx *tx, void *context, hr_error *err)
{
	struct get *g = context;
	const hr_sql *sql = g->instance_uid.len ? &get_one
			    : g->series_uid.len ? &get_series
						: &get_study;
	hr_rows rows;

	if (!hr_tx_select(tx, sql,
			  HR_VALUES(hr_sql_text(g->study_uid), hr_sql_text(g->series_uid),
				    hr_sql_text(g->instance_uid),
				    hr_sql_int(!!(g->with & HR_FILM_WITH_FRAMES)),
				    hr_sql_int(!!(g->with & HR_FILM_WITH_METADATA)),
				    hr_sql_int(hr_film_scope_flag(g->scope)),
				    hr_sql_bytes(hr_film_scope_patient(g->scope)),
				    hr_sql_int(hr_film_scope_parts(g->scope))),
			  INSTANCES_MAX, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		if (!add(g, &rows, err))
			return false;
	return hr_rows_end(&rows, err);
}

bool hr_film_instances(hr_store *store, hr_str study_uid, hr_str series_uid, hr_str instance_uid,
		       const hr_film_scope *scope, unsigned with, hr_arena *arena,
		       hr_film_instance **out, size_t *count, hr_error *err)
{
	struct get g = { .study_uid = study_uid,
			 .series_uid = series_uid,
			 .instance_uid = instance_uid,
			 .scope = scope,
			 .with = with,
			 .arena = arena };

	if (hr_film_is_in(scope, study_uid) && !hr_store_read(store, get, &g, err))
		return false;
	if (g.count == 0)
		return hr_fail(err, HR_E_NOT_FOUND, "no such film is here");
	*out = g.list;
	*count = g.count;
	return true;
}

/* --- for who asks whether they are there --- */

static const hr_sql find_object =
	HR_SQL("SELECT 1 AS one FROM film_instance WHERE uid = $1 AND sop_class = $2 AND "
	       "availability = 0",
	       "tt");

struct have {
	const hr_str *instance_uids;
	const hr_str *sop_classes;
	size_t count;
	bool *present;
};

static bool have(hr_tx *tx, void *context, hr_error *err)
{
	const struct have *h = context;
	hr_rows rows;

	for (size_t i = 0; i < h->count; i++) {
		if (!hr_tx_select(tx, &find_object,
				  HR_VALUES(hr_sql_text(h->instance_uids[i]),
					    hr_sql_text(h->sop_classes[i])),
				  SIZE_MAX, &rows, err))
			return false;
		h->present[i] = hr_rows_next(&rows);
		if (!hr_rows_end(&rows, err))
			return false;
	}
	return true;
}

bool hr_film_have(hr_store *store, const hr_str *instance_uids, const hr_str *sop_classes,
		  size_t count, bool *present, hr_error *err)
{
	struct have h = { instance_uids, sop_classes, count, present };

	return hr_store_read(store, have, &h, err);
}
