/*
 * Of an Accept header, whatever it holds: one of the types offered, without
 * regard to case; and what is wanted in full before all else is what is chosen,
 * unless one offered before it is wanted as much.
 */
#include "service/media.h"

#include <ctype.h>
#include <stdlib.h>

enum { OFFERED = 3 };

static const hr_str offered[OFFERED] = {
	HR_STR_INIT("application/json"),
	HR_STR_INIT("text/plain"),
	HR_STR_INIT("application/fhir+json"),
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_type(hr_str accept)
{
	hr_str type = hr_media_type(accept);

	if (hr_str_find(type, HR_STR(";")) < type.len || !hr_media_equal(type, hr_media_type(type)))
		abort();
}

static hr_str upper(hr_arena *arena, hr_str text)
{
	hr_str copy = hr_str_copy(arena, text);

	for (size_t i = 0; i < copy.len; i++)
		((char *)(uintptr_t)copy.data)[i] = (char)toupper((unsigned char)copy.data[i]);
	return copy;
}

static void check_first(hr_arena *arena, hr_str accept)
{
	for (size_t i = 0; i < OFFERED; i++) {
		hr_buf buf;

		hr_buf_init(&buf, arena, accept.len + 100);
		hr_buf_addf(&buf, "%.*s;q=1,", HR_STR_ARG(offered[i]));
		hr_buf_add(&buf, accept);
		if (!buf.failed && hr_media_choose(hr_buf_str(&buf), offered, OFFERED) > i)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)64 << 20);
	hr_str accept = { (const char *)data, size };
	size_t chosen = hr_media_choose(accept, offered, OFFERED);

	if (!arena || chosen >= OFFERED)
		abort();
	if (hr_media_choose(upper(arena, accept), offered, OFFERED) != chosen)
		abort();
	check_type(accept);
	check_first(arena, accept);
	return 0;
}
