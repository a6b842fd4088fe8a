/*
 * STOW-RS: objects that are brought (PS3.18 10.5). Each part goes straight to
 * the disk; when it is whole, a worker looks into it, and it is kept or
 * refused, before the next one is taken. Every part ends in exactly one of
 * three lists.
 */
#include "service/dicomweb.h"

#include "service/accept.h"
#include "service/dicom_model.h"
#include "service/media.h"
#include "service/multipart.h"

enum { PARTS_MAX = 20000, FACTS_BYTES = 256 << 20, ANSWER_BYTES_MAX = 64 << 20 };

/* Failure Reason (0008,1197): PS3.18 table I.2-2, PS3.7 annex C. */
enum {
	REASON_PROCESSING = 0x0110,
	REASON_RESOURCES = 0xA700,
	REASON_PATIENT = 0xA900,
	REASON_STUDY = 0xA901,
	REASON_DIFFERENT = 0xB00E,
	REASON_UNREADABLE = 0xC000,
};

struct part {
	struct part *next;
	hr_str sop_class; /* empty: it could not be read */
	hr_str study;
	hr_str series;
	hr_str instance;
	unsigned reason; /* 0: it is kept */
};

struct store {
	hr_films *films;
	hr_arena *arena;	 /* of the request */
	hr_arena *facts;	 /* of one part */
	hr_multipart *multipart; /* NULL: the body is one object */
	hr_str study;		 /* that they must belong to; "" any */
	hr_film_source source;
	hr_draft draft;
	bool has_draft;
	uint64_t size;	/* of the part that comes */
	hr_error fault; /* of it */
	struct part *first;
	struct part **end;
	size_t count;
	size_t kept;
	size_t later; /* refused for now: no space, no database */
	uint64_t refused_links;
};

/* --- taking in --- */

static const struct {
	hr_error_code code;
	unsigned reason;
	bool later; /* it may be brought again */
} reasons[] = {
	{ HR_E_CONFLICT, REASON_PATIENT, false },   { HR_E_RULE, REASON_STUDY, false },
	{ HR_E_EXISTS, REASON_DIFFERENT, false },   { HR_E_NO_SPACE, REASON_RESOURCES, true },
	{ HR_E_READ_ONLY, REASON_RESOURCES, true }, { HR_E_UNAVAILABLE, REASON_RESOURCES, true },
	{ HR_E_BUSY, REASON_RESOURCES, true },	    { HR_E_MEMORY, REASON_RESOURCES, true },
	{ HR_E_IO, REASON_PROCESSING, true },	    { HR_E_INTERNAL, REASON_PROCESSING, false },
};

static void set_reason(struct store *s, struct part *part, hr_error_code code)
{
	part->reason = REASON_UNREADABLE;
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].code == code) {
			part->reason = reasons[i].reason;
			s->later += reasons[i].later;
		}
}

/* The facts lie in memory that the next part takes again. */
static bool name_part(struct store *s, const hr_film_facts *facts, struct part *part, hr_error *err)
{
	part->study = hr_str_copy(s->arena, facts->study_uid);
	part->series = hr_str_copy(s->arena, facts->series_uid);
	part->instance = hr_str_copy(s->arena, facts->instance_uid);
	part->sop_class = hr_str_copy(s->arena, facts->sop_class);
	return (part->study.data && part->series.data && part->instance.data &&
		part->sop_class.data) ||
	       hr_fail_memory(err);
}

/* Its draft is ended, whatever becomes of it. */
static bool keep(struct store *s, struct part *part, hr_error *err)
{
	hr_film_facts facts;
	hr_films_taken taken;

	if (!hr_films_find_facts(s->films, &s->draft, s->facts, &facts, err) ||
	    !name_part(s, &facts, part, err))
		return false;
	if (s->study.len && !hr_str_equal(s->study, facts.study_uid))
		return hr_fail(err, HR_E_RULE, "it belongs to another study");
	s->has_draft = false;
	s->source.at = hr_app_now();
	if (!hr_films_take(s->films, &s->draft, &facts, &s->source, &taken, err))
		return false;
	s->refused_links += taken.linked.refused;
	return taken.put != HR_FILM_DIFFERENT ||
	       hr_fail(err, HR_E_EXISTS, "it is there with other bytes");
}

