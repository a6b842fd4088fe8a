/* What the files of the book of settlements share: a look or an act about one person, on its way.
 */
#pragma once

#include "service/settlement_book.h"

typedef struct hr_tx hr_tx;

typedef struct hr_settlement_act {
	const hr_node_key *node;
	const hr_settlement_look *look;
	const hr_settlement_by *by;
	const hr_settlement_put *put;
	hr_patient_key person;
	hr_arena *arena;
	hr_settlement_year year;
	hr_str *documents; /* of the year's rows */
} hr_settlement_act;

/* An hr_tx_function: the look and its row of the audit; of the settlements their documents alone.
 */
bool hr_settlement_act_look(hr_tx *tx, void *act, hr_error *err);

/* What the documents say. Outside of the transaction: others wait for it. */
bool hr_settlement_act_read(hr_settlement_act *acts, size_t count, hr_error *err);

/* May it be put? HR_E_CONFLICT, HR_E_LIMIT as hr_settlement_book_put. Nothing is written. */
bool hr_settlement_act_check(hr_settlement_act *act, hr_tx *tx, hr_error *err);

/* What was checked is put, with its rows of the audit. */
bool hr_settlement_act_write(hr_settlement_act *act, hr_tx *tx, hr_error *err);

static inline hr_str hr_settlement_key_bytes(const hr_patient_key *key)
{
	return (hr_str){ (const char *)key->digest.bytes, sizeof(key->digest.bytes) };
}
