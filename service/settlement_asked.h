/*
 * What is asked of the book of settlements, as JSON in and JSON out: for
 * whoever knows neither policies nor the store.
 */
#pragma once

#include "base/json.h"
#include "catalog/catalog.h"
#include "service/films.h"

typedef enum hr_settlement_asked {
	HR_SETTLEMENT_ASKED_RECORD,
	HR_SETTLEMENT_ASKED_REVERSE,
	HR_SETTLEMENT_ASKED_YEAR,
} hr_settlement_asked;

typedef struct hr_settlement_asker {
	hr_films *films;
	const hr_catalog *catalog;
	hr_str actor;
	hr_instant at;
} hr_settlement_asker;

/* `*is_new`: a settlement is kept that was not there. The errors are those of settlements.h. */
bool hr_settlement_ask(const hr_settlement_asker *asker, hr_settlement_asked asked,
		       const hr_json *body, hr_arena *arena, hr_buf *out, bool *is_new,
		       hr_error *err);
