/*
 * What the files of the comparison share. A record is compared field by field,
 * by the words that a person would read; so a field is a row of a table, and
 * nothing that differs can go unsaid.
 */
#pragma once

#include "registry/diff.h"

enum { HR_DIFF_ZH, HR_DIFF_EN, HR_DIFF_LANGS };
enum { HR_DIFF_BEFORE, HR_DIFF_AFTER, HR_DIFF_SIDES };
enum { HR_DIFF_MEMBERS_MAX = 64 }; /* no kind of record has so many fields */

/* A line in both languages. */
typedef struct hr_diff_line {
	hr_buf text[HR_DIFF_LANGS];
} hr_diff_line;

/* What a kind of record is called. */
typedef struct hr_diff_word {
	hr_str text[HR_DIFF_LANGS];
} hr_diff_word;

typedef enum hr_diff_how {
	HR_DIFF_SAID,
	HR_DIFF_QUIET, /* only when it changed */
	HR_DIFF_SET,   /* parts, each with a NUL behind it: what came and what went */
	HR_DIFF_ORDER, /* parts: what stood before others and no longer does; else quiet */
	HR_DIFF_PROOF, /* the source of the fields before it: said beside any of them */
} hr_diff_how;

typedef struct hr_diff_field {
	hr_str label[HR_DIFF_LANGS];
	size_t offset; /* of what `write` gets, in the record */
	void (*write)(const void *value, int lang, hr_buf *out);
	hr_diff_how how;
} hr_diff_field;

typedef struct hr_diff_fields {
	const hr_diff_field *fields;
	size_t count;
} hr_diff_fields;

/* One record of one side. */
typedef struct hr_diff_row {
	hr_str key;	/* same key, same thing */
	hr_str subject; /* for people */
	const void *record;
	const uint64_t *items; /* the set that belongs to it, in this side's ids; NULL: none does */
	uint32_t id;	       /* where it stood */
	hr_str content;	       /* all that it holds, where several have its key */
} hr_diff_row;

typedef struct hr_diff_rows {
	hr_diff_row *rows; /* by key */
	size_t count;
	size_t room;
} hr_diff_rows;

typedef enum hr_diff_kind {
#define X(name, record, zh, en) HR_DIFF_##name,
#include "registry/diff_kinds.def"
#undef X
	HR_DIFF_KINDS,
} hr_diff_kind;

typedef struct hr_diff {
	const hr_catalog *catalogs[HR_DIFF_SIDES];
	hr_arena *arena;   /* for the changes */
	hr_arena *scratch; /* for all else */
	hr_change *changes;
	size_t count;
	size_t room;
	bool failed; /* for want of memory */
	hr_diff_rows rows[HR_DIFF_KINDS][HR_DIFF_SIDES];
	/* The items of both sides by code, and where each side's ids stand among them. */
	hr_str *codes;
	size_t code_count;
	size_t words; /* of a set of them */
	uint32_t *places[HR_DIFF_SIDES];
	uint64_t *common; /* the items that both have */
	/* The words of scopes, whose bits are each version's own (diff_scope.c). */
	struct hr_diff_scope_words *scope_words[HR_DIFF_SIDES];
	/* Used again and again. */
	hr_diff_line line;
	hr_change_member members[HR_DIFF_MEMBERS_MAX]; /* of the line, as HR_CHANGE_ADDED */
	size_t member_count;
	hr_diff_line spare;
	hr_buf moved;
} hr_diff;

/* What a kind has: its fields, and its records of one side. */
#define X(name, record, zh, en)                                                                    \
	extern const hr_diff_fields hr_diff_##record##_fields;                                     \
	void hr_diff_collect_##record(hr_diff *diff, int side, hr_diff_rows *rows);
#include "registry/diff_kinds.def"
#undef X
extern const hr_diff_fields hr_diff_grant_fields;

/* `row.id` is set here. */
void hr_diff_add_row(hr_diff *diff, hr_diff_rows *rows, hr_diff_row row);
void hr_diff_add_named(hr_diff *diff, hr_diff_rows *rows, hr_str key, hr_str name,
		       const void *record);

/* --- lines (diff_lines.c) and their words (diff_words.c) --- */

/* Empties the line, whose buffers are kept. */
void hr_diff_start(hr_diff *diff);
void hr_diff_say(hr_diff *diff, hr_str zh, hr_str en);

/* "2025-01-01 起", "2025-01-01 至 2025-12-31", "长期": as in the files, the last day included. */
void hr_diff_write_period(const void *period, int lang, hr_buf *out);

/* The parts of a set's value, sorted; in the scratch. */
typedef struct hr_diff_set {
	hr_str *parts;
	size_t count;
} hr_diff_set;

/* Writes all that a record holds, sets sorted. */
void hr_diff_write_content(hr_diff *diff, const hr_diff_fields *fields, const void *record,
			   hr_buf *out);

hr_diff_set hr_diff_split(hr_diff *diff, hr_str value);

bool hr_diff_same(hr_diff *diff, const hr_diff_fields *fields, const void *a, const void *b);

/* Says all that a record holds: "单位 mIU/L, 种类 检验". */
void hr_diff_describe(hr_diff *diff, const hr_diff_fields *fields, const void *record);

/* Says what differs: "单位 原 U/L, 现 mIU/L; ...". */
void hr_diff_compare(hr_diff *diff, const hr_diff_fields *fields, const void *before,
		     const void *after);

/* --- records of one key (diff_runs.c) --- */

/* The rows of one side under one key; `end` is where the next one begins. */
typedef struct hr_diff_run {
	hr_diff_row *rows;
	size_t count;
	size_t end;
} hr_diff_run;

/* The next key of either side. False at the end. `runs` is all zero at first. */
bool hr_diff_next_runs(const hr_diff_rows rows[HR_DIFF_SIDES], hr_diff_run runs[HR_DIFF_SIDES]);

/*
 * Where a side has several rows, leaves those that the other one does not hold
 * just so, by what they hold: where they stood makes no difference.
 */
void hr_diff_match_runs(hr_diff *diff, const hr_diff_fields *fields,
			hr_diff_run runs[HR_DIFF_SIDES]);

/* --- sets of items (diff_items.c) --- */

/* From the rows of the items of both sides. */
void hr_diff_join_items(hr_diff *diff, const hr_diff_rows rows[HR_DIFF_SIDES]);

uint64_t *hr_diff_new_set(hr_diff *diff);

/* Adds a set in one side's ids to one in the places of both. */
void hr_diff_add_items(const hr_diff *diff, int side, const uint64_t *items, uint64_t *set);
bool hr_diff_set_is_empty(const hr_diff *diff, const uint64_t *set);

/* Writes the codes, parted by blanks. */
void hr_diff_write_items(const hr_diff *diff, const uint64_t *set, hr_buf *out);
void hr_diff_say_items(hr_diff *diff, const uint64_t *set);

/* --- changes (diff.c) --- */

/* The line that was said, as a change of what is named. */
void hr_diff_add(hr_diff *diff, hr_change_kind kind, const hr_diff_word *what, hr_str subject);

/* The next key of either side: its rows, NULL where a side has none. False at the end. */
bool hr_diff_next_pair(const hr_diff_rows rows[HR_DIFF_SIDES], size_t at[HR_DIFF_SIDES],
		       const hr_diff_row *pair[HR_DIFF_SIDES]);

hr_str hr_diff_join(hr_diff *diff, hr_str a, const char *between, hr_str b);

/* Grants are compared by what each institution may, not row by row (diff_grants.c). */
void hr_diff_grants(hr_diff *diff);
