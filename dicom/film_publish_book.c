/* Each is looked at before a word of it is written, so a refusal leaves nothing half. */
#include "dicom/film_publish_book.h"

#include "dicom/film_put_book.h"
#include "dicom/film_study.h"
#include "store/audit.h"

#include <assert.h>

enum { ARENA_BYTES = 256 << 20, TEXT_BYTES_MAX = 1 << 20 };

struct publishing {
	const hr_node_key *node;
	const hr_film_source *source;
	const hr_film_publication *list;
	size_t count;
	hr_film_published *results;
	hr_arena *arena;
};

/* One of them, and what the index has of it. */
struct one {
	const hr_film_publication *told;
	hr_film_source source;
	hr_film_putting at;
	hr_digest digest; /* of what is told of the study itself */
	bool has_link;
	bool is_same_link;
	bool is_same_text;
	bool is_same_publisher;
	hr_film_state state;
};

/* --- what is there --- */

static const hr_sql find_link =
	HR_SQL("SELECT s.state, l.address, l.availability, l.linked_by, l.told FROM film_study s "
	       "LEFT JOIN film_link l ON l.patient = s.patient AND l.study = s.study WHERE "
	       "s.patient = $1 AND s.study = $2",
	       "bi");

/* Members of JSON end in no line end, so no two are made of the same parts. */
static bool make_digest(const struct one *one, hr_arena *arena, hr_digest *out, hr_error *err)
{
	const hr_film_facts *f = one->told->facts;
	hr_buf buf;

	hr_buf_init(&buf, arena, TEXT_BYTES_MAX);
	hr_buf_add(&buf, f->study_json.shown);
	HR_BUF_ADD(&buf, "\n");
	hr_buf_add(&buf, f->study_json.more);
	HR_BUF_ADD(&buf, "\n");
	hr_buf_add(&buf, one->told->modalities);
	return buf.failed ? hr_fail_memory(err) : hr_sha256(hr_buf_str(&buf), out, err);
}

static void note_link(struct one *one, hr_rows *rows)
{
	const hr_film_publication *told = one->told;
	hr_digest digest;

	one->state = (hr_film_state)hr_rows_int(rows, 0);
	one->has_link = !hr_rows_is_null(rows, 1);
	one->is_same_link = hr_str_equal(hr_rows_text(rows, 1), told->address) &&
			    hr_rows_int(rows, 2) == (int64_t)told->availability;
	one->is_same_publisher = hr_str_equal(hr_rows_text(rows, 3), one->at.source->actor);
	one->is_same_text = hr_film_digest_of(hr_rows_bytes(rows, 4), &digest) &&
			    hr_digest_equal(&digest, &one->digest);
}

