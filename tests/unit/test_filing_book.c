/*
 * filing_book.h, the same tests for both engines: `test_filing_book` for
 * SQLite, `test_filing_book postgresql` for a server that is started here.
 */
#include "service/filing_book.h"

#include "catalog_fixture.h"
#include "film_fixture.h"
#include "pg_server.h"

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

struct fixture {
	hr_arena *arena;
	hr_store *store;
	hr_node_key node;
	hr_error err;
};

static const hr_filing_whose wang = { HR_STR_INIT("01"), HR_STR_INIT("910101"),
				      HR_STR_INIT("11010519491231002X") };
static const hr_filing_whose li = { HR_STR_INIT("03"), HR_STR_INIT("910101"),
				    HR_STR_INIT("C0001") };

static struct fixture fixture_open(void)
{
	const hr_room rooms[] = { hr_node_key_room, hr_audit_room, hr_filing_room };
	struct fixture f = { .arena = hr_test_arena() };
	const hr_store_options options = {
		.url = server ? hr_test_postgres_url(server, f.arena) : hr_test_film_url(f.arena),
		.who = "test",
		.rooms = rooms,
		.room_count = 3,
	};

	if (!hr_store_open(&options, &f.store, &f.err)) {
		fprintf(stderr, "cannot open the store: %s\n", f.err.message);
		exit(EXIT_FAILURE);
	}
	memset(&f.node, 7, sizeof(f.node));
	return f;
}

static void close_fixture(struct fixture *f)
{
	hr_store_close(f->store);
	hr_arena_close(f->arena);
}

static hr_filing_by by_of(const char *reason)
{
	return (hr_filing_by){ HR_STR("command"), hr_str_of(reason), { 1700000000 } };
}

static hr_filing_list list_of(struct fixture *f, const hr_filing_whose *whose)
{
	const hr_filing_by by = by_of("");
	hr_filing_list list = { .count = 0 };

	HR_ASSERT_OK(hr_filing_book_list(f->store, &f->node, whose, &by, f->arena, &list, &f->err),
		     f->err);
	return list;
}

static hr_filing_put application(hr_filing_state state, int64_t turn)
{
	return (hr_filing_put){
		.deed = HR_FILING_DEED_APPLY,
		.row = { .filed = { .kind = HR_STR("travel"),
				    .insured = HR_STR("910101"),
				    .region = HR_STR("440100"),
				    .applied = fixture_day("2023-08-31"),
				    .from = fixture_day("2023-09-01"),
				    .until = HR_DATE_MIN,
				    .state = state,
				    .ended = HR_DATE_MIN },
			 .reasons = HR_STR("approved-at-once"),
			 .catalogue = HR_STR("3f1c9a2") },
		.turn = turn,
	};
}

static bool do_put(struct fixture *f, const hr_filing_whose *whose, const hr_filing_put *put,
		   const char *reason, hr_str *id)
{
	const hr_filing_by by = by_of(reason);

	return hr_filing_book_put(f->store, &f->node, whose, &by, put, f->arena, id, &f->err);
}

static hr_filing_put deed_of(hr_filing_deed deed, const char *id, int64_t turn)
{
	hr_filing_put put = application(HR_FILING_STATE_APPROVED, turn);

	put.deed = deed;
	put.row.filed.id = hr_str_of(id);
	put.row.filed.ended = fixture_day("2023-10-01");
	return put;
}

/* The states of a person's filings, the first one first: "approved queued". */
static void assert_states(struct fixture *f, const hr_filing_whose *whose, const char *want)
{
	hr_filing_list list = list_of(f, whose);
	hr_buf got;

	hr_buf_init(&got, f->arena, 4096);
	for (int64_t number = 1; number <= (int64_t)list.count; number++)
		for (size_t i = 0; i < list.count; i++) {
			if (list.rows[i].filed.id.data[0] != '0' + number)
				continue;
			hr_buf_addf(&got, "%s%.*s", number > 1 ? " " : "",
				    HR_STR_ARG(hr_filing_state_word(list.rows[i].filed.state)));
		}
	HR_ASSERT_TEXT(hr_buf_str(&got), want);
}

static int64_t audit_rows(struct fixture *f);

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

