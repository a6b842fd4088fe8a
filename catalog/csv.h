/*
 * Comma-separated values, as RFC 4180 has them and as spreadsheets save them.
 *
 * Read: UTF-8 with or without a byte order mark, or else GB18030 (what Excel
 * saves in China); records end in LF, CRLF or CR; a cell in quotes may hold
 * commas, line ends and doubled quotes. Refused: a quote inside a cell without
 * quotes, bytes after a closing quote, a quote that is never closed, NUL
 * (HR_E_SYNTAX with line and column); a workbook, which is not CSV at all
 * (HR_E_UNSUPPORTED); what passes a limit (HR_E_LIMIT).
 */
#pragma once

#include "base/str.h"

enum {
	HR_CSV_BYTES_MAX = 128 * 1024 * 1024,
	HR_CSV_ROWS_MAX = 1000000,
	HR_CSV_COLUMNS_MAX = 64,
	HR_CSV_CELLS_MAX = 8 * 1024 * 1024,
};

typedef struct hr_csv_row {
	const hr_str *cells; /* as written, not trimmed */
	uint32_t count;	     /* rows need not be equally long */
	uint32_t line;	     /* on which it starts, 1-based */
} hr_csv_row;

typedef struct hr_csv {
	const hr_csv_row *rows;
	size_t count;
} hr_csv;

/* The cells borrow from `bytes` where they can. A line without anything is a row of one empty cell.
 */
bool hr_csv_read(hr_str bytes, hr_arena *arena, hr_csv *out, hr_error *err);

/* The mark by which Excel knows UTF-8: the first bytes of a file that is for people. */
#define HR_CSV_MARK HR_STR("\xef\xbb\xbf")

/* One record, ended by CRLF; cells are quoted where they must be. */
void hr_csv_write_row(hr_buf *buf, const hr_str *cells, size_t count);
