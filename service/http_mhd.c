/*
 * The server, over libmicrohttpd. This file alone knows that library: its
 * threads call us for each connection, each first line, each head, each piece
 * of body, and when an answer was sent.
 *
 * A request takes an arena when its first line has come and gives it back when
 * its answer was sent, so that idle connections hold none. The library's own
 * strictness is left off: it answers with two heads (0.9.75), and sees less
 * than http_strict.h does.
 */
#include "service/http_arenas.h"
#include "service/http_body.h"
#include "service/http_listen.h"
#include "service/http_request.h"
#include "service/http_strict.h"
#include "service/http_target.h"
#include "service/http_watch.h"

#include <microhttpd.h>
#include <stdio.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

/* One that was used keeps up to 4 MiB for the next. */
enum { SPARE_ARENAS_A_THREAD = 4 };

/* Of a body that is refused half way, so much is read for nothing before its client hears of it. */
enum { WASTE_BYTES_MAX = 8 << 20 };

/* A drain ends when there was no request for so long: one on its way would have come. */
enum { DRAIN_STEP_MS = 10, DRAIN_QUIET_MS = 250 };

enum { MIB = 1 << 20 };

/* Beside the heads: for the library's own records of fields, and the head of the answer. */
enum { HEAD_BYTES_BESIDE = 16 * 1024 };

enum phase {
	PHASE_IDLE,    /* no request, or one of which only the first line is there */
	PHASE_BODY,    /* admitted; what comes is kept */
	PHASE_WASTE,   /* refused half way; what comes is dropped, `fault` is answered at its end */
	PHASE_REFUSED, /* refused, and it has no body: `response` is answered */
	PHASE_ANSWER,
};

struct connection {
	hr_http *http;
	int place; /* in the watch */
	enum phase phase;
	bool unread;	 /* something of a refused request may still be on its way */
	hr_arena *arena; /* of the request; NULL between two */
	hr_str target;
	hr_http_request request;
	hr_http_response response;
	hr_http_body body;
	uint64_t head_ms; /* when the head was there */
	size_t wasted;
	size_t held; /* of the budget of answers */
	hr_error fault;
	char client[HR_HTTP_ADDRESS_TEXT];
	char id[HR_HTTP_ID_BYTES];
};

struct hr_http {
	hr_arena *arena;
	hr_http_options options;
	struct MHD_Daemon *daemon;
	hr_http_watch *watch;
	struct connection *connections; /* by their place in the watch */
	hr_http_arenas arenas;
	hr_http_budget bodies;
	hr_http_budget answers;
	int listen_fd;
	bool owns_listen_fd;
	uint16_t port;
	_Atomic uint64_t next_id;
	_Atomic uint64_t connection_count;
	_Atomic uint64_t request_count;
	_Atomic uint64_t refused_count;
	atomic_bool draining;
	atomic_bool spoken;    /* the library has said something, or runs */
	char start_fault[120]; /* what it said first while it started */
};

/* ---- connections ---- */

static void log_fault(const struct connection *c, const char *what)
{
	const hr_log_field fields[] = {
		{ .name = "request", .text = { c->id, HR_HTTP_ID_BYTES } },
		{ .name = "what", .text = hr_str_of(what) },
	};

	if (c->http->options.log)
		hr_log_write(c->http->options.log, HR_LOG_ERROR, (hr_instant){ time(NULL) },
			     "http-fault", fields, 2);
}

static void await(const struct connection *c, uint64_t from_ms, uint64_t seconds)
{
	hr_http_watch_await(c->http->watch, c->place, from_ms + seconds * 1000);
}

