/* An object comes: one question to the index, then what is new of it is written. */
#include "dicom/film_put_book.h"
#include "dicom/film_attribute.h"
#include "dicom/film_json.h"
#include "dicom/person_name.h"

#include "base/id_card.h"
#include "store/audit.h"

enum {
	ARENA_BYTES = 256 << 20,
	MORE_BYTES_MAX = 256 << 10, /* beyond that the metadata alone has it */
};

struct put {
	hr_film_putting at;
	const hr_object *object;
	hr_facts_level lines; /* of the instance */
	hr_film_put result;
};

/* --- whose it is --- */

bool hr_film_putting_state(hr_film_putting *p, hr_error *err)
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
static bool is_same_patient(const hr_film_putting *p, const hr_patient_key *stated, hr_str id,
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
	"s.modalities, r.series, r.actor, i.digest, i.sop_class, i.availability, i.patient, "
	"i.study, i.series, i.place FROM (SELECT 1 AS one) o LEFT JOIN film_study s ON s.uid = $1 "
	"LEFT JOIN film_series r ON r.patient = s.patient AND r.study = s.study AND r.uid = $2 "
	"LEFT JOIN film_instance i ON i.uid = $3",
	"ttt");

static void note_study(hr_film_putting *p, hr_rows *rows)
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

static void note_instance(hr_film_putting *p, hr_rows *rows)
{
	hr_film_stands *i = &p->instance;

	i->is_there = hr_film_digest_of(hr_rows_bytes(rows, 12), &i->patient.digest);
	if (!i->is_there)
		return;
	i->availability = hr_film_availability_of(hr_rows_int(rows, 11));
	i->study = hr_rows_int(rows, 13);
	i->series = hr_rows_int(rows, 14);
	i->place = hr_rows_int(rows, 15);
	i->is_of_class = hr_str_equal(hr_rows_text(rows, 10), p->facts->sop_class) &&
			 (i->availability != HR_FILM_ONLINE ||
			  hr_film_digest_of(hr_rows_bytes(rows, 9), &i->digest));
}

static void note_place(hr_film_putting *p, hr_rows *rows)
{
	note_study(p, rows);
	p->has_series = !hr_rows_is_null(rows, 7);
	p->series = hr_rows_int(rows, 7);
	p->is_same_actor = hr_str_equal(hr_rows_text(rows, 8), p->source->actor);
	note_instance(p, rows);
}

bool hr_film_putting_find(hr_film_putting *p, hr_tx *tx, hr_error *err)
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

/* Whom an identity feed has named; else whom the object itself names, by whatever number. */
static bool find_owner(hr_film_putting *p, hr_tx *tx, bool *matched, hr_error *err)
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

