/* Making shares: links, and codes for a clinic's desk. */
#include "service/share_rows_book.h"

#include "dicom/film_study_book.h"
#include "service/secret.h"
#include "service/share_rules.h"
#include "service/share_secret.h"
#include "store/store.h"

#include <errno.h>
#include <sys/random.h>

enum { DRAWS_MAX = 20 };

struct making {
	hr_films *films;
	const hr_share_wish *wish; /* with the times and opens that it is made with */
	hr_instant now;
	hr_arena *arena;
	hr_share_kind kind;
	hr_digest digest;
	hr_digest passcode; /* where the wish has one */
	char code[HR_PICKUP_TEXT];
	hr_patient_key patient;
	int64_t *generations; /* of the studies, in their order */
	int64_t number;
	char id[HR_SHARE_ID_TEXT];
	hr_share_row row; /* as it was read again */
};

static hr_sql_value patient_of(const struct making *m)
{
	return hr_sql_bytes(
		(hr_str){ (const char *)m->patient.digest.bytes, sizeof(m->patient.digest.bytes) });
}

static hr_sql_value digest_value(const hr_digest *digest)
{
	return hr_sql_bytes((hr_str){ (const char *)digest->bytes, sizeof(digest->bytes) });
}

/* --- of which studies --- */

/* Not there, another's, not published: who asks learns which from nothing. */
static bool fail_study(hr_error *err)
{
	return hr_fail(err, HR_E_NOT_FOUND, "no such film is here to be shared");
}

static bool take_study(struct making *m, hr_tx *tx, size_t i, hr_error *err)
{
	hr_film_row found;

	if (!hr_film_row_get(tx, m->wish->study_uids[i], m->arena, &found, err))
		return err->code == HR_E_NOT_FOUND ? fail_study(err) : false;
	if (i == 0 && !m->wish->patient)
		m->patient.digest = found.patient;
	if (found.told.state != HR_FILM_PUBLISHED ||
	    !hr_digest_equal(&found.patient, &m->patient.digest))
		return fail_study(err);
	m->generations[i] = found.told.generation;
	return hr_share_check_age(m->wish->maker, found.told.birth_date, m->now, err);
}

static bool take_studies(struct making *m, hr_tx *tx, hr_error *err)
{
	m->generations = HR_NEW_N(m->arena, int64_t, m->wish->study_count);
	if (!m->generations)
		return hr_fail_memory(err);
	if (m->wish->patient)
		m->patient = *m->wish->patient;
	for (size_t i = 0; i < m->wish->study_count; i++)
		if (!take_study(m, tx, i, err))
			return false;
	return true;
}

/* --- what is drawn --- */

static const hr_sql next_number =
	HR_SQL("SELECT COALESCE(MAX(share), 0) + 1 FROM share WHERE patient = $1", "b");
static const hr_sql find_id = HR_SQL("SELECT 1 FROM share WHERE id = $1 LIMIT 1", "t");
static const hr_sql find_digest =
	HR_SQL("SELECT 1 FROM share WHERE digest = $1 AND made >= $2 LIMIT 1", "bi");

static bool draw_id(struct making *m, hr_tx *tx, hr_error *err)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[HR_SHARE_ID_TEXT - 1];
	int64_t found = 1;

	for (int i = 0; found && i < DRAWS_MAX; i++) {
		if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
			return hr_fail_errno(err, errno, "draw", "random numbers");
		for (size_t k = 0; k < sizeof(bytes); k++)
			m->id[k] = digits[bytes[k] & 15];
		if (!hr_tx_number(tx, &find_id, HR_VALUES(hr_sql_text(hr_str_of(m->id))), &found,
				  err))
			return false;
	}
	return !found || hr_fail(err, HR_E_INTERNAL, "every id that was drawn is in use");
}

/* None that another of these minutes has: whose it is must be sure. */
static bool draw_code(struct making *m, hr_tx *tx, hr_error *err)
{
	int64_t found = 1;

	for (int i = 0; found && i < DRAWS_MAX; i++)
		if (!hr_pickup_draw(m->code, err) ||
		    !hr_share_digest(m->films->node, hr_str_of(m->code), &m->digest, err) ||
		    !hr_tx_number(tx, &find_digest,
				  HR_VALUES(digest_value(&m->digest),
					    hr_sql_int(m->now.second - HR_PICKUP_TOLD_SECONDS)),
				  &found, err))
			return false;
	return !found || hr_fail(err, HR_E_INTERNAL, "every code that was drawn is in use");
}

/* --- rows --- */

static const hr_sql insert_share =
	HR_SQL("INSERT INTO share (patient, share, id, kind, digest, rights, made, not_before, "
	       "expires, revoked, opens, opens_max, passcode, tries, refused, recipient_kind, "
	       "recipient, relation, purpose, maker, consent, actor) VALUES ($1, $2, $3, $4, $5, "
	       "$6, $7, $8, $9, 0, 0, $10, $11, 0, 0, $12, $13, $14, $15, $16, $17, $18)",
	       "bitibiiiiibitttitt");
static const hr_sql insert_study =
	HR_SQL("INSERT INTO share_study (patient, share, place, uid, generation) VALUES ($1, $2, "
	       "$3, $4, $5)",
	       "biiti");

