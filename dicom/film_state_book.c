#include "dicom/film_state_book.h"

#include "dicom/film_rows_book.h"
#include "store/audit.h"

enum { STATED_MAX = 1000, INSTANCES_MAX = 1000000 };

/* --- acts --- */

struct act {
	const hr_node_key *node;
	const hr_film_act_of *by;
	hr_arena *arena;
	hr_str study_uid;
	hr_film_state state;
	hr_patient_key person;
	const hr_film_identity *identity;
	hr_patient_key stated;
	const hr_film_removal *removal;
	hr_object_visit *visit;
	void *context;
	size_t moved;
};

enum { ARENA_BYTES = 64 << 20 };

static bool run_act(hr_store *store, struct act *act, hr_tx_function *function, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA_BYTES);

	if (!arena)
		return hr_fail_memory(err);
	if (hr_str_trim(act->by->reason).len == 0)
		return hr_fail(err, HR_E_USAGE, "a reason is wanted");
	act->arena = arena;
	return hr_store_write(store, function, act, err);
}

static bool audit(const struct act *act, hr_tx *tx, const char *word, hr_str study_uid,
		  const hr_digest *patient, hr_str reason, hr_error *err)
{
	char object[HR_SHA256_TEXT];
	const hr_patient_key key = { *patient };
	hr_digest digest;
	hr_audit_entry entry = { .at = act->by->at,
				 .actor = act->by->actor,
				 .action = hr_str_of(word),
				 .patient = &key,
				 .reason = reason };

	if (study_uid.len) {
		if (!hr_sha256(study_uid, &digest, err))
			return false;
		entry.object = hr_digest_format(&digest, object);
	}
	return hr_audit_add(tx, act->node, &entry, err);
}

/* --- states --- */

static const hr_sql set_state =
	HR_SQL("UPDATE film_study SET state = $3, generation = generation + "
	       "$4 WHERE patient = $1 AND study = $2",
	       "biii");

static bool change_state(hr_tx *tx, void *context, hr_error *err)
{
	static const char *const words[HR_FILM_STATES] = { "film-hold", "film-publish",
							   "film-withdraw" };
	struct act *act = context;
	hr_film_row found;

	if (!hr_film_row_get(tx, act->study_uid, act->arena, &found, err))
		return false;
	if (found.told.state == act->state)
		return true;
	return hr_tx_run(tx, &set_state,
			 HR_VALUES(hr_sql_bytes(hr_film_bytes_of(&found.patient)),
				   hr_sql_int(found.number), hr_sql_int(act->state),
				   hr_sql_int(act->state != HR_FILM_PUBLISHED)),
			 err) &&
	       audit(act, tx, words[act->state], act->study_uid, &found.patient, act->by->reason,
		     err);
}

bool hr_film_set_state(hr_store *store, const hr_node_key *node, const hr_film_act_of *act,
		       hr_str study_uid, hr_film_state state, hr_error *err)
{
	struct act a = { .node = node, .by = act, .study_uid = study_uid, .state = state };

	return run_act(store, &a, change_state, err);
}

/* --- another patient --- */

#define MOVE(table)                                                                                \
	HR_SQL("UPDATE " table " SET patient = $3, study = $4 WHERE patient = $1 AND study = $2",  \
	       "bibi")

static const hr_sql next_number =
	HR_SQL("SELECT COALESCE(MAX(study), 0) + 1 FROM film_study WHERE patient = $1", "b");
static const hr_sql moves[] = { MOVE("film_study"),    MOVE("film_series"),  MOVE("film_text"),
				MOVE("film_instance"), MOVE("film_content"), MOVE("film_key"),
				MOVE("film_link") };
static const hr_sql note_moved =
	HR_SQL("UPDATE film_study SET matched = 1, generation = generation + 1 WHERE patient = $1 "
	       "AND study = $2",
	       "bi");

