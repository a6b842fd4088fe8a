/*
 * A data folder has one writer. A command that must write while the service
 * does asks the service for it, over a socket in the folder: what is done is
 * the same function, in whichever process it runs.
 *
 * An act is a number that both know, with bytes and perhaps an open file; so is
 * its answer, unless it is an error. Only the owner of the service, and root,
 * are answered.
 */
#pragma once

#include "base/log.h"

#include <stdatomic.h>

typedef struct hr_control_act {
	uint32_t kind;
	hr_str bytes;
	int fd;			      /* -1: none; the asker's */
	hr_str who;		      /* asks: "uid 1000" */
	const atomic_bool *is_ending; /* the service; NULL: there is none */
} hr_control_act;

typedef struct hr_control_answer {
	hr_str bytes; /* in the arena, or static; with a file only a few */
	int fd;	      /* -1: none; whoever gets it closes it */
} hr_control_answer;

/* In a thread of its own, several at once. `out` comes empty. */
typedef bool hr_control_run(void *context, const hr_control_act *act, hr_arena *arena,
			    hr_control_answer *out, hr_error *err);

typedef struct hr_control hr_control;

/* For the one who has the lock of `folder`: a socket that stands there is left over. */
bool hr_control_open(const char *folder, hr_control_run *run, void *context, const hr_log *log,
		     hr_control **out, hr_error *err);

/* For an act of many steps, before each. HR_E_UNAVAILABLE: the service is being stopped. */
bool hr_control_goes_on(const hr_control_act *act, hr_error *err);

/* Takes no act any more, and tells those that run; does not wait for them. NULL is fine. */
void hr_control_stop(hr_control *control);

/* Lets acts that run come to their end. */
void hr_control_close(hr_control *control);

/* HR_E_UNAVAILABLE when nobody listens there. The socket is the caller's to close. */
bool hr_control_connect(const char *folder, int *socket, hr_error *err);

/* One act after the other; the answer's bytes live in the arena. An act's own error is `err`. */
bool hr_control_ask(int socket, uint32_t kind, hr_str bytes, int fd, hr_arena *arena,
		    hr_control_answer *out, hr_error *err);
