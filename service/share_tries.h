/*
 * How often somebody may fail to open a share. What opens one is not counted,
 * so a hospital of many desks behind one address is not held up by its work.
 *
 * A link cannot be guessed; the limit on links spares the work of refusing. A
 * 取片码 can: of 8 digits, opened at its own hospital's desks alone, and all
 * guesses of a hospital are counted together. With L codes that live there, the
 * desks' limit of 100 in ten minutes leaves a chance of L / 1,000,000 in these
 * ten minutes that any of them is met.
 */
#pragma once

#include "service/limits.h"

typedef struct hr_share_tries hr_share_tries;

typedef struct hr_share_tries_options {
	uint32_t links; /* refused to one source in a minute; 0: no limit */
	uint32_t codes; /* refused to one source in ten minutes, and ten times as many to all
			   desks of a hospital together; 0: no limit */
} hr_share_tries_options;

bool hr_share_tries_open(const hr_share_tries_options *options, hr_share_tries **out,
			 hr_error *err);
void hr_share_tries_close(hr_share_tries *tries);

typedef struct hr_share_try {
	hr_str source; /* an address, a token's id */
	hr_str desk;   /* empty: none */
	bool is_code;
	uint64_t now_us;
} hr_share_try;

/* Before it is looked up; false: not now. So guesses that come at once are counted each. */
bool hr_share_tries_take(hr_share_tries *tries, const hr_share_try *one);

/* It opened. */
void hr_share_tries_give_back(hr_share_tries *tries, const hr_share_try *one);
