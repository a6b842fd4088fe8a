#include "service/film_links.h"

#include "dicom/film_link_book.h"
#include "dicom/image_index.h"
#include "dicom/manifest_facts.h"
#include "dicom/manifest_packed.h"
#include "recognition/fhir_xml.h"
#include "recognition/manifest_fhir.h"

#include <unistd.h>

enum { ARENA_BYTES = 512 << 20, INDEXES_MAX = 100000 };

static const hr_str kos = HR_STR_INIT("1.2.840.10008.5.1.4.1.1.88.59");

/* --- a manifest --- */

/* The address of a series, where it is one to fetch from. */
static bool judge_address(const hr_films *films, const hr_manifest *m,
			  const hr_manifest_series *series, hr_arena *arena, hr_film_link *link,
			  hr_error *err)
{
	hr_retrieve_url url;
	hr_error why;
	hr_buf address;

	link->availability = HR_FILM_OFFLINE;
	if (series->retrieve_url.len == 0)
		return true;
	hr_buf_init(&address, arena, HR_RETRIEVE_URL_MAX + 1);
	link->availability = HR_FILM_UNAVAILABLE;
	if (!hr_retrieve_url_series(series->retrieve_url, m->study_uid, series->uid, HR_STR_NONE,
				    &address, &why) ||
	    !hr_retrieve_url_check(hr_buf_str(&address), films->options.origins, &url, &why))
		return why.code != HR_E_MEMORY || hr_fail_memory(err);
	link->availability = HR_FILM_NEARLINE;
	link->address = hr_buf_str(&address);
	return true;
}

static bool make_link(const hr_films *films, const hr_manifest *m, const hr_manifest_series *series,
		      hr_arena *arena, hr_film_link *link, hr_error *err)
{
	hr_film_facts *facts = NULL;

	if (!hr_manifest_facts(m, series, arena, &facts, err))
		return false;
	*link = (hr_film_link){ .facts = facts, .count = series->instance_count };
	return judge_address(films, m, series, arena, link, err);
}

static bool link_manifest(hr_films *films, const hr_manifest *m, const hr_film_source *source,
			  hr_arena *arena, hr_films_linked *out, hr_error *err)
{
	hr_film_link *links = HR_NEW_N(arena, hr_film_link, m->series_count);
	hr_films_linked told = { .instances = m->instance_count };
	hr_film_linked linked;

	if (!links)
		return hr_fail_memory(err);
	for (uint32_t i = 0; i < m->series_count; i++) {
		if (!make_link(films, m, &m->series[i], arena, &links[i], err))
			return false;
		told.refused += links[i].availability == HR_FILM_UNAVAILABLE;
	}
	if (!hr_film_put_links(films->store, films->node, source, links, m->series_count, &linked,
			       err))
		return false;
	told.fresh = (uint64_t)linked.fresh;
	*out = told;
	return true;
}

/* --- a KOS --- */

static bool read_kos(hr_films *films, const hr_object *object, hr_arena *arena, hr_manifest *out,
		     hr_error *err)
{
	hr_str bytes;
	bool ok;
	int fd;

	if (!hr_objects_get(films->objects, object, &fd, err))
		return false;
	ok = hr_workers_run(films->workers, HR_WORK_MANIFEST, fd, HR_STR_NONE, arena, &bytes, err);
	close(fd);
	return ok && hr_manifest_unpack(bytes, arena, out, err);
}

/* Nobody can do anything about it but who made the object; it is kept as any other is. */
static bool is_fault_of_manifest(hr_error_code code)
{
	return code == HR_E_UNSUPPORTED || code == HR_E_SYNTAX || code == HR_E_INCOMPLETE ||
	       code == HR_E_LIMIT || code == HR_E_ENCODING || code == HR_E_CONFLICT;
}

static void log_fault(const hr_films *films, const hr_film_source *source, const hr_error *why)
{
	const hr_log_field fields[] = {
		{ .name = "actor", .text = source->actor },
		{ .name = "code", .text = hr_str_of(hr_error_word(why->code)) },
		{ .name = "message", .text = hr_str_of(why->message) },
	};

	if (films->options.log)
		hr_log_write(films->options.log, HR_LOG_WARNING, source->at, "manifest-refused",
			     fields, sizeof(fields) / sizeof(fields[0]));
}

bool hr_film_link_object(hr_films *films, const hr_film_facts *facts, const hr_object *object,
			 const hr_film_source *source, hr_films_linked *out, hr_error *err)
{
	HR_AUTO(hr_arena) arena = NULL;
	hr_manifest manifest;

	if (!hr_str_equal(facts->sop_class, kos))
		return true;
	arena = hr_arena_open(ARENA_BYTES);
	if (!arena)
		return hr_fail_memory(err);
	if (read_kos(films, object, arena, &manifest, err) &&
	    link_manifest(films, &manifest, source, arena, out, err))
		return true;
	/* Key images are a KOS that is none. */
	if (err->code != HR_E_UNSUPPORTED && is_fault_of_manifest(err->code))
		log_fault(films, source, err);
	return is_fault_of_manifest(err->code);
}

