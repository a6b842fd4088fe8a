/*
 * One scanner, run twice: the first pass finds what is wrong and counts, so
 * that the second can fill arrays of the right size.
 */
#include "catalog/csv.h"

#include "base/text.h"

struct scan {
	hr_str text;
	size_t at;
	uint32_t line;
	size_t line_start;
};

struct cell {
	hr_str raw;   /* without the quotes around it */
	bool doubled; /* holds doubled quotes */
	bool ends_row;
};

static uint32_t column(const struct scan *s)
{
	return (uint32_t)(s->at - s->line_start + 1);
}

static bool at_end(const struct scan *s)
{
	return s->at == s->text.len;
}

static char peek(const struct scan *s)
{
	return s->text.data[s->at];
}

static bool is_line_end(char c)
{
	return c == '\n' || c == '\r';
}

/* Past LF, CR or CRLF. */
static void skip_line_end(struct scan *s)
{
	s->at += hr_str_starts_with(hr_str_slice(s->text, s->at, s->text.len), HR_STR("\r\n")) ? 2
											       : 1;
	s->line++;
	s->line_start = s->at;
}

static bool scan_quoted(struct scan *s, struct cell *out, hr_error *err)
{
	uint32_t line = s->line;
	uint32_t opened = column(s);
	size_t from = ++s->at;

	for (;; s->at++) {
		while (!at_end(s) && is_line_end(peek(s)))
			skip_line_end(s);
		if (at_end(s))
			return hr_fail_at(err, HR_E_SYNTAX, line, opened,
					  "line %u: the quote is never closed", line);
		if (peek(s) != '"')
			continue;
		if (s->at + 1 == s->text.len || s->text.data[s->at + 1] != '"')
			break;
		out->doubled = true;
		s->at++;
	}
	out->raw = hr_str_slice(s->text, from, s->at++);
	if (!at_end(s) && peek(s) != ',' && !is_line_end(peek(s)))
		return hr_fail_at(err, HR_E_SYNTAX, s->line, column(s),
				  "line %u: neither a comma nor a line end after a closing quote",
				  s->line);
	return true;
}

static bool scan_bare(struct scan *s, struct cell *out, hr_error *err)
{
	size_t from = s->at;

	for (; !at_end(s) && peek(s) != ',' && !is_line_end(peek(s)); s->at++)
		if (peek(s) == '"')
			return hr_fail_at(err, HR_E_SYNTAX, s->line, column(s),
					  "line %u: a quote inside a cell without quotes", s->line);
	out->raw = hr_str_slice(s->text, from, s->at);
	return true;
}

static bool scan_cell(struct scan *s, struct cell *out, hr_error *err)
{
	*out = (struct cell){ .ends_row = true };
	if (!at_end(s) && peek(s) == '"') {
		if (!scan_quoted(s, out, err))
			return false;
	} else if (!scan_bare(s, out, err)) {
		return false;
	}
	if (at_end(s))
		return true;
	if (peek(s) == ',') {
		s->at++;
		out->ends_row = false;
	} else {
		skip_line_end(s);
	}
	return true;
}

static bool count_all(hr_str text, size_t *rows, size_t *cells, hr_error *err)
{
	struct scan s = { .text = text, .line = 1 };
	size_t columns = 0;
	struct cell cell = { .ends_row = true };

	/* A comma at the very end has an empty cell behind it. */
	while (!at_end(&s) || !cell.ends_row) {
		uint32_t line = s.line;

		if (!scan_cell(&s, &cell, err))
			return false;
		++*cells;
		columns++;
		if (columns > HR_CSV_COLUMNS_MAX || *cells > HR_CSV_CELLS_MAX)
			return hr_fail_at(err, HR_E_LIMIT, line, 0,
					  "line %u: over %d cells in the row, or %d in the sheet",
					  line, HR_CSV_COLUMNS_MAX, HR_CSV_CELLS_MAX);
		if (!cell.ends_row)
			continue;
		columns = 0;
		if (++*rows > HR_CSV_ROWS_MAX)
			return hr_fail_at(err, HR_E_LIMIT, line, 0, "the sheet has over %d rows",
					  HR_CSV_ROWS_MAX);
	}
	return true;
}

