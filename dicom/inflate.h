/* The deflated transfer syntax (PS3.5 annex A.5): a raw stream of RFC 1951, inflated to a limit. */
#pragma once

#include "base/str.h"

/*
 * At most `limit` bytes, in the arena. `*whole` is false when the stream goes
 * on behind them: of an image the header is wanted, not the pixels.
 * HR_E_SYNTAX when nothing comes out of it.
 */
bool hr_inflate(hr_str deflated, size_t limit, hr_arena *arena, hr_str *out, bool *whole,
		hr_error *err);

/* How many bytes come out of it; over `limit`: limit + 1. Keeps none of them. */
bool hr_inflate_count(hr_str deflated, size_t limit, size_t *out, hr_error *err);
