#include "store/group.h"

#include <time.h>

/* So long a group may take others in, and so many, before it is committed. */
enum { WINDOW_NS = 5000000, MEMBERS_MAX = 128 };

struct hr_group_request {
	struct hr_group_request *next;
	hr_tx_function *function;
	void *context;
	hr_error *err;
	pthread_cond_t turn;
	bool leads; /* it is its turn to lead */
	bool done;
	bool ok;
};

typedef struct hr_group_request request;

bool hr_group_init(hr_group *group)
{
	pthread_condattr_t monotonic;
	bool ok;

	if (pthread_mutex_init(&group->lock, NULL) != 0)
		return false;
	if (pthread_condattr_init(&monotonic) == 0) {
		ok = pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0 &&
		     pthread_cond_init(&group->grown, &monotonic) == 0;
		pthread_condattr_destroy(&monotonic);
		if (ok)
			return true;
	}
	pthread_mutex_destroy(&group->lock);
	return false;
}

void hr_group_dispose(hr_group *group)
{
	pthread_cond_destroy(&group->grown);
	pthread_mutex_destroy(&group->lock);
}

/* --- what the leader does --- */

struct batch {
	hr_conn *conn;
	request *first; /* all that were taken, in their order */
	request *last;
	unsigned count;
	unsigned kept; /* that are to be committed */
	bool begun;
};

/* All that stood well falls with what they share. */
static void fail_kept(struct batch *b, const hr_error *why)
{
	for (request *r = b->first; r; r = r->next)
		if (r->ok) {
			r->ok = false;
			*r->err = *why;
		}
	b->kept = 0;
	b->begun = false;
}

/* The first of a group has no neighbours yet: it needs no savepoint. */
static bool run_begun(struct batch *b, request *r)
{
	const hr_engine *engine = b->conn->engine;
	bool marked = b->kept > 0;
	hr_error why;

	if (marked && !engine->mark(b->conn, r->err)) {
		why = *r->err;
		engine->rollback(b->conn);
		fail_kept(b, &why);
		return false;
	}
	if (hr_tx_call(b->conn, r->function, r->context, r->err) &&
	    (!marked || (engine->keep(b->conn, r->err) && engine->settle(b->conn, r->err))))
		return true;
	if (!marked || !engine->undo(b->conn, &why)) {
		if (marked)
			fail_kept(b, &why);
		engine->rollback(b->conn);
		b->begun = false;
	}
	return false;
}

static void run_one(hr_group *group, struct batch *b, request *r)
{
	if (!b->begun) {
		if (!hr_link_get(&group->link, &b->conn, r->err))
			return;
		b->begun = b->conn->engine->begin(b->conn, r->err);
		if (!b->begun)
			return;
	}
	r->ok = run_begun(b, r);
	b->kept += r->ok;
}

static void commit(hr_group *group, struct batch *b)
{
	int64_t start = hr_monotonic_ns();
	hr_error why;

	if (b->begun && !b->conn->engine->commit(b->conn, &why))
		fail_kept(b, &why);
	hr_link_put(&group->link);
	group->commit_ns = hr_monotonic_ns() - start;
	group->served = b->count;
}

/* Appends what waits to the batch; the newly taken. `lock` held. */
static request *take(hr_group *group, struct batch *b)
{
	request *taken = b->count < MEMBERS_MAX ? group->first : NULL;
	request *last = NULL;

	for (request *r = taken; r && b->count < MEMBERS_MAX; r = r->next) {
		last = r;
		b->count++;
		group->waiting--;
	}
	if (!taken)
		return NULL;
	group->first = last->next;
	if (!group->first)
		group->last = NULL;
	last->next = NULL;
	if (b->last)
		b->last->next = taken;
	else
		b->first = taken;
	b->last = last;
	return taken;
}

/*
 * Those of the last group come back together, a moment after it: who did not
 * wait for them would commit alone, then all of them, then alone again. As
 * long as a commit takes, at most. `lock` held.
 */
static void await_others(hr_group *group)
{
	int64_t wait = group->commit_ns < WINDOW_NS ? group->commit_ns : WINDOW_NS;
	int64_t until_ns = hr_monotonic_ns() + wait;
	struct timespec until = { until_ns / 1000000000, until_ns % 1000000000 };

	while (group->waiting < group->served &&
	       pthread_cond_timedwait(&group->grown, &group->lock, &until) == 0)
		;
}

static void wake(struct batch *b, const request *own)
{
	request *next;

	/* A request is its caller's, and gone when it is done. */
	for (request *r = b->first; r; r = next) {
		next = r->next;
		r->done = true;
		if (r != own)
			pthread_cond_signal(&r->turn);
	}
}

/* `lock` held, but while the functions run. */
static void lead(hr_group *group, const request *own)
{
	struct batch b = { .count = 0 };
	int64_t start = hr_monotonic_ns();
	request *taken;

	await_others(group);
	while ((taken = take(group, &b))) {
		pthread_mutex_unlock(&group->lock);
		for (request *r = taken; r; r = r->next)
			run_one(group, &b, r);
		pthread_mutex_lock(&group->lock);
		if (hr_monotonic_ns() - start > WINDOW_NS)
			break;
	}
	pthread_mutex_unlock(&group->lock);
	commit(group, &b);
	pthread_mutex_lock(&group->lock);
	wake(&b, own);
}

/* --- what every caller does --- */

static void enqueue(hr_group *group, request *r)
{
	if (group->last)
		group->last->next = r;
	else
		group->first = r;
	group->last = r;
	group->waiting++;
	if (group->led)
		pthread_cond_signal(&group->grown);
}

static void hand_over(hr_group *group)
{
	group->led = group->first != NULL;
	if (group->led) {
		group->first->leads = true;
		pthread_cond_signal(&group->first->turn);
	}
}

bool hr_group_write(hr_group *group, hr_tx_function *function, void *context, hr_error *err)
{
	request own = { .function = function,
			.context = context,
			.err = err,
			.turn = PTHREAD_COND_INITIALIZER };

	pthread_mutex_lock(&group->lock);
	enqueue(group, &own);
	own.leads = !group->led;
	group->led = true;
	while (!own.leads && !own.done)
		pthread_cond_wait(&own.turn, &group->lock);
	if (own.leads) {
		lead(group, &own);
		hand_over(group);
	}
	pthread_mutex_unlock(&group->lock);
	pthread_cond_destroy(&own.turn);
	return own.ok;
}
