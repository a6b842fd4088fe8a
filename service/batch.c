#include "service/batch.h"

#include "service/batch_answer.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

/* Saving takes no more than a fiftieth of the time, on whatever disk; in seconds between two. */
#define SAVE_SHARE     50
#define SAVE_AFTER_MIN 0.05
#define SAVE_AFTER_MAX 10.0
#define SHOW_AFTER     0.5

enum {
	/* A chunk is large enough that handing it over costs nothing beside its verdicts. */
	CHUNK_BYTES = 64 * 1024,
	CHUNK_FILE_BYTES = 4096, /* what a file counts as: its bytes come with its worker */
	CHUNK_ITEMS = 256,
	CHUNK_PIECES = 2 * CHUNK_ITEMS + 1,
	PIECE_BYTES = 1024 * 1024,
	CHUNKS_A_THREAD = 4,
	CHUNK_ARENA_BYTES = 1024 * 1024 * 1024,
	CHUNK_KEPT_BYTES = 2 * 1024 * 1024,
	SAVE_ARENA_BYTES = 256 * 1024 * 1024,
};

/* Some inputs that follow each other, and then their answers. */
struct chunk {
	hr_arena *arena; /* of all that follows */
	hr_batch_item *items;
	size_t count;
	hr_str *pieces; /* all lines, as they are written */
	size_t piece_count;
	hr_buf lines; /* that are no piece yet */
	hr_buf notes;
	hr_batch_place place; /* after the last of them */
	bool answered;
};

/*
 * A ring: chunk n is at n modulo its length. The reader fills, a worker takes
 * and answers, the writer writes: filled >= taken >= written.
 */
struct batch {
	const hr_batch_options *options;
	hr_batch_source *source;
	hr_question question; /* as of the time when it was begun */
	hr_tally tally;	      /* its counters: the writer's */
	hr_batch_state state; /* the writer's, too */
	int output;
	hr_batch_place begun; /* what was done before */
	uint64_t total;
	bool stopped;
	double start_s;
	double saved_s;
	double save_after_s;
	double shown_s;

	pthread_mutex_t lock;
	pthread_cond_t room;  /* for the reader */
	pthread_cond_t work;  /* for the workers */
	pthread_cond_t ready; /* for the writer */
	struct chunk *ring;
	size_t length;
	uint64_t filled;
	uint64_t taken;
	uint64_t written;
	bool ended; /* no more is filled */
	bool failed;
	hr_error err;
};

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The first fault ends it for all. */
static void fail(struct batch *b, const hr_error *err)
{
	pthread_mutex_lock(&b->lock);
	if (!b->failed)
		b->err = *err;
	b->failed = true;
	pthread_cond_broadcast(&b->room);
	pthread_cond_broadcast(&b->work);
	pthread_cond_broadcast(&b->ready);
	pthread_mutex_unlock(&b->lock);
}

static bool has_failed(struct batch *b)
{
	bool failed;

	pthread_mutex_lock(&b->lock);
	failed = b->failed;
	pthread_mutex_unlock(&b->lock);
	return failed;
}

/* --- the reader: the thread that called --- */

/* NULL when it failed elsewhere. */
static struct chunk *wait_for_room(struct batch *b)
{
	struct chunk *chunk;

	pthread_mutex_lock(&b->lock);
	while (b->filled - b->written == b->length && !b->failed)
		pthread_cond_wait(&b->room, &b->lock);
	chunk = b->failed ? NULL : &b->ring[b->filled % b->length];
	pthread_mutex_unlock(&b->lock);
	return chunk;
}

