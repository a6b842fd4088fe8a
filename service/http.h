/*
 * HTTP/1.1 as the routes see it. What is small is whole in memory, the request
 * as the answer; a body that is large goes to a sink while it comes, and an
 * answer that is large may be made of pieces of files. The library behind it
 * is known to http_mhd.c alone.
 *
 * The life of a request: its head is read and checked (http_strict.h); `admit`
 * may refuse it before a byte of its body is read; the body is read, up to
 * what admit allowed; `answer` fills the response; it is sent; the request's
 * arena is reset. Both callbacks run in the server's threads, several at once;
 * one request is in one thread at a time.
 */
#pragma once

#include "base/log.h"
#include "service/proxies.h"

typedef enum hr_http_method {
	HR_HTTP_GET,
	HR_HTTP_HEAD, /* answered as GET; the body is left out when it is sent */
	HR_HTTP_POST,
	HR_HTTP_PUT,
	HR_HTTP_DELETE,
	HR_HTTP_OPTIONS,
	HR_HTTP_OTHER,
} hr_http_method;

typedef struct hr_http_field {
	hr_str name; /* as sent; headers are compared without case */
	hr_str value;
} hr_http_field;

typedef struct hr_http hr_http;

typedef enum hr_http_taken {
	HR_HTTP_TOOK,	       /* what it was given, all of it */
	HR_HTTP_PAUSE,	       /* `*taken` bytes of it; `work` comes first, then the rest */
	HR_HTTP_TAKES_NO_MORE, /* `err` is answered at once, not by the handler's answer */
} hr_http_taken;

/*
 * Where a body goes that is not kept in memory. `take` runs in a server's
 * thread, which has other connections, too, so it must not wait; `work` runs in
 * one that may. After the last byte `answer` is called. What must be let go of
 * when the client breaks off hangs on the request's arena.
 */
typedef struct hr_http_sink {
	hr_http_taken (*take)(void *subject, hr_str bytes, size_t *taken, hr_error *err);
	void (*work)(void *subject);
	void *subject;
} hr_http_sink;

typedef struct hr_http_request {
	const hr_http *http; /* that serves it; hr_http_open may not have returned yet */
	hr_http_method method;
	hr_str path;		    /* decoded, without the query */
	const hr_http_field *query; /* decoded, in order */
	size_t query_count;
	const hr_http_field *headers;
	size_t header_count;
	hr_str body;	 /* empty while admit runs */
	size_t body_len; /* as announced; SIZE_MAX when chunked */
	bool is_tls;
	hr_str client;		   /* its address, without the port */
	const hr_proxies *proxies; /* when it comes from one of them, which said who he is */
	hr_str id;		   /* ours, for the answer and the log */
	hr_arena *arena;	   /* what is taken from it lives until the answer was sent */
	hr_arena *kept; /* for the body of an answer: while it is sent, no other is held */
	void *context;	/* admit may hand it to answer */
	struct hr_http_share *share; /* of the memory of all answers; NULL: nobody counts */

	/* What admit may ask for. */
	hr_http_sink sink; /* for the body, instead of memory */
	bool waits;	   /* for a disk, for a worker: answered in a thread that may */
} hr_http_request;

enum { HR_HTTP_FIELDS_MAX = 20 };

/* A part of an answer: bytes in memory, or of a file. */
typedef struct hr_http_piece {
	const char *bytes; /* NULL: of a file */
	uint32_t file;	   /* its number, as hr_http_files.open is given it */
	uint64_t offset;   /* in the file */
	uint64_t length;
} hr_http_piece;

/* Opened one at a time, when the answer has come so far; closed by the server. */
typedef struct hr_http_files {
	bool (*open)(void *subject, uint32_t file, int *fd, hr_error *err);
	void *subject;
} hr_http_files;

