/*
 * The server, over libmicrohttpd. This file alone knows that library: its
 * threads call us for each connection, each request line, each head, each
 * piece of body, and when an answer was sent.
 *
 * A request takes an arena when its first line has come and gives it back when
 * its answer was sent, so that idle connections hold none.
 */
#include "service/http.h"
#include "service/http_listen.h"
#include "service/http_target.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

/* An arena between requests keeps up to 4 MiB; this many a thread are kept. */
enum { SPARE_ARENAS_A_THREAD = 4 };

enum { HEADERS_MAX = 100, CHUNK_BYTES = 64 * 1024, ID_BYTES = 16 };

enum phase {
	PHASE_IDLE, /* no request, or one of which only the first line is there */
	PHASE_BODY,
	PHASE_ANSWER,
};

struct connection {
	hr_http *http;
	enum phase phase;
	hr_arena *arena; /* of the request; NULL between two */
	hr_str target;
	hr_http_request request;
	hr_buf body;
	size_t body_max;
	size_t reserved; /* of bodies_bytes_max */
	char client[INET6_ADDRSTRLEN];
	char id[ID_BYTES];
	struct connection *next_free;
};

struct hr_http {
	hr_arena *arena;
	hr_http_options options;
	struct MHD_Daemon *daemon;
	int listen_fd;
	bool own_listen_fd;
	uint16_t port;

	atomic_uint_fast64_t next_id;
	atomic_uint_fast64_t connections;
	atomic_uint_fast64_t requests;
	atomic_uint_fast64_t body_bytes;
	atomic_uint_fast64_t refused;
	atomic_bool draining;

	pthread_mutex_t lock; /* of what stands below */
	struct connection *free_connections;
	hr_arena **spares;
	unsigned spare_count;
	unsigned spares_max;
};

/* ---- arenas and connections, which come and go ---- */

static hr_arena *take_arena(hr_http *http)
{
	hr_arena *arena = NULL;

	pthread_mutex_lock(&http->lock);
	if (http->spare_count)
		arena = http->spares[--http->spare_count];
	pthread_mutex_unlock(&http->lock);
	return arena ? arena : hr_arena_open(http->options.request_bytes_max);
}

static void give_arena(hr_http *http, hr_arena *arena)
{
	hr_arena_reset(arena);
	pthread_mutex_lock(&http->lock);
	if (http->spare_count < http->spares_max) {
		http->spares[http->spare_count++] = arena;
		arena = NULL;
	}
	pthread_mutex_unlock(&http->lock);
	hr_arena_close(arena);
}

static void forget_request(struct connection *c)
{
	hr_http *http = c->http;

	if (c->phase != PHASE_IDLE)
		atomic_fetch_sub(&http->requests, 1);
	if (c->reserved)
		atomic_fetch_sub(&http->body_bytes, c->reserved);
	if (c->arena)
		give_arena(http, c->arena);
	c->arena = NULL;
	c->reserved = 0;
	c->phase = PHASE_IDLE;
}

static struct connection *connection_of(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

static void write_client(struct MHD_Connection *mhd, char out[INET6_ADDRSTRLEN])
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *address = info ? info->client_addr : NULL;

	out[0] = '\0';
	if (address && address->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, out,
			  INET6_ADDRSTRLEN);
	else if (address && address->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)address)->sin6_addr, out,
			  INET6_ADDRSTRLEN);
}

static void *start_connection(hr_http *http, struct MHD_Connection *mhd)
{
	struct connection *c;

	pthread_mutex_lock(&http->lock);
	c = http->free_connections;
	if (c)
		http->free_connections = c->next_free;
	pthread_mutex_unlock(&http->lock);
	if (!c)
		return NULL;
	atomic_fetch_add(&http->connections, 1);
	write_client(mhd, c->client);
	return c;
}

static void end_connection(hr_http *http, struct connection *c)
{
	forget_request(c);
	atomic_fetch_sub(&http->connections, 1);
	pthread_mutex_lock(&http->lock);
	c->next_free = http->free_connections;
	http->free_connections = c;
	pthread_mutex_unlock(&http->lock);
}

static void on_connection(void *cls, struct MHD_Connection *mhd, void **context,
			  enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		*context = start_connection(cls, mhd);
	else if (*context)
		end_connection(cls, *context);
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
	if (close_after || atomic_load(&c->http->draining))
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

	if (!answer)
		return MHD_NO;
	c->phase = PHASE_ANSWER;
	if (add_headers(answer, c, response, close_after))
		result = MHD_queue_response(mhd, (unsigned)response->status, answer);
	MHD_destroy_response(answer);
	return result;
}

/* A refusal of our own: the handler words it. What may be left of the request is never read. */
static enum MHD_Result refuse(struct connection *c, struct MHD_Connection *mhd, int status,
			      const hr_error *err)
{
	const hr_http_handler *handler = &c->http->options.handler;
	hr_http_response response = { .status = status };

	atomic_fetch_add(&c->http->refused, 1);
	handler->refuse(handler->app, &c->request, status, err, &response);
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
	headers->fields[headers->count++] =
		(hr_http_field){ { name, name_len }, { value, value_len } };
	return MHD_YES;
}

