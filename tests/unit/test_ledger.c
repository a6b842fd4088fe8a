/* A person's year: taken in, taken back, settled again. The catalogue is made up. */
#include "settlement/ledger_parts.h"

#include "catalog_fixture.h"

#include <stdio.h>
#include <string.h>

/* Two versions of an area: the second one pays 5 points more and asks 100 less, from 2025 on. */
#define AREA                                                                                       \
	"<settlement xmlns='urn:huren:catalogue:1' source='made up' grade='synthetic' "            \
	"region='91'><rounding mode='half-up' place='fund'/><accounts mutual-aid='apart'/>"
#define REST                                                                                       \
	"<policy id='out' fund='hifp' base='scope' visits='11' counter='out'>"                     \
	"<deductible mode='none'/><segment share='50%'/></policy>"                                 \
	"<policy id='once' fund='hifp' base='scope' visits='21' levels='1' counter='once'>"        \
	"<deductible mode='once' amounts='700'/><segment share='75%'/></policy>"                   \
	"<policy id='once3' fund='hifp' base='scope' visits='21' levels='2' counter='once'>"       \
	"<deductible mode='once' amounts='1000'/><segment share='60%'/></policy>"                  \
	"<policy id='x' fund='hifp' base='scope' visits='14' conflict='c'><deductible "            \
	"mode='none'/><segment share='50%'/></policy><policy id='y' fund='hifp' base='scope' "     \
	"visits='14' conflict='c'><deductible mode='none'/><segment share='60%'/></policy>"        \
	"</settlement>"
#define STAY(deductible, share)                                                                    \
	AREA "<policy id='stay' fund='hifp' base='scope' visits='21' levels='3' counter='stay'>"   \
	     "<deductible mode='visit' amounts='" deductible "'/><segment share='" share           \
	     "'/><cap of='payments' per='year' amount='20000'/></policy>" REST

struct fixture {
	hr_arena *arena;
	hr_catalog *old;
	hr_catalog *new;
	hr_ledger_row rows[64];
	hr_ledger ledger;
	hr_error err;
};

static hr_catalog *build(hr_arena *arena, const char *id, const char *text)
{
	hr_fileset files = fixture_files(arena, NULL, "s.xml", text);
	hr_catalog *catalog;
	hr_error err;

	HR_ASSERT_OK(
		hr_catalog_build(&files, NULL, hr_str_of(id), (hr_instant){ 0 }, &catalog, &err),
		err);
	HR_ASSERT_OK(hr_catalog_hang(catalog, arena, &err), err);
	return catalog;
}

static struct fixture *open_fixture(void)
{
	hr_arena *arena = hr_test_arena();
	struct fixture *f = HR_NEW(arena, struct fixture);

	f->arena = arena;
	f->old = build(arena, "old", STAY("800 400 0", "80%"));
	f->new = build(arena, "new", STAY("700 300 0", "85%"));
	f->ledger = (hr_ledger){ .rows = f->rows };
	return f;
}

static hr_catalog *fixture_settlement(hr_arena *arena)
{
	hr_catalog *catalog;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_open_folder("tests/data/catalog/settlement", NULL, &catalog, &err),
		     err);
	HR_ASSERT_OK(hr_catalog_hang(catalog, arena, &err), err);
	return catalog;
}

static void close_fixture(struct fixture *f)
{
	hr_arena_close(f->arena);
}

static const hr_json *parse(struct fixture *f, const char *text)
{
	hr_json_parser *parser = hr_json_parser_open();
	const hr_str copy = hr_str_copy(f->arena, hr_str_of(text));
	const hr_json *node;

	HR_ASSERT_OK(hr_json_read(parser, copy, f->arena, &node, &f->err), f->err);
	hr_json_parser_close(parser);
	return node;
}

/* A visit of a type at a hospital of a level, with an amount in scope. */
static bool read_visit(struct fixture *f, const char *id, const char *type, const char *level,
		       const char *scope, hr_ledger_ask *out)
{
	char text[600];

	snprintf(text, sizeof(text),
		 "{\"certno\":\"C1\",\"setl_time\":\"2025-05-01 10:00:00\",\"visit\":{"
		 "\"medins_setl_id\":\"%s\",\"insuplc_admdvs\":\"910101\",\"mdtrtarea_admvs\":"
		 "\"910101\",\"insutype\":\"310\",\"psn_type\":\"11\",\"med_type\":\"%s\","
		 "\"hosp_lv\":\"%s\",\"enddate\":\"2025-05-01\",\"inscp_scp_amt\":%s}}",
		 id, type, level, scope);
	return hr_ledger_ask_read(parse(f, text), f->old, HR_LEDGER_ASKS_RECORD, f->arena, out,
				  &f->err);
}

