#include "service/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* SD_LISTEN_FDS_START: the first one that is handed over. */
enum { FIRST_FD = 3 };

/* A number of the environment; 0 when it is none. */
static uint64_t get_number(const char *name)
{
	const char *text = getenv(name);
	char *end = NULL;
	uint64_t number = text ? strtoull(text, &end, 10) : 0;

	return text && *text && *end == '\0' ? number : 0;
}

/* Is what the environment says meant for us, not for a parent that forgot to clear it? */
static bool is_for_us(const char *name)
{
	return get_number(name) == (uint64_t)getpid();
}

static bool check_listens(int fd, hr_error *err)
{
	socklen_t len = sizeof(int);
	int listens = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) != 0)
		return hr_fail_errno(err, errno, "use", "the socket that was handed over");
	return listens ||
	       hr_fail(err, HR_E_USAGE, "the socket that was handed over does not listen");
}

bool hr_notify_take_socket(int *out, hr_error *err)
{
	uint64_t count = is_for_us("LISTEN_PID") ? get_number("LISTEN_FDS") : 0;

	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	if (count == 0) {
		*out = -1;
		return true;
	}
	if (count > 1)
		return hr_fail(err, HR_E_USAGE, "%" PRIu64 " sockets were handed over, not one",
			       count);
	if (!check_listens(FIRST_FD, err))
		return false;
	if (fcntl(FIRST_FD, F_SETFD, FD_CLOEXEC) != 0 ||
	    fcntl(FIRST_FD, F_SETFL, fcntl(FIRST_FD, F_GETFL) | O_NONBLOCK) != 0)
		return hr_fail_errno(err, errno, "use", "the socket that was handed over");
	*out = FIRST_FD;
	return true;
}

void hr_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t len = path ? strlen(path) : 0;
	int fd;

	if (len < 2 || len >= sizeof(address.sun_path) || !strchr("/@", path[0]))
		return;
	memcpy(address.sun_path, path, len);
	/* '@' stands for the NUL of a name that is in no folder. */
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address,
	       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	close(fd);
}

void hr_notify_reloading(void)
{
	struct timespec now;
	char state[80];

	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
		 (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
	hr_notify(state);
}

int64_t hr_notify_watchdog_ms(void)
{
	uint64_t us = get_number("WATCHDOG_USEC");

	if (us == 0 || (getenv("WATCHDOG_PID") && !is_for_us("WATCHDOG_PID")))
		return 0;
	return us < 2000 ? 1 : us / 2000 > INT32_MAX ? INT32_MAX : (int64_t)(us / 2000);
}
