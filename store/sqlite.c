/*
 * SQLite. One connection writes and checkpoints, all others are opened read
 * only and without mmap: before 3.51.3 two that checkpoint at once can damage
 * a WAL database. After a fault of the disk the connection is closed, and the
 * next one recovers from what is there: an fsync that failed is not repeated.
 */
#include "store/engine.h"

#include "base/file.h"
#include "base/numbering.h"
#include "store/dialect.h"
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

enum { ARENA_BYTES = 4 << 20, SCRIPT_BYTES = 1 << 20, BUSY_MS = 5000 };

struct statement {
	sqlite3_stmt *handle;
	uint8_t at[HR_SQL_VALUES_MAX]; /* the library's number of $1, $2, ... */
};

struct sqlite {
	hr_conn conn;
	const char *where;
	sqlite3 *db;
	hr_numbering numbers;
	struct statement *statements; /* by number */
	sqlite3_stmt *rows;	      /* that are being read */
	hr_error fault;		      /* the last: it may have ended the transaction by itself */
};

static struct sqlite *of(hr_conn *conn)
{
	return (struct sqlite *)conn;
}

/* --- errors --- */

static hr_error_code code_of(int rc, int errnum)
{
	switch (rc & 0xff) {
	case SQLITE_NOMEM:
		return HR_E_MEMORY;
	case SQLITE_FULL:
		return HR_E_NO_SPACE;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return HR_E_BUSY;
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return HR_E_READ_ONLY;
	case SQLITE_CONSTRAINT:
		return HR_E_RULE;
	case SQLITE_TOOBIG:
		return HR_E_LIMIT;
	case SQLITE_CANTOPEN:
		return errnum == EROFS ? HR_E_READ_ONLY : HR_E_UNAVAILABLE;
	case SQLITE_IOERR:
		if (rc == SQLITE_IOERR_NOMEM)
			return HR_E_MEMORY;
		return errnum == EDQUOT	 ? HR_E_NO_SPACE
		       : errnum == EROFS ? HR_E_READ_ONLY
					 : HR_E_IO;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return HR_E_IO;
	default:
		return HR_E_INTERNAL;
	}
}

/* Its words name tables and columns, never values. */
static bool fail_sqlite(struct sqlite *s, int rc, hr_error *err)
{
	int errnum = s->db ? sqlite3_system_errno(s->db) : 0;
	hr_error_code code = code_of(rc, errnum);
	char reason[64];

	if (code != HR_E_RULE && code != HR_E_BUSY && code != HR_E_INTERNAL && code != HR_E_LIMIT &&
	    code != HR_E_MEMORY)
		s->conn.broken = true;
	if (code == HR_E_MEMORY) {
		hr_fail_memory(&s->fault);
		*err = s->fault;
		return false;
	}
	hr_fail(err, code, "the store '%s': %s", s->where,
		s->db ? sqlite3_errmsg(s->db) : sqlite3_errstr(rc));
	if (errnum)
		snprintf(err->detail, sizeof(err->detail), "error %d of SQLite, %s", rc,
			 strerror_r(errnum, reason, sizeof(reason)));
	else
		snprintf(err->detail, sizeof(err->detail), "error %d of SQLite", rc);
	s->fault = *err;
	return false;
}

/* --- statements --- */

static bool map_values(struct statement *statement, const hr_sql *sql, hr_error *err)
{
	for (size_t i = 0; sql->takes[i]; i++) {
		char name[8];
		int at;

		snprintf(name, sizeof(name), "$%zu", i + 1);
		at = sqlite3_bind_parameter_index(statement->handle, name);
		if (at == 0)
			return hr_fail(err, HR_E_INTERNAL, "a statement lacks its %s", name);
		statement->at[i] = (uint8_t)at;
	}
	return true;
}

/* NULL, and `err`, when there is none to be had. */
static struct statement *get_statement(struct sqlite *s, const hr_sql *sql, hr_error *err)
{
	struct statement *statement;
	uint32_t number;
	int rc;

	if (!hr_numbering_get(&s->numbers, sql, &number)) {
		hr_fail_memory(err);
		return NULL;
	}
	if (number >= HR_SQL_STATEMENTS_MAX) {
		hr_fail(err, HR_E_LIMIT, "over %d statements", HR_SQL_STATEMENTS_MAX);
		return NULL;
	}
	statement = &s->statements[number];
	if (statement->handle)
		return statement;
	rc = sqlite3_prepare_v3(s->db, sql->text, -1, SQLITE_PREPARE_PERSISTENT, &statement->handle,
				NULL);
	if (rc != SQLITE_OK) {
		fail_sqlite(s, rc, err);
		return NULL;
	}
	if (map_values(statement, sql, err))
		return statement;
	sqlite3_finalize(statement->handle);
	statement->handle = NULL;
	return NULL;
}

