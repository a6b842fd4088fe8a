/*
 * patient_key.h and audit.h, the rooms that every store has; the same tests for
 * both engines: `test_store_rooms` for SQLite, `test_store_rooms postgresql` for
 * a server that is started here.
 */
#include "store/audit.h"

#include "pg_server.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
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

/* --- a store for one test --- */

static hr_test_postgres *server; /* NULL: SQLite */

struct fixture {
	hr_arena *arena;
	const char *url;
	hr_store *store;
	hr_error err;
};

static void close_fixture(struct fixture *f)
{
	hr_store_close(f->store);
	hr_arena_close(f->arena);
}

/* The path of a key, beside places for the tables; the store is not opened. */
static struct fixture fixture_node(char path[400])
{
	struct fixture f = { .arena = hr_test_arena() };
	const char *folder = hr_test_folder(f.arena);
	hr_buf url;

	snprintf(path, 400, "%s/patient.key", folder);
	if (server) {
		f.url = hr_test_postgres_url(server, f.arena);
		return f;
	}
	hr_buf_init(&url, f.arena, 4000);
	hr_buf_addf(&url, "sqlite:%s/huren.db", folder);
	f.url = url.data;
	return f;
}

static void open_node_store(struct fixture *f)
{
	const hr_room both[] = { hr_node_key_room, hr_audit_room };
	const hr_store_options options = {
		.url = f->url,
		.who = "test",
		.rooms = both,
		.room_count = 2,
	};

	HR_ASSERT_OK(hr_store_open(&options, &f->store, &f->err), f->err);
	if (!f->store)
		exit(EXIT_FAILURE);
}

static hr_patient_key key_of(const hr_node_key *node, const char *type, const char *issuer,
			     const char *id)
{
	const hr_patient_id patient = { hr_str_of(type), hr_str_of(issuer), hr_str_of(id) };
	hr_patient_key key = { 0 };
	hr_error err;

	HR_ASSERT_OK(hr_patient_key_make(node, &patient, &key, &err), err);
	return key;
}

static bool same(hr_patient_key a, hr_patient_key b)
{
	return hr_digest_equal(&a.digest, &b.digest);
}

static void test_patient_key__national_number__is_the_persons_everywhere(void)
{
	const hr_node_key node = { .secret = { .bytes = "one" } };
	const hr_node_key other = { .secret = { .bytes = "two" } };
	hr_patient_key a = key_of(&node, "", "", "11010519491231002X");

	CU_ASSERT_TRUE(same(a, key_of(&node, "MR", "hospital", " 11010519491231002x ")));
	CU_ASSERT_FALSE(same(a, key_of(&other, "", "", "11010519491231002X")));
	CU_ASSERT_FALSE(same(a, key_of(&node, "", "hospital", "110105194912310021")));
	/* It passes the check of GB 11643, but holds no day: a number of the hospital's own. */
	CU_ASSERT_FALSE(same(key_of(&node, "MR", "a", "202400000000123459"),
			     key_of(&node, "MR", "b", "202400000000123459")));
}

static void test_patient_key__local_number__is_its_issuers(void)
{
	const hr_node_key node = { .secret = { .bytes = "one" } };
	hr_patient_key a = key_of(&node, "MR", "a", "12");

	CU_ASSERT_TRUE(same(a, key_of(&node, "MR", " a ", "12")));
	CU_ASSERT_FALSE(same(a, key_of(&node, "MR", "b", "12")));
	CU_ASSERT_FALSE(same(a, key_of(&node, "PI", "a", "12")));
	CU_ASSERT_FALSE(same(a, key_of(&node, "MR", "a1", "2")));
	CU_ASSERT_FALSE(same(a, key_of(&node, "M", "Ra", "12")));
}

