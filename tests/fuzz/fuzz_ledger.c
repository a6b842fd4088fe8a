/*
 * A settlement of a person's year, as it is asked and as the book keeps it,
 * judged by the rules of tests: what is written is read as it was, the same
 * policy changes nothing, and what is taken back leaves no trace.
 */
#include "settlement/ledger_answer.h"
#include "settlement/ledger_ask.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { VISITS = 3, BYTES_MAX = 1 << 22 };

static const hr_file file = {
	HR_STR_INIT("a.xml"),
	HR_STR_INIT(
		"<settlement xmlns='urn:huren:catalogue:1' source='s' grade='synthetic' "
		"region='91'>"
		"<rounding mode='half-up' place='segment'/><cross-year mode='discharge-year'/>"
		"<accounts mutual-aid='account'/>"
		"<policy id='a' fund='hifp' base='scope' visits='21' counter='c' "
		"segments-of='year'><deductible mode='visit' amounts='800 400 0'/>"
		"<segment upto='3000' share='82.5%'/><segment share='91.125%'/>"
		"<cap of='payments' per='year' amount='20000'/>"
		"<reduction filings='none other' points='10'/></policy>"
		"<policy id='b' fund='hifp' base='scope' visits='14' counter='h'>"
		"<deductible mode='hospital-year' amounts='500'/><segment share='65%'/></policy>"
		"<policy id='c' fund='hifmi' base='own' counter='m'><deductible mode='once' "
		"amounts='100'/><segment share='60%'/></policy></settlement>"),
};

static hr_catalog *open_catalog(void)
{
	const hr_fileset set = { &file, 1 };
	hr_catalog *catalog;
	hr_error err;

	if (!hr_catalog_build(&set, NULL, HR_STR("fuzz"), (hr_instant){ 0 }, &catalog, &err))
		abort();
	return catalog;
}

static hr_str write_row(const hr_ledger_row *row, hr_arena *arena)
{
	hr_json_writer w;
	hr_buf out;

	hr_buf_init(&out, arena, BYTES_MAX);
	hr_json_writer_init(&w, &out, false);
	hr_json_open_object(&w);
	hr_ledger_row_write(row, true, &w);
	hr_json_close_object(&w);
	return out.failed ? HR_STR_NONE : hr_buf_str(&out);
}

/* A row that was read or made is the same again after it was written and read. */
static void check_row(const hr_ledger_row *row, hr_json_parser *parser, hr_arena *arena)
{
	const hr_str text = write_row(row, arena);
	hr_ledger_row again;
	const hr_json *node;
	hr_error err = { 0 };

	if (text.len == 0)
		return;
	if (hr_json_read(parser, text, arena, &node, &err) &&
	    hr_ledger_row_read(node, arena, &again, &err))
		assert(hr_str_equal(write_row(&again, arena), text) || hr_arena_is_short(arena));
	else
		assert(err.code == HR_E_MEMORY || err.code == HR_E_LIMIT);
}

static void format(const hr_ledger *ledger, const hr_ledger_changes *changes, hr_arena *arena)
{
	hr_ledger_answer answer = { .did = HR_LEDGER_DID_REVERSE,
				    .ledger = *ledger,
				    .row = &ledger->rows[0],
				    .later = *changes };
	hr_buf out;

	hr_buf_init(&out, arena, BYTES_MAX);
	hr_ledger_answer_format_json(&answer, &out);
	hr_ledger_answer_format_text(&answer, false, &out);
	hr_ledger_answer_format_text(&answer, true, &out);
}

static bool take(hr_ledger *ledger, const hr_catalog *catalog, const hr_json *visit,
		 hr_arena *arena)
{
	hr_ledger_row *row = &ledger->rows[ledger->count];
	hr_ledger_outcome outcome;
	hr_ledger_tallies sum;
	hr_error err;

	if (!hr_ledger_sum(ledger, arena, &sum, &err) ||
	    !hr_ledger_settle(catalog, visit, &sum, arena, row, &outcome, &err) ||
	    outcome != HR_LEDGER_SETTLED)
		return false;
	row->id = HR_STR("S");
	row->number = (int64_t)++ledger->count;
	row->revision = 1;
	row->turn = row->number;
	return true;
}

/* The same visit, three times; the first is then taken back. */
static void walk(const hr_catalog *catalog, const hr_ledger_ask *ask, hr_json_parser *parser,
		 hr_arena *arena)
{
	hr_ledger_row rows[VISITS] = { { .number = 0 } };
	hr_ledger ledger = { .scope = ask->scope, .rows = rows };
	hr_ledger_changes changes;
	hr_ledger_tallies sum;
	hr_error err;

	for (int i = 0; i < VISITS; i++)
		if (!take(&ledger, catalog, ask->visit, arena))
			return;
	check_row(&rows[VISITS - 1], parser, arena);
	if (!hr_ledger_resettle(&ledger, catalog, arena, &changes, &err))
		return;
	assert(changes.count == 0);
	rows[0].state = HR_LEDGER_REVERSED;
	rows[0].ended = VISITS + 1;
	if (!hr_ledger_resettle(&ledger, catalog, arena, &changes, &err))
		return;
	for (size_t i = 0; i < changes.count; i++)
		assert(changes.rows[i].outcome == HR_LEDGER_SETTLED &&
		       changes.rows[i].cause_count > 0 &&
		       changes.rows[i].causes[0].kind != HR_LEDGER_BY_HUREN);
	format(&ledger, &changes, arena);
	for (int i = 1; i < VISITS; i++)
		rows[i].state = HR_LEDGER_REVERSED;
	if (hr_ledger_sum(&ledger, arena, &sum, &err))
		assert(sum.count == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static hr_catalog *catalog;
	HR_AUTO(hr_arena) arena = hr_arena_open(1 << 26);
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *node;
	hr_ledger_ask ask;
	hr_ledger_row row;
	hr_error err;

	if (!catalog)
		catalog = open_catalog();
	if (!arena || !parser)
		abort();
	if (hr_json_read(parser, (hr_str){ (const char *)data, size }, arena, &node, &err)) {
		if (hr_ledger_ask_read(node, catalog, HR_LEDGER_ASKS_RECORD, arena, &ask, &err))
			walk(catalog, &ask, parser, arena);
		if (hr_ledger_row_read(node, arena, &row, &err))
			check_row(&row, parser, arena);
	}
	hr_json_parser_close(parser);
	return 0;
}
