/* What changed between two versions of the catalogue, in its own terms. */
#pragma once

#include "catalog/catalog.h"

typedef enum hr_change_kind {
	HR_CHANGE_ADDED,
	HR_CHANGE_REMOVED,
	HR_CHANGE_ALTERED
} hr_change_kind;

/* A member of a record: what it was and what it is; empty: nothing. Parts of a set are listed. */
typedef struct hr_change_member {
	hr_str name;
	hr_str name_en;
	hr_str before;
	hr_str before_en;
	hr_str after;
	hr_str after_en;
} hr_change_member;

typedef struct hr_change {
	hr_change_kind kind;
	hr_str what;	/* "regime", "list", "item", "grant", "policy", ... */
	hr_str subject; /* its code, key or id, and its name */
	hr_str text;	/* one line in Chinese: what was and what is */
	hr_str text_en;
	/* Those that the text names, and no items, of which only the text tells. */
	const hr_change_member *members;
	size_t member_count;
} hr_change;

/*
 * In the order of diff_kinds.def, the grants before the windows; within a kind
 * by subject. Every change that could change a decision or a settlement, or
 * the evidence of one, is told; of a record of settlement with its source.
 * Files and lines are not compared, nor the order of rows, unless the first
 * that fits decides; nor what a snapshot does not hold (quality limits,
 * missing facts), nor an overlay's code map, which no registry holds.
 */
bool hr_catalog_diff(const hr_catalog *before, const hr_catalog *after, hr_arena *arena,
		     const hr_change **out, size_t *count, hr_error *err);

/* One line of JSON: the versions, and each change with its members in both languages. */
void hr_changes_format_json(const hr_catalog *before, const hr_catalog *after,
			    const hr_change *changes, size_t count, hr_buf *out);
