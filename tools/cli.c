#include "tools/cli.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { NAME_SHOWN = 200 };

static const hr_cli_option *find_option(const hr_cli_command *command, hr_str name)
{
	for (size_t i = 0; i < command->option_count; i++)
		if (hr_str_equal(hr_str_of(command->options[i].name), name))
			return &command->options[i];
	return NULL;
}

static void append(hr_cli_list *list, const char *text)
{
	list->items[list->count++] = text;
}

static bool store(hr_cli *cli, const hr_cli_option *option, const char *text, size_t room,
		  hr_error *err)
{
	char *place = (char *)cli->values + option->offset;
	hr_cli_list *list = (hr_cli_list *)place;

	switch (option->kind) {
	case HR_CLI_FLAG:
		*(bool *)place = true;
		return true;
	case HR_CLI_TEXT:
		if (*(const char **)place)
			return hr_fail(err, HR_E_USAGE, "--%s is given twice", option->name);
		*(const char **)place = text;
		return true;
	case HR_CLI_LIST:
		if (!list->items)
			list->items = HR_NEW_N(cli->arena, const char *, room);
		if (!list->items)
			return hr_fail_memory(err);
		append(list, text);
		return true;
	}
	return false;
}

/* The setting of that name, when it is a flag of the command. */
static const hr_config_row *find_setting(const hr_cli_command *command, hr_str name)
{
	const hr_config_row *setting = command->takes_settings ? hr_config_find(name) : NULL;

	return setting && hr_config_is_for(setting, hr_str_of(command->name)) ? setting : NULL;
}

/* "--threads 2"; a yes is said by the name alone. */
static bool parse_setting(hr_cli *cli, const hr_config_row *setting, const char *text, char ***at,
			  hr_error *err)
{
	const hr_config_origin origin = { .kind = HR_BY_FLAG };

	if (!text)
		text = setting->kind == HR_CONFIG_YES_NO ? "yes" : *++*at;
	if (!text)
		return hr_fail(err, HR_E_USAGE, "--%.*s wants %s", HR_STR_ARG(setting->key),
			       setting->argument);
	return hr_config_set(&cli->config, setting, hr_str_of(text), origin, cli->arena, err);
}

/* One argument that starts with `--`; takes the next one as its value where it must. */
static bool parse_option(hr_cli *cli, const hr_cli_command *command, char ***at, size_t room,
			 hr_error *err)
{
	hr_str word = hr_str_of(**at + 2);
	size_t equals = hr_str_find(word, HR_STR("="));
	hr_str name = hr_str_slice(word, 0, equals);
	const hr_cli_option *option = find_option(command, name);
	const hr_config_row *setting = find_setting(command, name);
	const char *text = equals < word.len ? word.data + equals + 1 : NULL;

	if (setting)
		return parse_setting(cli, setting, text, at, err);
	if (!option)
		return hr_fail(err, HR_E_USAGE, "'huren %s' has no option --%.*s", command->name,
			       HR_STR_ARG(name));
	if (option->kind == HR_CLI_FLAG)
		return text ? hr_fail(err, HR_E_USAGE, "--%s takes no value", option->name)
			    : store(cli, option, NULL, room, err);
	if (!text)
		text = *++*at;
	if (!text)
		return hr_fail(err, HR_E_USAGE, "--%s wants %s", option->name, option->argument);
	return store(cli, option, text, room, err);
}

static bool count_words(const hr_cli *cli, const hr_cli_command *command, hr_error *err)
{
	if (cli->words.count < command->words_min)
		return hr_fail(err, HR_E_USAGE, "'huren %s' wants %s", command->name,
			       command->usage);
	if (cli->words.count > command->words_max)
		return hr_fail(err, HR_E_USAGE, "'huren %s' wants %s; '%s' is left over",
			       command->name, *command->usage ? command->usage : "nothing more",
			       cli->words.items[command->words_max]);
	return true;
}

bool hr_cli_parse(hr_cli *cli, const hr_cli_command *command, int argc, char **argv, hr_error *err)
{
	size_t room = (size_t)argc + 1;
	bool only_words = false;
	char message[] = "--message";

	cli->values = hr_arena_alloc(cli->arena, command->values_bytes + 1);
	cli->words.items = HR_NEW_N(cli->arena, const char *, room);
	if (!cli->values || !cli->words.items)
		return hr_fail_memory(err);
	for (char **at = argv; *at; at++) {
		/* `-m TEXT`, as every tool that commits takes it. */
		if (!only_words && strcmp(*at, "-m") == 0)
			*at = message;
		if (!only_words && strcmp(*at, "--") == 0)
			only_words = true;
		else if (!only_words && strncmp(*at, "--", 2) == 0) {
			if (!parse_option(cli, command, &at, room, err))
				return false;
		} else if (!only_words && (*at)[0] == '-' && (*at)[1])
			return hr_fail(err, HR_E_USAGE, "there is no option %s", *at);
		else
			append(&cli->words, *at);
	}
	return count_words(cli, command, err);
}

void hr_cli_print_usage(const hr_cli_command *command, FILE *out)
{
	fprintf(out, "usage: huren %s%s%s%s\n", command->name,
		command->option_count || command->takes_settings ? " [OPTION]..." : "",
		*command->usage ? " " : "", command->usage);
}

