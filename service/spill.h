/*
 * More than memory holds, in parts: what has the same hash comes into the same
 * part, and each part is looked at whole. One that is too large for that is
 * parted again by other bits of the hash, so that memory stays the same however
 * much comes. Files without a name, gone with the process, however it ends. One
 * thread.
 */
#pragma once

#include "base/str.h"

typedef struct hr_spill_limits {
	size_t part_bytes; /* a part of more is parted again, as far as its hashes differ */
	size_t held_bytes; /* of what cannot be parted, more is refused */
} hr_spill_limits;

/* 2 MB, 512 MB. */
extern const hr_spill_limits hr_spill_limits_usual;

enum { HR_SPILL_THING_MAX = 32 << 10 };

typedef struct hr_spill hr_spill;

/* In `folder`, which wants room for all that comes. Both are borrowed. */
bool hr_spill_open(const char *folder, const hr_spill_limits *limits, hr_spill **out,
		   hr_error *err);
void hr_spill_close(hr_spill *spill);

/* One thing of at most HR_SPILL_THING_MAX bytes. HR_E_NO_SPACE, HR_E_IO. */
bool hr_spill_add(hr_spill *spill, uint64_t hash, hr_str thing, hr_error *err);

/* The things of a part, in the order in which they came; `arena` lasts as long as they do. */
typedef bool hr_spill_look(void *context, const hr_str *things, size_t count, hr_arena *arena,
			   hr_error *err);

/* Each part that is not empty, once: then it is gone. HR_E_LIMIT for what cannot be held. */
bool hr_spill_each(hr_spill *spill, hr_spill_look *look, void *context, hr_error *err);
