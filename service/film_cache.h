/*
 * Objects that are kept elsewhere and were fetched: files of a folder, each
 * with what a worker has found in it. They stay, for a viewer asks for an object
 * again and again; at most 4,096 of them and 8 GiB, what nobody has used for the
 * longest goes first. When another is kept, what nobody has used for ten minutes
 * goes as well. With the cache's end they are gone.
 *
 * Any thread.
 */
#pragma once

#include "base/crypto.h"

enum { HR_FILM_CACHE_NAME = HR_SHA256_TEXT + 16 };

typedef struct hr_film_cache hr_film_cache;

/* One of them; in use until it is left. */
typedef struct hr_film_cached hr_film_cached;

/* One on its way: a file that whoever fetches it writes to. */
typedef struct hr_film_coming {
	int fd;
	char name[HR_FILM_CACHE_NAME];
} hr_film_coming;

/* Of a folder that is ours alone: what is in it goes. */
bool hr_film_cache_open(const char *folder, hr_film_cache **out, hr_error *err);

/* When nothing of it is in use any more. NULL is fine. */
void hr_film_cache_close(hr_film_cache *cache);

/* NULL: it is not here. */
hr_film_cached *hr_film_cache_take(hr_film_cache *cache, const hr_digest *key);

/* By the arena's hook, or by hand. */
void hr_film_cache_leave(void *cached);

/* To be ended, kept or not. */
bool hr_film_cache_begin(hr_film_cache *cache, hr_film_coming *out, hr_error *err);
void hr_film_cache_end(hr_film_cache *cache, hr_film_coming *coming);

/*
 * In use from now on; the one that was here first, if another thread was quicker.
 * NULL: HR_E_BUSY, too much is in use.
 */
hr_film_cached *hr_film_cache_keep(hr_film_cache *cache, const hr_film_coming *coming,
				   const hr_digest *key, const hr_digest *digest, uint64_t size,
				   hr_str facts, hr_error *err);

const hr_digest *hr_film_cached_digest(const hr_film_cached *cached);
uint64_t hr_film_cached_size(const hr_film_cached *cached);

/* What was found in it, as hr_facts_read takes it. */
bool hr_film_cached_facts(const hr_film_cached *cached, hr_arena *arena, hr_str *out,
			  hr_error *err);

/* For reading, to be closed by the caller, of one in use. */
bool hr_film_cache_read(const hr_film_cache *cache, const hr_digest *key, int *fd, hr_error *err);
