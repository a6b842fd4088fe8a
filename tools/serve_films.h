/* What `huren serve --data` opens beside the rest: films, DICOM to take them in, and the commands'
 * way to them. */
#pragma once

#include "service/app.h"
#include "service/dimse.h"
#include "service/film_acts.h"
#include "tools/cli.h"

typedef struct hr_serve_films {
	hr_films_options options;
	hr_dimse_options taking;
	hr_films *films; /* NULL: no --data */
	hr_dimse *dimse; /* NULL: no --dicom */
	hr_control *control;
} hr_serve_films;

bool hr_serve_films_choose(const hr_cli *cli, unsigned threads, hr_serve_films *out, hr_error *err);

/* The log and the counters are the app's. */
bool hr_serve_films_open(hr_serve_films *films, hr_app *app, hr_error *err);

/* "listening on dicom://..."; nothing when it does not. */
void hr_serve_films_announce(const hr_serve_films *films);

/* Nobody new, and what is under way within `seconds`. */
void hr_serve_films_stop(hr_serve_films *films, unsigned seconds);
void hr_serve_films_close(hr_serve_films *films);
