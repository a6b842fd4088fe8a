#include "service/film_fetch.h"

#include "base/file.h"
#include "service/fetch.h"
#include "service/film_cache.h"
#include "service/media.h"
#include "service/multipart.h"
#include "service/worker_wire.h"

#include <errno.h>
#include <pthread.h>

enum {
	ARENA_BYTES = 1 << 16,
	FETCH_ARENA_BYTES = 256 << 20,
	AT_ONCE = 8, /* requests that fetch: the others of sixteen have their disk and workers */
	CONNECT_MS = 5000,
	STALL_MS = 10000,
};

#define OBJECT_BYTES_MAX ((uint64_t)4 << 30)

struct hr_film_fetcher {
	hr_film_fetch_options options;
	hr_arena *arena; /* holds this struct */
	hr_film_cache *cache;
	pthread_mutex_t lock;
	unsigned fetching; /* under the lock */
};

/* As unlike any other as its address is. */
static bool key_of(const hr_film_instance *instance, hr_digest *out, hr_error *err)
{
	const hr_str pieces[] = { instance->address,	 HR_STR("\n"),	       instance->study_uid,
				  HR_STR("\n"),		 instance->series_uid, HR_STR("\n"),
				  instance->instance_uid };
	hr_sha256_run *run = hr_sha256_begin(err);
	bool ok = run != NULL;

	for (size_t i = 0; ok && i < sizeof(pieces) / sizeof(pieces[0]); i++)
		ok = hr_sha256_add(run, pieces[i], err);
	if (!ok && run)
		hr_sha256_end(run, NULL, err);
	return ok && hr_sha256_end(run, out, err);
}

/* --- one that comes --- */

struct coming {
	hr_film_fetcher *fetcher;
	const hr_film_instance *instance;
	hr_arena *arena; /* of this one alone */
	hr_film_coming file;
	hr_sha256_run *run;
	uint64_t size;
	bool is_multipart;
	unsigned parts;
	hr_multipart multipart;
	hr_digest digest;
	hr_str facts;
};

static bool fail_answer(hr_error *err)
{
	return hr_fail(err, HR_E_UPSTREAM,
		       "where the film is kept something else was sent than one DICOM object");
}

static bool take_head(void *to, const hr_fetch_head *head, hr_error *err)
{
	struct coming *c = to;
	const hr_str type = hr_media_type(head->content_type);

	if (head->status != 200)
		return hr_fail(err, HR_E_UPSTREAM,
			       "where the film is kept the answer was of status %u", head->status);
	c->is_multipart = hr_media_equal(type, HR_STR("multipart/related"));
	if (c->is_multipart)
		return hr_multipart_init(&c->multipart, head->content_type, err);
	c->parts = 1;
	return hr_media_equal(type, HR_STR("application/dicom")) || fail_answer(err);
}

static bool add_bytes(struct coming *c, hr_str bytes, hr_error *err)
{
	c->size += bytes.len;
	if (!hr_write_all(c->file.fd, bytes))
		return hr_fail_errno(err, errno, "write", "what is fetched");
	return hr_sha256_add(c->run, bytes, err);
}

static bool take_parts(struct coming *c, hr_str rest, hr_error *err)
{
	hr_str bytes;

	for (;;)
		switch (hr_multipart_next(&c->multipart, &rest, &bytes, err)) {
		case HR_MULTIPART_WANTS:
			return true;
		case HR_MULTIPART_PART:
			if (++c->parts > 1)
				return fail_answer(err);
			break;
		case HR_MULTIPART_BYTES:
			if (!add_bytes(c, bytes, err))
				return false;
			break;
		case HR_MULTIPART_END:
			break;
		case HR_MULTIPART_FAULT:
			return false;
		}
}

static bool take_body(void *to, hr_str piece, hr_error *err)
{
	struct coming *c = to;

	return c->is_multipart ? take_parts(c, piece, err) : add_bytes(c, piece, err);
}

static bool make_address(const struct coming *c, hr_retrieve_url *out, hr_error *err)
{
	const hr_film_instance *i = c->instance;
	hr_buf url;

	hr_buf_init(&url, c->arena, HR_RETRIEVE_URL_MAX + 1);
	return hr_retrieve_url_series(i->address, i->study_uid, i->series_uid, i->instance_uid,
				      &url, err) &&
	       hr_retrieve_url_check(hr_buf_str(&url), c->fetcher->options.origins, out, err);
}

