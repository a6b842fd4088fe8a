/*
 * The tables of shares. Like the index of films they are kept by patient first,
 * so that all rows of a patient can be kept in one place of many.
 *
 * Whether a share still lives is not written into it when a study is withdrawn
 * or moved: each of its studies names the generation it was shared in, and a
 * study of another one counts no more.
 */
#include "service/share_rows_book.h"

#include "dicom/film_study.h"
#include "store/audit.h"

enum { LIST_MAX = 1000, ARENA_BYTES = 1 << 20 };

static const char *const steps[] = {
	/* `revoked` 0: it is not. `passcode` empty: none. `tries`: those that were wrong. */
	"CREATE TABLE share (patient BYTEA NOT NULL, share BIGINT NOT NULL, id TEXT NOT NULL, kind "
	"BIGINT NOT NULL, digest BYTEA NOT NULL, rights BIGINT NOT NULL, made BIGINT NOT NULL, "
	"not_before BIGINT NOT NULL, expires BIGINT NOT NULL, revoked BIGINT NOT NULL, opens "
	"BIGINT NOT NULL, opens_max BIGINT NOT NULL, passcode BYTEA NOT NULL, tries BIGINT NOT "
	"NULL, refused BIGINT NOT NULL, recipient_kind BIGINT NOT NULL, recipient TEXT NOT NULL, "
	"relation TEXT NOT NULL, purpose TEXT NOT NULL, maker BIGINT NOT NULL, consent TEXT NOT "
	"NULL, actor TEXT NOT NULL, PRIMARY KEY (patient, share));"
	"CREATE INDEX share_digest ON share (digest);"
	"CREATE INDEX share_id ON share (id);"
	"CREATE INDEX share_made ON share (made);"
	"CREATE TABLE share_study (patient BYTEA NOT NULL, share BIGINT NOT NULL, place BIGINT NOT "
	"NULL, uid TEXT NOT NULL, generation BIGINT NOT NULL, PRIMARY KEY (patient, share, place))",
};
const hr_room hr_share_room = { .name = "share", .steps = steps, .step_count = 1 };

/* --- rows --- */

static hr_str bytes_of(const hr_patient_key *patient)
{
	return (hr_str){ (const char *)patient->digest.bytes, sizeof(patient->digest.bytes) };
}

static bool read_digest(hr_str bytes, hr_digest *out)
{
	if (bytes.len != sizeof(out->bytes))
		return false;
	memcpy(out->bytes, bytes.data, bytes.len);
	return true;
}

void hr_share_id_copy(hr_str text, char out[HR_SHARE_ID_TEXT])
{
	size_t len = text.len < HR_SHARE_ID_TEXT ? text.len : HR_SHARE_ID_TEXT - 1;

	if (len)
		memcpy(out, text.data, len);
}

bool hr_share_row_read(hr_rows *rows, hr_arena *arena, hr_share_row *out, hr_error *err)
{
	hr_share_row row = { .number = hr_rows_int(rows, 1) };
	hr_share *share = &row.told;
	int64_t tries = hr_rows_int(rows, 12);
	int64_t tries_max;

	hr_share_id_copy(hr_rows_text(rows, 2), share->id);
	share->is_pickup = hr_rows_int(rows, 3) == HR_SHARE_PICKUP;
	share->rights = (unsigned)hr_rows_int(rows, 4);
	share->made_at.second = hr_rows_int(rows, 5);
	share->not_before.second = hr_rows_int(rows, 6);
	share->expires_at.second = hr_rows_int(rows, 7);
	share->revoked_at.second = hr_rows_int(rows, 8);
	share->opens = hr_rows_int(rows, 9);
	share->opens_max = hr_rows_int(rows, 10);
	share->has_passcode = read_digest(hr_rows_bytes(rows, 11), &row.passcode);
	tries_max = share->is_pickup ? HR_PICKUP_TRIES : HR_SHARE_TRIES;
	share->tries_left = tries < tries_max ? tries_max - tries : 0;
	share->recipient_kind = (hr_recipient_kind)hr_rows_int(rows, 13);
	share->recipient = hr_str_copy(arena, hr_rows_text(rows, 14));
	share->relation = hr_str_copy(arena, hr_rows_text(rows, 15));
	share->purpose = hr_str_copy(arena, hr_rows_text(rows, 16));
	share->maker = (hr_share_maker)hr_rows_int(rows, 17);
	if (!read_digest(hr_rows_bytes(rows, 0), &share->patient.digest))
		return hr_fail(err, HR_E_IO, "there is a share without its patient's key");
	if (hr_arena_is_short(arena))
		return hr_fail_memory(err);
	*out = row;
	return true;
}

