/* huren film publish-links: links to films, as a hospital's systems write them by the thousand. */
#include "tools/cli_films.h"

#include "base/file.h"
#include "service/film_publish.h"
#include "tools/progress_line.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	TOLD_MAX = 100,		    /* refusals that are told in words */
	CHUNK_BYTES_MAX = 32 << 20, /* of rows that are sent at once; one more comes to it */
	CHUNK_ROOM = HR_ACT_PUBLISH_BYTES_MAX,
	PROGRESS_MS = 500,
	SAID_BYTES = 2048, /* of a row */
};
#define FILE_ARENA_BYTES  ((size_t)1536 << 20)
#define CHUNK_ARENA_BYTES ((size_t)512 << 20)

struct values {
	const char *institution;
	const char *rejects;
	bool json;
};

static const hr_cli_option options[] = {
	HR_CLI_OPTION("institution", HR_CLI_TEXT, institution, "USCC",
		      "whose patient numbers they are, where a row does not say"),
	HR_CLI_OPTION("json", HR_CLI_FLAG, json, NULL,
		      "a line of JSON for each row, and one of all ('huren help film-schema')"),
	HR_CLI_OPTION("rejects", HR_CLI_TEXT, rejects, "FILE",
		      "rows that were refused, to be mended and sent again"),
};

