/* huren verify --batch: its flags, and the run. */
#pragma once

#include "tools/cli.h"

#include "service/inquiry.h"

typedef struct hr_batch_flags {
	const char *input, *output, *state, *threads;
} hr_batch_flags;

/* That they fit together: HR_E_USAGE. */
bool hr_batch_flags_check(const hr_batch_flags *flags, hr_error *err);

typedef struct hr_batch_ask {
	const hr_catalog *catalog;
	const hr_inquiry *inquiry;
	const char *folder; /* of the catalogue, which then has no version; else NULL */
	const char *local;  /* the overlay, or NULL */
	bool at_is_given;
	bool json;    /* the summary */
	bool explain; /* the lines */
} hr_batch_ask;

/* The exit code. */
int hr_cli_verify_batch(hr_cli *cli, const hr_batch_flags *flags, const hr_batch_ask *ask);
