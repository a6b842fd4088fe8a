/*
 * Clients that never pause: one thread, many kept connections, each with one
 * request on its way.
 *
 *	http_load PORT CONNECTIONS REQUESTS TARGET BODY
 *
 * Posts the file BODY to TARGET until REQUESTS answers have come, or SIGTERM
 * says that no more shall be asked. A line for each answer, in the order of
 * their ends, with times in microseconds of CLOCK_MONOTONIC and the SHA-256 of
 * the body:
 *
 *	START END CONNECTION STATUS CATALOGUE DIGEST
 *
 * An answer that did not come, or not whole, is a line "lost CONNECTION BYTES";
 * after LOST_MAX of them the exit is 1. Who is told "Connection: close"
 * connects again; who is not let in any more ends.
 */
#include "base/crypto.h"
#include "base/file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_MAX = 1 << 20, CONNECTIONS_MAX = 1024, LOST_MAX = 1000, LINES_BYTES = 16 << 10 };

struct client {
	int fd; /* -1: ended */
	size_t number;
	uint64_t started_us;
	size_t sent;
	size_t got;
	char *answer;
};

struct load {
	hr_arena *arena;
	struct sockaddr_in server;
	hr_str request; /* head and body */
	struct client *clients;
	size_t count;
	size_t open;
	int epoll;
	int signals;
	size_t wanted;
	size_t asked;
	size_t lost;
};

/* A whole answer, taken apart. */
struct answer {
	int status;
	bool closes;
	hr_str body;
};

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* --- one client --- */

static void end_client(struct load *load, struct client *client)
{
	close(client->fd);
	client->fd = -1;
	load->open--;
}

static void watch(struct load *load, struct client *client, int how, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = client };

	if (epoll_ctl(load->epoll, how, client->fd, &event) != 0)
		abort();
}

static bool send_some(struct load *load, struct client *client)
{
	while (client->sent < load->request.len) {
		ssize_t n = send(client->fd, load->request.data + client->sent,
				 load->request.len - client->sent, MSG_NOSIGNAL);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		client->sent += (size_t)n;
	}
	watch(load, client, EPOLL_CTL_MOD, EPOLLIN);
	return true;
}

static void ask(struct load *load, struct client *client)
{
	if (load->asked == load->wanted) {
		end_client(load, client);
		return;
	}
	load->asked++;
	client->started_us = now_us();
	client->sent = client->got = 0;
	watch(load, client, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
}

static void connect_client(struct load *load, struct client *client)
{
	const int on = 1;

	client->started_us = 0;
	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (client->fd < 0)
		abort();
	setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	load->open++;
	watch(load, client, EPOLL_CTL_ADD, EPOLLOUT);
	if (connect(client->fd, (struct sockaddr *)&load->server, sizeof(load->server)) != 0 &&
	    errno != EINPROGRESS)
		end_client(load, client);
}

/* In the middle of a request it is lost; before one it was only not let in. */
static void lose(struct load *load, struct client *client)
{
	bool was_asked = client->started_us != 0;

	end_client(load, client);
	if (!was_asked)
		return;
	printf("lost %zu %zu\n", client->number, client->got);
	if (++load->lost < LOST_MAX)
		connect_client(load, client);
}

/* --- answers --- */

static hr_str find_after(hr_str text, hr_str mark)
{
	size_t at = hr_str_find(text, mark);

	return at == text.len ? HR_STR_NONE : hr_str_slice(text, at + mark.len, text.len);
}

/* False while it is not whole. */
static bool split_answer(hr_str got, struct answer *out)
{
	size_t head_len = hr_str_find(got, HR_STR("\r\n\r\n"));
	hr_str head = hr_str_slice(got, 0, head_len);
	hr_str length = find_after(head, HR_STR("\r\nContent-Length: "));
	hr_str body = hr_str_slice(got, head_len + 4, got.len);

	if (head_len == got.len || body.len < strtoull(length.len ? length.data : "0", NULL, 10))
		return false;
	out->status = (int)strtol(head.data + strlen("HTTP/1.1 "), NULL, 10);
	out->closes = find_after(head, HR_STR("\r\nConnection: close")).data != NULL;
	out->body = body;
	return true;
}

/* The version, when exactly one is named; else what is no version. */
static hr_str find_catalogue(hr_str body)
{
	const hr_str mark = HR_STR("\"catalogue\":{\"id\":\"");
	hr_str after = find_after(body, mark);

	if (!after.data)
		return HR_STR("none");
	if (find_after(after, mark).data)
		return HR_STR("several");
	return hr_str_slice(after, 0, hr_str_find(after, HR_STR("\"")));
}

static void tell(const struct client *client, const struct answer *answer)
{
	char text[HR_SHA256_TEXT];
	hr_digest digest;
	hr_error err;

	if (!hr_sha256(answer->body, &digest, &err))
		abort();
	printf("%llu %llu %zu %d %.*s %s\n", (unsigned long long)client->started_us,
	       (unsigned long long)now_us(), client->number, answer->status,
	       HR_STR_ARG(find_catalogue(answer->body)), hr_digest_format(&digest, text).data);
}

static void receive(struct load *load, struct client *client)
{
	ssize_t n = recv(client->fd, client->answer + client->got, ANSWER_MAX - client->got, 0);
	struct answer answer;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		lose(load, client);
		return;
	}
	client->got += (size_t)n;
	/* A head that is cut off in the middle of a number ends there for strtoull, too. */
	client->answer[client->got] = '\0';
	if (!split_answer((hr_str){ client->answer, client->got }, &answer))
		return;
	tell(client, &answer);
	if (!answer.closes) {
		ask(load, client);
		return;
	}
	end_client(load, client);
	if (load->asked < load->wanted)
		connect_client(load, client);
}

