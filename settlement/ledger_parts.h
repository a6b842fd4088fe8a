/* What the files of the ledger share. */
#pragma once

#include "settlement/ledger_ask.h"
#include "settlement/members.h"

/* The records that decided a reading of a quote, in the arena; at most HR_LEDGER_BASIS_MAX. */
bool hr_ledger_basis_make(const hr_quote *quote, const hr_reading *reading, hr_arena *arena,
			  hr_ledger_row *out, hr_error *err);

/* Do two records say the same? Where they stand in their files does not matter. */
bool hr_ledger_basis_same(const hr_ledger_basis *a, const hr_ledger_basis *b);

/*
 * The clauses of a rule that `other` does not have, each in a line of its own
 * for people; all when `other` is NULL. The rule itself, which is kept and
 * stays as it is, is in words of the catalogue.
 */
void hr_ledger_clauses_add(const hr_ledger_basis *basis, const hr_ledger_basis *other, bool english,
			   hr_buf *out);

/* NULL when the counter is not in it. */
const hr_counted *hr_ledger_tallies_find(const hr_ledger_tallies *tallies, hr_str counter,
					 hr_str hospital);

/* Is any of the records made up? */
bool hr_ledger_row_is_synthetic(const hr_ledger_row *row);

void hr_ledger_basis_write(const hr_ledger_basis *basis, hr_json_writer *w);

/* A node as it is, but numbers as texts. */
void hr_ledger_copy_json(const hr_json *node, hr_json_writer *w);

/* Of a member: an hr_instant, to the minute at least; an object as it is. */
hr_member_read hr_ledger_member_time;
hr_member_read hr_ledger_member_object;
