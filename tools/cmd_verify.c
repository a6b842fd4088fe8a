/* huren verify: is this report recognised? */
#include "tools/ask_paper.h"
#include "tools/cli_catalog.h"
#include "tools/cli_films.h"
#include "tools/verify_batch.h"

#include "service/inquiry.h"
#include "service/verify.h"

#include <time.h>

struct values {
	const char *rev, *folder, *at, *setting, *patient, *intervened, *mark_seen;
	hr_cli_list orders;
	bool json, explain, films, paper;
	hr_batch_flags batch;
};

static const hr_cli_option options[] = {
	HR_CLI_OPTION("rev", HR_CLI_TEXT, rev, "REV",
		      "a version: commit, tag, or @TIME for what was known then"),
	HR_CLI_OPTION("catalog", HR_CLI_TEXT, folder, "DIR",
		      "a catalogue folder instead of a registry"),
	HR_CLI_OPTION("at", HR_CLI_TEXT, at, "TIME", "the time of the decision; default: now"),
	HR_CLI_OPTION("setting", HR_CLI_TEXT, setting, "SETTING",
		      "outpatient, inpatient, emergency, online or any (default)"),
	HR_CLI_OPTION("patient", HR_CLI_TEXT, patient, "FILE",
		      "the patient at hand, as a FHIR Patient"),
	HR_CLI_OPTION("order", HR_CLI_LIST, orders, "ITEM",
		      "an item about to be ordered; may be repeated"),
	HR_CLI_OPTION("intervened", HR_CLI_TEXT, intervened, "ANSWER",
		      "treated since: yes, no, unknown"),
	HR_CLI_OPTION("mark-seen", HR_CLI_TEXT, mark_seen, "MARK",
		      "the mark seen on paper, or none"),
	HR_CLI_OPTION("paper", HR_CLI_FLAG, paper, NULL,
		      "no FILE: ask what stands on a paper report"),
	HR_CLI_OPTION("batch", HR_CLI_TEXT, batch.input, "INPUT",
		      "no FILE: every file of a folder, every line of a file, or - for stdin"),
	HR_CLI_OPTION("output", HR_CLI_TEXT, batch.output, "FILE",
		      "with --batch: where the answers go; default: stdout"),
	HR_CLI_OPTION("state", HR_CLI_TEXT, batch.state, "FILE",
		      "with --batch and --output: how far it is, to go on after an end"),
	HR_CLI_OPTION("threads", HR_CLI_TEXT, batch.threads, "N",
		      "with --batch: how many verify; default: one a processor"),
	HR_CLI_OPTION("films", HR_CLI_FLAG, films, NULL,
		      "and the films that belong to the report, of the folder --data"),
	HR_CLI_OPTION("explain", HR_CLI_FLAG, explain, NULL,
		      "every reason, with its evidence; of a batch whole verdicts"),
	HR_CLI_OPTION(
		"json", HR_CLI_FLAG, json, NULL,
		"one line of JSON a report ('huren help verdict-schema'); of a batch its summary"),
};

static bool set_if(hr_inquiry *q, const char *name, const char *value, hr_error *err)
{
	return !value || hr_inquiry_set(q, hr_str_of(name), hr_str_of(value), err);
}

static bool read_patient(hr_cli *cli, const char *path, hr_inquiry *q)
{
	hr_str bytes;

	if (!path)
		return true;
	cli->input = path;
	if (!hr_file_read(path, HR_PATIENT_BYTES_MAX, cli->arena, &bytes, &cli->err) ||
	    !hr_inquiry_set(q, HR_STR("patient"), bytes, &cli->err))
		return false;
	cli->input = NULL;
	return true;
}

static bool read_orders(hr_cli *cli, const hr_cli_list *list, hr_inquiry *q)
{
	for (size_t i = 0; i < list->count; i++)
		if (!set_if(q, "order", list->items[i], &cli->err))
			return false;
	return true;
}

static bool ask(hr_cli *cli, hr_inquiry *q)
{
	const struct values *v = cli->values;

	*q = hr_inquiry_init((hr_instant){ time(NULL) }, cli->arena);
	q->style.lang = hr_cli_is_english(cli) ? HR_LANG_EN : HR_LANG_ZH;
	q->style.explain = v->explain;
	return set_if(q, "receiver", cli->config.receiver, &cli->err) &&
	       set_if(q, "at", v->at, &cli->err) && set_if(q, "setting", v->setting, &cli->err) &&
	       set_if(q, "intervened", v->intervened, &cli->err) &&
	       set_if(q, "mark-seen", v->mark_seen, &cli->err) &&
	       read_patient(cli, v->patient, q) && read_orders(cli, &v->orders, q);
}

