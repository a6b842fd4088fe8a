/* huren catalog import and export: spreadsheets in and out of a catalogue folder. */
#include "tools/cli.h"

#include "catalog/sheet.h"

enum { SHEET_BYTES_MAX = 64 * 1024 * 1024 };

struct values {
	const char *kind, *regime, *from, *to, *source, *grade, *document;
	bool replace_period, preview;
};

static const char kinds[] = "items, institutions, grants or windows";

static bool kind_of(const hr_cli *cli, hr_sheet_kind *out, hr_error *err)
{
	const struct values *v = cli->values;

	*out = hr_sheet_kind_of(hr_str_of(v->kind));
	if (!v->kind)
		return hr_fail(err, HR_E_USAGE, "--kind is needed: %s", kinds);
	if (*out == HR_SHEET_KINDS)
		return hr_fail(err, HR_E_USAGE, "--kind wants %s, not '%s'", kinds, v->kind);
	return true;
}

static void tell_problems(const hr_sheet_import_result *result)
{
	for (size_t i = 0; i < result->problem_count; i++) {
		const hr_sheet_problem *p = &result->problems[i];

		if (p->row)
			fprintf(stderr, "row %u%s", p->row, p->column.len ? ", " : ": ");
		else if (p->column.len)
			fputs("option for ", stderr);
		if (p->column.len)
			fprintf(stderr, "%.*s: ", HR_STR_ARG(p->column));
		fprintf(stderr, "%.*s [%.*s]\n", HR_STR_ARG(p->message), HR_STR_ARG(p->code));
		if (p->candidates.len)
			fprintf(stderr, "    %.*s\n", HR_STR_ARG(p->candidates));
	}
}

static int print_changes(hr_cli *cli, const hr_sheet_import_result *result)
{
	static const char signs[] = { '+', '~', '-' };
	hr_buf buf;

	hr_buf_init(&buf, cli->arena, HR_CLI_ARENA_BYTES);
	for (size_t i = 0; i < result->change_count; i++) {
		const hr_sheet_change *change = &result->changes[i];

		hr_buf_addf(&buf, "%c ", signs[change->kind]);
		if (change->row)
			hr_buf_addf(&buf, "row %u: ", change->row);
		hr_buf_add(&buf, change->subject);
		HR_BUF_ADD(&buf, "  ");
		hr_buf_add(&buf, change->text);
		HR_BUF_ADD(&buf, "\n");
	}
	hr_buf_addf(&buf, "%zu changed, %zu as they were\n", result->change_count,
		    result->unchanged);
	return hr_cli_print_buf(cli, &buf, 0);
}

static const hr_file *find_file(const hr_fileset *set, hr_str name)
{
	for (size_t i = 0; i < set->count; i++)
		if (hr_str_equal(set->files[i].name, name))
			return &set->files[i];
	return NULL;
}

/* Only the files that the sheet changed; each whole or not at all. */
static bool write_changed(hr_cli *cli, const char *folder, const hr_fileset *before,
			  const hr_fileset *after)
{
	for (size_t i = 0; i < after->count; i++) {
		const hr_file *file = &after->files[i];
		const hr_file *was = find_file(before, file->name);
		hr_buf path;

		if (was && hr_str_equal(was->bytes, file->bytes))
			continue;
		hr_buf_init(&path, cli->arena, 4096);
		hr_buf_addf(&path, "%s/%.*s", folder, HR_STR_ARG(file->name));
		if (path.failed)
			return hr_fail_memory(&cli->err);
		if (!hr_file_write(path.data, file->bytes, &cli->err))
			return false;
	}
	return true;
}

static hr_sheet_options options_of(const struct values *v)
{
	return (hr_sheet_options){
		.regime = hr_str_of(v->regime),
		.from = hr_str_of(v->from),
		.to = hr_str_of(v->to),
		.source = hr_str_of(v->source),
		.grade = hr_str_of(v->grade),
		.document = hr_str_of(v->document),
		.replace_period = v->replace_period,
	};
}

