#include "service/http_exchange.h"

#include "service/forwarded.h"

#include <sys/random.h>

enum { SPARES_A_THREAD = 16, SPARE_WORKS_A_THREAD = 2 };

/* Of a spare; of a spare that answers are worked out in, which keeps 4 MiB. */
enum { SPARE_BYTES = 256 << 10, SPARE_WORK_BYTES = 64 << 20 };

/* An answer of so many bytes is copied in less time than the next one would lose. */
enum { MOVED_BYTES = 128 << 10 };

/* Of a body that is refused half way, so much is read for nothing before its client hears of it. */
enum { WASTE_BYTES_MAX = 8 << 20 };

enum { MIB = 1 << 20 };

/* 20 MiB take 0.8 to 2.3 s, so one of this size a tenth; a larger one holds no connection up. */
enum { LONG_BYTES = MIB };

bool hr_http_common_init(hr_http_common *common, hr_arena *arena, hr_error *err)
{
	const hr_http_options *o = &common->options;
	uint64_t start;

	if (getrandom(&start, sizeof(start), 0) == (ssize_t)sizeof(start))
		atomic_store(&common->next_id, start);
	common->bodies.max = o->bodies_bytes_max;
	common->answers.max = o->answers_bytes_max;
	common->arenas = (hr_http_arenas){ .spares_max = SPARES_A_THREAD * o->threads,
					   .bytes_max = o->request_bytes_max,
					   .kept_max = SPARE_BYTES };
	common->works = (hr_http_arenas){ .spares_max = SPARE_WORKS_A_THREAD * o->threads,
					  .bytes_max = o->request_bytes_max,
					  .kept_max = SPARE_WORK_BYTES };
	return hr_http_arenas_init(&common->arenas, arena, err) &&
	       hr_http_arenas_init(&common->works, arena, err) &&
	       hr_http_watch_open(o->connections_max, arena, &common->watch, err);
}

void hr_http_common_dispose(hr_http_common *common)
{
	hr_http_watch_close(common->watch);
	hr_http_arenas_dispose(&common->arenas);
	hr_http_arenas_dispose(&common->works);
}

void hr_http_exchange_await(const hr_http_exchange *x, uint64_t from_ms, uint64_t seconds)
{
	hr_http_watch_await(x->common->watch, x->place, from_ms + seconds * 1000);
}

/* Time for a body of so many bytes, there or back. */
static void await_bytes(const hr_http_exchange *x, uint64_t from_ms, uint64_t bytes)
{
	hr_http_exchange_await(x, from_ms,
			       (bytes / MIB + 1) * (uint64_t)x->common->options.body_seconds);
}

/* ---- the answer ---- */

static hr_http_step send(hr_http_exchange *x, hr_http_step step)
{
	x->phase = HR_HTTP_ANSWER;
	await_bytes(x, hr_http_watch_now(), hr_http_length(&x->response));
	return step;
}

/* What is left of the request is never read. */
hr_http_step hr_http_exchange_refuse(hr_http_exchange *x, int status, const hr_error *err)
{
	const hr_http_handler *handler = &x->common->options.handler;

	atomic_fetch_add(&x->common->refused_count, 1);
	x->response = (hr_http_response){ .status = status };
	handler->refuse(handler->app, &x->request, status, err, &x->response);
	return send(x, HR_HTTP_SEND_LAST);
}

/* A refusal by the handler. Sent now it closes the connection, so without a body it waits. */
static hr_http_step refused_by_handler(hr_http_exchange *x)
{
	if (x->request.body_len)
		return send(x, HR_HTTP_SEND_LAST);
	x->phase = HR_HTTP_REFUSED;
	return HR_HTTP_READ_ON;
}

/* ---- the head ---- */

