#include "service/film_publish.h"

#include "dicom/manifest_facts.h"
#include "service/film_links.h"

enum { ARENA_BYTES = 512 << 20, MANIFESTS_BYTES = 1 << 20 };

struct batch {
	hr_films *films;
	const hr_film_publish_options *options;
	hr_arena *arena;
	hr_film_publication list[HR_PUBLISH_ROWS_MAX];
	size_t told_as[HR_PUBLISH_ROWS_MAX]; /* whose answer each waits for */
	size_t count;
	size_t manifest_bytes; /* of all that were read: a tree of each stays in the arena */
};

hr_str hr_publish_word(hr_publish_is is)
{
	static const hr_str words[HR_PUBLISH_RESULTS] = {
		[HR_PUBLISH_NEW] = HR_STR_INIT("new"),
		[HR_PUBLISH_CHANGED] = HR_STR_INIT("changed"),
		[HR_PUBLISH_HAD] = HR_STR_INIT("had"),
		[HR_PUBLISH_REFUSED] = HR_STR_INIT("refused"),
	};

	return words[is];
}

/* --- a row to what the index takes --- */

static void refuse(hr_publish_row *told, hr_link_problem_kind kind, const char *column)
{
	told->is = HR_PUBLISH_REFUSED;
	told->problem = (hr_link_problem){ kind, hr_str_of(column) };
}

/* False: refused, or memory is short. */
static bool find_address(const struct batch *b, const hr_link_row *row, hr_film_publication *out,
			 hr_publish_row *told)
{
	hr_retrieve_url url;
	hr_buf address;
	hr_error why;

	out->availability = row->retrieve_url.len ? HR_FILM_UNAVAILABLE : HR_FILM_OFFLINE;
	if (row->retrieve_url.len == 0)
		return true;
	hr_buf_init(&address, b->arena, HR_RETRIEVE_URL_MAX + 1);
	if (!hr_retrieve_url_study(row->retrieve_url, row->study_uid, &address, &why) ||
	    address.failed) {
		refuse(told, HR_LINK_URL, "retrieve_url");
		return false;
	}
	if (!hr_retrieve_url_check(hr_buf_str(&address), b->films->options.origins, &url, &why)) {
		refuse(told, why.code == HR_E_FORBIDDEN ? HR_LINK_ORIGIN : HR_LINK_URL,
		       "retrieve_url");
		return false;
	}
	if (row->is_offline)
		return true;
	out->availability = HR_FILM_NEARLINE;
	out->address = hr_buf_str(&address);
	return true;
}

static bool make_facts(const struct batch *b, const hr_link_row *row, hr_film_facts **out,
		       hr_error *err)
{
	const hr_manifest study = {
		.patient = { row->patient_id, { .local = row->issuer } },
		.patient_name = row->name,
		.patient_birth_date = row->birth_date,
		.patient_sex = row->sex,
		.institution = row->institution_name,
		.study_uid = row->study_uid,
		.accession = { .value = row->accession_number },
		.study_date = row->study_date,
		.study_time = row->study_time,
		.study_description = row->description,
	};
	hr_film_facts *facts = HR_NEW(b->arena, hr_film_facts);

	if (!facts)
		return hr_fail_memory(err);
	*out = facts;
	return hr_manifest_study_facts(&study, b->arena, facts, err);
}

static bool has_issuer(const struct batch *b, const hr_link_row *row)
{
	return row->issuer.len || row->institution.len || b->options->source.institution.len;
}

static bool add_study(struct batch *b, const hr_link_row *row, hr_film_publication *out,
		      hr_publish_row *told, hr_error *err)
{
	hr_film_facts *facts = NULL;

	if (!has_issuer(b, row)) {
		refuse(told, HR_LINK_MISSING, "institution");
		return true;
	}
	if (!find_address(b, row, out, told))
		return told->is == HR_PUBLISH_REFUSED || hr_fail_memory(err);
	if (!make_facts(b, row, &facts, err))
		return false;
	out->facts = facts;
	out->institution = row->institution;
	out->modalities = row->modalities;
	out->releases = row->releases;
	out->overrides = b->options->overrides;
	return true;
}

/* --- a manifest --- */

static bool is_fault_of_store(hr_error_code code)
{
	return hr_error_http(code) >= 500;
}

static bool add_manifest(struct batch *b, const hr_link_row *row, hr_publish_row *told,
			 hr_error *err)
{
	hr_films_linked linked = { .instances = 0 };

	b->manifest_bytes += row->manifest.len;
	if (hr_film_link_text(b->films, row->manifest, &b->options->source, b->arena, &linked,
			      err)) {
		told->is = linked.fresh ? HR_PUBLISH_NEW : HR_PUBLISH_HAD;
		if (linked.refused)
			refuse(told, HR_LINK_ORIGIN, "");
		return true;
	}
	if (is_fault_of_store(err->code))
		return false;
	refuse(told, err->code == HR_E_CONFLICT ? HR_LINK_PATIENT : HR_LINK_MANIFEST, "");
	return true;
}

/* --- some hundred --- */

