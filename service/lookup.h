/*
 * What the public may ask of the catalogue: which items there are, who lists
 * them, which institution is granted what, as of any day. The same answers for
 * JSON and for pages.
 */
#pragma once

#include "catalog/catalog.h"

enum { HR_LOOKUP_MAX = 100, HR_LOOKUP_USUAL = 50 };

typedef struct hr_lookup {
	hr_str text;  /* a part of a name, or a code; empty: all, in the catalogue's order */
	hr_str after; /* go on behind the item of this code, the institution of this key */
	size_t limit; /* 1 to HR_LOOKUP_MAX */
} hr_lookup;

typedef struct hr_found {
	uint32_t ids[HR_LOOKUP_MAX];
	size_t count;
	bool more; /* there are more: go on behind the last, or write more of the name */
} hr_found;

/* HR_E_USAGE for an `after` that the catalogue does not hold, or one beside a `text`. */
bool hr_lookup_items(const hr_catalog *catalog, const hr_lookup *lookup, hr_found *out,
		     hr_error *err);
bool hr_lookup_institutions(const hr_catalog *catalog, const hr_lookup *lookup, hr_found *out,
			    hr_error *err);

/* By key or any of its codes. HR_E_NOT_FOUND. */
bool hr_lookup_institution(const hr_catalog *catalog, hr_str code, hr_institution_id *out,
			   hr_error *err);

typedef enum hr_listed {
	HR_LISTED_NO,
	HR_LISTED_UNKNOWN, /* no list of that day is known, or only a part of it */
	HR_LISTED_YES,
} hr_listed;

/* Is the item on the list of a regime in force that day? `*list`: which says so, or NULL. */
hr_listed hr_lookup_listed(const hr_catalog *catalog, const hr_regime *regime, hr_item_id item,
			   hr_date on, const hr_list **list);

/* Does the row hold on that day: begun, not ended, not withdrawn? */
bool hr_lookup_grant_holds(const hr_grant *grant, hr_date on);

hr_str hr_listed_word(hr_listed listed);