static void drop_draft(struct store *s)
{
	if (s->has_draft)
		hr_draft_drop(&s->draft);
	s->has_draft = false;
}

/* A part is whole. In a thread that may wait. */
static void work(void *subject)
{
	struct store *s = subject;
	struct part *part = HR_NEW(s->arena, struct part);

	s->count++;
	if (!part) {
		drop_draft(s);
		return;
	}
	*s->end = part;
	s->end = &part->next;
	if (s->fault.code == HR_E_NONE && keep(s, part, &s->fault))
		s->kept++;
	else
		set_reason(s, part, s->fault.code);
	drop_draft(s);
	hr_arena_reset(s->facts);
}

/* --- while it comes --- */

/* What is wrong with one part is no fault of the request: its bytes are passed over. */
static void begin_part(struct store *s, hr_str type)
{
	s->fault.code = HR_E_NONE;
	s->size = 0;
	if (type.len && !hr_media_equal(hr_media_type(type), HR_STR("application/dicom")))
		hr_fail(&s->fault, HR_E_UNSUPPORTED, "a part is no application/dicom");
	else
		s->has_draft = hr_objects_draft(s->films->objects, &s->draft, &s->fault);
}

static void add_bytes(struct store *s, hr_str bytes)
{
	s->size += bytes.len;
	if (!s->has_draft)
		return;
	if (s->size > HR_DICOMWEB_OBJECT_MAX)
		hr_fail(&s->fault, HR_E_LIMIT, "an object has more than 4 GiB");
	else if (hr_draft_add(&s->draft, bytes, &s->fault))
		return;
	drop_draft(s);
}

static hr_http_taken take_object(void *subject, hr_str bytes, size_t *taken, hr_error *err)
{
	struct store *s = subject;

	(void)err;
	*taken = bytes.len;
	if (s->size == 0)
		begin_part(s, HR_STR_NONE);
	add_bytes(s, bytes);
	return HR_HTTP_TOOK;
}

static hr_http_taken take_parts(void *subject, hr_str bytes, size_t *taken, hr_error *err)
{
	struct store *s = subject;
	hr_str rest = bytes;
	hr_str piece;

	for (;;) {
		hr_multipart_event event = hr_multipart_next(s->multipart, &rest, &piece, err);

		*taken = bytes.len - rest.len;
		switch (event) {
		case HR_MULTIPART_PART:
			begin_part(s, s->multipart->type);
			break;
		case HR_MULTIPART_BYTES:
			add_bytes(s, piece);
			break;
		case HR_MULTIPART_END:
			if (s->count < PARTS_MAX)
				return HR_HTTP_PAUSE;
			hr_fail(err, HR_E_LIMIT, "there are more than %d parts", PARTS_MAX);
			return HR_HTTP_TAKES_NO_MORE;
		case HR_MULTIPART_WANTS:
			return HR_HTTP_TOOK;
		case HR_MULTIPART_FAULT:
			return HR_HTTP_TAKES_NO_MORE;
		}
	}
}

/* --- before it comes --- */

static void let_go(void *subject)
{
	struct store *s = subject;

	drop_draft(s);
	hr_arena_close(s->facts);
}

static const hr_offer answers[] = {
	{ .type = HR_STR_INIT("application/dicom+json") },
	{ .type = HR_STR_INIT("application/json") },
	{ .type = HR_STR_INIT("application/dicom+xml") },
};
enum { ANSWER_IS_XML = 2 };
enum { ANSWERS = sizeof(answers) / sizeof(answers[0]) };

