/*
 * One element of a catalogue file, read into a row. Internal to the loaders.
 *
 * What is wrong is reported once, where it is, and the reading goes on; the
 * caller looks at the end, when hr_record_keep keeps the row or not. Every
 * attribute and child that nobody asked for is a fault, so a word that is
 * spelled wrong cannot open a period.
 */
#pragma once

#include "catalog/load_state.h"

struct hr_record {
	hr_load *load;
	const hr_xml *node;
	uint64_t seen; /* attributes that were asked for, by position */
	size_t faults; /* of the load, when the record began */
	bool parent;   /* its children were read; else it may have none */
	bool ended;
};

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
hr_str hr_record_prefix(hr_record *r, hr_str name); /* of GB/T 2260: two, four or six digits */
hr_str *hr_record_words(hr_record *r, hr_str name, uint16_t *count);

bool hr_record_flag(hr_record *r, hr_str name);
uint32_t hr_record_number(hr_record *r, hr_str name, uint32_t max); /* 0 when absent */
hr_date hr_record_day(hr_record *r, hr_str name, hr_date absent);
hr_period hr_record_period(hr_record *r, hr_str from, hr_str to);
hr_origin hr_record_origin(hr_record *r);

/* Both of a record that holds from a day: its origin says when no source tells which. */
void hr_record_dated(hr_record *r, hr_period *period, hr_origin *origin);

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
