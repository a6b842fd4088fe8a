/*
 * Tables that outlive the process, in SQLite or in PostgreSQL: one small SQL
 * interface, the same for both. Outside of this folder the rooms' `*_book.c`
 * files alone use it; what all rooms share is in audit.h and patient_key.h.
 *
 *	static const hr_sql add = HR_SQL("INSERT INTO film (uid, day) VALUES ($1, $2)", "ti");
 *
 *	static bool add_object(hr_tx *tx, void *context, hr_error *err)
 *	{
 *		const struct object *o = context;
 *
 *		return hr_tx_run(tx, &add, HR_VALUES(hr_sql_text(o->uid), hr_sql_int(o->day)), err);
 *	}
 *
 *	hr_store_write(store, add_object, &object, err)
 *
 * When hr_store_write has returned true, what the function wrote is on the
 * disk; when false, nothing of it is there (but where the message says that
 * this is not known: the wire was cut, and the server did not come back).
 * Many threads may write at once: one of them runs the functions of all that
 * wait, one after the other, and commits them together, so that they share one
 * fsync. A function that fails takes back what it wrote, not what its
 * neighbours did.
 *
 * The SQL is what both engines understand: $1 to $32; BIGINT, TEXT (UTF-8, no
 * NUL, in byte order) and BYTEA; ON CONFLICT, RETURNING. Traps: NULLS FIRST or
 * LAST must be said; a SUM is CAST to BIGINT; LIKE minds the case.
 *
 * Errors: HR_E_RULE (a constraint), HR_E_BUSY (another holds the lock, or
 * all readers are in use), HR_E_NO_SPACE, HR_E_READ_ONLY, HR_E_UNAVAILABLE
 * (gone; the next call tries again by itself), HR_E_NEWER, HR_E_IO (faults of
 * the disk, damage). No message holds a value of a row.
 */
#pragma once

#include "base/str.h"

typedef struct hr_store hr_store;
typedef struct hr_tx hr_tx;

enum {
	HR_SQL_VALUES_MAX = 32,
	HR_SQL_VALUE_BYTES_MAX = 64 << 20,
	HR_SQL_STATEMENTS_MAX = 512, /* of one program */
};

/* --- statements and values --- */

/*
 * A statement is a constant of static storage, made by HR_SQL from literals
 * alone: nothing from outside can become a part of it. `takes` says the type
 * of each value, in order: i an int64_t, t a text, b bytes. Any may be NULL.
 */
typedef struct hr_sql {
	const char *text;
	const char *takes;
} hr_sql;

#define HR_SQL(text_, takes_)                                                                      \
	{                                                                                          \
		"" text_ "", "" takes_ ""                                                          \
	}

typedef enum hr_sql_type { HR_SQL_NULL, HR_SQL_INT, HR_SQL_TEXT, HR_SQL_BYTES } hr_sql_type;

typedef struct hr_sql_value {
	hr_sql_type type;
	int64_t number;
	hr_str bytes; /* of a text, too */
} hr_sql_value;

typedef struct hr_sql_values {
	const hr_sql_value *items;
	size_t count;
} hr_sql_values;

#define HR_VALUES(...)                                                                             \
	((hr_sql_values){ (const hr_sql_value[]){ __VA_ARGS__ },                                   \
			  sizeof((const hr_sql_value[]){ __VA_ARGS__ }) / sizeof(hr_sql_value) })
#define HR_NO_VALUES ((hr_sql_values){ NULL, 0 })

static inline hr_sql_value hr_sql_null(void)
{
	return (hr_sql_value){ .type = HR_SQL_NULL };
}

static inline hr_sql_value hr_sql_int(int64_t number)
{
	return (hr_sql_value){ .type = HR_SQL_INT, .number = number };
}

/* A text without data is empty, not NULL. HR_E_ENCODING when it is not UTF-8, or holds a NUL. */
static inline hr_sql_value hr_sql_text(hr_str text)
{
	return (hr_sql_value){ .type = HR_SQL_TEXT, .bytes = text };
}

static inline hr_sql_value hr_sql_bytes(hr_str bytes)
{
	return (hr_sql_value){ .type = HR_SQL_BYTES, .bytes = bytes };
}

