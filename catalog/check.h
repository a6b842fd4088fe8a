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

typedef struct hr_issues {
	const hr_issue *issues; /* by file, line, column */
	size_t count;
	size_t errors;
	bool cut; /* more than 10,000: the rest is not listed */
} hr_issues;

/* False only when the check itself could not run. `local`: the files are an overlay. */
bool hr_catalog_check(const hr_fileset *files, bool local, hr_arena *arena, hr_issues *out,
		      hr_error *err);

/* True when the 18 characters are a USCC with the right check character (GB 32100). */
bool hr_uscc_is_valid(hr_str uscc);
