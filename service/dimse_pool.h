/*
 * Processes that wait for associations, so that nobody waits until a program has
 * begun. They are used again, a few times: whatever one leaks ends with it. Any
 * thread.
 */
#pragma once

#include "service/worker_process.h"

#include <pthread.h>

enum { HR_DIMSE_SPARES_MAX = 3 }; /* that wait */

typedef struct hr_dimse_worker {
	hr_worker_process process; /* its pid is 0: none */
	unsigned served;	   /* associations */
} hr_dimse_worker;

typedef struct hr_dimse_pool {
	const char *program; /* NULL: this one */
	pthread_mutex_t lock;
	bool is_stopping;
	unsigned count; /* processes, those at work too */
	hr_dimse_worker spares[HR_DIMSE_SPARES_MAX];
	unsigned spare_count;
} hr_dimse_pool;

void hr_dimse_pool_init(hr_dimse_pool *pool, const char *program);

/* When nobody has a process of it any more. */
void hr_dimse_pool_dispose(hr_dimse_pool *pool);

/* From now on none is begun ahead, and none that is put back is kept. */
void hr_dimse_pool_stop(hr_dimse_pool *pool);

/* Begins some for who comes next. One that fails is begun when it is wanted. */
void hr_dimse_pool_fill(hr_dimse_pool *pool);

/* One that waits; false when none does. It may have been killed meanwhile. */
bool hr_dimse_pool_take(hr_dimse_pool *pool, hr_dimse_worker *out);

/* A new one. */
bool hr_dimse_pool_start(hr_dimse_pool *pool, hr_dimse_worker *out, hr_error *err);

/* Behind an association that ended well. */
void hr_dimse_pool_put_back(hr_dimse_pool *pool, hr_dimse_worker *worker);

/* At once. Of none it is nothing. */
void hr_dimse_pool_end(hr_dimse_pool *pool, hr_dimse_worker *worker);
