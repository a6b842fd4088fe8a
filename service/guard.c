#include "service/guard.h"

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

static hr_scope scope_of(const hr_call *call)
{
	const hr_route *route = call->route;
	unsigned scope = route->scope;

	if (route->also)
		scope |= route->also(call->request);
	return (hr_scope)scope;
}

bool hr_guard_admit(hr_app *app, hr_call *call, uint64_t now_us, int *status, hr_http_response *out,
		    hr_error *err)
{
	const hr_http_request *request = call->request;
	const hr_scope scope = scope_of(call);
	hr_access_ruling ruling = hr_access_ask(
		app->access, hr_http_header(request, HR_STR("Authorization")), scope, hr_app_now());
	hr_str client;

	/* Without tokens a verdict is for anybody who reaches us; a film is not. */
	if (ruling.answer == HR_ACCESS_OPEN && !app->options.open_films &&
	    (scope & (HR_SCOPE_FILM_READ | HR_SCOPE_FILM_WRITE)))
		ruling.answer = HR_ACCESS_MISSING;
	client = ruling.id[0] ? hr_str_of(ruling.id) : request->client;

	memcpy(call->token, ruling.id, sizeof(call->token));
	/* First: who guesses tokens is held up like everybody else. */
	if (!hr_limits_take(app->limits, client, now_us)) {
		*status = 429;
		/* At one a second or more there is one again after a second. */
		hr_http_add_field(out, HR_STR("Retry-After"), HR_STR("1"));
		return hr_fail(err, HR_E_TOO_MANY, "there were too many requests of this client");
	}
	return refuse(ruling.answer, status, out, err);
}
