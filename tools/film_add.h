/* Files and folders of files are handed to a data folder, several at once. */
#pragma once

#include "tools/cli_films.h"

typedef struct hr_film_added {
	uint64_t files;
	uint64_t fresh;
	uint64_t had;	     /* the same bytes were there */
	uint64_t passed;     /* no DICOM; in a folder alone */
	uint64_t refused;    /* each was told */
	uint64_t unlisted;   /* manifests with addresses that are not listed */
	hr_error_code worst; /* of the last that was refused */
} hr_film_added;

/*
 * `told` gets, one call at a time, each file's path and its answer, or else
 * what was wrong with it. False when nothing more could be done: cli->err.
 */
typedef void hr_film_told(void *context, const char *path, hr_str answer, const hr_error *err);

bool hr_film_add(hr_cli *cli, const hr_cli_films *films, hr_str institution, hr_film_told *told,
		 void *context, hr_film_added *out);
