/*
 * How often one client may ask: a bucket of tokens each, filled at a rate, as
 * large as one period's worth. A client is a valid access token, or else an
 * address; of IPv6 its first 64 bits, since whoever has one has them all.
 *
 * The table does not grow: where a set of it is full, the client that was
 * silent longest is forgotten. Any thread may ask.
 */
#pragma once

#include "base/str.h"

typedef struct hr_limits hr_limits;

/* So many in so many seconds. `count` of 0: no limit. */
bool hr_limits_open(uint32_t count, uint32_t seconds, hr_limits **out, hr_error *err);
void hr_limits_close(hr_limits *limits);

/* From the next request on. */
void hr_limits_set(hr_limits *limits, uint32_t count);

/* True when one more may be answered. `now_us` of a clock that never goes back. */
bool hr_limits_take(hr_limits *limits, hr_str client, uint64_t now_us);

/* One that was taken did not count after all. */
void hr_limits_give_back(hr_limits *limits, hr_str client, uint64_t now_us);
