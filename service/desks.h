/*
 * Whose hospital's desk asks, as its network proves: 取片码 are opened there
 * alone, so that whoever overhears one can do nothing with it elsewhere.
 */
#pragma once

#include "service/proxies.h"

typedef struct hr_desk {
	hr_str uscc;
	hr_network network;
} hr_desk;

typedef struct hr_desks {
	const hr_desk *items;
	size_t count;
} hr_desks;

/*
 * "USCC=10.0.0.0/8,USCC=fd00::/8", a hospital as often as it has networks; NULL:
 * none. HR_E_USAGE for what is none. Lives in the arena, and borrows the text.
 */
bool hr_desks_read(const char *text, hr_arena *arena, hr_desks *out, hr_error *err);

/* The USCC of the narrowest network that has the address; empty when none has. */
hr_str hr_desks_find(const hr_desks *desks, hr_str address);
