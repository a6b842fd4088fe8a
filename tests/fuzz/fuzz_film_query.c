/*
 * The query of a search, a field a line ("PatientName=Zhang*"). What was read
 * is within its limits, has no attribute twice, and is of values whose kind
 * agrees with them; no error repeats a value.
 */
#include "dicom/film_attribute.h"
#include "dicom/film_match.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FIELDS_MAX = 100 };

static size_t split(hr_str rest, hr_film_field *fields)
{
	size_t count = 0;

	while (rest.len && count < FIELDS_MAX) {
		size_t end = hr_str_find(rest, HR_STR("\n"));
		hr_str line = hr_str_slice(rest, 0, end);
		size_t equals = hr_str_find(line, HR_STR("="));

		fields[count++] = (hr_film_field){ hr_str_slice(line, 0, equals),
						   hr_str_slice(line, equals + 1, line.len) };
		rest = hr_str_slice(rest, end + 1, rest.len);
	}
	return count;
}

static void check_match(const hr_film_query *query, const hr_film_match *match)
{
	const hr_film_attribute *attribute = hr_film_attribute_find(match->tag);
	hr_str list = match->value;
	hr_str uid;

	if (!attribute || attribute->level > query->level || match->value.len == 0)
		abort();
	while (attribute->kind == HR_FILM_UID && hr_film_next_of(&list, &uid))
		if (!hr_film_is_uid(uid))
			abort();
	/* Whatever it is: it ends. */
	hr_film_is_like(match->value, match->value);
	hr_film_is_within(match->value, hr_film_range_of(match->value));
	hr_film_is_listed(match->value, match->value);
}

static void check_query(const hr_film_query *query)
{
	if (query->match_count > HR_FILM_MATCHES_MAX ||
	    query->include_count > HR_FILM_INCLUDES_MAX || query->limit > HR_FILM_RESULTS_MAX)
		abort();
	for (size_t i = 0; i < query->match_count; i++) {
		check_match(query, &query->matches[i]);
		for (size_t k = 0; k < i; k++)
			if (query->matches[k].tag == query->matches[i].tag)
				abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)8 << 20);
	hr_film_field fields[FIELDS_MAX];
	size_t count = split((hr_str){ (const char *)data, size }, fields);
	hr_film_query query;
	hr_error err;

	if (!arena)
		return 0;
	for (int level = HR_FILM_STUDY; level <= HR_FILM_INSTANCE; level++) {
		if (hr_film_query_read((hr_film_level)level, fields, count, arena, &query, &err))
			check_query(&query);
		else if (err.code != HR_E_USAGE && err.code != HR_E_MEMORY)
			abort();
	}
	return 0;
}
