/* huren help: the commands, and what is too long for a line. */
#include "tools/cli_manual.h"

extern const unsigned char hr_batch_schema[];
extern const size_t hr_batch_schema_len;
extern const unsigned char hr_film_schema[];
extern const size_t hr_film_schema_len;
extern const unsigned char hr_publish_schema[];
extern const size_t hr_publish_schema_len;
extern const unsigned char hr_report_schema[];
extern const size_t hr_report_schema_len;
extern const unsigned char hr_settle_schema[];
extern const size_t hr_settle_schema_len;
extern const unsigned char hr_verdict_schema[];
extern const size_t hr_verdict_schema_len;

enum { SETTINGS_BYTES_MAX = 1 << 16 };

/* Its name, and the first sentence of what it is. */
static void print_summary(const hr_cli_command *command, size_t width, FILE *out)
{
	hr_str summary = hr_str_of(command->summary);
	size_t end = 0;

	while (end < summary.len &&
	       !(strchr(".?", summary.data[end]) &&
		 (end + 1 == summary.len || strchr(" \n", summary.data[end + 1]))))
		end++;
	hr_cli_print_entry(command->name, width, hr_str_slice(summary, 0, end + 1), out);
}

static bool is_of_group(const hr_cli_command *command, const char *group)
{
	hr_str name = hr_str_of(command->name);
	hr_str first = hr_str_next_word(&name);

	return hr_str_next_word(&name).len && hr_str_equal(first, hr_str_of(group));
}

/* The longest name, and a blank. */
static size_t width_of(const char *group)
{
	size_t width = 0;

	for (size_t i = 0; i < hr_cli_command_count; i++) {
		size_t len = strlen(hr_cli_commands[i]->name) + 1;

		if ((!group || is_of_group(hr_cli_commands[i], group)) && len > width)
			width = len;
	}
	return width;
}

bool hr_cli_is_group(const char *word)
{
	for (size_t i = 0; i < hr_cli_command_count; i++)
		if (is_of_group(hr_cli_commands[i], word))
			return true;
	return false;
}

bool hr_cli_print_group(const char *group, FILE *out)
{
	for (size_t i = 0; i < hr_cli_command_count; i++)
		if (is_of_group(hr_cli_commands[i], group))
			print_summary(hr_cli_commands[i], width_of(group), out);
	fputs("\n  huren COMMAND --help      how a command is used\n", out);
	return fflush(out) == 0;
}

static int print_commands(hr_cli *cli)
{
	fputs("huren (互认): is a report of another institution recognised here, item by item,\n"
	      "and why. It also keeps films and shows them to whom their patients let see them,\n"
	      "and reckons who pays what for a visit away from the place of insurance.\n\n",
	      cli->out);
	for (size_t i = 0; i < hr_cli_command_count; i++)
		print_summary(hr_cli_commands[i], width_of(NULL), cli->out);
	fputs("\n  huren COMMAND --help      how a command is used\n"
	      "  huren help TOPIC          batch-schema, exit-codes, film-schema, formats,\n"
	      "                            publish-schema, report-schema, settings,\n"
	      "                            settle-schema, verdict-schema\n"
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
	      "  FHIR  R4, R5, JSON, XML: DiagnosticReport, Observation, ImagingStudy, Bundle;\n"
	      "        any of these formats in a DocumentReference or Binary, two deep at most.\n"
	      "        JSON at most 32 MiB, XML 8 MiB with 64 KiB a tag; depth 64.\n"
	      "  DICOM The header of an image, and structured reports (SR); with its preamble or\n"
	      "        without, deflated too. At most 8 MiB in front of the pixels, which are not\n"
	      "        read: a file may be cut behind them. 200,000 elements, sequences 64 deep.\n"
	      "        Undeclared GBK and UTF-8 are told apart and read.\n"
	      "  HL7 v2  ORU^R01 of 2.3.1 to 2.8, one or a batch, also framed for MLLP.\n"
	      "        UTF-8, GBK, GB18030, UTF-16, whatever MSH-18 says. At most 8 MiB,\n"
	      "        1,000 messages, 20,000 segments in one.\n"
	      "  Our own JSON, for a view of a database: 'huren help report-schema'.\n"
	      "        At most 32 MiB, 64 codes, identifiers or marks in one place.\n\n"
	      "Paper: 'huren verify --paper' asks what stands on it.\n\n"
	      "An input holds at most 1,000 reports, a report 5,000 results. A catalogue has at\n"
	      "most 4,096 files of 8 MiB, 512 MiB together; a spreadsheet 64 MiB.\n",
	      cli->out);
	return 0;
}

