#include "service/follower.h"

#include <pthread.h>
#include <time.h>

enum {
	POLL_MS = 250,
	/* How far back a version that loads is looked for at the start. */
	VERSIONS_BACK = 20,
	LOG_BYTES = 1 << 20,
	/* Between two tries of a version that failed for a passing reason; doubled each time. */
	RETRY_MS_FIRST = 1000,
	RETRY_MS_MOST = 60000,
};

struct hr_follower {
	hr_arena *arena; /* holds this struct */
	hr_follower_options options;
	char seen[HR_COMMIT_TEXT]; /* of the thread alone, as are the two below: the newest tried */
	int64_t retry_in_ms;	   /* 0: that one is not tried again */
	int64_t retry_at_ms;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop; /* under the lock, as are the two below */
	bool reload;
	hr_follower_state state;
};

static hr_instant now(void)
{
	return (hr_instant){ time(NULL) };
}

static int64_t milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void copy_id(char to[HR_COMMIT_TEXT], const char *from)
{
	memcpy(to, from, HR_COMMIT_TEXT);
}

/* --- what is found out, told --- */

static void tell_loaded(const hr_follower *f, const hr_catalog *catalog, int64_t took_ms)
{
	const hr_log_field fields[] = {
		{ .name = "id", .text = hr_catalog_id(catalog) },
		{ .name = "ms", .number = took_ms },
		{ .name = "bytes", .number = (int64_t)hr_catalog_bytes(catalog) },
	};

	hr_log_write(f->options.log, HR_LOG_INFO, now(), "catalogue-loaded", fields, 3);
}

static void tell_failure(const hr_follower *f, const char *event, const char *id,
			 const hr_error *err)
{
	const hr_log_field fields[] = {
		{ .name = "code", .text = hr_str_of(hr_error_word(err->code)) },
		{ .name = "message", .text = hr_str_of(err->message) },
		{ .name = "detail", .text = hr_str_of(err->detail) },
		{ .name = "line", .number = err->line },
		{ .name = "id", .text = hr_str_of(id) },
	};

	hr_log_write(f->options.log, HR_LOG_ERROR, now(), event, fields, 5);
}

static void note_refused(hr_follower *f, const char *id, const hr_error *why)
{
	tell_failure(f, "catalogue-refused", id, why);
	pthread_mutex_lock(&f->lock);
	copy_id(f->state.refused, id);
	f->state.refused_at = now();
	f->state.why = *why;
	f->state.failures++;
	pthread_mutex_unlock(&f->lock);
}

/* The slot first: who reads in the state that a version is served gets it. */
static void serve(hr_follower *f, hr_catalog *catalog, const char *id, int64_t took_ms)
{
	tell_loaded(f, catalog, took_ms);
	hr_catalog_slot_set(f->options.slot, catalog);
	pthread_mutex_lock(&f->lock);
	copy_id(f->state.served, id);
	f->state.loaded_at = now();
	f->state.loads++;
	pthread_mutex_unlock(&f->lock);
}

static void note_well(hr_follower *f)
{
	pthread_mutex_lock(&f->lock);
	f->state.refused[0] = '\0';
	f->state.why.code = HR_E_NONE;
	pthread_mutex_unlock(&f->lock);
}

/* Once for each new reason, not four times a second. */
static void note_unreadable(hr_follower *f, const hr_error *why)
{
	bool known;

	pthread_mutex_lock(&f->lock);
	known = f->state.why.code == why->code && strcmp(f->state.why.message, why->message) == 0;
	f->state.why = *why;
	f->state.failures += !known;
	pthread_mutex_unlock(&f->lock);
	if (!known)
		tell_failure(f, "registry-unreadable", "", why);
	/* Looked at again when it can be read: the version seen last may be another. */
	f->seen[0] = '\0';
}

/* --- loading --- */

static bool load(hr_follower *f, hr_registry *registry, const char *id, hr_error *err)
{
	int64_t start = milliseconds();
	hr_catalog *catalog;

	if (!hr_registry_load(registry, hr_str_of(id), f->options.local, &catalog, err))
		return false;
	serve(f, catalog, id, milliseconds() - start);
	return true;
}

/* The newest is refused, and nothing is served: the first before it that loads. */
static bool load_before(hr_follower *f, hr_registry *registry, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(LOG_BYTES);
	hr_version versions[VERSIONS_BACK];
	hr_error ignored;
	size_t count;

	if (!arena)
		return hr_fail_memory(err);
	if (!hr_registry_log(registry, arena, versions, VERSIONS_BACK, &count, err))
		return false;
	for (size_t i = 1; i < count; i++)
		if (load(f, registry, versions[i].id, &ignored))
			return true;
	return false;
}

/*
 * Was it this machine that failed and not the version? HR_E_REGISTRY, since a
 * pack that cannot be opened for want of descriptors is told as an object that
 * is missing; HR_E_NOT_FOUND is the overlay's folder, which may be mounted late.
 */
static bool may_pass(hr_error_code code)
{
	return code == HR_E_MEMORY || code == HR_E_IO || code == HR_E_NO_SPACE ||
	       code == HR_E_READ_ONLY || code == HR_E_REGISTRY || code == HR_E_NOT_FOUND;
}

static void plan_retry(hr_follower *f, hr_error_code why)
{
	int64_t next = f->retry_in_ms ? f->retry_in_ms * 2 : RETRY_MS_FIRST;

	f->retry_in_ms = !may_pass(why) ? 0 : next < RETRY_MS_MOST ? next : RETRY_MS_MOST;
	f->retry_at_ms = milliseconds() + f->retry_in_ms;
}

