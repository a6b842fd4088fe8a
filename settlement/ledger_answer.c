#include "settlement/ledger_answer.h"

#include "settlement/ledger_parts.h"

#define NAME(w, literal)	  hr_json_name((w), HR_STR(literal))
#define MEMBER(w, literal, value) hr_json_member((w), HR_STR(literal), (value))

int hr_ledger_answer_code(const hr_ledger_answer *answer)
{
	if (answer->outcome != HR_LEDGER_SETTLED)
		return 4;
	return answer->later.count > 0;
}

static void add_money(hr_json_writer *w, const char *name, int64_t fen)
{
	char text[HR_MONEY_TEXT];

	hr_json_name(w, hr_str_of(name));
	hr_json_string(w, hr_money_format((hr_money){ fen }, text));
}

static void add_number(hr_json_writer *w, const char *name, int64_t value)
{
	hr_json_name(w, hr_str_of(name));
	hr_json_int(w, value);
}

static void add_row(hr_json_writer *w, const char *name, const hr_ledger_row *row)
{
	if (!row)
		return;
	hr_json_name(w, hr_str_of(name));
	hr_json_open_object(w);
	hr_ledger_row_write(row, true, w);
	hr_json_close_object(w);
}

/* --- changes --- */

/* "hifp_pay":{"was":"640.00","now":"655.00","difference":"15.00"}, of those that differ. */
static void add_amounts(hr_json_writer *w, const hr_settlement *was, const hr_settlement *now)
{
	NAME(w, "amounts");
	hr_json_open_object(w);
	for (hr_amount i = 0; i < HR_AMOUNT_COUNT; i++) {
		if (was->fen[i] == now->fen[i])
			continue;
		hr_json_name(w, hr_amount_word(i));
		hr_json_open_object(w);
		add_money(w, "was", was->fen[i]);
		add_money(w, "now", now->fen[i]);
		add_money(w, "difference", now->fen[i] - was->fen[i]);
		hr_json_close_object(w);
	}
	hr_json_close_object(w);
}

static void add_basis(hr_json_writer *w, const char *name, const hr_ledger_basis *basis)
{
	if (!basis)
		return;
	hr_json_name(w, hr_str_of(name));
	hr_ledger_basis_write(basis, w);
}

