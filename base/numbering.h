/*
 * Numbers for things that are told once and meant often: each that differs
 * from all before gets the next one, from 0. The things are borrowed.
 */
#pragma once

#include "base/arena.h"

/* What makes two things the same; of two that are, the hashes are equal. */
typedef struct hr_numbering_kind {
	uint64_t (*hash)(const void *thing);
	bool (*same)(const void *a, const void *b);
} hr_numbering_kind;

/* One and the same object, by its address. */
extern const hr_numbering_kind hr_numbering_by_address;

typedef struct hr_numbering {
	const hr_numbering_kind *kind;
	hr_arena *arena;
	const void **things; /* by number */
	uint32_t *slots;     /* a number and 1, or 0: free */
	uint32_t capacity;   /* of both; a power of two, or 0 */
	uint32_t count;
} hr_numbering;

void hr_numbering_init(hr_numbering *n, const hr_numbering_kind *kind, hr_arena *arena);

/* The number of `thing`, a new one if need be. False when memory is short. */
bool hr_numbering_get(hr_numbering *n, const void *thing, uint32_t *out);
