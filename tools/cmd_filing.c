/* huren settle file: is a filing needed, does it hold, may it be; and the book of them. */
#include "tools/cli_catalog.h"
#include "tools/cli_documents.h"

#include "service/filing_deeds.h"
#include "settlement/filing_tally.h"
#include "tools/cli_filings.h"

enum { ANSWER_BYTES_MAX = 4 << 20, REVIEWERS_MAX = 1000000 };

struct values {
	const char *rev;
	const char *folder;
	const char *reason;
	const char *reviewers;
	bool json;
	bool lines;
	bool summary;
};

#define CATALOG_OPTIONS                                                                            \
	HR_CLI_OPTION("rev", HR_CLI_TEXT, rev, "REV",                                              \
		      "a version: commit, tag, or @TIME for what was known then"),                 \
		HR_CLI_OPTION("catalog", HR_CLI_TEXT, folder, "DIR",                               \
			      "a catalogue folder instead of a registry")
#define JSON_OPTION                                                                                \
	HR_CLI_OPTION("json", HR_CLI_FLAG, json, NULL,                                             \
		      "one line of JSON ('huren help settle-schema')")
#define REASON_OPTION                                                                              \
	HR_CLI_OPTION("reason", HR_CLI_TEXT, reason, "TEXT", "why; kept with who and when")

/* --- what FILE asks, by which catalogue --- */

static bool read_file(hr_cli *cli, const hr_catalog *catalog, hr_filing_ask *ask)
{
	const hr_json *node;

	if (!hr_cli_read_json(cli, cli->words.items[0], HR_FILING_BYTES_MAX, &node))
		return false;
	cli->input = cli->words.items[0];
	return hr_filing_ask_read(node, catalog, cli->arena, ask, &cli->err);
}

static bool read_ask(hr_cli *cli, hr_filing_ask *ask, hr_catalog **catalog)
{
	const struct values *v = cli->values;

	return hr_cli_load_catalog(cli, v->folder, v->rev, NULL, catalog) &&
	       read_file(cli, *catalog, ask);
}

static void format_answer(hr_cli *cli, const hr_filing_answer *answer, hr_str id, hr_buf *out)
{
	const struct values *v = cli->values;
	const hr_filing_style style = { .text = !v->json, .english = hr_cli_is_english(cli) };

	hr_filing_answer_format(answer, id, style, out);
}

static int print_answer(hr_cli *cli, const hr_filing_answer *answer, hr_str id)
{
	hr_buf buf;

	hr_buf_init(&buf, cli->arena, ANSWER_BYTES_MAX);
	format_answer(cli, answer, id, &buf);
	return hr_cli_print_buf(cli, &buf, hr_filing_answer_code(answer));
}

/* --- check --- */

struct checking {
	hr_cli *cli;
	const hr_catalog *catalog;
	int code; /* of the last one */
	hr_filing_tally tally;
};

static bool is_application(const hr_filing_ask *ask)
{
	return ask->asks == HR_FILING_ASKS_APPLY || ask->asks == HR_FILING_ASKS_CHANGE;
}

static bool check_question(void *context, const hr_json *node, hr_arena *arena, hr_buf *out,
			   hr_error *err)
{
	struct checking *c = context;
	hr_filing_answer answer;
	hr_filing_ask ask;

	if (!hr_filing_ask_read(node, c->catalog, arena, &ask, err) ||
	    !hr_filing_answer_make(c->catalog, &ask, &answer, err))
		return false;
	if (((const struct values *)c->cli->values)->summary) {
		if (!is_application(&ask))
			return hr_fail(err, HR_E_INCOMPLETE,
				       "filing: 'application' or 'change' is missing: --summary "
				       "counts them");
		hr_filing_tally_add(&c->tally, &answer.decision);
		return true;
	}
	c->code = hr_filing_answer_code(&answer);
	format_answer(c->cli, &answer, HR_STR_NONE, out);
	return true;
}

/* A number of people, or 0 where none is given. */
static bool read_reviewers(hr_cli *cli, uint32_t *out)
{
	const struct values *v = cli->values;
	int64_t number = 0;

	if (v->reviewers &&
	    (!v->summary || !hr_decimal_parse(hr_str_of(v->reviewers), 0, &number) || number < 1 ||
	     number > REVIEWERS_MAX))
		return hr_fail(&cli->err, HR_E_USAGE,
			       "--reviewers is for --summary: a number of 1 to %d", REVIEWERS_MAX);
	*out = (uint32_t)number;
	return true;
}

