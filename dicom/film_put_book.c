/* An object comes: one question to the index, then what is new of it is written. */
#include "dicom/film_attribute.h"
#include "dicom/film_json.h"
#include "dicom/film_rows_book.h"
#include "dicom/person_name.h"

#include "base/id_card.h"
#include "store/audit.h"

enum {
	ARENA_BYTES = 256 << 20,
	MORE_BYTES_MAX = 256 << 10, /* beyond that the metadata alone has it */
};

struct put {
	const hr_node_key *node;
	const hr_film_source *source;
	const hr_film_facts *facts;
	const hr_object *object;
	hr_arena *arena;
	hr_facts_level lines;  /* of the instance */
	hr_patient_key stated; /* the patient as the object names him */
	hr_film_put result;

	/* What is there already. */
	bool has_study;
	bool has_series;
	bool has_instance;
	bool is_same; /* the instance */
	bool is_other_patient;
	bool is_same_actor;	/* as the one who added to the series last */
	hr_patient_key patient; /* of the study */
	int64_t study;
	int64_t series;
	hr_str modalities; /* of the study */
};

/* --- whose it is --- */

static bool state_patient(struct put *p, hr_error *err)
{
	const hr_film_facts *facts = p->facts;
	hr_patient_id patient = { .issuer = hr_str_trim(facts->patient_id_issuer),
				  .id = hr_str_trim(facts->patient_id) };

	if (patient.issuer.len == 0)
		patient.issuer = hr_str_trim(p->source->institution);
	/* Nobody's, or of a number that nobody answers for: no two studies are the same person's.
	 */
	if (patient.id.len == 0 || (patient.issuer.len == 0 && !hr_is_id_card(patient.id)))
		patient = (hr_patient_id){ .type = HR_STR("study"),
					   .issuer = facts->study_uid,
					   .id = patient.id.len ? patient.id : HR_STR("-") };
	return hr_patient_key_make(p->node, &patient, &p->stated, err);
}

/* Of two machines of one house the one may say who gave the number, the other not. */
static bool is_same_patient(const struct put *p, const hr_patient_key *stated, hr_str id,
			    hr_str issuer, hr_str source)
{
	hr_str own = hr_str_trim(p->facts->patient_id_issuer);

	if (hr_digest_equal(&stated->digest, &p->stated.digest))
		return true;
	return hr_str_equal(id, hr_str_trim(p->facts->patient_id)) &&
	       hr_str_equal(source, p->source->institution) && (own.len == 0 || issuer.len == 0);
}

/* --- what is there --- */

static const hr_sql find_place = HR_SQL(
	"SELECT s.patient, s.study, s.stated, s.patient_id, s.patient_id_issuer, s.source, "
	"s.modalities, r.series, r.actor, i.digest, i.sop_class FROM (SELECT 1 AS one) o LEFT "
	"JOIN film_study s ON s.uid = $1 LEFT JOIN film_series r ON r.patient = s.patient AND "
	"r.study = s.study AND r.uid = $2 LEFT JOIN film_instance i ON i.uid = $3",
	"ttt");

static void note_study(struct put *p, hr_rows *rows)
{
	hr_patient_key stated;

	p->has_study = hr_film_digest_of(hr_rows_bytes(rows, 0), &p->patient.digest) &&
		       hr_film_digest_of(hr_rows_bytes(rows, 2), &stated.digest);
	if (!p->has_study)
		return;
	p->study = hr_rows_int(rows, 1);
	p->modalities = hr_str_copy(p->arena, hr_rows_text(rows, 6));
	p->is_other_patient = !is_same_patient(p, &stated, hr_rows_text(rows, 3),
					       hr_rows_text(rows, 4), hr_rows_text(rows, 5));
}

