/*
 * Who tries a code must not learn by the time it takes whether there is such a
 * claim. So an unknown one is tried at a claim of nobody, which no word opens:
 * the same queries, the same row changed, and a blank in the place of the row
 * of the audit.
 */
#include "service/claims.h"

#include "base/id_card.h"
#include "dicom/film_rows_book.h"
#include "dicom/film_study_book.h"
#include "dicom/person_name.h"
#include "store/audit.h"

enum {
	MESSAGE_BYTES = 512,
	LAST_TEXT = HR_CLAIM_LAST + 1,
	PROOF_BYTES = HR_NAME_TERMS_MAX * HR_SHA256_BYTES,
};

static const char *const steps[] = {
	/* `proof` is of each way in which the name is written, one after the other. */
	"CREATE TABLE claim (patient BYTEA NOT NULL, code BYTEA NOT NULL, study_uid TEXT NOT NULL, "
	"proof BYTEA NOT NULL, made BIGINT NOT NULL, expires BIGINT NOT NULL, tries BIGINT NOT "
	"NULL, opens BIGINT NOT NULL, actor TEXT NOT NULL, PRIMARY KEY (patient, code));"
	"CREATE UNIQUE INDEX claim_code ON claim (code);"
	"CREATE INDEX claim_study ON claim (study_uid);"
	"CREATE INDEX claim_expires ON claim (expires)",
};
const hr_room hr_claim_room = { .name = "claim",
				.steps = steps,
				.step_count = sizeof(steps) / sizeof(steps[0]) };

/* --- what is kept instead of what was said --- */

static bool seal(const hr_films *films, const char *what, const hr_str *parts, size_t count,
		 hr_digest *out, hr_error *err)
{
	const hr_digest *secret = &films->node->secret;
	char bytes[MESSAGE_BYTES];
	hr_buf buf;

	hr_buf_init_over(&buf, bytes, sizeof(bytes));
	hr_buf_addf(&buf, "huren %s", what);
	for (size_t i = 0; i < count; i++) {
		HR_BUF_ADD(&buf, " ");
		hr_buf_add(&buf, parts[i]);
	}
	if (buf.failed)
		return hr_fail(err, HR_E_INTERNAL, "a claim's parts are too long");
	return hr_hmac_sha256(hr_film_bytes_of(secret), hr_buf_str(&buf), out, err);
}

static bool seal_code(const hr_films *films, const char *code, hr_digest *out, hr_error *err)
{
	const hr_str parts[] = { hr_str_of(code) };

	return seal(films, "claim code", parts, 1, out, err);
}

/* Code and characters have their length, so that the parts cannot run together. */
static bool seal_proof(const hr_films *films, const char *code, const char *last, hr_str name,
		       hr_digest *out, hr_error *err)
{
	const hr_str parts[] = { hr_str_of(code), hr_str_of(last), name };

	return seal(films, "claim proof", parts, 3, out, err);
}

/* The last six, capitals; empty when there are not so many. */
static void read_last(hr_str number, char out[LAST_TEXT])
{
	hr_str last;

	number = hr_str_trim(number);
	out[0] = '\0';
	if (number.len < HR_CLAIM_LAST)
		return;
	last = hr_str_slice(number, number.len - HR_CLAIM_LAST, number.len);
	for (size_t i = 0; i < last.len; i++)
		out[i] =
			(char)(last.data[i] >= 'a' && last.data[i] <= 'z' ? last.data[i] - 'a' + 'A'
									  : last.data[i]);
	out[HR_CLAIM_LAST] = '\0';
}

/* The whole name in each way in which it is written, folded; none when nothing of it is a letter.
 */
static bool read_names(hr_str name, hr_arena *arena, hr_str names[HR_NAME_TERMS_MAX], size_t *count,
		       hr_error *err)
{
	hr_name_query query = { .count = 0 };

	*count = 0;
	if (!hr_name_query_make(name, false, arena, &query, err))
		return false;
	for (size_t i = 0; i < query.count; i++)
		if (query.terms[i].how == HR_NAME_IS && query.terms[i].key.len > 1)
			names[(*count)++] = query.terms[i].key;
	return true;
}

static bool audit(hr_tx *tx, const hr_films *films, const hr_audit_entry *entry, hr_str study_uid,
		  bool is_nobodys, hr_error *err)
{
	hr_audit_entry whole = *entry;
	char text[HR_SHA256_TEXT];
	hr_digest digest;

	if (study_uid.len) {
		if (!hr_sha256(study_uid, &digest, err))
			return false;
		whole.object = hr_digest_format(&digest, text);
	}
	return is_nobodys ? hr_audit_add_blank(tx, films->node, &whole, err)
			  : hr_audit_add(tx, films->node, &whole, err);
}

