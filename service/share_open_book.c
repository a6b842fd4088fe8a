/*
 * Opening. Who has an unknown secret must not learn so by the time it takes,
 * and the time is in scrypt and in the flush of what is written. So an unknown
 * secret is tried at a share of nobody, which has a passcode that no word
 * gives: the same queries, the same row changed, and a blank in the place of
 * the row of the audit. What differs is scrypt alone, which is run when a
 * passcode was sent, whether there is one to be checked or not.
 *
 * A wrong try is counted in the transaction that finds it wrong, so that of
 * many at once no more are told than there are tries. Only a right one may take
 * longer: who has it learns that anyway.
 */
#include "service/share_rows_book.h"

#include "service/share_json.h"
#include "service/share_secret.h"
#include "store/audit.h"

enum { PASSCODE_BYTES_MAX = 256 };

/* Its patient, its secret and its passcode: no digest is of zeros. */
static const hr_digest nobodys = { { 0 } };

struct opening {
	hr_films *films;
	const hr_share_attempt *attempt;
	hr_instant now;
	hr_arena *arena;
	hr_digest digest;
	hr_digest passcode; /* of the one that was sent */
	bool is_code;
	hr_share_row row;
	hr_share_answer answer;
};

static hr_sql_value value_of(const hr_digest *digest)
{
	return hr_sql_bytes((hr_str){ (const char *)digest->bytes, sizeof(digest->bytes) });
}

/* --- finding it, or nobody's --- */

static const hr_sql find =
	HR_SQL("SELECT " HR_SHARE_COLUMNS " FROM share s WHERE s.digest IN ($1, $2) AND (s.made = "
	       "0 OR s.made >= $3) ORDER BY s.made DESC LIMIT 1",
	       "bbi");
static const hr_sql insert_nobodys =
	HR_SQL("INSERT INTO share (patient, share, id, kind, digest, rights, made, not_before, "
	       "expires, revoked, opens, opens_max, passcode, tries, refused, recipient_kind, "
	       "recipient, relation, purpose, maker, consent, actor) VALUES ($1, 1, '', 0, $1, 0, "
	       "0, 0, 0, 0, 0, 0, $1, 0, 0, 0, '', '', '', 0, '', '')",
	       "b");