/* As the book does it. */
static const hr_ledger_row *take(struct fixture *f, const hr_catalog *catalog, const char *id,
				 const char *type, const char *level, const char *scope)
{
	hr_ledger_row *row = &f->rows[f->ledger.count];
	hr_ledger_outcome outcome;
	hr_ledger_ask ask;
	hr_ledger_tallies sum;

	HR_ASSERT_OK(read_visit(f, id, type, level, scope, &ask), f->err);
	HR_ASSERT_OK(hr_ledger_sum(&f->ledger, f->arena, &sum, &f->err), f->err);
	HR_ASSERT_OK(hr_ledger_settle(catalog, ask.visit, &sum, f->arena, row, &outcome, &f->err),
		     f->err);
	CU_ASSERT_EQUAL_FATAL(outcome, HR_LEDGER_SETTLED);
	f->ledger.turn++;
	row->id = ask.id;
	row->at = ask.at;
	row->number = (int64_t)f->ledger.count + 1;
	row->revision = 1;
	row->turn = f->ledger.turn;
	f->ledger.count++;
	return row;
}

static const hr_ledger_row *stay(struct fixture *f, const char *id, const char *scope)
{
	return take(f, f->old, id, "21", "3", scope);
}

static void reverse(struct fixture *f, const char *id)
{
	for (size_t i = 0; i < f->ledger.count; i++)
		if (hr_str_equal(f->rows[i].id, hr_str_of(id))) {
			f->rows[i].state = HR_LEDGER_REVERSED;
			f->rows[i].ended = ++f->ledger.turn;
		}
}

/* The state as text: two that are equal are the same state. */
static hr_str state_of(struct fixture *f)
{
	hr_ledger_tallies sum;
	hr_json_writer w;
	hr_buf buf;

	HR_ASSERT_OK(hr_ledger_sum(&f->ledger, f->arena, &sum, &f->err), f->err);
	hr_buf_init(&buf, f->arena, 1 << 16);
	hr_json_writer_init(&w, &buf, false);
	hr_ledger_tallies_write(&sum, &w);
	return hr_buf_str(&buf);
}

static hr_ledger_changes again(struct fixture *f, const hr_catalog *catalog)
{
	hr_ledger_changes changes = { .count = 99 };

	HR_ASSERT_OK(hr_ledger_resettle(&f->ledger, catalog, f->arena, &changes, &f->err), f->err);
	return changes;
}

static void apply(struct fixture *f, const hr_ledger_changes *changes)
{
	f->ledger.turn++;
	for (size_t i = 0; i < changes->count; i++) {
		hr_ledger_row *row = &f->rows[changes->rows[i].row - f->rows];

		*row = changes->rows[i].again;
		row->turn = f->ledger.turn;
	}
}

static int64_t fund_of(const hr_ledger_row *row)
{
	return row->settlement.fen[HR_FUND_PAY_SUMAMT];
}

/* --- the year --- */

static void test_settle__second_stay__sees_the_first(void)
{
	struct fixture *f = open_fixture();

	CU_ASSERT_EQUAL(fund_of(stay(f, "A", "10800")), 800000);
	CU_ASSERT_EQUAL(fund_of(stay(f, "B", "10400")), 800000);
	/* Of the cap of 20,000 there are 4,000 left. */
	CU_ASSERT_EQUAL(fund_of(stay(f, "C", "10000")), 400000);
	HR_ASSERT_TEXT(
		state_of(f),
		"[{\"counter\":\"stay\",\"visits\":3,\"deductible\":\"1200.00\",\"standard\":"
		"\"800.00\",\"base\":\"31200.00\",\"paid\":\"20000.00\"}]");
	close_fixture(f);
}

static void test_reverse__last_one__restores_the_state_exactly(void)
{
	struct fixture *f = open_fixture();
	hr_str before;

	stay(f, "A", "10800");
	before = state_of(f);
	stay(f, "B", "10400.55");
	reverse(f, "B");
	CU_ASSERT(hr_str_equal(state_of(f), before));
	close_fixture(f);
}

/* In the middle: as if it had never been, also where the highest standard was its own. */
static void test_reverse__in_the_middle__leaves_what_the_others_added(void)
{
	struct fixture *f = open_fixture();

	take(f, f->old, "A", "21", "1", "5000");
	take(f, f->old, "B", "21", "2", "5000");
	take(f, f->old, "C", "11", "1", "33.33");
	HR_ASSERT_TEXT(
		state_of(f),
		"[{\"counter\":\"once\",\"visits\":2,\"deductible\":\"1000.00\",\"standard\":"
		"\"1000.00\",\"base\":\"10000.00\",\"paid\":\"6045.00\"},{\"counter\":\"out\","
		"\"visits\":1,\"deductible\":\"0.00\",\"standard\":\"0.00\",\"base\":\"33.33\","
		"\"paid\":\"16.67\"}]");
	reverse(f, "B");
	HR_ASSERT_TEXT(
		state_of(f),
		"[{\"counter\":\"once\",\"visits\":1,\"deductible\":\"700.00\",\"standard\":"
		"\"700.00\",\"base\":\"5000.00\",\"paid\":\"3225.00\"},{\"counter\":\"out\","
		"\"visits\":1,\"deductible\":\"0.00\",\"standard\":\"0.00\",\"base\":\"33.33\","
		"\"paid\":\"16.67\"}]");
	reverse(f, "A");
	reverse(f, "C");
	HR_ASSERT_TEXT(state_of(f), "[]");
	close_fixture(f);
}

