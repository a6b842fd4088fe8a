/* huren serve: the same verdicts over HTTP and MLLP. */
#include "tools/cli.h"
#include "tools/serve_films.h"

#include "service/http_listen.h"
#include "service/manifest_out.h"
#include "service/mllp_answer.h"
#include "service/notify.h"
#include "service/routes.h"
#include "service/viewer.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	THREADS_MAX = 64,
	KEPT_BYTES = 16 << 20,
	LARGE_BYTES = 4 << 20,
	PEM_BYTES_MAX = 1 << 18,
	CONFIG_ARENA_BYTES = 1 << 20,
	MLLP_HELD_BYTES = 256 << 20,
	FILES_BESIDE = 100, /* open beside the connections of HTTP */
	FILES_OF_MLLP = 2,  /* beside its connections and an epoll a thread */
	CLOSE_SECONDS = 3,  /* after the drain, for what is left to be put away */
	FILES_OF_DICOM = 3, /* of an association: its process, its draft, one it is kept as */
};

struct values {
	bool check_config;
};

static const hr_cli_option options[] = {
	HR_CLI_OPTION("check-config", HR_CLI_FLAG, check_config, NULL,
		      "say every setting and where it is from; exit 2 when it would not start"),
};

/* --- settings --- */

/* The socket may be one that systemd holds: then the setting is not asked. */
static bool is_local(const hr_config *config, int fd)
{
	struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(address);
	char text[HR_HTTP_ADDRESS_TEXT];

	if (fd < 0)
		return hr_access_is_local(hr_str_of(config->listen));
	getsockname(fd, (struct sockaddr *)&address, &len);
	hr_http_address_format((struct sockaddr *)&address, text);
	return address.ss_family == AF_UNIX || hr_access_is_local(hr_str_of(text));
}

static bool opens_films(const hr_config *config)
{
	return config->access && strcmp(config->access, "open") == 0;
}

static bool check_door(const hr_cli *cli, int fd, hr_error *err)
{
	const hr_config *config = &cli->config;
	hr_tokens tokens = { .count = 0 };
	size_t valid = 0;

	if (config->state && !hr_tokens_read(config->state, cli->arena, &tokens, err))
		return false;
	for (size_t i = 0; i < tokens.count; i++)
		valid += hr_token_is_valid(&tokens.items[i], hr_app_now());
	if (opens_films(config) && (config->trusted_proxies || !is_local(config, fd)))
		return hr_fail(err, HR_E_USAGE,
			       "others can reach the service: films are not open to them; leave "
			       "--access open out, and give tokens of film-read and film-write");
	return hr_access_may_listen(config, is_local(config, fd), valid, err);
}

static bool choose_app(const hr_cli *cli, int fd, hr_app_options *out, hr_error *err)
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
		.log_path = config->log,
		.state = config->state,
		.open_films = opens_films(config),
		.cors_origins = hr_str_of(config->cors_origins),
		.wants_tokens = config->trusted_proxies || !is_local(config, fd),
		.body_bytes = (size_t)config->body_bytes,
		.requests_per_second = (uint32_t)config->requests_per_second,
		.min_free_bytes = config->min_free_bytes,
		.tries = { (uint32_t)config->share_tries, (uint32_t)config->code_tries },
	};
	return hr_desks_read(config->desk_networks, cli->arena, &out->desks, err) &&
	       hr_manifest_base(hr_str_of(config->public_url), cli->arena, &out->film_base, err);
}

static unsigned count_threads(int64_t set)
{
	long processors = set ? (long)set : sysconf(_SC_NPROCESSORS_ONLN);

	return processors < 1 ? 1 : processors > THREADS_MAX ? THREADS_MAX : (unsigned)processors;
}

static bool read_pem(const char *path, hr_arena *arena, hr_str *out, hr_error *err)
{
	return !path || hr_file_read(path, PEM_BYTES_MAX, arena, out, err);
}

static bool choose_http(const hr_cli *cli, int fd, hr_http_options *out, hr_error *err)
{
	const hr_config *config = &cli->config;

	*out = hr_http_defaults;
	if (!read_pem(config->tls_certificate, cli->arena, &out->tls_certificate, err) ||
	    !read_pem(config->tls_key, cli->arena, &out->tls_key, err))
		return false;
	out->listen_fd = fd;
	out->listen = config->listen;
	out->threads = count_threads(config->threads);
	out->connections_max = (unsigned)config->connections;
	out->connections_per_client_max = (unsigned)config->connections_per_client;
	out->head_seconds = (unsigned)config->head_seconds;
	out->body_seconds = (unsigned)config->body_seconds;
	return hr_proxies_read(config->trusted_proxies, cli->arena, &out->proxies, err) &&
	       hr_http_options_check(out, err);
}

