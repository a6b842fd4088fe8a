/*
 * shares.h, the same tests for both engines: `test_share_book` for SQLite,
 * `test_share_book postgresql` for a server that is started here.
 */
#include "service/shares.h"

#include "dicom/film_state_book.h"
#include "service/share_json.h"
#include "service/share_secret.h"
#include "share_fixture.h"
#include "testing.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
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

static hr_test_shares fixture(void)
{
	return hr_test_shares_open(server);
}

static hr_share create(hr_test_shares *t, const hr_share_wish *wish,
		       char secret[HR_SHARE_SECRET_TEXT])
{
	hr_share share = { .state = HR_SHARE_ENDED };

	secret[0] = '\0';
	HR_ASSERT_OK(hr_share_create(t->films, wish, t->now, t->arena, secret, &share, &t->err),
		     t->err);
	return share;
}

/* "opened", "unknown", or the state. */
static const char *open_with(hr_test_shares *t, const char *secret, const char *passcode)
{
	const hr_share_attempt attempt = { .secret = hr_str_of(secret),
					   .passcode = hr_str_of(passcode),
					   .source = HR_STR("source:01") };
	hr_share_answer answer = HR_SHARE_UNKNOWN;
	hr_share share = { .state = HR_SHARE_LIVES };

	HR_ASSERT_OK(hr_share_open(t->films, &attempt, t->now, t->arena, &answer, &share, &t->err),
		     t->err);
	if (answer == HR_SHARE_OPENED)
		return "opened";
	return answer == HR_SHARE_UNKNOWN ? "unknown" : hr_share_state_word(share.state).data;
}

static hr_share get(hr_test_shares *t, const char *id)
{
	hr_share share = { .state = HR_SHARE_LIVES };

	HR_ASSERT_OK(hr_share_get(t->films, hr_str_of(id), NULL, t->now, t->arena, &share, &t->err),
		     t->err);
	return share;
}

static void assert_state(hr_test_shares *t, const char *id, const char *want)
{
	HR_ASSERT_TEXT(hr_share_state_word(get(t, id).state), want);
}

#define ASSERT_OPEN(t, secret, passcode, want)                                                     \
	HR_ASSERT_TEXT(hr_str_of(open_with(t, secret, passcode)), want)

/* The actions of a share, the newest first: "open refuse:passcode create". */
static hr_str log_of(hr_test_shares *t, const char *id, const hr_patient_key *patient)
{
	hr_share_event *events;
	size_t count = 0;
	hr_buf list;

	hr_buf_init(&list, t->arena, 10000);
	HR_ASSERT_OK(hr_share_log(t->films, hr_str_of(id), patient, 100, t->arena, &events, &count,
				  &t->err),
		     t->err);
	for (size_t i = 0; i < count; i++) {
		if (i)
			HR_BUF_ADD(&list, " ");
		hr_buf_add(&list, hr_str_slice(events[i].action, 6, events[i].action.len));
		if (events[i].reason.len)
			hr_buf_addf(&list, ":%.*s", HR_STR_ARG(events[i].reason));
		HR_ASSERT_TEXT(events[i].recipient, "121100004000000014");
	}
	return hr_buf_str(&list);
}

/* --- making --- */

