/* The manual pages, in the macros of man(7). */
#include "tools/cli_manual.h"

/* A minus as such, not as a hyphen; what begins a line is never a request. */
static void put(hr_str text, FILE *out)
{
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.data[i];
		const bool begins = i == 0 || text.data[i - 1] == '\n';

		if (begins && (c == '.' || c == '\''))
			fputs("\\&", out);
		if (c == '\\')
			fputs("\\e", out);
		else if (c == '-')
			fputs("\\-", out);
		else
			fputc(c, out);
	}
}

static void put_line(const char *text, FILE *out)
{
	put(hr_str_of(text), out);
	fputs("\n", out);
}

static void put_head(const char *title, const char *section, const char *group, FILE *out)
{
	fprintf(out, ".TH %s %s \"\" \"huren " HUREN_VERSION "\" \"%s\"\n", title, section, group);
}

/* --- commands --- */

static void put_usage(const hr_cli_command *command, FILE *out)
{
	fputs("\\fBhuren ", out);
	put(hr_str_of(command->name), out);
	fputs("\\fR", out);
	if (command->option_count || command->takes_settings)
		fputs(" [OPTION]...", out);
	if (*command->usage)
		fputs(" ", out);
	put(hr_str_of(command->usage), out);
	fputs("\n", out);
}

static void put_option(const char *name, const char *argument, const char *help, FILE *out)
{
	fputs(".TP\n\\fB\\-\\-", out);
	put(hr_str_of(name), out);
	fputs("\\fR", out);
	if (argument) {
		fputs(" \\fI", out);
		put(hr_str_of(argument), out);
		fputs("\\fR", out);
	}
	fputs("\n", out);
	put_line(help, out);
}

static void put_settings_of(const hr_cli_command *command, FILE *out)
{
	const hr_str name = hr_str_of(command->name);

	if (!command->takes_settings)
		return;
	fputs(".PP\nSettings, see\n.BR huren.conf (5):\n", out);
	for (size_t i = 0; i < hr_config_row_count; i++) {
		const hr_config_row *row = &hr_config_rows[i];

		if (hr_config_is_for(row, name))
			put_option(row->key.data,
				   row->kind == HR_CONFIG_YES_NO ? NULL : row->argument, row->help,
				   out);
	}
}

static void put_command(const hr_cli_command *command, FILE *out)
{
	fputs(".SS huren ", out);
	put_line(command->name, out);
	put_usage(command, out);
	fputs(".PP\n", out);
	put_line(command->summary, out);
	for (size_t i = 0; i < command->option_count; i++)
		put_option(command->options[i].name, command->options[i].argument,
			   command->options[i].help, out);
	put_settings_of(command, out);
	if (!command->notes)
		return;
	/* As it was laid out for a terminal. */
	fputs(".PP\n.nf\n", out);
	put(hr_str_of(command->notes), out);
	fputs(".fi\n", out);
}

/* --- the rest of huren(1) --- */

static void put_exit_status(FILE *out)
{
	int last = 4;

	fputs(".SH EXIT STATUS\n"
	      ".TP\n0\nDone; verify: all recognised; settle: computed, or nothing is amiss.\n"
	      ".TP\n1\nverify: something is not recognised; settle: it cannot be settled or "
	      "filed, does not add up, or differs.\n"
	      ".TP\n4\nUndecided, and nothing refused; settle: no policy or rule is known.\n"
	      ".PP\nErrors:\n",
	      out);
	for (int i = HR_E_USAGE; i < HR_E_COUNT; i++) {
		const hr_error_code code = (hr_error_code)i;

		if (hr_error_exit(code) != last)
			fprintf(out, ".TP\n%d\n", hr_error_exit(code));
		last = hr_error_exit(code);
		put_line(hr_error_title(code), out);
		fputs(".br\n", out);
	}
}

void hr_cli_print_manual(FILE *out)
{
	put_head("HUREN", "1", "User Commands", out);
	fputs(".SH NAME\n"
	      "huren \\- mutual recognition of examination and laboratory results\n"
	      ".SH SYNOPSIS\n"
	      ".B huren\n"
	      ".I COMMAND\n"
	      "[OPTION]...\n"
	      ".SH DESCRIPTION\n"
	      "Is a report of another institution recognised here, item by item, and why.\n"
	      "Results go to standard output, words to standard error. The doctor decides.\n"
	      ".PP\n"
	      ".B huren help\n"
	      "lists the commands and further topics: the formats that are read, the schemas of\n"
	      "what is read and written.\n"
	      ".SH COMMANDS\n",
	      out);
	for (size_t i = 0; i < hr_cli_command_count; i++)
		put_command(hr_cli_commands[i], out);
	put_exit_status(out);
	fputs(".SH FILES\n"
	      ".TP\n\\fI/etc/huren/huren.conf\\fR, \\fI~/.config/huren/huren.conf\\fR\n"
	      "The settings; \\fB$HUREN_CONFIG\\fR names another file.\n"
	      ".SH SEE ALSO\n"
	      ".BR huren.conf (5)\n",
	      out);
}

/* --- huren.conf(5) --- */

static void put_range(const hr_config_row *row, FILE *out)
{
	if (row->kind == HR_CONFIG_NUMBER && row->max == INT64_MAX)
		fprintf(out, "From %lld. ", (long long)row->min);
	else if (row->kind == HR_CONFIG_NUMBER)
		fprintf(out, "%lld to %lld. ", (long long)row->min, (long long)row->max);
	if (row->fallback)
		fprintf(out, "Default: %s.", row->fallback);
	fputs("\n.br\n", out);
}

static void put_setting(const hr_config_row *row, FILE *out)
{
	fputs(".TP\n\\fB", out);
	put(row->key, out);
	fputs("\\fR = \\fI", out);
	put(hr_str_of(row->argument), out);
	fputs("\\fR\n", out);
	put_line(row->help, out);
	fputs(".br\n", out);
	if (row->kind == HR_CONFIG_NUMBER || row->fallback)
		put_range(row, out);
	fprintf(out, "\\fB$%s\\fR; for: %s\n", row->variable, row->users);
}

void hr_cli_print_settings_manual(FILE *out)
{
	put_head("HUREN.CONF", "5", "File Formats", out);
	fputs(".SH NAME\n"
	      "huren.conf \\- the settings of huren\n"
	      ".SH DESCRIPTION\n"
	      "A\n"
	      ".I key = value\n"
	      "a line, # for comments. Looked for at\n"
	      ".BR $HUREN_CONFIG ,\n"
	      ".IR ~/.config/huren/huren.conf ,\n"
	      ".IR /etc/huren/huren.conf ;\n"
	      "the first that exists is read. Each setting may be given in the environment, too,\n"
	      "which goes before the file, and as a flag of the commands that are named, which\n"
	      "goes before both. None of them is a secret.\n"
	      ".PP\n"
	      ".B huren serve \\-\\-check\\-config\n"
	      "tells what is set, and where.\n"
	      ".SH SETTINGS\n",
	      out);
	for (size_t i = 0; i < hr_config_row_count; i++)
		put_setting(&hr_config_rows[i], out);
	fputs(".SH SEE ALSO\n.BR huren (1)\n", out);
}