static int print_tally(hr_cli *cli, const hr_filing_tally *tally, uint32_t reviewers, int code)
{
	const struct values *v = cli->values;
	hr_buf buf;

	hr_buf_init(&buf, cli->arena, ANSWER_BYTES_MAX);
	if (v->json)
		hr_filing_tally_format_json(tally, reviewers, &buf);
	else
		hr_filing_tally_format_text(tally, reviewers, hr_cli_is_english(cli), &buf);
	return hr_cli_print_buf(cli, &buf, code);
}

static int run_check(hr_cli *cli)
{
	const struct values *v = cli->values;
	uint32_t reviewers = 0;
	struct checking checking = { .cli = cli };
	const hr_cli_documents documents = {
		.lines = v->lines,
		.bytes_max = HR_FILING_BYTES_MAX,
		.words = { "已核对 ", " 件", " checked" },
		.answer = check_question,
		.context = &checking,
	};
	hr_catalog *catalog;
	int code;

	if (!read_reviewers(cli, &reviewers) ||
	    !hr_cli_check_lines(cli, v->lines, v->json || v->summary) ||
	    !hr_cli_load_catalog(cli, v->folder, v->rev, NULL, &catalog))
		return HR_CLI_FAILED;
	checking.catalog = catalog;
	code = hr_cli_answer_documents(cli, &documents);
	if (v->summary && code != HR_CLI_FAILED)
		return print_tally(cli, &checking.tally, reviewers, code);
	return code || v->lines ? code : checking.code;
}

static const hr_cli_option check_options[] = {
	CATALOG_OPTIONS,
	HR_CLI_OPTION("lines", HR_CLI_FLAG, lines, NULL,
		      "FILE has a question in each line; with --json an answer in each"),
	HR_CLI_OPTION("summary", HR_CLI_FLAG, summary, NULL,
		      "no answers: how many applications an officer must read"),
	HR_CLI_OPTION("reviewers", HR_CLI_TEXT, reviewers, "NUMBER",
		      "of --summary: and how many each of so many has"),
	JSON_OPTION,
};

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
		"  application  rloc_rea (a kind, or its code), rloc_admdvs, begndate,\n"
		"               enddate, out_onln_way, adm_date, setl_date, again, materials [],\n"
		"               promise, proxy_for\n"
		"  change       id of a filing, objective, and as an application\n"
		"  cancel       id, objective\n"
		"with 'today', the day on which it is asked (of a visit it is not needed).\n"
		"\n"
		"--summary counts applications and changes by who reads them: the system at once,\n"
		"or an officer, as the record of the channel (out_onln_way) has it.\n"
		"\n"
		"Exit: 0 it is so, 1 it is not, 4 the catalogue does not say; 3 the input is\n"
		"damaged or lacks what is needed.\n",
	HR_CLI_OPTIONS(check_options),
	.takes_settings = true,
	.words_min = 1,
	.words_max = 1,
	.run = run_check,
};

/* --- the book --- */

static bool list_by_act(void *context, const hr_filing_whose *whose, hr_filing_list *out,
			hr_error *err)
{
	hr_cli *cli = context;
	const struct values *v = cli->values;
	hr_str answer;

	(void)err; /* it is the command's own */
	return hr_cli_filings_list(cli, whose, hr_str_of(v->reason), out, &answer);
}

static bool put_by_act(void *context, const hr_filing_whose *whose, const hr_filing_put *put,
		       hr_str *id, hr_error *err)
{
	hr_cli *cli = context;
	const struct values *v = cli->values;

	(void)err;
	return hr_cli_filings_put(cli, whose, hr_str_of(v->reason), put, id);
}

static hr_filing_way way_of(hr_cli *cli)
{
	return (hr_filing_way){ .list = list_by_act,
				.put = put_by_act,
				.context = cli,
				.today = hr_instant_date((hr_instant){ hr_cli_now() }),
				.arena = cli->arena };
}

static int decide(hr_cli *cli, hr_filing_asks asks)
{
	const hr_filing_way way = way_of(cli);
	hr_filing_answer answer;
	hr_catalog *catalog;
	hr_filing_ask ask;
	hr_str id;

	if (!read_ask(cli, &ask, &catalog) ||
	    !hr_filing_decide(&way, catalog, &ask, asks, &answer, &id, &cli->err))
		return HR_CLI_FAILED;
	return print_answer(cli, &answer, id);
}