static void add_causes(hr_json_writer *w, const hr_ledger_change *change)
{
	NAME(w, "causes");
	hr_json_open_array(w);
	for (size_t i = 0; i < change->cause_count; i++) {
		const hr_ledger_cause *cause = &change->causes[i];

		hr_json_open_object(w);
		MEMBER(w, "cause", hr_ledger_cause_word(cause->kind));
		add_basis(w, "from", cause->from);
		add_basis(w, "to", cause->to);
		if (cause->row) {
			MEMBER(w, "medins_setl_id", cause->row->id);
			add_number(w, "count", (int64_t)cause->count);
		}
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

static void add_change(hr_json_writer *w, const hr_ledger_change *change)
{
	hr_json_open_object(w);
	MEMBER(w, "medins_setl_id", change->row->id);
	add_number(w, "number", change->row->number);
	MEMBER(w, "outcome", hr_ledger_outcome_word(change->outcome));
	MEMBER(w, "why", change->why);
	if (change->outcome == HR_LEDGER_SETTLED) {
		MEMBER(w, "was_by", change->row->catalogue);
		MEMBER(w, "now_by", change->again.catalogue);
		add_amounts(w, &change->row->settlement, &change->again.settlement);
		add_causes(w, change);
	}
	hr_json_close_object(w);
}

static void add_changes(hr_json_writer *w, const hr_ledger_changes *changes)
{
	add_money(w, "fund_difference", hr_ledger_changes_fund_fen(changes));
	NAME(w, "changes");
	hr_json_open_array(w);
	for (size_t i = 0; i < changes->count; i++)
		add_change(w, &changes->rows[i]);
	hr_json_close_array(w);
}

void hr_ledger_changes_format_json(const hr_ledger_told *told, hr_buf *out)
{
	hr_json_writer w;

	hr_json_writer_init(&w, out, false);
	hr_json_open_object(&w);
	MEMBER(&w, "person", told->person);
	MEMBER(&w, "insuplc_admdvs", told->scope.insured);
	MEMBER(&w, "insutype", told->scope.insurance);
	add_number(&w, "year", told->scope.year);
	NAME(&w, "applied");
	hr_json_bool(&w, told->applied);
	add_changes(&w, told->changes);
	hr_json_close_object(&w);
	hr_buf_add_char(out, '\n');
}

/* --- many persons --- */

void hr_ledger_sums_add(hr_ledger_sums *sums, const hr_ledger_changes *changes)
{
	sums->persons++;
	sums->changed += changes->count > 0;
	sums->settlements += (int64_t)changes->settled;
	sums->unsettled += (int64_t)(changes->count - changes->settled);
	sums->fund_fen += hr_ledger_changes_fund_fen(changes);
}

void hr_ledger_sums_format_json(const hr_ledger_sums *sums, hr_buf *out)
{
	hr_json_writer w;

	hr_json_writer_init(&w, out, false);
	hr_json_open_object(&w);
	MEMBER(&w, "record", HR_STR("summary"));
	NAME(&w, "applied");
	hr_json_bool(&w, sums->applied);
	add_number(&w, "persons", sums->persons);
	add_number(&w, "persons_changed", sums->changed);
	add_number(&w, "settlements_changed", sums->settlements);
	add_number(&w, "settlements_undecided", sums->unsettled);
	add_money(&w, "fund_difference", sums->fund_fen);
	hr_json_close_object(&w);
	hr_buf_add_char(out, '\n');
}

/* --- one act --- */

static bool is_synthetic(const hr_ledger_answer *answer)
{
	for (size_t i = 0; i < answer->ledger.count; i++)
		if (hr_ledger_row_is_synthetic(&answer->ledger.rows[i]))
			return true;
	return answer->row && hr_ledger_row_is_synthetic(answer->row);
}

static void add_ledger(hr_json_writer *w, const hr_ledger *ledger)
{
	NAME(w, "settlements");
	hr_json_open_array(w);
	for (size_t i = 0; i < ledger->count; i++) {
		hr_json_open_object(w);
		hr_ledger_row_write(&ledger->rows[i], true, w);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

/* What was done; or, of a visit, what came of it. */
static hr_str outcome_of(const hr_ledger_answer *answer)
{
	if (answer->did == HR_LEDGER_DID_REVERSE)
		return hr_ledger_state_word(HR_LEDGER_REVERSED);
	return answer->did == HR_LEDGER_DID_LOOK ? HR_STR("found")
						 : hr_ledger_outcome_word(answer->outcome);
}

void hr_ledger_answer_format_json(const hr_ledger_answer *answer, hr_buf *out)
{
	const hr_ledger_scope *scope = &answer->ledger.scope;
	hr_json_writer w;

	hr_json_writer_init(&w, out, false);
	hr_json_open_object(&w);
	MEMBER(&w, "outcome", outcome_of(answer));
	NAME(&w, "repeated");
	hr_json_bool(&w, answer->repeated);
	NAME(&w, "trial");
	hr_json_bool(&w, true);
	NAME(&w, "synthetic");
	hr_json_bool(&w, is_synthetic(answer));
	MEMBER(&w, "note_zh", HR_STR(HR_TRIAL_ZH));
	MEMBER(&w, "note_en", HR_STR(HR_TRIAL_EN));
	MEMBER(&w, "insuplc_admdvs", scope->insured);
	MEMBER(&w, "insutype", scope->insurance);
	add_number(&w, "year_of", scope->year);
	add_row(&w, "settlement", answer->row);
	if (answer->did == HR_LEDGER_DID_LOOK)
		add_ledger(&w, &answer->ledger);
	NAME(&w, "year");
	hr_ledger_tallies_write(&answer->year, &w);
	if (answer->did == HR_LEDGER_DID_REVERSE)
		add_changes(&w, &answer->later);
	hr_json_close_object(&w);
	hr_buf_add_char(out, '\n');
}
