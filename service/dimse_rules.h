/* Who may call, where his reports go, and who gives the PatientIDs that he sends. */
#pragma once

#include "base/str.h"

typedef struct hr_dimse_rule {
	hr_str ae;    /* empty: any other */
	hr_str value; /* address, HOST:PORT, institution; may be empty */
} hr_dimse_rule;

typedef struct hr_dimse_rules {
	const hr_dimse_rule *items;
	size_t count;
} hr_dimse_rules;

/* "AE@ADDRESS,AE", or NULL for none. HR_E_USAGE names `setting` and the item. */
bool hr_dimse_read_allowed(const char *setting, const char *text, hr_arena *arena,
			   hr_dimse_rules *out, hr_error *err);

/* "AE=HOST:PORT,AE=HOST:PORT". */
bool hr_dimse_read_peers(const char *setting, const char *text, hr_arena *arena,
			 hr_dimse_rules *out, hr_error *err);

/* "AE=USCC,USCC": the one without an AE is for all others. */
bool hr_dimse_read_institutions(const char *setting, const char *text, hr_arena *arena,
				hr_dimse_rules *out, hr_error *err);

/* Without rules anybody may. */
bool hr_dimse_may_call(const hr_dimse_rules *allowed, hr_str ae, hr_str address);

/* Empty when there is none. */
hr_str hr_dimse_value(const hr_dimse_rules *rules, hr_str ae);
