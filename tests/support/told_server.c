#include "told_server.h"

#include "testing.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_MAX = 4 << 20, HANG_MS = 10000 };

struct hr_told_server {
	int listener;
	int stop[2]; /* a pipe; closed at the end */
	pthread_t thread;
	char url[40];
	pthread_mutex_t lock; /* of what follows */
	const hr_told_answer *answers;
	size_t answer_count;
	unsigned asked;
	char *request;
	size_t request_len;
};

static size_t body_length(const char *head)
{
	const char *field = strcasestr(head, "\r\ncontent-length:");

	return field ? strtoul(field + strlen("\r\ncontent-length:"), NULL, 10) : 0;
}

/* Until all of it is here, or so much that it is enough. */
static void read_request(struct hr_told_server *server, int connection, size_t enough)
{
	server->request_len = 0;
	for (;;) {
		char *at = server->request + server->request_len;
		ssize_t got = recv(connection, at, REQUEST_MAX - server->request_len - 1, 0);
		const char *end;

		if (got <= 0)
			return;
		server->request_len += (size_t)got;
		server->request[server->request_len] = '\0';
		end = strstr(server->request, "\r\n\r\n");
		if ((enough && server->request_len >= enough) ||
		    (end && server->request_len - (size_t)(end + 4 - server->request) >=
				    body_length(server->request)))
			return;
	}
}

static void send_answer(int connection, const hr_told_answer *answer)
{
	const char *body = answer->body ? answer->body : "";
	char head[1000];

	if (!answer->status)
		return;
	snprintf(head, sizeof(head), "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n", answer->status,
		 answer->fields ? answer->fields : "",
		 answer->length_said ? answer->length_said : strlen(body));
	if (send(connection, head, strlen(head), MSG_NOSIGNAL) > 0)
		(void)!send(connection, body, strlen(body), MSG_NOSIGNAL);
}

/* Until the other hangs up, or the next one comes, or the test is over. */
static void wait_for_end(const struct hr_told_server *server, int connection)
{
	struct pollfd waited[3] = { { .fd = connection, .events = POLLIN },
				    { .fd = server->listener, .events = POLLIN },
				    { .fd = server->stop[0], .events = POLLIN } };

	poll(waited, 3, HANG_MS);
}

static void serve(struct hr_told_server *server, int connection)
{
	hr_told_answer answer;

	pthread_mutex_lock(&server->lock);
	answer = server->answers[server->asked < server->answer_count ? server->asked
								      : server->answer_count - 1];
	server->asked++;
	read_request(server, connection, answer.enough);
	pthread_mutex_unlock(&server->lock);
	send_answer(connection, &answer);
	if (answer.status && !answer.hangs && !answer.enough)
		shutdown(connection, SHUT_WR);
	/* Hung up at once, the other might get a reset in the place of the answer. */
	if (answer.status && (!answer.enough || answer.hangs))
		wait_for_end(server, connection);
	close(connection);
}

static void *run(void *context)
{
	struct hr_told_server *server = context;
	struct pollfd waited[2] = { { .fd = server->listener, .events = POLLIN },
				    { .fd = server->stop[0], .events = POLLIN } };

	while (poll(waited, 2, -1) >= 0 && !waited[1].revents) {
		int connection = accept(server->listener, NULL, NULL);

		if (connection >= 0)
			serve(server, connection);
	}
	return NULL;
}

static void stop(void *context)
{
	struct hr_told_server *server = context;

	close(server->stop[1]);
	pthread_join(server->thread, NULL);
	close(server->stop[0]);
	close(server->listener);
	pthread_mutex_destroy(&server->lock);
	free(server->request);
}

static void listen_somewhere(struct hr_told_server *server)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof(address);

	server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (server->listener < 0 ||
	    bind(server->listener, (struct sockaddr *)&address, size) != 0 ||
	    listen(server->listener, 16) != 0 ||
	    getsockname(server->listener, (struct sockaddr *)&address, &size) != 0)
		abort();
	snprintf(server->url, sizeof(server->url), "http://127.0.0.1:%u", ntohs(address.sin_port));
}

hr_told_server *hr_told_server_open(hr_arena *arena, const hr_told_answer *answers, size_t count)
{
	hr_told_server *server = HR_NEW(arena, hr_told_server);
	hr_error err;

	if (!server)
		abort();
	server->answers = answers;
	server->answer_count = count;
	server->request = calloc(1, REQUEST_MAX);
	listen_somewhere(server);
	if (!server->request || pipe(server->stop) != 0 ||
	    pthread_mutex_init(&server->lock, NULL) != 0 ||
	    pthread_create(&server->thread, NULL, run, server) != 0 ||
	    !hr_arena_on_reset(arena, stop, server, &err))
		abort();
	return server;
}

const char *hr_told_server_url(const hr_told_server *server)
{
	return server->url;
}

void hr_told_server_tell(hr_told_server *server, const hr_told_answer *answers, size_t count)
{
	pthread_mutex_lock(&server->lock);
	server->answers = answers;
	server->answer_count = count;
	server->asked = 0;
	pthread_mutex_unlock(&server->lock);
}

unsigned hr_told_server_count(hr_told_server *server)
{
	unsigned asked;

	pthread_mutex_lock(&server->lock);
	asked = server->asked;
	pthread_mutex_unlock(&server->lock);
	return asked;
}

hr_str hr_told_server_last(hr_told_server *server)
{
	hr_str last;

	pthread_mutex_lock(&server->lock);
	last = (hr_str){ server->request, server->request_len };
	pthread_mutex_unlock(&server->lock);
	return last;
}
