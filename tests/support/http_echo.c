/*
 * A server of nothing but http.h, to try the server itself. Says its port on
 * stdout, and drains for five seconds when it gets SIGTERM.
 *
 *	http_echo [NAME=VALUE ...]	see `settings`
 *
 *	GET  /		a constant
 *	GET  /head	what was understood of the head
 *	POST /echo	the body back
 *	GET  /slow	a constant, after a second; POST of 2 MiB, too
 *	POST /held	2 MiB, for a constant when GET /let-go was asked
 *	GET  /large	4 MiB, less a byte
 *	GET  /own	as much, out of the memory of the request
 *	GET  /mapped	as much, which hangs on it
 *	POST /sink	how much came, and how often it was held up: every 100,000 bytes
 *	GET  /file	a range of a file
 *	GET  /pieces	three such ranges, with words between them
 *	GET  /cut	a range that goes past the file's end
 *	GET  /counts	what the server counts
 *	any  /answer	the bytes of the file that `answer` names, or a constant; with ?us=N
 *			after it has been busy for so many microseconds
 *
 * Only text/plain, application/json and nothing are taken as a type.
 */
#include "base/file.h"
#include "service/http.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum {
	BODY_MAX = 1 << 20,
	LONG_BODY_MAX = 2 << 20,
	LARGE_BYTES = (4 << 20) - 1,
	SINK_BODY_MAX = 64 << 20,
	SINK_STEP = 100000,
	FILE_BYTES = 1 << 20,
	TEXT_MAX = 64 * 1024
};

struct echo {
	hr_arena *arena;
	hr_str large;
	hr_str answer;
	int file; /* the byte at N is N % 251 */
	atomic_uint held;
	atomic_bool let_go;
	hr_http *http;
	hr_http_options options;
};