static void step(struct load *load, struct client *client, uint32_t events)
{
	int failure = 0;
	socklen_t len = sizeof(failure);

	if (client->started_us == 0) {
		getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &failure, &len);
		if (failure)
			lose(load, client);
		else
			ask(load, client);
		return;
	}
	/* What has come is read first: the answer may be there though the sending fails. */
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		receive(load, client);
	else if (!send_some(load, client))
		lose(load, client);
}

/* --- the program --- */

static void run(struct load *load)
{
	struct epoll_event events[64];
	struct signalfd_siginfo told;

	for (size_t i = 0; i < load->count; i++)
		connect_client(load, &load->clients[i]);
	while (load->open && load->lost < LOST_MAX) {
		int count = epoll_wait(load->epoll, events, 64, -1);

		for (int i = 0; i < count; i++) {
			struct client *client = events[i].data.ptr;

			if (client)
				step(load, client, events[i].events);
			else if (read(load->signals, &told, sizeof(told)) > 0)
				load->wanted = load->asked;
		}
	}
}

static void make_request(struct load *load, const char *target, const char *path)
{
	hr_str body;
	hr_buf buf;
	hr_error err;

	if (!hr_file_read(path, ANSWER_MAX, load->arena, &body, &err)) {
		fprintf(stderr, "http_load: %s\n", err.message);
		exit(2);
	}
	hr_buf_init(&buf, load->arena, 2 * ANSWER_MAX);
	hr_buf_addf(&buf,
		    "POST %s HTTP/1.1\r\nHost: load\r\nContent-Type: application/xml\r\n"
		    "Content-Length: %zu\r\n\r\n",
		    target, body.len);
	hr_buf_add(&buf, body);
	load->request = hr_buf_str(&buf);
}

static void make_clients(struct load *load)
{
	load->clients = HR_NEW_N(load->arena, struct client, load->count);
	for (size_t i = 0; load->clients && i < load->count; i++) {
		load->clients[i].number = i;
		load->clients[i].answer = hr_arena_alloc(load->arena, ANSWER_MAX + 1);
		if (!load->clients[i].answer)
			abort();
	}
}

static void take_signals(struct load *load)
{
	struct epoll_event event = { .events = EPOLLIN };
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	load->signals = signalfd(-1, &stop, SFD_CLOEXEC);
	load->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, load->signals, &event) != 0)
		abort();
}

int main(int argc, char **argv)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(SIZE_MAX);
	struct load load = { .arena = arena };

	if (argc != 6 || !arena)
		return 2;
	load.server = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	load.count = strtoul(argv[2], NULL, 10);
	load.wanted = strtoul(argv[3], NULL, 10);
	if (load.count < 1 || load.count > CONNECTIONS_MAX)
		return 2;
	setvbuf(stdout, NULL, _IOFBF, LINES_BYTES);
	make_request(&load, argv[4], argv[5]);
	make_clients(&load);
	take_signals(&load);
	run(&load);
	return load.lost >= LOST_MAX;
}