static void test_patient_key__number_of_nobody__is_refused(void)
{
	static char long_text[257];
	static const struct {
		hr_patient_id patient;
		hr_error_code code;
	} bad[] = {
		{ { .issuer = HR_STR_INIT("a") }, HR_E_INCOMPLETE },
		{ { .issuer = HR_STR_INIT("a"), .id = HR_STR_INIT("  ") }, HR_E_INCOMPLETE },
		{ { .id = HR_STR_INIT("12") }, HR_E_INCOMPLETE },
		{ { .issuer = HR_STR_INIT("a"), .id = { long_text, 257 } }, HR_E_LIMIT },
		{ { .issuer = { long_text, 257 }, .id = HR_STR_INIT("1") }, HR_E_LIMIT },
	};
	const hr_node_key node = { .secret = { .bytes = "one" } };
	hr_patient_id longest = { .type = { long_text, 256 },
				  .issuer = { long_text, 256 },
				  .id = { long_text, 256 } };
	hr_patient_key key;
	hr_error err;

	memset(long_text, 'a', sizeof(long_text));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CU_ASSERT_FALSE(hr_patient_key_make(&node, &bad[i].patient, &key, &err));
		CU_ASSERT_EQUAL(err.code, bad[i].code);
	}
	HR_ASSERT_OK(hr_patient_key_make(&node, &longest, &key, &err), err);
}

