/*
 * Who may ask: the tokens of the state folder, as a running service sees them.
 * A change of the folder counts within two seconds, without a restart.
 *
 * As long as there is no token, all is open, unless one is required: that is
 * for a service that only its own machine can reach (hr_access_may_listen).
 * Any thread may ask.
 */
#pragma once

#include "base/log.h"
#include "service/config.h"
#include "service/tokens.h"

typedef struct hr_access hr_access;

/* Tokens that have been asked for once are asked for until the close. `state` may be NULL. */
bool hr_access_open(const char *state, bool required, const hr_log *log, hr_access **out,
		    hr_error *err);
void hr_access_close(hr_access *access);

typedef enum hr_access_answer {
	HR_ACCESS_OPEN,	   /* nobody is asked */
	HR_ACCESS_GRANTED, /* by a token that holds the scope */
	HR_ACCESS_MISSING, /* no token was sent */
	HR_ACCESS_INVALID, /* unknown, expired or revoked: a stranger learns not which */
	HR_ACCESS_SCOPE,   /* a valid one, for something else */
	HR_ACCESS_SHORT,   /* memory was: nobody can say */
} hr_access_answer;

typedef struct hr_access_ruling {
	hr_access_answer answer;
	char id[HR_TOKEN_ID_TEXT]; /* of a valid token, whatever its scopes; else empty */
} hr_access_ruling;

/* `authorization`: the header as it was sent. HR_SCOPE_NONE is granted to everybody. */
hr_access_ruling hr_access_ask(hr_access *access, hr_str authorization, hr_token_scope scope,
			       hr_instant now);

/* Why the list cannot be read at present; code NONE: it can. The last that was read counts on. */
hr_error hr_access_trouble(hr_access *access);

/*
 * The rule of where a service may listen. Reached by its own machine alone it
 * may be open. Elsewhere, and behind a proxy, which carries others in, it wants
 * TLS or the proxy's, and at least one valid token. HR_E_USAGE tells what is missing.
 */
bool hr_access_may_listen(const hr_config *config, bool is_local, size_t valid_tokens,
			  hr_error *err);

/* Is it 127.0.0.0/8 or ::1, with or without a port and brackets? */
bool hr_access_is_local(hr_str address);