/* --- again --- */

static void test_resettle__same_policy__changes_nothing(void)
{
	struct fixture *f = open_fixture();
	char id[16];

	for (int i = 0; i < 40; i++) {
		snprintf(id, sizeof(id), "V%d", i);
		take(f, f->old, id, i % 3 ? "21" : "11", i % 2 ? "3" : "1", "1234.56");
	}
	CU_ASSERT_EQUAL(again(f, f->old).count, 0);
	/* What came after a reversal never saw it. */
	reverse(f, "V39");
	stay(f, "W", "1000");
	CU_ASSERT_EQUAL(again(f, f->old).count, 0);
	close_fixture(f);
}

static void test_resettle__after_a_reversal__later_ones_of_the_counter_change(void)
{
	struct fixture *f = open_fixture();
	hr_ledger_changes changes;

	stay(f, "A", "10800");
	take(f, f->old, "O", "11", "1", "100");
	stay(f, "B", "10400");
	reverse(f, "A");
	changes = again(f, f->old);
	/* B is the year's first stay now: 800 of a deductible, not 400. */
	CU_ASSERT_EQUAL_FATAL(changes.count, 1);
	HR_ASSERT_TEXT(changes.rows[0].row->id, "B");
	CU_ASSERT_EQUAL(hr_ledger_changes_fund_fen(&changes), -32000);
	CU_ASSERT_EQUAL(changes.rows[0].again.revision, 2);
	CU_ASSERT_EQUAL_FATAL(changes.rows[0].cause_count, 1);
	CU_ASSERT_EQUAL(changes.rows[0].causes[0].kind, HR_LEDGER_BY_REVERSAL);
	HR_ASSERT_TEXT(changes.rows[0].causes[0].row->id, "A");
	apply(f, &changes);
	CU_ASSERT_EQUAL(again(f, f->old).count, 0);
	close_fixture(f);
}

/* With room for all that changes it is settled again; with one row less none of it is. */
static void test_resettle__year_without_room__stays_whole_and_is_told(void)
{
	struct fixture *f = open_fixture();
	hr_ledger_row *rows = HR_NEW_N(f->arena, hr_ledger_row, HR_LEDGER_ROWS_MAX);
	hr_ledger_changes changes;
	size_t changed;

	CU_ASSERT_PTR_NOT_NULL_FATAL(rows);
	stay(f, "A", "10800");
	stay(f, "B", "10400");
	changed = again(f, f->new).settled;
	CU_ASSERT_FATAL(changed > 0);
	for (size_t i = 0; i < HR_LEDGER_ROWS_MAX; i++) {
		rows[i] = f->rows[i < 2 ? i : 0];
		if (i >= 2)
			rows[i].state = HR_LEDGER_REPLACED;
	}
	f->ledger.rows = rows;
	f->ledger.count = HR_LEDGER_ROWS_MAX - changed;
	CU_ASSERT_EQUAL(again(f, f->new).settled, changed);
	f->ledger.count++;
	changes = again(f, f->new);
	CU_ASSERT_EQUAL(changes.settled, 0);
	CU_ASSERT_EQUAL_FATAL(changes.count, changed);
	for (size_t i = 0; i < changes.count; i++)
		CU_ASSERT_EQUAL(changes.rows[i].outcome, HR_LEDGER_FULL);
	CU_ASSERT_EQUAL(hr_ledger_changes_fund_fen(&changes), 0);
	HR_ASSERT_TEXT(hr_ledger_outcome_word(HR_LEDGER_FULL), "year-full");
	close_fixture(f);
}

/* 85 % of what is above 700 and not 80 % of what is above 800: and the record says so. */
static void test_resettle__retroactive_policy__tells_difference_and_record(void)
{
	struct fixture *f = open_fixture();
	hr_ledger_changes changes;
	const hr_ledger_cause *cause;

	stay(f, "A", "10800");
	take(f, f->old, "O", "11", "1", "100");
	changes = again(f, f->new);
	CU_ASSERT_EQUAL_FATAL(changes.count, 1);
	CU_ASSERT_EQUAL(fund_of(&changes.rows[0].again), 858500);
	CU_ASSERT_EQUAL(hr_ledger_changes_fund_fen(&changes), 58500);
	CU_ASSERT_EQUAL_FATAL(changes.rows[0].cause_count, 1);
	cause = &changes.rows[0].causes[0];
	CU_ASSERT_EQUAL_FATAL(cause->kind, HR_LEDGER_BY_RECORD);
	HR_ASSERT_TEXT(cause->from->what, "hifp");
	HR_ASSERT_TEXT(cause->from->rule,
		       "base scope; deductible visit 800.00 400.00 0.00; segments 80%; cap of "
		       "payments per year 20000.00; counter stay");
	HR_ASSERT_TEXT(cause->to->rule,
		       "base scope; deductible visit 700.00 300.00 0.00; segments 85%; cap of "
		       "payments per year 20000.00; counter stay");
	HR_ASSERT_TEXT(cause->to->source, "made up");
	close_fixture(f);
}

