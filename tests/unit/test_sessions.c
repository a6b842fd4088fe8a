/* Sessions, over a share that the test changes as it likes. */
#include "service/sessions.h"

#include "testing.h"

#include <pthread.h>

enum { NOW = 1000000, STUDIES = 100 };

static struct {
	hr_share share;
	bool is_gone;
	_Atomic unsigned looks;
} kept;

/* In the place of the room: how often it is asked, and what it says. */
bool hr_share_get(hr_films *films, hr_str id, const hr_patient_key *patient, hr_instant now,
		  hr_arena *arena, hr_share *out, hr_error *err)
{
	(void)films;
	(void)patient;
	(void)now;
	(void)arena;
	atomic_fetch_add(&kept.looks, 1);
	if (kept.is_gone || !hr_str_equal(id, hr_str_of(kept.share.id)))
		return hr_fail(err, HR_E_NOT_FOUND, "no such share is here");
	*out = kept.share;
	return true;
}

struct fixture {
	hr_arena *arena;
	hr_films films;
	hr_sessions *sessions;
	hr_str uids[STUDIES];
	char text[HR_SESSION_TEXT];
	hr_session_answer answer;
	hr_session session;
	hr_error err;
};

static void name_studies(struct fixture *f)
{
	for (size_t i = 0; i < STUDIES; i++) {
		hr_buf buf;

		hr_buf_init(&buf, f->arena, 80);
		hr_buf_addf(&buf, "1.2.3.%059zu", i);
		f->uids[i] = hr_buf_str(&buf);
	}
}

static hr_instant at(int64_t seconds)
{
	return (hr_instant){ NOW + seconds };
}

/* Of one study, for a day; opened at NOW. */
static void open_fixture(struct fixture *f)
{
	*f = (struct fixture){ .arena = hr_test_arena() };
	name_studies(f);
	kept.is_gone = false;
	kept.looks = 0;
	kept.share = (hr_share){
		.id = "0123456789ab",
		.state = HR_SHARE_LIVES,
		.study_uids = f->uids,
		.study_count = 1,
		.rights = HR_SHARE_VIEW,
		.expires_at = at(86400),
		.recipient = HR_STR("Beijing"),
		.purpose = HR_STR("consultation"),
	};
	HR_ASSERT_OK(hr_sessions_open(&f->films, &f->sessions, &f->err), f->err);
}

static void begin(struct fixture *f)
{
	HR_ASSERT_OK(hr_session_begin_share(f->sessions, &kept.share, at(0), f->text, &f->err),
		     f->err);
}

static void close_fixture(struct fixture *f)
{
	hr_sessions_close(f->sessions);
	hr_arena_close(f->arena);
}

static hr_session_answer find_text(struct fixture *f, hr_str text, int64_t seconds)
{
	HR_ASSERT_OK(hr_session_find(f->sessions, text, at(seconds), f->arena, &f->answer,
				     &f->session, &f->err),
		     f->err);
	return f->answer;
}

static hr_session_answer find(struct fixture *f, int64_t seconds)
{
	return find_text(f, hr_str_of(f->text), seconds);
}

static void test_session_find__one_that_began__tells_its_share(void)
{
	struct fixture f;

	open_fixture(&f);
	begin(&f);
	CU_ASSERT_EQUAL(find(&f, 1), HR_SESSION_LIVES);
	CU_ASSERT_EQUAL(f.session.kind, HR_SESSION_SHARE);
	CU_ASSERT_EQUAL(f.session.rights, HR_SHARE_VIEW);
	CU_ASSERT_EQUAL(f.session.scope.count, 1);
	CU_ASSERT_TRUE(hr_str_equal(f.session.scope.study_uids[0], f.uids[0]));
	HR_ASSERT_TEXT(f.session.share.recipient, "Beijing");
	HR_ASSERT_TEXT(f.session.share.relation, "");
	HR_ASSERT_TEXT(f.session.share.purpose, "consultation");
	CU_ASSERT_EQUAL(f.session.expires_at.second, NOW + 1 + HR_SESSION_SECONDS);
	close_fixture(&f);
}

static void test_session_find__what_is_none__is_unknown(void)
{
	struct fixture f;

	open_fixture(&f);
	begin(&f);
	CU_ASSERT_EQUAL(find_text(&f, HR_STR_NONE, 0), HR_SESSION_UNKNOWN);
	CU_ASSERT_EQUAL(find_text(&f, HR_STR("hrs_"), 0), HR_SESSION_UNKNOWN);
	CU_ASSERT_EQUAL(find_text(&f, hr_str_slice(hr_str_of(f.text), 0, 46), 0),
			HR_SESSION_UNKNOWN);
	f.text[46] = f.text[46] == 'A' ? 'E' : 'A';
	CU_ASSERT_EQUAL(find(&f, 0), HR_SESSION_UNKNOWN);
	f.text[2] = 'n';
	CU_ASSERT_EQUAL(find(&f, 0), HR_SESSION_UNKNOWN);
	close_fixture(&f);
}

