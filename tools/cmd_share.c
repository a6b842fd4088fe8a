/* huren share: who may see which films, until when; and who has looked. */
#include "tools/cli_documents.h"
#include "tools/cli_films.h"

#include "base/file.h"
#include "service/qr.h"
#include "service/shares.h"

#include <stdlib.h>
#include <unistd.h>

enum {
	WISH_BYTES_MAX = 64 << 10,
	PASSCODE_FILE_MAX = 1024,
	LINK_BYTES_MAX = 1024,
	PAGE_BYTES_MAX = 1 << 20,
	QR_SCALE = 8,
};

struct values {
	const char *to;
	const char *kind;
	const char *relation;
	const char *purpose;
	const char *rights;
	const char *from;
	const char *until;
	const char *hours;
	const char *opens;
	const char *passcode_file;
	const char *maker;
	const char *consent;
	const char *qr;
	const char *reason;
	bool json;
};

#define JSON_OPTION HR_CLI_OPTION("json", HR_CLI_FLAG, json, NULL, "the answer as JSON")
#define QR_OPTION   HR_CLI_OPTION("qr", HR_CLI_TEXT, qr, "FILE", "and its QR code, as a PNG")
#define RIGHTS_OPTION                                                                              \
	HR_CLI_OPTION("rights", HR_CLI_TEXT, rights, "RIGHTS",                                     \
		      "view (default), download, report; several parted by commas")
#define MAKER_OPTIONS                                                                              \
	HR_CLI_OPTION("maker", HR_CLI_TEXT, maker, "WHO",                                          \
		      "patient (default), guardian, helper or institution"),                       \
		HR_CLI_OPTION("consent", HR_CLI_TEXT, consent, "TEXT",                             \
			      "of a guardian or a helper: where it is recorded")
#define PURPOSE_OPTION                                                                             \
	HR_CLI_OPTION("purpose", HR_CLI_TEXT, purpose, "WORD",                                     \
		      "outpatient, emergency, inpatient, referral, consultation, second-opinion "  \
		      "or family")

/* --- the wish --- */

static void add_words(hr_json_writer *w, hr_str name, hr_str text, char parting)
{
	hr_json_name(w, name);
	hr_json_open_array(w);
	while (text.len) {
		size_t end = hr_str_find(text, (hr_str){ &parting, 1 });

		hr_json_string(w, hr_str_slice(text, 0, end));
		text = hr_str_slice(text, end + 1, text.len);
	}
	hr_json_close_array(w);
}

static bool add_number(hr_cli *cli, hr_json_writer *w, const char *name, const char *text)
{
	char *end;
	long long number;

	if (!text)
		return true;
	number = strtoll(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || number > INT32_MAX)
		return hr_fail(&cli->err, HR_E_USAGE, "--%s is no number", name);
	hr_json_name(w, hr_str_equal(hr_str_of(name), HR_STR("opens")) ? HR_STR("opensMax")
								       : hr_str_of(name));
	hr_json_int(w, number);
	return true;
}

static void add_studies(const hr_cli *cli, hr_json_writer *w)
{
	hr_json_name(w, HR_STR("studies"));
	hr_json_open_array(w);
	for (size_t i = 0; i < cli->words.count; i++)
		hr_json_string(w, hr_cli_word(cli, i));
	hr_json_close_array(w);
}

static void add_recipient(const struct values *v, hr_json_writer *w)
{
	hr_json_name(w, HR_STR("recipient"));
	hr_json_open_object(w);
	hr_json_member(w, HR_STR("kind"), hr_str_of(v->kind ? v->kind : "institution"));
	hr_json_member(w, HR_STR("name"), hr_str_of(v->to));
	hr_json_member(w, HR_STR("relation"), hr_str_of(v->relation));
	hr_json_close_object(w);
}

/* From a file or standard input: a command line is seen by others. */
static bool add_passcode(hr_cli *cli, hr_json_writer *w, const char *path)
{
	hr_str passcode;

	if (!path)
		return true;
	if (!hr_file_read(path, PASSCODE_FILE_MAX, cli->arena, &passcode, &cli->err))
		return false;
	passcode = hr_str_trim(passcode);
	hr_json_member(w, HR_STR("passcode"), passcode);
	return passcode.len || hr_fail(&cli->err, HR_E_USAGE, "the file of the passcode is empty");
}

