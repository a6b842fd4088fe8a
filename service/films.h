/*
 * The films of a node: index, bytes and workers together, and what one does
 * with them. The command and the routes call the same functions. Any thread.
 */
#pragma once

#include "dicom/film_book.h"
#include "dicom/retrieve_url.h"
#include "service/kdf_gate.h"
#include "service/workers.h"
#include "store/objects.h"

#include <stdatomic.h>

typedef struct hr_films_options {
	const char *data;    /* the folder: store, objects, key, socket */
	const char *store;   /* URL; NULL: SQLite in `data` */
	const char *objects; /* URL; NULL: a folder in `data` */
	const char *who;     /* "huren serve" */
	const char *program; /* whose processes look into objects; NULL: this one */
	unsigned workers;
	hr_web_origins origins; /* from which films are fetched that are kept elsewhere */
	bool private_allowed;	/* their names may lead into a private network */
	unsigned retrieve_seconds;
	const hr_log *log;
} hr_films_options;

typedef struct hr_films {
	hr_arena *arena;
	hr_store *store;
	hr_objects *objects;
	hr_workers *workers;
	struct hr_film_fetcher *fetcher; /* NULL: nothing is fetched */
	struct hr_node_key *node;
	int lock;	/* of the folder */
	bool is_shared; /* a service takes films in, at any time */
	/*
	 * Raised when something was taken from somebody: a study withdrawn, moved or
	 * removed, a share revoked. Who has looked before that looks again.
	 */
	atomic_uint_fast64_t changes;
	atomic_uint_fast64_t unknown_shares; /* attempts at them */
	hr_kdf_gate passcodes;
	hr_films_options options;
} hr_films;

/* Makes what is not there. HR_E_BUSY when another process writes there. */
bool hr_films_open(const hr_films_options *options, hr_films **out, hr_error *err);
void hr_films_close(hr_films *films);

/* After the commit of what takes something away. */
static inline void hr_films_note_change(hr_films *films)
{
	atomic_fetch_add(&films->changes, 1);
}

/* What a manifest told. */
typedef struct hr_films_linked {
	uint64_t instances; /* 0: there was none */
	uint64_t fresh;	    /* that nobody has told before */
	uint64_t refused;   /* series, at addresses that are not on the list */
} hr_films_linked;

typedef struct hr_films_taken {
	hr_film_put put;
	hr_films_linked linked; /* of a KOS */
} hr_films_taken;

/*
 * Keeps and indexes what was received. Ends the draft, whatever it returns.
 * True: it is durable (HR_FILM_NEW), or was already, be it under another file
 * meta header (HR_FILM_HAD), or was refused as another object of the same UID
 * (HR_FILM_DIFFERENT). What a KOS says
 * as a manifest is in the index then, too.
 *
 * HR_E_CONFLICT: its study is another patient's. HR_E_NO_SPACE, HR_E_READ_ONLY,
 * HR_E_UNAVAILABLE: later. Any other code: it cannot be understood.
 */
bool hr_films_take(hr_films *films, hr_draft *draft, const hr_film_facts *facts,
		   const hr_film_source *source, hr_films_taken *out, hr_error *err);

/* By a worker, while the disk takes the rest of its bytes. The draft must be whole. */
bool hr_films_find_facts(hr_films *films, const hr_draft *draft, hr_arena *arena,
			 hr_film_facts *out, hr_error *err);

/* Both, one after the other. */
bool hr_films_take_draft(hr_films *films, hr_draft *draft, const hr_film_source *source,
			 hr_arena *arena, hr_film_facts *facts, hr_films_taken *out, hr_error *err);

/* The bytes of an instance, wherever they are: an open file, the caller's to close. */
bool hr_films_open_instance(hr_films *films, const hr_film_instance *instance, int *fd,
			    hr_error *err);
