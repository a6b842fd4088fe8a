#include "service/http_listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* As much as the kernel will queue by default; what bursts above it is tried again by TCP. */
enum { BACKLOG = 1024 };

enum { LET_IN_MS = 200 };

/* getaddrinfo takes 70000, and makes 4464 of it. */
static bool is_port(const char *text)
{
	unsigned long port = 0;

	for (const char *at = text; *at; at++) {
		if (*at < '0' || *at > '9' || port > UINT16_MAX)
			return false;
		port = port * 10 + (unsigned long)(*at - '0');
	}
	return *text && port <= UINT16_MAX;
}

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
	return is_port(*port);
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

/* Drops a SYN, whose client will try again in a second; lets a handshake end that has begun. */
static void drop_newcomers(int fd)
{
	enum { FLAGS = 13, SYN = 0x02, ACK = 0x10 };
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, FLAGS),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, SYN | ACK),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYN, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	const struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

void hr_http_listen_let_in(int fd)
{
	const struct timespec step = { .tv_nsec = 1000000 };

	drop_newcomers(fd);
	for (int i = 0; i < LET_IN_MS; i++) {
		struct tcp_info info = { 0 };
		socklen_t len = sizeof(info);

		/* Of a socket that listens this is the length of its queue (tcp(7)). */
		if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0 || !info.tcpi_unacked)
			return;
		nanosleep(&step, NULL);
	}
}

void hr_http_listen_stop(int fd)
{
	shutdown(fd, SHUT_RDWR);
}

void hr_http_address_format(const struct sockaddr *address, char out[HR_HTTP_ADDRESS_TEXT])
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
	int family = address ? address->sa_family : AF_UNSPEC;

	out[0] = '\0';
	if (family == AF_INET)
		inet_ntop(AF_INET, &v4->sin_addr, out, HR_HTTP_ADDRESS_TEXT);
	else if (family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
		inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], out, HR_HTTP_ADDRESS_TEXT);
	else if (family == AF_INET6)
		inet_ntop(AF_INET6, &v6->sin6_addr, out, HR_HTTP_ADDRESS_TEXT);
}
