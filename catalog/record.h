/*
 * One element of a catalogue file, read into a row. Internal to the loaders.
 *
 * What is wrong is reported once, where it is, and the reading goes on; the
 * caller looks at the end, when hr_record_keep keeps the row or not. Every
 * attribute and child that nobody asked for is a fault, so a word that is
 * spelled wrong cannot open a period.
 */
#pragma once

#include "base/xml.h"
#include "catalog/load.h"

#include <stdarg.h>

typedef struct hr_load hr_load;
typedef struct hr_record hr_record;

/* A child element of that name, and what reads it into `row`. */
typedef struct hr_element {
	hr_str name;
	void (*read)(hr_record *r, void *row);
} hr_element;

/* The files of one root element. */
typedef struct hr_load_kind {
	hr_str root;
	bool shared; /* may stand in the shared set */
	bool local;  /* may stand in an overlay */
	size_t row_size;
	size_t limit;
	const hr_element *elements;
	size_t element_count;
	void (*begin)(hr_record *root); /* attributes of the root; NULL: provenance only */
	void (*done)(hr_load *load);	/* after the last file: rows to the snapshot */
} hr_load_kind;

extern const hr_load_kind hr_load_documents;
extern const hr_load_kind hr_load_regions;
extern const hr_load_kind hr_load_units;
extern const hr_load_kind hr_load_items;
extern const hr_load_kind hr_load_institutions;
extern const hr_load_kind hr_load_regimes;
extern const hr_load_kind hr_load_grants;
extern const hr_load_kind hr_load_windows;
extern const hr_load_kind hr_load_marks;
extern const hr_load_kind hr_load_situations;
extern const hr_load_kind hr_load_missing;
extern const hr_load_kind hr_load_code_map;

/* Rows that grow, and are packed into the snapshot when their kind has been read. */
typedef struct hr_rows {
	hr_arena *arena;
	char *data;
	size_t size; /* of a row */
	size_t count;
	size_t room;
} hr_rows;

/* Equal bytes kept once: texts that many records repeat, rows of bits. */
typedef struct hr_pool {
	hr_map map; /* to `kept` */
	hr_rows kept;
} hr_pool;

/* The file that is being read, and what its root says for all its records. */
typedef struct hr_load_file {
	bool local;
	bool graded;
	hr_origin origin; /* what a record inherits */
	const hr_regime *regime;
	hr_institution_id institution;
	hr_str institution_key;
	hr_map lists; /* of item codes that were read, to rows of `list_bits` */
	hr_rows list_bits;
} hr_load_file;

struct hr_load {
	hr_catalog *catalog;
	hr_arena *work;	 /* for the whole load */
	hr_arena *build; /* for one kind */
	hr_arena *tree;	 /* for one file */
	hr_xml_parser *parser;
	hr_load_sink sink;
	hr_error *err;
	bool stopped; /* `err` is filled */
	bool alone;   /* an overlay without its shared set: references are not followed */
	size_t faults;
	hr_pool texts;
	hr_pool bits;
	const hr_load_kind *kind;
	bool full;	    /* the kind's limit was reached and reported */
	hr_rows rows;	    /* of the kind */
	hr_rows names;	    /* hr_named, of the kind */
	hr_rows codes;	    /* hr_loinc_row, of items */
	hr_map claims;	    /* codes of the kind, to rows */
	hr_map more_claims; /* other codes of it */
	uint64_t *bit_row;  /* item_words, for a row that is being made */
	hr_map classes;	    /* of items, to rows of `class_bits` */
	hr_rows class_bits; /* of uint64_t pointers */
	hr_load_file file;
};

struct hr_record {
	hr_load *load;
	const hr_xml *node;
	uint64_t seen; /* attributes that were asked for, by position */
	size_t faults; /* of the load, when the record began */
	bool parent;   /* its children were read; else it may have none */
	bool ended;
};

/* --- the load --- */

void hr_load_stop_memory(hr_load *load);
void hr_load_fault(hr_load *load, hr_fault fault, const hr_origin *at, const char *format,
		   va_list args) __attribute__((format(printf, 4, 0)));

void hr_rows_init(hr_rows *rows, hr_arena *arena, size_t size);

/* A row at the end, a copy in the snapshot, memory of the snapshot: NULL, and the load stopped,
 * when memory is short. */
void *hr_load_add(hr_load *load, hr_rows *rows);
void *hr_load_pack(hr_load *load, const hr_rows *rows);
void *hr_load_alloc(hr_load *load, size_t count, size_t size);

