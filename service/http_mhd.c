/*
 * The server, over libmicrohttpd. This file alone knows that library: its
 * threads call us for each connection, each first line, each head, each piece
 * of body, and when an answer was sent; http_exchange.h says what to do.
 *
 * The library's own strictness is left off: it answers with two heads
 * (0.9.75), and sees less than http_strict.h does.
 */
#include "service/http_exchange.h"
#include "service/http_pieces.h"
#include "service/http_work.h"

#include <microhttpd.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* A drain ends when there was no request for so long: one on its way would have come. */
enum { DRAIN_STEP_MS = 10, DRAIN_QUIET_MS = 250 };

/* Of an answer of pieces, so much is read at a time; as much is held of each that is sent. */
enum { PIECE_BYTES = 128 * 1024 };

/* They wait for a disk or a worker, and cost little meanwhile. */
enum { WAITING_THREADS = 16 };

/*
 * Beside the heads: for the library's own records of fields, the head of the answer, and a body
 * that comes with its head. It reads half of the whole at once; what does not fit comes in a second
 * turn, when all other connections have had theirs and nothing of this one is warm any more.
 */
enum { HEAD_BYTES_BESIDE = 48 * 1024 };

struct connection {
	hr_http *http;
	hr_http_exchange exchange;
	struct MHD_Connection *mhd;
	hr_http_job job;
	hr_http_reader reader; /* of an answer of pieces */
	bool unread;	       /* something of a refused request may still be on its way */
};

struct hr_http {
	hr_arena *arena;
	hr_http_common common;
	struct MHD_Daemon *daemon;
	hr_http_work *large;
	hr_http_work *waiting;
	struct connection *connections; /* by their place in the watch */
	int listen_fd;
	bool owns_listen_fd;
	uint16_t port;
	_Atomic uint64_t connection_count;
	atomic_bool draining;
	atomic_bool spoken;    /* the library has said something, or runs */
	char start_fault[120]; /* what it said first while it started */
};

/* ---- connections ---- */

static void log_fault(const struct connection *c, const char *what)
{
	const hr_log_field fields[] = {
		{ .name = "request", .text = c->exchange.request.id },
		{ .name = "what", .text = hr_str_of(what) },
	};

	if (c->http->common.options.log)
		hr_log_write(c->http->common.options.log, HR_LOG_ERROR, (hr_instant){ time(NULL) },
			     "http-fault", fields, 2);
}

