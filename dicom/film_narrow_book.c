#include "dicom/film_narrow_book.h"

#include "store/store.h"

enum { MODALITIES = 0x00080061, MODALITIES_BYTES_MAX = 64 * 1024 };

void hr_film_narrow_filters(hr_film_filters *filters)
{
	for (size_t i = 0; i < filters->count; i++)
		if (filters->items[i].attribute->tag == MODALITIES)
			hr_film_filters_meet(filters, &filters->items[i]);
}

/* A row a series. */
static const hr_sql count_parts =
	HR_SQL("SELECT r.modality, COUNT(*), MAX(i.availability) FROM film_series r JOIN "
	       "film_instance i ON i.patient = r.patient AND i.study = r.study AND i.series = "
	       "r.series WHERE r.patient = $1 AND r.study = $2 AND " HR_FILM_IN_PARTS(
		       "$3") " GROUP BY r.modality, r.series ORDER BY r.modality, r.series",
	       "bii");

/* They come in their order: the same one stands beside itself. */
static void add_modality(hr_buf *list, hr_str *last, hr_str modality, hr_arena *arena)
{
	if (modality.len == 0 || hr_str_equal(modality, *last))
		return;
	if (list->len)
		hr_buf_add_char(list, '\\');
	hr_buf_add(list, modality);
	*last = hr_str_copy(arena, modality);
}

bool hr_film_narrow_study(hr_tx *tx, hr_film_parts parts, hr_str patient, int64_t study,
			  hr_arena *arena, hr_film_found_study *found, hr_error *err)
{
	int64_t availability = HR_FILM_ONLINE;
	hr_str last = HR_STR_NONE;
	hr_buf modalities;
	hr_rows rows;

	hr_buf_init(&modalities, arena, MODALITIES_BYTES_MAX);
	found->series_count = 0;
	found->instance_count = 0;
	if (!hr_tx_select(tx, &count_parts,
			  HR_VALUES(hr_sql_bytes(patient), hr_sql_int(study), hr_sql_int(parts)),
			  SIZE_MAX, &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		const int64_t worst = hr_rows_int(&rows, 2);

		add_modality(&modalities, &last, hr_rows_text(&rows, 0), arena);
		found->series_count++;
		found->instance_count += hr_rows_int(&rows, 1);
		availability = worst > availability ? worst : availability;
	}
	if (!hr_rows_end(&rows, err))
		return false;
	if (modalities.failed || hr_arena_is_short(arena))
		return hr_fail_memory(err);
	found->modalities = hr_buf_str(&modalities);
	found->availability = hr_film_availability_of(availability);
	return true;
}
