/*
 * A server of nothing but http.h, to try the server itself: GET / is a
 * constant, POST /echo gives the body back, /slow takes a second. Says its
 * port on stdout, and drains when it gets SIGTERM.
 *
 *	http_echo [NAME=NUMBER ...]     see `settings`
 */
#include "service/http.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BODY_MAX = 1 << 20 };

static bool admit(void *app, hr_http_request *request, size_t *body_max, hr_http_response *out)
{
	(void)app;
	*body_max = BODY_MAX;
	if (request->method != HR_HTTP_OTHER)
		return true;
	out->status = 405;
	out->type = HR_STR("text/plain");
	return false;
}

static void answer(void *app, const hr_http_request *request, hr_http_response *out)
{
	(void)app;
	out->status = 200;
	out->type = HR_STR("text/plain");
	out->body = HR_STR("ok\n");
	if (hr_str_equal(request->path, HR_STR("/slow")))
		nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
	if (hr_str_equal(request->path, HR_STR("/echo")))
		out->body = request->body;
}

static void refuse(void *app, const hr_http_request *request, int status, const hr_error *err,
		   hr_http_response *out)
{
	(void)app;
	out->status = status;
	out->type = HR_STR("text/plain");
	out->body = hr_str_copy(request->arena, hr_str_of(err->message));
}

int main(void)
{
	hr_http_options options = hr_http_defaults;
	hr_error err;
	hr_http *http;
	sigset_t stop;
	int got;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	options.listen = "127.0.0.1:0";
	options.handler = (hr_http_handler){ admit, answer, refuse, NULL };
	if (!hr_http_open(&options, &http, &err)) {
		fprintf(stderr, "http_echo: %s\n", err.message);
		return 1;
	}
	printf("%u\n", hr_http_port(http));
	fflush(stdout);
	sigwait(&stop, &got);
	hr_http_drain(http, 5);
	hr_http_close(http);
	return 0;
}
