#include "dicom/film_match.h"

#include "base/utf8.h"

/* A byte that is no character counts as one: what is there is not judged here. */
static size_t front(hr_str s)
{
	size_t n = hr_utf8_front(s);

	return n ? n : s.len > 0;
}

bool hr_film_is_like(hr_str value, hr_str pattern)
{
	hr_str star_value = HR_STR_NONE;
	hr_str star_pattern = HR_STR_NONE;
	bool starred = false;

	value = hr_str_trim(value);
	pattern = hr_str_trim(pattern);
	while (value.len) {
		size_t n = front(value);
		size_t m = front(pattern);

		if (m && pattern.data[0] == '*') {
			starred = true;
			pattern = hr_str_slice(pattern, 1, pattern.len);
			star_value = value;
			star_pattern = pattern;
		} else if (m &&
			   (pattern.data[0] == '?' ||
			    hr_str_equal(hr_str_slice(value, 0, n), hr_str_slice(pattern, 0, m)))) {
			value = hr_str_slice(value, n, value.len);
			pattern = hr_str_slice(pattern, m, pattern.len);
		} else if (starred) {
			/* The last star takes one character more. */
			star_value = hr_str_slice(star_value, front(star_value), star_value.len);
			value = star_value;
			pattern = star_pattern;
		} else {
			return false;
		}
	}
	while (pattern.len && pattern.data[0] == '*')
		pattern = hr_str_slice(pattern, 1, pattern.len);
	return pattern.len == 0;
}

bool hr_film_has_wildcard(hr_str pattern)
{
	return pattern.len &&
	       (memchr(pattern.data, '*', pattern.len) || memchr(pattern.data, '?', pattern.len));
}

bool hr_film_next_of(hr_str *list, hr_str *entry)
{
	size_t end = 0;

	if (!list->data)
		return false;
	while (end < list->len && list->data[end] != ',' && list->data[end] != '\\')
		end++;
	*entry = hr_str_trim(hr_str_slice(*list, 0, end));
	*list = end < list->len ? hr_str_slice(*list, end + 1, list->len) : HR_STR_NONE;
	return true;
}

bool hr_film_is_listed(hr_str value, hr_str list)
{
	hr_str entry;

	while (hr_film_next_of(&list, &entry))
		if (hr_str_equal(entry, value))
			return true;
	return false;
}

hr_film_range hr_film_range_of(hr_str text)
{
	hr_film_range range;
	size_t dash;

	text = hr_str_trim(text);
	dash = hr_str_find(text, HR_STR("-"));
	if (dash == text.len)
		return (hr_film_range){ text, text };
	range.from = hr_str_trim(hr_str_slice(text, 0, dash));
	range.to = hr_str_trim(hr_str_slice(text, dash + 1, text.len));
	return range;
}

bool hr_film_is_within(hr_str value, hr_film_range range)
{
	if (value.len == 0)
		return false;
	return hr_str_compare(hr_str_slice(value, 0, range.from.len), range.from) >= 0 &&
	       hr_str_compare(hr_str_slice(value, 0, range.to.len), range.to) <= 0;
}
