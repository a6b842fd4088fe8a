/*
 * claims.h, the same tests for both engines: `test_claims` for SQLite,
 * `test_claims postgresql` for a server that is started here.
 */
#include "service/claims.h"

#include "dicom/film_state_book.h"
#include "film_fixture.h"
#include "pg_server.h"
#include "testing.h"

#include <pthread.h>
#include <stdatomic.h>
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

static const hr_str hospital = HR_STR_INIT("121200004013592640");
static const hr_str card = HR_STR_INIT("11010519491231002X");
static const hr_str other_card = HR_STR_INIT("120101195803040017");
static const hr_str study = HR_STR_INIT("1.2.3.1");
static const hr_instant now = { 1790000000 };

struct fixture {
	hr_arena *arena;
	hr_films films;
	hr_claim claim; /* of study 1 */
	hr_error err;
};

static hr_store *open_store(struct fixture *f)
{
	const hr_room rooms[] = { hr_node_key_room, hr_audit_room, hr_film_room, hr_claim_room };
	const hr_store_options options = {
		.url = server ? hr_test_postgres_url(server, f->arena) : hr_test_film_url(f->arena),
		.who = "test",
		.rooms = rooms,
		.room_count = 4,
	};
	hr_store *store = NULL;

	HR_ASSERT_OK(hr_store_open(&options, &store, &f->err), f->err);
	return store;
}

static void put(struct fixture *f, hr_test_film film)
{
	const hr_film_source source = { HR_STR("AE:CT01"), hospital, now };
	hr_film_facts facts = hr_test_film_facts(f->arena, &film);
	hr_object object = hr_test_film_object((unsigned)film.study);
	hr_film_put done;

	HR_ASSERT_OK(hr_film_put_instance(f->films.store, f->films.node, &source, &facts, &object,
					  &done, &f->err),
		     f->err);
}

static void set_state(struct fixture *f, hr_film_state state)
{
	const hr_film_act_of act = { HR_STR("command"), HR_STR("it is ready"), now };

	HR_ASSERT_OK(hr_film_set_state(f->films.store, f->films.node, &act, study, state, &f->err),
		     f->err);
}

static hr_claim_wish wish_of(hr_str id)
{
	return (hr_claim_wish){ .study_uid = study,
				.patient = { .id = id },
				.actor = HR_STR("command") };
}

static bool make(struct fixture *f, const hr_claim_wish *wish)
{
	return hr_claim_make(&f->films, wish, now, f->arena, &f->claim, &f->err);
}

/* Studies 1 and 2 are of patient 100 of the hospital, 3 of another; 1 and 3 are published. */
static struct fixture fixture_open(void)
{
	struct fixture f = { .arena = hr_test_arena() };
	const hr_claim_wish wish = wish_of(card);

	f.films.node = HR_NEW(f.arena, hr_node_key);
	memset(f.films.node, 7, sizeof(*f.films.node));
	f.films.store = open_store(&f);
	put(&f, (hr_test_film){ 1, 1, 1, .patient_id = "100", .name = "Zhang^Jianguo=张^建国",
				.date = "20260103", .modality = "CT", .description = "CHEST",
				.accession = "A1" });
	put(&f, (hr_test_film){ 2, 1, 1, .patient_id = "100", .name = "Zhang^Jianguo=张^建国",
				.date = "20260101" });
	put(&f, (hr_test_film){ 3, 1, 1, .patient_id = "300", .name = "Li^Na=李^娜" });
	set_state(&f, HR_FILM_PUBLISHED);
	HR_ASSERT_OK(make(&f, &wish), f.err);
	return f;
}

static void close_fixture(struct fixture *f)
{
	hr_store_close(f->films.store);
	hr_arena_close(f->arena);
}

static bool opens_at(struct fixture *f, const char *code, const char *last, const char *name,
		     hr_instant at, hr_patient_key *out)
{
	const hr_claim_attempt attempt = { hr_str_of(code), hr_str_of(last), hr_str_of(name),
					   HR_STR("0123456789ab") };
	bool opened = false;

	HR_ASSERT_OK(hr_claim_open(&f->films, &attempt, at, f->arena, &opened, out, &f->err),
		     f->err);
	return opened;
}

static bool opens(struct fixture *f, const char *last, const char *name)
{
	hr_patient_key key;

	return opens_at(f, f->claim.code, last, name, now, &key);
}

static hr_patient_key key_of(struct fixture *f, hr_str issuer, hr_str id)
{
	const hr_patient_id patient = { .issuer = issuer, .id = id };
	hr_patient_key key;

	HR_ASSERT_OK(hr_patient_key_make(f->films.node, &patient, &key, &f->err), f->err);
	return key;
}

/* --- what opens --- */

