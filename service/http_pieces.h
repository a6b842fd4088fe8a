/*
 * An answer of pieces, read from its front to its end: bytes of memory and of
 * files, of which one is open at a time.
 */
#pragma once

#include "service/http.h"

#include <sys/types.h>

typedef struct hr_http_reader {
	const hr_http_response *response;
	size_t piece;
	uint64_t at; /* in it */
	uint32_t file;
	int fd; /* of that file; -1: none is open */
} hr_http_reader;

void hr_http_reader_init(hr_http_reader *reader, const hr_http_response *response);

/* At least a byte and at most `room`, 0 at the end; -1 when a file cannot be read. */
ssize_t hr_http_reader_read(hr_http_reader *reader, char *out, size_t room);

/* All of the answer is one range of one file: that file, open, to be closed by the caller. */
bool hr_http_reader_take_file(hr_http_reader *reader, int *fd);

/* Of the file that is open. */
void hr_http_reader_close(hr_http_reader *reader);
