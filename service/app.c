#include "service/app.h"

#include "service/sessions.h"
#include "service/state.h"
#include "service/tickets.h"

#include <pthread.h>
#include <time.h>

/* --- parsers --- */

enum { READERS_KEPT = 64 };

struct hr_reader_pool {
	pthread_mutex_t lock;
	hr_reader *idle[READERS_KEPT];
	size_t count;
};

/* NULL when memory is short. */
static hr_reader *take_reader(hr_reader_pool *pool)
{
	hr_reader *reader = NULL;

	pthread_mutex_lock(&pool->lock);
	if (pool->count)
		reader = pool->idle[--pool->count];
	pthread_mutex_unlock(&pool->lock);
	return reader ? reader : hr_reader_open();
}

static void put_reader(hr_reader_pool *pool, hr_reader *reader)
{
	pthread_mutex_lock(&pool->lock);
	if (pool->count < READERS_KEPT) {
		pool->idle[pool->count++] = reader;
		reader = NULL;
	}
	pthread_mutex_unlock(&pool->lock);
	hr_reader_close(reader);
}

static hr_reader_pool *open_pool(hr_arena *arena)
{
	hr_reader_pool *pool = HR_NEW(arena, hr_reader_pool);

	return pool && pthread_mutex_init(&pool->lock, NULL) == 0 ? pool : NULL;
}

static void close_pool(hr_reader_pool *pool)
{
	if (!pool)
		return;
	for (size_t i = 0; i < pool->count; i++)
		hr_reader_close(pool->idle[i]);
	pthread_mutex_destroy(&pool->lock);
}

/* --- opening --- */

static bool open_parts(hr_app *app, hr_error *err)
{
	hr_follower_options follow = {
		.registry = app->options.registry,
		.local = app->options.local,
		.log = &app->options.log,
	};

	if (!hr_access_open(app->options.state, app->options.wants_tokens, &app->options.log,
			    &app->access, err) ||
	    !hr_limits_open(app->options.requests_per_second, 1, &app->limits, err) ||
	    !hr_share_tries_open(&app->options.tries, &app->tries, err))
		return false;
	app->readers = open_pool(app->arena);
	app->slot = hr_catalog_slot_open();
	if (!app->readers || !app->slot)
		return hr_fail_memory(err);
	follow.slot = app->slot;
	return hr_follower_open(&follow, &app->follower, err);
}

/* Settings are refused when the service starts, not at the first question. */
static bool check_options(const hr_app *app, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(4096);
	hr_inquiry inquiry;

	return arena ? hr_app_inquiry(app, arena, &inquiry, err) : hr_fail_memory(err);
}

bool hr_app_open(const hr_app_options *options, hr_app **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open(sizeof(hr_app) + sizeof(hr_reader_pool) + 64);
	hr_app *app = arena ? HR_NEW(arena, hr_app) : NULL;

	if (!app) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	app->arena = arena;
	app->options = *options;
	app->started = hr_app_now();
	atomic_store(&app->min_free_bytes, options->min_free_bytes);
	if (!check_options(app, err) || !open_parts(app, err)) {
		hr_app_close(app);
		return false;
	}
	*out = app;
	return true;
}

void hr_app_close(hr_app *app)
{
	if (!app)
		return;
	hr_follower_close(app->follower);
	hr_catalog_slot_close(app->slot);
	close_pool(app->readers);
	hr_sessions_close(app->sessions);
	hr_tickets_close(app->tickets);
	hr_share_tries_close(app->tries);
	hr_limits_close(app->limits);
	hr_access_close(app->access);
	hr_arena_close(app->arena);
}

bool hr_app_has_films(const hr_app *app, hr_error *err)
{
	return app->films || hr_fail(err, HR_E_NOT_FOUND, "this service keeps no films");
}

bool hr_app_set_films(hr_app *app, hr_films *films, hr_error *err)
{
	if (!hr_sessions_open(films, &app->sessions, err) || !hr_tickets_open(&app->tickets, err))
		return false;
	app->films = films;
	return true;
}

hr_instant hr_app_now(void)
{
	return (hr_instant){ time(NULL) };
}

void hr_app_set_limits(hr_app *app, uint32_t requests_per_second, int64_t min_free_bytes)
{
	hr_limits_set(app->limits, requests_per_second);
	atomic_store(&app->min_free_bytes, min_free_bytes);
}

bool hr_app_has_space(const hr_app *app)
{
	const char *const paths[] = { app->options.state, app->options.log_path };
	int64_t min_free = atomic_load(&app->min_free_bytes);
	hr_error err;

	for (size_t i = 0; i < 2; i++)
		if (paths[i] && !hr_state_check_space(paths[i], min_free, &err))
			return false;
	return true;
}

/* --- use cases --- */

static bool set_if(hr_inquiry *inquiry, hr_str name, const char *value, hr_error *err)
{
	return !value || hr_inquiry_set(inquiry, name, hr_str_of(value), err);
}

bool hr_app_inquiry(const hr_app *app, hr_arena *arena, hr_inquiry *out, hr_error *err)
{
	hr_inquiry inquiry = hr_inquiry_init(hr_app_now(), arena);

	if (!set_if(&inquiry, HR_STR("receiver"), app->options.receiver, err) ||
	    !set_if(&inquiry, HR_STR("lang"), app->options.lang, err))
		return false;
	*out = inquiry;
	return true;
}

bool hr_app_catalog(hr_app *app, hr_arena *arena, const hr_catalog **out, hr_error *err)
{
	const hr_catalog *catalog = hr_catalog_slot_get(app->slot, arena, err);

	if (!catalog)
		return false;
	*out = catalog;
	return true;
}

static void count_verdicts(hr_app *app, const hr_verdicts *verdicts)
{
	for (size_t i = 0; i < verdicts->count; i++)
		hr_metrics_count_verdict(&app->metrics, verdicts->verdicts[i].outcome);
}

bool hr_app_verify(hr_app *app, const hr_inquiry *inquiry, hr_str document, hr_arena *arena,
		   hr_verdicts *out, hr_error *err)
{
	const hr_catalog *catalog;
	hr_reader *reader;
	bool ok;

	if (!hr_app_catalog(app, arena, &catalog, err))
		return false;
	reader = take_reader(app->readers);
	if (!reader)
		return hr_fail_memory(err);
	ok = hr_verify(catalog, reader, &inquiry->question, document, arena, out, err);
	put_reader(app->readers, reader);
	if (ok)
		count_verdicts(app, out);
	return ok;
}

bool hr_app_verify_report(hr_app *app, const hr_catalog *catalog, const hr_inquiry *inquiry,
			  hr_report *report, hr_arena *arena, hr_verdicts *out, hr_error *err)
{
	if (!hr_verify_reports(catalog, &inquiry->question, (hr_reports){ report, 1 }, arena, out,
			       err))
		return false;
	count_verdicts(app, out);
	return true;
}
