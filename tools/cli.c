#include "tools/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

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

/* One argument that starts with `--`; takes the next one as its value where it must. */
static bool parse_option(hr_cli *cli, const hr_cli_command *command, char ***at, size_t room,
			 hr_error *err)
{
	hr_str word = hr_str_of(**at + 2);
	size_t equals = hr_str_find(word, HR_STR("="));
	hr_str name = hr_str_slice(word, 0, equals);
	const hr_cli_option *option = find_option(command, name);
	const char *text = NULL;

	if (!option)
		return hr_fail(err, HR_E_USAGE, "'huren %s' has no option --%.*s", command->name,
			       HR_STR_ARG(name));
	if (equals < word.len)
		text = word.data + equals + 1;
	if (option->kind == HR_CLI_FLAG)
		return text ? hr_fail(err, HR_E_USAGE, "--%s takes no value", option->name)
			    : store(cli, option, NULL, room, err);
	if (!text)
		text = *++*at;
	if (!text)
		return hr_fail(err, HR_E_USAGE, "--%s wants %s", option->name, option->argument);
	return store(cli, option, text, room, err);
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
	if (cli->words.count < command->words_min || cli->words.count > command->words_max)
		return hr_fail(err, HR_E_USAGE, "'huren %s' wants: %s", command->name,
			       command->usage);
	return true;
}

void hr_cli_print_usage(const hr_cli_command *command, FILE *out)
{
	fprintf(out, "usage: huren %s %s\n", command->name, command->usage);
}

void hr_cli_print_help(const hr_cli_command *command, FILE *out)
{
	hr_cli_print_usage(command, out);
	fprintf(out, "\n%s\n", command->summary);
	if (command->option_count)
		fputs("\n", out);
	for (size_t i = 0; i < command->option_count; i++) {
		const hr_cli_option *option = &command->options[i];
		char left[64];

		snprintf(left, sizeof(left), "--%s %s", option->name,
			 option->argument ? option->argument : "");
		fprintf(out, "  %-26s %s\n", left, option->help);
	}
	if (command->notes)
		fprintf(out, "\n%s", command->notes);
}

int hr_cli_tell(const hr_error *err, const hr_cli_command *command)
{
	const char *hint = hr_error_hint(err->code);

	if (err->line)
		fprintf(stderr, "huren: line %u, column %u: %s\n", err->line, err->column,
			err->message);
	else
		fprintf(stderr, "huren: %s\n", err->message);
	if (err->code == HR_E_USAGE && command)
		fprintf(stderr, "hint: 'huren %s --help' tells how it is used\n", command->name);
	else if (*hint)
		fprintf(stderr, "hint: %s\n", hint);
	return hr_error_exit(err->code);
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

bool hr_cli_read_folder(hr_cli *cli, const char *path, hr_fileset *out)
{
	return hr_fileset_read(path, HR_STR(".xml"), &hr_fileset_catalogue_limits, cli->arena, out,
			       &cli->err);
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