/* A chunk that held something large does not keep its memory. */
static bool clear(struct chunk *chunk, hr_error *err)
{
	if (chunk->arena && hr_arena_used(chunk->arena) > CHUNK_KEPT_BYTES) {
		hr_arena_close(chunk->arena);
		chunk->arena = NULL;
	}
	if (chunk->arena)
		hr_arena_reset(chunk->arena);
	else
		chunk->arena = hr_arena_open(CHUNK_ARENA_BYTES);
	*chunk = (struct chunk){ .arena = chunk->arena };
	if (!chunk->arena)
		return hr_fail_memory(err);
	chunk->items = hr_arena_alloc_raw(chunk->arena, CHUNK_ITEMS * sizeof(*chunk->items));
	chunk->pieces = hr_arena_alloc_raw(chunk->arena, CHUNK_PIECES * sizeof(*chunk->pieces));
	hr_buf_init(&chunk->lines, chunk->arena, CHUNK_ARENA_BYTES);
	hr_buf_init(&chunk->notes, chunk->arena, CHUNK_ARENA_BYTES);
	return (chunk->items && chunk->pieces) || hr_fail_memory(err);
}

/* `*end`: there is no more after it. */
static bool fill(struct batch *b, struct chunk *chunk, bool *end, hr_error *err)
{
	size_t bytes = 0;

	if (!clear(chunk, err))
		return false;
	*end = hr_batch_source_is_stopped(b->source);
	while (!*end && chunk->count < CHUNK_ITEMS && bytes < CHUNK_BYTES) {
		hr_batch_item *item = &chunk->items[chunk->count];

		if (!hr_batch_source_next(b->source, chunk->arena, item, err))
			return false;
		*end = item->end;
		chunk->count += !item->end;
		bytes += item->path.len ? CHUNK_FILE_BYTES : item->bytes.len;
	}
	chunk->place = hr_batch_source_place(b->source);
	return true;
}

static void hand_over(struct batch *b, const struct chunk *chunk, bool end)
{
	pthread_mutex_lock(&b->lock);
	b->filled += chunk->count != 0;
	b->ended = end;
	if (end) {
		pthread_cond_broadcast(&b->work);
		pthread_cond_broadcast(&b->ready);
	} else {
		pthread_cond_signal(&b->work);
	}
	pthread_mutex_unlock(&b->lock);
}

static void read_all(struct batch *b)
{
	bool end = false;

	while (!end) {
		struct chunk *chunk = wait_for_room(b);
		hr_error err;

		if (!chunk)
			return;
		if (!fill(b, chunk, &end, &err)) {
			fail(b, &err);
			return;
		}
		hand_over(b, chunk, end);
	}
	b->stopped = hr_batch_source_is_stopped(b->source);
}

/* --- the workers --- */

static struct chunk *take(struct batch *b)
{
	struct chunk *chunk = NULL;

	pthread_mutex_lock(&b->lock);
	while (b->taken == b->filled && !b->ended && !b->failed)
		pthread_cond_wait(&b->work, &b->lock);
	if (b->taken < b->filled && !b->failed)
		chunk = &b->ring[b->taken++ % b->length];
	pthread_mutex_unlock(&b->lock);
	return chunk;
}

static void end_piece(struct chunk *chunk)
{
	if (chunk->lines.len)
		chunk->pieces[chunk->piece_count++] = hr_buf_str(&chunk->lines);
	hr_buf_init(&chunk->lines, chunk->arena, CHUNK_ARENA_BYTES);
}

/* Small ones are joined, for one write; to join large ones would take their memory thrice. */
static bool add_line(struct chunk *chunk, hr_str line)
{
	if (chunk->lines.len + line.len > PIECE_BYTES)
		end_piece(chunk);
	if (line.len <= PIECE_BYTES) {
		hr_buf_add(&chunk->lines, line);
		return !chunk->lines.failed;
	}
	line = hr_str_copy(chunk->arena, line);
	chunk->pieces[chunk->piece_count++] = line;
	return line.data;
}

static bool answer(hr_batch_worker *worker, struct chunk *chunk, hr_error *err)
{
	for (size_t i = 0; i < chunk->count; i++) {
		hr_str line;

		if (!hr_batch_answer(worker, &chunk->items[i], &line, &chunk->notes, err))
			return false;
		if (!add_line(chunk, line))
			return hr_fail_memory(err);
	}
	end_piece(chunk);
	return !chunk->notes.failed || hr_fail_memory(err);
}

