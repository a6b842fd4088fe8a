#include "dicom/film_manifest_book.h"

#include "dicom/film_attribute.h"
#include "dicom/film_json.h"
#include "dicom/film_rows_book.h"

#include "base/json.h"
#include "store/store.h"

enum { URL_BYTES_MAX = HR_MANIFEST_URL_MAX, TOLD_BYTES_MAX = 1 << 20, NUMBER_TEXT = 24 };

struct making {
	hr_str study_uid;
	const hr_film_scope *scope;
	hr_str base;
	hr_arena *arena;
	hr_json_parser *parser;
	hr_str patient; /* where the study's rows are */
	int64_t study;
	hr_manifest manifest;
	hr_manifest_series *series;
	int64_t *series_numbers;
	hr_manifest_instance *instances;
	hr_manifest_request *requests;
	size_t series_room;
	size_t instance_room;
};

static hr_str keep(const struct making *m, hr_str text)
{
	return hr_str_copy(m->arena, text);
}

static hr_str keep_number(const struct making *m, int64_t place)
{
	char text[NUMBER_TEXT];
	hr_buf buf;

	hr_buf_init_over(&buf, text, sizeof(text));
	if (place != HR_FILM_PLACE_NONE)
		hr_buf_add_int(&buf, place);
	return keep(m, hr_buf_str(&buf));
}

static bool fail_large(hr_error *err)
{
	return hr_fail(err, HR_E_LIMIT,
		       "the study is too large for a manifest: it has over %d series or %d "
		       "instances",
		       HR_MANIFEST_SERIES_MAX, HR_MANIFEST_INSTANCES_MAX);
}

/* --- what is told as JSON alone --- */

/* Of a study or a series, the attributes of `tags`. */
static bool read_told(struct making *m, hr_str shown, hr_str more, const uint32_t *tags,
		      size_t count, const hr_json **out, hr_error *err)
{
	const hr_film_json_part parts[] = { { shown, false }, { more, false } };
	hr_buf buf;

	hr_buf_init(&buf, m->arena, TOLD_BYTES_MAX);
	hr_film_json_merge(parts, 2, tags, count, &buf);
	return buf.failed ? hr_fail_memory(err)
			  : hr_json_read(m->parser, hr_buf_str(&buf), m->arena, out, err);
}

/* The first value of a member, told as a text. */
static hr_str first_of(const hr_json *set, const char *tag)
{
	const hr_json *values = hr_json_get(hr_json_get(set, hr_str_of(tag)), HR_STR("Value"));

	return values ? hr_json_text(values->first) : HR_STR_NONE;
}

/* The first item of a sequence; NULL when there is none. */
static const hr_json *item_of(const hr_json *set, const char *tag)
{
	const hr_json *values = hr_json_get(hr_json_get(set, hr_str_of(tag)), HR_STR("Value"));

	return values ? values->first : NULL;
}

static hr_manifest_issuer issuer_of(const hr_json *item)
{
	return (hr_manifest_issuer){ .local = first_of(item, "00400031"),
				     .universal = first_of(item, "00400032"),
				     .universal_type = first_of(item, "00400033") };
}

static hr_manifest_request request_of(const hr_json *item)
{
	return (hr_manifest_request){
		.accession = { first_of(item, "00080050"), issuer_of(item_of(item, "00080051")) },
		.placer = { first_of(item, "00402016"), issuer_of(item_of(item, "00400026")) },
		.filler = { first_of(item, "00402017"), issuer_of(item_of(item, "00400027")) },
		.procedure_id = first_of(item, "00401001"),
		.description = first_of(item, "00321060"),
	};
}

static bool is_same_request(const hr_manifest_request *a, const hr_manifest_request *b)
{
	return hr_str_equal(a->accession.value, b->accession.value) &&
	       hr_str_equal(a->placer.value, b->placer.value) &&
	       hr_str_equal(a->filler.value, b->filler.value) &&
	       hr_str_equal(a->procedure_id, b->procedure_id);
}

