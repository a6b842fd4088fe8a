#include "service/film_acts_parts.h"

#include "dicom/film_state_book.h"
#include "recognition/identity_feed.h"
#include "service/claims.h"
#include "store/patient_key.h"

enum { FEED_BYTES_MAX = 64 << 20, UNMATCHED_MAX = 1000, DAY_SECONDS = 86400, DAYS_MAX = 36500 };

static hr_film_act_of act_of(const hr_film_asked *asked, hr_str reason)
{
	return (hr_film_act_of){ .actor = asked->act->who, .reason = reason, .at = asked->at };
}

/* --- show --- */

static void add_study(hr_json_writer *w, const hr_film_study *study)
{
	hr_json_open_object(w);
	hr_act_text(w, "study", study->uid);
	hr_act_text(w, "state", hr_film_state_word(study->state));
	hr_json_name(w, HR_STR("matched"));
	hr_json_bool(w, study->matched);
	hr_act_text(w, "patientName", study->patient_name);
	hr_act_text(w, "patientId", study->patient_id);
	hr_act_text(w, "issuer", study->patient_id_issuer);
	hr_act_text(w, "institution", study->institution);
	hr_act_text(w, "accessionNumber", study->accession_number);
	hr_act_text(w, "studyDate", study->study_date);
	hr_act_number(w, "instances", (uint64_t)study->instance_count);
	hr_json_close_object(w);
}

bool hr_act_show(hr_film_asked *asked, hr_error *err)
{
	hr_film_study study;
	hr_json_writer w;

	if (!hr_film_study_get(asked->films->store, asked->words[0], asked->arena, &study, err))
		return false;
	hr_json_writer_init(&w, &asked->out, false);
	add_study(&w, &study);
	return true;
}

bool hr_act_unmatched(hr_film_asked *asked, hr_error *err)
{
	hr_film_study *studies;
	hr_json_writer w;
	size_t count;

	if (!hr_film_list_unmatched(asked->films->store, UNMATCHED_MAX, asked->arena, &studies,
				    &count, err))
		return false;
	hr_json_writer_init(&w, &asked->out, false);
	hr_json_open_array(&w);
	for (size_t i = 0; i < count; i++)
		add_study(&w, &studies[i]);
	hr_json_close_array(&w);
	return true;
}

/* --- states --- */

bool hr_act_state(hr_film_asked *asked, hr_error *err)
{
	const hr_film_act_of act = act_of(asked, asked->words[2]);
	hr_film_state state;

	if (!hr_film_state_of(asked->words[1], &state))
		return hr_fail(err, HR_E_USAGE, "a film is held, published or withdrawn");
	return hr_film_set_state(asked->films->store, asked->films->node, &act, asked->words[0],
				 state, err);
}

/* --- whose --- */

static bool read_feed(hr_film_asked *asked, hr_str issuer, hr_identity_feed *out, hr_error *err)
{
	hr_str bytes;

	if (asked->act->fd < 0)
		return hr_fail(err, HR_E_USAGE, "there is no identity feed");
	return hr_act_read_file(asked, FEED_BYTES_MAX, &bytes, err) &&
	       hr_identity_feed_read(bytes, issuer, asked->arena, out, err);
}

struct matching {
	uint64_t ties;	   /* rows that say who it is */
	uint64_t studies;  /* that have found their person */
	uint64_t unknown;  /* rows of a person whom nobody names */
	uint64_t corrects; /* rows that merge numbers: for a person to decide */
	hr_json_writer *conflicts;
};

static bool tie_row(hr_film_asked *asked, const hr_identity_row *row, struct matching *m,
		    hr_error *err)
{
	const hr_film_act_of act = act_of(asked, asked->words[1]);
	const hr_patient_id person = { row->id_type, row->id_issuer, row->id };
	const hr_film_identity identity = { row->issuer, row->patient_id, row->accession_number,
					    &person };
	size_t moved = 0;

	if (hr_film_tie(asked->films->store, asked->films->node, &act, &identity, &moved, err)) {
		m->ties++;
		m->studies += moved;
		return true;
	}
	if (err->code != HR_E_CONFLICT)
		return false;
	hr_json_int(m->conflicts, row->line);
	return true;
}

static bool tie_rows(hr_film_asked *asked, const hr_identity_feed *feed, struct matching *m,
		     hr_error *err)
{
	for (size_t i = 0; i < feed->count; i++) {
		const hr_identity_row *row = &feed->rows[i];

		if (!hr_control_goes_on(asked->act, err))
			return false;
		if (row->kind == HR_IDENTITY_CORRECT)
			m->corrects++;
		else if (row->id.len == 0)
			m->unknown++;
		else if (!tie_row(asked, row, m, err))
			return false;
	}
	return true;
}

