/* Lines to rows: read, held against the identities and the period, put where their like comes. */
#include "service/clear_parts.h"

#include "base/file.h"
#include "base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	LINE_MAX = 1 << 20,
	BLOCK_BYTES = 4 << 20,
	ROW_MAX = 1024,
	LINE_ARENA = 16 << 20,
	PROGRESS_LINES = 1 << 16,
};

struct reading {
	hr_clearing *c;
	hr_json_parser *parser;
	hr_arena *line; /* of one */
	char *block;
	uint64_t bytes;
	uint64_t bytes_all;
	uint32_t file;
	uint32_t number; /* of the line */
};

/* Provinces clear with each other, by the first two digits. */
static hr_str region_of(const hr_clear_options *options, hr_str region, char out[6])
{
	for (size_t i = 0; i < 6; i++) {
		const bool kept = options->by_area || i < 2;

		out[i] = '0';
		if (kept)
			out[i] = region.data[i];
	}
	return (hr_str){ out, 6 };
}

static bool cell_add(hr_clearing *c, hr_str key, const hr_clear_cell *cell, uint32_t *out,
		     hr_error *err)
{
	const size_t count = c->out.cell_count;
	hr_clear_cell *kept;

	if (count == HR_CLEAR_CELLS_MAX)
		return hr_fail(err, HR_E_LIMIT, "over %d institutions and insurances",
			       HR_CLEAR_CELLS_MAX);
	if (count == c->cell_room) {
		const size_t room = count ? count * 2 : 1024;
		hr_clear_cell *cells = HR_NEW_N(c->arena, hr_clear_cell, room);

		if (!cells)
			return hr_fail_memory(err);
		if (count)
			memcpy(cells, c->cells, count * sizeof(*cells));
		c->cells = cells;
		c->cell_room = room;
	}
	key = hr_str_copy(c->arena, key);
	if (hr_arena_is_short(c->arena))
		return hr_fail_memory(err);
	kept = &c->cells[count];
	*kept = *cell;
	/* The key is the four one after the other, a blank between. */
	kept->insured = hr_str_slice(key, 0, 6);
	kept->care = hr_str_slice(key, 7, 13);
	kept->hospital = hr_str_slice(key, 14, 14 + cell->hospital.len);
	kept->insurance = hr_str_slice(key, 15 + cell->hospital.len, key.len);
	*out = (uint32_t)c->out.cell_count++;
	return hr_map_put(&c->cell_of, key, *out, err);
}

bool hr_clear_cell_get(hr_clearing *c, const hr_settled *settled, uint32_t *out, hr_error *err)
{
	char memory[2 * 7 + HR_SETTLED_CODE_MAX * 2 + 2];
	char insured[6];
	char care[6];
	const hr_clear_cell cell = {
		.insured = region_of(c->options, settled->insured, insured),
		.care = region_of(c->options, settled->care, care),
		.hospital = settled->hospital,
		.insurance = settled->insurance,
	};
	hr_buf key;

	hr_buf_init_over(&key, memory, sizeof(memory));
	hr_buf_add(&key, cell.insured);
	hr_buf_add_char(&key, ' ');
	hr_buf_add(&key, cell.care);
	hr_buf_add_char(&key, ' ');
	hr_buf_add(&key, cell.hospital);
	hr_buf_add_char(&key, ' ');
	hr_buf_add(&key, cell.insurance);
	return hr_map_find(&c->cell_of, hr_buf_str(&key), out) ||
	       cell_add(c, hr_buf_str(&key), &cell, out, err);
}

/* Which identity is broken, if one is. */
static bool is_sound(const hr_settled *settled, hr_error *why)
{
	const hr_breaches breaches = hr_identities_check(
		&settled->result.settlement, HR_MUTUAL_AID_UNKNOWN, settled->result.details_fen);

	for (uint32_t i = 0; i < breaches.count; i++)
		if (breaches.rows[i].identity != HR_IDENTITY_8)
			return hr_fail(why, HR_E_RULE, "%.*s",
				       HR_STR_ARG(hr_identity_name(breaches.rows[i].identity)));
	return true;
}

/* Stays whose cost is looked at by both sides. */
static void note_stay(struct reading *r, const hr_settled *settled)
{
	hr_clearing *c = r->c;

	if (!c->options->stay_fen || !settled->is_stay || settled->reverses.len ||
	    settled->result.settlement.fen[HR_MEDFEE_SUMAMT] <= c->options->stay_fen)
		return;
	c->out.stays++;
	if (c->out.stays_told_count < HR_CLEAR_FAULTS_MAX)
		c->stays[c->out.stays_told_count++] =
			(hr_clear_fault){ .file = r->file, .line = r->number };
}

