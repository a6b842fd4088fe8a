/* huren settle clear, reconcile: what regions owe each other for a month, and do both say so? */
#include "tools/cli_documents.h"

#include "service/clear.h"

#include <time.h>

struct values {
	const char *month, *from, *before, *prepaid, *stays, *scratch;
	hr_cli_list ours, theirs;
	bool areas, json;
};

enum { ANSWER_BYTES_MAX = 1 << 30, PREPAID_BYTES_MAX = 1 << 20 };

/* --- the period --- */

static bool read_month(const char *word, hr_instant *from, hr_instant *to)
{
	char text[HR_DATE_TEXT];
	hr_date first;

	if (strlen(word) != 7)
		return false;
	snprintf(text, sizeof(text), "%s-01", word);
	if (!hr_date_parse(hr_str_of(text), &first))
		return false;
	*from = hr_date_start(first);
	*to = hr_date_start(hr_date_add_months(first, 1));
	return true;
}

static bool read_period(const struct values *v, hr_clear_options *out, hr_error *err)
{
	hr_date from;
	hr_date before;

	if (v->month) {
		if (v->from || v->before)
			return hr_fail(err, HR_E_USAGE, "--month, or --from and --before");
		return read_month(v->month, &out->from, &out->to) ||
		       hr_fail(err, HR_E_USAGE, "--month is one as 2026-10");
	}
	if (!v->from || !v->before)
		return hr_fail(err, HR_E_USAGE,
			       "which period? give --month, or --from and --before");
	if (!hr_date_parse(hr_str_of(v->from), &from) ||
	    !hr_date_parse(hr_str_of(v->before), &before) || before.day <= from.day)
		return hr_fail(err, HR_E_USAGE,
			       "--from and --before are days as 2026-10-01, the first before the "
			       "second");
	out->from = hr_date_start(from);
	out->to = hr_date_start(before);
	return true;
}

static bool read_options(hr_cli *cli, hr_clear_options *out)
{
	const struct values *v = cli->values;
	hr_money stay = { 0 };

	out->by_area = v->areas;
	out->scratch = v->scratch ? v->scratch : "/var/tmp";
	if (v->stays && (!hr_money_parse(hr_str_of(v->stays), &stay) || stay.fen <= 0))
		return hr_fail(&cli->err, HR_E_USAGE, "--stays-above is an amount of yuan");
	out->stay_fen = stay.fen;
	if (out->file_count > HR_CLEAR_FILES_MAX)
		return hr_fail(&cli->err, HR_E_USAGE, "over %d files", HR_CLEAR_FILES_MAX);
	return read_period(v, out, &cli->err);
}

/* --- progress --- */

struct showing {
	hr_progress_line line;
	struct timespec begun;
};

static double seconds_since(const struct timespec *begun)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - begun->tv_sec) + (double)(now.tv_nsec - begun->tv_nsec) / 1e9;
}

static void show(void *context, uint64_t lines, uint64_t bytes, uint64_t bytes_all)
{
	struct showing *s = context;
	const hr_batch_progress progress = {
		.inputs = lines,
		.answered = lines,
		.units = bytes,
		.left = bytes_all > bytes ? bytes_all - bytes : 0,
		.seconds = seconds_since(&s->begun),
	};

	hr_progress_line_show(&s->line, &progress);
}

static bool run_with_progress(hr_cli *cli, hr_clear_options *options,
			      bool (*run)(const hr_clear_options *, hr_arena *, hr_clear *,
					  hr_error *),
			      hr_clear *out)
{
	static const hr_progress_words words = { .zh_before = "已读 ",
						 .zh_after = " 笔",
						 .en_after = " read" };
	struct showing s;
	bool shown;
	bool ok;

	clock_gettime(CLOCK_MONOTONIC, &s.begun);
	shown = hr_progress_line_open(&s.line, &words,
				      hr_cli_is_english(cli) ? HR_LANG_EN : HR_LANG_ZH, true);
	if (shown) {
		options->progress = show;
		options->context = &s;
	}
	ok = run(options, cli->arena, out, &cli->err);
	if (shown)
		hr_progress_line_clear(&s.line);
	return ok;
}

/* --- clear --- */

static bool read_prepayment(hr_cli *cli, const char *path, hr_prepayment *out)
{
	const hr_json *node;

	if (!hr_cli_read_json(cli, path, PREPAID_BYTES_MAX, &node))
		return false;
	cli->input = path;
	if (!hr_prepayment_read(node, cli->arena, out, &cli->err))
		return false;
	cli->input = NULL;
	return true;
}

static uint64_t count_faults(const hr_clear *clear)
{
	uint64_t faults = 0;

	for (hr_clear_fault_kind i = 0; i < HR_CLEAR_KINDS; i++)
		faults += clear->faults[i];
	return faults;
}

static int run_clear(hr_cli *cli)
{
	const struct values *v = cli->values;
	hr_clear_options options = { .files = cli->words.items, .file_count = cli->words.count };
	hr_prepayment prepayment;
	hr_clear clear;
	hr_clear_telling telling = { .options = &options,
				     .clear = &clear,
				     .prepayment = v->prepaid ? &prepayment : NULL,
				     .english = hr_cli_is_english(cli) };
	hr_buf buf;

	if (!read_options(cli, &options) ||
	    (v->prepaid && !read_prepayment(cli, v->prepaid, &prepayment)) ||
	    !run_with_progress(cli, &options, hr_clear_run, &clear))
		return HR_CLI_FAILED;
	hr_buf_init(&buf, cli->arena, ANSWER_BYTES_MAX);
	(v->json ? hr_clear_format_json : hr_clear_format_text)(&telling, &buf);
	return hr_cli_print_buf(cli, &buf, count_faults(&clear) ? 1 : 0);
}