/* The officer sees what changed, and every word of a rule in Chinese: one without a word would be
 * left in Latin letters. */
static void test_clauses__any_of_a_rule__are_told_in_chinese(void)
{
	static const char rules[] =
		"base scope; base own; base over-cap; deductible none; deductible visit 800.00; "
		"deductible year 1.00; deductible hospital-year 1.00; deductible once 1.00; "
		"segments 80%; segments of year 30000.00:85% 90%; segments from deductible 1%; "
		"segments of year from deductible 1%; less 10% referral other; less 35.5% none; "
		"cap of payments per year 1.00; cap of payments per visit 1.00; "
		"cap of amounts per year 1.00; cap of amounts per visit 1.00; half-up; half-even; "
		"down; up; each segment; each fund; unit 0.01; mutual aid unknown; "
		"mutual aid apart; mutual aid account; long; not needed; needed; counter 1";
	const hr_ledger_basis now = { .rule = HR_STR_INIT(
					      "deductible visit 800.00; less 10% none") };
	const hr_ledger_basis was = { .rule = HR_STR_INIT(
					      "deductible visit 800.00; less 5% none") };
	const hr_ledger_basis every = { .rule = HR_STR_INIT(rules) };
	char text[4096];
	hr_buf out;

	hr_buf_init_over(&out, text, sizeof(text));
	hr_ledger_clauses_add(&now, &was, false, &out);
	HR_ASSERT_TEXT(hr_buf_str(&out), "      因备案情形降低：10% 未备案\n");
	out.len = 0;
	hr_ledger_clauses_add(&was, &now, true, &out);
	HR_ASSERT_TEXT(hr_buf_str(&out), "      less 5% none\n");
	out.len = 0;
	hr_ledger_clauses_add(&every, NULL, false, &out);
	for (size_t i = 0; i < out.len; i++)
		CU_ASSERT_FALSE((out.data[i] >= 'a' && out.data[i] <= 'z'));
}

static void test_resettle__later_one_at_the_cap__is_changed_by_the_earlier(void)
{
	struct fixture *f = open_fixture();
	hr_ledger_changes changes;

	stay(f, "A", "10800");
	stay(f, "B", "10400");
	stay(f, "C", "10000");
	changes = again(f, f->new);
	CU_ASSERT_EQUAL_FATAL(changes.count, 3);
	/* The cap holds: what A and B get more, C gets less. */
	CU_ASSERT_EQUAL(hr_ledger_changes_fund_fen(&changes), 0);
	CU_ASSERT_EQUAL_FATAL(changes.rows[2].cause_count, 2);
	CU_ASSERT_EQUAL(changes.rows[2].causes[1].kind, HR_LEDGER_BY_EARLIER);
	HR_ASSERT_TEXT(changes.rows[2].causes[1].row->id, "B");
	CU_ASSERT_EQUAL(changes.rows[2].causes[1].count, 2);
	apply(f, &changes);
	CU_ASSERT_EQUAL(again(f, f->new).count, 0);
	close_fixture(f);
}

/* No policy of a version, or two readings: it stays, and is told. */
static void test_resettle__not_known_by_the_version__stays_and_counts(void)
{
	struct fixture *f = open_fixture();
	hr_catalog *none = build(f->arena, "none",
				 AREA "<policy id='out' fund='hifp' base='scope' visits='11' "
				      "counter='out'><deductible mode='none'/><segment "
				      "share='50%'/></policy></settlement>");
	hr_ledger_changes changes;

	stay(f, "A", "10800");
	take(f, f->old, "O", "11", "1", "100");
	changes = again(f, none);
	CU_ASSERT_EQUAL_FATAL(changes.count, 1);
	CU_ASSERT_EQUAL(changes.settled, 0);
	CU_ASSERT_EQUAL(changes.rows[0].outcome, HR_LEDGER_NO_POLICY);
	CU_ASSERT_EQUAL(hr_ledger_changes_fund_fen(&changes), 0);
	close_fixture(f);
}

/* --- any year --- */

enum { ROUNDS = 300, LONGEST = 14 };

static uint32_t draw(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(*seed >> 33) % below;
}

/* A visit of any kind, at one of three hospitals, of 0 to 20,000 yuan. */
static void draw_visit(struct fixture *f, uint64_t *seed, int index, hr_ledger_ask *out)
{
	static const char *const types[] = { "11", "21", "14" };
	static const char *const kinds[] = { "310\",\"psn_type\":\"1101",
					     "390\",\"psn_type\":\"1501" };
	const uint32_t hospital = 1 + draw(seed, 3);
	const uint32_t kind = draw(seed, 2);
	const uint32_t type = kind + draw(seed, 2); /* residents have no outpatients there */
	char text[700];

	snprintf(text, sizeof(text),
		 "{\"certno\":\"C1\",\"setl_time\":\"2025-05-01 10:00:00\",\"visit\":{"
		 "\"medins_setl_id\":\"S%d\",\"insuplc_admdvs\":\"910101\",\"mdtrtarea_admvs\":"
		 "\"910101\",\"insutype\":\"%s\",\"age\":%u,\"opsp_dise_code\":\"M04600\","
		 "\"med_type\":\"%s\",\"hosp_lv\":\"%u\",\"fixmedins_code\":\"H%u\","
		 "\"enddate\":\"2025-05-01\",\"inscp_scp_amt\":\"%u.%02u\"}}",
		 index, kinds[kind], 40 + draw(seed, 40), types[type], hospital, hospital,
		 draw(seed, 20000), draw(seed, 100));
	HR_ASSERT_OK(hr_ledger_ask_read(parse(f, text), f->old, HR_LEDGER_ASKS_RECORD, f->arena,
					out, &f->err),
		     f->err);
}

