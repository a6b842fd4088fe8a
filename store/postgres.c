/*
 * PostgreSQL, in libpq's pipeline mode: what a transaction runs is sent and
 * not waited for; what it asks, or its end, collects what became of it.
 */
#include "store/postgres.h"

#include "base/numbering.h"
#include "store/dialect.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ARENA_BYTES = 1 << 20, SCRIPT_BYTES = 1 << 20, PENDING_MAX = 64 };

/* The server's numbers for the types. */
enum { BYTEA = 17, NAME = 19, INT8 = 20, INT2 = 21, INT4 = 23, TEXT = 25, VARCHAR = 1043 };

static hr_postgres *of(hr_conn *conn)
{
	return (hr_postgres *)conn;
}

/* --- the pipeline --- */

static bool sent(hr_postgres *p, int well, hr_error *err)
{
	if (!well)
		return hr_postgres_fail(p, NULL, err);
	p->pending++;
	return true;
}

/* A word of the transaction itself, without values. */
static bool say(hr_postgres *p, const char *text, hr_error *err)
{
	return sent(p, PQsendQueryParams(p->pg, text, 0, NULL, NULL, NULL, NULL, 0), err);
}

static void note_result(hr_postgres *p, const PGresult *result)
{
	PGresult *tags = (PGresult *)(uintptr_t)result;

	p->changed = strtoll(PQcmdTuples(tags), NULL, 10);
	p->committed = strcmp(PQcmdStatus(tags), "COMMIT") == 0;
	if (p->awaits_id && PQntuples(result) == 1) {
		snprintf(p->id, sizeof(p->id), "%s", PQgetvalue(result, 0, 0));
		p->awaits_id = false;
	}
}

/* All of one command; of several faults in a row the first is told. */
static bool hear_command(hr_postgres *p, bool ok, hr_error *err)
{
	PGresult *result;

	while ((result = PQgetResult(p->pg))) {
		ExecStatusType status = PQresultStatus(result);

		if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
			note_result(p, result);
		else if (ok && status != PGRES_SINGLE_TUPLE)
			ok = hr_postgres_fail(p, result, err);
		PQclear(result);
		if (p->conn.broken)
			return false;
	}
	p->pending--;
	return ok;
}

/* What ends a flight: after it the server listens again, whatever failed before. */
static bool hear_sync(hr_postgres *p, bool ok, hr_error *err)
{
	PGresult *result = PQgetResult(p->pg);
	bool well = PQresultStatus(result) == PGRES_PIPELINE_SYNC;

	PQclear(result);
	if (well)
		return ok;
	p->conn.broken = true;
	return ok && hr_postgres_fail(p, NULL, err);
}

static bool hear_all(hr_postgres *p, unsigned but, hr_error *err)
{
	bool ok = true;

	while (p->pending > but) {
		ok = hear_command(p, ok, err);
		if (p->conn.broken)
			return false;
	}
	return ok;
}

static bool settle(hr_postgres *p, hr_error *err)
{
	bool ok;

	if (p->pending == 0 && !p->conn.broken)
		return true;
	if (p->conn.broken || !PQpipelineSync(p->pg))
		return hr_postgres_fail(p, NULL, err);
	ok = hear_all(p, 0, err);
	return p->conn.broken ? false : hear_sync(p, ok, err);
}

static bool postgres_settle(hr_conn *conn, hr_error *err)
{
	return settle(of(conn), err);
}

/* --- statements --- */

static Oid oid_of(char letter)
{
	return letter == 'i' ? INT8 : letter == 't' ? TEXT : BYTEA;
}

/* By itself: whether the server has it must not hang on what else is under way. */
static bool prepare(hr_postgres *p, const hr_sql *sql, const char *name, hr_error *err)
{
	Oid types[HR_SQL_VALUES_MAX];
	int count = 0;

	for (; sql->takes[count]; count++)
		types[count] = oid_of(sql->takes[count]);
	return settle(p, err) &&
	       sent(p, PQsendPrepare(p->pg, name, sql->text, count, types), err) && settle(p, err);
}