static bool choose_mllp(const hr_cli *cli, hr_mllp_options *out, hr_error *err)
{
	const hr_config *config = &cli->config;
	const size_t bytes = (size_t)config->body_bytes;

	*out = (hr_mllp_options){
		.listen = config->mllp,
		.threads = count_threads(config->threads),
		.connections_max = (unsigned)config->mllp_connections,
		.message_bytes_max = bytes < HR_HL7_BYTES_MAX ? bytes : HR_HL7_BYTES_MAX,
		.held_bytes_max = MLLP_HELD_BYTES,
		.request_bytes_max = HR_REQUEST_BYTES_MAX,
		.idle_seconds = (unsigned)config->mllp_idle_seconds,
		.message_seconds = (unsigned)config->mllp_message_seconds,
	};
	if (!config->mllp || hr_access_is_local(hr_str_of(config->mllp)))
		return true;
	return config->trusted_proxies
		       ? hr_proxies_read(config->trusted_proxies, cli->arena, &out->from, err)
		       : hr_fail(err, HR_E_USAGE,
				 "others can reach '%s', and MLLP asks nobody who he is: let it "
				 "listen on 127.0.0.1, or name with --trusted-proxy who alone may "
				 "call",
				 config->mllp);
}

/* Each connection is a file, and so is what is read meanwhile. What may be had is taken. */
static bool reserve_files(const hr_config *config, hr_error *err)
{
	rlim_t connections = (rlim_t)config->connections;
	rlim_t wanted = connections + FILES_BESIDE;
	struct rlimit files;

	if (config->dicom)
		wanted += (rlim_t)config->dicom_associations * FILES_OF_DICOM;
	if (config->mllp) {
		connections += (rlim_t)config->mllp_connections;
		wanted += (rlim_t)config->mllp_connections + count_threads(config->threads) +
			  FILES_OF_MLLP;
	}
	if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= wanted)
		return true;
	files.rlim_cur = wanted;
	return (wanted <= files.rlim_max && setrlimit(RLIMIT_NOFILE, &files) == 0) ||
	       hr_fail(err, HR_E_USAGE,
		       "for %llu connections %llu files must be open at once, but only %llu may: "
		       "raise LimitNOFILE (systemd) or 'ulimit -n', or take fewer connections",
		       (unsigned long long)connections, (unsigned long long)wanted,
		       (unsigned long long)files.rlim_max);
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

	if (path && (fd < 0 || dup3(fd, log->fd, O_CLOEXEC) < 0))
		fprintf(stderr, "huren: cannot open '%s' again: %s; the log goes on where it was\n",
			path, strerror(errno));
	if (fd >= 0)
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

/* What is a flag stays as it was given. */
static int64_t choose_again(const hr_cli *cli, const char *key, int64_t before, int64_t now)
{
	return hr_config_is_flag(&cli->config, hr_str_of(key)) ? before : now;
}

static void read_settings_again(const hr_cli *cli, hr_app *app, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(CONFIG_ARENA_BYTES);
	const hr_config *before = &cli->config;
	hr_config now;

	if (!arena)
		hr_fail_memory(err);
	else if (hr_config_read(arena, &now, err))
		hr_app_set_limits(app,
				  (uint32_t)choose_again(cli, "requests-per-second",
							 before->requests_per_second,
							 now.requests_per_second),
				  choose_again(cli, "min-free-bytes", before->min_free_bytes,
					       now.min_free_bytes));
}

static void tell_reload(const hr_app *app, const hr_error *err)
{
	const bool is_well = err->code == HR_E_NONE;
	const hr_log_field fields[] = {
		{ .name = "code", .text = hr_str_of(hr_error_word(err->code)) },
		{ .name = "message", .text = hr_str_of(is_well ? "" : err->message) },
	};

	hr_log_write(&app->options.log, is_well ? HR_LOG_INFO : HR_LOG_ERROR, hr_app_now(),
		     "reload", fields, is_well ? 1 : 2);
}

