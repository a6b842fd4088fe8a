/*
 * What every page has in common: language, the version that is served and its
 * age, the strict headers. Nothing that is entered is kept: pages are never
 * stored, and what a person enters travels in a body.
 */
#pragma once

#include "service/html.h"
#include "service/routes.h"

typedef enum hr_page_id { HR_PAGE_VERIFY, HR_PAGE_CATALOGUE } hr_page_id;

typedef struct hr_page {
	const hr_call *call;
	const hr_catalog *catalog; /* of one version, to the page's end */
	hr_inquiry inquiry;	   /* with the service's settings, and the language that is asked */
	hr_buf buf;
	hr_html html; /* the page's own template */
	hr_follower_state state;
} hr_page;

/* `file`: the page's own template. */
bool hr_page_open(hr_app *app, const hr_call *call, hr_str file, hr_page *out, hr_error *err);

/* What stands on every page: web/page.html. */
hr_html hr_page_layout(const hr_page *page);

/* A text in the page's language. */
hr_str hr_page_say(const hr_page *page, const char *zh, const char *en);

/* printf into the arena; empty when memory is short. */
hr_str hr_page_text(const hr_page *page, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* All up to the first word of the page itself; `title` is its heading, too. */
void hr_page_start(hr_page *page, hr_page_id id, hr_str title);

/* An error: what it is and what a person may do, then the technical words, which are English. */
void hr_page_add_problem(const hr_page *page, const hr_error *err);

/* The end of the page, into `out`. */
bool hr_page_close(hr_page *page, hr_http_response *out, hr_error *err);

/* A whole page for a refusal, of any path. False when memory was short. */
bool hr_page_problem(const hr_http_request *request, int status, const hr_error *err,
		     hr_http_response *out);

/* The verdicts, as sections. */
void hr_page_add_verdicts(const hr_page *page, const hr_verdicts *verdicts);
