/*
 * What the service is made of, for the life of the process: the catalogue that
 * is served, the follower that renews it, parsers, counters, the log. Any
 * thread may use it.
 */
#pragma once

#include "service/access.h"
#include "service/desks.h"
#include "service/follower.h"
#include "service/http.h"
#include "service/inquiry.h"
#include "service/limits.h"
#include "service/metrics.h"
#include "service/share_tries.h"
#include "service/verify.h"

typedef struct hr_app_options {
	const char *registry;
	const char *local;    /* the overlay's folder, or NULL */
	const char *receiver; /* whom a question is for that names nobody; or NULL */
	const char *lang;     /* of answers whose question names none; or NULL */
	hr_log log;
	const char *log_path;		/* of its file, or NULL */
	const struct hr_viewer *viewer; /* NULL: there is none; not this struct's to close */
	const char *state;		/* the folder with the tokens, or NULL */
	bool wants_tokens;		/* also when there is none */
	bool open_films;		/* and no token is wanted for them */
	hr_str film_base;    /* "https://film.example.cn/dicom-web", for what leaves here; empty: as
				a request came */
	hr_str cors_origins; /* whose pages may read films: "https://viewer.example", parted by
				blanks */
	size_t body_bytes;   /* of one request, where its route does not take less; 0: as it does */
	uint32_t requests_per_second; /* of one client; 0: no limit */
	int64_t min_free_bytes;
	hr_desks desks;
	hr_share_tries_options tries;
} hr_app_options;

typedef struct hr_reader_pool hr_reader_pool;

typedef struct hr_app {
	hr_arena *arena; /* holds this struct */
	hr_app_options options;
	hr_catalog_slot *slot;
	hr_follower *follower;
	hr_reader_pool *readers;
	hr_access *access;
	hr_limits *limits;
	_Atomic int64_t min_free_bytes;
	struct hr_films *films;	    /* NULL: there is no data folder; not this struct's to close */
	struct hr_tickets *tickets; /* as `sessions` */
	struct hr_sessions *sessions; /* NULL: nor are there films */
	hr_share_tries *tries;
	hr_metrics metrics;
	hr_instant started;
} hr_app;

/* Loads the newest version. What `options` points to must live until the close. */
bool hr_app_open(const hr_app_options *options, hr_app **out, hr_error *err);
void hr_app_close(hr_app *app);

/* Before the first request: films are served from now on, and sessions are kept that see them. */
bool hr_app_set_films(hr_app *app, struct hr_films *films, hr_error *err);

/* HR_E_NOT_FOUND: this service keeps no films. */
bool hr_app_has_films(const hr_app *app, hr_error *err);

hr_instant hr_app_now(void);

/* What the service's own settings answer when a question does not. */
bool hr_app_inquiry(const hr_app *app, hr_arena *arena, hr_inquiry *out, hr_error *err);

/* hr_verify against the version that is served; counted. */
bool hr_app_verify(hr_app *app, const hr_inquiry *inquiry, hr_str document, hr_arena *arena,
		   hr_verdicts *out, hr_error *err);

/* The same of a report that is read already, against that version. */
bool hr_app_verify_report(hr_app *app, const hr_catalog *catalog, const hr_inquiry *inquiry,
			  hr_report *report, hr_arena *arena, hr_verdicts *out, hr_error *err);

/* The version that is served, until the arena is reset. */
bool hr_app_catalog(hr_app *app, hr_arena *arena, const hr_catalog **out, hr_error *err);

/* Settings that a running service takes. */
void hr_app_set_limits(hr_app *app, uint32_t requests_per_second, int64_t min_free_bytes);

/* Have the disks of the state and the log what must stay free? */
bool hr_app_has_space(const hr_app *app);
