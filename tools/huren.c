/* The huren command: finds the command of the table that the words name, and runs it. */
#include "tools/cli.h"

#include <stdlib.h>

/* A row a line. */
/* clang-format off */
const hr_cli_command *const hr_cli_commands[] = {
	&hr_cli_verify,
	&hr_cli_serve,
	&hr_cli_registry_init,
	&hr_cli_registry_publish,
	&hr_cli_registry_log,
	&hr_cli_registry_show,
	&hr_cli_registry_export,
	&hr_cli_registry_diff,
	&hr_cli_catalog_check,
	&hr_cli_catalog_new,
	&hr_cli_catalog_import,
	&hr_cli_catalog_export,
	&hr_cli_access_add,
	&hr_cli_access_list,
	&hr_cli_access_revoke,
	&hr_cli_film_add,
	&hr_cli_film_list,
	&hr_cli_film_export,
	&hr_cli_film_show,
	&hr_cli_film_unmatched,
	&hr_cli_film_release,
	&hr_cli_film_match,
	&hr_cli_film_correct,
	&hr_cli_film_claim,
	&hr_cli_film_manifest,
	&hr_cli_film_publish,
	&hr_cli_film_remove,
	&hr_cli_film_fsck,
	&hr_cli_film_backup,
	&hr_cli_film_restore,
	&hr_cli_share_create,
	&hr_cli_share_list,
	&hr_cli_share_show,
	&hr_cli_share_revoke,
	&hr_cli_share_log,
	&hr_cli_share_pickup,
	&hr_cli_settle_quote,
	&hr_cli_settle_explain,
	&hr_cli_settle_check,
	&hr_cli_settle_record,
	&hr_cli_settle_reverse,
	&hr_cli_settle_ledger,
	&hr_cli_settle_resettle,
	&hr_cli_settle_clear,
	&hr_cli_settle_reconcile,
	&hr_cli_filing_check,
	&hr_cli_filing_apply,
	&hr_cli_filing_change,
	&hr_cli_filing_cancel,
	&hr_cli_filing_approve,
	&hr_cli_filing_refuse,
	&hr_cli_filing_list,
	&hr_cli_settle_diagnose,
	&hr_cli_settle_institutions,
	&hr_cli_backup,
	&hr_cli_restore,
	&hr_cli_help,
};
/* clang-format on */
const size_t hr_cli_command_count = sizeof(hr_cli_commands) / sizeof(hr_cli_commands[0]);

/* How many of the words the command's name takes; 0 when it is not named. */
static int matches(const char *name, int argc, char **argv)
{
	hr_str rest = hr_str_of(name);
	int words = 0;

	for (;;) {
		hr_str word = hr_str_next_word(&rest);

		if (word.len == 0)
			return words;
		if (words >= argc || !hr_str_equal(word, hr_str_of(argv[words])))
			return 0;
		words++;
	}
}

static const hr_cli_command *find_command(int argc, char **argv, int *words)
{
	for (size_t i = 0; i < hr_cli_command_count; i++) {
		*words = matches(hr_cli_commands[i]->name, argc, argv);
		if (*words)
			return hr_cli_commands[i];
	}
	return NULL;
}

static bool is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static bool asks_help(char **argv)
{
	for (; *argv && strcmp(*argv, "--") != 0; argv++)
		if (is_help(*argv))
			return true;
	return false;
}

static int run(const hr_cli_command *command, int argc, char **argv)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(HR_CLI_ARENA_BYTES);
	hr_cli cli = { .arena = arena, .out = stdout };
	int code = HR_CLI_FAILED;

	if (asks_help(argv)) {
		hr_cli_print_help(command, stdout);
		return 0;
	}
	if (!arena)
		hr_fail_memory(&cli.err);
	else if ((command->settled || hr_config_read(arena, &cli.config, &cli.err)) &&
		 hr_cli_parse(&cli, command, argc, argv, &cli.err))
		code = command->run(&cli);
	return code == HR_CLI_FAILED ? hr_cli_tell(&cli.err, cli.input, command) : code;
}

static int refuse(int argc, char **argv)
{
	hr_error err;

	if (argc > 1 && hr_cli_is_group(argv[0]))
		hr_fail(&err, HR_E_USAGE, "'huren %s' has no command '%s'", argv[0], argv[1]);
	else
		hr_fail(&err, HR_E_USAGE, "there is no command '%s'", argv[0]);
	return hr_cli_tell(&err, NULL, NULL);
}

int main(int argc, char **argv)
{
	const hr_cli_command *command;
	int words;

	argc--;
	argv++;
	if (argc == 0 || is_help(argv[0]))
		return run(&hr_cli_help, 0, argv + argc);
	if (strcmp(argv[0], "--version") == 0) {
		puts("huren " HUREN_VERSION);
		return 0;
	}
	if (strcmp(argv[0], "worker") == 0)
		return hr_cli_worker(argv[1]);
	command = find_command(argc, argv, &words);
	if (command)
		return run(command, argc - words, argv + words);
	if (hr_cli_is_group(argv[0]) && (argc == 1 || is_help(argv[1])))
		return hr_cli_print_group(argv[0], stdout) ? 0 : hr_error_exit(HR_E_IO);
	return refuse(argc, argv);
}
