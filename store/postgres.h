/* What the two files of the PostgreSQL engine share. */
#pragma once

#include "store/engine.h"

#include <libpq-fe.h>

typedef struct hr_postgres {
	hr_conn conn;
	hr_place *place;
	PGconn *pg; /* in pipeline mode, but while it is set up and for scripts */
	struct hr_numbering *numbers;
	bool *ready;	  /* by number: the server has the statement */
	unsigned pending; /* commands that were sent and not yet heard of */
	bool selecting;	  /* rows may still come */
	PGresult *row;	  /* that is looked at */
	int64_t changed;  /* by the last command */
	bool committed;	  /* so said the server of the last command */
	bool awaits_id;	  /* the next row that comes is the transaction's number */
	char id[24];	  /* by which the server knows the transaction */
} hr_postgres;

/* A connection, set up; for a writer with the lock that says so. Close it with PQfinish. */
bool hr_postgres_connect(hr_place *place, hr_conn_role role, PGconn **out, hr_error *err);

/* The fault of `result`; without one, that of the connection. Marks it broken when it is. */
bool hr_postgres_fail(hr_postgres *p, const PGresult *result, hr_error *err);

/* Why it cannot be reached, in our words: those of the library may hold parts of the URL. */
bool hr_postgres_fail_gone(const PGconn *pg, hr_error *err);
