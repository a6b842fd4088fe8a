/*
 * What a database must be able to do for store.h, and the connection that the
 * rest of this folder works with. A connection is for one thread at a time.
 */
#pragma once

#include "store/store.h"

typedef struct hr_engine hr_engine;

typedef enum hr_conn_role {
	HR_CONN_READER,
	HR_CONN_WRITER, /* of tables that were there before */
	HR_CONN_MAKER,	/* a writer, the first: makes what is not there, takes the lock */
} hr_conn_role;

/* Where the tables are; as long as the store. */
typedef struct hr_place {
	const char *where; /* a path, or a URL */
	const char *who;
	int lock;	 /* the file that says who writes; -1: none */
	uint32_t number; /* drawn, so that no other store has the same name */
} hr_place;

typedef struct hr_conn {
	const hr_engine *engine;
	hr_arena *arena; /* its own; holds the engine's struct */
	hr_conn_role role;
	bool broken; /* is to be closed: after a fault of the disk or of the wire */
} hr_conn;

struct hr_engine {
	bool (*open)(hr_place *place, hr_conn_role role, hr_conn **out, hr_error *err);
	void (*close)(hr_conn *conn);

	/* Is it still what it was when it was opened? Asked before a transaction. */
	bool (*is_alive)(hr_conn *conn);

	bool (*begin)(hr_conn *conn, hr_error *err);
	bool (*commit)(hr_conn *conn, hr_error *err);
	void (*rollback)(hr_conn *conn);

	/* A savepoint: set, given up with what came after it kept, gone back to. */
	bool (*mark)(hr_conn *conn, hr_error *err);
	bool (*keep)(hr_conn *conn, hr_error *err);
	bool (*undo)(hr_conn *conn, hr_error *err);

	/* What was run so far is done, or its fault is told. */
	bool (*settle)(hr_conn *conn, hr_error *err);

	/* A step of a room, in its own dialect. */
	bool (*script)(hr_conn *conn, const char *text, hr_error *err);

	/* `changed` NULL: may be done later. */
	bool (*run)(hr_conn *conn, const hr_sql *sql, const hr_sql_value *values, int64_t *changed,
		    hr_error *err);
	bool (*select)(hr_conn *conn, const hr_sql *sql, const hr_sql_value *values, hr_error *err);
	bool (*next)(hr_conn *conn, bool *found, hr_error *err);
	void (*end)(hr_conn *conn);
	bool (*column)(hr_conn *conn, size_t at, hr_sql_value *out, hr_error *err);

	/* hr_store_copy; NULL: the engine has programs of its own for it. */
	bool (*copy)(const char *where, const char *to, hr_error *err);
};

extern const hr_engine hr_engine_postgres;
extern const hr_engine hr_engine_sqlite;

/* A statement that no program of ours should give: a column of a type that store.h has not. */
bool hr_fail_column(hr_error *err, size_t column);

struct hr_tx {
	hr_conn *conn;
	bool writing;
	bool selecting;
	uint64_t turn; /* of the newest statement */
	size_t left;   /* rows that may still come */
	hr_error trouble;
};

/* begin, `function`, commit; rolled back when one of them fails. */
bool hr_conn_transact(hr_conn *conn, hr_tx_function *function, void *context, hr_error *err);

/* `function` within a transaction that was begun; a fault that it did not tell is told. */
bool hr_tx_call(hr_conn *conn, hr_tx_function *function, void *context, hr_error *err);
