#include "tools/cli_films.h"

#include <stdio.h>
#include <unistd.h>

enum { WORKERS = 4, WORDS_BYTES_MAX = 1 << 20 };

/* https://pacs.example, several parted by blanks. */
static bool read_origins(const char *text, hr_arena *arena, hr_web_origins *out, hr_error *err)
{
	hr_str rest = hr_str_of(text);
	hr_web_origin *list = HR_NEW_N(arena, hr_web_origin, rest.len / 2 + 1);
	hr_web_origins origins = { .list = list };
	hr_str word;

	if (!list)
		return hr_fail_memory(err);
	for (word = hr_str_next_word(&rest); word.len; word = hr_str_next_word(&rest))
		if (!hr_web_origin_parse(word, &list[origins.count++], err)) {
			err->code = HR_E_USAGE;
			return false;
		}
	if (origins.count > HR_RETRIEVE_ORIGINS_MAX)
		return hr_fail(err, HR_E_USAGE, "'retrieve-origin' has more than %d origins",
			       HR_RETRIEVE_ORIGINS_MAX);
	*out = origins;
	return true;
}

bool hr_cli_want_data(hr_cli *cli)
{
	return cli->config.data ||
	       hr_fail(&cli->err, HR_E_USAGE,
		       "no data folder: give --data DIR, set HUREN_DATA, or write "
		       "'data = DIR' into the configuration file");
}

bool hr_cli_films_options(const hr_cli *cli, hr_films_options *out, hr_error *err)
{
	const hr_config *config = &cli->config;

	*out = (hr_films_options){
		.data = config->data,
		.store = config->store,
		.objects = config->objects,
		.private_allowed = config->retrieve_private,
		.retrieve_seconds = (unsigned)config->retrieve_seconds,
	};
	return read_origins(config->retrieve_origins, cli->arena, &out->origins, err);
}

bool hr_cli_films_open(hr_cli *cli, hr_cli_films *out)
{
	const hr_config *config = &cli->config;
	hr_films_options options;

	*out = (hr_cli_films){ .data = config->data };
	if (!hr_cli_films_options(cli, &options, &cli->err))
		return false;
	options.who = "huren film";
	options.workers = WORKERS;
	if (!hr_cli_want_data(cli))
		return false;
	snprintf(out->who_text, sizeof(out->who_text), "uid %u", (unsigned)getuid());
	return hr_films_open(&options, &out->films, &cli->err) || cli->err.code == HR_E_BUSY;
}

void hr_cli_films_close(hr_cli_films *films)
{
	hr_films_close(films->films);
}

static bool ask_service(const hr_cli_films *films, int *socket, const hr_control_act *act,
			hr_arena *arena, hr_control_answer *out, hr_error *err)
{
	if (*socket < 0 && !hr_control_connect(films->data, socket, err))
		return false;
	return hr_control_ask(*socket, act->kind, act->bytes, act->fd, arena, out, err);
}

bool hr_cli_films_ask(const hr_cli_films *films, int *socket, hr_film_act kind, const hr_str *words,
		      size_t count, int fd, hr_arena *arena, hr_control_answer *out, hr_error *err)
{
	hr_control_act act = { .kind = kind, .fd = fd, .who = hr_str_of(films->who_text) };
	hr_buf buf;

	hr_buf_init(&buf, arena, WORDS_BYTES_MAX);
	if (!hr_film_act_pack(words, count, &buf))
		return hr_fail_memory(err);
	act.bytes = hr_buf_str(&buf);
	return films->films ? hr_film_act_run(films->films, &act, arena, out, err)
			    : ask_service(films, socket, &act, arena, out, err);
}

bool hr_cli_films_ask_once(hr_cli *cli, hr_film_act act, const hr_str *words, size_t count, int fd,
			   hr_str *answer)
{
	hr_control_answer got;
	hr_cli_films films;
	int socket = -1;
	bool ok;

	if (!hr_cli_films_open(cli, &films))
		return false;
	ok = hr_cli_films_ask(&films, &socket, act, words, count, fd, cli->arena, &got, &cli->err);
	if (ok)
		*answer = got.bytes;
	if (socket >= 0)
		close(socket);
	hr_cli_films_close(&films);
	return ok;
}

bool hr_cli_films_open_seeker(hr_cli *cli, hr_cli_film_seeker *out)
{
	out->socket = -1;
	return hr_cli_films_open(cli, &out->films);
}

void hr_cli_films_close_seeker(hr_cli_film_seeker *seeker)
{
	if (seeker->socket >= 0)
		close(seeker->socket);
	hr_cli_films_close(&seeker->films);
}

bool hr_cli_films_seek(void *context, const hr_film_wanted *wanted, hr_arena *arena,
		       hr_film_candidates *out, hr_error *err)
{
	hr_cli_film_seeker *seeker = context;
	hr_str words[HR_FILM_WANTED_WORDS_MAX];
	size_t count = hr_film_wanted_words(wanted, words);
	hr_control_answer got;

	return hr_cli_films_ask(&seeker->films, &seeker->socket, HR_ACT_LEADS, words, count, -1,
				arena, &got, err) &&
	       hr_film_candidates_read(got.bytes, arena, out, err);
}

int hr_cli_films_print(hr_cli *cli, hr_str answer)
{
	hr_buf buf;

	hr_buf_init(&buf, cli->arena, HR_ACT_ANSWER_MAX);
	hr_buf_add(&buf, answer);
	HR_BUF_ADD(&buf, "\n");
	return hr_cli_print_buf(cli, &buf, 0);
}

int hr_cli_films_print_joined(hr_cli *cli, hr_str first, hr_str second)
{
	hr_buf buf;

	hr_buf_init(&buf, cli->arena, HR_ACT_ANSWER_MAX);
	hr_buf_add(&buf, hr_str_slice(first, 0, first.len - 1));
	HR_BUF_ADD(&buf, ",");
	hr_buf_add(&buf, hr_str_slice(second, 1, second.len));
	HR_BUF_ADD(&buf, "\n");
	return hr_cli_print_buf(cli, &buf, 0);
}
