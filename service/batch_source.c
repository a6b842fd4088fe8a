#include "service/batch_source.h"

#include "service/batch_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

/* To skip a line takes its bytes, and what is left behind as it grows. */
enum { READ_BYTES = 256 * 1024, SKIP_BYTES = 256 * 1024 * 1024 };

struct hr_batch_source {
	hr_arena *arena;	 /* holds this struct */
	hr_batch_folder *folder; /* or lines: */
	int fd;
	char *data;
	size_t at;
	size_t len;
	uint64_t line;
	bool ended;
	int stop_fd;
	bool stopped;
	const char *name;
	hr_batch_place place;
};

static bool open_lines(hr_batch_source *source, const char *path, hr_error *err)
{
	const bool is_stdin = strcmp(path, "-") == 0;

	source->name = is_stdin ? "standard input" : path;
	source->data = hr_arena_alloc_text(source->arena, READ_BYTES);
	if (!source->data)
		return hr_fail_memory(err);
	source->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return source->fd >= 0 || hr_fail_errno(err, errno, "open", path);
}

bool hr_batch_source_open(const char *path, int stop_fd, hr_batch_source **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open(READ_BYTES + sizeof(hr_batch_source) + 64);
	hr_batch_source *source = arena ? HR_NEW(arena, hr_batch_source) : NULL;
	struct stat st;
	bool ok;

	if (!source) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	source->arena = arena;
	source->fd = -1;
	source->stop_fd = stop_fd;
	if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		ok = hr_batch_folder_open(path, HR_BATCH_NAMES, &source->folder, err);
	else
		ok = open_lines(source, path, err);
	if (!ok) {
		hr_arena_close(arena);
		return false;
	}
	*out = source;
	return true;
}

void hr_batch_source_close(hr_batch_source *source)
{
	if (!source)
		return;
	hr_batch_folder_close(source->folder);
	if (source->fd > STDIN_FILENO)
		close(source->fd);
	hr_arena_close(source->arena);
}

/* --- lines --- */

/* Waits for bytes, or for the word to end. */
static void wait_for_bytes(hr_batch_source *source)
{
	struct pollfd fds[] = { { .fd = source->fd, .events = POLLIN },
				{ .fd = source->stop_fd, .events = POLLIN } };

	while (poll(fds, 2, -1) < 0 && errno == EINTR)
		;
	if (fds[1].revents)
		source->stopped = true;
}

/* `at` == `len` afterwards: there are no more, or they are not to be read. */
static bool fill(hr_batch_source *source, hr_error *err)
{
	ssize_t got;

	source->at = 0;
	source->len = 0;
	wait_for_bytes(source);
	if (source->ended || source->stopped)
		return true;
	do
		got = read(source->fd, source->data, READ_BYTES);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return hr_fail_errno(err, errno, "read", source->name);
	source->ended = got == 0;
	source->len = (size_t)got;
	return true;
}

/* A line, or what is kept of one that is too long. */
struct line {
	hr_buf kept;
	size_t len; /* 0 without `ends`: there was none */
	bool ends;
};

/* Of a line that stands whole in what was read, one copy. */
static void add_part(struct line *line, hr_str part)
{
	if (line->len + part.len <= HR_BATCH_LINE_MAX && part.len)
		hr_buf_add(&line->kept, part);
	line->len += part.len;
}

static bool read_line(hr_batch_source *source, struct line *line, hr_error *err)
{
	while (!line->ends) {
		const char *from = source->data + source->at;
		size_t left = source->len - source->at;
		const char *end = left ? memchr(from, '\n', left) : NULL;
		size_t part = end ? (size_t)(end - from) : left;

		add_part(line, (hr_str){ from, part });
		source->at += part;
		if (end) {
			source->at++;
			line->ends = true;
		} else if (!fill(source, err)) {
			return false;
		} else if (source->len == 0) {
			/* A last line without its end counts; one that we were told to leave does
			 * not. */
			if (source->stopped)
				line->len = 0;
			break;
		}
	}
	return true;
}

static bool fail_too_long(hr_arena *arena, const hr_error **out, hr_error *err)
{
	hr_error *fault = HR_NEW(arena, hr_error);

	if (!fault)
		return hr_fail_memory(err);
	hr_fail(fault, HR_E_LIMIT, "the line is over %d bytes", HR_BATCH_LINE_MAX);
	*out = fault;
	return true;
}