#define HR_LOAD_NEW_N(load, type, n) ((type *)hr_load_alloc((load), (n), sizeof(type)))

/* Kept in the snapshot: a copy of its own, one for all that are equal, a folded one. */
hr_str hr_load_text(hr_load *load, hr_str s);
hr_str hr_load_common(hr_load *load, hr_str s);
hr_str hr_load_folded(hr_load *load, hr_str s);
const uint64_t *hr_load_bits(hr_load *load, const uint64_t *bits);

void hr_load_map(hr_load *load, hr_map *map, hr_arena *arena, size_t expected);

/* `code` leads to `id` from now on, unless it leads somewhere already. */
void hr_load_put(hr_load *load, hr_map *map, hr_str code, uint32_t id);

/* The kind's rows to the snapshot; `*count` stays 0 when memory is short. */
const void *hr_load_finish(hr_load *load, size_t *count);

/* A map of the code that each of these finished rows has at `code_offset`. */
void hr_load_index(hr_load *load, hr_map *map, const void *rows, size_t code_offset);

/* Another name of a row; and all names to the snapshot, sorted. */
void hr_load_name(hr_load *load, hr_str name, uint32_t id, hr_period period);
void hr_load_finish_names(hr_load *load, hr_names *out);

/* --- a record --- */

hr_record hr_record_begin(hr_load *load, const hr_xml *node);
void hr_record_fault(hr_record *r, hr_fault fault, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A reference that leads nowhere: a fault, unless references are not followed. */
void hr_record_unknown(hr_record *r, const char *what, hr_str code);

/* A fault when `code` leads somewhere in `claims`. */
void hr_record_check_free(hr_record *r, const hr_map *claims, const char *what, hr_str code);

/* Reads every child by its row of the table. */
void hr_record_children(hr_record *r, const hr_element *table, size_t count, void *row);
#define HR_RECORD_CHILDREN(r, table, row)                                                          \
	hr_record_children((r), (table), sizeof(table) / sizeof((table)[0]), (row))
size_t hr_record_count(const hr_record *r, hr_str child_name);

/* Reports what nobody asked for; once. */
void hr_record_end(hr_record *r);

/* Ends the record and adds the row to its kind's, when nothing is wrong: its index, or HR_ID_NONE.
 */
uint32_t hr_record_keep(hr_record *r, const void *row);

/*
 * Attributes, trimmed. Empty when absent; empty and present is a fault, so is
 * absent for _need and _code. _raw, _need, _list and _content (of the element)
 * borrow from the file's tree; the others are kept in the snapshot.
 */
hr_str hr_record_raw(hr_record *r, hr_str name);
hr_str hr_record_need(hr_record *r, hr_str name);
hr_str hr_record_list(hr_record *r, hr_str name); /* may be longer than a text */
hr_str hr_record_content(hr_record *r);
hr_str hr_record_text(hr_record *r, hr_str name);
hr_str hr_record_common(hr_record *r, hr_str name);
hr_str hr_record_code(hr_record *r, hr_str name);
hr_str *hr_record_words(hr_record *r, hr_str name, uint16_t *count);

bool hr_record_flag(hr_record *r, hr_str name);
uint32_t hr_record_number(hr_record *r, hr_str name, uint32_t max); /* 0 when absent */
hr_date hr_record_day(hr_record *r, hr_str name, hr_date absent);
hr_period hr_record_period(hr_record *r, hr_str from, hr_str to);
hr_origin hr_record_origin(hr_record *r);
void hr_record_root(hr_record *r); /* what the records of a file inherit */

/* The index of the value among the words; `absent` when it is. */
unsigned hr_record_word(hr_record *r, hr_str name, const hr_str *words, size_t count,
			unsigned absent);
#define HR_RECORD_WORD(r, name, words, absent)                                                     \
	hr_record_word((r), HR_STR(name), (words), sizeof(words) / sizeof((words)[0]), (absent))

/* What a code leads to; NULL or HR_ID_NONE when it is empty or leads nowhere. */
hr_item_id hr_record_item(hr_record *r, hr_str code);
hr_institution_id hr_record_institution(hr_record *r, hr_str key);
const hr_regime *hr_record_regime(hr_record *r, hr_str id);

/*
 * The items that an attribute names, kept: none when it is absent, for `all`
 * the row catalog->all_items[kind] itself. NULL when memory is short.
 */
const uint64_t *hr_record_items(hr_record *r, hr_str name, hr_kind kind);

/* Two, four or six digits of GB/T 2260. */
bool hr_region_prefix_is_valid(hr_str prefix);
