#include "service/control.h"

#include "testing.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ARENA_BYTES = 4 << 20, MANY_BYTES = 1 << 20, ASKERS = 12 };

enum { ACT_BACK = 7, ACT_FAIL, ACT_READ, ACT_SLOW, ACT_FILE, ACT_ENDLESS };

struct fixture {
	const char *folder;
	hr_control *control;
	hr_arena *arena;
	hr_error err;
	int socket;
	atomic_bool is_running; /* ACT_ENDLESS */
};

static bool run_act(void *context, const hr_control_act *act, hr_arena *arena,
		    hr_control_answer *out, hr_error *err)
{
	char *bytes;
	ssize_t n;

	struct fixture *f = context;

	switch (act->kind) {
	case ACT_BACK:
		out->bytes = act->bytes;
		return true;
	case ACT_SLOW:
		usleep(20000);
		out->bytes = act->who;
		return true;
	case ACT_FILE:
		out->fd = open("/proc/self/comm", O_RDONLY | O_CLOEXEC);
		return true;
	case ACT_READ:
		bytes = hr_arena_alloc(arena, 16);
		n = bytes ? read(act->fd, bytes, 16) : -1;
		out->bytes = (hr_str){ bytes, n < 0 ? 0 : (size_t)n };
		return true;
	case ACT_ENDLESS:
		atomic_store(&f->is_running, true);
		while (hr_control_goes_on(act, err))
			usleep(1000);
		return false;
	default:
		return hr_fail(err, HR_E_CONFLICT, "act %u is refused", act->kind);
	}
}

static void set_up(struct fixture *f)
{
	f->arena = hr_test_arena();
	f->folder = hr_test_folder(f->arena);
	f->socket = -1;
	atomic_init(&f->is_running, false);
	CU_ASSERT_TRUE_FATAL(hr_control_open(f->folder, run_act, f, NULL, &f->control, &f->err));
	CU_ASSERT_TRUE_FATAL(hr_control_connect(f->folder, &f->socket, &f->err));
}

static void tear_down(struct fixture *f)
{
	close(f->socket);
	hr_control_close(f->control);
	hr_arena_close(f->arena);
}

static void test_act__of_few_and_many_bytes__is_answered_with_them(void)
{
	struct fixture f;
	char *many;
	hr_control_answer answer;

	set_up(&f);
	many = hr_arena_alloc(f.arena, MANY_BYTES);
	memset(many, 'm', MANY_BYTES);
	CU_ASSERT_TRUE(
		hr_control_ask(f.socket, ACT_BACK, HR_STR("few"), -1, f.arena, &answer, &f.err));
	HR_ASSERT_TEXT(answer.bytes, "few");
	CU_ASSERT_TRUE(hr_control_ask(f.socket, ACT_BACK, (hr_str){ many, MANY_BYTES }, -1, f.arena,
				      &answer, &f.err));
	CU_ASSERT_EQUAL(answer.bytes.len, MANY_BYTES);
	tear_down(&f);
}

static void test_act__that_fails__tells_its_own_error(void)
{
	struct fixture f;
	hr_control_answer answer;

	set_up(&f);
	CU_ASSERT_FALSE(
		hr_control_ask(f.socket, ACT_FAIL, HR_STR(""), -1, f.arena, &answer, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_CONFLICT);
	CU_ASSERT_STRING_EQUAL(f.err.message, "act 8 is refused");
	tear_down(&f);
}

static void test_act__with_a_file__reads_it(void)
{
	struct fixture f;
	hr_control_answer answer;
	int fd;

	set_up(&f);
	fd = open("/proc/self/comm", O_RDONLY | O_CLOEXEC);
	CU_ASSERT_TRUE(
		hr_control_ask(f.socket, ACT_READ, HR_STR(""), fd, f.arena, &answer, &f.err));
	HR_ASSERT_TEXT(answer.bytes, "test_control\n");
	close(fd);
	tear_down(&f);
}

static void test_act__that_answers_with_a_file__hands_it_over(void)
{
	struct fixture f;
	hr_control_answer answer;
	char text[32];
	ssize_t n;

	set_up(&f);
	CU_ASSERT_TRUE_FATAL(
		hr_control_ask(f.socket, ACT_FILE, HR_STR(""), -1, f.arena, &answer, &f.err));
	n = read(answer.fd, text, sizeof(text));
	HR_ASSERT_TEXT(((hr_str){ text, n < 0 ? 0 : (size_t)n }), "test_control\n");
	close(answer.fd);
	tear_down(&f);
}

struct asking {
	const char *folder;
	bool well;
};

static void *ask_slowly(void *context)
{
	struct asking *asking = context;
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA_BYTES);
	hr_control_answer answer = { .fd = -1 };
	hr_error err;
	int socket = -1;

	asking->well = hr_control_connect(asking->folder, &socket, &err) &&
		       hr_control_ask(socket, ACT_SLOW, HR_STR(""), -1, arena, &answer, &err) &&
		       hr_str_starts_with(answer.bytes, HR_STR("uid "));
	if (socket >= 0)
		close(socket);
	return NULL;
}

