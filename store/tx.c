/*
 * The calls within a transaction, the same for both engines: what one of them
 * would take and the other refuse is refused here.
 */
#include "store/engine.h"

#include "base/utf8.h"

#include <assert.h>

enum { OVER = 0 }; /* the turn of rows that are at their end; the first statement's is 1 */

static hr_sql_type type_of(char letter)
{
	return letter == 'i' ? HR_SQL_INT : letter == 't' ? HR_SQL_TEXT : HR_SQL_BYTES;
}

static bool check_value(const hr_sql_value *value, size_t number, hr_error *err)
{
	if (value->type == HR_SQL_NULL || value->type == HR_SQL_INT)
		return true;
	if (value->bytes.len > HR_SQL_VALUE_BYTES_MAX)
		return hr_fail(err, HR_E_LIMIT, "value %zu for the store has over %d bytes", number,
			       HR_SQL_VALUE_BYTES_MAX);
	if (value->type == HR_SQL_TEXT && value->bytes.len &&
	    (memchr(value->bytes.data, 0, value->bytes.len) ||
	     hr_utf8_prefix(value->bytes) != value->bytes.len))
		return hr_fail(err, HR_E_ENCODING,
			       "text %zu for the store is not UTF-8, or holds "
			       "a NUL",
			       number);
	return true;
}

static bool check_values(const hr_sql *sql, hr_sql_values values, hr_error *err)
{
	assert(values.count == strlen(sql->takes) && values.count <= HR_SQL_VALUES_MAX);
	for (size_t i = 0; i < values.count; i++) {
		assert(values.items[i].type == HR_SQL_NULL ||
		       values.items[i].type == type_of(sql->takes[i]));
		if (!check_value(&values.items[i], i + 1, err))
			return false;
	}
	return true;
}

static void close_rows(hr_tx *tx)
{
	if (tx->selecting)
		tx->conn->engine->end(tx->conn);
	tx->selecting = false;
	tx->turn++;
}

/*
 * In a write what was not read is read now: behind the last row that was asked
 * for may stand a fault, and SQLite runs a statement by its rows being read.
 */
static void end_rows(hr_tx *tx)
{
	bool found = tx->selecting && tx->writing;

	while (found && tx->trouble.code == HR_E_NONE &&
	       tx->conn->engine->next(tx->conn, &found, &tx->trouble))
		;
	close_rows(tx);
}

/* What every statement begins with; a transaction that has failed stays so. */
static bool prepare(hr_tx *tx, const hr_sql *sql, hr_sql_values values, hr_error *err)
{
	end_rows(tx);
	if (tx->trouble.code == HR_E_NONE && check_values(sql, values, &tx->trouble))
		return true;
	*err = tx->trouble;
	return false;
}

static bool note(hr_tx *tx, bool ok, hr_error *err)
{
	if (!ok)
		*err = tx->trouble;
	return ok;
}

bool hr_tx_change(hr_tx *tx, const hr_sql *sql, hr_sql_values values, int64_t *changed,
		  hr_error *err)
{
	assert(tx->writing);
	return prepare(tx, sql, values, err) &&
	       note(tx, tx->conn->engine->run(tx->conn, sql, values.items, changed, &tx->trouble),
		    err);
}

bool hr_tx_run(hr_tx *tx, const hr_sql *sql, hr_sql_values values, hr_error *err)
{
	return hr_tx_change(tx, sql, values, NULL, err);
}

bool hr_tx_select(hr_tx *tx, const hr_sql *sql, hr_sql_values values, size_t limit, hr_rows *rows,
		  hr_error *err)
{
	if (!prepare(tx, sql, values, err) ||
	    !note(tx, tx->conn->engine->select(tx->conn, sql, values.items, &tx->trouble), err))
		return false;
	tx->selecting = true;
	tx->left = limit;
	*rows = (hr_rows){ tx, tx->turn };
	return true;
}

