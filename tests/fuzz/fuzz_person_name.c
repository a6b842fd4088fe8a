/* Any bytes are a name and a search; what a name is must find it. */
#include "find_name.h"

#include "base/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_keys(const hr_str *keys, size_t count)
{
	if (count > HR_NAME_KEYS_MAX)
		abort();
	for (size_t i = 0; i < count; i++) {
		if (keys[i].len == 0 || keys[i].len > HR_NAME_KEY_BYTES_MAX ||
		    hr_utf8_prefix(keys[i]) != keys[i].len)
			abort();
		for (size_t k = 0; k < i; k++)
			if (hr_str_equal(keys[i], keys[k]))
				abort();
	}
}

/* By every key that it has, as typed: what is folded folds to itself. */
static void find_by_keys(const hr_str *keys, size_t count, hr_arena *arena)
{
	for (size_t i = 0; i < count; i++) {
		bool is_whole = keys[i].data[0] == '=';
		hr_name_query query;
		hr_error err;

		if (!hr_name_query_make(keys[i], !is_whole, arena, &query, &err) ||
		    query.count != 1 || !hr_str_equal(query.terms[0].key, keys[i]) ||
		    !find_name(&query, keys, count))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 20);
	hr_str text = { (const char *)data, size };
	hr_str keys[HR_NAME_KEYS_MAX];
	hr_name_query query;
	hr_error err;
	size_t count;

	if (!arena)
		return 0;
	if (!hr_name_keys(text, arena, keys, &count, &err))
		abort();
	check_keys(keys, count);
	find_by_keys(keys, count, arena);
	for (int fuzzy = 0; fuzzy < 2; fuzzy++)
		if (hr_name_query_make(text, fuzzy, arena, &query, &err))
			find_name(&query, keys, count);
	return 0;
}
