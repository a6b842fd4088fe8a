/*
 * Follows a registry: serves its newest version that loads. A thread of its own
 * looks at the reference, loads what is new, and hangs it into a slot. A
 * version that does not load is refused: said in the log and in the state; the
 * one before it stays. One that is broken in itself is not tried again until
 * the reference moves or hr_follower_reload is called; one that this machine
 * could not load (memory, descriptors, I/O) is, after a second, then ever more
 * rarely, at least once a minute.
 */
#pragma once

#include "base/json.h"
#include "base/log.h"
#include "registry/registry.h"

typedef struct hr_follower hr_follower;

typedef struct hr_follower_state {
	char served[HR_COMMIT_TEXT];
	hr_instant loaded_at;
	char refused[HR_COMMIT_TEXT]; /* the newest, when it did not load; else empty */
	hr_instant refused_at;
	hr_error why; /* it was refused, or the registry cannot be read; code NONE: all is well */
	uint64_t loads;
	uint64_t failures;
} hr_follower_state;

typedef struct hr_follower_options {
	const char *registry;
	const char *local; /* the overlay's folder, or NULL */
	hr_catalog_slot *slot;
	const hr_log *log;
} hr_follower_options;

/*
 * The slot is filled when this returns. Where the newest version does not load,
 * the newest of those before it that does is served. Fails when there is none.
 * What `options` points to must live until the close.
 */
bool hr_follower_open(const hr_follower_options *options, hr_follower **out, hr_error *err);
void hr_follower_close(hr_follower *follower);

/* Soon, the newest version is loaded again, and the overlay with it. */
void hr_follower_reload(hr_follower *follower);

hr_follower_state hr_follower_get(hr_follower *follower);

/* A member "refused", with id, since and the reason; nothing when all is well. */
void hr_follower_format_refusal(const hr_follower_state *state, hr_json_writer *w);
