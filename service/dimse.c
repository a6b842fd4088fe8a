/*
 * One thread accepts. A connection gets a process that waits for it already, and
 * a thread that answers that process.
 */
#include "service/dimse.h"

#include "service/access.h"
#include "service/dimse_pool.h"
#include "service/dimse_session.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	OPTIONS_ARENA_BYTES = 1 << 20,
	MESSAGE_BYTES = HR_FACTS_BYTES_MAX + (4 << 20),
	STACK_BYTES = 1 << 18,
	REFUSE_MS = 200,
	HOLD_UP_NS = 10000000,
	ASSOCIATE_SECONDS = 30,
	LOOK_SECONDS = 60,
};

#define MEMORY_BYTES	 ((uint64_t)1 << 30)
#define OBJECT_BYTES_MAX ((uint64_t)16 << 30)

/* A place for an association. */
struct place {
	struct hr_dimse *dimse;
	pthread_t thread;
	bool is_used;	/* by a session; then `thread` is to be joined */
	bool has_ended; /* its thread has nothing left to do */
	hr_dimse_worker worker;
	hr_dimse_session session;
};

struct hr_dimse {
	hr_arena *arena; /* holds this struct */
	hr_dimse_shared shared;
	int listening;
	uint16_t port;
	pthread_t thread;
	bool runs;
	hr_dimse_pool pool;
	pthread_mutex_t lock; /* of what follows */
	int64_t until_ms;
	struct place *places;
};

/* --- one association --- */

static bool hand_over(const struct hr_dimse *dimse, const hr_dimse_worker *worker, int fd,
		      hr_error *err)
{
	const hr_dimse_settings settings = {
		.memory_bytes = MEMORY_BYTES,
		.object_bytes_max = OBJECT_BYTES_MAX,
		.associate_seconds = ASSOCIATE_SECONDS,
		.message_seconds = dimse->shared.options.message_seconds,
		.idle_seconds = dimse->shared.options.idle_seconds,
		.look_seconds = LOOK_SECONDS,
	};
	const hr_wire_message message = {
		.kind = HR_DIMSE_SERVE,
		.bytes = { (const char *)&settings, sizeof(settings) },
		.fd = fd,
	};

	return hr_wire_send(worker->process.socket, &message, err);
}

static void leave_place(struct place *place)
{
	struct hr_dimse *dimse = place->dimse;

	pthread_mutex_destroy(&place->session.sending);
	hr_arena_close(place->session.arena);
	place->session.arena = NULL;
	atomic_fetch_sub(&dimse->shared.options.counts->associations, 1);
	pthread_mutex_lock(&dimse->lock);
	place->has_ended = true;
	pthread_mutex_unlock(&dimse->lock);
}

/* It takes its process from the place under the lock: who ends them all may look for it. */
static void *run(void *context)
{
	struct place *place = context;
	struct hr_dimse *dimse = place->dimse;
	hr_dimse_worker worker;
	hr_error err;
	bool ok = hr_dimse_session_run(&place->session, &err);

	pthread_mutex_lock(&dimse->lock);
	worker = place->worker;
	place->worker.process.pid = 0;
	pthread_mutex_unlock(&dimse->lock);
	if (ok)
		hr_dimse_pool_put_back(&dimse->pool, &worker);
	else
		hr_dimse_pool_end(&dimse->pool, &worker);
	hr_dimse_pool_fill(&dimse->pool);
	leave_place(place);
	return NULL;
}

static int start_thread(struct place *place)
{
	pthread_attr_t attributes;
	int errnum = pthread_attr_init(&attributes);

	if (errnum)
		return errnum;
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	errnum = pthread_create(&place->thread, &attributes, run, place);
	pthread_attr_destroy(&attributes);
	return errnum;
}

/* Those that have ended are joined here, so a place is free again. NULL: there is none. */
static struct place *find_place(struct hr_dimse *dimse)
{
	struct place *found = NULL;

	for (unsigned i = 0; i < dimse->shared.options.associations_max && !found; i++) {
		struct place *place = &dimse->places[i];
		bool has_ended;

		pthread_mutex_lock(&dimse->lock);
		has_ended = place->has_ended;
		pthread_mutex_unlock(&dimse->lock);
		if (has_ended)
			pthread_join(place->thread, NULL);
		if (has_ended || !place->is_used)
			found = place;
	}
	return found;
}

