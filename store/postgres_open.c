/*
 * PostgreSQL: connecting, and what its faults are to us. The words of a server
 * may repeat what a row holds, so ours stand in their place.
 */
#include "store/postgres.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Of a process that has ended the server holds the lock on for a moment. */
enum { OLDEST_SERVER = 130000, ATTEMPTS = 10, PAUSE_NS = 100000000 };

/* --- errors --- */

static const struct {
	const char *state; /* the front of a SQLSTATE */
	hr_error_code code;
	bool broken;
	const char *words;
} states[] = {
	{ "23", HR_E_RULE, false, "a row breaks a rule of its table" },
	{ "25006", HR_E_READ_ONLY, true, "the database can only be read" },
	{ "25P02", HR_E_INTERNAL, false, "the transaction has failed before" },
	{ "40", HR_E_BUSY, false, "another transaction is in the way" },
	{ "53100", HR_E_NO_SPACE, false, "the disk of the database is full" },
	{ "53200", HR_E_MEMORY, false, "the database is out of memory" },
	{ "53", HR_E_BUSY, false, "the database has no room for more" },
	{ "54", HR_E_LIMIT, false, "a limit of the database is passed" },
	{ "55P03", HR_E_BUSY, false, "another holds a lock in the database" },
	{ "57014", HR_E_BUSY, false, "the database has stopped the statement" },
	{ "57", HR_E_UNAVAILABLE, true, "the database is being stopped, or started" },
	{ "08", HR_E_UNAVAILABLE, true, "the connection to the database is lost" },
	{ "58", HR_E_IO, true, "the disk of the database has a fault" },
	{ "XX", HR_E_IO, true, "the database is damaged, or has a fault" },
};

/*
 * The library's words repeat parts of the URL, and one '@' too many in it makes
 * a part of the password a part of the host: here they only choose ours.
 */
static const struct {
	hr_str theirs;
	const char *words;
} reasons[] = {
	{ HR_STR_INIT("could not translate host name"), "the name of its host is not known" },
	{ HR_STR_INIT("Connection refused"), "nobody listens there" },
	{ HR_STR_INIT("No such file or directory"), "nobody listens there" },
	{ HR_STR_INIT("timeout expired"), "it does not answer" },
	{ HR_STR_INIT("password authentication failed"), "it refuses the user or the password" },
	{ HR_STR_INIT("no password supplied"), "it wants a password" },
	{ HR_STR_INIT("pg_hba.conf"), "its pg_hba.conf does not let us in" },
	{ HR_STR_INIT("does not exist"), "it has no such database, or no such user" },
	{ HR_STR_INIT("starting up"), "it is being started" },
	{ HR_STR_INIT("shutting down"), "it is being stopped" },
	{ HR_STR_INIT("too many"), "it has no room for more" },
	{ HR_STR_INIT("connection slots"), "it has no room for more" },
	{ HR_STR_INIT("closed the connection"), "it has closed the connection" },
};

bool hr_postgres_fail_gone(const PGconn *pg, hr_error *err)
{
	hr_str said = hr_str_of(PQerrorMessage(pg));

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (hr_str_find(said, reasons[i].theirs) < said.len)
			return hr_fail(err, HR_E_UNAVAILABLE, "the database cannot be reached: %s",
				       reasons[i].words);
	return hr_fail(err, HR_E_UNAVAILABLE,
		       "the database cannot be reached; 'psql URL' tells more");
}

static bool fail_state(hr_postgres *p, const PGresult *result, const char *state, hr_error *err)
{
	const char *rule = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
	size_t i = 0;

	while (i < sizeof(states) / sizeof(states[0]) &&
	       strncmp(state, states[i].state, strlen(states[i].state)) != 0)
		i++;
	if (i == sizeof(states) / sizeof(states[0])) {
		/* Of the statements alone, which hold no values. */
		const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

		hr_fail(err, HR_E_INTERNAL, "the database refuses a statement: %s",
			words && strncmp(state, "42", 2) == 0 ? words : "see its log");
	} else {
		hr_fail(err, states[i].code, "%s%s%s%s", states[i].words, rule ? ": '" : "",
			rule ? rule : "", rule ? "'" : "");
		p->conn.broken |= states[i].broken;
	}
	snprintf(err->detail, sizeof(err->detail), "SQLSTATE %s", state);
	return false;
}

bool hr_postgres_fail(hr_postgres *p, const PGresult *result, hr_error *err)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;

	if (PQstatus(p->pg) == CONNECTION_BAD)
		p->conn.broken = true;
	if (state)
		return fail_state(p, result, state, err);
	p->conn.broken = true;
	return hr_postgres_fail_gone(p->pg, err);
}

/* --- setting up --- */

static void PGresult_auto_close(PGresult **result)
{
	PQclear(*result);
}

/* `text` with at most one value; its one row to `out`, NULL when it has none. */
static bool ask(PGconn *pg, const char *text, const char *value, PGresult **out, hr_error *err)
{
	PGresult *result = PQexecParams(pg, text, value != NULL, NULL, &value, NULL, NULL, 0);
	bool ok = PQresultStatus(result) == PGRES_TUPLES_OK;

	if (!ok) {
		hr_postgres_fail_gone(pg, err);
		PQclear(result);
		return false;
	}
	*out = result;
	return true;
}