static bool find_share(struct opening *o, hr_tx *tx, bool *found, hr_error *err)
{
	/* Codes are drawn again after a while: an old one is not meant. */
	const int64_t since = o->is_code ? o->now.second - HR_PICKUP_TOLD_SECONDS : 0;
	hr_rows rows;

	if (!hr_tx_select(tx, &find,
			  HR_VALUES(value_of(&o->digest), value_of(&nobodys), hr_sql_int(since)), 1,
			  &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		if (!hr_share_row_read(&rows, o->arena, &o->row, err))
			return false;
		*found = true;
	}
	return hr_rows_end(&rows, err);
}

/* The first unknown secret of a store makes nobody's share. */
static bool find_or_make(struct opening *o, hr_tx *tx, hr_error *err)
{
	bool found = false;

	if (!find_share(o, tx, &found, err))
		return false;
	if (!found && (!hr_tx_run(tx, &insert_nobodys, HR_VALUES(value_of(&nobodys)), err) ||
		       !find_share(o, tx, &found, err)))
		return false;
	return found || hr_fail(err, HR_E_INTERNAL, "what was put into the store is not there");
}

/* --- may it be opened? --- */

static bool is_right(const struct opening *o)
{
	return o->attempt->passcode.len && hr_digest_equal(&o->row.passcode, &o->passcode);
}

static bool is_for_desk(const struct opening *o)
{
	return hr_str_equal(o->attempt->desk, o->row.told.recipient);
}

static const struct refusal {
	const char *word;
	bool takes_try;
} refusals[] = {
	{ "locked", false },
	{ "no-passcode", false },
	{ "passcode", true },
	{ "desk", true },
};

/* NULL: the word is passed. */
static const struct refusal *find_refusal(const struct opening *o)
{
	const hr_share *share = &o->row.told;
	const bool passed = !share->has_passcode || is_right(o);

	if (share->tries_left == 0)
		return &refusals[0];
	if (!passed)
		return &refusals[o->attempt->passcode.len ? 2 : 1];
	return share->is_pickup && !is_for_desk(o) ? &refusals[3] : NULL;
}

/* --- what is written --- */

static const hr_sql note_refusal = HR_SQL("UPDATE share SET tries = tries + $3, refused = refused "
					  "+ 1 WHERE patient = $1 AND share = $2",
					  "bii");
static const hr_sql note_open =
	HR_SQL("UPDATE share SET opens = opens + 1 WHERE patient = $1 AND share = $2", "bi");

static bool audit(const struct opening *o, hr_tx *tx, const char *action, hr_str reason,
		  hr_error *err)
{
	const bool is_nobodys = o->row.told.made_at.second == 0;
	const hr_audit_entry entry = {
		.at = o->now,
		.actor = o->attempt->source,
		.action = hr_str_of(action),
		.object = is_nobodys ? HR_STR("000000000000") : hr_str_of(o->row.told.id),
		.patient = &o->row.told.patient,
		.reason = reason,
	};

	return is_nobodys ? hr_audit_add_blank(tx, o->films->node, &entry, err)
			  : hr_audit_add(tx, o->films->node, &entry, err);
}

static bool refuse(struct opening *o, hr_tx *tx, hr_str reason, bool takes_try, hr_error *err)
{
	return hr_tx_run(tx, &note_refusal,
			 HR_VALUES(value_of(&o->row.told.patient.digest), hr_sql_int(o->row.number),
				   hr_sql_int(takes_try)),
			 err) &&
	       audit(o, tx, "share-refuse", reason, err);
}

static bool let_in(struct opening *o, hr_tx *tx, hr_error *err)
{
	if (!hr_tx_run(tx, &note_open,
		       HR_VALUES(value_of(&o->row.told.patient.digest), hr_sql_int(o->row.number)),
		       err) ||
	    !audit(o, tx, "share-open", HR_STR_NONE, err))
		return false;
	o->row.told.opens++;
	o->answer = HR_SHARE_OPENED;
	return true;
}

static bool try_open(hr_tx *tx, void *context, hr_error *err)
{
	struct opening *o = context;
	const struct refusal *refusal;

	if (!find_or_make(o, tx, err))
		return false;
	refusal = find_refusal(o);
	if (refusal)
		return refuse(o, tx, hr_str_of(refusal->word), refusal->takes_try, err);
	if (!hr_share_row_settle(tx, o->now, o->arena, &o->row, err))
		return false;
	if (o->row.told.state == HR_SHARE_LIVES)
		return let_in(o, tx, err);
	o->answer = HR_SHARE_NOT_OPEN;
	return refuse(o, tx, hr_share_state_word(o->row.told.state), false, err);
}

bool hr_share_open(hr_films *films, const hr_share_attempt *attempt, hr_instant now,
		   hr_arena *arena, hr_share_answer *answer, hr_share *out, hr_error *err)
{
	struct opening o = {
		.films = films,
		.attempt = attempt,
		.now = now,
		.arena = arena,
		.is_code = hr_pickup_is_code(attempt->secret),
		.answer = HR_SHARE_UNKNOWN,
	};

	if (attempt->passcode.len > PASSCODE_BYTES_MAX)
		return hr_fail(err, HR_E_USAGE, "no passcode has over %d bytes",
			       PASSCODE_BYTES_MAX);
	if (!hr_share_digest(films->node, attempt->secret, &o.digest, err))
		return false;
	if (attempt->passcode.len && !hr_share_passcode(&films->passcodes, films->node, &o.digest,
							attempt->passcode, &o.passcode, err))
		return false;
	if (!hr_store_write(films->store, try_open, &o, err))
		return false;
	if (o.row.told.made_at.second == 0)
		atomic_fetch_add(&films->unknown_shares, 1);
	if (o.answer != HR_SHARE_UNKNOWN)
		*out = o.row.told;
	*answer = o.answer;
	return true;
}

uint64_t hr_share_unknown(const hr_films *films)
{
	return atomic_load(&films->unknown_shares);
}