static void reload(const hr_cli *cli, hr_app *app)
{
	hr_error err = { .code = HR_E_NONE };

	hr_notify_reloading();
	open_log_again(cli->config.log, &app->options.log);
	read_settings_again(cli, app, &err);
	hr_follower_reload(app->follower);
	tell_reload(app, &err);
	hr_notify("READY=1");
}

/* Until one says to end. The watchdog is told between them. */
static void wait_for_end(const hr_cli *cli, hr_app *app, const sigset_t *signals)
{
	const int64_t every_ms = hr_notify_watchdog_ms();
	const struct timespec wait = { every_ms / 1000, every_ms % 1000 * 1000000 };
	int number;

	for (;;) {
		number = every_ms ? sigtimedwait(signals, NULL, &wait) : sigwaitinfo(signals, NULL);
		if (number == SIGHUP)
			reload(cli, app);
		else if (number > 0)
			return;
		else if (errno == EAGAIN)
			hr_notify("WATCHDOG=1");
	}
}

/* --- the service --- */

enum { HOST_TEXT = HR_HTTP_ADDRESS_TEXT + 2 };

/* "127.0.0.1" or "[::1]": where it listens, without the port. */
static hr_str host_of(const hr_http_options *listening, char text[HOST_TEXT])
{
	struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(address);
	hr_str host = hr_str_of(listening->listen);

	if (listening->listen_fd < 0) {
		host.len = (size_t)(strrchr(listening->listen, ':') - listening->listen);
		return host;
	}
	getsockname(listening->listen_fd, (struct sockaddr *)&address, &len);
	hr_http_address_format((struct sockaddr *)&address, text + 1);
	if (!strchr(text + 1, ':'))
		return hr_str_of(text + 1);
	text[0] = '[';
	memcpy(text + strlen(text), "]", 2);
	return hr_str_of(text);
}

static void announce(const hr_app *app, const hr_http_options *listening, const hr_http *http,
		     const hr_mllp_options *taking, const hr_mllp *mllp)
{
	hr_follower_state state = hr_follower_get(app->follower);
	char text[HOST_TEXT];

	fprintf(stderr, "huren: listening on %s://%.*s:%u, catalogue %.7s\n",
		listening->tls_certificate.len ? "https" : "http",
		HR_STR_ARG(host_of(listening, text)), (unsigned)hr_http_port(http), state.served);
	if (mllp)
		fprintf(stderr, "huren: listening on mllp://%.*s:%u\n",
			(int)(strrchr(taking->listen, ':') - taking->listen), taking->listen,
			(unsigned)hr_mllp_port(mllp));
}

struct cut {
	hr_log log;
	unsigned seconds;
};

struct plan {
	int fd; /* of the socket that systemd holds; -1: none */
	hr_app_options app;
	hr_http_options http;
	hr_mllp_options mllp;
	hr_serve_films films;
	struct cut cut;
};

static void *cut_off(void *context)
{
	const struct cut *cut = context;
	unsigned left = cut->seconds;

	while (left)
		left = sleep(left);
	hr_log_write(&cut->log, HR_LOG_ERROR, hr_app_now(), "stop-cut-off", NULL, 0);
	_exit(0);
}

/*
 * A disk or a server that does not answer holds whoever waits for it up, and
 * nobody can wake him. What was acknowledged is kept however the process ends.
 */
static void end_within(struct cut *cut)
{
	pthread_attr_t attributes;
	pthread_t thread;

	if (pthread_attr_init(&attributes) != 0)
		return;
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	(void)pthread_create(&thread, &attributes, cut_off, cut);
	pthread_attr_destroy(&attributes);
}

/* All end at the same time: what one has left of it, the others have too. */
static void end_all(struct plan *plan, hr_http *http, hr_mllp *mllp, unsigned seconds)
{
	hr_serve_films_stop(&plan->films, seconds);
	if (mllp)
		hr_mllp_stop(mllp, seconds);
	hr_http_drain(http, seconds);
	hr_mllp_close(mllp);
	hr_http_close(http);
}

static bool open_mllp(hr_app *app, hr_mllp_options *taking, hr_mllp **out, hr_error *err)
{
	*out = NULL;
	taking->handler = hr_mllp_app_handler(app);
	taking->counts = &app->metrics.mllp;
	return !taking->listen || hr_mllp_open(taking, out, err);
}

