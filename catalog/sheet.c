#include "catalog/sheet.h"

#include "base/text.h"
#include "catalog/csv.h"
#include "catalog/sheet_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Trees and rows of a whole catalogue: not counted against the caller's arena. */
#define WORK_MAX ((size_t)2 << 30)

enum { PROBLEMS_MAX = HR_ISSUES_MAX };

void *hr_sheet_add(hr_sheet *sheet, hr_sheet_rows *rows, size_t size)
{
	char *data = rows->data;

	if (rows->count == rows->room) {
		size_t room = rows->room ? rows->room * 2 : 64;

		data = hr_arena_alloc_array(sheet->work, room, size);
		if (!data)
			return NULL;
		if (rows->count)
			memcpy(data, rows->data, rows->count * size);
		rows->data = data;
		rows->room = room;
	}
	return data + rows->count++ * size;
}

static hr_str format_text(hr_arena *arena, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static hr_str format_text(hr_arena *arena, const char *format, va_list args)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	text = len < 0 ? NULL : hr_arena_alloc_text(arena, (size_t)len + 1);
	if (!text)
		return HR_STR_NONE;
	vsnprintf(text, (size_t)len + 1, format, args);
	return (hr_str){ text, (size_t)len };
}

hr_str hr_sheet_text(hr_sheet *sheet, const char *format, ...)
{
	va_list args;
	hr_str text;

	va_start(args, format);
	text = format_text(sheet->work, format, args);
	va_end(args);
	return text;
}

static hr_sheet_problem *add_problem(hr_sheet *sheet, uint32_t row, hr_str code)
{
	hr_sheet_problem *problem = NULL;

	if (sheet->problems.count < PROBLEMS_MAX)
		problem = hr_sheet_add(sheet, &sheet->problems, sizeof(*problem));
	if (problem)
		*problem = (hr_sheet_problem){ .row = row, .code = code };
	return problem;
}

bool hr_sheet_problem_at(hr_sheet *sheet, const hr_column *column, hr_str code, hr_str candidates,
			 const char *format, ...)
{
	hr_sheet_problem *problem = add_problem(sheet, sheet->row, code);
	va_list args;

	if (!problem)
		return false;
	if (column)
		problem->column = column->names[0];
	problem->candidates = hr_str_copy(sheet->arena, candidates);
	va_start(args, format);
	problem->message = format_text(sheet->arena, format, args);
	va_end(args);
	return false;
}

bool hr_sheet_bad_cell(hr_sheet *sheet, const hr_column *column, const char *format, ...)
{
	va_list args;
	hr_str text;

	va_start(args, format);
	text = format_text(sheet->work, format, args);
	va_end(args);
	return hr_sheet_problem_at(sheet, column, HR_STR("bad-value"), HR_STR_NONE,
				   "the cell should be %.*s", HR_STR_ARG(text));
}

/* --- both ways --- */

/* The catalogue goes with `work`. */
static bool open_sheet(hr_sheet *sheet, const hr_fileset *set, hr_error *err)
{
	hr_catalog *catalog;

	if (!hr_catalog_build(set, NULL, HR_STR("sheet"), (hr_instant){ 0 }, &catalog, err))
		return false;
	sheet->catalog = catalog;
	return hr_catalog_hang(catalog, sheet->work, err) &&
	       hr_map_init(&sheet->lists, sheet->work, 0, err) &&
	       hr_sheet_read_files(sheet, set, err);
}

/* Asked where it matters: until then a value that did not fit is an empty one. */
static bool is_whole(const hr_sheet *sheet, hr_error *err)
{
	if (hr_arena_is_short(sheet->work) || hr_arena_is_short(sheet->arena))
		return hr_fail_memory(err);
	if (sheet->overflow)
		return hr_fail(err, HR_E_LIMIT, "a cell holds more than a row of a file can");
	return true;
}

/* --- import --- */

