/*
 * Films of made-up patients in a store with all rooms, and shares of them:
 * studies 1 and 2 are of patient "100", born in 1957, study 3 is of "200", born
 * in 2020. All are published but study 4, which is of "100".
 */
#pragma once

#include "dicom/film_study.h"
#include "film_fixture.h"
#include "pg_server.h"
#include "service/shares.h"

/* 2026-09-21 22:13:20 in China. */
enum { TEST_SHARE_NOW = 1790000000 };

typedef struct hr_test_shares {
	hr_arena *arena;
	hr_films *films;
	hr_instant now;
	hr_error err;
} hr_test_shares;

/* `server` NULL: SQLite. */
hr_test_shares hr_test_shares_open(hr_test_postgres *server);
void hr_test_shares_close(hr_test_shares *t);

/* By another connection of the act: a study held, withdrawn... */
void hr_test_shares_set_state(hr_test_shares *t, int study, hr_film_state state);

/* Study 1 for a hospital, for a day; nothing more. */
hr_share_wish hr_test_shares_wish(hr_test_shares *t);

/* The key of the patient whose number at the hospital that is. */
hr_patient_key hr_test_shares_patient(hr_test_shares *t, const char *number);