static bool undouble(struct cell *cell, hr_arena *arena)
{
	char *data = hr_arena_alloc_text(arena, cell->raw.len);
	size_t len = 0;

	if (!data)
		return false;
	for (size_t i = 0; i < cell->raw.len; i++) {
		data[len++] = cell->raw.data[i];
		i += cell->raw.data[i] == '"';
	}
	cell->raw = (hr_str){ data, len };
	return true;
}

static bool fill(hr_str text, hr_arena *arena, hr_csv_row *rows, size_t row_count, hr_str *cells,
		 hr_error *err)
{
	struct scan s = { .text = text, .line = 1 };

	for (size_t i = 0; i < row_count; i++) {
		struct cell cell = { .ends_row = false };

		rows[i] = (hr_csv_row){ .cells = cells, .line = s.line };
		while (!cell.ends_row) {
			if (!scan_cell(&s, &cell, err))
				return false;
			if (cell.doubled && !undouble(&cell, arena))
				return hr_fail_memory(err);
			*cells++ = cell.raw;
			rows[i].count++;
		}
	}
	return true;
}

/* Clerks hand in the workbook itself: say what to do rather than where its bytes are odd. */
static bool is_workbook(hr_str bytes)
{
	return hr_str_starts_with(bytes, HR_STR("PK\x03\x04")) ||
	       hr_str_starts_with(bytes, HR_STR("\xd0\xcf\x11\xe0"));
}

static bool decode(hr_str bytes, hr_arena *arena, hr_str *out, hr_error *err)
{
	if (bytes.len > HR_CSV_BYTES_MAX)
		return hr_fail(err, HR_E_LIMIT, "the sheet has over %d bytes", HR_CSV_BYTES_MAX);
	if (is_workbook(bytes))
		return hr_fail(err, HR_E_UNSUPPORTED,
			       "this is a workbook (xls or xlsx); save it as 'CSV UTF-8'");
	if (bytes.len && memchr(bytes.data, '\0', bytes.len))
		return hr_fail(err, HR_E_SYNTAX, "the sheet holds a NUL byte, so it is no text");
	if (hr_str_starts_with(bytes, HR_CSV_MARK))
		bytes = hr_str_slice(bytes, HR_CSV_MARK.len, bytes.len);
	if (!hr_text_is_utf8(bytes))
		return hr_text_to_utf8(bytes, HR_STR("GB18030"), (size_t)2 * HR_CSV_BYTES_MAX,
				       arena, out, err);
	*out = bytes;
	return true;
}

bool hr_csv_read(hr_str bytes, hr_arena *arena, hr_csv *out, hr_error *err)
{
	size_t row_count = 0;
	size_t cell_count = 0;
	hr_csv_row *rows;
	hr_str *cells;
	hr_str text;

	if (!decode(bytes, arena, &text, err) || !count_all(text, &row_count, &cell_count, err))
		return false;
	rows = HR_NEW_N(arena, hr_csv_row, row_count);
	cells = HR_NEW_N(arena, hr_str, cell_count);
	if (!rows || !cells)
		return hr_fail_memory(err);
	if (!fill(text, arena, rows, row_count, cells, err))
		return false;
	*out = (hr_csv){ rows, row_count };
	return true;
}

/* Blanks at an end too: some readers drop them unless they are quoted. */
static bool needs_quotes(hr_str cell)
{
	for (size_t i = 0; i < cell.len; i++)
		if (strchr(",\"\r\n", cell.data[i]))
			return true;
	return cell.len && (cell.data[0] == ' ' || cell.data[cell.len - 1] == ' ');
}

static void write_cell(hr_buf *buf, hr_str cell)
{
	size_t quote;

	if (!needs_quotes(cell)) {
		hr_buf_add(buf, cell);
		return;
	}
	hr_buf_add_char(buf, '"');
	while ((quote = hr_str_find(cell, HR_STR("\""))) < cell.len) {
		hr_buf_add(buf, hr_str_slice(cell, 0, quote));
		HR_BUF_ADD(buf, "\"\"");
		cell = hr_str_slice(cell, quote + 1, cell.len);
	}
	hr_buf_add(buf, cell);
	hr_buf_add_char(buf, '"');
}

void hr_csv_write_row(hr_buf *buf, const hr_str *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i)
			hr_buf_add_char(buf, ',');
		write_cell(buf, cells[i]);
	}
	HR_BUF_ADD(buf, "\r\n");
}