static bool read_headers(struct connection *c, struct MHD_Connection *mhd, hr_error *err)
{
	int count = MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, NULL, NULL);
	struct headers headers = { .count = 0 };

	if (count > HEADERS_MAX)
		return hr_fail(err, HR_E_LIMIT, "the head has more than %d fields", HEADERS_MAX);
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

static hr_http_method method_of(hr_str word)
{
	static const struct {
		hr_str word;
		hr_http_method method;
	} methods[] = {
		{ HR_STR_INIT("GET"), HR_HTTP_GET },	   { HR_STR_INIT("HEAD"), HR_HTTP_HEAD },
		{ HR_STR_INIT("POST"), HR_HTTP_POST },	   { HR_STR_INIT("PUT"), HR_HTTP_PUT },
		{ HR_STR_INIT("DELETE"), HR_HTTP_DELETE },
	};

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (hr_str_equal(methods[i].word, word))
			return methods[i].method;
	return HR_HTTP_OTHER;
}

static size_t announced(const hr_http_request *request)
{
	hr_str length = hr_http_header(request, HR_STR("Content-Length"));
	size_t n = 0;

	if (hr_http_header(request, HR_STR("Transfer-Encoding")).len)
		return SIZE_MAX;
	for (size_t i = 0; i < length.len; i++)
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (size_t)(length.data[i] - '0'), &n))
			return SIZE_MAX - 1;
	return n;
}

static void write_id(hr_http *http, char out[ID_BYTES])
{
	uint64_t id = atomic_fetch_add(&http->next_id, 1);

	for (int i = ID_BYTES - 1; i >= 0; i--, id >>= 4)
		out[i] = "0123456789abcdef"[id & 15];
}

static bool read_head(struct connection *c, struct MHD_Connection *mhd, const char *method,
		      hr_error *err)
{
	hr_http_target target;

	if (!read_headers(c, mhd, err) || !hr_http_target_parse(c->target, c->arena, &target, err))
		return false;
	c->request.method = method_of(hr_str_of(method));
	c->request.path = target.path;
	c->request.query = target.query;
	c->request.query_count = target.query_count;
	c->request.body_len = announced(&c->request);
	return true;
}

/* ---- the body ---- */

/* Counts `bytes` more of bodies in flight, unless they are too many. */
static bool reserve(struct connection *c, size_t bytes, hr_error *err)
{
	atomic_uint_fast64_t *all = &c->http->body_bytes;

	if (atomic_fetch_add(all, bytes) + bytes > c->http->options.bodies_bytes_max) {
		atomic_fetch_sub(all, bytes);
		return hr_fail(err, HR_E_MEMORY, "too much is being sent at once; try again later");
	}
	c->reserved += bytes;
	return true;
}

/* Of a known length: all its room at once. Chunked: it grows. */
static bool prepare_body(struct connection *c, hr_error *err)
{
	size_t len = c->request.body_len;

	hr_buf_init(&c->body, c->arena, c->body_max);
	if (len == SIZE_MAX || len == 0)
		return true;
	if (!reserve(c, len, err))
		return false;
	c->body.data = hr_arena_alloc_raw(c->arena, len);
	c->body.room = len;
	return c->body.data || hr_fail_memory(err);
}

/* A status for a fault of one piece: hr_error knows it. */
static enum MHD_Result take_body(struct connection *c, const char *data, size_t len)
{
	if (c->body.len + len > c->body_max)
		return MHD_NO;
	if (c->body.room < c->body.len + len)
		hr_buf_add(&c->body, (hr_str){ data, len });
	else if (len)
		memcpy(c->body.data + c->body.len, data, len), c->body.len += len;
	return c->body.failed ? MHD_NO : MHD_YES;
}

static enum MHD_Result answer(struct connection *c, struct MHD_Connection *mhd)
{
	const hr_http_handler *handler = &c->http->options.handler;
	hr_http_response response = { .status = 500 };

	c->request.body = (hr_str){ c->body.data, c->body.len };
	handler->answer(handler->app, &c->request, &response);
	return send_response(c, mhd, &response, false);
}

/* ---- what the library calls ---- */

static enum MHD_Result begin(struct connection *c, struct MHD_Connection *mhd, const char *method)
{
	const hr_http_handler *handler = &c->http->options.handler;
	hr_http_response response = { .status = 500 };
	hr_error err;

	c->phase = PHASE_BODY;
	atomic_fetch_add(&c->http->requests, 1);
	if (!read_head(c, mhd, method, &err))
		return refuse(c, mhd, err.code == HR_E_LIMIT ? 431 : hr_error_http(err.code), &err);
	if (!handler->admit(handler->app, &c->request, &c->body_max, &response))
		return send_response(c, mhd, &response, c->request.body_len > 0);
	if (c->request.body_len != SIZE_MAX && c->request.body_len > c->body_max) {
		hr_fail(&err, HR_E_LIMIT, "the body has more than %zu bytes", c->body_max);
		return refuse(c, mhd, 413, &err);
	}
	if (!prepare_body(c, &err))
		return refuse(c, mhd, hr_error_http(err.code), &err);
	return MHD_YES;
}