/* "application/dicom+json" and "application/dicom+xml" say what is not read here. */
static bool check_type(hr_str type, hr_error *err)
{
	hr_str part = hr_media_param(type, HR_STR("type"));

	return hr_media_equal(hr_media_type(type), HR_STR("application/dicom")) || !part.len ||
	       hr_media_equal(part, HR_STR("application/dicom")) ||
	       hr_fail(err, HR_E_UNSUPPORTED,
		       "of a multipart, parts of application/dicom are taken");
}

static bool open_store(hr_app *app, const hr_call *call, struct store *s, hr_error *err)
{
	hr_str type = hr_http_header(call->request, HR_STR("Content-Type"));
	hr_dicomweb w;

	if (!type.len)
		return hr_fail(err, HR_E_UNSUPPORTED, "a body of films has a Content-Type");
	if (!check_type(type, err) || !hr_dicomweb_init(app, call, &w, err))
		return false;
	s->films = w.films;
	s->arena = w.arena;
	s->study = w.study;
	s->source.actor = call->token[0] ? hr_str_of(call->token) : HR_STR("http");
	s->end = &s->first;
	if (hr_accept_choose(call->request, answers, ANSWERS) == ANSWERS)
		return hr_accept_fail(answers, ANSWERS, err);
	if (!hr_media_equal(hr_media_type(type), HR_STR("application/dicom"))) {
		s->multipart = HR_NEW(w.arena, hr_multipart);
		if (!s->multipart)
			return hr_fail_memory(err);
		if (!hr_multipart_init(s->multipart, type, err))
			return false;
	}
	s->facts = hr_arena_open(FACTS_BYTES);
	return s->facts ? hr_arena_on_reset(w.arena, let_go, s, err) : hr_fail_memory(err);
}

bool hr_begin_dicomweb_store(hr_app *app, hr_call *call, hr_http_request *request, hr_error *err)
{
	struct store *s = HR_NEW(request->arena, struct store);

	if (!s)
		return hr_fail_memory(err);
	if (!open_store(app, call, s, err))
		return false;
	call->begun = s;
	request->sink = (hr_http_sink){ s->multipart ? take_parts : take_object, work, s };
	return true;
}

/* --- the answer --- */

#define ATTRIBUTE(tag, vr, keyword)                                                                \
	{                                                                                          \
		HR_STR_INIT(tag), HR_STR_INIT(vr), HR_STR_INIT(keyword)                            \
	}
static const hr_model_attribute sop_class = ATTRIBUTE("00081150", "UI", "ReferencedSOPClassUID");
static const hr_model_attribute sop_instance =
	ATTRIBUTE("00081155", "UI", "ReferencedSOPInstanceUID");
static const hr_model_attribute retrieve_url = ATTRIBUTE("00081190", "UR", "RetrieveURL");
static const hr_model_attribute failure_reason = ATTRIBUTE("00081197", "US", "FailureReason");

/* In the order of their tags. */
enum list { FAILED, KEPT, OTHER };
static const hr_model_attribute lists[] = {
	[FAILED] = ATTRIBUTE("00081198", "SQ", "FailedSOPSequence"),
	[KEPT] = ATTRIBUTE("00081199", "SQ", "ReferencedSOPSequence"),
	[OTHER] = ATTRIBUTE("0008119A", "SQ", "OtherFailuresSequence"),
};

static enum list list_of(const struct part *part)
{
	return part->reason == 0 ? KEPT : part->instance.len ? FAILED : OTHER;
}

static void add_address(hr_model_writer *w, hr_str base, const struct part *part)
{
	char text[512];
	hr_buf url;

	hr_buf_init_over(&url, text, sizeof(text));
	hr_buf_addf(&url, "%.*s/studies/%.*s/series/%.*s/instances/%.*s", HR_STR_ARG(base),
		    HR_STR_ARG(part->study), HR_STR_ARG(part->series), HR_STR_ARG(part->instance));
	hr_model_text(w, &retrieve_url, hr_buf_str(&url));
}

