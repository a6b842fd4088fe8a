/* A socket that listens, and who comes to it. */
#pragma once

#include "base/str.h"

struct sockaddr;

/*
 * "127.0.0.1:8080" or "[::1]:0": a numeric address, so that no name server is
 * asked at the start. HR_E_USAGE when it is not one, HR_E_IO when it is taken.
 */
bool hr_http_listen(const char *address, int *out, hr_error *err);

/* The port a socket is bound to; 0 when it has none. */
uint16_t hr_http_listen_port(int fd);

/*
 * Lets no new client in, and waits a moment until those are accepted whom the
 * kernel has let in already: closed with the socket, they would see a reset.
 */
void hr_http_listen_let_in(int fd);

/* Whoever comes now is refused. `fd` stays open. */
void hr_http_listen_stop(int fd);

enum { HR_HTTP_ADDRESS_TEXT = 46 };

/* Without the port; IPv4 as such also when it came through IPv6. Empty when it is neither. */
void hr_http_address_format(const struct sockaddr *address, char out[HR_HTTP_ADDRESS_TEXT]);