/* A line that is too long counts by its length: its bytes are not kept. */
static uint64_t digest_line(const hr_batch_item *item, size_t len, uint64_t digest)
{
	return hr_str_hash(item->bytes, item->fault ? digest ^ len : digest);
}

static bool next_line(hr_batch_source *source, hr_arena *arena, hr_batch_item *out, hr_error *err)
{
	hr_batch_item item = { .line = source->line };
	struct line line;

	do {
		line = (struct line){ .len = 0 };
		hr_buf_init(&line.kept, arena, HR_BATCH_LINE_MAX);
		if (!read_line(source, &line, err))
			return false;
		if (line.kept.failed)
			return hr_fail_memory(err);
		item.end = !line.ends && line.len == 0;
		item.line++;
		item.bytes = hr_str_trim(hr_buf_str(&line.kept));
		source->place.units += line.len + line.ends;
	} while (!item.end && item.bytes.len == 0 && line.len <= HR_BATCH_LINE_MAX);
	if (line.len > HR_BATCH_LINE_MAX) {
		item.bytes = HR_STR_NONE;
		if (!fail_too_long(arena, &item.fault, err))
			return false;
	}
	source->line = item.line;
	if (!item.end)
		source->place.digest = digest_line(&item, line.len, source->place.digest);
	*out = item;
	return true;
}

bool hr_batch_source_is_ready(const hr_batch_source *source)
{
	const hr_str rest = { source->data + source->at, source->len - source->at };
	const size_t end = hr_str_find(rest, HR_STR("\n"));

	return end < rest.len && hr_str_trim(hr_str_slice(rest, 0, end)).len;
}

/* --- both --- */

static bool next_file(hr_batch_source *source, hr_arena *arena, hr_batch_item *out, hr_error *err)
{
	hr_batch_entry entry;

	if (!hr_batch_folder_next(source->folder, arena, &entry, err))
		return false;
	*out = (hr_batch_item){ .path = entry.path, .fault = entry.fault };
	out->end = entry.path.len == 0;
	if (!out->end) {
		source->place.units++;
		source->place.digest = hr_str_hash(entry.path, source->place.digest);
	}
	return true;
}

bool hr_batch_source_next(hr_batch_source *source, hr_arena *arena, hr_batch_item *out,
			  hr_error *err)
{
	if (!(source->folder ? next_file : next_line)(source, arena, out, err))
		return false;
	source->place.inputs += !out->end;
	return true;
}

hr_batch_place hr_batch_source_place(const hr_batch_source *source)
{
	return source->place;
}

bool hr_batch_source_is_stopped(hr_batch_source *source)
{
	struct pollfd fd = { .fd = source->stop_fd, .events = POLLIN };

	if (poll(&fd, 1, 0) > 0)
		source->stopped = true;
	return source->stopped;
}

static bool skip_one(hr_batch_source *source, hr_arena *arena, hr_error *err)
{
	hr_batch_item item;

	hr_arena_reset(arena);
	if (!hr_batch_source_next(source, arena, &item, err))
		return false;
	if (item.end && !source->stopped)
		return hr_fail(err, HR_E_EXISTS,
			       "the input has %" PRIu64 " reports, fewer than were verified",
			       source->place.inputs);
	return true;
}

bool hr_batch_source_skip(hr_batch_source *source, const hr_batch_place *place, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(SKIP_BYTES);

	if (!arena)
		return hr_fail_memory(err);
	while (source->place.inputs < place->inputs && !hr_batch_source_is_stopped(source))
		if (!skip_one(source, arena, err))
			return false;
	if (!source->stopped && source->place.digest != place->digest)
		return hr_fail(err, HR_E_EXISTS,
			       "the input is not as it was: among the first %" PRIu64
			       " some are new, gone or changed",
			       place->inputs);
	return true;
}

int hr_batch_source_folder(const hr_batch_source *source)
{
	return source->folder ? hr_batch_folder_fd(source->folder) : -1;
}

uint64_t hr_batch_source_total(const hr_batch_source *source)
{
	struct stat st;

	if (source->folder)
		return hr_batch_folder_count(source->folder);
	if (fstat(source->fd, &st) != 0 || !S_ISREG(st.st_mode))
		return 0;
	return (uint64_t)st.st_size;
}
