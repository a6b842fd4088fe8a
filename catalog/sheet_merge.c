/*
 * What a sheet changes. A row of the sheet is the row of a file when the key
 * columns agree; of several, the one that is equal all over. The others of the
 * sheet are new. The others of the files stay, unless the sheet is to be the
 * whole truth about its days.
 */
#include "base/map.h"
#include "catalog/sheet_parts.h"

static const hr_column *column_at(const hr_sheet *sheet, size_t i)
{
	return &sheet->table->columns[i];
}

static hr_str format_value(hr_sheet *sheet, const hr_column *column, hr_str value)
{
	if (value.len == 0)
		return HR_STR("-");
	return column->type->format ? column->type->format(sheet, column, value) : value;
}

/* --- which row is which --- */

/* The values of the key columns; `dated`: with the first day. */
static hr_str key_of(hr_sheet *sheet, const hr_fact *fact, bool dated)
{
	hr_buf buf;

	hr_sheet_buf(sheet, &buf);
	for (size_t i = 0; i < sheet->table->column_count; i++) {
		const hr_column *column = column_at(sheet, i);

		if (!(column->flags & HR_COLUMN_KEY) ||
		    (!dated && hr_str_equal(column->attr, HR_STR("from"))))
			continue;
		hr_buf_add(&buf, fact->values[i]);
		hr_buf_add_char(&buf, '\x1f');
	}
	return hr_sheet_str(sheet, &buf);
}

static bool differs(const hr_sheet *sheet, const hr_fact *row, const hr_fact *old, size_t i)
{
	return row->given & 1u << i && !(column_at(sheet, i)->flags & HR_COLUMN_SHOWN) &&
	       !hr_str_equal(row->values[i], old->values[i]);
}

static bool is_same(const hr_sheet *sheet, const hr_fact *row, const hr_fact *old)
{
	for (size_t i = 0; i < sheet->table->column_count; i++)
		if (differs(sheet, row, old, i))
			return false;
	return true;
}

static size_t count_old(const hr_sheet *sheet)
{
	size_t count = 0;

	for (const hr_sheet_file *file = sheet->files; file; file = file->next)
		count += file->fact_count;
	return count;
}

static bool index_old(hr_sheet *sheet, hr_map *map, hr_fact **old, hr_error *err)
{
	uint32_t count = 0;

	for (hr_sheet_file *file = sheet->files; file; file = file->next)
		for (size_t i = 0; i < file->fact_count; i++) {
			file->facts[i].key = key_of(sheet, &file->facts[i], true);
			old[count] = &file->facts[i];
			if (!hr_map_put(map, old[count]->key, count, err))
				return false;
			count++;
		}
	return true;
}

static void match_row(hr_sheet *sheet, const hr_map *map, hr_fact **old, hr_fact *row, bool exactly)
{
	hr_map_cursor cursor = hr_map_seek(map, row->key);
	uint32_t i;

	while (!row->match && hr_map_next(map, &cursor, &i)) {
		if (old[i]->match || (exactly && !is_same(sheet, row, old[i])))
			continue;
		row->match = old[i];
		old[i]->match = row;
	}
}

static bool match(hr_sheet *sheet, hr_error *err)
{
	size_t count = count_old(sheet);
	hr_fact **old = HR_NEW_N(sheet->work, hr_fact *, count);
	hr_map map;

	if (!old || !hr_map_init(&map, sheet->work, count, err) ||
	    !index_old(sheet, &map, old, err))
		return old ? false : hr_fail_memory(err);
	for (size_t i = 0; i < sheet->fact_count; i++)
		sheet->facts[i].key = key_of(sheet, &sheet->facts[i], true);
	for (int exactly = 1; exactly >= 0; exactly--)
		for (size_t i = 0; i < sheet->fact_count; i++)
			match_row(sheet, &map, old, &sheet->facts[i], exactly);
	return true;
}

/* --- telling --- */

static bool is_subject(const hr_column *column)
{
	return column->flags & (HR_COLUMN_KEY | HR_COLUMN_SHOWN) ||
	       hr_str_equal(column->names[1], HR_STR("name"));
}

/* "demo-hr 121100004000000014 北京示范医院 2025-01-01" */
static hr_str subject_of(hr_sheet *sheet, const hr_str *values)
{
	hr_buf buf;

	hr_sheet_buf(sheet, &buf);
	for (size_t i = 0; i < sheet->table->column_count; i++)
		if (is_subject(column_at(sheet, i)) && values[i].len)
			hr_sheet_join(&buf, HR_STR(" "),
				      format_value(sheet, column_at(sheet, i), values[i]));
	return hr_sheet_str(sheet, &buf);
}