static bool add_share(const struct making *m, hr_tx *tx, hr_error *err)
{
	const hr_share_wish *wish = m->wish;

	return hr_tx_run(tx, &insert_share,
			 HR_VALUES(patient_of(m), hr_sql_int(m->number),
				   hr_sql_text(hr_str_of(m->id)), hr_sql_int(m->kind),
				   digest_value(&m->digest), hr_sql_int(wish->rights),
				   hr_sql_int(m->now.second), hr_sql_int(wish->not_before.second),
				   hr_sql_int(wish->expires_at.second), hr_sql_int(wish->opens_max),
				   wish->passcode.len ? digest_value(&m->passcode)
						      : hr_sql_bytes(HR_STR_NONE),
				   hr_sql_int(wish->recipient_kind), hr_sql_text(wish->recipient),
				   hr_sql_text(wish->relation), hr_sql_text(wish->purpose),
				   hr_sql_int(wish->maker), hr_sql_text(wish->consent),
				   hr_sql_text(wish->actor)),
			 err);
}

static bool add_studies(const struct making *m, hr_tx *tx, hr_error *err)
{
	for (size_t i = 0; i < m->wish->study_count; i++)
		if (!hr_tx_run(tx, &insert_study,
			       HR_VALUES(patient_of(m), hr_sql_int(m->number),
					 hr_sql_int((int64_t)i),
					 hr_sql_text(m->wish->study_uids[i]),
					 hr_sql_int(m->generations[i])),
			       err))
			return false;
	return true;
}

static bool audit_as(const struct making *m, hr_tx *tx, const char *action, const char *reason,
		     const hr_share *share, hr_error *err)
{
	const hr_share_deed deed = { m->films->node, m->now, m->wish->actor, hr_str_of(action),
				     hr_str_of(reason) };

	return hr_share_audit(tx, &deed, share, err);
}

/* The consent of who speaks for a patient belongs to what the patient can read. */
static bool audit_made(const struct making *m, hr_tx *tx, hr_error *err)
{
	const hr_share_deed deed = { m->films->node, m->now, m->wish->actor, HR_STR("share-create"),
				     m->wish->consent };

	return hr_share_audit(tx, &deed, &m->row.told, err);
}

/* --- a code ends the one before it --- */

static const hr_sql end_codes =
	HR_SQL("UPDATE share SET revoked = $2 WHERE patient = $1 AND kind = 1 AND revoked = 0 AND "
	       "expires > $2 RETURNING id",
	       "bi");

static bool end_earlier(struct making *m, hr_tx *tx, hr_error *err)
{
	hr_share ended = { .patient = m->patient };
	hr_rows rows;

	if (!hr_tx_select(tx, &end_codes, HR_VALUES(patient_of(m), hr_sql_int(m->now.second)), 1,
			  &rows, err))
		return false;
	while (hr_rows_next(&rows))
		hr_share_id_copy(hr_rows_text(&rows, 0), ended.id);
	if (!hr_rows_end(&rows, err))
		return false;
	return !ended.id[0] || audit_as(m, tx, "share-revoke", "another code", &ended, err);
}

/* --- all of it --- */

static bool make(hr_tx *tx, void *context, hr_error *err)
{
	struct making *m = context;

	if (!take_studies(m, tx, err) ||
	    !hr_tx_number(tx, &next_number, HR_VALUES(patient_of(m)), &m->number, err) ||
	    !draw_id(m, tx, err))
		return false;
	if (m->kind == HR_SHARE_PICKUP && (!end_earlier(m, tx, err) || !draw_code(m, tx, err)))
		return false;
	return add_share(m, tx, err) && add_studies(m, tx, err) &&
	       hr_share_row_get(tx, hr_str_of(m->id), NULL, m->now, m->arena, &m->row, err) &&
	       audit_made(m, tx, err);
}

bool hr_share_create(hr_films *films, const hr_share_wish *wish, hr_instant now, hr_arena *arena,
		     char secret[HR_SHARE_SECRET_TEXT], hr_share *out, hr_error *err)
{
	struct making m = {
		.films = films, .wish = wish, .now = now, .arena = arena, .kind = HR_SHARE_LINK
	};
	hr_share_wish meant = *wish;
	char drawn[HR_SECRET_TEXT];

	if (meant.not_before.second < now.second)
		meant.not_before = now;
	m.wish = &meant;
	if (!hr_share_wish_check(&meant, false, now, err) ||
	    !hr_secret_draw(HR_STR("hrf_"), drawn, err) ||
	    !hr_share_digest(films->node, hr_str_of(drawn), &m.digest, err))
		return false;
	if (wish->passcode.len && !hr_share_passcode(&films->passcodes, films->node, &m.digest,
						     wish->passcode, &m.passcode, err))
		return false;
	if (!hr_store_write(films->store, make, &m, err))
		return false;
	memcpy(secret, drawn, sizeof(drawn));
	explicit_bzero(drawn, sizeof(drawn));
	*out = m.row.told;
	return true;
}

bool hr_pickup_create(hr_films *films, const hr_share_wish *wish, hr_instant now, hr_arena *arena,
		      char code[HR_PICKUP_TEXT], hr_share *out, hr_error *err)
{
	hr_share_wish meant = *wish;
	struct making m = {
		.films = films, .wish = &meant, .now = now, .arena = arena, .kind = HR_SHARE_PICKUP
	};

	meant.not_before = now;
	meant.expires_at.second = now.second + HR_PICKUP_SECONDS;
	meant.opens_max = 1;
	meant.passcode = HR_STR_NONE;
	if (!hr_share_wish_check(&meant, true, now, err) ||
	    !hr_store_write(films->store, make, &m, err))
		return false;
	hr_films_note_change(films);
	memcpy(code, m.code, sizeof(m.code));
	*out = m.row.told;
	return true;
}