/* A loop that runs a statement inside would take a part of its rows for all of them. */
static bool check_turn(const hr_rows *rows)
{
	hr_tx *tx = rows->tx;

	if (tx->trouble.code != HR_E_NONE || rows->turn == OVER)
		return false;
	return rows->turn == tx->turn ||
	       hr_fail(&tx->trouble, HR_E_INTERNAL,
		       "a statement has ended the rows of another before their end");
}

bool hr_rows_next(hr_rows *rows)
{
	hr_tx *tx = rows->tx;
	bool found = false;

	if (!check_turn(rows) || !tx->conn->engine->next(tx->conn, &found, &tx->trouble))
		return false;
	if (!found) {
		close_rows(tx);
		rows->turn = OVER;
		return false;
	}
	if (tx->left == 0)
		return hr_fail(&tx->trouble, HR_E_LIMIT, "the store has more rows than are read");
	tx->left--;
	return true;
}

bool hr_rows_end(hr_rows *rows, hr_error *err)
{
	hr_tx *tx = rows->tx;

	if (check_turn(rows))
		end_rows(tx);
	rows->turn = OVER;
	return note(tx, tx->trouble.code == HR_E_NONE, err);
}

bool hr_fail_column(hr_error *err, size_t column)
{
	return hr_fail(err, HR_E_INTERNAL, "column %zu of a statement is not of the type asked for",
		       column);
}

/* An empty one of `type` when it is NULL, or when there is trouble. */
static hr_sql_value read_column(hr_rows *rows, size_t column, hr_sql_type type)
{
	const hr_sql_value none = { .type = HR_SQL_NULL };
	hr_tx *tx = rows->tx;
	hr_sql_value value;

	assert(tx->selecting && rows->turn == tx->turn);
	if (tx->trouble.code != HR_E_NONE ||
	    !tx->conn->engine->column(tx->conn, column, &value, &tx->trouble))
		return none;
	if (type != HR_SQL_NULL && value.type != type && value.type != HR_SQL_NULL) {
		hr_fail_column(&tx->trouble, column);
		return none;
	}
	return value;
}

bool hr_rows_is_null(hr_rows *rows, size_t column)
{
	return read_column(rows, column, HR_SQL_NULL).type == HR_SQL_NULL;
}

int64_t hr_rows_int(hr_rows *rows, size_t column)
{
	return read_column(rows, column, HR_SQL_INT).number;
}

hr_str hr_rows_text(hr_rows *rows, size_t column)
{
	return read_column(rows, column, HR_SQL_TEXT).bytes;
}

hr_str hr_rows_bytes(hr_rows *rows, size_t column)
{
	return read_column(rows, column, HR_SQL_BYTES).bytes;
}

bool hr_tx_number(hr_tx *tx, const hr_sql *sql, hr_sql_values values, int64_t *out, hr_error *err)
{
	int64_t number = 0;
	hr_rows rows;

	if (!hr_tx_select(tx, sql, values, 1, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		number = hr_rows_int(&rows, 0);
	if (!hr_rows_end(&rows, err))
		return false;
	*out = number;
	return true;
}

bool hr_tx_call(hr_conn *conn, hr_tx_function *function, void *context, hr_error *err)
{
	hr_tx tx = { .conn = conn, .writing = conn->role != HR_CONN_READER };
	bool ok = function(&tx, context, err);

	if (ok)
		end_rows(&tx);
	else
		close_rows(&tx);
	if (ok && tx.trouble.code != HR_E_NONE)
		*err = tx.trouble;
	return ok && tx.trouble.code == HR_E_NONE && conn->engine->settle(conn, err);
}

bool hr_conn_transact(hr_conn *conn, hr_tx_function *function, void *context, hr_error *err)
{
	if (!conn->engine->begin(conn, err))
		return false;
	if (hr_tx_call(conn, function, context, err))
		return conn->engine->commit(conn, err);
	conn->engine->rollback(conn);
	return false;
}