static bool fetch(struct coming *c, int64_t left_ms, hr_error *err)
{
	const hr_fetch_rules rules = {
		.limits = { .body_bytes = OBJECT_BYTES_MAX,
			    .connect_ms = left_ms < CONNECT_MS ? (uint32_t)left_ms : CONNECT_MS,
			    .total_ms = (uint32_t)left_ms,
			    .stall_ms = STALL_MS },
		.private_allowed = c->fetcher->options.private_allowed,
		.user_agent = HR_FILM_FETCH_AGENT,
	};
	const hr_fetch_sink sink = { take_head, take_body, c };
	hr_retrieve_url url;
	const hr_fetch_request request = {
		.url = &url,
		.accept = HR_STR("multipart/related; type=\"application/dicom\"; "
				 "transfer-syntax=*, application/dicom; transfer-syntax=*; q=0.5"),
	};

	if (!make_address(c, &url, err) || !hr_fetch(&request, &rules, &sink, c->arena, err))
		return false;
	return (c->parts == 1 && (!c->is_multipart || hr_multipart_is_over(&c->multipart))) ||
	       fail_answer(err);
}

/* It must be the object that was asked for: else an origin could show one patient another's. */
static bool look(struct coming *c, hr_error *err)
{
	const hr_film_instance *i = c->instance;
	hr_film_facts facts;

	if (!hr_workers_run(c->fetcher->options.workers, HR_WORK_FACTS, c->file.fd, HR_STR_NONE,
			    c->arena, &c->facts, err) ||
	    !hr_facts_read(c->facts, c->arena, &facts, err))
		return false;
	return (hr_str_equal(facts.study_uid, i->study_uid) &&
		hr_str_equal(facts.series_uid, i->series_uid) &&
		hr_str_equal(facts.instance_uid, i->instance_uid) &&
		hr_str_equal(facts.sop_class, i->sop_class)) ||
	       hr_fail(err, HR_E_UPSTREAM,
		       "where the film is kept another object was sent than was asked for");
}

/* What went wrong there is said by two codes; what went wrong here by its own. */
static bool fail_upstream(hr_error *err)
{
	switch (err->code) {
	case HR_E_SYNTAX:
	case HR_E_ENCODING:
	case HR_E_FORBIDDEN:
	case HR_E_LIMIT:
	case HR_E_USAGE:
	case HR_E_UNSUPPORTED:
	case HR_E_INCOMPLETE:
		err->code = HR_E_UPSTREAM;
		return false;
	default:
		return false;
	}
}

static bool receive(struct coming *c, int64_t left_ms, hr_error *err)
{
	if (!hr_film_cache_begin(c->fetcher->cache, &c->file, err))
		return false;
	c->run = hr_sha256_begin(err);
	if (!c->run || !fetch(c, left_ms, err))
		return false;
	if (!hr_sha256_end(c->run, &c->digest, err)) {
		c->run = NULL;
		return false;
	}
	c->run = NULL;
	return look(c, err);
}

static hr_film_cached *bring(hr_film_fetcher *f, const hr_film_instance *instance,
			     const hr_digest *key, int64_t left_ms, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(FETCH_ARENA_BYTES);
	struct coming *c = arena ? HR_NEW(arena, struct coming) : NULL;
	hr_film_cached *cached = NULL;
	hr_error unused;

	if (!c) {
		hr_fail_memory(err);
		return NULL;
	}
	*c = (struct coming){
		.fetcher = f, .instance = instance, .arena = arena, .file = { .fd = -1 }
	};
	if (receive(c, left_ms, err))
		cached = hr_film_cache_keep(f->cache, &c->file, key, &c->digest, c->size, c->facts,
					    err);
	else
		fail_upstream(err);
	if (c->run)
		hr_sha256_end(c->run, NULL, &unused);
	hr_film_cache_end(f->cache, &c->file);
	return cached;
}

/* --- all of a request --- */

