/*
 * What the MLLP server does when memory is short: the n-th allocation fails,
 * for every n. A sender gets his ACK whole, or an AE that names memory, or
 * his connection is closed; never half an ACK.
 */
#include "asked.h"
#include "failing_malloc.h"
#include "service/mllp_answer.h"
#include "service/mllp_connection.h"
#include "service/mllp_frame.h"

#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_BYTES = 64 << 20, MESSAGE_BYTES = 40000, RUNS_MAX = 16 };

/* --- a connection --- */

/* Takes memory as a verdict does, and says as many bytes as came. */
static void measure(void *app, hr_str message, const hr_error *why, hr_arena *arena, hr_buf *out)
{
	const char *copy = why ? NULL : hr_str_terminated(arena, message);

	(void)app;
	hr_buf_addf(out, "%zu", copy ? strlen(copy) : 0);
}

struct session {
	hr_mllp_options options;
	hr_mllp_counts counts;
	hr_str frame;
};

/* One message, larger than a buffer is at first. What the other side has got then. */
static hr_str exchange(hr_mllp_connection *c, int peer, hr_str frame, hr_arena *arena, char *got,
		       size_t room)
{
	ssize_t len = 0;

	CU_ASSERT_EQUAL(send(peer, frame.data, frame.len, 0), (ssize_t)frame.len);
	for (int i = 0; i < RUNS_MAX && len <= 0; i++) {
		if (!hr_mllp_connection_run(c, arena, 1000))
			break;
		len = recv(peer, got, room, 0);
	}
	return (hr_str){ got, len > 0 ? (size_t)len : 0 };
}

static bool talk(void *context, hr_error *err)
{
	struct session *s = context;
	HR_AUTO(hr_arena) arena = hr_arena_open(REQUEST_BYTES);
	hr_mllp_connection *c;
	hr_str answer;
	char got[64];
	int pair[2];

	if (!arena)
		return hr_fail_memory(err);
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	c = hr_mllp_connection_open(&s->options, pair[0], 1000);
	answer = c ? exchange(c, pair[1], s->frame, arena, got, sizeof(got)) : HR_STR_NONE;
	if (c)
		hr_mllp_connection_close(c);
	close(pair[1]);
	CU_ASSERT_EQUAL(atomic_load(&s->counts.connections), 0);
	CU_ASSERT_EQUAL(atomic_load(&s->counts.held_bytes), 0);
	if (answer.len == 0 || hr_str_equal(answer, HR_STR("\x0b"
							   "0\x1c\r")))
		return hr_fail_memory(err);
	return hr_str_equal(answer, HR_STR("\x0b"
					   "40000\x1c\r")) ||
	       hr_fail(err, HR_E_INTERNAL, "an answer of %zu bytes", answer.len);
}

static void test_memory__connection__every_allocation_may_fail(void)
{
	static char frame[MESSAGE_BYTES + 3];
	struct session s = {
		.options = {
			.message_bytes_max = MESSAGE_BYTES,
			.held_bytes_max = 1 << 20,
			.idle_seconds = 60,
			.message_seconds = 60,
			.handler = { .answer = measure },
		},
		.frame = { frame, sizeof(frame) },
	};

	s.options.counts = &s.counts;
	memset(frame, 'x', sizeof(frame));
	frame[0] = HR_MLLP_LEAD;
	frame[1 + MESSAGE_BYTES] = HR_MLLP_END;
	frame[2 + MESSAGE_BYTES] = HR_MLLP_AFTER_END;
	CU_ASSERT_TRUE(hr_failing_malloc_each(talk, &s) > 5);
	CU_ASSERT_TRUE(atomic_load(&s.counts.closed[HR_MLLP_CLOSED_MEMORY]) > 0);
}

/* --- a message --- */

#define MSH_OF(charset) "MSH|^~\\&|LIS|LAB|HIS|WARD|20250220||ORU^R01|M1|T|2.5.1||||||" charset "\r"
#define PATIENT		"PID|1||SYN-1^^^LIS^PI||SYN\r"
#define ORDER                                                                                      \
	"OBR|1||SYN-R-1|SYN^SYN^L|||20250218081200|||||||20250218084000|||||||20250218153000|||F\r"
#define RESULT "OBX|1|NM|3016-3^TSH^LN||3.21|mIU/L|||||F\r"

