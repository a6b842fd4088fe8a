/*
 * HL7 v2 over MLLP from the other side: how many messages a second a server
 * takes, and what the same server does with nothing to judge.
 *
 *	mllp_load PORT CONNECTIONS SECONDS MESSAGE
 *	                        one message each on its way at a time, as interface
 *	                        engines send: the next when the ACK of the last is
 *	                        here. Each has an MSH-10 of its own, and its ACK must
 *	                        say AA of it. Prints the count and the seconds.
 *	                        It never sleeps: to wake it would be the server's work,
 *	                        and is the other machine's where there are two.
 *	mllp_load --serve       AA of whatever comes, in this server's framing and
 *	                        threads; says its port, and ends with its stdin.
 */
#include "base/file.h"
#include "service/mllp.h"
#include "service/mllp_frame.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ID_FIELD = 9, ID_DIGITS = 12, ACK_BYTES = 1024, CONNECTIONS_MAX = 1024, EVENTS = 64 };
enum { GRACE = 10 /* seconds, for the last ACKs */ };

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "mllp_load: %s: %s\n", what, why);
	exit(EXIT_FAILURE);
}

/* Of the first segment, the field behind the n-th delimiter; all we send has the usual ones. */
static hr_str field_of(hr_str segment, int n)
{
	size_t end = hr_str_find(segment, HR_STR("\r"));
	hr_str rest = hr_str_slice(segment, 0, end);

	for (int i = 0; i < n; i++)
		rest = hr_str_slice(rest, hr_str_find(rest, HR_STR("|")) + 1, rest.len);
	return hr_str_slice(rest, 0, hr_str_find(rest, HR_STR("|")));
}

/* --- the floor --- */

static void answer(void *app, hr_str message, const hr_error *why, hr_arena *arena, hr_buf *out)
{
	(void)app;
	(void)why;
	(void)arena;
	HR_BUF_ADD(out, "MSH|^~\\&|||||||ACK|1|P|2.5.1\rMSA|AA|");
	hr_buf_add(out, field_of(message, ID_FIELD));
	HR_BUF_ADD(out, "\r");
}

static int serve(void)
{
	hr_mllp_counts counts = { .connections = 0 };
	const hr_mllp_options options = {
		.listen = "127.0.0.1:0",
		.threads = 1,
		.connections_max = CONNECTIONS_MAX,
		.message_bytes_max = 8 << 20,
		.held_bytes_max = 256 << 20,
		.request_bytes_max = 64 << 20,
		.idle_seconds = 3600,
		.message_seconds = 30,
		.handler = { .answer = answer },
		.counts = &counts,
	};
	hr_mllp *mllp;
	hr_error err;

	if (!hr_mllp_open(&options, &mllp, &err))
		fail("the server", err.message);
	printf("%u\n", (unsigned)hr_mllp_port(mllp));
	fflush(stdout);
	while (getchar() != EOF)
		;
	hr_mllp_stop(mllp, 0);
	hr_mllp_close(mllp);
	return EXIT_SUCCESS;
}

/* --- the load --- */

struct sender {
	int fd;
	char *frame; /* its own, for each is sent with another id */
	hr_str id;   /* in the frame */
	char ack[ACK_BYTES];
	size_t got;
};

struct load {
	hr_arena *arena;
	hr_str message;
	int epoll;
	uint64_t sent;
	uint64_t answered;
	bool ends;
	unsigned count;
	struct sender *senders;
};

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void send_next(struct load *load, struct sender *s)
{
	const size_t len = load->message.len + 3;
	char digits[ID_DIGITS + 1];

	snprintf(digits, sizeof(digits), "%0*llu", ID_DIGITS, (unsigned long long)++load->sent);
	memcpy(s->frame + (s->id.data - s->frame), digits, ID_DIGITS);
	s->got = 0;
	for (size_t at = 0; at < len;) {
		ssize_t n = send(s->fd, s->frame + at, len - at, MSG_NOSIGNAL);

		if (n < 0)
			fail("send", strerror(errno));
		at += (size_t)n;
	}
}