/* The first line has come. Only here is it shown as it was sent. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *mhd)
{
	struct connection *c = connection_of(mhd);

	if (!c)
		return NULL;
	forget_request(c);
	c->arena = take_arena(cls);
	if (!c->arena)
		return NULL;
	c->target = hr_str_copy(c->arena, hr_str_of(target));
	write_id(cls, c->id);
	c->request = (hr_http_request){
		.method = HR_HTTP_OTHER,
		.client = hr_str_of(c->client),
		.id = { c->id, ID_BYTES },
		.arena = c->arena,
	};
	return c->target.data ? c : NULL;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *mhd, const char *url,
				  const char *method, const char *version, const char *data,
				  size_t *len, void **context)
{
	struct connection *c = *context;
	size_t n = *len;

	(void)cls;
	(void)url;
	(void)version;
	if (!c)
		return MHD_NO;
	if (c->phase == PHASE_IDLE)
		return begin(c, mhd, method);
	*len = 0;
	return n ? take_body(c, data, n) : answer(c, mhd);
}

static void on_completed(void *cls, struct MHD_Connection *mhd, void **context,
			 enum MHD_RequestTerminationCode why)
{
	(void)cls;
	(void)mhd;
	(void)why;
	if (*context)
		forget_request(*context);
	*context = NULL;
}

/* The target is decoded by us, from what on_target was shown. */
static size_t leave_escaped(void *cls, struct MHD_Connection *mhd, char *text)
{
	(void)cls;
	(void)mhd;
	return strlen(text);
}

/* ---- start and stop ---- */

static bool make_tables(hr_http *http, hr_error *err)
{
	struct connection *connections =
		HR_NEW_N(http->arena, struct connection, http->options.connections_max);

	http->spares_max = SPARE_ARENAS_A_THREAD * http->options.threads;
	http->spares = HR_NEW_N(http->arena, hr_arena *, http->spares_max);
	if (!connections || !http->spares)
		return hr_fail_memory(err);
	for (unsigned i = 0; i < http->options.connections_max; i++) {
		connections[i].http = http;
		connections[i].next_free = http->free_connections;
		http->free_connections = &connections[i];
	}
	return true;
}

static bool start_daemon(hr_http *http, hr_error *err)
{
	const hr_http_options *o = &http->options;
	struct MHD_OptionItem items[] = {
		{ MHD_OPTION_LISTEN_SOCKET, http->listen_fd, NULL },
		{ MHD_OPTION_CONNECTION_LIMIT, o->connections_max, NULL },
		{ MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		  o->behind_proxy ? 0 : o->connections_per_client_max, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)o->head_bytes_max * 2, NULL },
		{ MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
		{ MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, http },
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, http },
		{ MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_escaped, NULL },
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, NULL },
		{ o->threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, o->threads, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};

	http->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC, 0, NULL, NULL,
					on_request, http, MHD_OPTION_ARRAY, items, MHD_OPTION_END);
	return http->daemon || hr_fail(err, HR_E_INTERNAL, "the HTTP server does not start");
}

static bool open_socket(hr_http *http, hr_error *err)
{
	http->listen_fd = http->options.listen_fd;
	http->own_listen_fd = http->listen_fd < 0;
	if (http->own_listen_fd && !hr_http_listen(http->options.listen, &http->listen_fd, err))
		return false;
	http->port = hr_http_listen_port(http->listen_fd);
	return true;
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
	pthread_mutex_init(&http->lock, NULL);
	if (getrandom(&start, sizeof(start), 0) == (ssize_t)sizeof(start))
		atomic_store(&http->next_id, start);
	if (!open_socket(http, err) || !make_tables(http, err) || !start_daemon(http, err)) {
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

static void stop_listening(hr_http *http)
{
	if (http->daemon && !atomic_exchange(&http->draining, true))
		MHD_quiesce_daemon(http->daemon);
	if (http->own_listen_fd && http->listen_fd >= 0)
		close(http->listen_fd);
	http->listen_fd = -1;
}

void hr_http_drain(hr_http *http, unsigned seconds)
{
	const struct timespec step = { .tv_nsec = 10 * 1000 * 1000 };
	unsigned quiet = 0;

	stop_listening(http);
	for (unsigned i = 0; i < seconds * 100 && quiet < 25; i++) {
		hr_http_counts now = hr_http_count(http);

		if (!now.connections)
			break;
		quiet = now.requests ? 0 : quiet + 1;
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
	while (http->spare_count)
		hr_arena_close(http->spares[--http->spare_count]);
	pthread_mutex_destroy(&http->lock);
	hr_arena_close(http->arena);
}

hr_http_counts hr_http_count(const hr_http *http)
{
	return (hr_http_counts){
		.connections = atomic_load(&http->connections),
		.requests = atomic_load(&http->requests),
		.body_bytes = atomic_load(&http->body_bytes),
		.refused = atomic_load(&http->refused),
	};
}
