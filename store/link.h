/*
 * A connection that comes back: opened when it is first wanted, and again
 * when it has broken. After an attempt that failed the next is not at once,
 * so that a database that is gone costs its callers an answer, not a wait.
 */
#pragma once

#include "store/engine.h"

typedef struct hr_link {
	const hr_engine *engine;
	hr_place *place;
	hr_conn_role role; /* of the next that is opened */
	const hr_room *rooms;
	size_t room_count;
	hr_conn *conn; /* NULL: none */
	hr_error why;  /* the last attempt failed */
	int64_t again_ns;
} hr_link;

/* One that is alive, and whose tables are as new as the rooms. */
bool hr_link_get(hr_link *link, hr_conn **out, hr_error *err);

/* After a transaction: a broken one is closed. */
void hr_link_put(hr_link *link);
void hr_link_close(hr_link *link);

/* Of the monotonic clock. */
int64_t hr_monotonic_ns(void);
