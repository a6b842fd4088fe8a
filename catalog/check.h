/*
 * The full check of a catalogue before it is published: schema, references,
 * check characters, periods. Reports everything that is wrong, not the first.
 */
#pragma once

#include "base/file.h"

typedef enum hr_severity { HR_SEVERITY_ERROR, HR_SEVERITY_WARNING } hr_severity;

typedef struct hr_issue {
	hr_severity severity;
	hr_str code; /* "overlapping-grants", stable */
	hr_str file;
	uint32_t line;
	uint32_t column;
	hr_str message; /* what is wrong */
	hr_str action;	/* what to do */
} hr_issue;

enum { HR_ISSUES_MAX = 10000 };

typedef struct hr_issues {
	const hr_issue *issues; /* by file, line, column */
	size_t count;
	size_t errors; /* listed or not: 0 is a catalogue that may be published */
	bool cut;      /* there are more than HR_ISSUES_MAX; errors are listed before warnings */
} hr_issues;

/*
 * False only when the check itself could not run. `local`: the files are an
 * overlay, whose references are followed when it is laid over its catalogue.
 * While a file is unreadable, references are not followed either: it may hold
 * what they mean. `files` must outlive `*out`.
 */
bool hr_catalog_check(const hr_fileset *files, bool local, hr_arena *arena, hr_issues *out,
		      hr_error *err);

/* True for an organisation code (GB 11714), with or without its hyphen, that checks. */
bool hr_org_code_is_valid(hr_str code);

/* True for one to seven digits, a hyphen and the right check digit. */
bool hr_loinc_is_valid(hr_str loinc);
