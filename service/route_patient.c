/*
 * The patient's way in: by a ticket that his hospital's app has drawn for him, or
 * by the code on his slip. Either becomes a session, which sees what is published
 * under his key. What opens nothing has one answer, whatever was wrong.
 */
#include "dicom/film_match.h"
#include "dicom/film_patient_book.h"
#include "service/claims.h"
#include "service/guard.h"
#include "service/json_body.h"
#include "service/tickets.h"

#include <time.h>

enum {
	ANSWER_BYTES_MAX = 1 << 20,
	NUMBER_DIGITS = 9,
	PAGE = 50,
	PAGE_MAX = 200,
	DAY_DIGITS = 8,
};

static hr_str actor_of(const hr_call *call)
{
	return call->token[0] ? hr_str_of(call->token) : HR_STR("http");
}

/* A secret that is told this once, and until when it holds. */
static bool tell_secret(const hr_call *call, const char *name, const char *secret,
			hr_instant expires_at, hr_http_response *out, hr_error *err)
{
	char time[HR_INSTANT_TEXT];
	hr_json_writer w;
	hr_buf buf;

	hr_answer_begin(call, ANSWER_BYTES_MAX, &buf, &w);
	hr_json_member(&w, hr_str_of(name), hr_str_of(secret));
	hr_json_member(&w, HR_STR("expiresAt"), hr_instant_format(expires_at, time));
	out->status = 201;
	return hr_answer_end(&w, &buf, out, err);
}

/* --- what the hospital asks for --- */

struct wanted {
	hr_claim_wish wish;
	bool has_patient;
};

static bool read_patient(const hr_json *object, hr_patient_id *out, hr_error *err)
{
	const hr_json_field fields[] = {
		{ HR_STR("type"), &out->type },
		{ HR_STR("issuer"), &out->issuer },
		{ HR_STR("id"), &out->id },
	};

	if (object->kind != HR_JSON_OBJECT)
		return hr_fail(err, HR_E_USAGE, "'patient' has type, issuer and id");
	return hr_json_texts(object, fields, sizeof(fields) / sizeof(fields[0]), err);
}

static bool read_number(hr_str text, int64_t *out)
{
	int64_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		n = n * 10 + (text.data[i] - '0');
	}
	*out = n;
	return text.len >= 1 && text.len <= NUMBER_DIGITS;
}

static bool read_member(const hr_json *member, struct wanted *out, hr_error *err)
{
	const bool is_text = member->kind == HR_JSON_STRING;

	if (hr_str_equal(member->name, HR_STR("patient"))) {
		out->has_patient = true;
		return read_patient(member, &out->wish.patient, err);
	}
	if (hr_str_equal(member->name, HR_STR("days")))
		return (member->kind == HR_JSON_NUMBER &&
			read_number(member->text, &out->wish.days)) ||
		       hr_fail(err, HR_E_USAGE, "'days' is a number");
	if (is_text && hr_str_equal(member->name, HR_STR("study")))
		out->wish.study_uid = member->text;
	else if (is_text && hr_str_equal(member->name, HR_STR("name")))
		out->wish.name = member->text;
	else
		return hr_fail(err, HR_E_USAGE, "the body has a member that is not known here");
	return true;
}

static bool read_wanted(const hr_call *call, struct wanted *out, hr_error *err)
{
	const hr_json *root;

	if (!hr_json_body(call->request, &root, err))
		return false;
	for (const hr_json *member = root->first; member; member = member->next)
		if (!read_member(member, out, err))
			return false;
	return out->has_patient || hr_fail(err, HR_E_USAGE, "the body names no patient");
}

bool hr_answer_patient_ticket(hr_app *app, const hr_call *call, hr_http_response *out,
			      hr_error *err)
{
	const hr_instant now = hr_app_now();
	struct wanted wanted = { .has_patient = false };
	char ticket[HR_SECRET_TEXT];
	hr_patient_key key;

	if (!hr_app_has_films(app, err) || !read_wanted(call, &wanted, err))
		return false;
	if (wanted.wish.study_uid.len || wanted.wish.name.len || wanted.wish.days)
		return hr_fail(err, HR_E_USAGE, "a ticket is for a patient, whatever his films");
	return hr_patient_key_make(app->films->node, &wanted.wish.patient, &key, err) &&
	       hr_claim_note(app->films, "patient-ticket", actor_of(call), HR_STR_NONE, &key, now,
			     err) &&
	       hr_ticket_draw(app->tickets, &key, now, ticket, err) &&
	       tell_secret(call, "ticket",
			   hr_str_copy(call->request->arena, hr_str_of(ticket)).data,
			   (hr_instant){ now.second + HR_TICKET_SECONDS }, out, err);
}

bool hr_answer_claim_make(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	struct wanted wanted = { .has_patient = false };
	hr_claim claim;

	if (!hr_app_has_films(app, err) || !read_wanted(call, &wanted, err))
		return false;
	wanted.wish.actor = actor_of(call);
	return hr_claim_make(app->films, &wanted.wish, hr_app_now(), call->request->arena, &claim,
			     err) &&
	       tell_secret(call, "claimCode", claim.code, claim.expires_at, out, err);
}

/* --- what the patient opens --- */

struct opening {
	hr_app *app;
	const hr_call *call;
	hr_instant now;
	hr_str ticket;
	hr_claim_attempt claim;
	hr_patient_key patient;
	bool opened;
};

