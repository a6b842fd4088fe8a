/*
 * The pool against processes of the program itself, and against one that does
 * what a hostile object might make of it: this very program, when it is called
 * as a worker.
 */
#include "service/worker_process.h"
#include "service/worker_wire.h"
#include "service/workers.h"

#include "testing.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MEMORY = 64 << 20, THREADS = 4, PIECES = 25 };

/* --- the worker that this program is when it is called as one --- */

static void say(int socket, hr_str bytes)
{
	const hr_wire_message answer = { .bytes = bytes, .fd = -1 };
	hr_error err;

	hr_wire_send(socket, &answer, &err);
}

/* With a file that nobody asked for. */
static void say_file(int socket)
{
	const hr_wire_message answer = { .fd = memfd_create("test", MFD_CLOEXEC) };
	hr_error err;

	hr_wire_send(socket, &answer, &err);
}

static void spin(void)
{
	for (volatile unsigned i = 0;; i++)
		;
}

static void behave(int socket, const hr_wire_message *question)
{
	const hr_str what = question->bytes;

	if (hr_str_equal(what, HR_STR("crash")))
		raise(SIGKILL); /* without a sanitizer's words */
	else if (hr_str_equal(what, HR_STR("hang")))
		spin();
	else if (hr_str_equal(what, HR_STR("garbage")))
		(void)!send(socket, "what?", 5, 0);
	else if (hr_str_equal(what, HR_STR("file")))
		say_file(socket);
	else if (hr_str_equal(what, HR_STR("leave")))
		_exit(0);
	else
		say(socket, what);
}

static int be_worker(void)
{
	hr_arena *arena = hr_test_arena();
	hr_wire_message question;
	hr_error err;

	/* The first message is settings. */
	if (!hr_wire_receive(HR_WORKER_SOCKET, HR_WIRE_WAITS, arena, &question, &err))
		return 1;
	while (hr_wire_receive(HR_WORKER_SOCKET, HR_WIRE_WAITS, arena, &question, &err))
		behave(HR_WORKER_SOCKET, &question);
	hr_arena_close(arena);
	return 0;
}

/* --- the pool --- */

struct fixture {
	hr_arena *arena;
	hr_workers *workers;
	hr_error err;
};

static struct fixture open_timed(const char *program, unsigned count, unsigned recycle,
				 unsigned seconds)
{
	const hr_workers_options options = {
		.program = program,
		.count = count,
		.memory_bytes = MEMORY,
		.seconds = seconds,
		.recycle = recycle,
	};
	struct fixture f = { .arena = hr_test_arena() };

	if (!hr_workers_open(&options, &f.workers, &f.err))
		abort();
	return f;
}

/* So long that no machine is too slow. */
static struct fixture open_fixture(const char *program, unsigned count, unsigned recycle)
{
	return open_timed(program, count, recycle, 60);
}

