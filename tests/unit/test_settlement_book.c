/*
 * settlement_book.h and settlements.h, the same tests for both engines:
 * `test_settlement_book` for SQLite, `test_settlement_book postgresql` for a
 * server that is started here. The catalogue is made up.
 */
#include "service/settlement_acts.h"

#include "catalog_fixture.h"
#include "film_fixture.h"
#include "pg_server.h"
#include "service/filing_book.h"
#include "store/audit.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

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

static hr_test_postgres *server; /* NULL: SQLite */

#define AREA                                                                                       \
	"<settlement xmlns='urn:huren:catalogue:1' source='made up' grade='synthetic' "            \
	"region='91'><rounding mode='half-up' place='fund'/><accounts mutual-aid='apart'/>"        \
	"<policy id='stay' fund='hifp' base='scope' visits='21' counter='stay'><deductible "       \
	"mode='visit' amounts='800 400 0'/><segment share='%s'/><cap of='payments' per='year' "    \
	"amount='20000'/></policy></settlement>"

struct fixture {
	hr_arena *arena;
	hr_store *store;
	hr_node_key node;
	hr_settlement_here here;
	hr_settlement_desk desk;
	hr_catalog *old;
	hr_catalog *new;
	const char *url;
	hr_error err;
};

static hr_catalog *build(hr_arena *arena, const char *id, const char *share)
{
	hr_fileset files;
	hr_catalog *catalog;
	char text[1000];
	hr_error err;

	snprintf(text, sizeof(text), AREA, share);
	files = fixture_files(arena, NULL, "s.xml", text);
	HR_ASSERT_OK(
		hr_catalog_build(&files, NULL, hr_str_of(id), (hr_instant){ 0 }, &catalog, &err),
		err);
	HR_ASSERT_OK(hr_catalog_hang(catalog, arena, &err), err);
	return catalog;
}

static hr_store *open_store(struct fixture *f, const hr_room *rooms, size_t count)
{
	const hr_store_options options = {
		.url = f->url, .who = "test", .rooms = rooms, .room_count = count
	};
	hr_store *store;

	if (!hr_store_open(&options, &store, &f->err)) {
		fprintf(stderr, "cannot open the store: %s\n", f->err.message);
		exit(EXIT_FAILURE);
	}
	return store;
}

static struct fixture *open_with(bool from_earlier)
{
	const hr_room rooms[] = { hr_node_key_room, hr_audit_room, hr_filing_room,
				  hr_settlement_room };
	hr_arena *arena = hr_test_arena();
	struct fixture *f = HR_NEW(arena, struct fixture);

	f->arena = arena;
	f->url = server ? hr_test_postgres_url(server, arena) : hr_test_film_url(arena);
	if (from_earlier)
		hr_store_close(open_store(f, rooms, 3));
	f->store = open_store(f, rooms, 4);
	memset(&f->node, 7, sizeof(f->node));
	f->here = (hr_settlement_here){ f->store, &f->node, HR_STR("command"), { 1700000000 } };
	f->desk = hr_settlement_desk_here(&f->here);
	f->old = build(arena, "old", "80%");
	f->new = build(arena, "new", "85%");
	return f;
}

static struct fixture *open_fixture(void)
{
	return open_with(false);
}

static void close_fixture(struct fixture *f)
{
	hr_store_close(f->store);
	hr_arena_close(f->arena);
}

#define WANG "11010519491231002X"
#define LI   "C0001"

/* The arena is of the thread. */
static hr_ledger_ask ask_of(const hr_catalog *catalog, hr_arena *arena, const char *whose,
			    const char *id, const char *scope)
{
	hr_json_parser *parser = hr_json_parser_open();
	char *text = hr_arena_alloc_text(arena, 600);
	const hr_json *node = NULL;
	hr_ledger_ask ask;
	hr_error err;
	bool ok;

	snprintf(text, 600,
		 "{\"certno\":\"%s\",\"setl_time\":\"2025-05-01 10:00:00\",\"visit\":{"
		 "\"medins_setl_id\":\"%s\",\"insuplc_admdvs\":\"910101\",\"mdtrtarea_admvs\":"
		 "\"910101\",\"insutype\":\"310\",\"psn_type\":\"11\",\"med_type\":\"21\","
		 "\"enddate\":\"2025-05-01\",\"inscp_scp_amt\":%s}}",
		 whose, id, scope);
	ok = hr_json_read(parser, hr_str_of(text), arena, &node, &err) &&
	     hr_ledger_ask_read(node, catalog, HR_LEDGER_ASKS_RECORD, arena, &ask, &err);
	hr_json_parser_close(parser);
	if (!ok) {
		fprintf(stderr, "%s\n", err.message);
		abort();
	}
	return ask;
}

