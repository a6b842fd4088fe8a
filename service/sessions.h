/*
 * Sessions: what a browser holds after it has shown a secret, for minutes. They
 * live in this process alone, which is the only one that writes the data
 * folder, so what ends a share ends its sessions on the next request: whoever
 * changes what a session may see raises `films->changes` (an atomic counter),
 * and a session that was looked at before that is looked at again.
 *
 * A restart ends them; a page still has its secret and opens again.
 * Any thread.
 */
#pragma once

#include "service/shares.h"

typedef struct hr_sessions hr_sessions;

enum {
	HR_SESSION_TEXT = 48,	   /* "hrs_", 43 characters of base64url, NUL */
	HR_SESSION_SECONDS = 1800, /* since it was last asked with */
	HR_SESSION_HOURS_MAX = 8,  /* since it was made; never longer than its share */
	HR_SESSIONS_MAX = 100000,
};

typedef enum hr_session_kind { HR_SESSION_SHARE = 1, HR_SESSION_PATIENT } hr_session_kind;

/* A session as a request sees it: copied to the request's arena. */
typedef struct hr_session {
	hr_session_kind kind;
	hr_patient_key patient;
	hr_share share;	     /* of a share alone; its state is as of now */
	unsigned rights;     /* hr_share_right */
	hr_film_scope scope; /* what it may see */
	hr_instant expires_at;
} hr_session;

bool hr_sessions_open(hr_films *films, hr_sessions **out, hr_error *err);
void hr_sessions_close(hr_sessions *sessions);

/* HR_E_TOO_MANY when there are HR_SESSIONS_MAX that live. */
bool hr_session_begin_share(hr_sessions *sessions, const hr_share *share, hr_instant now,
			    char text[HR_SESSION_TEXT], hr_error *err);
bool hr_session_begin_patient(hr_sessions *sessions, const hr_patient_key *patient, hr_instant now,
			      char text[HR_SESSION_TEXT], hr_error *err);

typedef enum hr_session_answer {
	HR_SESSION_LIVES,
	HR_SESSION_UNKNOWN, /* or over */
	HR_SESSION_ENDED,   /* its share is: out->share.state says how */
} hr_session_answer;

bool hr_session_find(hr_sessions *sessions, hr_str text, hr_instant now, hr_arena *arena,
		     hr_session_answer *answer, hr_session *out, hr_error *err);
void hr_session_end(hr_sessions *sessions, hr_str text);
