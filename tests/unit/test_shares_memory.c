/* Shares when memory is short: of what is done with one the n-th allocation fails, for every n. */
#include "failing_malloc.h"
#include "service/film_acts.h"
#include "service/qr.h"
#include "share_fixture.h"
#include "testing.h"

#include <stdio.h>
#include <unistd.h>

enum { ARENA_BYTES = 64 << 20 };

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

struct attempted {
	hr_test_shares t;
	hr_share_wish wish;
	hr_patient_key patient;
	char secret[HR_SHARE_SECRET_TEXT];
	hr_share share;
	bool (*run)(struct attempted *a, hr_arena *arena, hr_error *err);
};

static bool create(struct attempted *a, hr_arena *arena, hr_error *err)
{
	return hr_share_create(a->t.films, &a->wish, a->t.now, arena, a->secret, &a->share, err);
}

static bool create_code(struct attempted *a, hr_arena *arena, hr_error *err)
{
	char code[HR_PICKUP_TEXT];
	hr_share share;

	return hr_pickup_create(a->t.films, &a->wish, a->t.now, arena, code, &share, err);
}

static bool open_with(struct attempted *a, const char *secret, hr_share_answer want,
		      hr_arena *arena, hr_error *err)
{
	const hr_share_attempt attempt = { .secret = hr_str_of(secret),
					   .passcode = a->wish.passcode };
	hr_share_answer answer;
	hr_share share;

	if (!hr_share_open(a->t.films, &attempt, a->t.now, arena, &answer, &share, err))
		return false;
	CU_ASSERT_EQUAL(answer, want);
	return true;
}

static bool open_known(struct attempted *a, hr_arena *arena, hr_error *err)
{
	return open_with(a, a->secret, HR_SHARE_OPENED, arena, err);
}

static bool open_unknown(struct attempted *a, hr_arena *arena, hr_error *err)
{
	return open_with(a, "hrf_unknown", HR_SHARE_UNKNOWN, arena, err);
}

static bool list(struct attempted *a, hr_arena *arena, hr_error *err)
{
	hr_share *shares;
	size_t count;

	return hr_share_list(a->t.films, &a->patient, a->t.now, arena, &shares, &count, err);
}

static bool read_log(struct attempted *a, hr_arena *arena, hr_error *err)
{
	hr_share_event *events;
	size_t count;

	return hr_share_log(a->t.films, HR_STR_NONE, &a->patient, 5, arena, &events, &count, err);
}

static bool act(struct attempted *a, hr_arena *arena, hr_error *err)
{
	const hr_str words[] = { HR_STR(
		"{\"studies\":[\"1.2.3.1\"],\"rights\":[\"view\"],\"recipient\":{\"kind\":"
		"\"doctor\",\"name\":\"x\"},\"purpose\":\"consultation\",\"hours\":1}") };
	hr_control_act control = { .kind = HR_ACT_SHARE, .who = HR_STR("uid 0") };
	hr_control_answer answer;
	char text[400];
	hr_buf buf;

	hr_buf_init_over(&buf, text, sizeof(text));
	hr_film_act_pack(words, 1, &buf);
	control.bytes = hr_buf_str(&buf);
	return hr_film_act_run(a->t.films, &control, arena, &answer, err);
}

static bool draw(struct attempted *a, hr_arena *arena, hr_error *err)
{
	hr_str png;
	hr_buf out;

	(void)a;
	hr_buf_init(&out, arena, 1 << 20);
	return hr_qr_png(HR_STR("https://h/film#hrf_x"), 4, arena, &png, err) &&
	       hr_qr_terminal(HR_STR("12345678"), &out, err);
}

static bool call_back(struct attempted *a, hr_arena *arena, hr_error *err)
{
	(void)arena;
	return hr_share_revoke(a->t.films, hr_str_of(a->share.id), NULL, HR_STR("patient"),
			       HR_STR_NONE, a->t.now, err);
}

static bool run(void *context, hr_error *err)
{
	struct attempted *a = context;
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA_BYTES);

	return arena ? a->run(a, arena, err) : hr_fail_memory(err);
}

static void test_memory__shares__every_allocation_may_fail(void)
{
	static const struct {
		const char *name;
		bool (*run)(struct attempted *a, hr_arena *arena, hr_error *err);
	} runs[] = {
		{ "create", create },	 { "code", create_code },
		{ "open", open_known },	 { "unknown", open_unknown },
		{ "list", list },	 { "log", read_log },
		{ "act", act },		 { "qr", draw },
		{ "revoke", call_back },
	};
	struct attempted a = { .t = hr_test_shares_open(NULL) };

	a.wish = hr_test_shares_wish(&a.t);
	a.wish.passcode = HR_STR("8642");
	a.patient = hr_test_shares_patient(&a.t, "100");
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		hr_error err = { .code = HR_E_NONE };
		bool ok;

		a.run = runs[i].run;
		/* Once with memory enough: what is set up once is set up then. */
		ok = run(&a, &err);
		if (!ok)
			fprintf(stderr, "%s: %s\n", runs[i].name, err.message);
		CU_ASSERT_TRUE(ok);
		CU_ASSERT_TRUE(hr_failing_malloc_each(run, &a) > 1);
	}
	hr_test_shares_close(&a.t);
}

static const hr_test tests[] = {
	HR_TEST(test_memory__shares__every_allocation_may_fail),
};
HR_TEST_MAIN("shares memory", tests)
