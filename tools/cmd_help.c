/* huren help: the commands, and what is too long for a line. */
#include "tools/cli.h"

extern const unsigned char hr_verdict_schema[];
extern const size_t hr_verdict_schema_len;

static int print_commands(hr_cli *cli)
{
	fputs("huren (互认): is a report of another institution recognised here, item by item, and "
	      "why.\n\n",
	      cli->out);
	for (size_t i = 0; i < hr_cli_command_count; i++) {
		hr_str summary = hr_str_of(hr_cli_commands[i]->summary);

		summary = hr_str_slice(summary, 0, hr_str_find(summary, HR_STR("\n")));
		fprintf(cli->out, "  %-18s %.*s\n", hr_cli_commands[i]->name, HR_STR_ARG(summary));
	}
	fputs("\n  huren COMMAND --help      how a command is used\n"
	      "  huren help TOPIC          formats, exit-codes, verdict-schema\n"
	      "  huren --version\n",
	      cli->out);
	return 0;
}

static int print_formats(hr_cli *cli)
{
	fputs("Read, by what the bytes are and not by the file's name:\n\n"
	      "  CDA   WS/T 500-2016 parts 6 (exam) and 7 (laboratory); hospitals' own OID trees;\n"
	      "        C-CDA result sections. UTF-8, GBK, GB2312, GB18030, UTF-16.\n"
	      "        At most 8 MiB, depth 64, no DOCTYPE.\n"
	      "  FHIR  R4 and R5 JSON: DiagnosticReport, Observation, ImagingStudy, Bundle.\n"
	      "        At most 32 MiB, depth 64.\n",
	      cli->out);
	return 0;
}

static int print_exit_codes(hr_cli *cli)
{
	fputs("  0   done; verify: all recognised\n"
	      "  1   verify: something is not recognised\n"
	      "  4   verify: undecided, and nothing refused\n"
	      "  3   verify: an input could not be read, whatever the reason\n\n",
	      cli->out);
	for (int code = HR_E_USAGE; code < HR_E_COUNT; code++)
		fprintf(cli->out, "  %-3d %s\n", hr_error_exit((hr_error_code)code),
			hr_error_word((hr_error_code)code));
	return 0;
}

static int print_schema(hr_cli *cli)
{
	fwrite(hr_verdict_schema, 1, hr_verdict_schema_len, cli->out);
	return 0;
}

static const struct {
	const char *name;
	int (*print)(hr_cli *cli);
} topics[] = {
	{ "formats", print_formats },
	{ "exit-codes", print_exit_codes },
	{ "verdict-schema", print_schema },
};

/* `huren help registry publish` and `huren help verify`, too. */
static const hr_cli_command *find_command(const hr_cli *cli)
{
	char name[64];

	snprintf(name, sizeof(name), cli->words.count > 1 ? "%s %s" : "%s", cli->words.items[0],
		 cli->words.count > 1 ? cli->words.items[1] : "");
	for (size_t i = 0; i < hr_cli_command_count; i++)
		if (strcmp(hr_cli_commands[i]->name, name) == 0)
			return hr_cli_commands[i];
	return NULL;
}

static int run(hr_cli *cli)
{
	const hr_cli_command *command;

	if (cli->words.count == 0)
		return print_commands(cli);
	for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++)
		if (strcmp(topics[i].name, cli->words.items[0]) == 0)
			return topics[i].print(cli);
	command = find_command(cli);
	if (!command) {
		hr_fail(&cli->err, HR_E_NOT_FOUND, "there is no help on '%s'", cli->words.items[0]);
		return HR_CLI_FAILED;
	}
	hr_cli_print_help(command, cli->out);
	return 0;
}

const hr_cli_command hr_cli_help = {
	.name = "help",
	.usage = "[COMMAND|TOPIC]",
	.summary = "The commands, or one of them, or a topic.",
	.words_min = 0,
	.words_max = 2,
	.run = run,
};
