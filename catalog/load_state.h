/*
 * A load under way: what the readers of all kinds of files share, and what
 * they put into the snapshot. Internal to the loaders.
 */
#pragma once

#include "base/xml.h"
#include "catalog/load.h"

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
extern const hr_load_kind hr_load_settlement;
extern const hr_load_kind hr_load_calendar;
extern const hr_load_kind hr_load_offices;
extern const hr_load_kind hr_load_network;
extern const hr_load_kind hr_load_direct;
extern const hr_load_kind hr_load_platform_texts;
extern const hr_load_kind hr_load_manual;

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
	hr_str system;	   /* of a code map */
	hr_str region;	   /* whose direct rules these are */
	size_t first_zone; /* of a settlement file, among `zones` */
	size_t first_filing;
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
	hr_rows codes;	    /* hr_item_code, of items */
	hr_rows parts[3];   /* of the kind: what its elements but the first one hold */
	hr_map claims;	    /* codes of the kind, to rows */
	hr_map more_claims; /* other codes of it */
	uint64_t *bit_row;  /* item_words, for a row that is being made */
	hr_map classes;	    /* of items, to rows of `class_bits` */
	hr_rows class_bits; /* of uint64_t pointers */
	hr_rows areas;	    /* of settlement */
	hr_rows zones;
	hr_rows filings;
	hr_rows counters;
	hr_load_file file;
};

void hr_load_stop_memory(hr_load *load);
/* A longer message is cut. */
enum { HR_FAULT_MESSAGE_MAX = 196 };
void hr_load_fault(hr_load *load, hr_fault fault, const hr_origin *at, const char *message);

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