static bool send_prepared(hr_postgres *p, const hr_sql *sql, const hr_sql_value *values,
			  const char *name, hr_error *err)
{
	const char *data[HR_SQL_VALUES_MAX];
	int lengths[HR_SQL_VALUES_MAX];
	int formats[HR_SQL_VALUES_MAX];
	uint64_t numbers[HR_SQL_VALUES_MAX];
	int count = 0;

	for (; sql->takes[count]; count++) {
		const hr_sql_value *value = &values[count];

		formats[count] = 1;
		lengths[count] = (int)value->bytes.len;
		data[count] = value->bytes.data ? value->bytes.data : "";
		if (value->type == HR_SQL_NULL)
			data[count] = NULL;
		if (value->type != HR_SQL_INT)
			continue;
		numbers[count] = htobe64((uint64_t)value->number);
		lengths[count] = sizeof(numbers[count]);
		data[count] = (const char *)&numbers[count];
	}
	return sent(p, PQsendQueryPrepared(p->pg, name, count, data, lengths, formats, 1), err);
}

static bool send_statement(hr_postgres *p, const hr_sql *sql, const hr_sql_value *values,
			   hr_error *err)
{
	uint32_t number;
	char name[16];

	if (!hr_numbering_get(p->numbers, sql, &number))
		return hr_fail_memory(err);
	if (number >= HR_SQL_STATEMENTS_MAX)
		return hr_fail(err, HR_E_LIMIT, "over %d statements", HR_SQL_STATEMENTS_MAX);
	snprintf(name, sizeof(name), "s%u", number);
	if (!p->ready[number] && !prepare(p, sql, name, err))
		return false;
	p->ready[number] = true;
	return send_prepared(p, sql, values, name, err);
}

static bool postgres_run(hr_conn *conn, const hr_sql *sql, const hr_sql_value *values,
			 int64_t *changed, hr_error *err)
{
	hr_postgres *p = of(conn);

	if (!send_statement(p, sql, values, err))
		return false;
	if (!changed)
		return p->pending < PENDING_MAX || settle(p, err);
	if (!settle(p, err))
		return false;
	*changed = p->changed;
	return true;
}

/* --- rows --- */

static void clear_row(hr_postgres *p)
{
	PQclear(p->row);
	p->row = NULL;
}

static bool postgres_select(hr_conn *conn, const hr_sql *sql, const hr_sql_value *values,
			    hr_error *err)
{
	hr_postgres *p = of(conn);
	hr_error ignored;
	bool ok;

	if (!send_statement(p, sql, values, err))
		return false;
	if (!PQpipelineSync(p->pg))
		return hr_postgres_fail(p, NULL, err);
	ok = hear_all(p, 1, err);
	if (p->conn.broken)
		return false;
	if (ok && PQsetSingleRowMode(p->pg)) {
		p->selecting = true;
		return true;
	}
	hear_command(p, false, &ignored);
	hear_sync(p, false, &ignored);
	return ok ? hr_postgres_fail(p, NULL, err) : false;
}

static void postgres_end(hr_conn *conn)
{
	hr_postgres *p = of(conn);
	hr_error ignored;

	clear_row(p);
	if (p->selecting && !p->conn.broken) {
		hear_command(p, false, &ignored);
		if (!p->conn.broken)
			hear_sync(p, false, &ignored);
	}
	p->selecting = false;
}

static bool postgres_next(hr_conn *conn, bool *found, hr_error *err)
{
	hr_postgres *p = of(conn);
	ExecStatusType status;

	clear_row(p);
	p->row = PQgetResult(p->pg);
	status = PQresultStatus(p->row);
	*found = status == PGRES_SINGLE_TUPLE;
	if (*found || status == PGRES_TUPLES_OK)
		return true;
	return hr_postgres_fail(p, p->row, err);
}

