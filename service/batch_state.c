#include "service/batch_state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCHEMA HR_STR("urn:huren:batch:1")

/* Room for the counters of a large catalogue, each of some 30 characters. */
enum { STATE_BYTES_MAX = 64 * 1024 * 1024 };

/* --- the state --- */

static void add_number(hr_json_writer *w, hr_str name, uint64_t number)
{
	hr_json_name(w, name);
	hr_json_int(w, (int64_t)number);
}

bool hr_batch_state_write(const char *path, const hr_batch_state *state, const hr_tally *tally,
			  hr_arena *arena, hr_error *err)
{
	char time[HR_INSTANT_TEXT];
	char digest[17];
	hr_json_writer w;
	hr_buf buf;

	/* All 64 bits of it: more than a number of JSON is trusted with. */
	snprintf(digest, sizeof(digest), "%016" PRIx64, state->place.digest);
	hr_buf_init(&buf, arena, STATE_BYTES_MAX);
	hr_json_writer_init(&w, &buf, false);
	hr_json_open_object(&w);
	hr_json_member(&w, HR_STR("schema"), SCHEMA);
	hr_json_member(&w, HR_STR("catalogue"), hr_catalog_id(tally->catalog));
	hr_json_member(&w, HR_STR("madeOf"), state->made_of);
	hr_json_member(&w, HR_STR("at"), hr_instant_format(state->at, time));
	add_number(&w, HR_STR("inputs"), state->place.inputs);
	add_number(&w, HR_STR("units"), state->place.units);
	hr_json_member(&w, HR_STR("digest"), hr_str_of(digest));
	add_number(&w, HR_STR("outputBytes"), state->output_bytes);
	hr_json_name(&w, HR_STR("counters"));
	hr_tally_write(tally, &w);
	hr_json_close_object(&w);
	HR_BUF_ADD(&buf, "\n");
	if (buf.failed)
		return hr_fail_memory(err);
	return hr_file_write(path, hr_buf_str(&buf), err);
}

static bool parse_digest(hr_str text, uint64_t *out)
{
	uint64_t value = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
		value = value << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	*out = value;
	return text.len == 16;
}

static bool check_origin(const hr_json *root, const char *path, hr_str made_of,
			 const hr_tally *tally, hr_error *err)
{
	hr_str catalogue = hr_json_path_text(root, HR_STR("catalogue"));

	if (!hr_str_equal(hr_json_path_text(root, HR_STR("schema")), SCHEMA))
		return hr_fail(err, HR_E_EXISTS, "'%s' is no state of a batch of this huren", path);
	if (!hr_str_equal(catalogue, hr_catalog_id(tally->catalog)))
		return hr_fail(err, HR_E_EXISTS,
			       "the state '%s' is of catalogue %.12s: give --rev with it, or begin "
			       "anew with another state and output",
			       path, catalogue.data ? catalogue.data : "");
	if (!hr_str_equal(hr_json_path_text(root, HR_STR("madeOf")), made_of))
		return hr_fail(
			err, HR_E_EXISTS,
			"the state '%s' is of another question, --explain, overlay or huren: "
			"give what it was begun with, or begin anew with another state and "
			"output",
			path);
	return true;
}

static bool read_members(const hr_json *root, const char *path, hr_batch_state *out,
			 hr_tally *tally, hr_error *err)
{
	hr_str at = hr_json_path_text(root, HR_STR("at"));
	hr_str digest = hr_json_path_text(root, HR_STR("digest"));

	if (!hr_instant_parse(at, &out->at) || !parse_digest(digest, &out->place.digest) ||
	    !hr_tally_parse(hr_json_get(root, HR_STR("inputs")), &out->place.inputs) ||
	    !hr_tally_parse(hr_json_get(root, HR_STR("units")), &out->place.units) ||
	    !hr_tally_parse(hr_json_get(root, HR_STR("outputBytes")), &out->output_bytes))
		return hr_fail(err, HR_E_SYNTAX, "the state '%s' is damaged", path);
	return hr_tally_read(tally, hr_json_get(root, HR_STR("counters")), err);
}

static void close_parser(void *parser)
{
	hr_json_parser_close(parser);
}

bool hr_batch_state_read(const char *path, hr_str made_of, hr_arena *arena, hr_batch_state *out,
			 hr_tally *tally, hr_error *err)
{
	hr_batch_state state = { .made_of = made_of };
	hr_json_parser *parser;
	const hr_json *root;
	hr_str bytes;

	if (!hr_file_read(path, STATE_BYTES_MAX, arena, &bytes, err))
		return false;
	parser = hr_json_parser_open();
	if (!parser)
		return hr_fail_memory(err);
	if (!hr_arena_on_reset(arena, close_parser, parser, err) ||
	    !hr_json_read(parser, bytes, arena, &root, err) ||
	    !check_origin(root, path, made_of, tally, err) ||
	    !read_members(root, path, &state, tally, err))
		return false;
	*out = state;
	return true;
}

/* --- the output --- */

static bool take_output(int fd, const char *path, hr_error *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return hr_fail_errno(err, errno, "look at", path);
	if (!S_ISREG(st.st_mode))
		return hr_fail(err, HR_E_EXISTS, "'%s' is not a regular file", path);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		return hr_fail(err, HR_E_EXISTS, "another run writes '%s'", path);
	return true;
}

bool hr_batch_output_open(const char *path, int *out, hr_error *err)
{
	int fd = STDOUT_FILENO;

	if (path)
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);
	if (fd < 0)
		return hr_fail_errno(err, errno, "open", path);
	if (path && !take_output(fd, path, err)) {
		close(fd);
		return false;
	}
	*out = fd;
	return true;
}

bool hr_batch_output_cut(int fd, const char *path, int64_t bytes, hr_error *err)
{
	off_t end = bytes < 0 ? 0 : bytes;
	off_t length = lseek(fd, 0, SEEK_END);

	if (bytes < 0 && length)
		return hr_fail(err, HR_E_EXISTS,
			       "'%s' holds something: give another name, or the --state that it "
			       "was begun with",
			       path);
	if (length < end)
		return hr_fail(err, HR_E_EXISTS,
			       "'%s' is shorter than the state says: begin anew with another state",
			       path);
	if (ftruncate(fd, end) != 0 || lseek(fd, end, SEEK_SET) != end)
		return hr_fail_errno(err, errno, "cut", path);
	return true;
}

bool hr_batch_output_write(int fd, const char *name, hr_str bytes, hr_error *err)
{
	while (bytes.len) {
		ssize_t put = write(fd, bytes.data, bytes.len);

		if (put < 0 && errno != EINTR)
			return hr_fail_errno(err, errno, "write", name);
		if (put > 0)
			bytes = hr_str_slice(bytes, (size_t)put, bytes.len);
	}
	return true;
}

bool hr_batch_output_sync(int fd, const char *name, hr_error *err)
{
	/* EINVAL: a file system that has nothing to flush. */
	return fdatasync(fd) == 0 || errno == EINVAL || hr_fail_errno(err, errno, "flush", name);
}