static bool is_told(const hr_column *column, hr_str old, hr_str now, bool changed)
{
	if (changed)
		return !(column->flags & HR_COLUMN_SHOWN) && !hr_str_equal(old, now);
	return now.len && !is_subject(column) && !(column->flags & HR_COLUMN_PROVENANCE);
}

/* The cells of a row, beside its subject; with `old`, those that change. */
static hr_str tell_cells(hr_sheet *sheet, const hr_str *old, const hr_str *now)
{
	hr_buf buf;

	hr_sheet_buf(sheet, &buf);
	for (size_t i = 0; i < sheet->table->column_count; i++) {
		const hr_column *column = column_at(sheet, i);

		if (!is_told(column, old ? old[i] : HR_STR_NONE, now[i], old != NULL))
			continue;
		hr_sheet_join(&buf, HR_STR("; "), column->names[0]);
		HR_BUF_ADD(&buf, ": ");
		if (old) {
			hr_buf_add(&buf, format_value(sheet, column, old[i]));
			HR_BUF_ADD(&buf, " -> ");
		}
		hr_buf_add(&buf, format_value(sheet, column, now[i]));
	}
	return hr_sheet_str(sheet, &buf);
}

static void tell(hr_sheet *sheet, hr_sheet_change_kind kind, uint32_t row, const hr_str *old,
		 const hr_str *now)
{
	hr_sheet_change *change = hr_sheet_add(sheet, &sheet->changes, sizeof(*change));

	if (!change)
		return;
	change->kind = kind;
	change->row = row;
	change->subject = hr_str_copy(sheet->arena, subject_of(sheet, now));
	change->text = hr_str_copy(sheet->arena, tell_cells(sheet, old, now));
}

/* --- rows of the sheet --- */

/*
 * What the row becomes. Who says so goes together: a new source takes the old
 * document and note with it.
 */
static hr_str *merged_values(hr_sheet *sheet, const hr_fact *row)
{
	hr_str *values = HR_NEW_N(sheet->work, hr_str, sheet->table->column_count);
	size_t source = (size_t)(hr_sheet_column(sheet, "source") - sheet->table->columns);
	bool said_anew = row->given & 1u << source || sheet->defaults[source].len;

	for (size_t i = 0; values && i < sheet->table->column_count; i++) {
		bool provenance = column_at(sheet, i)->flags & HR_COLUMN_PROVENANCE;

		if (row->given & 1u << i)
			values[i] = row->values[i];
		else if (provenance && (said_anew || !row->match))
			values[i] = sheet->defaults[i];
		else
			values[i] = row->match ? row->match->values[i] : row->values[i];
	}
	return values;
}

static bool has_all(hr_sheet *sheet, const hr_fact *row, const hr_str *values)
{
	bool all = true;

	sheet->row = row->row;
	for (size_t i = 0; i < sheet->table->column_count; i++) {
		const hr_column *column = column_at(sheet, i);

		if (column->flags & HR_COLUMN_NEEDED && values[i].len == 0)
			all = hr_sheet_problem_at(sheet, column, HR_STR("missing-value"),
						  HR_STR_NONE, "a new row needs '%.*s'",
						  HR_STR_ARG(column->names[1]));
	}
	return all;
}

/* True when the row is new. */
static bool merge_row(hr_sheet *sheet, hr_fact *row)
{
	hr_str *values;

	if (row->match && is_same(sheet, row, row->match)) {
		sheet->unchanged++;
		return false;
	}
	values = merged_values(sheet, row);
	if (!values || !has_all(sheet, row, values))
		return false;
	row->values = values;
	if (!row->match) {
		tell(sheet, HR_SHEET_ADDED, row->row, NULL, values);
		return true;
	}
	tell(sheet, HR_SHEET_CHANGED, row->row, row->match->values, values);
	hr_sheet_replace(sheet, row->match,
			 hr_sheet_row_text(sheet, row->match->file, values, row->match->node),
			 row->row);
	return false;
}

/* --- days that the sheet is the whole truth about --- */

static hr_date day_or(hr_str text, hr_date open)
{
	hr_date day = open;

	hr_date_parse(text, &day);
	return day;
}