static void test_create__studies_of_a_patient__are_opened_by_the_secret_alone(void)
{
	hr_test_shares t = fixture();
	const hr_str both[] = { HR_STR("1.2.3.1"), HR_STR("1.2.3.2") };
	hr_share_wish wish = hr_test_shares_wish(&t);
	char secret[HR_SHARE_SECRET_TEXT];
	hr_share share;

	wish.study_uids = both;
	wish.study_count = 2;
	wish.rights = HR_SHARE_VIEW | HR_SHARE_DOWNLOAD;
	share = create(&t, &wish, secret);
	CU_ASSERT_EQUAL(strlen(secret), HR_SHARE_SECRET_TEXT - 1);
	CU_ASSERT_EQUAL(strlen(share.id), HR_SHARE_ID_TEXT - 1);
	CU_ASSERT_EQUAL(share.state, HR_SHARE_LIVES);
	CU_ASSERT_EQUAL(share.study_count, 2);
	HR_ASSERT_TEXT(share.study_uids[1], "1.2.3.2");
	CU_ASSERT_EQUAL(share.rights, wish.rights);
	CU_ASSERT_FALSE(share.has_passcode);
	CU_ASSERT_EQUAL(share.made_at.second, t.now.second);
	CU_ASSERT_EQUAL(share.not_before.second, t.now.second);
	ASSERT_OPEN(&t, secret, "", "opened");
	ASSERT_OPEN(&t, secret, "not asked for", "opened");
	secret[47 - 1] ^= 1;
	ASSERT_OPEN(&t, secret, "", "unknown");
	ASSERT_OPEN(&t, share.id, "", "unknown");
	ASSERT_OPEN(&t, "", "", "unknown");
	CU_ASSERT_EQUAL(hr_share_unknown(t.films), 3);
	CU_ASSERT_EQUAL(get(&t, share.id).opens, 2);
	hr_test_shares_close(&t);
}

static void test_create__study_that_is_not_ones_own__is_not_there(void)
{
	static const struct {
		const char *uids[2];
		const char *patient; /* NULL: whoever owns it */
		bool ok;
	} cases[] = {
		{ { "1.2.3.1" }, NULL, true },
		{ { "1.2.3.1", "1.2.3.2" }, "100", true },
		{ { "1.2.3.1" }, "200", false },
		{ { "1.2.3.9" }, "100", false },
		{ { "1.2.3.4" }, "100", false }, /* held */
		{ { "1.2.3.4" }, NULL, false },
		{ { "1.2.3.1", "1.2.3.3" }, NULL, false }, /* of two */
		{ { "1.2.3.1", "1.2.3.3" }, "100", false },
		{ { "1.2.3.1.1" }, "100", false },
		{ { "" }, "100", false },
	};
	hr_test_shares t = fixture();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const hr_str uids[] = { hr_str_of(cases[i].uids[0]), hr_str_of(cases[i].uids[1]) };
		hr_share_wish wish = hr_test_shares_wish(&t);
		char secret[HR_SHARE_SECRET_TEXT];
		hr_patient_key patient;
		hr_share share;
		bool ok;

		wish.study_uids = uids;
		wish.study_count = cases[i].uids[1] ? 2 : 1;
		wish.maker = HR_BY_INSTITUTION; /* whatever the age */
		if (cases[i].patient) {
			patient = hr_test_shares_patient(&t, cases[i].patient);
			wish.patient = &patient;
		}
		ok = hr_share_create(t.films, &wish, t.now, t.arena, secret, &share, &t.err);
		CU_ASSERT_EQUAL(ok, cases[i].ok);
		if (!ok) {
			CU_ASSERT_EQUAL(t.err.code, HR_E_NOT_FOUND);
			HR_ASSERT_TEXT(hr_str_of(t.err.message),
				       "no such film is here to be shared");
		}
	}
	hr_test_shares_close(&t);
}

/* --- states --- */

static void test_share__its_times__waits_lives_and_expires(void)
{
	hr_test_shares t = fixture();
	hr_share_wish wish = hr_test_shares_wish(&t);
	const int64_t begin = t.now.second;
	char secret[HR_SHARE_SECRET_TEXT];
	hr_share share;

	wish.not_before.second = begin + 60;
	share = create(&t, &wish, secret);
	assert_state(&t, share.id, "waits");
	ASSERT_OPEN(&t, secret, "", "waits");
	t.now.second = begin + 60;
	assert_state(&t, share.id, "lives");
	ASSERT_OPEN(&t, secret, "", "opened");
	t.now.second = wish.expires_at.second - 1;
	ASSERT_OPEN(&t, secret, "", "opened");
	t.now.second = wish.expires_at.second;
	ASSERT_OPEN(&t, secret, "", "expired");
	assert_state(&t, share.id, "expired");
	HR_ASSERT_TEXT(log_of(&t, share.id, NULL), "refuse:expired open open refuse:waits create");
	hr_test_shares_close(&t);
}