static int compare_problems(const void *left, const void *right)
{
	const hr_sheet_problem *a = left;
	const hr_sheet_problem *b = right;
	int order = (a->row > b->row) - (a->row < b->row);

	if (order == 0)
		order = hr_str_compare(a->code, b->code);
	return order ? order : hr_str_compare(a->message, b->message);
}

static int compare_place(const void *left, const void *right)
{
	const hr_issue *issue = left;
	const hr_edit *edit = right;
	int order = hr_str_compare(issue->file, edit->file->file.name);

	if (order)
		return order;
	return issue->line < edit->line ? -1 : issue->line > edit->last_line;
}

/* What the check says of a line is said of the row that the line was made of. */
static void tell_issue(hr_sheet *sheet, const hr_issue *issue)
{
	const hr_edit *edit = NULL;
	hr_sheet_problem *problem;

	if (sheet->edits.count)
		edit = bsearch(issue, sheet->edits.data, sheet->edits.count, sizeof(*edit),
			       compare_place);
	problem = add_problem(sheet, edit ? edit->row : 0, issue->code);
	if (problem)
		problem->message = hr_str_copy(
			sheet->arena,
			edit && edit->row
				? issue->message
				: hr_sheet_text(sheet, "%.*s:%u: %.*s", HR_STR_ARG(issue->file),
						issue->line, HR_STR_ARG(issue->message)));
}

/* The new files, or the problems that they would have. */
static bool make_files(hr_sheet *sheet, const hr_fileset *set, hr_fileset *out, hr_error *err)
{
	hr_issues issues;
	hr_fileset files;

	if (!hr_sheet_apply(sheet, set, &files, err) ||
	    !hr_catalog_check(&files, false, sheet->work, &issues, err))
		return false;
	for (size_t i = 0; i < issues.count; i++)
		if (issues.issues[i].severity == HR_SEVERITY_ERROR)
			tell_issue(sheet, &issues.issues[i]);
	if (issues.errors == 0)
		*out = files;
	return true;
}

/* A copy for the caller. */
static void *hand_over(hr_sheet *sheet, const hr_sheet_rows *rows, size_t size)
{
	void *copy = hr_arena_alloc_array(sheet->arena, rows->count, size);

	if (copy && rows->count)
		memcpy(copy, rows->data, rows->count * size);
	return copy;
}

static bool run_import(hr_sheet *sheet, const hr_fileset *set, hr_str csv,
		       hr_sheet_import_result *out, hr_error *err)
{
	hr_sheet_import_result result = { 0 };

	if (!open_sheet(sheet, set, err) || !hr_sheet_read_rows(sheet, csv, err) ||
	    !hr_sheet_merge(sheet, err) || !is_whole(sheet, err))
		return false;
	if (sheet->problems.count == 0 && !make_files(sheet, set, &result.files, err))
		return false;
	if (sheet->problems.count)
		qsort(sheet->problems.data, sheet->problems.count, sizeof(hr_sheet_problem),
		      compare_problems);
	result.problems = hand_over(sheet, &sheet->problems, sizeof(hr_sheet_problem));
	result.problem_count = sheet->problems.count;
	result.changes = hand_over(sheet, &sheet->changes, sizeof(hr_sheet_change));
	result.change_count = sheet->changes.count;
	result.unchanged = sheet->unchanged;
	if (!is_whole(sheet, err))
		return false;
	*out = result;
	return true;
}

bool hr_sheet_import(hr_sheet_kind kind, const hr_fileset *set, hr_str csv,
		     const hr_sheet_options *options, hr_arena *arena, hr_sheet_import_result *out,
		     hr_error *err)
{
	HR_AUTO(hr_arena) work = hr_arena_open(WORK_MAX);
	hr_sheet sheet = {
		.kind = kind,
		.table = &hr_sheet_tables[kind],
		.options = options,
		.arena = arena,
		.work = work,
	};

	if (!work)
		return hr_fail_memory(err);
	if (options->replace_period && kind != HR_SHEET_GRANTS && kind != HR_SHEET_WINDOWS)
		return hr_fail(err, HR_E_USAGE, "only grants and windows have a period to replace");
	return run_import(&sheet, set, csv, out, err);
}

