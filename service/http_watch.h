/*
 * The connections of a server, and what is awaited on each until when. The
 * library's own timeout is about silence alone: a client that sends a byte a
 * second would live for ever. One thread shuts down what is overdue; the
 * library then finds the connection closed and clears it away.
 */
#pragma once

#include "base/str.h"

#include <stdatomic.h>

typedef struct hr_http_watch hr_http_watch;

/* Room for `connections_max`, in the arena, and the thread. */
bool hr_http_watch_open(unsigned connections_max, hr_arena *arena, hr_http_watch **out,
			hr_error *err);
void hr_http_watch_close(hr_http_watch *watch);

/* A place for the connection `fd`, from 0; -1 when there is no room. Nothing is awaited yet. */
int hr_http_watch_add(hr_http_watch *watch, int fd);

/*
 * Before `fd` is closed, so that never a stranger is shut down who got the
 * same number. With `linger` what the client still sends is read and dropped
 * for a moment: else the kernel would send a reset, which overtakes the answer.
 */
void hr_http_watch_remove(hr_http_watch *watch, int place, bool linger);

/* Something, until then by hr_http_watch_now; 0: nothing. From any thread. */
void hr_http_watch_await(hr_http_watch *watch, int place, uint64_t due_ms);

/* Milliseconds of a clock that only goes forward. */
uint64_t hr_http_watch_now(void);
