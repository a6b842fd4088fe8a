/* One connection on a pair of sockets: what is answered, and when it ends. */
#include "service/mllp_connection.h"

#include "testing.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MESSAGE_MAX = 100, MESSAGE_SECONDS = 10, IDLE_SECONDS = 60 };

#define FRAME(text) "\x0b" text "\x1c\r"

/* --- a socket that does what a test wants --- */

static struct {
	int blocked;	/* so many sends find no room */
	bool is_narrow; /* room for one byte, then for none, and so on */
	bool is_flood;	/* there is always something to read */
	size_t reads;
} wire;

ssize_t send(int fd, const void *data, size_t len, int flags)
{
	if (wire.blocked) {
		wire.blocked--;
		errno = EAGAIN;
		return -1;
	}
	if (wire.is_narrow) {
		wire.blocked = 1;
		len = 1;
	}
	return sendto(fd, data, len, flags, NULL, 0);
}

ssize_t recv(int fd, void *data, size_t len, int flags)
{
	wire.reads++;
	if (!wire.is_flood)
		return recvfrom(fd, data, len, flags, NULL, NULL);
	memset(data, 'x', len);
	return (ssize_t)len;
}

/* --- the fixture --- */

struct fixture {
	hr_mllp_options options;
	hr_mllp_counts counts;
	hr_mllp_connection *connection;
	hr_arena *arena;
	int peer;
	size_t padding;	  /* of each answer */
	const char *more; /* sent by the peer while he is answered */
	char got[1 << 18];
};

/* What a message was: itself, or why not. */
static void answer(void *app, hr_str message, const hr_error *why, hr_arena *arena, hr_buf *out)
{
	struct fixture *f = app;

	(void)arena;
	if (f->more)
		sendto(f->peer, f->more, strlen(f->more), 0, NULL, 0);
	if (why)
		hr_buf_addf(out, "refused: %s", hr_error_word(why->code));
	else
		hr_buf_add(out, message);
	for (size_t i = 0; i < f->padding; i++)
		hr_buf_add_char(out, '.');
}

static void open_with(struct fixture *f, size_t message_bytes_max)
{
	int pair[2];

	memset(&wire, 0, sizeof(wire));
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	*f = (struct fixture){
		.options = {
			.message_bytes_max = message_bytes_max,
			.held_bytes_max = 1 << 20,
			.idle_seconds = IDLE_SECONDS,
			.message_seconds = MESSAGE_SECONDS,
			.handler = { answer, f },
			.counts = &f->counts,
		},
		.arena = hr_test_arena(),
		.peer = pair[1],
	};
	f->connection = hr_mllp_connection_open(&f->options, pair[0], 1000);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->connection);
}

static void open_fixture(struct fixture *f)
{
	open_with(f, MESSAGE_MAX);
}

static void close_fixture(struct fixture *f)
{
	hr_mllp_connection_close(f->connection);
	CU_ASSERT_EQUAL(atomic_load(&f->counts.connections), 0);
	CU_ASSERT_EQUAL(atomic_load(&f->counts.held_bytes), 0);
	close(f->peer);
	hr_arena_close(f->arena);
}

static void say(struct fixture *f, const char *bytes)
{
	CU_ASSERT_EQUAL(sendto(f->peer, bytes, strlen(bytes), 0, NULL, 0), (ssize_t)strlen(bytes));
}

/* False: it has ended. */
static bool run(struct fixture *f, int64_t seconds)
{
	return hr_mllp_connection_run(f->connection, f->arena, seconds * 1000);
}

static bool expires(struct fixture *f, int64_t seconds)
{
	return hr_mllp_connection_expires(f->connection, seconds * 1000);
}

/* What the peer has got since the last time; "!" at the end when no more will come. */
static hr_str heard(struct fixture *f)
{
	size_t len = 0;
	ssize_t n;

	while ((n = recvfrom(f->peer, f->got + len, sizeof(f->got) - len - 1, 0, NULL, NULL)) > 0)
		len += (size_t)n;
	if (n == 0)
		f->got[len++] = '!';
	return (hr_str){ f->got, len };
}

static size_t count_answers(hr_str bytes)
{
	size_t count = 0;

	for (size_t i = 0; i < bytes.len; i++)
		count += bytes.data[i] == '\x1c';
	return count;
}

static unsigned long closed(const struct fixture *f, hr_mllp_closed why)
{
	return atomic_load(&f->counts.closed[why]);
}

/* --- what is answered --- */

static void test_connection__messages__are_answered_in_order(void)
{
	struct fixture f;

	open_fixture(&f);
	CU_ASSERT_EQUAL(atomic_load(&f.counts.connections), 1);
	say(&f, FRAME("one") FRAME("two") "\x0bthr");
	CU_ASSERT(run(&f, 1));
	HR_ASSERT_TEXT(heard(&f), FRAME("one") FRAME("two"));
	say(&f, "ee\x1c\r");
	CU_ASSERT(run(&f, 1));
	HR_ASSERT_TEXT(heard(&f), FRAME("three"));
	close_fixture(&f);
}