static const struct message {
	hr_str text;
	hr_str wanted; /* MSA */
} messages[] = {
	{ HR_STR_INIT(MSH_OF("UNICODE UTF-8") PATIENT ORDER RESULT),
	  HR_STR_INIT("MSA|AA|M1|undecided") },
	/* The person's name in GBK. */
	{ HR_STR_INIT(MSH_OF("GB 18030-2000") "PID|1||SYN-1||\xca\xbe\xb7\xb6\r" ORDER RESULT),
	  HR_STR_INIT("MSA|AA|M1|undecided") },
	{ HR_STR_INIT(MSH_OF("GB 18030-2000")), HR_STR_INIT("MSA|AE|M1|incomplete") },
};

struct answering {
	hr_mllp_handler handler;
	const struct message *message;
};

/* MSA of a whole ACK; empty when it is none. */
static hr_str answer_in(const struct answering *a, hr_arena *arena, hr_buf *out)
{
	hr_str ack;
	size_t at;

	a->handler.answer(a->handler.app, a->message->text, NULL, arena, out);
	ack = hr_buf_str(out);
	at = hr_str_find(ack, HR_STR("MSA|"));
	if (out->failed || at == ack.len || !hr_str_ends_with(ack, HR_STR("\r")))
		return HR_STR_NONE;
	ack = hr_str_slice(ack, at, ack.len);
	return hr_str_slice(ack, 0, hr_str_find(ack, HR_STR("\r")));
}

/* True with the ACK that is due; HR_E_MEMORY for one that names memory. */
static bool check_answer(const struct answering *a, hr_arena *arena, hr_error *err)
{
	static char room[HR_ACK_BYTES_MAX];
	hr_buf out;
	hr_str msa;

	hr_buf_init_over(&out, room, sizeof(room));
	msa = answer_in(a, arena, &out);
	if (hr_str_equal(msa, HR_STR("MSA|AE|M1|memory")))
		return hr_fail_memory(err);
	return hr_str_equal(msa, a->message->wanted) ||
	       hr_fail(err, HR_E_INTERNAL, "%.*s", HR_STR_ARG(msa));
}

static bool answer_once(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(REQUEST_BYTES);

	return arena ? check_answer(context, arena, err) : hr_fail_memory(err);
}

/* Bytes that grow by a seventh each time, so that the end is met in all parts of an answer. */
static void try_arenas(struct answering *a)
{
	hr_error err = { .code = HR_E_MEMORY };
	bool ok = false;

	for (size_t bytes = 64; !ok && bytes < REQUEST_BYTES; bytes += bytes / 7) {
		hr_arena *arena = hr_arena_open(bytes);

		ok = check_answer(a, arena, &err);
		CU_ASSERT_TRUE(ok || err.code == HR_E_MEMORY);
		hr_arena_close(arena);
	}
	CU_ASSERT_TRUE(ok);
}

static void test_memory__messages__are_answered_or_told_why_not(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	f.app->options.receiver = "121100004000000014";
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		struct answering a = { hr_mllp_app_handler(f.app), &messages[i] };
		hr_error err;

		HR_ASSERT_OK(answer_once(&a, &err), err);
		CU_ASSERT_TRUE(hr_failing_malloc_each(answer_once, &a) > 1);
		try_arenas(&a);
	}
	hr_asked_close(&f);
}

/* --- the server --- */

/* Starting may fail in libc, too, which says less; then nothing is left open. */
static void test_memory__open__every_allocation_may_fail(void)
{
	hr_mllp_counts counts = { .connections = 0 };
	hr_mllp_options options = {
		.listen = "127.0.0.1:0",
		.threads = 3,
		.connections_max = 8,
		.message_bytes_max = MESSAGE_BYTES,
		.held_bytes_max = 1 << 20,
		.request_bytes_max = REQUEST_BYTES,
		.idle_seconds = 60,
		.message_seconds = 60,
		.handler = { .answer = measure },
		.counts = &counts,
	};
	unsigned failed = 0;
	bool ok = false;

	for (unsigned long n = 1; !ok && n < 1000; n++) {
		hr_error err = { 0 };
		hr_mllp *mllp = NULL;

		hr_failing_malloc_set(n);
		ok = hr_mllp_open(&options, &mllp, &err);
		hr_failing_malloc_set(0);
		failed += !ok;
		if (ok)
			hr_mllp_stop(mllp, 0);
		else
			CU_ASSERT_NOT_EQUAL(err.message[0], '\0');
		hr_mllp_close(mllp);
	}
	CU_ASSERT_TRUE(ok);
	CU_ASSERT_TRUE(failed > 5);
}

static const hr_test tests[] = {
	HR_TEST(test_memory__connection__every_allocation_may_fail),
	HR_TEST(test_memory__messages__are_answered_or_told_why_not),
	HR_TEST(test_memory__open__every_allocation_may_fail),
};
HR_TEST_MAIN("mllp_memory", tests)
