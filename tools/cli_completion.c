/* Completion for bash. zsh reads it through its bashcompinit. */
#include "tools/cli_manual.h"

/* Does an option's argument name something on disk? */
static bool is_path(const char *argument)
{
	static const char *const paths[] = { "FILE", "DIR", "REPO" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (strcmp(argument, paths[i]) == 0)
			return true;
	return false;
}

/* What may stand behind an option: a path, one of a few words, or what nobody can guess. */
static void put_values(const char *name, const char *argument, FILE *out)
{
	fprintf(out, "\t\t--%s) ", name);
	if (is_path(argument)) {
		fputs("files=yes", out);
	} else if (strchr(argument, '|')) {
		fputs("words='", out);
		for (const char *c = argument; *c; c++)
			fputc(*c == '|' ? ' ' : *c, out);
		fputs("'", out);
	} else {
		fputs(":", out);
	}
	fputs(" ;;\n", out);
}

/* Calls `put` for each option of a command, its settings too. */
static void for_options(const hr_cli_command *command,
			void (*put)(const char *name, const char *argument, FILE *out), FILE *out)
{
	const hr_str name = hr_str_of(command->name);

	for (size_t i = 0; i < command->option_count; i++)
		put(command->options[i].name, command->options[i].argument, out);
	for (size_t i = 0; command->takes_settings && i < hr_config_row_count; i++) {
		const hr_config_row *row = &hr_config_rows[i];

		if (hr_config_is_for(row, name))
			put(row->key.data, row->kind == HR_CONFIG_YES_NO ? NULL : row->argument,
			    out);
	}
}

static void put_name(const char *name, const char *argument, FILE *out)
{
	(void)argument;
	fprintf(out, " --%s", name);
}

static void put_if_valued(const char *name, const char *argument, FILE *out)
{
	if (argument)
		put_values(name, argument, out);
}

static void put_command(const hr_cli_command *command, FILE *out)
{
	fprintf(out, "\t'%s')\n\t\tcase $previous in\n", command->name);
	for_options(command, put_if_valued, out);
	fputs("\t\t*) files=yes words='--help", out);
	for_options(command, put_name, out);
	fputs("' ;;\n\t\tesac ;;\n", out);
}

/* "registry" and "publish"; the second is empty for a command that is in no group. */
static void split_name(const hr_cli_command *command, hr_str *group, hr_str *rest)
{
	*rest = hr_str_of(command->name);
	*group = hr_str_next_word(rest);
	*rest = hr_str_trim(*rest);
}

/* The commands of a group stand together in the table. */
static bool begins(size_t at, hr_str group)
{
	hr_str before;
	hr_str rest;

	if (at == 0)
		return true;
	split_name(hr_cli_commands[at - 1], &before, &rest);
	return !hr_str_equal(before, group);
}

/* The names of the groups, `join` between two; when `all`, those of single commands, too. */
static void put_groups(const char *join, bool all, FILE *out)
{
	const char *between = "";

	for (size_t i = 0; i < hr_cli_command_count; i++) {
		hr_str group;
		hr_str rest;

		split_name(hr_cli_commands[i], &group, &rest);
		if (!begins(i, group) || !(all || rest.len))
			continue;
		fprintf(out, "%s%.*s", between, HR_STR_ARG(group));
		between = join;
	}
}

/* A group alone: its second words. */
static void put_words_of_groups(FILE *out)
{
	const char *end = "";

	for (size_t i = 0; i < hr_cli_command_count; i++) {
		hr_str group;
		hr_str rest;

		split_name(hr_cli_commands[i], &group, &rest);
		if (rest.len == 0)
			continue;
		if (begins(i, group))
			fprintf(out, "%s\t'%.*s') words='%.*s", end, HR_STR_ARG(group),
				HR_STR_ARG(rest));
		else
			fprintf(out, " %.*s", HR_STR_ARG(rest));
		end = "' ;;\n";
	}
	fputs(end, out);
}

void hr_cli_print_completion(FILE *out)
{
	fputs("# For bash, made by 'huren help bash-completion'.\n"
	      "_huren()\n"
	      "{\n"
	      "\tlocal current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
	      "\tlocal command= words= files=\n"
	      "\n"
	      "\t((COMP_CWORD > 1)) && command=${COMP_WORDS[1]}\n"
	      "\t((COMP_CWORD > 2)) && case $command in\n"
	      "\t",
	      out);
	put_groups(" | ", false, out);
	fputs(") command+=\" ${COMP_WORDS[2]}\" ;;\n"
	      "\tesac\n"
	      "\tcase $command in\n"
	      "\t'') words='--help --version ",
	      out);
	put_groups(" ", true, out);
	fputs("' ;;\n", out);
	put_words_of_groups(out);
	for (size_t i = 0; i < hr_cli_command_count; i++)
		put_command(hr_cli_commands[i], out);
	fputs("\tesac\n"
	      "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
	      "\t[[ $files && $current != -* ]] && COMPREPLY+=($(compgen -f -- \"$current\"))\n"
	      "\treturn 0\n"
	      "}\n"
	      "complete -o filenames -F _huren huren\n",
	      out);
}