static void print_option(const char *name, const char *argument, const char *help, FILE *out)
{
	enum { WIDTH = 26 };
	char left[64];

	snprintf(left, sizeof(left), "--%s%s%s", name, argument ? " " : "",
		 argument ? argument : "");
	hr_cli_print_entry(left, WIDTH, hr_str_of(help), out);
}

static void print_settings(const hr_cli_command *command, FILE *out)
{
	fputs("\nSettings, which may stand in the environment and in huren.conf, too\n"
	      "('huren help settings'):\n\n",
	      out);
	for (size_t i = 0; i < hr_config_row_count; i++) {
		const hr_config_row *setting = &hr_config_rows[i];
		const bool is_yes = setting->kind == HR_CONFIG_YES_NO;

		if (find_setting(command, setting->key))
			print_option(setting->key.data, is_yes ? NULL : setting->argument,
				     setting->help, out);
	}
}

void hr_cli_print_help(const hr_cli_command *command, FILE *out)
{
	hr_cli_print_usage(command, out);
	fprintf(out, "\n%s\n", command->summary);
	if (command->option_count)
		fputs("\n", out);
	for (size_t i = 0; i < command->option_count; i++) {
		const hr_cli_option *option = &command->options[i];

		print_option(option->name, option->argument, option->help, out);
	}
	if (command->takes_settings)
		print_settings(command, out);
	if (command->notes)
		fprintf(out, "\n%s", command->notes);
}

/* A file's name may be long, and may hold what a terminal obeys. */
static void print_name(const char *name, FILE *out)
{
	hr_str shown = hr_text_cut(hr_str_of(name), NAME_SHOWN);

	for (size_t i = 0; i < shown.len; i++)
		fputc((unsigned char)shown.data[i] < 0x20 || shown.data[i] == 0x7f ? '?'
										   : shown.data[i],
		      out);
	if (shown.len < strlen(name))
		fputs("...", out);
}

/* Errors of opening a file name it already. */
static bool names(const char *message, const char *input)
{
	const char *at = strstr(message, input);

	return at && at > message && at[-1] == '\'' && at[strlen(input)] == '\'';
}

/* Errors of a catalogue, which is many files, begin with their place. */
static bool begins_with_place(const hr_error *err)
{
	char place[32];

	snprintf(place, sizeof(place), ":%u:%u: ", err->line, err->column);
	return strstr(err->message, place) != NULL;
}

static void print_place(const hr_error *err, const char *input)
{
	if (input && strcmp(input, "-") == 0)
		input = "standard input";
	if (begins_with_place(err) || (input && !err->line && names(err->message, input)))
		return;
	if (input)
		print_name(input, stderr);
	if (err->line)
		fprintf(stderr, input ? ":%u:%u" : "line %u, column %u", err->line, err->column);
	if (input || err->line)
		fputs(": ", stderr);
}

int hr_cli_tell(const hr_error *err, const char *input, const hr_cli_command *command)
{
	const char *hint = hr_error_hint(err->code);

	fputs("huren: ", stderr);
	print_place(err, input);
	fprintf(stderr, "%s\n", err->message);
	if (err->code == HR_E_USAGE && command)
		fprintf(stderr, "hint: 'huren %s --help' tells how it is used\n", command->name);
	else if (*hint)
		fprintf(stderr, "hint: %s\n", hint);
	return hr_error_exit(err->code);
}

void hr_cli_format_issues(const hr_issues *issues, hr_buf *out)
{
	for (size_t i = 0; i < issues->count; i++) {
		const hr_issue *issue = &issues->issues[i];

		hr_buf_addf(out, "%.*s:%u:%u: %s: %.*s [%.*s]\n", HR_STR_ARG(issue->file),
			    issue->line, issue->column,
			    issue->severity == HR_SEVERITY_ERROR ? "error" : "warning",
			    HR_STR_ARG(issue->message), HR_STR_ARG(issue->code));
		if (issue->action.len)
			hr_buf_addf(out, "    %.*s\n", HR_STR_ARG(issue->action));
	}
	if (issues->cut)
		hr_buf_addf(out, "only the first %d issues are listed\n", HR_ISSUES_MAX);
}

bool hr_cli_is_english(const hr_cli *cli)
{
	return cli->config.lang && strcmp(cli->config.lang, "en") == 0;
}

int hr_cli_print(hr_cli *cli, hr_str text, int code)
{
	if ((text.len && fwrite(text.data, 1, text.len, cli->out) != text.len) ||
	    fflush(cli->out) != 0) {
		hr_fail_errno(&cli->err, errno, "write", "standard output");
		return HR_CLI_FAILED;
	}
	return code;
}

int hr_cli_print_buf(hr_cli *cli, const hr_buf *buf, int code)
{
	if (buf->failed) {
		hr_fail_memory(&cli->err);
		return HR_CLI_FAILED;
	}
	return hr_cli_print(cli, hr_buf_str(buf), code);
}

hr_str hr_cli_word(const hr_cli *cli, size_t index)
{
	return index < cli->words.count ? hr_str_of(cli->words.items[index]) : HR_STR_NONE;
}

int64_t hr_cli_now(void)
{
	const char *fixed = getenv("SOURCE_DATE_EPOCH");

	return fixed && *fixed ? strtoll(fixed, NULL, 10) : (int64_t)time(NULL);
}
