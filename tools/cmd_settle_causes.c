/* huren settle diagnose: why not directly? And settle institutions: where, and for what? */
#include "tools/cli_catalog.h"
#include "tools/cli_documents.h"

#include "settlement/filing_ask.h"
#include "settlement/network.h"

#include <time.h>

struct values {
	const char *rev, *folder, *filings, *platform_text, *region, *opened, *at;
	bool json, lines;
};

static const hr_cli_option diagnose_options[] = {
	HR_CLI_OPTION("rev", HR_CLI_TEXT, rev, "REV",
		      "a version: commit, tag, or @TIME for what was known then"),
	HR_CLI_OPTION("catalog", HR_CLI_TEXT, folder, "DIR",
		      "a catalogue folder instead of a registry"),
	HR_CLI_OPTION("filings", HR_CLI_TEXT, filings, "FILE",
		      "what the person has filed: the question of 'huren settle file check'"),
	HR_CLI_OPTION("platform-text", HR_CLI_TEXT, platform_text, "TEXT",
		      "what the platform said, or @FILE; UTF-8 or GB18030"),
	HR_CLI_OPTION("lines", HR_CLI_FLAG, lines, NULL,
		      "FILE has a visit in each line; with --json an answer in each"),
	HR_CLI_OPTION("json", HR_CLI_FLAG, json, NULL,
		      "one line of JSON ('huren help settle-schema')"),
};

/* Exit codes by outcome: a "no" is worse than what nobody knows. */
static const int exits[] = {
	[HR_DIAGNOSIS_DIRECT] = 0,
	[HR_DIAGNOSIS_NOT_DIRECT] = 1,
	[HR_DIAGNOSIS_NOT_KNOWN] = 4,
};

struct diagnosing {
	hr_cli *cli;
	const hr_catalog *catalog;
	hr_str said;			/* of the command line */
	const hr_filing_ruling *filing; /* of it, too; NULL: none */
	bool seen[3];			/* by outcome */
};

static bool diagnose_visit(void *context, const hr_json *node, hr_arena *arena, hr_buf *out,
			   hr_error *err)
{
	struct diagnosing *d = context;
	const struct values *v = d->cli->values;
	hr_visit visit;
	hr_diagnosis diagnosis;

	if (!hr_visit_read_unbilled(node, d->catalog, arena, &visit, err))
		return false;
	if (d->said.len)
		visit.facts.err_msg = d->said;
	if (d->filing)
		hr_visit_take_filing(d->filing, &visit);
	if (!hr_diagnose(d->catalog, &visit, arena, &diagnosis, err))
		return false;
	d->seen[diagnosis.outcome] = true;
	if (v->json)
		hr_diagnosis_format_json(&diagnosis, out);
	else
		hr_diagnosis_format_text(
			&diagnosis, hr_cli_is_english(d->cli) ? HR_QUOTE_EN : HR_QUOTE_ZH, out);
	return true;
}

static int exit_of(const struct diagnosing *d)
{
	if (d->seen[HR_DIAGNOSIS_NOT_DIRECT])
		return exits[HR_DIAGNOSIS_NOT_DIRECT];
	return d->seen[HR_DIAGNOSIS_NOT_KNOWN] ? exits[HR_DIAGNOSIS_NOT_KNOWN] : 0;
}

static bool read_said(hr_cli *cli, hr_str *out)
{
	const struct values *v = cli->values;

	*out = hr_str_of(v->platform_text);
	if (!hr_str_starts_with(*out, HR_STR("@")))
		return true;
	cli->input = v->platform_text + 1;
	return hr_file_read(v->platform_text + 1, HR_ERR_MSG_MAX, cli->arena, out, &cli->err);
}

/* The ruling about the visit that a question on filings asks of. */
static bool rule_filings(struct diagnosing *d)
{
	hr_cli *cli = d->cli;
	const struct values *v = cli->values;
	hr_filing_answer *answer = HR_NEW(cli->arena, hr_filing_answer);
	hr_filing_ask *ask = HR_NEW(cli->arena, hr_filing_ask);
	const hr_json *node;

	if (!v->filings)
		return true;
	if (!answer || !ask)
		return hr_fail_memory(&cli->err);
	if (!hr_cli_read_json(cli, v->filings, HR_FILING_BYTES_MAX, &node))
		return false;
	cli->input = v->filings;
	if (!hr_filing_ask_read(node, d->catalog, cli->arena, ask, &cli->err) ||
	    !hr_filing_answer_make(d->catalog, ask, answer, &cli->err))
		return false;
	if (!answer->is_ruling)
		return hr_fail(&cli->err, HR_E_USAGE, "--filings wants a question with a visit");
	d->filing = &answer->ruling;
	return true;
}

static int run_diagnose(hr_cli *cli)
{
	const struct values *v = cli->values;
	struct diagnosing diagnosing = { .cli = cli };
	const hr_cli_documents documents = {
		.lines = v->lines,
		.bytes_max = HR_VISIT_BYTES_MAX,
		.words = { "已诊断 ", " 人次", " diagnosed" },
		.answer = diagnose_visit,
		.context = &diagnosing,
	};
	hr_catalog *catalog;
	int code;

	if (!hr_cli_check_lines(cli, v->lines, v->json) ||
	    !hr_cli_load_catalog(cli, v->folder, v->rev, NULL, &catalog) ||
	    !read_said(cli, &diagnosing.said))
		return HR_CLI_FAILED;
	diagnosing.catalog = catalog;
	if (!rule_filings(&diagnosing))
		return HR_CLI_FAILED;
	code = hr_cli_answer_documents(cli, &documents);
	return code ? code : exit_of(&diagnosing);
}