static bool read_number(const char *bytes, int len, int64_t *out)
{
	uint64_t whole;
	uint32_t half;
	uint16_t quarter;

	if (len == sizeof(whole)) {
		memcpy(&whole, bytes, sizeof(whole));
		*out = (int64_t)be64toh(whole);
	} else if (len == sizeof(half)) {
		memcpy(&half, bytes, sizeof(half));
		*out = (int32_t)be32toh(half);
	} else if (len == sizeof(quarter)) {
		memcpy(&quarter, bytes, sizeof(quarter));
		*out = (int16_t)be16toh(quarter);
	}
	return len == sizeof(whole) || len == sizeof(half) || len == sizeof(quarter);
}

static bool postgres_column(hr_conn *conn, size_t at, hr_sql_value *out, hr_error *err)
{
	const PGresult *row = of(conn)->row;
	int column = (int)at;
	hr_str bytes;
	int64_t number;

	if (at >= (size_t)PQnfields(row))
		return hr_fail_column(err, at);
	if (PQgetisnull(row, 0, column)) {
		*out = hr_sql_null();
		return true;
	}
	bytes = (hr_str){ PQgetvalue(row, 0, column), (size_t)PQgetlength(row, 0, column) };
	switch (PQftype(row, column)) {
	case INT2:
	case INT4:
	case INT8:
		if (!read_number(bytes.data, (int)bytes.len, &number))
			break;
		*out = hr_sql_int(number);
		return true;
	case NAME:
	case TEXT:
	case VARCHAR:
		*out = hr_sql_text(bytes);
		return true;
	case BYTEA:
		*out = hr_sql_bytes(bytes);
		return true;
	default:
		break;
	}
	return hr_fail_column(err, at);
}

/* --- transactions --- */

static bool postgres_begin(hr_conn *conn, hr_error *err)
{
	hr_postgres *p = of(conn);

	if (conn->role == HR_CONN_READER)
		return say(p, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err);
	p->id[0] = '\0';
	p->awaits_id = true;
	return say(p, "BEGIN", err) && say(p, "SELECT pg_current_xact_id()::text", err);
}

static void postgres_rollback(hr_conn *conn)
{
	hr_postgres *p = of(conn);
	hr_error ignored;

	postgres_end(conn);
	settle(p, &ignored);
	if (!conn->broken && (!say(p, "ROLLBACK", &ignored) || !settle(p, &ignored)))
		conn->broken = true;
}

/* What became of transaction `id`, asked over a new connection: -1 when that cannot be told. */
static int ask_outcome(hr_postgres *p, const char *id, hr_error *err)
{
	int outcome = -1;
	const char *status;
	PGresult *result;
	PGconn *pg;

	if (!hr_postgres_connect(p->place, HR_CONN_READER, &pg, err))
		return outcome;
	result = PQexecParams(pg, "SELECT pg_xact_status($1::text::xid8)", 1, NULL, &id, NULL, NULL,
			      0);
	status = PQntuples(result) ? PQgetvalue(result, 0, 0) : "";
	if (strcmp(status, "committed") == 0)
		outcome = 1;
	else if (strcmp(status, "aborted") == 0)
		outcome = 0;
	PQclear(result);
	PQfinish(pg);
	return outcome;
}

/*
 * The wire was cut between a COMMIT and its answer. The server knows, if it
 * comes back soon; it tells by the number that it gave the transaction.
 */
static bool resolve(hr_postgres *p, hr_error *err)
{
	enum { TRIES = 10, PAUSE_NS = 200000000 };
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	int outcome = -1;
	hr_error ignored;

	for (int i = 0; i < TRIES && outcome < 0 && p->id[0]; i++) {
		if (i)
			nanosleep(&pause, NULL);
		outcome = ask_outcome(p, p->id, &ignored);
	}
	if (outcome < 0)
		return hr_fail(err, HR_E_UNAVAILABLE,
			       "the database went away during a commit; whether it was made is "
			       "not known");
	return outcome == 1 ||
	       hr_fail(err, HR_E_UNAVAILABLE,
		       "the database went away during a commit, which was not made");
}