struct session {
	hr_cli *cli;
	const hr_catalog *catalog;
	hr_reader *reader;
	hr_arena *arena; /* of one input */
	hr_inquiry inquiry;
	hr_cli_film_seeker films; /* with --films */
	bool seen[HR_OUTCOME_RECOGNISED + 1];
	int failure; /* the highest exit code of an error; 0: all inputs were read */
};

static int exit_code(const struct session *s)
{
	if (s->failure)
		return s->failure;
	if (s->seen[HR_OUTCOME_NOT_RECOGNISED])
		return 1;
	return s->seen[HR_OUTCOME_UNDECIDED] ? 4 : 0;
}

static int print_verdicts(struct session *s, const char *path, const hr_verdicts *verdicts)
{
	const struct values *v = s->cli->values;
	bool headed = s->cli->words.count > 1 && !v->json;
	hr_buf buf;

	for (size_t i = 0; i < verdicts->count; i++)
		s->seen[verdicts->verdicts[i].outcome] = true;
	hr_buf_init(&buf, s->arena, HR_REQUEST_BYTES_MAX);
	if (headed)
		hr_buf_addf(&buf, "== %s\n", path);
	hr_verdicts_format(verdicts, v->json ? HR_VERDICT_JSON : HR_VERDICT_TEXT, s->inquiry.style,
			   &buf);
	if (headed)
		HR_BUF_ADD(&buf, "\n");
	return hr_cli_print_buf(s->cli, &buf, 0);
}

static bool find_films(struct session *s, hr_verdicts *verdicts, hr_error *err)
{
	const struct values *v = s->cli->values;

	return !v->films ||
	       hr_verdicts_find_films(verdicts, hr_cli_films_seek, &s->films, s->arena, err);
}

static bool read_input(const char *path, hr_arena *arena, hr_str *out, hr_error *err)
{
	hr_str front;
	bool cut;

	if (!hr_file_read_front(path, HR_DOCUMENT_MAX, arena, &front, &cut, err) ||
	    !hr_document_check(front, cut, path, err))
		return false;
	*out = front;
	return true;
}

/* One input. An unreadable one is told and does not stop the others. */
static int verify_one(struct session *s, const char *path)
{
	hr_verdicts verdicts;
	hr_error err;
	hr_str bytes;
	int code;

	hr_arena_reset(s->arena);
	if (read_input(path, s->arena, &bytes, &err) &&
	    hr_verify(s->catalog, s->reader, &s->inquiry.question, bytes, s->arena, &verdicts,
		      &err) &&
	    find_films(s, &verdicts, &err))
		return print_verdicts(s, path, &verdicts);
	code = hr_cli_tell(&err, path, &hr_cli_verify);
	/* Of a report that is not there the input is at fault, not the call. */
	if (err.code == HR_E_NOT_FOUND)
		code = hr_error_exit(HR_E_SYNTAX);
	if (code > s->failure)
		s->failure = code;
	return 0;
}

static int verify_paper(struct session *s)
{
	hr_error *err = &s->cli->err;
	hr_verdicts verdicts;
	hr_paper paper;
	hr_ask ask;

	hr_ask_open(&ask, s->inquiry.style.lang);
	if (!hr_paper_ask(&ask, s->catalog, &s->inquiry.question, s->arena, &paper, err))
		return HR_CLI_FAILED;
	s->inquiry.question.mark_seen = paper.mark_seen;
	if (!hr_verify_reports(s->catalog, &s->inquiry.question, (hr_reports){ &paper.report, 1 },
			       s->arena, &verdicts, err) ||
	    !find_films(s, &verdicts, err) || print_verdicts(s, NULL, &verdicts) == HR_CLI_FAILED)
		return HR_CLI_FAILED;
	return exit_code(s);
}

static int verify_batch(struct session *s)
{
	const struct values *v = s->cli->values;
	const hr_batch_ask ask = {
		.catalog = s->catalog,
		.inquiry = &s->inquiry,
		.folder = v->folder,
		.local = s->cli->config.local,
		.at_is_given = v->at != NULL,
		.json = v->json,
		.explain = v->explain,
	};

	return hr_cli_verify_batch(s->cli, &v->batch, &ask);
}