const hr_cli_command hr_cli_settle_diagnose = {
	.name = "settle diagnose",
	.usage = "FILE|-",
	.summary = "Can a visit be settled directly, and if not, why? Every cause that applies,\n"
		   "in order, with what cures it and which office can; and what is not known.",
	.notes = "FILE is the JSON of 'huren settle quote', filings [] among it; the bill may be\n"
		 "left out. Beside it, where it is known, and what is not is told as not known:\n"
		 "  psn_insu_stas        0, 1, 2, 3: not insured, in force, suspended, ended\n"
		 "  insuinfo []          of all insurances: insuplc_admdvs, insutype,\n"
		 "                       psn_insu_stas\n"
		 "  waiting_until        the last day of the waiting period, or \"none\"\n"
		 "  cert_stas            active, inactive, damaged: the card or certificate\n"
		 "  filing_faults []     wrong-region, wrong-type, expired, overlap,\n"
		 "                       insured-place, care-place, name, certificate,\n"
		 "                       another-person; [] none\n"
		 "  excluded []          maternity, work-injury, third-party, abroad; [] none\n"
		 "  qualifications []    of 门慢特: opsp_dise_code, begndate, enddate\n"
		 "  open_stays []        not settled, beside this one: fixmedins_code\n"
		 "  platform_maintenance true, false\n"
		 "  err_msg              the platform's own error text\n"
		 "\n"
		 "Causes: CARD_INACTIVE, FILING_BAD_DATA, MULTI_INSURED, UNPAID, WAITING_PERIOD,\n"
		 "NOT_FILED, FILING_WRONG_REGION, FILING_WRONG_TYPE, FILING_EXPIRED,\n"
		 "FILING_OVERLAP, REGION_NOT_OPEN, INST_NOT_LINKED, MAINTENANCE, NOT_COVERED,\n"
		 "PERSON_SCOPE, NO_QUALIFICATION, OPEN_STAY, CAP_EXHAUSTED.\n"
		 "\n"
		 "Exit: 0 it can be settled directly, 1 it cannot, 4 undecided; 3 the input is\n"
		 "damaged or lacks what is needed. Of several visits the first of 3, 1, 4, 0.\n",
	HR_CLI_OPTIONS(diagnose_options),
	.takes_settings = true,
	.words_min = 1,
	.words_max = 1,
	.run = run_diagnose,
};

/* --- institutions --- */

static const hr_cli_option institutions_options[] = {
	HR_CLI_OPTION("rev", HR_CLI_TEXT, rev, "REV",
		      "a version: commit, tag, or @TIME for what was known then"),
	HR_CLI_OPTION("catalog", HR_CLI_TEXT, folder, "DIR",
		      "a catalogue folder instead of a registry"),
	HR_CLI_OPTION("region", HR_CLI_TEXT, region, "REGION",
		      "two, four or six digits; default: all"),
	HR_CLI_OPTION("opened", HR_CLI_TEXT, opened, "SERVICE",
		      "inpatient, outpatient, chronic or pharmacy; default: all"),
	HR_CLI_OPTION("at", HR_CLI_TEXT, at, "DAY", "what was open on that day; default: today"),
	HR_CLI_OPTION("json", HR_CLI_FLAG, json, NULL,
		      "one line of JSON ('huren help settle-schema')"),
};

static bool choose(hr_cli *cli, hr_network_query *out)
{
	const struct values *v = cli->values;
	const struct {
		hr_str name;
		const char *value;
	} given[] = { { HR_STR("region"), v->region },
		      { HR_STR("opened"), v->opened },
		      { HR_STR("at"), v->at } };

	*out = (hr_network_query){ .service = HR_SERVICE_COUNT,
				   .on = hr_instant_date((hr_instant){ time(NULL) }) };
	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
		if (given[i].value &&
		    !hr_network_query_set(out, given[i].name, hr_str_of(given[i].value), &cli->err))
			return false;
	return true;
}

static int run_institutions(hr_cli *cli)
{
	const struct values *v = cli->values;
	hr_network_query query;
	hr_catalog *catalog;
	hr_buf buf;
	size_t found;

	if (!choose(cli, &query) || !hr_cli_load_catalog(cli, v->folder, v->rev, NULL, &catalog))
		return HR_CLI_FAILED;
	hr_buf_init(&buf, cli->arena, HR_CLI_ARENA_BYTES / 2);
	found = v->json ? hr_network_format_json(catalog, &query, &buf)
			: hr_network_format_text(catalog, &query,
						 hr_cli_is_english(cli) ? HR_QUOTE_EN : HR_QUOTE_ZH,
						 &buf);
	return hr_cli_print_buf(cli, &buf, found ? 0 : 4);
}

const hr_cli_command hr_cli_settle_institutions = {
	.name = "settle institutions",
	.usage = "",
	.summary = "Which institutions, pharmacies among them, settle directly for people from\n"
		   "elsewhere, and what each has opened.",
	.notes = "With each: since when, for which diseases, for other provinces or only within\n"
		 "its own, and who says so; then whether that is the whole list, how many the\n"
		 "source counts, and how far the network reaches by county and level. One that\n"
		 "is absent from a partial list may well have opened it.\n"
		 "\n"
		 "Exit: 0 something is known; 4 no institution is.\n",
	HR_CLI_OPTIONS(institutions_options),
	.takes_settings = true,
	.run = run_institutions,
};