static bool record(struct fixture *f, const char *whose, const char *id, const char *scope,
		   hr_ledger_answer *out)
{
	const hr_ledger_ask ask = ask_of(f->old, f->arena, whose, id, scope);

	return hr_settlement_record(&f->desk, f->old, &ask, f->arena, out, &f->err);
}

static hr_ledger_answer must_record(struct fixture *f, const char *id, const char *scope)
{
	hr_ledger_answer answer = { .row = NULL };

	HR_ASSERT_OK(record(f, WANG, id, scope, &answer), f->err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(answer.row);
	return answer;
}

static bool reverse(struct fixture *f, const char *whose, const char *id, const char *reason,
		    hr_ledger_answer *out)
{
	const hr_ledger_ask ask = { .number = hr_str_of(whose),
				    .scope = { .insured = HR_STR("910101") },
				    .reverses = hr_str_of(id),
				    .reason = hr_str_of(reason) };

	return hr_settlement_reverse(&f->desk, f->old, &ask, f->arena, out, &f->err);
}

static hr_ledger_answer show(struct fixture *f, const char *whose)
{
	const hr_ledger_ask ask = { .number = hr_str_of(whose),
				    .scope = { HR_STR("910101"), HR_STR("310"), 2025 } };
	hr_ledger_answer answer = { .row = NULL };

	HR_ASSERT_OK(hr_settlement_show(&f->desk, &ask, f->arena, &answer, &f->err), f->err);
	return answer;
}

static hr_ledger_changes resettle(struct fixture *f, const hr_catalog *catalog, bool apply)
{
	const hr_settlement_look whose = { .whose = { .issuer = HR_STR("910101"),
						      .id = HR_STR(WANG) },
					   .scope = { HR_STR("910101"), HR_STR("310"), 2025 } };
	hr_ledger_changes changes = { .count = 99 };

	HR_ASSERT_OK(hr_settlement_resettle(&f->desk, catalog, &whose, apply, HR_STR("2025 no. 7"),
					    f->arena, &changes, &f->err),
		     f->err);
	return changes;
}

static bool count_audit(hr_tx *tx, void *context, hr_error *err)
{
	void **both = context;

	return hr_audit_check(tx, both[0], both[1], err);
}

static int64_t audit_rows(struct fixture *f)
{
	int64_t count = -1;
	void *both[] = { &f->node, &count };

	HR_ASSERT_OK(hr_store_read(f->store, count_audit, both, &f->err), f->err);
	return count;
}

static int64_t paid(const hr_ledger_answer *answer)
{
	return answer->year.count ? answer->year.rows[0].sum.paid_fen : 0;
}

/* --- one after another --- */

static void test_record__second_stay__sees_what_the_book_keeps(void)
{
	struct fixture *f = open_fixture();
	hr_ledger_answer answer = must_record(f, "A", "10800");

	CU_ASSERT_EQUAL(answer.row->settlement.fen[HR_HIFP_PAY], 800000);
	CU_ASSERT_EQUAL(answer.row->number, 1);
	answer = must_record(f, "B", "10400");
	CU_ASSERT_EQUAL(answer.row->settlement.fen[HR_HIFP_PAY], 800000);
	CU_ASSERT_EQUAL(answer.row->number, 2);
	CU_ASSERT_EQUAL(paid(&answer), 1600000);
	/* Another's year is his own. */
	CU_ASSERT_EQUAL(show(f, LI).ledger.count, 0);
	close_fixture(f);
}

static void test_record__again__gives_the_same_and_writes_nothing(void)
{
	struct fixture *f = open_fixture();
	hr_ledger_answer answer;
	int64_t rows;

	must_record(f, "A", "10800");
	rows = audit_rows(f);
	answer = must_record(f, "A", "10800.0");
	CU_ASSERT(answer.repeated);
	CU_ASSERT_EQUAL(answer.row->settlement.fen[HR_HIFP_PAY], 800000);
	/* That it was looked at is written, and no more. */
	CU_ASSERT_EQUAL(audit_rows(f), rows + 1);
	CU_ASSERT_EQUAL(show(f, WANG).ledger.count, 1);
	close_fixture(f);
}

static void test_record__same_id_of_another__is_a_conflict(void)
{
	struct fixture *f = open_fixture();
	hr_ledger_answer answer;

	must_record(f, "A", "10800");
	CU_ASSERT_FALSE(record(f, WANG, "A", "10801", &answer));
	CU_ASSERT_EQUAL(f->err.code, HR_E_EXISTS);
	CU_ASSERT_FALSE(record(f, LI, "A", "10800", &answer));
	CU_ASSERT_EQUAL(f->err.code, HR_E_EXISTS);
	CU_ASSERT_EQUAL(show(f, LI).ledger.count, 0);
	close_fixture(f);
}

static void test_reverse__in_the_middle__tells_the_later_ones_and_leaves_them(void)
{
	struct fixture *f = open_fixture();
	hr_ledger_answer answer;

	must_record(f, "A", "10800");
	must_record(f, "B", "10400");
	CU_ASSERT_FALSE(reverse(f, WANG, "A", " ", &answer));
	CU_ASSERT_EQUAL(f->err.code, HR_E_USAGE);
	CU_ASSERT_FALSE(reverse(f, LI, "A", "not his", &answer));
	CU_ASSERT_EQUAL(f->err.code, HR_E_NOT_FOUND);
	HR_ASSERT_OK(reverse(f, WANG, "A", "wrong patient", &answer), f->err);
	CU_ASSERT_EQUAL(answer.row->state, HR_LEDGER_REVERSED);
	HR_ASSERT_TEXT(answer.row->reason, "wrong patient");
	CU_ASSERT_EQUAL(paid(&answer), 800000);
	CU_ASSERT_EQUAL_FATAL(answer.later.count, 1);
	CU_ASSERT_EQUAL(hr_ledger_changes_fund_fen(&answer.later), -32000);
	/* Again: the same answer, and nothing more is done. */
	HR_ASSERT_OK(reverse(f, WANG, "A", "once more", &answer), f->err);
	CU_ASSERT(answer.repeated);
	HR_ASSERT_TEXT(answer.row->reason, "wrong patient");
	CU_ASSERT_EQUAL(show(f, WANG).ledger.turn, 3);
	close_fixture(f);
}

static void test_resettle__applied__keeps_both_revisions(void)
{
	struct fixture *f = open_fixture();
	hr_ledger_answer answer;

	must_record(f, "A", "10800");
	CU_ASSERT_EQUAL(resettle(f, f->old, true).count, 0);
	CU_ASSERT_EQUAL(resettle(f, f->new, false).settled, 1);
	CU_ASSERT_EQUAL(show(f, WANG).ledger.count, 1);
	CU_ASSERT_EQUAL(resettle(f, f->new, true).settled, 1);
	CU_ASSERT_EQUAL(resettle(f, f->new, true).settled, 0);
	answer = show(f, WANG);
	CU_ASSERT_EQUAL_FATAL(answer.ledger.count, 2);
	CU_ASSERT_EQUAL(answer.ledger.rows[0].state, HR_LEDGER_REPLACED);
	CU_ASSERT_EQUAL(answer.ledger.rows[0].settlement.fen[HR_HIFP_PAY], 800000);
	HR_ASSERT_TEXT(answer.ledger.rows[0].reason, "2025 no. 7");
	CU_ASSERT_EQUAL(answer.ledger.rows[1].state, HR_LEDGER_STANDS);
	HR_ASSERT_TEXT(answer.ledger.rows[1].catalogue, "new");
	CU_ASSERT_EQUAL(paid(&answer), 850000);
	/* And back: as it was before. */
	CU_ASSERT_EQUAL(resettle(f, f->old, true).settled, 1);
	answer = show(f, WANG);
	CU_ASSERT_EQUAL(paid(&answer), 800000);
	close_fixture(f);
}

static void test_put__decided_by_an_old_year__is_a_conflict(void)
{
	struct fixture *f = open_fixture();
	hr_ledger_answer answer = must_record(f, "A", "10800");
	const hr_settlement_look whose = { .whose = { .issuer = HR_STR("910101"),
						      .id = HR_STR(WANG) } };
	const hr_settlement_put put = { .deed = HR_SETTLEMENT_REVERSE,
					.scope = answer.ledger.scope,
					.rows = answer.row,
					.count = 1,
					.turn = answer.ledger.turn };

	must_record(f, "B", "100");
	CU_ASSERT_FALSE(
		f->desk.put(f->desk.context, &whose, HR_STR("late"), &put, f->arena, &f->err));
	CU_ASSERT_EQUAL(f->err.code, HR_E_CONFLICT);
	CU_ASSERT_EQUAL(show(f, WANG).ledger.rows[0].state, HR_LEDGER_STANDS);
	close_fixture(f);
}

/* One stay of each of so many. */
static void record_many(struct fixture *f, int persons)
{
	hr_ledger_answer answer;
	char who[32];
	char id[32];

	for (int i = 0; i < persons; i++) {
		snprintf(who, sizeof(who), "P%d", i);
		snprintf(id, sizeof(id), "S%d", i);
		HR_ASSERT_OK(record(f, who, id, "1000", &answer), f->err);
	}
}

/* What settling all of them again came to. */
struct run {
	size_t batches;
	size_t persons;
	size_t settled;
};

/* Stops after `most` batches, as one does that is killed there. */
static struct run run_batches(struct fixture *f, const hr_catalog *catalog, const char *area,
			      bool apply, size_t most)
{
	const hr_ledger_scope scope = { hr_str_of(area), HR_STR("310"), 2025 };
	const hr_settlement_person *after = NULL;
	struct run run = { .persons = 0 };
	hr_settlement_person last;
	size_t count = 1;

	while (count && run.batches < most) {
		hr_settlement_again *batch = NULL;

		HR_ASSERT_OK(hr_settlement_resettle_next(&f->desk, catalog, &scope, after, apply,
							 HR_STR("2025 no. 7"), f->arena, &batch,
							 &count, &f->err),
			     f->err);
		CU_ASSERT(count <= HR_SETTLEMENT_BATCH_MAX);
		for (size_t i = 0; i < count; i++)
			run.settled += batch[i].changes.settled;
		run.batches += count > 0;
		run.persons += count;
		if (count)
			last = batch[count - 1].person;
		after = &last;
	}
	return run;
}

enum { ALL = 1 << 30 };

static void test_resettle_next__more_than_a_batch__looks_at_each_person_once(void)
{
	struct fixture *f = open_fixture();
	struct run run;
	int64_t rows;

	record_many(f, HR_SETTLEMENT_BATCH_MAX + 1);
	must_record(f, "A", "1000");
	must_record(f, "B", "1000");
	rows = audit_rows(f);
	run = run_batches(f, f->new, "91", false, ALL);
	CU_ASSERT(run.batches >= 2);
	CU_ASSERT_EQUAL(run.persons, HR_SETTLEMENT_BATCH_MAX + 2);
	CU_ASSERT_EQUAL(run.settled, HR_SETTLEMENT_BATCH_MAX + 3);
	/* Each look is a row, and nothing else was written. */
	CU_ASSERT_EQUAL(audit_rows(f), rows + HR_SETTLEMENT_BATCH_MAX + 2);
	CU_ASSERT_EQUAL(show(f, WANG).ledger.count, 2);
	CU_ASSERT_EQUAL(run_batches(f, f->new, "92", false, ALL).persons, 0);
	CU_ASSERT_EQUAL(run_batches(f, f->new, "910101", false, ALL).persons, run.persons);
	close_fixture(f);
}

static void test_resettle_next__ended_after_a_batch__goes_on_to_the_same_end(void)
{
	struct fixture *f = open_fixture();
	struct run first;
	struct run second;
	int64_t rows;

	record_many(f, HR_SETTLEMENT_BATCH_MAX + 1);
	must_record(f, "A", "10800");
	must_record(f, "B", "10400");
	first = run_batches(f, f->new, "91", true, 1);
	CU_ASSERT(first.settled > 0 && first.settled < HR_SETTLEMENT_BATCH_MAX + 3);
	rows = audit_rows(f);
	second = run_batches(f, f->new, "91", true, ALL);
	CU_ASSERT_EQUAL(second.persons, HR_SETTLEMENT_BATCH_MAX + 2);
	CU_ASSERT_EQUAL(first.settled + second.settled, HR_SETTLEMENT_BATCH_MAX + 3);
	/* A row for each look, and one for each settlement. */
	CU_ASSERT_EQUAL(audit_rows(f), rows + (int64_t)(second.persons + second.settled));
	CU_ASSERT_EQUAL(run_batches(f, f->new, "91", true, ALL).settled, 0);
	CU_ASSERT_EQUAL(show(f, WANG).ledger.count, 4);
	CU_ASSERT_EQUAL(run_batches(f, f->new, "91", false, ALL).settled, 0);
	close_fixture(f);
}

/* A desk at which Wang is recorded once more, after his year was looked at. */
struct quicker {
	struct fixture *f;
	hr_settlement_desk real;
	bool done;
};

static bool next_then_record(void *context, const hr_ledger_scope *scope,
			     const hr_settlement_person *after, hr_str reason, hr_arena *arena,
			     hr_settlement_batch *out, hr_error *err)
{
	struct quicker *q = context;
	hr_settlement_desk wrapped = q->f->desk;

	if (!q->real.next(q->real.context, scope, after, reason, arena, out, err))
		return false;
	q->f->desk = q->real;
	if (!q->done)
		must_record(q->f, "LATE", "10000");
	q->f->desk = wrapped;
	q->done = true;
	return true;
}

static bool put_anyhow(void *context, const hr_settlement_look *whose, hr_str reason,
		       const hr_settlement_put *put, hr_arena *arena, hr_error *err)
{
	struct quicker *q = context;

	return q->real.put(q->real.context, whose, reason, put, arena, err);
}

static bool look_anyhow(void *context, const hr_settlement_look *look, hr_str reason,
			hr_arena *arena, hr_settlement_year *out, hr_error *err)
{
	struct quicker *q = context;

	return q->real.look(q->real.context, look, reason, arena, out, err);
}

/* And two at a time, as when others have waited long enough. */
static bool put_two(void *context, hr_str reason, const hr_settlement_one_put *all, size_t count,
		    hr_arena *arena, size_t *done, bool *kept, hr_error *err)
{
	struct quicker *q = context;

	return q->real.put_many(q->real.context, reason, all, count > 2 ? 2 : count, arena, done,
				kept, err);
}

static void test_resettle_next__recorded_meanwhile__that_person_is_decided_anew(void)
{
	struct fixture *f = open_fixture();
	struct quicker q = { .f = f, .real = f->desk };
	hr_ledger_answer answer;
	struct run run;

	record_many(f, 7);
	must_record(f, "A", "10800");
	f->desk = (hr_settlement_desk){ look_anyhow, put_anyhow, next_then_record, put_two, &q };
	run = run_batches(f, f->new, "91", true, ALL);
	f->desk = q.real;
	CU_ASSERT_EQUAL(run.persons, 8);
	/* The late one with him, of whom the batch did not know. */
	CU_ASSERT_EQUAL(run.settled, 9);
	answer = show(f, WANG);
	CU_ASSERT_EQUAL_FATAL(answer.ledger.count, 4);
	/* 85 % of 10000 and of 9600. */
	CU_ASSERT_EQUAL(paid(&answer), 850000 + 816000);
	CU_ASSERT_EQUAL(run_batches(f, f->new, "91", true, ALL).settled, 0);
	close_fixture(f);
}

static void test_put_many__without_a_reason_or_of_another_deed__is_refused(void)
{
	struct fixture *f = open_fixture();
	hr_ledger_answer answer = must_record(f, "A", "10800");
	hr_settlement_one_put one = { .put = { .deed = HR_SETTLEMENT_REVERSE,
					       .scope = answer.ledger.scope,
					       .rows = answer.row,
					       .count = 1,
					       .turn = answer.ledger.turn } };
	bool kept = true;
	size_t done = 9;

	CU_ASSERT_FALSE(f->desk.put_many(f->desk.context, HR_STR("why"), &one, 1, f->arena, &done,
					 &kept, &f->err));
	CU_ASSERT_EQUAL(f->err.code, HR_E_USAGE);
	one.put.deed = HR_SETTLEMENT_RESETTLE;
	CU_ASSERT_FALSE(f->desk.put_many(f->desk.context, HR_STR(" "), &one, 1, f->arena, &done,
					 &kept, &f->err));
	CU_ASSERT_EQUAL(f->err.code, HR_E_USAGE);
	CU_ASSERT_EQUAL(done, 9);
	/* Nobody has that key: nothing is kept, and it is no fault. */
	HR_ASSERT_OK(f->desk.put_many(f->desk.context, HR_STR("why"), &one, 1, f->arena, &done,
				      &kept, &f->err),
		     f->err);
	CU_ASSERT_EQUAL(done, 1);
	CU_ASSERT_FALSE(kept);
	close_fixture(f);
}

/* --- over the wire --- */

#define KEY "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define PERSON(key, turn, year)                                                                    \
	"{\"key\":\"" key "\",\"insuplc_admdvs\":\"910101\",\"insutype\":\"310\",\"year\":" year   \
	",\"turn\":" turn ",\"settlements\":[]}"

static bool read_file(hr_arena *arena, const char *text, size_t *count, hr_error *err)
{
	hr_settlement_one_put *all = NULL;

	return hr_resettle_file_read(hr_str_of(text), arena, &all, count, err);
}

static void test_resettle_file__what_is_none__is_refused(void)
{
	static const char *const files[] = {
		"",
		"[]",
		"{\"persons\":{}}",
		"{\"persons\":[1]}",
		"{\"persons\":[" PERSON("", "1", "2025") "]}",
		"{\"persons\":[" PERSON(KEY "00", "1", "2025") "]}",
		"{\"persons\":[" PERSON(KEY, "-1", "2025") "]}",
		"{\"persons\":[" PERSON(KEY, "1", "2147483648") "]}",
		"{\"persons\":[{\"key\":\"" KEY "\",\"year\":2025,\"turn\":1}]}",
	};
	HR_AUTO(hr_arena) arena = hr_test_arena();
	size_t count = 9;
	hr_error err;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		CU_ASSERT_FALSE(read_file(arena, files[i], &count, &err));
		CU_ASSERT_EQUAL(err.code, HR_E_SYNTAX);
	}
	CU_ASSERT_EQUAL(count, 9);
	HR_ASSERT_OK(read_file(arena, "{\"persons\":[" PERSON(KEY, "1", "2025") "]}", &count, &err),
		     err);
	CU_ASSERT_EQUAL(count, 1);
}