static void test_claim__code_characters_and_name__open_the_number_of_the_hospital(void)
{
	struct fixture f = fixture_open();
	hr_patient_key want;
	hr_patient_key got;

	want = key_of(&f, hospital, HR_STR("100"));
	CU_ASSERT_TRUE(opens_at(&f, f.claim.code, "31002X", "张建国", now, &got));
	CU_ASSERT_TRUE(hr_digest_equal(&got.digest, &want.digest));
	/* Again, and as people type. */
	CU_ASSERT_TRUE(opens(&f, " 31002x ", "張 建國"));
	CU_ASSERT_TRUE(opens(&f, "31002x", "Zhang Jianguo"));
	close_fixture(&f);
}

static void test_claim__of_a_film_that_is_matched__opens_the_person(void)
{
	struct fixture f = fixture_open();
	const hr_patient_id person = { .id = card };
	const hr_film_identity row = { .issuer = hospital, .id = HR_STR("100"), .person = &person };
	const hr_film_act_of act = { HR_STR("command"), HR_STR("feed"), now };
	hr_patient_key want;
	hr_patient_key got;
	size_t moved;

	HR_ASSERT_OK(hr_film_tie(f.films.store, f.films.node, &act, &row, &moved, &f.err), f.err);
	want = key_of(&f, HR_STR_NONE, card);
	CU_ASSERT_TRUE(opens_at(&f, f.claim.code, "31002X", "张建国", now, &got));
	CU_ASSERT_TRUE(hr_digest_equal(&got.digest, &want.digest));
	close_fixture(&f);
}

static void test_claim__whose_film_is_another_persons_by_now__opens_nothing(void)
{
	struct fixture f = fixture_open();
	const hr_patient_id person = { .id = other_card };
	const hr_film_act_of act = { HR_STR("command"), HR_STR("it is hers"), now };

	HR_ASSERT_OK(hr_film_move(f.films.store, f.films.node, &act, study, &person, &f.err),
		     f.err);
	CU_ASSERT_FALSE(opens(&f, "31002X", "张建国"));
	close_fixture(&f);
}

/* --- what does not --- */

