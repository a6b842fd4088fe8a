#include "service/filing_book.h"

#include "store/audit.h"

static const char *const steps[] = {
	/* Days since 1970, `until` and `ended` NULL where there is none; `replaces` 0: nothing. */
	"CREATE TABLE filing_row (patient BYTEA NOT NULL, number BIGINT NOT NULL, turn BIGINT NOT "
	"NULL, kind TEXT NOT NULL, insured TEXT NOT NULL, region TEXT NOT NULL, applied BIGINT NOT "
	"NULL, begins BIGINT NOT NULL, until BIGINT, state BIGINT NOT NULL, ended BIGINT, replaces "
	"BIGINT NOT NULL, reasons TEXT NOT NULL, catalogue TEXT NOT NULL, changed BIGINT NOT NULL, "
	"PRIMARY KEY (patient, number));",
};
const hr_room hr_filing_room = { .name = "filing",
				 .steps = steps,
				 .step_count = sizeof(steps) / sizeof(steps[0]) };

struct act {
	const hr_node_key *node;
	const hr_filing_by *by;
	const hr_filing_put *put;
	hr_patient_key person;
	hr_arena *arena;
	hr_filing_list list;
	int64_t number;
};

static hr_sql_value patient_of(const struct act *act)
{
	return hr_sql_bytes((hr_str){ (const char *)act->person.digest.bytes,
				      sizeof(act->person.digest.bytes) });
}

static bool audit(const struct act *act, hr_tx *tx, hr_str action, hr_str object, hr_error *err)
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

static bool key_of(const hr_node_key *node, const hr_filing_whose *whose, hr_patient_key *out,
		   hr_error *err)
{
	const hr_patient_id person = { whose->type, whose->issuer, whose->number };

	return hr_patient_key_make(node, &person, out, err);
}

static hr_str id_of(int64_t number, hr_arena *arena)
{
	hr_buf buf;

	if (number == 0)
		return HR_STR_NONE;
	hr_buf_init(&buf, arena, 32);
	hr_buf_add_int(&buf, number);
	return buf.failed ? HR_STR_NONE : hr_buf_str(&buf);
}

/* 0 of what is no id of ours. */
static int64_t number_of(hr_str id)
{
	int64_t number = 0;

	for (size_t i = 0; i < id.len; i++) {
		if (id.data[i] < '0' || id.data[i] > '9' || id.len > 9)
			return 0;
		number = number * 10 + (id.data[i] - '0');
	}
	return number;
}

/* --- looking --- */

static const hr_sql find_turn =
	HR_SQL("SELECT COALESCE(MAX(turn), 0) FROM filing_row WHERE patient = $1", "b");
static const hr_sql list_rows =
	HR_SQL("SELECT number, kind, insured, region, applied, begins, until, state, ended, "
	       "replaces, reasons, catalogue FROM filing_row WHERE patient = $1 ORDER BY CASE WHEN "
	       "state < 2 THEN 0 ELSE 1 END, number DESC LIMIT $2",
	       "bi");

static hr_date day_of(hr_rows *rows, size_t column)
{
	return hr_rows_is_null(rows, column) ? HR_DATE_MIN
					     : (hr_date){ (int32_t)hr_rows_int(rows, column) };
}

static bool keep(hr_str text, hr_arena *arena, hr_str *out)
{
	*out = hr_str_copy(arena, text);
	return text.len == 0 || out->data;
}

static bool read_row(hr_rows *rows, hr_arena *arena, hr_filing_row *out)
{
	const int64_t replaces = hr_rows_int(rows, 9);
	const int64_t state = hr_rows_int(rows, 7);
	hr_filed *filed = &out->filed;

	*out = (hr_filing_row){ .replaces = id_of(replaces, arena) };
	filed->id = id_of(hr_rows_int(rows, 0), arena);
	filed->applied = day_of(rows, 4);
	filed->from = day_of(rows, 5);
	filed->until = day_of(rows, 6);
	filed->state = state >= 0 && state < HR_FILING_STATES ? (hr_filing_state)state
							      : HR_FILING_STATE_REFUSED;
	filed->ended = day_of(rows, 8);
	return filed->id.len && (replaces == 0 || out->replaces.len) &&
	       keep(hr_rows_text(rows, 1), arena, &filed->kind) &&
	       keep(hr_rows_text(rows, 2), arena, &filed->insured) &&
	       keep(hr_rows_text(rows, 3), arena, &filed->region) &&
	       keep(hr_rows_text(rows, 10), arena, &out->reasons) &&
	       keep(hr_rows_text(rows, 11), arena, &out->catalogue);
}