/* --- export --- */

static hr_str cell_of(hr_sheet *sheet, const hr_column *column, hr_str value)
{
	if (value.len && column->type->format)
		value = column->type->format(sheet, column, value);
	/* Excel takes text for a number, or 3016-3 for a month, unless a tab stands behind it. */
	if (value.len && column->flags & HR_COLUMN_DIGITS && value.data[0] >= '0' &&
	    value.data[0] <= '9')
		value = hr_sheet_text(sheet, "%.*s\t", HR_STR_ARG(value));
	return value;
}

static void export_files(hr_sheet *sheet, hr_str regime, hr_buf *buf)
{
	const hr_sheet_table *table = sheet->table;
	hr_str cells[HR_SHEET_COLUMNS_MAX];

	hr_buf_add(buf, HR_CSV_MARK);
	for (size_t i = 0; i < table->column_count; i++)
		cells[i] = table->columns[i].names[0];
	hr_csv_write_row(buf, cells, table->column_count);
	for (const hr_sheet_file *file = sheet->files; file; file = file->next) {
		if (regime.len && !hr_str_equal(file->group, regime))
			continue;
		for (size_t k = 0; k < file->fact_count; k++) {
			for (size_t i = 0; i < table->column_count; i++)
				cells[i] = cell_of(sheet, &table->columns[i],
						   file->facts[k].values[i]);
			hr_csv_write_row(buf, cells, table->column_count);
		}
	}
}

/* A regime that does not exist must not look like one without rows. */
static bool check_regime(const hr_sheet *sheet, hr_str id, hr_error *err)
{
	const hr_catalog *catalog = sheet->catalog;
	char known[160] = "none";
	hr_buf buf;

	if (sheet->kind != HR_SHEET_GRANTS && sheet->kind != HR_SHEET_WINDOWS)
		return hr_fail(err, HR_E_USAGE, "only grants and windows are of a regime");
	hr_buf_init_over(&buf, known, sizeof(known));
	for (size_t i = 0; i < catalog->regime_count; i++) {
		hr_str other = catalog->regimes[i].id;

		if (hr_str_equal(other, id))
			return true;
		hr_buf_addf(&buf, "%s%.*s", i ? ", " : "", HR_STR_ARG(other));
	}
	id = hr_text_cut(id, 40);
	return hr_fail(err, HR_E_USAGE, "there is no regime '%.*s'; there are: %s", HR_STR_ARG(id),
		       known);
}

bool hr_sheet_export(hr_sheet_kind kind, const hr_fileset *set, hr_str regime, hr_arena *arena,
		     hr_str *out, hr_error *err)
{
	HR_AUTO(hr_arena) work = hr_arena_open(WORK_MAX);
	hr_sheet sheet = {
		.kind = kind,
		.table = &hr_sheet_tables[kind],
		.arena = arena,
		.work = work,
	};
	hr_str bytes;
	hr_buf buf;

	if (!work)
		return hr_fail_memory(err);
	if (!open_sheet(&sheet, set, err))
		return false;
	if (regime.len && !check_regime(&sheet, regime, err))
		return false;
	hr_buf_init(&buf, work, HR_CSV_BYTES_MAX);
	export_files(&sheet, regime, &buf);
	if (buf.failed && !hr_arena_is_short(work))
		return hr_fail(err, HR_E_LIMIT, "the sheet would have over %d bytes",
			       HR_CSV_BYTES_MAX);
	bytes = hr_str_copy(arena, hr_buf_str(&buf));
	if (!is_whole(&sheet, err))
		return false;
	*out = bytes;
	return true;
}
