/* One connection of the MLLP server: bytes in, acknowledgements out. Of mllp.c alone. */
#pragma once

#include "service/mllp.h"

#include <stdatomic.h>

/* What all connections share. */
typedef struct hr_mllp_common {
	hr_mllp_options options;
	atomic_size_t held_bytes;
} hr_mllp_common;

typedef struct hr_mllp_connection hr_mllp_connection;

/* What mllp.c keeps a connection by. */
typedef struct hr_mllp_link {
	hr_mllp_connection *previous;
	hr_mllp_connection *next;
} hr_mllp_link;

/* Takes the socket, which does not block; NULL when memory is short, and then it is closed. */
hr_mllp_connection *hr_mllp_connection_open(hr_mllp_common *common, int fd, int64_t now_ms);
void hr_mllp_connection_close(hr_mllp_connection *c);

int hr_mllp_connection_fd(const hr_mllp_connection *c);
hr_mllp_link *hr_mllp_connection_link(hr_mllp_connection *c);

/* What it waits for, as bits of epoll. */
uint32_t hr_mllp_connection_wants(const hr_mllp_connection *c);

/*
 * Does what can be done without waiting. `arena` is for one message at a time.
 * False: it has ended.
 */
bool hr_mllp_connection_run(hr_mllp_connection *c, hr_arena *arena, int64_t now_ms);

/* What was received is answered still, nothing that comes after. */
void hr_mllp_connection_drain(hr_mllp_connection *c);

/* Has a time of the options passed? */
bool hr_mllp_connection_is_late(const hr_mllp_connection *c, int64_t now_ms);
