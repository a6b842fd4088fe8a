#include "dicom/film_walk_book.h"

#include "dicom/film_rows_book.h"
#include "store/store.h"

enum { WALK_ROWS = 1000, UID_ROOM = 65 };

/* By UID, so that what comes meanwhile neither hides another nor is told twice. */
static const hr_sql walk_on =
	HR_SQL("SELECT digest, shelf, copy_number, size, uid FROM film_instance WHERE uid > $1 AND "
	       "availability = 0 ORDER BY uid LIMIT $2",
	       "ti");
static const hr_sql find_object = HR_SQL("SELECT 1 AS one FROM film_instance WHERE shelf = $1 AND "
					 "digest = $2 AND copy_number = $3",
					 "ibi");

struct walk {
	hr_object objects[WALK_ROWS];
	size_t count;
	char uid[UID_ROOM];
	size_t uid_len;
	const hr_object *wanted;
	bool known;
};

static bool walk_part(hr_tx *tx, void *context, hr_error *err)
{
	struct walk *w = context;
	hr_str uid;
	hr_rows rows;

	w->count = 0;
	if (!hr_tx_select(
		    tx, &walk_on,
		    HR_VALUES(hr_sql_text((hr_str){ w->uid, w->uid_len }), hr_sql_int(WALK_ROWS)),
		    WALK_ROWS, &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		if (!hr_film_read_object(&rows, &w->objects[w->count++], err))
			return false;
		uid = hr_rows_text(&rows, 4);
		w->uid_len = uid.len < UID_ROOM ? uid.len : UID_ROOM;
		memcpy(w->uid, uid.data, w->uid_len);
	}
	return hr_rows_end(&rows, err);
}

bool hr_film_walk(hr_store *store, hr_object_visit *visit, void *context, hr_error *err)
{
	struct walk w = { .count = 0 };

	do {
		if (!hr_store_read(store, walk_part, &w, err))
			return false;
		for (size_t i = 0; i < w.count; i++)
			if (!visit(context, &w.objects[i], err))
				return false;
	} while (w.count);
	return true;
}

static bool look_for(hr_tx *tx, void *context, hr_error *err)
{
	struct walk *w = context;
	hr_rows rows;

	if (!hr_tx_select(tx, &find_object,
			  HR_VALUES(hr_sql_int(w->wanted->shelf),
				    hr_sql_bytes(hr_film_bytes_of(&w->wanted->digest)),
				    hr_sql_int(w->wanted->copy)),
			  SIZE_MAX, &rows, err))
		return false;
	w->known = hr_rows_next(&rows);
	return hr_rows_end(&rows, err);
}

bool hr_film_knows(hr_store *store, const hr_object *object, bool *out, hr_error *err)
{
	struct walk w = { .wanted = object };

	if (!hr_store_read(store, look_for, &w, err))
		return false;
	*out = w.known;
	return true;
}
