#include "service/mllp_connection.h"

#include "service/mllp_ack.h"
#include "service/mllp_frame.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	HELD_START = 16 << 10, /* a larger buffer is given back when it is empty */
	HELD_BESIDE = 64 << 10,
	/* Answers that are not taken: then no more of this connection is read. */
	ANSWERS_MAX = 64 << 10,
	ANSWERS_ROOM = ANSWERS_MAX + HR_ACK_BYTES_MAX + 16,
	LINGER_MS = 2000,  /* for the other side to take the last answers and close */
	LINGER_READS = 16, /* in one go: the other connections of this thread wait */
};

typedef enum phase {
	OPEN,
	DRAINING,  /* what had come is read and answered */
	ENDING,	   /* nothing is read any more; answers are sent */
	LINGERING, /* all is sent: what still comes is thrown away until it closes */
} phase;

struct hr_mllp_connection {
	hr_mllp_link link;
	const hr_mllp_options *options;
	hr_arena *arena; /* holds this struct */
	int fd;
	phase phase;
	size_t due; /* bytes still to be read while it drains */
	hr_mllp_framing framing;

	hr_arena *held_arena;
	char *held; /* what has come and is not answered: from `taken` to `len` */
	size_t room;
	size_t taken;
	size_t len;

	hr_arena *answers_arena;
	hr_buf answers;
	size_t sent;

	int64_t active_ms;  /* the last byte either way */
	int64_t begun_ms;   /* of the message that is not whole; 0: none */
	int64_t blocked_ms; /* since when answers wait to be taken; 0: none does */
	int64_t linger_ms;
};

/* --- what is held of it --- */

static bool take_budget(const hr_mllp_options *options, size_t bytes)
{
	size_t before = atomic_fetch_add(&options->counts->held_bytes, bytes);

	if (before + bytes <= options->held_bytes_max)
		return true;
	atomic_fetch_sub(&options->counts->held_bytes, bytes);
	return false;
}

static void drop_held(hr_mllp_connection *c)
{
	hr_arena_close(c->held_arena);
	atomic_fetch_sub(&c->options->counts->held_bytes, c->room);
	c->held_arena = NULL;
	c->held = NULL;
	c->room = 0;
}

/* A buffer of so many bytes, with what is in the one before. */
static bool hold(hr_mllp_connection *c, size_t room)
{
	hr_arena *arena;
	char *held;

	if (!take_budget(c->options, room))
		return false;
	arena = hr_arena_open(room + 64);
	held = arena ? hr_arena_alloc_text(arena, room) : NULL;
	if (!held) {
		hr_arena_close(arena);
		atomic_fetch_sub(&c->options->counts->held_bytes, room);
		return false;
	}
	if (c->len)
		memcpy(held, c->held, c->len);
	drop_held(c);
	c->held_arena = arena;
	c->held = held;
	c->room = room;
	return true;
}

static void forget_taken(hr_mllp_connection *c)
{
	if (c->taken == 0)
		return;
	memmove(c->held, c->held + c->taken, c->len - c->taken);
	c->len -= c->taken;
	c->taken = 0;
	if (c->len == 0 && c->room > HELD_START)
		drop_held(c);
}

/* Room for a byte at least. The framing asks for no more than the limit and one. */
static bool make_room(hr_mllp_connection *c)
{
	const size_t most = c->options->message_bytes_max + HELD_BESIDE;

	if (c->len < c->room)
		return true;
	return hold(c, c->room == 0 ? HELD_START : c->room * 2 < most ? c->room * 2 : most);
}

/* --- opening --- */

hr_mllp_connection *hr_mllp_connection_open(const hr_mllp_options *options, int fd, int64_t now_ms)
{
	hr_arena *arena = hr_arena_open(sizeof(hr_mllp_connection) + 64);
	hr_mllp_connection *c = arena ? HR_NEW(arena, hr_mllp_connection) : NULL;

	if (!c) {
		hr_arena_close(arena);
		close(fd);
		return NULL;
	}
	c->arena = arena;
	c->options = options;
	c->fd = fd;
	atomic_fetch_add(&options->counts->connections, 1);
	c->framing.message_max = options->message_bytes_max;
	c->active_ms = now_ms;
	c->answers_arena = hr_arena_open((size_t)ANSWERS_ROOM * 4);
	if (!c->answers_arena) {
		hr_mllp_connection_close(c);
		return NULL;
	}
	hr_buf_init(&c->answers, c->answers_arena, ANSWERS_ROOM);
	return c;
}

