#include "dicom/film_link_book.h"

#include "dicom/film_attribute.h"
#include "dicom/film_put_book.h"
#include "dicom/image_index.h"
#include "store/audit.h"

enum { ARENA_BYTES = 256 << 20 };

struct putting {
	hr_film_putting at;
	const hr_film_link *links;
	size_t count;
	int64_t before; /* instances of the study */
	int64_t after;
	int64_t fresh_series;
};

/* --- a series --- */

static const hr_sql set_address = HR_SQL(
	"UPDATE film_series SET address = $4, linked_by = $5, availability = $6 WHERE patient = $1 "
	"AND study = $2 AND series = $3 AND (address = '' OR linked_by = $5)",
	"biitti");
/* One that is here, or has been told before, in whatever series, stays as it is. */
static const hr_sql insert_instance = HR_SQL(
	"INSERT INTO film_instance (patient, study, series, place, uid, sop_class, "
	"transfer_syntax, height, width, frame_count, text_is, digest, shelf, copy_number, size, "
	"added, availability) SELECT $1, $2, $3, $4, $5, $6, '', $7, $8, $9, 0, $10, 0, 0, 0, $11, "
	"$12 WHERE NOT EXISTS (SELECT 1 FROM film_instance WHERE uid = $5)",
	"biiittiiibii");
static const hr_sql insert_content = HR_SQL(
	"INSERT INTO film_content (patient, study, series, place, uid, shown, more, frames, "
	"metadata) SELECT $1, $2, $3, $4, $5, $6, '', $7, $7 WHERE EXISTS (SELECT 1 FROM "
	"film_instance WHERE patient = $1 AND study = $2 AND series = $3 AND place = $4 AND uid = "
	"$5 AND availability > 0) ON CONFLICT DO NOTHING",
	"biiittb");
static const hr_sql count_series =
	HR_SQL("UPDATE film_series SET instance_count = (SELECT COUNT(*) FROM film_instance i "
	       "WHERE i.patient = $1 AND i.study = $2 AND i.series = $3) WHERE patient = $1 AND "
	       "study = $2 AND series = $3",
	       "bii");
static const hr_sql spread_availability =
	HR_SQL("UPDATE film_instance SET availability = (SELECT r.availability FROM film_series r "
	       "WHERE r.patient = $1 AND r.study = $2 AND r.series = $3) WHERE patient = $1 AND "
	       "study = $2 AND series = $3 AND availability > 0",
	       "bii");

static bool add_instance(const hr_film_putting *p, hr_tx *tx, const hr_film_link *link,
			 hr_error *err)
{
	const hr_film_facts *f = p->facts;
	hr_sql_value patient = hr_film_patient_of(p);
	hr_sql_value study = hr_sql_int(p->study);
	hr_sql_value series = hr_sql_int(p->series);
	hr_sql_value place = hr_sql_int(hr_film_place(f->instance_number));
	hr_sql_value uid = hr_sql_text(f->instance_uid);
	hr_sql_value none = hr_sql_bytes(HR_STR(""));
	hr_facts_level lines;

	return hr_film_putting_lines(p, &f->instance_json, &lines, err) &&
	       hr_tx_run(tx, &insert_instance,
			 HR_VALUES(patient, study, series, place, uid, hr_sql_text(f->sop_class),
				   hr_sql_int(f->rows), hr_sql_int(f->columns),
				   hr_sql_int(f->frame_count), none,
				   hr_sql_int(p->source->at.second),
				   hr_sql_int(link->availability)),
			 err) &&
	       hr_tx_run(tx, &insert_content,
			 HR_VALUES(patient, study, series, place, uid, hr_sql_text(lines.shown),
				   none),
			 err);
}

static bool add_series(struct putting *p, hr_tx *tx, const hr_film_link *link, hr_error *err)
{
	hr_film_putting *at = &p->at;
	hr_sql_value patient;
	hr_sql_value study;
	hr_sql_value series;

	p->fresh_series += !at->has_series;
	if (!hr_film_putting_series(at, tx, err))
		return false;
	patient = hr_film_patient_of(at);
	study = hr_sql_int(at->study);
	series = hr_sql_int(at->series);
	if (!hr_tx_run(tx, &set_address,
		       HR_VALUES(patient, study, series, hr_sql_text(link->address),
				 hr_sql_text(at->source->actor), hr_sql_int(link->availability)),
		       err))
		return false;
	for (size_t i = 0; i < link->count; i++) {
		at->facts = &link->facts[i];
		if (!add_instance(at, tx, link, err))
			return false;
	}
	return hr_tx_run(tx, &count_series, HR_VALUES(patient, study, series), err) &&
	       hr_tx_run(tx, &spread_availability, HR_VALUES(patient, study, series), err);
}

/* --- its study --- */

static const hr_sql find_count =
	HR_SQL("SELECT instance_count FROM film_study WHERE patient = $1 AND study = $2", "bi");