static void test_share__opens_counted__is_spent_after_the_last(void)
{
	hr_test_shares t = fixture();
	hr_share_wish wish = hr_test_shares_wish(&t);
	char secret[HR_SHARE_SECRET_TEXT];
	hr_share share;

	wish.opens_max = 2;
	share = create(&t, &wish, secret);
	ASSERT_OPEN(&t, secret, "", "opened");
	ASSERT_OPEN(&t, secret, "", "opened");
	ASSERT_OPEN(&t, secret, "", "spent");
	CU_ASSERT_EQUAL(get(&t, share.id).opens, 2);
	hr_test_shares_close(&t);
}

static void test_share__study_taken_away__counts_no_more(void)
{
	const hr_str both[] = { HR_STR("1.2.3.1"), HR_STR("1.2.3.2") };
	hr_test_shares t = fixture();
	hr_share_wish wish = hr_test_shares_wish(&t);
	char secret[HR_SHARE_SECRET_TEXT];
	hr_share share;

	wish.study_uids = both;
	wish.study_count = 2;
	share = create(&t, &wish, secret);
	hr_test_shares_set_state(&t, 1, HR_FILM_WITHDRAWN);
	share = get(&t, share.id);
	CU_ASSERT_EQUAL(share.study_count, 1);
	HR_ASSERT_TEXT(share.study_uids[0], "1.2.3.2");
	/* Published again it is not what was shared. */
	hr_test_shares_set_state(&t, 1, HR_FILM_PUBLISHED);
	CU_ASSERT_EQUAL(get(&t, share.id).study_count, 1);
	ASSERT_OPEN(&t, secret, "", "opened");
	hr_test_shares_set_state(&t, 2, HR_FILM_HELD);
	assert_state(&t, share.id, "ended");
	ASSERT_OPEN(&t, secret, "", "ended");
	hr_test_shares_close(&t);
}

static void test_share__study_moved_to_another_person__ends(void)
{
	hr_test_shares t = fixture();
	hr_share_wish wish = hr_test_shares_wish(&t);
	const hr_film_act_of act = { HR_STR("test"), HR_STR("because"), t.now };
	const hr_patient_id person = { .id = HR_STR("11010519491231002X") };
	char secret[HR_SHARE_SECRET_TEXT];
	hr_share share = create(&t, &wish, secret);

	HR_ASSERT_OK(hr_film_move(t.films->store, t.films->node, &act, HR_STR("1.2.3.1"), &person,
				  &t.err),
		     t.err);
	assert_state(&t, share.id, "ended");
	ASSERT_OPEN(&t, secret, "", "ended");
	hr_test_shares_close(&t);
}

static void test_revoke__once_and_again__ends_it_and_is_one_row(void)
{
	hr_test_shares t = fixture();
	hr_share_wish wish = hr_test_shares_wish(&t);
	char secret[HR_SHARE_SECRET_TEXT];
	hr_share share = create(&t, &wish, secret);
	uint64_t changes = atomic_load(&t.films->changes);
	hr_patient_key other = hr_test_shares_patient(&t, "200");
	hr_patient_key owner = hr_test_shares_patient(&t, "100");
	hr_str id = hr_str_of(share.id);

	CU_ASSERT_FALSE(hr_share_revoke(t.films, id, &other, HR_STR("patient"), HR_STR_NONE, t.now,
					&t.err));
	CU_ASSERT_EQUAL(t.err.code, HR_E_NOT_FOUND);
	CU_ASSERT_EQUAL(atomic_load(&t.films->changes), changes);
	for (int i = 0; i < 2; i++)
		HR_ASSERT_OK(hr_share_revoke(t.films, id, &owner, HR_STR("patient"), HR_STR("lost"),
					     t.now, &t.err),
			     t.err);
	CU_ASSERT_TRUE(atomic_load(&t.films->changes) > changes);
	CU_ASSERT_EQUAL(get(&t, share.id).revoked_at.second, t.now.second);
	ASSERT_OPEN(&t, secret, "", "revoked");
	HR_ASSERT_TEXT(log_of(&t, share.id, &owner), "refuse:revoked revoke:lost create");
	hr_test_shares_close(&t);
}