static void test_resettle_file__one_more_than_a_batch__is_refused(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	size_t count = 0;
	hr_error err;

	for (size_t n = HR_SETTLEMENT_BATCH_MAX; n <= HR_SETTLEMENT_BATCH_MAX + 1; n++) {
		hr_buf file;

		hr_buf_init(&file, arena, 1 << 20);
		HR_BUF_ADD(&file, "{\"persons\":[");
		for (size_t i = 0; i < n; i++)
			hr_buf_addf(&file, "%s%s", i ? "," : "", PERSON(KEY, "1", "2025"));
		HR_BUF_ADD(&file, "]}");
		hr_buf_add_char(&file, '\0');
		CU_ASSERT_EQUAL(read_file(arena, file.data, &count, &err),
				n == HR_SETTLEMENT_BATCH_MAX);
	}
	CU_ASSERT_EQUAL(count, HR_SETTLEMENT_BATCH_MAX);
}

/* More answers than were asked for would be written behind the end; none at all is no progress. */
static void test_resettle_answer__none_or_too_many__is_refused(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	bool kept[2] = { false, true };
	size_t done = 9;
	hr_error err;

	CU_ASSERT_FALSE(hr_resettle_read(HR_STR("[]"), arena, 2, &done, kept, &err));
	CU_ASSERT_FALSE(hr_resettle_read(HR_STR("[true,true,true]"), arena, 2, &done, kept, &err));
	CU_ASSERT_FALSE(hr_resettle_read(HR_STR("{}"), arena, 2, &done, kept, &err));
	CU_ASSERT_EQUAL(done, 9);
	HR_ASSERT_OK(hr_resettle_read(HR_STR("[true,false]"), arena, 2, &done, kept, &err), err);
	CU_ASSERT_EQUAL(done, 2);
	CU_ASSERT(kept[0] && !kept[1]);
}