/* The sum is what settling one after another gives ('settle quote', its year handed on). */
static void check_sum(struct fixture *f, const hr_year *chain)
{
	hr_ledger_tallies sum;

	HR_ASSERT_OK(hr_ledger_sum(&f->ledger, f->arena, &sum, &f->err), f->err);
	CU_ASSERT_EQUAL_FATAL(sum.count, chain->count);
	for (uint32_t i = 0; i < sum.count; i++) {
		const hr_counted *a = &sum.rows[i].sum;
		const hr_counted *b = &chain->counted[i];

		CU_ASSERT(hr_str_equal(hr_catalog_get_counter(f->old, b->counter),
				       sum.rows[i].counter));
		CU_ASSERT(hr_str_equal(a->hospital, b->hospital));
		CU_ASSERT(a->visits == b->visits && a->deductible_fen == b->deductible_fen &&
			  a->standard_fen == b->standard_fen && a->base_fen == b->base_fen &&
			  a->paid_fen == b->paid_fen);
	}
}

static void hand_on(struct fixture *f, const hr_json *node, hr_year *chain)
{
	hr_visit visit;
	hr_quote quote;

	HR_ASSERT_OK(hr_visit_read(node, f->old, f->arena, &visit, &f->err), f->err);
	visit.year = *chain;
	HR_ASSERT_OK(hr_quote_make(f->old, &visit, false, f->arena, &quote, &f->err), f->err);
	CU_ASSERT_EQUAL_FATAL(quote.reading_count, 1);
	*chain = quote.readings[0].after;
}

static void take_ask(struct fixture *f, const hr_ledger_ask *ask)
{
	hr_ledger_row *row = &f->rows[f->ledger.count];
	hr_ledger_outcome outcome;
	hr_ledger_tallies sum;

	HR_ASSERT_OK(hr_ledger_sum(&f->ledger, f->arena, &sum, &f->err), f->err);
	HR_ASSERT_OK(hr_ledger_settle(f->old, ask->visit, &sum, f->arena, row, &outcome, &f->err),
		     f->err);
	CU_ASSERT_EQUAL_FATAL(outcome, HR_LEDGER_SETTLED);
	row->id = ask->id;
	row->number = (int64_t)++f->ledger.count;
	row->revision = 1;
	row->turn = ++f->ledger.turn;
}

static void test_year__any__is_what_one_after_another_gives(void)
{
	uint64_t seed = 7;

	for (int round = 0; round < ROUNDS; round++) {
		struct fixture *f = open_fixture();
		hr_year chain = { .count = 0 };
		hr_ledger_ask ask;

		f->old = fixture_settlement(f->arena);
		for (int i = 0; i < LONGEST; i++) {
			draw_visit(f, &seed, i, &ask);
			take_ask(f, &ask);
			hand_on(f, ask.visit, &chain);
			check_sum(f, &chain);
		}
		CU_ASSERT_EQUAL(again(f, f->old).count, 0);
		close_fixture(f);
	}
}

/* Some taken back, the rest settled again: as if those had never been. */
static void test_year__some_taken_back_and_settled_again__as_if_they_had_never_been(void)
{
	uint64_t seed = 11;

	for (int round = 0; round < ROUNDS; round++) {
		struct fixture *f = open_fixture();
		struct fixture *clean = open_fixture();
		hr_ledger_changes changes;
		size_t at = 0;

		f->old = clean->old = fixture_settlement(f->arena);
		for (int i = 0; i < LONGEST; i++) {
			const bool stays = draw(&seed, 3) > 0;
			hr_ledger_ask ask;

			draw_visit(f, &seed, i, &ask);
			take_ask(f, &ask);
			if (stays)
				take_ask(clean, &ask);
			else
				f->rows[i].state = HR_LEDGER_REVERSED;
		}
		for (size_t i = 0; i < f->ledger.count; i++)
			if (f->rows[i].state == HR_LEDGER_REVERSED)
				f->rows[i].ended = ++f->ledger.turn;
		changes = again(f, f->old);
		for (size_t i = 0; i < changes.count; i++)
			CU_ASSERT_NOT_EQUAL(changes.rows[i].causes[0].kind, HR_LEDGER_BY_HUREN);
		apply(f, &changes);
		for (size_t i = 0; i < f->ledger.count; i++)
			if (f->rows[i].state == HR_LEDGER_STANDS)
				CU_ASSERT(memcmp(f->rows[i].settlement.fen,
						 clean->rows[at++].settlement.fen,
						 sizeof(f->rows[i].settlement.fen)) == 0);
		CU_ASSERT_EQUAL(at, clean->ledger.count);
		CU_ASSERT(hr_str_equal(state_of(f), state_of(clean)));
		close_fixture(clean);
		close_fixture(f);
	}
}