/* --- whose --- */

static void test_get_and_list__another_patient__sees_nothing(void)
{
	hr_test_shares t = fixture();
	hr_share_wish wish = hr_test_shares_wish(&t);
	hr_patient_key owner = hr_test_shares_patient(&t, "100");
	hr_patient_key other = hr_test_shares_patient(&t, "200");
	char secret[HR_SHARE_SECRET_TEXT];
	hr_share first = create(&t, &wish, secret);
	hr_share second = create(&t, &wish, secret);
	hr_share_event *events;
	hr_share share;
	hr_share *list;
	size_t count;

	open_with(&t, "hrf_unknown", "");
	CU_ASSERT_FALSE(
		hr_share_get(t.films, hr_str_of(first.id), &other, t.now, t.arena, &share, &t.err));
	CU_ASSERT_EQUAL(t.err.code, HR_E_NOT_FOUND);
	CU_ASSERT_FALSE(hr_share_get(t.films, HR_STR_NONE, NULL, t.now, t.arena, &share, &t.err));
	CU_ASSERT_FALSE(hr_share_log(t.films, hr_str_of(first.id), &other, 10, t.arena, &events,
				     &count, &t.err));
	CU_ASSERT_EQUAL(t.err.code, HR_E_NOT_FOUND);
	HR_ASSERT_OK(hr_share_list(t.films, &other, t.now, t.arena, &list, &count, &t.err), t.err);
	CU_ASSERT_EQUAL(count, 0);
	HR_ASSERT_OK(hr_share_list(t.films, &owner, t.now, t.arena, &list, &count, &t.err), t.err);
	CU_ASSERT_EQUAL(count, 2);
	HR_ASSERT_TEXT(hr_str_of(list[0].id), second.id);
	HR_ASSERT_OK(hr_share_list(t.films, NULL, t.now, t.arena, &list, &count, &t.err), t.err);
	CU_ASSERT_EQUAL(count, 2);
	HR_ASSERT_TEXT(log_of(&t, "", &owner), "create create");
	HR_ASSERT_TEXT(log_of(&t, "", &other), "");
	hr_test_shares_close(&t);
}

static bool add_way_in(hr_tx *tx, void *context, hr_error *err)
{
	hr_test_shares *t = context;
	const hr_patient_key patient = hr_test_shares_patient(t, "100");
	const hr_audit_entry entry = { .at = t->now,
				       .actor = HR_STR("app"),
				       .action = HR_STR("patient-open"),
				       .object = HR_STR("a ticket of another form"),
				       .patient = &patient };

	return hr_audit_add(tx, t->films->node, &entry, err);
}

static void test_log__of_a_patient__tells_his_own_way_in_too(void)
{
	hr_test_shares t = fixture();
	hr_share_wish wish = hr_test_shares_wish(&t);
	hr_patient_key owner = hr_test_shares_patient(&t, "100");
	char secret[HR_SHARE_SECRET_TEXT];
	hr_share share = create(&t, &wish, secret);
	hr_share_event *events;
	size_t count = 0;

	HR_ASSERT_OK(hr_store_write(t.films->store, add_way_in, &t, &t.err), t.err);
	HR_ASSERT_OK(
		hr_share_log(t.films, HR_STR_NONE, &owner, 10, t.arena, &events, &count, &t.err),
		t.err);
	CU_ASSERT_EQUAL_FATAL(count, 2);
	HR_ASSERT_TEXT(events[0].action, "patient-open");
	HR_ASSERT_TEXT(hr_str_of(events[0].id), "");
	HR_ASSERT_TEXT(events[0].recipient, "");
	HR_ASSERT_TEXT(hr_str_of(events[1].id), share.id);
	hr_test_shares_close(&t);
}

