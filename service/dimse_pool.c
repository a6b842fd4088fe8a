/*
 * To begin a process costs as much as twenty objects do, so none is begun as long
 * as there are two, waiting or at work, but for who finds none that waits.
 */
#include "service/dimse_pool.h"

#include "service/worker_wire.h"

#include <string.h>

enum {
	SPARES = 2,  /* processes that there are at least */
	SERVES = 64, /* associations of one process */
	END_MS = 1000,
};

void hr_dimse_pool_init(hr_dimse_pool *pool, const char *program)
{
	*pool = (hr_dimse_pool){ .program = program };
	pthread_mutex_init(&pool->lock, NULL);
}

void hr_dimse_pool_dispose(hr_dimse_pool *pool)
{
	while (pool->spare_count)
		hr_worker_wait(&pool->spares[--pool->spare_count].process,
			       hr_wire_now_ms() + END_MS);
	pthread_mutex_destroy(&pool->lock);
}

void hr_dimse_pool_stop(hr_dimse_pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	pool->is_stopping = true;
	pthread_mutex_unlock(&pool->lock);
}

static void count(hr_dimse_pool *pool, int change)
{
	pthread_mutex_lock(&pool->lock);
	pool->count += (unsigned)change;
	pthread_mutex_unlock(&pool->lock);
}

static bool start(const hr_dimse_pool *pool, hr_dimse_worker *out, hr_error *err)
{
	out->served = 0;
	return hr_worker_start(pool->program, "association", &out->process, err);
}

bool hr_dimse_pool_start(hr_dimse_pool *pool, hr_dimse_worker *out, hr_error *err)
{
	if (!start(pool, out, err))
		return false;
	count(pool, 1);
	return true;
}

void hr_dimse_pool_end(hr_dimse_pool *pool, hr_dimse_worker *worker)
{
	if (!worker->process.pid)
		return;
	hr_worker_end(&worker->process);
	count(pool, -1);
}

/* As many wait as were wanted at once, up to a few. */
static void keep(hr_dimse_pool *pool, hr_dimse_worker *worker)
{
	bool kept;

	pthread_mutex_lock(&pool->lock);
	kept = worker->served < SERVES && pool->spare_count < HR_DIMSE_SPARES_MAX &&
	       !pool->is_stopping;
	if (kept)
		pool->spares[pool->spare_count++] = *worker;
	else
		pool->count--;
	pthread_mutex_unlock(&pool->lock);
	if (!kept)
		hr_worker_wait(&worker->process, hr_wire_now_ms() + END_MS);
	worker->process.pid = 0;
}

void hr_dimse_pool_put_back(hr_dimse_pool *pool, hr_dimse_worker *worker)
{
	worker->served++;
	keep(pool, worker);
}

/* The one that has waited longest: who has just begun still reads its program. */
bool hr_dimse_pool_take(hr_dimse_pool *pool, hr_dimse_worker *out)
{
	bool found;

	pthread_mutex_lock(&pool->lock);
	found = pool->spare_count > 0;
	if (found) {
		*out = pool->spares[0];
		pool->spare_count--;
		memmove(pool->spares, pool->spares + 1, pool->spare_count * sizeof(*pool->spares));
	}
	pthread_mutex_unlock(&pool->lock);
	return found;
}

/* Counted at once, so that no other thread begins it as well. */
static bool take_missing(hr_dimse_pool *pool)
{
	bool missing;

	pthread_mutex_lock(&pool->lock);
	missing = pool->count < SPARES && !pool->is_stopping;
	pool->count += missing;
	pthread_mutex_unlock(&pool->lock);
	return missing;
}

void hr_dimse_pool_fill(hr_dimse_pool *pool)
{
	hr_dimse_worker worker;
	hr_error err;

	while (take_missing(pool)) {
		if (!start(pool, &worker, &err)) {
			count(pool, -1);
			return;
		}
		keep(pool, &worker);
	}
}