/*
 * Durable, whatever the database is set to; who waits for a lock that does not
 * come is told. The name is what a second writer is told.
 */
static const char set_up[] =
	"SELECT set_config('application_name', $1, false), set_config('lock_timeout', '5s', false),"
	" set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off'"
	" THEN 'on' ELSE current_setting('synchronous_commit') END, false),"
	" current_setting('server_encoding')";

static bool set_up_conn(PGconn *pg, const char *name, hr_error *err)
{
	__attribute__((cleanup(PGresult_auto_close))) PGresult *result = NULL;

	if (PQserverVersion(pg) < OLDEST_SERVER)
		return hr_fail(err, HR_E_UNAVAILABLE,
			       "the database is older than PostgreSQL %d, which is wanted",
			       OLDEST_SERVER / 10000);
	if (!ask(pg, set_up, name, &result, err))
		return false;
	if (strcmp(PQgetvalue(result, 0, 3), "UTF8") != 0)
		return hr_fail(err, HR_E_UNAVAILABLE,
			       "the database is not in UTF-8; make one that is");
	return true;
}

/* --- the one writer --- */

static const char try_lock[] =
	"SELECT CASE WHEN pg_try_advisory_lock(hashtext('huren'), hashtext(current_schema()))"
	" THEN 1 ELSE 0 END";

#define HOLDERS                                                                                    \
	" FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory'"       \
	" AND l.granted AND l.classid::bigint = (hashtext('huren')::bigint & 4294967295)"          \
	" AND l.objid::bigint = (hashtext(current_schema())::bigint & 4294967295)"                 \
	" AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"

static const char find_holder[] = "SELECT a.application_name" HOLDERS;
static const char end_former_self[] =
	"SELECT pg_terminate_backend(a.pid)" HOLDERS " AND a.application_name = $1";

static bool is_locked(PGconn *pg, bool *locked, hr_error *err)
{
	__attribute__((cleanup(PGresult_auto_close))) PGresult *result = NULL;

	if (!ask(pg, try_lock, NULL, &result, err))
		return false;
	*locked = strcmp(PQgetvalue(result, 0, 0), "1") == 0;
	return true;
}

static bool fail_held(PGconn *pg, hr_error *err)
{
	__attribute__((cleanup(PGresult_auto_close))) PGresult *result = NULL;

	if (!ask(pg, find_holder, NULL, &result, err))
		return false;
	return hr_fail(err, HR_E_BUSY, "the database is held by %s",
		       PQntuples(result) ? PQgetvalue(result, 0, 0) : "another process");
}

/*
 * After the wire was cut the server may still believe in our former
 * connection: it is ended, and its lock with it.
 */
static bool take_lock(PGconn *pg, hr_conn_role role, const char *name, hr_error *err)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	bool locked = false;

	for (int i = 0; i < ATTEMPTS; i++) {
		PGresult *ended = NULL;

		if (!is_locked(pg, &locked, err))
			return false;
		if (locked)
			return true;
		if (role == HR_CONN_WRITER && !ask(pg, end_former_self, name, &ended, err))
			return false;
		PQclear(ended);
		nanosleep(&pause, NULL);
	}
	return fail_held(pg, err);
}

/* The library would print them. */
static void drop_notice(void *context, const PGresult *result)
{
	(void)context;
	(void)result;
}

/* By itself, and in our words: the library's repeat it, password and all. */
static bool check_url(const char *url, hr_error *err)
{
	PQconninfoOption *options = PQconninfoParse(url, NULL);

	PQconninfoFree(options);
	return options || hr_fail(err, HR_E_USAGE,
				  "the URL of the database is not 'postgresql://"
				  "USER@HOST/NAME?OPTION=VALUE'");
}

bool hr_postgres_connect(hr_place *place, hr_conn_role role, PGconn **out, hr_error *err)
{
	/* What stands before the URL it may say otherwise. */
	static const char *const names[] = { "connect_timeout",
					     "keepalives_idle",
					     "tcp_user_timeout",
					     "fallback_application_name",
					     "dbname",
					     "client_encoding",
					     NULL };
	const char *values[] = { "5", "10", "10000", "huren", place->where, "UTF8", NULL };
	char host[32] = "";
	char name[64];
	PGconn *pg;

	if (!check_url(place->where, err))
		return false;
	pg = PQconnectdbParams(names, values, 1);
	gethostname(host, sizeof(host) - 1);
	/* The number: in two containers all else may be the same. The server cuts at 63 bytes. */
	snprintf(name, sizeof(name), "process %d [%08" PRIx32 "] on %s (%s)", (int)getpid(),
		 place->number, host, place->who);
	if (!pg)
		return hr_fail_memory(err);
	PQsetNoticeReceiver(pg, drop_notice, NULL);
	if (PQstatus(pg) != CONNECTION_OK) {
		hr_postgres_fail_gone(pg, err);
	} else if (set_up_conn(pg, name, err) &&
		   (role == HR_CONN_READER || take_lock(pg, role, name, err))) {
		*out = pg;
		return true;
	}
	PQfinish(pg);
	return false;
}
