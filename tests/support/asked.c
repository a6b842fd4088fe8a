#include "asked.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void publish_sample(hr_test_repo *repo)
{
	hr_publication publication = hr_test_publication(NULL, 1);
	hr_fileset files;

	HR_ASSERT_OK(hr_fileset_read("catalog/sample", HR_STR(".xml"), &hr_fileset_catalogue_limits,
				     repo->arena, &files, &repo->err),
		     repo->err);
	publication.files = &files;
	HR_ASSERT_OK(hr_registry_publish(repo->registry, &publication, repo->arena, &repo->issues,
					 &repo->version, &repo->err),
		     repo->err);
}

void hr_asked_open(hr_asked *f, const char *local)
{
	hr_app_options options = { .local = local, .log = { .level = HR_LOG_INFO } };

	*f = (hr_asked){ .arena = hr_test_arena() };
	hr_test_repo_open(&f->repo);
	publish_sample(&f->repo);
	f->log = memfd_create("log", 0);
	options.log.fd = f->log;
	options.registry = f->repo.path;
	HR_ASSERT_OK(hr_app_open(&options, &f->app, &f->repo.err), f->repo.err);
	f->handler = hr_routes_handler(f->app);
}

void hr_asked_close(hr_asked *f)
{
	hr_arena_close(f->arena);
	hr_app_close(f->app);
	hr_test_repo_close(&f->repo);
	close(f->log);
}

void hr_asked_start(hr_asked *f, hr_http_method method, const char *path)
{
	f->request = (hr_http_request){
		.method = method,
		.path = hr_str_of(path),
		.query = f->query,
		.headers = f->headers,
		.client = HR_STR("127.0.0.1"),
		.id = HR_STR("0123456789abcdef"),
		.arena = f->arena,
		.kept = f->arena,
	};
}

void hr_asked_add_header(hr_asked *f, const char *name, const char *value)
{
	f->headers[f->request.header_count++] =
		(hr_http_field){ hr_str_of(name), hr_str_of(value) };
}

void hr_asked_add_query(hr_asked *f, const char *name, const char *value)
{
	f->query[f->request.query_count++] = (hr_http_field){ hr_str_of(name), hr_str_of(value) };
}

void hr_asked_set_body(hr_asked *f, hr_str body)
{
	f->request.body = body;
	f->request.body_len = body.len;
}

/* A sink says how much it takes at once; no test sends what it refuses. */
static void pour(const hr_http_sink *sink, hr_str body)
{
	hr_error err;

	while (body.len) {
		size_t taken = 0;
		hr_http_taken how = sink->take(sink->subject, body, &taken, &err);

		if (how == HR_HTTP_TAKES_NO_MORE)
			abort();
		body = hr_str_slice(body, taken, body.len);
		if (how == HR_HTTP_PAUSE)
			sink->work(sink->subject);
	}
}

int hr_asked_run(hr_asked *f)
{
	hr_str body = f->request.body;
	size_t body_max;

	f->request.body = HR_STR_NONE;
	if (f->handler.admit(f->handler.app, &f->request, &body_max, &f->response)) {
		if (f->request.sink.take)
			pour(&f->request.sink, body);
		else
			f->request.body = body;
		f->handler.answer(f->handler.app, &f->request, &f->response);
	}
	return f->response.status;
}

int hr_asked_get(hr_asked *f, const char *path)
{
	hr_asked_start(f, HR_HTTP_GET, path);
	return hr_asked_run(f);
}

hr_str hr_asked_field(const hr_asked *f, const char *name)
{
	for (size_t i = 0; i < f->response.field_count; i++)
		if (hr_str_equal(f->response.fields[i].name, hr_str_of(name)))
			return f->response.fields[i].value;
	return HR_STR_NONE;
}

bool hr_asked_says(const hr_asked *f, const char *words)
{
	return hr_str_find(f->response.body, hr_str_of(words)) < f->response.body.len;
}
