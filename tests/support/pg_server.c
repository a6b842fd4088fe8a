#include "pg_server.h"

#include "testing.h"

#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <libpq-fe.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { START_TRIES = 300, PAUSE_US = 50000 };

struct hr_test_postgres {
	char bin[PATH_MAX]; /* the folder of its programs */
	const char *folder;
	bool durable;
	const struct passwd *user; /* it refuses to be root; NULL: we are not */
	pid_t process;
	unsigned schemas;
};

/* In a child: a program of the server, as its user. What it says goes to the log. */
static void become(const hr_test_postgres *server, const char *program, const char *const *args)
{
	char path[PATH_MAX + 40];
	int log;

	snprintf(path, sizeof(path), "%s/log", server->folder);
	if (server->user && (setgroups(0, NULL) != 0 || setgid(server->user->pw_gid) != 0 ||
			     setuid(server->user->pw_uid) != 0))
		_exit(126);
	prctl(PR_SET_PDEATHSIG, SIGQUIT);
	log = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (log < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0 || chdir(server->folder) != 0)
		_exit(126);
	snprintf(path, sizeof(path), "%s/%s", server->bin, program);
	execv(path, (char *const *)(uintptr_t)args);
	_exit(127);
}

static pid_t start(const hr_test_postgres *server, const char *program, const char *const *args)
{
	pid_t child = fork();

	if (child < 0)
		abort();
	if (child == 0)
		become(server, program, args);
	return child;
}

static bool make_data(const hr_test_postgres *server)
{
	static const char *const args[] = { "initdb",
					    "-D",
					    "data",
					    "-U",
					    "huren",
					    "-A",
					    "trust",
					    "-E",
					    "UTF8",
					    "--no-sync",
					    "--locale=C.UTF-8",
					    "--locale-provider=icu",
					    "--icu-locale=zh",
					    NULL };
	int status = -1;

	waitpid(start(server, "initdb", args), &status, 0);
	return status == 0;
}

static void format_url(const hr_test_postgres *server, const char *more, char *out, size_t room)
{
	snprintf(out, room, "postgresql:///postgres?host=%s&user=huren%s", server->folder, more);
}

void hr_test_postgres_start(hr_test_postgres *server)
{
	const char *args[] = { "postgres",
			       "-D",
			       "data",
			       "-k",
			       server->folder,
			       "-c",
			       "listen_addresses=",
			       "-c",
			       server->durable ? "fsync=on" : "fsync=off",
			       NULL };
	char url[PATH_MAX + 100];

	server->process = start(server, "postgres", args);
	format_url(server, "", url, sizeof(url));
	for (int i = 0; PQping(url) != PQPING_OK; i++) {
		if (i == START_TRIES || waitpid(server->process, NULL, WNOHANG) != 0) {
			fprintf(stderr, "the server does not start\n");
			abort();
		}
		usleep(PAUSE_US);
	}
}

void hr_test_postgres_stop(hr_test_postgres *server, int signal)
{
	if (server->process == 0)
		return;
	kill(server->process, signal);
	waitpid(server->process, NULL, 0);
	server->process = 0;
}

static void stop_at_end(void *server)
{
	hr_test_postgres_stop(server, SIGQUIT);
}

static bool find_programs(char bin[PATH_MAX])
{
	glob_t found;
	bool any = glob("/usr/lib/postgresql/*/bin", 0, NULL, &found) == 0;

	if (any)
		snprintf(bin, PATH_MAX, "%s", found.gl_pathv[found.gl_pathc - 1]);
	globfree(&found);
	return any;
}

hr_test_postgres *hr_test_postgres_open(hr_arena *arena, bool durable)
{
	hr_test_postgres *server = HR_NEW(arena, hr_test_postgres);
	hr_error err;

	if (!server)
		abort();
	server->durable = durable;
	server->folder = hr_test_folder(arena);
	if (getuid() == 0) {
		server->user = getpwnam("postgres");
		if (!server->user ||
		    chown(server->folder, server->user->pw_uid, server->user->pw_gid) != 0) {
			fprintf(stderr, "skipped: there is no user 'postgres'\n");
			return NULL;
		}
	}
	if (!find_programs(server->bin)) {
		fprintf(stderr, "skipped: PostgreSQL is not installed\n");
		return NULL;
	}
	if (!make_data(server)) {
		fprintf(stderr, "initdb fails\n");
		abort();
	}
	hr_test_postgres_start(server);
	if (!hr_arena_on_reset(arena, stop_at_end, server, &err))
		abort();
	return server;
}

bool hr_test_postgres_asked(int argc, char **argv, hr_arena *arena, hr_test_postgres **out)
{
	*out = NULL;
	if (argc != 2 || strcmp(argv[1], "postgresql") != 0)
		return true;
	*out = hr_test_postgres_open(arena, false);
	return *out != NULL;
}

void hr_test_postgres_ask(hr_test_postgres *server, const char *sql)
{
	char url[PATH_MAX + 100];
	ExecStatusType status;
	PGresult *result;
	PGconn *pg;

	format_url(server, "", url, sizeof(url));
	pg = PQconnectdb(url);
	result = PQexec(pg, sql);
	status = PQresultStatus(result);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
		fprintf(stderr, "%s", PQerrorMessage(pg));
		abort();
	}
	PQclear(result);
	PQfinish(pg);
}

const char *hr_test_postgres_url(hr_test_postgres *server, hr_arena *arena)
{
	char url[PATH_MAX + 100];
	char sql[60];
	char more[60];

	snprintf(sql, sizeof(sql), "CREATE SCHEMA test%u", server->schemas);
	snprintf(more, sizeof(more), "&options=-csearch_path%%3Dtest%u", server->schemas++);
	hr_test_postgres_ask(server, sql);
	format_url(server, more, url, sizeof(url));
	return hr_str_terminated(arena, hr_str_of(url));
}
