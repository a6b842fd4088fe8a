/* A session against a process that does not listen: this very thread. */
#include "service/dimse_session.h"

#include "base/file.h"

#include "testing.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARENA_BYTES = 1 << 20 };

struct fixture {
	hr_dimse_counts counts;
	hr_dimse_shared shared;
	hr_dimse_session session;
	hr_arena *arena;
	int process; /* its end */
	hr_error err;
};

static void set_up(struct fixture *f)
{
	static const hr_log log = { .fd = -1, .level = HR_LOG_ERROR };

	*f = (struct fixture){ .arena = hr_test_arena() };
	f->shared.options = (hr_dimse_options){
		.aet = "HUREN",
		.log = &log,
		.counts = &f->counts,
	};
	f->session.shared = &f->shared;
	f->session.arena = hr_arena_open(ARENA_BYTES);
	pthread_mutex_init(&f->session.sending, NULL);
	CU_ASSERT_TRUE_FATAL(hr_wire_pair(&f->session.socket, &f->process, &f->err));
}

static void tear_down(struct fixture *f)
{
	pthread_mutex_destroy(&f->session.sending);
	hr_arena_close(f->session.arena);
	hr_arena_close(f->arena);
	close(f->session.socket);
	if (f->process >= 0)
		close(f->process);
}

static uint32_t hear(struct fixture *f)
{
	hr_wire_message message = { .kind = 0 };

	HR_ASSERT_OK(
		hr_wire_receive(f->process, hr_wire_now_ms() + 10000, f->arena, &message, &f->err),
		f->err);
	return message.kind;
}

static void test_end__of_a_process_that_listens__is_told(void)
{
	struct fixture f;

	set_up(&f);
	hr_dimse_session_end(&f.session);
	CU_ASSERT_EQUAL(hear(&f), HR_DIMSE_END);
	tear_down(&f);
}

static void test_end__of_a_process_that_does_not_listen__does_not_wait(void)
{
	struct fixture f;

	set_up(&f);
	while (send(f.session.socket, "x", 1, MSG_DONTWAIT) == 1)
		;
	CU_ASSERT_EQUAL(errno, EAGAIN);
	hr_dimse_session_end(&f.session);
	tear_down(&f);
}

static void *run(void *session)
{
	hr_error err;

	hr_dimse_session_run(session, &err);
	return NULL;
}

/* One that waits in the middle of an answer holds nobody up, and says it behind the answer. */
static void test_end__while_something_is_said__is_told_behind_it(void)
{
	const hr_wire_message question = { .kind = HR_DIMSE_ADMIT,
					   .bytes = { "CT01\0OTHER", 10 },
					   .fd = -1 };
	struct fixture f;
	pthread_t thread;

	set_up(&f);
	pthread_mutex_lock(&f.session.sending);
	hr_dimse_session_end(&f.session);
	pthread_mutex_unlock(&f.session.sending);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, run, &f.session), 0);
	HR_ASSERT_OK(hr_wire_send(f.process, &question, &f.err), f.err);
	CU_ASSERT_EQUAL(hear(&f), HR_DIMSE_ADMIT);
	CU_ASSERT_EQUAL(hear(&f), HR_DIMSE_END);
	close(f.process);
	f.process = -1;
	pthread_join(thread, NULL);
	tear_down(&f);
}

/* --- files to write to --- */

static hr_wire_message say_and_hear(struct fixture *f, hr_dimse_kind kind, hr_str bytes)
{
	const hr_wire_message question = { .kind = kind, .bytes = bytes, .fd = -1 };
	hr_wire_message answer = { .fd = -1 };

	HR_ASSERT_OK(hr_wire_send(f->process, &question, &f->err), f->err);
	HR_ASSERT_OK(
		hr_wire_receive(f->process, hr_wire_now_ms() + 10000, f->arena, &answer, &f->err),
		f->err);
	CU_ASSERT_EQUAL(answer.kind, kind);
	return answer;
}

/* An object of which nothing is told: refused. */
static hr_wire_message store_one(struct fixture *f, int fd)
{
	const hr_dimse_stored stored = { .size = 1 };

	CU_ASSERT_TRUE(hr_write_all(fd, HR_STR("x")));
	close(fd);
	return say_and_hear(f, HR_DIMSE_STORE, (hr_str){ (const char *)&stored, sizeof(stored) });
}

static void test_store__whatever_became_of_it__brings_the_next_file(void)
{
	struct fixture f;
	hr_films films = { .lock = -1 };
	hr_wire_message answer;
	struct stat st;
	const char *folder;
	pthread_t thread;

	set_up(&f);
	folder = hr_test_folder(f.arena);
	HR_ASSERT_OK(
		hr_objects_open(&(hr_objects_options){ .url = folder }, &films.objects, &f.err),
		f.err);
	f.shared.options.films = &films;
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, run, &f.session), 0);
	say_and_hear(&f, HR_DIMSE_ADMIT, (hr_str){ "CT01\0HUREN", 10 });
	answer = say_and_hear(&f, HR_DIMSE_DRAFT, HR_STR_NONE);
	for (int i = 0; i < 3; i++) {
		answer = store_one(&f, answer.fd);
		CU_ASSERT_PTR_NOT_NULL_FATAL(answer.why);
		CU_ASSERT_EQUAL(answer.why->code, HR_E_SYNTAX);
		CU_ASSERT_EQUAL_FATAL(fstat(answer.fd, &st), 0);
		CU_ASSERT_EQUAL(st.st_size, 0);
	}
	close(answer.fd);
	close(f.process);
	f.process = -1;
	pthread_join(thread, NULL);
	CU_ASSERT_EQUAL(f.session.refused, 3);
	CU_ASSERT_FALSE(f.session.has_draft);
	/* That none of them is left open it asserts. */
	hr_objects_close(films.objects);
	tear_down(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_end__of_a_process_that_listens__is_told),
	HR_TEST(test_end__of_a_process_that_does_not_listen__does_not_wait),
	HR_TEST(test_end__while_something_is_said__is_told_behind_it),
	HR_TEST(test_store__whatever_became_of_it__brings_the_next_file),
};
HR_TEST_MAIN("dimse_session", tests)