static void test_askers__more_than_are_answered_at_once__are_all_answered(void)
{
	struct asking asking[ASKERS];
	pthread_t threads[ASKERS];
	struct fixture f;

	set_up(&f);
	for (size_t i = 0; i < ASKERS; i++) {
		asking[i].folder = f.folder;
		CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, ask_slowly, &asking[i]), 0);
	}
	for (size_t i = 0; i < ASKERS; i++) {
		pthread_join(threads[i], NULL);
		CU_ASSERT_TRUE(asking[i].well);
	}
	tear_down(&f);
}

static void test_connect__where_nobody_answers__is_unavailable(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	const char *folder = hr_test_folder(arena);
	hr_error err;
	int socket;

	CU_ASSERT_FALSE(hr_control_connect(folder, &socket, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_UNAVAILABLE);
	hr_test_remove(folder);
	CU_ASSERT_FALSE(hr_control_connect(folder, &socket, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_NOT_FOUND);
}

static void test_open__over_a_socket_left_behind__answers(void)
{
	struct fixture f;
	hr_control *again;
	hr_control_answer answer;

	set_up(&f);
	close(f.socket);
	/* As after a kill: the name stands, and the next one has the lock. */
	CU_ASSERT_TRUE_FATAL(hr_control_open(f.folder, run_act, &f, NULL, &again, &f.err));
	CU_ASSERT_TRUE_FATAL(hr_control_connect(f.folder, &f.socket, &f.err));
	CU_ASSERT_TRUE(
		hr_control_ask(f.socket, ACT_BACK, HR_STR("on"), -1, f.arena, &answer, &f.err));
	HR_ASSERT_TEXT(answer.bytes, "on");
	hr_control_close(again);
	tear_down(&f);
}

static void test_asker__whose_service_ends__is_told(void)
{
	struct fixture f;
	hr_control_answer answer;

	set_up(&f);
	hr_control_close(f.control);
	f.control = NULL;
	CU_ASSERT_FALSE(
		hr_control_ask(f.socket, ACT_BACK, HR_STR("x"), -1, f.arena, &answer, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_UNAVAILABLE);
	tear_down(&f);
}

static void *ask_endlessly(void *context)
{
	struct fixture *f = context;
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA_BYTES);
	hr_control_answer answer;

	hr_control_ask(f->socket, ACT_ENDLESS, HR_STR(""), -1, arena, &answer, &f->err);
	return NULL;
}

static void test_act__of_many_steps_when_the_service_ends__ends_with_a_word(void)
{
	struct fixture f;
	pthread_t thread;

	set_up(&f);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, ask_endlessly, &f), 0);
	while (!atomic_load(&f.is_running))
		usleep(1000);
	hr_control_close(f.control);
	f.control = NULL;
	pthread_join(thread, NULL);
	CU_ASSERT_EQUAL(f.err.code, HR_E_UNAVAILABLE);
	CU_ASSERT_STRING_EQUAL(f.err.message, "the service is being stopped: ask again");
	tear_down(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_act__of_few_and_many_bytes__is_answered_with_them),
	HR_TEST(test_act__that_fails__tells_its_own_error),
	HR_TEST(test_act__with_a_file__reads_it),
	HR_TEST(test_act__that_answers_with_a_file__hands_it_over),
	HR_TEST(test_act__of_many_steps_when_the_service_ends__ends_with_a_word),
	HR_TEST(test_askers__more_than_are_answered_at_once__are_all_answered),
	HR_TEST(test_connect__where_nobody_answers__is_unavailable),
	HR_TEST(test_open__over_a_socket_left_behind__answers),
	HR_TEST(test_asker__whose_service_ends__is_told),
};
HR_TEST_MAIN("control", tests)
