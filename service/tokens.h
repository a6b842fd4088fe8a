/*
 * Bearer tokens, as the state folder keeps them: access.json holds of each its
 * SHA-256, never the token. A token is 256 random bits, so a digest without
 * salt tells nothing of it. What is revoked or expired stays listed.
 *
 * Whoever changes the list holds a lock on the folder, and writes the file
 * whole or not at all.
 */
#pragma once

#include "base/calendar.h"
#include "base/crypto.h"

/* What a token may ask for; a token holds a set of them, as bits. */
typedef enum hr_token_scope {
	HR_SCOPE_NONE = 0,
	HR_SCOPE_VERIFY = 1,
	HR_SCOPE_METRICS = 2,
	HR_SCOPE_FILM_READ = 4,
	HR_SCOPE_FILM_WRITE = 8,
	HR_SCOPE_SHARE = 16,	       /* shares of all patients */
	HR_SCOPE_PATIENT_SESSION = 32, /* lets patients in: tickets and claims */
	HR_SCOPE_SETTLE = 64,	       /* questions of settlement: nothing is kept */
	HR_SCOPE_SETTLE_BOOK = 128,    /* filings and settlements that are kept */
} hr_token_scope;

enum {
	HR_TOKEN_TEXT = 48, /* "hrn_", 43 characters of base64url, NUL */
	HR_TOKEN_ID_TEXT = 13,
	HR_TOKEN_NAME_MAX = 100, /* in bytes */
	HR_TOKEN_DAYS_MAX = 3650,
	HR_TOKENS_MAX = 1000,
};

/* In the state folder. */
#define HR_TOKENS_FILE "access.json"

typedef struct hr_token {
	char id[HR_TOKEN_ID_TEXT]; /* the first digits of its digest */
	hr_str name;		   /* of whoever holds it; no two that are valid have the same */
	hr_digest digest;
	unsigned scopes;
	hr_instant made_at;
	hr_instant expires_at;
	hr_instant revoked_at; /* second 0: it is not */
} hr_token;

typedef struct hr_tokens {
	hr_token *items; /* oldest first */
	size_t count;
} hr_tokens;

/* HR_SCOPE_NONE when there is no such word. */
hr_token_scope hr_scope_find(hr_str word);
void hr_scopes_format(unsigned scopes, hr_buf *out);

bool hr_token_is_valid(const hr_token *token, hr_instant now);

/* Of a token as it is sent; HR_E_NO_TOKEN when it cannot be one. */
bool hr_token_digest(hr_str token, hr_digest *out, hr_error *err);

/* HR_E_SYNTAX for what is not such a list. The text is borrowed. */
bool hr_tokens_parse(hr_str json, hr_arena *arena, hr_tokens *out, hr_error *err);
void hr_tokens_format(const hr_tokens *tokens, hr_buf *out);

/* None when there is no file. */
bool hr_tokens_read(const char *state, hr_arena *arena, hr_tokens *out, hr_error *err);

typedef struct hr_token_wish {
	hr_str name;
	int64_t days;
	unsigned scopes;
} hr_token_wish;

/*
 * A new one; `secret` is what its holder gets, and is kept nowhere. Makes the
 * folder. HR_E_USAGE for a wish out of bounds, HR_E_EXISTS for a name that is
 * in use.
 */
bool hr_tokens_add(const char *state, const hr_token_wish *wish, hr_instant now, hr_arena *arena,
		   char secret[HR_TOKEN_TEXT], hr_token *out, hr_error *err);

/* By id, or by the name of one that is valid. HR_E_NOT_FOUND when there is none. */
bool hr_tokens_revoke(const char *state, hr_str word, hr_instant now, hr_arena *arena,
		      hr_token *out, hr_error *err);
