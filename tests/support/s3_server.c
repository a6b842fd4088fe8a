#include "s3_server.h"

#include "testing.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct hr_test_s3 {
	pid_t process;
	FILE *orders;
	FILE *answers;
	char endpoint[60];
};

static void become(const char *folder, const int *orders, const int *answers)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(orders[0], 0) < 0 || dup2(answers[1], 1) < 0)
		_exit(126);
	close(orders[1]);
	close(answers[0]);
	execl(HR_S3_SWIFT, HR_S3_SWIFT, folder, NULL);
	_exit(127);
}

static void start(hr_test_s3 *server, const char *folder)
{
	int orders[2];
	int answers[2];

	if (pipe(orders) != 0 || pipe(answers) != 0)
		abort();
	server->process = fork();
	if (server->process < 0)
		abort();
	if (server->process == 0)
		become(folder, orders, answers);
	close(orders[0]);
	close(answers[1]);
	server->orders = fdopen(orders[1], "w");
	server->answers = fdopen(answers[0], "r");
	if (!server->orders || !server->answers)
		abort();
}

static void stop(void *context)
{
	hr_test_s3 *server = context;

	fclose(server->orders);
	fclose(server->answers);
	waitpid(server->process, NULL, 0);
}

hr_test_s3 *hr_test_s3_open(hr_arena *arena)
{
	hr_test_s3 *server = HR_NEW(arena, hr_test_s3);
	const char *folder = hr_test_folder(arena);
	char port[20];
	hr_error err;

	if (!server)
		abort();
	signal(SIGPIPE, SIG_IGN);
	start(server, folder);
	if (!hr_arena_on_reset(arena, stop, server, &err))
		abort();
	if (!fgets(port, sizeof(port), server->answers)) {
		fprintf(stderr, "skipped: there is no Swift (python3-swift)\n");
		return NULL;
	}
	snprintf(server->endpoint, sizeof(server->endpoint), "http://127.0.0.1:%lu",
		 strtoul(port, NULL, 10));
	return server;
}

hr_s3_settings hr_test_s3_settings(const hr_test_s3 *server)
{
	return (hr_s3_settings){ .endpoint = server->endpoint,
				 .region = "us-east-1",
				 .key_id = "test:tester",
				 .secret = "testing" };
}

static void order(hr_test_s3 *server, const char *what, int node)
{
	char answer[20];

	fprintf(server->orders, "%s %d\n", what, node);
	fflush(server->orders);
	if (!fgets(answer, sizeof(answer), server->answers))
		abort();
}

void hr_test_s3_down(hr_test_s3 *server, int node)
{
	order(server, "down", node);
}

void hr_test_s3_up(hr_test_s3 *server, int node)
{
	order(server, "up", node);
}