/* --- the same again --- */

static void test_repeats__same_content__is_the_one_that_was_kept(void)
{
	struct fixture *f = open_fixture();
	const hr_ledger_row *kept = stay(f, "A", "10800");
	const hr_ledger_row *found = NULL;
	hr_ledger_ask ask;

	/* However the amount is written. */
	HR_ASSERT_OK(read_visit(f, "A", "21", "3", "\"10800.00\"", &ask), f->err);
	HR_ASSERT_OK(hr_ledger_repeats(&f->ledger, &ask, &found, &f->err), f->err);
	CU_ASSERT_PTR_EQUAL(found, kept);
	HR_ASSERT_OK(read_visit(f, "B", "21", "3", "10800", &ask), f->err);
	HR_ASSERT_OK(hr_ledger_repeats(&f->ledger, &ask, &found, &f->err), f->err);
	CU_ASSERT_PTR_NULL(found);
	close_fixture(f);
}

static void test_repeats__other_content__names_the_member_and_no_value(void)
{
	struct fixture *f = open_fixture();
	const hr_ledger_row *found;
	hr_ledger_ask ask;

	stay(f, "A", "10800");
	HR_ASSERT_OK(read_visit(f, "A", "21", "3", "10800.01", &ask), f->err);
	CU_ASSERT_FALSE(hr_ledger_repeats(&f->ledger, &ask, &found, &f->err));
	CU_ASSERT_EQUAL(f->err.code, HR_E_EXISTS);
	CU_ASSERT_STRING_EQUAL(f->err.message, "the medins_setl_id is in use, by a settlement with "
					       "another $.visit.inscp_scp_amt");
	/* A code is compared to the letter. */
	HR_ASSERT_OK(read_visit(f, "A", "21", "03", "10800", &ask), f->err);
	CU_ASSERT_FALSE(hr_ledger_repeats(&f->ledger, &ask, &found, &f->err));
	CU_ASSERT_STRING_EQUAL(f->err.message, "the medins_setl_id is in use, by a settlement with "
					       "another $.visit.hosp_lv");
	HR_ASSERT_OK(read_visit(f, "A", "21", "3", "10800", &ask), f->err);
	ask.at.second++;
	CU_ASSERT_FALSE(hr_ledger_repeats(&f->ledger, &ask, &found, &f->err));
	close_fixture(f);
}

static void test_repeats__reversed_one__is_not_taken_again(void)
{
	struct fixture *f = open_fixture();
	const hr_ledger_row *found;
	hr_ledger_ask ask;

	stay(f, "A", "10800");
	reverse(f, "A");
	HR_ASSERT_OK(read_visit(f, "A", "21", "3", "10800", &ask), f->err);
	CU_ASSERT_FALSE(hr_ledger_repeats(&f->ledger, &ask, &found, &f->err));
	CU_ASSERT_EQUAL(f->err.code, HR_E_EXISTS);
	close_fixture(f);
}

static void test_settle__conflicting_sources__are_not_decided(void)
{
	struct fixture *f = open_fixture();
	hr_ledger_outcome outcome = HR_LEDGER_SETTLED;
	hr_ledger_row row = { .number = 7 };
	hr_ledger_ask ask;
	hr_ledger_tallies sum;

	HR_ASSERT_OK(read_visit(f, "A", "14", "3", "100", &ask), f->err);
	HR_ASSERT_OK(hr_ledger_sum(&f->ledger, f->arena, &sum, &f->err), f->err);
	HR_ASSERT_OK(hr_ledger_settle(f->old, ask.visit, &sum, f->arena, &row, &outcome, &f->err),
		     f->err);
	CU_ASSERT_EQUAL(outcome, HR_LEDGER_CONFLICTING);
	CU_ASSERT_EQUAL(row.number, 7);
	close_fixture(f);
}

/* What comes of a visit away from home. `area`: in its place; NULL: that of the test's catalogue.
 */