static struct connection *connection_of(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

static struct connection *start_connection(hr_http *http, struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *fd =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	const union MHD_ConnectionInfo *address =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	hr_http_watch *watch = http->common.watch;
	int place = fd ? hr_http_watch_add(watch, fd->connect_fd) : -1;
	struct connection *c;

	if (place < 0)
		return NULL;
	c = &http->connections[place];
	c->http = http;
	c->mhd = mhd;
	c->unread = false;
	c->reader.fd = -1;
	c->exchange.common = &http->common;
	c->exchange.place = place;
	hr_http_address_format(address ? address->client_addr : NULL, c->exchange.client);
	atomic_fetch_add(&http->connection_count, 1);
	hr_http_exchange_await(&c->exchange, hr_http_watch_now(),
			       http->common.options.head_seconds);
	return c;
}

static void end_exchange(struct connection *c)
{
	hr_http_reader_close(&c->reader);
	hr_http_exchange_close(&c->exchange);
}

static void end_connection(struct connection *c)
{
	end_exchange(c);
	atomic_fetch_sub(&c->http->connection_count, 1);
	hr_http_watch_remove(c->http->common.watch, c->exchange.place, c->unread);
}

static void on_connection(void *cls, struct MHD_Connection *mhd, void **context,
			  enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		*context = start_connection(cls, mhd);
	else if (*context)
		end_connection(*context);
}

/* ---- the answer ---- */

static bool add_header(struct MHD_Response *response, hr_arena *arena, hr_str name, hr_str value)
{
	const char *n = hr_str_terminated(arena, name);
	const char *v = hr_str_terminated(arena, value);

	return n && v && MHD_add_response_header(response, n, v) == MHD_YES;
}

static bool add_headers(struct MHD_Response *mhd, const struct connection *c)
{
	const hr_http_response *response = &c->exchange.response;
	hr_arena *arena = c->exchange.arena;
	bool ok = add_header(mhd, arena, HR_STR("X-Request-Id"), c->exchange.request.id);

	if (response->type.len)
		ok = ok && add_header(mhd, arena, HR_STR("Content-Type"), response->type);
	for (size_t i = 0; i < response->field_count; i++)
		ok = ok &&
		     add_header(mhd, arena, response->fields[i].name, response->fields[i].value);
	if (c->unread || atomic_load_explicit(&c->http->draining, memory_order_relaxed))
		ok = ok && MHD_add_response_header(mhd, "Connection", "close") == MHD_YES;
	return ok;
}

static ssize_t read_pieces(void *cls, uint64_t at, char *out, size_t room)
{
	struct connection *c = cls;
	ssize_t got = hr_http_reader_read(&c->reader, out, room);

	(void)at;
	if (got > 0)
		return got;
	/* The length was promised: the client sees that it is cut. */
	log_fault(c, "a file of the answer cannot be read");
	return MHD_CONTENT_READER_END_WITH_ERROR;
}

/* What is one range of a file the kernel sends by itself, but not through TLS. */
static struct MHD_Response *make_pieces(struct connection *c)
{
	const hr_http_response *response = &c->exchange.response;
	const uint64_t length = hr_http_length(response);
	struct MHD_Response *answer;
	int fd;

	hr_http_reader_init(&c->reader, response);
	if (c->http->common.options.tls_certificate.len ||
	    !hr_http_reader_take_file(&c->reader, &fd))
		return MHD_create_response_from_callback(length, PIECE_BYTES, read_pieces, c, NULL);
	answer = MHD_create_response_from_fd_at_offset64(length, fd, response->pieces->offset);
	if (!answer)
		close(fd);
	return answer;
}

/* The body is sent from where it lies: the arena lives until on_completed. */
static struct MHD_Response *make_response(struct connection *c)
{
	const hr_http_response *response = &c->exchange.response;
	union {
		const char *shown;
		void *taken;
	} body = { .shown = response->body.data };

	if (response->piece_count)
		return make_pieces(c);
	return MHD_create_response_from_buffer(response->body.len, body.taken,
					       MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result send_response(struct connection *c, struct MHD_Connection *mhd)
{
	const hr_http_response *response = &c->exchange.response;
	struct MHD_Response *answer = make_response(c);
	enum MHD_Result result = MHD_NO;

	if (answer && add_headers(answer, c))
		result = MHD_queue_response(mhd, (unsigned)response->status, answer);
	if (answer)
		MHD_destroy_response(answer);
	if (result != MHD_YES)
		log_fault(c, "the answer cannot be sent");
	return result;
}

static void work(hr_http_job *job, bool stopping)
{
	struct connection *c = job->subject;

	hr_http_exchange_work(&c->exchange, stopping);
	MHD_resume_connection(c->mhd);
}

static void decide(hr_http_job *job, bool stopping)
{
	struct connection *c = job->subject;

	hr_http_exchange_decide(&c->exchange, stopping);
	MHD_resume_connection(c->mhd);
}

/* The library calls on_request again, in its own thread, when that is done. */
static enum MHD_Result give(struct connection *c, hr_http_work *to,
			    void (*run)(hr_http_job *, bool))
{
	c->job = (hr_http_job){ .run = run, .subject = c };
	/* Before it is given: it may be resumed before we are back. */
	MHD_suspend_connection(c->mhd);
	if (!hr_http_work_give(to, &c->job))
		run(&c->job, true);
	return MHD_YES;
}

static enum MHD_Result act(struct connection *c, struct MHD_Connection *mhd, hr_http_step step)
{
	if (step == HR_HTTP_WORK)
		return give(c, c->http->waiting, work);
	if (step == HR_HTTP_READ_ON)
		return MHD_YES;
	if (step == HR_HTTP_BREAK_OFF)
		return MHD_NO;
	c->unread = step == HR_HTTP_SEND_LAST;
	return send_response(c, mhd);
}

/* ---- the head ---- */

struct headers {
	hr_http_field *fields;
	size_t count;
};

static enum MHD_Result add_field(void *cls, enum MHD_ValueKind kind, const char *name,
				 size_t name_len, const char *value, size_t value_len)
{
	struct headers *headers = cls;

	(void)kind;
	while (value_len && (value[value_len - 1] == ' ' || value[value_len - 1] == '\t'))
		value_len--;
	headers->fields[headers->count++] =
		(hr_http_field){ { name, name_len }, { value, value_len } };
	return MHD_YES;
}

static bool read_headers(struct MHD_Connection *mhd, hr_http_request *request, hr_error *err)
{
	int count = MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, NULL, NULL);
	struct headers headers = { .count = 0 };

	if (count <= 0)
		return true;
	headers.fields = HR_NEW_N(request->arena, hr_http_field, (size_t)count);
	if (!headers.fields)
		return hr_fail_memory(err);
	MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, add_field, &headers);
	request->headers = headers.fields;
	request->header_count = headers.count;
	return true;
}

static size_t head_bytes(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

	return info ? info->header_size : 0;
}

/* ---- the body ---- */

static enum MHD_Result take_body(struct connection *c, struct MHD_Connection *mhd, hr_str piece,
				 size_t *left)
{
	size_t taken;
	hr_http_step step = hr_http_exchange_take(&c->exchange, piece, &taken);

	*left = piece.len - taken;
	return act(c, mhd, step);
}

static enum MHD_Result end_body(struct connection *c, struct MHD_Connection *mhd)
{
	hr_http_where where = hr_http_exchange_where(&c->exchange);

	if (where == HR_HTTP_HERE)
		return act(c, mhd, hr_http_exchange_answer(&c->exchange));
	hr_http_watch_await(c->http->common.watch, c->exchange.place, 0);
	return give(c, where == HR_HTTP_AMONG_LARGE ? c->http->large : c->http->waiting, decide);
}

/* ---- what the library calls ---- */

/* The first line has come. Only here is the target shown as it was sent. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *mhd)
{
	struct connection *c = connection_of(mhd);

	(void)cls;
	return c && hr_http_exchange_open(&c->exchange, hr_str_of(target)) ? c : NULL;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *mhd, const char *url,
				  const char *method, const char *version, const char *data,
				  size_t *len, void **context)
{
	struct connection *c = *context;
	hr_str piece = { data, *len };
	hr_http_head head;
	hr_error err;

	(void)cls;
	if (!c)
		return MHD_NO;
	if (c->exchange.phase != HR_HTTP_IDLE) {
		return piece.len ? take_body(c, mhd, piece, len) : end_body(c, mhd);
	}
	hr_http_exchange_begin(&c->exchange);
	if (!read_headers(mhd, &c->exchange.request, &err))
		return act(c, mhd, hr_http_exchange_refuse(&c->exchange, 503, &err));
	head = (hr_http_head){
		.raw = { method, head_bytes(mhd) },
		.method = hr_str_of(method),
		.target_place = url,
		.version = hr_str_of(version),
	};
	return act(c, mhd, hr_http_exchange_admit(&c->exchange, &head));
}

static void on_completed(void *cls, struct MHD_Connection *mhd, void **context,
			 enum MHD_RequestTerminationCode why)
{
	struct connection *c = *context;
	hr_http *http = cls;

	(void)mhd;
	(void)why;
	*context = NULL;
	if (!c)
		return;
	end_exchange(c);
	hr_http_exchange_await(&c->exchange, hr_http_watch_now(),
			       http->common.options.head_seconds);
}

/* The target is decoded by us, from what on_target was shown. */
static size_t leave_escaped(void *cls, struct MHD_Connection *mhd, char *text)
{
	(void)cls;
	(void)mhd;
	return strlen(text);
}

/* Once it runs, it speaks of its clients' faults, which are none of ours. */
__attribute__((format(printf, 2, 0))) static void on_message(void *cls, const char *format,
							     va_list args)
{
	hr_http *http = cls;

	if (!atomic_exchange(&http->spoken, true))
		vsnprintf(http->start_fault, sizeof(http->start_fault), format, args);
}

/* ---- start and stop ---- */

/* A row for a thing that is not there ends nothing: it says again what is so anyway. */
static struct MHD_OptionItem item_if(bool is_there, enum MHD_OPTION option, const char *text)
{
	union {
		const char *shown;
		void *taken;
	} pem = { .shown = text };

	if (is_there)
		return (struct MHD_OptionItem){ option, 0, pem.taken };
	return (struct MHD_OptionItem){ MHD_OPTION_STRICT_FOR_CLIENT, 0, NULL };
}

static bool start_daemon(hr_http *http, hr_error *err)
{
	const hr_http_options *o = &http->common.options;
	const char *certificate = hr_str_terminated(http->arena, o->tls_certificate);
	const char *key = hr_str_terminated(http->arena, o->tls_key);
	const bool tls = o->tls_certificate.len > 0;
	const struct MHD_OptionItem threads = { MHD_OPTION_THREAD_POOL_SIZE, o->threads, NULL };
	struct MHD_OptionItem items[] = {
		{ MHD_OPTION_LISTEN_SOCKET, http->listen_fd, NULL },
		{ MHD_OPTION_CONNECTION_LIMIT, o->connections_max, NULL },
		{ MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		  o->proxies.count ? 0 : o->connections_per_client_max, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		  (intptr_t)(o->head_bytes_max + HEAD_BYTES_BESIDE), NULL },
		{ MHD_OPTION_CONNECTION_TIMEOUT, o->head_seconds + o->body_seconds, NULL },
		{ MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, http },
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, http },
		{ MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_escaped, NULL },
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, http },
		item_if(tls, MHD_OPTION_HTTPS_MEM_CERT, certificate),
		item_if(tls, MHD_OPTION_HTTPS_MEM_KEY, key),
		item_if(tls, MHD_OPTION_HTTPS_PRIORITIES,
			"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"),
		/* One thread is no pool, to the library. */
		o->threads > 1 ? threads : item_if(false, MHD_OPTION_END, NULL),
		{ MHD_OPTION_END, 0, NULL },
	};

	if (!certificate || !key)
		return hr_fail_memory(err);
	http->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
						MHD_USE_ERROR_LOG | (tls ? MHD_USE_TLS : 0),
					0, NULL, NULL, on_request, http, MHD_OPTION_EXTERNAL_LOGGER,
					on_message, http, MHD_OPTION_ARRAY, items, MHD_OPTION_END);
	atomic_store(&http->spoken, true);
	/* Of its ways to fail some have closed the socket, some have not. */
	if (!http->daemon && hr_http_listen_port(http->listen_fd) != http->port)
		http->listen_fd = -1;
	return http->daemon || hr_fail(err, tls ? HR_E_USAGE : HR_E_INTERNAL,
				       "the HTTP server does not start: %s", http->start_fault);
}

