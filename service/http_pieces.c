#include "service/http_pieces.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

void hr_http_reader_init(hr_http_reader *reader, const hr_http_response *response)
{
	*reader = (hr_http_reader){ .response = response, .fd = -1 };
}

void hr_http_reader_close(hr_http_reader *reader)
{
	if (reader->fd >= 0)
		close(reader->fd);
	reader->fd = -1;
}

static bool open_file(hr_http_reader *r, uint32_t file)
{
	const hr_http_files *files = &r->response->files;
	hr_error err;

	if (r->fd >= 0 && r->file == file)
		return true;
	hr_http_reader_close(r);
	r->file = file;
	return files->open(files->subject, file, &r->fd, &err);
}

static ssize_t read_file(hr_http_reader *r, const hr_http_piece *piece, char *out, size_t n)
{
	ssize_t got;

	if (!open_file(r, piece->file))
		return -1;
	do
		got = pread(r->fd, out, n, (off_t)(piece->offset + r->at));
	while (got < 0 && errno == EINTR);
	/* A file that ends before its piece does was not what the index says. */
	return got == 0 ? -1 : got;
}

static ssize_t read_piece(hr_http_reader *r, const hr_http_piece *piece, char *out, size_t room)
{
	uint64_t left = piece->length - r->at;
	size_t n = left < room ? (size_t)left : room;

	if (!piece->bytes)
		return read_file(r, piece, out, n);
	memcpy(out, piece->bytes + r->at, n);
	return (ssize_t)n;
}

ssize_t hr_http_reader_read(hr_http_reader *r, char *out, size_t room)
{
	size_t filled = 0;

	while (filled < room && r->piece < r->response->piece_count) {
		const hr_http_piece *piece = &r->response->pieces[r->piece];
		ssize_t got = 0;

		if (r->at < piece->length)
			got = read_piece(r, piece, out + filled, room - filled);
		if (got < 0)
			return -1;
		filled += (size_t)got;
		r->at += (uint64_t)got;
		if (r->at < piece->length)
			continue;
		r->piece++;
		r->at = 0;
	}
	return (ssize_t)filled;
}

bool hr_http_reader_take_file(hr_http_reader *r, int *fd)
{
	const hr_http_piece *piece = r->response->pieces;
	struct stat st;

	if (r->response->piece_count != 1 || piece->bytes || !open_file(r, piece->file))
		return false;
	/* For bytes that are not there the kernel would be asked for ever. */
	if (fstat(r->fd, &st) != 0 || (uint64_t)st.st_size < piece->offset + piece->length)
		return false;
	*fd = r->fd;
	r->fd = -1;
	return true;
}
