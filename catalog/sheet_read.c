/* Facts, from the files of a catalogue and from the rows of a sheet. */
#include "base/text.h"
#include "catalog/csv.h"
#include "catalog/sheet_parts.h"

enum { HEADER_ROWS_MAX = 10, COLUMN_NONE = -1, COLUMN_IGNORED = -2 };

static hr_str *new_values(hr_sheet *sheet)
{
	return HR_NEW_N(sheet->work, hr_str, sheet->table->column_count);
}

/* --- files --- */

/* A place of the tree as an offset; places are asked for in the order of the file. */
struct place {
	hr_str bytes;
	size_t line_start;
	uint32_t line;
};

static size_t offset_of(struct place *place, const hr_xml *node)
{
	while (place->line < hr_xml_line(node)) {
		hr_str rest = hr_str_slice(place->bytes, place->line_start, place->bytes.len);

		place->line_start += hr_str_find(rest, HR_STR("\n")) + 1;
		place->line++;
	}
	return place->line_start + hr_xml_column(node) - 1;
}

static hr_str read_value(hr_sheet *sheet, const hr_column *column, const hr_xml *node)
{
	return column->type->read ? column->type->read(sheet, column, node)
				  : hr_xml_attr_value(node, column->attr);
}

static void read_fact(hr_sheet *sheet, hr_sheet_file *file, const hr_xml *node, hr_fact *fact)
{
	fact->file = file;
	fact->node = node;
	fact->values = new_values(sheet);
	for (size_t i = 0; fact->values && i < sheet->table->column_count; i++) {
		const hr_column *column = &sheet->table->columns[i];

		fact->values[i] = read_value(sheet, column, node);
		if (column->flags & HR_COLUMN_PROVENANCE && fact->values[i].len == 0)
			fact->values[i] = file->values[i];
	}
}

static void read_root(hr_sheet *sheet, hr_sheet_file *file, const hr_xml *root)
{
	file->group = hr_xml_attr_value(root, HR_STR("regime"));
	if (sheet->kind == HR_SHEET_ITEMS && root->first)
		file->group = root->first->name;
	file->values = new_values(sheet);
	for (size_t i = 0; file->values && i < sheet->table->column_count; i++) {
		const hr_column *column = &sheet->table->columns[i];

		if (column->flags & HR_COLUMN_PROVENANCE)
			file->values[i] = read_value(sheet, column, root);
	}
}

static bool read_facts(hr_sheet *sheet, hr_sheet_file *file, const hr_xml *root, hr_error *err)
{
	struct place place = { .bytes = file->file.bytes, .line = 1 };
	hr_fact *fact;

	read_root(sheet, file, root);
	for (const hr_xml *node = root->first; node; node = node->next)
		file->fact_count++;
	file->facts = fact = HR_NEW_N(sheet->work, hr_fact, file->fact_count);
	if (!fact || !file->values)
		return hr_fail_memory(err);
	file->start = offset_of(&place, root);
	for (const hr_xml *node = root->first; node; node = node->next, fact++) {
		read_fact(sheet, file, node, fact);
		fact->start = offset_of(&place, node);
		if (fact->start >= place.bytes.len || place.bytes.data[fact->start] != '<')
			return hr_fail(err, HR_E_UNSUPPORTED,
				       "the rows of '%.*s' cannot be told apart; give each a line",
				       HR_STR_ARG(file->file.name));
	}
	return true;
}

static bool read_file(hr_sheet *sheet, hr_xml_parser *parser, const hr_file *source,
		      hr_sheet_file ***last, hr_error *err)
{
	hr_sheet_file *file = HR_NEW(sheet->work, hr_sheet_file);
	hr_xml_document document;

	if (!file)
		return hr_fail_memory(err);
	file->file = *source;
	if (hr_str_starts_with(source->bytes, HR_CSV_MARK))
		file->file.bytes = hr_str_slice(source->bytes, 3, source->bytes.len);
	if (!hr_text_is_utf8(source->bytes))
		return hr_fail(err, HR_E_ENCODING, "'%.*s' is not UTF-8; save it as that first",
			       HR_STR_ARG(source->name));
	if (!hr_xml_read(parser, file->file.bytes, sheet->work, &document, err) ||
	    !read_facts(sheet, file, document.root, err))
		return false;
	**last = file;
	*last = &file->next;
	return true;
}

bool hr_sheet_read_files(hr_sheet *sheet, const hr_fileset *set, hr_error *err)
{
	HR_AUTO(hr_xml_parser) parser = hr_xml_parser_open();
	HR_AUTO(hr_arena) peek = hr_arena_open((size_t)512 << 20);
	hr_sheet_file **last = &sheet->files;
	hr_xml_document document;

	if (!parser || !peek)
		return hr_fail_memory(err);
	for (size_t i = 0; i < set->count; i++) {
		const hr_file *file = &set->files[i];

		hr_arena_reset(peek);
		if (!hr_xml_read(parser, file->bytes, peek, &document, err))
			return false;
		if (hr_xml_is(document.root, sheet->table->root) &&
		    !read_file(sheet, parser, file, &last, err))
			return false;
	}
	return true;
}

/* --- the sheet --- */

/* What a header cell means: the index of a column, or one of COLUMN_. */
static int find_column(const hr_sheet *sheet, hr_str header)
{
	if (hr_sheet_is_called(&hr_sheet_ignored, header))
		return COLUMN_IGNORED;
	for (size_t i = 0; i < sheet->table->column_count; i++)
		if (hr_sheet_is_called(&sheet->table->columns[i], header))
			return (int)i;
	return COLUMN_NONE;
}

