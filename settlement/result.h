/*
 * A settlement result as another system sent it (the answer of 2207 or 2304):
 * read, and held against the identities. What it says beside the amounts is
 * passed over; an amount that is missing, negative or no number is refused
 * with its place.
 */
#pragma once

#include "base/json.h"
#include "settlement/identities.h"

typedef struct hr_settle_result {
	hr_settlement settlement;
	uint32_t given;	     /* bits by hr_amount: which were sent */
	int64_t details_fen; /* of setldetail, but for the own account (310200); -1: none was sent
			      */
} hr_settle_result;

/* `setlinfo` and `setldetail` at the top, or in `output`; or the amounts alone. */
bool hr_result_read(const hr_json *node, hr_settle_result *out, hr_error *err);

/* What is broken, and what is only noted. JSON: both languages; text: that of `english`. */
void hr_breaches_format_json(const hr_breaches *breaches, hr_buf *out);
void hr_breaches_format_text(const hr_breaches *breaches, bool english, hr_buf *out);