void hr_mllp_connection_close(hr_mllp_connection *c)
{
	/* In front of the close: who sees it may come again at once, and has his place. */
	atomic_fetch_sub(&c->options->counts->connections, 1);
	close(c->fd);
	drop_held(c);
	hr_arena_close(c->answers_arena);
	hr_arena_close(c->arena);
}

int hr_mllp_connection_fd(const hr_mllp_connection *c)
{
	return c->fd;
}

hr_mllp_link *hr_mllp_connection_link(hr_mllp_connection *c)
{
	return &c->link;
}

/* --- answering --- */

static void answer(hr_mllp_connection *c, hr_str message, const hr_error *why, hr_arena *arena)
{
	const hr_mllp_handler *handler = &c->options->handler;

	hr_buf_add_char(&c->answers, HR_MLLP_LEAD);
	handler->answer(handler->app, message, why, arena, &c->answers);
	hr_buf_add_char(&c->answers, HR_MLLP_END);
	hr_buf_add_char(&c->answers, HR_MLLP_AFTER_END);
	hr_arena_reset(arena);
}

void hr_mllp_count_closed(hr_mllp_counts *counts, hr_mllp_closed why)
{
	atomic_fetch_add_explicit(&counts->closed[why], 1, memory_order_relaxed);
}

/* Where the next message would begin is not known any more. */
static void lose(hr_mllp_connection *c, hr_mllp_closed why)
{
	hr_mllp_count_closed(c->options->counts, why);
	c->phase = ENDING;
}

static void lose_large(hr_mllp_connection *c, hr_str message, hr_arena *arena)
{
	hr_error err;

	hr_fail(&err, HR_E_LIMIT, "the message has more than %zu bytes",
		c->options->message_bytes_max);
	answer(c, message, &err, arena);
	lose(c, HR_MLLP_CLOSED_TOO_LARGE);
}

static bool is_full(const hr_mllp_connection *c)
{
	return c->answers.len >= ANSWERS_MAX;
}

/* All messages that are whole, as long as their answers have room. */
static void answer_whole(hr_mllp_connection *c, hr_arena *arena, int64_t now_ms)
{
	hr_mllp_event event = HR_MLLP_MESSAGE;

	while (event == HR_MLLP_MESSAGE && !is_full(c)) {
		hr_str bytes = hr_str_slice((hr_str){ c->held, c->len }, c->taken, c->len);
		hr_mllp_frame frame;

		if (bytes.len == 0)
			break;
		event = hr_mllp_next(&c->framing, bytes, &frame);
		if (event != HR_MLLP_MORE)
			c->begun_ms = 0;
		if (event == HR_MLLP_MESSAGE)
			answer(c, frame.message, NULL, arena);
		else if (event == HR_MLLP_TOO_LARGE)
			lose_large(c, frame.message, arena);
		else if (event == HR_MLLP_JUNK)
			lose(c, HR_MLLP_CLOSED_JUNK);
		c->taken += frame.taken;
	}
	forget_taken(c);
	c->begun_ms = !c->framing.inside ? 0 : c->begun_ms ? c->begun_ms : now_ms;
}

/* --- the socket --- */

