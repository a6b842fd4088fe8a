/* huren film manifest: where a study is to be had, for others. */
#include "tools/cli_films.h"

#include "base/file.h"
#include "service/manifest_out.h"

#include <unistd.h>

enum { PERSON_BYTES_MAX = 256 };

struct values {
	const char *format;
	const char *output;
	const char *person;
	const char *institution;
};

static const hr_cli_option options[] = {
	HR_CLI_OPTION("format", HR_CLI_TEXT, format, "FORMAT",
		      "dicom (KOS, default), fhir, or index: the national index of images"),
	HR_CLI_OPTION("institution", HR_CLI_TEXT, institution, "USCC",
		      "of an index: who stores the images"),
	HR_CLI_OPTION("output", HR_CLI_TEXT, output, "FILE", "where it goes; default: stdout"),
	HR_CLI_OPTION("person", HR_CLI_TEXT, person, "FILE",
		      "of an index: the insurance's personnel code, 26 digits"),
};

static bool is_format(const struct values *v, const char *format)
{
	return hr_str_equal(v->format ? hr_str_of(v->format) : HR_STR("dicom"), hr_str_of(format));
}

static bool make_manifest(hr_cli *cli, hr_str *out)
{
	const struct values *v = cli->values;
	hr_str words[] = { hr_cli_word(cli, 0), hr_str_of(v->format), HR_STR_NONE };

	return hr_manifest_base(hr_str_of(cli->config.public_url), cli->arena, &words[2],
				&cli->err) &&
	       hr_cli_films_ask_once(cli, HR_ACT_MANIFEST, words, 3, -1, out);
}

static bool make_index(hr_cli *cli, hr_str *out)
{
	const struct values *v = cli->values;
	hr_str words[] = { hr_cli_word(cli, 0), HR_STR_NONE, hr_str_of(v->institution) };
	hr_str index;
	hr_buf line;

	if (v->person &&
	    !hr_file_read(v->person, PERSON_BYTES_MAX, cli->arena, &words[1], &cli->err))
		return false;
	words[1] = hr_str_trim(words[1]);
	if (!hr_cli_films_ask_once(cli, HR_ACT_INDEX, words, 3, -1, &index))
		return false;
	hr_buf_init(&line, cli->arena, HR_IMAGE_INDEX_TEXT + 1);
	hr_buf_add(&line, index);
	HR_BUF_ADD(&line, "\n");
	*out = hr_buf_str(&line);
	return !line.failed || hr_fail_memory(&cli->err);
}

/* A file of DICOM does a terminal no good. */
static bool check_output(hr_cli *cli)
{
	const struct values *v = cli->values;

	if (!is_format(v, "dicom") && !is_format(v, "fhir") && !is_format(v, "index"))
		return hr_fail(&cli->err, HR_E_USAGE, "--format is dicom, fhir or index");
	return v->output || !is_format(v, "dicom") || !isatty(STDOUT_FILENO) ||
	       hr_fail(&cli->err, HR_E_USAGE,
		       "a manifest of DICOM is not text: give --output FILE");
}

static int run(hr_cli *cli)
{
	const struct values *v = cli->values;
	hr_str made;

	if (!check_output(cli) ||
	    !(is_format(v, "index") ? make_index(cli, &made) : make_manifest(cli, &made)))
		return HR_CLI_FAILED;
	if (!v->output)
		return hr_cli_print(cli, made, 0);
	return hr_file_write(v->output, made, &cli->err) ? 0 : HR_CLI_FAILED;
}

const hr_cli_command hr_cli_film_manifest = {
	.name = "film manifest",
	.usage = "STUDY",
	.summary = "Say where a study is to be had, for others: a manifest instead of its bytes.",
	.notes =
		"dicom is a key object selection of IHE MADO and XDS-I.b, fhir the same as a\n"
		"Bundle with an ImagingStudy. Both name the address of --public-url. The same\n"
		"study gives the same bytes. An index means a person: it goes into no address and\n"
		"no log, and the code that it begins with comes from a file, because a command\n"
		"line is seen by others. Body part and equipment stand as unknown in it.\n",
	HR_CLI_OPTIONS(options),
	.takes_settings = true,
	.words_min = 1,
	.words_max = 1,
	.run = run,
};
