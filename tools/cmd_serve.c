/* huren serve: the same verdicts over HTTP. */
#include "tools/cli.h"

#include "service/routes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS_MAX = 64, KEPT_BYTES = 16 << 20, LARGE_BYTES = 4 << 20 };

/* --- settings --- */

/* Whoever reaches the port may ask: without keys and TLS that must be this machine alone. */
static bool check_loopback(const char *address, hr_error *err)
{
	hr_str text = hr_str_of(address);
	const char *colon = strrchr(address, ':');
	hr_str host = hr_str_slice(text, 0, colon ? (size_t)(colon - address) : text.len);
	char terminated[64] = "";
	struct in_addr v4;

	if (hr_str_equal(host, HR_STR("[::1]")))
		return true;
	if (host.len < sizeof(terminated))
		memcpy(terminated, host.data, host.len);
	if (inet_pton(AF_INET, terminated, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127)
		return true;
	return hr_fail(
		err, HR_E_USAGE,
		"'%s' is not on this machine alone: without keys and TLS the service listens "
		"on 127.0.0.1 or [::1]; put a proxy in front of it",
		address);
}

static bool choose_app(const hr_cli *cli, hr_app_options *out, hr_error *err)
{
	const hr_config *config = &cli->config;

	if (!config->registry)
		return hr_fail(err, HR_E_USAGE,
			       "no registry: give --registry REPO, set HUREN_REGISTRY, or write "
			       "'registry = REPO' into the configuration file");
	*out = (hr_app_options){
		.registry = config->registry,
		.local = config->local,
		.receiver = config->receiver,
		.lang = config->lang,
		.log = { .fd = STDERR_FILENO, .level = HR_LOG_INFO },
	};
	return true;
}

static unsigned count_threads(int64_t set)
{
	long processors = set ? (long)set : sysconf(_SC_NPROCESSORS_ONLN);

	return processors < 1 ? 1 : processors > THREADS_MAX ? THREADS_MAX : (unsigned)processors;
}

static bool choose_http(const hr_cli *cli, hr_http_options *out, hr_error *err)
{
	const hr_config *config = &cli->config;

	if (!check_loopback(config->listen, err))
		return false;
	*out = hr_http_defaults;
	out->listen = config->listen;
	out->threads = count_threads(config->threads);
	out->connections_max = (unsigned)config->connections;
	out->connections_per_client_max = (unsigned)config->connections_per_client;
	out->head_seconds = (unsigned)config->head_seconds;
	out->body_seconds = (unsigned)config->body_seconds;
	return true;
}

/* --- the log's file --- */

static int open_log(const char *path)
{
	return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
}

static bool choose_log(const char *path, hr_log *log, hr_error *err)
{
	int fd;

	if (!path)
		return true;
	fd = open_log(path);
	if (fd < 0)
		return hr_fail_errno(err, errno, "open", path);
	log->fd = fd;
	return true;
}

/* Under the same number, so that no thread sees the change: after the file was rotated away. */
static void open_log_again(const char *path, const hr_log *log)
{
	int fd = path ? open_log(path) : -1;

	if (fd < 0)
		return;
	dup3(fd, log->fd, O_CLOEXEC);
	close(fd);
}

/* --- signals --- */

/* Taken by the main thread alone, one after the other. Before any other thread starts. */
static void block_signals(sigset_t *out)
{
	sigemptyset(out);
	sigaddset(out, SIGTERM);
	sigaddset(out, SIGINT);
	sigaddset(out, SIGHUP);
	pthread_sigmask(SIG_BLOCK, out, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* Until one says to end. */
static void wait_for_end(const hr_cli *cli, hr_app *app, const sigset_t *signals)
{
	int number;

	while (sigwait(signals, &number) == 0 && number == SIGHUP) {
		open_log_again(cli->config.log, &app->options.log);
		hr_follower_reload(app->follower);
	}
}

/* --- the service --- */

static void announce(const hr_app *app, const hr_http_options *listening, const hr_http *http)
{
	hr_follower_state state = hr_follower_get(app->follower);
	hr_str address = hr_str_of(listening->listen);

	address.len = (size_t)(strrchr(listening->listen, ':') - listening->listen);
	fprintf(stderr, "huren: listening on http://%.*s:%u, catalogue %.7s\n", HR_STR_ARG(address),
		(unsigned)hr_http_port(http), state.served);
}

static bool serve(const hr_cli *cli, hr_app *app, hr_http_options *listening,
		  const sigset_t *signals, hr_error *err)
{
	hr_http *http;

	listening->log = &app->options.log;
	listening->handler = hr_routes_handler(app);
	if (!hr_http_open(listening, &http, err))
		return false;
	announce(app, listening, http);
	wait_for_end(cli, app, signals);
	hr_http_drain(http, (unsigned)cli->config.drain_seconds);
	hr_http_close(http);
	return true;
}

/*
 * What one request gives back the next one takes, and not by way of the kernel:
 * its fresh pages cost a sixth of a verdict. Large documents do give theirs back.
 */
static void keep_memory(void)
{
	mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
	mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
}

static int run(hr_cli *cli)
{
	hr_app_options app_options;
	hr_http_options http_options;
	hr_app *app;
	sigset_t signals;
	bool ok;

	if (!choose_app(cli, &app_options, &cli->err) ||
	    !choose_http(cli, &http_options, &cli->err) ||
	    !choose_log(cli->config.log, &app_options.log, &cli->err))
		return HR_CLI_FAILED;
	keep_memory();
	block_signals(&signals);
	if (!hr_app_open(&app_options, &app, &cli->err))
		return HR_CLI_FAILED;
	ok = serve(cli, app, &http_options, &signals, &cli->err);
	hr_app_close(app);
	return ok ? 0 : HR_CLI_FAILED;
}

const hr_cli_command hr_cli_serve = {
	.name = "serve",
	.usage = "[--registry REPO]",
	.summary = "Answer over HTTP what 'huren verify' answers, and look the catalogue up.\n"
		   "POST /v1/verify takes a report; /openapi.json tells the rest.",
	.notes =
		"A version that is published while it runs is served within two seconds; one that\n"
		"does not load is refused, and the one before stays (/readyz says why).\n"
		"TERM ends it when all requests are answered. HUP reads --local again and reopens\n"
		"--log.\n",
	.takes_settings = true,
	.words_min = 0,
	.words_max = 0,
	.run = run,
};