static void add_item(hr_model_writer *w, hr_str base, const struct part *part)
{
	hr_model_open_item(w);
	if (part->instance.len) {
		hr_model_text(w, &sop_class, part->sop_class);
		hr_model_text(w, &sop_instance, part->instance);
	}
	if (part->reason)
		hr_model_int(w, &failure_reason, part->reason);
	else
		add_address(w, base, part);
	hr_model_close_item(w);
}

/* Absent when it is empty. */
static void add_list(hr_model_writer *w, const struct store *s, hr_str base, enum list list)
{
	const struct part *part = s->first;

	while (part && list_of(part) != list)
		part = part->next;
	if (!part)
		return;
	hr_model_open_sequence(w, &lists[list]);
	for (; part; part = part->next)
		if (list_of(part) == list)
			add_item(w, base, part);
	hr_model_close_sequence(w);
}

/* Of the study, when all that was kept is of one. */
static void add_study(hr_model_writer *w, const struct store *s, hr_str base)
{
	const struct part *first = NULL;
	char text[400];
	hr_buf url;

	for (const struct part *p = s->first; p; p = p->next) {
		if (p->reason)
			continue;
		if (first && !hr_str_equal(first->study, p->study))
			return;
		first = first ? first : p;
	}
	if (!first)
		return;
	hr_buf_init_over(&url, text, sizeof(text));
	hr_buf_addf(&url, "%.*s/studies/%.*s", HR_STR_ARG(base), HR_STR_ARG(first->study));
	hr_model_text(w, &retrieve_url, hr_buf_str(&url));
}

static bool has_failed(const struct store *s)
{
	for (const struct part *p = s->first; p; p = p->next)
		if (list_of(p) == FAILED)
			return true;
	return false;
}

/* PS3.18 table 10.5.3-1. */
static int status_of(const struct store *s)
{
	if (s->kept == s->count)
		return 200;
	if (s->kept)
		return 202;
	if (s->later)
		return 503;
	return has_failed(s) ? 409 : 400;
}

static bool end_body(struct store *s, hr_error *err)
{
	if (s->multipart && !hr_multipart_is_over(s->multipart))
		return hr_fail(err, HR_E_SYNTAX,
			       "the body ends before its last boundary; %zu parts in front of it "
			       "were taken",
			       s->count);
	if (!s->multipart && s->size)
		work(s);
	if (s->count == 0)
		return hr_fail(err, HR_E_SYNTAX, "the body has no object");
	/* Then a part stands in no list. */
	return !hr_arena_is_short(s->arena) || hr_fail_memory(err);
}

bool hr_answer_dicomweb_store(hr_app *app, const hr_call *call, hr_http_response *out,
			      hr_error *err)
{
	struct store *s = call->begun;
	size_t type = hr_accept_choose(call->request, answers, ANSWERS);
	hr_dicomweb w;
	hr_model_writer model;
	hr_buf buf;

	if (!hr_dicomweb_init(app, call, &w, err) || !end_body(s, err))
		return false;
	hr_buf_init(&buf, w.arena, ANSWER_BYTES_MAX);
	hr_model_begin(&model, type == ANSWER_IS_XML, &buf);
	add_study(&model, s, w.base);
	for (enum list list = FAILED; list <= OTHER; list++)
		add_list(&model, s, w.base, list);
	hr_model_end(&model);
	out->status = status_of(s);
	if (s->refused_links)
		HR_DICOMWEB_WARN(out, "a manifest names addresses that are not among this "
				      "service's retrieve-origin: nothing is fetched from them");
	if (out->status == 503)
		hr_http_add_field(out, HR_STR("Retry-After"), HR_STR("30"));
	return hr_answer_set_body(out, answers[type % ANSWERS].type, &buf, err);
}
