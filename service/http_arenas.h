/* Arenas that were used and are kept for the next request, so that it finds its memory warm. */
#pragma once

#include "base/arena.h"

#include <pthread.h>

typedef struct hr_http_arenas {
	pthread_mutex_t lock;
	hr_arena **spares;
	unsigned spare_count;
	unsigned spares_max;
	size_t bytes_max; /* of each */
	size_t kept_max;  /* of which more was taken is not kept */
} hr_http_arenas;

/* The table of spares is taken from `arena`; the maxima are there. */
bool hr_http_arenas_init(hr_http_arenas *arenas, hr_arena *arena, hr_error *err);
void hr_http_arenas_dispose(hr_http_arenas *arenas);

/* NULL when memory is short. */
hr_arena *hr_http_arenas_take(hr_http_arenas *arenas);
void hr_http_arenas_give(hr_http_arenas *arenas, hr_arena *arena);
