/*
 * HL7 v2 over TCP: MLLP (mllp_frame.h) as a server. Messages in, an
 * acknowledgement each out, in order, on a connection that stays open.
 *
 * MLLP has no authentication and no encryption: who listens where others reach
 * it puts something in front that has both.
 */
#pragma once

#include "service/proxies.h"

#include <stdatomic.h>

/* Why the server closes a connection that would go on. */
typedef enum hr_mllp_closed {
	HR_MLLP_CLOSED_TOO_MANY,  /* above connections_max */
	HR_MLLP_CLOSED_STRANGER,  /* none of those who may call */
	HR_MLLP_CLOSED_IDLE,	  /* idle_seconds */
	HR_MLLP_CLOSED_SLOW,	  /* message_seconds */
	HR_MLLP_CLOSED_JUNK,	  /* what came is no MLLP */
	HR_MLLP_CLOSED_TOO_LARGE, /* message_bytes_max */
	HR_MLLP_CLOSED_MEMORY,	  /* held_bytes_max, or there is none */
} hr_mllp_closed;

enum { HR_MLLP_CLOSED_COUNT = HR_MLLP_CLOSED_MEMORY + 1 };

hr_str hr_mllp_closed_word(hr_mllp_closed why);

/* What the server counts: to be read at any time, from any thread. */
typedef struct hr_mllp_counts {
	atomic_uint connections; /* open now */
	atomic_size_t held_bytes;
	atomic_uint_fast64_t closed[HR_MLLP_CLOSED_COUNT];
} hr_mllp_counts;

typedef struct hr_mllp_handler {
	/*
	 * Writes the acknowledgement of a message, without the framing. `why`: the
	 * server refuses it, and `message` is what came of it; else NULL. What is
	 * taken from the arena lives until it returns. Runs in the server's threads,
	 * several at once.
	 */
	void (*answer)(void *app, hr_str message, const hr_error *why, hr_arena *arena,
		       hr_buf *out);
	void *app;
} hr_mllp_handler;

typedef struct hr_mllp_options {
	const char *listen; /* "127.0.0.1:2575", "[::1]:0"; port 0: any free one */
	hr_proxies from;    /* who alone may call; none: anybody */
	unsigned threads;
	unsigned connections_max; /* who comes above is closed at once */
	size_t message_bytes_max;
	size_t held_bytes_max;	  /* of what has come on all connections and is not answered */
	size_t request_bytes_max; /* of what answering one message may take */
	unsigned idle_seconds;	  /* without a byte either way; then it is closed */
	unsigned message_seconds; /* for a message that has begun, and for taking its answer */
	hr_mllp_handler handler;
	hr_mllp_counts *counts; /* all zero before; not NULL */
} hr_mllp_options;

typedef struct hr_mllp hr_mllp;

/* Serves in threads of its own until it is stopped. What the options name lives until the close. */
bool hr_mllp_open(const hr_mllp_options *options, hr_mllp **out, hr_error *err);

/* The port that is listened on. */
uint16_t hr_mllp_port(const hr_mllp *mllp);

/*
 * Lets no new connection in, has what was received whole answered, and then
 * ends every connection, within `seconds`. Does not wait for it: hr_mllp_close
 * does.
 */
void hr_mllp_stop(hr_mllp *mllp, unsigned seconds);

/* After hr_mllp_stop. NULL is fine. */
void hr_mllp_close(hr_mllp *mllp);
