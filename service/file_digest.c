#include "service/file_digest.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

/* Whether it is given up is seen after a turn. */
enum { PIECE = 64 << 10, TURN = 1 << 20, STACK_BYTES = 1 << 18 };

struct hr_file_digest {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* never do both wait for it */
	char *piece;		/* the thread's */
	hr_sha256_run *run;	/* the thread's while it has a file; NULL: nothing is begun */

	/* Under the lock. */
	int fd;
	uint64_t size; /* that stand in the file */
	bool is_taken; /* the thread has a file */
	bool is_whole; /* nothing will stand behind `size` */
	bool is_given_up;
	bool is_closed;
	hr_error err; /* of the file that was last; HR_E_NONE: none */
};

/* --- the thread: it takes no memory, which would be a second heap of the process --- */

static bool read_piece(struct hr_file_digest *d, uint64_t at, uint64_t end, size_t *len,
		       hr_error *err)
{
	const size_t want = end - at < PIECE ? (size_t)(end - at) : PIECE;
	ssize_t got;

	do
		got = pread(d->fd, d->piece, want, (off_t)at);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return hr_fail_errno(err, errno, "read", "objects");
	*len = (size_t)got;
	return got > 0 || hr_fail(err, HR_E_IO, "a file is shorter than what was written to it");
}

static bool add(struct hr_file_digest *d, uint64_t at, uint64_t end, hr_error *err)
{
	size_t len = 0;

	for (; at < end; at += len)
		if (!read_piece(d, at, end, &len, err) ||
		    !hr_sha256_add(d->run, (hr_str){ d->piece, len }, err))
			return false;
	return true;
}

/* Has the lock, and leaves it while it reads. */
static void take_file(struct hr_file_digest *d)
{
	hr_error err = { .code = HR_E_NONE };
	uint64_t at = 0;

	while (!err.code && !d->is_given_up && (at < d->size || !d->is_whole)) {
		const uint64_t end = d->size - at < TURN ? d->size : at + TURN;

		if (at == end) {
			pthread_cond_wait(&d->changed, &d->lock);
			continue;
		}
		pthread_mutex_unlock(&d->lock);
		add(d, at, end, &err);
		at = end;
		pthread_mutex_lock(&d->lock);
	}
	d->err = err;
	d->is_taken = false;
	pthread_cond_signal(&d->changed);
}

static void *run(void *context)
{
	struct hr_file_digest *d = context;

	pthread_mutex_lock(&d->lock);
	while (!d->is_closed) {
		if (d->is_taken)
			take_file(d);
		else
			pthread_cond_wait(&d->changed, &d->lock);
	}
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

static bool start(struct hr_file_digest *d, hr_error *err)
{
	pthread_attr_t attributes;
	int errnum = pthread_attr_init(&attributes);

	if (!errnum) {
		pthread_attr_setstacksize(&attributes, STACK_BYTES);
		errnum = pthread_create(&d->thread, &attributes, run, d);
		pthread_attr_destroy(&attributes);
	}
	return !errnum || hr_fail_errno(err, errnum, "start", "a thread");
}

/* --- who writes --- */

static void leave(struct hr_file_digest *d)
{
	pthread_cond_destroy(&d->changed);
	pthread_mutex_destroy(&d->lock);
}

hr_file_digest *hr_file_digest_open(hr_arena *arena, hr_error *err)
{
	struct hr_file_digest *d = HR_NEW(arena, struct hr_file_digest);

	if (d)
		d->piece = hr_arena_alloc_text(arena, PIECE);
	if (!d || !d->piece) {
		hr_fail_memory(err);
		return NULL;
	}
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->changed, NULL);
	if (start(d, err))
		return d;
	leave(d);
	return NULL;
}

void hr_file_digest_close(hr_file_digest *d)
{
	hr_file_digest_give_up(d);
	pthread_mutex_lock(&d->lock);
	d->is_closed = true;
	pthread_cond_signal(&d->changed);
	pthread_mutex_unlock(&d->lock);
	pthread_join(d->thread, NULL);
	leave(d);
}

bool hr_file_digest_begin(hr_file_digest *d, int fd, hr_error *err)
{
	assert(!d->run);
	d->run = hr_sha256_begin(err);
	if (!d->run)
		return false;
	pthread_mutex_lock(&d->lock);
	d->fd = fd;
	d->size = 0;
	d->is_whole = false;
	d->is_given_up = false;
	d->is_taken = true;
	pthread_cond_signal(&d->changed);
	pthread_mutex_unlock(&d->lock);
	return true;
}

void hr_file_digest_grow(hr_file_digest *d, uint64_t size)
{
	pthread_mutex_lock(&d->lock);
	d->size = size;
	pthread_cond_signal(&d->changed);
	pthread_mutex_unlock(&d->lock);
}

/* The run is ours again; NULL: there was none. */
static hr_sha256_run *take_back(struct hr_file_digest *d, bool give_up)
{
	hr_sha256_run *run = d->run;

	if (!run)
		return NULL;
	pthread_mutex_lock(&d->lock);
	d->is_whole = true;
	d->is_given_up = give_up;
	pthread_cond_signal(&d->changed);
	while (d->is_taken)
		pthread_cond_wait(&d->changed, &d->lock);
	pthread_mutex_unlock(&d->lock);
	d->run = NULL;
	return run;
}

bool hr_file_digest_end(hr_file_digest *d, hr_digest *out, hr_error *err)
{
	hr_sha256_run *run = take_back(d, false);

	assert(run);
	if (!d->err.code)
		return hr_sha256_end(run, out, err);
	hr_sha256_end(run, NULL, NULL);
	*err = d->err;
	return false;
}

void hr_file_digest_give_up(hr_file_digest *d)
{
	hr_sha256_run *run = take_back(d, true);

	if (run)
		hr_sha256_end(run, NULL, NULL);
}