static void test_session_find__share_of_all_studies_there_may_be__comes_back_whole(void)
{
	struct fixture f;
	bool same = true;

	open_fixture(&f);
	kept.share.study_count = STUDIES;
	begin(&f);
	CU_ASSERT_EQUAL(find(&f, 0), HR_SESSION_LIVES);
	CU_ASSERT_EQUAL(f.session.scope.count, STUDIES);
	for (size_t i = 0; i < STUDIES; i++)
		same = same && hr_str_equal(f.session.scope.study_uids[i], f.uids[i]);
	CU_ASSERT_TRUE(same);
	close_fixture(&f);
}

static void test_session_find__rights__say_which_parts_are_seen(void)
{
	static const struct {
		unsigned rights;
		hr_film_parts parts;
	} cases[] = {
		{ HR_SHARE_VIEW, HR_FILM_IMAGES_ALONE },
		{ HR_SHARE_DOWNLOAD, HR_FILM_IMAGES_ALONE },
		{ HR_SHARE_REPORT, HR_FILM_DOCUMENTS_ALONE },
		{ HR_SHARE_VIEW | HR_SHARE_REPORT, HR_FILM_ALL_PARTS },
		{ HR_SHARE_DOWNLOAD | HR_SHARE_REPORT, HR_FILM_ALL_PARTS },
		{ 0, HR_FILM_IMAGES_ALONE },
	};
	struct fixture f;

	open_fixture(&f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		kept.share.rights = cases[i].rights;
		begin(&f);
		CU_ASSERT_EQUAL(find(&f, 0), HR_SESSION_LIVES);
		CU_ASSERT_EQUAL(f.session.scope.parts, cases[i].parts);
	}
	close_fixture(&f);
}

static void test_session_find__silent_for_its_time__is_over(void)
{
	struct fixture f;

	open_fixture(&f);
	begin(&f);
	CU_ASSERT_EQUAL(find(&f, HR_SESSION_SECONDS - 1), HR_SESSION_LIVES);
	CU_ASSERT_EQUAL(find(&f, 2 * HR_SESSION_SECONDS - 2), HR_SESSION_LIVES);
	CU_ASSERT_EQUAL(find(&f, 3 * HR_SESSION_SECONDS - 2), HR_SESSION_UNKNOWN);
	CU_ASSERT_EQUAL(find(&f, 0), HR_SESSION_UNKNOWN);
	close_fixture(&f);
}

static void test_session_find__in_use_without_end__is_over_after_its_hours(void)
{
	const int64_t most = (int64_t)HR_SESSION_HOURS_MAX * 3600;
	struct fixture f;

	open_fixture(&f);
	begin(&f);
	for (int64_t s = 0; s < most; s += HR_SESSION_SECONDS / 2)
		CU_ASSERT_EQUAL(find(&f, s), HR_SESSION_LIVES);
	CU_ASSERT_EQUAL(find(&f, most - 1), HR_SESSION_LIVES);
	CU_ASSERT_EQUAL(f.session.expires_at.second, NOW + most);
	CU_ASSERT_EQUAL(find(&f, most), HR_SESSION_UNKNOWN);
	close_fixture(&f);
}

static void test_session_find__its_share_expires__says_so_to_the_second(void)
{
	struct fixture f;

	open_fixture(&f);
	kept.share.expires_at = at(60);
	begin(&f);
	CU_ASSERT_EQUAL(find(&f, 59), HR_SESSION_LIVES);
	CU_ASSERT_EQUAL(f.session.expires_at.second, NOW + 60);
	CU_ASSERT_EQUAL(find(&f, 60), HR_SESSION_ENDED);
	CU_ASSERT_EQUAL(f.session.share.state, HR_SHARE_EXPIRED);
	close_fixture(&f);
}

/* Ten minutes to type it in, not to look. */
static void test_session_find__of_a_pickup_code__outlives_the_code(void)
{
	struct fixture f;

	open_fixture(&f);
	kept.share.is_pickup = true;
	kept.share.expires_at = at(600);
	begin(&f);
	CU_ASSERT_EQUAL(find(&f, 600), HR_SESSION_LIVES);
	CU_ASSERT_EQUAL(f.session.expires_at.second, NOW + 600 + HR_SESSION_SECONDS);
	close_fixture(&f);
}

