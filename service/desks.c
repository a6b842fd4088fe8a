#include "service/desks.h"

#include "base/uscc.h"

enum { DESKS_MAX = 4096 };

static bool read_desk(hr_str word, hr_desk *out)
{
	const size_t equals = hr_str_find(word, HR_STR("="));

	out->uscc = hr_str_slice(word, 0, equals);
	return hr_uscc_is_valid(out->uscc) &&
	       hr_network_read(hr_str_slice(word, equals + 1, word.len), &out->network);
}

bool hr_desks_read(const char *text, hr_arena *arena, hr_desks *out, hr_error *err)
{
	hr_str rest = hr_str_of(text);
	hr_desk *desks;
	size_t room = 1;
	size_t count = 0;

	for (size_t i = 0; i < rest.len; i++)
		room += rest.data[i] == ',';
	if (room > DESKS_MAX)
		return hr_fail(err, HR_E_USAGE, "more than %d networks of desks", DESKS_MAX);
	desks = HR_NEW_N(arena, hr_desk, room);
	if (!desks)
		return hr_fail_memory(err);
	while (rest.len) {
		const size_t end = hr_str_find(rest, HR_STR(","));
		const hr_str word = hr_str_trim(hr_str_slice(rest, 0, end));

		if (!read_desk(word, &desks[count++]))
			return hr_fail(err, HR_E_USAGE,
				       "desk '%.*s' is not a USCC and a network: "
				       "121100004000000014=10.0.0.0/8",
				       HR_STR_ARG(word));
		rest = hr_str_slice(rest, end + 1, rest.len);
	}
	*out = (hr_desks){ desks, count };
	return true;
}

hr_str hr_desks_find(const hr_desks *desks, hr_str address)
{
	const hr_desk *found = NULL;

	for (size_t i = 0; i < desks->count; i++) {
		const hr_desk *desk = &desks->items[i];
		const hr_proxies one = { &desk->network, 1 };

		if (hr_proxies_trust(&one, address) &&
		    (!found || desk->network.bits > found->network.bits))
			found = desk;
	}
	return found ? found->uscc : HR_STR_NONE;
}
