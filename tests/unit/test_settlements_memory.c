/* Settlements that are kept, when memory is short: the n-th allocation fails, for every n. */
#include "service/settlement_acts.h"

#include "catalog_fixture.h"
#include "failing_malloc.h"
#include "film_fixture.h"
#include "store/audit.h"

#include <stdlib.h>
#include <unistd.h>

#define SETTLEMENT "tests/data/catalog/settlement"

/* The disk is not what is tested here. */
int fsync(int fd)
{
	(void)fd;
	return 0;
}

int fdatasync(int fd)
{
	return fsync(fd);
}

struct place {
	hr_settlement_here here;
	hr_settlement_desk desk;
	hr_catalog *catalog;
	hr_catalog *versions[2]; /* by which nothing comes out the same */
	int turn;
	int count;
};

/* A visit of its own each time: what fails may have been kept before it did. */
static bool read_ask(struct place *p, hr_arena *arena, hr_ledger_ask *out, hr_error *err)
{
	hr_json_parser *parser = hr_json_parser_open();
	char *text = hr_arena_alloc_text(arena, 600);
	const hr_json *node;
	bool ok;

	if (!parser || !text) {
		hr_json_parser_close(parser);
		return hr_fail_memory(err);
	}
	snprintf(text, 600,
		 "{\"certno\":\"11010519491231002X\",\"setl_time\":\"2025-05-01 10:00:00\","
		 "\"visit\":{\"medins_setl_id\":\"S%d\",\"insuplc_admdvs\":\"910101\","
		 "\"mdtrtarea_admvs\":\"910101\",\"insutype\":\"310\",\"psn_type\":\"1101\","
		 "\"med_type\":\"21\",\"hosp_lv\":\"3\",\"enddate\":\"2025-05-01\","
		 "\"inscp_scp_amt\":1000}}",
		 ++p->count);
	ok = hr_json_read(parser, hr_str_of(text), arena, &node, err) &&
	     hr_ledger_ask_read(node, p->catalog, HR_LEDGER_ASKS_RECORD, arena, out, err);
	hr_json_parser_close(parser);
	return ok;
}

static bool format(const hr_ledger_answer *answer, hr_arena *arena, hr_error *err)
{
	hr_buf out;

	hr_buf_init(&out, arena, 1 << 24);
	hr_ledger_answer_format_json(answer, &out);
	hr_ledger_answer_format_text(answer, false, &out);
	return out.failed ? hr_fail_memory(err) : true;
}

static bool record(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 28);
	struct place *p = context;
	hr_ledger_answer answer;
	hr_ledger_ask ask;

	if (!arena)
		return hr_fail_memory(err);
	return read_ask(p, arena, &ask, err) &&
	       hr_settlement_record(&p->desk, p->catalog, &ask, arena, &answer, err) &&
	       format(&answer, arena, err);
}

/* One that is there, taken back; what follows it is told. */
static bool reverse(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 28);
	struct place *p = context;
	hr_ledger_answer answer;
	hr_ledger_ask ask = { .number = HR_STR("11010519491231002X"),
			      .scope = { .insured = HR_STR("910101") },
			      .reason = HR_STR("wrong bill"),
			      .reverses = HR_STR("S1") };

	if (!arena)
		return hr_fail_memory(err);
	return hr_settlement_reverse(&p->desk, p->catalog, &ask, arena, &answer, err) &&
	       format(&answer, arena, err);
}

static bool pack_file(const hr_ledger_ask *ask, hr_ledger_row *row, hr_arena *arena, hr_error *err)
{
	hr_settlement_put put = { .deed = HR_SETTLEMENT_RECORD, .rows = row, .count = 1 };
	hr_buf file;

	row->id = ask->id;
	hr_buf_init(&file, arena, 1 << 20);
	return hr_settle_file(&put, &file, err) &&
	       hr_settle_file_read(hr_buf_str(&file), arena, &put, err);
}

/* What fails may have been kept before it did: then the other version changes something. */
static bool put_many(void *context, hr_str reason, const hr_settlement_one_put *all, size_t count,
		     hr_arena *arena, size_t *done, bool *kept, hr_error *err)
{
	struct place *p = context;
	const hr_settlement_desk here = hr_settlement_desk_here(&p->here);

	if (!here.put_many(here.context, reason, all, count, arena, done, kept, err))
		return false;
	CU_ASSERT(kept[0]);
	p->turn = !p->turn;
	return true;
}

static bool next(void *context, const hr_ledger_scope *scope, const hr_settlement_person *after,
		 hr_str reason, hr_arena *arena, hr_settlement_batch *out, hr_error *err)
{
	struct place *p = context;
	const hr_settlement_desk here = hr_settlement_desk_here(&p->here);

	return here.next(here.context, scope, after, reason, arena, out, err);
}

/* Everybody's year again. */
static bool resettle(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 28);
	const hr_ledger_scope scope = { HR_STR("91"), HR_STR("310"), 2025 };
	const hr_settlement_desk desk = { .next = next, .put_many = put_many, .context = context };
	struct place *p = context;
	hr_settlement_again *batch;
	size_t count;

	if (!arena)
		return hr_fail_memory(err);
	if (!hr_settlement_resettle_next(&desk, p->versions[p->turn], &scope, NULL, true,
					 HR_STR("r"), arena, &batch, &count, err))
		return false;
	CU_ASSERT_EQUAL(count, 1);
	CU_ASSERT_EQUAL(batch[0].changes.settled, 1);
	return true;
}