/* --- passcodes --- */

static void test_passcode__missing_or_wrong__is_as_unknown_and_locks_in_the_end(void)
{
	hr_test_shares t = fixture();
	hr_share_wish wish = hr_test_shares_wish(&t);
	char secret[HR_SHARE_SECRET_TEXT];
	hr_share share;

	wish.passcode = HR_STR("口令一二");
	share = create(&t, &wish, secret);
	CU_ASSERT_TRUE(share.has_passcode);
	ASSERT_OPEN(&t, secret, "", "unknown");
	CU_ASSERT_EQUAL(get(&t, share.id).tries_left, HR_SHARE_TRIES);
	for (int i = 1; i < HR_SHARE_TRIES; i++) {
		ASSERT_OPEN(&t, secret, "1234", "unknown");
		CU_ASSERT_EQUAL(get(&t, share.id).tries_left, HR_SHARE_TRIES - i);
		ASSERT_OPEN(&t, secret, "口令一二", "opened");
		CU_ASSERT_EQUAL(get(&t, share.id).tries_left, HR_SHARE_TRIES - i);
	}
	ASSERT_OPEN(&t, secret, "1234", "unknown");
	assert_state(&t, share.id, "locked");
	ASSERT_OPEN(&t, secret, "口令一二", "unknown");
	ASSERT_OPEN(&t, secret, "", "unknown");
	CU_ASSERT_EQUAL(get(&t, share.id).opens, HR_SHARE_TRIES - 1);
	HR_ASSERT_TEXT(log_of(&t, share.id, NULL),
		       "refuse:locked refuse:locked refuse:passcode open refuse:passcode open "
		       "refuse:passcode open refuse:passcode open refuse:passcode "
		       "refuse:no-passcode create");
	CU_ASSERT_EQUAL(hr_share_unknown(t.films), 0);
	hr_test_shares_close(&t);
}

/* Who has not the passcode does not learn that the share is over. */
static void test_passcode__of_a_revoked_share__is_asked_first(void)
{
	hr_test_shares t = fixture();
	hr_share_wish wish = hr_test_shares_wish(&t);
	char secret[HR_SHARE_SECRET_TEXT];
	hr_share share;

	wish.passcode = HR_STR("8642");
	share = create(&t, &wish, secret);
	HR_ASSERT_OK(hr_share_revoke(t.films, hr_str_of(share.id), NULL, HR_STR("patient"),
				     HR_STR_NONE, t.now, &t.err),
		     t.err);
	ASSERT_OPEN(&t, secret, "", "unknown");
	ASSERT_OPEN(&t, secret, "8643", "unknown");
	ASSERT_OPEN(&t, secret, "8642", "revoked");
	hr_test_shares_close(&t);
}

struct guessing {
	hr_test_shares *t;
	const char *secret;
	atomic_uint *opened;
};

enum { GUESSERS = 8, GUESSES = 4 };

static void *guess(void *context)
{
	const struct guessing *g = context;
	HR_AUTO(hr_arena) arena = hr_test_arena();
	const hr_share_attempt wrong = { .secret = hr_str_of(g->secret),
					 .passcode = HR_STR("0000"),
					 .source = HR_STR("source:02") };
	hr_share_answer answer;
	hr_share share;
	hr_error err;

	for (int i = 0; i < GUESSES; i++)
		if (hr_share_open(g->t->films, &wrong, g->t->now, arena, &answer, &share, &err) &&
		    answer == HR_SHARE_OPENED)
			atomic_fetch_add(g->opened, 1);
	return NULL;
}

static size_t count_word(hr_str text, const char *word)
{
	size_t count = 0;
	size_t at;

	while ((at = hr_str_find(text, hr_str_of(word))) < text.len) {
		text = hr_str_slice(text, at + 1, text.len);
		count++;
	}
	return count;
}