static bool make_wish(hr_cli *cli, hr_str *out)
{
	const struct values *v = cli->values;
	hr_json_writer w;
	hr_buf buf;

	hr_buf_init(&buf, cli->arena, WISH_BYTES_MAX);
	hr_json_writer_init(&w, &buf, false);
	hr_json_open_object(&w);
	add_studies(cli, &w);
	add_words(&w, HR_STR("rights"), hr_str_of(v->rights ? v->rights : "view"), ',');
	add_recipient(v, &w);
	hr_json_member(&w, HR_STR("purpose"), hr_str_of(v->purpose));
	hr_json_member(&w, HR_STR("maker"), hr_str_of(v->maker));
	hr_json_member(&w, HR_STR("consent"), hr_str_of(v->consent));
	hr_json_member(&w, HR_STR("notBefore"), hr_str_of(v->from));
	hr_json_member(&w, HR_STR("expiresAt"), hr_str_of(v->until));
	if (!add_number(cli, &w, "hours",
			v->until   ? v->hours
			: v->hours ? v->hours
				   : "72") ||
	    !add_number(cli, &w, "opens", v->opens) || !add_passcode(cli, &w, v->passcode_file))
		return false;
	hr_json_close_object(&w);
	*out = hr_buf_str(&buf);
	return !buf.failed || hr_fail_memory(&cli->err);
}

/* --- the answer --- */

static bool write_qr(hr_cli *cli, hr_str text)
{
	const struct values *v = cli->values;
	hr_str png;

	return !v->qr || (hr_qr_png(text, QR_SCALE, cli->arena, &png, &cli->err) &&
			  hr_file_write(v->qr, png, &cli->err));
}

/* The text alone where a program reads it; for a person a code that a phone reads, too. */
static int print_secret(hr_cli *cli, hr_str text)
{
	hr_buf buf;

	hr_buf_init(&buf, cli->arena, PAGE_BYTES_MAX);
	hr_buf_add(&buf, text);
	HR_BUF_ADD(&buf, "\n");
	if (isatty(STDOUT_FILENO) && !hr_qr_terminal(text, &buf, &cli->err))
		return HR_CLI_FAILED;
	return hr_cli_print_buf(cli, &buf, 0);
}

/* --- create --- */

static const hr_cli_option create_options[] = {
	HR_CLI_OPTION("to", HR_CLI_TEXT, to, "NAME",
		      "who gets it: USCC or name of an institution, it and a doctor's, a name"),
	HR_CLI_OPTION("kind", HR_CLI_TEXT, kind, "KIND",
		      "of who gets it: institution (default), doctor or family"),
	HR_CLI_OPTION("relation", HR_CLI_TEXT, relation, "WORD", "of family: daughter"),
	PURPOSE_OPTION,
	RIGHTS_OPTION,
	HR_CLI_OPTION("from", HR_CLI_TEXT, from, "TIME", "when it begins; default: now"),
	HR_CLI_OPTION("until", HR_CLI_TEXT, until, "TIME", "when it ends, within a year"),
	HR_CLI_OPTION("hours", HR_CLI_TEXT, hours, "N", "how long from now; default 72"),
	HR_CLI_OPTION("opens", HR_CLI_TEXT, opens, "N", "how often it can be opened"),
	HR_CLI_OPTION("passcode-file", HR_CLI_TEXT, passcode_file, "FILE",
		      "a passcode is asked for; '-' reads it from standard input"),
	MAKER_OPTIONS,
	QR_OPTION,
	JSON_OPTION,
};