/* Each order once, whichever series name it. One without a number has the study's. */
static void add_request(struct making *m, const hr_json *item)
{
	hr_manifest_request request = request_of(item);

	if (request.accession.value.len == 0)
		request.accession = m->manifest.accession;
	for (uint32_t i = 0; i < m->manifest.request_count; i++)
		if (is_same_request(&m->requests[i], &request))
			return;
	if (m->manifest.request_count < HR_MANIFEST_REQUESTS_MAX)
		m->requests[m->manifest.request_count++] = request;
}

static bool read_requests(struct making *m, hr_str shown, hr_str more, hr_error *err)
{
	static const uint32_t tags[] = { 0x00400275 };
	const hr_json *told;

	if (!read_told(m, shown, more, tags, 1, &told, err))
		return false;
	for (const hr_json *item = item_of(told, "00400275"); item; item = item->next)
		add_request(m, item);
	return true;
}

static bool read_issuers(struct making *m, hr_str shown, hr_str more, hr_error *err)
{
	static const uint32_t tags[] = { 0x00080051, 0x00080201, 0x00100024 };
	hr_manifest_issuer of_patient;
	const hr_json *told;

	if (!read_told(m, shown, more, tags, 3, &told, err))
		return false;
	of_patient = issuer_of(item_of(told, "00100024"));
	m->manifest.timezone = first_of(told, "00080201");
	m->manifest.accession.issuer = issuer_of(item_of(told, "00080051"));
	m->manifest.patient.issuer.universal = of_patient.universal;
	m->manifest.patient.issuer.universal_type = of_patient.universal_type;
	return true;
}

/* --- the study --- */

static const hr_sql find_study = HR_SQL(
	"SELECT s.patient, s.study, s.series_count, s.instance_count, s.patient_id, "
	"s.patient_id_issuer, s.source, s.patient_name, s.birth_date, s.sex, s.study_date, "
	"s.study_time, s.accession_number, s.study_id, s.description, s.referring_physician, "
	"s.institution, s.begun, t.shown, t.more FROM film_study s JOIN film_text t ON t.patient = "
	"s.patient AND t.study = s.study AND t.series = 0 WHERE s.uid = $1 AND " HR_FILM_IN_SCOPE(
		"$2", "$3"),
	"tib");

/* Where the study has no day, the one on which it came. */
static void set_made(struct making *m, hr_instant begun)
{
	char text[HR_DATE_TEXT];
	hr_str day = hr_date_format(hr_instant_date(begun), text);
	hr_buf buf;

	hr_buf_init(&buf, m->arena, sizeof(text));
	for (size_t i = 0; i < day.len; i++)
		if (day.data[i] != '-')
			hr_buf_add_char(&buf, day.data[i]);
	if (m->manifest.study_date.len == 0)
		m->manifest.made_date = hr_buf_str(&buf);
}

static bool make_room(struct making *m, int64_t series, int64_t instances, hr_error *err)
{
	if (series > HR_MANIFEST_SERIES_MAX || instances > HR_MANIFEST_INSTANCES_MAX)
		return fail_large(err);
	m->series_room = (size_t)series;
	m->instance_room = (size_t)instances;
	m->series = HR_NEW_N(m->arena, hr_manifest_series, m->series_room + 1);
	m->series_numbers = HR_NEW_N(m->arena, int64_t, m->series_room + 1);
	m->instances = HR_NEW_N(m->arena, hr_manifest_instance, m->instance_room + 1);
	m->requests = HR_NEW_N(m->arena, hr_manifest_request, HR_MANIFEST_REQUESTS_MAX);
	return (m->series && m->series_numbers && m->instances && m->requests) ||
	       hr_fail_memory(err);
}

