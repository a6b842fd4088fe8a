/*
 * Many persons' years in one transaction: the commit, which is what a look at
 * one of them costs, is shared. Others wait for it, so it is bounded.
 */
#include "service/settlement_act_book.h"

#include "store/store.h"

#include <string.h>
#include <time.h>

/*
 * ':' follows '9': below it are all places that begin as $3 does. By the pair,
 * so that the index is entered where the last page ended, not at its start.
 */
static const hr_sql list_persons = HR_SQL(
	"SELECT DISTINCT insured, patient FROM settlement_row WHERE insurance = $1 AND year = $2 "
	"AND (insured, patient) > ($3, $4) AND insured < $5 ORDER BY insured, patient LIMIT $6",
	"titbti");

struct many {
	const hr_ledger_scope *scope;
	const hr_settlement_person *after;
	hr_settlement_one *persons;
	hr_settlement_look *looks;
	hr_settlement_act *acts;
	size_t count;
	size_t done;
	bool *kept; /* of acts that put */
	int64_t begun_ms;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Is there no time for one more? */
static bool is_late(const struct many *m)
{
	return m->done && now_ms() - m->begun_ms >= HR_SETTLEMENT_BATCH_MS;
}

static void read_person(hr_rows *rows, hr_settlement_person *out)
{
	const hr_str insured = hr_rows_text(rows, 0);
	const hr_str key = hr_rows_bytes(rows, 1);

	*out = (hr_settlement_person){ .insured = "" };
	if (insured.len < sizeof(out->insured))
		memcpy(out->insured, insured.data, insured.len);
	if (key.len == sizeof(out->key.digest.bytes))
		memcpy(out->key.digest.bytes, key.data, key.len);
}

static bool read_persons(hr_tx *tx, struct many *m, hr_error *err)
{
	const hr_settlement_person *after = m->after;
	const hr_ledger_scope *scope = m->scope;
	char above[16];
	hr_buf end_of;
	hr_rows rows;

	hr_buf_init_over(&end_of, above, sizeof(above));
	hr_buf_addf(&end_of, "%.*s:", HR_STR_ARG(scope->insured));
	if (!hr_tx_select(tx, &list_persons,
			  HR_VALUES(hr_sql_text(scope->insurance), hr_sql_int(scope->year),
				    hr_sql_text(after ? hr_str_of(after->insured) : scope->insured),
				    hr_sql_bytes(after ? hr_settlement_key_bytes(&after->key)
						       : HR_STR_NONE),
				    hr_sql_text(hr_buf_str(&end_of)),
				    hr_sql_int(HR_SETTLEMENT_BATCH_MAX)),
			  HR_SETTLEMENT_BATCH_MAX, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		read_person(&rows, &m->persons[m->count++].person);
	return hr_rows_end(&rows, err);
}

static size_t count_bytes(const hr_settlement_act *act)
{
	size_t bytes = 0;

	for (size_t i = 0; i < act->year.ledger.count; i++)
		bytes += act->documents[i].len;
	return bytes;
}

static void begin_look(struct many *m, size_t at)
{
	const hr_settlement_person *person = &m->persons[at].person;

	m->looks[at] = (hr_settlement_look){
		.key = &person->key,
		.scope = { hr_str_of(person->insured), m->scope->insurance, m->scope->year },
	};
	m->acts[at].look = &m->looks[at];
	m->acts[at].person = person->key;
}

static bool look_next(hr_tx *tx, void *context, hr_error *err)
{
	struct many *m = context;
	size_t bytes = 0;

	m->begun_ms = now_ms();
	if (!read_persons(tx, m, err))
		return false;
	while (m->done < m->count && bytes < HR_SETTLEMENT_BATCH_BYTES && !is_late(m)) {
		begin_look(m, m->done);
		if (!hr_settlement_act_look(tx, &m->acts[m->done], err))
			return false;
		bytes += count_bytes(&m->acts[m->done++]);
	}
	return true;
}

static hr_settlement_act *open_acts(const hr_node_key *node, const hr_settlement_by *by,
				    size_t count, hr_arena *arena)
{
	hr_settlement_act *acts = HR_NEW_N(arena, hr_settlement_act, count);

	for (size_t i = 0; acts && i < count; i++)
		acts[i] = (hr_settlement_act){ .node = node, .by = by, .arena = arena };
	return acts;
}

bool hr_settlement_book_look_next(hr_store *store, const hr_node_key *node,
				  const hr_ledger_scope *scope, const hr_settlement_person *after,
				  const hr_settlement_by *by, hr_arena *arena,
				  hr_settlement_batch *out, hr_error *err)
{
	struct many m = {
		.scope = scope,
		.after = after,
		.persons = HR_NEW_N(arena, hr_settlement_one, HR_SETTLEMENT_BATCH_MAX),
		.looks = HR_NEW_N(arena, hr_settlement_look, HR_SETTLEMENT_BATCH_MAX),
		.acts = open_acts(node, by, HR_SETTLEMENT_BATCH_MAX, arena),
	};

	if (!m.persons || !m.looks || !m.acts)
		return hr_fail_memory(err);
	if (!hr_store_write(store, look_next, &m, err) ||
	    !hr_settlement_act_read(m.acts, m.done, err))
		return false;
	for (size_t i = 0; i < m.done; i++)
		m.persons[i].year = m.acts[i].year;
	*out = (hr_settlement_batch){ m.persons, m.done };
	return true;
}

static bool put_many(hr_tx *tx, void *context, hr_error *err)
{
	struct many *m = context;

	m->begun_ms = now_ms();
	while (m->done < m->count && !is_late(m)) {
		hr_settlement_act *act = &m->acts[m->done];
		const bool may = hr_settlement_act_check(act, tx, err);

		if (!may && err->code != HR_E_CONFLICT && err->code != HR_E_LIMIT)
			return false;
		if (may && !hr_settlement_act_write(act, tx, err))
			return false;
		m->kept[m->done++] = may;
	}
	return true;
}

static bool check_puts(const hr_settlement_by *by, const hr_settlement_one_put *all, size_t count,
		       hr_error *err)
{
	if (hr_str_trim(by->reason).len == 0)
		return hr_fail(err, HR_E_USAGE, "a reason is wanted");
	for (size_t i = 0; i < count; i++)
		if (all[i].put.deed != HR_SETTLEMENT_RESETTLE || all[i].put.count == 0)
			return hr_fail(err, HR_E_USAGE, "there is nothing to be kept");
	return true;
}

bool hr_settlement_book_put_many(hr_store *store, const hr_node_key *node,
				 const hr_settlement_by *by, const hr_settlement_one_put *all,
				 size_t count, hr_arena *arena, size_t *done, bool *kept,
				 hr_error *err)
{
	struct many m = {
		.acts = open_acts(node, by, count, arena),
		.count = count,
		.kept = kept,
	};

	if (!m.acts)
		return hr_fail_memory(err);
	if (!check_puts(by, all, count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		m.acts[i].put = &all[i].put;
		m.acts[i].person = all[i].key;
	}
	if (!hr_store_write(store, put_many, &m, err))
		return false;
	*done = m.done;
	return true;
}

hr_str hr_settlement_person_word(const hr_patient_key *key, char out[HR_SETTLEMENT_PERSON_TEXT])
{
	char digits[HR_SHA256_TEXT];

	hr_digest_format(&key->digest, digits);
	memcpy(out, digits, HR_SETTLEMENT_PERSON_TEXT - 1);
	out[HR_SETTLEMENT_PERSON_TEXT - 1] = '\0';
	return (hr_str){ out, HR_SETTLEMENT_PERSON_TEXT - 1 };
}