/* The codes of the one table, those that share an exit code in one line. */
static int print_exit_codes(hr_cli *cli)
{
	int last = 0;

	fputs("  0   done; verify: all recognised; settle: computed, or nothing is amiss\n"
	      "  1   verify: something is not recognised; settle: it cannot be settled or filed,\n"
	      "      does not add up, or differs\n"
	      "  4   undecided, and nothing refused; settle: no policy or rule is known\n"
	      "  75  verify --batch: told to end; run again, it goes on from its state\n\n"
	      "Errors; of several inputs the highest that occurred, before 1, 4 and 0:\n",
	      cli->out);
	for (int i = HR_E_USAGE; i < HR_E_COUNT; i++) {
		hr_error_code code = (hr_error_code)i;

		if (hr_error_exit(code) == last)
			fprintf(cli->out, ", %s", hr_error_word(code));
		else
			fprintf(cli->out, "\n  %-3d %s", hr_error_exit(code), hr_error_word(code));
		last = hr_error_exit(code);
	}
	fputs("\n\nA report that is not there is 3 for verify: the input is at fault, not the "
	      "call.\n",
	      cli->out);
	return 0;
}

static int print_batch_schema(hr_cli *cli)
{
	fwrite(hr_batch_schema, 1, hr_batch_schema_len, cli->out);
	return 0;
}

static int print_film_schema(hr_cli *cli)
{
	fwrite(hr_film_schema, 1, hr_film_schema_len, cli->out);
	return 0;
}

static int print_publish_schema(hr_cli *cli)
{
	fwrite(hr_publish_schema, 1, hr_publish_schema_len, cli->out);
	return 0;
}

static int print_report_schema(hr_cli *cli)
{
	fwrite(hr_report_schema, 1, hr_report_schema_len, cli->out);
	return 0;
}

static int print_settle_schema(hr_cli *cli)
{
	fwrite(hr_settle_schema, 1, hr_settle_schema_len, cli->out);
	return 0;
}

static int print_settings(hr_cli *cli)
{
	hr_buf buf;

	hr_buf_init(&buf, cli->arena, SETTINGS_BYTES_MAX);
	hr_config_format_sample(&buf);
	return hr_cli_print_buf(cli, &buf, 0);
}

static int print_verdict_schema(hr_cli *cli)
{
	fwrite(hr_verdict_schema, 1, hr_verdict_schema_len, cli->out);
	return 0;
}

static int print_manual(hr_cli *cli)
{
	hr_cli_print_manual(cli->out);
	return 0;
}

static int print_settings_manual(hr_cli *cli)
{
	hr_cli_print_settings_manual(cli->out);
	return 0;
}

static int print_completion(hr_cli *cli)
{
	hr_cli_print_completion(cli->out);
	return 0;
}

/* The last three are for packagers, and for who has the program alone: not listed. */
static const struct {
	const char *name;
	int (*print)(hr_cli *cli);
} topics[] = {
	{ "batch-schema", print_batch_schema },
	{ "film-schema", print_film_schema },
	{ "formats", print_formats },
	{ "exit-codes", print_exit_codes },
	{ "publish-schema", print_publish_schema },
	{ "report-schema", print_report_schema },
	{ "settings", print_settings },
	{ "settle-schema", print_settle_schema },
	{ "verdict-schema", print_verdict_schema },
	{ "bash-completion", print_completion },
	{ "manual", print_manual },
	{ "settings-manual", print_settings_manual },
};

/* `huren help registry publish` and `huren help verify`, too. */
static void join_words(const hr_cli *cli, hr_buf *out)
{
	for (size_t i = 0; i < cli->words.count; i++) {
		if (i)
			hr_buf_add_char(out, ' ');
		hr_buf_add(out, hr_cli_word(cli, i));
	}
}

static const hr_cli_command *find_command(hr_str name)
{
	for (size_t i = 0; i < hr_cli_command_count; i++)
		if (hr_str_equal(hr_str_of(hr_cli_commands[i]->name), name))
			return hr_cli_commands[i];
	return NULL;
}

static int run(hr_cli *cli)
{
	const hr_cli_command *command;
	char name[64];
	hr_buf buf;

	if (cli->words.count == 0)
		return print_commands(cli);
	for (size_t i = 0; cli->words.count == 1 && i < sizeof(topics) / sizeof(topics[0]); i++)
		if (strcmp(topics[i].name, cli->words.items[0]) == 0)
			return topics[i].print(cli);
	if (cli->words.count == 1 && hr_cli_is_group(cli->words.items[0]))
		return hr_cli_print_group(cli->words.items[0], cli->out) ? 0 : HR_CLI_FAILED;
	hr_buf_init_over(&buf, name, sizeof(name));
	join_words(cli, &buf);
	command = find_command(hr_buf_str(&buf));
	if (!command) {
		hr_fail(&cli->err, HR_E_NOT_FOUND,
			"there is no help on '%.*s'; 'huren help' lists what there is",
			HR_STR_ARG(hr_buf_str(&buf)));
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
	.words_max = 3,
	.settled = true,
	.run = run,
};
