/* An error text of the platform: to UTF-8, folded as names are, and looked through for fragments.
 */
#include "settlement/diagnose.h"

#include "base/text.h"

static bool decode(hr_str bytes, hr_arena *arena, hr_str *out, hr_error *err)
{
	hr_error why;

	if (bytes.len > HR_ERR_MSG_MAX)
		return hr_fail(err, HR_E_LIMIT, "the platform's text is longer than %d bytes",
			       HR_ERR_MSG_MAX);
	if (hr_text_is_utf8(bytes)) {
		*out = bytes;
		return true;
	}
	if (hr_text_to_utf8(bytes, HR_STR("GB18030"), (size_t)2 * HR_ERR_MSG_MAX, arena, out, &why))
		return true;
	if (why.code == HR_E_MEMORY)
		return hr_fail_memory(err);
	return hr_fail(err, HR_E_ENCODING,
		       "the platform's text is neither in UTF-8 nor in GB18030");
}

static bool has_all(hr_str folded, const hr_platform_text *row)
{
	for (size_t i = 0; i < row->count; i++)
		if (hr_str_find(folded, row->folded[i]) == folded.len)
			return false;
	return row->count > 0;
}

/* One text of each cause will do. */
static bool is_told(const hr_platform_said *said, hr_str cause)
{
	for (size_t i = 0; i < said->count; i++)
		if (hr_str_equal(said->rows[i]->cause, cause))
			return true;
	return false;
}

bool hr_platform_read(const hr_catalog *catalog, hr_str bytes, hr_arena *arena,
		      hr_platform_said *out, hr_error *err)
{
	hr_platform_said said = { 0 };
	hr_str folded;
	char *room;

	if (!decode(bytes, arena, &said.text, err))
		return false;
	said.text = hr_str_trim(said.text);
	room = hr_arena_alloc(arena, said.text.len + 1);
	if (!room)
		return hr_fail_memory(err);
	folded = (hr_str){ room, hr_text_fold(said.text, room) };
	for (size_t i = 0; i < hr_catalog_platform_text_count(catalog); i++) {
		const hr_platform_text *row = hr_catalog_get_platform_text(catalog, i);

		if (said.count < HR_PLATFORM_TEXTS_MAX && has_all(folded, row) &&
		    !is_told(&said, row->cause))
			said.rows[said.count++] = row;
	}
	*out = said;
	return true;
}