struct publishing {
	hr_cli *cli;
	const struct values *values;
	hr_cli_films films;
	int socket;
	hr_link_rows *rows;
	hr_arena *arena; /* of one chunk */
	hr_json_parser *parser;
	hr_buf rejects;
	hr_progress_line line;
	bool shows;
	int64_t started_ms;
	int64_t shown_ms;
	size_t done;
	uint64_t counts[HR_PUBLISH_RESULTS];
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- told --- */

static void show(struct publishing *p)
{
	const int64_t now = now_ms();
	const hr_batch_progress progress = {
		.inputs = p->done,
		.answered = p->done,
		.units = p->done,
		.left = hr_link_rows_count(p->rows) - p->done,
		.seconds = (double)(now - p->started_ms) / 1000,
	};

	if (!p->shows || now - p->shown_ms < PROGRESS_MS)
		return;
	p->shown_ms = now;
	hr_progress_line_show(&p->line, &progress);
}

/* The name that a person sees in his header. */
static hr_str column_word(hr_str column, bool english)
{
	const char *name;

	for (size_t i = 0; (name = hr_link_column_name(i, true)); i++)
		if (hr_str_equal(column, hr_str_of(name)))
			return hr_str_of(hr_link_column_name(i, english));
	return column;
}

static void tell_refusal(struct publishing *p, const hr_publish_row *told)
{
	const bool english = hr_cli_is_english(p->cli);
	hr_str column = column_word(told->problem.column, english);
	hr_str text = hr_link_problem_text(told->problem.kind, english);

	hr_progress_line_clear(&p->line);
	if (p->counts[HR_PUBLISH_REFUSED] < TOLD_MAX)
		fprintf(stderr,
			english ? "huren: row %" PRIu32 ": %.*s%s%.*s\n"
				: "huren: 第 %" PRIu32 " 行: %.*s%s%.*s\n",
			hr_link_rows_number(p->rows, told->row), HR_STR_ARG(column),
			column.len ? " " : "", HR_STR_ARG(text));
	else if (p->counts[HR_PUBLISH_REFUSED] == TOLD_MAX)
		fputs(english ? "huren: more are refused: '--rejects FILE' or '--json' tells them\n"
			      : "huren: 还有拒收的行: 请用 '--rejects FILE' 或 '--json' 查看\n",
		      stderr);
}

static void note_reject(struct publishing *p, const hr_publish_row *told)
{
	hr_str text = hr_link_problem_text(told->problem.kind, false);
	hr_str column = column_word(told->problem.column, false);
	hr_buf said;

	hr_buf_init(&said, p->arena, SAID_BYTES);
	hr_buf_addf(&said, "%.*s%s%.*s", HR_STR_ARG(column), column.len ? " " : "",
		    HR_STR_ARG(text));
	text = hr_buf_str(&said);
	if (p->values->rejects)
		hr_link_rows_write(p->rows, told->row, &text, &p->rejects);
}

static void tell(struct publishing *p, const hr_publish_row *told)
{
	hr_buf line;

	if (told->is == HR_PUBLISH_REFUSED)
		note_reject(p, told);
	if (p->values->json) {
		hr_buf_init(&line, p->arena, SAID_BYTES);
		hr_publish_format_row(told, hr_link_rows_number(p->rows, told->row),
				      hr_cli_is_english(p->cli), &line);
		HR_BUF_ADD(&line, "\n");
		hr_progress_line_clear(&p->line);
		fwrite(line.data, 1, line.len, p->cli->out);
	} else if (told->is == HR_PUBLISH_REFUSED) {
		tell_refusal(p, told);
	}
	p->counts[told->is]++;
	p->done++;
}

/* --- some hundred --- */

/* As a file that no name leads to: what stands in it is about patients. */
static int make_chunk(struct publishing *p, hr_error *err)
{
	const size_t count = hr_link_rows_count(p->rows);
	hr_buf chunk;
	int fd;

	hr_buf_init(&chunk, p->arena, CHUNK_ROOM);
	hr_link_rows_write_header(p->rows, false, &chunk);
	for (size_t i = p->done;
	     i < count && i - p->done < HR_PUBLISH_ROWS_MAX && chunk.len < CHUNK_BYTES_MAX; i++)
		hr_link_rows_write(p->rows, i, NULL, &chunk);
	if (chunk.failed) {
		hr_fail_memory(err);
		return -1;
	}
	fd = memfd_create("links", MFD_CLOEXEC);
	if (fd >= 0 && hr_write_all(fd, hr_buf_str(&chunk)))
		return fd;
	hr_fail_errno(err, errno, "keep", "some rows");
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool read_answer(struct publishing *p, hr_str bytes, hr_error *err)
{
	const hr_json *rows;
	size_t row = p->done;

	if (!hr_json_read(p->parser, bytes, p->arena, &rows, err))
		return false;
	if (!rows->first || row + rows->count > hr_link_rows_count(p->rows))
		return hr_fail(err, HR_E_INTERNAL, "the service answers of other rows");
	for (const hr_json *one = rows->first; one; one = one->next) {
		hr_publish_row told;

		if (!hr_publish_read_row(one, &told, err))
			return false;
		told.row = row++;
		tell(p, &told);
	}
	return true;
}

static bool publish_chunk(struct publishing *p, hr_error *err)
{
	const hr_str words[] = { hr_str_of(p->values->institution),
				 hr_link_rows_form(p->rows) == HR_LINK_SHEET ? HR_STR("csv")
									     : HR_STR("ndjson") };
	const int fd = make_chunk(p, err);
	hr_control_answer answer;
	bool ok;

	if (fd < 0)
		return false;
	ok = hr_cli_films_ask(&p->films, &p->socket, HR_ACT_PUBLISH, words, 2, fd, p->arena,
			      &answer, err) &&
	     read_answer(p, answer.bytes, err);
	close(fd);
	return ok;
}

static bool publish_all(struct publishing *p, hr_error *err)
{
	while (p->done < hr_link_rows_count(p->rows)) {
		if (!publish_chunk(p, err))
			return false;
		hr_arena_reset(p->arena);
		show(p);
	}
	return true;
}

/* --- the end --- */

static void sum_up(struct publishing *p)
{
	const uint64_t *n = p->counts;

	hr_progress_line_clear(&p->line);
	if (p->values->json)
		fprintf(p->cli->out,
			"{\"rows\":%zu,\"new\":%" PRIu64 ",\"changed\":%" PRIu64 ",\"had\":%" PRIu64
			",\"refused\":%" PRIu64 "}\n",
			p->done, n[HR_PUBLISH_NEW], n[HR_PUBLISH_CHANGED], n[HR_PUBLISH_HAD],
			n[HR_PUBLISH_REFUSED]);
	fprintf(stderr,
		hr_cli_is_english(p->cli)
			? "huren: of %zu rows %" PRIu64 " new, %" PRIu64 " changed, %" PRIu64
			  " were there already, %" PRIu64 " refused\n"
			: "huren: 共 %zu 行: 新增 %" PRIu64 ", 更新 %" PRIu64 ", 已有 %" PRIu64
			  ", 拒收 %" PRIu64 "\n",
		p->done, n[HR_PUBLISH_NEW], n[HR_PUBLISH_CHANGED], n[HR_PUBLISH_HAD],
		n[HR_PUBLISH_REFUSED]);
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat one;
	struct stat other;

	return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_ino == other.st_ino &&
	       one.st_dev == other.st_dev;
}

/* Before anything is done: a file of rejects in the place of the input would be its end. */
static bool open_rejects(struct publishing *p, hr_arena *arena)
{
	const char *path = p->values->rejects;

	hr_buf_init(&p->rejects, arena, FILE_ARENA_BYTES);
	if (!path)
		return true;
	if (is_same_file(path, p->cli->words.items[0]))
		return hr_fail(&p->cli->err, HR_E_USAGE, "--rejects names the file that is read");
	hr_link_rows_write_header(p->rows, true, &p->rejects);
	return true;
}

static bool write_rejects(struct publishing *p)
{
	const char *path = p->values->rejects;

	if (!path)
		return true;
	if (p->rejects.failed)
		return hr_fail_memory(&p->cli->err);
	/* It is about patients. */
	umask(S_IRWXG | S_IRWXO);
	return hr_file_write(path, hr_buf_str(&p->rejects), &p->cli->err);
}

static int publish_file(struct publishing *p, hr_arena *arena)
{
	static const hr_progress_words words = { "已处理 ", " 行", " rows" };
	hr_cli *cli = p->cli;
	bool ok;

	if (!open_rejects(p, arena) || !hr_cli_films_open(cli, &p->films))
		return HR_CLI_FAILED;
	p->started_ms = now_ms();
	p->shows = hr_progress_line_open(&p->line, &words,
					 hr_cli_is_english(cli) ? HR_LANG_EN : HR_LANG_ZH,
					 p->values->json);
	ok = publish_all(p, &cli->err);
	if (p->socket >= 0)
		close(p->socket);
	hr_cli_films_close(&p->films);
	sum_up(p);
	if (!ok || !write_rejects(p))
		return HR_CLI_FAILED;
	return p->counts[HR_PUBLISH_REFUSED] ? hr_error_exit(HR_E_SYNTAX) : 0;
}

static int run(hr_cli *cli)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(FILE_ARENA_BYTES);
	HR_AUTO(hr_arena) chunk = hr_arena_open(CHUNK_ARENA_BYTES);
	struct publishing p = {
		.cli = cli,
		.values = cli->values,
		.socket = -1,
		.arena = chunk,
		.parser = hr_json_parser_open(),
	};
	int code = HR_CLI_FAILED;
	hr_str bytes;

	cli->input = cli->words.items[0];
	if (!arena || !chunk || !p.parser)
		hr_fail_memory(&cli->err);
	else if (hr_file_read(cli->input, HR_LINK_ROWS_BYTES_MAX, arena, &bytes, &cli->err) &&
		 hr_link_rows_open(bytes, HR_LINK_ANY, arena, &p.rows, &cli->err))
		code = publish_file(&p, arena);
	hr_json_parser_close(p.parser);
	return code;
}

const hr_cli_command hr_cli_film_publish = {
	.name = "film publish-links",
	.usage = "FILE.csv|FILE.ndjson",
	.summary = "Publish links to films that others keep, by the thousand: a row each.",
	.notes = "'huren help publish-schema' has the columns, in Chinese and English: CSV in\n"
		 "UTF-8 or GB 18030, or a JSON object a line, which may be a manifest of FHIR.\n"
		 "A row that is refused is told with its number and column, never with its\n"
		 "values, and the others are published. The same file again changes nothing:\n"
		 "whatever ended it, send it again. Addresses are held against 'retrieve-origin'.\n"
		 "Beside a running service the service does the work. Exit 0 when no row was\n"
		 "refused, else 3.\n",
	HR_CLI_OPTIONS(options),
	.takes_settings = true,
	.words_min = 1,
	.words_max = 1,
	.run = run,
};
