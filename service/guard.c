#include "service/guard.h"

#include "service/session_cookie.h"

static const hr_str challenge = HR_STR_INIT("WWW-Authenticate");

/* RFC 6750 3: without a token the challenge alone, with a bad one the reason. */
static bool refuse(hr_access_answer answer, int *status, hr_http_response *out, hr_error *err)
{
	switch (answer) {
	case HR_ACCESS_OPEN:
	case HR_ACCESS_GRANTED:
		return true;
	case HR_ACCESS_MISSING:
		*status = 401;
		hr_http_add_field(out, challenge, HR_STR("Bearer realm=\"huren\""));
		return hr_fail(err, HR_E_NO_TOKEN, "this path wants a token");
	case HR_ACCESS_INVALID:
		*status = 401;
		hr_http_add_field(out, challenge,
				  HR_STR("Bearer realm=\"huren\", error=\"invalid_token\""));
		return hr_fail(err, HR_E_NO_TOKEN, "the token is not valid");
	case HR_ACCESS_SCOPE:
		*status = 403;
		hr_http_add_field(out, challenge,
				  HR_STR("Bearer realm=\"huren\", error=\"insufficient_scope\""));
		return hr_fail(err, HR_E_NO_RIGHT, "the token is not for this path");
	case HR_ACCESS_SHORT:
		*status = 503;
		return hr_fail_memory(err);
	}
	return false;
}

static hr_token_scope scope_of(const hr_call *call)
{
	const hr_route *route = call->route;
	unsigned scope = route->scope;

	if (route->also)
		scope |= route->also(call->request);
	return (hr_token_scope)scope;
}

/* --- a session in the place of a token --- */

bool hr_fail_share(hr_share_state state, hr_error *err)
{
	static const struct {
		hr_error_code code;
		const char *words;
	} ends[] = {
		[HR_SHARE_WAITS] = { HR_E_SHARE_WAITS, "the share has not begun" },
		[HR_SHARE_EXPIRED] = { HR_E_SHARE_EXPIRED, "the share has expired" },
		[HR_SHARE_SPENT] = { HR_E_SHARE_SPENT, "no opening of the share is left" },
		[HR_SHARE_REVOKED] = { HR_E_SHARE_REVOKED, "the share was called back" },
		[HR_SHARE_ENDED] = { HR_E_SHARE_ENDED, "what was shared is no longer there" },
	};

	return hr_fail(err, ends[state].code, "%s", ends[state].words);
}

static bool fail_ended(hr_share_state state, int *status, hr_error *err)
{
	hr_fail_share(state, err);
	*status = hr_error_http(err->code);
	return false;
}

static bool fail_right(int *status, hr_error *err)
{
	*status = 403;
	return hr_fail(err, HR_E_NO_RIGHT, "the session is not for this path");
}

static bool fail_unknown(int *status, hr_http_response *out, hr_error *err)
{
	*status = 401;
	hr_http_add_field(out, challenge, HR_STR("Bearer realm=\"huren\""));
	return hr_fail(err, HR_E_NO_SESSION, "there is no such session, or it is over");
}

static bool find_session(hr_app *app, hr_call *call, hr_str text, int *status,
			 hr_http_response *out, hr_error *err)
{
	hr_arena *arena = call->request->arena;
	hr_session *session = HR_NEW(arena, hr_session);
	hr_session_answer answer = HR_SESSION_UNKNOWN;

	*status = 503;
	if (!session)
		return hr_fail_memory(err);
	if (app->sessions &&
	    !hr_session_find(app->sessions, text, hr_app_now(), arena, &answer, session, err)) {
		*status = hr_error_http(err->code);
		return false;
	}
	if (answer == HR_SESSION_UNKNOWN)
		return fail_unknown(status, out, err);
	if (answer == HR_SESSION_ENDED)
		return fail_ended(session->share.state, status, err);
	call->session = session;
	return true;
}

/* A session that may not ask it is refused, also where nobody else would be. */
static bool admit_session(hr_app *app, hr_call *call, hr_session_cookie cookie, hr_str text,
			  int *status, hr_http_response *out, hr_error *err)
{
	const hr_route *route = call->route;

	if (cookie == HR_COOKIE_WRONG)
		return fail_unknown(status, out, err);
	if (!find_session(app, call, text, status, out, err))
		return false;
	if (!(route->sessions & (unsigned)call->session->kind) ||
	    (route->rights && !(route->rights & call->session->rights)))
		return fail_right(status, err);
	return true;
}

static bool is_of_films(unsigned scope)
{
	return scope & (HR_SCOPE_FILM_READ | HR_SCOPE_FILM_WRITE | HR_SCOPE_SHARE |
			HR_SCOPE_PATIENT_SESSION);
}

/* For systems: no session of ours asks them, also where anybody else may. */
static bool is_of_settlement(unsigned scope)
{
	return scope & (HR_SCOPE_SETTLE | HR_SCOPE_SETTLE_BOOK);
}

/* To who has no token, as long as there is none. */
static bool is_open(const hr_app *app, unsigned scope)
{
	return !(scope & HR_SCOPE_SETTLE_BOOK) && (app->options.open_films || !is_of_films(scope));
}

/* A page of another site could have our own browser ask with its cookie (CSRF). */
static bool check_site(const hr_call *call, hr_session_cookie cookie, int *status, hr_error *err)
{
	if (!call->route->sessions || call->route->method == HR_HTTP_GET ||
	    hr_same_origin(call->request, cookie != HR_COOKIE_NONE, err))
		return true;
	*status = hr_error_http(err->code);
	return false;
}

/* Who has no token that holds: his session, if he sent one, or nothing. */
static bool admit_other(hr_app *app, hr_call *call, hr_access_answer answer, unsigned scope,
			int *status, hr_http_response *out, hr_error *err)
{
	hr_str text = HR_STR_NONE;
	const hr_session_cookie cookie = hr_session_cookie_read(call->request, &text);
	const bool asks = is_of_films(scope) || is_of_settlement(scope) ||
			  (call->route->sessions & HR_ROUTE_OF_ALL);

	if (!check_site(call, cookie, status, err))
		return false;
	if (asks && cookie != HR_COOKIE_NONE)
		return admit_session(app, call, cookie, text, status, out, err);
	/* Without tokens a verdict is for anybody who reaches us; a film is not, nor a filing. */
	if (answer == HR_ACCESS_OPEN && !is_open(app, scope))
		answer = HR_ACCESS_MISSING;
	return refuse(answer, status, out, err);
}

bool hr_guard_admit(hr_app *app, hr_call *call, uint64_t now_us, int *status, hr_http_response *out,
		    hr_error *err)
{
	const hr_http_request *request = call->request;
	const hr_token_scope scope = scope_of(call);
	hr_access_ruling ruling = hr_access_ask(
		app->access, hr_http_header(request, HR_STR("Authorization")), scope, hr_app_now());
	const hr_str client = ruling.id[0] ? hr_str_of(ruling.id) : request->client;

	memcpy(call->token, ruling.id, sizeof(call->token));
	/* First: who guesses tokens is held up like everybody else. */
	if (!hr_limits_take(app->limits, client, now_us)) {
		*status = 429;
		/* At one a second or more there is one again after a second. */
		hr_http_add_field(out, HR_STR("Retry-After"), HR_STR("1"));
		return hr_fail(err, HR_E_TOO_MANY, "there were too many requests of this client");
	}
	if (ruling.answer == HR_ACCESS_GRANTED)
		return true;
	return admit_other(app, call, ruling.answer, scope, status, out, err);
}
