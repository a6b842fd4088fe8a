#include "service/settlement_act_book.h"

#include "store/audit.h"

static const char *const steps[] = {
	/*
	 * `turn` and `ended` count the person's acts, `ended` 0 of what stands; `settled` and
	 * `changed` are seconds. `document` is the settlement as hr_ledger_row_write has it.
	 */
	"CREATE TABLE settlement_row (patient BYTEA NOT NULL, number BIGINT NOT NULL, revision "
	"BIGINT NOT NULL, setl_id TEXT NOT NULL, turn BIGINT NOT NULL, ended BIGINT NOT NULL, "
	"state BIGINT NOT NULL, insured TEXT NOT NULL, insurance TEXT NOT NULL, year BIGINT NOT "
	"NULL, settled BIGINT NOT NULL, reason TEXT NOT NULL, document TEXT NOT NULL, changed "
	"BIGINT NOT NULL, PRIMARY KEY (patient, number, revision));"
	"CREATE UNIQUE INDEX settlement_row_id ON settlement_row (setl_id, revision);"
	"CREATE INDEX settlement_row_year ON settlement_row (insurance, year, insured, patient);",
};
const hr_room hr_settlement_room = { .name = "settlement",
				     .steps = steps,
				     .step_count = sizeof(steps) / sizeof(steps[0]) };

static hr_sql_value patient_of(const hr_settlement_act *act)
{
	return hr_sql_bytes(hr_settlement_key_bytes(&act->person));
}

static bool audit(const hr_settlement_act *act, hr_tx *tx, hr_str action, hr_str object,
		  hr_error *err)
{
	const hr_audit_entry entry = {
		.at = act->by->at,
		.actor = act->by->actor,
		.action = action,
		.object = object,
		.patient = &act->person,
		.reason = act->by->reason,
	};

	return hr_audit_add(tx, act->node, &entry, err);
}

static bool find_person(hr_settlement_act *act, hr_error *err)
{
	if (!act->look->key)
		return hr_patient_key_make(act->node, &act->look->whose, &act->person, err);
	act->person = *act->look->key;
	return true;
}

/* --- looking --- */

static const hr_sql find_turn =
	HR_SQL("SELECT COALESCE(MAX(turn), 0), COALESCE(MAX(ended), 0), COALESCE(MAX(number), 0) "
	       "FROM settlement_row WHERE "
	       "patient = $1",
	       "b");
static const hr_sql find_id = HR_SQL(
	"SELECT patient, insured, insurance, year FROM settlement_row WHERE setl_id = $1 AND "
	"revision = 1",
	"t");
static const hr_sql list_rows =
	HR_SQL("SELECT number, revision, state, turn, ended, reason, document FROM settlement_row "
	       "WHERE patient = $1 AND insured = $2 AND insurance = $3 AND year = $4 ORDER BY "
	       "number, revision",
	       "btti");

static const hr_sql count_year =
	HR_SQL("SELECT COUNT(*) FROM settlement_row WHERE patient = $1 AND insured = $2 AND "
	       "insurance = $3 AND year = $4",
	       "btti");

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

static bool count_rows(hr_settlement_act *act, hr_tx *tx, const hr_ledger_scope *scope,
		       int64_t *out, hr_error *err)
{
	return read_number(tx, &count_year,
			   HR_VALUES(patient_of(act), hr_sql_text(scope->insured),
				     hr_sql_text(scope->insurance), hr_sql_int(scope->year)),
			   out, err);
}