static const hr_sql list_studies = HR_SQL(
	"SELECT f.uid FROM share_study t JOIN film_study f ON f.uid = t.uid WHERE t.patient "
	"= $1 AND t.share = $2 AND f.patient = t.patient AND f.generation = t.generation AND "
	"f.state = $3 ORDER BY t.place",
	"bii");

static bool read_studies(hr_tx *tx, hr_arena *arena, hr_share_row *row, hr_error *err)
{
	hr_str *uids = HR_NEW_N(arena, hr_str, HR_SHARE_STUDIES_MAX);
	size_t count = 0;
	hr_rows rows;

	if (!uids)
		return hr_fail_memory(err);
	if (!hr_tx_select(tx, &list_studies,
			  HR_VALUES(hr_sql_bytes(bytes_of(&row->told.patient)),
				    hr_sql_int(row->number), hr_sql_int(HR_FILM_PUBLISHED)),
			  HR_SHARE_STUDIES_MAX, &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		uids[count] = hr_str_copy(arena, hr_rows_text(&rows, 0));
		if (!uids[count++].data)
			return hr_fail_memory(err);
	}
	row->told.study_uids = uids;
	row->told.study_count = count;
	return hr_rows_end(&rows, err);
}

static hr_share_state state_of(const hr_share *share, hr_instant now)
{
	if (share->revoked_at.second)
		return HR_SHARE_REVOKED;
	if (share->study_count == 0)
		return HR_SHARE_ENDED;
	if (now.second >= share->expires_at.second)
		return HR_SHARE_EXPIRED;
	if (share->opens_max && share->opens >= share->opens_max)
		return HR_SHARE_SPENT;
	if (share->tries_left == 0)
		return HR_SHARE_LOCKED;
	return now.second < share->not_before.second ? HR_SHARE_WAITS : HR_SHARE_LIVES;
}

bool hr_share_row_settle(hr_tx *tx, hr_instant now, hr_arena *arena, hr_share_row *row,
			 hr_error *err)
{
	if (!read_studies(tx, arena, row, err))
		return false;
	row->told.state = state_of(&row->told, now);
	return true;
}

static const hr_sql find_id =
	HR_SQL("SELECT " HR_SHARE_COLUMNS " FROM share s WHERE s.id = $1", "t");

static bool find_row(hr_tx *tx, hr_str id, hr_arena *arena, hr_share_row *out, bool *found,
		     hr_error *err)
{
	hr_rows rows;

	*found = false;
	if (!hr_tx_select(tx, &find_id, HR_VALUES(hr_sql_text(id)), 1, &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		if (!hr_share_row_read(&rows, arena, out, err))
			return false;
		*found = true;
	}
	return hr_rows_end(&rows, err);
}

bool hr_share_row_get(hr_tx *tx, hr_str id, const hr_patient_key *patient, hr_instant now,
		      hr_arena *arena, hr_share_row *out, hr_error *err)
{
	hr_share_row row;
	bool found = false;

	/* That of nobody has no id. */
	if (id.len && !find_row(tx, id, arena, &row, &found, err))
		return false;
	if (!found || (patient && !hr_digest_equal(&row.told.patient.digest, &patient->digest)))
		return hr_fail(err, HR_E_NOT_FOUND, "no such share is here");
	if (!hr_share_row_settle(tx, now, arena, &row, err))
		return false;
	*out = row;
	return true;
}

bool hr_share_audit(hr_tx *tx, const hr_share_deed *deed, const hr_share *share, hr_error *err)
{
	const hr_audit_entry entry = {
		.at = deed->at,
		.actor = deed->actor,
		.action = deed->action,
		.object = hr_str_of(share->id),
		.patient = &share->patient,
		.reason = deed->reason,
	};

	return hr_audit_add(tx, deed->node, &entry, err);
}

/* --- one, and all --- */

struct asking {
	hr_str id;
	const hr_patient_key *patient;
	hr_instant now;
	hr_arena *arena;
	hr_share_row row;
	hr_share_row *list;
	size_t count;
};

static bool get(hr_tx *tx, void *context, hr_error *err)
{
	struct asking *a = context;

	return hr_share_row_get(tx, a->id, a->patient, a->now, a->arena, &a->row, err);
}

bool hr_share_get(hr_films *films, hr_str id, const hr_patient_key *patient, hr_instant now,
		  hr_arena *arena, hr_share *out, hr_error *err)
{
	struct asking a = { .id = id, .patient = patient, .now = now, .arena = arena };

	if (!hr_store_read(films->store, get, &a, err))
		return false;
	*out = a.row.told;
	return true;
}

static const hr_sql list_of_patient =
	HR_SQL("SELECT " HR_SHARE_COLUMNS
	       " FROM share s WHERE s.patient = $1 ORDER BY s.share DESC LIMIT $2",
	       "bi");
/* That of nobody was never made. */
static const hr_sql list_all =
	HR_SQL("SELECT " HR_SHARE_COLUMNS
	       " FROM share s WHERE s.made > 0 ORDER BY s.made DESC, s.id LIMIT $1",
	       "i");

static bool read_list(hr_tx *tx, struct asking *a, hr_error *err)
{
	const hr_sql_value limit = hr_sql_int(LIST_MAX);
	hr_rows rows;
	bool ok = a->patient ? hr_tx_select(tx, &list_of_patient,
					    HR_VALUES(hr_sql_bytes(bytes_of(a->patient)), limit),
					    LIST_MAX, &rows, err)
			     : hr_tx_select(tx, &list_all, HR_VALUES(limit), LIST_MAX, &rows, err);

	if (!ok)
		return false;
	while (hr_rows_next(&rows))
		if (!hr_share_row_read(&rows, a->arena, &a->list[a->count++], err))
			return false;
	return hr_rows_end(&rows, err);
}

static bool list(hr_tx *tx, void *context, hr_error *err)
{
	struct asking *a = context;

	if (!read_list(tx, a, err))
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!hr_share_row_settle(tx, a->now, a->arena, &a->list[i], err))
			return false;
	return true;
}

bool hr_share_list(hr_films *films, const hr_patient_key *patient, hr_instant now, hr_arena *arena,
		   hr_share **out, size_t *count, hr_error *err)
{
	struct asking a = { .patient = patient, .now = now, .arena = arena };
	hr_share *shares;

	a.list = HR_NEW_N(arena, hr_share_row, LIST_MAX);
	if (!a.list)
		return hr_fail_memory(err);
	if (!hr_store_read(films->store, list, &a, err))
		return false;
	shares = HR_NEW_N(arena, hr_share, a.count + 1);
	if (!shares)
		return hr_fail_memory(err);
	for (size_t i = 0; i < a.count; i++)
		shares[i] = a.list[i].told;
	*out = shares;
	*count = a.count;
	return true;
}

/* --- calling back --- */

static const hr_sql set_revoked =
	HR_SQL("UPDATE share SET revoked = $3 WHERE patient = $1 AND share = $2", "bii");

struct revoking {
	hr_str id;
	const hr_patient_key *patient;
	hr_share_deed deed;
	hr_arena *arena;
};

static bool revoke(hr_tx *tx, void *context, hr_error *err)
{
	const struct revoking *r = context;
	hr_share_row row;

	if (!hr_share_row_get(tx, r->id, r->patient, r->deed.at, r->arena, &row, err))
		return false;
	if (row.told.revoked_at.second)
		return true;
	return hr_tx_run(tx, &set_revoked,
			 HR_VALUES(hr_sql_bytes(bytes_of(&row.told.patient)),
				   hr_sql_int(row.number), hr_sql_int(r->deed.at.second)),
			 err) &&
	       hr_share_audit(tx, &r->deed, &row.told, err);
}

bool hr_share_revoke(hr_films *films, hr_str id, const hr_patient_key *patient, hr_str actor,
		     hr_str reason, hr_instant now, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA_BYTES);
	struct revoking r = {
		.id = id,
		.patient = patient,
		.deed = { films->node, now, actor, HR_STR("share-revoke"), reason },
		.arena = arena,
	};

	if (!arena)
		return hr_fail_memory(err);
	if (!hr_store_write(films->store, revoke, &r, err))
		return false;
	hr_films_note_change(films);
	return true;
}
