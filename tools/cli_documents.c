#include "tools/cli_documents.h"

#include "service/batch_source.h"
#include "service/line_fault.h"

#include <time.h>

enum { ANSWER_BYTES_MAX = 8 << 20, HELD_BYTES = 64 << 10, SHOW_EVERY_MS = 500 };

bool hr_cli_parse_json(hr_cli *cli, hr_str bytes, const hr_json **out)
{
	hr_json_parser *parser = hr_json_parser_open();
	bool ok;

	if (!parser)
		return hr_fail_memory(&cli->err);
	ok = hr_json_read(parser, bytes, cli->arena, out, &cli->err);
	hr_json_parser_close(parser);
	return ok;
}

bool hr_cli_read_json(hr_cli *cli, const char *path, size_t bytes_max, const hr_json **out)
{
	hr_str bytes;

	cli->input = path;
	if (!hr_file_read(path, bytes_max, cli->arena, &bytes, &cli->err) ||
	    !hr_cli_parse_json(cli, bytes, out))
		return false;
	cli->input = NULL;
	return true;
}

bool hr_cli_check_lines(hr_cli *cli, bool lines, bool json)
{
	return !lines || json || hr_fail(&cli->err, HR_E_USAGE, "--lines goes with --json");
}

/* --- one --- */

static int answer_one(hr_cli *cli, const hr_cli_documents *d)
{
	const hr_json *node;
	hr_buf buf;

	hr_buf_init(&buf, cli->arena, ANSWER_BYTES_MAX);
	if (!hr_cli_read_json(cli, cli->words.items[0], d->bytes_max, &node))
		return HR_CLI_FAILED;
	cli->input = cli->words.items[0];
	if (!d->answer(d->context, node, cli->arena, &buf, &cli->err))
		return HR_CLI_FAILED;
	return hr_cli_print_buf(cli, &buf, 0);
}

/* --- one in each line --- */

struct reading {
	hr_cli *cli;
	const hr_cli_documents *documents;
	hr_batch_source *source;
	hr_json_parser *parser;
	hr_arena *arena; /* of one line */
	char *held;	 /* answers that are not written yet */
	size_t held_bytes;
	hr_progress_line line;
	bool shown;
	int64_t begun_ms;
	int64_t shown_ms;
	int failure; /* exit code of the last bad line; 0: none was */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void show(struct reading *r)
{
	const int64_t now = now_ms();
	hr_batch_place place;
	uint64_t total;

	if (!r->shown || now - r->shown_ms < SHOW_EVERY_MS)
		return;
	r->shown_ms = now;
	place = hr_batch_source_place(r->source);
	total = hr_batch_source_total(r->source);
	hr_progress_line_show(
		&r->line,
		&(hr_batch_progress){ .inputs = place.inputs,
				      .answered = place.inputs,
				      .units = place.units,
				      .left = total > place.units ? total - place.units : 0,
				      .seconds = (double)(now - r->begun_ms) / 1000 });
}

static bool answer_item(struct reading *r, const hr_batch_item *item, hr_buf *out, hr_error *err)
{
	const hr_cli_documents *d = r->documents;
	const hr_json *node;

	if (item->fault) {
		*err = *item->fault;
		return false;
	}
	if (item->bytes.len > d->bytes_max)
		return hr_fail(err, HR_E_LIMIT, "a line is longer than %zu bytes", d->bytes_max);
	return hr_json_read(r->parser, item->bytes, r->arena, &node, err) &&
	       d->answer(d->context, node, r->arena, out, err);
}

static bool write_held(struct reading *r)
{
	const hr_str held = { r->held, r->held_bytes };

	r->held_bytes = 0;
	return !held.len || hr_cli_print(r->cli, held, 0) != HR_CLI_FAILED;
}

/* Written many at a time: a write for each costs as much as half of its settlement. */
static bool hold(struct reading *r, const hr_buf *answer)
{
	if (answer->failed)
		return hr_fail_memory(&r->cli->err);
	if (!answer->len)
		return true;
	if (r->held_bytes + answer->len > HELD_BYTES && !write_held(r))
		return false;
	if (answer->len > HELD_BYTES)
		return hr_cli_print_buf(r->cli, answer, 0) != HR_CLI_FAILED;
	memcpy(r->held + r->held_bytes, answer->data, answer->len);
	r->held_bytes += answer->len;
	return true;
}

static bool answer_line(struct reading *r, const hr_batch_item *item)
{
	hr_error err = { 0 };
	hr_buf buf;

	hr_buf_init(&buf, r->arena, ANSWER_BYTES_MAX);
	if (!answer_item(r, item, &buf, &err)) {
		if (err.code == HR_E_MEMORY)
			return hr_fail_memory(&r->cli->err);
		r->failure = hr_error_exit(err.code);
		hr_buf_init(&buf, r->arena, ANSWER_BYTES_MAX);
		hr_line_fault_write(&err, item->line, &buf);
	}
	show(r);
	return hold(r, &buf);
}

static bool answer_lines(struct reading *r)
{
	hr_error *err = &r->cli->err;

	for (;;) {
		hr_batch_item item;

		hr_arena_reset(r->arena);
		/* Who asks line by line has each answer before the next question. */
		if (!hr_batch_source_is_ready(r->source) && !write_held(r))
			return false;
		if (!hr_batch_source_next(r->source, r->arena, &item, err))
			return false;
		if (item.end)
			return true;
		if (!answer_line(r, &item))
			return false;
	}
}

static bool open_lines(struct reading *r, hr_error *err)
{
	r->cli->input = r->cli->words.items[0];
	r->arena = hr_arena_open(HR_CLI_ARENA_BYTES);
	r->parser = hr_json_parser_open();
	r->held = hr_arena_alloc_raw(r->cli->arena, HELD_BYTES);
	if (!r->arena || !r->parser || !r->held)
		return hr_fail_memory(err);
	if (!hr_batch_source_open(r->cli->input, -1, &r->source, err))
		return false;
	return hr_batch_source_folder(r->source) < 0 ||
	       hr_fail(err, HR_E_USAGE, "--lines reads a file, and this is a folder");
}

static int answer_all(hr_cli *cli, const hr_cli_documents *d)
{
	struct reading r = { .cli = cli, .documents = d, .begun_ms = now_ms() };
	bool ok;

	r.shown = hr_progress_line_open(&r.line, &d->words,
					hr_cli_is_english(cli) ? HR_LANG_EN : HR_LANG_ZH, true);
	ok = open_lines(&r, &cli->err) && answer_lines(&r);
	if (r.shown)
		hr_progress_line_clear(&r.line);
	hr_batch_source_close(r.source);
	hr_json_parser_close(r.parser);
	hr_arena_close(r.arena);
	return ok ? r.failure : HR_CLI_FAILED;
}

int hr_cli_answer_documents(hr_cli *cli, const hr_cli_documents *documents)
{
	return documents->lines ? answer_all(cli, documents) : answer_one(cli, documents);
}