static void test_connection__size__counts_up_to_the_limit(void)
{
	struct fixture f;
	char text[MESSAGE_MAX + 4] = "\x0b";

	open_fixture(&f);
	memset(text + 1, 'x', MESSAGE_MAX);
	memcpy(text + 1 + MESSAGE_MAX, "\x1c\r", 3);
	say(&f, text);
	CU_ASSERT(run(&f, 1));
	HR_ASSERT_TEXT(heard(&f), text);

	memcpy(text + 1 + MESSAGE_MAX, "x\x1c", 3);
	say(&f, text);
	CU_ASSERT(run(&f, 1));
	HR_ASSERT_TEXT(heard(&f), FRAME("refused: too-large") "!");
	CU_ASSERT_EQUAL(closed(&f, HR_MLLP_CLOSED_TOO_LARGE), 1);
	close_fixture(&f);
}

static void test_connection__half_closed__still_gets_its_answers(void)
{
	struct fixture f;

	open_fixture(&f);
	say(&f, FRAME("one") "\x0bhalf");
	shutdown(f.peer, SHUT_WR);
	CU_ASSERT(run(&f, 1));
	CU_ASSERT_FALSE(run(&f, 1));
	HR_ASSERT_TEXT(heard(&f), FRAME("one") "!");
	close_fixture(&f);
}

/* A sender may send all he has and then wait: nothing more comes that would wake us. */
static void test_connection__answers_taken_in_between__what_is_held_does_not_wait(void)
{
	enum { MESSAGES = 20 };
	struct fixture f;

	open_fixture(&f);
	f.padding = 8000;
	for (int i = 0; i < MESSAGES; i++)
		say(&f, FRAME("m"));
	wire.blocked = 1;
	for (int i = 0; i < MESSAGES && hr_mllp_connection_wants(f.connection) & EPOLLOUT; i++)
		CU_ASSERT(run(&f, 1));
	CU_ASSERT(run(&f, 1));
	CU_ASSERT(run(&f, 1));
	CU_ASSERT_EQUAL(count_answers(heard(&f)), MESSAGES);
	close_fixture(&f);
}

static void test_connection__answers_not_taken__nothing_more_is_read(void)
{
	struct fixture f;

	open_fixture(&f);
	f.padding = 8000;
	for (int i = 0; i < 20; i++)
		say(&f, FRAME("m"));
	wire.blocked = 3;
	CU_ASSERT(run(&f, 1));
	CU_ASSERT_EQUAL(hr_mllp_connection_wants(f.connection), EPOLLOUT);
	wire.reads = 0;
	CU_ASSERT(run(&f, 1));
	CU_ASSERT_EQUAL(wire.reads, 0);
	CU_ASSERT(run(&f, 1));
	CU_ASSERT(run(&f, 1));
	CU_ASSERT_EQUAL(count_answers(heard(&f)), 20);
	CU_ASSERT_EQUAL(hr_mllp_connection_wants(f.connection), EPOLLIN);
	close_fixture(&f);
}

/* --- what is held --- */

static void test_connection__nothing_left_to_hold__is_told_and_closed(void)
{
	struct fixture f;

	open_fixture(&f);
	f.options.held_bytes_max = 100;
	say(&f, FRAME("one"));
	CU_ASSERT(run(&f, 1));
	HR_ASSERT_TEXT(heard(&f), FRAME("refused: memory") "!");
	CU_ASSERT_EQUAL(closed(&f, HR_MLLP_CLOSED_MEMORY), 1);
	close_fixture(&f);
}

/* Else a thousand connections that had a large message once leave no room for the next one. */
static void test_connection__large_buffer__is_given_back(void)
{
	static char text[60000] = "\x0b";
	struct fixture f;
	size_t small;

	memset(text + 1, 'x', sizeof(text) - 3);
	text[sizeof(text) - 2] = '\x1c';
	open_with(&f, sizeof(text));
	say(&f, FRAME("one"));
	CU_ASSERT(run(&f, 1));
	small = atomic_load(&f.counts.held_bytes);
	heard(&f);
	say(&f, text);
	for (int i = 0; i < 10; i++)
		CU_ASSERT(run(&f, 1));
	CU_ASSERT_EQUAL(count_answers(heard(&f)), 1);
	CU_ASSERT(atomic_load(&f.counts.held_bytes) <= small);
	close_fixture(&f);
}

/* --- its times --- */

static void test_times__silence__is_counted_from_the_last_byte(void)
{
	struct fixture f;

	open_fixture(&f);
	say(&f, FRAME("one"));
	CU_ASSERT(run(&f, 30));
	CU_ASSERT_FALSE(expires(&f, 30 + IDLE_SECONDS - 1));
	CU_ASSERT(expires(&f, 30 + IDLE_SECONDS));
	CU_ASSERT_EQUAL(closed(&f, HR_MLLP_CLOSED_IDLE), 1);
	close_fixture(&f);
}

