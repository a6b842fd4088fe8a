/* The small catalogue of tests/data, with more files beside it. */
#pragma once

#include "catalog/catalog.h"
#include "testing.h"

#define SMALL_CATALOG "tests/data/small-catalog"
#define SMALL_OVERLAY "tests/data/small-overlay"

/* The files of a folder and, where `name` is not NULL, one more. Aborts when they cannot be read.
 */
hr_fileset fixture_files(hr_arena *arena, const char *folder, const char *name, const char *text);

/* Closed by fixture_close. Aborts when it does not build. */
hr_catalog *fixture_catalog(const char *local_path);

hr_date fixture_day(const char *day);
hr_item_id fixture_item(const hr_catalog *catalog, const char *code);
hr_institution_id fixture_institution(const hr_catalog *catalog, const char *key);
const hr_regime *fixture_regime(const hr_catalog *catalog, const char *id);