static bool read_turn(hr_settlement_act *act, hr_tx *tx, int64_t *turn, int64_t *last,
		      hr_error *err)
{
	hr_rows rows;

	if (!hr_tx_select(tx, &find_turn, HR_VALUES(patient_of(act)), 1, &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		*turn = hr_rows_int(&rows, 0);
		if (hr_rows_int(&rows, 1) > *turn)
			*turn = hr_rows_int(&rows, 1);
		*last = hr_rows_int(&rows, 2);
	}
	return hr_rows_end(&rows, err);
}

static bool keep(hr_str text, hr_arena *arena, hr_str *out)
{
	*out = hr_str_copy(arena, text);
	return text.len == 0 || out->data;
}

/* Whose it is, and in which year; `*known` false: nobody's. */
static bool read_id(hr_settlement_act *act, hr_tx *tx, hr_str id, bool *known, bool *ours,
		    hr_ledger_scope *scope, hr_error *err)
{
	bool ok = true;
	hr_rows rows;

	*known = false;
	*ours = false;
	if (!hr_tx_select(tx, &find_id, HR_VALUES(hr_sql_text(id)), 1, &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		const hr_str patient = hr_rows_bytes(&rows, 0);

		*known = true;
		*ours = hr_str_equal(patient, patient_of(act).bytes);
		scope->year = (int32_t)hr_rows_int(&rows, 3);
		ok = keep(hr_rows_text(&rows, 1), act->arena, &scope->insured) &&
		     keep(hr_rows_text(&rows, 2), act->arena, &scope->insurance);
	}
	return hr_rows_end(&rows, err) && (ok || hr_fail_memory(err));
}

static bool find_year(hr_settlement_act *act, hr_tx *tx, hr_error *err)
{
	hr_ledger_scope scope;
	bool known;
	bool ours;

	act->year.ledger.scope = act->look->scope;
	if (act->look->id.len == 0)
		return true;
	if (!read_id(act, tx, act->look->id, &known, &ours, &scope, err))
		return false;
	act->year.of_another = known && !ours;
	if (ours)
		act->year.ledger.scope = scope;
	return true;
}

static bool read_row(hr_rows *rows, hr_settlement_act *act)
{
	const size_t at = act->year.ledger.count++;
	hr_ledger_row *row = &act->year.ledger.rows[at];
	const int64_t state = hr_rows_int(rows, 2);

	row->number = hr_rows_int(rows, 0);
	row->revision = hr_rows_int(rows, 1);
	row->state = state >= 0 && state < HR_LEDGER_STATES ? (hr_ledger_state)state
							    : HR_LEDGER_REVERSED;
	row->turn = hr_rows_int(rows, 3);
	row->ended = hr_rows_int(rows, 4);
	return keep(hr_rows_text(rows, 5), act->arena, &row->reason) &&
	       keep(hr_rows_text(rows, 6), act->arena, &act->documents[at]);
}

static bool read_rows(hr_settlement_act *act, hr_tx *tx, hr_error *err)
{
	hr_ledger *ledger = &act->year.ledger;
	int64_t count = 0;
	hr_rows rows;

	if (!count_rows(act, tx, &ledger->scope, &count, err))
		return false;
	ledger->rows = HR_NEW_N(act->arena, hr_ledger_row, (size_t)count);
	act->documents = HR_NEW_N(act->arena, hr_str, (size_t)count);
	if (!ledger->rows || !act->documents)
		return hr_fail_memory(err);
	if (!hr_tx_select(tx, &list_rows,
			  HR_VALUES(patient_of(act), hr_sql_text(ledger->scope.insured),
				    hr_sql_text(ledger->scope.insurance),
				    hr_sql_int(ledger->scope.year)),
			  (size_t)count, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		if (!read_row(&rows, act))
			return hr_fail_memory(err);
	return hr_rows_end(&rows, err);
}

bool hr_settlement_act_look(hr_tx *tx, void *context, hr_error *err)
{
	hr_settlement_act *act = context;

	act->year = (hr_settlement_year){ .of_another = false };
	return find_year(act, tx, err) &&
	       read_turn(act, tx, &act->year.ledger.turn, &act->year.last, err) &&
	       audit(act, tx, HR_STR("settlement-query"), act->look->id, err) &&
	       read_rows(act, tx, err);
}

static bool read_year(hr_settlement_act *act, hr_json_parser *parser, hr_error *err)
{
	hr_ledger *ledger = &act->year.ledger;

	for (size_t i = 0; i < ledger->count; i++) {
		const hr_ledger_row placed = ledger->rows[i];
		hr_ledger_row *row = &ledger->rows[i];
		const hr_json *node;

		if (!hr_json_read(parser, act->documents[i], act->arena, &node, err) ||
		    !hr_ledger_row_read(node, act->arena, row, err))
			return false;
		row->number = placed.number;
		row->revision = placed.revision;
		row->state = placed.state;
		row->turn = placed.turn;
		row->ended = placed.ended;
		row->reason = placed.reason;
	}
	return true;
}

bool hr_settlement_act_read(hr_settlement_act *acts, size_t count, hr_error *err)
{
	hr_json_parser *parser = hr_json_parser_open();
	bool ok = true;

	if (!parser)
		return hr_fail_memory(err);
	for (size_t i = 0; i < count && ok; i++)
		ok = read_year(&acts[i], parser, err);
	hr_json_parser_close(parser);
	return ok;
}

bool hr_settlement_book_look(hr_store *store, const hr_node_key *node,
			     const hr_settlement_look *look, const hr_settlement_by *by,
			     hr_arena *arena, hr_settlement_year *out, hr_error *err)
{
	hr_settlement_act act = { .node = node, .look = look, .by = by, .arena = arena };

	if (!find_person(&act, err) || !hr_store_write(store, hr_settlement_act_look, &act, err))
		return false;
	if (!hr_settlement_act_read(&act, 1, err))
		return false;
	*out = act.year;
	return true;
}

/* --- acts --- */

static const hr_sql insert_row = HR_SQL(
	"INSERT INTO settlement_row (patient, number, revision, setl_id, turn, ended, state, "
	"insured, insurance, year, settled, reason, document, changed) VALUES ($1, $2, $3, $4, $5, "
	"0, 0, $6, $7, $8, $9, '', $10, $11)",
	"biitittiiti");
/* What stands, to the state $4. */
static const hr_sql end_row =
	HR_SQL("UPDATE settlement_row SET state = $4, ended = $5, reason = $6, changed = $7 WHERE "
	       "patient = $1 AND number = $2 AND revision = $3 AND state = 0",
	       "biiiiti");

static bool write_document(const hr_ledger_row *row, hr_arena *arena, hr_str *out, hr_error *err)
{
	hr_json_writer w;
	hr_buf buf;

	hr_buf_init(&buf, arena, 2 * (size_t)HR_LEDGER_VISIT_BYTES_MAX);
	hr_json_writer_init(&w, &buf, false);
	hr_json_open_object(&w);
	hr_ledger_row_write(row, false, &w);
	hr_json_close_object(&w);
	if (buf.failed)
		return hr_fail_memory(err);
	*out = hr_buf_str(&buf);
	return true;
}

static bool insert(hr_settlement_act *act, hr_tx *tx, const hr_ledger_row *row, hr_error *err)
{
	const hr_ledger_scope *scope = &act->put->scope;
	hr_str document;

	return write_document(row, act->arena, &document, err) &&
	       hr_tx_run(tx, &insert_row,
			 HR_VALUES(patient_of(act), hr_sql_int(row->number),
				   hr_sql_int(row->revision), hr_sql_text(row->id),
				   hr_sql_int(act->put->turn + 1), hr_sql_text(scope->insured),
				   hr_sql_text(scope->insurance), hr_sql_int(scope->year),
				   hr_sql_int(row->at.second), hr_sql_text(document),
				   hr_sql_int(act->by->at.second)),
			 err);
}

static bool end(hr_settlement_act *act, hr_tx *tx, const hr_ledger_row *row, int64_t revision,
		hr_ledger_state state, hr_error *err)
{
	int64_t changed = 0;

	if (!hr_tx_change(tx, &end_row,
			  HR_VALUES(patient_of(act), hr_sql_int(row->number), hr_sql_int(revision),
				    hr_sql_int(state), hr_sql_int(act->put->turn + 1),
				    hr_sql_text(act->by->reason), hr_sql_int(act->by->at.second)),
			  &changed, err))
		return false;
	return changed == 1 || hr_fail(err, HR_E_CONFLICT, "the settlement does not stand");
}

static bool check_room(hr_settlement_act *act, hr_tx *tx, hr_error *err)
{
	int64_t count = 0;

	if (!count_rows(act, tx, &act->put->scope, &count, err))
		return false;
	return count + (int64_t)act->put->count <= HR_LEDGER_ROWS_MAX ||
	       hr_fail(err, HR_E_LIMIT, "a person's year has at most %d settlements",
		       HR_LEDGER_ROWS_MAX);
}

static bool record(hr_settlement_act *act, hr_tx *tx, hr_error *err)
{
	const hr_ledger_row *row = &act->put->rows[0];
	hr_ledger_scope scope;
	bool known;
	bool ours;

	if (!read_id(act, tx, row->id, &known, &ours, &scope, err))
		return false;
	if (known)
		return hr_fail(err, HR_E_EXISTS, "the medins_setl_id is in use");
	return insert(act, tx, row, err);
}

static bool reverse(hr_settlement_act *act, hr_tx *tx, hr_error *err)
{
	return end(act, tx, &act->put->rows[0], act->put->rows[0].revision, HR_LEDGER_REVERSED,
		   err);
}

static bool resettle(hr_settlement_act *act, hr_tx *tx, hr_error *err)
{
	for (size_t i = 0; i < act->put->count; i++) {
		const hr_ledger_row *row = &act->put->rows[i];

		if (!end(act, tx, row, row->revision - 1, HR_LEDGER_REPLACED, err) ||
		    !insert(act, tx, row, err))
			return false;
	}
	return true;
}

static const struct {
	hr_str word;
	hr_str action;
	bool (*run)(hr_settlement_act *act, hr_tx *tx, hr_error *err);
	bool wants_reason;
	bool adds_rows;
} deeds[HR_SETTLEMENT_DEEDS] = {
	[HR_SETTLEMENT_RECORD] = { HR_STR_INIT("record"), HR_STR_INIT("settlement-record"), record,
				   false, true },
	[HR_SETTLEMENT_REVERSE] = { HR_STR_INIT("reverse"), HR_STR_INIT("settlement-reverse"),
				    reverse, true, false },
	[HR_SETTLEMENT_RESETTLE] = { HR_STR_INIT("resettle"), HR_STR_INIT("settlement-resettle"),
				     resettle, true, true },
};

hr_str hr_settlement_deed_word(hr_settlement_deed deed)
{
	return deeds[deed].word;
}

bool hr_settlement_act_check(hr_settlement_act *act, hr_tx *tx, hr_error *err)
{
	int64_t turn = 0;
	int64_t last = 0;

	if (!read_turn(act, tx, &turn, &last, err))
		return false;
	if (turn != act->put->turn)
		return hr_fail(err, HR_E_CONFLICT,
			       "something was done about the person's settlements since; look "
			       "again");
	return !deeds[act->put->deed].adds_rows || check_room(act, tx, err);
}

bool hr_settlement_act_write(hr_settlement_act *act, hr_tx *tx, hr_error *err)
{
	if (!deeds[act->put->deed].run(act, tx, err))
		return false;
	for (size_t i = 0; i < act->put->count; i++)
		if (!audit(act, tx, deeds[act->put->deed].action, act->put->rows[i].id, err))
			return false;
	return true;
}

static bool put(hr_tx *tx, void *context, hr_error *err)
{
	hr_settlement_act *act = context;

	return hr_settlement_act_check(act, tx, err) && hr_settlement_act_write(act, tx, err);
}

bool hr_settlement_book_put(hr_store *store, const hr_node_key *node,
			    const hr_settlement_look *whose, const hr_settlement_by *by,
			    const hr_settlement_put *what, hr_arena *arena, hr_error *err)
{
	hr_settlement_act act = {
		.node = node, .look = whose, .by = by, .put = what, .arena = arena
	};

	if (deeds[what->deed].wants_reason && hr_str_trim(by->reason).len == 0)
		return hr_fail(err, HR_E_USAGE, "a reason is wanted");
	if (what->count == 0 || (what->deed != HR_SETTLEMENT_RESETTLE && what->count != 1))
		return hr_fail(err, HR_E_USAGE, "there is nothing to be kept");
	return find_person(&act, err) && hr_store_write(store, put, &act, err);
}