/* One that waits may have been killed meanwhile: then the next. */
static bool give_to_worker(struct hr_dimse *dimse, int fd, hr_dimse_worker *out, hr_error *err)
{
	while (hr_dimse_pool_take(&dimse->pool, out)) {
		if (hand_over(dimse, out, fd, err))
			return true;
		hr_dimse_pool_end(&dimse->pool, out);
	}
	if (!hr_dimse_pool_start(&dimse->pool, out, err))
		return false;
	if (hand_over(dimse, out, fd, err))
		return true;
	hr_dimse_pool_end(&dimse->pool, out);
	return false;
}

static bool begin(struct hr_dimse *dimse, struct place *place, int fd,
		  const struct sockaddr *address, hr_error *err)
{
	hr_dimse_session *session = &place->session;

	*place = (struct place){ .dimse = dimse };
	*session = (hr_dimse_session){ .shared = &dimse->shared };
	hr_http_address_format(address, session->address);
	session->arena = hr_arena_open(MESSAGE_BYTES);
	if (!session->arena)
		return hr_fail_memory(err);
	if (!give_to_worker(dimse, fd, &place->worker, err))
		return false;
	session->socket = place->worker.process.socket;
	return true;
}

static bool start_session(struct hr_dimse *dimse, struct place *place, int fd,
			  const struct sockaddr *address, hr_error *err)
{
	if (!begin(dimse, place, fd, address, err)) {
		hr_arena_close(place->session.arena);
		return false;
	}
	pthread_mutex_init(&place->session.sending, NULL);
	atomic_fetch_add(&dimse->shared.options.counts->associations, 1);
	pthread_mutex_lock(&dimse->lock);
	place->is_used = true;
	pthread_mutex_unlock(&dimse->lock);
	if (start_thread(place) == 0)
		return true;
	hr_dimse_pool_end(&dimse->pool, &place->worker);
	leave_place(place);
	pthread_mutex_lock(&dimse->lock);
	place->is_used = place->has_ended = false;
	pthread_mutex_unlock(&dimse->lock);
	return hr_fail(err, HR_E_MEMORY, "no thread can be started");
}

/* --- who comes --- */

/*
 * A-ASSOCIATE-RJ, rejected-transient, by the provider, local limit exceeded
 * (PS3.8 9.3.4). What the peer has sent is read first: else closing resets the
 * connection, and he may not see the answer.
 */