static bool is_again(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* False: the connection is broken. */
static bool send_answers(hr_mllp_connection *c, int64_t now_ms)
{
	while (c->sent < c->answers.len) {
		ssize_t n = send(c->fd, c->answers.data + c->sent, c->answers.len - c->sent,
				 MSG_NOSIGNAL);

		if (n < 0) {
			if (!c->blocked_ms)
				c->blocked_ms = now_ms;
			return is_again();
		}
		c->sent += (size_t)n;
		c->active_ms = now_ms;
	}
	c->blocked_ms = 0;
	if (c->sent) {
		hr_arena_reset(c->answers_arena);
		hr_buf_init(&c->answers, c->answers_arena, ANSWERS_ROOM);
		c->sent = 0;
	}
	return true;
}

typedef enum received { NOTHING, SOME, CLOSED } received;

static received receive(hr_mllp_connection *c, int64_t now_ms)
{
	size_t room = c->room - c->len;
	ssize_t n;

	if (c->phase == DRAINING && room > c->due)
		room = c->due;
	n = recv(c->fd, c->held + c->len, room, 0);
	if (n < 0)
		return is_again() ? NOTHING : CLOSED;
	if (c->phase == DRAINING)
		c->due -= (size_t)n;
	c->len += (size_t)n;
	c->active_ms = now_ms;
	return n ? SOME : CLOSED;
}

static received read_more(hr_mllp_connection *c, hr_arena *arena, int64_t now_ms)
{
	hr_error err;

	if (c->phase == DRAINING && c->due == 0)
		return NOTHING;
	if (make_room(c))
		return receive(c, now_ms);
	hr_fail_memory(&err);
	answer(c, (hr_str){ c->held, c->len }, &err, arena);
	lose(c, HR_MLLP_CLOSED_MEMORY);
	return NOTHING;
}

/*
 * All that is whole, as far as the answers are taken. Once more when they were
 * taken in between: what is held must not wait for bytes that need not come.
 * False: the connection is broken.
 */
static bool answer_held(hr_mllp_connection *c, hr_arena *arena, int64_t now_ms)
{
	bool was_full;

	do {
		if (c->phase <= DRAINING)
			answer_whole(c, arena, now_ms);
		was_full = is_full(c);
		if (c->answers.failed || !send_answers(c, now_ms))
			return false;
	} while (was_full && !is_full(c));
	return true;
}

/* Closed at once, what is still unread would reset the connection and the answers with it. */
static bool linger(hr_mllp_connection *c, int64_t now_ms)
{
	char thrown_away[4096];

	if (c->phase == ENDING) {
		shutdown(c->fd, SHUT_WR);
		c->phase = LINGERING;
		c->linger_ms = now_ms;
		drop_held(c);
	}
	for (int i = 0; i < LINGER_READS; i++) {
		ssize_t n = recv(c->fd, thrown_away, sizeof(thrown_away), 0);

		if (n <= 0)
			return n < 0 && is_again();
	}
	return true;
}

/*
 * One read at a time, so that no sender keeps the others of his thread waiting;
 * at the end, all that had come.
 */
bool hr_mllp_connection_run(hr_mllp_connection *c, hr_arena *arena, int64_t now_ms)
{
	received got = SOME;

	if (!answer_held(c, arena, now_ms))
		return false;
	while (c->phase <= DRAINING && !is_full(c) && got == SOME) {
		got = read_more(c, arena, now_ms);
		if (!answer_held(c, arena, now_ms))
			return false;
		if (c->phase == OPEN)
			break;
	}
	/* Who has said all that he will may still want his answers. */
	if (c->phase <= DRAINING && !is_full(c) &&
	    (got == CLOSED || (c->phase == DRAINING && got == NOTHING)))
		c->phase = ENDING;
	if (c->phase >= ENDING && c->answers.len == 0)
		return linger(c, now_ms);
	return true;
}

void hr_mllp_connection_drain(hr_mllp_connection *c)
{
	int due = 0;

	if (c->phase != OPEN)
		return;
	c->phase = DRAINING;
	/* Without it, who sends faster than he is answered would be answered for ever. */
	c->due = ioctl(c->fd, FIONREAD, &due) == 0 && due > 0 ? (size_t)due : 0;
}

uint32_t hr_mllp_connection_wants(const hr_mllp_connection *c)
{
	const uint32_t to_write = c->answers.len ? EPOLLOUT : 0;

	if (c->phase == LINGERING || (c->phase == OPEN && !is_full(c)))
		return to_write | EPOLLIN;
	return to_write;
}

/* --- times --- */

static bool has_passed(int64_t since_ms, int64_t now_ms, int64_t ms)
{
	return since_ms && now_ms - since_ms >= ms;
}

bool hr_mllp_connection_expires(hr_mllp_connection *c, int64_t now_ms)
{
	const hr_mllp_options *options = c->options;
	const int64_t message_ms = (int64_t)options->message_seconds * 1000;

	if (has_passed(c->linger_ms, now_ms, LINGER_MS))
		return true;
	if (has_passed(c->begun_ms, now_ms, message_ms) ||
	    has_passed(c->blocked_ms, now_ms, message_ms))
		hr_mllp_count_closed(options->counts, HR_MLLP_CLOSED_SLOW);
	else if (has_passed(c->active_ms, now_ms, (int64_t)options->idle_seconds * 1000))
		hr_mllp_count_closed(options->counts, HR_MLLP_CLOSED_IDLE);
	else
		return false;
	return true;
}
