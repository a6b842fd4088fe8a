/* huren catalog: check a folder, start one. */
#include "tools/cli.h"

#include "catalog/template.h"

struct values {
	bool local;
};

static int run_check(hr_cli *cli)
{
	const struct values *v = cli->values;
	hr_issues issues;
	hr_fileset files;
	hr_buf buf;

	if (!hr_catalog_read_folder(cli->words.items[0], cli->arena, &files, &cli->err) ||
	    !hr_catalog_check(&files, v->local, cli->arena, &issues, &cli->err))
		return HR_CLI_FAILED;
	hr_buf_init(&buf, cli->arena, HR_CLI_ARENA_BYTES);
	hr_cli_format_issues(&issues, &buf);
	if (hr_cli_print_buf(cli, &buf, 0) == HR_CLI_FAILED)
		return HR_CLI_FAILED;
	fprintf(stderr, "%zu files: %zu errors, %zu warnings\n", files.count, issues.errors,
		issues.count > issues.errors ? issues.count - issues.errors : 0);
	return issues.errors ? hr_error_exit(HR_E_CATALOG) : 0;
}

static int run_new(hr_cli *cli)
{
	const char *path = cli->words.items[0];
	hr_fileset files;

	if (!hr_catalog_template(cli->arena, &files, &cli->err) ||
	    !hr_fileset_write(path, &files, &cli->err))
		return HR_CLI_FAILED;
	fprintf(stderr, "%zu files in %s; next: edit them, then 'huren catalog check %s'\n",
		files.count, path, path);
	return 0;
}

static const hr_cli_option check_options[] = {
	HR_CLI_OPTION("local", HR_CLI_FLAG, local, NULL, "the folder is a hospital's overlay"),
};

const hr_cli_command hr_cli_catalog_check = {
	.name = "catalog check",
	.usage = "DIR",
	.summary = "Check a catalogue folder: every issue, with its place and what to do.",
	.notes = "Exit: 0 sound or warnings alone, 5 errors.\n",
	HR_CLI_OPTIONS(check_options),
	.words_min = 1,
	.words_max = 1,
	.run = run_check,
};

const hr_cli_command hr_cli_catalog_new = {
	.name = "catalog new",
	.usage = "DIR",
	.summary = "Make a small commented catalogue to start from.",
	.values_bytes = sizeof(struct values),
	.words_min = 1,
	.words_max = 1,
	.run = run_new,
};
