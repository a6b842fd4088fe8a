/* huren settle record, reverse, resettle, ledger: settlements that are kept. */
#include "tools/cli_catalog.h"
#include "tools/cli_documents.h"
#include "tools/cli_settlements.h"
#include "tools/cli_stop.h"

#include <inttypes.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_BYTES_MAX = 256 << 20, SHOW_EVERY_MS = 500 };

struct values {
	const char *rev;
	const char *folder;
	const char *reason;
	const char *area;
	const char *insurance;
	const char *year;
	bool apply;
	bool json;
	bool lines;
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

/* What all of them use. */
struct desk {
	hr_cli *cli;
	hr_cli_settlements settlements;
	hr_settlement_desk desk;
	const hr_catalog *catalog;
	int code; /* of the last one, or the worst */
};

static bool open_desk(hr_cli *cli, bool wants_catalog, struct desk *out)
{
	const struct values *v = cli->values;
	hr_catalog *catalog = NULL;

	*out = (struct desk){ .cli = cli };
	if ((wants_catalog && !hr_cli_load_catalog(cli, v->folder, v->rev, NULL, &catalog)) ||
	    !hr_cli_settlements_open(cli, &out->settlements))
		return false;
	out->catalog = catalog;
	out->desk = hr_cli_settlements_desk(&out->settlements);
	return true;
}

static void format_answer(const hr_cli *cli, const hr_ledger_answer *answer, hr_buf *out)
{
	const struct values *v = cli->values;

	if (v->json)
		hr_ledger_answer_format_json(answer, out);
	else
		hr_ledger_answer_format_text(answer, hr_cli_is_english(cli), out);
}

static int print_answer(hr_cli *cli, const hr_ledger_answer *answer)
{
	hr_buf buf;

	hr_buf_init(&buf, cli->arena, ANSWER_BYTES_MAX);
	format_answer(cli, answer, &buf);
	return hr_cli_print_buf(cli, &buf, hr_ledger_answer_code(answer));
}

/* --- record --- */

static bool record_one(void *context, const hr_json *node, hr_arena *arena, hr_buf *out,
		       hr_error *err)
{
	struct desk *d = context;
	hr_ledger_answer answer;
	hr_ledger_ask ask;

	if (!hr_ledger_ask_read(node, d->catalog, HR_LEDGER_ASKS_RECORD, arena, &ask, err) ||
	    !hr_settlement_record(&d->desk, d->catalog, &ask, arena, &answer, err))
		return false;
	if (hr_ledger_answer_code(&answer))
		d->code = hr_ledger_answer_code(&answer);
	format_answer(d->cli, &answer, out);
	return true;
}

static int run_record(hr_cli *cli)
{
	const struct values *v = cli->values;
	struct desk d;
	const hr_cli_documents documents = {
		.lines = v->lines,
		.bytes_max = HR_LEDGER_ASK_BYTES_MAX,
		.words = { "已记入 ", " 笔", " recorded" },
		.answer = record_one,
		.context = &d,
	};
	int code;

	if (!hr_cli_check_lines(cli, v->lines, v->json) || !open_desk(cli, true, &d))
		return HR_CLI_FAILED;
	code = hr_cli_answer_documents(cli, &documents);
	hr_cli_settlements_close(&d.settlements);
	return code ? code : d.code;
}

/* --- reverse, ledger --- */

static bool read_ask(hr_cli *cli, const hr_catalog *catalog, hr_ledger_asks asks,
		     hr_ledger_ask *out)
{
	const hr_json *node;

	if (!hr_cli_read_json(cli, cli->words.items[0], HR_LEDGER_ASK_BYTES_MAX, &node))
		return false;
	cli->input = cli->words.items[0];
	if (!hr_ledger_ask_read(node, catalog, asks, cli->arena, out, &cli->err))
		return false;
	cli->input = NULL;
	return true;
}

static bool put_reversal(const hr_cli *cli, hr_ledger_ask *ask, hr_error *err)
{
	const struct values *v = cli->values;
	const hr_str id = hr_cli_word(cli, 1);

	if (ask->reverses.len && !hr_str_equal(ask->reverses, id))
		return hr_fail(err, HR_E_USAGE, "'omsgid' of the file is another ID");
	if (v->reason)
		ask->reason = hr_str_of(v->reason);
	if (hr_str_trim(ask->reason).len == 0)
		return hr_fail(err, HR_E_USAGE, "a reversal wants --reason TEXT");
	ask->reverses = id;
	return true;
}

static int run_reverse(hr_cli *cli)
{
	hr_ledger_answer answer;
	hr_ledger_ask ask;
	struct desk d;
	bool ok;

	if (!open_desk(cli, true, &d))
		return HR_CLI_FAILED;
	ok = read_ask(cli, d.catalog, HR_LEDGER_ASKS_REVERSE, &ask) &&
	     put_reversal(cli, &ask, &cli->err) &&
	     hr_settlement_reverse(&d.desk, d.catalog, &ask, cli->arena, &answer, &cli->err);
	hr_cli_settlements_close(&d.settlements);
	return ok ? print_answer(cli, &answer) : HR_CLI_FAILED;
}

static int run_ledger(hr_cli *cli)
{
	hr_ledger_answer answer;
	hr_ledger_ask ask;
	struct desk d;
	bool ok;

	if (!open_desk(cli, false, &d))
		return HR_CLI_FAILED;
	ok = read_ask(cli, NULL, HR_LEDGER_ASKS_YEAR, &ask) &&
	     hr_settlement_show(&d.desk, &ask, cli->arena, &answer, &cli->err);
	hr_cli_settlements_close(&d.settlements);
	return ok ? print_answer(cli, &answer) : HR_CLI_FAILED;
}

/* --- resettle --- */

struct resettling {
	struct desk d;
	hr_ledger_scope scope;
	hr_ledger_sums sums;
	hr_arena *arena; /* of one batch */
	hr_progress_line line;
	bool shown;
	int64_t begun_ms;
	int64_t shown_ms;
	int stop_fd;
	bool stopped;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void show(struct resettling *r)
{
	const int64_t now = now_ms();
	const uint64_t persons = (uint64_t)r->sums.persons;

	if (!r->shown || now - r->shown_ms < SHOW_EVERY_MS)
		return;
	r->shown_ms = now;
	hr_progress_line_show(
		&r->line, &(hr_batch_progress){ .inputs = persons,
						.answered = persons,
						.units = persons,
						.seconds = (double)(now - r->begun_ms) / 1000 });
}

static bool is_digits(hr_str text, size_t min, size_t max)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
	return text.len >= min && text.len <= max;
}

static bool read_scope(hr_cli *cli, hr_ledger_scope *out)
{
	const struct values *v = cli->values;
	int64_t year = 0;

	out->insured = hr_str_of(v->area);
	out->insurance = hr_str_of(v->insurance);
	if (!is_digits(out->insured, 2, 6))
		return hr_fail(
			&cli->err, HR_E_USAGE,
			"--area is two to six digits of GB/T 2260: all places that begin so");
	if (out->insurance.len == 0)
		return hr_fail(&cli->err, HR_E_USAGE,
			       "--insurance is a code of insutype: 310, 390");
	if (!is_digits(hr_str_of(v->year), 4, 4) || !hr_decimal_parse(hr_str_of(v->year), 0, &year))
		return hr_fail(&cli->err, HR_E_USAGE, "--year is a year of four digits");
	if (v->apply && hr_str_trim(hr_str_of(v->reason)).len == 0)
		return hr_fail(&cli->err, HR_E_USAGE, "--apply wants --reason TEXT");
	out->year = (int32_t)year;
	return true;
}

static void format_changes(struct resettling *r, const hr_settlement_again *again, hr_buf *out)
{
	const struct values *v = r->d.cli->values;
	char word[HR_SETTLEMENT_PERSON_TEXT];
	const hr_ledger_told told = {
		.scope = { hr_str_of(again->person.insured), r->scope.insurance, r->scope.year },
		.person = hr_settlement_person_word(&again->person.key, word),
		.changes = &again->changes,
		.applied = v->apply,
	};

	if (v->json)
		hr_ledger_changes_format_json(&told, out);
	else
		hr_ledger_changes_format_text(&told, hr_cli_is_english(r->d.cli), out);
}

static bool print_batch(struct resettling *r, const hr_settlement_again *batch, size_t count)
{
	hr_buf buf;

	hr_buf_init(&buf, r->arena, ANSWER_BYTES_MAX);
	for (size_t i = 0; i < count; i++) {
		hr_ledger_sums_add(&r->sums, &batch[i].changes);
		if (batch[i].changes.count)
			format_changes(r, &batch[i], &buf);
	}
	if (buf.len && r->shown)
		hr_progress_line_clear(&r->line);
	if ((buf.len || buf.failed) && hr_cli_print_buf(r->d.cli, &buf, 0) == HR_CLI_FAILED)
		return false;
	show(r);
	return true;
}

static bool resettle_all(struct resettling *r)
{
	hr_cli *cli = r->d.cli;
	const struct values *v = cli->values;
	const hr_settlement_person *after = NULL;
	hr_settlement_again *batch;
	hr_settlement_person last;
	size_t count;

	do {
		r->stopped = hr_cli_stop_asked(r->stop_fd);
		if (r->stopped)
			return true;
		hr_arena_reset(r->arena);
		if (!hr_settlement_resettle_next(&r->d.desk, r->d.catalog, &r->scope, after,
						 v->apply, hr_str_of(v->reason), r->arena, &batch,
						 &count, &cli->err) ||
		    !print_batch(r, batch, count))
			return false;
		if (count)
			last = batch[count - 1].person;
		after = &last;
	} while (count);
	return true;
}

static int print_sums(struct resettling *r)
{
	hr_cli *cli = r->d.cli;
	const struct values *v = cli->values;
	int code = r->sums.settlements > 0;
	hr_buf buf;

	if (r->sums.unsettled)
		code = 4;
	hr_buf_init(&buf, cli->arena, 1 << 16);
	if (v->json)
		hr_ledger_sums_format_json(&r->sums, &buf);
	else
		hr_ledger_sums_format_text(&r->sums, hr_cli_is_english(cli), &buf);
	return hr_cli_print_buf(cli, &buf, code);
}

/* What is done stands, whatever ended it; of a batch that failed some may be done as well. */
static void tell_how_far(const struct resettling *r)
{
	const bool english = hr_cli_is_english(r->d.cli);
	const char *ended = !r->stopped ? "" : english ? "told to end; " : "已按要求停止: ";
	const char *at_least = r->stopped ? "" : english ? "at least " : "至少";

	if (r->sums.applied)
		fprintf(stderr,
			english ? "huren: %spersons looked at: %" PRId64 ", settlements settled "
				  "again: %s%" PRId64 "; the same command goes on\n"
				: "huren: %s已核对 %" PRId64 " 人, %s已重新结算 %" PRId64
				  " 笔; 再用同样的命令, 接着做完\n",
			ended, r->sums.persons, at_least, r->sums.settlements);
	else
		fprintf(stderr,
			english ? "huren: %spersons looked at: %" PRId64 "; nothing was kept\n"
				: "huren: %s已核对 %" PRId64 " 人; 什么也没有记入\n",
			ended, r->sums.persons);
}

static int finish(struct resettling *r, bool ok)
{
	if (r->shown)
		hr_progress_line_clear(&r->line);
	if (r->stopped || !ok)
		tell_how_far(r);
	if (!ok)
		return HR_CLI_FAILED;
	return r->stopped ? HR_CLI_STOPPED : print_sums(r);
}

static int run_opened(struct resettling *r)
{
	static const hr_progress_words words = { "已核对 ", " 人", " looked at" };
	hr_cli *cli = r->d.cli;
	int code;

	r->arena = hr_arena_open(HR_CLI_ARENA_BYTES);
	r->shown = hr_progress_line_open(&r->line, &words,
					 hr_cli_is_english(cli) ? HR_LANG_EN : HR_LANG_ZH, true);
	code = finish(r, r->arena ? resettle_all(r) : hr_fail_memory(&cli->err));
	hr_arena_close(r->arena);
	return code;
}

static int run_resettle(hr_cli *cli)
{
	const struct values *v = cli->values;
	struct resettling r = { .begun_ms = now_ms(), .sums = { .applied = v->apply } };
	int code = HR_CLI_FAILED;

	if (!read_scope(cli, &r.scope))
		return HR_CLI_FAILED;
	r.stop_fd = hr_cli_stop_open(&cli->err);
	if (r.stop_fd < 0)
		return HR_CLI_FAILED;
	if (open_desk(cli, true, &r.d)) {
		code = run_opened(&r);
		hr_cli_settlements_close(&r.d.settlements);
	}
	close(r.stop_fd);
	return code;
}

/* --- the commands --- */

static const hr_cli_option record_options[] = {
	CATALOG_OPTIONS,
	HR_CLI_OPTION("lines", HR_CLI_FLAG, lines, NULL,
		      "FILE has a visit in each line; with --json an answer in each"),
	JSON_OPTION,
};
static const hr_cli_option reverse_options[] = { CATALOG_OPTIONS, REASON_OPTION, JSON_OPTION };
static const hr_cli_option ledger_options[] = { JSON_OPTION };
static const hr_cli_option resettle_options[] = {
	HR_CLI_OPTION("area", HR_CLI_TEXT, area, "REGION",
		      "places of insurance: two to six digits that they begin with"),
	HR_CLI_OPTION("insurance", HR_CLI_TEXT, insurance, "CODE", "insutype: 310, 390"),
	HR_CLI_OPTION("year", HR_CLI_TEXT, year, "YEAR", "of the days of settlement"),
	HR_CLI_OPTION("apply", HR_CLI_FLAG, apply, NULL,
		      "keep what comes out; else it is only told"),
	REASON_OPTION,
	CATALOG_OPTIONS,
	HR_CLI_OPTION("json", HR_CLI_FLAG, json, NULL,
		      "a line of JSON for each person with a change, then one of all"),
};

const hr_cli_command hr_cli_settle_record = {
	.name = "settle record",
	.usage = "FILE|-",
	.summary = "Settle a visit and keep it: the person's year so far comes from the book.\n"
		   "A trial calculation by the policies, as 'settle quote' is.",
	.notes = "FILE is JSON: certno and psn_cert_type (a command line is seen by others),\n"
		 "setl_time, and visit {} as 'settle quote' takes it, with medins_setl_id and\n"
		 "without year. Neither name nor number is kept.\n"
		 "The same medins_setl_id with the same content gives the same answer again and\n"
		 "changes nothing; with other content it is refused, and the first member that\n"
		 "differs is named.\n"
		 "\n"
		 "Exit: 0 kept, now or before; 4 no policy is known, or the sources conflict: not\n"
		 "kept; 6 the medins_setl_id is in use; 3 the input is damaged or lacks what is\n"
		 "needed.\n",
	HR_CLI_OPTIONS(record_options),
	.takes_settings = true,
	.words_min = 1,
	.words_max = 1,
	.run = run_record,
};

const hr_cli_command hr_cli_settle_reverse = {
	.name = "settle reverse",
	.usage = "--reason TEXT FILE ID",
	.summary = "Take a settlement back (2208, 2305): the year is as if it had not been.\n"
		   "Later ones that would come out otherwise now are told, and stay.",
	.notes = "FILE is JSON: certno, psn_cert_type, insuplc_admdvs. ID is its medins_setl_id.\n"
		 "Done twice it changes nothing the second time. Later settlements of the year\n"
		 "are never changed silently: 'huren settle resettle' settles them again.\n"
		 "\n"
		 "Exit: 0 reversed; 1 reversed, and later ones would come out otherwise; 2 the\n"
		 "person has no such settlement; 3 the input is damaged or lacks what is needed.\n",
	HR_CLI_OPTIONS(reverse_options),
	.takes_settings = true,
	.words_min = 2,
	.words_max = 2,
	.run = run_reverse,
};

const hr_cli_command hr_cli_settle_ledger = {
	.name = "settle ledger",
	.usage = "FILE|-",
	.summary = "A person's year: every settlement, and what the year has come to.\n"
		   "Those reversed and those settled again are among them.",
	.notes = "FILE is JSON: certno, psn_cert_type, insuplc_admdvs, insutype, year (2025).\n"
		 "\n"
		 "Exit: 0; 3 the input is damaged or lacks what is needed.\n",
	HR_CLI_OPTIONS(ledger_options),
	.takes_settings = true,
	.words_min = 1,
	.words_max = 1,
	.run = run_ledger,
};

const hr_cli_command hr_cli_settle_resettle = {
	.name = "settle resettle",
	.usage = "--area REGION --insurance CODE --year YEAR",
	.summary = "Settle a year again, after a retroactive change of policy.\n"
		   "For each person what changes, by how much and why; kept with --apply alone.",
	.notes = "A reason is a record that is another (with both and their sources), an earlier\n"
		 "settlement of the year that changes, or one that was reversed. With the same\n"
		 "policies nothing changes. What this version cannot settle stays as it is.\n"
		 "Persons are told by a word that only this node can make; settlements by their\n"
		 "medins_setl_id. The old result is kept beside the new one.\n"
		 "Persons are done in batches, each of them whole. Ctrl-C ends it after a batch:\n"
		 "what is done stands, and the same command goes on.\n"
		 "\n"
		 "Exit: 0 nothing changes; 1 something does, or did; 4 some cannot be settled\n"
		 "again (the lines say why); 75 told to end.\n",
	HR_CLI_OPTIONS(resettle_options),
	.takes_settings = true,
	.words_min = 0,
	.words_max = 0,
	.run = run_resettle,
};