static void test_session_find__nothing_was_taken_away__asks_the_store_once(void)
{
	struct fixture f;

	open_fixture(&f);
	begin(&f);
	for (int64_t s = 0; s < 10; s++)
		CU_ASSERT_EQUAL(find(&f, s), HR_SESSION_LIVES);
	CU_ASSERT_EQUAL(kept.looks, 1);
	atomic_fetch_add(&f.films.changes, 1);
	for (int64_t s = 0; s < 10; s++)
		CU_ASSERT_EQUAL(find(&f, s), HR_SESSION_LIVES);
	CU_ASSERT_EQUAL(kept.looks, 2);
	close_fixture(&f);
}

static void test_session_find__revoked__has_ended_on_the_next_request(void)
{
	struct fixture f;

	open_fixture(&f);
	begin(&f);
	CU_ASSERT_EQUAL(find(&f, 1), HR_SESSION_LIVES);
	kept.share.revoked_at = at(2);
	kept.share.state = HR_SHARE_REVOKED;
	atomic_fetch_add(&f.films.changes, 1);
	CU_ASSERT_EQUAL(find(&f, 2), HR_SESSION_ENDED);
	CU_ASSERT_EQUAL(f.session.share.state, HR_SHARE_REVOKED);
	CU_ASSERT_EQUAL(find(&f, HR_SESSION_SECONDS + 1), HR_SESSION_UNKNOWN);
	close_fixture(&f);
}

/* Between the opening and the first request. */
static void test_session_find__revoked_before_it_was_asked_with__has_ended(void)
{
	struct fixture f;

	open_fixture(&f);
	begin(&f);
	kept.share.revoked_at = at(0);
	atomic_fetch_add(&f.films.changes, 1);
	CU_ASSERT_EQUAL(find(&f, 0), HR_SESSION_ENDED);
	close_fixture(&f);
}

static void test_session_find__studies_taken_away__ends_or_narrows(void)
{
	struct fixture f;

	open_fixture(&f);
	kept.share.study_count = 2;
	begin(&f);
	CU_ASSERT_EQUAL(find(&f, 0), HR_SESSION_LIVES);
	kept.share.study_count = 1;
	atomic_fetch_add(&f.films.changes, 1);
	CU_ASSERT_EQUAL(find(&f, 0), HR_SESSION_LIVES);
	CU_ASSERT_EQUAL(f.session.scope.count, 1);
	kept.share.study_count = 0;
	atomic_fetch_add(&f.films.changes, 1);
	CU_ASSERT_EQUAL(find(&f, 0), HR_SESSION_ENDED);
	CU_ASSERT_EQUAL(f.session.share.state, HR_SHARE_ENDED);
	kept.is_gone = true;
	atomic_fetch_add(&f.films.changes, 1);
	CU_ASSERT_EQUAL(find(&f, 0), HR_SESSION_ENDED);
	close_fixture(&f);
}

/* The last opening was his own; tries of a passcode are another's. */
static void test_session_find__spent_or_locked__lives_on(void)
{
	static const hr_share_state states[] = { HR_SHARE_SPENT, HR_SHARE_LOCKED };
	struct fixture f;

	open_fixture(&f);
	begin(&f);
	for (size_t i = 0; i < 2; i++) {
		kept.share.state = states[i];
		atomic_fetch_add(&f.films.changes, 1);
		CU_ASSERT_EQUAL(find(&f, 0), HR_SESSION_LIVES);
	}
	close_fixture(&f);
}

static void test_session_end__is_unknown_then_and_the_others_live(void)
{
	char other[HR_SESSION_TEXT];
	struct fixture f;

	open_fixture(&f);
	begin(&f);
	memcpy(other, f.text, sizeof(other));
	begin(&f);
	hr_session_end(f.sessions, hr_str_of(f.text));
	hr_session_end(f.sessions, hr_str_of(f.text));
	hr_session_end(f.sessions, HR_STR("hrs_"));
	CU_ASSERT_EQUAL(find(&f, 0), HR_SESSION_UNKNOWN);
	CU_ASSERT_EQUAL(find_text(&f, hr_str_of(other), 0), HR_SESSION_LIVES);
	close_fixture(&f);
}

static void test_session_begin__of_a_patient__sees_his_own(void)
{
	const hr_patient_key patient = { .digest = { .bytes = { 1, 2, 3 } } };
	struct fixture f;

	open_fixture(&f);
	HR_ASSERT_OK(hr_session_begin_patient(f.sessions, &patient, at(0), f.text, &f.err), f.err);
	atomic_fetch_add(&f.films.changes, 1);
	CU_ASSERT_EQUAL(find(&f, 0), HR_SESSION_LIVES);
	CU_ASSERT_EQUAL(f.session.kind, HR_SESSION_PATIENT);
	CU_ASSERT_TRUE(hr_digest_equal(&f.session.patient.digest, &patient.digest));
	CU_ASSERT_TRUE(f.session.scope.patient == &f.session.patient);
	CU_ASSERT_EQUAL(kept.looks, 0);
	close_fixture(&f);
}

