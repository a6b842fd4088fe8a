/*
 * A film that is kept elsewhere, when somebody asks for it: the whole object is
 * fetched to a file of ours, a worker looks into it, and it is served as our
 * own are. So nothing of it is sent before all of it is here and known to be
 * what was asked for. It stays in a cache (film_cache.h) until room is made.
 *
 * Any thread that may wait. An address is held against the list each time.
 */
#pragma once

#include "dicom/film_book.h"
#include "dicom/retrieve_url.h"
#include "service/workers.h"

typedef struct hr_film_fetch_options {
	const char *folder; /* ours alone; emptied */
	hr_web_origins origins;
	bool private_allowed;
	unsigned seconds; /* of all that one request fetches */
	hr_workers *workers;
} hr_film_fetch_options;

typedef struct hr_film_fetcher hr_film_fetcher;

bool hr_film_fetcher_open(const hr_film_fetch_options *options, hr_film_fetcher **out,
			  hr_error *err);

/* When nothing that was fetched is in use any more. NULL is fine. */
void hr_film_fetcher_close(hr_film_fetcher *fetcher);

/* By this a service of ours knows that another one fetches: it does not fetch on. */
#define HR_FILM_FETCH_AGENT HR_STR("huren-fetch")

/*
 * Brings those of `instances` that are not here; then they have all that
 * `with` asks for, and hr_film_fetched_open opens them, until the arena is
 * reset. HR_E_UPSTREAM, HR_E_UPSTREAM_SLOW when one cannot be had: none is then.
 * HR_E_BUSY when too much is being fetched, or too much of it is in use.
 */
bool hr_film_fetch(hr_film_fetcher *fetcher, hr_film_instance *instances, size_t count,
		   unsigned with, hr_arena *arena, hr_error *err);

/* For reading, to be closed by the caller. */
bool hr_film_fetched_open(hr_film_fetcher *fetcher, const hr_film_instance *instance, int *fd,
			  hr_error *err);