static void give_back(struct batch *b, struct chunk *chunk)
{
	pthread_mutex_lock(&b->lock);
	chunk->answered = true;
	if (chunk == &b->ring[b->written % b->length])
		pthread_cond_signal(&b->ready);
	pthread_mutex_unlock(&b->lock);
}

static void *work(void *context)
{
	struct batch *b = context;
	hr_batch_worker worker = {
		.catalog = b->options->catalog,
		.question = &b->question,
		.tally = &b->tally,
		.explain = b->options->explain,
		.folder = hr_batch_source_folder(b->source),
	};
	struct chunk *chunk;
	hr_error err;
	bool ok = hr_batch_worker_open(&worker, &err);

	while (ok && (chunk = take(b))) {
		ok = answer(&worker, chunk, &err);
		if (ok)
			give_back(b, chunk);
	}
	if (!ok)
		fail(b, &err);
	hr_batch_worker_close(&worker);
	return NULL;
}

/* --- the writer --- */

/* NULL: all is written, or it failed elsewhere. */
static struct chunk *wait_for_answers(struct batch *b)
{
	struct chunk *chunk = &b->ring[b->written % b->length];

	pthread_mutex_lock(&b->lock);
	while (!b->failed && (b->written == b->filled ? !b->ended : !chunk->answered))
		pthread_cond_wait(&b->ready, &b->lock);
	if (b->failed || b->written == b->filled)
		chunk = NULL;
	pthread_mutex_unlock(&b->lock);
	return chunk;
}

static void free_chunk(struct batch *b)
{
	pthread_mutex_lock(&b->lock);
	b->written++;
	pthread_cond_signal(&b->room);
	pthread_mutex_unlock(&b->lock);
}

static bool write_chunk(struct batch *b, const struct chunk *chunk, hr_error *err)
{
	const char *name = b->options->output ? b->options->output : "standard output";

	for (size_t i = 0; i < chunk->piece_count; i++) {
		if (!hr_batch_output_write(b->output, name, chunk->pieces[i], err))
			return false;
		b->state.output_bytes += chunk->pieces[i].len;
	}
	hr_tally_add(&b->tally, hr_buf_str(&chunk->notes));
	b->state.place = chunk->place;
	return true;
}

/* First what the state speaks of, then the state. */
static bool save(struct batch *b, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(SAVE_ARENA_BYTES);
	const double start = now_s();

	if (!arena)
		return hr_fail_memory(err);
	if (!hr_batch_output_sync(b->output, b->options->output, err) ||
	    !hr_batch_state_write(b->options->state, &b->state, &b->tally, arena, err))
		return false;
	b->saved_s = now_s();
	b->save_after_s = (b->saved_s - start) * SAVE_SHARE;
	if (b->save_after_s < SAVE_AFTER_MIN)
		b->save_after_s = SAVE_AFTER_MIN;
	if (b->save_after_s > SAVE_AFTER_MAX)
		b->save_after_s = SAVE_AFTER_MAX;
	return true;
}

static bool save_when_due(struct batch *b, hr_error *err)
{
	return !b->options->state || now_s() - b->saved_s < b->save_after_s || save(b, err);
}

static hr_batch_progress progress(const struct batch *b)
{
	const uint64_t units = b->state.place.units;

	return (hr_batch_progress){
		.inputs = b->state.place.inputs,
		.answered = b->state.place.inputs - b->begun.inputs,
		.units = units - b->begun.units,
		.left = b->total > units ? b->total - units : 0,
		.seconds = now_s() - b->start_s,
	};
}

static void show_when_due(struct batch *b)
{
	const double now = now_s();
	hr_batch_progress shown;

	if (!b->options->progress || now - b->shown_s < SHOW_AFTER)
		return;
	b->shown_s = now;
	shown = progress(b);
	b->options->progress(b->options->context, &shown);
}

static void *write_all(void *context)
{
	struct batch *b = context;
	struct chunk *chunk;
	hr_error err;
	bool ok = true;

	while (ok && (chunk = wait_for_answers(b))) {
		ok = write_chunk(b, chunk, &err) && save_when_due(b, &err);
		if (ok) {
			free_chunk(b);
			show_when_due(b);
		}
	}
	if (ok && b->options->state && !has_failed(b))
		ok = save(b, &err);
	if (!ok)
		fail(b, &err);
	return NULL;
}