static void note_place(struct put *p, hr_rows *rows)
{
	hr_digest digest;

	note_study(p, rows);
	p->has_series = !hr_rows_is_null(rows, 7);
	p->series = hr_rows_int(rows, 7);
	p->is_same_actor = hr_str_equal(hr_rows_text(rows, 8), p->source->actor);
	p->has_instance = !hr_rows_is_null(rows, 9);
	p->is_same = hr_film_digest_of(hr_rows_bytes(rows, 9), &digest) &&
		     hr_digest_equal(&digest, &p->object->digest) &&
		     hr_str_equal(hr_rows_text(rows, 10), p->facts->sop_class);
}

static bool find(struct put *p, hr_tx *tx, hr_error *err)
{
	hr_rows rows;

	if (!hr_tx_select(tx, &find_place,
			  HR_VALUES(hr_sql_text(p->facts->study_uid),
				    hr_sql_text(p->facts->series_uid),
				    hr_sql_text(p->facts->instance_uid)),
			  1, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		note_place(p, &rows);
	if (!hr_rows_end(&rows, err))
		return false;
	return !hr_arena_is_short(p->arena) || hr_fail_memory(err);
}

/* --- its study --- */

static const hr_sql insert_study = HR_SQL(
	"INSERT INTO film_study (patient, study, uid, age, stated, source, patient_id, "
	"patient_id_issuer, patient_name, birth_date, sex, study_date, study_time, "
	"accession_number, study_id, description, referring_physician, institution, modalities, "
	"series_count, instance_count, begun, changed, matched) SELECT $1, COALESCE(MAX(study), 0) "
	"+ 1, $2, $3, $18, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, '', 0, 0, "
	"$17, $17, $19 FROM film_study WHERE patient = $1 RETURNING study",
	"btitttttttttttttibi");
static const hr_sql find_person =
	HR_SQL("SELECT person FROM film_identity WHERE stated = $1 AND (accession_number = $2 OR "
	       "accession_number = '') ORDER BY accession_number DESC LIMIT 1",
	       "bt");
static const hr_sql insert_text = HR_SQL("INSERT INTO film_text (patient, study, series, shown, "
					 "more) VALUES ($1, $2, $3, $4, $5)",
					 "biitt");
static const hr_sql insert_key =
	HR_SQL("INSERT INTO film_key (patient, study, kind, key, age, uid) "
	       "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
	       "biitit");
static const hr_sql count_days =
	HR_SQL("INSERT INTO film_count (unit, age, studies) VALUES (1, $1, "
	       "1), (100, $1 / 100, 1) ON CONFLICT (unit, age) DO UPDATE "
	       "SET studies = film_count.studies + 1",
	       "i");

static hr_sql_value patient_of(const struct put *p)
{
	return hr_sql_bytes(hr_film_bytes_of(&p->patient.digest));
}

/* The number that an insert has drawn. */
static bool read_number(hr_tx *tx, const hr_sql *sql, hr_sql_values values, int64_t *out,
			hr_error *err)
{
	hr_rows rows;

	if (!hr_tx_select(tx, sql, values, 1, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		*out = hr_rows_int(&rows, 0);
	return hr_rows_end(&rows, err);
}

/* Whom an identity feed has named; else whom the object itself names, by whatever number. */
static bool find_owner(struct put *p, hr_tx *tx, bool *matched, hr_error *err)
{
	hr_rows rows;

	p->patient = p->stated;
	*matched = hr_is_id_card(hr_str_trim(p->facts->patient_id));
	if (!hr_tx_select(tx, &find_person,
			  HR_VALUES(hr_sql_bytes(hr_film_bytes_of(&p->stated.digest)),
				    hr_sql_text(hr_str_trim(p->facts->accession_number))),
			  1, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		*matched = hr_film_digest_of(hr_rows_bytes(&rows, 0), &p->patient.digest);
	return hr_rows_end(&rows, err);
}

static bool insert_study_row(struct put *p, hr_tx *tx, hr_error *err)
{
	const hr_film_facts *f = p->facts;
	hr_sql_value at = hr_sql_int(p->source->at.second);
	bool matched;

	if (!find_owner(p, tx, &matched, err))
		return false;
	return read_number(
		tx, &insert_study,
		HR_VALUES(patient_of(p), hr_sql_text(f->study_uid),
			  hr_sql_int(hr_film_age(f->study_date)),
			  hr_sql_text(p->source->institution),
			  hr_sql_text(hr_str_trim(f->patient_id)),
			  hr_sql_text(hr_str_trim(f->patient_id_issuer)),
			  hr_sql_text(f->patient_name), hr_sql_text(f->patient_birth_date),
			  hr_sql_text(f->patient_sex), hr_sql_text(f->study_date),
			  hr_sql_text(f->study_time), hr_sql_text(hr_str_trim(f->accession_number)),
			  hr_sql_text(f->study_id), hr_sql_text(f->study_description),
			  hr_sql_text(f->referring_physician), hr_sql_text(f->institution), at,
			  hr_sql_bytes(hr_film_bytes_of(&p->stated.digest)), hr_sql_int(matched)),
		&p->study, err);
}

/* `members` to lines; what is too long to be told in a list is left out. */
static bool lines_of(const struct put *p, const hr_facts_level *members, hr_facts_level *out,
		     hr_error *err)
{
	hr_str more = members->more.len > MORE_BYTES_MAX ? HR_STR_NONE : members->more;

	return hr_film_json_lines(members->shown, p->arena, &out->shown, err) &&
	       hr_film_json_lines(more, p->arena, &out->more, err);
}

static bool add_text(struct put *p, hr_tx *tx, int64_t series, const hr_facts_level *members,
		     hr_error *err)
{
	hr_facts_level lines;

	return lines_of(p, members, &lines, err) &&
	       hr_tx_run(tx, &insert_text,
			 HR_VALUES(patient_of(p), hr_sql_int(p->study), hr_sql_int(series),
				   hr_sql_text(lines.shown), hr_sql_text(lines.more)),
			 err);
}

static bool add_key(struct put *p, hr_tx *tx, hr_film_key_kind kind, hr_str text, hr_error *err)
{
	hr_str key = hr_film_key_of(text);

	return key.len == 0 ||
	       hr_tx_run(tx, &insert_key,
			 HR_VALUES(patient_of(p), hr_sql_int(p->study), hr_sql_int(kind),
				   hr_sql_text(key), hr_sql_int(hr_film_age(p->facts->study_date)),
				   hr_sql_text(p->facts->study_uid)),
			 err);
}

static bool add_names(struct put *p, hr_tx *tx, hr_error *err)
{
	hr_str keys[HR_NAME_KEYS_MAX];
	size_t count;

	if (!hr_name_keys(p->facts->patient_name, p->arena, keys, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!add_key(p, tx, HR_FILM_KEY_NAME, keys[i], err))
			return false;
	return true;
}

static bool add_study(struct put *p, hr_tx *tx, hr_error *err)
{
	const hr_film_facts *f = p->facts;

	return insert_study_row(p, tx, err) && add_text(p, tx, 0, &f->study_json, err) &&
	       add_key(p, tx, HR_FILM_KEY_PATIENT_ID, f->patient_id, err) &&
	       add_key(p, tx, HR_FILM_KEY_ACCESSION, f->accession_number, err) &&
	       add_names(p, tx, err) &&
	       hr_tx_run(tx, &count_days, HR_VALUES(hr_sql_int(hr_film_age(f->study_date))), err);
}

/* --- its series --- */

static const hr_sql insert_series = HR_SQL(
	"INSERT INTO film_series (patient, study, series, uid, place, modality, description, "
	"body_part, begun_date, begun_time, instance_count, actor) SELECT $1, $2, "
	"COALESCE(MAX(series), 0) + 1, $3, $4, $5, $6, $7, $8, $9, 0, $10 FROM film_series WHERE "
	"patient = $1 AND study = $2 RETURNING series",
	"bititttttt");

/* A list like "CT\SR", in the order in which they came. */
static bool add_modality(struct put *p, hr_tx *tx, hr_error *err)
{
	hr_str modality = hr_film_key_of(p->facts->modality);
	hr_str rest = p->modalities;
	hr_buf list;

	while (rest.len) {
		size_t end = hr_str_find(rest, HR_STR("\\"));

		if (hr_str_equal(hr_str_slice(rest, 0, end), modality))
			return true;
		rest = hr_str_slice(rest, end + 1, rest.len);
	}
	hr_buf_init(&list, p->arena, p->modalities.len + modality.len + 2);
	hr_buf_add(&list, p->modalities);
	if (p->modalities.len && modality.len)
		HR_BUF_ADD(&list, "\\");
	hr_buf_add(&list, modality);
	if (list.failed)
		return hr_fail_memory(err);
	p->modalities = hr_buf_str(&list);
	return add_key(p, tx, HR_FILM_KEY_MODALITY, modality, err);
}

static bool add_series(struct put *p, hr_tx *tx, hr_error *err)
{
	const hr_film_facts *f = p->facts;

	return read_number(tx, &insert_series,
			   HR_VALUES(patient_of(p), hr_sql_int(p->study),
				     hr_sql_text(f->series_uid),
				     hr_sql_int(hr_film_place(f->series_number)),
				     hr_sql_text(f->modality), hr_sql_text(f->series_description),
				     hr_sql_text(f->body_part), hr_sql_text(f->series_date),
				     hr_sql_text(f->series_time), hr_sql_text(p->source->actor)),
			   &p->series, err) &&
	       add_text(p, tx, p->series, &f->series_json, err) && add_modality(p, tx, err);
}

/* --- the object --- */

static const hr_sql insert_instance = HR_SQL(
	"INSERT INTO film_instance (patient, study, series, place, uid, sop_class, "
	"transfer_syntax, height, width, frame_count, text_is, digest, shelf, copy_number, size, "
	"added) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
	"biiitttiiiibiiii");
static const hr_sql insert_content =
	HR_SQL("INSERT INTO film_content (patient, study, series, place, uid, shown, more, frames, "
	       "metadata) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
	       "biiitttbb");
static const hr_sql count_series = HR_SQL(
	"UPDATE film_series SET instance_count = instance_count + 1, actor = $4 WHERE patient = "
	"$1 AND study = $2 AND series = $3",
	"biit");
static const hr_sql count_study = HR_SQL(
	"UPDATE film_study SET instance_count = instance_count + 1, series_count = series_count + "
	"$3, modalities = $4, changed = $5 WHERE patient = $1 AND study = $2",
	"biiti");

static bool add_instance(struct put *p, hr_tx *tx, hr_error *err)
{
	const hr_film_facts *f = p->facts;
	const hr_object *o = p->object;
	hr_sql_value patient = patient_of(p);
	hr_sql_value study = hr_sql_int(p->study);
	hr_sql_value series = hr_sql_int(p->series);
	hr_sql_value place = hr_sql_int(hr_film_place(f->instance_number));
	hr_sql_value uid = hr_sql_text(f->instance_uid);

	return hr_tx_run(tx, &insert_instance,
			 HR_VALUES(patient, study, series, place, uid, hr_sql_text(f->sop_class),
				   hr_sql_text(f->transfer_syntax), hr_sql_int(f->rows),
				   hr_sql_int(f->columns), hr_sql_int(f->frame_count),
				   hr_sql_int(f->text_is),
				   hr_sql_bytes(hr_film_bytes_of(&o->digest)), hr_sql_int(o->shelf),
				   hr_sql_int(o->copy), hr_sql_int((int64_t)o->size),
				   hr_sql_int(p->source->at.second)),
			 err) &&
	       hr_tx_run(tx, &insert_content,
			 HR_VALUES(patient, study, series, place, uid, hr_sql_text(p->lines.shown),
				   hr_sql_text(p->lines.more), hr_sql_bytes(f->frames),
				   hr_sql_bytes(f->metadata)),
			 err) &&
	       hr_tx_run(tx, &count_series,
			 HR_VALUES(patient, study, series, hr_sql_text(p->source->actor)), err) &&
	       hr_tx_run(tx, &count_study,
			 HR_VALUES(patient, study, hr_sql_int(!p->has_series),
				   hr_sql_text(p->modalities), hr_sql_int(p->source->at.second)),
			 err);
}

/*
 * A row of the audit where a series begins, or another goes on with it: an
 * object's own row tells when it came, and so by whom. (A sealed row for each
 * object would be a third of what an object costs here.)
 */
static bool audit(const struct put *p, hr_tx *tx, hr_error *err)
{
	char object[HR_SHA256_TEXT];
	hr_digest digest;
	hr_audit_entry entry = { .at = p->source->at,
				 .actor = p->source->actor,
				 .action = HR_STR("film-add"),
				 .patient = &p->patient };

	if (p->has_series && p->is_same_actor)
		return true;
	if (!hr_sha256(p->facts->study_uid, &digest, err))
		return false;
	entry.object = hr_digest_format(&digest, object);
	return hr_audit_add(tx, p->node, &entry, err);
}

static bool put(hr_tx *tx, void *context, hr_error *err)
{
	struct put *p = context;

	if (!find(p, tx, err))
		return false;
	p->result = !p->has_instance ? HR_FILM_NEW : p->is_same ? HR_FILM_HAD : HR_FILM_DIFFERENT;
	if (p->result != HR_FILM_NEW)
		return true;
	if (p->is_other_patient)
		return hr_fail(err, HR_E_CONFLICT, "the study is another patient's");
	return (p->has_study || add_study(p, tx, err)) &&
	       (p->has_series || add_series(p, tx, err)) && add_instance(p, tx, err) &&
	       audit(p, tx, err);
}

bool hr_film_put_instance(hr_store *store, const hr_node_key *node, const hr_film_source *source,
			  const hr_film_facts *facts, const hr_object *object, hr_film_put *out,
			  hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA_BYTES);
	struct put p = {
		.node = node, .source = source, .facts = facts, .object = object, .arena = arena
	};

	if (!arena)
		return hr_fail_memory(err);
	if (!state_patient(&p, err) || !lines_of(&p, &facts->instance_json, &p.lines, err) ||
	    !hr_store_write(store, put, &p, err))
		return false;
	*out = p.result;
	return true;
}

/* --- in the place of bytes that were lost --- */

static const hr_sql replace_object = HR_SQL(
	"UPDATE film_instance SET shelf = $3, copy_number = $4, size = $5 WHERE uid = $1 AND "
	"digest = $2",
	"tbiii");

struct restoring {
	const hr_node_key *node;
	const hr_film_source *source;
	hr_str instance_uid;
	const hr_object *object;
};

static bool restore(hr_tx *tx, void *context, hr_error *err)
{
	const struct restoring *r = context;
	char object[HR_SHA256_TEXT];
	const hr_audit_entry entry = {
		.at = r->source->at,
		.actor = r->source->actor,
		.action = HR_STR("film-restore"),
		.object = hr_digest_format(&r->object->digest, object),
	};

	return hr_tx_run(tx, &replace_object,
			 HR_VALUES(hr_sql_text(r->instance_uid),
				   hr_sql_bytes(hr_film_bytes_of(&r->object->digest)),
				   hr_sql_int(r->object->shelf), hr_sql_int(r->object->copy),
				   hr_sql_int((int64_t)r->object->size)),
			 err) &&
	       hr_audit_add(tx, r->node, &entry, err);
}

bool hr_film_restore(hr_store *store, const hr_node_key *node, const hr_film_source *source,
		     hr_str instance_uid, const hr_object *object, hr_error *err)
{
	struct restoring r = { node, source, instance_uid, object };

	return hr_store_write(store, restore, &r, err);
}
