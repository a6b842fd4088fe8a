/*
 * The service with the sample catalogue, its table asked without a network:
 * what the tests of routes and pages share. Aborts where a test cannot go on.
 */
#pragma once

#include "repo.h"
#include "service/routes.h"

typedef struct hr_asked {
	hr_test_repo repo;
	hr_app *app;
	hr_http_handler handler;
	hr_arena *arena; /* of the request */
	hr_http_field query[8];
	hr_http_field headers[8];
	hr_http_request request;
	hr_http_response response;
	int log; /* its descriptor */
} hr_asked;

/* `local`: the overlay's folder, or NULL. */
void hr_asked_open(hr_asked *f, const char *local);
void hr_asked_close(hr_asked *f);

/* A request without query, headers and body; then what it has. */
void hr_asked_start(hr_asked *f, hr_http_method method, const char *path);
void hr_asked_add_header(hr_asked *f, const char *name, const char *value);
void hr_asked_add_query(hr_asked *f, const char *name, const char *value);
void hr_asked_set_body(hr_asked *f, hr_str body);

/* As the server does it: admitted; its body kept, or poured into its sink; answered. The status. */
int hr_asked_run(hr_asked *f);
int hr_asked_get(hr_asked *f, const char *path);

/* A header of the answer; empty when it has none of that name. */
hr_str hr_asked_field(const hr_asked *f, const char *name);

/* Do these words stand in the answer? */
bool hr_asked_says(const hr_asked *f, const char *words);