static void test_node_key__file__is_made_once_and_belongs_to_its_store(void)
{
	char path[400];
	char other[420];
	struct fixture f = fixture_node(path);
	hr_node_key first;
	hr_node_key again;
	struct stat st;

	open_node_store(&f);
	snprintf(other, sizeof(other), "%s.other", path);
	HR_ASSERT_OK(hr_node_key_open(f.store, path, &first, &f.err), f.err);
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
	HR_ASSERT_OK(hr_node_key_open(f.store, path, &again, &f.err), f.err);
	CU_ASSERT_TRUE(hr_digest_equal(&first.secret, &again.secret));

	/* Lost: not made anew, or all patients would be strangers. */
	CU_ASSERT_EQUAL(rename(path, other), 0);
	CU_ASSERT_FALSE(hr_node_key_open(f.store, path, &again, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_IO);
	CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);

	/* Another's, damaged, open to others. */
	hr_test_write("", path,
		      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n");
	CU_ASSERT_EQUAL(chmod(path, 0600), 0);
	CU_ASSERT_FALSE(hr_node_key_open(f.store, path, &again, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_IO);
	hr_test_write("", path, "");
	CU_ASSERT_FALSE(hr_node_key_open(f.store, path, &again, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_IO);
	CU_ASSERT_EQUAL(rename(other, path), 0);
	CU_ASSERT_EQUAL(chmod(path, 0640), 0);
	CU_ASSERT_FALSE(hr_node_key_open(f.store, path, &again, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_IO);

	CU_ASSERT_EQUAL(chmod(path, 0600), 0);
	HR_ASSERT_OK(hr_node_key_open(f.store, path, &again, &f.err), f.err);
	CU_ASSERT_TRUE(hr_digest_equal(&first.secret, &again.secret));
	close_fixture(&f);
}

struct audited {
	hr_node_key node;
	hr_str reason;
	bool refuse;
	int64_t count;
};

static bool add_audited(hr_tx *tx, void *context, hr_error *err)
{
	const struct audited *a = context;
	const hr_patient_key patient = key_of(&a->node, "MR", "a", "12");
	const hr_audit_entry entry = { .at = { 1700000000 },
				       .actor = HR_STR("command"),
				       .action = HR_STR("film-add"),
				       .object = HR_STR("c0ffee"),
				       .patient = a->reason.len ? NULL : &patient,
				       .reason = a->reason };

	return hr_audit_add(tx, &a->node, &entry, err) &&
	       (!a->refuse || hr_fail(err, HR_E_USAGE, "refused"));
}

static bool check_audit(hr_tx *tx, void *context, hr_error *err)
{
	struct audited *a = context;

	return hr_audit_check(tx, &a->node, &a->count, err);
}

static void test_audit__rows__stand_and_fall_with_their_transaction(void)
{
	char path[400];
	struct fixture f = fixture_node(path);
	struct audited a = { .count = -1 };

	open_node_store(&f);
	HR_ASSERT_OK(hr_node_key_open(f.store, path, &a.node, &f.err), f.err);
	HR_ASSERT_OK(hr_store_read(f.store, check_audit, &a, &f.err), f.err);
	CU_ASSERT_EQUAL(a.count, 0);
	HR_ASSERT_OK(hr_store_write(f.store, add_audited, &a, &f.err), f.err);
	a.refuse = true;
	CU_ASSERT_FALSE(hr_store_write(f.store, add_audited, &a, &f.err));
	a.refuse = false;
	a.reason = HR_STR("a reason: 'quoted'");
	HR_ASSERT_OK(hr_store_write(f.store, add_audited, &a, &f.err), f.err);
	HR_ASSERT_OK(hr_store_read(f.store, check_audit, &a, &f.err), f.err);
	CU_ASSERT_EQUAL(a.count, 2);
	close_fixture(&f);
}

static bool tamper(hr_tx *tx, void *context, hr_error *err)
{
	return hr_tx_run(tx, context, HR_NO_VALUES, err);
}

static void test_audit__row_that_was_changed__is_named(void)
{
	static const hr_sql changes[] = {
		HR_SQL("UPDATE audit SET actor = 'another' WHERE number = 2", ""),
		HR_SQL("UPDATE audit SET at = at + 1 WHERE number = 2", ""),
		HR_SQL("UPDATE audit SET patient = NULL WHERE number = 2", ""),
		HR_SQL("DELETE FROM audit WHERE number = 2", ""),
		HR_SQL("UPDATE audit SET seal = (SELECT b.seal FROM audit b WHERE b.number = 1) "
		       "WHERE number = 2",
		       ""),
	};

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char path[400];
		struct fixture f = fixture_node(path);
		struct audited a = { .count = -1 };

		open_node_store(&f);
		HR_ASSERT_OK(hr_node_key_open(f.store, path, &a.node, &f.err), f.err);
		for (int row = 0; row < 3; row++)
			HR_ASSERT_OK(hr_store_write(f.store, add_audited, &a, &f.err), f.err);
		HR_ASSERT_OK(
			hr_store_write(f.store, tamper, (void *)(uintptr_t)&changes[i], &f.err),
			f.err);
		CU_ASSERT_FALSE(hr_store_read(f.store, check_audit, &a, &f.err));
		HR_ASSERT_TEXT(hr_str_of(f.err.message),
			       "row 2 of the audit is not what was written");
		close_fixture(&f);
	}
}

static const struct audit_act {
	const char *action;
	const char *object;
	const char *patient;
} audit_acts[] = {
	{ "share-create", "a", "12" }, { "film-add", "a", "12" },   { "share-open", "a", "12" },
	{ "share-open", "b", "12" },   { "share.open", "a", "12" }, { "share-open", "c", "13" },
};

static bool add_acts(hr_tx *tx, void *context, hr_error *err)
{
	const struct audited *a = context;

	for (size_t i = 0; i < sizeof(audit_acts) / sizeof(audit_acts[0]); i++) {
		const hr_patient_key patient = key_of(&a->node, "MR", "a", audit_acts[i].patient);
		const hr_audit_entry entry = { .at = { 1700000000 },
					       .actor = HR_STR("command"),
					       .action = hr_str_of(audit_acts[i].action),
					       .object = hr_str_of(audit_acts[i].object),
					       .patient = &patient };

		if (!hr_audit_add(tx, &a->node, &entry, err))
			return false;
	}
	return true;
}

struct listed {
	hr_audit_query query;
	char text[200];
	hr_buf buf;
};

static bool note_row(void *context, const hr_audit_row *row, hr_error *err)
{
	struct listed *l = context;

	(void)err;
	hr_buf_addf(&l->buf, "%.*s:%.*s ", HR_STR_ARG(row->object), HR_STR_ARG(row->action));
	return true;
}

static bool list_rows(hr_tx *tx, void *context, hr_error *err)
{
	struct listed *l = context;

	return hr_audit_list(tx, &l->query, note_row, l, err);
}

static void assert_listed(struct fixture *f, hr_audit_query query, const char *want)
{
	struct listed l = { .query = query };

	hr_buf_init_over(&l.buf, l.text, sizeof(l.text));
	HR_ASSERT_OK(hr_store_read(f->store, list_rows, &l, &f->err), f->err);
	HR_ASSERT_TEXT(hr_buf_str(&l.buf), want);
}

static void test_audit__of_an_object_and_of_a_patient__is_told_newest_first(void)
{
	const hr_str share = HR_STR("share-");
	char path[400];
	struct fixture f = fixture_node(path);
	struct audited a = { .count = -1 };
	struct listed nobodys = { .query = { .limit = 9 } };
	hr_patient_key patient;

	open_node_store(&f);
	HR_ASSERT_OK(hr_node_key_open(f.store, path, &a.node, &f.err), f.err);
	HR_ASSERT_OK(hr_store_write(f.store, add_acts, &a, &f.err), f.err);
	patient = key_of(&a.node, "MR", "a", "12");
	assert_listed(&f, (hr_audit_query){ HR_STR("a"), NULL, { share }, 9 },
		      "a:share-open a:share-create ");
	assert_listed(&f, (hr_audit_query){ HR_STR("a"), NULL, { HR_STR("film-"), share }, 9 },
		      "a:share-open a:film-add a:share-create ");
	assert_listed(&f, (hr_audit_query){ HR_STR("a"), NULL, { HR_STR_NONE }, 9 }, "");
	assert_listed(&f, (hr_audit_query){ HR_STR_NONE, &patient, { share }, 9 },
		      "b:share-open a:share-open a:share-create ");
	assert_listed(&f, (hr_audit_query){ HR_STR_NONE, &patient, { share }, 1 }, "b:share-open ");
	patient = key_of(&a.node, "MR", "a", "14");
	assert_listed(&f, (hr_audit_query){ HR_STR_NONE, &patient, { share }, 9 }, "");
	CU_ASSERT_FALSE(hr_store_read(f.store, list_rows, &nobodys, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_USAGE);
	close_fixture(&f);
}

static bool add_blanks(hr_tx *tx, void *context, hr_error *err)
{
	const struct audited *a = context;
	const hr_audit_entry entry = { .actor = HR_STR("command"), .action = HR_STR("share-open") };

	for (int i = 0; i < 300; i++)
		if (!hr_audit_add_blank(tx, &a->node, &entry, err))
			return false;
	return true;
}

static bool count_blanks(hr_tx *tx, void *context, hr_error *err)
{
	static const hr_sql count = HR_SQL("SELECT COUNT(*) FROM audit_blank", "");
	hr_rows rows;

	if (!hr_tx_select(tx, &count, HR_NO_VALUES, 1, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		((struct audited *)context)->count = hr_rows_int(&rows, 0);
	return hr_rows_end(&rows, err);
}

static void test_audit__blanks__are_no_rows_and_do_not_pile_up(void)
{
	static const int64_t counts[] = { 300, 600, 900, 200, 500 };
	char path[400];
	struct fixture f = fixture_node(path);
	struct audited a = { .count = -1 };

	open_node_store(&f);
	HR_ASSERT_OK(hr_node_key_open(f.store, path, &a.node, &f.err), f.err);
	HR_ASSERT_OK(hr_store_write(f.store, add_audited, &a, &f.err), f.err);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		HR_ASSERT_OK(hr_store_write(f.store, add_blanks, &a, &f.err), f.err);
		HR_ASSERT_OK(hr_store_read(f.store, count_blanks, &a, &f.err), f.err);
		CU_ASSERT_EQUAL(a.count, counts[i]);
	}
	HR_ASSERT_OK(hr_store_read(f.store, check_audit, &a, &f.err), f.err);
	CU_ASSERT_EQUAL(a.count, 1);
	close_fixture(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_patient_key__national_number__is_the_persons_everywhere),
	HR_TEST(test_patient_key__local_number__is_its_issuers),
	HR_TEST(test_patient_key__number_of_nobody__is_refused),
	HR_TEST(test_node_key__file__is_made_once_and_belongs_to_its_store),
	HR_TEST(test_audit__rows__stand_and_fall_with_their_transaction),
	HR_TEST(test_audit__row_that_was_changed__is_named),
	HR_TEST(test_audit__of_an_object_and_of_a_patient__is_told_newest_first),
	HR_TEST(test_audit__blanks__are_no_rows_and_do_not_pile_up),
};

int main(int argc, char **argv)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	if (!hr_test_postgres_asked(argc, argv, arena, &server))
		return 77;
	return hr_test_run("store_rooms", tests, sizeof(tests) / sizeof(tests[0]));
}
