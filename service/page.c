#include "service/page.h"

#include "recognition/sentence.h"

#include <stdio.h>

extern const unsigned char hr_web_icon[];
extern const size_t hr_web_icon_len;
extern const unsigned char hr_web_page[];
extern const size_t hr_web_page_len;
extern const unsigned char hr_web_style[];
extern const size_t hr_web_style_len;

#define VALUE	      HR_HTML_VALUE
#define FILE_OF(name) ((hr_str){ (const char *)hr_web_##name, hr_web_##name##_len })

/* --- the response --- */

static void add_headers(hr_http_response *out)
{
	hr_http_add_field(out, HR_STR("Content-Security-Policy"),
			  HR_STR("default-src 'none'; style-src 'self'; img-src 'self'; "
				 "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"));
	hr_http_add_field(out, HR_STR("Referrer-Policy"), HR_STR("no-referrer"));
	hr_http_add_field(out, HR_STR("Vary"), HR_STR("Accept"));
}

static bool answer_file(hr_http_response *out, hr_str type, hr_str bytes)
{
	out->type = type;
	out->body = bytes;
	hr_http_add_field(out, HR_STR("Cache-Control"), HR_STR("max-age=300"));
	return true;
}

bool hr_answer_style(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	(void)app, (void)call, (void)err;
	return answer_file(out, HR_STR("text/css; charset=utf-8"), FILE_OF(style));
}

bool hr_answer_icon(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	(void)app, (void)call, (void)err;
	return answer_file(out, HR_STR("image/svg+xml"), FILE_OF(icon));
}

/* --- words --- */

hr_html hr_page_layout(const hr_page *page)
{
	return (hr_html){ FILE_OF(page), page->html.lang, page->html.out };
}

hr_str hr_page_say(const hr_page *page, const char *zh, const char *en)
{
	return hr_str_of(page->html.lang == HR_LANG_ZH ? zh : en);
}

hr_str hr_page_text(const hr_page *page, const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = len < 0 ? NULL : hr_arena_alloc_text(page->call->request->arena, (size_t)len + 1);
	if (!text)
		return HR_STR_NONE;
	va_start(args, format);
	vsnprintf(text, (size_t)len + 1, format, args);
	va_end(args);
	return (hr_str){ text, (size_t)len };
}

/* --- the head --- */

/* The same page in the other language: what a lookup asks stays, what a form holds does not. */
static hr_str other_language(const hr_page *page)
{
	static const hr_str kept[] = { HR_STR_INIT("q"), HR_STR_INIT("on") };
	const hr_http_request *request = page->call->request;
	hr_buf out;

	hr_buf_init(&out, request->arena, 4096);
	hr_buf_add(&out, request->path);
	hr_buf_add(&out, hr_page_say(page, "?lang=en", "?lang=zh"));
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		hr_str value = hr_http_query(request, kept[i]);

		if (value.len == 0)
			continue;
		hr_buf_addf(&out, "&%.*s=", HR_STR_ARG(kept[i]));
		hr_buf_add(&out, hr_html_url_part(request->arena, value));
	}
	return out.failed ? HR_STR("/") : hr_buf_str(&out);
}

static void add_version(const hr_page *page, const hr_html *html)
{
	hr_instant known = hr_catalog_known_at(page->catalog);
	hr_str id = hr_catalog_id(page->catalog);
	char time[HR_INSTANT_TEXT];
	char age[64];
	hr_buf buf;

	hr_buf_init_over(&buf, age, sizeof(age));
	hr_duration_format(hr_app_now().second - known.second, html->lang, &buf);
	HR_HTML_PUT(html, "version", VALUE("id", id), VALUE("short", hr_str_slice(id, 0, 7)),
		    VALUE("known", hr_str_slice(hr_instant_format(known, time), 0, 10)),
		    VALUE("age", hr_buf_str(&buf)));
	if (hr_catalog_has_synthetic(page->catalog))
		hr_html_add(html, HR_STR("synthetic"));
	if (page->state.refused[0])
		HR_HTML_PUT(html, "refused",
			    VALUE("short", hr_str_slice(hr_str_of(page->state.refused), 0, 7)),
			    VALUE("why", hr_str_of(page->state.why.message)));
	else if (page->state.why.code != HR_E_NONE)
		HR_HTML_PUT(html, "unreadable", VALUE("why", hr_str_of(page->state.why.message)));
}

void hr_page_start(hr_page *page, hr_page_id id, hr_str title)
{
	const hr_html html = hr_page_layout(page);
	const hr_str is = HR_STR("page");
	const hr_str is_not = HR_STR("false");

	HR_HTML_PUT(&html, "head", VALUE("title", title), VALUE("other", other_language(page)),
		    VALUE("on-verify", id == HR_PAGE_VERIFY ? is : is_not),
		    VALUE("on-catalogue", id == HR_PAGE_CATALOGUE ? is : is_not));
	if (page->catalog)
		add_version(page, &html);
	HR_HTML_PUT(&html, "main", VALUE("title", title));
}

/* --- a page --- */

bool hr_page_open(hr_app *app, const hr_call *call, hr_str file, hr_page *out, hr_error *err)
{
	hr_str lang = hr_http_query(call->request, HR_STR("lang"));
	hr_arena *arena = call->request->arena;
	hr_page page = { .call = call };

	if (!hr_app_inquiry(app, arena, &page.inquiry, err) ||
	    (lang.len && !hr_inquiry_set(&page.inquiry, HR_STR("lang"), lang, err)) ||
	    !hr_app_catalog(app, arena, &page.catalog, err))
		return false;
	page.state = hr_follower_get(app->follower);
	*out = page;
	hr_buf_init(&out->buf, arena, HR_REQUEST_BYTES_MAX);
	out->html = (hr_html){ file, page.inquiry.style.lang, &out->buf };
	return true;
}

bool hr_page_close(hr_page *page, hr_http_response *out, hr_error *err)
{
	const hr_html html = hr_page_layout(page);

	hr_html_add(&html, HR_STR("foot"));
	/* A name or sentence that lacked memory is missing. Of a page that tells so, nothing is. */
	page->buf.failed |= page->catalog && hr_arena_is_short(page->buf.arena);
	if (!hr_answer_set_body(out, HR_STR("text/html; charset=utf-8"), &page->buf, err))
		return false;
	add_headers(out);
	return true;
}