/* The library takes NULL for a NULL of SQL: an empty slice gets an address. */
static const char *bytes_of(hr_str s)
{
	return s.data ? s.data : "";
}

static int bind_value(sqlite3_stmt *handle, int at, const hr_sql_value *value)
{
	switch (value->type) {
	case HR_SQL_NULL:
		break;
	case HR_SQL_INT:
		return sqlite3_bind_int64(handle, at, value->number);
	case HR_SQL_TEXT:
		return sqlite3_bind_text64(handle, at, bytes_of(value->bytes), value->bytes.len,
					   SQLITE_STATIC, SQLITE_UTF8);
	case HR_SQL_BYTES:
		return sqlite3_bind_blob64(handle, at, bytes_of(value->bytes), value->bytes.len,
					   SQLITE_STATIC);
	}
	return sqlite3_bind_null(handle, at);
}

static bool start(struct sqlite *s, const hr_sql *sql, const hr_sql_value *values,
		  sqlite3_stmt **out, hr_error *err)
{
	const struct statement *statement = get_statement(s, sql, err);

	if (!statement)
		return false;
	for (size_t i = 0; sql->takes[i]; i++) {
		int rc = bind_value(statement->handle, statement->at[i], &values[i]);

		if (rc != SQLITE_OK)
			return fail_sqlite(s, rc, err);
	}
	*out = statement->handle;
	return true;
}

/* The message first: a reset gives the next one. What was bound is the caller's, and goes. */
static bool finish(struct sqlite *s, sqlite3_stmt *handle, int rc, hr_error *err)
{
	bool ok = rc == SQLITE_DONE || fail_sqlite(s, rc, err);

	sqlite3_reset(handle);
	sqlite3_clear_bindings(handle);
	return ok;
}

static bool sqlite_run(hr_conn *conn, const hr_sql *sql, const hr_sql_value *values,
		       int64_t *changed, hr_error *err)
{
	struct sqlite *s = of(conn);
	sqlite3_stmt *handle;
	int rc;

	if (!start(s, sql, values, &handle, err))
		return false;
	do
		rc = sqlite3_step(handle);
	while (rc == SQLITE_ROW);
	if (!finish(s, handle, rc, err))
		return false;
	if (changed)
		*changed = sqlite3_changes64(s->db);
	return true;
}

static bool sqlite_select(hr_conn *conn, const hr_sql *sql, const hr_sql_value *values,
			  hr_error *err)
{
	return start(of(conn), sql, values, &of(conn)->rows, err);
}

static void sqlite_end(hr_conn *conn)
{
	struct sqlite *s = of(conn);

	if (s->rows) {
		sqlite3_reset(s->rows);
		sqlite3_clear_bindings(s->rows);
	}
	s->rows = NULL;
}

static bool sqlite_next(hr_conn *conn, bool *found, hr_error *err)
{
	struct sqlite *s = of(conn);
	int rc = sqlite3_step(s->rows);

	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return fail_sqlite(s, rc, err);
	*found = rc == SQLITE_ROW;
	return true;
}

static bool sqlite_column(hr_conn *conn, size_t at, hr_sql_value *out, hr_error *err)
{
	struct sqlite *s = of(conn);
	int column = (int)at;
	const void *bytes;

	if (at >= (size_t)sqlite3_column_count(s->rows))
		return hr_fail_column(err, at);
	switch (sqlite3_column_type(s->rows, column)) {
	case SQLITE_NULL:
		*out = hr_sql_null();
		return true;
	case SQLITE_INTEGER:
		*out = hr_sql_int(sqlite3_column_int64(s->rows, column));
		return true;
	case SQLITE_TEXT:
		bytes = sqlite3_column_text(s->rows, column);
		out->type = HR_SQL_TEXT;
		break;
	case SQLITE_BLOB:
		bytes = sqlite3_column_blob(s->rows, column);
		out->type = HR_SQL_BYTES;
		break;
	default:
		return hr_fail_column(err, at);
	}
	out->number = 0;
	out->bytes = (hr_str){ bytes, (size_t)sqlite3_column_bytes(s->rows, column) };
	/* An empty blob has no address; a text without one is a lack of memory. */
	if (!bytes && (out->type == HR_SQL_TEXT || out->bytes.len))
		return hr_fail_memory(err);
	if (!bytes)
		out->bytes.data = "";
	return true;
}

/* --- transactions --- */

