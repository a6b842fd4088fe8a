/*
 * QIDO-RS: what films there are (PS3.18 10.6); and their metadata (10.4.1.1.2).
 * Both were made ready when the objects came.
 */
#include "dicom/metadata.h"
#include "service/accept.h"
#include "service/dicomweb.h"
#include "service/http_gzip.h"
#include "service/http_select.h"

enum { ANSWER_BYTES_MAX = 256 << 20 };

static const hr_offer answers[] = {
	{ .type = HR_STR_INIT("application/dicom+json") },
	{ .type = HR_STR_INIT("application/json") },
};
enum { ANSWERS = sizeof(answers) / sizeof(answers[0]) };

static bool choose_type(const hr_call *call, hr_http_response *out, hr_error *err)
{
	size_t chosen = hr_accept_choose(call->request, answers, ANSWERS);

	if (chosen == ANSWERS)
		return hr_accept_fail(answers, ANSWERS, err);
	out->type = answers[chosen].type;
	return true;
}

/* --- search --- */

/* Without `accept`, which is no attribute. */
static bool take_fields(const hr_dicomweb *w, hr_film_field **out, size_t *count, hr_error *err)
{
	const hr_http_request *request = w->call->request;
	hr_film_field *fields = HR_NEW_N(w->arena, hr_film_field, request->query_count + 1);
	size_t n = 0;

	if (!fields)
		return hr_fail_memory(err);
	for (size_t i = 0; i < request->query_count; i++)
		if (!hr_str_equal(request->query[i].name, HR_STR("accept")))
			fields[n++] =
				(hr_film_field){ request->query[i].name, request->query[i].value };
	*out = fields;
	*count = n;
	return true;
}

static void warn(const hr_film_query *query, const hr_film_page *page, hr_http_response *out)
{
	if (query->fields_ignored)
		HR_DICOMWEB_WARN(out, "some of the attributes are not searched and were ignored");
	if (query->limit_cut && page->more)
		HR_DICOMWEB_WARN(out, "there are more results than the maximum number of results "
				      "of one request; ask on with offset");
}

/* Without a wildcard the index finds by these: a few at once, or one after the other in order. */
static const struct {
	hr_str keyword;
	hr_str tag;
	bool names_a_few;
} cheap[] = {
	{ HR_STR_INIT("StudyInstanceUID"), HR_STR_INIT("0020000D"), true },
	{ HR_STR_INIT("SeriesInstanceUID"), HR_STR_INIT("0020000E"), true },
	{ HR_STR_INIT("SOPInstanceUID"), HR_STR_INIT("00080018"), true },
	{ HR_STR_INIT("PatientID"), HR_STR_INIT("00100020"), true },
	{ HR_STR_INIT("AccessionNumber"), HR_STR_INIT("00080050"), true },
	{ HR_STR_INIT("StudyDate"), HR_STR_INIT("00080020"), false },
	{ HR_STR_INIT("ModalitiesInStudy"), HR_STR_INIT("00080061"), false },
	{ HR_STR_INIT("includefield"), HR_STR_INIT("includefield"), false },
	{ HR_STR_INIT("fuzzymatching"), HR_STR_INIT("fuzzymatching"), false },
	{ HR_STR_INIT("limit"), HR_STR_INIT("limit"), false },
	{ HR_STR_INIT("accept"), HR_STR_INIT("accept"), false },
};
enum { CHEAP = sizeof(cheap) / sizeof(cheap[0]) };

static size_t find_cheap(hr_str name)
{
	size_t i = 0;

	while (i < CHEAP && !hr_str_equal(cheap[i].keyword, name) &&
	       !hr_str_equal_nocase(cheap[i].tag, name))
		i++;
	return i;
}

static bool has_wildcard(hr_str value)
{
	return hr_str_find(value, HR_STR("*")) < value.len ||
	       hr_str_find(value, HR_STR("?")) < value.len;
}

/* Pages of studies are counted off by days, those of series and instances one by one. */
static bool may_be_slow(const hr_http_request *request)
{
	const bool of_studies = hr_str_ends_with(request->path, HR_STR("/studies"));
	bool slow = false;

	for (size_t i = 0; i < request->query_count; i++) {
		const hr_http_field *field = &request->query[i];
		const size_t k = find_cheap(field->name);

		const bool wild = has_wildcard(field->value);

		if (k < CHEAP && cheap[k].names_a_few && field->value.len && !wild)
			return false;
		slow |= (k == CHEAP || wild) &&
			!(of_studies && hr_str_equal(field->name, HR_STR("offset")));
	}
	return slow;
}

/*
 * A search that looks at a hundred thousand studies takes a second, which the
 * other connections of its thread would wait. To hand it to another thread
 * costs what a short one takes; so the short ones stay.
 */