static hr_ledger_outcome outcome_of(const char *area, const char *members)
{
	struct fixture *f = open_fixture();
	const hr_catalog *catalog =
		area ? build(f->arena, "area", area) : fixture_settlement(f->arena);
	hr_ledger_outcome outcome = HR_LEDGER_OUTCOMES;
	hr_ledger_row row = { .number = 7 };
	hr_ledger_ask ask;
	hr_ledger_tallies sum;
	char text[900];

	snprintf(text, sizeof(text),
		 "{\"certno\":\"C1\",\"setl_time\":\"2025-03-01 10:00:00\",\"visit\":{"
		 "\"medins_setl_id\":\"A\",\"insuplc_admdvs\":\"910101\",\"mdtrtarea_admvs\":"
		 "\"440103\",\"fixmedins_code\":\"H1\",\"inscp_scp_amt\":1500,%s}}",
		 members);
	HR_ASSERT_OK(hr_ledger_ask_read(parse(f, text), catalog, HR_LEDGER_ASKS_RECORD, f->arena,
					&ask, &f->err),
		     f->err);
	HR_ASSERT_OK(hr_ledger_sum(&f->ledger, f->arena, &sum, &f->err), f->err);
	HR_ASSERT_OK(hr_ledger_settle(catalog, ask.visit, &sum, f->arena, &row, &outcome, &f->err),
		     f->err);
	CU_ASSERT_EQUAL(row.number == 7, outcome != HR_LEDGER_SETTLED);
	close_fixture(f);
	return outcome;
}

#define CHRONIC                                                                                    \
	"\"insutype\":\"390\",\"psn_type\":\"15\",\"med_type\":\"14\",\"opsp_dise_code\":"         \
	"\"M04600\",\"enddate\":\"2023-03-01\",\"filing\":\"long\""

/* What a quote decides by comes to the book, though a diagnosis asks it, too. */
static void test_settle__disease_not_qualified__is_not_settled_as_one(void)
{
	CU_ASSERT_EQUAL(
		outcome_of(NULL, CHRONIC ",\"qualifications\":[{\"opsp_dise_code\":\"M04600\"}]"),
		HR_LEDGER_SETTLED);
	CU_ASSERT_EQUAL(outcome_of(NULL, CHRONIC ",\"qualifications\":[]"),
			HR_LEDGER_NOT_QUALIFIED);
}

#define STAY_AWAY(day)                                                                             \
	"\"insutype\":\"310\",\"psn_type\":\"1101\",\"med_type\":\"21\",\"hosp_lv\":\"3\","        \
	"\"enddate\":\"" day "\""

static void test_settle__filing_not_known__is_not_decided(void)
{
	static const char *const one_known =
		AREA "<policy id='stay' fund='hifp' base='scope' visits='21' filings='none'>"
		     "<deductible mode='none'/><segment share='50%'/></policy></settlement>";

	/* Whether one was needed is not said of that day: none pays less than exempt. */
	CU_ASSERT_EQUAL(outcome_of(NULL, STAY_AWAY("2019-03-01")), HR_LEDGER_FILING_OPEN);
	CU_ASSERT_EQUAL(outcome_of(NULL, STAY_AWAY("2019-03-01") ",\"filing\":\"exempt\""),
			HR_LEDGER_SETTLED);
	/* There is but one reading, and under what may be as well nobody knows. */
	CU_ASSERT_EQUAL(outcome_of(one_known, STAY_AWAY("2025-03-01")), HR_LEDGER_FILING_OPEN);
	CU_ASSERT_EQUAL(outcome_of(one_known, STAY_AWAY("2025-03-01") ",\"filing\":\"none\""),
			HR_LEDGER_SETTLED);
	CU_ASSERT_EQUAL(outcome_of(one_known, STAY_AWAY("2025-03-01") ",\"filing\":\"exempt\""),
			HR_LEDGER_NO_POLICY);
}

/* --- words --- */

#define VISIT                                                                                      \
	"\"visit\":{\"medins_setl_id\":\"A\",\"insuplc_admdvs\":\"910101\",\"mdtrtarea_admvs\":"   \
	"\"910101\",\"insutype\":\"310\",\"psn_type\":\"11\",\"med_type\":\"21\",\"enddate\":"     \
	"\"2025-05-01\",\"inscp_scp_amt\":1"
#define ASK(more) "{\"certno\":\"C1\",\"setl_time\":\"2025-05-01 10:00\"," VISIT more

static void test_ask__what_is_wrong__is_told_with_its_place(void)
{
	static const struct {
		const char *text;
		const char *error;
	} rows[] = {
		{ "{\"certno\":\"C1\"," VISIT "}}", "settlement: 'setl_time' is missing" },
		{ "{\"setl_time\":\"2025-05-01 10:00\"," VISIT "}}",
		  "settlement: 'certno' is missing" },
		{ ASK(",\"year\":[]}}"),
		  "settlement: 'visit.year' is for 'settle quote': the book knows the year" },
		{ ASK("},\"insutype\":\"390\"}"),
		  "settlement: insuplc_admdvs, insutype or year contradicts the visit" },
		{ ASK("},\"omsgid\":\"B\"}"), "settlement: 'omsgid' is not asked here" },
		{ ASK("},\"name\":\"B\"}"), "settlement: there is no member 'name'" },
		{ "{\"certno\":\"C1\",\"setl_time\":\"2025-05-01\"," VISIT "}}",
		  "settlement: $.setl_time is not a time as 2026-10-31 23:59:59" },
		{ "{\"certno\":\"C1\",\"setl_time\":\"2025-04-30 23:59:59\"," VISIT "}}",
		  "settlement: setl_time is before the visit's enddate" },
	};
	struct fixture *f = open_fixture();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_ledger_ask ask = { .id = HR_STR("untouched") };

		CU_ASSERT_FALSE(hr_ledger_ask_read(parse(f, rows[i].text), f->old,
						   HR_LEDGER_ASKS_RECORD, f->arena, &ask, &f->err));
		CU_ASSERT_STRING_EQUAL(f->err.message, rows[i].error);
		HR_ASSERT_TEXT(ask.id, "untouched");
	}
	close_fixture(f);
}