typedef struct hr_http_response {
	int status;
	hr_str type;		     /* Content-Type */
	hr_str body;		     /* in the request's arena, or static */
	const hr_http_piece *pieces; /* instead of a body, and where that may lie */
	size_t piece_count;
	hr_http_files files;
	hr_http_field fields[HR_HTTP_FIELDS_MAX];
	size_t field_count;
} hr_http_response;

typedef struct hr_http_handler {
	/* How many bytes of body may come, or false with `out` filled: refused. */
	bool (*admit)(void *app, hr_http_request *request, size_t *body_max, hr_http_response *out);
	void (*answer)(void *app, const hr_http_request *request, hr_http_response *out);
	/*
	 * A refusal of the server itself (a bad head, a body over the limit, too many
	 * clients): `err` says why, `status` is what is sent. May be called for a
	 * request of which only id and arena are known.
	 */
	void (*refuse)(void *app, const hr_http_request *request, int status, const hr_error *err,
		       hr_http_response *out);
	void *app;
} hr_http_handler;

typedef struct hr_http_options {
	const char *listen; /* "127.0.0.1:8080", "[::1]:0"; port 0: any free one */
	int listen_fd;	    /* of a socket that is bound already (activation); -1: `listen` */
	unsigned threads;
	unsigned connections_max;
	unsigned connections_per_client_max;
	size_t head_bytes_max;
	size_t bodies_bytes_max;  /* of all requests together; over it: 503 */
	size_t answers_bytes_max; /* held by all requests whose answer is sent, over 1 MiB; 503 */
	size_t request_bytes_max; /* of a request with its body; and again of working it out */
	unsigned head_seconds;	  /* from connect, or from the last answer, to a whole head */
	unsigned body_seconds;	/* from the head to a whole body of 1 MiB; larger: in proportion */
	hr_proxies proxies;	/* in front; with any, their clients are not counted by address */
	hr_str tls_certificate; /* PEM; empty: no TLS */
	hr_str tls_key;
	const hr_log *log;
	hr_http_handler handler;
} hr_http_options;

/* What is small and safe: 127.0.0.1:8080, two threads, no TLS; without a handler and a log. */
extern const hr_http_options hr_http_defaults;

/* HR_E_USAGE with what is wrong: a limit of nothing, more connections than files may be open. */
bool hr_http_options_check(const hr_http_options *options, hr_error *err);

/* Listens and serves in threads of its own until closed. `options` is copied, not what it points
 * to. */
bool hr_http_open(const hr_http_options *options, hr_http **out, hr_error *err);

/* The port that is listened on. */
uint16_t hr_http_port(const hr_http *http);

/*
 * Takes no new connection, lets every request that has arrived be answered
 * (with "Connection: close"), at most `seconds`. Then only hr_http_close is left.
 */
void hr_http_drain(hr_http *http, unsigned seconds);
void hr_http_close(hr_http *http);

typedef struct hr_http_counts {
	uint64_t connections;  /* now */
	uint64_t requests;     /* now in work */
	uint64_t body_bytes;   /* now held */
	uint64_t answer_bytes; /* now held while they are sent, of those over 1 MiB */
	uint64_t refused;      /* since the start, by the server itself */
} hr_http_counts;

hr_http_counts hr_http_count(const hr_http *http);

/* The first header of that name, or empty. */
hr_str hr_http_header(const hr_http_request *request, hr_str name);

/* The first field of that name in the query, or empty. */
hr_str hr_http_query(const hr_http_request *request, hr_str name);

/*
 * For an answer that grows piece by piece: what `request->arena` holds by now is
 * counted among all answers at once, not only when it is whole. HR_E_MEMORY
 * when they are too much together.
 */
bool hr_http_hold_answer(const hr_http_request *request, hr_error *err);

/* Of its body, or of all its pieces. */
uint64_t hr_http_length(const hr_http_response *response);

/* More than HR_HTTP_FIELDS_MAX is a bug, asserted. Both are borrowed until the answer was sent. */
void hr_http_add_field(hr_http_response *response, hr_str name, hr_str value);
