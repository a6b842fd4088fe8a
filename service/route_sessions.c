/*
 * A share is opened: its secret, or a 取片码, is exchanged for a session, which a
 * browser then sends by itself. Neither stands in an address, nor in the log.
 */
#include "service/guard.h"
#include "service/json_body.h"
#include "service/session_cookie.h"
#include "service/share_json.h"

#include <time.h>

enum { SESSION_BYTES_MAX = 65536, SOURCE_DIGITS = 12 };

/* --- what is told of a session --- */

static bool tell_session(const hr_call *call, const hr_session *session, hr_http_response *out,
			 hr_error *err)
{
	const bool is_share = session->kind == HR_SESSION_SHARE;
	char time[HR_INSTANT_TEXT];
	hr_json_writer w;
	hr_buf buf;

	hr_buf_init(&buf, call->request->arena, SESSION_BYTES_MAX);
	hr_json_writer_init(&w, &buf, false);
	hr_json_open_object(&w);
	hr_json_member(&w, HR_STR("kind"), is_share ? HR_STR("share") : HR_STR("patient"));
	if (is_share) {
		hr_json_name(&w, HR_STR("share"));
		hr_share_write(&w, &session->share);
	}
	hr_json_member(&w, HR_STR("expires"), hr_instant_format(session->expires_at, time));
	hr_json_close_object(&w);
	hr_buf_add_char(&buf, '\n');
	return hr_answer_set_body(out, HR_STR("application/json"), &buf, err);
}

bool hr_answer_session(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	(void)app;
	if (!call->session)
		return hr_fail(err, HR_E_NO_SESSION, "there is no such session, or it is over");
	return tell_session(call, call->session, out, err);
}

/* Also one that is over, or was never: its cookie is taken away. */
bool hr_answer_session_end(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	hr_str text;

	if (app->sessions && hr_session_cookie_read(call->request, &text) == HR_COOKIE_SENT)
		hr_session_end(app->sessions, text);
	out->status = 204;
	return hr_session_cookie_set(call->request, HR_STR_NONE, out, err);
}

bool hr_session_answer_begun(hr_app *app, const hr_call *call, const char text[HR_SESSION_TEXT],
			     hr_http_response *out, hr_error *err)
{
	hr_session_answer answer;
	hr_session session;
	hr_str before;

	if (!hr_session_find(app->sessions, hr_str_of(text), hr_app_now(), call->request->arena,
			     &answer, &session, err))
		return false;
	/* Called back within the moment since it was opened. */
	if (answer != HR_SESSION_LIVES)
		return hr_fail(err, HR_E_SHARE_UNKNOWN, "this opens nothing");
	/* One session a browser. */
	if (hr_session_cookie_read(call->request, &before) == HR_COOKIE_SENT)
		hr_session_end(app->sessions, before);
	out->status = 201;
	return hr_session_cookie_set(call->request,
				     hr_str_copy(call->request->arena, hr_str_of(text)), out,
				     err) &&
	       tell_session(call, &session, out, err);
}

/* --- opening --- */

static uint64_t microseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static bool is_code(hr_str secret)
{
	for (size_t i = 0; i < secret.len; i++)
		if (secret.data[i] < '0' || secret.data[i] > '9')
			return false;
	return secret.len == HR_PICKUP_TEXT - 1;
}

static bool read_attempt(const hr_call *call, hr_share_attempt *out, hr_error *err)
{
	hr_str secret = HR_STR_NONE;
	hr_str code = HR_STR_NONE;
	const hr_json_field fields[] = {
		{ HR_STR("secret"), &secret },
		{ HR_STR("code"), &code },
		{ HR_STR("passcode"), &out->passcode },
	};
	const hr_json *root;

	if (!hr_json_body(call->request, &root, err) ||
	    !hr_json_texts(root, fields, sizeof(fields) / sizeof(fields[0]), err))
		return false;
	if (!secret.len == !code.len)
		return hr_fail(err, HR_E_USAGE, "the body has either a secret or a code");
	/* Whoever sends the one as the other is counted as what it is. */
	if (secret.len && is_code(secret))
		return hr_fail(err, HR_E_USAGE, "a code of 8 digits is no secret of a link");
	out->secret = secret.len ? secret : code;
	return true;
}

bool hr_share_source(const hr_app *app, const hr_call *call, hr_str *out, hr_error *err)
{
	const hr_digest *key = &app->films->node->secret;
	const hr_str source = call->token[0] ? hr_str_of(call->token) : call->request->client;
	char text[HR_SHA256_TEXT];
	hr_digest digest;

	if (!hr_hmac_sha256((hr_str){ (const char *)key->bytes, sizeof(key->bytes) }, source,
			    &digest, err))
		return false;
	hr_digest_format(&digest, text);
	*out = hr_str_copy(call->request->arena, (hr_str){ text, SOURCE_DIGITS });
	return out->data || hr_fail_memory(err);
}

/* Refused, as `answer` has it; what opened, or was told to be over, was no guess. */
static bool open_counted(hr_app *app, const hr_call *call, hr_share_attempt *attempt,
			 hr_share_answer *answer, hr_share *share, hr_error *err)
{
	const hr_share_try one = {
		.source = call->token[0] ? hr_str_of(call->token) : call->request->client,
		.desk = attempt->desk,
		.is_code = is_code(attempt->secret),
		.now_us = microseconds(),
	};
	bool is_no_guess;

	if (!hr_share_tries_take(app->tries, &one))
		return hr_fail(err, HR_E_TOO_MANY,
			       "too many attempts from here have opened nothing");
	if (!hr_share_open(app->films, attempt, hr_app_now(), call->request->arena, answer, share,
			   err))
		return false;
	is_no_guess = *answer == HR_SHARE_OPENED || (*answer == HR_SHARE_NOT_OPEN && !one.is_code);
	if (is_no_guess)
		hr_share_tries_give_back(app->tries, &one);
	return true;
}

bool hr_answer_share_sessions(hr_app *app, const hr_call *call, hr_http_response *out,
			      hr_error *err)
{
	hr_share_attempt attempt = { .desk = hr_desks_find(&app->options.desks,
							   call->request->client) };
	char text[HR_SESSION_TEXT];
	hr_share_answer answer;
	hr_share share;

	if (!hr_app_has_films(app, err))
		return false;
	if (!read_attempt(call, &attempt, err) ||
	    !hr_share_source(app, call, &attempt.source, err) ||
	    !open_counted(app, call, &attempt, &answer, &share, err))
		return false;
	if (answer == HR_SHARE_UNKNOWN)
		return hr_fail(err, HR_E_SHARE_UNKNOWN, "this opens nothing");
	if (answer == HR_SHARE_NOT_OPEN)
		return hr_fail_share(share.state, err);
	return hr_session_begin_share(app->sessions, &share, hr_app_now(), text, err) &&
	       hr_session_answer_begun(app, call, text, out, err);
}