/* Lists have titles above their header: it is the first row with two names of columns. */
static size_t find_header(const hr_sheet *sheet, const hr_csv *csv)
{
	for (size_t i = 0; i < csv->count && i < HEADER_ROWS_MAX; i++) {
		int known = 0;

		for (uint32_t k = 0; k < csv->rows[i].count; k++)
			known += find_column(sheet, hr_str_trim(csv->rows[i].cells[k])) >= 0;
		if (known >= 2)
			return i;
	}
	return 0;
}

/* `cells[column]` becomes one more than the position of the column's cells; 0: it has none. */
static void read_header(hr_sheet *sheet, const hr_csv_row *row, uint32_t *cells)
{
	for (uint32_t i = 0; i < row->count; i++) {
		hr_str header = hr_str_trim(row->cells[i]);
		int column = find_column(sheet, header);

		if (header.len == 0 || column == COLUMN_IGNORED)
			continue;
		if (column == COLUMN_NONE)
			hr_sheet_problem_at(sheet, NULL, HR_STR("unknown-column"), HR_STR_NONE,
					    "there is no column '%.*s'; take it out or correct it",
					    HR_STR_ARG(header));
		else if (cells[column])
			hr_sheet_problem_at(sheet, &sheet->table->columns[column],
					    HR_STR("repeated-column"), HR_STR_NONE,
					    "the column stands in the header twice");
		else
			cells[column] = i + 1;
	}
}

static bool is_blank(const hr_csv_row *row)
{
	for (uint32_t i = 0; i < row->count; i++)
		if (hr_str_trim(row->cells[i]).len)
			return false;
	return true;
}

/* False when a cell is bad. All are looked at, so that one import tells everything. */
static bool read_cells(hr_sheet *sheet, const hr_csv_row *row, const uint32_t *cells, hr_fact *fact)
{
	bool good = true;

	for (size_t i = 0; i < sheet->table->column_count; i++) {
		const hr_column *column = &sheet->table->columns[i];
		hr_str cell = HR_STR_NONE;

		if (cells[i] && cells[i] <= row->count)
			cell = hr_str_trim(row->cells[cells[i] - 1]);
		if (cell.len)
			good &= column->type->parse(sheet, column, cell, &fact->values[i]);
		else if (!(column->flags & HR_COLUMN_PROVENANCE))
			fact->values[i] = sheet->defaults[i];
		/* An empty cell says that there is nothing; but not that nobody says so. */
		if (cell.len || fact->values[i].len ||
		    (cells[i] && !(column->flags & HR_COLUMN_PROVENANCE)))
			fact->given |= 1u << i;
	}
	return good;
}

static bool read_row(hr_sheet *sheet, const hr_csv_row *row, const uint32_t *cells, hr_error *err)
{
	hr_fact *fact = &sheet->facts[sheet->fact_count];

	if (is_blank(row))
		return true;
	*fact = (hr_fact){ .values = new_values(sheet), .row = sheet->row };
	if (!fact->values)
		return hr_fail_memory(err);
	if (read_cells(sheet, row, cells, fact) &&
	    (!sheet->table->resolve || sheet->table->resolve(sheet, fact)))
		sheet->fact_count++;
	return true;
}

static hr_str default_cell(const hr_sheet_options *options, hr_str name)
{
	const struct {
		hr_str name;
		hr_str cell;
	} rows[] = {
		{ HR_STR_INIT("regime"), options->regime },
		{ HR_STR_INIT("from"), options->from },
		{ HR_STR_INIT("to"), options->to },
		{ HR_STR_INIT("source"), options->source },
		{ HR_STR_INIT("grade"), options->grade },
		{ HR_STR_INIT("document"), options->document },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (hr_str_equal(name, rows[i].name))
			return rows[i].cell;
	return HR_STR_NONE;
}

static void read_defaults(hr_sheet *sheet)
{
	for (size_t i = 0; i < sheet->table->column_count; i++) {
		const hr_column *column = &sheet->table->columns[i];
		hr_str cell = hr_str_trim(default_cell(sheet->options, column->names[1]));

		if (cell.len && column->flags & (HR_COLUMN_DEFAULT | HR_COLUMN_PROVENANCE))
			column->type->parse(sheet, column, cell, &sheet->defaults[i]);
	}
}

bool hr_sheet_read_rows(hr_sheet *sheet, hr_str bytes, hr_error *err)
{
	uint32_t cells[HR_SHEET_COLUMNS_MAX] = { 0 };
	size_t header;
	hr_csv csv;

	if (!hr_csv_read(bytes, sheet->work, &csv, err))
		return false;
	header = find_header(sheet, &csv);
	if (header >= csv.count)
		return hr_fail(err, HR_E_INCOMPLETE, "the sheet is empty: not even a header");
	sheet->facts = HR_NEW_N(sheet->work, hr_fact, csv.count);
	sheet->defaults = new_values(sheet);
	if (!sheet->facts || !sheet->defaults)
		return hr_fail_memory(err);
	read_defaults(sheet);
	sheet->row = (uint32_t)header + 1;
	read_header(sheet, &csv.rows[header], cells);
	for (size_t i = header + 1; i < csv.count; i++) {
		sheet->row = (uint32_t)i + 1;
		if (!read_row(sheet, &csv.rows[i], cells, err))
			return false;
	}
	return true;
}
