/*
 * An HTTP server that does as it is told: one connection after another, one
 * request on each, one answer to it. A thread of the test's own.
 */
#pragma once

#include "base/str.h"

typedef struct hr_told_answer {
	const char *status; /* "200 OK"; NULL: hangs up without a word */
	const char *fields; /* "Name: value\r\n..."; NULL: none but the length */
	const char *body;
	size_t length_said; /* of the body; 0: as it is */
	size_t enough;	    /* answers when so many bytes of the request have come; 0: all */
	bool hangs;	    /* says no more and does not hang up either */
} hr_told_answer;

typedef struct hr_told_server hr_told_server;

/* The last answer is given again and again. Ends with the arena. */
hr_told_server *hr_told_server_open(hr_arena *arena, const hr_told_answer *answers, size_t count);

/* "http://127.0.0.1:PORT". */
const char *hr_told_server_url(const hr_told_server *server);

/* Other answers from now on, and nothing asked yet. */
void hr_told_server_tell(hr_told_server *server, const hr_told_answer *answers, size_t count);

/* How often it was asked, and with what last: head and body. Between requests. */
unsigned hr_told_server_count(hr_told_server *server);
hr_str hr_told_server_last(hr_told_server *server);
