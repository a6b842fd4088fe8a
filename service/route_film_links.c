/*
 * Links in bulk: POST /v1/film-links. The whole body is read before a row of it
 * is looked at; each row then has its line of the answer, and the last line
 * tells of all. What a line says is done, is done, whatever becomes of the rest.
 */
#include "service/film_publish.h"
#include "service/media.h"
#include "service/routes.h"

#include <inttypes.h>
#include <time.h>

enum { ANSWER_BYTES_MAX = 64 << 20, ROWS_MAX = 20000, ROW_SECONDS = 60 };

struct posting {
	hr_films *films;
	const hr_http_request *request;
	hr_link_rows *rows;
	hr_film_publish_options options;
	bool english;
	hr_buf out;
	size_t done;
	uint64_t counts[HR_PUBLISH_RESULTS];
	hr_str stopped; /* why rows were not looked at; or empty */
};

static int64_t now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static hr_link_form form_of(const hr_http_request *request)
{
	hr_str type = hr_media_type(hr_http_header(request, HR_STR("Content-Type")));

	if (hr_media_equal(HR_STR("text/csv"), type))
		return HR_LINK_SHEET;
	return hr_media_equal(HR_STR("application/octet-stream"), type) || type.len == 0
		       ? HR_LINK_ANY
		       : HR_LINK_LINES;
}

static bool open_rows(struct posting *p, hr_error *err)
{
	if (!hr_link_rows_open(p->request->body, form_of(p->request), p->request->arena, &p->rows,
			       err))
		return false;
	return hr_link_rows_count(p->rows) <= ROWS_MAX ||
	       hr_fail(err, HR_E_LIMIT, "a request has at most %d rows: send the next in another",
		       ROWS_MAX);
}

static void tell(struct posting *p, const hr_publish_row *told)
{
	hr_publish_format_row(told, hr_link_rows_number(p->rows, told->row), p->english, &p->out);
	HR_BUF_ADD(&p->out, "\n");
	p->counts[told->is]++;
}

/* Of what was done before a fault the answer tells: then it is no refusal of the request. */
static bool publish(struct posting *p, hr_error *err)
{
	hr_publish_row *told = HR_NEW_N(p->request->arena, hr_publish_row, HR_PUBLISH_ROWS_MAX);
	const int64_t until = now_s() + ROW_SECONDS;
	size_t count;

	if (!told)
		return hr_fail_memory(err);
	while (p->done < hr_link_rows_count(p->rows) && p->stopped.len == 0) {
		if (now_s() >= until) {
			p->stopped = HR_STR("time");
		} else if (hr_film_publish_rows(p->films, p->rows, p->done, &p->options, told,
						&count, err)) {
			for (size_t i = 0; i < count; i++)
				tell(p, &told[i]);
			p->done += count;
		} else if (p->done == 0) {
			return false;
		} else {
			p->stopped = hr_str_of(hr_error_word(err->code));
		}
	}
	return true;
}

static void sum_up(struct posting *p)
{
	const uint64_t *n = p->counts;

	hr_buf_addf(&p->out,
		    "{\"rows\":%zu,\"new\":%" PRIu64 ",\"changed\":%" PRIu64 ",\"had\":%" PRIu64
		    ",\"refused\":%" PRIu64,
		    p->done, n[HR_PUBLISH_NEW], n[HR_PUBLISH_CHANGED], n[HR_PUBLISH_HAD],
		    n[HR_PUBLISH_REFUSED]);
	if (p->stopped.len)
		hr_buf_addf(&p->out, ",\"stopped\":\"%.*s\"", HR_STR_ARG(p->stopped));
	HR_BUF_ADD(&p->out, "}\n");
}

bool hr_answer_film_links(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	const hr_http_request *request = call->request;
	struct posting p = {
		.films = app->films,
		.request = request,
		.options.source = { .actor = call->token[0] ? hr_str_of(call->token)
							    : HR_STR("http"),
				    .institution = hr_http_query(request, HR_STR("institution")),
				    .at = hr_app_now() },
		.english = hr_str_equal(hr_http_query(request, HR_STR("lang")), HR_STR("en")),
	};

	if (!hr_app_has_films(app, err))
		return false;
	hr_buf_init(&p.out, request->arena, ANSWER_BYTES_MAX);
	if (!open_rows(&p, err) || !publish(&p, err))
		return false;
	sum_up(&p);
	return hr_answer_set_body(out, HR_STR("application/x-ndjson"), &p.out, err);
}
