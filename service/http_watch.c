#include "service/http_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TICK_MS = 100 };

/* A client that is still sending a body that nobody wants hears the answer if it looks up soon. */
enum { LINGER_MS = 2000, LINGERING_MAX = 64 };

struct place {
	int fd;
	int next_free;
	_Atomic uint64_t due_ms; /* 0: nothing is awaited */
};

struct lingering {
	int fd;
	uint64_t due_ms;
};

struct hr_http_watch {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t stop;
	bool stopping;
	struct place *places;
	int place_count;
	int first_free;
	struct lingering lingering[LINGERING_MAX];
	unsigned lingering_count;
};

uint64_t hr_http_watch_now(void)
{
	struct timespec now;

	/* To the tick of the kernel is enough here, and five times cheaper. */
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void shut_overdue(hr_http_watch *watch, uint64_t now)
{
	for (int i = 0; i < watch->place_count; i++) {
		struct place *place = &watch->places[i];
		uint64_t due = atomic_load_explicit(&place->due_ms, memory_order_relaxed);

		if (place->fd < 0 || due == 0 || now < due)
			continue;
		shutdown(place->fd, SHUT_RDWR);
		atomic_store_explicit(&place->due_ms, 0, memory_order_relaxed);
	}
}

/* Reads off what is there. False when the client has closed too, or broken off. */
static bool is_still_sending(int fd)
{
	char waste[64 * 1024];
	ssize_t got;

	/* A bound, for one client must not keep this thread. */
	for (int i = 0; i < 16; i++) {
		got = recv(fd, waste, sizeof(waste), MSG_DONTWAIT);
		if (got <= 0)
			return got < 0 && (errno == EAGAIN || errno == EINTR);
	}
	return true;
}

static void end_lingering(hr_http_watch *watch, uint64_t now)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < watch->lingering_count; i++) {
		struct lingering *one = &watch->lingering[i];

		if (now < one->due_ms && is_still_sending(one->fd))
			watch->lingering[kept++] = *one;
		else
			close(one->fd);
	}
	watch->lingering_count = kept;
}

static void *run(void *cls)
{
	hr_http_watch *watch = cls;
	struct timespec wake;

	pthread_mutex_lock(&watch->lock);
	clock_gettime(CLOCK_MONOTONIC, &wake);
	while (!watch->stopping) {
		uint64_t now = hr_http_watch_now();

		shut_overdue(watch, now);
		end_lingering(watch, now);
		clock_gettime(CLOCK_MONOTONIC, &wake);
		wake.tv_nsec += TICK_MS * 1000000L;
		wake.tv_sec += wake.tv_nsec / 1000000000L;
		wake.tv_nsec %= 1000000000L;
		pthread_cond_timedwait(&watch->stop, &watch->lock, &wake);
	}
	end_lingering(watch, UINT64_MAX);
	pthread_mutex_unlock(&watch->lock);
	return NULL;
}

static void init_places(hr_http_watch *watch)
{
	for (int i = 0; i < watch->place_count; i++) {
		watch->places[i].fd = -1;
		watch->places[i].next_free = i + 1 < watch->place_count ? i + 1 : -1;
	}
}

static bool start(hr_http_watch *watch, hr_error *err)
{
	pthread_condattr_t clock;
	int errnum;

	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&watch->stop, &clock);
	pthread_condattr_destroy(&clock);
	pthread_mutex_init(&watch->lock, NULL);
	errnum = pthread_create(&watch->thread, NULL, run, watch);
	if (errnum == 0)
		return true;
	pthread_cond_destroy(&watch->stop);
	pthread_mutex_destroy(&watch->lock);
	return hr_fail_errno(err, errnum, "start", "the watch over connections");
}

bool hr_http_watch_open(unsigned connections_max, hr_arena *arena, hr_http_watch **out,
			hr_error *err)
{
	hr_http_watch *watch = HR_NEW(arena, hr_http_watch);
	struct place *places = HR_NEW_N(arena, struct place, connections_max);

	if (!watch || !places)
		return hr_fail_memory(err);
	watch->places = places;
	watch->place_count = (int)connections_max;
	init_places(watch);
	if (!start(watch, err))
		return false;
	*out = watch;
	return true;
}

void hr_http_watch_close(hr_http_watch *watch)
{
	if (!watch)
		return;
	pthread_mutex_lock(&watch->lock);
	watch->stopping = true;
	pthread_cond_signal(&watch->stop);
	pthread_mutex_unlock(&watch->lock);
	pthread_join(watch->thread, NULL);
	pthread_cond_destroy(&watch->stop);
	pthread_mutex_destroy(&watch->lock);
}

int hr_http_watch_add(hr_http_watch *watch, int fd)
{
	int place;

	pthread_mutex_lock(&watch->lock);
	place = watch->first_free;
	if (place >= 0) {
		watch->first_free = watch->places[place].next_free;
		watch->places[place].fd = fd;
		atomic_store_explicit(&watch->places[place].due_ms, 0, memory_order_relaxed);
	}
	pthread_mutex_unlock(&watch->lock);
	return place;
}

/* Over the limit it is closed as any other. */
static void start_lingering(hr_http_watch *watch, int fd)
{
	int copy;

	if (watch->lingering_count == LINGERING_MAX)
		return;
	copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (copy < 0)
		return;
	shutdown(copy, SHUT_WR);
	watch->lingering[watch->lingering_count++] =
		(struct lingering){ copy, hr_http_watch_now() + LINGER_MS };
}

void hr_http_watch_remove(hr_http_watch *watch, int place, bool linger)
{
	struct place *one = &watch->places[place];

	pthread_mutex_lock(&watch->lock);
	if (linger)
		start_lingering(watch, one->fd);
	one->fd = -1;
	one->next_free = watch->first_free;
	watch->first_free = place;
	pthread_mutex_unlock(&watch->lock);
}

void hr_http_watch_await(hr_http_watch *watch, int place, uint64_t due_ms)
{
	atomic_store_explicit(&watch->places[place].due_ms, due_ms, memory_order_relaxed);
}
