/* POST /v1/verify: a report in, its verdict out. 200 whatever the verdict is. */
#include "service/film_reports.h"
#include "service/http_form.h"
#include "service/media.h"
#include "service/routes.h"

/* --- the question --- */

/* What belongs to a person goes into the body: addresses are logged by everything on the way. */
static bool check_name(hr_str name, hr_error *err)
{
	static const hr_str parts[] = { HR_STR_INIT("patient"), HR_STR_INIT("order"),
					HR_STR_INIT("orders"), HR_STR_INIT("report") };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (hr_str_equal(parts[i], name))
			return hr_fail(
				err, HR_E_USAGE,
				"'%.*s' does not go into the address, which is logged on the "
				"way: send it as a part of multipart/form-data",
				HR_STR_ARG(name));
	return true;
}

static bool stands_before(const hr_http_request *request, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (hr_str_equal(request->query[i].name, request->query[at].name))
			return true;
	return false;
}

static bool read_query(const hr_http_request *request, hr_inquiry *inquiry, hr_error *err)
{
	for (size_t i = 0; i < request->query_count; i++) {
		const hr_http_field *field = &request->query[i];

		if (!check_name(field->name, err))
			return false;
		if (stands_before(request, i))
			return hr_fail(err, HR_E_USAGE, "'%.*s' stands twice in the query",
				       HR_STR_ARG(field->name));
		if (!hr_inquiry_set(inquiry, field->name, field->value, err))
			return false;
	}
	return true;
}

/* Without the right to read films nobody learns whether there is one. */
hr_token_scope hr_scope_of_verify(const hr_http_request *request)
{
	for (size_t i = 0; i < request->query_count; i++)
		if (hr_str_equal(request->query[i].name, HR_STR("films")) &&
		    !hr_str_equal(request->query[i].value, HR_STR("no")))
			return HR_SCOPE_FILM_READ;
	return HR_SCOPE_NONE;
}

/* --- the body --- */

/* A form: one part `report`, at most one `patient`, any number of `order`. */
static bool read_form(const hr_form *form, hr_inquiry *inquiry, hr_str *document, hr_error *err)
{
	bool found = false;

	for (size_t i = 0; i < form->count; i++) {
		const hr_form_part *part = &form->parts[i];
		const bool is_order = hr_str_equal(part->name, HR_STR("order"));
		const bool is_report = hr_str_equal(part->name, HR_STR("report"));

		if (!is_order && !is_report && !hr_str_equal(part->name, HR_STR("patient")))
			return hr_fail(
				err, HR_E_USAGE,
				"a form has the parts report, patient and order; part %zu is "
				"none of them",
				i + 1);
		if (!is_order && hr_http_form_find(form, part->name) != part)
			return hr_fail(err, HR_E_USAGE, "the form has the part '%.*s' twice",
				       HR_STR_ARG(part->name));
		if (is_report)
			*document = part->bytes;
		else if (!hr_inquiry_set(inquiry, part->name, part->bytes, err))
			return false;
		found |= is_report;
	}
	return found || hr_fail(err, HR_E_USAGE, "the form has no part 'report'");
}

/* The document alone, or a form that holds it. */
static bool read_body(const hr_http_request *request, hr_inquiry *inquiry, hr_str *document,
		      hr_error *err)
{
	hr_str type = hr_http_header(request, HR_STR("Content-Type"));
	hr_form form;

	if (!hr_http_form_is(type)) {
		*document = request->body;
		return true;
	}
	return hr_http_form_read(type, request->body, request->arena, &form, err) &&
	       read_form(&form, inquiry, document, err);
}

/* --- the answer --- */

static const hr_str answer_types[] = {
	[HR_VERDICT_JSON] = HR_STR_INIT("application/json"),
	[HR_VERDICT_TEXT] = HR_STR_INIT("text/plain"),
	[HR_VERDICT_FHIR] = HR_STR_INIT("application/fhir+json"),
};

static hr_str type_of(hr_verdict_form form, size_t reports)
{
	if (form == HR_VERDICT_TEXT)
		return HR_STR("text/plain; charset=utf-8");
	if (form == HR_VERDICT_JSON && reports != 1)
		return HR_STR("application/x-ndjson");
	return answer_types[form];
}

static bool write_answer(const hr_call *call, const hr_verdicts *verdicts, hr_verdict_style style,
			 hr_http_response *out, hr_error *err)
{
	const hr_http_request *request = call->request;
	hr_verdict_form form = (hr_verdict_form)hr_media_choose(
		hr_http_header(request, HR_STR("Accept")), answer_types, 3);
	hr_buf buf;

	hr_buf_init(&buf, request->kept, HR_REQUEST_BYTES_MAX);
	hr_verdicts_format(verdicts, form, style, &buf);
	return hr_answer_set_body(out, type_of(form, verdicts->count), &buf, err);
}

static bool seek(void *films, const hr_film_wanted *wanted, hr_arena *arena,
		 hr_film_candidates *out, hr_error *err)
{
	return hr_film_candidates_find(films, wanted, NULL, arena, out, err);
}

static bool find_films(hr_app *app, const hr_inquiry *inquiry, hr_arena *arena,
		       hr_verdicts *verdicts, hr_error *err)
{
	if (!inquiry->films)
		return true;
	if (!hr_app_has_films(app, err))
		return false;
	return hr_verdicts_find_films(verdicts, seek, app->films, arena, err);
}

bool hr_answer_verify(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	const hr_http_request *request = call->request;
	hr_inquiry inquiry;
	hr_verdicts verdicts;
	hr_str document;

	return hr_app_inquiry(app, request->arena, &inquiry, err) &&
	       read_query(request, &inquiry, err) && read_body(request, &inquiry, &document, err) &&
	       hr_app_verify(app, &inquiry, document, request->arena, &verdicts, err) &&
	       find_films(app, &inquiry, request->arena, &verdicts, err) &&
	       write_answer(call, &verdicts, inquiry.style, out, err);
}
