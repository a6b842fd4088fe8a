#include "service/http_arenas.h"

bool hr_http_arenas_init(hr_http_arenas *arenas, hr_arena *arena, hr_error *err)
{
	arenas->spares = HR_NEW_N(arena, hr_arena *, arenas->spares_max);
	if (!arenas->spares)
		return hr_fail_memory(err);
	pthread_mutex_init(&arenas->lock, NULL);
	return true;
}

void hr_http_arenas_dispose(hr_http_arenas *arenas)
{
	if (!arenas->spares)
		return;
	while (arenas->spare_count)
		hr_arena_close(arenas->spares[--arenas->spare_count]);
	pthread_mutex_destroy(&arenas->lock);
}

hr_arena *hr_http_arenas_take(hr_http_arenas *arenas)
{
	hr_arena *arena = NULL;

	pthread_mutex_lock(&arenas->lock);
	if (arenas->spare_count)
		arena = arenas->spares[--arenas->spare_count];
	pthread_mutex_unlock(&arenas->lock);
	return arena ? arena : hr_arena_open(arenas->bytes_max);
}

void hr_http_arenas_give(hr_http_arenas *arenas, hr_arena *arena)
{
	bool kept = hr_arena_used(arena) <= arenas->kept_max;

	hr_arena_reset(arena);
	pthread_mutex_lock(&arenas->lock);
	if (kept && arenas->spare_count < arenas->spares_max) {
		arenas->spares[arenas->spare_count++] = arena;
		arena = NULL;
	}
	pthread_mutex_unlock(&arenas->lock);
	hr_arena_close(arena);
}