static bool postgres_commit(hr_conn *conn, hr_error *err)
{
	hr_postgres *p = of(conn);

	if (!settle(p, err)) {
		postgres_rollback(conn);
		return false;
	}
	/* The server says "ROLLBACK" of a transaction that has failed, and not that it is a fault.
	 */
	if (say(p, "COMMIT", err) && settle(p, err))
		return p->committed ||
		       hr_fail(err, HR_E_INTERNAL,
			       "the database did not commit: a statement had failed before");
	if (conn->broken && conn->role != HR_CONN_READER)
		return resolve(p, err);
	postgres_rollback(conn);
	return false;
}

static bool postgres_mark(hr_conn *conn, hr_error *err)
{
	return say(of(conn), "SAVEPOINT neighbour", err);
}

static bool postgres_keep(hr_conn *conn, hr_error *err)
{
	return say(of(conn), "RELEASE neighbour", err);
}

/* First what has failed is heard to its end: until then the server takes no word. */
static bool postgres_undo(hr_conn *conn, hr_error *err)
{
	hr_postgres *p = of(conn);

	if (!settle(p, err) && conn->broken)
		return false;
	return say(p, "ROLLBACK TO neighbour", err) && postgres_keep(conn, err) && settle(p, err);
}

/* Several statements in one text: not in a pipeline. */
static bool postgres_script(hr_conn *conn, const char *text, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(SCRIPT_BYTES);
	hr_postgres *p = of(conn);
	PGresult *result;
	hr_buf buf;
	bool ok;

	if (!arena)
		return hr_fail_memory(err);
	hr_buf_init(&buf, arena, SCRIPT_BYTES / 4);
	hr_dialect_write(HR_DIALECT_POSTGRES, hr_str_of(text), &buf);
	if (buf.failed)
		return hr_fail_memory(err);
	if (!settle(p, err))
		return false;
	if (!PQexitPipelineMode(p->pg))
		return hr_postgres_fail(p, NULL, err);
	result = PQexec(p->pg, buf.data);
	ok = PQresultStatus(result) == PGRES_COMMAND_OK ||
	     PQresultStatus(result) == PGRES_TUPLES_OK || hr_postgres_fail(p, result, err);
	PQclear(result);
	if (!PQenterPipelineMode(p->pg))
		return hr_postgres_fail(p, NULL, err);
	return ok;
}

/* --- opening --- */

static void postgres_close(hr_conn *conn)
{
	hr_postgres *p = of(conn);

	clear_row(p);
	PQfinish(p->pg);
	hr_arena_close(conn->arena);
}

/* A server that went away has closed its end; that can be seen without asking it. */
static bool postgres_is_alive(hr_conn *conn)
{
	hr_postgres *p = of(conn);

	return !conn->broken && PQconsumeInput(p->pg) && PQstatus(p->pg) == CONNECTION_OK;
}

static bool postgres_open(hr_place *place, hr_conn_role role, hr_conn **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open(ARENA_BYTES);
	hr_postgres *p = arena ? HR_NEW(arena, hr_postgres) : NULL;

	if (p) {
		p->numbers = HR_NEW(arena, hr_numbering);
		p->ready = HR_NEW_N(arena, bool, HR_SQL_STATEMENTS_MAX);
	}
	if (!p || !p->numbers || !p->ready) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	p->conn = (hr_conn){ .engine = &hr_engine_postgres, .arena = arena, .role = role };
	p->place = place;
	hr_numbering_init(p->numbers, &hr_numbering_by_address, arena);
	if (!hr_postgres_connect(place, role, &p->pg, err)) {
		hr_arena_close(arena);
		return false;
	}
	if (!PQenterPipelineMode(p->pg)) {
		hr_postgres_fail(p, NULL, err);
		postgres_close(&p->conn);
		return false;
	}
	*out = &p->conn;
	return true;
}

const hr_engine hr_engine_postgres = {
	.open = postgres_open,
	.close = postgres_close,
	.is_alive = postgres_is_alive,
	.begin = postgres_begin,
	.commit = postgres_commit,
	.rollback = postgres_rollback,
	.mark = postgres_mark,
	.keep = postgres_keep,
	.undo = postgres_undo,
	.settle = postgres_settle,
	.script = postgres_script,
	.run = postgres_run,
	.select = postgres_select,
	.next = postgres_next,
	.end = postgres_end,
	.column = postgres_column,
};