static void test_open__store_of_an_earlier_version__has_the_room(void)
{
	struct fixture *f = open_with(true);

	must_record(f, "A", "10800");
	CU_ASSERT_EQUAL(show(f, WANG).ledger.count, 1);
	close_fixture(f);
}

/* --- at once --- */

enum { WRITERS = 8, EACH = 6 };

struct writer {
	struct fixture *f;
	int index;
	bool same; /* all of them take the same ids */
	int taken;
	int repeated;
	int failed;
};

static void *write_some(void *context)
{
	struct writer *w = context;

	for (int i = 0; i < EACH; i++) {
		hr_arena *arena = hr_arena_open((size_t)64 << 20);
		hr_ledger_answer answer;
		hr_ledger_ask ask;
		hr_error err;
		char id[32];

		snprintf(id, sizeof(id), "S%d-%d", w->same ? 0 : w->index, i);
		ask = ask_of(w->f->old, arena, WANG, id, "400");
		if (!hr_settlement_record(&w->f->desk, w->f->old, &ask, arena, &answer, &err))
			w->failed++;
		else if (answer.repeated)
			w->repeated++;
		else
			w->taken++;
		hr_arena_close(arena);
	}
	return NULL;
}

static struct writer run_writers(struct fixture *f, bool same)
{
	struct writer sum = { .f = f };
	struct writer writers[WRITERS];
	pthread_t threads[WRITERS];

