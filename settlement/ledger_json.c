/* A settlement of the ledger as JSON, and back. */
#include "settlement/ledger_parts.h"

enum { LINE_MAX = 1 << 24 };

#define NAME(w, literal)	  hr_json_name((w), HR_STR(literal))
#define MEMBER(w, literal, value) hr_json_member((w), HR_STR(literal), (value))

/* --- writing --- */

static void add_money(hr_json_writer *w, hr_str name, int64_t fen)
{
	char text[HR_MONEY_TEXT];

	hr_json_name(w, name);
	hr_json_string(w, hr_money_format((hr_money){ fen }, text));
}

void hr_ledger_tallies_write(const hr_ledger_tallies *tallies, hr_json_writer *w)
{
	hr_json_open_array(w);
	for (uint32_t i = 0; i < tallies->count; i++) {
		const hr_counted *sum = &tallies->rows[i].sum;

		hr_json_open_object(w);
		MEMBER(w, "counter", tallies->rows[i].counter);
		MEMBER(w, "hospital", sum->hospital);
		NAME(w, "visits");
		hr_json_int(w, sum->visits);
		add_money(w, HR_STR("deductible"), sum->deductible_fen);
		add_money(w, HR_STR("standard"), sum->standard_fen);
		add_money(w, HR_STR("base"), sum->base_fen);
		add_money(w, HR_STR("paid"), sum->paid_fen);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

void hr_ledger_copy_json(const hr_json *node, hr_json_writer *w)
{
	const bool is_object = node->kind == HR_JSON_OBJECT;

	switch (node->kind) {
	case HR_JSON_NULL:
		hr_json_null(w);
		return;
	case HR_JSON_TRUE:
	case HR_JSON_FALSE:
		hr_json_bool(w, node->kind == HR_JSON_TRUE);
		return;
	case HR_JSON_NUMBER:
	case HR_JSON_STRING:
		hr_json_string(w, node->text);
		return;
	default:
		break;
	}
	is_object ? hr_json_open_object(w) : hr_json_open_array(w);
	for (const hr_json *child = node->first; child; child = child->next) {
		if (is_object)
			hr_json_name(w, child->name);
		hr_ledger_copy_json(child, w);
	}
	is_object ? hr_json_close_object(w) : hr_json_close_array(w);
}

static void add_amounts(hr_json_writer *w, const hr_settlement *s)
{
	char text[HR_MONEY_TEXT];

	hr_json_open_object(w);
	for (hr_amount i = 0; i < HR_AMOUNT_COUNT; i++)
		add_money(w, hr_amount_word(i), s->fen[i]);
	MEMBER(w, "pool_prop_selfpay", hr_decimal_format(s->pool_prop, 4, text));
	hr_json_close_object(w);
}

void hr_ledger_basis_write(const hr_ledger_basis *basis, hr_json_writer *w)
{
	hr_json_open_object(w);
	MEMBER(w, "what", basis->what);
	MEMBER(w, "id", basis->id);
	MEMBER(w, "rule", basis->rule);
	MEMBER(w, "file", basis->file);
	NAME(w, "line");
	hr_json_int(w, basis->line);
	MEMBER(w, "grade", basis->grade);
	MEMBER(w, "source", basis->source);
	hr_json_close_object(w);
}

static void add_place(hr_json_writer *w, const hr_ledger_row *row)
{
	NAME(w, "number");
	hr_json_int(w, row->number);
	NAME(w, "revision");
	hr_json_int(w, row->revision);
	MEMBER(w, "stas", hr_ledger_state_word(row->state));
	NAME(w, "turn");
	hr_json_int(w, row->turn);
	NAME(w, "ended");
	hr_json_int(w, row->ended);
	MEMBER(w, "reason", row->reason);
}

void hr_ledger_row_write(const hr_ledger_row *row, bool placed, hr_json_writer *w)
{
	char time[HR_INSTANT_TEXT];

	MEMBER(w, "medins_setl_id", row->id);
	MEMBER(w, "setl_time", hr_instant_format(row->at, time));
	if (placed)
		add_place(w, row);
	MEMBER(w, "catalogue", row->catalogue);
	NAME(w, "visit");
	hr_ledger_copy_json(row->visit, w);
	NAME(w, "setlinfo");
	add_amounts(w, &row->settlement);
	NAME(w, "records");
	hr_json_open_array(w);
	for (uint32_t i = 0; i < row->basis_count; i++)
		hr_ledger_basis_write(&row->basis[i], w);
	hr_json_close_array(w);
	NAME(w, "before");
	hr_ledger_tallies_write(&row->before, w);
	NAME(w, "own");
	hr_ledger_tallies_write(&row->own, w);
}

/* --- reading --- */

static void read_share(hr_members *r, const hr_json *node, char *at)
{
	int64_t parts = 0;

	if (!hr_members_decimal(node, &parts) || parts > 10000)
		hr_members_refuse(r, node, "a share of 0 to 1 with at most four decimals");
	*(int32_t *)(void *)at = (int32_t)parts;
}

static void read_whole(hr_members *r, const hr_json *node, char *at)
{
	hr_members_whole(r, node, LINE_MAX, (uint32_t *)(void *)at);
}

static void read_long(hr_members *r, const hr_json *node, char *at)
{
	int64_t value;

	if (node->kind != HR_JSON_NUMBER || !hr_decimal_parse(node->text, 0, &value) || value < 0)
		hr_members_refuse(r, node, "a whole number");
	else
		*(int64_t *)(void *)at = value;
}

/* To the second: a day alone might be of either month. */
void hr_ledger_member_time(hr_members *r, const hr_json *node, char *at)
{
	hr_span span;

	if (!hr_span_parse(hr_json_text(node), &span) || span.precision < HR_PRECISION_MINUTE)
		hr_members_refuse(r, node, "a time as 2026-10-31 23:59:59");
	else
		*(hr_instant *)(void *)at = span.from;
}

static void read_state(hr_members *r, const hr_json *node, char *at)
{
	for (hr_ledger_state i = 0; i < HR_LEDGER_STATES; i++)
		if (hr_str_equal(hr_ledger_state_word(i), hr_json_text(node))) {
			*(hr_ledger_state *)(void *)at = i;
			return;
		}
	hr_members_refuse(r, node, "stands, reversed or replaced");
}

static void read_any(hr_members *r, const hr_json *node, char *at)
{
	(void)r;
	*(hr_str *)(void *)at = hr_json_text(node);
}

void hr_ledger_member_object(hr_members *r, const hr_json *node, char *at)
{
	if (node->kind != HR_JSON_OBJECT)
		hr_members_refuse(r, node, "an object");
	*(const hr_json **)(void *)at = node;
}

static const hr_member amounts[] = {
#define X(name, word, zh, en)                                                                      \
	HR_MEMBER(hr_settlement, word, hr_member_amount, fen[HR_##name], true),
	HR_AMOUNTS(X)
#undef X
		HR_MEMBER(hr_settlement, "pool_prop_selfpay", read_share, pool_prop, true),
};

static void read_amounts(hr_members *r, const hr_json *node, char *at)
{
	HR_MEMBERS_OBJECT(r, node, amounts, at);
}

static const hr_member tally_members[] = {
	HR_MEMBER(hr_ledger_tally, "counter", read_any, counter, true),
	HR_MEMBER(hr_ledger_tally, "hospital", hr_member_code, sum.hospital, false),
	HR_MEMBER(hr_ledger_tally, "visits", read_whole, sum.visits, true),
	HR_MEMBER(hr_ledger_tally, "deductible", hr_member_amount, sum.deductible_fen, true),
	HR_MEMBER(hr_ledger_tally, "standard", hr_member_amount, sum.standard_fen, true),
	HR_MEMBER(hr_ledger_tally, "base", hr_member_amount, sum.base_fen, true),
	HR_MEMBER(hr_ledger_tally, "paid", hr_member_amount, sum.paid_fen, true),
};

static void read_tallies(hr_members *r, const hr_json *node, char *at)
{
	hr_ledger_tallies *out = (void *)at;

	if (node->kind != HR_JSON_ARRAY || node->count > HR_COUNTED_MAX) {
		hr_members_refuse(r, node, "an array of at most 32 counters");
		return;
	}
	*out = (hr_ledger_tallies){ .rows = HR_NEW_N(r->arena, hr_ledger_tally, node->count) };
	if (!out->rows) {
		r->failed = !hr_fail_memory(r->err);
		return;
	}
	for (const hr_json *child = node->first; child && !r->failed; child = child->next)
		HR_MEMBERS_OBJECT(r, child, tally_members, &out->rows[out->count++]);
}

static const hr_member basis_members[] = {
	HR_MEMBER(hr_ledger_basis, "what", read_any, what, true),
	HR_MEMBER(hr_ledger_basis, "id", read_any, id, false),
	HR_MEMBER(hr_ledger_basis, "rule", read_any, rule, true),
	HR_MEMBER(hr_ledger_basis, "file", read_any, file, false),
	HR_MEMBER(hr_ledger_basis, "line", read_whole, line, false),
	HR_MEMBER(hr_ledger_basis, "grade", read_any, grade, false),
	HR_MEMBER(hr_ledger_basis, "source", read_any, source, false),
};

static void read_basis(hr_members *r, const hr_json *node, char *object)
{
	hr_ledger_row *row = (void *)object;

	if (node->kind != HR_JSON_ARRAY || node->count > HR_LEDGER_BASIS_MAX || row->basis) {
		hr_members_refuse(r, node, "an array of records, one for each fund");
		return;
	}
	row->basis = HR_NEW_N(r->arena, hr_ledger_basis, HR_LEDGER_BASIS_MAX);
	if (!row->basis) {
		r->failed = !hr_fail_memory(r->err);
		return;
	}
	for (const hr_json *child = node->first; child && !r->failed; child = child->next)
		HR_MEMBERS_OBJECT(r, child, basis_members, &row->basis[row->basis_count++]);
}

static const hr_member row_members[] = {
	HR_MEMBER(hr_ledger_row, "medins_setl_id", hr_member_code, id, true),
	HR_MEMBER(hr_ledger_row, "setl_time", hr_ledger_member_time, at, true),
	HR_MEMBER(hr_ledger_row, "number", read_long, number, false),
	HR_MEMBER(hr_ledger_row, "revision", read_long, revision, false),
	HR_MEMBER(hr_ledger_row, "stas", read_state, state, false),
	HR_MEMBER(hr_ledger_row, "turn", read_long, turn, false),
	HR_MEMBER(hr_ledger_row, "ended", read_long, ended, false),
	HR_MEMBER(hr_ledger_row, "reason", read_any, reason, false),
	HR_MEMBER(hr_ledger_row, "catalogue", read_any, catalogue, true),
	HR_MEMBER(hr_ledger_row, "visit", hr_ledger_member_object, visit, true),
	HR_MEMBER(hr_ledger_row, "setlinfo", read_amounts, settlement, true),
	HR_MEMBER(hr_ledger_row, "records", read_basis, id, true),
	HR_MEMBER(hr_ledger_row, "before", read_tallies, before, true),
	HR_MEMBER(hr_ledger_row, "own", read_tallies, own, true),
};
_Static_assert(offsetof(hr_ledger_row, id) == 0, "records are read into the whole row");

bool hr_ledger_row_read(const hr_json *node, hr_arena *arena, hr_ledger_row *out, hr_error *err)
{
	hr_members r = { HR_STR("settlement"), NULL, arena, err, false };
	hr_ledger_row row = { .number = 0 };

	HR_MEMBERS_OBJECT(&r, node, row_members, &row);
	if (r.failed)
		return false;
	*out = row;
	return true;
}
