/*
 * The film pages: what a patient's phone, a doctor's browser and a clinic's
 * desk are given. Shells and scripts are the same for everybody: what they show
 * comes by routes of its own. They lie in the program as gzip made them.
 */
#include "service/dicomweb.h"
#include "service/http_gzip.h"
#include "service/http_select.h"

#include "dicom/inflate.h"

/* clang-format off */
#define FILES(X) \
	X(api_js, "api.js", SCRIPT) \
	X(cache_js, "cache.js", SCRIPT) \
	X(cover_js, "cover.js", SCRIPT) \
	X(dom_js, "dom.js", SCRIPT) \
	X(film_css, "film.css", STYLE) \
	X(film_html, "film", SHELL) \
	X(film_js, "film.js", SCRIPT) \
	X(frame_js, "frame.js", SCRIPT) \
	X(gestures_js, "gestures.js", SCRIPT) \
	X(link_js, "link.js", SCRIPT) \
	X(loader_js, "loader.js", SCRIPT) \
	X(lut_js, "lut.js", SCRIPT) \
	X(measure_js, "measure.js", SCRIPT) \
	X(my_html, "my", SHELL) \
	X(my_js, "my.js", SCRIPT) \
	X(open_html, "open", SHELL) \
	X(open_js, "open.js", SCRIPT) \
	X(page_js, "page.js", SCRIPT) \
	X(pane_js, "pane.js", SCRIPT) \
	X(refusal_js, "refusal.js", SCRIPT) \
	X(report_js, "report.js", SCRIPT) \
	X(session_js, "session.js", SCRIPT) \
	X(share_js, "share.js", SCRIPT) \
	X(study_js, "study.js", SCRIPT) \
	X(view_js, "view.js", SCRIPT) \
	X(viewer_js, "viewer.js", SCRIPT) \
	X(words_js, "words.js", SCRIPT)
/* clang-format on */

enum kind { SHELL, SCRIPT, STYLE };

static const hr_str types[] = {
	[SHELL] = HR_STR_INIT("text/html; charset=utf-8"),
	[SCRIPT] = HR_STR_INIT("text/javascript; charset=utf-8"),
	[STYLE] = HR_STR_INIT("text/css; charset=utf-8"),
};

#define DECLARE(symbol, name, kind)                                                                \
	extern const unsigned char hr_film_page_##symbol[];                                        \
	extern const size_t hr_film_page_##symbol##_len;
FILES(DECLARE)

static const struct file {
	hr_str name;
	enum kind kind;
	const unsigned char *bytes; /* gzip: as `gzip -n` writes it, a head of ten bytes */
	const size_t *len;
} files[] = {
#define ROW(symbol, name, kind)                                                                    \
	{ HR_STR_INIT(name), kind, hr_film_page_##symbol, &hr_film_page_##symbol##_len },
	FILES(ROW)
};

enum { GZIP_HEAD = 10, GZIP_TAIL = 8, PLAIN_MAX = 1 << 20 };

static const struct file *find_file(hr_str name)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (hr_str_equal(files[i].name, name))
			return &files[i];
	return NULL;
}

/*
 * No inline script or style, nothing of another origin. blob: for pictures that
 * came as bytes. The secret of a link stands in the fragment, which no referrer
 * has; none is sent all the same.
 */
static void add_headers(hr_http_response *out)
{
	static const hr_http_field fields[] = {
		{ HR_STR_INIT("Content-Security-Policy"),
		  HR_STR_INIT("default-src 'none'; script-src 'self'; style-src 'self'; "
			      "img-src 'self' blob:; connect-src 'self'; form-action 'none'; "
			      "base-uri 'none'; frame-ancestors 'none'") },
		{ HR_STR_INIT("Referrer-Policy"), HR_STR_INIT("no-referrer") },
		{ HR_STR_INIT("Cross-Origin-Opener-Policy"), HR_STR_INIT("same-origin") },
		{ HR_STR_INIT("Cross-Origin-Resource-Policy"), HR_STR_INIT("same-origin") },
		{ HR_STR_INIT("Permissions-Policy"),
		  HR_STR_INIT("camera=(), geolocation=(), microphone=()") },
		{ HR_STR_INIT("Vary"), HR_STR_INIT("Accept-Encoding") },
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		hr_http_add_field(out, fields[i].name, fields[i].value);
}

static bool set_body(const hr_http_request *request, hr_str packed, hr_http_response *out,
		     hr_error *err)
{
	bool whole;

	if (hr_http_takes_gzip(request)) {
		out->body = packed;
		hr_http_add_field(out, HR_STR("Content-Encoding"), HR_STR("gzip"));
		return true;
	}
	return hr_inflate(hr_str_slice(packed, GZIP_HEAD, packed.len - GZIP_TAIL), PLAIN_MAX,
			  request->arena, &out->body, &whole, err);
}

/* Of the bytes that are sent: gzip's and the plain ones are not the same (RFC 9110 8.8.3.3). */
static bool select_part(const hr_http_request *request, hr_http_response *out, hr_error *err)
{
	hr_sha256_run *run = hr_sha256_begin(err);
	bool ok = run && hr_sha256_add(run, out->body, err);
	hr_str etag;

	if (!ok && run)
		hr_sha256_end(run, NULL, err);
	return ok && hr_dicomweb_etag(run, request->arena, &etag, err) &&
	       hr_http_select(request, etag, out, err);
}

static bool answer(const hr_http_request *request, const struct file *file, hr_http_response *out,
		   hr_error *err)
{
	const hr_str packed = { (const char *)file->bytes, *file->len };

	out->type = types[file->kind];
	add_headers(out);
	if (!set_body(request, packed, out, err))
		return false;
	if (file->kind == SHELL)
		return true;
	/* Asked after each time, so that no script of yesterday meets one of today. */
	hr_http_add_field(out, HR_STR("Cache-Control"), HR_STR("no-cache"));
	return select_part(request, out, err);
}

/* "/film", "/my", "/open": never stored. */
bool hr_answer_film_shell(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	const hr_str path = call->request->path;

	(void)app;
	return answer(call->request, find_file(hr_str_slice(path, 1, path.len)), out, err);
}

bool hr_answer_film_file(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	const struct file *file = find_file(call->params[0]);

	(void)app;
	if (!file || file->kind == SHELL)
		return hr_fail(err, HR_E_NOT_FOUND, "there is no such file of the film pages");
	return answer(call->request, file, out, err);
}