/* --- opening --- */

/*
 * What a room keeps. Its tables' names begin with its own. steps[0] makes
 * version 1, steps[n] version n + 1: SQL that is run once and never changed
 * again, only added to. In steps a CAST is to BIGINT alone.
 */
typedef struct hr_room {
	const char *name;
	const char *const *steps;
	size_t step_count;
} hr_room;

typedef struct hr_store_options {
	const char *url; /* a path, "sqlite:PATH" or "postgresql://..." */
	const char *who; /* "huren serve": told to whoever finds the store taken */
	const hr_room *rooms;
	size_t room_count;
	bool read_only;	  /* beside a writer; the tables must be there, as new as the rooms */
	unsigned readers; /* at once; 0: 8 */
} hr_store_options;

/*
 * Takes the lock of the one writer (HR_E_BUSY names who holds it), makes what
 * is not there and brings every room to its newest version, all of it or
 * nothing. HR_E_NEWER for a store that knows more than `rooms`.
 */
bool hr_store_open(const hr_store_options *options, hr_store **out, hr_error *err);

/* When no other thread uses it any more. */
void hr_store_close(hr_store *store);

/*
 * A copy of a store in SQLite, as it is at one moment, whoever writes to it
 * meanwhile: a file at `to`, where none is, on the disk when this returns. It
 * may be read where nothing can be written. HR_E_UNSUPPORTED of PostgreSQL.
 */
bool hr_store_copy(const char *url, const char *to, hr_error *err);

/* --- transactions --- */

/*
 * Runs at most once, perhaps in another thread, while the caller waits. It
 * must not wait for others, nor use the store but by `tx`.
 */
typedef bool hr_tx_function(hr_tx *tx, void *context, hr_error *err);

bool hr_store_write(hr_store *store, hr_tx_function *function, void *context, hr_error *err);

/* All that one function reads is of one moment. Runs beside the writer, never waits for it. */
bool hr_store_read(hr_store *store, hr_tx_function *function, void *context, hr_error *err);

/*
 * In a write alone. It may be done later, so a fault may be told by a later
 * call, or at the end. After a fault every call of the transaction fails.
 */
bool hr_tx_run(hr_tx *tx, const hr_sql *sql, hr_sql_values values, hr_error *err);

/* As hr_tx_run, done now; `*changed` is how many rows it met. */
bool hr_tx_change(hr_tx *tx, const hr_sql *sql, hr_sql_values values, int64_t *changed,
		  hr_error *err);

/*
 * Rows, one at a time, of the newest hr_tx_select of a transaction:
 *
 *	hr_rows rows;
 *
 *	if (!hr_tx_select(tx, &find, HR_VALUES(hr_sql_bytes(patient)), 100, &rows, err))
 *		return false;
 *	while (hr_rows_next(&rows))
 *		add(list, hr_rows_text(&rows, 0), hr_rows_int(&rows, 1));
 *	return hr_rows_end(&rows, err);
 *
 * Any other statement of the transaction ends them; to go on with them after
 * that is an error. Of a write's rows those not asked for are read at the end.
 */
typedef struct hr_rows {
	hr_tx *tx;
	uint64_t turn;
} hr_rows;

/* More than `limit` rows are HR_E_LIMIT, told by hr_rows_end. */
bool hr_tx_select(hr_tx *tx, const hr_sql *sql, hr_sql_values values, size_t limit, hr_rows *rows,
		  hr_error *err);
bool hr_rows_next(hr_rows *rows);
bool hr_rows_end(hr_rows *rows, hr_error *err);

/* The first column of the one row that a statement gives: drawn by an insert, or counted. None: 0.
 */
bool hr_tx_number(hr_tx *tx, const hr_sql *sql, hr_sql_values values, int64_t *out, hr_error *err);

/* Columns from 0, borrowed until the next row. Of a NULL: 0, or an empty slice without data. */
bool hr_rows_is_null(hr_rows *rows, size_t column);
int64_t hr_rows_int(hr_rows *rows, size_t column);
hr_str hr_rows_text(hr_rows *rows, size_t column);
hr_str hr_rows_bytes(hr_rows *rows, size_t column);