/* Half-open, as everywhere; `to` in the files is the last day. */
static hr_period days_of(const hr_sheet *sheet, const hr_fact *fact)
{
	hr_date last = day_or(*hr_sheet_value(sheet, fact, "to"), HR_DATE_MAX);

	return (hr_period){ day_or(*hr_sheet_value(sheet, fact, "from"), HR_DATE_MIN),
			    hr_date_add_days(last, 1) };
}

static bool is_empty(hr_period period)
{
	return period.from.day >= period.to.day;
}

/* From the first to the last day of each regime's rows; by the regime's index. */
static hr_period *spans_of(hr_sheet *sheet)
{
	hr_period *spans = HR_NEW_N(sheet->work, hr_period, sheet->catalog->regime_count);

	for (size_t i = 0; spans && i < sheet->fact_count; i++) {
		hr_str regime = *hr_sheet_value(sheet, &sheet->facts[i], "regime");
		hr_period days = days_of(sheet, &sheet->facts[i]);
		hr_period *span;
		uint32_t index;

		if (!hr_map_find(&sheet->catalog->regime_ids, regime, &index))
			continue;
		span = &spans[index];
		if (is_empty(*span))
			*span = days;
		if (days.from.day < span->from.day)
			span->from = days.from;
		if (days.to.day > span->to.day)
			span->to = days.to;
	}
	return spans;
}

/* What the sheet goes on with: keys without days. */
static bool index_subjects(hr_sheet *sheet, hr_map *subjects, hr_error *err)
{
	if (!hr_map_init(subjects, sheet->work, sheet->fact_count, err))
		return false;
	for (size_t i = 0; i < sheet->fact_count; i++)
		if (!hr_map_put(subjects, key_of(sheet, &sheet->facts[i], false), 0, err))
			return false;
	return true;
}

/* The row ends before the sheet begins; or goes, when it began with it or later. */
static void end_row(hr_sheet *sheet, const hr_fact *fact, hr_date first, bool goes_on)
{
	hr_str *values = HR_NEW_N(sheet->work, hr_str, sheet->table->column_count);
	hr_fact ended = { .values = values };

	if (!values)
		return;
	if (days_of(sheet, fact).from.day >= first.day) {
		tell(sheet, HR_SHEET_WITHDRAWN, 0, NULL, fact->values);
		hr_sheet_remove(sheet, fact);
		return;
	}
	memcpy(values, fact->values, sheet->table->column_count * sizeof(*values));
	*hr_sheet_value(sheet, &ended, "to") = hr_sheet_day(sheet, hr_date_add_days(first, -1));
	tell(sheet, goes_on ? HR_SHEET_CHANGED : HR_SHEET_WITHDRAWN, 0, fact->values, values);
	hr_sheet_replace(sheet, fact, hr_sheet_row_text(sheet, fact->file, values, fact->node), 0);
}

static bool replace_days(hr_sheet *sheet, hr_error *err)
{
	const hr_period *spans = spans_of(sheet);
	hr_map subjects;
	uint32_t i;

	if (!spans || !index_subjects(sheet, &subjects, err))
		return spans ? false : hr_fail_memory(err);
	for (hr_sheet_file *file = sheet->files; file; file = file->next) {
		if (!hr_map_find(&sheet->catalog->regime_ids, file->group, &i))
			continue;
		for (size_t k = 0; k < file->fact_count; k++) {
			const hr_fact *fact = &file->facts[k];
			uint32_t unused;

			if (fact->match || is_empty(spans[i]) ||
			    !hr_period_overlaps(days_of(sheet, fact), spans[i]))
				continue;
			end_row(sheet, fact, spans[i].from,
				hr_map_find(&subjects, key_of(sheet, fact, false), &unused));
		}
	}
	return true;
}

bool hr_sheet_merge(hr_sheet *sheet, hr_error *err)
{
	hr_fact **added = HR_NEW_N(sheet->work, hr_fact *, sheet->fact_count);
	size_t count = 0;

	if (!added)
		return hr_fail_memory(err);
	if (!match(sheet, err))
		return false;
	for (size_t i = 0; i < sheet->fact_count; i++)
		if (merge_row(sheet, &sheet->facts[i]))
			added[count++] = &sheet->facts[i];
	if (sheet->options->replace_period && sheet->problems.count == 0 &&
	    !replace_days(sheet, err))
		return false;
	return hr_sheet_place(sheet, added, count, err);
}