static void test_put__application__is_kept_whole(void)
{
	struct fixture f = fixture_open();
	hr_filing_put put = application(HR_FILING_STATE_APPROVED, 0);
	hr_filing_list list;
	hr_str id;

	put.row.filed.until = fixture_day("2024-09-01");
	HR_ASSERT_OK(do_put(&f, &wang, &put, "", &id), f.err);
	HR_ASSERT_TEXT(id, "1");
	list = list_of(&f, &wang);
	CU_ASSERT_EQUAL_FATAL(list.count, 1);
	CU_ASSERT_EQUAL(list.turn, 1);
	HR_ASSERT_TEXT(list.rows[0].filed.kind, "travel");
	HR_ASSERT_TEXT(list.rows[0].filed.region, "440100");
	HR_ASSERT_TEXT(list.rows[0].reasons, "approved-at-once");
	HR_ASSERT_TEXT(list.rows[0].catalogue, "3f1c9a2");
	CU_ASSERT_EQUAL(list.rows[0].filed.applied.day, put.row.filed.applied.day);
	CU_ASSERT_EQUAL(list.rows[0].filed.from.day, put.row.filed.from.day);
	CU_ASSERT_EQUAL(list.rows[0].filed.until.day, put.row.filed.until.day);
	CU_ASSERT_EQUAL(list.rows[0].filed.ended.day, HR_DATE_MIN.day);
	/* Another's are his own. */
	CU_ASSERT_EQUAL(list_of(&f, &li).count, 0);
	close_fixture(&f);
}

static void test_put__decided_by_an_old_list__is_a_conflict(void)
{
	struct fixture f = fixture_open();
	hr_filing_put put = application(HR_FILING_STATE_APPROVED, 0);
	hr_str id;

	HR_ASSERT_OK(do_put(&f, &wang, &put, "", &id), f.err);
	CU_ASSERT_FALSE(do_put(&f, &wang, &put, "", &id));
	CU_ASSERT_EQUAL(f.err.code, HR_E_CONFLICT);
	assert_states(&f, &wang, "approved");
	HR_ASSERT_OK(do_put(&f, &li, &put, "", &id), f.err);
	close_fixture(&f);
}

static void test_put__officer__decides_what_is_queued(void)
{
	struct fixture f = fixture_open();
	hr_filing_put put = application(HR_FILING_STATE_QUEUED, 0);
	hr_filing_put approve = deed_of(HR_FILING_DEED_APPROVE, "1", 2);
	hr_filing_put refuse = deed_of(HR_FILING_DEED_REFUSE, "2", 3);
	hr_str id;

	HR_ASSERT_OK(do_put(&f, &wang, &put, "", &id), f.err);
	put.turn = 1;
	HR_ASSERT_OK(do_put(&f, &wang, &put, "", &id), f.err);
	CU_ASSERT_FALSE(do_put(&f, &wang, &approve, " ", &id));
	CU_ASSERT_EQUAL(f.err.code, HR_E_USAGE);
	HR_ASSERT_OK(do_put(&f, &wang, &approve, "papers seen", &id), f.err);
	HR_ASSERT_OK(do_put(&f, &wang, &refuse, "no paper", &id), f.err);
	assert_states(&f, &wang, "approved refused");
	approve.turn = 4;
	CU_ASSERT_FALSE(do_put(&f, &wang, &approve, "again", &id));
	CU_ASSERT_EQUAL(f.err.code, HR_E_CONFLICT);
	close_fixture(&f);
}

static void test_put__change__ends_the_old_one_when_it_is_approved(void)
{
	struct fixture f = fixture_open();
	hr_filing_put put = application(HR_FILING_STATE_APPROVED, 0);
	hr_filing_put approve = deed_of(HR_FILING_DEED_APPROVE, "2", 2);
	hr_filing_list list;
	hr_str id;

	HR_ASSERT_OK(do_put(&f, &wang, &put, "", &id), f.err);
	put = application(HR_FILING_STATE_QUEUED, 1);
	put.row.replaces = HR_STR("1");
	put.row.filed.from = fixture_day("2024-03-01");
	HR_ASSERT_OK(do_put(&f, &wang, &put, "", &id), f.err);
	assert_states(&f, &wang, "approved queued");
	HR_ASSERT_OK(do_put(&f, &wang, &approve, "moved", &id), f.err);
	assert_states(&f, &wang, "changed approved");
	list = list_of(&f, &wang);
	HR_ASSERT_TEXT(list.rows[0].replaces, "1");
	CU_ASSERT_EQUAL(list.rows[1].filed.ended.day, fixture_day("2024-03-01").day);
	/* At once, of the newest: and a refused one changes nothing. */
	put = application(HR_FILING_STATE_REFUSED, 3);
	put.row.replaces = HR_STR("2");
	HR_ASSERT_OK(do_put(&f, &wang, &put, "", &id), f.err);
	put = application(HR_FILING_STATE_APPROVED, 4);
	put.row.replaces = HR_STR("2");
	HR_ASSERT_OK(do_put(&f, &wang, &put, "", &id), f.err);
	assert_states(&f, &wang, "changed changed refused approved");
	close_fixture(&f);
}

