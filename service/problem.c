#include "service/problem.h"

#include "base/json.h"
#include "service/media.h"
#include "service/page.h"

#define NAME(w, literal)	  hr_json_name((w), HR_STR(literal))
#define MEMBER(w, literal, value) hr_json_member((w), HR_STR(literal), (value))

/* Room: for a document or a page while it grows, and for the fields that are sent with it. */
enum { PROBLEM_BYTES = 4096, PROBLEM_ROOM = 16 * PROBLEM_BYTES };

/* The table's hints are for the command line; these are for who has only the network. */
static hr_str hint_of(hr_error_code code)
{
	switch (code) {
	case HR_E_USAGE:
	case HR_E_NOT_FOUND:
	case HR_E_UNSUPPORTED:
		return HR_STR("/openapi.json tells each path, its query and what it takes");
	default:
		return hr_str_of(hr_error_hint(code));
	}
}

static void add_urn(hr_json_writer *w, hr_str name, hr_error_code code)
{
	char text[64];
	hr_buf urn;

	hr_buf_init_over(&urn, text, sizeof(text));
	hr_buf_addf(&urn, "urn:huren:problem:%s", hr_error_word(code));
	hr_json_member(w, name, hr_buf_str(&urn));
}

static void add_problem(hr_json_writer *w, const hr_http_request *request, int status,
			const hr_error *err)
{
	hr_json_open_object(w);
	add_urn(w, HR_STR("type"), err->code);
	MEMBER(w, "title", hr_str_of(hr_error_title(err->code)));
	MEMBER(w, "titleZh", hr_str_of(hr_error_title_zh(err->code)));
	NAME(w, "status");
	hr_json_int(w, status);
	MEMBER(w, "detail", hr_str_of(err->message));
	MEMBER(w, "instance", request->id);
	MEMBER(w, "code", hr_str_of(hr_error_word(err->code)));
	if (err->line) {
		NAME(w, "line");
		hr_json_int(w, err->line);
		NAME(w, "column");
		hr_json_int(w, err->column);
	}
	MEMBER(w, "hint", hint_of(err->code));
	hr_json_close_object(w);
}

/* FHIR's own word for it, of the value set issue-type. */
static hr_str issue_type(hr_error_code code)
{
	static const hr_str types[HR_E_COUNT] = {
		[HR_E_USAGE] = HR_STR_INIT("invalid"),
		[HR_E_NOT_FOUND] = HR_STR_INIT("not-found"),
		[HR_E_SYNTAX] = HR_STR_INIT("structure"),
		[HR_E_ENCODING] = HR_STR_INIT("structure"),
		[HR_E_FORBIDDEN] = HR_STR_INIT("structure"),
		[HR_E_LIMIT] = HR_STR_INIT("too-long"),
		[HR_E_UNSUPPORTED] = HR_STR_INIT("not-supported"),
		[HR_E_INCOMPLETE] = HR_STR_INIT("required"),
		[HR_E_CONFLICT] = HR_STR_INIT("conflict"),
		[HR_E_RULE] = HR_STR_INIT("conflict"),
		[HR_E_EXISTS] = HR_STR_INIT("duplicate"),
		[HR_E_NO_SPACE] = HR_STR_INIT("no-store"),
		[HR_E_MEMORY] = HR_STR_INIT("throttled"),
	};

	return types[code].len ? types[code] : HR_STR("exception");
}

/* A place has extensions of its own in FHIR: `expression` wants a path, and this is a line. */
static void add_place(hr_json_writer *w, const hr_error *err)
{
	const struct {
		hr_str url;
		uint32_t value;
	} places[] = {
		{ HR_STR("http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line"),
		  err->line },
		{ HR_STR("http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col"),
		  err->column },
	};

	if (!err->line)
		return;
	NAME(w, "extension");
	hr_json_open_array(w);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		hr_json_open_object(w);
		MEMBER(w, "url", places[i].url);
		NAME(w, "valueInteger");
		hr_json_int(w, places[i].value);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

static void add_diagnostics(hr_json_writer *w, const hr_http_request *request, const hr_error *err)
{
	char text[sizeof(err->message) + 200];
	hr_buf buf;

	hr_buf_init_over(&buf, text, sizeof(text));
	if (err->line)
		hr_buf_addf(&buf, "line %u, column %u: ", err->line, err->column);
	hr_buf_add(&buf, hr_str_of(err->message));
	hr_buf_addf(&buf, " (request %.*s)", HR_STR_ARG(request->id));
	MEMBER(w, "diagnostics", hr_buf_str(&buf));
}

static void add_outcome(hr_json_writer *w, const hr_http_request *request, const hr_error *err)
{
	hr_json_open_object(w);
	MEMBER(w, "resourceType", HR_STR("OperationOutcome"));
	NAME(w, "issue");
	hr_json_open_array(w);
	hr_json_open_object(w);
	add_place(w, err);
	MEMBER(w, "severity", HR_STR("error"));
	MEMBER(w, "code", issue_type(err->code));
	NAME(w, "details");
	hr_json_open_object(w);
	NAME(w, "coding");
	hr_json_open_array(w);
	hr_json_open_object(w);
	MEMBER(w, "system", HR_STR("urn:huren:problem"));
	MEMBER(w, "code", hr_str_of(hr_error_word(err->code)));
	MEMBER(w, "display", hr_str_of(hr_error_title(err->code)));
	hr_json_close_object(w);
	hr_json_close_array(w);
	MEMBER(w, "text", hr_str_of(hr_error_title_zh(err->code)));
	hr_json_close_object(w);
	add_diagnostics(w, request, err);
	hr_json_close_object(w);
	hr_json_close_array(w);
	hr_json_close_object(w);
}

void hr_problem_write(const hr_http_request *request, int status, const hr_error *err,
		      hr_http_response *out)
{
	static const hr_str types[] = { HR_STR_INIT("application/problem+json"),
					HR_STR_INIT("application/fhir+json"),
					HR_STR_INIT("text/html") };
	size_t type = hr_media_choose(hr_http_header(request, HR_STR("Accept")), types, 3);
	hr_json_writer w;
	hr_buf buf;

	/* That a request took all that it may take must still be said. */
	hr_arena_raise(request->arena, PROBLEM_ROOM);
	if (type == 2 && hr_page_problem(request, status, err, out))
		return;
	hr_buf_init(&buf, request->arena, PROBLEM_BYTES);
	hr_json_writer_init(&w, &buf, false);
	if (type == 1)
		add_outcome(&w, request, err);
	else
		add_problem(&w, request, status, err);
	hr_buf_add_char(&buf, '\n');
	out->status = status;
	out->type = types[type == 1];
	out->body = buf.failed ? HR_STR("{}\n") : hr_buf_str(&buf);
}
