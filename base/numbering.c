#include "base/numbering.h"

#include <string.h>

enum { SMALLEST = 64 };

static uint64_t hash_address(const void *thing)
{
	/* The low bits of addresses are all alike. */
	return ((uintptr_t)thing >> 3) * 0x9e3779b97f4a7c15u >> 32;
}

static bool same_address(const void *a, const void *b)
{
	return a == b;
}

const hr_numbering_kind hr_numbering_by_address = { hash_address, same_address };

void hr_numbering_init(hr_numbering *n, const hr_numbering_kind *kind, hr_arena *arena)
{
	*n = (hr_numbering){ .kind = kind, .arena = arena };
}

/* The slot with the number of `thing`, or the free one where it belongs. */
static uint32_t *find_slot(const hr_numbering *n, const void *thing)
{
	for (uint64_t i = n->kind->hash(thing);; i++) {
		uint32_t *slot = &n->slots[i & (n->capacity - 1)];

		if (*slot == 0 || n->kind->same(n->things[*slot - 1], thing))
			return slot;
	}
}

static bool grow(hr_numbering *n)
{
	hr_numbering wider = *n;

	wider.capacity = n->capacity ? 2 * n->capacity : SMALLEST;
	wider.slots = HR_NEW_N(n->arena, uint32_t, wider.capacity);
	wider.things = HR_NEW_N(n->arena, const void *, wider.capacity);
	if (!wider.slots || !wider.things)
		return false;
	for (uint32_t i = 0; i < n->count; i++) {
		wider.things[i] = n->things[i];
		*find_slot(&wider, n->things[i]) = i + 1;
	}
	*n = wider;
	return true;
}

bool hr_numbering_get(hr_numbering *n, const void *thing, uint32_t *out)
{
	uint32_t *slot;

	/* Half free, so that chains stay short. */
	if (n->count >= n->capacity / 2 && !grow(n))
		return false;
	slot = find_slot(n, thing);
	if (*slot == 0) {
		n->things[n->count++] = thing;
		*slot = n->count;
	}
	*out = *slot - 1;
	return true;
}
