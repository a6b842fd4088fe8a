#include "dicom/film_patient_book.h"

#include "dicom/film_rows_book.h"
#include "store/patient_key.h"
#include "store/store.h"

static const hr_sql list_mine =
	HR_SQL("SELECT uid, study_date, institution, source, description, modalities, "
	       "accession_number, series_count, instance_count FROM film_study s WHERE "
	       "s.patient = $1 AND s.state = 1 ORDER BY age, uid LIMIT $2 OFFSET $3",
	       "bii");

struct listing {
	const hr_patient_key *patient;
	size_t skip;
	size_t limit;
	hr_arena *arena;
	hr_film_mine *list;
	size_t count;
	bool more;
};

static hr_film_mine read_mine(hr_rows *rows, hr_arena *arena)
{
	hr_str name = hr_rows_text(rows, 2);

	return (hr_film_mine){
		.uid = hr_str_copy(arena, hr_rows_text(rows, 0)),
		.study_date = hr_str_copy(arena, hr_rows_text(rows, 1)),
		.institution = hr_str_copy(arena, name.len ? name : hr_rows_text(rows, 3)),
		.description = hr_str_copy(arena, hr_rows_text(rows, 4)),
		.modalities = hr_str_copy(arena, hr_rows_text(rows, 5)),
		.accession_number = hr_str_copy(arena, hr_rows_text(rows, 6)),
		.series_count = hr_rows_int(rows, 7),
		.instance_count = hr_rows_int(rows, 8),
	};
}

static bool list_studies(hr_tx *tx, void *context, hr_error *err)
{
	struct listing *l = context;
	hr_rows rows;

	if (!hr_tx_select(tx, &list_mine,
			  HR_VALUES(hr_sql_bytes(hr_film_bytes_of(&l->patient->digest)),
				    hr_sql_int((int64_t)l->limit + 1),
				    hr_sql_int((int64_t)l->skip)),
			  l->limit + 1, &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		if (l->count < l->limit)
			l->list[l->count++] = read_mine(&rows, l->arena);
		else
			l->more = true;
	}
	return hr_rows_end(&rows, err);
}

bool hr_film_list_mine(hr_store *store, const hr_patient_key *patient, size_t skip, size_t limit,
		       hr_arena *arena, hr_film_mine **out, size_t *count, bool *more,
		       hr_error *err)
{
	struct listing l = { .patient = patient, .skip = skip, .limit = limit, .arena = arena };

	l.list = HR_NEW_N(arena, hr_film_mine, limit + 1);
	if (!l.list)
		return hr_fail_memory(err);
	if (!hr_store_read(store, list_studies, &l, err))
		return false;
	if (hr_arena_is_short(arena))
		return hr_fail_memory(err);
	*out = l.list;
	*count = l.count;
	*more = l.more;
	return true;
}
