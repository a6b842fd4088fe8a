/* What a worker process does: a piece of work after the other, until it is told to end. */
#include "service/workers.h"

#include "service/worker_process.h"
#include "service/worker_wire.h"

#include <unistd.h>

enum { SETTINGS = 2, SMALL_ARENA_BYTES = 1 << 20 };

/* The first message: how much memory, and how many seconds for a piece. */
static bool take_settings(int socket, uint64_t settings[SETTINGS], hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(SMALL_ARENA_BYTES);
	hr_wire_message message;

	if (!arena)
		return hr_fail_memory(err);
	if (!hr_wire_receive(socket, HR_WIRE_WAITS, arena, &message, err))
		return false;
	if (message.bytes.len != SETTINGS * sizeof(settings[0]))
		return hr_fail(err, HR_E_INTERNAL, "a worker has other settings than it knows");
	memcpy(settings, message.bytes.data, message.bytes.len);
	return true;
}

static bool do_piece(const hr_wire_message *question, hr_arena *arena, hr_str *answer,
		     hr_error *err)
{
	hr_str file = HR_STR_NONE;

	return (question->fd < 0 || hr_wire_map(question->fd, arena, &file, err)) &&
	       hr_film_work(question->kind, file, question->bytes, arena, answer, err);
}

/* An answer that cannot be sent, for it is too large, is answered with that. */
static bool answer(int socket, hr_wire_message *message, hr_error *err)
{
	if (hr_wire_send(socket, message, err))
		return true;
	if (err->code == HR_E_UNAVAILABLE)
		return false;
	message->bytes = HR_STR_NONE;
	message->why = err;
	return hr_wire_send(socket, message, err);
}

/* By the wall's clock, so that none outlives a service that has gone meanwhile. */
static bool run_piece(int socket, unsigned seconds, hr_arena *arena)
{
	hr_wire_message question;
	hr_wire_message reply = { .fd = -1 };
	hr_error err = { .code = HR_E_NONE };

	if (!hr_wire_receive(socket, HR_WIRE_WAITS, arena, &question, &err))
		return false;
	alarm(seconds);
	reply.kind = question.kind;
	if (!do_piece(&question, arena, &reply.bytes, &err))
		reply.why = &err;
	if (question.fd >= 0)
		close(question.fd);
	if (!answer(socket, &reply, &err))
		return false;
	alarm(0);
	return true;
}

int hr_worker_main(int socket)
{
	uint64_t settings[SETTINGS];
	hr_worker_limits limits = { .file_bytes = HR_WIRE_BYTES_MAX };
	hr_arena *arena;
	hr_error err;

	if (!take_settings(socket, settings, &err))
		return hr_error_exit(err.code);
	limits.memory_bytes = settings[0];
	if (!hr_worker_confine(&limits, &err))
		return hr_error_exit(err.code);
	arena = hr_arena_open((size_t)limits.memory_bytes);
	if (!arena)
		return hr_error_exit(HR_E_MEMORY);
	while (run_piece(socket, (unsigned)settings[1], arena))
		hr_arena_reset(arena);
	hr_arena_close(arena);
	return 0;
}
