/*
 * What a stranger learns of shares by trying.
 *
 *	share_refusals timing TRIES	the median time of each kind of refusal: within 1 % or
 *					20 us of each other, else exit 1
 *	share_refusals guesses TRIES	of secrets and of codes: none is opened but by the right one
 *
 * Timing is of a store in $TMPDIR with all its flushes, and with a cheap scrypt:
 * the dear one is the same for all who send a passcode, and would hide the rest.
 */
#include "service/secret.h"
#include "service/share_secret.h"
#include "share_fixture.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { TRIES_MAX = 10000000, ARENA_BYTES = 1 << 20 };

#define DESK  "121100004000000014"
#define OTHER "121200004000000106"

static void fail(const hr_error *err)
{
	fprintf(stderr, "share_refusals: %s\n", err->message);
	exit(EXIT_FAILURE);
}

/* --- kinds of refusals --- */

struct refused {
	hr_test_shares t;
	hr_arena *arena;
	char locked[HR_SHARE_SECRET_TEXT];
	char fresh[HR_SHARE_SECRET_TEXT]; /* some of its tries are left */
	char code[HR_PICKUP_TEXT];	  /* locked */
	long wrong;			  /* tries so far */
};

static void make_share(struct refused *r, char secret[HR_SHARE_SECRET_TEXT])
{
	hr_share_wish wish = hr_test_shares_wish(&r->t);
	hr_share share;

	wish.passcode = HR_STR("8642");
	if (!hr_share_create(r->t.films, &wish, r->t.now, r->t.arena, secret, &share, &r->t.err))
		fail(&r->t.err);
}

static hr_share_answer try_once(struct refused *r, const char *secret, const char *passcode,
				const char *desk)
{
	const hr_share_attempt attempt = { hr_str_of(secret), hr_str_of(passcode), hr_str_of(desk),
					   HR_STR("source:01") };
	hr_share_answer answer;
	hr_share share;

	hr_arena_reset(r->arena);
	if (!hr_share_open(r->t.films, &attempt, r->t.now, r->arena, &answer, &share, &r->t.err))
		fail(&r->t.err);
	return answer;
}

static void draw(char secret[HR_SHARE_SECRET_TEXT])
{
	hr_error err;

	if (!hr_secret_draw(HR_STR("hrf_"), secret, &err))
		fail(&err);
}

