/*
 * An Accept header, whatever it holds, against what a frame can be: one of the
 * offers, or none; and none is refused by a header that takes all.
 */
#include "service/accept.h"

#include <stdlib.h>

static const hr_offer offers[] = {
	{ HR_STR_INIT("image/jls"), HR_STR_INIT("1.2.4.80"), true, true, true },
	{ HR_STR_INIT("application/octet-stream"), HR_STR_INIT("1.2.1"), true, true, false },
	{ HR_STR_INIT("application/octet-stream"), HR_STR_INIT("1.2.4.80"), false, false, true },
};
enum { OFFERS = sizeof(offers) / sizeof(offers[0]) };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t choose(hr_arena *arena, const char *more, hr_str accept)
{
	const hr_http_field headers[] = { { HR_STR("Accept"), hr_str_of(more) },
					  { HR_STR("Accept"), accept } };
	const hr_http_request request = { .headers = headers, .header_count = 2, .arena = arena };

	return hr_accept_choose(&request, offers, OFFERS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)16 << 20);
	hr_str accept = { (const char *)data, size };
	hr_error err;

	if (!arena || size > 1 << 16)
		return 0;
	if (choose(arena, "text/plain", accept) > OFFERS)
		abort();
	if (choose(arena, "image/jls", accept) == OFFERS && choose(arena, "*/*", HR_STR_NONE) != 0)
		abort();
	if (hr_accept_fail(offers, OFFERS, &err))
		abort();
	return 0;
}
