/*
 * What the readers of a settlement file share. Internal to the loaders.
 */
#pragma once

#include "catalog/record.h"

typedef struct hr_policy_row {
	hr_policy policy;
	uint32_t area;
	uint32_t index; /* in the order of the files */
} hr_policy_row;

/* An amount of yuan, a share as a percent ("85%"), percentage points ("10"); absent as given. */
hr_money hr_record_money(hr_record *r, hr_str name, hr_money absent);
bool hr_record_amount(hr_record *r, hr_str name, hr_str text, hr_money *out);
int32_t hr_record_share(hr_record *r, hr_str name);
int32_t hr_record_points(hr_record *r, hr_str name);

/* The attributes of the dimensions of `which` (bits), and ages. */
hr_scope hr_record_scope(hr_record *r, uint32_t which);

/* Words whose bits are known before any file is read; once. */
void hr_load_begin_words(hr_load *load);

/* The bit of a word of a dimension, which from now on has one; 64 and a fault when all are taken.
 */
uint32_t hr_load_scope_word(hr_record *r, hr_dimension dimension, hr_str word);

/* <policy>, and what stands in it. */
void hr_load_policy(hr_record *r, void *unused);
void hr_load_policy_parts(hr_record *r, hr_policy *policy);

/* <filing>, and what stands in it, as a row of the load; false when it is left out. */
bool hr_load_filing(hr_record *r);