static bool spill(struct reading *r, const hr_settled *settled, hr_error *err)
{
	hr_clearing *c = r->c;
	char memory[ROW_MAX];
	hr_buf buf;
	hr_clear_row row = {
		.key = settled->reverses.len ? settled->reverses : settled->id,
		.own = settled->reverses.len ? settled->id : HR_STR_NONE,
		.person = settled->person,
		.at = settled->at.second,
		.line = r->number,
		.file = (uint16_t)r->file,
	};

	row.flags = settled->reverses.len ? HR_CLEAR_REVERSES : 0;
	if (c->options->ours && r->file >= c->options->ours)
		row.flags |= HR_CLEAR_THEIRS;
	memcpy(row.fen, settled->result.settlement.fen, sizeof(row.fen));
	row.fen[HR_BALC] = 0;
	if (!hr_clear_cell_get(c, settled, &row.cell, err))
		return false;
	hr_buf_init_over(&buf, memory, sizeof(memory));
	hr_clear_row_write(&row, &buf);
	note_stay(r, settled);
	return hr_spill_add(c->rows, hr_str_hash(row.key, 0), hr_buf_str(&buf), err);
}

static bool read_line(struct reading *r, hr_str line, hr_error *err)
{
	hr_clearing *c = r->c;
	hr_error why = { 0 };
	const hr_json *node;
	hr_settled settled;

	hr_arena_reset(r->line);
	if (!hr_json_read(r->parser, line, r->line, &node, &why) ||
	    !hr_settled_read(node, &settled, &why)) {
		if (why.code == HR_E_MEMORY)
			return hr_fail_memory(err);
		return hr_clear_tell(c, HR_CLEAR_BAD, r->file, r->number, why.message, err);
	}
	if (settled.at.second < c->options->from.second ||
	    settled.at.second >= c->options->to.second) {
		c->out.outside++;
		return true;
	}
	if (!is_sound(&settled, &why))
		return hr_clear_tell(c, HR_CLEAR_UNSOUND, r->file, r->number, why.message, err);
	return spill(r, &settled, err);
}

/* Of several files the one that is read, for errors. */
static const char *path_of(const struct reading *r)
{
	return r->c->options->files[r->file];
}

static bool next_line(struct reading *r, hr_str line, hr_error *err)
{
	const hr_clear_options *options = r->c->options;

	r->number++;
	line = hr_str_trim(line);
	if (!line.len)
		return true;
	if (++r->c->out.lines % PROGRESS_LINES == 0 && options->progress)
		options->progress(options->context, r->c->out.lines, r->bytes, r->bytes_all);
	return read_line(r, line, err);
}

/* All whole lines of the block; the rest is moved to its front. `*held`: what is left. */
static bool read_block(struct reading *r, size_t *held, bool is_end, hr_error *err)
{
	hr_str rest = { r->block, *held };

	while (rest.len) {
		const char *end = memchr(rest.data, '\n', rest.len);
		const size_t length = end ? (size_t)(end - rest.data) : rest.len;

		if (!end && !is_end)
			break;
		if (!next_line(r, hr_str_slice(rest, 0, length), err))
			return false;
		rest = hr_str_slice(rest, length + 1, rest.len);
	}
	if (rest.len > LINE_MAX)
		return hr_fail(err, HR_E_LIMIT, "'%s': line %u is longer than %d bytes", path_of(r),
			       r->number + 1, LINE_MAX);
	memmove(r->block, rest.data ? rest.data : r->block, rest.len);
	*held = rest.len;
	return true;
}

static bool read_fd(struct reading *r, int fd, hr_error *err)
{
	size_t held = 0;

	for (;;) {
		const ssize_t n = read(fd, r->block + held, BLOCK_BYTES - held);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return hr_fail(err, HR_E_IO, "cannot read '%s': %s", path_of(r),
				       strerror(errno));
		held += (size_t)n;
		r->bytes += (size_t)n;
		if (!read_block(r, &held, n == 0, err))
			return false;
		if (n == 0)
			return true;
	}
}

static bool read_file(struct reading *r, const char *path, hr_error *err)
{
	const int fd =
		strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return hr_fail(err, errno == ENOENT ? HR_E_NOT_FOUND : HR_E_IO,
			       "cannot open '%s': %s", path, strerror(errno));
	r->number = 0;
	ok = read_fd(r, fd, err);
	close(fd);
	return ok;
}

static uint64_t bytes_of(const hr_clear_options *options)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < options->file_count; i++) {
		struct stat status;

		if (stat(options->files[i], &status) == 0 && S_ISREG(status.st_mode))
			bytes += (uint64_t)status.st_size;
	}
	return bytes;
}

bool hr_clear_read(hr_clearing *c, hr_error *err)
{
	struct reading r = { .c = c, .bytes_all = bytes_of(c->options) };
	bool ok = true;

	r.block = hr_arena_alloc_raw(c->arena, BLOCK_BYTES);
	r.line = hr_arena_open(LINE_ARENA);
	r.parser = hr_json_parser_open();
	if (!r.block || !r.line || !r.parser)
		ok = hr_fail_memory(err);
	for (; ok && r.file < c->options->file_count; r.file++)
		ok = read_file(&r, c->options->files[r.file], err);
	hr_json_parser_close(r.parser);
	hr_arena_close(r.line);
	return ok;
}