/* --- FHIR --- */

static void close_parser(hr_json_parser **parser)
{
	hr_json_parser_close(*parser);
}

static void close_xml(hr_xml_parser **parser)
{
	hr_xml_parser_close(*parser);
}

static bool link_fhir(hr_films *films, const hr_json *root, const hr_film_source *source,
		      hr_arena *arena, hr_films_linked *out, hr_error *err)
{
	hr_manifest manifest;

	return hr_manifest_read_fhir(root, arena, &manifest, err) &&
	       hr_manifest_check(&manifest, err) &&
	       link_manifest(films, &manifest, source, arena, out, err);
}

static bool link_json(hr_films *films, hr_str text, const hr_film_source *source, hr_arena *arena,
		      hr_films_linked *out, hr_error *err)
{
	__attribute__((cleanup(close_parser))) hr_json_parser *parser = hr_json_parser_open();
	const hr_json *root;

	if (!parser)
		return hr_fail_memory(err);
	return hr_json_read(parser, text, arena, &root, err) &&
	       link_fhir(films, root, source, arena, out, err);
}

static bool link_xml(hr_films *films, hr_str text, const hr_film_source *source, hr_arena *arena,
		     hr_films_linked *out, hr_error *err)
{
	__attribute__((cleanup(close_xml))) hr_xml_parser *parser = hr_xml_parser_open();
	hr_xml_document document;
	const hr_json *root;

	if (!parser)
		return hr_fail_memory(err);
	return hr_xml_read(parser, text, arena, &document, err) &&
	       hr_fhir_from_xml(document.root, arena, &root, err) &&
	       link_fhir(films, root, source, arena, out, err);
}

/* --- the national image index --- */

static bool read_indexes(hr_str text, hr_image_index *out, size_t *count, hr_error *err)
{
	for (uint32_t line = 1; text.len; line++) {
		size_t end = hr_str_find(text, HR_STR("\n"));
		hr_str row = hr_str_trim(hr_str_slice(text, 0, end));
		hr_error why = { .code = HR_E_NONE };

		text = hr_str_slice(text, end + 1, text.len);
		if (row.len == 0)
			continue;
		if (*count == INDEXES_MAX)
			return hr_fail(err, HR_E_LIMIT, "a file has more than %d image indexes",
				       INDEXES_MAX);
		if (!hr_image_index_parse(row, &out[(*count)++], &why))
			return hr_fail_at(err, why.code, line, 0, "line %u: %s", line, why.message);
	}
	return true;
}

static bool link_indexes(hr_films *films, hr_str text, const hr_film_source *source,
			 hr_arena *arena, hr_films_linked *out, hr_error *err)
{
	size_t room = text.len / HR_IMAGE_INDEX_CHARACTERS + 2;
	hr_image_index *indexes;
	size_t count = 0;
	int64_t fresh;

	room = room < INDEXES_MAX ? room : INDEXES_MAX;
	/* A row that is too short is refused, so a row more than fit is the last that is read. */
	indexes = HR_NEW_N(arena, hr_image_index, room);
	if (!indexes)
		return hr_fail_memory(err);
	if (!read_indexes(text, indexes, &count, err) ||
	    !hr_film_put_image_indexes(films->store, films->node, source, indexes, count, &fresh,
				       err))
		return false;
	*out = (hr_films_linked){ .instances = count, .fresh = (uint64_t)fresh };
	return true;
}

/* --- any of them --- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const struct {
	bool (*link)(hr_films *films, hr_str text, const hr_film_source *source, hr_arena *arena,
		     hr_films_linked *out, hr_error *err);
	char first; /* 0: a digit */
} forms[] = {
	{ link_json, '{' },
	{ link_xml, '<' },
	{ link_indexes, 0 },
};
enum { FORMS = sizeof(forms) / sizeof(forms[0]) };

static size_t form_of(hr_str text)
{
	size_t i = 0;

	if (hr_str_starts_with(text, HR_STR("\xEF\xBB\xBF")))
		text = hr_str_slice(text, 3, text.len);
	text = hr_str_trim(text);
	while (text.len && i < FORMS &&
	       !(forms[i].first ? text.data[0] == forms[i].first : is_digit(text.data[0])))
		i++;
	return text.len ? i : FORMS;
}

bool hr_film_links_sniff(hr_str front)
{
	return form_of(front) < FORMS;
}

bool hr_film_link_text(hr_films *films, hr_str text, const hr_film_source *source, hr_arena *arena,
		       hr_films_linked *out, hr_error *err)
{
	size_t form = form_of(text);

	if (form == FORMS)
		return hr_fail(err, HR_E_UNSUPPORTED,
			       "neither FHIR in JSON or XML, nor a file of image indexes");
	return forms[form].link(films, text, source, arena, out, err);
}