static void turn_away(struct hr_dimse *dimse, int fd)
{
	static const unsigned char busy[] = { 3, 0, 0, 0, 0, 4, 0, 2, 3, 2 };
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char request[4096];

	atomic_fetch_add(&dimse->shared.options.counts->verdicts[HR_ASSOCIATION_BUSY], 1);
	if (poll(&ready, 1, REFUSE_MS) > 0)
		while (recv(fd, request, sizeof(request), MSG_DONTWAIT) > 0)
			;
	(void)!send(fd, busy, sizeof(busy), MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
}

static void log_failed(const struct hr_dimse *dimse, const hr_error *err)
{
	const hr_log_field fields[] = {
		{ .name = "code", .text = hr_str_of(hr_error_word(err->code)) },
		{ .name = "message", .text = hr_str_of(err->message) },
	};

	hr_log_write(dimse->shared.options.log, HR_LOG_ERROR, (hr_instant){ time(NULL) },
		     "association-failed", fields, 2);
}

static void let_in(struct hr_dimse *dimse, int fd, const struct sockaddr *address)
{
	struct place *place = find_place(dimse);
	hr_error err;

	if (!place) {
		turn_away(dimse, fd);
	} else if (!start_session(dimse, place, fd, address, &err)) {
		log_failed(dimse, &err);
		turn_away(dimse, fd);
	}
	close(fd);
}

/* False: it is to end. */
static bool accept_one(struct hr_dimse *dimse)
{
	const struct timespec hold_up = { .tv_nsec = HOLD_UP_NS };
	struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(address);
	/* DCMTK wants a socket that blocks. */
	int fd = accept4(dimse->listening, (struct sockaddr *)&address, &len, SOCK_CLOEXEC);

	if (fd >= 0)
		let_in(dimse, fd, (struct sockaddr *)&address);
	else if (errno == EINVAL) /* shut down by hr_dimse_stop */
		return false;
	else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
		nanosleep(&hold_up, NULL);
	return true;
}

static void *listen_on(void *context)
{
	struct hr_dimse *dimse = context;
	struct pollfd ready = { .fd = dimse->listening, .events = POLLIN };
	bool goes_on = true;

	hr_dimse_pool_fill(&dimse->pool);
	while (goes_on) {
		if (poll(&ready, 1, -1) > 0)
			goes_on = accept_one(dimse);
	}
	return NULL;
}

/* --- opening and closing --- */

/* Who listens where others reach it asks who they are; DIMSE itself has no better way. */
static bool check_door(const hr_dimse_options *options, hr_error *err)
{
	return options->allow || hr_access_is_local(hr_str_of(options->listen)) ||
	       hr_fail(err, HR_E_USAGE,
		       "others can reach '%s': name who may call, dicom-allow = AE@ADDRESS, or "
		       "let it listen on 127.0.0.1",
		       options->listen);
}

static bool read_rules(struct hr_dimse *dimse, hr_error *err)
{
	hr_dimse_shared *shared = &dimse->shared;
	const hr_dimse_options *options = &shared->options;

	return hr_dimse_read_allowed("dicom-allow", options->allow, dimse->arena, &shared->allowed,
				     err) &&
	       hr_dimse_read_peers("dicom-peer", options->peers, dimse->arena, &shared->peers,
				   err) &&
	       hr_dimse_read_institutions("dicom-institution", options->institutions, dimse->arena,
					  &shared->institutions, err);
}

static bool start(struct hr_dimse *dimse, hr_error *err)
{
	const hr_dimse_options *options = &dimse->shared.options;
	int errnum;

	if (!check_door(options, err) || !read_rules(dimse, err) ||
	    !hr_http_listen(options->listen, &dimse->listening, err))
		return false;
	dimse->port = hr_http_listen_port(dimse->listening);
	errnum = pthread_create(&dimse->thread, NULL, listen_on, dimse);
	dimse->runs = errnum == 0;
	return dimse->runs || hr_fail_errno(err, errnum, "start", "a thread");
}

bool hr_dimse_open(const hr_dimse_options *options, hr_dimse **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open(OPTIONS_ARENA_BYTES);
	hr_dimse *dimse = arena ? HR_NEW(arena, hr_dimse) : NULL;

	if (dimse) {
		dimse->arena = arena;
		dimse->shared.options = *options;
		dimse->listening = -1;
		dimse->places = HR_NEW_N(arena, struct place, options->associations_max);
	}
	if (!dimse || !dimse->places) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	pthread_mutex_init(&dimse->lock, NULL);
	hr_dimse_pool_init(&dimse->pool, options->program);
	if (!start(dimse, err)) {
		hr_dimse_close(dimse);
		return false;
	}
	*out = dimse;
	return true;
}

uint16_t hr_dimse_port(const hr_dimse *dimse)
{
	return dimse->port;
}

void hr_dimse_stop(hr_dimse *dimse, unsigned seconds)
{
	hr_http_listen_stop(dimse->listening);
	if (dimse->runs)
		pthread_join(dimse->thread, NULL);
	dimse->runs = false;
	hr_dimse_pool_stop(&dimse->pool);
	pthread_mutex_lock(&dimse->lock);
	dimse->until_ms = hr_wire_now_ms() + (int64_t)seconds * 1000;
	for (unsigned i = 0; i < dimse->shared.options.associations_max; i++)
		if (dimse->places[i].is_used && dimse->places[i].worker.process.pid)
			hr_dimse_session_end(&dimse->places[i].session);
	pthread_mutex_unlock(&dimse->lock);
}

static bool has_ended(struct hr_dimse *dimse, const struct place *place)
{
	bool ended;

	pthread_mutex_lock(&dimse->lock);
	ended = place->has_ended;
	pthread_mutex_unlock(&dimse->lock);
	return ended;
}

/* Its thread reaps it. */
static void kill_worker(struct hr_dimse *dimse, const struct place *place)
{
	pthread_mutex_lock(&dimse->lock);
	if (place->worker.process.pid)
		kill(place->worker.process.pid, SIGKILL);
	pthread_mutex_unlock(&dimse->lock);
}

static void end_place(struct hr_dimse *dimse, const struct place *place)
{
	const struct timespec step = { .tv_nsec = HOLD_UP_NS };

	while (!has_ended(dimse, place) && hr_wire_now_ms() < dimse->until_ms)
		nanosleep(&step, NULL);
	kill_worker(dimse, place);
	pthread_join(place->thread, NULL);
}

void hr_dimse_close(hr_dimse *dimse)
{
	if (!dimse)
		return;
	if (dimse->runs)
		hr_dimse_stop(dimse, 0);
	for (unsigned i = 0; i < dimse->shared.options.associations_max; i++)
		if (dimse->places[i].is_used)
			end_place(dimse, &dimse->places[i]);
	hr_dimse_pool_dispose(&dimse->pool);
	if (dimse->listening >= 0)
		close(dimse->listening);
	pthread_mutex_destroy(&dimse->lock);
	hr_arena_close(dimse->arena);
}