static bool add_row(struct batch *b, hr_link_rows *rows, size_t at, hr_publish_row *told,
		    hr_error *err)
{
	hr_film_publication *next = &b->list[b->count];
	hr_link_row *row = HR_NEW(b->arena, hr_link_row);

	if (!row)
		return hr_fail_memory(err);
	told->is = HR_PUBLISH_HAD;
	if (!hr_link_rows_get(rows, told->row, b->arena, row, &told->problem)) {
		told->is = HR_PUBLISH_REFUSED;
		return told->problem.kind != HR_LINK_PROBLEM_KINDS || hr_fail_memory(err);
	}
	if (row->manifest.len)
		return add_manifest(b, row, told, err);
	*next = (hr_film_publication){ .index = row->has_index ? &row->index : NULL };
	if (row->has_study && !add_study(b, row, next, told, err))
		return false;
	if (told->is != HR_PUBLISH_REFUSED)
		b->told_as[b->count++] = at;
	return true;
}

static void note_result(hr_film_published result, hr_publish_row *told)
{
	static const struct {
		hr_publish_is is;
		hr_link_problem_kind problem;
		const char *column;
	} means[] = {
		[HR_FILM_PUBLISHED_NEW] = { .is = HR_PUBLISH_NEW },
		[HR_FILM_PUBLISHED_CHANGED] = { .is = HR_PUBLISH_CHANGED },
		[HR_FILM_PUBLISHED_HAD] = { .is = HR_PUBLISH_HAD },
		[HR_FILM_OF_OTHER_PATIENT] = { HR_PUBLISH_REFUSED, HR_LINK_PATIENT, "patient_id" },
		[HR_FILM_OF_OTHER_PUBLISHER] = { HR_PUBLISH_REFUSED, HR_LINK_PUBLISHER,
						 "study_instance_uid" },
		[HR_FILM_TOLD_OTHERWISE] = { HR_PUBLISH_REFUSED, HR_LINK_OTHERWISE,
					     "study_instance_uid" },
		[HR_FILM_IS_WITHDRAWN] = { HR_PUBLISH_REFUSED, HR_LINK_WITHDRAWN, "state" },
	};

	if (means[result].is == HR_PUBLISH_REFUSED)
		refuse(told, means[result].problem, means[result].column);
	else
		told->is = means[result].is;
}

static bool flush(struct batch *b, hr_publish_row *told, hr_error *err)
{
	hr_film_published results[HR_PUBLISH_ROWS_MAX];

	if (b->count == 0)
		return true;
	if (!hr_film_publish(b->films->store, b->films->node, &b->options->source, b->list,
			     b->count, results, err))
		return false;
	for (size_t i = 0; i < b->count; i++)
		note_result(results[i], &told[b->told_as[i]]);
	return true;
}

bool hr_film_publish_rows(hr_films *films, hr_link_rows *rows, size_t from,
			  const hr_film_publish_options *options,
			  hr_publish_row told[HR_PUBLISH_ROWS_MAX], size_t *count, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA_BYTES);
	struct batch *b = arena ? HR_NEW(arena, struct batch) : NULL;
	size_t n = hr_link_rows_count(rows) - from;
	size_t read = 0;

	if (!b)
		return hr_fail_memory(err);
	*b = (struct batch){ .films = films, .options = options, .arena = arena };
	n = n < HR_PUBLISH_ROWS_MAX ? n : HR_PUBLISH_ROWS_MAX;
	for (size_t i = 0; i < n && b->manifest_bytes < MANIFESTS_BYTES; i++) {
		told[i] = (hr_publish_row){ .row = from + i };
		if (!add_row(b, rows, i, &told[i], err))
			return false;
		read++;
	}
	if (!flush(b, told, err))
		return false;
	*count = read;
	return true;
}

/* --- told --- */

void hr_publish_format_row(const hr_publish_row *told, uint32_t number, bool english, hr_buf *out)
{
	hr_json_writer w;

	hr_json_writer_init(&w, out, false);
	hr_json_open_object(&w);
	hr_json_name(&w, HR_STR("row"));
	hr_json_int(&w, number);
	hr_json_member(&w, HR_STR("result"), hr_publish_word(told->is));
	if (told->is == HR_PUBLISH_REFUSED) {
		hr_json_member(&w, HR_STR("column"), told->problem.column);
		hr_json_member(&w, HR_STR("problem"), hr_link_problem_word(told->problem.kind));
		hr_json_member(&w, HR_STR("message"),
			       hr_link_problem_text(told->problem.kind, english));
	}
	hr_json_close_object(&w);
}

bool hr_publish_read_row(const hr_json *json, hr_publish_row *out, hr_error *err)
{
	hr_str result = hr_json_text(hr_json_get(json, HR_STR("result")));
	hr_str problem = hr_json_text(hr_json_get(json, HR_STR("problem")));
	hr_publish_row told = { .is = HR_PUBLISH_RESULTS };

	for (int i = 0; i < HR_PUBLISH_RESULTS; i++)
		if (hr_str_equal(result, hr_publish_word((hr_publish_is)i)))
			told.is = (hr_publish_is)i;
	told.problem.column = hr_json_text(hr_json_get(json, HR_STR("column")));
	told.problem.kind = hr_link_problem_of(problem);
	if (told.is == HR_PUBLISH_RESULTS ||
	    (told.is == HR_PUBLISH_REFUSED && told.problem.kind == HR_LINK_PROBLEM_KINDS))
		return hr_fail(err, HR_E_USAGE,
			       "the service answers in words that are not known: is this huren as "
			       "new?");
	*out = told;
	return true;
}