static int run_apply(hr_cli *cli)
{
	return decide(cli, HR_FILING_ASKS_APPLY);
}

static int run_change(hr_cli *cli)
{
	return decide(cli, HR_FILING_ASKS_CHANGE);
}

static int run_cancel(hr_cli *cli)
{
	return decide(cli, HR_FILING_ASKS_CANCEL);
}

/* An officer's word on one that is queued. */
static int conclude(hr_cli *cli, hr_filing_deed deed)
{
	const hr_filing_way way = way_of(cli);
	hr_filing_ask ask;

	return read_file(cli, NULL, &ask) &&
			       hr_filing_conclude(&way, &ask, deed, hr_cli_word(cli, 1), &cli->err)
		       ? 0
		       : HR_CLI_FAILED;
}

static int run_approve(hr_cli *cli)
{
	return conclude(cli, HR_FILING_DEED_APPROVE);
}

static int run_refuse(hr_cli *cli)
{
	return conclude(cli, HR_FILING_DEED_REFUSE);
}

static int run_list(hr_cli *cli)
{
	const struct values *v = cli->values;
	hr_filing_whose whose;
	hr_filing_list list;
	hr_filing_ask ask;
	hr_buf buf;
	hr_str answer;

	if (!read_file(cli, NULL, &ask) || !hr_filing_ask_whose(&ask, &whose, &cli->err) ||
	    !hr_cli_filings_list(cli, &whose, hr_str_of(v->reason), &list, &answer))
		return HR_CLI_FAILED;
	hr_buf_init(&buf, cli->arena, ANSWER_BYTES_MAX);
	hr_buf_add(&buf, answer);
	hr_buf_add_char(&buf, '\n');
	return hr_cli_print_buf(cli, &buf, 0);
}

static const hr_cli_option book_options[] = { CATALOG_OPTIONS, REASON_OPTION, JSON_OPTION };
static const hr_cli_option officer_options[] = { REASON_OPTION };
static const hr_cli_option list_options[] = { HR_CLI_OPTION(
	"reason", HR_CLI_TEXT, reason, "TEXT", "why it is looked at; kept with who and when") };

#define PERSON_NOTE                                                                                \
	"FILE is as 'settle file check' has it, without 'today' and 'filings', and with\n"         \
	"certno and psn_cert_type, which a command line would show to others.\n"

#define BOOK_COMMAND(symbol, name_, usage_, summary_, notes_, options_, words, run_)               \
	const hr_cli_command symbol = {                                                            \
		.name = (name_),                                                                   \
		.usage = (usage_),                                                                 \
		.summary = (summary_),                                                             \
		.notes = (notes_),                                                                 \
		HR_CLI_OPTIONS(options_),                                                          \
		.takes_settings = true,                                                            \
		.words_min = (words),                                                              \
		.words_max = (words),                                                              \
		.run = (run_),                                                                     \
	}

BOOK_COMMAND(hr_cli_filing_apply, "settle file apply", "FILE",
	     "Apply for a filing: approved at once, queued for an officer, or refused with\n"
	     "every reason. It is kept in the data folder.",
	     PERSON_NOTE "\nExit: as 'settle file check'.\n", book_options, 1, run_apply);
BOOK_COMMAND(hr_cli_filing_change, "settle file change", "FILE",
	     "Change a filing: another in its place, from its first day on.",
	     PERSON_NOTE "\nExit: as 'settle file check'.\n", book_options, 1, run_change);
BOOK_COMMAND(hr_cli_filing_cancel, "settle file cancel", "FILE",
	     "Cancel a filing from today on, where its rules allow it.",
	     PERSON_NOTE "\nExit: as 'settle file check'.\n", book_options, 1, run_cancel);
BOOK_COMMAND(hr_cli_filing_approve, "settle file approve", "--reason TEXT FILE ID",
	     "Approve a filing that is queued.", PERSON_NOTE, officer_options, 2, run_approve);
BOOK_COMMAND(hr_cli_filing_refuse, "settle file refuse", "--reason TEXT FILE ID",
	     "Refuse a filing that is queued.", PERSON_NOTE, officer_options, 2, run_refuse);
BOOK_COMMAND(hr_cli_filing_list, "settle file list", "FILE",
	     "What a person has filed, as JSON, with the reasons it was decided by.", PERSON_NOTE,
	     list_options, 1, run_list);
