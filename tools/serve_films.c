#include "tools/serve_films.h"

#include "tools/cli_films.h"

bool hr_serve_films_choose(const hr_cli *cli, unsigned threads, hr_serve_films *out, hr_error *err)
{
	const hr_config *config = &cli->config;

	*out = (hr_serve_films){
		.taking = {
			.listen = config->dicom,
			.aet = config->aet,
			.allow = config->dicom_allow,
			.peers = config->dicom_peer,
			.institutions = config->dicom_institution,
			.associations_max = (unsigned)config->dicom_associations,
			.idle_seconds = (unsigned)config->dicom_idle_seconds,
			.message_seconds = (unsigned)config->dicom_message_seconds,
		},
	};
	if (!hr_cli_films_options(cli, &out->options, err))
		return false;
	out->options.who = "huren serve";
	out->options.workers = threads;
	if (config->data)
		return true;
	return !(config->dicom || config->store || config->objects) ||
	       hr_fail(err, HR_E_USAGE,
		       "films want a folder: give --data DIR beside --dicom, --store, --objects");
}

bool hr_serve_films_open(hr_serve_films *films, hr_app *app, hr_error *err)
{
	if (!films->options.data)
		return true;
	films->options.log = &app->options.log;
	films->taking.log = &app->options.log;
	films->taking.counts = &app->metrics.dimse;
	if (!hr_films_open(&films->options, &films->films, err))
		return false;
	films->films->is_shared = true;
	hr_workers_begin(films->films->workers);
	if (!hr_control_open(films->options.data, hr_film_act_run, films->films, films->options.log,
			     &films->control, err))
		return false;
	if (!hr_app_set_films(app, films->films, err))
		return false;
	films->taking.films = films->films;
	return !films->taking.listen || hr_dimse_open(&films->taking, &films->dimse, err);
}

void hr_serve_films_announce(const hr_serve_films *films)
{
	const char *listen = films->taking.listen;

	if (films->dimse)
		fprintf(stderr, "huren: listening on dicom://%s@%.*s:%u\n", films->taking.aet,
			(int)(strrchr(listen, ':') - listen), listen,
			(unsigned)hr_dimse_port(films->dimse));
}

void hr_serve_films_stop(hr_serve_films *films, unsigned seconds)
{
	hr_control_stop(films->control);
	if (films->dimse)
		hr_dimse_stop(films->dimse, seconds);
}

void hr_serve_films_close(hr_serve_films *films)
{
	hr_dimse_close(films->dimse);
	hr_control_close(films->control);
	hr_films_close(films->films);
	films->dimse = NULL;
	films->control = NULL;
	films->films = NULL;
}
