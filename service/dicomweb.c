#include "service/dicomweb.h"

#include "dicom/prescan.h"
#include "service/film_fetch.h"
#include "service/forwarded.h"

#include <unistd.h>

static const hr_str root = HR_STR_INIT("/dicom-web");

bool hr_dicomweb_is_path(hr_str path)
{
	return hr_str_starts_with(path, root) &&
	       (path.len == root.len || path.data[root.len] == '/');
}

/* --- who may read an answer --- */

/* Never "*": a token goes with the request (Fetch, 3.3.5). */
static bool is_allowed(hr_str origins, hr_str origin)
{
	hr_str word;

	for (word = hr_str_next_word(&origins); word.len; word = hr_str_next_word(&origins))
		if (hr_str_equal_nocase(word, origin))
			return true;
	return false;
}

void hr_dicomweb_add_headers(const hr_app *app, const hr_http_request *request,
			     hr_http_response *out)
{
	const hr_str origins = app->options.cors_origins;
	const hr_str origin = hr_http_header(request, HR_STR("Origin"));

	if (!origins.len) {
		hr_http_add_field(out, HR_STR("Cross-Origin-Resource-Policy"),
				  HR_STR("same-origin"));
		hr_http_add_field(out, HR_STR("Vary"), HR_STR("Accept, Accept-Encoding"));
		return;
	}
	hr_http_add_field(out, HR_STR("Cross-Origin-Resource-Policy"), HR_STR("cross-origin"));
	hr_http_add_field(out, HR_STR("Vary"), HR_STR("Origin, Accept, Accept-Encoding"));
	if (!origin.len || !is_allowed(origins, origin))
		return;
	hr_http_add_field(out, HR_STR("Access-Control-Allow-Origin"), origin);
	hr_http_add_field(out, HR_STR("Access-Control-Expose-Headers"),
			  HR_STR("Content-Type, Content-Location, Content-Range, ETag, Warning, "
				 "Retry-After"));
}

bool hr_answer_dicomweb_options(hr_app *app, const hr_call *call, hr_http_response *out,
				hr_error *err)
{
	(void)err;
	out->status = 204;
	hr_http_add_field(out, HR_STR("Allow"), HR_STR("GET, HEAD, POST, OPTIONS"));
	if (!is_allowed(app->options.cors_origins, hr_http_header(call->request, HR_STR("Origin"))))
		return true;
	hr_http_add_field(out, HR_STR("Access-Control-Allow-Methods"),
			  HR_STR("GET, HEAD, POST, OPTIONS"));
	hr_http_add_field(
		out, HR_STR("Access-Control-Allow-Headers"),
		HR_STR("Authorization, Content-Type, Accept, Range, If-None-Match, If-Range"));
	hr_http_add_field(out, HR_STR("Access-Control-Max-Age"), HR_STR("86400"));
	return true;
}

/* --- a call --- */

bool hr_dicomweb_is_uid(hr_str uid)
{
	for (size_t i = 0; i < uid.len; i++)
		if (uid.data[i] != '.' && (uid.data[i] < '0' || uid.data[i] > '9'))
			return false;
	return uid.len >= 1 && uid.len <= HR_DICOM_UID_MAX;
}

static bool take_uid(hr_str uid, hr_str *out, hr_error *err)
{
	*out = uid;
	return !uid.len || hr_dicomweb_is_uid(uid) ||
	       hr_fail(err, HR_E_USAGE, "a UID of the path has other than 1 to 64 digits and dots");
}

static bool make_base(hr_dicomweb *w, hr_error *err)
{
	hr_str origin;
	hr_buf buf;

	if (!hr_forwarded_origin(w->call->request, &origin, err))
		return false;
	hr_buf_init(&buf, w->arena, 512);
	hr_buf_add(&buf, origin);
	hr_buf_add(&buf, root);
	if (buf.failed)
		return hr_fail_memory(err);
	w->base = hr_buf_str(&buf);
	return true;
}

bool hr_dicomweb_init(hr_app *app, const hr_call *call, hr_dicomweb *out, hr_error *err)
{
	hr_dicomweb w = {
		.app = app,
		.call = call,
		.films = app->films,
		.scope = call->session ? &call->session->scope : NULL,
		.arena = call->request->arena,
		.last = call->params[3],
	};

	if (!hr_app_has_films(app, err) || !take_uid(call->params[0], &w.study, err) ||
	    !take_uid(call->params[1], &w.series, err) ||
	    !take_uid(call->params[2], &w.instance, err) || !make_base(&w, err))
		return false;
	*out = w;
	return true;
}

bool hr_dicomweb_instances(const hr_dicomweb *w, unsigned with, hr_film_instance **out,
			   size_t *count, hr_error *err)
{
	return hr_film_instances(w->films->store, w->study, w->series, w->instance, w->scope, with,
				 w->arena, out, count, err);
}