static const struct kind {
	const char *name;
	int group; /* only those of one must not be told apart */
} kinds[] = {
	{ "unknown secret", 0 },
	{ "no passcode sent", 0 },
	{ "locked, no passcode sent", 0 },
	{ "unknown secret with a passcode", 1 },
	{ "wrong passcode", 1 },
	{ "locked, right passcode", 1 },
	{ "unknown code", 2 },
	{ "locked code", 2 },
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static hr_share_answer refuse(struct refused *r, size_t kind, const char *drawn, const char *code)
{
	switch (kind) {
	case 0:
		return try_once(r, drawn, "", "");
	case 1:
		return try_once(r, r->fresh, "", "");
	case 2:
		return try_once(r, r->locked, "", "");
	case 3:
		return try_once(r, drawn, "1234", "");
	case 4:
		return try_once(r, r->fresh, "1234", "");
	case 5:
		return try_once(r, r->locked, "8642", "");
	default:
		return try_once(r, kind == 6 ? code : r->code, "", DESK);
	}
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t measure(struct refused *r, size_t kind)
{
	char drawn[HR_SHARE_SECRET_TEXT];
	char code[HR_PICKUP_TEXT];
	hr_share_answer answer;
	int64_t start;

	draw(drawn);
	if (!hr_pickup_draw(code, &r->t.err))
		fail(&r->t.err);
	if (kind == 4 && r->wrong++ % HR_SHARE_TRIES == 0)
		make_share(r, r->fresh);
	start = now_ns();
	answer = refuse(r, kind, drawn, code);
	start = now_ns() - start;
	if (answer != HR_SHARE_UNKNOWN)
		exit(EXIT_FAILURE);
	return start;
}

static struct refused open_refused(void)
{
	struct refused r = { .t = hr_test_shares_open(NULL), .arena = hr_arena_open(ARENA_BYTES) };
	hr_share_wish wish = hr_test_shares_wish(&r.t);
	hr_share share;

	make_share(&r, r.locked);
	make_share(&r, r.fresh);
	for (int i = 0; i < HR_SHARE_TRIES; i++)
		try_once(&r, r.locked, "1234", "");
	if (!hr_pickup_create(r.t.films, &wish, r.t.now, r.t.arena, r.code, &share, &r.t.err))
		fail(&r.t.err);
	for (int i = 0; i < HR_PICKUP_TRIES; i++)
		try_once(&r, r.code, "", OTHER);
	return r;
}

static void close_refused(struct refused *r)
{
	hr_arena_close(r->arena);
	hr_test_shares_close(&r->t);
}

static int compare(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a;
	const int64_t y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static int tell_medians(int64_t *times[KINDS], long tries)
{
	int64_t first = 0;
	int code = 0;

	for (size_t kind = 0; kind < KINDS; kind++) {
		int64_t median;
		int64_t apart;

		qsort(times[kind], (size_t)tries, sizeof(int64_t), compare);
		median = times[kind][tries / 2];
		if (kind == 0 || kinds[kind].group != kinds[kind - 1].group)
			first = median;
		apart = median > first ? median - first : first - median;
		printf("%-32s median %8.1f us, %6.1f us from the first of its kind\n",
		       kinds[kind].name, (double)median / 1e3, (double)apart / 1e3);
		if (apart > 20000 && apart > first / 100)
			code = 1;
	}
	return code;
}

/* Drawn anew each time: what a kind costs must not be told by the one before it. */
static void shuffle(size_t order[KINDS], unsigned *seed)
{
	for (size_t i = 0; i < KINDS; i++)
		order[i] = i;
	for (size_t i = KINDS - 1; i > 0; i--) {
		const size_t k = (size_t)rand_r(seed) % (i + 1);
		const size_t kept = order[i];

		order[i] = order[k];
		order[k] = kept;
	}
}

static int run_timing(long tries)
{
	struct refused r = open_refused();
	int64_t *times[KINDS];
	size_t order[KINDS];
	unsigned seed = 1;
	int code;

	for (size_t kind = 0; kind < KINDS; kind++)
		times[kind] = HR_NEW_N(r.t.arena, int64_t, (size_t)tries);
	for (long i = 0; i < tries; i++) {
		shuffle(order, &seed);
		for (size_t k = 0; k < KINDS; k++)
			times[order[k]][i] = measure(&r, order[k]);
	}
	code = tell_medians(times, tries);
	close_refused(&r);
	return code;
}

/* --- guesses --- */

static bool quick_disk;

/* The disk is not what guesses are about. */
int fsync(int fd)
{
	return quick_disk ? 0 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return quick_disk ? 0 : (int)syscall(SYS_fdatasync, fd);
}

static int run_guesses(long tries)
{
	struct refused r;
	long opened = 0;
	long hits = 0;
	char secret[HR_SHARE_SECRET_TEXT];
	char code[HR_PICKUP_TEXT];

	quick_disk = true;
	r = open_refused();
	for (long i = 0; i < tries; i++) {
		draw(secret);
		opened += try_once(&r, secret, "", "") != HR_SHARE_UNKNOWN;
		if (!hr_pickup_draw(code, &r.t.err))
			fail(&r.t.err);
		hits += strcmp(code, r.code) == 0;
		opened += try_once(&r, code, "", DESK) != HR_SHARE_UNKNOWN;
	}
	printf("%ld guesses of secrets and of codes: %ld opened; %ld of the codes were the locked "
	       "one\n",
	       tries, opened, hits);
	close_refused(&r);
	return opened != 0;
}

int main(int argc, char **argv)
{
	const long tries = argc == 3 ? strtol(argv[2], NULL, 10) : 0;

	if (tries < 1 || tries > TRIES_MAX)
		return 2;
	return strcmp(argv[1], "timing") == 0 ? run_timing(tries) : run_guesses(tries);
}