static bool open_socket(hr_http *http, hr_error *err)
{
	http->listen_fd = http->common.options.listen_fd;
	http->owns_listen_fd = http->listen_fd < 0;
	if (http->owns_listen_fd &&
	    !hr_http_listen(http->common.options.listen, &http->listen_fd, err))
		return false;
	http->port = hr_http_listen_port(http->listen_fd);
	return true;
}

static bool make_tables(hr_http *http, hr_error *err)
{
	const unsigned connections_max = http->common.options.connections_max;

	http->connections = HR_NEW_N(http->arena, struct connection, connections_max);
	if (!http->connections)
		return hr_fail_memory(err);
	return hr_http_common_init(&http->common, http->arena, err) &&
	       hr_http_work_open(1, http->arena, &http->large, err) &&
	       hr_http_work_open(WAITING_THREADS, http->arena, &http->waiting, err);
}

bool hr_http_open(const hr_http_options *options, hr_http **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open(SIZE_MAX);
	hr_http *http = arena ? HR_NEW(arena, hr_http) : NULL;

	if (!http) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	http->arena = arena;
	http->common.http = http;
	http->common.options = *options;
	http->listen_fd = -1;
	if (!hr_http_options_check(options, err) || !open_socket(http, err) ||
	    !make_tables(http, err) || !start_daemon(http, err)) {
		hr_http_close(http);
		return false;
	}
	*out = http;
	return true;
}