/* --- all of them --- */

static bool resume(struct batch *b, hr_error *err)
{
	b->question.at = b->state.at;
	return hr_batch_source_skip(b->source, &b->state.place, err) &&
	       hr_batch_output_cut(b->output, b->options->output, (int64_t)b->state.output_bytes,
				   err);
}

/* The state first: an output without one would not be gone on with. */
static bool begin(struct batch *b, hr_error *err)
{
	b->state = (hr_batch_state){ .made_of = b->options->made_of, .at = b->question.at };
	if (b->options->output && !hr_batch_output_cut(b->output, b->options->output, -1, err))
		return false;
	return !b->options->state || save(b, err);
}

static bool prepare(struct batch *b, hr_arena *arena, hr_error *err)
{
	const hr_batch_options *o = b->options;
	bool goes_on = false;

	b->question = o->question;
	b->save_after_s = SAVE_AFTER_MIN;
	if (!hr_tally_init(&b->tally, o->catalog, arena, err) ||
	    !hr_batch_source_open(o->input, o->stop_fd, &b->source, err) ||
	    !hr_batch_output_open(o->output, &b->output, err))
		return false;
	if (o->state) {
		goes_on =
			hr_batch_state_read(o->state, o->made_of, arena, &b->state, &b->tally, err);
		if (!goes_on && err->code != HR_E_NOT_FOUND)
			return false;
	}
	if (!(goes_on ? resume(b, err) : begin(b, err)))
		return false;
	b->begun = b->state.place;
	b->total = o->progress ? hr_batch_source_total(b->source) : 0;
	b->start_s = now_s();
	b->shown_s = b->start_s;
	return true;
}

/* The caller's thread reads; those that cannot be started are a fault. */
static void run_threads(struct batch *b, pthread_t *threads)
{
	const size_t wanted = b->options->threads + 1;
	size_t started = 0;
	hr_error err;
	int errnum = 0;

	while (started < wanted && !errnum) {
		errnum = pthread_create(&threads[started], NULL, started ? work : write_all, b);
		started += errnum == 0;
	}
	if (errnum) {
		hr_fail_errno(&err, errnum, "start", "a thread");
		fail(b, &err);
	} else {
		read_all(b);
	}
	while (started)
		pthread_join(threads[--started], NULL);
}

static bool run(struct batch *b, hr_arena *arena, hr_error *err)
{
	pthread_t *threads = HR_NEW_N(arena, pthread_t, b->options->threads + 1);

	b->length = (size_t)b->options->threads * CHUNKS_A_THREAD;
	b->ring = HR_NEW_N(arena, struct chunk, b->length);
	if (!threads || !b->ring)
		return hr_fail_memory(err);
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->room, NULL);
	pthread_cond_init(&b->work, NULL);
	pthread_cond_init(&b->ready, NULL);
	run_threads(b, threads);
	pthread_mutex_destroy(&b->lock);
	pthread_cond_destroy(&b->room);
	pthread_cond_destroy(&b->work);
	pthread_cond_destroy(&b->ready);
	for (size_t i = 0; i < b->length; i++)
		hr_arena_close(b->ring[i].arena);
	if (b->failed)
		*err = b->err;
	return !b->failed;
}

bool hr_batch_run(const hr_batch_options *options, hr_arena *arena, hr_batch_outcome *out,
		  hr_error *err)
{
	struct batch *b = HR_NEW(arena, struct batch);
	bool ok;

	if (!b)
		return hr_fail_memory(err);
	b->options = options;
	b->output = -1;
	ok = prepare(b, arena, err) && run(b, arena, err);
	if (ok)
		*out = (hr_batch_outcome){
			.tally = b->tally,
			.at = b->question.at,
			.progress = progress(b),
			.stopped = b->stopped,
		};
	if (b->output > STDOUT_FILENO)
		close(b->output);
	hr_batch_source_close(b->source);
	return ok;
}
