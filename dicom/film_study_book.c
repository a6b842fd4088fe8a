#include "dicom/film_study_book.h"

#include "dicom/film_rows_book.h"
#include "store/patient_key.h"
#include "store/store.h"

static const hr_sql find_study =
	HR_SQL("SELECT " HR_FILM_STUDY_COLUMNS " FROM film_study s WHERE s.uid = $1", "t");
static const hr_sql list_unmatched =
	HR_SQL("SELECT " HR_FILM_STUDY_COLUMNS " FROM film_study s WHERE s.matched = 0 ORDER BY "
	       "s.age, s.uid LIMIT $1",
	       "i");
static const hr_sql find_numbered =
	HR_SQL("SELECT " HR_FILM_STUDY_COLUMNS " FROM film_key k JOIN film_study s ON s.patient = "
	       "k.patient AND s.study = k.study WHERE k.kind = $1 AND k.key = $2 ORDER BY k.age, "
	       "k.uid LIMIT $3",
	       "iti");

/* --- rows --- */

static hr_film_state state_of(int64_t number)
{
	return number >= 0 && number < HR_FILM_STATES ? (hr_film_state)number : HR_FILM_WITHDRAWN;
}

bool hr_film_row_read(hr_rows *rows, hr_arena *arena, hr_film_row *out, hr_error *err)
{
	hr_film_row row = {
		.number = hr_rows_int(rows, 1),
		.told = { .uid = hr_str_copy(arena, hr_rows_text(rows, 2)),
			  .state = state_of(hr_rows_int(rows, 3)),
			  .matched = hr_rows_int(rows, 4) != 0,
			  .generation = hr_rows_int(rows, 5),
			  .patient_id = hr_str_copy(arena, hr_rows_text(rows, 6)),
			  .patient_id_issuer = hr_str_copy(arena, hr_rows_text(rows, 7)),
			  .institution = hr_str_copy(arena, hr_rows_text(rows, 8)),
			  .patient_name = hr_str_copy(arena, hr_rows_text(rows, 9)),
			  .accession_number = hr_str_copy(arena, hr_rows_text(rows, 10)),
			  .study_date = hr_str_copy(arena, hr_rows_text(rows, 11)),
			  .instance_count = hr_rows_int(rows, 12),
			  .birth_date = hr_str_copy(arena, hr_rows_text(rows, 14)),
			  .sex = hr_str_copy(arena, hr_rows_text(rows, 15)),
			  .institution_name = hr_str_copy(arena, hr_rows_text(rows, 16)),
			  .is_elsewhere = hr_rows_int(rows, 17) != HR_FILM_ONLINE },
		.changed = hr_rows_int(rows, 13),
	};

	if (!hr_film_digest_of(hr_rows_bytes(rows, 0), &row.patient))
		return hr_fail(err, HR_E_IO, "the index has a study without its patient's key");
	if (hr_arena_is_short(arena))
		return hr_fail_memory(err);
	*out = row;
	return true;
}