static bool list(hr_tx *tx, void *context, hr_error *err)
{
	struct act *act = context;
	hr_filing_list *out = &act->list;
	hr_rows rows;

	*out = (hr_filing_list){ .rows = HR_NEW_N(act->arena, hr_filing_row, HR_FILINGS_MAX) };
	if (!out->rows)
		return hr_fail_memory(err);
	if (!hr_tx_number(tx, &find_turn, HR_VALUES(patient_of(act)), &out->turn, err) ||
	    !audit(act, tx, HR_STR("filing-query"), HR_STR_NONE, err) ||
	    !hr_tx_select(tx, &list_rows, HR_VALUES(patient_of(act), hr_sql_int(HR_FILINGS_MAX)),
			  HR_FILINGS_MAX, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		if (!read_row(&rows, act->arena, &out->rows[out->count++]))
			return hr_fail_memory(err);
	return hr_rows_end(&rows, err);
}

bool hr_filing_book_list(hr_store *store, const hr_node_key *node, const hr_filing_whose *whose,
			 const hr_filing_by *by, hr_arena *arena, hr_filing_list *out,
			 hr_error *err)
{
	struct act act = { .node = node, .by = by, .arena = arena };

	if (!key_of(node, whose, &act.person, err) || !hr_store_write(store, list, &act, err))
		return false;
	*out = act.list;
	return true;
}

/* --- acts --- */

static const hr_sql count_alive =
	HR_SQL("SELECT COUNT(*) FROM filing_row WHERE patient = $1 AND state < 2", "b");
static const hr_sql next_number =
	HR_SQL("SELECT COALESCE(MAX(number), 0) + 1 FROM filing_row WHERE patient = $1", "b");
static const hr_sql insert_row = HR_SQL(
	"INSERT INTO filing_row (patient, number, turn, kind, insured, region, applied, "
	"begins, until, state, ended, replaces, reasons, catalogue, changed) VALUES ($1, $2, "
	"$3, $4, $5, $6, $7, $8, $9, $10, NULL, $11, $12, $13, $14)",
	"biitttiiiiitti");
/* From a state to another: $4 to $5. */
static const hr_sql move_row =
	HR_SQL("UPDATE filing_row SET turn = $3, state = $5, ended = $6, changed = $7 WHERE "
	       "patient = $1 AND number = $2 AND state = $4",
	       "biiiiii");
static const hr_sql find_replaced =
	HR_SQL("SELECT replaces FROM filing_row WHERE patient = $1 AND number = $2", "bi");
static const hr_sql find_begin =
	HR_SQL("SELECT begins FROM filing_row WHERE patient = $1 AND number = $2", "bi");

static hr_sql_value day_value(hr_date day)
{
	return day.day == HR_DATE_MIN.day ? hr_sql_null() : hr_sql_int(day.day);
}

static bool move(const struct act *act, hr_tx *tx, int64_t number, hr_filing_state from,
		 hr_filing_state to, hr_date ended, hr_error *err)
{
	int64_t changed = 0;

	if (!hr_tx_change(tx, &move_row,
			  HR_VALUES(patient_of(act), hr_sql_int(number),
				    hr_sql_int(act->put->turn + 1), hr_sql_int(from),
				    hr_sql_int(to), day_value(ended),
				    hr_sql_int(act->by->at.second)),
			  &changed, err))
		return false;
	return changed == 1 || hr_fail(err, HR_E_CONFLICT, "the filing is not %s",
				       from == HR_FILING_STATE_QUEUED ? "queued" : "approved");
}

static bool insert(struct act *act, hr_tx *tx, hr_error *err)
{
	const hr_filing_row *row = &act->put->row;
	const hr_filed *f = &row->filed;
	const int64_t replaces = number_of(row->replaces);
	int64_t alive = 0;

	if (!hr_tx_number(tx, &count_alive, HR_VALUES(patient_of(act)), &alive, err) ||
	    !hr_tx_number(tx, &next_number, HR_VALUES(patient_of(act)), &act->number, err))
		return false;
	if (alive >= HR_FILINGS_MAX)
		return hr_fail(err, HR_E_LIMIT, "the person has %d filings that may hold",
			       HR_FILINGS_MAX);
	if (!hr_tx_run(tx, &insert_row,
		       HR_VALUES(patient_of(act), hr_sql_int(act->number),
				 hr_sql_int(act->put->turn + 1), hr_sql_text(f->kind),
				 hr_sql_text(f->insured), hr_sql_text(f->region),
				 hr_sql_int(f->applied.day), hr_sql_int(f->from.day),
				 day_value(f->until), hr_sql_int(f->state), hr_sql_int(replaces),
				 hr_sql_text(row->reasons), hr_sql_text(row->catalogue),
				 hr_sql_int(act->by->at.second)),
		       err))
		return false;
	return replaces == 0 || f->state != HR_FILING_STATE_APPROVED ||
	       move(act, tx, replaces, HR_FILING_STATE_APPROVED, HR_FILING_STATE_CHANGED, f->from,
		    err);
}

/* What was to be replaced by it is, from its first day on. */
static bool approve(struct act *act, hr_tx *tx, hr_error *err)
{
	hr_sql_values row = HR_VALUES(patient_of(act), hr_sql_int(act->number));
	int64_t replaces = 0;
	int64_t begins = 0;

	return move(act, tx, act->number, HR_FILING_STATE_QUEUED, HR_FILING_STATE_APPROVED,
		    HR_DATE_MIN, err) &&
	       hr_tx_number(tx, &find_replaced, row, &replaces, err) &&
	       hr_tx_number(tx, &find_begin, row, &begins, err) &&
	       (replaces == 0 || move(act, tx, replaces, HR_FILING_STATE_APPROVED,
				      HR_FILING_STATE_CHANGED, (hr_date){ (int32_t)begins }, err));
}

static bool refuse(struct act *act, hr_tx *tx, hr_error *err)
{
	return move(act, tx, act->number, HR_FILING_STATE_QUEUED, HR_FILING_STATE_REFUSED,
		    HR_DATE_MIN, err);
}

static bool cancel(struct act *act, hr_tx *tx, hr_error *err)
{
	return move(act, tx, act->number, HR_FILING_STATE_APPROVED, HR_FILING_STATE_CANCELLED,
		    act->put->row.filed.ended, err);
}

static const struct {
	hr_str word;
	hr_str action;
	bool (*run)(struct act *act, hr_tx *tx, hr_error *err);
	bool by_officer;
} deeds[HR_FILING_DEEDS] = {
	[HR_FILING_DEED_APPLY] = { HR_STR_INIT("apply"), HR_STR_INIT("filing-apply"), insert,
				   false },
	[HR_FILING_DEED_APPROVE] = { HR_STR_INIT("approve"), HR_STR_INIT("filing-approve"), approve,
				     true },
	[HR_FILING_DEED_REFUSE] = { HR_STR_INIT("refuse"), HR_STR_INIT("filing-refuse"), refuse,
				    true },
	[HR_FILING_DEED_CANCEL] = { HR_STR_INIT("cancel"), HR_STR_INIT("filing-cancel"), cancel,
				    false },
};

hr_str hr_filing_deed_word(hr_filing_deed deed)
{
	return deeds[deed].word;
}

static bool put(hr_tx *tx, void *context, hr_error *err)
{
	struct act *act = context;
	int64_t turn = 0;
	hr_str id;

	if (!hr_tx_number(tx, &find_turn, HR_VALUES(patient_of(act)), &turn, err))
		return false;
	if (turn != act->put->turn)
		return hr_fail(err, HR_E_CONFLICT,
			       "something was done about the person's filings since; look again");
	if (!deeds[act->put->deed].run(act, tx, err))
		return false;
	id = id_of(act->number, act->arena);
	return id.len ? audit(act, tx, deeds[act->put->deed].action, id, err) : hr_fail_memory(err);
}

bool hr_filing_book_put(hr_store *store, const hr_node_key *node, const hr_filing_whose *whose,
			const hr_filing_by *by, const hr_filing_put *what, hr_arena *arena,
			hr_str *id, hr_error *err)
{
	struct act act = { .node = node, .by = by, .put = what, .arena = arena };

	if (deeds[what->deed].by_officer && hr_str_trim(by->reason).len == 0)
		return hr_fail(err, HR_E_USAGE, "a reason is wanted");
	act.number = number_of(what->row.filed.id);
	if (!key_of(node, whose, &act.person, err) || !hr_store_write(store, put, &act, err))
		return false;
	*id = id_of(act.number, arena);
	return id->len > 0 || hr_fail_memory(err);
}
