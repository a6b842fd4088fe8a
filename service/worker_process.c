#include "service/worker_process.h"

#include "service/worker_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* What it may know of our environment: where DCMTK's dictionary is, and what sanitizers want. */
static const char *const names[] = {
	"DCMDICTPATH",	"ASAN_OPTIONS", "UBSAN_OPTIONS",     "TSAN_OPTIONS",
	"LSAN_OPTIONS", "GCOV_PREFIX",	"LLVM_PROFILE_FILE",
};

enum { NAMES = sizeof(names) / sizeof(names[0]), VARIABLE_BYTES = 1024 };

struct environment {
	char text[NAMES][VARIABLE_BYTES];
	char *variables[NAMES + 1];
};

static void choose_environment(struct environment *out)
{
	size_t count = 0;

	for (size_t i = 0; i < NAMES; i++) {
		const char *value = getenv(names[i]);
		hr_buf buf;

		if (!value)
			continue;
		hr_buf_init_over(&buf, out->text[count], VARIABLE_BYTES);
		hr_buf_addf(&buf, "%s=%s", names[i], value);
		if (!buf.failed) {
			out->variables[count] = out->text[count];
			count++;
		}
	}
	out->variables[count] = NULL;
}

/* Standard error stays: a sanitizer, or assert, has words for us. */
static int choose_files(posix_spawn_file_actions_t *files, int socket)
{
	int errnum = posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDWR, 0);

	if (!errnum)
		errnum = posix_spawn_file_actions_adddup2(files, 0, 1);
	if (!errnum)
		errnum = posix_spawn_file_actions_adddup2(files, socket, HR_WORKER_SOCKET);
	return errnum ? errnum
		      : posix_spawn_file_actions_addclosefrom_np(files, HR_WORKER_SOCKET + 1);
}

/* The service blocks signals that a worker must die by; one of the terminal is the service's. */
static int choose_signals(posix_spawnattr_t *attributes)
{
	sigset_t none;
	sigset_t ours;

	sigemptyset(&none);
	sigemptyset(&ours);
	sigaddset(&ours, SIGPIPE);
	posix_spawnattr_setsigmask(attributes, &none);
	posix_spawnattr_setsigdefault(attributes, &ours);
	return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
							    POSIX_SPAWN_SETPGROUP);
}

static int spawn(const char *program, const char *kind, int socket, pid_t *pid)
{
	char *const words[] = { (char *)(uintptr_t) "huren", (char *)(uintptr_t) "worker",
				(char *)(uintptr_t)kind, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	struct environment environment;
	int errnum = posix_spawn_file_actions_init(&files);

	if (errnum)
		return errnum;
	errnum = posix_spawnattr_init(&attributes);
	if (!errnum) {
		choose_environment(&environment);
		errnum = choose_files(&files, socket);
		if (!errnum)
			errnum = choose_signals(&attributes);
		if (!errnum)
			errnum = posix_spawn(pid, program ? program : "/proc/self/exe", &files,
					     &attributes, words, environment.variables);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&files);
	return errnum;
}

/* To the numbers that are closed there; else the copy might be of itself. */
static int move_up(int fd)
{
	int moved = fd;

	if (fd <= HR_WORKER_SOCKET) {
		moved = fcntl(fd, F_DUPFD_CLOEXEC, HR_WORKER_SOCKET + 1);
		close(fd);
	}
	return moved;
}

bool hr_worker_start(const char *program, const char *kind, hr_worker_process *out, hr_error *err)
{
	hr_worker_process process = { .pid = 0 };
	int theirs;
	int errnum;

	if (!hr_wire_pair(&process.socket, &theirs, err))
		return false;
	theirs = move_up(theirs);
	errnum = theirs < 0 ? errno : spawn(program, kind, theirs, &process.pid);
	if (theirs >= 0)
		close(theirs);
	if (errnum) {
		close(process.socket);
		return hr_fail_errno(err, errnum, "start", "a worker process");
	}
	*out = process;
	return true;
}

static void reap(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void hr_worker_end(hr_worker_process *process)
{
	if (!process->pid)
		return;
	close(process->socket);
	kill(process->pid, SIGKILL);
	reap(process->pid);
	process->pid = 0;
}

void hr_worker_wait(hr_worker_process *process, int64_t deadline_ms)
{
	struct pollfd ended = { .fd = process->socket };
	int64_t left = deadline_ms - hr_wire_now_ms();

	if (!process->pid)
		return;
	shutdown(process->socket, SHUT_WR);
	if (left > 0)
		poll(&ended, 1, (int)left);
	hr_worker_end(process);
}