uint16_t hr_http_port(const hr_http *http)
{
	return http->port;
}

hr_http_counts hr_http_count(const hr_http *http)
{
	return (hr_http_counts){
		.connections = atomic_load(&http->connection_count),
		.requests = atomic_load(&http->common.request_count),
		.body_bytes = atomic_load(&http->common.bodies.used),
		.answer_bytes = atomic_load(&http->common.answers.used),
		.refused = atomic_load(&http->common.refused_count),
	};
}

static void stop_listening(hr_http *http)
{
	if (!http->daemon || atomic_exchange(&http->draining, true))
		return;
	if (http->owns_listen_fd)
		hr_http_listen_let_in(http->listen_fd);
	MHD_quiesce_daemon(http->daemon);
	/* Not closed: a thread may be about to accept, and must not meet another file there. */
	if (http->owns_listen_fd)
		hr_http_listen_stop(http->listen_fd);
}

void hr_http_drain(hr_http *http, unsigned seconds)
{
	const struct timespec step = { .tv_nsec = DRAIN_STEP_MS * 1000000L };
	const uint64_t end = hr_http_watch_now() + seconds * 1000ULL;
	unsigned quiet_ms = 0;

	stop_listening(http);
	while (hr_http_watch_now() < end && quiet_ms < DRAIN_QUIET_MS &&
	       atomic_load(&http->connection_count)) {
		quiet_ms = atomic_load(&http->common.request_count) ? 0 : quiet_ms + DRAIN_STEP_MS;
		nanosleep(&step, NULL);
	}
}

void hr_http_close(hr_http *http)
{
	if (!http)
		return;
	stop_listening(http);
	/* First: the library dies of a connection that is suspended when it stops. */
	hr_http_work_stop(http->large);
	hr_http_work_stop(http->waiting);
	if (http->daemon)
		MHD_stop_daemon(http->daemon);
	if (http->owns_listen_fd && http->listen_fd >= 0)
		close(http->listen_fd);
	hr_http_work_close(http->large);
	hr_http_work_close(http->waiting);
	hr_http_common_dispose(&http->common);
	hr_arena_close(http->arena);
}
