/*
 * Shares as their owner has them made, sees them and calls them back: a
 * patient his own, by his session; who acts for all patients, by a token.
 */
#include "service/forwarded.h"
#include "service/json_body.h"
#include "service/qr.h"
#include "service/routes.h"
#include "service/share_json.h"

enum { ANSWER_BYTES_MAX = 16 << 20, LINK_BYTES = 512, EVENTS_MAX = 1000, DOTS_A_MODULE = 8 };

/* NULL: of all patients. */
static const hr_patient_key *patient_of(const hr_call *call)
{
	return call->session ? &call->session->patient : NULL;
}

static hr_str actor_of(const hr_call *call)
{
	if (call->session)
		return HR_STR("patient");
	return call->token[0] ? hr_str_of(call->token) : HR_STR("http");
}

static void add_share(hr_json_writer *w, const hr_share *share)
{
	hr_json_name(w, HR_STR("share"));
	hr_share_write(w, share);
}

/* --- making --- */

static bool read_wish(const hr_call *call, hr_instant now, hr_share_wish *out, hr_error *err)
{
	const hr_json *root;

	if (!hr_json_body(call->request, &root, err) ||
	    !hr_share_wish_read(root, now, call->request->arena, out, err))
		return false;
	if (call->session && out->maker == HR_BY_INSTITUTION)
		return hr_fail(err, HR_E_USAGE, "a patient's session makes no institution's share");
	out->actor = actor_of(call);
	out->patient = patient_of(call);
	return true;
}

/* Where others reach the service: as it was set, else as this request came. */
static bool find_origin(const hr_app *app, const hr_call *call, hr_str *out, hr_error *err)
{
	const hr_str base = app->options.film_base;

	if (!base.len)
		return hr_forwarded_origin(call->request, out, err);
	*out = hr_str_slice(base, 0, hr_str_find(base, HR_STR("/dicom-web")));
	return true;
}

/* The secret behind '#' is sent to nobody by a browser. */
static bool make_link(const hr_app *app, const hr_call *call, const char *secret,
		      const hr_share *share, hr_buf *out, hr_error *err)
{
	hr_str origin;

	if (!find_origin(app, call, &origin, err))
		return false;
	hr_buf_init(out, call->request->arena, LINK_BYTES);
	hr_buf_addf(out, "%.*s/film#%s%s", HR_STR_ARG(origin), secret,
		    share->has_passcode ? ".P" : "");
	return !out->failed || hr_fail_memory(err);
}

bool hr_answer_share_create(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	const hr_instant now = hr_app_now();
	char secret[HR_SHARE_SECRET_TEXT];
	hr_share_wish wish;
	hr_share share;
	hr_json_writer w;
	hr_buf link;
	hr_buf buf;

	if (!hr_app_has_films(app, err) || !read_wish(call, now, &wish, err) ||
	    !hr_share_create(app->films, &wish, now, call->request->arena, secret, &share, err) ||
	    !make_link(app, call, secret, &share, &link, err))
		return false;
	hr_answer_begin(call, ANSWER_BYTES_MAX, &buf, &w);
	hr_json_member(&w, HR_STR("secret"), hr_str_of(secret));
	hr_json_member(&w, HR_STR("link"), hr_buf_str(&link));
	add_share(&w, &share);
	out->status = 201;
	return hr_answer_end(&w, &buf, out, err);
}

bool hr_answer_pickup_create(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	const hr_instant now = hr_app_now();
	char time[HR_INSTANT_TEXT];
	char code[HR_PICKUP_TEXT];
	hr_share_wish wish;
	hr_share share;
	hr_json_writer w;
	hr_buf buf;

	if (!hr_app_has_films(app, err) || !read_wish(call, now, &wish, err) ||
	    !hr_pickup_create(app->films, &wish, now, call->request->arena, code, &share, err))
		return false;
	hr_answer_begin(call, ANSWER_BYTES_MAX, &buf, &w);
	hr_json_member(&w, HR_STR("code"), hr_str_of(code));
	hr_json_member(&w, HR_STR("expiresAt"), hr_instant_format(share.expires_at, time));
	add_share(&w, &share);
	out->status = 201;
	return hr_answer_end(&w, &buf, out, err);
}

/* --- seeing --- */

bool hr_answer_share_list(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	hr_share *shares;
	hr_json_writer w;
	size_t count;
	hr_buf buf;

	if (!hr_app_has_films(app, err) ||
	    !hr_share_list(app->films, patient_of(call), hr_app_now(), call->request->arena,
			   &shares, &count, err))
		return false;
	hr_answer_begin(call, ANSWER_BYTES_MAX, &buf, &w);
	hr_json_name(&w, HR_STR("shares"));
	hr_json_open_array(&w);
	for (size_t i = 0; i < count; i++)
		hr_share_write(&w, &shares[i]);
	hr_json_close_array(&w);
	return hr_answer_end(&w, &buf, out, err);
}

static bool tell_share(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	hr_share share;
	hr_buf buf;
	hr_json_writer w;

	if (!hr_share_get(app->films, call->params[0], patient_of(call), hr_app_now(),
			  call->request->arena, &share, err))
		return false;
	hr_buf_init(&buf, call->request->arena, ANSWER_BYTES_MAX);
	hr_json_writer_init(&w, &buf, false);
	hr_share_write(&w, &share);
	hr_buf_add_char(&buf, '\n');
	return hr_answer_set_body(out, HR_STR("application/json"), &buf, err);
}

bool hr_answer_share(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	return hr_app_has_films(app, err) && tell_share(app, call, out, err);
}

/* Of one, or of all when the path names none. */
bool hr_answer_share_log(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	hr_share_event *events;
	hr_json_writer w;
	size_t count;
	hr_buf buf;

	if (!hr_app_has_films(app, err) ||
	    !hr_share_log(app->films, call->params[0], patient_of(call), EVENTS_MAX,
			  call->request->arena, &events, &count, err))
		return false;
	hr_answer_begin(call, ANSWER_BYTES_MAX, &buf, &w);
	hr_json_name(&w, HR_STR("events"));
	hr_json_open_array(&w);
	for (size_t i = 0; i < count; i++)
		hr_share_event_write(&w, &events[i]);
	hr_json_close_array(&w);
	return hr_answer_end(&w, &buf, out, err);
}

/* --- calling back --- */

bool hr_answer_share_revoke(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	hr_str reason = HR_STR_NONE;
	const hr_json_field fields[] = { { HR_STR("reason"), &reason } };
	const hr_json *root;

	return hr_app_has_films(app, err) && hr_json_body(call->request, &root, err) &&
	       hr_json_texts(root, fields, 1, err) &&
	       hr_share_revoke(app->films, call->params[0], patient_of(call), actor_of(call),
			       reason, hr_app_now(), err) &&
	       tell_share(app, call, out, err);
}

/* --- as a picture --- */

/* Never by GET: the text is a secret. */
bool hr_answer_qr(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	hr_str text = HR_STR_NONE;
	const hr_json_field fields[] = { { HR_STR("text"), &text } };
	const hr_json *root;

	(void)app;
	out->type = HR_STR("image/png");
	return hr_json_body(call->request, &root, err) && hr_json_texts(root, fields, 1, err) &&
	       hr_qr_png(text, DOTS_A_MODULE, call->request->arena, &out->body, err);
}
