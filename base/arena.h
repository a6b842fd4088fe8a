/*
 * Memory by lifetime. An arena belongs to a process, a snapshot or a request;
 * what is taken from it is freed all at once, by hr_arena_reset or
 * hr_arena_close, after its hooks have run, newest first. The cap bounds what
 * one request may take, whatever its input asks for.
 *
 * Not safe from two threads at once. With HR_ARENA_DEBUG every piece is a
 * malloc of its own, so that sanitizers see each edge.
 */
#pragma once

#include "base/error.h"

typedef struct hr_arena hr_arena;

/* NULL when memory is short. `cap_bytes` counts what is taken, not the blocks behind it. */
hr_arena *hr_arena_open(size_t cap_bytes);
void hr_arena_close(hr_arena *arena);

/* Frees what was taken and runs the hooks; keeps one block, unless huge, for the next request. */
void hr_arena_reset(hr_arena *arena);

/*
 * Zeroed, aligned to 16 bytes. NULL when the cap is reached or memory is short.
 * Of a large table the pages that nobody writes are no memory.
 */
void *hr_arena_alloc(hr_arena *arena, size_t size);

/* As hr_arena_alloc for `count` things of `size`; NULL also when the product overflows. */
void *hr_arena_alloc_array(hr_arena *arena, size_t count, size_t size);

/* As hr_arena_alloc, but not zeroed: for what is filled whole before it is read. */
void *hr_arena_alloc_raw(hr_arena *arena, size_t size);

/* As hr_arena_alloc, but unaligned and not zeroed: for bytes of text. */
char *hr_arena_alloc_text(hr_arena *arena, size_t size);

/* Makes the piece that was taken last wider, where it lies. False: another, or no room. */
bool hr_arena_widen(hr_arena *arena, const char *piece, size_t size, size_t wider);

/* `size` bytes copied, aligned as hr_arena_alloc aligns. NULL as there. */
void *hr_arena_copy(hr_arena *arena, const void *from, size_t size);

#define HR_NEW(arena, type)	 ((type *)hr_arena_alloc((arena), sizeof(type)))
#define HR_NEW_N(arena, type, n) ((type *)hr_arena_alloc_array((arena), (n), sizeof(type)))

/*
 * Let `release(resource)` run when the arena is reset or closed. On failure
 * the resource is released at once, so a caller never holds a stray.
 */
bool hr_arena_on_reset(hr_arena *arena, void (*release)(void *), void *resource, hr_error *err);

/*
 * Until the next reset so many bytes more than the cap may be taken: for the
 * words that say that it was reached. Twice is not the double.
 */
void hr_arena_raise(hr_arena *arena, size_t bytes);

/*
 * What hangs on it until the next reset is memory, too, though not taken from
 * it (a mapping): used, but not counted against the cap.
 */
void hr_arena_note(hr_arena *arena, size_t bytes);

/* What was taken, and what was noted. */
size_t hr_arena_used(const hr_arena *arena);

/* Was `piece` taken from this arena since its last reset? */
bool hr_arena_holds(const hr_arena *arena, const void *piece);

/* Has an allocation failed since the last reset? Lets a pure function ask once, at its end. */
bool hr_arena_is_short(const hr_arena *arena);

/* For `HR_AUTO(hr_arena) arena = hr_arena_open(...)`: closed when the block is left. */
#define HR_AUTO(type) __attribute__((cleanup(type##_auto_close))) type *
static inline void hr_arena_auto_close(hr_arena **arena)
{
	hr_arena_close(*arena);
}