static bool insert_study_row(hr_film_putting *p, hr_tx *tx, hr_error *err)
{
	const hr_film_facts *f = p->facts;
	hr_sql_value at = hr_sql_int(p->source->at.second);
	bool matched;

	if (!find_owner(p, tx, &matched, err))
		return false;
	return hr_tx_number(
		tx, &insert_study,
		HR_VALUES(hr_film_patient_of(p), hr_sql_text(f->study_uid),
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

bool hr_film_putting_lines(const hr_film_putting *p, const hr_facts_level *members,
			   hr_facts_level *out, hr_error *err)
{
	hr_str more = members->more.len > MORE_BYTES_MAX ? HR_STR_NONE : members->more;

	return hr_film_json_lines(members->shown, p->arena, &out->shown, err) &&
	       hr_film_json_lines(more, p->arena, &out->more, err);
}

static bool add_text(hr_film_putting *p, hr_tx *tx, int64_t series, const hr_facts_level *members,
		     hr_error *err)
{
	hr_facts_level lines;

	return hr_film_putting_lines(p, members, &lines, err) &&
	       hr_tx_run(tx, &insert_text,
			 HR_VALUES(hr_film_patient_of(p), hr_sql_int(p->study), hr_sql_int(series),
				   hr_sql_text(lines.shown), hr_sql_text(lines.more)),
			 err);
}

static bool add_key(hr_film_putting *p, hr_tx *tx, hr_film_key_kind kind, hr_str text,
		    hr_error *err)
{
	hr_str key = hr_film_key_of(text);

	return key.len == 0 ||
	       hr_tx_run(tx, &insert_key,
			 HR_VALUES(hr_film_patient_of(p), hr_sql_int(p->study), hr_sql_int(kind),
				   hr_sql_text(key), hr_sql_int(hr_film_age(p->facts->study_date)),
				   hr_sql_text(p->facts->study_uid)),
			 err);
}

static bool add_names(hr_film_putting *p, hr_tx *tx, hr_error *err)
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

static bool add_study(hr_film_putting *p, hr_tx *tx, hr_error *err)
{
	const hr_film_facts *f = p->facts;

	return insert_study_row(p, tx, err) && add_text(p, tx, 0, &f->study_json, err) &&
	       add_key(p, tx, HR_FILM_KEY_PATIENT_ID, f->patient_id, err) &&
	       add_key(p, tx, HR_FILM_KEY_ACCESSION, f->accession_number, err) &&
	       add_names(p, tx, err) &&
	       hr_tx_run(tx, &count_days, HR_VALUES(hr_sql_int(hr_film_age(f->study_date))), err);
}

bool hr_film_putting_study(hr_film_putting *p, hr_tx *tx, hr_error *err)
{
	if (p->is_other_patient)
		return hr_fail(err, HR_E_CONFLICT, "the study is another patient's");
	if (!p->has_study && !add_study(p, tx, err))
		return false;
	p->has_study = true;
	return true;
}

/* --- its series --- */

static const hr_sql insert_series = HR_SQL(
	"INSERT INTO film_series (patient, study, series, uid, place, modality, description, "
	"body_part, begun_date, begun_time, instance_count, actor) SELECT $1, $2, "
	"COALESCE(MAX(series), 0) + 1, $3, $4, $5, $6, $7, $8, $9, 0, '' FROM film_series WHERE "
	"patient = $1 AND study = $2 RETURNING series",
	"bitittttt");

/* A list like "CT\SR", in the order in which they came. */
bool hr_film_putting_modality(hr_film_putting *p, hr_tx *tx, hr_str modality, hr_error *err)
{
	hr_str rest = p->modalities;
	hr_buf list;

	modality = hr_film_key_of(modality);
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

static bool add_series(hr_film_putting *p, hr_tx *tx, hr_error *err)
{
	const hr_film_facts *f = p->facts;

	return hr_tx_number(tx, &insert_series,
			    HR_VALUES(hr_film_patient_of(p), hr_sql_int(p->study),
				      hr_sql_text(f->series_uid),
				      hr_sql_int(hr_film_place(f->series_number)),
				      hr_sql_text(f->modality), hr_sql_text(f->series_description),
				      hr_sql_text(f->body_part), hr_sql_text(f->series_date),
				      hr_sql_text(f->series_time)),
			    &p->series, err) &&
	       add_text(p, tx, p->series, &f->series_json, err) &&
	       hr_film_putting_modality(p, tx, f->modality, err);
}

bool hr_film_putting_series(hr_film_putting *p, hr_tx *tx, hr_error *err)
{
	if (!p->has_series && !add_series(p, tx, err))
		return false;
	p->has_series = true;
	return true;
}

/* --- what was known of it by a manifest alone --- */

static const hr_sql drop_content = HR_SQL(
	"DELETE FROM film_content WHERE patient = $1 AND study = $2 AND series = $3 AND place = "
	"$4 AND uid = $5",
	"biiit");
static const hr_sql drop_instance = HR_SQL(
	"DELETE FROM film_instance WHERE patient = $1 AND study = $2 AND series = $3 AND place = "
	"$4 AND uid = $5",
	"biiit");
static const hr_sql count_out_series =
	HR_SQL("UPDATE film_series SET instance_count = instance_count - 1 WHERE patient = $1 AND "
	       "study = $2 AND series = $3",
	       "bii");
static const hr_sql count_out_study =
	HR_SQL("UPDATE film_study SET instance_count = instance_count - 1, availability = (SELECT "
	       "COALESCE(MAX(i.availability), 0) FROM film_instance i WHERE i.patient = $1 AND "
	       "i.study = $2) WHERE patient = $1 AND study = $2",
	       "bi");

/* It may stand in another study than the object itself says. */
static bool drop_reference(const struct put *p, hr_tx *tx, hr_error *err)
{
	const hr_film_stands *i = &p->at.instance;
	hr_sql_value patient = hr_sql_bytes(hr_film_bytes_of(&i->patient.digest));
	hr_sql_value study = hr_sql_int(i->study);
	hr_sql_value series = hr_sql_int(i->series);
	hr_sql_values row = HR_VALUES(patient, study, series, hr_sql_int(i->place),
				      hr_sql_text(p->at.facts->instance_uid));

	if (!i->is_there)
		return true;
	return hr_tx_run(tx, &drop_content, row, err) && hr_tx_run(tx, &drop_instance, row, err) &&
	       hr_tx_run(tx, &count_out_series, HR_VALUES(patient, study, series), err) &&
	       hr_tx_run(tx, &count_out_study, HR_VALUES(patient, study), err);
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
/* Of a study that was a link alone the first object that comes makes one that is here. */
static const hr_sql count_study = HR_SQL(
	"UPDATE film_study SET availability = CASE WHEN instance_count = 0 THEN 0 ELSE "
	"availability END, instance_count = instance_count + 1, series_count = series_count + "
	"$3, modalities = $4, changed = $5 WHERE patient = $1 AND study = $2",
	"biiti");

static bool add_instance(const struct put *put, hr_tx *tx, bool fresh_series, hr_error *err)
{
	const hr_film_putting *p = &put->at;
	const hr_film_facts *f = p->facts;
	const hr_object *o = put->object;
	hr_sql_value patient = hr_film_patient_of(p);
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
			 HR_VALUES(patient, study, series, place, uid,
				   hr_sql_text(put->lines.shown), hr_sql_text(put->lines.more),
				   hr_sql_bytes(f->frames), hr_sql_bytes(f->metadata)),
			 err) &&
	       hr_tx_run(tx, &count_series,
			 HR_VALUES(patient, study, series, hr_sql_text(p->source->actor)), err) &&
	       hr_tx_run(tx, &count_study,
			 HR_VALUES(patient, study, hr_sql_int(fresh_series),
				   hr_sql_text(p->modalities), hr_sql_int(p->source->at.second)),
			 err);
}

bool hr_film_putting_audit(const hr_film_putting *p, hr_tx *tx, hr_str action, hr_error *err)
{
	char object[HR_SHA256_TEXT];
	hr_digest digest;
	hr_audit_entry entry = { .at = p->source->at,
				 .actor = p->source->actor,
				 .action = action,
				 .patient = &p->patient };

	if (!hr_sha256(p->facts->study_uid, &digest, err))
		return false;
	entry.object = hr_digest_format(&digest, object);
	return hr_audit_add(tx, p->node, &entry, err);
}

/* `has_series`: as it was before. */
static bool add(struct put *put, hr_tx *tx, bool has_series, hr_error *err)
{
	hr_film_putting *p = &put->at;

	if (!hr_film_putting_study(p, tx, err) || !drop_reference(put, tx, err) ||
	    !hr_film_putting_series(p, tx, err) || !add_instance(put, tx, !has_series, err))
		return false;
	/*
	 * A row of the audit where a series begins, or another goes on with it: an
	 * object's own row tells when it came, and so by whom: a sealed row for each
	 * would say no more.
	 */
	return (has_series && p->is_same_actor) ||
	       hr_film_putting_audit(p, tx, HR_STR("film-add"), err);
}

static bool put(hr_tx *tx, void *context, hr_error *err)
{
	struct put *p = context;
	const hr_film_stands *instance = &p->at.instance;

	if (!hr_film_putting_find(&p->at, tx, err))
		return false;
	if (!instance->is_there || instance->availability != HR_FILM_ONLINE) {
		p->result = HR_FILM_NEW;
		return add(p, tx, p->at.has_series, err);
	}
	p->result = instance->is_of_class && hr_digest_equal(&instance->digest, &p->object->digest)
			    ? HR_FILM_HAD
			    : HR_FILM_DIFFERENT;
	return true;
}

bool hr_film_put_instance(hr_store *store, const hr_node_key *node, const hr_film_source *source,
			  const hr_film_facts *facts, const hr_object *object, hr_film_put *out,
			  hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA_BYTES);
	struct put p = {
		.at = { .node = node, .source = source, .facts = facts, .arena = arena },
		.object = object,
	};

	if (!arena)
		return hr_fail_memory(err);
	if (!hr_film_putting_state(&p.at, err) ||
	    !hr_film_putting_lines(&p.at, &facts->instance_json, &p.lines, err) ||
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