/* --- making --- */

static const hr_sql drop_old =
	HR_SQL("DELETE FROM claim WHERE study_uid = $1 OR (expires > 0 AND expires <= $2)", "ti");
static const hr_sql insert = HR_SQL("INSERT INTO claim (patient, code, study_uid, proof, made, "
				    "expires, tries, opens, actor) VALUES ($1, $2, $3, $4, $5, $6, "
				    "0, 0, $7)",
				    "bbtbiit");

struct making {
	hr_films *films;
	const hr_claim_wish *wish;
	hr_instant now;
	hr_arena *arena;
	hr_claim claim;
	hr_patient_key person;
	hr_digest code;
	char last[LAST_TEXT];
};

/* Of a film that is somebody's for certain, nobody else gets a claim. */
static bool check_person(const struct making *m, const hr_film_row *film, hr_error *err)
{
	bool is_certain = film->told.matched || hr_is_id_card(hr_str_trim(film->told.patient_id));

	return !is_certain || hr_digest_equal(&film->patient, &m->person.digest) ||
	       hr_fail(err, HR_E_CONFLICT, "the film is another person's");
}

static bool make_proof(const struct making *m, hr_str film_name, char out[PROOF_BYTES], size_t *len,
		       hr_error *err)
{
	hr_str said = hr_str_trim(m->wish->name).len ? m->wish->name : film_name;
	hr_str names[HR_NAME_TERMS_MAX];
	hr_digest digest;
	size_t count;

	*len = 0;
	if (!read_names(said, m->arena, names, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!seal_proof(m->films, m->claim.code, m->last, names[i], &digest, err))
			return false;
		memcpy(out + *len, digest.bytes, sizeof(digest.bytes));
		*len += sizeof(digest.bytes);
	}
	return *len || hr_fail(err, HR_E_INCOMPLETE, "the film has no name; the claim wants one");
}

static bool insert_claim(hr_tx *tx, const struct making *m, hr_str proof, hr_error *err)
{
	return hr_tx_run(tx, &drop_old,
			 HR_VALUES(hr_sql_text(m->wish->study_uid), hr_sql_int(m->now.second)),
			 err) &&
	       hr_tx_run(tx, &insert,
			 HR_VALUES(hr_sql_bytes(hr_film_bytes_of(&m->person.digest)),
				   hr_sql_bytes(hr_film_bytes_of(&m->code)),
				   hr_sql_text(m->wish->study_uid), hr_sql_bytes(proof),
				   hr_sql_int(m->now.second),
				   hr_sql_int(m->claim.expires_at.second),
				   hr_sql_text(m->wish->actor)),
			 err);
}

static bool make(hr_tx *tx, void *context, hr_error *err)
{
	const struct making *m = context;
	hr_audit_entry entry = { .at = m->now,
				 .actor = m->wish->actor,
				 .action = HR_STR("patient-claim") };
	char proof[PROOF_BYTES];
	hr_patient_key owner;
	hr_film_row film;
	size_t len;

	if (!hr_film_row_get(tx, m->wish->study_uid, m->arena, &film, err) ||
	    !check_person(m, &film, err) ||
	    !make_proof(m, film.told.patient_name, proof, &len, err) ||
	    !insert_claim(tx, m, (hr_str){ proof, len }, err))
		return false;
	owner.digest = film.patient;
	entry.patient = &owner;
	return audit(tx, m->films, &entry, m->wish->study_uid, false, err);
}

static bool check_wish(const hr_claim_wish *wish, hr_error *err)
{
	if (wish->days < 0 || wish->days > HR_CLAIM_DAYS_MAX)
		return hr_fail(err, HR_E_USAGE, "a claim is valid for 1 to %d days",
			       HR_CLAIM_DAYS_MAX);
	if (hr_str_trim(wish->patient.id).len < HR_CLAIM_LAST)
		return hr_fail(err, HR_E_INCOMPLETE,
			       "the patient's number has under %d characters: the last ones are "
			       "asked for",
			       HR_CLAIM_LAST);
	return true;
}