/* Of a UID there is one; `*is_there`: it is. */
static bool find_row(hr_tx *tx, hr_str uid, hr_arena *arena, hr_film_row *out, bool *is_there,
		     hr_error *err)
{
	hr_rows rows;

	*is_there = false;
	if (!hr_tx_select(tx, &find_study, HR_VALUES(hr_sql_text(uid)), 1, &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		if (!hr_film_row_read(&rows, arena, out, err))
			return false;
		*is_there = true;
	}
	return hr_rows_end(&rows, err);
}

bool hr_film_row_get(hr_tx *tx, hr_str study_uid, hr_arena *arena, hr_film_row *out, hr_error *err)
{
	hr_film_row row;
	bool is_there;

	if (!find_row(tx, study_uid, arena, &row, &is_there, err))
		return false;
	if (!is_there)
		return hr_fail(err, HR_E_NOT_FOUND, "no such film is here");
	*out = row;
	return true;
}

/* --- one, and the work list --- */

struct list {
	hr_str uid; /* one; else the work list */
	hr_arena *arena;
	hr_film_study *items;
	size_t count;
	size_t limit;
};

static bool get_one(hr_tx *tx, void *context, hr_error *err)
{
	struct list *l = context;
	hr_film_row row;

	if (!hr_film_row_get(tx, l->uid, l->arena, &row, err))
		return false;
	*l->items = row.told;
	return true;
}

bool hr_film_study_get(hr_store *store, hr_str study_uid, hr_arena *arena, hr_film_study *out,
		       hr_error *err)
{
	struct list l = { .uid = study_uid, .arena = arena, .items = out };

	return hr_store_read(store, get_one, &l, err);
}

static bool get_unmatched(hr_tx *tx, void *context, hr_error *err)
{
	struct list *l = context;
	hr_film_row row;
	hr_rows rows;

	if (!hr_tx_select(tx, &list_unmatched, HR_VALUES(hr_sql_int((int64_t)l->limit)), l->limit,
			  &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		if (!hr_film_row_read(&rows, l->arena, &row, err))
			return false;
		l->items[l->count++] = row.told;
	}
	return hr_rows_end(&rows, err);
}

bool hr_film_list_unmatched(hr_store *store, size_t limit, hr_arena *arena, hr_film_study **out,
			    size_t *count, hr_error *err)
{
	struct list l = { .arena = arena, .limit = limit };

	l.items = HR_NEW_N(arena, hr_film_study, limit + 1);
	if (!l.items)
		return hr_fail_memory(err);
	if (!hr_store_read(store, get_unmatched, &l, err))
		return false;
	*out = l.items;
	*count = l.count;
	return true;
}

/* --- those that a report may be of --- */

struct seeking {
	const hr_film_leads *leads;
	const hr_film_scope *scope;
	hr_arena *arena;
	hr_film_found *list; /* room for all that there may be */
	size_t count;
	bool more;
};

static bool is_in(const hr_film_scope *scope, const hr_film_row *row)
{
	if (scope && scope->patient)
		return row->told.state == HR_FILM_PUBLISHED &&
		       hr_digest_equal(&row->patient, &scope->patient->digest);
	return hr_film_is_in(scope, row->told.uid);
}

/* Who may not see it does not learn that it is there. */
static void keep(struct seeking *s, const hr_film_row *row)
{
	if (!is_in(s->scope, row))
		return;
	for (size_t i = 0; i < s->count; i++)
		if (hr_str_equal(s->list[i].study.uid, row->told.uid))
			return;
	s->list[s->count++] = (hr_film_found){ row->told, row->patient };
}

static bool find_study_of(struct seeking *s, hr_tx *tx, hr_str uid, hr_error *err)
{
	hr_film_row row;
	bool is_there;

	if (!find_row(tx, uid, s->arena, &row, &is_there, err))
		return false;
	if (is_there)
		keep(s, &row);
	return true;
}

static bool find_number(struct seeking *s, hr_tx *tx, hr_str number, hr_error *err)
{
	size_t seen = 0;
	hr_film_row row;
	hr_rows rows;

	if (!hr_tx_select(tx, &find_numbered,
			  HR_VALUES(hr_sql_int(HR_FILM_KEY_ACCESSION),
				    hr_sql_text(hr_film_key_of(number)),
				    hr_sql_int(HR_FILM_FOUND_MAX + 1)),
			  HR_FILM_FOUND_MAX + 1, &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		if (!hr_film_row_read(&rows, s->arena, &row, err))
			return false;
		if (seen++ < HR_FILM_FOUND_MAX)
			keep(s, &row);
	}
	s->more |= seen > HR_FILM_FOUND_MAX;
	return hr_rows_end(&rows, err);
}

static bool seek(hr_tx *tx, void *context, hr_error *err)
{
	struct seeking *s = context;

	s->count = 0;
	s->more = false;
	for (size_t i = 0; i < s->leads->study_count; i++)
		if (!find_study_of(s, tx, s->leads->study_uids[i], err))
			return false;
	for (size_t i = 0; i < s->leads->number_count; i++)
		if (!find_number(s, tx, s->leads->numbers[i], err))
			return false;
	return true;
}

bool hr_film_find_leads(hr_store *store, const hr_film_leads *leads, const hr_film_scope *scope,
			hr_arena *arena, hr_film_found **out, size_t *count, bool *more,
			hr_error *err)
{
	struct seeking s = { .leads = leads, .scope = scope, .arena = arena };

	s.list = HR_NEW_N(arena, hr_film_found,
			  leads->study_count + leads->number_count * HR_FILM_FOUND_MAX + 1);
	if (!s.list)
		return hr_fail_memory(err);
	if (!hr_store_read(store, seek, &s, err))
		return false;
	*out = s.list;
	*count = s.count;
	*more = s.more;
	return true;
}
