#include "base/arena.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIRST_BLOCK = 64 * 1024,
	LARGEST_STEP = 4 * 1024 * 1024,
	TABLE = 256 * 1024, /* a zeroed piece of at least so much has a block of its own */
	ALIGN = 16,
};

struct block {
	struct block *next;
	size_t size;
	_Alignas(ALIGN) char bytes[];
};

struct hook {
	struct hook *next;
	void (*release)(void *);
	void *resource;
};

struct hr_arena {
	struct block *blocks; /* newest first; allocations come from the first */
	struct hook *hooks;
	char *at;
	char *end;
	size_t used;
	size_t noted; /* beside it */
	size_t cap;
	size_t raise; /* over the cap, until the next reset */
	bool is_short;
};

hr_arena *hr_arena_open(size_t cap_bytes)
{
	hr_arena *arena = calloc(1, sizeof(*arena));

	/* So that no sum of a piece and its surroundings can overflow. */
	if (arena)
		arena->cap = cap_bytes < PTRDIFF_MAX / 2 ? cap_bytes : PTRDIFF_MAX / 2;
	return arena;
}

static void run_hooks(hr_arena *arena)
{
	while (arena->hooks) {
		struct hook *hook = arena->hooks;

		arena->hooks = hook->next;
		hook->release(hook->resource);
		free(hook);
	}
}

static void free_blocks(hr_arena *arena, const struct block *keep)
{
	struct block *block = arena->blocks;

	while (block) {
		struct block *next = block->next;

		if (block != keep)
			free(block);
		block = next;
	}
}

void hr_arena_close(hr_arena *arena)
{
	if (!arena)
		return;
	run_hooks(arena);
	free_blocks(arena, NULL);
	free(arena);
}

void hr_arena_reset(hr_arena *arena)
{
	struct block *keep = NULL;

	run_hooks(arena);
#ifndef HR_ARENA_DEBUG
	if (arena->blocks && arena->blocks->size <= LARGEST_STEP)
		keep = arena->blocks;
#endif
	free_blocks(arena, keep);
	arena->blocks = keep;
	arena->at = keep ? keep->bytes : NULL;
	arena->end = keep ? keep->bytes + keep->size : NULL;
	if (keep)
		keep->next = NULL;
	arena->used = 0;
	arena->noted = 0;
	arena->raise = 0;
	arena->is_short = false;
}

static bool add_block(hr_arena *arena, size_t at_least)
{
	size_t size = FIRST_BLOCK;
	struct block *block;

#ifdef HR_ARENA_DEBUG
	size = at_least;
#else
	if (arena->at)
		size = arena->blocks->size * 2;
	if (size > LARGEST_STEP)
		size = LARGEST_STEP;
	if (size < at_least)
		size = at_least;
#endif
	block = malloc(sizeof(*block) + size);
	if (!block)
		return false;
	block->next = arena->blocks;
	block->size = size;
	arena->blocks = block;
	arena->at = block->bytes;
	arena->end = block->bytes + size;
	return true;
}

/* `size` bytes from the newest block, its start aligned as asked. */
static void *take(hr_arena *arena, size_t size, size_t align)
{
	size_t skip = arena->at ? (size_t)(-(uintptr_t)arena->at & (align - 1)) : 0;
	bool fits = arena->at && size + skip <= (size_t)(arena->end - arena->at);
	char *piece;

#ifdef HR_ARENA_DEBUG
	fits = false;
#endif
	if (size > arena->cap + arena->raise - arena->used || (!fits && !add_block(arena, size))) {
		arena->is_short = true;
		return NULL;
	}
	piece = arena->at + (fits ? skip : 0);
	arena->at = piece + size;
	arena->used += size;
	return piece;
}

/*
 * Behind the block that small pieces come from. Zeros that the system gave are not
 * written again: what a table has room for and nobody uses is then no memory.
 */
static void *take_table(hr_arena *arena, size_t size)
{
	struct block **after = arena->blocks ? &arena->blocks->next : &arena->blocks;
	struct block *block;

	if (size > arena->cap + arena->raise - arena->used) {
		arena->is_short = true;
		return NULL;
	}
	block = calloc(1, sizeof(*block) + size);
	if (!block) {
		arena->is_short = true;
		return NULL;
	}
	block->size = size;
	block->next = *after;
	*after = block;
	arena->used += size;
	return block->bytes;
}

void *hr_arena_alloc(hr_arena *arena, size_t size)
{
	void *piece;

	if (size >= TABLE)
		return take_table(arena, size);
	piece = take(arena, size, ALIGN);

	return piece ? memset(piece, 0, size) : NULL;
}

void *hr_arena_alloc_raw(hr_arena *arena, size_t size)
{
	return take(arena, size, ALIGN);
}

void *hr_arena_copy(hr_arena *arena, const void *from, size_t size)
{
	void *piece = take(arena, size, ALIGN);

	return piece ? memcpy(piece, from, size) : NULL;
}

void *hr_arena_alloc_array(hr_arena *arena, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		arena->is_short = true;
		return NULL;
	}
	return hr_arena_alloc(arena, bytes);
}

char *hr_arena_alloc_text(hr_arena *arena, size_t size)
{
	return take(arena, size, 1);
}

bool hr_arena_widen(hr_arena *arena, const char *piece, size_t size, size_t wider)
{
	size_t more = wider - size;

	if (piece + size != arena->at || more > (size_t)(arena->end - arena->at) ||
	    more > arena->cap + arena->raise - arena->used)
		return false;
	arena->at += more;
	arena->used += more;
	return true;
}

bool hr_arena_on_reset(hr_arena *arena, void (*release)(void *), void *resource, hr_error *err)
{
	struct hook *hook = malloc(sizeof(*hook));

	if (!hook) {
		release(resource);
		return hr_fail_memory(err);
	}
	hook->release = release;
	hook->resource = resource;
	hook->next = arena->hooks;
	arena->hooks = hook;
	return true;
}

void hr_arena_raise(hr_arena *arena, size_t bytes)
{
	arena->raise = bytes < PTRDIFF_MAX / 2 ? bytes : PTRDIFF_MAX / 2;
}

void hr_arena_note(hr_arena *arena, size_t bytes)
{
	arena->noted += bytes;
}

size_t hr_arena_used(const hr_arena *arena)
{
	return arena->used + arena->noted;
}

bool hr_arena_holds(const hr_arena *arena, const void *piece)
{
	const uintptr_t at = (uintptr_t)piece;

	for (const struct block *block = arena->blocks; block; block = block->next)
		if (at >= (uintptr_t)block->bytes && at - (uintptr_t)block->bytes < block->size)
			return true;
	return false;
}

bool hr_arena_is_short(const hr_arena *arena)
{
	return arena->is_short;
}
