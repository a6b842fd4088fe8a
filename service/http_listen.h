/* A socket that listens. */
#pragma once

#include "base/str.h"

/*
 * "127.0.0.1:8080" or "[::1]:0": a numeric address, so that no name server is
 * asked at the start. HR_E_USAGE when it is not one, HR_E_IO when it is taken.
 */
bool hr_http_listen(const char *address, int *out, hr_error *err);

/* The port a socket is bound to; 0 when it has none. */
uint16_t hr_http_listen_port(int fd);