static int run_import(hr_cli *cli)
{
	const struct values *v = cli->values;
	const char *folder = cli->words.items[0];
	hr_sheet_options options = options_of(v);
	hr_sheet_import_result result;
	hr_sheet_kind kind;
	hr_fileset files;
	hr_str csv;

	if (!kind_of(cli, &kind, &cli->err) ||
	    !hr_catalog_read_folder(folder, cli->arena, &files, &cli->err) ||
	    !hr_file_read(cli->words.items[1], SHEET_BYTES_MAX, cli->arena, &csv, &cli->err) ||
	    !hr_sheet_import(kind, &files, csv, &options, cli->arena, &result, &cli->err))
		return HR_CLI_FAILED;
	if (result.problem_count) {
		tell_problems(&result);
		fprintf(stderr, "huren: problems: %zu; nothing was changed\n",
			result.problem_count);
		return hr_error_exit(HR_E_CATALOG);
	}
	if (print_changes(cli, &result) == HR_CLI_FAILED)
		return HR_CLI_FAILED;
	if (v->preview) {
		fputs("preview: nothing was written\n", stderr);
		return 0;
	}
	return write_changed(cli, folder, &files, &result.files) ? 0 : HR_CLI_FAILED;
}

static int run_export(hr_cli *cli)
{
	const struct values *v = cli->values;
	hr_sheet_kind kind;
	hr_fileset files;
	hr_str csv;

	if (!kind_of(cli, &kind, &cli->err) ||
	    !hr_catalog_read_folder(cli->words.items[0], cli->arena, &files, &cli->err) ||
	    !hr_sheet_export(kind, &files, hr_str_of(v->regime), cli->arena, &csv, &cli->err))
		return HR_CLI_FAILED;
	return hr_cli_print(cli, csv, 0);
}

static const hr_cli_option import_options[] = {
	HR_CLI_OPTION("kind", HR_CLI_TEXT, kind, "KIND", kinds),
	HR_CLI_OPTION("regime", HR_CLI_TEXT, regime, "ID", "for rows that name none"),
	HR_CLI_OPTION("from", HR_CLI_TEXT, from, "DAY", "for rows that name none"),
	HR_CLI_OPTION("to", HR_CLI_TEXT, to, "DAY", "for rows that name none"),
	HR_CLI_OPTION("source", HR_CLI_TEXT, source, "TEXT", "who says so; needed for new rows"),
	HR_CLI_OPTION("grade", HR_CLI_TEXT, grade, "GRADE",
		      "official, secondary, unverified or synthetic"),
	HR_CLI_OPTION("document", HR_CLI_TEXT, document, "ID", "the document it comes from"),
	HR_CLI_OPTION("replace-period", HR_CLI_FLAG, replace_period, NULL,
		      "for its days the sheet is the whole truth: rows it lacks go"),
	HR_CLI_OPTION("preview", HR_CLI_FLAG, preview, NULL,
		      "say what would change, and change nothing"),
};

static const hr_cli_option export_options[] = {
	HR_CLI_OPTION("kind", HR_CLI_TEXT, kind, "KIND", kinds),
	HR_CLI_OPTION("regime", HR_CLI_TEXT, regime, "ID", "only this regime's grants or windows"),
};

const hr_cli_command hr_cli_catalog_import = {
	.name = "catalog import",
	.usage = "--kind KIND DIR FILE.csv",
	.summary = "Lay a spreadsheet (CSV, UTF-8 or GB18030) over a catalogue folder.",
	.notes = "Nothing changes unless all rows are good. The columns are those of\n"
		 "'huren catalog export'.\n",
	HR_CLI_OPTIONS(import_options),
	.words_min = 2,
	.words_max = 2,
	.run = run_import,
};

const hr_cli_command hr_cli_catalog_export = {
	.name = "catalog export",
	.usage = "--kind KIND DIR",
	.summary = "Write one kind of a catalogue's rows as a spreadsheet (CSV).",
	HR_CLI_OPTIONS(export_options),
	.words_min = 1,
	.words_max = 1,
	.run = run_export,
};
