#include "tools/cli_stop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

int hr_cli_stop_open(hr_error *err)
{
	sigset_t signals;
	int fd;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	fd = signalfd(-1, &signals, SFD_CLOEXEC);
	if (fd < 0)
		hr_fail_errno(err, errno, "open", "signals");
	return fd;
}

bool hr_cli_stop_asked(int stop_fd)
{
	struct pollfd told = { .fd = stop_fd, .events = POLLIN };

	return poll(&told, 1, 0) > 0;
}
