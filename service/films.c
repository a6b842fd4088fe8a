/*
 * The order in which things are kept is what makes them last: the bytes first,
 * then what knows of them, then the word that they are kept. A crash in between
 * leaves bytes of which nothing knows; the sweep finds them.
 */
#include "service/films.h"

#include "base/file.h"
#include "service/data_book.h"
#include "service/film_fetch.h"
#include "service/film_links.h"
#include "service/film_same.h"
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	ARENA_BYTES = 1 << 20,
	LOOK_BYTES = 1 << 20,
	WORKER_SECONDS = 60,
	WORKER_PIECES = 1000,
};

#define WORKER_BYTES ((size_t)1 << 30)

/* "DATA/NAME"; NULL when memory is short. */
static const char *path_of(const hr_films *films, const char *name)
{
	hr_buf buf;

	hr_buf_init(&buf, films->arena, 4096);
	hr_buf_addf(&buf, "%s/%s", films->options.data, name);
	return buf.failed ? NULL : hr_str_terminated(films->arena, hr_buf_str(&buf));
}

/* --- opening --- */

/* Flushed, else a power cut could take the new folder with all that is acknowledged in it. */
static bool make_folder(const hr_films *films, hr_error *err)
{
	const char *data = films->options.data;
	const char *above = path_of(films, "..");

	if (!above)
		return hr_fail_memory(err);
	if (mkdir(data, 0700) != 0)
		return errno == EEXIST || hr_fail_errno(err, errno, "make", data);
	return hr_folder_sync(AT_FDCWD, above, err);
}

static bool take_folder(hr_films *films, hr_error *err)
{
	const char *lock = path_of(films, "huren.lock");

	if (!lock)
		return hr_fail_memory(err);
	return make_folder(films, err) && hr_lock_take(lock, films->options.who, &films->lock, err);
}

static bool open_store(hr_films *films, hr_error *err)
{
	const hr_data_options options = {
		.url = films->options.store ? films->options.store : path_of(films, "huren.db"),
		.key = path_of(films, "node.key"),
		.who = films->options.who,
	};

	return options.url && options.key
		       ? hr_data_open(&options, films->arena, &films->store, &films->node, err)
		       : hr_fail_memory(err);
}

static bool open_objects(hr_films *films, hr_error *err)
{
	const char *own = path_of(films, "objects");
	const hr_objects_options options = {
		.url = films->options.objects ? films->options.objects : own,
		.spool = path_of(films, "spool"),
	};

	return own && options.spool ? hr_objects_open(&options, &films->objects, err)
				    : hr_fail_memory(err);
}

static bool open_workers(hr_films *films, hr_error *err)
{
	const hr_workers_options options = {
		.program = films->options.program,
		.count = films->options.workers,
		.memory_bytes = WORKER_BYTES,
		.seconds = WORKER_SECONDS,
		.recycle = WORKER_PIECES,
		.log = films->options.log,
	};

	return hr_workers_open(&options, &films->workers, err);
}

static bool open_fetcher(hr_films *films, hr_error *err)
{
	const hr_film_fetch_options options = {
		.folder = path_of(films, "fetched"),
		.origins = films->options.origins,
		.private_allowed = films->options.private_allowed,
		.seconds = films->options.retrieve_seconds,
		.workers = films->workers,
	};

	return options.folder ? hr_film_fetcher_open(&options, &films->fetcher, err)
			      : hr_fail_memory(err);
}

static bool open_parts(hr_films *films, hr_error *err)
{
	return take_folder(films, err) && open_store(films, err) && open_objects(films, err) &&
	       hr_objects_sweep(films->objects, NULL, NULL, err) && open_workers(films, err) &&
	       open_fetcher(films, err);
}

bool hr_films_open(const hr_films_options *options, hr_films **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open(ARENA_BYTES);
	hr_films *films = arena ? HR_NEW(arena, hr_films) : NULL;

	if (!films) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	films->arena = arena;
	films->options = *options;
	films->lock = -1;
	if (!hr_kdf_gate_init(&films->passcodes)) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	if (!open_parts(films, err)) {
		hr_films_close(films);
		return false;
	}
	*out = films;
	return true;
}

void hr_films_close(hr_films *films)
{
	if (!films)
		return;
	hr_film_fetcher_close(films->fetcher);
	hr_workers_close(films->workers);
	hr_objects_close(films->objects);
	hr_data_close(films->store);
	if (films->lock >= 0)
		close(films->lock);
	hr_kdf_gate_dispose(&films->passcodes);
	hr_arena_close(films->arena);
}