static bool read_study(struct making *m, hr_rows *rows, hr_error *err)
{
	hr_str issuer = hr_rows_text(rows, 5);

	m->patient = keep(m, hr_rows_bytes(rows, 0));
	m->study = hr_rows_int(rows, 1);
	m->manifest = (hr_manifest){
		.manufacturer = HR_STR("huren"),
		.institution = keep(m, hr_rows_text(rows, 16)),
		.patient = { .value = keep(m, hr_rows_text(rows, 4)) },
		.patient_name = keep(m, hr_rows_text(rows, 7)),
		.patient_birth_date = keep(m, hr_rows_text(rows, 8)),
		.patient_sex = keep(m, hr_rows_text(rows, 9)),
		.study_uid = m->study_uid,
		.accession = { .value = keep(m, hr_rows_text(rows, 12)) },
		.study_id = keep(m, hr_rows_text(rows, 13)),
		.study_date = keep(m, hr_rows_text(rows, 10)),
		.study_time = keep(m, hr_rows_text(rows, 11)),
		.study_description = keep(m, hr_rows_text(rows, 14)),
		.referring_physician = keep(m, hr_rows_text(rows, 15)),
	};
	m->manifest.patient.issuer.local = keep(m, issuer.len ? issuer : hr_rows_text(rows, 6));
	set_made(m, (hr_instant){ hr_rows_int(rows, 17) });
	return make_room(m, hr_rows_int(rows, 2), hr_rows_int(rows, 3), err) &&
	       read_issuers(m, hr_rows_text(rows, 18), hr_rows_text(rows, 19), err);
}