static void test_session_begin__at_and_over_the_limit(void)
{
	struct fixture f;

	open_fixture(&f);
	for (size_t i = 0; i < HR_SESSIONS_MAX; i++)
		begin(&f);
	CU_ASSERT_FALSE(hr_session_begin_share(f.sessions, &kept.share, at(0), f.text, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_TOO_MANY);
	CU_ASSERT_EQUAL(find(&f, 1), HR_SESSION_LIVES);
	/* Those that are over make room. */
	HR_ASSERT_OK(hr_session_begin_share(f.sessions, &kept.share, at(HR_SESSION_SECONDS), f.text,
					    &f.err),
		     f.err);
	CU_ASSERT_EQUAL(find(&f, HR_SESSION_SECONDS), HR_SESSION_LIVES);
	close_fixture(&f);
}

/* Texts of 64 MiB in all: then no more, and what there is stays whole. */
static void test_session_begin__more_texts_than_there_may_be__is_refused(void)
{
	size_t begun = 0;
	struct fixture f;

	open_fixture(&f);
	kept.share.study_count = STUDIES;
	begin(&f);
	while (begun < HR_SESSIONS_MAX) {
		char text[HR_SESSION_TEXT];

		if (!hr_session_begin_share(f.sessions, &kept.share, at(0), text, &f.err))
			break;
		begun++;
	}
	CU_ASSERT_EQUAL(f.err.code, HR_E_TOO_MANY);
	CU_ASSERT_TRUE(begun > 5000 && begun < HR_SESSIONS_MAX);
	CU_ASSERT_EQUAL(find(&f, 0), HR_SESSION_LIVES);
	close_fixture(&f);
}

static void *ask(void *context)
{
	struct fixture *shared = context;
	HR_AUTO(hr_arena) arena = hr_arena_open(1 << 22);
	hr_session_answer answer;
	hr_session session;
	hr_error err;

	for (size_t i = 0; i < 2000; i++) {
		if (i % 100 == 0)
			atomic_fetch_add(&shared->films.changes, 1);
		if (!hr_session_find(shared->sessions, hr_str_of(shared->text), at(0), arena,
				     &answer, &session, &err) ||
		    answer != HR_SESSION_LIVES || session.scope.count != STUDIES)
			return shared;
		hr_arena_reset(arena);
	}
	return NULL;
}

static void test_session_find__from_many_threads__is_whole_in_each(void)
{
	pthread_t threads[4];
	struct fixture f;

	open_fixture(&f);
	kept.share.study_count = STUDIES;
	begin(&f);
	for (size_t i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, ask, &f);
	for (size_t i = 0; i < 4; i++) {
		void *fault;

		pthread_join(threads[i], &fault);
		CU_ASSERT_PTR_NULL(fault);
	}
	close_fixture(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_session_find__one_that_began__tells_its_share),
	HR_TEST(test_session_find__what_is_none__is_unknown),
	HR_TEST(test_session_find__share_of_all_studies_there_may_be__comes_back_whole),
	HR_TEST(test_session_find__rights__say_which_parts_are_seen),
	HR_TEST(test_session_find__silent_for_its_time__is_over),
	HR_TEST(test_session_find__in_use_without_end__is_over_after_its_hours),
	HR_TEST(test_session_find__its_share_expires__says_so_to_the_second),
	HR_TEST(test_session_find__of_a_pickup_code__outlives_the_code),
	HR_TEST(test_session_find__nothing_was_taken_away__asks_the_store_once),
	HR_TEST(test_session_find__revoked__has_ended_on_the_next_request),
	HR_TEST(test_session_find__revoked_before_it_was_asked_with__has_ended),
	HR_TEST(test_session_find__studies_taken_away__ends_or_narrows),
	HR_TEST(test_session_find__spent_or_locked__lives_on),
	HR_TEST(test_session_end__is_unknown_then_and_the_others_live),
	HR_TEST(test_session_begin__of_a_patient__sees_his_own),
	HR_TEST(test_session_begin__at_and_over_the_limit),
	HR_TEST(test_session_begin__more_texts_than_there_may_be__is_refused),
	HR_TEST(test_session_find__from_many_threads__is_whole_in_each),
};
HR_TEST_MAIN("sessions", tests)
