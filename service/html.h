/*
 * Pages from templates (web/). A template is a file of pieces, each behind a
 * line `<!-- piece NAME -->`. In a piece `{{name}}` stands for a value, which
 * is escaped, always; `[[中文|English]]` for the words in the page's language.
 * There is no other way to write into a page, so nothing that anybody enters
 * can become markup.
 *
 * Every `{{name}}` of an attribute stands between double quotes (asserted).
 */
#pragma once

#include "recognition/verdict.h"

typedef struct hr_html {
	hr_str file; /* the template's bytes */
	hr_lang lang;
	hr_buf *out;
} hr_html;

typedef struct hr_html_value {
	hr_str name;
	hr_str text;
} hr_html_value;

/* A piece or a value that is not there is a bug, asserted. Bytes that are no UTF-8 become U+FFFD.
 */
void hr_html_put(const hr_html *html, hr_str piece, const hr_html_value *values, size_t count);

/* A piece of one's own words and the values: HR_HTML_PUT(&html, "row", VALUE("name", name)). */
#define HR_HTML_PUT(html, piece, ...)                                                              \
	hr_html_put((html), HR_STR(piece), (const hr_html_value[]){ __VA_ARGS__ },                 \
		    sizeof((const hr_html_value[]){ __VA_ARGS__ }) / sizeof(hr_html_value))
#define HR_HTML_VALUE(name, text)                                                                  \
	{                                                                                          \
		HR_STR_INIT(name), (text)                                                          \
	}

/* A piece without values. */
void hr_html_add(const hr_html *html, hr_str piece);

/* Percent-encoded for a query or a step of a path, in `arena`; data is NULL when memory is short.
 */
hr_str hr_html_url_part(hr_arena *arena, hr_str text);
