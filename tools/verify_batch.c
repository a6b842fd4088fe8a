#include "tools/verify_batch.h"

#include "tools/cli_stop.h"
#include "tools/progress_line.h"

#include "base/crypto.h"

#include <inttypes.h>
#include <sched.h>
#include <unistd.h>

enum { THREADS_MAX = 256, SUMMARY_BYTES_MAX = 1 << 24, MADE_OF_BYTES_MAX = 1 << 20 };

/* --- flags --- */

/* 0: none was given. */
static bool parse_threads(const char *text, unsigned *out)
{
	unsigned value = 0;

	for (const char *c = text; c && *c; c++) {
		if (*c < '0' || *c > '9' || value > THREADS_MAX)
			return false;
		value = value * 10 + (unsigned)(*c - '0');
	}
	*out = value;
	return !text || (value >= 1 && value <= THREADS_MAX);
}

bool hr_batch_flags_check(const hr_batch_flags *flags, hr_error *err)
{
	unsigned threads;

	if (!flags->input && (flags->output || flags->state || flags->threads))
		return hr_fail(err, HR_E_USAGE, "--output, --state and --threads go with --batch");
	if (flags->state && !flags->output)
		return hr_fail(err, HR_E_USAGE, "--state wants --output: it says how far that is");
	if (!parse_threads(flags->threads, &threads))
		return hr_fail(err, HR_E_USAGE, "--threads wants 1 to %d, not '%s'", THREADS_MAX,
			       flags->threads);
	return true;
}

/* Those that we may use: there may be more of them. */
static unsigned count_threads(const char *text)
{
	unsigned threads = 0;
	cpu_set_t set;

	parse_threads(text, &threads);
	if (!threads && sched_getaffinity(0, sizeof(set), &set) == 0)
		threads = (unsigned)CPU_COUNT(&set);
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	return threads ? threads : 1;
}

/* --- what the lines depend on --- */

static void add_field(hr_buf *buf, hr_str value)
{
	hr_buf_addf(buf, "%zu:", value.len);
	hr_buf_add(buf, value);
}

static bool add_folder(hr_buf *buf, const char *path, hr_error *err)
{
	char text[HR_SHA256_TEXT];
	hr_fileset files;
	hr_digest digest;

	if (!path)
		return true;
	if (!hr_catalog_read_folder(path, buf->arena, &files, err))
		return false;
	for (size_t i = 0; i < files.count; i++) {
		if (!hr_sha256(files.files[i].bytes, &digest, err))
			return false;
		add_field(buf, files.files[i].name);
		add_field(buf, hr_digest_format(&digest, text));
	}
	return true;
}

static void add_question(hr_buf *buf, const hr_batch_ask *ask)
{
	const hr_question *q = &ask->inquiry->question;

	add_field(buf, q->receiver);
	hr_buf_addf(buf, "%d,%d,%zu:", (int)q->setting, (int)q->intervened, q->order_count);
	add_field(buf, q->mark_seen);
	for (size_t i = 0; i < q->order_count; i++)
		add_field(buf, q->orders[i]);
	/* Without --at it is the time of the first run, which the state knows. */
	hr_buf_addf(buf, "%" PRId64 ",%d:", ask->at_is_given ? q->at.second : 0, ask->explain);
}

static bool digest_origin(const hr_batch_ask *ask, hr_arena *arena, char out[HR_SHA256_TEXT],
			  hr_error *err)
{
	hr_digest digest;
	hr_buf buf;

	hr_buf_init(&buf, arena, MADE_OF_BYTES_MAX);
	add_field(&buf, HR_STR(HUREN_VERSION));
	add_question(&buf, ask);
	if (!add_folder(&buf, ask->folder, err))
		return false;
	HR_BUF_ADD(&buf, ";");
	if (!add_folder(&buf, ask->local, err))
		return false;
	if (buf.failed)
		return hr_fail_memory(err);
	if (!hr_sha256(hr_buf_str(&buf), &digest, err))
		return false;
	hr_digest_format(&digest, out);
	return true;
}

/* --- words --- */

static int print_summary(hr_cli *cli, const hr_batch_ask *ask, const hr_batch_outcome *outcome)
{
	const hr_lang lang = ask->inquiry->style.lang;
	hr_buf buf;

	hr_buf_init(&buf, cli->arena, SUMMARY_BYTES_MAX);
	if (ask->json)
		hr_tally_format_json(&outcome->tally, outcome->at, &buf);
	else
		hr_tally_format_text(&outcome->tally, lang, &buf);
	if (buf.failed) {
		hr_fail_memory(&cli->err);
		return HR_CLI_FAILED;
	}
	fwrite(buf.data, 1, buf.len, stderr);
	return 0;
}

static int tell_stop(const hr_batch_flags *flags, hr_lang lang, const hr_batch_outcome *outcome)
{
	const bool goes_on = flags->state != NULL;
	const char *then = lang == HR_LANG_EN
				   ? goes_on ? "the same command goes on" : "no --state was kept"
			   : goes_on ? "用同样的命令继续"
				     : "没有 --state, 不能继续";

	fprintf(stderr,
		lang == HR_LANG_EN ? "huren: told to end; %" PRIu64 " are answered; %s\n"
				   : "huren: 已按要求停止, 判定了 %" PRIu64 " 份; %s\n",
		outcome->progress.inputs, then);
	return HR_CLI_STOPPED;
}

/* --- the run --- */

int hr_cli_verify_batch(hr_cli *cli, const hr_batch_flags *flags, const hr_batch_ask *ask)
{
	const hr_lang lang = ask->inquiry->style.lang;
	static const hr_progress_words words = { "已判定 ", " 份", " answered" };
	char made_of[HR_SHA256_TEXT];
	hr_progress_line line;
	hr_batch_options options = {
		.input = flags->input,
		.output = flags->output,
		.state = flags->state,
		.catalog = ask->catalog,
		.question = ask->inquiry->question,
		.explain = ask->explain,
		.threads = count_threads(flags->threads),
		.context = &line,
	};
	hr_batch_outcome outcome;
	bool ok;

	if (hr_progress_line_open(&line, &words, lang, !flags->output))
		options.progress = hr_progress_line_show;
	if (!digest_origin(ask, cli->arena, made_of, &cli->err))
		return HR_CLI_FAILED;
	options.made_of = hr_str_of(made_of);
	options.stop_fd = hr_cli_stop_open(&cli->err);
	if (options.stop_fd < 0)
		return HR_CLI_FAILED;
	ok = hr_batch_run(&options, cli->arena, &outcome, &cli->err);
	close(options.stop_fd);
	hr_progress_line_clear(&line);
	if (!ok)
		return HR_CLI_FAILED;
	if (outcome.stopped)
		return tell_stop(flags, lang, &outcome);
	return print_summary(cli, ask, &outcome);
}
