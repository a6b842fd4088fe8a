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

/* What of a name stands behind a prefix of whole words: of "settle file" in "settle file check". */
static bool is_behind(const hr_cli_command *command, hr_str prefix, hr_str *rest)
{
	hr_str name = hr_str_of(command->name);

	*rest = hr_str_trim(hr_str_slice(name, prefix.len, name.len));
	return hr_str_starts_with(name, prefix) && rest->len &&
	       (prefix.len == 0 || name.data[prefix.len] == ' ');
}

/* The next words of all names that begin with the prefix, each once: they stand together. */
static void put_next_words(hr_str prefix, FILE *out)
{
	const char *between = "";
	hr_str before = HR_STR_NONE;

	for (size_t i = 0; i < hr_cli_command_count; i++) {
		hr_str rest;
		hr_str word;

		if (!is_behind(hr_cli_commands[i], prefix, &rest))
			continue;
		word = hr_str_next_word(&rest);
		if (hr_str_equal(word, before))
			continue;
		fprintf(out, "%s%.*s", between, HR_STR_ARG(word));
		before = word;
		between = " ";
	}
}

/* The part of its name before the blank that is the n-th: a group; false when there is none. */
static bool take_group(const hr_cli_command *command, size_t n, hr_str *group)
{
	hr_str name = hr_str_of(command->name);
	hr_str rest = name;

	do {
		hr_str_next_word(&rest);
		rest = hr_str_trim(rest);
	} while (n-- && rest.len);
	if (rest.len == 0)
		return false;
	*group = hr_str_slice(name, 0, (size_t)(rest.data - name.data) - 1);
	return true;
}

static bool is_first_of(size_t at, size_t n, hr_str group)
{
	hr_str before;

	for (size_t i = 0; i < at; i++)
		if (take_group(hr_cli_commands[i], n, &before) && hr_str_equal(before, group))
			return false;
	return true;
}

/* Calls `put` for each group, "registry", "settle", "settle file", once. */
static void for_groups(void (*put)(hr_str group, FILE *out), FILE *out)
{
	enum { DEPTH_MAX = 3 };

	for (size_t i = 0; i < hr_cli_command_count; i++)
		for (size_t n = 0; n < DEPTH_MAX; n++) {
			hr_str group;

			if (take_group(hr_cli_commands[i], n, &group) && is_first_of(i, n, group))
				put(group, out);
		}
}

static void put_pattern(hr_str group, FILE *out)
{
	fprintf(out, "'%.*s' | ", HR_STR_ARG(group));
}

static void put_group(hr_str group, FILE *out)
{
	fprintf(out, "\t'%.*s') words='", HR_STR_ARG(group));
	put_next_words(group, out);
	fputs("' ;;\n", out);
}

/* The words of the line are the command as long as they lead to one. */
static void put_find_command(FILE *out)
{
	fputs("\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	      "\t\tcase ${command:+$command }${COMP_WORDS[i]} in\n"
	      "\t\t",
	      out);
	for_groups(put_pattern, out);
	for (size_t i = 0; i < hr_cli_command_count; i++)
		fprintf(out, "%s'%s'", i ? " | " : "", hr_cli_commands[i]->name);
	fputs(") command+=${command:+ }${COMP_WORDS[i]} ;;\n"
	      "\t\t*) break ;;\n"
	      "\t\tesac\n"
	      "\tdone\n"
	      "\t# Behind a word that no group has, nothing is to be had.\n"
	      "\t((i < COMP_CWORD)) && case $command in\n"
	      "\t",
	      out);
	for_groups(put_pattern, out);
	fputs("'') return 0 ;;\n"
	      "\tesac\n",
	      out);
}

void hr_cli_print_completion(FILE *out)
{
	fputs("# For bash, made by 'huren help bash-completion'.\n"
	      "_huren()\n"
	      "{\n"
	      "\tlocal current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
	      "\tlocal command= words= files= i\n"
	      "\tCOMPREPLY=()\n"
	      "\n",
	      out);
	put_find_command(out);
	fputs("\tcase $command in\n"
	      "\t'') words='--help --version ",
	      out);
	put_next_words(HR_STR_NONE, out);
	fputs("' ;;\n", out);
	for_groups(put_group, out);
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