static const hr_sql count_study = HR_SQL(
	"UPDATE film_study SET series_count = series_count + $3, modalities = $4, changed = "
	"$5, instance_count = (SELECT COUNT(*) FROM film_instance i WHERE i.patient = $1 AND "
	"i.study = $2), availability = (SELECT COALESCE(MAX(i.availability), 0) FROM "
	"film_instance i WHERE i.patient = $1 AND i.study = $2) WHERE patient = $1 AND study "
	"= $2 RETURNING instance_count",
	"biiti");

/* The study is made by the first series, and then is there for the others. */
static bool begin(struct putting *p, hr_tx *tx, const hr_film_link *link, hr_error *err)
{
	hr_film_putting *at = &p->at;

	at->facts = &link->facts[0];
	if (!hr_film_putting_find(at, tx, err) || !hr_film_putting_study(at, tx, err))
		return false;
	return link != p->links ||
	       hr_tx_number(tx, &find_count,
			    HR_VALUES(hr_film_patient_of(at), hr_sql_int(at->study)), &p->before,
			    err);
}

static bool finish(struct putting *p, hr_tx *tx, hr_error *err)
{
	hr_film_putting *at = &p->at;

	return hr_tx_number(tx, &count_study,
			    HR_VALUES(hr_film_patient_of(at), hr_sql_int(at->study),
				      hr_sql_int(p->fresh_series), hr_sql_text(at->modalities),
				      hr_sql_int(at->source->at.second)),
			    &p->after, err) &&
	       hr_film_putting_audit(at, tx, HR_STR("film-link"), err);
}

static bool put(hr_tx *tx, void *context, hr_error *err)
{
	struct putting *p = context;
	hr_str modalities = HR_STR_NONE;

	p->fresh_series = 0;
	for (size_t i = 0; i < p->count; i++) {
		if (!begin(p, tx, &p->links[i], err))
			return false;
		/* The row has them when all have been told. */
		if (i)
			p->at.modalities = modalities;
		if (!add_series(p, tx, &p->links[i], err))
			return false;
		modalities = p->at.modalities;
	}
	return finish(p, tx, err);
}

bool hr_film_put_links(hr_store *store, const hr_node_key *node, const hr_film_source *source,
		       const hr_film_link *links, size_t count, hr_film_linked *out, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA_BYTES);
	struct putting p = {
		.at = { .node = node, .source = source, .facts = links[0].facts, .arena = arena },
		.links = links,
		.count = count,
	};

	if (!arena)
		return hr_fail_memory(err);
	if (!hr_film_putting_state(&p.at, err) || !hr_store_write(store, put, &p, err))
		return false;
	out->fresh = p.after - p.before;
	return true;
}

/* --- the national image index --- */

static const hr_sql insert_image_index = HR_SQL(
	"INSERT INTO film_image_index (person, examined, uscc, equipment, body_part, person_code, "
	"actor, added) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
	"bittttti");

struct indexing {
	const hr_node_key *node;
	const hr_film_source *source;
	const hr_image_index *indexes;
	size_t count;
	int64_t fresh;
};

bool hr_film_putting_image_index(hr_tx *tx, const hr_node_key *node, const hr_film_source *source,
				 const hr_image_index *index, int64_t *changed, hr_error *err)
{
	const hr_patient_id person = { HR_STR("insurance"), HR_STR("insurance"), index->person };
	hr_patient_key key;
	hr_audit_entry entry = { .at = source->at,
				 .actor = source->actor,
				 .action = HR_STR("film-index"),
				 .patient = &key };

	if (!hr_patient_key_make(node, &person, &key, err) ||
	    !hr_tx_change(tx, &insert_image_index,
			  HR_VALUES(hr_sql_bytes(hr_film_bytes_of(&key.digest)),
				    hr_sql_int(index->examined.second), hr_sql_text(index->uscc),
				    hr_sql_text(index->equipment), hr_sql_text(index->body_part),
				    hr_sql_text(index->person), hr_sql_text(source->actor),
				    hr_sql_int(source->at.second)),
			  changed, err))
		return false;
	return *changed == 0 || hr_audit_add(tx, node, &entry, err);
}

static bool put_image_indexes(hr_tx *tx, void *context, hr_error *err)
{
	struct indexing *x = context;
	int64_t changed;

	x->fresh = 0;
	for (size_t i = 0; i < x->count; i++) {
		if (!hr_film_putting_image_index(tx, x->node, x->source, &x->indexes[i], &changed,
						 err))
			return false;
		x->fresh += changed;
	}
	return true;
}

bool hr_film_put_image_indexes(hr_store *store, const hr_node_key *node,
			       const hr_film_source *source, const hr_image_index *indexes,
			       size_t count, int64_t *fresh, hr_error *err)
{
	struct indexing x = { node, source, indexes, count, 0 };

	if (!hr_store_write(store, put_image_indexes, &x, err))
		return false;
	*fresh = x.fresh;
	return true;
}