static void test_put__cancel__ends_what_is_approved(void)
{
	struct fixture f = fixture_open();
	hr_filing_put put = application(HR_FILING_STATE_APPROVED, 0);
	hr_filing_put cancel = deed_of(HR_FILING_DEED_CANCEL, "1", 1);
	hr_str id;

	HR_ASSERT_OK(do_put(&f, &wang, &put, "", &id), f.err);
	HR_ASSERT_OK(do_put(&f, &wang, &cancel, "", &id), f.err);
	CU_ASSERT_EQUAL(list_of(&f, &wang).rows[0].filed.ended.day, fixture_day("2023-10-01").day);
	cancel.turn = 2;
	CU_ASSERT_FALSE(do_put(&f, &wang, &cancel, "", &id));
	CU_ASSERT_EQUAL(f.err.code, HR_E_CONFLICT);
	cancel.row.filed.id = HR_STR("nine");
	CU_ASSERT_FALSE(do_put(&f, &wang, &cancel, "", &id));
	CU_ASSERT_EQUAL(f.err.code, HR_E_CONFLICT);
	close_fixture(&f);
}

static void test_put__too_many_that_may_hold__are_refused(void)
{
	struct fixture f = fixture_open();
	hr_str id;

	for (int64_t i = 0; i < HR_FILINGS_MAX; i++) {
		hr_filing_put put = application(HR_FILING_STATE_APPROVED, i);

		HR_ASSERT_OK(do_put(&f, &wang, &put, "", &id), f.err);
	}
	hr_filing_put put = application(HR_FILING_STATE_APPROVED, HR_FILINGS_MAX);

	CU_ASSERT_FALSE(do_put(&f, &wang, &put, "", &id));
	CU_ASSERT_EQUAL(f.err.code, HR_E_LIMIT);
	CU_ASSERT_EQUAL(list_of(&f, &wang).count, HR_FILINGS_MAX);
	close_fixture(&f);
}

/* What failed leaves no row, what was only looked at leaves one. */
static void test_audit__each_act_and_look__is_a_row(void)
{
	struct fixture f = fixture_open();
	hr_filing_put put = application(HR_FILING_STATE_QUEUED, 0);
	hr_str id;

	HR_ASSERT_OK(do_put(&f, &wang, &put, "", &id), f.err);
	CU_ASSERT_EQUAL(audit_rows(&f), 1);
	CU_ASSERT_FALSE(do_put(&f, &wang, &put, "", &id));
	CU_ASSERT_EQUAL(audit_rows(&f), 1);
	list_of(&f, &wang);
	CU_ASSERT_EQUAL(audit_rows(&f), 2);
	put = deed_of(HR_FILING_DEED_APPROVE, "1", 1);
	HR_ASSERT_OK(do_put(&f, &wang, &put, "seen", &id), f.err);
	CU_ASSERT_EQUAL(audit_rows(&f), 3);
	close_fixture(&f);
}

/* Of a number that is no identity card's, the issuer is part. */
static void test_whose__number_of_an_issuer__wants_it(void)
{
	struct fixture f = fixture_open();
	const hr_filing_whose nobodys = { HR_STR("03"), HR_STR_NONE, HR_STR("C0001") };
	hr_filing_put put = application(HR_FILING_STATE_APPROVED, 0);
	hr_str id;

	CU_ASSERT_FALSE(do_put(&f, &nobodys, &put, "", &id));
	CU_ASSERT_EQUAL(f.err.code, HR_E_INCOMPLETE);
	close_fixture(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_put__application__is_kept_whole),
	HR_TEST(test_put__decided_by_an_old_list__is_a_conflict),
	HR_TEST(test_put__officer__decides_what_is_queued),
	HR_TEST(test_put__change__ends_the_old_one_when_it_is_approved),
	HR_TEST(test_put__cancel__ends_what_is_approved),
	HR_TEST(test_put__too_many_that_may_hold__are_refused),
	HR_TEST(test_audit__each_act_and_look__is_a_row),
	HR_TEST(test_whose__number_of_an_issuer__wants_it),
};

int main(int argc, char **argv)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	if (!hr_test_postgres_asked(argc, argv, arena, &server))
		return 77;
	return hr_test_run("filing book", tests, sizeof(tests) / sizeof(tests[0]));
}