/* What of a batch goes over the wire to a service. */
static bool pack_batch(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 26);
	const hr_ledger_scope scope = { HR_STR("91"), HR_STR("310"), 2025 };
	const hr_settlement_by by = { HR_STR("command"), HR_STR("r"), { 1700000000 } };
	hr_str words[HR_SETTLEMENT_YEARS_WORDS];
	hr_settlement_one_put one = { .put = { .deed = HR_SETTLEMENT_RESETTLE } };
	hr_settlement_one_put *read;
	struct place *p = context;
	hr_settlement_batch batch;
	size_t count;
	size_t done;
	hr_buf file;
	bool kept;

	if (!arena)
		return hr_fail_memory(err);
	if (!hr_settlement_book_look_next(p->here.store, p->here.node, &scope, NULL, &by, arena,
					  &batch, err))
		return false;
	one.key = batch.rows[0].person.key;
	one.put.scope = batch.rows[0].year.ledger.scope;
	one.put.rows = batch.rows[0].year.ledger.rows;
	one.put.count = 1;
	hr_buf_init(&file, arena, 1 << 20);
	return hr_settlement_years_words(&scope, &batch.rows[0].person, by.reason, arena, words,
					 err) &&
	       hr_resettle_file(&one, 1, &file, err) &&
	       hr_resettle_file_read(hr_buf_str(&file), arena, &read, &count, err) &&
	       hr_resettle_read(HR_STR("[false]"), arena, count, &done, &kept, err);
}

/* What goes over the wire to a service. */
static bool pack(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 26);
	struct place *p = context;
	hr_settlement_put put = { .deed = HR_SETTLEMENT_RECORD, .count = 1 };
	hr_settlement_look look = { .whose = { .id = HR_STR("X") } };
	const hr_ledger_tallies none = { .count = 0 };
	hr_str words[HR_SETTLE_WORDS];
	hr_ledger_outcome outcome;
	hr_ledger_ask ask;
	hr_ledger_row row;
	hr_patient_key key;

	if (!arena)
		return hr_fail_memory(err);
	put.rows = &row;
	return read_ask(p, arena, &ask, err) &&
	       hr_ledger_settle(p->catalog, ask.visit, &none, arena, &row, &outcome, err) &&
	       hr_settle_words(&look, HR_STR("r"), &put, arena, words, err) &&
	       hr_settle_words_read(words, &look, &key, &put, err) &&
	       pack_file(&ask, &row, arena, err);
}

/* With one settlement, S1. */
static void open_place(struct place *p, hr_arena *arena)
{
	static const hr_node_key node;
	const hr_room rooms[] = { hr_node_key_room, hr_audit_room, hr_settlement_room };
	const hr_store_options options = {
		.url = hr_test_film_url(arena), .who = "test", .rooms = rooms, .room_count = 3
	};
	hr_ledger_answer answer;
	hr_ledger_ask ask;
	hr_error err;

	*p = (struct place){ .count = 0 };
	HR_ASSERT_OK(hr_store_open(&options, &p->here.store, &err), err);
	HR_ASSERT_OK(hr_catalog_open_folder(SETTLEMENT, NULL, &p->catalog, &err), err);
	p->here.node = &node;
	p->here.actor = HR_STR("command");
	p->here.at = (hr_instant){ 1700000000 };
	p->desk = hr_settlement_desk_here(&p->here);
	HR_ASSERT_OK(read_ask(p, arena, &ask, &err), err);
	HR_ASSERT_OK(hr_settlement_record(&p->desk, p->catalog, &ask, arena, &answer, &err), err);
}

static void close_place(struct place *p)
{
	hr_catalog_unref(p->catalog);
	hr_store_close(p->here.store);
}

static void test_settlements__any_allocation_fails__says_so(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	struct place p;

	open_place(&p, arena);
	CU_ASSERT_TRUE(hr_failing_malloc_each(record, &p) > 0);
	CU_ASSERT_TRUE(hr_failing_malloc_each(reverse, &p) > 0);
	CU_ASSERT_TRUE(hr_failing_malloc_each(pack, &p) > 0);
	close_place(&p);
}

static hr_catalog *build(hr_arena *arena, const char *share)
{
	hr_catalog *catalog;
	hr_fileset files;
	char text[600];
	hr_error err;

	snprintf(text, sizeof(text),
		 "<settlement xmlns='urn:huren:catalogue:1' source='made up' grade='synthetic' "
		 "region='91'><rounding mode='half-up' place='fund'/><accounts "
		 "mutual-aid='apart'/><policy id='stay' fund='hifp' base='scope' visits='21' "
		 "counter='stay'><deductible mode='visit' amounts='0'/><segment share='%s'/>"
		 "</policy></settlement>",
		 share);
	files = fixture_files(arena, NULL, "s.xml", text);
	HR_ASSERT_OK(
		hr_catalog_build(&files, NULL, hr_str_of(share), (hr_instant){ 0 }, &catalog, &err),
		err);
	HR_ASSERT_OK(hr_catalog_hang(catalog, arena, &err), err);
	return catalog;
}

static void test_resettle_next__any_allocation_fails__says_so(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	struct place p;

	open_place(&p, arena);
	p.versions[0] = build(arena, "70%");
	p.versions[1] = build(arena, "75%");
	CU_ASSERT_TRUE(hr_failing_malloc_each(pack_batch, &p) > 0);
	CU_ASSERT_TRUE(hr_failing_malloc_each(resettle, &p) > 0);
	close_place(&p);
}

static const hr_test tests[] = {
	HR_TEST(test_settlements__any_allocation_fails__says_so),
	HR_TEST(test_resettle_next__any_allocation_fails__says_so),
};

HR_TEST_MAIN("settlements_memory", tests)
