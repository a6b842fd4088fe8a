/* huren film show: one study, and which of some reports are of it. */
#include "tools/cli_catalog.h"
#include "tools/cli_films.h"

#include "recognition/sentence.h"

enum { ANSWER_BYTES_MAX = 64 << 20 };

struct values {
	bool reports;
};

static const hr_cli_option options[] = {
	HR_CLI_OPTION("reports", HR_CLI_FLAG, reports, NULL,
		      "and which of the reports FILE... are of it"),
};

/* --- one report beside the film --- */

struct showing {
	hr_cli *cli;
	const hr_catalog *catalog; /* NULL: no registry is set */
	hr_reader *reader;
	hr_arena *arena; /* of one file */
	hr_cli_film_seeker films;
	hr_json_writer w;
	int failure; /* the highest exit code of a file; 0: all were read */
};

static void add_reason(struct showing *s, const hr_reason *reason)
{
	hr_json_open_object(&s->w);
	hr_json_member(&s->w, HR_STR("code"), hr_reason_row_get(reason->id)->code);
	for (int lang = HR_LANG_ZH; lang <= HR_LANG_EN; lang++) {
		hr_buf sentence;

		hr_buf_init(&sentence, s->arena, (size_t)16 << 10);
		hr_reason_format(reason, (hr_lang)lang, &sentence);
		hr_json_member(&s->w, lang == HR_LANG_ZH ? HR_STR("zh") : HR_STR("en"),
			       hr_buf_str(&sentence));
	}
	hr_json_close_object(&s->w);
}

static void add_report(struct showing *s, const char *path, size_t index,
		       const hr_report_film *film)
{
	hr_json_open_object(&s->w);
	hr_json_member(&s->w, HR_STR("file"), hr_str_of(path));
	hr_json_name(&s->w, HR_STR("report"));
	hr_json_int(&s->w, (int64_t)index);
	hr_json_name(&s->w, HR_STR("certain"));
	hr_json_bool(&s->w, film->is_certain);
	hr_json_member(&s->w, HR_STR("by"), hr_report_film_by(film));
	hr_json_member(&s->w, HR_STR("value"), film->named.text);
	hr_json_name(&s->w, HR_STR("reasons"));
	hr_json_open_array(&s->w);
	for (uint32_t i = 0; i < film->reasons.count; i++)
		add_reason(s, &film->reasons.list[i]);
	hr_json_close_array(&s->w);
	hr_json_close_object(&s->w);
}

/* The same as for `huren verify --films`: the others of its number count, too. */
static bool match_report(struct showing *s, const char *path, size_t index, const hr_report *report,
			 hr_error *err)
{
	const hr_str study = hr_cli_word(s->cli, 0);
	hr_report_films films;

	if (!hr_report_find_films(s->catalog, report, hr_cli_films_seek, &s->films, s->arena,
				  &films, err))
		return false;
	for (uint32_t i = 0; i < films.count; i++)
		if (hr_str_equal(films.list[i].study->uid, study))
			add_report(s, path, index, &films.list[i]);
	return true;
}

static bool match_file(struct showing *s, const char *path, hr_error *err)
{
	hr_reports reports;
	hr_str front;
	bool cut;

	hr_arena_reset(s->arena);
	if (!hr_file_read_front(path, HR_DOCUMENT_MAX, s->arena, &front, &cut, err) ||
	    !hr_document_check(front, cut, path, err) ||
	    !hr_reader_read(s->reader, front, s->arena, &reports, err))
		return false;
	for (uint32_t i = 0; i < reports.count; i++)
		if (!match_report(s, path, i, &reports.reports[i], err))
			return false;
	return true;
}

/* --- all of them --- */

/* One that cannot be read is told, and does not stop the others. */
static void match_files(struct showing *s)
{
	hr_json_name(&s->w, HR_STR("reports"));
	hr_json_open_array(&s->w);
	for (size_t i = 1; i < s->cli->words.count; i++) {
		hr_error err;
		int code;

		if (match_file(s, s->cli->words.items[i], &err))
			continue;
		code = hr_cli_tell(&err, s->cli->words.items[i], &hr_cli_film_show);
		if (code > s->failure)
			s->failure = code;
	}
	hr_json_close_array(&s->w);
}

/* The study's members, and behind them `reports`. */
static int show_with_reports(struct showing *s)
{
	const hr_str study = hr_cli_word(s->cli, 0);
	hr_control_answer got;
	hr_buf buf;

	if (!hr_cli_films_ask(&s->films.films, &s->films.socket, HR_ACT_SHOW, &study, 1, -1,
			      s->cli->arena, &got, &s->cli->err))
		return HR_CLI_FAILED;
	hr_buf_init(&buf, s->cli->arena, ANSWER_BYTES_MAX);
	hr_json_writer_init(&s->w, &buf, false);
	hr_json_open_object(&s->w);
	match_files(s);
	hr_json_close_object(&s->w);
	if (buf.failed) {
		hr_fail_memory(&s->cli->err);
		return HR_CLI_FAILED;
	}
	return hr_cli_films_print_joined(s->cli, got.bytes, hr_buf_str(&buf)) == HR_CLI_FAILED
		       ? HR_CLI_FAILED
		       : s->failure;
}

static bool load_catalog(struct showing *s)
{
	const char *local = s->cli->config.local;
	hr_catalog *catalog = NULL;

	if (s->cli->config.registry && !hr_cli_load_catalog(s->cli, NULL, NULL, local, &catalog))
		return false;
	s->catalog = catalog;
	return true;
}

static int run_reports(hr_cli *cli)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(HR_REQUEST_BYTES_MAX);
	struct showing s = { .cli = cli, .arena = arena, .reader = hr_reader_open() };
	int code = HR_CLI_FAILED;

	if (!s.reader || !arena) {
		hr_fail_memory(&cli->err);
	} else if (load_catalog(&s) && hr_cli_films_open_seeker(cli, &s.films)) {
		code = show_with_reports(&s);
		hr_cli_films_close_seeker(&s.films);
	}
	hr_reader_close(s.reader);
	return code;
}

static int run(hr_cli *cli)
{
	const struct values *v = cli->values;
	const hr_str words[] = { hr_cli_word(cli, 0) };
	hr_str answer;

	if (v->reports != (cli->words.count > 1)) {
		hr_fail(&cli->err, HR_E_USAGE,
			"'huren film show' wants STUDY, or STUDY --reports FILE...");
		return HR_CLI_FAILED;
	}
	if (v->reports)
		return run_reports(cli);
	return hr_cli_films_ask_once(cli, HR_ACT_SHOW, words, 1, -1, &answer)
		       ? hr_cli_films_print(cli, answer)
		       : HR_CLI_FAILED;
}

const hr_cli_command hr_cli_film_show = {
	.name = "film show",
	.usage = "STUDY [--reports FILE...]",
	.summary = "One study as JSON: its state, whose it is, and whether that person is known;\n"
		   "and which of some reports are of it.",
	.notes =
		"--reports matches as 'huren verify --films' does, and tells of each report that\n"
		"leads to this study whether that is certain, and why it is not. Institutions are\n"
		"told apart by the catalogue of --registry, where one is set.\n",
	HR_CLI_OPTIONS(options),
	.takes_settings = true,
	.words_min = 1,
	.words_max = SIZE_MAX,
	.run = run,
};