static void add_problems(hr_json_writer *w, const hr_identity_feed *feed)
{
	hr_json_name(w, HR_STR("problems"));
	hr_json_open_array(w);
	for (size_t i = 0; i < feed->problem_count; i++) {
		hr_json_open_object(w);
		hr_act_number(w, "line", feed->problems[i].line);
		hr_act_text(w, "problem",
			    hr_str_of(hr_identity_problem_word(feed->problems[i].kind)));
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

bool hr_act_match(hr_film_asked *asked, hr_error *err)
{
	hr_identity_feed feed;
	hr_json_writer w;
	struct matching m = { .conflicts = &w };

	if (asked->words[1].len == 0)
		return hr_fail(err, HR_E_USAGE, "a reason is wanted");
	if (!read_feed(asked, asked->words[0], &feed, err))
		return false;
	hr_json_writer_init(&w, &asked->out, false);
	hr_json_open_object(&w);
	hr_json_name(&w, HR_STR("conflicts"));
	hr_json_open_array(&w);
	if (!tie_rows(asked, &feed, &m, err))
		return false;
	hr_json_close_array(&w);
	hr_act_number(&w, "rows", m.ties);
	hr_act_number(&w, "studies", m.studies);
	hr_act_number(&w, "withoutPerson", m.unknown);
	hr_act_number(&w, "corrections", m.corrects);
	add_problems(&w, &feed);
	hr_json_close_object(&w);
	return true;
}

/* Whose patient number stands beside him says nothing here. */
static bool read_person(hr_film_asked *asked, hr_patient_id *out, hr_str *name, hr_error *err)
{
	hr_identity_feed feed;

	if (!read_feed(asked, HR_STR("any"), &feed, err))
		return false;
	if (feed.count != 1 || feed.problem_count || feed.rows[0].id.len == 0)
		return hr_fail(err, HR_E_USAGE,
			       "the right person is one row, with the number of an identity card "
			       "or another paper of his own");
	*out = (hr_patient_id){ feed.rows[0].id_type, feed.rows[0].id_issuer, feed.rows[0].id };
	*name = feed.rows[0].name;
	return true;
}

bool hr_act_correct(hr_film_asked *asked, hr_error *err)
{
	const hr_film_act_of act = act_of(asked, asked->words[1]);
	hr_patient_id person;
	hr_str name;

	return read_person(asked, &person, &name, err) &&
	       hr_film_move(asked->films->store, asked->films->node, &act, asked->words[0], &person,
			    err);
}

/* --- claim --- */

/* "" is not known, and 0; else so many. */
static bool read_days(hr_str text, int64_t *days, hr_error *err)
{
	int64_t n = 0;

	for (size_t i = 0; i < text.len && n <= DAYS_MAX; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			n = DAYS_MAX + 1;
		else
			n = n * 10 + (text.data[i] - '0');
	}
	if (text.len && (n < 1 || n > DAYS_MAX))
		return hr_fail(err, HR_E_USAGE, "days are a number from 1 to %d", DAYS_MAX);
	*days = n;
	return true;
}

bool hr_act_claim(hr_film_asked *asked, hr_error *err)
{
	hr_claim_wish wish = { .study_uid = asked->words[0], .actor = asked->act->who };
	char expires[HR_INSTANT_TEXT];
	hr_json_writer w;
	hr_claim claim;

	if (!read_days(asked->words[1], &wish.days, err) ||
	    !read_person(asked, &wish.patient, &wish.name, err))
		return false;
	if (!hr_claim_make(asked->films, &wish, asked->at, asked->arena, &claim, err))
		return false;
	hr_json_writer_init(&w, &asked->out, false);
	hr_json_open_object(&w);
	hr_act_text(&w, "claimCode", hr_str_of(claim.code));
	hr_act_text(&w, "expiresAt", hr_instant_format(claim.expires_at, expires));
	hr_json_close_object(&w);
	return true;
}

/* --- remove --- */

struct removing {
	hr_film_asked *asked;
	hr_object *objects;
	size_t count;
	size_t room;
};

static bool note_object(void *context, const hr_object *object, hr_error *err)
{
	struct removing *r = context;

	if (r->count == r->room) {
		const size_t room = r->room ? r->room * 2 : 64;
		hr_object *wider = HR_NEW_N(r->asked->arena, hr_object, room);

		if (!wider)
			return hr_fail_memory(err);
		if (r->count)
			memcpy(wider, r->objects, r->count * sizeof(*wider));
		r->objects = wider;
		r->room = room;
	}
	r->objects[r->count++] = *object;
	return true;
}

bool hr_act_remove(hr_film_asked *asked, hr_error *err)
{
	const hr_film_act_of act = act_of(asked, asked->words[1]);
	struct removing r = { .asked = asked };
	hr_film_removal removal = { .study_uid = asked->words[0], .legal_ground = asked->words[2] };
	hr_json_writer w;
	uint64_t left = 0;
	int64_t days;
	hr_error why;

	if (!read_days(asked->words[3], &days, err))
		return false;
	removal.keep_s = days * DAY_SECONDS;
	if (!hr_film_remove(asked->films->store, asked->films->node, &act, &removal, note_object,
			    &r, err))
		return false;
	for (size_t i = 0; i < r.count; i++)
		left += !hr_objects_remove(asked->films->objects, &r.objects[i], &why);
	hr_json_writer_init(&w, &asked->out, false);
	hr_json_open_object(&w);
	hr_act_number(&w, "instances", r.count);
	hr_act_number(&w, "bytesLeft", left);
	hr_json_close_object(&w);
	return true;
}
