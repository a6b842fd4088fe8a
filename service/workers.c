/*
 * The pool: places for processes, each taken by one caller at a time. A place
 * keeps its process between two pieces of work; one that failed in any way is
 * ended, and the next caller begins a new one.
 */
#include "service/workers.h"

#include "service/worker_process.h"
#include "service/worker_wire.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

enum {
	WORKERS_MAX = 64,
	ARENA_BYTES = 1 << 16,
	END_MS = 1000,
	SPARE_SECONDS = 1, /* that a worker has to end by itself before it is killed */
};

struct place {
	hr_worker_process process;
	unsigned pieces;
	struct place *next; /* of those that are free */
};

struct hr_workers {
	hr_workers_options options;
	hr_arena *arena; /* holds this struct */
	pthread_mutex_t lock;
	pthread_cond_t freed;
	struct place *free;
	struct place places[WORKERS_MAX];
};

/* --- places --- */

static void until(int64_t deadline_ms, struct timespec *out)
{
	out->tv_sec = deadline_ms / 1000;
	out->tv_nsec = deadline_ms % 1000 * 1000000;
}

/* One with a process before one without. NULL: none was free in time. */
static struct place *take_place(hr_workers *workers, int64_t deadline_ms)
{
	struct timespec at;
	struct place *place;
	int errnum = 0;

	until(deadline_ms, &at);
	pthread_mutex_lock(&workers->lock);
	while (!workers->free && !errnum)
		errnum = pthread_cond_timedwait(&workers->freed, &workers->lock, &at);
	place = workers->free;
	if (place)
		workers->free = place->next;
	pthread_mutex_unlock(&workers->lock);
	return place;
}

static void put_last(struct place **list, struct place *place)
{
	while (*list)
		list = &(*list)->next;
	*list = place;
}

static void leave_place(hr_workers *workers, struct place *place)
{
	pthread_mutex_lock(&workers->lock);
	place->next = NULL;
	if (place->process.pid) {
		place->next = workers->free;
		workers->free = place;
	} else {
		put_last(&workers->free, place);
	}
	pthread_cond_signal(&workers->freed);
	pthread_mutex_unlock(&workers->lock);
}

/* --- one piece of work --- */

static bool start(hr_workers *workers, struct place *place, hr_error *err)
{
	const hr_workers_options *options = &workers->options;
	const uint64_t limits[] = { options->memory_bytes, options->seconds + SPARE_SECONDS };
	const hr_wire_message settings = {
		.bytes = { (const char *)limits, sizeof(limits) },
		.fd = -1,
	};

	if (!hr_worker_start(options->program, "objects", &place->process, err))
		return false;
	place->pieces = 0;
	if (hr_wire_send(place->process.socket, &settings, err))
		return true;
	hr_worker_end(&place->process);
	return false;
}

/* One that ended while it had nothing to do is no reason to fail: a new one is begun, once. */
static bool ask(hr_workers *workers, struct place *place, const hr_wire_message *question,
		hr_error *err)
{
	if (place->process.pid) {
		if (hr_wire_send(place->process.socket, question, err))
			return true;
		hr_worker_end(&place->process);
	}
	return start(workers, place, err) && hr_wire_send(place->process.socket, question, err);
}

/* What went wrong between us and it becomes what is wrong with the object. */
static bool fail_worker(const hr_workers *workers, hr_error *err)
{
	if (err->code == HR_E_UNAVAILABLE)
		return hr_fail(err, HR_E_SYNTAX,
			       "the process that read it ended while it was read");
	if (err->code == HR_E_LIMIT)
		return hr_fail(err, HR_E_LIMIT, "reading it took more than %u seconds",
			       workers->options.seconds);
	return false;
}

static bool take_answer(const hr_workers *workers, const struct place *place, hr_arena *arena,
			hr_wire_message *out, hr_error *err)
{
	const int64_t deadline_ms = hr_wire_now_ms() + (int64_t)workers->options.seconds * 1000;

	if (!hr_wire_receive(place->process.socket, deadline_ms, arena, out, err))
		return fail_worker(workers, err);
	/* Answers carry no file that is not their bytes. */
	if (out->fd >= 0) {
		close(out->fd);
		return hr_fail(err, HR_E_SYNTAX, "a worker process has handed a file back");
	}
	return true;
}

static bool work(hr_workers *workers, struct place *place, const hr_wire_message *question,
		 hr_arena *arena, hr_wire_message *out, hr_error *err)
{
	if (!ask(workers, place, question, err) || !take_answer(workers, place, arena, out, err)) {
		hr_worker_end(&place->process);
		return false;
	}
	if (++place->pieces >= workers->options.recycle)
		hr_worker_wait(&place->process, hr_wire_now_ms() + END_MS);
	return true;
}

bool hr_workers_run(hr_workers *workers, hr_work what, int fd, hr_str args, hr_arena *arena,
		    hr_str *out, hr_error *err)
{
	const hr_wire_message question = { .kind = what, .bytes = args, .fd = fd };
	const int64_t deadline_ms = hr_wire_now_ms() + (int64_t)workers->options.seconds * 1000;
	struct place *place = take_place(workers, deadline_ms);
	hr_wire_message answer;
	bool ok;

	if (!place)
		return hr_fail(err, HR_E_BUSY, "no worker process was free within %u seconds",
			       workers->options.seconds);
	ok = work(workers, place, &question, arena, &answer, err);
	leave_place(workers, place);
	if (!ok)
		return false;
	if (answer.why) {
		*err = *answer.why;
		return false;
	}
	*out = answer.bytes;
	return true;
}

/* --- the pool --- */

static bool open_locks(hr_workers *workers)
{
	pthread_condattr_t attributes;
	bool ok;

	if (pthread_condattr_init(&attributes) != 0)
		return false;
	/* Waiting is by the clock that nobody sets. */
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	ok = pthread_cond_init(&workers->freed, &attributes) == 0 &&
	     pthread_mutex_init(&workers->lock, NULL) == 0;
	pthread_condattr_destroy(&attributes);
	return ok;
}

bool hr_workers_open(const hr_workers_options *options, hr_workers **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open(ARENA_BYTES);
	hr_workers *workers = arena ? HR_NEW(arena, hr_workers) : NULL;

	if (!workers || !open_locks(workers)) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	workers->arena = arena;
	workers->options = *options;
	if (workers->options.count > WORKERS_MAX)
		workers->options.count = WORKERS_MAX;
	for (unsigned i = workers->options.count; i > 0; i--) {
		workers->places[i - 1].next = workers->free;
		workers->free = &workers->places[i - 1];
	}
	*out = workers;
	return true;
}

void hr_workers_begin(hr_workers *workers)
{
	hr_error ignored;

	for (unsigned i = 0; i < workers->options.count; i++)
		start(workers, &workers->places[i], &ignored);
}

void hr_workers_close(hr_workers *workers)
{
	if (!workers)
		return;
	for (unsigned i = 0; i < workers->options.count; i++)
		hr_worker_wait(&workers->places[i].process, hr_wire_now_ms() + END_MS);
	pthread_mutex_destroy(&workers->lock);
	pthread_cond_destroy(&workers->freed);
	hr_arena_close(workers->arena);
}
