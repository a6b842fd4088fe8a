/*
 * The columns of a sheet and what their cells mean. The inside of
 * catalog/sheet.h.
 *
 * Between a cell and an attribute stands a value: text in the one form and
 * order that the files use, so that two values are equal when their texts are.
 */
#pragma once

#include "base/calendar.h"
#include "base/xml.h"
#include "catalog/sheet.h"
#include "catalog/xml_write.h"

enum { HR_SHEET_NAMES = 5 };

typedef struct hr_sheet hr_sheet;
typedef struct hr_column hr_column;
typedef struct hr_fact hr_fact;

/* What a word in a cell means, and how it may be written; the first is for people. */
typedef struct hr_sheet_word {
	hr_str value;
	hr_str written[HR_SHEET_NAMES];
} hr_sheet_word;

/* How the cells of a column are read and written. */
typedef struct hr_cell_type {
	/* From a row of a file. NULL: the attribute as it is. */
	hr_str (*read)(hr_sheet *sheet, const hr_column *column, const hr_xml *node);
	/* From a cell, trimmed and not empty. False: a problem, which has been told. */
	bool (*parse)(hr_sheet *sheet, const hr_column *column, hr_str cell, hr_str *out);
	/* For a cell. NULL: as it is. */
	hr_str (*format)(hr_sheet *sheet, const hr_column *column, hr_str value);
	/* To a start tag. NULL: the attribute. */
	void (*write)(hr_xml_writer *w, const hr_column *column, hr_str value);
	hr_str attrs[3]; /* what `write` may write beside the attribute */
} hr_cell_type;

extern const hr_cell_type hr_cell_text;
extern const hr_cell_type hr_cell_day;
extern const hr_cell_type hr_cell_word;
extern const hr_cell_type hr_cell_words;
extern const hr_cell_type hr_cell_codes;
extern const hr_cell_type hr_cell_children;
extern const hr_cell_type hr_cell_validity;
extern const hr_cell_type hr_cell_item_kind;
extern const hr_cell_type hr_cell_items;
extern const hr_cell_type hr_cell_regime;
extern const hr_cell_type hr_cell_region;
extern const hr_cell_type hr_cell_institution;
extern const hr_cell_type hr_cell_institution_name;
extern const hr_cell_type hr_cell_institution_key;

/* For a type whose value is not an attribute of the row. */
void hr_cell_write_nothing(hr_xml_writer *w, const hr_column *column, hr_str value);

enum {
	HR_COLUMN_KEY = 1,	  /* tells rows apart */
	HR_COLUMN_NEEDED = 2,	  /* in a new row */
	HR_COLUMN_DEFAULT = 4,	  /* an empty cell takes it from the options */
	HR_COLUMN_PROVENANCE = 8, /* the root's where the row has none; options for new rows */
	HR_COLUMN_SHOWN = 16,	  /* for people: neither compared nor written */
	HR_COLUMN_CHILD = 32,	  /* child elements, not an attribute */
	HR_COLUMN_DIGITS = 64,	  /* a code that Excel would take for a number or a day */
};

struct hr_column {
	const hr_cell_type *type;
	hr_str attr;		      /* or the child elements' name */
	hr_str child_attr;	      /* what of a child is the value; empty: its text */
	hr_str names[HR_SHEET_NAMES]; /* in a header: first the exported, then the English */
	const hr_sheet_word *words;
	size_t word_count;
	unsigned flags;
};

/* Passed over when it stands in a header. */
extern const hr_column hr_sheet_ignored;

enum { HR_SHEET_COLUMNS_MAX = 24, HR_SHEET_CHILDREN = 5 };

typedef struct hr_sheet_table {
	hr_str root;
	hr_str element;			    /* empty: lab or exam */
	hr_str children[HR_SHEET_CHILDREN]; /* in the order that the schema wants */
	const hr_column *columns;
	size_t column_count;
	bool (*resolve)(hr_sheet *sheet, hr_fact *fact); /* what two cells say together */
} hr_sheet_table;

extern const hr_sheet_table hr_sheet_tables[HR_SHEET_KINDS];

/* --- sheet_columns.c --- */

/* By its English name, which must be one. */
const hr_column *hr_sheet_column(const hr_sheet *sheet, const char *name);
hr_str *hr_sheet_value(const hr_sheet *sheet, const hr_fact *fact, const char *name);
bool hr_sheet_is_called(const hr_column *column, hr_str header);

/* --- sheet_cells.c --- */

/* What parts a list: the first so many of a table of separators. */
typedef enum hr_sheet_part {
	HR_PART_NAMES = 6,
	HR_PART_ITEMS = 8,
	HR_PART_CODES = 11,
} hr_sheet_part;

/* For a value: no longer than a start tag may be. One that does not fit ends the import. */
void hr_sheet_buf(hr_sheet *sheet, hr_buf *buf);
hr_str hr_sheet_str(hr_sheet *sheet, const hr_buf *buf);
bool hr_sheet_same_name(hr_str a, hr_str b);

/* The next piece of a list, trimmed and not empty; empty at the end. */
hr_str hr_sheet_next(hr_str *rest, hr_sheet_part part);
void hr_sheet_join(hr_buf *buf, hr_str separator, hr_str piece);
hr_str hr_sheet_day(hr_sheet *sheet, hr_date day);

/* The value of a child element; empty when a cell cannot hold it. */
hr_str hr_sheet_child_text(const hr_column *column, const hr_xml *child);

/* --- sheet_lookups.c --- */

bool hr_sheet_resolve_grant(hr_sheet *sheet, hr_fact *fact);
bool hr_sheet_resolve_institution(hr_sheet *sheet, hr_fact *fact);
