/*
 * More than memory holds, in parts: what has the same hash comes into the same
 * part, and a part is small enough to be looked at whole. Files without a name,
 * gone with the process, however it ends. One thread.
 */
#pragma once

#include "base/str.h"

enum { HR_SPILL_PARTS = 64, HR_SPILL_PART_MAX = 512 << 20 };

typedef struct hr_spill hr_spill;

/* In `folder`, which wants room for all that comes. */
bool hr_spill_open(const char *folder, hr_spill **out, hr_error *err);
void hr_spill_close(hr_spill *spill);

/* HR_E_LIMIT for a part of more than HR_SPILL_PART_MAX, HR_E_NO_SPACE, HR_E_IO. */
bool hr_spill_add(hr_spill *spill, uint64_t hash, hr_str bytes, hr_error *err);

/* All that came to a part, in its order. */
bool hr_spill_read(hr_spill *spill, unsigned part, hr_arena *arena, hr_str *out, hr_error *err);