static void test_passcode__eight_guessers_at_once__have_five_tries_in_all(void)
{
	hr_test_shares t = fixture();
	hr_share_wish wish = hr_test_shares_wish(&t);
	char secret[HR_SHARE_SECRET_TEXT];
	pthread_t threads[GUESSERS];
	atomic_uint opened = 0;
	struct guessing g = { &t, secret, &opened };
	hr_share share;
	hr_str log;

	wish.passcode = HR_STR("8642");
	share = create(&t, &wish, secret);
	for (int i = 0; i < GUESSERS; i++)
		pthread_create(&threads[i], NULL, guess, &g);
	for (int i = 0; i < GUESSERS; i++)
		pthread_join(threads[i], NULL);
	CU_ASSERT_EQUAL(opened, 0);
	log = log_of(&t, share.id, NULL);
	CU_ASSERT_EQUAL(count_word(log, "refuse:passcode"), HR_SHARE_TRIES);
	CU_ASSERT_EQUAL(count_word(log, "refuse:locked"), GUESSERS * GUESSES - HR_SHARE_TRIES);
	ASSERT_OPEN(&t, secret, "8642", "unknown");
	hr_test_shares_close(&t);
}

static void test_passcode__too_long_to_be_one__is_refused_before_it_is_looked_for(void)
{
	hr_test_shares t = fixture();
	char passcode[258] = { 0 };
	hr_share_attempt attempt = { .secret = HR_STR("hrf_unknown"),
				     .passcode = { passcode, 256 } };
	hr_share_answer answer;
	hr_share share;

	memset(passcode, 'x', 257);
	HR_ASSERT_OK(hr_share_open(t.films, &attempt, t.now, t.arena, &answer, &share, &t.err),
		     t.err);
	attempt.passcode.len = 257;
	CU_ASSERT_FALSE(hr_share_open(t.films, &attempt, t.now, t.arena, &answer, &share, &t.err));
	CU_ASSERT_EQUAL(t.err.code, HR_E_USAGE);
	hr_test_shares_close(&t);
}

/* --- codes --- */

static hr_share create_code(hr_test_shares *t, const char *study, char code[HR_PICKUP_TEXT])
{
	const hr_str uid = hr_str_of(study);
	hr_share_wish wish = hr_test_shares_wish(t);
	hr_share share = { .state = HR_SHARE_ENDED };

	wish.study_uids = &uid;
	wish.maker = HR_BY_INSTITUTION; /* whatever the age */
	HR_ASSERT_OK(hr_pickup_create(t->films, &wish, t->now, t->arena, code, &share, &t->err),
		     t->err);
	return share;
}

static const char *open_at(hr_test_shares *t, const char *code, const char *desk)
{
	const hr_share_attempt attempt = { .secret = hr_str_of(code), .desk = hr_str_of(desk) };
	hr_share_answer answer = HR_SHARE_UNKNOWN;
	hr_share share = { .state = HR_SHARE_LIVES };

	HR_ASSERT_OK(hr_share_open(t->films, &attempt, t->now, t->arena, &answer, &share, &t->err),
		     t->err);
	if (answer == HR_SHARE_OPENED)
		return "opened";
	return answer == HR_SHARE_UNKNOWN ? "unknown" : hr_share_state_word(share.state).data;
}

#define DESK			       "121100004000000014"
#define ASSERT_AT(t, code, desk, want) HR_ASSERT_TEXT(hr_str_of(open_at(t, code, desk)), want)

