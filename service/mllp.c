/*
 * A few threads, each with an epoll and its connections. The first one accepts,
 * too, and deals the connections out in turn, so that eight senders are eight
 * on every number of threads.
 */
#include "service/mllp.h"

#include "service/http_listen.h"
#include "service/mllp_connection.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 64, ACCEPTS = 64, SWEEP_MS = 1000, THREADS_MAX = 64, HOLD_UP_NS = 10000000 };

struct worker {
	struct hr_mllp *mllp;
	pthread_t thread;
	bool runs;
	int epoll;
	hr_arena *arena; /* for one message at a time */
	pthread_mutex_t lock;
	hr_mllp_connection *first; /* under the lock: the first worker adds to it */
	int64_t swept_ms;
};

struct hr_mllp {
	hr_mllp_options options;
	hr_arena *arena; /* holds this struct */
	int listening;
	uint16_t port;
	int wake;
	unsigned turn;	      /* whose the next connection is */
	atomic_bool draining; /* set by the first worker, when it has dealt out the last one */
	_Atomic int64_t until_ms;
	unsigned count;
	struct worker workers[THREADS_MAX];
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- whose a connection is --- */

static void add(struct worker *worker, hr_mllp_connection *c)
{
	hr_mllp_connection_link(c)->next = worker->first;
	if (worker->first)
		hr_mllp_connection_link(worker->first)->previous = c;
	worker->first = c;
}

static void end(struct worker *worker, hr_mllp_connection *c)
{
	const hr_mllp_link *link = hr_mllp_connection_link(c);

	pthread_mutex_lock(&worker->lock);
	if (link->previous)
		hr_mllp_connection_link(link->previous)->next = link->next;
	else
		worker->first = link->next;
	if (link->next)
		hr_mllp_connection_link(link->next)->previous = link->previous;
	pthread_mutex_unlock(&worker->lock);
	hr_mllp_connection_close(c);
}

/* Under one lock with the list, so that its worker does not end it before it is there. */
static void deal(struct hr_mllp *mllp, int fd)
{
	struct worker *worker = &mllp->workers[mllp->turn++ % mllp->count];
	hr_mllp_connection *c = hr_mllp_connection_open(&mllp->options, fd, now_ms());
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
	bool ok;

	if (!c)
		return;
	pthread_mutex_lock(&worker->lock);
	ok = epoll_ctl(worker->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
	if (ok)
		add(worker, c);
	pthread_mutex_unlock(&worker->lock);
	if (!ok)
		hr_mllp_connection_close(c);
}

/* --- the first worker's part --- */

/* All have their connections: now each of them may end. */
static void close_door(struct hr_mllp *mllp)
{
	const uint64_t one = 1;

	epoll_ctl(mllp->workers[0].epoll, EPOLL_CTL_DEL, mllp->listening, NULL);
	atomic_store(&mllp->draining, true);
	(void)!write(mllp->wake, &one, sizeof(one));
}

/* Without TCP_NODELAY an answer waits for the sender's delayed ACK: 40 ms. */
static void set_up(int fd)
{
	const int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
}

static bool may_call(const struct hr_mllp *mllp, int fd)
{
	struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(address);
	char text[HR_HTTP_ADDRESS_TEXT];

	if (mllp->options.from.count == 0)
		return true;
	getpeername(fd, (struct sockaddr *)&address, &len);
	hr_http_address_format((struct sockaddr *)&address, text);
	return hr_proxies_trust(&mllp->options.from, hr_str_of(text));
}

static void turn_away(struct hr_mllp *mllp, int fd, hr_mllp_closed why)
{
	hr_mllp_count_closed(mllp->options.counts, why);
	close(fd);
}

static void let_in(struct hr_mllp *mllp, int fd)
{
	if (!may_call(mllp, fd)) {
		turn_away(mllp, fd, HR_MLLP_CLOSED_STRANGER);
		return;
	}
	if (atomic_load(&mllp->options.counts->connections) >= mllp->options.connections_max) {
		turn_away(mllp, fd, HR_MLLP_CLOSED_TOO_MANY);
		return;
	}
	set_up(fd);
	deal(mllp, fd);
}

/* Some at a time: a storm of them does not keep the connections of this thread waiting. */
static void accept_some(struct hr_mllp *mllp)
{
	const struct timespec hold_up = { .tv_nsec = HOLD_UP_NS };
	int fd = 0;

	for (int i = 0; i < ACCEPTS && fd >= 0; i++) {
		fd = accept4(mllp->listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0)
			let_in(mllp, fd);
		else if (errno == EINVAL) /* shut down by hr_mllp_stop */
			close_door(mllp);
		else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
			nanosleep(&hold_up, NULL);
	}
}

/* --- every worker's part --- */

static void run(struct worker *worker, hr_mllp_connection *c)
{
	const uint32_t before = hr_mllp_connection_wants(c);
	struct epoll_event event = { .data.ptr = c };

	if (!hr_mllp_connection_run(c, worker->arena, now_ms())) {
		end(worker, c);
		return;
	}
	event.events = hr_mllp_connection_wants(c);
	if (event.events != before)
		epoll_ctl(worker->epoll, EPOLL_CTL_MOD, hr_mllp_connection_fd(c), &event);
}

static hr_mllp_connection *first_of(struct worker *worker)
{
	hr_mllp_connection *first;

	pthread_mutex_lock(&worker->lock);
	first = worker->first;
	pthread_mutex_unlock(&worker->lock);
	return first;
}

/* New ones are put in front: from the first on, the list is this worker's own. */
static void sweep(struct worker *worker, int64_t now)
{
	hr_mllp_connection *next;

	for (hr_mllp_connection *c = first_of(worker); c; c = next) {
		next = hr_mllp_connection_link(c)->next;
		if (hr_mllp_connection_expires(c, now))
			end(worker, c);
	}
	worker->swept_ms = now;
}

static bool is_over(struct hr_mllp *mllp)
{
	return now_ms() >= atomic_load(&mllp->until_ms);
}

static void drain(struct worker *worker)
{
	hr_mllp_connection *next;

	for (hr_mllp_connection *c = first_of(worker); c && !is_over(worker->mllp); c = next) {
		next = hr_mllp_connection_link(c)->next;
		hr_mllp_connection_drain(c);
		run(worker, c);
	}
}

static void handle(struct worker *worker, const struct epoll_event *event)
{
	struct hr_mllp *mllp = worker->mllp;

	if (event->data.ptr == &mllp->listening)
		accept_some(mllp);
	else if (event->data.ptr == &mllp->wake)
		drain(worker);
	else
		run(worker, event->data.ptr);
}

static bool is_done(struct worker *worker)
{
	return atomic_load(&worker->mllp->draining) && (!first_of(worker) || is_over(worker->mllp));
}

static void *work(void *context)
{
	struct worker *worker = context;
	struct epoll_event events[EVENTS];
	int64_t now;

	while (!is_done(worker)) {
		int n = epoll_wait(worker->epoll, events, EVENTS, SWEEP_MS);

		for (int i = 0; i < n; i++)
			/* The wake ends connections that may stand behind it: it comes last. */
			if (events[i].data.ptr != &worker->mllp->wake)
				handle(worker, &events[i]);
		for (int i = 0; i < n; i++)
			if (events[i].data.ptr == &worker->mllp->wake)
				handle(worker, &events[i]);
		now = now_ms();
		if (now - worker->swept_ms >= SWEEP_MS)
			sweep(worker, now);
	}
	while (worker->first)
		end(worker, worker->first);
	return NULL;
}

/* --- opening and closing --- */

static bool watch(int epoll, int fd, uint32_t events, void *what)
{
	struct epoll_event event = { .events = events, .data.ptr = what };

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool open_worker(struct hr_mllp *mllp, struct worker *worker, hr_error *err)
{
	worker->mllp = mllp;
	worker->epoll = epoll_create1(EPOLL_CLOEXEC);
	pthread_mutex_init(&worker->lock, NULL);
	worker->arena = hr_arena_open(mllp->options.request_bytes_max);
	mllp->count++;
	if (!worker->arena)
		return hr_fail_memory(err);
	/* Once for each worker: nobody reads it away from another. */
	if (worker->epoll < 0 ||
	    !watch(worker->epoll, mllp->wake, EPOLLIN | EPOLLONESHOT, &mllp->wake))
		return hr_fail_errno(err, errno, "open", "epoll");
	if (worker == mllp->workers &&
	    !watch(worker->epoll, mllp->listening, EPOLLIN, &mllp->listening))
		return hr_fail_errno(err, errno, "watch", mllp->options.listen);
	return true;
}

static bool start(struct hr_mllp *mllp, hr_error *err)
{
	const unsigned wanted = mllp->options.threads;

	mllp->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (mllp->wake < 0)
		return hr_fail_errno(err, errno, "open", "eventfd");
	if (!hr_http_listen(mllp->options.listen, &mllp->listening, err))
		return false;
	mllp->port = hr_http_listen_port(mllp->listening);
	for (unsigned i = 0; i < wanted && i < THREADS_MAX; i++)
		if (!open_worker(mllp, &mllp->workers[i], err))
			return false;
	for (unsigned i = 0; i < mllp->count; i++) {
		struct worker *worker = &mllp->workers[i];
		int errnum = pthread_create(&worker->thread, NULL, work, worker);

		worker->runs = errnum == 0;
		if (!worker->runs)
			return hr_fail_errno(err, errnum, "start", "a thread");
	}
	return true;
}

bool hr_mllp_open(const hr_mllp_options *options, hr_mllp **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open(sizeof(hr_mllp) + 64);
	hr_mllp *mllp = arena ? HR_NEW(arena, hr_mllp) : NULL;

	if (!mllp) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	mllp->arena = arena;
	mllp->options = *options;
	mllp->listening = -1;
	mllp->wake = -1;
	if (!start(mllp, err)) {
		if (mllp->workers[0].runs)
			hr_mllp_stop(mllp, 0);
		hr_mllp_close(mllp);
		return false;
	}
	*out = mllp;
	return true;
}

hr_str hr_mllp_closed_word(hr_mllp_closed why)
{
	static const hr_str words[] = {
		[HR_MLLP_CLOSED_TOO_MANY] = HR_STR_INIT("too-many"),
		[HR_MLLP_CLOSED_STRANGER] = HR_STR_INIT("stranger"),
		[HR_MLLP_CLOSED_IDLE] = HR_STR_INIT("idle"),
		[HR_MLLP_CLOSED_SLOW] = HR_STR_INIT("slow"),
		[HR_MLLP_CLOSED_JUNK] = HR_STR_INIT("junk"),
		[HR_MLLP_CLOSED_TOO_LARGE] = HR_STR_INIT("too-large"),
		[HR_MLLP_CLOSED_MEMORY] = HR_STR_INIT("memory"),
	};

	return words[why];
}

uint16_t hr_mllp_port(const hr_mllp *mllp)
{
	return mllp->port;
}

void hr_mllp_stop(hr_mllp *mllp, unsigned seconds)
{
	atomic_store(&mllp->until_ms, now_ms() + (int64_t)seconds * 1000);
	hr_http_listen_let_in(mllp->listening);
	hr_http_listen_stop(mllp->listening);
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void hr_mllp_close(hr_mllp *mllp)
{
	if (!mllp)
		return;
	for (unsigned i = 0; i < mllp->count; i++) {
		struct worker *worker = &mllp->workers[i];

		if (worker->runs)
			pthread_join(worker->thread, NULL);
		close_fd(worker->epoll);
		hr_arena_close(worker->arena);
		pthread_mutex_destroy(&worker->lock);
	}
	close_fd(mllp->listening);
	close_fd(mllp->wake);
	hr_arena_close(mllp->arena);
}
