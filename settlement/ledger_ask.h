/*
 * What is asked of a person's year as a system asks it: JSON in the names of
 * the national interface. Nothing of the person is ever told.
 */
#pragma once

#include "settlement/ledger.h"

typedef struct hr_ledger_ask {
	hr_str certificate; /* psn_cert_type */
	hr_str number;	    /* certno */
	hr_ledger_scope scope;
	hr_instant at;	      /* setl_time */
	const hr_json *visit; /* what is to be kept of it; NULL: there is none */
	hr_str id;	      /* its medins_setl_id */
	hr_str reverses;      /* omsgid; may be empty */
	hr_str reason;	      /* may be empty */
} hr_ledger_ask;

typedef enum hr_ledger_asks {
	HR_LEDGER_ASKS_RECORD,	/* visit and setl_time are needed */
	HR_LEDGER_ASKS_REVERSE, /* insuplc_admdvs */
	HR_LEDGER_ASKS_YEAR,	/* insuplc_admdvs, insutype, year */
} hr_ledger_asks;

/* Borrowed from the tree. Facts that only a diagnosis asks are not kept. */
bool hr_ledger_ask_read(const hr_json *node, const hr_catalog *catalog, hr_ledger_asks asks,
			hr_arena *arena, hr_ledger_ask *out, hr_error *err);

/*
 * Is it there already? `*out` is the settlement that was kept, and the same
 * content changes nothing; NULL: it is new. HR_E_EXISTS names the first
 * member that differs, or says that it was taken back.
 */
bool hr_ledger_repeats(const hr_ledger *ledger, const hr_ledger_ask *ask, const hr_ledger_row **out,
		       hr_error *err);