static bool draw_number(hr_tx *tx, hr_sql_value patient, int64_t *out, hr_error *err)
{
	hr_rows rows;

	if (!hr_tx_select(tx, &next_number, HR_VALUES(patient), 1, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		*out = hr_rows_int(&rows, 0);
	return hr_rows_end(&rows, err);
}

static bool move_rows(const struct act *act, hr_tx *tx, const hr_film_row *found, hr_error *err)
{
	hr_sql_value from = hr_sql_bytes(hr_film_bytes_of(&found->patient));
	hr_sql_value to = hr_sql_bytes(hr_film_bytes_of(&act->person.digest));
	int64_t number = found->number;

	if (!hr_digest_equal(&found->patient, &act->person.digest)) {
		if (!draw_number(tx, to, &number, err))
			return false;
		for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
			if (!hr_tx_run(tx, &moves[i],
				       HR_VALUES(from, hr_sql_int(found->number), to,
						 hr_sql_int(number)),
				       err))
				return false;
	}
	return hr_tx_run(tx, &note_moved, HR_VALUES(to, hr_sql_int(number)), err);
}

/*
 * What a feed has said of this number was wrong, for this order or for all:
 * what comes next is not the old person's, and waits for a row that says whose.
 */
static const hr_sql forget_identity =
	HR_SQL("DELETE FROM film_identity WHERE person = $1 AND stated IN (SELECT stated FROM "
	       "film_study WHERE uid = $2) AND (accession_number = $3 OR accession_number = '')",
	       "btt");

static bool forget(const struct act *act, hr_tx *tx, const hr_film_row *found, hr_error *err)
{
	return hr_tx_run(tx, &forget_identity,
			 HR_VALUES(hr_sql_bytes(hr_film_bytes_of(&found->patient)),
				   hr_sql_text(act->study_uid),
				   hr_sql_text(found->told.accession_number)),
			 err);
}

/* Both can read it in their audit: whose it was taken from, and whose it is. */
static bool move(hr_tx *tx, void *context, hr_error *err)
{
	struct act *act = context;
	hr_film_row found;

	return hr_film_row_get(tx, act->study_uid, act->arena, &found, err) &&
	       forget(act, tx, &found, err) && move_rows(act, tx, &found, err) &&
	       audit(act, tx, "film-move-from", act->study_uid, &found.patient, act->by->reason,
		     err) &&
	       audit(act, tx, "film-move-to", act->study_uid, &act->person.digest, act->by->reason,
		     err);
}

bool hr_film_move(hr_store *store, const hr_node_key *node, const hr_film_act_of *act,
		  hr_str study_uid, const hr_patient_id *person, hr_error *err)
{
	struct act a = { .node = node, .by = act, .study_uid = study_uid };

	return hr_patient_key_make(node, person, &a.person, err) && run_act(store, &a, move, err);
}

/* --- an identity feed --- */

static const hr_sql find_identity = HR_SQL(
	"SELECT person FROM film_identity WHERE stated = $1 AND accession_number = $2", "bt");
static const hr_sql insert_identity = HR_SQL(
	"INSERT INTO film_identity (stated, accession_number, person) VALUES ($1, $2, $3)", "btb");
static const hr_sql list_stated = HR_SQL("SELECT " HR_FILM_STUDY_COLUMNS
					 " FROM film_study s WHERE s.stated = $1 AND s.matched = 0 "
					 "AND ($2 = '' OR s.accession_number = $2)",
					 "bt");

static bool find_person(const struct act *act, hr_tx *tx, bool *found, hr_error *err)
{
	hr_digest person = { { 0 } };
	hr_rows rows;

	if (!hr_tx_select(tx, &find_identity,
			  HR_VALUES(hr_sql_bytes(hr_film_bytes_of(&act->stated.digest)),
				    hr_sql_text(act->identity->accession_number)),
			  1, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		*found = hr_film_digest_of(hr_rows_bytes(&rows, 0), &person);
	if (!hr_rows_end(&rows, err))
		return false;
	return !*found || hr_digest_equal(&person, &act->person.digest) ||
	       hr_fail(err, HR_E_CONFLICT, "that number is known to be another person's");
}

static bool list_of_stated(struct act *act, hr_tx *tx, hr_film_row **out, size_t *count,
			   hr_error *err)
{
	hr_film_row *list = HR_NEW_N(act->arena, hr_film_row, STATED_MAX);
	hr_rows rows;

	if (!list)
		return hr_fail_memory(err);
	if (!hr_tx_select(tx, &list_stated,
			  HR_VALUES(hr_sql_bytes(hr_film_bytes_of(&act->stated.digest)),
				    hr_sql_text(act->identity->accession_number)),
			  STATED_MAX, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		if (!hr_film_row_read(&rows, act->arena, &list[(*count)++], err))
			return false;
	*out = list;
	return hr_rows_end(&rows, err);
}

static bool match(hr_tx *tx, void *context, hr_error *err)
{
	struct act *act = context;
	hr_film_row *list = NULL;
	bool known = false;

	act->moved = 0;
	if (!find_person(act, tx, &known, err))
		return false;
	if (!known && (!hr_tx_run(tx, &insert_identity,
				  HR_VALUES(hr_sql_bytes(hr_film_bytes_of(&act->stated.digest)),
					    hr_sql_text(act->identity->accession_number),
					    hr_sql_bytes(hr_film_bytes_of(&act->person.digest))),
				  err) ||
		       !audit(act, tx, "film-identity", HR_STR_NONE, &act->person.digest,
			      act->by->reason, err)))
		return false;
	if (!list_of_stated(act, tx, &list, &act->moved, err))
		return false;
	for (size_t i = 0; i < act->moved; i++)
		if (!move_rows(act, tx, &list[i], err) ||
		    !audit(act, tx, "film-match", list[i].told.uid, &act->person.digest,
			   act->by->reason, err))
			return false;
	return true;
}

bool hr_film_tie(hr_store *store, const hr_node_key *node, const hr_film_act_of *act,
		 const hr_film_identity *identity, size_t *moved, hr_error *err)
{
	const hr_patient_id stated = { .issuer = identity->issuer, .id = identity->id };
	hr_film_identity trimmed = *identity;
	struct act a = { .node = node, .by = act, .identity = &trimmed };

	trimmed.accession_number = hr_str_trim(identity->accession_number);
	if (!hr_patient_key_make(node, &stated, &a.stated, err) ||
	    !hr_patient_key_make(node, identity->person, &a.person, err) ||
	    !run_act(store, &a, match, err))
		return false;
	*moved = a.moved;
	return true;
}

/* --- removing --- */

#define DELETE(table) HR_SQL("DELETE FROM " table " WHERE patient = $1 AND study = $2", "bi")

static const hr_sql deletes[] = { DELETE("film_content"), DELETE("film_instance"),
				  DELETE("film_text"),	  DELETE("film_series"),
				  DELETE("film_key"),	  DELETE("film_link"),
				  DELETE("film_study") };
static const hr_sql count_out =
	HR_SQL("UPDATE film_count SET studies = studies - 1 WHERE (unit = 1 "
	       "AND age = $1) OR (unit = 100 AND age = $1 / 100)",
	       "i");
static const hr_sql list_objects =
	HR_SQL("SELECT digest, shelf, copy_number, size FROM film_instance "
	       "WHERE patient = $1 AND study = $2 AND availability = 0",
	       "bi");

static bool visit_objects(struct act *act, hr_tx *tx, hr_sql_value patient, hr_sql_value study,
			  hr_error *err)
{
	hr_object object;
	hr_rows rows;

	if (!hr_tx_select(tx, &list_objects, HR_VALUES(patient, study), INSTANCES_MAX, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		if (!hr_film_read_object(&rows, &object, err) ||
		    !act->visit(act->context, &object, err))
			return false;
	return hr_rows_end(&rows, err);
}

static bool check_kept(const struct act *act, const hr_film_row *found, hr_error *err)
{
	const hr_film_removal *removal = act->removal;
	bool over = removal->keep_s > 0 && act->by->at.second - found->changed >= removal->keep_s;

	return over || hr_str_trim(removal->legal_ground).len > 0 ||
	       hr_fail(err, HR_E_RULE,
		       "the film must be kept still, or nobody has said for how long; a legal "
		       "ground is wanted");
}

static bool reason_of(struct act *act, hr_str *out, hr_error *err)
{
	hr_buf reason;

	hr_buf_init(&reason, act->arena, 4000);
	hr_buf_add(&reason, act->by->reason);
	if (act->removal->legal_ground.len) {
		HR_BUF_ADD(&reason, "; ");
		hr_buf_add(&reason, act->removal->legal_ground);
	}
	if (reason.failed)
		return hr_fail_memory(err);
	*out = hr_buf_str(&reason);
	return true;
}

static bool remove_study(hr_tx *tx, void *context, hr_error *err)
{
	struct act *act = context;
	hr_sql_value patient;
	hr_sql_value study;
	hr_film_row found;
	hr_str reason;

	if (!hr_film_row_get(tx, act->study_uid, act->arena, &found, err) ||
	    !check_kept(act, &found, err) || !reason_of(act, &reason, err))
		return false;
	patient = hr_sql_bytes(hr_film_bytes_of(&found.patient));
	study = hr_sql_int(found.number);
	if (!visit_objects(act, tx, patient, study, err))
		return false;
	for (size_t i = 0; i < sizeof(deletes) / sizeof(deletes[0]); i++)
		if (!hr_tx_run(tx, &deletes[i], HR_VALUES(patient, study), err))
			return false;
	return hr_tx_run(tx, &count_out, HR_VALUES(hr_sql_int(hr_film_age(found.told.study_date))),
			 err) &&
	       audit(act, tx, "film-remove", act->study_uid, &found.patient, reason, err);
}

bool hr_film_remove(hr_store *store, const hr_node_key *node, const hr_film_act_of *act,
		    const hr_film_removal *removal, hr_object_visit *visit, void *context,
		    hr_error *err)
{
	struct act a = { .node = node,
			 .by = act,
			 .study_uid = removal->study_uid,
			 .removal = removal,
			 .visit = visit,
			 .context = context };

	return run_act(store, &a, remove_study, err);
}
