#include "service/dimse_session.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { ACTOR_BYTES = HR_AE_MAX + 4 };

static void count(atomic_uint_fast64_t *counter)
{
	atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static hr_dimse_counts *counts_of(const hr_dimse_session *s)
{
	return s->shared->options.counts;
}

static hr_instant now(void)
{
	return (hr_instant){ time(NULL) };
}

/* Who sends just now says it himself, behind what he sends. */
static void tell_end(hr_dimse_session *s)
{
	if (pthread_mutex_trylock(&s->sending) != 0)
		return;
	hr_wire_nudge(s->socket, HR_DIMSE_END);
	pthread_mutex_unlock(&s->sending);
}

static bool tell(hr_dimse_session *s, const hr_wire_message *message, hr_error *err)
{
	bool ok;

	pthread_mutex_lock(&s->sending);
	ok = hr_wire_send(s->socket, message, err);
	pthread_mutex_unlock(&s->sending);
	if (atomic_load(&s->is_ending))
		tell_end(s);
	return ok;
}

void hr_dimse_session_end(hr_dimse_session *session)
{
	atomic_store(&session->is_ending, true);
	tell_end(session);
}

static bool fail_nonsense(hr_error *err)
{
	return hr_fail(err, HR_E_SYNTAX,
		       "the process of an association has said what it cannot mean");
}

/* --- who it is --- */

static hr_str next_text(hr_str *rest)
{
	const size_t end = hr_str_find(*rest, HR_STR("\0"));
	const hr_str text = hr_str_slice(*rest, 0, end);

	*rest = hr_str_slice(*rest, end + 1, rest->len);
	return text;
}

static hr_association_verdict judge(const hr_dimse_session *s, hr_str calling, hr_str called)
{
	const hr_dimse_shared *shared = s->shared;

	if (!hr_str_equal(called, hr_str_of(shared->options.aet)))
		return HR_ASSOCIATION_WRONG_CALLED;
	if (!hr_dimse_may_call(&shared->allowed, calling, hr_str_of(s->address)))
		return HR_ASSOCIATION_WRONG_CALLING;
	return HR_ASSOCIATION_TAKEN;
}

static void log_rejected(const hr_dimse_session *s, hr_association_verdict verdict)
{
	const hr_log_field fields[] = {
		{ .name = "ae", .text = hr_str_of(s->calling) },
		{ .name = "address", .text = hr_str_of(s->address) },
		{ .name = "why", .text = hr_association_word(verdict) },
	};

	hr_log_write(s->shared->options.log, HR_LOG_WARNING, now(), "association-rejected", fields,
		     sizeof(fields) / sizeof(fields[0]));
}

static bool admit(hr_dimse_session *s, const hr_wire_message *question, hr_error *err)
{
	hr_wire_message answer = { .kind = HR_DIMSE_ADMIT, .fd = -1 };
	hr_str rest = question->bytes;
	const hr_str calling = hr_str_trim(next_text(&rest));
	const hr_str called = hr_str_trim(rest);
	const hr_association_verdict verdict = judge(s, calling, called);

	if (calling.len > HR_AE_MAX || s->is_admitted)
		return fail_nonsense(err);
	snprintf(s->calling, sizeof(s->calling), "%.*s", HR_STR_ARG(calling));
	s->is_admitted = verdict == HR_ASSOCIATION_TAKEN;
	if (!s->is_admitted)
		log_rejected(s, verdict);
	count(&counts_of(s)->verdicts[verdict]);
	answer.number = verdict;
	answer.bytes = hr_dimse_value(&s->shared->peers, calling);
	return tell(s, &answer, err);
}

/* --- an object --- */

static void log_refused(const hr_dimse_session *s, const hr_error *why)
{
	const hr_log_field fields[] = {
		{ .name = "ae", .text = hr_str_of(s->calling) },
		{ .name = "code", .text = hr_str_of(hr_error_word(why->code)) },
		{ .name = "message", .text = hr_str_of(why->message) },
	};
	const bool is_ours = hr_error_http(why->code) >= 500;

	hr_log_write(s->shared->options.log, is_ours ? HR_LOG_ERROR : HR_LOG_WARNING, now(),
		     "object-refused", fields, sizeof(fields) / sizeof(fields[0]));
}

static void refuse(hr_dimse_session *s, const hr_error *why)
{
	s->refused++;
	count(&counts_of(s)->refused[why->code]);
	log_refused(s, why);
}

static void drop_draft(hr_dimse_session *s)
{
	if (s->has_draft)
		hr_draft_drop(&s->draft);
	s->has_draft = false;
}

/* For an object that may come: that it cannot be made is said to who asks for it. */
static bool make_next(hr_dimse_session *s, hr_error *why)
{
	if (!s->has_next)
		s->has_next = hr_objects_draft(s->shared->options.films->objects, &s->next, why);
	return s->has_next;
}

static void give_next(hr_dimse_session *s, hr_wire_message *answer)
{
	s->draft = s->next;
	s->has_draft = true;
	s->has_next = false;
	answer->fd = s->draft.fd;
}

static bool give_draft(hr_dimse_session *s, hr_error *err)
{
	hr_wire_message answer = { .kind = HR_DIMSE_DRAFT, .fd = -1 };
	hr_error why;

	if (!s->is_admitted || s->has_draft)
		return fail_nonsense(err);
	if (make_next(s, &why)) {
		give_next(s, &answer);
	} else {
		answer.why = &why;
		refuse(s, &why);
	}
	return tell(s, &answer, err);
}

static bool take(hr_dimse_session *s, const hr_dimse_stored *stored, hr_str facts, hr_film_put *put,
		 hr_error *err)
{
	char actor[ACTOR_BYTES];
	hr_film_source source = { .at = now() };
	hr_films_taken taken;
	hr_film_facts found;
	hr_digest digest;

	snprintf(actor, sizeof(actor), "AE:%s", s->calling);
	source.actor = hr_str_of(actor);
	source.institution = hr_dimse_value(&s->shared->institutions, hr_str_of(s->calling));
	memcpy(digest.bytes, stored->digest, sizeof(digest.bytes));
	if (!hr_facts_read(facts, s->arena, &found, err) ||
	    !hr_draft_written(&s->draft, &digest, stored->size, err)) {
		drop_draft(s);
		return false;
	}
	s->has_draft = false;
	if (!hr_films_take(s->shared->options.films, &s->draft, &found, &source, &taken, err))
		return false;
	*put = taken.put;
	return *put != HR_FILM_DIFFERENT ||
	       hr_fail(err, HR_E_EXISTS, "another object of that SOP Instance UID is kept");
}

static bool store(hr_dimse_session *s, const hr_wire_message *question, hr_error *err)
{
	hr_wire_message answer = { .kind = HR_DIMSE_STORE, .fd = -1 };
	hr_film_put put = HR_FILM_NEW;
	hr_dimse_stored stored;
	hr_error why;

	if (!s->has_draft || question->bytes.len < sizeof(stored))
		return fail_nonsense(err);
	memcpy(&stored, question->bytes.data, sizeof(stored));
	if (take(s, &stored, hr_str_slice(question->bytes, sizeof(stored), question->bytes.len),
		 &put, &why)) {
		s->stored++;
		count(&counts_of(s)->puts[put]);
	} else {
		answer.why = &why;
		refuse(s, &why);
	}
	answer.number = put;
	if (s->has_next)
		give_next(s, &answer);
	return tell(s, &answer, err);
}

static bool drop(hr_dimse_session *s, const hr_wire_message *message, hr_error *err)
{
	if (!s->has_draft || !message->why)
		return fail_nonsense(err);
	drop_draft(s);
	refuse(s, message->why);
	return true;
}

/* --- commitment --- */

static bool find(hr_dimse_session *s, hr_str pairs, hr_str *out, hr_error *err)
{
	hr_str *uids = HR_NEW_N(s->arena, hr_str, HR_COMMIT_MAX);
	hr_str *classes = HR_NEW_N(s->arena, hr_str, HR_COMMIT_MAX);
	bool *present = HR_NEW_N(s->arena, bool, HR_COMMIT_MAX);
	size_t n = 0;

	_Static_assert(sizeof(bool) == 1, "one byte each is what is answered");
	if (!uids || !classes || !present)
		return hr_fail_memory(err);
	for (; pairs.len && n < HR_COMMIT_MAX; n++) {
		classes[n] = next_text(&pairs);
		uids[n] = next_text(&pairs);
	}
	if (!hr_film_have(s->shared->options.films->store, uids, classes, n, present, err))
		return false;
	*out = (hr_str){ (const char *)present, n };
	return true;
}

static bool have(hr_dimse_session *s, const hr_wire_message *question, hr_error *err)
{
	hr_wire_message answer = { .kind = HR_DIMSE_HAVE, .fd = -1 };
	hr_error why;

	if (!s->is_admitted)
		return fail_nonsense(err);
	if (find(s, question->bytes, &answer.bytes, &why))
		count(&counts_of(s)->commitments);
	else
		answer.why = &why;
	return tell(s, &answer, err);
}

/* --- the session --- */

static bool answer(hr_dimse_session *s, const hr_wire_message *question, hr_error *err)
{
	switch (question->kind) {
	case HR_DIMSE_ADMIT:
		return admit(s, question, err);
	case HR_DIMSE_DRAFT:
		return give_draft(s, err);
	case HR_DIMSE_STORE:
		return store(s, question, err);
	case HR_DIMSE_DROP:
		return drop(s, question, err);
	case HR_DIMSE_HAVE:
		return have(s, question, err);
	default:
		return fail_nonsense(err);
	}
}

static void log_end(const hr_dimse_session *s, const hr_error *why)
{
	const hr_log_field fields[] = {
		{ .name = "ae", .text = hr_str_of(s->calling) },
		{ .name = "address", .text = hr_str_of(s->address) },
		{ .name = "stored", .number = (int64_t)s->stored },
		{ .name = "refused", .number = (int64_t)s->refused },
		{ .name = "code", .text = hr_str_of(hr_error_word(why ? why->code : HR_E_NONE)) },
		{ .name = "message", .text = hr_str_of(why ? why->message : "") },
	};

	hr_log_write(s->shared->options.log, why ? HR_LOG_WARNING : HR_LOG_INFO, now(),
		     "association", fields, why ? 6 : 5);
}

bool hr_dimse_session_run(hr_dimse_session *session, hr_error *err)
{
	hr_wire_message message;
	hr_error ignored;
	bool ok;

	do {
		hr_arena_reset(session->arena);
		ok = hr_wire_receive(session->socket, HR_WIRE_WAITS, session->arena, &message, err);
		if (ok && message.fd >= 0) {
			close(message.fd);
			ok = fail_nonsense(err);
		}
		if (ok && message.kind == HR_DIMSE_DONE)
			break;
		ok = ok && answer(session, &message, err);
		/* While the process writes to one nobody waits for the next. */
		if (ok && session->has_draft)
			make_next(session, &ignored);
	} while (ok);
	drop_draft(session);
	if (session->has_next)
		hr_draft_drop(&session->next);
	if (session->is_admitted || !ok)
		log_end(session, ok ? message.why : err);
	if (!ok)
		count(&counts_of(session)->broken);
	return ok && !message.why;
}
