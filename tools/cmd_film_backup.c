/* huren film backup, huren film restore: the films of a data folder, elsewhere and back. */
#include "service/film_backup.h"
#include "service/state.h"
#include "tools/cli_films.h"
#include "tools/progress_line.h"

#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

struct values {
	const char *since;
};

static const hr_cli_option backup_options[] = {
	HR_CLI_OPTION("since", HR_CLI_TEXT, since, "FOLDER",
		      "an earlier backup on the same disk: what it has is linked, not copied"),
};

struct work {
	hr_films_options films;
	hr_film_backup_options how;
	hr_film_backup_counts counts;
	hr_progress_line line;
	bool shows;
	int64_t started;
	int64_t shown;
};

static void show(void *context, const hr_film_backup_counts *counts)
{
	struct work *work = context;
	const int64_t now = hr_cli_now();
	const hr_batch_progress progress = {
		.inputs = counts->objects,
		.answered = counts->objects,
		.seconds = (double)(now - work->started),
	};

	if (!work->shows || now == work->shown)
		return;
	work->shown = now;
	hr_progress_line_show(&work->line, &progress);
}

static bool begin(hr_cli *cli, struct work *out)
{
	static const hr_progress_words words = { "已处理 ", " 个影像对象", " objects" };

	umask(077);
	*out = (struct work){ .how = { .progress = show }, .started = hr_cli_now() };
	if (!hr_cli_want_data(cli) || !hr_cli_films_options(cli, &out->films, &cli->err))
		return false;
	out->how.films = &out->films;
	out->how.context = out;
	out->shows = hr_progress_line_open(&out->line, &words,
					   hr_cli_is_english(cli) ? HR_LANG_EN : HR_LANG_ZH, false);
	return true;
}

/* What could not be had is told, and by the exit code, too; the rest was. */
static int end(hr_cli *cli, struct work *work, bool ok, const char *to)
{
	const hr_film_backup_counts *n = &work->counts;
	const bool english = hr_cli_is_english(cli);

	if (work->shows)
		hr_progress_line_clear(&work->line);
	if (!ok)
		return HR_CLI_FAILED;
	fprintf(stderr,
		english ? "huren: %" PRIu64 " objects, %" PRIu64 " bytes in '%s' (%" PRIu64
			  " linked, %" PRIu64 " from a try before)\n"
			: "huren: %" PRIu64 " 个影像对象, 共 %" PRIu64
			  " 字节, 在 '%s' (硬链接 %" PRIu64 ", 上次已完成 %" PRIu64 ")\n",
		n->objects - n->faulty, n->bytes, to, n->linked, n->had);
	if (!n->faulty)
		return 0;
	fprintf(stderr,
		english ? "huren: %" PRIu64 " objects that the index knows are missing or damaged; "
			  "'huren film fsck --deep' names them\n"
			: "huren: 索引中有 %" PRIu64
			  " 个影像对象缺失或损坏, 用 'huren film fsck --deep' 查看\n",
		n->faulty);
	return hr_error_exit(HR_E_IO);
}

static int run_backup(hr_cli *cli)
{
	const struct values *v = cli->values;
	const char *to = cli->words.items[0];
	struct work work;
	bool ok;

	if (!begin(cli, &work) || !hr_state_check_space(to, cli->config.min_free_bytes, &cli->err))
		return HR_CLI_FAILED;
	work.how.since = v->since;
	ok = hr_film_backup_make(&work.how, to, (hr_instant){ hr_cli_now() }, cli->arena,
				 &work.counts, &cli->err);
	return end(cli, &work, ok, to);
}

const hr_cli_command hr_cli_film_backup = {
	.name = "film backup",
	.usage = "FOLDER",
	.summary = "Copy index and bytes of the films into a new folder, while the service runs.",
	.notes = "The index as it is at one moment, filings and settlements in it, then all bytes\n"
		 "that it knows. The folder is FOLDER.part until it is whole; the same command\n"
		 "goes on with it. node.key is not copied: keep it apart. With --objects s3://...\n"
		 "the index alone is copied. Exit 7 when bytes are missing or damaged.\n",
	HR_CLI_OPTIONS(backup_options),
	.takes_settings = true,
	.words_min = 1,
	.words_max = 1,
	.run = run_backup,
};

/* Without it the index is refused, rightly: with a new one every patient would be a stranger. */
static void tell_key(const hr_cli *cli)
{
	const char *data = cli->config.data;
	const char *wish = hr_cli_is_english(cli)
				   ? "before the service starts put the node's key back"
				   : "启动服务前, 请放回节点密钥";
	hr_buf path;

	hr_buf_init(&path, cli->arena, 4096);
	hr_buf_addf(&path, "%s/node.key", data);
	if (!path.failed && access(hr_str_terminated(cli->arena, hr_buf_str(&path)), F_OK) != 0)
		fprintf(stderr, "huren: %s: '%.*s'\n", wish, HR_STR_ARG(hr_buf_str(&path)));
}

static int run_restore(hr_cli *cli)
{
	const char *from = cli->words.items[0];
	struct work work;
	bool ok;

	if (!begin(cli, &work) ||
	    !hr_state_check_space(cli->config.data, cli->config.min_free_bytes, &cli->err))
		return HR_CLI_FAILED;
	ok = hr_film_backup_restore(&work.how, from, cli->arena, &work.counts, &cli->err);
	if (ok)
		tell_key(cli);
	return end(cli, &work, ok, cli->config.data);
}

const hr_cli_command hr_cli_film_restore = {
	.name = "film restore",
	.usage = "FOLDER",
	.summary = "Put a backup of films into a data folder without an index, every byte checked.",
	.notes = "Stop the service first. The index comes last; the same command goes on with\n"
		 "what was cut short. node.key is not in a backup: put it there, too.\n"
		 "Exit 7 when bytes are missing or damaged; the rest is put back.\n",
	.takes_settings = true,
	.words_min = 1,
	.words_max = 1,
	.run = run_restore,
};
