#include "store/link.h"

#include "store/room.h"

#include <time.h>

enum { AGAIN_NS = 200000000 };

int64_t hr_monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void hr_link_close(hr_link *link)
{
	if (link->conn)
		link->conn->engine->close(link->conn);
	link->conn = NULL;
}

void hr_link_put(hr_link *link)
{
	if (link->conn && link->conn->broken)
		hr_link_close(link);
}

static bool open_conn(hr_link *link, hr_error *err)
{
	if (!link->engine->open(link->place, link->role, &link->conn, err))
		return false;
	if (hr_rooms_bring(link->conn, link->rooms, link->room_count, err))
		return true;
	hr_link_close(link);
	return false;
}

bool hr_link_get(hr_link *link, hr_conn **out, hr_error *err)
{
	if (link->conn && !link->engine->is_alive(link->conn))
		hr_link_close(link);
	if (!link->conn) {
		if (hr_monotonic_ns() < link->again_ns) {
			*err = link->why;
			return false;
		}
		if (!open_conn(link, err)) {
			link->why = *err;
			link->again_ns = hr_monotonic_ns() + AGAIN_NS;
			return false;
		}
		link->again_ns = 0;
	}
	*out = link->conn;
	return true;
}