static const hr_sql begin_write = HR_SQL("BEGIN IMMEDIATE", "");
static const hr_sql begin_read = HR_SQL("BEGIN", "");
static const hr_sql commit = HR_SQL("COMMIT", "");
static const hr_sql rollback = HR_SQL("ROLLBACK", "");
static const hr_sql mark = HR_SQL("SAVEPOINT neighbour", "");
static const hr_sql keep = HR_SQL("RELEASE neighbour", "");
static const hr_sql undo = HR_SQL("ROLLBACK TO neighbour", "");

static bool sqlite_begin(hr_conn *conn, hr_error *err)
{
	return sqlite_run(conn, conn->role == HR_CONN_READER ? &begin_read : &begin_write, NULL,
			  NULL, err);
}

/* Some faults have ended the transaction by themselves. One that cannot be ended ends with us. */
static void sqlite_rollback(hr_conn *conn)
{
	hr_error ignored;

	sqlite_end(conn);
	if (!sqlite3_get_autocommit(of(conn)->db) &&
	    !sqlite_run(conn, &rollback, NULL, NULL, &ignored))
		conn->broken = true;
}

static bool sqlite_commit(hr_conn *conn, hr_error *err)
{
	if (sqlite_run(conn, &commit, NULL, NULL, err))
		return true;
	sqlite_rollback(conn);
	return false;
}

static bool sqlite_mark(hr_conn *conn, hr_error *err)
{
	return sqlite_run(conn, &mark, NULL, NULL, err);
}

static bool sqlite_keep(hr_conn *conn, hr_error *err)
{
	return sqlite_run(conn, &keep, NULL, NULL, err);
}

static bool sqlite_undo(hr_conn *conn, hr_error *err)
{
	if (sqlite3_get_autocommit(of(conn)->db)) {
		*err = of(conn)->fault;
		return false;
	}
	return sqlite_run(conn, &undo, NULL, NULL, err) && sqlite_keep(conn, err);
}

static bool sqlite_settle(hr_conn *conn, hr_error *err)
{
	(void)conn;
	(void)err;
	return true;
}

static bool sqlite_script(hr_conn *conn, const char *text, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(SCRIPT_BYTES);
	hr_buf buf;
	int rc;

	if (!arena)
		return hr_fail_memory(err);
	hr_buf_init(&buf, arena, SCRIPT_BYTES / 4);
	hr_dialect_write(HR_DIALECT_SQLITE, hr_str_of(text), &buf);
	if (buf.failed)
		return hr_fail_memory(err);
	rc = sqlite3_exec(of(conn)->db, buf.data, NULL, NULL, NULL);
	return rc == SQLITE_OK || fail_sqlite(of(conn), rc, err);
}

/* --- opening --- */

static void sqlite_close(hr_conn *conn)
{
	struct sqlite *s = of(conn);

	for (uint32_t i = 0; i < s->numbers.count && i < HR_SQL_STATEMENTS_MAX; i++)
		sqlite3_finalize(s->statements[i].handle);
	sqlite3_close(s->db);
	hr_arena_close(conn->arena);
}

/* A file that was removed or replaced would take all writes, and lose them. */
static bool sqlite_is_alive(hr_conn *conn)
{
	int moved = 0;

	return !conn->broken &&
	       sqlite3_file_control(of(conn)->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) ==
		       SQLITE_OK &&
	       !moved;
}

/*
 * Made by us, so that it is its owner's alone, and so are -wal and -shm, which
 * take after it. Never opened twice: to close one handle would end the locks
 * of the library on the other.
 */
static bool make_file(const char *path, hr_error *err)
{
	int fd;

	if (access(path, F_OK) == 0)
		return true;
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return hr_fail_errno(err, errno, "create the store", path);
	close(fd);
	return hr_folder_sync_of(path, err);
}

static bool take_place(hr_place *place, hr_error *err)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s-lock", place->where) >= (int)sizeof(path))
		return hr_fail_errno(err, ENAMETOOLONG, "open", place->where);
	return hr_lock_take(path, place->who, &place->lock, err) && make_file(place->where, err);
}

static int note_mode(void *is_wal, int count, char **values, char **names)
{
	(void)names;
	*(bool *)is_wal = count == 1 && values[0] && strcmp(values[0], "wal") == 0;
	return 0;
}

static const char set_both[] = "PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF; "
			       "PRAGMA case_sensitive_like = ON;";
static const char set_reader[] = "PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0;";
/* A checkpoint of 1,000 pages is what a commit may have to wait for. */
static const char set_writer[] = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; "
				 "PRAGMA wal_autocheckpoint = 1000; "
				 "PRAGMA journal_size_limit = 67108864;";