/* What may hold a name is not kept; what is needed to settle again is. */
static void test_ask__facts_of_a_diagnosis__are_not_kept(void)
{
	struct fixture *f = open_fixture();
	hr_ledger_ask ask;
	hr_json_writer w;
	hr_buf buf;

	HR_ASSERT_OK(
		hr_ledger_ask_read(parse(f, ASK(",\"err_msg\":\"Wang Xiaoming\",\"age\":40}}")),
				   f->old, HR_LEDGER_ASKS_RECORD, f->arena, &ask, &f->err),
		f->err);
	CU_ASSERT_EQUAL(ask.scope.year, 2025);
	HR_ASSERT_TEXT(ask.scope.insured, "910101");
	hr_buf_init(&buf, f->arena, 4096);
	hr_json_writer_init(&w, &buf, false);
	hr_json_open_object(&w);
	hr_ledger_row_write(&(hr_ledger_row){ .id = ask.id, .visit = ask.visit }, false, &w);
	hr_json_close_object(&w);
	CU_ASSERT_EQUAL(hr_str_find(hr_buf_str(&buf), HR_STR("Xiaoming")), buf.len);
	CU_ASSERT(hr_str_find(hr_buf_str(&buf), HR_STR("\"age\":\"40\"")) < buf.len);
	close_fixture(f);
}

static void test_row__written_and_read__is_the_same(void)
{
	struct fixture *f = open_fixture();
	hr_ledger_row read;
	hr_json_writer w;
	hr_buf first;
	hr_buf second;
	const hr_ledger_row *row;

	stay(f, "A", "10800");
	row = stay(f, "B", "12345.67");
	f->rows[1].reason = HR_STR("wrong patient");
	hr_buf_init(&first, f->arena, 1 << 16);
	hr_json_writer_init(&w, &first, false);
	hr_json_open_object(&w);
	hr_ledger_row_write(row, true, &w);
	hr_json_close_object(&w);
	hr_buf_add_char(&first, '\0');
	HR_ASSERT_OK(hr_ledger_row_read(parse(f, first.data), f->arena, &read, &f->err), f->err);
	hr_buf_init(&second, f->arena, 1 << 16);
	hr_json_writer_init(&w, &second, false);
	hr_json_open_object(&w);
	hr_ledger_row_write(&read, true, &w);
	hr_json_close_object(&w);
	hr_buf_add_char(&second, '\0');
	CU_ASSERT(hr_str_equal(hr_buf_str(&first), hr_buf_str(&second)));
	CU_ASSERT_EQUAL(read.settlement.fen[HR_HIFP_PAY], row->settlement.fen[HR_HIFP_PAY]);
	CU_ASSERT_EQUAL(read.before.count, 1);
	close_fixture(f);
}

static const hr_test tests[] = {
	HR_TEST(test_settle__second_stay__sees_the_first),
	HR_TEST(test_reverse__last_one__restores_the_state_exactly),
	HR_TEST(test_reverse__in_the_middle__leaves_what_the_others_added),
	HR_TEST(test_resettle__same_policy__changes_nothing),
	HR_TEST(test_resettle__after_a_reversal__later_ones_of_the_counter_change),
	HR_TEST(test_resettle__year_without_room__stays_whole_and_is_told),
	HR_TEST(test_resettle__retroactive_policy__tells_difference_and_record),
	HR_TEST(test_clauses__any_of_a_rule__are_told_in_chinese),
	HR_TEST(test_resettle__later_one_at_the_cap__is_changed_by_the_earlier),
	HR_TEST(test_resettle__not_known_by_the_version__stays_and_counts),
	HR_TEST(test_year__any__is_what_one_after_another_gives),
	HR_TEST(test_year__some_taken_back_and_settled_again__as_if_they_had_never_been),
	HR_TEST(test_repeats__same_content__is_the_one_that_was_kept),
	HR_TEST(test_repeats__other_content__names_the_member_and_no_value),
	HR_TEST(test_repeats__reversed_one__is_not_taken_again),
	HR_TEST(test_settle__conflicting_sources__are_not_decided),
	HR_TEST(test_settle__disease_not_qualified__is_not_settled_as_one),
	HR_TEST(test_settle__filing_not_known__is_not_decided),
	HR_TEST(test_ask__what_is_wrong__is_told_with_its_place),
	HR_TEST(test_ask__facts_of_a_diagnosis__are_not_kept),
	HR_TEST(test_row__written_and_read__is_the_same),
};

int main(void)
{
	return hr_test_run("ledger", tests, sizeof(tests) / sizeof(tests[0]));
}
