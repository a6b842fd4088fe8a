/* huren settle file: is a filing needed, does it hold, may it be; and the book of them. */
#include "tools/cli_catalog.h"

#include "settlement/filing_ask.h"

enum { ANSWER_BYTES_MAX = 4 << 20 };

struct values {
	const char *rev;
	const char *folder;
	const char *reason;
	bool json;
};

#define CATALOG_OPTIONS                                                                            \
	HR_CLI_OPTION("rev", HR_CLI_TEXT, rev, "REV",                                              \
		      "a version: commit, tag, or @TIME for what was known then"),                 \
		HR_CLI_OPTION("catalog", HR_CLI_TEXT, folder, "DIR",                               \
			      "a catalogue folder instead of a registry")
#define JSON_OPTION                                                                                \
	HR_CLI_OPTION("json", HR_CLI_FLAG, json, NULL,                                             \
		      "one line of JSON, in the names of the national interface")
#define REASON_OPTION                                                                              \
	HR_CLI_OPTION("reason", HR_CLI_TEXT, reason, "TEXT", "why; kept with who and when")

/* --- what FILE asks, by which catalogue --- */

static void close_parser(void *parser)
{
	hr_json_parser_close(parser);
}

static bool read_ask(hr_cli *cli, hr_filing_ask *ask, hr_catalog **catalog)
{
	const struct values *v = cli->values;
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *node;
	hr_str bytes;

	if (!parser)
		return hr_fail_memory(&cli->err);
	if (!hr_arena_on_reset(cli->arena, close_parser, parser, &cli->err) ||
	    !hr_cli_load_catalog(cli, v->folder, v->rev, NULL, catalog))
		return false;
	cli->input = cli->words.items[0];
	return hr_file_read(cli->input, HR_FILING_BYTES_MAX, cli->arena, &bytes, &cli->err) &&
	       hr_json_read(parser, bytes, cli->arena, &node, &cli->err) &&
	       hr_filing_ask_read(node, *catalog, cli->arena, ask, &cli->err);
}

/* `id`: of the filing in the book; empty: of none. */
static int print_answer(hr_cli *cli, const hr_filing_answer *answer, hr_str id)
{
	const struct values *v = cli->values;
	hr_json_writer w;
	hr_buf buf;

	hr_buf_init(&buf, cli->arena, ANSWER_BYTES_MAX);
	if (v->json) {
		hr_json_writer_init(&w, &buf, false);
		hr_json_open_object(&w);
		hr_json_member(&w, HR_STR("id"), id);
		hr_filing_answer_write(answer, &w);
		hr_json_close_object(&w);
		hr_buf_add_char(&buf, '\n');
	} else {
		hr_filing_answer_format_text(answer, hr_cli_is_english(cli), &buf);
	}
	return hr_cli_print_buf(cli, &buf, hr_filing_answer_code(answer));
}

/* --- check --- */

static int run_check(hr_cli *cli)
{
	hr_filing_answer answer;
	hr_catalog *catalog;
	hr_filing_ask ask;

	if (!read_ask(cli, &ask, &catalog) ||
	    !hr_filing_answer_make(catalog, &ask, &answer, &cli->err))
		return HR_CLI_FAILED;
	return print_answer(cli, &answer, HR_STR_NONE);
}

static const hr_cli_option check_options[] = { CATALOG_OPTIONS, JSON_OPTION };

const hr_cli_command hr_cli_filing_check = {
	.name = "settle file check",
	.usage = "FILE|-",
	.summary = "Does a visit need a filing, and is one valid? May one be applied for, changed\n"
		   "or cancelled? By the rules of the place of insurance; nothing is kept.",
	.notes =
		"FILE is JSON in the names of the national interface. Of the person:\n"
		"insuplc_admdvs (needed), insutype, psn_type, age, psn_cert_type, certno, brdy,\n"
		"insuinfo []. What was filed: filings [] of id, rloc_rea, rloc_admdvs, begndate,\n"
		"enddate, appy_date, stas (approved, queued, refused, changed, cancelled), ended.\n"
		"And one of\n"
		"  visit        mdtrtarea_admvs, med_type, begndate, enddate, er_flag,\n"
		"               opsp_dise_code, hosp_lv, qualified\n"
		"  application  rloc_rea (a kind of the area, or its code), rloc_admdvs, begndate,\n"
		"               enddate, out_onln_way, adm_date, setl_date, again, materials [],\n"
		"               promise, proxy_for\n"
		"  change       id of a filing, objective, and as an application\n"
		"  cancel       id, objective\n"
		"with 'today', the day on which it is asked (of a visit it is not needed).\n"
		"\n"
		"Exit: 0 it is so, 1 it is not, 4 the catalogue does not say; 3 the input is\n"
		"damaged or lacks what is needed.\n",
	HR_CLI_OPTIONS(check_options),
	.takes_settings = true,
	.words_min = 1,
	.words_max = 1,
	.run = run_check,
};
