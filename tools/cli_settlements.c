#include "tools/cli_settlements.h"

#include "base/file.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

bool hr_cli_settlements_open(hr_cli *cli, hr_cli_settlements *out)
{
	out->socket = -1;
	return hr_cli_films_open(cli, &out->films);
}

void hr_cli_settlements_close(hr_cli_settlements *settlements)
{
	if (settlements->socket >= 0)
		close(settlements->socket);
	hr_cli_films_close(&settlements->films);
}

static bool ask(hr_cli_settlements *s, hr_film_act act, const hr_str *words, size_t count, int fd,
		hr_arena *arena, hr_str *answer, hr_error *err)
{
	hr_control_answer got;

	if (!hr_cli_films_ask(&s->films, &s->socket, act, words, count, fd, arena, &got, err))
		return false;
	*answer = got.bytes;
	return true;
}

static bool look(void *context, const hr_settlement_look *look, hr_str reason, hr_arena *arena,
		 hr_settlement_year *out, hr_error *err)
{
	hr_str words[HR_SETTLEMENTS_WORDS];
	hr_str answer;

	return hr_settlements_words(look, reason, arena, words, err) &&
	       ask(context, HR_ACT_YEAR, words, HR_SETTLEMENTS_WORDS, -1, arena, &answer, err) &&
	       hr_settlements_read(answer, arena, out, err);
}

/* In memory: what is told of a person is never in a file that others may open. */
static bool open_file(hr_str bytes, int *out, hr_error *err)
{
	int fd = memfd_create("settlements", MFD_CLOEXEC);

	if (fd >= 0 && hr_write_all(fd, bytes)) {
		*out = fd;
		return true;
	}
	hr_fail_errno(err, errno, "keep", "some settlements");
	if (fd >= 0)
		close(fd);
	return false;
}

/* An act with a file. */
static bool ask_with(hr_cli_settlements *s, hr_film_act act, const hr_str *words, size_t count,
		     const hr_buf *file, hr_arena *arena, hr_str *answer, hr_error *err)
{
	int fd;
	bool ok;

	if (!open_file(hr_buf_str(file), &fd, err))
		return false;
	ok = ask(s, act, words, count, fd, arena, answer, err);
	close(fd);
	return ok;
}

static bool put(void *context, const hr_settlement_look *whose, hr_str reason,
		const hr_settlement_put *put, hr_arena *arena, hr_error *err)
{
	hr_str words[HR_SETTLE_WORDS];
	hr_str answer;
	hr_buf file;

	hr_buf_init(&file, arena, HR_SETTLE_FILE_MAX);
	return hr_settle_words(whose, reason, put, arena, words, err) &&
	       hr_settle_file(put, &file, err) &&
	       ask_with(context, HR_ACT_SETTLE, words, HR_SETTLE_WORDS, &file, arena, &answer, err);
}

static bool next(void *context, const hr_ledger_scope *scope, const hr_settlement_person *after,
		 hr_str reason, hr_arena *arena, hr_settlement_batch *out, hr_error *err)
{
	hr_str words[HR_SETTLEMENT_YEARS_WORDS];
	hr_str answer;

	return hr_settlement_years_words(scope, after, reason, arena, words, err) &&
	       ask(context, HR_ACT_YEARS, words, HR_SETTLEMENT_YEARS_WORDS, -1, arena, &answer,
		   err) &&
	       hr_settlement_years_read(answer, arena, out, err);
}

static bool put_many(void *context, hr_str reason, const hr_settlement_one_put *all, size_t count,
		     hr_arena *arena, size_t *done, bool *kept, hr_error *err)
{
	const hr_str words[HR_RESETTLE_WORDS] = { reason };
	hr_str answer;
	hr_buf file;

	hr_buf_init(&file, arena, HR_SETTLE_FILE_MAX);
	return hr_resettle_file(all, count, &file, err) &&
	       ask_with(context, HR_ACT_RESETTLE, words, HR_RESETTLE_WORDS, &file, arena, &answer,
			err) &&
	       hr_resettle_read(answer, arena, count, done, kept, err);
}

hr_settlement_desk hr_cli_settlements_desk(hr_cli_settlements *settlements)
{
	return (hr_settlement_desk){ look, put, next, put_many, settlements };
}