static void test_times__message__is_counted_from_its_first_byte(void)
{
	struct fixture f;

	open_fixture(&f);
	say(&f, "\x0bo");
	CU_ASSERT(run(&f, 1));
	say(&f, "n");
	CU_ASSERT(run(&f, MESSAGE_SECONDS));
	CU_ASSERT_FALSE(expires(&f, MESSAGE_SECONDS));
	CU_ASSERT(expires(&f, MESSAGE_SECONDS + 1));
	CU_ASSERT_EQUAL(closed(&f, HR_MLLP_CLOSED_SLOW), 1);
	close_fixture(&f);
}

/* Each read ends inside a message, and each message is quick. */
static void test_times__stream_without_a_pause__is_not_slow(void)
{
	struct fixture f;

	open_fixture(&f);
	say(&f, "\x0b"
		"fi");
	for (int64_t second = 1; second < 5 * MESSAGE_SECONDS; second++) {
		say(&f, "rst\x1c\r\x0b"
			"fi");
		CU_ASSERT(run(&f, second));
		CU_ASSERT_FALSE(expires(&f, second + 1));
		HR_ASSERT_TEXT(heard(&f), FRAME("first"));
	}
	close_fixture(&f);
}

/* Who takes a byte now and then would keep the rest for ever. */
static void test_times__answers_taken_bytewise__are_slow(void)
{
	struct fixture f;

	open_fixture(&f);
	say(&f, FRAME("a message of some length"));
	wire.is_narrow = true;
	for (int64_t second = 1; second <= 4; second++) {
		CU_ASSERT(run(&f, second));
		CU_ASSERT(heard(&f).len > 0);
	}
	CU_ASSERT_FALSE(expires(&f, MESSAGE_SECONDS));
	CU_ASSERT(expires(&f, MESSAGE_SECONDS + 1));
	CU_ASSERT_EQUAL(closed(&f, HR_MLLP_CLOSED_SLOW), 1);
	close_fixture(&f);
}

/* --- the end --- */

static void test_drain__what_had_come__is_answered_and_no_more(void)
{
	struct fixture f;

	open_fixture(&f);
	say(&f, FRAME("one") FRAME("two"));
	hr_mllp_connection_drain(f.connection);
	say(&f, FRAME("late"));
	f.more = FRAME("more"); /* faster than he is answered, for ever */
	CU_ASSERT(run(&f, 1));
	HR_ASSERT_TEXT(heard(&f), FRAME("one") FRAME("two") "!");
	close_fixture(&f);
}

static void test_drain__nothing_came__ends(void)
{
	struct fixture f;

	open_fixture(&f);
	hr_mllp_connection_drain(f.connection);
	CU_ASSERT(run(&f, 1));
	HR_ASSERT_TEXT(heard(&f), "!");
	close(f.peer);
	CU_ASSERT_FALSE(run(&f, 1));
	f.peer = -1;
	close_fixture(&f);
}

static void test_end__flood_of_junk__lets_the_thread_go(void)
{
	struct fixture f;

	open_fixture(&f);
	wire.is_flood = true;
	CU_ASSERT(run(&f, 1));
	CU_ASSERT(run(&f, 1));
	CU_ASSERT(wire.reads < 100);
	HR_ASSERT_TEXT(heard(&f), "!");
	CU_ASSERT_EQUAL(closed(&f, HR_MLLP_CLOSED_JUNK), 1);
	CU_ASSERT_FALSE(expires(&f, 2));
	CU_ASSERT(expires(&f, 3));
	wire.is_flood = false;
	close_fixture(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_connection__messages__are_answered_in_order),
	HR_TEST(test_connection__size__counts_up_to_the_limit),
	HR_TEST(test_connection__half_closed__still_gets_its_answers),
	HR_TEST(test_connection__answers_taken_in_between__what_is_held_does_not_wait),
	HR_TEST(test_connection__answers_not_taken__nothing_more_is_read),
	HR_TEST(test_connection__nothing_left_to_hold__is_told_and_closed),
	HR_TEST(test_connection__large_buffer__is_given_back),
	HR_TEST(test_times__silence__is_counted_from_the_last_byte),
	HR_TEST(test_times__message__is_counted_from_its_first_byte),
	HR_TEST(test_times__stream_without_a_pause__is_not_slow),
	HR_TEST(test_times__answers_taken_bytewise__are_slow),
	HR_TEST(test_drain__what_had_come__is_answered_and_no_more),
	HR_TEST(test_drain__nothing_came__ends),
	HR_TEST(test_end__flood_of_junk__lets_the_thread_go),
};
HR_TEST_MAIN("mllp_connection", tests)
