/*
 * A hash table from text to a 32-bit number, in an arena: open addressing,
 * grows by doubling, nothing is ever removed. The keys are borrowed. The same
 * key may be put several times; hr_map_next finds them all, oldest first.
 */
#pragma once

#include "base/str.h"

typedef struct hr_map_slot {
	uint64_t hash;
	hr_str key;
	uint32_t value;
	bool used;
} hr_map_slot;

typedef struct hr_map {
	hr_arena *arena;
	hr_map_slot *slots;
	size_t capacity; /* a power of two, or 0 */
	size_t count;
	uint64_t seed;
} hr_map;

/* `expected` entries fit without growing. The seed is drawn from the system's random numbers. */
bool hr_map_init(hr_map *map, hr_arena *arena, size_t expected, hr_error *err);
bool hr_map_put(hr_map *map, hr_str key, uint32_t value, hr_error *err);

typedef struct hr_map_cursor {
	size_t slot;
	uint64_t hash;
	hr_str key;
} hr_map_cursor;

/* The first value put under `key`. False when there is none. */
bool hr_map_find(const hr_map *map, hr_str key, uint32_t *out);

/* hr_map_seek, then hr_map_next until false. */
hr_map_cursor hr_map_seek(const hr_map *map, hr_str key);
bool hr_map_next(const hr_map *map, hr_map_cursor *cursor, uint32_t *out);
