/*
 * Commands whose input is JSON: one document, or one in each line (--lines),
 * answered one after another. Memory is that of one document, however many
 * there are.
 */
#pragma once

#include "base/json.h"
#include "tools/cli.h"
#include "tools/progress_line.h"

/* Answers that are kept until cli->arena is reset; on failure cli->err. */
bool hr_cli_parse_json(hr_cli *cli, hr_str bytes, const hr_json **out);
bool hr_cli_read_json(hr_cli *cli, const char *path, size_t bytes_max, const hr_json **out);

typedef struct hr_cli_documents {
	bool lines;	  /* one in each; else the file is one */
	size_t bytes_max; /* of one document */
	hr_progress_words words;
	/* The answer, with its line end, into `out`. Memory of `arena` is of this document alone.
	 */
	bool (*answer)(void *context, const hr_json *node, hr_arena *arena, hr_buf *out,
		       hr_error *err);
	void *context;
} hr_cli_documents;

/* That --lines goes with --json: answers in words have no ends. */
bool hr_cli_check_lines(hr_cli *cli, bool lines, bool json);

/*
 * Answers what the command's first word names. A bad line is told in its place,
 * as a line of JSON, and does not stop the others: then the exit code of the
 * last of them is returned, else 0. HR_CLI_FAILED: cli->err.
 */
int hr_cli_answer_documents(hr_cli *cli, const hr_cli_documents *documents);
