#include "service/control.h"

#include "service/worker_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	ASKERS_MAX = 8,	  /* at once; the next ones wait */
	WORD_SECONDS = 5, /* for an asker to say what he has begun to, and to hear his answer */
	CONTROL_ARENA_BYTES = 1 << 16,
	ACT_ARENA_BYTES = 768 << 20,
	WHO_TEXT = 32,
};

static const char socket_name[] = "control";

struct asker {
	hr_control *control;
	pthread_t thread;
	int socket;
	bool used;
	bool ended; /* its thread is to be joined */
	char who[WHO_TEXT];
};

struct hr_control {
	hr_arena *arena;
	hr_control_run *run;
	void *context;
	const hr_log *log;
	int folder;
	int listening;
	int stop; /* an eventfd: readable from the end on */
	atomic_bool is_ending;
	pthread_t thread;
	pthread_mutex_t lock; /* of the askers */
	pthread_cond_t left;
	struct asker askers[ASKERS_MAX];
};

/* --- addresses --- */

/* A path that is as short as it must be, however long the folder's is. */
static void address_of(int folder, struct sockaddr_un *out)
{
	*out = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(out->sun_path, sizeof(out->sun_path), "/proc/self/fd/%d/%s", folder, socket_name);
}

static int open_folder(const char *path, hr_error *err)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		hr_fail_errno(err, errno, "open", path);
	return fd;
}

/* --- the side that answers --- */

/* One of our own workers: what has taken one over would ask as its owner. */
static bool is_child(pid_t pid)
{
	char path[WHO_TEXT];
	char text[512];
	const char *end;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return true;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	/* "PID (NAME) STATE PARENT": a name may hold brackets and blanks. */
	end = strrchr(text, ')');
	return !end || strlen(end) < 4 || strtol(end + 4, NULL, 10) == getpid();
}

static bool may_ask(int socket, char who[WHO_TEXT])
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
		return false;
	snprintf(who, WHO_TEXT, "uid %u", (unsigned)peer.uid);
	return (peer.uid == 0 || peer.uid == geteuid()) && !is_child(peer.pid);
}

static bool answer_one(const struct asker *asker, const hr_wire_message *question, hr_arena *arena,
		       hr_error *err)
{
	const hr_control *control = asker->control;
	const hr_control_act act = { question->kind, question->bytes, question->fd,
				     hr_str_of(asker->who), &control->is_ending };
	hr_control_answer answer = { .fd = -1 };
	hr_wire_message message = { .kind = question->kind, .fd = -1 };
	hr_error why;
	bool ok;

	if (control->run(control->context, &act, arena, &answer, &why)) {
		message.bytes = answer.bytes;
		message.fd = answer.fd;
	} else {
		message.why = &why;
	}
	ok = hr_wire_send(asker->socket, &message, err);
	if (answer.fd >= 0)
		close(answer.fd);
	return ok;
}

/* The next question, or the end: of the asker, or of us. */
static bool wait_for_question(const struct asker *asker)
{
	struct pollfd ready[] = { { .fd = asker->socket, .events = POLLIN },
				  { .fd = asker->control->stop, .events = POLLIN } };

	while (poll(ready, 2, -1) < 0)
		if (errno != EINTR)
			return false;
	return ready[1].revents == 0;
}

static void answer_all(const struct asker *asker, hr_arena *arena)
{
	hr_wire_message question;
	hr_error err;
	bool ok = true;

	while (ok && wait_for_question(asker) &&
	       hr_wire_receive(asker->socket, hr_wire_now_ms() + (int64_t)WORD_SECONDS * 1000,
			       arena, &question, &err)) {
		ok = answer_one(asker, &question, arena, &err);
		if (question.fd >= 0)
			close(question.fd);
		hr_arena_reset(arena);
	}
}

static void *run_asker(void *context)
{
	struct asker *asker = context;
	hr_control *control = asker->control;
	HR_AUTO(hr_arena) arena = hr_arena_open(ACT_ARENA_BYTES);

	if (arena)
		answer_all(asker, arena);
	close(asker->socket);
	pthread_mutex_lock(&control->lock);
	asker->ended = true;
	pthread_cond_signal(&control->left);
	pthread_mutex_unlock(&control->lock);
	return NULL;
}

/* A place for one more, waited for. NULL at the end. */
static struct asker *take_place(hr_control *control)
{
	struct asker *found = NULL;

	pthread_mutex_lock(&control->lock);
	while (!found) {
		for (size_t i = 0; i < ASKERS_MAX && !found; i++)
			if (!control->askers[i].used || control->askers[i].ended)
				found = &control->askers[i];
		if (!found)
			pthread_cond_wait(&control->left, &control->lock);
	}
	pthread_mutex_unlock(&control->lock);
	if (found->used)
		pthread_join(found->thread, NULL);
	*found = (struct asker){ .control = control };
	return found;
}

static void tell_fault(const hr_control *control, const char *what)
{
	const hr_log_field fields[] = { { .name = "what", .text = hr_str_of(what) } };

	if (control->log)
		hr_log_write(control->log, HR_LOG_ERROR, (hr_instant){ time(NULL) },
			     "control-fault", fields, 1);
}

