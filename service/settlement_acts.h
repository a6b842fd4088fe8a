/*
 * The book of settlements by the acts of a data folder (film_acts.h), as
 * filing_acts.h has that of filings: what goes in are words and a file, what
 * comes out is JSON.
 *
 *	HR_ACT_YEAR     {"turn":N,"last":N,"of_another":B,"insuplc_admdvs","insutype","year",
 *	                "settlements":[...]}, as hr_ledger_row_write has them
 *	HR_ACT_SETTLE   {}; the file is {"settlements":[...]}
 *	HR_ACT_YEARS    [{"key":HEX, and as HR_ACT_YEAR}]
 *	HR_ACT_RESETTLE [BOOLEAN], kept or not, of as many as were done; the file is
 *	                {"persons":[{"key":HEX,"insuplc_admdvs","insutype","year","turn",
 *	                "settlements":[...]}]}
 */
#pragma once

#include "service/settlements.h"

enum {
	HR_SETTLEMENTS_WORDS = 9,
	HR_SETTLE_WORDS = 10,
	HR_SETTLEMENT_YEARS_WORDS = 6,
	HR_RESETTLE_WORDS = 1,
	HR_SETTLE_FILE_MAX = 128 << 20,
};

/* The words of HR_ACT_YEAR; texts in the arena. */
bool hr_settlements_words(const hr_settlement_look *look, hr_str reason, hr_arena *arena,
			  hr_str words[HR_SETTLEMENTS_WORDS], hr_error *err);

/* And of HR_ACT_SETTLE, and its file. */
bool hr_settle_words(const hr_settlement_look *whose, hr_str reason, const hr_settlement_put *put,
		     hr_arena *arena, hr_str words[HR_SETTLE_WORDS], hr_error *err);
bool hr_settle_file(const hr_settlement_put *put, hr_buf *out, hr_error *err);

/* And of HR_ACT_YEARS. */
bool hr_settlement_years_words(const hr_ledger_scope *scope, const hr_settlement_person *after,
			       hr_str reason, hr_arena *arena,
			       hr_str words[HR_SETTLEMENT_YEARS_WORDS], hr_error *err);

/* The file of HR_ACT_RESETTLE; its word is the reason. */
bool hr_resettle_file(const hr_settlement_one_put *all, size_t count, hr_buf *out, hr_error *err);
bool hr_resettle_file_read(hr_str file, hr_arena *arena, hr_settlement_one_put **all, size_t *count,
			   hr_error *err);

/* What they say. HR_E_USAGE: they are not such words. */
bool hr_settle_words_read(const hr_str words[HR_SETTLE_WORDS], hr_settlement_look *look,
			  hr_patient_key *key, hr_settlement_put *put, hr_error *err);
bool hr_settle_file_read(hr_str file, hr_arena *arena, hr_settlement_put *put, hr_error *err);

/* The answers, in the arena. */
bool hr_settlements_read(hr_str answer, hr_arena *arena, hr_settlement_year *out, hr_error *err);
bool hr_settlement_years_read(hr_str answer, hr_arena *arena, hr_settlement_batch *out,
			      hr_error *err);

/* `count` of `kept` were asked; at least one of them was done. */
bool hr_resettle_read(hr_str answer, hr_arena *arena, size_t count, size_t *done, bool *kept,
		      hr_error *err);
