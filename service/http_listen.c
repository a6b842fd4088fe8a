#include "service/http_listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/* As much as the kernel will queue by default; what bursts above it is tried again by TCP. */
enum { BACKLOG = 1024 };

/* "[::1]:0" is "::1" and "0". */
static bool split(const char *address, char host[NI_MAXHOST], const char **port)
{
	hr_str text = hr_str_of(address);
	const char *colon = strrchr(address, ':');

	if (!colon || colon == address)
		return false;
	text.len = (size_t)(colon - address);
	if (hr_str_starts_with(text, HR_STR("[")) && hr_str_ends_with(text, HR_STR("]")))
		text = hr_str_slice(text, 1, text.len - 1);
	else if (memchr(text.data, ':', text.len))
		return false;
	if (text.len == 0 || text.len >= NI_MAXHOST)
		return false;
	memcpy(host, text.data, text.len);
	host[text.len] = '\0';
	*port = colon + 1;
	return **port != '\0';
}

static bool bind_and_listen(int fd, const struct addrinfo *info)
{
	const int on = 1;

	/* Else a restart would have to wait until the last connections have timed out. */
	return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	       bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0;
}

bool hr_http_listen(const char *address, int *out, hr_error *err)
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM,
	};
	char host[NI_MAXHOST];
	const char *port;
	struct addrinfo *info;
	int fd;
	int errnum;

	if (!split(address, host, &port) || getaddrinfo(host, port, &hints, &info) != 0)
		return hr_fail(err, HR_E_USAGE,
			       "'%s' is not an address like 127.0.0.1:8080 or [::1]:8080", address);
	fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0 && bind_and_listen(fd, info)) {
		freeaddrinfo(info);
		*out = fd;
		return true;
	}
	errnum = errno;
	freeaddrinfo(info);
	if (fd >= 0)
		close(fd);
	return hr_fail_errno(err, errnum, "listen on", address);
}

uint16_t hr_http_listen_port(int fd)
{
	struct sockaddr_storage address = { 0 };
	socklen_t len = sizeof(address);

	if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
		return 0;
	if (address.ss_family == AF_INET)
		return ntohs(((struct sockaddr_in *)&address)->sin_port);
	if (address.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
	return 0;
}