bool hr_claim_make(hr_films *films, const hr_claim_wish *wish, hr_instant now, hr_arena *arena,
		   hr_claim *out, hr_error *err)
{
	struct making m = { .films = films, .wish = wish, .now = now, .arena = arena };
	int64_t days = wish->days ? wish->days : HR_CLAIM_DAYS;

	m.claim.expires_at.second = now.second + days * HR_DAY_S;
	read_last(wish->patient.id, m.last);
	if (!check_wish(wish, err) ||
	    !hr_patient_key_make(films->node, &wish->patient, &m.person, err) ||
	    !hr_claim_code_draw(m.claim.code, err) ||
	    !seal_code(films, m.claim.code, &m.code, err) ||
	    !hr_store_write(films->store, make, &m, err))
		return false;
	*out = m.claim;
	return true;
}

/* --- opening --- */

/* Its person and its code: no digest is of zeros. */
static const hr_digest nobodys = { { 0 } };

static const hr_sql find =
	HR_SQL("SELECT patient, code, study_uid, proof, made, expires, tries FROM claim WHERE code "
	       "IN ($1, $2) ORDER BY made DESC LIMIT 1",
	       "bb");
static const hr_sql insert_nobodys =
	HR_SQL("INSERT INTO claim (patient, code, study_uid, proof, made, expires, tries, opens, "
	       "actor) VALUES ($1, $1, '-', $1, 0, 0, 0, 0, '')",
	       "b");
static const hr_sql note =
	HR_SQL("UPDATE claim SET tries = tries + $3, opens = opens + 1 - $3 WHERE patient = $1 AND "
	       "code = $2",
	       "bbi");

struct opening {
	hr_films *films;
	const hr_claim_attempt *attempt;
	hr_instant now;
	hr_arena *arena;
	hr_digest code;
	hr_digest proof; /* of what was said */
	/* of the claim */
	bool is_found;
	bool is_nobodys;
	hr_digest person;
	hr_digest key;
	hr_str study_uid;
	hr_str proofs;
	int64_t expires;
	int64_t tries;
	/* of its film */
	bool has_film;
	hr_film_row film;
	const char *refusal; /* NULL: it is open */
};