static bool fill(const hr_film_cached *cached, hr_film_instance *instance, unsigned with,
		 hr_arena *arena, hr_error *err)
{
	HR_AUTO(hr_arena) scratch = hr_arena_open(FETCH_ARENA_BYTES);
	hr_film_facts facts;
	hr_str bytes;

	if (!scratch)
		return hr_fail_memory(err);
	if (!hr_film_cached_facts(cached, scratch, &bytes, err) ||
	    !hr_facts_read(bytes, scratch, &facts, err))
		return false;
	instance->transfer_syntax = hr_str_copy(arena, facts.transfer_syntax);
	instance->rows = facts.rows;
	instance->columns = facts.columns;
	instance->frame_count = facts.frame_count;
	instance->object = (hr_object){ .digest = *hr_film_cached_digest(cached),
					.size = hr_film_cached_size(cached) };
	if (with & HR_FILM_WITH_FRAMES)
		instance->frames = hr_str_copy(arena, facts.frames);
	if (with & HR_FILM_WITH_METADATA)
		instance->metadata = hr_str_copy(arena, facts.metadata);
	return !hr_arena_is_short(arena) || hr_fail_memory(err);
}

static bool fetch_one(hr_film_fetcher *f, hr_film_instance *instance, unsigned with,
		      int64_t deadline_ms, hr_arena *arena, hr_error *err)
{
	const int64_t left_ms = deadline_ms - hr_wire_now_ms();
	hr_film_cached *cached;
	hr_digest key;

	if (instance->availability != HR_FILM_NEARLINE)
		return hr_fail(err, HR_E_UPSTREAM,
			       "the film is kept elsewhere, at an address that nobody has told, or "
			       "that is not among this service's retrieve-origin");
	if (!key_of(instance, &key, err))
		return false;
	cached = hr_film_cache_take(f->cache, &key);
	if (!cached && left_ms <= 0)
		return hr_fail(err, HR_E_UPSTREAM_SLOW,
			       "what is kept elsewhere was not here within %u seconds",
			       f->options.seconds);
	if (!cached)
		cached = bring(f, instance, &key, left_ms, err);
	if (!cached)
		return false;
	if (!hr_arena_on_reset(arena, hr_film_cache_leave, cached, err)) {
		hr_film_cache_leave(cached);
		return false;
	}
	return fill(cached, instance, with, arena, err);
}

static bool enter(hr_film_fetcher *f, hr_error *err)
{
	bool may;

	pthread_mutex_lock(&f->lock);
	may = f->fetching < AT_ONCE;
	f->fetching += may;
	pthread_mutex_unlock(&f->lock);
	return may ||
	       hr_fail(err, HR_E_BUSY, "%d requests fetch what is kept elsewhere already", AT_ONCE);
}

bool hr_film_fetch(hr_film_fetcher *fetcher, hr_film_instance *instances, size_t count,
		   unsigned with, hr_arena *arena, hr_error *err)
{
	const int64_t deadline_ms = hr_wire_now_ms() + (int64_t)fetcher->options.seconds * 1000;
	size_t first = 0;
	bool ok = true;

	while (first < count && instances[first].availability == HR_FILM_ONLINE)
		first++;
	if (first == count)
		return true;
	if (!enter(fetcher, err))
		return false;
	for (size_t i = first; ok && i < count; i++)
		ok = instances[i].availability == HR_FILM_ONLINE ||
		     fetch_one(fetcher, &instances[i], with, deadline_ms, arena, err);
	pthread_mutex_lock(&fetcher->lock);
	fetcher->fetching--;
	pthread_mutex_unlock(&fetcher->lock);
	return ok;
}

bool hr_film_fetched_open(hr_film_fetcher *fetcher, const hr_film_instance *instance, int *fd,
			  hr_error *err)
{
	hr_digest key;

	return key_of(instance, &key, err) && hr_film_cache_read(fetcher->cache, &key, fd, err);
}

bool hr_film_fetcher_open(const hr_film_fetch_options *options, hr_film_fetcher **out,
			  hr_error *err)
{
	hr_arena *arena = hr_arena_open(ARENA_BYTES);
	hr_film_fetcher *f = arena ? HR_NEW(arena, hr_film_fetcher) : NULL;

	if (!f || pthread_mutex_init(&f->lock, NULL) != 0) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	f->arena = arena;
	f->options = *options;
	if (!hr_film_cache_open(options->folder, &f->cache, err)) {
		hr_film_fetcher_close(f);
		return false;
	}
	*out = f;
	return true;
}

void hr_film_fetcher_close(hr_film_fetcher *fetcher)
{
	if (!fetcher)
		return;
	hr_film_cache_close(fetcher->cache);
	pthread_mutex_destroy(&fetcher->lock);
	hr_arena_close(fetcher->arena);
}