bool hr_http_exchange_open(hr_http_exchange *x, hr_str target)
{
	hr_http_exchange_close(x);
	x->arena = hr_http_arenas_take(&x->common->arenas);
	if (!x->arena)
		return false;
	x->target = hr_str_copy(x->arena, target);
	x->wasted = 0;
	x->body = (hr_http_body){ .budget = &x->common->bodies };
	x->share = (hr_http_share){ .budget = &x->common->answers };
	hr_http_id_format(atomic_fetch_add(&x->common->next_id, 1), x->id);
	x->request = (hr_http_request){
		.http = x->common->http,
		.method = HR_HTTP_OTHER,
		.is_tls = x->common->options.tls_certificate.len > 0,
		.client = hr_str_of(x->client),
		.id = { x->id, HR_HTTP_ID_BYTES },
		.arena = x->arena,
		.kept = x->arena,
		.share = &x->share,
	};
	return x->target.data;
}

void hr_http_exchange_begin(hr_http_exchange *x)
{
	x->phase = HR_HTTP_BODY;
	x->head_ms = hr_http_watch_now();
	atomic_fetch_add(&x->common->request_count, 1);
	hr_http_exchange_await(x, x->head_ms, x->common->options.body_seconds);
}

hr_http_step hr_http_exchange_admit(hr_http_exchange *x, hr_http_head *head)
{
	const hr_http_options *o = &x->common->options;
	size_t body_max = 0;
	int status = 503;
	hr_error err;

	head->target = x->target;
	head->fields = x->request.headers;
	head->field_count = x->request.header_count;
	if (!hr_http_request_read(head, o->head_bytes_max, &x->request, &status, &err))
		return hr_http_exchange_refuse(x, status, &err);
	if (hr_proxies_trust(&o->proxies, x->request.client)) {
		x->request.proxies = &o->proxies;
		x->request.client = hr_forwarded_client(&x->request);
	}
	x->response = (hr_http_response){ .status = 500 };
	if (!o->handler.admit(o->handler.app, &x->request, &body_max, &x->response))
		return refused_by_handler(x);
	if (!hr_http_body_begin(&x->body, x->request.sink.take ? NULL : x->arena,
				&x->common->bodies, x->request.body_len, body_max, &err))
		return hr_http_exchange_refuse(x, hr_error_http(err.code), &err);
	return HR_HTTP_READ_ON;
}

/* ---- the body ---- */

/* The library can answer at the end of a body alone, so a little more of it is read for nothing. */
static hr_http_step waste(hr_http_exchange *x, size_t len)
{
	x->phase = HR_HTTP_WASTE;
	x->wasted += len;
	return x->wasted <= WASTE_BYTES_MAX ? HR_HTTP_READ_ON : HR_HTTP_BREAK_OFF;
}

/* What the sink leaves is counted when it is shown again. */
static hr_http_taken fill_sink(hr_http_exchange *x, hr_str *piece)
{
	const hr_http_sink *sink = &x->request.sink;
	size_t taken = piece->len;
	hr_http_taken what;

	if (!sink->take)
		return HR_HTTP_TOOK;
	what = sink->take(sink->subject, *piece, &taken, &x->fault);
	if (what == HR_HTTP_PAUSE)
		*piece = hr_str_slice(*piece, 0, taken);
	return what;
}

hr_http_step hr_http_exchange_take(hr_http_exchange *x, hr_str piece, size_t *taken)
{
	size_t mibs = x->body.len / MIB;
	hr_http_taken what;

	*taken = piece.len;
	if (x->phase != HR_HTTP_BODY)
		return waste(x, piece.len);
	what = fill_sink(x, &piece);
	*taken = piece.len;
	if (what == HR_HTTP_TAKES_NO_MORE || !hr_http_body_add(&x->body, piece, &x->fault))
		return waste(x, piece.len);
	if (what == HR_HTTP_PAUSE) {
		hr_http_watch_await(x->common->watch, x->place, 0);
		return HR_HTTP_WORK;
	}
	if (x->body.len / MIB != mibs)
		await_bytes(x, x->head_ms, x->body.len);
	return HR_HTTP_READ_ON;
}

