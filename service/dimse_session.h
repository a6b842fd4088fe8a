/* One association, as the service sees it: what its process asks is answered here. */
#pragma once

#include "service/dimse.h"
#include "service/dimse_parts.h"
#include "service/dimse_rules.h"
#include "service/http_listen.h"

#include <pthread.h>

/* What all sessions of a listener share. */
typedef struct hr_dimse_shared {
	hr_dimse_options options;
	hr_dimse_rules allowed;
	hr_dimse_rules peers;
	hr_dimse_rules institutions;
} hr_dimse_shared;

typedef struct hr_dimse_session {
	const hr_dimse_shared *shared;
	int socket; /* to the process */
	char address[HR_HTTP_ADDRESS_TEXT];
	pthread_mutex_t sending; /* a message is two packets, and who ends it sends, too */
	atomic_bool is_ending;

	/* Of the thread that runs it. */
	hr_arena *arena; /* of one message */
	char calling[HR_AE_MAX + 1];
	bool is_admitted;
	bool has_draft;
	hr_draft draft;
	bool has_next; /* a draft for the object behind this one */
	hr_draft next;
	uint64_t stored;
	uint64_t refused;
} hr_dimse_session;

/*
 * Answers until the association has ended. True: its process may serve another;
 * false: it is to be ended.
 */
bool hr_dimse_session_run(hr_dimse_session *session, hr_error *err);

/* From any thread: the association is to end. Does not wait for a process that does not listen. */
void hr_dimse_session_end(hr_dimse_session *session);