/* It says AA, and of the message that was sent on this connection. */
static void check(const struct sender *s)
{
	hr_str ack = { s->ack, s->got };
	hr_str msa = hr_str_slice(ack, hr_str_find(ack, HR_STR("\rMSA|")) + 1, ack.len);

	if (!hr_str_equal(field_of(msa, 1), HR_STR("AA")) || !hr_str_equal(field_of(msa, 2), s->id))
		fail("an ACK", "not AA of what was sent");
}

static void receive(struct load *load, struct sender *s)
{
	ssize_t n = recv(s->fd, s->ack + s->got, sizeof(s->ack) - s->got, 0);

	if (n <= 0)
		fail("receive", n ? strerror(errno) : "closed by the server");
	s->got += (size_t)n;
	if (s->ack[s->got - 1] != HR_MLLP_AFTER_END) {
		if (s->got == sizeof(s->ack))
			fail("an ACK", "too long");
		return;
	}
	/* An ACK is full of CR: it ends with this one only behind its 0x1C. */
	if (s->got < 2 || s->ack[s->got - 2] != HR_MLLP_END)
		return;
	check(s);
	load->answered++;
	if (!load->ends)
		send_next(load, s);
}

static void open_sender(struct load *load, struct sender *s, uint16_t port)
{
	const struct sockaddr_in address = { .sin_family = AF_INET,
					     .sin_port = htons(port),
					     .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = s };
	const int on = 1;
	hr_buf frame;

	hr_buf_init(&frame, load->arena, load->message.len + 3);
	hr_buf_add_char(&frame, HR_MLLP_LEAD);
	hr_buf_add(&frame, load->message);
	hr_buf_add_char(&frame, HR_MLLP_END);
	hr_buf_add_char(&frame, HR_MLLP_AFTER_END);
	s->frame = frame.data;
	s->id = field_of(hr_buf_str(&frame), ID_FIELD);
	if (frame.failed || s->id.len != ID_DIGITS)
		fail("the message", "its MSH-10 is not 12 characters");
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->fd < 0 || connect(s->fd, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
	    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0 ||
	    epoll_ctl(load->epoll, EPOLL_CTL_ADD, s->fd, &event) != 0)
		fail("connect", strerror(errno));
}

/* For so long, and then until the last ACK is here. */
static double run(struct load *load, double seconds)
{
	struct epoll_event events[EVENTS];
	const double began = now_seconds();
	double now = began;

	for (unsigned i = 0; i < load->count; i++)
		send_next(load, &load->senders[i]);
	while (load->answered < load->sent) {
		int n = epoll_wait(load->epoll, events, EVENTS, 0);

		for (int i = 0; i < n; i++)
			receive(load, events[i].data.ptr);
		now = now_seconds();
		if (now - began > seconds + GRACE)
			fail("wait", "an ACK is missing");
		load->ends = now - began >= seconds;
	}
	return now - began;
}

int main(int argc, char **argv)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(SIZE_MAX);
	struct load load = { .arena = arena };
	hr_error err;
	double took;

	if (argc == 2 && strcmp(argv[1], "--serve") == 0)
		return serve();
	if (argc != 5) {
		fprintf(stderr, "usage: mllp_load PORT CONNECTIONS SECONDS MESSAGE | --serve\n");
		return 2;
	}
	load.count = (unsigned)strtoul(argv[2], NULL, 10);
	if (load.count < 1 || load.count > CONNECTIONS_MAX)
		fail("connections", "1 to 1024");
	if (!hr_file_read(argv[4], 8 << 20, arena, &load.message, &err))
		fail("the message", err.message);
	load.senders = HR_NEW_N(arena, struct sender, load.count);
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (!load.senders || load.epoll < 0)
		fail("start", strerror(errno));
	for (unsigned i = 0; i < load.count; i++)
		open_sender(&load, &load.senders[i], (uint16_t)strtoul(argv[1], NULL, 10));
	took = run(&load, strtod(argv[3], NULL));
	printf("%llu messages in %.3f s: %.0f a second\n", (unsigned long long)load.answered, took,
	       (double)load.answered / took);
	return EXIT_SUCCESS;
}