static bool serve(const hr_cli *cli, hr_app *app, struct plan *plan, const sigset_t *signals,
		  hr_error *err)
{
	const unsigned drain_seconds = (unsigned)cli->config.drain_seconds;
	hr_http *http;
	hr_mllp *mllp;

	plan->http.log = &app->options.log;
	plan->http.handler = hr_routes_handler(app);
	if (!hr_http_open(&plan->http, &http, err))
		return false;
	if (!open_mllp(app, &plan->mllp, &mllp, err)) {
		hr_http_close(http);
		return false;
	}
	announce(app, &plan->http, http, &plan->mllp, mllp);
	hr_serve_films_announce(&plan->films);
	hr_notify("READY=1");
	wait_for_end(cli, app, signals);
	hr_notify("STOPPING=1");
	plan->cut = (struct cut){ app->options.log, drain_seconds + CLOSE_SECONDS };
	end_within(&plan->cut);
	end_all(plan, http, mllp, drain_seconds);
	return true;
}

/*
 * What one request gives back the next one takes, and not by way of the kernel:
 * its fresh pages cost a sixth of a verdict. Large documents do give theirs back.
 */
static void keep_memory(unsigned threads)
{
	/* Each holds free memory of its own; more than run at once would help nobody. */
	mallopt(M_ARENA_MAX, (int)threads + 1);
	mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
	mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
}

static bool make_plan(hr_cli *cli, struct plan *out)
{
	hr_error *err = &cli->err;

	return hr_notify_take_socket(&out->fd, err) && reserve_files(&cli->config, err) &&
	       choose_app(cli, out->fd, &out->app, err) &&
	       choose_http(cli, out->fd, &out->http, err) && choose_mllp(cli, &out->mllp, err) &&
	       hr_serve_films_choose(cli, count_threads(cli->config.threads), &out->films, err) &&
	       check_door(cli, out->fd, err);
}

/* What is set, and whether it would start: but for the catalogue and the port. */
static int check_config(hr_cli *cli)
{
	struct plan plan;
	hr_buf buf;

	hr_buf_init(&buf, cli->arena, CONFIG_ARENA_BYTES);
	hr_config_format(&cli->config, &buf);
	if (hr_cli_print_buf(cli, &buf, 0) == HR_CLI_FAILED)
		return HR_CLI_FAILED;
	if (make_plan(cli, &plan))
		return 0;
	hr_cli_tell(&cli->err, NULL, &hr_cli_serve);
	return hr_error_exit(HR_E_USAGE);
}

static int run(hr_cli *cli)
{
	const struct values *v = cli->values;
	struct plan plan;
	hr_viewer *viewer = NULL;
	hr_app *app;
	sigset_t signals;
	bool ok;

	if (v->check_config)
		return check_config(cli);
	if (!make_plan(cli, &plan) || !choose_log(cli->config.log, &plan.app.log, &cli->err))
		return HR_CLI_FAILED;
	keep_memory(count_threads(cli->config.threads));
	block_signals(&signals);
	if (cli->config.viewer && !hr_viewer_open(cli->config.viewer, &viewer, &cli->err))
		return HR_CLI_FAILED;
	plan.app.viewer = viewer;
	if (!hr_app_open(&plan.app, &app, &cli->err)) {
		hr_viewer_close(viewer);
		return HR_CLI_FAILED;
	}
	ok = hr_serve_films_open(&plan.films, app, &cli->err) &&
	     serve(cli, app, &plan, &signals, &cli->err);
	hr_serve_films_close(&plan.films);
	hr_app_close(app);
	hr_viewer_close(viewer);
	return ok ? 0 : HR_CLI_FAILED;
}

const hr_cli_command hr_cli_serve = {
	.name = "serve",
	.usage = "[--registry REPO]",
	.summary = "Answer over HTTP what 'huren verify' answers, and look the catalogue up.\n"
		   "POST /v1/verify takes a report; /openapi.json tells the rest.\n"
		   "With --mllp it takes HL7 v2 messages over MLLP, too; with --data and\n"
		   "--dicom films, which it keeps.",
	.notes =
		"A version that is published while it runs is served within two seconds; one that\n"
		"does not load is refused, and the one before stays (/readyz says why).\n"
		"TERM ends it when all requests are answered. HUP reopens --log, reads --local\n"
		"again, and of the settings requests-per-second and min-free-bytes.\n"
		"Alone on its machine it is open to all, until there is a token ('huren access\n"
		"add'). Where others reach it, it wants a token, and TLS or --trusted-proxy.\n",
	HR_CLI_OPTIONS(options),
	.takes_settings = true,
	.words_min = 0,
	.words_max = 0,
	.run = run,
};
