/*
 * What the routes of DICOMweb have in common: where the films are, who may see
 * which, under which address they are, and the pieces of a multipart answer.
 *
 * Source: DICOM PS3.18.
 */
#pragma once

#include "service/films.h"
#include "service/routes.h"

/* Of one request; of one object. */
#define HR_DICOMWEB_BODY_MAX   ((size_t)16 << 30)
#define HR_DICOMWEB_OBJECT_MAX ((uint64_t)4 << 30)

#define HR_EXPLICIT_LE "1.2.840.10008.1.2.1"

bool hr_dicomweb_is_path(hr_str path);

/* To every answer below /dicom-web, a refusal too: which pages may read it (CORS, CORP). */
void hr_dicomweb_add_headers(const hr_app *app, const hr_http_request *request,
			     hr_http_response *out);

/* One call, made ready. */
typedef struct hr_dicomweb {
	hr_app *app;
	const hr_call *call;
	hr_films *films;
	const hr_film_scope *scope; /* NULL: all of them */
	hr_arena *arena;
	hr_str base;  /* "https://host/dicom-web" */
	hr_str study; /* of the path; "" when it has none */
	hr_str series;
	hr_str instance;
	hr_str last; /* what stands behind "frames" or "bulkdata" */
} hr_dicomweb;

/*
 * HR_E_NOT_FOUND when the service keeps no films, HR_E_USAGE for what is no
 * UID. This is the one place where the scope of a call is made.
 */
bool hr_dicomweb_init(hr_app *app, const hr_call *call, hr_dicomweb *out, hr_error *err);

/* 1 to 64 digits and dots. */
bool hr_dicomweb_is_uid(hr_str uid);

/* Those of the path; `with` as hr_film_instances takes it. */
bool hr_dicomweb_instances(const hr_dicomweb *w, unsigned with, hr_film_instance **out,
			   size_t *count, hr_error *err);

/* Has those among them fetched whose bytes are not here (film_fetch.h). It may wait. */
bool hr_dicomweb_bring(const hr_dicomweb *w, hr_film_instance *instances, size_t count,
		       unsigned with, hr_error *err);

/* Nothing of an object ever changes: it may be kept, by its reader alone. */
void hr_dicomweb_keep_for_ever(hr_http_response *out);

/* It may be kept, but must be asked after each time. */
void hr_dicomweb_keep_and_ask(hr_http_response *out);

/* `"..."`, of everything that was added to `run`. Ends it. */
bool hr_dicomweb_etag(hr_sha256_run *run, hr_arena *arena, hr_str *out, hr_error *err);

/* `299 huren "TEXT"`: it was done, but not as it was asked. A literal. */
#define HR_DICOMWEB_WARN(out, text)                                                                \
	hr_http_add_field(out, HR_STR("Warning"), HR_STR("299 huren \"" text "\""))

/* --- a multipart answer --- */

typedef struct hr_parts {
	hr_arena *arena;
	hr_str boundary;
	hr_http_piece *pieces;
	size_t count;
	size_t room;
	bool failed;
} hr_parts;

/* Deterministic, so that a range of the answer can be asked for: of the answer's ETag. */
void hr_parts_init(hr_parts *parts, hr_str etag, hr_arena *arena);

/* Its head; then its bytes. `transfer_syntax` may be empty. */
void hr_parts_begin(hr_parts *parts, hr_str type, hr_str transfer_syntax, hr_str location,
		    uint64_t length);
void hr_parts_add_bytes(hr_parts *parts, hr_str bytes);
void hr_parts_add_file(hr_parts *parts, uint32_t file, uint64_t offset, uint64_t length);

/* The last boundary; then `out` has the pieces and `multipart/related; type="..."`. */
bool hr_parts_end(hr_parts *parts, hr_str type, hr_http_response *out, hr_error *err);

/* Pieces alone, of one part, without a boundary. */
bool hr_parts_end_single(hr_parts *parts, hr_str type, hr_str transfer_syntax,
			 hr_http_response *out, hr_error *err);

/* The files of these instances, by their place among them. Lives in the arena. */
bool hr_dicomweb_set_files(const hr_dicomweb *w, const hr_film_instance *instances,
			   hr_http_response *out, hr_error *err);

/* The file of one, open until the arena is reset. */
bool hr_dicomweb_open(const hr_dicomweb *w, const hr_film_instance *instance, int *fd,
		      hr_error *err);

/*
 * Has a worker do something with one object. What is wrong with the object is
 * then no fault of the request, but there is no such form of it:
 * HR_E_NOT_ACCEPTABLE.
 */
bool hr_dicomweb_work(const hr_dicomweb *w, const hr_film_instance *instance, hr_work work,
		      hr_str args, hr_str *out, hr_error *err);

/* "1,7,3" as it stands in a path: numbers from 1. HR_E_USAGE for anything else. */
bool hr_dicomweb_numbers(const hr_dicomweb *w, hr_str list, uint32_t **out, size_t *count,
			 hr_error *err);
