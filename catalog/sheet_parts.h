/*
 * What the parts of an import share: facts, files, edits. The inside of
 * catalog/sheet.h.
 *
 * Memory comes from `work`; who fills it looks at the end whether it was short.
 */
#pragma once

#include "catalog/sheet_columns.h"
#include "catalog/snapshot.h"

typedef struct hr_sheet_file hr_sheet_file;

/* One row, of a file or of the sheet. */
struct hr_fact {
	hr_str *values; /* by column */
	hr_str key;	/* those of the key columns */
	hr_fact *match; /* on the other side */
	/* of the sheet */
	uint32_t row;
	uint32_t given; /* columns that it says something about, as bits */
	/* of a file */
	hr_sheet_file *file;
	const hr_xml *node;
	size_t start; /* offset of its '<' */
};

struct hr_sheet_file {
	hr_sheet_file *next;
	hr_file file;
	hr_str group;	/* its regime; of items lab or exam; else empty */
	hr_str *values; /* of the root, by column: what its rows inherit */
	hr_fact *facts; /* in the order of the file */
	size_t fact_count;
	size_t start;  /* offset of the root's '<' */
	size_t growth; /* bytes that the edits add */
};

/* A change of a file's bytes: [from, to) becomes `text`. */
typedef struct hr_edit {
	hr_sheet_file *file;
	size_t from;
	size_t to;
	hr_str text;
	uint32_t row;  /* of the sheet, which the text is; 0: none */
	size_t order;  /* of edits at one place */
	uint32_t line; /* of the text's first '<' in the new file, and of its end */
	uint32_t last_line;
} hr_edit;

/* Things that are added one by one; in `work`. */
typedef struct hr_sheet_rows {
	void *data;
	size_t count;
	size_t room;
} hr_sheet_rows;

struct hr_sheet {
	hr_sheet_kind kind;
	const hr_sheet_table *table;
	const hr_sheet_options *options;
	const hr_catalog *catalog;
	hr_arena *arena; /* the caller's: what the result holds */
	hr_arena *work;
	hr_sheet_file *files; /* of the kind, by name; new ones last */
	hr_fact *facts;	      /* of the sheet */
	size_t fact_count;
	hr_str *defaults;	   /* by column */
	uint32_t row;		   /* that is being read */
	hr_map lists;		   /* of items as they are written, to list_values */
	hr_sheet_rows list_values; /* hr_str */
	hr_sheet_rows edits;	   /* hr_edit */
	hr_sheet_rows problems;	   /* hr_sheet_problem */
	hr_sheet_rows changes;	   /* hr_sheet_change */
	size_t unchanged;
	bool overflow; /* a value did not fit */
};

/* --- sheet.c --- */

/* Always false. The problem is of the row that is being read. */
bool hr_sheet_problem_at(hr_sheet *sheet, const hr_column *column, hr_str code, hr_str candidates,
			 const char *format, ...) __attribute__((format(printf, 5, 6)));

/* "bad-value": the cell should be what the text says. Always false. */
bool hr_sheet_bad_cell(hr_sheet *sheet, const hr_column *column, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* NULL when memory is short. */
void *hr_sheet_add(hr_sheet *sheet, hr_sheet_rows *rows, size_t size);
hr_str hr_sheet_text(hr_sheet *sheet, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* --- sheet_read.c --- */

bool hr_sheet_read_files(hr_sheet *sheet, const hr_fileset *set, hr_error *err);
bool hr_sheet_read_rows(hr_sheet *sheet, hr_str csv, hr_error *err);

/* --- sheet_merge.c --- */

/* What the sheet changes: edits and changes; problems where a new row lacks something. */
bool hr_sheet_merge(hr_sheet *sheet, hr_error *err);

/* --- sheet_files.c --- */

/* The row as it stands in a file: "<grant .../>", indented by one tab but for its first line. */
hr_str hr_sheet_row_text(hr_sheet *sheet, const hr_sheet_file *file, const hr_str *values,
			 const hr_xml *old);
void hr_sheet_replace(hr_sheet *sheet, const hr_fact *fact, hr_str text, uint32_t row);
void hr_sheet_remove(hr_sheet *sheet, const hr_fact *fact);

/* New rows into a file, each behind the last whose key is not greater. Sorts `rows`. */
void hr_sheet_put(hr_sheet *sheet, hr_sheet_file *file, hr_fact **rows, size_t count);

/* The whole set with the edits made; sorts the edits by place. */
bool hr_sheet_apply(hr_sheet *sheet, const hr_fileset *set, hr_fileset *out, hr_error *err);

/* --- sheet_place.c --- */

bool hr_sheet_place(hr_sheet *sheet, hr_fact **added, size_t count, hr_error *err);