static bool get_study(struct making *m, hr_tx *tx, hr_error *err)
{
	hr_rows rows;

	if (!hr_tx_select(tx, &find_study,
			  HR_VALUES(hr_sql_text(m->study_uid),
				    hr_sql_int(hr_film_scope_flag(m->scope)),
				    hr_sql_bytes(hr_film_scope_patient(m->scope))),
			  1, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		if (!read_study(m, &rows, err))
			return false;
	if (!hr_rows_end(&rows, err))
		return false;
	return m->series || hr_fail(err, HR_E_NOT_FOUND, "no such film is here");
}

/* --- its series --- */

static const hr_sql list_series =
	HR_SQL("SELECT r.series, r.uid, r.place, r.modality, r.description, r.begun_date, "
	       "r.begun_time, t.shown, t.more FROM film_series r JOIN film_text t ON t.patient = "
	       "r.patient AND t.study = r.study AND t.series = r.series WHERE r.patient = $1 AND "
	       "r.study = $2 AND ($3 = 0 OR EXISTS (SELECT 1 FROM film_instance i WHERE i.patient "
	       "= r.patient AND i.study = r.study AND i.series = r.series AND " HR_FILM_IN_PARTS(
		       "$3") ")) ORDER BY r.place, r.uid",
	       "bii");

static hr_str address_of(const struct making *m, hr_str series)
{
	hr_buf buf;

	hr_buf_init(&buf, m->arena, URL_BYTES_MAX);
	hr_buf_addf(&buf, "%.*s/studies/%.*s/series/%.*s", HR_STR_ARG(m->base),
		    HR_STR_ARG(m->study_uid), HR_STR_ARG(series));
	return hr_buf_str(&buf);
}

static bool read_series(struct making *m, hr_rows *rows, hr_error *err)
{
	const uint32_t at = m->manifest.series_count++;
	hr_str uid = keep(m, hr_rows_text(rows, 1));

	m->series_numbers[at] = hr_rows_int(rows, 0);
	m->series[at] = (hr_manifest_series){
		.uid = uid,
		.modality = keep(m, hr_rows_text(rows, 3)),
		.description = keep(m, hr_rows_text(rows, 4)),
		.number = keep_number(m, hr_rows_int(rows, 2)),
		.date = keep(m, hr_rows_text(rows, 5)),
		.time = keep(m, hr_rows_text(rows, 6)),
		.retrieve_url = address_of(m, uid),
	};
	return read_requests(m, hr_rows_text(rows, 7), hr_rows_text(rows, 8), err);
}

static bool get_series(struct making *m, hr_tx *tx, hr_error *err)
{
	hr_rows rows;

	if (!hr_tx_select(tx, &list_series,
			  HR_VALUES(hr_sql_bytes(m->patient), hr_sql_int(m->study),
				    hr_sql_int(hr_film_scope_parts(m->scope))),
			  m->series_room, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		if (!read_series(m, &rows, err))
			return false;
	return hr_rows_end(&rows, err);
}

/* --- its instances --- */

static const hr_sql list_instances =
	HR_SQL("SELECT i.series, i.uid, i.sop_class, i.place, i.height, i.width, i.frame_count "
	       "FROM film_instance i JOIN film_series r ON r.patient = i.patient AND r.study = "
	       "i.study AND r.series = i.series WHERE i.patient = $1 AND i.study = $2 "
	       "AND " HR_FILM_IN_PARTS("$3") " ORDER BY r.place, r.uid, i.place, i.uid",
	       "bii");

static hr_manifest_instance read_instance(const struct making *m, hr_rows *rows)
{
	const int64_t frames = hr_rows_int(rows, 6);

	return (hr_manifest_instance){
		.sop_class = keep(m, hr_rows_text(rows, 2)),
		.sop_instance = keep(m, hr_rows_text(rows, 1)),
		.number = keep_number(m, hr_rows_int(rows, 3)),
		.frames = frames > 1 ? (uint32_t)frames : 0,
		.rows = (uint32_t)hr_rows_int(rows, 4),
		.columns = (uint32_t)hr_rows_int(rows, 5),
	};
}

/* They come in the order of the series. */
static bool get_instances(struct making *m, hr_tx *tx, hr_error *err)
{
	uint32_t series = 0;
	hr_rows rows;

	if (!hr_tx_select(tx, &list_instances,
			  HR_VALUES(hr_sql_bytes(m->patient), hr_sql_int(m->study),
				    hr_sql_int(hr_film_scope_parts(m->scope))),
			  m->instance_room, &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		while (series < m->manifest.series_count &&
		       m->series_numbers[series] != hr_rows_int(&rows, 0))
			series++;
		if (series == m->manifest.series_count)
			return hr_fail(err, HR_E_IO, "the index has an instance without a series");
		m->instances[m->manifest.instance_count] = read_instance(m, &rows);
		if (m->series[series].instance_count++ == 0)
			m->series[series].instances = &m->instances[m->manifest.instance_count];
		m->manifest.instance_count++;
	}
	return hr_rows_end(&rows, err);
}

/* --- all of it --- */

static bool make(hr_tx *tx, void *context, hr_error *err)
{
	struct making *m = context;

	if (!get_study(m, tx, err) || !get_series(m, tx, err) || !get_instances(m, tx, err))
		return false;
	/* A study that has no part which may be seen is not there. */
	return m->manifest.instance_count || !hr_film_scope_parts(m->scope) ||
	       hr_fail(err, HR_E_NOT_FOUND, "no such film is here");
}

static void close_parser(hr_json_parser **parser)
{
	hr_json_parser_close(*parser);
}

bool hr_film_manifest(hr_store *store, hr_str study_uid, const hr_film_scope *scope, hr_str base,
		      hr_arena *arena, hr_manifest *out, hr_error *err)
{
	__attribute__((cleanup(close_parser))) hr_json_parser *parser = hr_json_parser_open();
	struct making m = { .study_uid = study_uid,
			    .scope = scope,
			    .base = base,
			    .arena = arena,
			    .parser = parser };

	if (!parser)
		return hr_fail_memory(err);
	if (!hr_film_is_in(scope, study_uid))
		return hr_fail(err, HR_E_NOT_FOUND, "no such film is here");
	if (!hr_store_read(store, make, &m, err))
		return false;
	if (hr_arena_is_short(arena))
		return hr_fail_memory(err);
	m.manifest.series = m.series;
	m.manifest.requests = m.requests;
	*out = m.manifest;
	return hr_manifest_check(&m.manifest, err);
}