bool hr_begin_dicomweb_find(hr_app *app, hr_call *call, hr_http_request *request, hr_error *err)
{
	(void)app;
	(void)err;
	request->waits = !call->params[0].len && may_be_slow(request);
	return true;
}

static bool search(hr_app *app, const hr_call *call, hr_film_level level, hr_http_response *out,
		   hr_error *err)
{
	hr_film_query *query = HR_NEW(call->request->arena, hr_film_query);
	hr_film_page page = { .count = 0 };
	hr_film_field *fields = NULL;
	hr_dicomweb w;
	size_t count = 0;
	hr_buf buf;

	if (!query)
		return hr_fail_memory(err);
	if (!choose_type(call, out, err) || !hr_dicomweb_init(app, call, &w, err) ||
	    !take_fields(&w, &fields, &count, err) ||
	    !hr_film_query_read(level, fields, count, w.arena, query, err))
		return false;
	query->study_uid = w.study;
	query->series_uid = w.series;
	hr_buf_init(&buf, w.arena, ANSWER_BYTES_MAX);
	if (!hr_film_search(w.films->store, query, w.scope, w.base, &buf, &page, err))
		return false;
	warn(query, &page, out);
	return hr_answer_set_body(out, out->type, &buf, err) &&
	       hr_http_gzip(call->request, out, err);
}

bool hr_answer_dicomweb_studies(hr_app *app, const hr_call *call, hr_http_response *out,
				hr_error *err)
{
	return search(app, call, HR_FILM_STUDY, out, err);
}

bool hr_answer_dicomweb_series(hr_app *app, const hr_call *call, hr_http_response *out,
			       hr_error *err)
{
	return search(app, call, HR_FILM_SERIES, out, err);
}

bool hr_answer_dicomweb_instances(hr_app *app, const hr_call *call, hr_http_response *out,
				  hr_error *err)
{
	return search(app, call, HR_FILM_INSTANCE, out, err);
}

/* --- metadata --- */

/* The objects that it is of, the address that stands in it, its coding. */
static bool metadata_etag(const hr_dicomweb *w, const hr_film_instance *instances, size_t count,
			  bool gzip, hr_str *out, hr_error *err)
{
	hr_sha256_run *run = hr_sha256_begin(err);
	bool ok = run && hr_sha256_add(run, gzip ? HR_STR("gzip") : HR_STR("text"), err) &&
		  hr_sha256_add(run, w->base, err);

	for (size_t i = 0; ok && i < count; i++)
		ok = hr_sha256_add(
			run,
			(hr_str){ (const char *)instances[i].object.digest.bytes, HR_SHA256_BYTES },
			err);
	if (!ok && run)
		hr_sha256_end(run, NULL, err);
	return ok && hr_dicomweb_etag(run, w->arena, out, err);
}

static bool join(const hr_dicomweb *w, const hr_film_instance *instances, size_t count, bool gzip,
		 hr_http_response *out, hr_error *err)
{
	hr_str *metadata = HR_NEW_N(w->arena, hr_str, count);
	hr_buf buf;

	if (!metadata)
		return hr_fail_memory(err);
	for (size_t i = 0; i < count; i++)
		metadata[i] = instances[i].metadata;
	hr_buf_init(&buf, w->arena, ANSWER_BYTES_MAX);
	return hr_metadata_join(metadata, count, w->base, gzip, &buf, err) &&
	       hr_answer_set_body(out, out->type, &buf, err);
}

/* The index has what is here; what is not may have to be fetched first. */
bool hr_begin_dicomweb_metadata(hr_app *app, hr_call *call, hr_http_request *request, hr_error *err)
{
	(void)call;
	(void)err;
	request->waits = app->films && app->films->options.origins.count > 0;
	return true;
}

bool hr_answer_dicomweb_metadata(hr_app *app, const hr_call *call, hr_http_response *out,
				 hr_error *err)
{
	const bool gzip = hr_http_takes_gzip(call->request);
	hr_film_instance *instances;
	hr_dicomweb w;
	size_t count;
	hr_str etag;

	if (!choose_type(call, out, err) || !hr_dicomweb_init(app, call, &w, err) ||
	    !hr_dicomweb_instances(&w, HR_FILM_WITH_METADATA, &instances, &count, err) ||
	    !hr_dicomweb_bring(&w, instances, count, HR_FILM_WITH_METADATA, err) ||
	    !metadata_etag(&w, instances, count, gzip, &etag, err) ||
	    !join(&w, instances, count, gzip, out, err))
		return false;
	if (gzip)
		hr_http_add_field(out, HR_STR("Content-Encoding"), HR_STR("gzip"));
	hr_dicomweb_keep_and_ask(out);
	return hr_http_select(call->request, etag, out, err);
}