static bool set_up(struct sqlite *s, hr_error *err)
{
	bool reader = s->conn.role == HR_CONN_READER;
	bool is_wal = false;
	int rc;

	sqlite3_busy_timeout(s->db, BUSY_MS);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	rc = sqlite3_exec(s->db, set_both, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(s->db, reader ? set_reader : set_writer, NULL, NULL, NULL);
	if (rc == SQLITE_OK && !reader)
		rc = sqlite3_exec(s->db, "PRAGMA journal_mode = WAL", note_mode, &is_wal, NULL);
	if (rc != SQLITE_OK)
		return fail_sqlite(s, rc, err);
	/*
	 * After a fault: what stands in the WAL may not be on the disk, and an fsync would no
	 * more tell. Nothing is written behind it; it goes into the file, and the WAL begins anew.
	 */
	if (s->conn.role == HR_CONN_WRITER)
		rc = sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	if (rc != SQLITE_OK)
		return fail_sqlite(s, rc, err);
	if (!reader && !is_wal)
		return hr_fail(err, HR_E_IO,
			       "the store '%s' is on a disk that cannot hold a WAL; a local "
			       "one is wanted",
			       s->where);
	return true;
}

static bool open_db(struct sqlite *s, hr_error *err)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
		    (s->conn.role == HR_CONN_READER ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
	int rc = sqlite3_open_v2(s->where, &s->db, flags, NULL);

	return rc == SQLITE_OK ? set_up(s, err) : fail_sqlite(s, rc, err);
}

static struct sqlite *make_conn(const char *where, hr_conn_role role)
{
	hr_arena *arena = hr_arena_open(ARENA_BYTES);
	struct sqlite *s = arena ? HR_NEW(arena, struct sqlite) : NULL;

	if (s)
		s->statements = HR_NEW_N(arena, struct statement, HR_SQL_STATEMENTS_MAX);
	if (!s || !s->statements) {
		hr_arena_close(arena);
		return NULL;
	}
	s->conn = (hr_conn){ .engine = &hr_engine_sqlite, .arena = arena, .role = role };
	s->where = where;
	hr_numbering_init(&s->numbers, &hr_numbering_by_address, arena);
	return s;
}

static bool sqlite_open(hr_place *place, hr_conn_role role, hr_conn **out, hr_error *err)
{
	struct sqlite *s;

	if (role == HR_CONN_MAKER && !take_place(place, err))
		return false;
	s = make_conn(place->where, role);
	if (!s)
		return hr_fail_memory(err);
	if (!open_db(s, err)) {
		sqlite_close(&s->conn);
		return false;
	}
	*out = &s->conn;
	return true;
}

/* --- copying --- */

/*
 * All pages in one step, so under one snapshot: who writes meanwhile is not
 * waited for, and does not make it begin again. The journal mode is part of
 * the copy; one that wants no -wal can be read where nothing can be written.
 */
static bool copy_pages(struct sqlite *from, struct sqlite *to, hr_error *err)
{
	sqlite3_backup *copy = sqlite3_backup_init(to->db, "main", from->db, "main");
	int rc;

	if (!copy)
		return fail_sqlite(to, sqlite3_extended_errcode(to->db), err);
	sqlite3_backup_step(copy, -1);
	rc = sqlite3_backup_finish(copy);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(to->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
	return rc == SQLITE_OK || fail_sqlite(to, rc, err);
}

static bool copy_into(struct sqlite *from, const char *path, hr_error *err)
{
	struct sqlite to = { .where = path };
	int rc = sqlite3_open_v2(
		path, &to.db, SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_READWRITE,
		NULL);
	bool ok = rc == SQLITE_OK ? copy_pages(from, &to, err) : fail_sqlite(&to, rc, err);

	sqlite3_close(to.db);
	return ok;
}

static bool sqlite_copy(const char *where, const char *path, hr_error *err)
{
	struct sqlite *from = make_conn(where, HR_CONN_READER);
	bool ok;

	if (!from)
		return hr_fail_memory(err);
	ok = open_db(from, err) && make_file(path, err) && copy_into(from, path, err);
	sqlite_close(&from->conn);
	return ok;
}

const hr_engine hr_engine_sqlite = {
	.open = sqlite_open,
	.close = sqlite_close,
	.is_alive = sqlite_is_alive,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.mark = sqlite_mark,
	.keep = sqlite_keep,
	.undo = sqlite_undo,
	.settle = sqlite_settle,
	.script = sqlite_script,
	.run = sqlite_run,
	.select = sqlite_select,
	.next = sqlite_next,
	.end = sqlite_end,
	.column = sqlite_column,
	.copy = sqlite_copy,
};