static void close_fixture(struct fixture *f)
{
	hr_workers_close(f->workers);
	hr_arena_close(f->arena);
	/* Every process was reaped. */
	CU_ASSERT_TRUE(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

static bool ask(struct fixture *f, const char *what, hr_str *out)
{
	return hr_workers_run(f->workers, HR_WORK_FACTS, -1, hr_str_of(what), f->arena, out,
			      &f->err);
}

static void test_workers__stand_in__answers(void)
{
	struct fixture f = open_fixture(NULL, 1, 100);
	hr_str answer;

	HR_ASSERT_OK(ask(&f, "hello", &answer), f.err);
	HR_ASSERT_TEXT(answer, "hello");
	HR_ASSERT_OK(ask(&f, "", &answer), f.err);
	CU_ASSERT_EQUAL(answer.len, 0);
	close_fixture(&f);
}

static void test_workers__many_bytes__come_back(void)
{
	const size_t sizes[] = { 48 << 10, (48 << 10) + 1 };
	struct fixture f = open_fixture(NULL, 1, 100);

	for (size_t i = 0; i < 2; i++) {
		char *text = hr_arena_alloc_text(f.arena, sizes[i]);
		const size_t before = hr_arena_used(f.arena);
		hr_str answer;

		memset(text, 'x', sizes[i]);
		/* Questions are few bytes; here a large one goes the way of large answers. */
		HR_ASSERT_OK(hr_workers_run(f.workers, HR_WORK_FACTS, -1,
					    (hr_str){ text, sizes[i] }, f.arena, &answer, &f.err),
			     f.err);
		CU_ASSERT_TRUE(hr_str_equal(answer, (hr_str){ text, sizes[i] }));
		/* It counts for who asked, wherever it lies. */
		CU_ASSERT(hr_arena_used(f.arena) - before >= sizes[i]);
	}
	close_fixture(&f);
}

static void test_workers__crash__is_one_refusal(void)
{
	struct fixture f = open_fixture(NULL, 1, 100);
	hr_str answer;

	CU_ASSERT_FALSE(ask(&f, "crash", &answer));
	CU_ASSERT_EQUAL(f.err.code, HR_E_SYNTAX);
	HR_ASSERT_OK(ask(&f, "hello", &answer), f.err);
	close_fixture(&f);
}

static void test_workers__hang__ends_in_time(void)
{
	struct fixture f = open_timed(NULL, 1, 100, 1);
	const int64_t began = hr_wire_now_ms();
	hr_str answer;

	CU_ASSERT_FALSE(ask(&f, "hang", &answer));
	CU_ASSERT_EQUAL(f.err.code, HR_E_LIMIT);
	CU_ASSERT_TRUE(hr_wire_now_ms() - began >= 900);
	close_fixture(&f);
}

static void test_workers__nonsense__is_one_refusal(void)
{
	static const char *const kinds[] = { "garbage", "file" };
	struct fixture f = open_fixture(NULL, 1, 100);
	hr_str answer;

	for (size_t i = 0; i < 2; i++) {
		CU_ASSERT_FALSE(ask(&f, kinds[i], &answer));
		CU_ASSERT_EQUAL(f.err.code, HR_E_SYNTAX);
		HR_ASSERT_OK(ask(&f, "hello", &answer), f.err);
	}
	close_fixture(&f);
}

static void test_workers__one_that_left_idle__is_begun_again(void)
{
	struct fixture f = open_fixture(NULL, 1, 100);
	hr_str answer;

	CU_ASSERT_FALSE(ask(&f, "leave", &answer));
	HR_ASSERT_OK(ask(&f, "hello", &answer), f.err);
	close_fixture(&f);
}

static bool has_children(void)
{
	return waitpid(-1, NULL, WNOHANG) == 0;
}

static void test_workers__begun_ahead__are_there_and_answer(void)
{
	struct fixture f = open_fixture(NULL, 2, 2);
	hr_str answer;

	CU_ASSERT_FALSE(has_children());
	hr_workers_begin(f.workers);
	CU_ASSERT_TRUE(has_children());
	for (int i = 0; i < 5; i++)
		HR_ASSERT_OK(ask(&f, "hello", &answer), f.err);
	close_fixture(&f);
}

static void test_workers__cannot_be_begun_ahead__fails_when_it_is_asked(void)
{
	struct fixture f = open_fixture("/no/such/program", 1, 100);
	hr_str answer;

	hr_workers_begin(f.workers);
	CU_ASSERT_FALSE(ask(&f, "hello", &answer));
	close_fixture(&f);
}

static void test_workers__recycled__answers_on(void)
{
	struct fixture f = open_fixture(NULL, 1, 2);
	hr_str answer;

	for (int i = 0; i < 5; i++)
		HR_ASSERT_OK(ask(&f, "hello", &answer), f.err);
	close_fixture(&f);
}

static void test_workers__none_free__is_busy(void)
{
	struct fixture f = open_timed(NULL, 0, 1, 1);
	hr_str answer;

	CU_ASSERT_FALSE(ask(&f, "hello", &answer));
	CU_ASSERT_EQUAL(f.err.code, HR_E_BUSY);
	close_fixture(&f);
}

struct asker {
	pthread_t thread;
	struct fixture *f;
	unsigned well;
};

static void *ask_often(void *context)
{
	struct asker *asker = context;
	HR_AUTO(hr_arena) arena = hr_test_arena();

	for (int i = 0; i < PIECES; i++) {
		const char *what = i % 5 == 4 ? "crash" : "hello";
		hr_str answer;
		hr_error err;
		bool ok = hr_workers_run(asker->f->workers, HR_WORK_FACTS, -1, hr_str_of(what),
					 arena, &answer, &err);

		asker->well += ok == (i % 5 != 4) && (!ok || hr_str_equal(answer, HR_STR("hello")));
	}
	return NULL;
}

static void test_workers__four_threads_two_workers__all_are_answered(void)
{
	struct fixture f = open_fixture(NULL, 2, 7);
	struct asker askers[THREADS] = { 0 };

	for (int i = 0; i < THREADS; i++) {
		askers[i].f = &f;
		pthread_create(&askers[i].thread, NULL, ask_often, &askers[i]);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(askers[i].thread, NULL);
		CU_ASSERT_EQUAL(askers[i].well, PIECES);
	}
	close_fixture(&f);
}

static void test_workers__huren_itself__maps_the_file_and_answers(void)
{
	struct fixture f = open_fixture(HUREN_PROGRAM, 1, 100);
	int fd = open("tests/data/catalog", O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	hr_str answer;

	CU_ASSERT_FALSE(hr_workers_run(f.workers, HR_WORK_COUNT, -1, HR_STR_NONE, f.arena, &answer,
				       &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_UNSUPPORTED);
	/* What cannot be mapped is an error of that piece, and the worker goes on. */
	CU_ASSERT_FALSE(hr_workers_run(f.workers, HR_WORK_FACTS, fd, HR_STR_NONE, f.arena, &answer,
				       &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_IO);
	close(fd);
	close_fixture(&f);
}

static void test_workers__no_program__is_said(void)
{
	struct fixture f = open_fixture("/nowhere/huren", 1, 100);
	hr_str answer;

	CU_ASSERT_FALSE(ask(&f, "hello", &answer));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	close_fixture(&f);
}

/* --- confined --- */

static int try_confined(bool (*act)(void))
{
	const hr_worker_limits limits = { .memory_bytes = MEMORY, .file_bytes = 1 << 20 };
	int status = -1;
	pid_t child = fork();
	hr_error err;

	if (child == 0)
		_exit(hr_worker_confine(&limits, &err) ? act() : 2);
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static pthread_barrier_t confined;

static void *act_beside(void *act)
{
	bool (*const *todo)(void) = act;

	pthread_barrier_wait(&confined);
	return (*todo)() ? act : NULL;
}

/* By a thread that was there before. */
static int try_confined_beside(bool (*act)(void))
{
	const hr_worker_limits limits = { .memory_bytes = MEMORY, .file_bytes = 1 << 20 };
	int status = -1;
	pid_t child = fork();
	pthread_t thread;
	void *done = NULL;
	hr_error err;

	if (child == 0) {
		pthread_barrier_init(&confined, NULL, 2);
		if (pthread_create(&thread, NULL, act_beside, &act) != 0 ||
		    !hr_worker_confine(&limits, &err))
			_exit(2);
		pthread_barrier_wait(&confined);
		pthread_join(thread, &done);
		_exit(done != NULL);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool opens_for_reading(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0;
}

static bool takes_much_memory(void)
{
	return mmap(NULL, 2 * MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
	       MAP_FAILED;
}

static bool makes_a_file(void)
{
	return open(".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600) >= 0;
}

static bool opens_a_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool begins_a_program(void)
{
	char *const words[] = { NULL };

	execve("/bin/true", words, words);
	return false;
}

static bool begins_a_process(void)
{
	return fork() >= 0;
}

static void test_worker_confine__what_reaches_out__is_refused(void)
{
	static bool (*const acts[])(void) = {
		takes_much_memory, makes_a_file, opens_a_socket, begins_a_program, begins_a_process,
	};

	CU_ASSERT_EQUAL(try_confined(opens_for_reading), 1);
	CU_ASSERT_EQUAL(try_confined_beside(opens_for_reading), 1);
	/* Sanitizers need what is refused: there all that is tested is that it runs. */
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		CU_ASSERT_TRUE(try_confined(acts[i]) == 0 || HUREN_SANITIZED);
		CU_ASSERT_TRUE(try_confined_beside(acts[i]) == 0 || HUREN_SANITIZED);
	}
}

static const hr_test tests[] = {
	HR_TEST(test_workers__stand_in__answers),
	HR_TEST(test_workers__many_bytes__come_back),
	HR_TEST(test_workers__crash__is_one_refusal),
	HR_TEST(test_workers__hang__ends_in_time),
	HR_TEST(test_workers__nonsense__is_one_refusal),
	HR_TEST(test_workers__one_that_left_idle__is_begun_again),
	HR_TEST(test_workers__begun_ahead__are_there_and_answer),
	HR_TEST(test_workers__cannot_be_begun_ahead__fails_when_it_is_asked),
	HR_TEST(test_workers__recycled__answers_on),
	HR_TEST(test_workers__none_free__is_busy),
	HR_TEST(test_workers__four_threads_two_workers__all_are_answered),
	HR_TEST(test_workers__huren_itself__maps_the_file_and_answers),
	HR_TEST(test_workers__no_program__is_said),
	HR_TEST(test_worker_confine__what_reaches_out__is_refused),
};

/* How long a piece of work takes beside the work: `test_workers bench`. */
static int bench(void)
{
	enum { ROUNDS = 20000 };
	struct fixture f = open_fixture(HUREN_PROGRAM, 1, ROUNDS * 2);
	int fd = open("README.md", O_RDONLY | O_CLOEXEC);
	hr_str answer;
	int64_t began;

	hr_workers_run(f.workers, HR_WORK_COUNT, fd, HR_STR_NONE, f.arena, &answer, &f.err);
	began = hr_wire_now_ms();
	for (int i = 0; i < ROUNDS; i++) {
		hr_workers_run(f.workers, HR_WORK_COUNT, fd, HR_STR_NONE, f.arena, &answer, &f.err);
		hr_arena_reset(f.arena);
	}
	printf("%.1f us a piece\n", (double)(hr_wire_now_ms() - began) * 1000 / ROUNDS);
	close(fd);
	hr_workers_close(f.workers);
	hr_arena_close(f.arena);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return be_worker();
	if (argc > 1 && strcmp(argv[1], "bench") == 0)
		return bench();
	return hr_test_run("workers", tests, sizeof(tests) / sizeof(tests[0]));
}
