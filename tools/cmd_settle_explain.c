/* huren settle explain: why 210 and not 80? */
#include "tools/cli_catalog.h"
#include "tools/cli_documents.h"

#include "settlement/explain.h"

struct values {
	const char *rev, *folder;
	bool json, lines;
};

static const hr_cli_option options[] = {
	HR_CLI_OPTION("rev", HR_CLI_TEXT, rev, "REV",
		      "a version: commit, tag, or @TIME for what was known then"),
	HR_CLI_OPTION("catalog", HR_CLI_TEXT, folder, "DIR",
		      "a catalogue folder instead of a registry"),
	HR_CLI_OPTION("lines", HR_CLI_FLAG, lines, NULL,
		      "FILE has a visit in each line; with --json an answer in each"),
	HR_CLI_OPTION("json", HR_CLI_FLAG, json, NULL,
		      "one line of JSON ('huren help settle-schema')"),
};

struct explaining {
	hr_cli *cli;
	const hr_catalog *catalog;
	bool differs; /* a received result */
	bool unknown; /* a visit had no policy */
};

static bool explain_visit(void *context, const hr_json *node, hr_arena *arena, hr_buf *out,
			  hr_error *err)
{
	struct explaining *e = context;
	const struct values *v = e->cli->values;
	hr_explain_ask *ask = HR_NEW(arena, hr_explain_ask);
	hr_explain explain;

	if (!ask)
		return hr_fail_memory(err);
	if (!hr_explain_read(node, e->catalog, arena, ask, err) ||
	    !hr_explain_make(e->catalog, ask, arena, &explain, err))
		return false;
	e->differs |= hr_explain_code(&explain) == 1;
	e->unknown |= hr_explain_code(&explain) == 4;
	if (v->json)
		hr_explain_format_json(&explain, out);
	else
		hr_explain_format_text(&explain,
				       hr_cli_is_english(e->cli) ? HR_QUOTE_EN : HR_QUOTE_ZH, out);
	return true;
}

static int run(hr_cli *cli)
{
	const struct values *v = cli->values;
	struct explaining explaining = { .cli = cli };
	const hr_cli_documents documents = {
		.lines = v->lines,
		.bytes_max = HR_EXPLAIN_BYTES_MAX,
		.words = { "已说明 ", " 人次", " explained" },
		.answer = explain_visit,
		.context = &explaining,
	};
	hr_catalog *catalog;
	int code;

	if (!hr_cli_check_lines(cli, v->lines, v->json) ||
	    !hr_cli_load_catalog(cli, v->folder, v->rev, NULL, &catalog))
		return HR_CLI_FAILED;
	explaining.catalog = catalog;
	code = hr_cli_answer_documents(cli, &documents);
	if (code)
		return code;
	return explaining.differs ? 1 : explaining.unknown ? 4 : 0;
}

const hr_cli_command hr_cli_settle_explain = {
	.name = "settle explain",
	.usage = "FILE|-",
	.summary = "Why does the patient pay what he pays? In plain words: each part, what a\n"
		   "filing or another level of hospital would have changed, and what is not known.",
	.notes =
		"FILE is the visit, as 'huren settle quote' takes it; or a visit and a result:\n"
		"{\"visit\": {...}, \"result\": {...}}, the result being the answer of 2207 or\n"
		"2304 that was received for it, as 'huren settle check' takes it. Then each\n"
		"amount that differs is told, whether the result adds up, and what may be\n"
		"the cause.\n"
		"\n"
		"It is a trial calculation; the place of insurance decides.\n"
		"\n"
		"Exit: 0 explained; 1 the received result differs or does not add up; 4 no policy\n"
		"is known for the visit; 3 the input is damaged or lacks what is needed.\n",
	HR_CLI_OPTIONS(options),
	.takes_settings = true,
	.words_min = 1,
	.words_max = 1,
	.run = run,
};