	for (int i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){ .f = f, .index = i, .same = same };
		pthread_create(&threads[i], NULL, write_some, &writers[i]);
	}
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(threads[i], NULL);
		sum.taken += writers[i].taken;
		sum.repeated += writers[i].repeated;
		sum.failed += writers[i].failed;
	}
	return sum;
}

static void test_record__many_of_one_person_at_once__none_is_lost_or_doubled(void)
{
	struct fixture *f = open_fixture();
	struct writer sum = run_writers(f, false);
	hr_ledger_answer answer = show(f, WANG);

	CU_ASSERT_EQUAL(sum.taken, WRITERS * EACH);
	CU_ASSERT_EQUAL(sum.failed, 0);
	CU_ASSERT_EQUAL_FATAL(answer.ledger.count, WRITERS * EACH);
	CU_ASSERT_EQUAL(answer.year.rows[0].sum.visits, WRITERS * EACH);
	/* Each has seen those before it: 0, 0, then 80 % of 400 each. */
	CU_ASSERT_EQUAL(paid(&answer), (WRITERS * EACH - 2) * 32000);
	CU_ASSERT_EQUAL(resettle(f, f->old, false).count, 0);
	close_fixture(f);
}

static void test_record__same_ids_at_once__are_taken_once(void)
{
	struct fixture *f = open_fixture();
	struct writer sum = run_writers(f, true);

	CU_ASSERT_EQUAL(sum.taken, EACH);
	CU_ASSERT_EQUAL(sum.repeated, (WRITERS - 1) * EACH);
	CU_ASSERT_EQUAL(sum.failed, 0);
	CU_ASSERT_EQUAL(show(f, WANG).ledger.count, EACH);
	close_fixture(f);
}

