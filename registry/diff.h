/* What changed between two versions of the catalogue, in its own terms. */
#pragma once

#include "catalog/catalog.h"

typedef enum hr_change_kind {
	HR_CHANGE_ADDED,
	HR_CHANGE_REMOVED,
	HR_CHANGE_ALTERED
} hr_change_kind;

typedef struct hr_change {
	hr_change_kind kind;
	hr_str what;	/* "regime", "list", "item", "grant", "policy", ... */
	hr_str subject; /* its code, key or id, and its name */
	hr_str text;	/* one line in Chinese: what was and what is */
	hr_str text_en;
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