static bool read_opening(struct opening *o, hr_error *err)
{
	const hr_json_field fields[] = {
		{ HR_STR("ticket"), &o->ticket },
		{ HR_STR("claimCode"), &o->claim.code },
		{ HR_STR("idLast6"), &o->claim.id_last },
		{ HR_STR("name"), &o->claim.name },
	};
	const hr_json *root;

	if (!hr_json_body(o->call->request, &root, err) ||
	    !hr_json_texts(root, fields, sizeof(fields) / sizeof(fields[0]), err))
		return false;
	if (!o->ticket.len == !o->claim.code.len)
		return hr_fail(err, HR_E_USAGE, "the body has either a ticket or a claim code");
	return hr_share_source(o->app, o->call, &o->claim.source, err);
}

static bool try_ticket(struct opening *o, hr_error *err)
{
	return hr_ticket_take(o->app->tickets, o->ticket, o->now, &o->opened, &o->patient, err) &&
	       (!o->opened || hr_claim_note(o->app->films, "patient-open", o->claim.source,
					    HR_STR("ticket"), &o->patient, o->now, err));
}

static bool try_claim(struct opening *o, hr_error *err)
{
	return hr_claim_open(o->app->films, &o->claim, o->now, o->call->request->arena, &o->opened,
			     &o->patient, err);
}

static uint64_t microseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* Counted as links are: 45 bits are not guessed, and many patients sit behind one address. */
static bool open_counted(struct opening *o, hr_error *err)
{
	const hr_share_try one = { .source = o->call->request->client, .now_us = microseconds() };

	if (!hr_share_tries_take(o->app->tries, &one))
		return hr_fail(err, HR_E_TOO_MANY,
			       "too many attempts from here have opened nothing");
	if (!(o->ticket.len ? try_ticket(o, err) : try_claim(o, err)))
		return false;
	if (o->opened)
		hr_share_tries_give_back(o->app->tries, &one);
	return true;
}

bool hr_answer_patient_open(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	struct opening o = { .app = app, .call = call, .now = hr_app_now() };
	char text[HR_SESSION_TEXT];

	if (!hr_app_has_films(app, err) || !read_opening(&o, err) || !open_counted(&o, err))
		return false;
	if (!o.opened)
		return hr_fail(err, HR_E_PATIENT_UNKNOWN, "this opens nothing");
	return hr_session_begin_patient(app->sessions, &o.patient, o.now, text, err) &&
	       hr_session_answer_begun(app, call, text, out, err);
}

/* --- what he sees --- */

/* "2026-01-03"; nothing of what is no day. */
static void add_day(hr_json_writer *w, hr_str day)
{
	char text[HR_DATE_TEXT];
	hr_buf buf;

	hr_buf_init_over(&buf, text, sizeof(text));
	hr_buf_add(&buf, hr_str_slice(day, 0, 4));
	HR_BUF_ADD(&buf, "-");
	hr_buf_add(&buf, hr_str_slice(day, 4, 6));
	HR_BUF_ADD(&buf, "-");
	hr_buf_add(&buf, hr_str_slice(day, 6, DAY_DIGITS));
	if (day.len == DAY_DIGITS)
		hr_json_member(w, HR_STR("date"), hr_buf_str(&buf));
}

static void add_study(hr_json_writer *w, const hr_film_mine *study)
{
	hr_str rest = study->modalities;
	hr_str modality;

	hr_json_open_object(w);
	hr_json_member(w, HR_STR("study"), study->uid);
	add_day(w, study->study_date);
	hr_json_member(w, HR_STR("institution"), study->institution);
	hr_json_member(w, HR_STR("description"), study->description);
	hr_json_name(w, HR_STR("modalities"));
	hr_json_open_array(w);
	while (hr_film_next_of(&rest, &modality))
		hr_json_string(w, modality);
	hr_json_close_array(w);
	hr_json_name(w, HR_STR("seriesCount"));
	hr_json_int(w, study->series_count);
	hr_json_name(w, HR_STR("instanceCount"));
	hr_json_int(w, study->instance_count);
	hr_json_member(w, HR_STR("accessionNumber"), study->accession_number);
	hr_json_close_object(w);
}

static bool read_page(const hr_call *call, const char *name, int64_t *out, hr_error *err)
{
	const hr_str text = hr_http_query(call->request, hr_str_of(name));

	return text.len == 0 || read_number(text, out) ||
	       hr_fail(err, HR_E_USAGE, "'%s' is a number", name);
}

bool hr_answer_my_studies(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	hr_film_mine *studies;
	int64_t limit = PAGE;
	int64_t offset = 0;
	hr_json_writer w;
	size_t count;
	hr_buf buf;
	bool more;

	if (!call->session)
		return hr_fail(err, HR_E_NO_SESSION, "there is no such session, or it is over");
	if (!read_page(call, "limit", &limit, err) || !read_page(call, "offset", &offset, err))
		return false;
	if (limit < 1 || limit > PAGE_MAX)
		return hr_fail(err, HR_E_USAGE, "'limit' is 1 to %d", PAGE_MAX);
	if (!hr_film_list_mine(app->films->store, &call->session->patient, (size_t)offset,
			       (size_t)limit, call->request->arena, &studies, &count, &more, err))
		return false;
	hr_answer_begin(call, ANSWER_BYTES_MAX, &buf, &w);
	hr_json_name(&w, HR_STR("studies"));
	hr_json_open_array(&w);
	for (size_t i = 0; i < count; i++)
		add_study(&w, &studies[i]);
	hr_json_close_array(&w);
	hr_json_name(&w, HR_STR("more"));
	hr_json_bool(&w, more);
	return hr_answer_end(&w, &buf, out, err);
}