static const hr_test tests[] = {
	HR_TEST(test_record__second_stay__sees_what_the_book_keeps),
	HR_TEST(test_record__again__gives_the_same_and_writes_nothing),
	HR_TEST(test_record__same_id_of_another__is_a_conflict),
	HR_TEST(test_reverse__in_the_middle__tells_the_later_ones_and_leaves_them),
	HR_TEST(test_resettle__applied__keeps_both_revisions),
	HR_TEST(test_put__decided_by_an_old_year__is_a_conflict),
	HR_TEST(test_resettle_next__more_than_a_batch__looks_at_each_person_once),
	HR_TEST(test_resettle_next__ended_after_a_batch__goes_on_to_the_same_end),
	HR_TEST(test_resettle_next__recorded_meanwhile__that_person_is_decided_anew),
	HR_TEST(test_put_many__without_a_reason_or_of_another_deed__is_refused),
	HR_TEST(test_resettle_file__what_is_none__is_refused),
	HR_TEST(test_resettle_file__one_more_than_a_batch__is_refused),
	HR_TEST(test_resettle_answer__none_or_too_many__is_refused),
	HR_TEST(test_open__store_of_an_earlier_version__has_the_room),
	HR_TEST(test_record__many_of_one_person_at_once__none_is_lost_or_doubled),
	HR_TEST(test_record__same_ids_at_once__are_taken_once),
};

int main(int argc, char **argv)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	if (!hr_test_postgres_asked(argc, argv, arena, &server))
		return 77;
	return hr_test_run("settlement book", tests, sizeof(tests) / sizeof(tests[0]));
}
