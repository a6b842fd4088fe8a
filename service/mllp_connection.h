/* One connection of the MLLP server: bytes in, acknowledgements out. Of mllp.c alone. */
#pragma once

#include "service/mllp.h"

typedef struct hr_mllp_connection hr_mllp_connection;

void hr_mllp_count_closed(hr_mllp_counts *counts, hr_mllp_closed why);

/* What mllp.c keeps a connection by. */
typedef struct hr_mllp_link {
	hr_mllp_connection *previous;
	hr_mllp_connection *next;
} hr_mllp_link;

/*
 * Takes the socket, which does not block; NULL when memory is short, and then
 * it is closed. What the options count is counted.
 */
hr_mllp_connection *hr_mllp_connection_open(const hr_mllp_options *options, int fd, int64_t now_ms);
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

/* What has come is answered still, nothing that comes after. */
void hr_mllp_connection_drain(hr_mllp_connection *c);

/* Has a time passed, the options' or its own? Those of the options are counted. */
bool hr_mllp_connection_expires(hr_mllp_connection *c, int64_t now_ms);