static void test_claim__anything_wrong__is_the_same_answer(void)
{
	static const struct {
		const char *last;
		const char *name;
	} wrong[] = {
		{ "31002Y", "张建国" }, { "1002X", "张建国" },	   { "", "张建国" },
		{ "31002X", "张建" },	{ "31002X", "" },	   { "31002X", "张*" },
		{ "31002X", "建国" },	{ "31002X", "李=张建国" }, { "949-12", "张建国" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct fixture f = fixture_open();

		CU_ASSERT_FALSE(opens(&f, wrong[i].last, wrong[i].name));
		CU_ASSERT_TRUE(opens(&f, "31002X", "张建国"));
		close_fixture(&f);
	}
}

static void test_claim__expired_or_unknown__opens_nothing(void)
{
	struct fixture f = fixture_open();
	const hr_instant last = { now.second + HR_CLAIM_DAYS * HR_DAY_S - 1 };
	const hr_instant over = { last.second + 1 };
	int64_t unknown = -1;
	hr_patient_key key;

	CU_ASSERT_EQUAL(f.claim.expires_at.second, over.second);
	CU_ASSERT_TRUE(opens_at(&f, f.claim.code, "31002X", "张建国", last, &key));
	CU_ASSERT_FALSE(opens_at(&f, f.claim.code, "31002X", "张建国", over, &key));
	CU_ASSERT_FALSE(opens_at(&f, "00000-00000", "31002X", "张建国", now, &key));
	CU_ASSERT_FALSE(opens_at(&f, "no code", "31002X", "张建国", now, &key));
	HR_ASSERT_OK(hr_claim_unknown(&f.films, &unknown, &f.err), f.err);
	CU_ASSERT_EQUAL(unknown, 2);
	close_fixture(&f);
}

static void test_claim__made_again__ends_the_earlier_one(void)
{
	struct fixture f = fixture_open();
	const hr_claim_wish wish = wish_of(card);
	char lost[HR_CLAIM_CODE_TEXT];
	hr_patient_key key;

	memcpy(lost, f.claim.code, sizeof(lost));
	HR_ASSERT_OK(make(&f, &wish), f.err);
	CU_ASSERT_FALSE(opens_at(&f, lost, "31002X", "张建国", now, &key));
	CU_ASSERT_TRUE(opens(&f, "31002X", "张建国"));
	close_fixture(&f);
}

/* --- guessing --- */

static void test_claim__after_so_many_wrong_tries__is_locked_for_good(void)
{
	struct fixture f = fixture_open();

	for (int i = 0; i < HR_CLAIM_TRIES - 1; i++)
		CU_ASSERT_FALSE(opens(&f, "000000", "张建国"));
	/* A right one does not give them back. */
	CU_ASSERT_TRUE(opens(&f, "31002X", "张建国"));
	CU_ASSERT_FALSE(opens(&f, "000000", "张建国"));
	CU_ASSERT_FALSE(opens(&f, "31002X", "张建国"));
	close_fixture(&f);
}

enum { GUESSERS = 8, GUESSES = 10 };

struct guessing {
	struct fixture *f;
	atomic_int number;
	atomic_int opened;
};

/* Each has its own; the right one is behind so many that no luck of threads lets it in. */
static void *guess(void *context)
{
	struct guessing *g = context;
	hr_arena *arena = hr_test_arena();
	hr_error err;

	for (int i = 0; i < GUESSES; i++) {
		char last[] = "310000";
		bool right = atomic_fetch_add(&g->number, 1) >= GUESSERS * GUESSES / 2;
		const hr_claim_attempt attempt = { hr_str_of(g->f->claim.code),
						   hr_str_of(right ? "31002X" : last),
						   HR_STR("张建国"), HR_STR_NONE };
		hr_patient_key key;
		bool opened = false;

		HR_ASSERT_OK(hr_claim_open(&g->f->films, &attempt, now, arena, &opened, &key, &err),
			     err);
		atomic_fetch_add(&g->opened, opened);
	}
	hr_arena_close(arena);
	return NULL;
}

static void test_claim__guessers_side_by_side__have_no_more_tries(void)
{
	struct fixture f = fixture_open();
	struct guessing g = { .f = &f };
	pthread_t threads[GUESSERS];

	for (int i = 0; i < GUESSERS; i++)
		CU_ASSERT_EQUAL(pthread_create(&threads[i], NULL, guess, &g), 0);
	for (int i = 0; i < GUESSERS; i++)
		pthread_join(threads[i], NULL);
	CU_ASSERT_EQUAL(g.opened, 0);
	CU_ASSERT_FALSE(opens(&f, "31002X", "张建国"));
	close_fixture(&f);
}

/* --- making --- */

static void test_claim__wish_out_of_bounds__is_refused(void)
{
	struct fixture f = fixture_open();
	const struct {
		hr_claim_wish wish;
		hr_error_code code;
	} cases[] = {
		{ { .study_uid = HR_STR("1.2.3.9"), .patient = { .id = card } }, HR_E_NOT_FOUND },
		{ { .study_uid = study, .patient = { .id = card }, .days = -1 }, HR_E_USAGE },
		{ { .study_uid = study, .patient = { .id = card }, .days = HR_CLAIM_DAYS_MAX + 1 },
		  HR_E_USAGE },
		{ { .study_uid = study, .patient = { .issuer = hospital, .id = HR_STR("12345") } },
		  HR_E_INCOMPLETE },
		{ { .study_uid = study, .patient = { .id = HR_STR("123456") } }, HR_E_INCOMPLETE },
		{ { .study_uid = study, .patient = { .id = card }, .name = HR_STR("·-") },
		  HR_E_INCOMPLETE },
	};
	hr_claim_wish year = wish_of(card);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CU_ASSERT_FALSE(make(&f, &cases[i].wish));
		CU_ASSERT_EQUAL(f.err.code, cases[i].code);
	}
	CU_ASSERT_TRUE(opens(&f, "31002X", "张建国"));
	year.days = HR_CLAIM_DAYS_MAX;
	year.name = HR_STR("王小明");
	HR_ASSERT_OK(make(&f, &year), f.err);
	CU_ASSERT_TRUE(opens(&f, "31002X", "王小明"));
	CU_ASSERT_FALSE(opens(&f, "31002X", "张建国"));
	close_fixture(&f);
}

static void test_claim__for_another_than_the_films_person__is_refused(void)
{
	struct fixture f = fixture_open();
	const hr_patient_id person = { .id = card };
	const hr_film_act_of act = { HR_STR("command"), HR_STR("it is his"), now };
	const hr_claim_wish wish = wish_of(other_card);

	HR_ASSERT_OK(make(&f, &wish), f.err);
	HR_ASSERT_OK(hr_film_move(f.films.store, f.films.node, &act, study, &person, &f.err),
		     f.err);
	CU_ASSERT_FALSE(make(&f, &wish));
	CU_ASSERT_EQUAL(f.err.code, HR_E_CONFLICT);
	close_fixture(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_claim__code_characters_and_name__open_the_number_of_the_hospital),
	HR_TEST(test_claim__of_a_film_that_is_matched__opens_the_person),
	HR_TEST(test_claim__whose_film_is_another_persons_by_now__opens_nothing),
	HR_TEST(test_claim__anything_wrong__is_the_same_answer),
	HR_TEST(test_claim__expired_or_unknown__opens_nothing),
	HR_TEST(test_claim__made_again__ends_the_earlier_one),
	HR_TEST(test_claim__after_so_many_wrong_tries__is_locked_for_good),
	HR_TEST(test_claim__guessers_side_by_side__have_no_more_tries),
	HR_TEST(test_claim__wish_out_of_bounds__is_refused),
	HR_TEST(test_claim__for_another_than_the_films_person__is_refused),
};

int main(int argc, char **argv)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	if (!hr_test_postgres_asked(argc, argv, arena, &server))
		return 77;
	return hr_test_run("claims", tests, sizeof(tests) / sizeof(tests[0]));
}