static void fail_stopping(hr_http_exchange *x)
{
	hr_fail(&x->fault, HR_E_MEMORY, "the service is being stopped; try again later");
	x->phase = HR_HTTP_WASTE;
}

/* The time that we take is not the client's. */
void hr_http_exchange_work(hr_http_exchange *x, bool stopping)
{
	const uint64_t before = hr_http_watch_now();

	if (stopping)
		fail_stopping(x);
	else
		x->request.sink.work(x->request.sink.subject);
	x->head_ms += hr_http_watch_now() - before;
	await_bytes(x, x->head_ms, x->body.len);
}

hr_http_where hr_http_exchange_where(const hr_http_exchange *x)
{
	if (x->phase != HR_HTTP_BODY)
		return HR_HTTP_HERE;
	if (x->request.waits)
		return HR_HTTP_AMONG_WAITING;
	return x->body.arena && x->body.len > LONG_BYTES ? HR_HTTP_AMONG_LARGE : HR_HTTP_HERE;
}

static bool move(hr_arena *arena, hr_str *s)
{
	if (hr_arena_holds(arena, s->data))
		return true;
	if (s->len > MOVED_BYTES)
		return false;
	*s = hr_str_copy(arena, *s);
	return s->data;
}

/* Out of the memory that it was worked out in. */
static bool move_answer(hr_http_exchange *x)
{
	hr_http_response moved = x->response;
	bool ok = !moved.piece_count && move(x->arena, &moved.type) && move(x->arena, &moved.body);

	for (size_t i = 0; ok && i < moved.field_count; i++)
		ok = move(x->arena, &moved.fields[i].name) &&
		     move(x->arena, &moved.fields[i].value);
	if (ok)
		x->response = moved;
	return ok;
}

static void end_work(hr_http_exchange *x)
{
	if (x->work)
		hr_http_arenas_give(&x->common->works, x->work);
	x->work = NULL;
}

static void decide(hr_http_exchange *x)
{
	const hr_http_handler *handler = &x->common->options.handler;

	x->work = hr_http_arenas_take(&x->common->works);
	if (!x->work) {
		hr_fail_memory(&x->fault);
		x->phase = HR_HTTP_WASTE;
		return;
	}
	if (x->body.arena)
		x->request.body = (hr_str){ x->body.data, x->body.len };
	x->request.arena = x->work;
	handler->answer(handler->app, &x->request, &x->response);
	x->request.arena = x->arena;
	if (move_answer(x))
		end_work(x);
	x->phase = HR_HTTP_DECIDED;
}

void hr_http_exchange_decide(hr_http_exchange *x, bool stopping)
{
	if (stopping)
		fail_stopping(x);
	else
		decide(x);
}

/* What the answer keeps while it is sent has its place in the budget. */
static bool hold(hr_http_exchange *x)
{
	size_t bytes = hr_arena_used(x->arena) + (x->work ? hr_arena_used(x->work) : 0);

	return hr_http_hold(&x->share, bytes, &x->fault);
}

hr_http_step hr_http_exchange_answer(hr_http_exchange *x)
{
	hr_http_watch_await(x->common->watch, x->place, 0);
	if (x->phase == HR_HTTP_BODY)
		decide(x);
	if (x->phase == HR_HTTP_WASTE || (x->phase == HR_HTTP_DECIDED && !hold(x)))
		return hr_http_exchange_refuse(x, hr_error_http(x->fault.code), &x->fault);
	return send(x, HR_HTTP_SEND);
}

void hr_http_exchange_close(hr_http_exchange *x)
{
	end_work(x);
	if (x->arena) {
		hr_http_body_end(&x->body);
		hr_http_let_go(&x->share);
		hr_http_arenas_give(&x->common->arenas, x->arena);
	}
	/* Last, so that who counts no request finds nothing held. */
	if (x->phase != HR_HTTP_IDLE)
		atomic_fetch_sub(&x->common->request_count, 1);
	x->arena = NULL;
	x->phase = HR_HTTP_IDLE;
}
