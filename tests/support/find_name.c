#include "find_name.h"

#include "base/utf8.h"

/* As SQL has LIKE: '%' is any characters, '_' one. */
static bool is_like(hr_str text, hr_str like)
{
	while (like.len && like.data[0] != '%') {
		size_t n = hr_utf8_front(text);

		if (text.len == 0 || (like.data[0] != '_' && like.data[0] != text.data[0]))
			return false;
		if (like.data[0] != '_')
			n = 1;
		text = hr_str_slice(text, n, text.len);
		like = hr_str_slice(like, 1, like.len);
	}
	if (like.len == 0)
		return text.len == 0;
	for (size_t at = 0; at <= text.len; at++)
		if (is_like(hr_str_slice(text, at, text.len), hr_str_slice(like, 1, like.len)))
			return true;
	return false;
}

static bool meets(const hr_name_term *term, hr_str key)
{
	switch (term->how) {
	case HR_NAME_IS:
		return hr_str_equal(key, term->key);
	case HR_NAME_BEGINS:
		return hr_str_starts_with(key, term->key);
	case HR_NAME_LIKE:
		return hr_str_starts_with(key, term->key) && is_like(key, term->like);
	}
	return false;
}

bool find_name(const hr_name_query *query, const hr_str *keys, size_t count)
{
	for (size_t t = 0; t < query->count; t++) {
		size_t i = 0;

		while (i < count && !meets(&query->terms[t], keys[i]))
			i++;
		if (i == count)
			return false;
	}
	return true;
}