/* Two services that point to each other would ask for ever. */
static bool check_agent(const hr_dicomweb *w, const hr_film_instance *instances, size_t count,
			hr_error *err)
{
	if (!hr_str_equal(hr_http_header(w->call->request, HR_STR("User-Agent")),
			  HR_FILM_FETCH_AGENT))
		return true;
	for (size_t i = 0; i < count; i++)
		if (instances[i].availability != HR_FILM_ONLINE)
			return hr_fail(err, HR_E_NOT_FOUND,
				       "the film is kept elsewhere; another service is not led on");
	return true;
}

bool hr_dicomweb_bring(const hr_dicomweb *w, hr_film_instance *instances, size_t count,
		       unsigned with, hr_error *err)
{
	return check_agent(w, instances, count, err) &&
	       hr_film_fetch(w->films->fetcher, instances, count, with, w->arena, err);
}

void hr_dicomweb_keep_for_ever(hr_http_response *out)
{
	hr_http_add_field(out, HR_STR("Cache-Control"),
			  HR_STR("private, max-age=31536000, immutable"));
}

void hr_dicomweb_keep_and_ask(hr_http_response *out)
{
	hr_http_add_field(out, HR_STR("Cache-Control"), HR_STR("private, no-cache"));
}

bool hr_dicomweb_etag(hr_sha256_run *run, hr_arena *arena, hr_str *out, hr_error *err)
{
	char text[HR_SHA256_TEXT];
	hr_digest digest;
	hr_buf buf;

	if (!hr_sha256_end(run, &digest, err))
		return false;
	hr_digest_format(&digest, text);
	hr_buf_init(&buf, arena, 40);
	hr_buf_addf(&buf, "\"%.32s\"", text);
	if (buf.failed)
		return hr_fail_memory(err);
	*out = hr_buf_str(&buf);
	return true;
}

/* --- files --- */

struct files {
	hr_films *films;
	const hr_film_instance *instances;
};

static bool open_file(void *subject, uint32_t file, int *fd, hr_error *err)
{
	const struct files *files = subject;

	return hr_films_open_instance(files->films, &files->instances[file], fd, err);
}

bool hr_dicomweb_set_files(const hr_dicomweb *w, const hr_film_instance *instances,
			   hr_http_response *out, hr_error *err)
{
	struct files *files = HR_NEW(w->arena, struct files);

	if (!files)
		return hr_fail_memory(err);
	*files = (struct files){ w->films, instances };
	out->files = (hr_http_files){ open_file, files };
	return true;
}

static void close_file(void *resource)
{
	close((int)(intptr_t)resource);
}

bool hr_dicomweb_open(const hr_dicomweb *w, const hr_film_instance *instance, int *fd,
		      hr_error *err)
{
	union {
		intptr_t number;
		void *pointer;
	} resource;
	int file;

	if (!hr_films_open_instance(w->films, instance, &file, err))
		return false;
	resource.number = file;
	if (!hr_arena_on_reset(w->arena, close_file, resource.pointer, err))
		return false;
	*fd = file;
	return true;
}

static bool is_fault_of_object(hr_error_code code)
{
	return code == HR_E_SYNTAX || code == HR_E_UNSUPPORTED || code == HR_E_INCOMPLETE ||
	       code == HR_E_LIMIT || code == HR_E_ENCODING;
}

bool hr_dicomweb_work(const hr_dicomweb *w, const hr_film_instance *instance, hr_work work,
		      hr_str args, hr_str *out, hr_error *err)
{
	bool ok;
	int fd;

	/* Closed at once: one request may want a thousand pieces of work. */
	if (!hr_films_open_instance(w->films, instance, &fd, err))
		return false;
	ok = hr_workers_run(w->films->workers, work, fd, args, w->arena, out, err);
	close(fd);
	if (ok)
		return hr_http_hold_answer(w->call->request, err);
	if (is_fault_of_object(err->code))
		err->code = HR_E_NOT_ACCEPTABLE;
	return false;
}

enum { NUMBERS_MAX = 10000, NUMBER_DIGITS = 9 };

static bool read_number(hr_str text, uint32_t *out)
{
	uint32_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		n = n * 10 + (uint32_t)(text.data[i] - '0');
	}
	*out = n;
	return text.len && text.len <= NUMBER_DIGITS && n > 0;
}

bool hr_dicomweb_numbers(const hr_dicomweb *w, hr_str list, uint32_t **out, size_t *count,
			 hr_error *err)
{
	size_t room = 1;
	uint32_t *numbers;
	size_t n = 0;

	for (size_t i = 0; i < list.len; i++)
		room += list.data[i] == ',';
	if (room > NUMBERS_MAX)
		return hr_fail(err, HR_E_USAGE, "more than %d frames are asked for", NUMBERS_MAX);
	numbers = HR_NEW_N(w->arena, uint32_t, room);
	if (!numbers)
		return hr_fail_memory(err);
	while (n < room) {
		size_t end = hr_str_find(list, HR_STR(","));

		if (!read_number(hr_str_slice(list, 0, end), &numbers[n++]))
			return hr_fail(err, HR_E_USAGE,
				       "frames are numbers from 1, parted by commas");
		list = hr_str_slice(list, end + 1, list.len);
	}
	*out = numbers;
	*count = n;
	return true;
}