static const struct {
	hr_str name;
	size_t offset;
	size_t size;
} settings[] = {
#define SETTING(field)                                                                             \
	{                                                                                          \
		HR_STR_INIT(#field), offsetof(hr_http_options, field),                             \
			sizeof(((hr_http_options *)0)->field)                                      \
	}
	SETTING(listen_fd),	   SETTING(threads),	      SETTING(connections_max),
	SETTING(head_bytes_max),   SETTING(bodies_bytes_max), SETTING(connections_per_client_max),
	SETTING(head_seconds),	   SETTING(body_seconds),     SETTING(request_bytes_max),
	SETTING(answers_bytes_max)
#undef SETTING
};

/* ---- the handler ---- */

static bool refused(hr_http_response *out, int status, const char *why)
{
	out->status = status;
	out->type = HR_STR("text/plain");
	out->body = hr_str_of(why);
	return false;
}

struct sink {
	size_t bytes;
	unsigned works;
};

static hr_http_taken take(void *subject, hr_str bytes, size_t *taken, hr_error *err)
{
	struct sink *sink = subject;
	size_t room = SINK_STEP - sink->bytes % SINK_STEP;

	*taken = bytes.len < room ? bytes.len : room;
	if (memchr(bytes.data, '!', *taken)) {
		hr_fail(err, HR_E_SYNTAX, "no exclamation");
		return HR_HTTP_TAKES_NO_MORE;
	}
	sink->bytes += *taken;
	return bytes.len < room ? HR_HTTP_TOOK : HR_HTTP_PAUSE;
}

static void work(void *subject)
{
	struct sink *sink = subject;

	sink->works++;
	nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

static void set_sink(hr_http_request *request, size_t *body_max)
{
	struct sink *sink = HR_NEW(request->arena, struct sink);

	if (!sink)
		return;
	request->context = sink;
	request->sink = (hr_http_sink){ take, work, sink };
	request->waits = true;
	*body_max = SINK_BODY_MAX;
}

static bool admit(void *app, hr_http_request *request, size_t *body_max, hr_http_response *out)
{
	hr_str type = hr_http_header(request, HR_STR("Content-Type"));

	(void)app;
	*body_max = hr_str_equal(request->path, HR_STR("/slow")) ||
				    hr_str_equal(request->path, HR_STR("/held"))
			    ? LONG_BODY_MAX
			    : BODY_MAX;
	if (request->method == HR_HTTP_OTHER)
		return refused(out, 405, "no such method");
	if (hr_str_equal(request->path, HR_STR("/sink")))
		set_sink(request, body_max);
	if (hr_str_equal(request->path, HR_STR("/forbidden")))
		return refused(out, 403, "not for you");
	if (type.len && !hr_str_equal(type, HR_STR("text/plain")) &&
	    !hr_str_equal(type, HR_STR("application/json")))
		return refused(out, 415, "no such type");
	return true;
}

static void add_fields(hr_buf *buf, const char *what, const hr_http_field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++)
		hr_buf_addf(buf, "%s %.*s=%.*s\n", what, HR_STR_ARG(fields[i].name),
			    HR_STR_ARG(fields[i].value));
}

static hr_str head_of(const hr_http_request *request)
{
	hr_buf buf;

	hr_buf_init(&buf, request->arena, TEXT_MAX);
	hr_buf_addf(&buf, "method %d\npath %.*s\nclient %.*s\nbody %zu\n", (int)request->method,
		    HR_STR_ARG(request->path), HR_STR_ARG(request->client), request->body_len);
	add_fields(&buf, "query", request->query, request->query_count);
	add_fields(&buf, "header", request->headers, request->header_count);
	return hr_buf_str(&buf);
}

static hr_str counts_of(struct echo *echo, const hr_http_request *request)
{
	hr_http_counts counts = hr_http_count(request->http);
	hr_buf buf;

	hr_buf_init(&buf, request->arena, TEXT_MAX);
	hr_buf_addf(&buf, "connections %llu\nrequests %llu\n",
		    (unsigned long long)counts.connections, (unsigned long long)counts.requests);
	hr_buf_addf(&buf, "body_bytes %llu\nanswer_bytes %llu\nrefused %llu\n",
		    (unsigned long long)counts.body_bytes, (unsigned long long)counts.answer_bytes,
		    (unsigned long long)counts.refused);
	hr_buf_addf(&buf, "held %u\n", atomic_load(&echo->held));
	return hr_buf_str(&buf);
}

/* So that a test decides how long a request is in work, not the machine; a minute at most. */
static void hold(struct echo *echo)
{
	atomic_fetch_add(&echo->held, 1);
	for (int i = 0; i < 6000 && !atomic_load(&echo->let_go); i++)
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	atomic_fetch_sub(&echo->held, 1);
}

static int64_t clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* As one who works something out: the processor is in use, and nothing of the caches. */
static hr_str busy_answer(const struct echo *echo, const hr_http_request *request)
{
	const hr_str us = hr_http_query(request, HR_STR("us"));
	const int64_t end = clock_us() + (us.len ? strtoll(us.data, NULL, 10) : 0);

	while (clock_us() < end)
		;
	return echo->answer.len ? echo->answer : HR_STR("ok\n");
}

static hr_str own_of(const hr_http_request *request)
{
	const char *own = hr_arena_alloc(request->arena, LARGE_BYTES);

	return own ? (hr_str){ own, LARGE_BYTES } : HR_STR("no memory\n");
}

static void unmap(void *bytes)
{
	munmap(bytes, LARGE_BYTES);
}

static hr_str mapped_of(const hr_http_request *request)
{
	void *bytes = mmap(NULL, LARGE_BYTES, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	hr_error err;

	if (bytes == MAP_FAILED || !hr_arena_on_reset(request->arena, unmap, bytes, &err))
		return HR_STR("no memory\n");
	hr_arena_note(request->arena, LARGE_BYTES);
	return (hr_str){ bytes, LARGE_BYTES };
}

static hr_str sink_of(const hr_http_request *request)
{
	const struct sink *sink = request->context;
	hr_buf buf;

	hr_buf_init(&buf, request->arena, TEXT_MAX);
	hr_buf_addf(&buf, "%zu %u %zu\n", sink->bytes, sink->works, request->body.len);
	return hr_buf_str(&buf);
}

/* The second file is not there: what is asked of it ends early. */
static bool open_file(void *subject, uint32_t file, int *fd, hr_error *err)
{
	const struct echo *echo = subject;

	if (file > 1)
		return hr_fail(err, HR_E_NOT_FOUND, "there are two");
	*fd = fcntl(echo->file, F_DUPFD_CLOEXEC, 0);
	return *fd >= 0;
}

static void set_pieces(void *app, const hr_http_request *request, hr_http_response *out)
{
	static const hr_http_piece pieces[] = {
		{ .bytes = "<", .length = 1 },
		{ .file = 0, .offset = 7, .length = 300000 },
		{ .bytes = "|", .length = 1 },
		{ .file = 1, .offset = 0, .length = 0 },
		{ .file = 1, .offset = FILE_BYTES - 3, .length = 3 },
		{ .bytes = ">", .length = 1 },
	};
	static const hr_http_piece one = { .offset = 5, .length = 500000 };
	static const hr_http_piece cut = { .offset = 5, .length = FILE_BYTES };
	bool all = hr_str_equal(request->path, HR_STR("/pieces"));

	out->body = HR_STR_NONE;
	out->pieces = all ? pieces : hr_str_equal(request->path, HR_STR("/file")) ? &one : &cut;
	out->piece_count = all ? sizeof(pieces) / sizeof(pieces[0]) : 1;
	out->files = (hr_http_files){ open_file, app };
}

static void answer(void *app, const hr_http_request *request, hr_http_response *out)
{
	struct echo *echo = app;

	out->status = 200;
	out->type = HR_STR("text/plain");
	out->body = HR_STR("ok\n");
	if (hr_str_equal(request->path, HR_STR("/echo")))
		out->body = request->body;
	else if (hr_str_equal(request->path, HR_STR("/head")))
		out->body = head_of(request);
	else if (hr_str_equal(request->path, HR_STR("/counts")))
		out->body = counts_of(echo, request);
	else if (hr_str_equal(request->path, HR_STR("/large")))
		out->body = echo->large;
	else if (hr_str_equal(request->path, HR_STR("/answer")))
		out->body = busy_answer(echo, request);
	else if (hr_str_equal(request->path, HR_STR("/own")))
		out->body = own_of(request);
	else if (hr_str_equal(request->path, HR_STR("/mapped")))
		out->body = mapped_of(request);
	else if (hr_str_equal(request->path, HR_STR("/sink")))
		out->body = sink_of(request);
	else if (hr_str_equal(request->path, HR_STR("/file")) ||
		 hr_str_equal(request->path, HR_STR("/pieces")) ||
		 hr_str_equal(request->path, HR_STR("/cut")))
		set_pieces(app, request, out);
	else if (hr_str_equal(request->path, HR_STR("/held")))
		hold(echo);
	else if (hr_str_equal(request->path, HR_STR("/let-go")))
		atomic_store(&echo->let_go, true);
	else if (hr_str_equal(request->path, HR_STR("/slow")))
		nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
}

static void refuse(void *app, const hr_http_request *request, int status, const hr_error *err,
		   hr_http_response *out)
{
	(void)app;
	refused(out, status, err->message);
	out->body = hr_str_copy(request->arena, out->body);
}

/* ---- the program ---- */

static bool set_number(hr_http_options *options, hr_str name, const char *value)
{
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		char *place = (char *)options + settings[i].offset;
		unsigned long long number = strtoull(value, NULL, 10);

		if (!hr_str_equal(settings[i].name, name))
			continue;
		memcpy(place, &number, settings[i].size);
		return true;
	}
	return false;
}

static bool set(struct echo *echo, const char *word, hr_error *err)
{
	const char *equals = strchr(word, '=');
	hr_str name = { word, equals ? (size_t)(equals - word) : 0 };

	if (hr_str_equal(name, HR_STR("listen")))
		echo->options.listen = equals + 1;
	else if (hr_str_equal(name, HR_STR("answer")))
		return hr_file_read(equals + 1, BODY_MAX, echo->arena, &echo->answer, err);
	else if (hr_str_equal(name, HR_STR("tls_certificate")))
		return hr_file_read(equals + 1, TEXT_MAX, echo->arena,
				    &echo->options.tls_certificate, err);
	else if (hr_str_equal(name, HR_STR("tls_key")))
		return hr_file_read(equals + 1, TEXT_MAX, echo->arena, &echo->options.tls_key, err);
	else if (hr_str_equal(name, HR_STR("trusted_proxy")))
		return hr_proxies_read(equals + 1, echo->arena, &echo->options.proxies, err);
	else if (name.len == 0 || !set_number(&echo->options, name, equals + 1))
		return hr_fail(err, HR_E_USAGE, "there is no setting '%s'", word);
	return true;
}

static bool make_file(struct echo *echo, hr_error *err)
{
	char *bytes = hr_arena_alloc_text(echo->arena, FILE_BYTES);

	for (size_t i = 0; bytes && i < FILE_BYTES; i++)
		bytes[i] = (char)(i % 251);
	echo->file = memfd_create("file", MFD_CLOEXEC);
	return bytes && echo->file >= 0 && hr_write_all(echo->file, (hr_str){ bytes, FILE_BYTES })
		       ? true
		       : hr_fail_memory(err);
}

static bool open_server(struct echo *echo, int argc, char **argv, hr_error *err)
{
	char *large = hr_arena_alloc(echo->arena, LARGE_BYTES);

	if (!large)
		return hr_fail_memory(err);
	if (!make_file(echo, err))
		return false;
	echo->large = (hr_str){ large, LARGE_BYTES };
	echo->options = hr_http_defaults;
	echo->options.listen = "127.0.0.1:0";
	echo->options.handler = (hr_http_handler){ admit, answer, refuse, echo };
	for (int i = 1; i < argc; i++)
		if (!set(echo, argv[i], err))
			return false;
	return hr_http_open(&echo->options, &echo->http, err);
}

int main(int argc, char **argv)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(SIZE_MAX);
	struct echo echo = { .arena = arena };
	hr_error err;
	sigset_t stop;
	int got;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	if (!arena || !open_server(&echo, argc, argv, &err)) {
		fprintf(stderr, "http_echo: %s\n", arena ? err.message : "no memory");
		return 1;
	}
	printf("%u\n", hr_http_port(echo.http));
	fflush(stdout);
	sigwait(&stop, &got);
	hr_http_drain(echo.http, 5);
	hr_http_close(echo.http);
	return 0;
}