static bool check_words(hr_cli *cli)
{
	const struct values *v = cli->values;

	if (v->paper + (v->batch.input != NULL) + (cli->words.count > 0) != 1)
		return hr_fail(&cli->err, HR_E_USAGE,
			       "'huren verify' wants FILE...|-|--paper|--batch INPUT");
	if (v->batch.input && v->patient)
		return hr_fail(&cli->err, HR_E_USAGE, "--batch goes without --patient");
	if (v->batch.input && v->films)
		return hr_fail(&cli->err, HR_E_USAGE, "--batch goes without --films");
	return hr_batch_flags_check(&v->batch, &cli->err);
}

static int run_session(struct session *s)
{
	const struct values *v = s->cli->values;

	if (v->paper)
		return verify_paper(s);
	if (v->batch.input)
		return verify_batch(s);
	for (size_t i = 0; i < s->cli->words.count; i++)
		if (verify_one(s, s->cli->words.items[i]) == HR_CLI_FAILED)
			return HR_CLI_FAILED;
	return exit_code(s);
}

static void close_reader(void *reader)
{
	hr_reader_close(reader);
}

static int run_with_films(struct session *s)
{
	const struct values *v = s->cli->values;
	int code;

	if (!v->films)
		return run_session(s);
	if (!hr_cli_films_open_seeker(s->cli, &s->films))
		return HR_CLI_FAILED;
	code = run_session(s);
	hr_cli_films_close_seeker(&s->films);
	return code;
}

static int run(hr_cli *cli)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(HR_REQUEST_BYTES_MAX);
	const struct values *v = cli->values;
	struct session s = { .cli = cli, .arena = arena, .reader = hr_reader_open() };
	hr_catalog *catalog = NULL;

	if (!s.reader || !arena) {
		hr_reader_close(s.reader);
		hr_fail_memory(&cli->err);
		return HR_CLI_FAILED;
	}
	if (!hr_arena_on_reset(cli->arena, close_reader, s.reader, &cli->err) ||
	    !check_words(cli) || !ask(cli, &s.inquiry) ||
	    !hr_cli_load_catalog(cli, v->folder, v->rev, cli->config.local, &catalog))
		return HR_CLI_FAILED;
	s.catalog = catalog;
	return run_with_films(&s);
}

const hr_cli_command hr_cli_verify = {
	.name = "verify",
	.usage = "FILE...|-|--paper|--batch INPUT",
	.summary = "Is a laboratory or imaging report of another institution recognised here?\n"
		   "Answers item by item, with the reasons. Reads CDA (WS/T 500, C-CDA),\n"
		   "FHIR, DICOM, HL7 v2 and our own JSON; --paper asks what stands on paper.",
	.notes = "Exit: 0 all recognised, 1 something is not, 4 undecided and nothing refused;\n"
		 "3 an input is damaged, missing or no report; 7, 8, 70 a fault on this side\n"
		 "('huren help exit-codes'). Of several inputs the first of 70, 8, 7, 3, 1, 4, 0.\n"
		 "\n"
		 "--films names, after the verdict, the films of the data folder that belong to\n"
		 "the report: by its study UID, or by its accession number with the same\n"
		 "institution and patient; and says why when none does, or it is not certain.\n"
		 "\n"
		 "--batch answers millions, on all processors, in the order of the input (of a\n"
		 "folder: of the paths' bytes): a line of JSON each, with the path, or the line\n"
		 "and id, and what was decided of each item with the codes of all reasons, or\n"
		 "what was wrong ('huren help batch-schema'); with --explain the whole verdicts,\n"
		 "some ten times as long. A line of input is a report, or {id, document: text}\n"
		 "or {id, base64: bytes} around one. At the end a summary on stderr. With --state\n"
		 "the same command goes on where an earlier run ended, however it ended, to the\n"
		 "same bytes; INPUT, question, --explain and catalogue must be the same. Exit: 0\n"
		 "all were answered, whatever the answers; 75 told to end (TERM, INT), the state\n"
		 "is kept; else a fault on this side.\n",
	HR_CLI_OPTIONS(options),
	.takes_settings = true,
	.words_min = 0,
	.words_max = SIZE_MAX,
	.run = run,
};
