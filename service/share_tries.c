#include "service/share_tries.h"

enum { MINUTE = 60, CODE_SECONDS = 600, DESKS = 10 };

struct hr_share_tries {
	hr_arena *arena; /* holds this struct */
	hr_limits *links;
	hr_limits *codes;
	hr_limits *desks;
};

bool hr_share_tries_open(const hr_share_tries_options *options, hr_share_tries **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open(1024);
	hr_share_tries *tries = arena ? HR_NEW(arena, hr_share_tries) : NULL;

	if (!tries) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	tries->arena = arena;
	if (!hr_limits_open(options->links, MINUTE, &tries->links, err) ||
	    !hr_limits_open(options->codes, CODE_SECONDS, &tries->codes, err) ||
	    !hr_limits_open(options->codes * DESKS, CODE_SECONDS, &tries->desks, err)) {
		hr_share_tries_close(tries);
		return false;
	}
	*out = tries;
	return true;
}

void hr_share_tries_close(hr_share_tries *tries)
{
	if (!tries)
		return;
	hr_limits_close(tries->links);
	hr_limits_close(tries->codes);
	hr_limits_close(tries->desks);
	hr_arena_close(tries->arena);
}

bool hr_share_tries_take(hr_share_tries *tries, const hr_share_try *one)
{
	if (!one->is_code)
		return hr_limits_take(tries->links, one->source, one->now_us);
	if (!hr_limits_take(tries->codes, one->source, one->now_us))
		return false;
	/* Who is at no desk can open none, and must not use up what the desks have. */
	return !one->desk.len || hr_limits_take(tries->desks, one->desk, one->now_us);
}

void hr_share_tries_give_back(hr_share_tries *tries, const hr_share_try *one)
{
	if (!one->is_code) {
		hr_limits_give_back(tries->links, one->source, one->now_us);
		return;
	}
	hr_limits_give_back(tries->codes, one->source, one->now_us);
	if (one->desk.len)
		hr_limits_give_back(tries->desks, one->desk, one->now_us);
}
