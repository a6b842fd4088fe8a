#include "dicom/film_name.h"

#include "base/utf8.h"

/* '%' is any characters, '_' one, as in SQL. */
static bool is_like(hr_str value, hr_str like)
{
	hr_str star_value = HR_STR_NONE;
	hr_str star_like = HR_STR_NONE;
	bool starred = false;

	while (value.len) {
		size_t n = hr_utf8_front(value);

		n = n ? n : 1;
		if (like.len && like.data[0] == '%') {
			starred = true;
			like = hr_str_slice(like, 1, like.len);
			star_value = value;
			star_like = like;
		} else if (like.len && like.data[0] == '_') {
			value = hr_str_slice(value, n, value.len);
			like = hr_str_slice(like, 1, like.len);
		} else if (like.len && like.data[0] == value.data[0]) {
			value = hr_str_slice(value, 1, value.len);
			like = hr_str_slice(like, 1, like.len);
		} else if (starred) {
			n = hr_utf8_front(star_value);
			star_value = hr_str_slice(star_value, n ? n : 1, star_value.len);
			value = star_value;
			like = star_like;
		} else {
			return false;
		}
	}
	while (like.len && like.data[0] == '%')
		like = hr_str_slice(like, 1, like.len);
	return like.len == 0;
}

static bool meets(hr_str key, const hr_name_term *term)
{
	if (term->how == HR_NAME_IS)
		return hr_str_equal(key, term->key);
	return hr_str_starts_with(key, term->key) &&
	       (term->how == HR_NAME_BEGINS || is_like(key, term->like));
}

bool hr_film_name_meets(const hr_str *keys, size_t count, const hr_name_query *query)
{
	for (size_t i = 0; i < query->count; i++) {
		bool met = false;

		for (size_t k = 0; k < count && !met; k++)
			met = meets(keys[k], &query->terms[i]);
		if (!met)
			return false;
	}
	return true;
}

/* Keys are letters, digits and '=': behind a key and before all that are longer stands U+0001. */
bool hr_film_name_span_of(const hr_name_term *term, hr_arena *arena, hr_film_name_span *out,
			  hr_error *err)
{
	static const hr_str any = HR_STR_INIT("%");
	hr_buf to;

	hr_buf_init(&to, arena, term->key.len + 8);
	hr_buf_add(&to, term->key);
	hr_buf_add(&to, term->how == HR_NAME_IS ? HR_STR("\x01") : HR_STR("\xf4\x8f\xbf\xbf"));
	if (to.failed)
		return hr_fail_memory(err);
	*out = (hr_film_name_span){ .from = term->key,
				    .to = hr_buf_str(&to),
				    .like = term->how == HR_NAME_LIKE ? term->like : any };
	return true;
}