static void test_pickup__at_its_desk__opens_once_and_for_ten_minutes(void)
{
	hr_test_shares t = fixture();
	char code[HR_PICKUP_TEXT];
	hr_share share = create_code(&t, "1.2.3.1", code);
	const int64_t begin = t.now.second;

	CU_ASSERT_TRUE(hr_pickup_is_code(hr_str_of(code)));
	CU_ASSERT_TRUE(share.is_pickup);
	CU_ASSERT_EQUAL(share.expires_at.second, begin + HR_PICKUP_SECONDS);
	ASSERT_AT(&t, code, DESK, "opened");
	ASSERT_AT(&t, code, DESK, "spent");
	create_code(&t, "1.2.3.1", code);
	t.now.second = begin + HR_PICKUP_SECONDS - 1;
	ASSERT_AT(&t, code, DESK, "opened");
	create_code(&t, "1.2.3.1", code);
	t.now.second += HR_PICKUP_SECONDS;
	ASSERT_AT(&t, code, DESK, "expired");
	t.now.second += 3600;
	ASSERT_AT(&t, code, DESK, "unknown");
	hr_test_shares_close(&t);
}

static void test_pickup__at_another_desk__is_unknown_and_locks(void)
{
	hr_test_shares t = fixture();
	char code[HR_PICKUP_TEXT];
	hr_share share = create_code(&t, "1.2.3.1", code);

	ASSERT_AT(&t, code, "", "unknown");
	ASSERT_AT(&t, code, "121200004000000106", "unknown");
	CU_ASSERT_EQUAL(get(&t, share.id).tries_left, 1);
	ASSERT_AT(&t, code, "121200004000000106", "unknown");
	assert_state(&t, share.id, "locked");
	ASSERT_AT(&t, code, DESK, "unknown");
	HR_ASSERT_TEXT(log_of(&t, share.id, NULL),
		       "refuse:locked refuse:desk refuse:desk refuse:desk create");
	hr_test_shares_close(&t);
}

static void test_pickup__another_of_the_same_patient__ends_the_first(void)
{
	hr_test_shares t = fixture();
	char first[HR_PICKUP_TEXT];
	char second[HR_PICKUP_TEXT];
	char others[HR_PICKUP_TEXT];
	hr_share share = create_code(&t, "1.2.3.1", first);
	uint64_t changes = atomic_load(&t.films->changes);

	create_code(&t, "1.2.3.3", others);
	create_code(&t, "1.2.3.2", second);
	CU_ASSERT_TRUE(atomic_load(&t.films->changes) > changes);
	ASSERT_AT(&t, first, DESK, "revoked");
	ASSERT_AT(&t, second, DESK, "opened");
	ASSERT_AT(&t, others, DESK, "opened");
	HR_ASSERT_TEXT(log_of(&t, share.id, NULL), "refuse:revoked revoke:another code create");
	hr_test_shares_close(&t);
}

static const hr_test tests[] = {
	HR_TEST(test_create__studies_of_a_patient__are_opened_by_the_secret_alone),
	HR_TEST(test_create__study_that_is_not_ones_own__is_not_there),
	HR_TEST(test_share__its_times__waits_lives_and_expires),
	HR_TEST(test_share__opens_counted__is_spent_after_the_last),
	HR_TEST(test_share__study_taken_away__counts_no_more),
	HR_TEST(test_share__study_moved_to_another_person__ends),
	HR_TEST(test_revoke__once_and_again__ends_it_and_is_one_row),
	HR_TEST(test_get_and_list__another_patient__sees_nothing),
	HR_TEST(test_log__of_a_patient__tells_his_own_way_in_too),
	HR_TEST(test_passcode__missing_or_wrong__is_as_unknown_and_locks_in_the_end),
	HR_TEST(test_passcode__of_a_revoked_share__is_asked_first),
	HR_TEST(test_passcode__eight_guessers_at_once__have_five_tries_in_all),
	HR_TEST(test_passcode__too_long_to_be_one__is_refused_before_it_is_looked_for),
	HR_TEST(test_pickup__at_its_desk__opens_once_and_for_ten_minutes),
	HR_TEST(test_pickup__at_another_desk__is_unknown_and_locks),
	HR_TEST(test_pickup__another_of_the_same_patient__ends_the_first),
};

int main(int argc, char **argv)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	if (!hr_test_postgres_asked(argc, argv, arena, &server))
		return 77;
	return hr_test_run("share book", tests, sizeof(tests) / sizeof(tests[0]));
}
