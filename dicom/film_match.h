/*
 * Whether a value of an attribute is what a search asks for (PS3.4 C.2.2.2,
 * PS3.18 8.3.4.1). Pure; texts are UTF-8.
 */
#pragma once

#include "base/str.h"

/* '*' is any characters, '?' one; case counts, blanks around do not. */
bool hr_film_is_like(hr_str value, hr_str pattern);

bool hr_film_has_wildcard(hr_str pattern);

/* The next entry of `*list`, parted by commas or backslashes; false behind the last. */
bool hr_film_next_of(hr_str *list, hr_str *entry);

/* Is `value` an entry of the list? */
bool hr_film_is_listed(hr_str value, hr_str list);

/*
 * Dates, times, or both joined: "a-b", "-b", "a-", or one. What is asked for
 * may be shorter than what is there: "0809" is all of that minute.
 */
typedef struct hr_film_range {
	hr_str from; /* empty: open */
	hr_str to;
} hr_film_range;

hr_film_range hr_film_range_of(hr_str text);
bool hr_film_is_within(hr_str value, hr_film_range range);