#define PERIOD_OPTIONS                                                                             \
	HR_CLI_OPTION("month", HR_CLI_TEXT, month, "YYYY-MM", "of setl_time, at +08:00"),          \
		HR_CLI_OPTION("from", HR_CLI_TEXT, from, "DAY", "another period: its first day"),  \
		HR_CLI_OPTION("before", HR_CLI_TEXT, before, "DAY", "and the day after its last")

#define SCRATCH_OPTIONS                                                                            \
	HR_CLI_OPTION("scratch", HR_CLI_TEXT, scratch, "DIR",                                      \
		      "where lies what memory does not hold; /var/tmp unless given"),              \
		HR_CLI_OPTION("json", HR_CLI_FLAG, json, NULL, "one line of JSON")

static const hr_cli_option clear_options[] = {
	PERIOD_OPTIONS,
	HR_CLI_OPTION("areas", HR_CLI_FLAG, areas, NULL,
		      "between pooling areas of six digits; else between provinces"),
	HR_CLI_OPTION("prepaid", HR_CLI_TEXT, prepaid, "FILE",
		      "what was prepaid: how much of it is used, with the warnings"),
	HR_CLI_OPTION("stays-above", HR_CLI_TEXT, stays, "YUAN",
		      "name the lines of stays that cost more, for both sides to check"),
	SCRATCH_OPTIONS,
};

const hr_cli_command hr_cli_settle_clear = {
	.name = "settle clear",
	.usage = "FILE|-...",
	.summary = "What do regions owe each other for a month? Statements from settlements, by\n"
		   "regions, institutions, insurances and funds.",
	.notes = "FILE has a settlement (2207, 2304) in each line: setlinfo, or its members at\n"
		 "the top. Needed besides the amounts: medins_setl_id, setl_time,\n"
		 "insuplc_admdvs, mdtrtarea_admvs, insutype, fixmedins_code, psn_no; for stays\n"
		 "med_type. One that takes another back names its medins_setl_id in omsgid and\n"
		 "repeats its amounts; it counts in the month in which it was made.\n"
		 "\n"
		 "What is repeated counts once. What breaks an identity, is disputed under one\n"
		 "id, or takes back other amounts does not count; each is told with its line.\n"
		 "--prepaid is JSON: source, yellow and red (\"0.70\"), and prepaid [] of\n"
		 "insuplc_admdvs, mdtrtarea_admvs, amount.\n"
		 "\n"
		 "Exit: 0 every line counts; 1 some do not, or were repeated; 3 the input cannot\n"
		 "be read.\n",
	HR_CLI_OPTIONS(clear_options),
	.takes_settings = true,
	.words_min = 1,
	.words_max = HR_CLEAR_FILES_MAX,
	.run = run_clear,
};

/* --- reconcile --- */

static bool join_files(hr_cli *cli, hr_clear_options *out)
{
	const struct values *v = cli->values;
	const char **files;

	if (!v->ours.count || !v->theirs.count)
		return hr_fail(&cli->err, HR_E_USAGE, "give --ours and --theirs");
	files = HR_NEW_N(cli->arena, const char *, v->ours.count + v->theirs.count);
	if (!files)
		return hr_fail_memory(&cli->err);
	memcpy(files, v->ours.items, v->ours.count * sizeof(*files));
	memcpy(files + v->ours.count, v->theirs.items, v->theirs.count * sizeof(*files));
	out->files = files;
	out->file_count = v->ours.count + v->theirs.count;
	out->ours = v->ours.count;
	return true;
}

static int run_reconcile(hr_cli *cli)
{
	const struct values *v = cli->values;
	hr_clear_options options = { 0 };
	hr_clear clear;
	hr_clear_telling telling = { .options = &options,
				     .clear = &clear,
				     .english = hr_cli_is_english(cli) };
	hr_buf buf;

	if (!join_files(cli, &options) || !read_options(cli, &options) ||
	    !run_with_progress(cli, &options, hr_clear_reconcile, &clear))
		return HR_CLI_FAILED;
	hr_buf_init(&buf, cli->arena, ANSWER_BYTES_MAX);
	(v->json ? hr_reconcile_format_json : hr_reconcile_format_text)(&telling, &buf);
	return hr_cli_print_buf(cli, &buf, count_faults(&clear) ? 1 : 0);
}

static const hr_cli_option reconcile_options[] = {
	HR_CLI_OPTION("ours", HR_CLI_LIST, ours, "FILE", "settlements as we have them"),
	HR_CLI_OPTION("theirs", HR_CLI_LIST, theirs, "FILE", "as the other side has them"),
	PERIOD_OPTIONS,
	HR_CLI_OPTION("areas", HR_CLI_FLAG, areas, NULL,
		      "regions of six digits must agree; else provinces"),
	SCRATCH_OPTIONS,
};

const hr_cli_command hr_cli_settle_reconcile = {
	.name = "settle reconcile",
	.usage = "--ours FILE --theirs FILE",
	.summary = "Do two sides have the same settlements? Totals (3201), and every difference\n"
		   "of the details (3202).",
	.notes = "The files are as for 'huren settle clear'; either may be given several times.\n"
		 "A difference names its file and line, and the first member that differs.\n"
		 "\n"
		 "Exit: 0 they agree, 1 they do not; 3 the input cannot be read.\n",
	HR_CLI_OPTIONS(reconcile_options),
	.takes_settings = true,
	.run = run_reconcile,
};
