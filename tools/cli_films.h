/*
 * The films of a data folder, as the commands come to them: by themselves, or,
 * while a service writes there, by asking it. Either way the same acts are run.
 */
#pragma once

#include "service/film_acts.h"
#include "service/film_reports.h"
#include "tools/cli.h"

typedef struct hr_cli_films {
	hr_films *films;  /* NULL: a service writes there */
	const char *data; /* the folder */
	char who_text[32];
} hr_cli_films;

/* HR_E_USAGE in cli->err when no setting names the data folder. */
bool hr_cli_want_data(hr_cli *cli);

/* What the settings say of films: where they are, and from where they may be fetched. */
bool hr_cli_films_options(const hr_cli *cli, hr_films_options *out, hr_error *err);

/* By these settings. On failure cli->err. */
bool hr_cli_films_open(hr_cli *cli, hr_cli_films *out);
void hr_cli_films_close(hr_cli_films *films);

/*
 * One act. `*socket` is the caller's, -1 at first, one a thread: connected when
 * it is wanted, and closed by the caller.
 */
bool hr_cli_films_ask(const hr_cli_films *films, int *socket, hr_film_act kind, const hr_str *words,
		      size_t count, int fd, hr_arena *arena, hr_control_answer *out, hr_error *err);

/* All of that, for one act. On failure cli->err. */
bool hr_cli_films_ask_once(hr_cli *cli, hr_film_act act, const hr_str *words, size_t count, int fd,
			   hr_str *answer);

/* For many reports: opened once. */
typedef struct hr_cli_film_seeker {
	hr_cli_films films;
	int socket;
} hr_cli_film_seeker;

/* On failure cli->err. */
bool hr_cli_films_open_seeker(hr_cli *cli, hr_cli_film_seeker *out);
void hr_cli_films_close_seeker(hr_cli_film_seeker *seeker);

/* An hr_film_seek; the context is a seeker. */
bool hr_cli_films_seek(void *context, const hr_film_wanted *wanted, hr_arena *arena,
		       hr_film_candidates *out, hr_error *err);

/* Two objects as one: the members of the first, then those of the second. */
int hr_cli_films_print_joined(hr_cli *cli, hr_str first, hr_str second);

/* An answer as it is, a line to stdout. */
int hr_cli_films_print(hr_cli *cli, hr_str answer);
