/*
 * From the files of a catalogue to a snapshot. Internal to catalog/.
 *
 * Kinds are read in the order in which they refer to each other, each over all
 * its files, so the order of the files does not matter. What is wrong goes to
 * a sink, which either ends the load (hr_catalog_build) or collects
 * (hr_catalog_check); a record with a fault is left out.
 */
#pragma once

#include "catalog/check.h"
#include "catalog/snapshot.h"

/*      fault             code                 severity what to do */
#define HR_FAULTS(X)                                                                               \
	X(MALFORMED, "malformed", ERROR, "make it well-formed XML in UTF-8, without a DOCTYPE")    \
	X(UNKNOWN_ROOT, "unknown-root", ERROR, "use a root element of catalog.xsd")                \
	X(WRONG_SET, "wrong-set", ERROR,                                                           \
	  "an overlay holds windows and code maps only, and code maps are nowhere else")           \
	X(UNKNOWN_ELEMENT, "unknown-element", ERROR, "remove it or correct its name")              \
	X(UNKNOWN_ATTRIBUTE, "unknown-attribute", ERROR, "remove it or correct its name")          \
	X(MISSING, "missing", ERROR, "add what is missing")                                        \
	X(BAD_VALUE, "bad-value", ERROR, "correct the value")                                      \
	X(BAD_DAY, "bad-day", ERROR, "write a day that exists, as 2026-11-20")                     \
	X(BAD_PERIOD, "bad-period", ERROR, "let it start before it ends")                          \
	X(BAD_SEGMENTS, "bad-segments", ERROR,                                                     \
	  "let the segments cover every amount once: ascending, the last one without 'upto'")      \
	X(UNKNOWN_REFERENCE, "unknown-reference", ERROR, "correct it, or add what it refers to")   \
	X(UNKNOWN_REGION, "unknown-region", WARNING, "add the region, so that it has a name")      \
	X(DUPLICATE, "duplicate", ERROR, "keep one of them")                                       \
	X(LIMIT, "limit", ERROR, "make the catalogue smaller: it is more than huren reads")

typedef enum hr_fault {
#define X(name, code, severity, action) HR_FAULT_##name,
	HR_FAULTS(X)
#undef X
} hr_fault;

typedef struct hr_load_sink {
	/* False ends the load, `err` being filled. The issue is borrowed for the call. */
	bool (*report)(void *context, const hr_issue *issue, hr_error *err);
	void *context;
} hr_load_sink;

typedef struct hr_load_input {
	const hr_fileset *shared; /* NULL: an overlay alone, whose references are not followed */
	const hr_fileset *local;  /* NULL: there is none */
	hr_str id;
	hr_instant known_at;
	hr_load_sink sink;
} hr_load_input;

/*
 * All that is sound of the files, as a snapshot with one reference. Issues come
 * kind by kind, not in the order of files. False when the sink ended the load
 * or memory is short.
 */
bool hr_catalog_load(const hr_load_input *input, hr_catalog **out, hr_error *err);
