/*
 * What the service and its worker processes say to each other: messages over
 * a pair of SOCK_SEQPACKET sockets. Each has a kind, a number, bytes, and may
 * carry an open file. Bytes that are many come in a file of memory that its
 * writer can no longer change. What is received is a stranger's word.
 */
#pragma once

#include "base/str.h"

enum {
	HR_WIRE_BYTES_MAX = 512 << 20,
	HR_WIRE_WAITS = -1, /* a deadline that there is not */
};

typedef struct hr_wire_message {
	uint32_t kind; /* the two agree on it */
	uint64_t number;
	const hr_error *why; /* what went wrong, or NULL; of a received one in the arena */
	hr_str bytes;
	int fd; /* -1: none; of a received one the receiver's to close */
} hr_wire_message;

bool hr_wire_pair(int *ours, int *theirs, hr_error *err);

/* A message has a file, or many bytes, not both. HR_E_UNAVAILABLE: the other has gone. */
bool hr_wire_send(int socket, const hr_wire_message *message, hr_error *err);

/* A word alone, and only if the other can be told without waiting for him. */
void hr_wire_nudge(int socket, uint32_t kind);

/*
 * Its bytes live in the arena, or in a mapping that hangs on it. HR_E_UNAVAILABLE:
 * the other has gone; HR_E_LIMIT: it has said nothing until `deadline_ms`
 * (hr_wire_now_ms), or too much; HR_E_SYNTAX: it has said what nobody says.
 */
bool hr_wire_receive(int socket, int64_t deadline_ms, hr_arena *arena, hr_wire_message *out,
		     hr_error *err);

int64_t hr_wire_now_ms(void);

/* The whole of a file, for reading, until the arena is reset. */
bool hr_wire_map(int fd, hr_arena *arena, hr_str *out, hr_error *err);