/* Is it one that was not tried yet, or one whose next try is due? */
static bool wants_try(hr_follower *f, const char *id)
{
	if (strcmp(id, f->seen) == 0)
		return f->retry_in_ms && milliseconds() >= f->retry_at_ms;
	f->retry_in_ms = 0;
	return true;
}

/* What the reference names now, if that is news. False: `err` says why it cannot be told. */
static bool look(hr_follower *f, hr_registry *registry, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(LOG_BYTES);
	hr_version newest;

	if (!arena)
		return hr_fail_memory(err);
	if (!hr_registry_resolve(registry, HR_STR_NONE, arena, &newest, err))
		return false;
	if (!wants_try(f, newest.id))
		return true;
	copy_id(f->seen, newest.id);
	if (load(f, registry, newest.id, err)) {
		f->retry_in_ms = 0;
		note_well(f);
	} else {
		plan_retry(f, err->code);
		note_refused(f, newest.id, err);
	}
	return true;
}

/* The registry is opened each time: it may have been moved, or put back from a backup. */
static void follow(hr_follower *f)
{
	hr_registry *registry;
	hr_error err;

	if (!hr_registry_open(f->options.registry, &registry, &err)) {
		note_unreadable(f, &err);
		return;
	}
	if (!look(f, registry, &err))
		note_unreadable(f, &err);
	hr_registry_close(registry);
}

/* --- the thread --- */

static void wait(hr_follower *f)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += POLL_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&f->lock);
	while (!f->stop && !f->reload && pthread_cond_timedwait(&f->wake, &f->lock, &until) == 0)
		;
	if (f->reload)
		f->seen[0] = '\0';
	f->reload = false;
	pthread_mutex_unlock(&f->lock);
}

static bool is_stopped(hr_follower *f)
{
	bool stop;

	pthread_mutex_lock(&f->lock);
	stop = f->stop;
	pthread_mutex_unlock(&f->lock);
	return stop;
}

static void *run(void *context)
{
	hr_follower *f = context;

	for (wait(f); !is_stopped(f); wait(f))
		follow(f);
	return NULL;
}

static bool start_thread(hr_follower *f, hr_error *err)
{
	int failure = pthread_create(&f->thread, NULL, run, f);

	return failure ? hr_fail_errno(err, failure, "start",
				       "the thread that follows the registry")
		       : true;
}

/* --- opening --- */

static bool load_first(hr_follower *f, hr_error *err)
{
	hr_registry *registry;
	bool ok;

	if (!hr_registry_open(f->options.registry, &registry, err))
		return false;
	ok = look(f, registry, err);
	if (ok && f->state.refused[0])
		ok = load_before(f, registry, err);
	if (!ok && f->state.why.code != HR_E_NONE)
		*err = f->state.why;
	hr_registry_close(registry);
	return ok;
}

static bool set_up(hr_follower *f)
{
	pthread_condattr_t monotonic;
	bool ok;

	if (pthread_mutex_init(&f->lock, NULL) != 0)
		return false;
	if (pthread_condattr_init(&monotonic) == 0) {
		ok = pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0 &&
		     pthread_cond_init(&f->wake, &monotonic) == 0;
		pthread_condattr_destroy(&monotonic);
		if (ok)
			return true;
	}
	pthread_mutex_destroy(&f->lock);
	return false;
}

static void dispose(hr_follower *f)
{
	pthread_cond_destroy(&f->wake);
	pthread_mutex_destroy(&f->lock);
	hr_arena_close(f->arena);
}

bool hr_follower_open(const hr_follower_options *options, hr_follower **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open(sizeof(hr_follower));
	hr_follower *f = arena ? HR_NEW(arena, hr_follower) : NULL;

	if (!f || !set_up(f)) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	f->arena = arena;
	f->options = *options;
	if (!load_first(f, err) || !start_thread(f, err)) {
		dispose(f);
		return false;
	}
	*out = f;
	return true;
}

void hr_follower_close(hr_follower *f)
{
	if (!f)
		return;
	pthread_mutex_lock(&f->lock);
	f->stop = true;
	pthread_cond_signal(&f->wake);
	pthread_mutex_unlock(&f->lock);
	pthread_join(f->thread, NULL);
	dispose(f);
}

void hr_follower_reload(hr_follower *f)
{
	pthread_mutex_lock(&f->lock);
	f->reload = true;
	pthread_cond_signal(&f->wake);
	pthread_mutex_unlock(&f->lock);
}

hr_follower_state hr_follower_get(hr_follower *f)
{
	hr_follower_state state;

	pthread_mutex_lock(&f->lock);
	state = f->state;
	pthread_mutex_unlock(&f->lock);
	return state;
}

void hr_follower_format_refusal(const hr_follower_state *state, hr_json_writer *w)
{
	char time[HR_INSTANT_TEXT];

	if (state->why.code == HR_E_NONE)
		return;
	hr_json_name(w, HR_STR("refused"));
	hr_json_open_object(w);
	if (state->refused[0]) {
		hr_json_member(w, HR_STR("id"), hr_str_of(state->refused));
		hr_json_member(w, HR_STR("since"), hr_instant_format(state->refused_at, time));
	}
	hr_json_member(w, HR_STR("code"), hr_str_of(hr_error_word(state->why.code)));
	hr_json_member(w, HR_STR("message"), hr_str_of(state->why.message));
	if (state->why.line) {
		hr_json_name(w, HR_STR("line"));
		hr_json_int(w, state->why.line);
	}
	hr_json_close_object(w);
}