static bool find_claim(struct opening *o, hr_tx *tx, hr_error *err)
{
	hr_rows rows;

	if (!hr_tx_select(tx, &find,
			  HR_VALUES(hr_sql_bytes(hr_film_bytes_of(&o->code)),
				    hr_sql_bytes(hr_film_bytes_of(&nobodys))),
			  1, &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		o->is_found = hr_film_digest_of(hr_rows_bytes(&rows, 0), &o->person) &&
			      hr_film_digest_of(hr_rows_bytes(&rows, 1), &o->key);
		o->study_uid = hr_str_copy(o->arena, hr_rows_text(&rows, 2));
		o->proofs = hr_str_copy(o->arena, hr_rows_bytes(&rows, 3));
		o->is_nobodys = hr_rows_int(&rows, 4) == 0;
		o->expires = hr_rows_int(&rows, 5);
		o->tries = hr_rows_int(&rows, 6);
	}
	return hr_rows_end(&rows, err) && (!hr_arena_is_short(o->arena) || hr_fail_memory(err));
}

/* The first unknown code of a store makes nobody's claim. */
static bool find_or_make(struct opening *o, hr_tx *tx, hr_error *err)
{
	if (!find_claim(o, tx, err))
		return false;
	if (!o->is_found && (!hr_tx_run(tx, &insert_nobodys,
					HR_VALUES(hr_sql_bytes(hr_film_bytes_of(&nobodys))), err) ||
			     !find_claim(o, tx, err)))
		return false;
	return o->is_found ||
	       hr_fail(err, HR_E_INTERNAL, "what was put into the store is not there");
}

static bool find_film(struct opening *o, hr_tx *tx, hr_error *err)
{
	o->has_film = hr_film_row_get(tx, o->study_uid, o->arena, &o->film, err);
	return o->has_film || err->code == HR_E_NOT_FOUND;
}

static bool is_proved(const struct opening *o)
{
	bool proved = false;
	hr_digest kept;

	for (size_t at = 0; at < PROOF_BYTES; at += sizeof(kept.bytes)) {
		bool there = hr_film_digest_of(hr_str_slice(o->proofs, at, at + sizeof(kept.bytes)),
					       &kept);

		proved |= there && hr_digest_equal(&kept, &o->proof);
	}
	return proved;
}

static const char *refusal_of(const struct opening *o)
{
	const bool proved = is_proved(o);

	if (o->now.second >= o->expires)
		return "expired";
	if (o->tries >= HR_CLAIM_TRIES)
		return "locked";
	if (!proved)
		return "wrong";
	if (!o->has_film)
		return "film-gone";
	/* Somebody has looked since, and found that it is not his. */
	if (o->film.told.matched && !hr_digest_equal(&o->film.patient, &o->person))
		return "film-moved";
	return NULL;
}

static bool note_attempt(const struct opening *o, hr_tx *tx, hr_error *err)
{
	hr_patient_key owner = { o->has_film ? o->film.patient : o->person };
	const hr_audit_entry entry = {
		.at = o->now,
		.actor = o->attempt->source,
		.action = o->refusal ? HR_STR("patient-refuse") : HR_STR("patient-open"),
		.patient = &owner,
		.reason = hr_str_of(o->refusal ? o->refusal : "claim"),
	};

	return hr_tx_run(tx, &note,
			 HR_VALUES(hr_sql_bytes(hr_film_bytes_of(&o->person)),
				   hr_sql_bytes(hr_film_bytes_of(&o->key)),
				   hr_sql_int(o->refusal != NULL)),
			 err) &&
	       audit(tx, o->films, &entry, o->study_uid, o->is_nobodys, err);
}

static bool open_claim(hr_tx *tx, void *context, hr_error *err)
{
	struct opening *o = context;

	if (!find_or_make(o, tx, err) || !find_film(o, tx, err))
		return false;
	o->refusal = refusal_of(o);
	return note_attempt(o, tx, err);
}

/* What cannot be right is sealed as well, as what nobody has: nothing is quicker. */
static bool seal_attempt(struct opening *o, hr_error *err)
{
	const hr_claim_attempt *attempt = o->attempt;
	char code[HR_CLAIM_CODE_TEXT] = "-----------";
	hr_str names[HR_NAME_TERMS_MAX];
	char last[LAST_TEXT];
	size_t count = 0;

	(void)hr_claim_code_read(attempt->code, code);
	read_last(hr_str_trim(attempt->id_last).len == HR_CLAIM_LAST ? attempt->id_last
								     : HR_STR_NONE,
		  last);
	if (!read_names(attempt->name, o->arena, names, &count, err) && err->code != HR_E_LIMIT)
		return false;
	return seal_code(o->films, code, &o->code, err) &&
	       seal_proof(o->films, code, last, count == 1 ? names[0] : HR_STR_NONE, &o->proof,
			  err);
}

bool hr_claim_open(hr_films *films, const hr_claim_attempt *attempt, hr_instant now,
		   hr_arena *arena, bool *opened, hr_patient_key *out, hr_error *err)
{
	struct opening o = { .films = films, .attempt = attempt, .now = now, .arena = arena };

	if (!seal_attempt(&o, err) || !hr_store_write(films->store, open_claim, &o, err))
		return false;
	*opened = !o.refusal;
	if (*opened)
		out->digest = o.film.patient;
	return true;
}

/* --- the rest --- */

static const hr_sql get_unknown = HR_SQL("SELECT tries FROM claim WHERE patient = $1", "b");

static bool read_unknown(hr_tx *tx, void *context, hr_error *err)
{
	int64_t *out = context;
	hr_rows rows;

	if (!hr_tx_select(tx, &get_unknown, HR_VALUES(hr_sql_bytes(hr_film_bytes_of(&nobodys))), 1,
			  &rows, err))
		return false;
	while (hr_rows_next(&rows))
		*out = hr_rows_int(&rows, 0);
	return hr_rows_end(&rows, err);
}

bool hr_claim_unknown(hr_films *films, int64_t *out, hr_error *err)
{
	int64_t count = 0;

	if (!hr_store_read(films->store, read_unknown, &count, err))
		return false;
	*out = count;
	return true;
}

struct noting {
	hr_films *films;
	hr_audit_entry entry;
};

static bool add_note(hr_tx *tx, void *context, hr_error *err)
{
	const struct noting *n = context;

	return audit(tx, n->films, &n->entry, HR_STR_NONE, false, err);
}

bool hr_claim_note(hr_films *films, const char *action, hr_str actor, hr_str reason,
		   const hr_patient_key *patient, hr_instant now, hr_error *err)
{
	struct noting n = {
		.films = films,
		.entry = { .at = now,
			   .actor = actor,
			   .action = hr_str_of(action),
			   .patient = patient,
			   .reason = reason },
	};

	return hr_store_write(films->store, add_note, &n, err);
}