/* --- taking in --- */

/*
 * After an answer that was lost, or a fault of the disk, nobody can say whether
 * the index knows of it: then it stays, for the sweep to find out.
 */
static bool is_surely_unknown(hr_error_code code)
{
	return code != HR_E_UNAVAILABLE && code != HR_E_IO;
}

/* That it cannot be removed is no fault of whoever brought it. */
static void remove_object(hr_films *films, const hr_object *object)
{
	hr_error err;

	(void)hr_objects_remove(films->objects, object, &err);
}

/*
 * Are the bytes that the index knows of still there, beside those that came
 * now? Not each of them is read: that is fsck's.
 */
static bool is_kept(hr_films *films, const hr_film_facts *facts, const hr_object *fresh, bool *out,
		    hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(LOOK_BYTES);
	hr_film_instance *instance;
	uint64_t at;
	size_t count;
	int fd;

	if (!arena)
		return hr_fail_memory(err);
	if (!hr_film_instances(films->store, facts->study_uid, facts->series_uid,
			       facts->instance_uid, NULL, 0, arena, &instance, &count, err))
		return false;
	/* Its name was free, so what came has taken it. */
	*out = false;
	if (instance->object.shelf == fresh->shelf && instance->object.copy == fresh->copy)
		return true;
	*out = hr_objects_get_part(films->objects, &instance->object, 0, 1, &fd, &at, err);
	if (*out)
		close(fd);
	return *out || err->code == HR_E_NOT_FOUND || err->code == HR_E_IO;
}

/*
 * Who sends again what was lost here brings it back: to answer that it was had,
 * and drop it, would lose it twice.
 */
static bool take_again(hr_films *films, const hr_film_facts *facts, const hr_film_source *source,
		       const hr_object *object, hr_film_put *put, hr_error *err)
{
	bool kept = false;

	if (!is_kept(films, facts, object, &kept, err))
		return false;
	if (kept)
		return true;
	*put = HR_FILM_NEW;
	return hr_film_restore(films->store, films->node, source, facts->instance_uid, object, err);
}

bool hr_films_take(hr_films *films, hr_draft *draft, const hr_film_facts *facts,
		   const hr_film_source *source, hr_films_taken *out, hr_error *err)
{
	hr_films_taken taken = { .put = HR_FILM_NEW };
	bool is_same = false;
	hr_object object;

	if (!hr_draft_keep(draft, &object, err))
		return false;
	if (!hr_film_put_instance(films->store, films->node, source, facts, &object, &taken.put,
				  err)) {
		if (is_surely_unknown(err->code))
			remove_object(films, &object);
		return false;
	}
	if (taken.put == HR_FILM_DIFFERENT &&
	    !hr_film_is_same(films, facts, &object, &is_same, err)) {
		remove_object(films, &object);
		return false;
	}
	taken.put = is_same ? HR_FILM_HAD : taken.put;
	/* Of one that was had as well: its links may not have been kept before a crash. */
	if (taken.put != HR_FILM_DIFFERENT &&
	    !hr_film_link_object(films, facts, &object, source, &taken.linked, err))
		return false;
	if (taken.put == HR_FILM_HAD && !is_same &&
	    !take_again(films, facts, source, &object, &taken.put, err))
		return false;
	if (taken.put != HR_FILM_NEW)
		remove_object(films, &object);
	*out = taken;
	return true;
}

bool hr_films_open_instance(hr_films *films, const hr_film_instance *instance, int *fd,
			    hr_error *err)
{
	return instance->availability == HR_FILM_ONLINE
		       ? hr_objects_get(films->objects, &instance->object, fd, err)
		       : hr_film_fetched_open(films->fetcher, instance, fd, err);
}

bool hr_films_find_facts(hr_films *films, const hr_draft *draft, hr_arena *arena,
			 hr_film_facts *out, hr_error *err)
{
	hr_str bytes;

	hr_flush_begin(draft->fd);
	return hr_workers_run(films->workers, HR_WORK_FACTS, draft->fd, HR_STR_NONE, arena, &bytes,
			      err) &&
	       hr_facts_read(bytes, arena, out, err);
}

bool hr_films_take_draft(hr_films *films, hr_draft *draft, const hr_film_source *source,
			 hr_arena *arena, hr_film_facts *facts, hr_films_taken *out, hr_error *err)
{
	hr_film_facts found;

	if (!hr_films_find_facts(films, draft, arena, &found, err))
		return hr_draft_drop(draft);
	if (!hr_films_take(films, draft, &found, source, out, err))
		return false;
	*facts = found;
	return true;
}