static bool make_link(hr_cli *cli, const hr_json *answer, hr_str *out)
{
	const hr_json *has = hr_json_path(answer, HR_STR("share.hasPasscode"));
	hr_str base = hr_str_of(cli->config.public_url);
	hr_buf buf;

	if (hr_str_ends_with(base, HR_STR("/")))
		base.len--;
	hr_buf_init(&buf, cli->arena, LINK_BYTES_MAX);
	hr_buf_add(&buf, base);
	HR_BUF_ADD(&buf, "/film#");
	hr_buf_add(&buf, hr_json_path_text(answer, HR_STR("secret")));
	if (has && has->kind == HR_JSON_TRUE)
		HR_BUF_ADD(&buf, ".P");
	*out = hr_buf_str(&buf);
	return !buf.failed || hr_fail(&cli->err, HR_E_LIMIT, "'public-url' is too long");
}

/* {"link":LINK, and then the members of the act's answer. */
static int print_json(hr_cli *cli, hr_str link, hr_str answer)
{
	hr_json_writer w;
	hr_buf buf;

	hr_buf_init(&buf, cli->arena, WISH_BYTES_MAX);
	hr_json_writer_init(&w, &buf, false);
	hr_json_open_object(&w);
	hr_json_member(&w, HR_STR("link"), link);
	hr_json_close_object(&w);
	return hr_cli_films_print_joined(cli, hr_buf_str(&buf), answer);
}

static int run_create(hr_cli *cli)
{
	const struct values *v = cli->values;
	const hr_json *answer;
	hr_str wish;
	hr_str text;
	hr_str link;

	if (!cli->config.public_url) {
		hr_fail(&cli->err, HR_E_USAGE,
			"a link begins with 'public-url', the address of the service");
		return HR_CLI_FAILED;
	}
	if (!make_wish(cli, &wish) ||
	    !hr_cli_films_ask_once(cli, HR_ACT_SHARE, &wish, 1, -1, &text) ||
	    !hr_cli_parse_json(cli, text, &answer) || !make_link(cli, answer, &link) ||
	    !write_qr(cli, link))
		return HR_CLI_FAILED;
	return v->json ? print_json(cli, link, text) : print_secret(cli, link);
}

const hr_cli_command hr_cli_share_create = {
	.name = "share create",
	.usage = "--to NAME --purpose WORD STUDY...",
	.summary = "Make a link to studies of one patient; prints it, and its QR code.",
	.notes = "The link is shown this once: who has it sees the films until it ends. Studies\n"
		 "must be published ('huren film release'). A share with family is to view alone.\n"
		 "Of a patient under 14 a guardian shares.\n",
	HR_CLI_OPTIONS(create_options),
	.words_min = 1,
	.words_max = HR_SHARE_STUDIES_MAX,
	.takes_settings = true,
	.run = run_create,
};

/* --- pickup --- */

static const hr_cli_option pickup_options[] = {
	HR_CLI_OPTION("to", HR_CLI_TEXT, to, "USCC", "of the hospital whose desk opens it"),
	PURPOSE_OPTION,
	RIGHTS_OPTION,
	MAKER_OPTIONS,
	QR_OPTION,
	JSON_OPTION,
};

static int run_pickup(hr_cli *cli)
{
	const struct values *v = cli->values;
	const hr_json *answer;
	hr_str wish;
	hr_str text;
	hr_str code;

	if (!make_wish(cli, &wish) ||
	    !hr_cli_films_ask_once(cli, HR_ACT_PICKUP, &wish, 1, -1, &text) ||
	    !hr_cli_parse_json(cli, text, &answer))
		return HR_CLI_FAILED;
	code = hr_json_path_text(answer, HR_STR("code"));
	if (!write_qr(cli, code))
		return HR_CLI_FAILED;
	return v->json ? hr_cli_films_print(cli, text) : print_secret(cli, code);
}

const hr_cli_command hr_cli_share_pickup = {
	.name = "share pickup",
	.usage = "--to USCC --purpose WORD STUDY...",
	.summary = "Make a code of 8 digits for a clinic's desk: ten minutes, one opening.",
	.notes = "A patient has one code at a time: a new one ends the one before.\n",
	HR_CLI_OPTIONS(pickup_options),
	.words_min = 1,
	.words_max = HR_SHARE_STUDIES_MAX,
	.takes_settings = true,
	.run = run_pickup,
};

/* --- list, show, log --- */

static const hr_cli_option json_options[] = { JSON_OPTION };