static void forget_request(struct connection *c)
{
	if (c->phase != PHASE_IDLE)
		atomic_fetch_sub(&c->http->request_count, 1);
	if (c->arena) {
		hr_http_body_end(&c->body);
		hr_http_let_go(&c->http->answers, &c->held);
		hr_http_arenas_give(&c->http->arenas, c->arena);
	}
	c->arena = NULL;
	c->phase = PHASE_IDLE;
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
	int place = fd ? hr_http_watch_add(http->watch, fd->connect_fd) : -1;
	struct connection *c;

	if (place < 0)
		return NULL;
	c = &http->connections[place];
	c->http = http;
	c->place = place;
	c->unread = false;
	hr_http_address_format(address ? address->client_addr : NULL, c->client);
	atomic_fetch_add(&http->connection_count, 1);
	await(c, hr_http_watch_now(), http->options.head_seconds);
	return c;
}

static void end_connection(struct connection *c)
{
	forget_request(c);
	atomic_fetch_sub(&c->http->connection_count, 1);
	hr_http_watch_remove(c->http->watch, c->place, c->unread);
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

static bool add_headers(struct MHD_Response *mhd, const struct connection *c,
			const hr_http_response *response, bool close_after)
{
	bool ok = add_header(mhd, c->arena, HR_STR("X-Request-Id"), c->request.id);

	if (response->type.len)
		ok = ok && add_header(mhd, c->arena, HR_STR("Content-Type"), response->type);
	for (size_t i = 0; i < response->field_count; i++)
		ok = ok &&
		     add_header(mhd, c->arena, response->fields[i].name, response->fields[i].value);
	if (close_after || atomic_load_explicit(&c->http->draining, memory_order_relaxed))
		ok = ok && MHD_add_response_header(mhd, "Connection", "close") == MHD_YES;
	return ok;
}

/* The body is sent from where it lies: the arena lives until on_completed. */
static enum MHD_Result send_response(struct connection *c, struct MHD_Connection *mhd,
				     const hr_http_response *response, bool close_after)
{
	union {
		const char *shown;
		void *taken;
	} body = { .shown = response->body.data };
	struct MHD_Response *answer = MHD_create_response_from_buffer(
		response->body.len, body.taken, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result result = MHD_NO;

	c->phase = PHASE_ANSWER;
	await(c, hr_http_watch_now(),
	      (response->body.len / MIB + 1) * c->http->options.body_seconds);
	if (answer && add_headers(answer, c, response, close_after))
		result = MHD_queue_response(mhd, (unsigned)response->status, answer);
	if (answer)
		MHD_destroy_response(answer);
	if (result != MHD_YES)
		log_fault(c, "the answer cannot be sent");
	return result;
}

/* A refusal of our own, worded by the handler. What is left of the request is never read. */
static enum MHD_Result refuse(struct connection *c, struct MHD_Connection *mhd, int status,
			      const hr_error *err)
{
	const hr_http_handler *handler = &c->http->options.handler;
	hr_http_response response = { .status = status };

	atomic_fetch_add(&c->http->refused_count, 1);
	handler->refuse(handler->app, &c->request, status, err, &response);
	c->unread = true;
	return send_response(c, mhd, &response, true);
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

static bool read_headers(struct connection *c, struct MHD_Connection *mhd, hr_error *err)
{
	int count = MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, NULL, NULL);
	struct headers headers = { .count = 0 };

	if (count <= 0)
		return true;
	headers.fields = HR_NEW_N(c->arena, hr_http_field, (size_t)count);
	if (!headers.fields)
		return hr_fail_memory(err);
	MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, add_field, &headers);
	c->request.headers = headers.fields;
	c->request.header_count = headers.count;
	return true;
}

static bool read_head(struct connection *c, struct MHD_Connection *mhd, hr_http_head *head,
		      int *status, hr_error *err)
{
	*status = 503;
	if (!read_headers(c, mhd, err))
		return false;
	head->fields = c->request.headers;
	head->field_count = c->request.header_count;
	return hr_http_request_read(head, c->http->options.head_bytes_max, &c->request, status,
				    err);
}

/* A refusal by the handler. Sent now it closes the connection, so without a body it waits. */
static enum MHD_Result refused_by_handler(struct connection *c, struct MHD_Connection *mhd)
{
	if (c->request.body_len == 0) {
		c->phase = PHASE_REFUSED;
		return MHD_YES;
	}
	c->unread = true;
	return send_response(c, mhd, &c->response, true);
}

static enum MHD_Result begin(struct connection *c, struct MHD_Connection *mhd, hr_http_head *head)
{
	const hr_http_handler *handler = &c->http->options.handler;
	size_t body_max = 0;
	int status;
	hr_error err;

	c->phase = PHASE_BODY;
	c->head_ms = hr_http_watch_now();
	atomic_fetch_add(&c->http->request_count, 1);
	await(c, c->head_ms, c->http->options.body_seconds);
	if (!read_head(c, mhd, head, &status, &err))
		return refuse(c, mhd, status, &err);
	if (c->http->options.behind_proxy)
		hr_http_request_set_client(&c->request);
	c->response = (hr_http_response){ .status = 500 };
	if (!handler->admit(handler->app, &c->request, &body_max, &c->response))
		return refused_by_handler(c, mhd);
	if (!hr_http_body_begin(&c->body, c->arena, &c->http->bodies, c->request.body_len, body_max,
				&err))
		return refuse(c, mhd, hr_error_http(err.code), &err);
	return MHD_YES;
}

/* ---- the body ---- */

/* The library can answer at the end of a body alone, so a little more of it is read for nothing. */
static enum MHD_Result waste(struct connection *c, size_t len)
{
	c->phase = PHASE_WASTE;
	c->wasted += len;
	return c->wasted <= WASTE_BYTES_MAX ? MHD_YES : MHD_NO;
}

static enum MHD_Result take_piece(struct connection *c, hr_str piece)
{
	uint64_t mibs = c->body.len / MIB;

	if (c->phase != PHASE_BODY)
		return waste(c, piece.len);
	if (!hr_http_body_add(&c->body, piece, &c->fault))
		return waste(c, piece.len);
	if (c->body.len / MIB != mibs)
		await(c, c->head_ms,
		      (c->body.len / MIB + 1) * (uint64_t)c->http->options.body_seconds);
	return MHD_YES;
}

static enum MHD_Result finish(struct connection *c, struct MHD_Connection *mhd)
{
	const hr_http_handler *handler = &c->http->options.handler;

	hr_http_watch_await(c->http->watch, c->place, 0);
	if (c->phase == PHASE_WASTE)
		return refuse(c, mhd, hr_error_http(c->fault.code), &c->fault);
	if (c->phase == PHASE_BODY) {
		c->request.body = (hr_str){ c->body.data, c->body.len };
		handler->answer(handler->app, &c->request, &c->response);
		if (!hr_http_hold(&c->http->answers, c->arena, &c->held, &c->fault))
			return refuse(c, mhd, hr_error_http(c->fault.code), &c->fault);
	}
	return send_response(c, mhd, &c->response, false);
}

/* ---- what the library calls ---- */

static size_t head_bytes(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

	return info ? info->header_size : 0;
}

/* The first line has come. Only here is the target shown as it was sent. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *mhd)
{
	struct connection *c = connection_of(mhd);
	hr_http *http = cls;

	if (!c)
		return NULL;
	forget_request(c);
	c->arena = hr_http_arenas_take(&http->arenas);
	if (!c->arena)
		return NULL;
	c->target = hr_str_copy(c->arena, hr_str_of(target));
	c->wasted = 0;
	c->body = (hr_http_body){ .budget = &http->bodies };
	hr_http_id_format(atomic_fetch_add(&http->next_id, 1), c->id);
	c->request = (hr_http_request){
		.http = http,
		.method = HR_HTTP_OTHER,
		.client = hr_str_of(c->client),
		.id = { c->id, HR_HTTP_ID_BYTES },
		.arena = c->arena,
	};
	return c->target.data ? c : NULL;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *mhd, const char *url,
				  const char *method, const char *version, const char *data,
				  size_t *len, void **context)
{
	struct connection *c = *context;
	hr_str piece = { data, *len };

	(void)cls;
	if (!c)
		return MHD_NO;
	if (c->phase == PHASE_IDLE) {
		hr_http_head head = {
			.raw = { method, head_bytes(mhd) },
			.method = hr_str_of(method),
			.target = c->target,
			.target_place = url,
			.version = hr_str_of(version),
		};

		return begin(c, mhd, &head);
	}
	*len = 0;
	return piece.len ? take_piece(c, piece) : finish(c, mhd);
}

static void on_completed(void *cls, struct MHD_Connection *mhd, void **context,
			 enum MHD_RequestTerminationCode why)
{
	struct connection *c = *context;

	(void)cls;
	(void)mhd;
	(void)why;
	*context = NULL;
	if (!c)
		return;
	forget_request(c);
	await(c, hr_http_watch_now(), c->http->options.head_seconds);
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
	const hr_http_options *o = &http->options;
	const char *certificate = hr_str_terminated(http->arena, o->tls_certificate);
	const char *key = hr_str_terminated(http->arena, o->tls_key);
	const bool tls = o->tls_certificate.len > 0;
	const struct MHD_OptionItem threads = { MHD_OPTION_THREAD_POOL_SIZE, o->threads, NULL };
	struct MHD_OptionItem items[] = {
		{ MHD_OPTION_LISTEN_SOCKET, http->listen_fd, NULL },
		{ MHD_OPTION_CONNECTION_LIMIT, o->connections_max, NULL },
		{ MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		  o->behind_proxy ? 0 : o->connections_per_client_max, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		  (intptr_t)(o->head_bytes_max + HEAD_BYTES_BESIDE), NULL },
		{ MHD_OPTION_CONNECTION_TIMEOUT, o->head_seconds + o->body_seconds, NULL },
		{ MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, http },
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, http },
		{ MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_escaped, NULL },
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, NULL },
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
	http->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC |
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
	http->listen_fd = http->options.listen_fd;
	http->owns_listen_fd = http->listen_fd < 0;
	if (http->owns_listen_fd && !hr_http_listen(http->options.listen, &http->listen_fd, err))
		return false;
	http->port = hr_http_listen_port(http->listen_fd);
	return true;
}

static bool make_tables(hr_http *http, hr_error *err)
{
	const hr_http_options *o = &http->options;

	http->bodies.max = o->bodies_bytes_max;
	http->answers.max = o->answers_bytes_max;
	http->connections = HR_NEW_N(http->arena, struct connection, o->connections_max);
	if (!http->connections)
		return hr_fail_memory(err);
	return hr_http_arenas_init(&http->arenas, SPARE_ARENAS_A_THREAD * o->threads,
				   o->request_bytes_max, http->arena, err) &&
	       hr_http_watch_open(o->connections_max, http->arena, &http->watch, err);
}

bool hr_http_open(const hr_http_options *options, hr_http **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open(SIZE_MAX);
	hr_http *http = arena ? HR_NEW(arena, hr_http) : NULL;
	uint64_t start;

	if (!http) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	http->arena = arena;
	http->options = *options;
	http->listen_fd = -1;
	if (getrandom(&start, sizeof(start), 0) == (ssize_t)sizeof(start))
		atomic_store(&http->next_id, start);
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
		.requests = atomic_load(&http->request_count),
		.body_bytes = atomic_load(&http->bodies.used),
		.refused = atomic_load(&http->refused_count),
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
		quiet_ms = atomic_load(&http->request_count) ? 0 : quiet_ms + DRAIN_STEP_MS;
		nanosleep(&step, NULL);
	}
}

void hr_http_close(hr_http *http)
{
	if (!http)
		return;
	stop_listening(http);
	if (http->daemon)
		MHD_stop_daemon(http->daemon);
	if (http->owns_listen_fd && http->listen_fd >= 0)
		close(http->listen_fd);
	hr_http_watch_close(http->watch);
	hr_http_arenas_dispose(&http->arenas);
	hr_arena_close(http->arena);
}
