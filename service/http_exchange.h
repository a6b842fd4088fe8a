/*
 * One request on its way: its head, what admits it, its body, its answer. The
 * library's callbacks become these steps, and http_mhd.c does what each of
 * them wants. Nothing here knows the library.
 *
 * An exchange takes an arena when its first line has come and gives it back at
 * its end, so that an idle connection holds none. Another, larger one is taken
 * to work the answer out. It is given back before the answer is sent, so that
 * the next answer finds it in the processor's cache, however many exchanges
 * are on their way: without that a verdict takes a tenth longer.
 */
#pragma once

#include "service/http_arenas.h"
#include "service/http_body.h"
#include "service/http_listen.h"
#include "service/http_request.h"
#include "service/http_watch.h"

/* What all exchanges of a server share. */
typedef struct hr_http_common {
	hr_http *http;
	hr_http_options options;
	hr_http_watch *watch;
	hr_http_arenas arenas; /* for what comes and what is sent */
	hr_http_arenas works;  /* for working an answer out */
	hr_http_budget bodies;
	hr_http_budget answers;
	_Atomic uint64_t next_id;
	_Atomic uint64_t request_count;
	_Atomic uint64_t refused_count;
} hr_http_common;

typedef enum hr_http_phase {
	HR_HTTP_IDLE,  /* no request, or one of which only the first line is there */
	HR_HTTP_BODY,  /* admitted; what comes is kept */
	HR_HTTP_WASTE, /* refused half way; what comes is dropped, `fault` is answered at its end */
	HR_HTTP_REFUSED, /* refused, and it has no body: `response` is answered */
	HR_HTTP_DECIDED, /* a large one: `response` is answered */
	HR_HTTP_ANSWER,
} hr_http_phase;

/* What is to be done next. */
typedef enum hr_http_step {
	HR_HTTP_READ_ON,
	HR_HTTP_WORK,	   /* hr_http_exchange_work in a thread that may wait; then read on */
	HR_HTTP_SEND,	   /* `response` */
	HR_HTTP_SEND_LAST, /* and close: something of the request may still be on its way */
	HR_HTTP_BREAK_OFF, /* without an answer */
} hr_http_step;

/* Of one connection, request by request. */
typedef struct hr_http_exchange {
	hr_http_common *common;
	int place; /* of the connection, in the watch */
	hr_http_phase phase;
	hr_arena *arena; /* NULL between two */
	hr_arena *work;	 /* with a large answer in it; else NULL */
	hr_str target;
	hr_http_request request;
	hr_http_response response;
	hr_http_body body;
	uint64_t head_ms; /* when the head was there */
	size_t wasted;
	hr_http_share share; /* of the budget of answers */
	hr_error fault;
	char client[HR_HTTP_ADDRESS_TEXT];
	char id[HR_HTTP_ID_BYTES];
} hr_http_exchange;

/* The tables and budgets; `options` and `http` are there. */
bool hr_http_common_init(hr_http_common *common, hr_arena *arena, hr_error *err);
void hr_http_common_dispose(hr_http_common *common);

/* The first line has come, with `target` as it was sent. False when memory is short. */
bool hr_http_exchange_open(hr_http_exchange *exchange, hr_str target);

/* The head has come: it counts from here on. Its fields are put into `request` by the caller. */
void hr_http_exchange_begin(hr_http_exchange *exchange);

/* Checked, and shown to the handler. `head` without its target. */
hr_http_step hr_http_exchange_admit(hr_http_exchange *exchange, hr_http_head *head);

/* Of the piece `*taken` bytes; the rest is shown again after the work. */
hr_http_step hr_http_exchange_take(hr_http_exchange *exchange, hr_str piece, size_t *taken);
void hr_http_exchange_work(hr_http_exchange *exchange, bool stopping);

/* The body is whole. In which thread is it decided? */
typedef enum hr_http_where {
	HR_HTTP_HERE,
	HR_HTTP_AMONG_LARGE,   /* it has a large document: one after the other */
	HR_HTTP_AMONG_WAITING, /* it will wait more than work */
} hr_http_where;

hr_http_where hr_http_exchange_where(const hr_http_exchange *exchange);

/* In that thread; then hr_http_exchange_answer is called. `stopping`: refused. */
void hr_http_exchange_decide(hr_http_exchange *exchange, bool stopping);

/* The body is whole. */
hr_http_step hr_http_exchange_answer(hr_http_exchange *exchange);

/* A refusal of the server's own, worded by the handler. */
hr_http_step hr_http_exchange_refuse(hr_http_exchange *exchange, int status, const hr_error *err);

/* The answer was sent, or nobody is there to read it. */
void hr_http_exchange_close(hr_http_exchange *exchange);

/* Something, until so many seconds after `from_ms`; else the connection is shut down. */
void hr_http_exchange_await(const hr_http_exchange *exchange, uint64_t from_ms, uint64_t seconds);