static void add_cells(hr_buf *out, const hr_json *object, const char *const *paths, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		hr_buf_add(out, hr_json_path_text(object, hr_str_of(paths[i])));
		hr_buf_add(out, i + 1 < count ? HR_STR("\t") : HR_STR("\n"));
	}
}

/* A line for each object of the answer: the texts at these paths. */
static int print_lines(hr_cli *cli, hr_str answer, const char *const *paths, size_t count)
{
	const struct values *v = cli->values;
	const hr_json *list;
	hr_buf buf;

	if (v->json)
		return hr_cli_films_print(cli, answer);
	if (!hr_cli_parse_json(cli, answer, &list))
		return HR_CLI_FAILED;
	hr_buf_init(&buf, cli->arena, HR_ACT_ANSWER_MAX);
	for (const hr_json *object = list->first; object; object = object->next)
		add_cells(&buf, object, paths, count);
	return hr_cli_print_buf(cli, &buf, 0);
}

static int run_list(hr_cli *cli)
{
	static const char *const paths[] = {
		"id", "state", "madeAt", "expiresAt", "purpose", "recipient.kind", "recipient.name"
	};
	const hr_str all = HR_STR_NONE;
	hr_str answer;

	return hr_cli_films_ask_once(cli, HR_ACT_SHARES, &all, 1, -1, &answer)
		       ? print_lines(cli, answer, paths, sizeof(paths) / sizeof(paths[0]))
		       : HR_CLI_FAILED;
}

const hr_cli_command hr_cli_share_list = {
	.name = "share list",
	.usage = "",
	.summary = "The newest 1,000 shares: id, state, made, until, purpose, who gets it;\n"
		   "parted by tabs.",
	HR_CLI_OPTIONS(json_options),
	.takes_settings = true,
	.run = run_list,
};

static int run_show(hr_cli *cli)
{
	const hr_str id = hr_cli_word(cli, 0);
	hr_str answer;

	if (id.len == 0) {
		hr_fail(&cli->err, HR_E_USAGE, "the id of a share is wanted");
		return HR_CLI_FAILED;
	}
	return hr_cli_films_ask_once(cli, HR_ACT_SHARES, &id, 1, -1, &answer)
		       ? hr_cli_films_print(cli, answer)
		       : HR_CLI_FAILED;
}

const hr_cli_command hr_cli_share_show = {
	.name = "share show",
	.usage = "ID",
	.summary = "One share, as JSON.",
	.words_min = 1,
	.words_max = 1,
	.takes_settings = true,
	.run = run_show,
};

static int run_log(hr_cli *cli)
{
	static const char *const paths[] = { "at", "action", "reason", "actor" };
	const hr_str id = hr_cli_word(cli, 0);
	hr_str answer;

	return hr_cli_films_ask_once(cli, HR_ACT_HISTORY, &id, 1, -1, &answer)
		       ? print_lines(cli, answer, paths, sizeof(paths) / sizeof(paths[0]))
		       : HR_CLI_FAILED;
}

const hr_cli_command hr_cli_share_log = {
	.name = "share log",
	.usage = "ID",
	.summary = "What happened to a share, newest first: when, what, why, by whom; tabs.",
	HR_CLI_OPTIONS(json_options),
	.words_min = 1,
	.words_max = 1,
	.takes_settings = true,
	.run = run_log,
};

/* --- revoke --- */

static const hr_cli_option revoke_options[] = {
	HR_CLI_OPTION("reason", HR_CLI_TEXT, reason, "TEXT", "why; its patient reads it"),
};

static int run_revoke(hr_cli *cli)
{
	const struct values *v = cli->values;
	const hr_str words[] = { hr_cli_word(cli, 0), hr_str_of(v->reason) };
	hr_str answer;

	return hr_cli_films_ask_once(cli, HR_ACT_REVOKE, words, 2, -1, &answer) ? 0 : HR_CLI_FAILED;
}

const hr_cli_command hr_cli_share_revoke = {
	.name = "share revoke",
	.usage = "ID",
	.summary = "End a share; who is looking sees nothing more from the next request on.",
	HR_CLI_OPTIONS(revoke_options),
	.words_min = 1,
	.words_max = 1,
	.takes_settings = true,
	.run = run_revoke,
};
