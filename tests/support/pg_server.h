/*
 * A PostgreSQL server of the test's own: its data in a folder of its own, on a
 * socket there and on no network. Its texts are ordered as Chinese readers
 * would, not by their bytes, so that who relies on the one is seen.
 */
#pragma once

#include "base/str.h"

typedef struct hr_test_postgres hr_test_postgres;

/* NULL, with a word on stderr, where there is no PostgreSQL. Ends with the arena, or with us. */
hr_test_postgres *hr_test_postgres_open(hr_arena *arena, bool durable);

/* Of a test that runs on either engine: the server when its word is "postgresql"; false: skip. */
bool hr_test_postgres_asked(int argc, char **argv, hr_arena *arena, hr_test_postgres **out);

/* A URL to tables that nobody else has. */
const char *hr_test_postgres_url(hr_test_postgres *server, hr_arena *arena);

/* One statement, by whoever it is; aborts when it fails. */
void hr_test_postgres_ask(hr_test_postgres *server, const char *sql);

void hr_test_postgres_start(hr_test_postgres *server);

/* SIGINT ends it in order, SIGQUIT at once. */
void hr_test_postgres_stop(hr_test_postgres *server, int signal);
