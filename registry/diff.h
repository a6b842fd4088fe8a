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
	hr_str what; /* "regime", "list", "item", "institution", "grant", "window", "mark", ... */
	hr_str subject; /* its code, key or id, and its name */
	hr_str text;	/* one line in Chinese: what was and what is */
	hr_str text_en;
} hr_change;

/*
 * In the order: regimes, their lists, items, institutions, grants, windows,
 * marks, situations, documents; within one by subject. Files and lines are not
 * compared, nor the order of rows. Regions, units, and the other names of
 * items cannot be listed from a snapshot and are left out.
 */
bool hr_catalog_diff(const hr_catalog *before, const hr_catalog *after, hr_arena *arena,
		     const hr_change **out, size_t *count, hr_error *err);