static void serve_one(hr_control *control, int socket)
{
	const struct timeval limit = { .tv_sec = WORD_SECONDS };
	struct asker *asker = take_place(control);

	asker->socket = socket;
	setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (!may_ask(socket, asker->who)) {
		tell_fault(control, "another user has asked");
	} else if (pthread_create(&asker->thread, NULL, run_asker, asker) == 0) {
		asker->used = true;
		return;
	}
	close(socket);
}

static void *run_control(void *context)
{
	hr_control *control = context;
	struct pollfd ready[] = { { .fd = control->listening, .events = POLLIN },
				  { .fd = control->stop, .events = POLLIN } };
	int socket;

	for (;;) {
		if (poll(ready, 2, -1) < 0 && errno != EINTR)
			tell_fault(control, "nobody can ask any more");
		if (ready[1].revents)
			return NULL;
		socket = accept4(control->listening, NULL, NULL, SOCK_CLOEXEC);
		if (socket >= 0)
			serve_one(control, socket);
	}
}

static bool listen_there(hr_control *control, hr_error *err)
{
	struct sockaddr_un address;

	address_of(control->folder, &address);
	unlinkat(control->folder, socket_name, 0);
	control->listening = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return (control->listening >= 0 &&
		bind(control->listening, (struct sockaddr *)&address, sizeof(address)) == 0 &&
		fchmodat(control->folder, socket_name, 0600, 0) == 0 &&
		listen(control->listening, ASKERS_MAX) == 0) ||
	       hr_fail_errno(err, errno, "listen on", socket_name);
}

static void close_files(hr_control *control)
{
	if (control->listening >= 0) {
		unlinkat(control->folder, socket_name, 0);
		close(control->listening);
	}
	if (control->stop >= 0)
		close(control->stop);
	if (control->folder >= 0)
		close(control->folder);
}

static bool begin(hr_control *control, const char *folder, hr_error *err)
{
	control->folder = open_folder(folder, err);
	if (control->folder < 0 || !listen_there(control, err))
		return false;
	control->stop = eventfd(0, EFD_CLOEXEC);
	if (control->stop < 0)
		return hr_fail_errno(err, errno, "make", "an eventfd");
	errno = pthread_create(&control->thread, NULL, run_control, control);
	return errno == 0 || hr_fail_errno(err, errno, "start", "a thread");
}

bool hr_control_open(const char *folder, hr_control_run *run, void *context, const hr_log *log,
		     hr_control **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open(CONTROL_ARENA_BYTES);
	hr_control *control = arena ? HR_NEW(arena, hr_control) : NULL;

	if (!control) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	*control = (hr_control){
		.arena = arena,
		.run = run,
		.context = context,
		.log = log,
		.folder = -1,
		.listening = -1,
		.stop = -1,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.left = PTHREAD_COND_INITIALIZER,
	};
	if (!begin(control, folder, err)) {
		close_files(control);
		hr_arena_close(arena);
		return false;
	}
	*out = control;
	return true;
}

bool hr_control_goes_on(const hr_control_act *act, hr_error *err)
{
	return !act->is_ending || !atomic_load(act->is_ending) ||
	       hr_fail(err, HR_E_UNAVAILABLE, "the service is being stopped: ask again");
}

void hr_control_stop(hr_control *control)
{
	const uint64_t one = 1;

	if (control && !atomic_exchange(&control->is_ending, true))
		(void)!write(control->stop, &one, sizeof(one));
}

void hr_control_close(hr_control *control)
{
	if (!control)
		return;
	hr_control_stop(control);
	pthread_join(control->thread, NULL);
	for (size_t i = 0; i < ASKERS_MAX; i++)
		if (control->askers[i].used)
			pthread_join(control->askers[i].thread, NULL);
	close_files(control);
	pthread_mutex_destroy(&control->lock);
	pthread_cond_destroy(&control->left);
	hr_arena_close(control->arena);
}

/* --- the side that asks --- */

static bool connect_there(int folder, int *out, hr_error *err)
{
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return hr_fail_errno(err, errno, "make", "a socket");
	address_of(folder, &address);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0) {
		*out = fd;
		return true;
	}
	if (errno == ENOENT || errno == ECONNREFUSED)
		hr_fail(err, HR_E_UNAVAILABLE, "no service answers in the data folder");
	else
		hr_fail_errno(err, errno, "reach the service at", socket_name);
	close(fd);
	return false;
}

bool hr_control_connect(const char *folder, int *socket, hr_error *err)
{
	int fd = open_folder(folder, err);
	bool ok = fd >= 0 && connect_there(fd, socket, err);

	if (fd >= 0)
		close(fd);
	return ok;
}

bool hr_control_ask(int socket, uint32_t kind, hr_str bytes, int fd, hr_arena *arena,
		    hr_control_answer *out, hr_error *err)
{
	const hr_wire_message question = { .kind = kind, .bytes = bytes, .fd = fd };
	hr_wire_message got;

	if (!hr_wire_send(socket, &question, err) ||
	    !hr_wire_receive(socket, HR_WIRE_WAITS, arena, &got, err))
		return err->code == HR_E_UNAVAILABLE
			       ? hr_fail(err, HR_E_UNAVAILABLE,
					 "the service has gone before it answered: ask again")
			       : false;
	if (got.why) {
		*err = *got.why;
		if (got.fd >= 0)
			close(got.fd);
		return false;
	}
	*out = (hr_control_answer){ got.bytes, got.fd };
	return true;
}
