/*
 * What the parts of the check share. Internal to catalog/.
 *
 * What one file says wrongly is found while loading (catalog/load.h). What
 * stands here is found in the snapshot, by comparing facts with each other.
 */
#pragma once

#include "catalog/check.h"
#include "catalog/snapshot.h"

/*      finding             code                     severity what to do */
#define HR_FINDINGS(X)                                                                             \
	X(SCHEMA, "schema", ERROR, "follow catalog.xsd; 'huren catalog new' makes examples")       \
	X(BAD_CHECK_DIGIT, "bad-check-digit", ERROR, "compare it with the source, digit by digit") \
	X(UNIT_CLASS, "unit-class-mismatch", ERROR,                                                \
	  "correct the unit, or add its class to the item's unit-class")                           \
	X(UNIT_UNKNOWN, "unit-not-in-table", WARNING,                                              \
	  "add the unit to a units file; results in it are undecided until then")                  \
	X(OWN_SIBLING, "own-sibling", ERROR,                                                       \
	  "a code is the item's own or a sibling of it, never both")                               \
	X(SHARED_NAME, "shared-name", WARNING,                                                     \
	  "take the name off one of them, or give it a period; reports that use it are undecided") \
	X(OVERLAPPING_GRANTS, "overlapping-grants", ERROR,                                         \
	  "end the earlier one before the later one begins, or make them one")                     \
	X(OVERLAPPING_LISTS, "overlapping-lists", ERROR,                                           \
	  "end the earlier list before the later one begins")                                      \
	X(CONFLICTING_WINDOWS, "conflicting-windows", ERROR,                                       \
	  "keep the one that the source states, or end the earlier one")                           \
	X(GRANT_OUTSIDE, "grant-outside-regime", WARNING,                                          \
	  "compare the days with those of the regime; outside of them the grant has no effect")    \
	X(GRANT_UNLISTED, "grant-unlisted", WARNING,                                               \
	  "add the items to an item-list of the regime, or take them off the grant")               \
	X(WITHDRAWN_OUTSIDE, "withdrawn-outside-period", ERROR,                                    \
	  "the day of withdrawal lies within the grant's own days; correct one of them")           \
	X(NO_ITEM_LIST, "no-item-list", WARNING,                                                   \
	  "add an item-list to the regime; every answer is undecided until then")                  \
	X(NO_WINDOW, "items-without-window", WARNING,                                              \
	  "add windows where they are published; the answer for these items is undecided")         \
	X(OVERLAPPING_POLICIES, "overlapping-policies", ERROR,                                     \
	  "narrow one of them, end the earlier one, or give both one 'conflict' word")             \
	X(LONE_READING, "lone-reading", WARNING,                                                   \
	  "add the other reading, or take the 'conflict' word off")                                \
	X(OVERLAPPING_MANUAL, "overlapping-manual", ERROR,                                         \
	  "narrow one of them, end the earlier one, or let only one say it")                       \
	X(OVERLAPPING_STANDARDS, "overlapping-standards", ERROR,                                   \
	  "end the earlier one before the later one begins, or give both their 'code'")            \
	X(OVERLAPPING_OPENED, "overlapping-opened", ERROR,                                         \
	  "end the earlier one before the later one begins, or make them one")                     \
	X(OPENED_OVER, "opened-over-expected", WARNING,                                            \
	  "the source says fewer; compare the list with it")                                       \
	X(SYNTHETIC, "synthetic-rows", WARNING,                                                    \
	  "remove made-up rows before the catalogue is published")

typedef enum hr_finding {
#define X(name, code, severity, action) HR_FINDING_##name,
	HR_FINDINGS(X)
#undef X
} hr_finding;

typedef struct hr_check {
	const hr_catalog *catalog;
	hr_arena *arena;   /* the caller's: the texts of issues */
	hr_arena *scratch; /* of the check */
	hr_issue *found;   /* in scratch */
	size_t count;
	size_t room;
	size_t errors;	/* all of them, kept or not */
	size_t kept[2]; /* by severity */
	bool cut;
	size_t references; /* of them, unknown ones */
	bool unreadable;   /* a file is */
	bool out_of_memory;
} hr_check;

/* A place is kept as it is; its file's name is borrowed. Past the limit an issue is only counted.
 */
void hr_check_add(hr_check *check, hr_finding finding, const hr_origin *at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* From scratch; when it is NULL the check will end by itself. */
void *hr_check_alloc(hr_check *check, size_t count, size_t size);
#define HR_CHECK_NEW_N(check, type, n) ((type *)hr_check_alloc((check), (n), sizeof(type)))

/* The codes of the first 20 items of `bits`, for a message; borrowed from scratch. */
hr_str hr_check_item_codes(hr_check *check, const uint64_t *bits);

/* All but the schema: the loader and the parts. */
bool hr_check_facts(hr_check *check, const hr_fileset *files, bool local, hr_error *err);

/* For each word those that it stands for or that stand for it: "11" and "1102". */
typedef struct hr_check_kin {
	uint64_t of[HR_DIMENSION_COUNT][HR_SCOPE_WORDS_MAX];
} hr_check_kin;

/* Is there a visit that both are for? */
bool hr_check_scopes_meet(const hr_check_kin *kin, const hr_scope *a, const hr_scope *b);

/* The parts. What they find goes to hr_check_add; memory that is short ends the check. */
void hr_check_items(hr_check *check);
void hr_check_institutions(hr_check *check);
void hr_check_names(hr_check *check);
void hr_check_regimes(hr_check *check);
void hr_check_overlaps(hr_check *check);
void hr_check_policies(hr_check *check);
void hr_check_network(hr_check *check);
void hr_check_manual(hr_check *check, const hr_check_kin *kin); /* with the policies */
