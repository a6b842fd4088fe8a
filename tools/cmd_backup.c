/* huren backup, huren restore: what the service keeps, in a folder elsewhere and back. */
#include "service/backup.h"
#include "service/state.h"
#include "tools/cli.h"

#include <sys/stat.h>

static int run_backup(hr_cli *cli)
{
	const char *to = cli->words.items[0];
	size_t files;

	umask(077);
	if (!hr_cli_want_state(cli) || !hr_cli_check_space(cli) ||
	    !hr_state_check_space(to, cli->config.min_free_bytes, &cli->err) ||
	    !hr_backup_make(cli->config.state, to, (hr_instant){ hr_cli_now() }, cli->arena, &files,
			    &cli->err))
		return HR_CLI_FAILED;
	fprintf(stderr, "huren: %zu file%s in '%s'\n", files, files == 1 ? "" : "s", to);
	return 0;
}

const hr_cli_command hr_cli_backup = {
	.name = "backup",
	.usage = "FOLDER",
	.summary = "Copy what the service keeps into a new folder, with its digests.",
	.notes = "While the service runs, too. The catalogue is in a registry of its own.\n",
	.words_min = 1,
	.words_max = 1,
	.takes_settings = true,
	.run = run_backup,
};

static int run_restore(hr_cli *cli)
{
	size_t files;

	umask(077);
	if (!hr_cli_want_state(cli) || !hr_cli_check_space(cli) ||
	    !hr_backup_restore(cli->words.items[0], cli->config.state, cli->arena, &files,
			       &cli->err))
		return HR_CLI_FAILED;
	fprintf(stderr, "huren: %zu file%s in '%s'\n", files, files == 1 ? "" : "s",
		cli->config.state);
	return 0;
}

const hr_cli_command hr_cli_restore = {
	.name = "restore",
	.usage = "FOLDER",
	.summary = "Check a backup, every byte of it, and put it into an empty state folder.",
	.notes = "Stop the service first. Nothing is written unless all is intact.\n",
	.words_min = 1,
	.words_max = 1,
	.takes_settings = true,
	.run = run_restore,
};