static bool look(struct one *one, hr_tx *tx, hr_error *err)
{
	hr_film_putting *at = &one->at;
	hr_rows rows;

	if (!hr_film_putting_state(at, err) || !make_digest(one, at->arena, &one->digest, err) ||
	    !hr_film_putting_find(at, tx, err))
		return false;
	if (!at->has_study)
		return true;
	if (!hr_tx_select(tx, &find_link, HR_VALUES(hr_film_patient_of(at), hr_sql_int(at->study)),
			  1, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		note_link(one, &rows);
	return hr_rows_end(&rows, err);
}

static bool releases(const struct one *one)
{
	return one->told->releases && one->state != HR_FILM_PUBLISHED;
}

static hr_film_published judge(const struct one *one)
{
	if (one->at.is_other_patient)
		return HR_FILM_OF_OTHER_PATIENT;
	if (one->told->releases && one->state == HR_FILM_WITHDRAWN)
		return HR_FILM_IS_WITHDRAWN;
	if (!one->at.has_study)
		return HR_FILM_PUBLISHED_NEW;
	if (!one->has_link)
		return HR_FILM_PUBLISHED_CHANGED;
	if (!one->is_same_publisher && !one->told->overrides)
		return HR_FILM_OF_OTHER_PUBLISHER;
	if (!one->is_same_text)
		return HR_FILM_TOLD_OTHERWISE;
	return one->is_same_link && !releases(one) ? HR_FILM_PUBLISHED_HAD
						   : HR_FILM_PUBLISHED_CHANGED;
}

/* --- writing it --- */

static const hr_sql put_link = HR_SQL(
	"INSERT INTO film_link (patient, study, address, availability, linked_by, told, changed) "
	"VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (patient, study) DO UPDATE SET address = "
	"$3, availability = $4, linked_by = $5, changed = $7",
	"bititbi");
/* Where instances are told of, they say where they are. */
static const hr_sql note_study =
	HR_SQL("UPDATE film_study SET modalities = $3, changed = $4, state = CASE WHEN $5 = 1 "
	       "THEN $6 ELSE state END, availability = CASE WHEN instance_count = 0 THEN $7 ELSE "
	       "availability END WHERE patient = $1 AND study = $2",
	       "bitiiii");

static bool add_modalities(struct one *one, hr_tx *tx, hr_error *err)
{
	hr_str rest = one->told->modalities;

	while (rest.len) {
		size_t end = hr_str_find(rest, HR_STR("\\"));

		if (!hr_film_putting_modality(&one->at, tx, hr_str_slice(rest, 0, end), err))
			return false;
		rest = hr_str_slice(rest, end + 1, rest.len);
	}
	return true;
}

static bool put_study(struct one *one, hr_tx *tx, hr_error *err)
{
	const hr_film_publication *told = one->told;
	hr_film_putting *at = &one->at;
	hr_sql_value now = hr_sql_int(at->source->at.second);
	const bool lets_see = releases(one);

	if (!hr_film_putting_study(at, tx, err) || !add_modalities(one, tx, err))
		return false;
	return hr_tx_run(tx, &put_link,
			 HR_VALUES(hr_film_patient_of(at), hr_sql_int(at->study),
				   hr_sql_text(told->address), hr_sql_int(told->availability),
				   hr_sql_text(at->source->actor),
				   hr_sql_bytes(hr_film_bytes_of(&one->digest)), now),
			 err) &&
	       hr_tx_run(tx, &note_study,
			 HR_VALUES(hr_film_patient_of(at), hr_sql_int(at->study),
				   hr_sql_text(at->modalities), now, hr_sql_int(lets_see),
				   hr_sql_int(HR_FILM_PUBLISHED), hr_sql_int(told->availability)),
			 err) &&
	       hr_film_putting_audit(at, tx, HR_STR("film-link"), err) &&
	       (!lets_see || hr_film_putting_audit(at, tx, HR_STR("film-publish"), err));
}

static bool publish_study(struct publishing *p, hr_tx *tx, const hr_film_publication *told,
			  hr_film_published *result, hr_error *err)
{
	struct one one = {
		.told = told,
		.source = *p->source,
		.at = { .node = p->node, .facts = told->facts, .arena = p->arena },
	};

	one.at.source = &one.source;
	if (told->institution.len)
		one.source.institution = told->institution;
	if (!look(&one, tx, err))
		return false;
	*result = judge(&one);
	return *result >= HR_FILM_PUBLISHED_HAD || put_study(&one, tx, err);
}

static bool publish_index(struct publishing *p, hr_tx *tx, const hr_film_publication *told,
			  hr_film_published *result, hr_error *err)
{
	int64_t fresh;

	if (!told->index || *result >= HR_FILM_PUBLISHED_REFUSED)
		return true;
	if (!hr_film_putting_image_index(tx, p->node, p->source, told->index, &fresh, err))
		return false;
	if (fresh && *result == HR_FILM_PUBLISHED_HAD)
		*result = told->facts ? HR_FILM_PUBLISHED_CHANGED : HR_FILM_PUBLISHED_NEW;
	return true;
}

static bool publish(hr_tx *tx, void *context, hr_error *err)
{
	struct publishing *p = context;

	for (size_t i = 0; i < p->count; i++) {
		const hr_film_publication *told = &p->list[i];
		hr_film_published result = HR_FILM_PUBLISHED_HAD;

		if ((told->facts && !publish_study(p, tx, told, &result, err)) ||
		    !publish_index(p, tx, told, &result, err))
			return false;
		p->results[i] = result;
	}
	return true;
}

bool hr_film_publish(hr_store *store, const hr_node_key *node, const hr_film_source *source,
		     const hr_film_publication *list, size_t count, hr_film_published *results,
		     hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA_BYTES);
	struct publishing p = { node, source, list, count, results, arena };

	assert(count <= HR_FILM_PUBLICATIONS_MAX);
	if (!arena)
		return hr_fail_memory(err);
	return hr_store_write(store, publish, &p, err);
}
