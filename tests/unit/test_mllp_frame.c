#include "service/mllp_frame.h"

#include "testing.h"

#define LEAD "\x0b"
#define END  "\x1c\r"
#define ONE  "MSH|^~\\&|A\rPID|1\r"
#define TWO  "MSH|^~\\&|B\rPID|2\r"

enum { LIMIT = 64 };

static const char *const words[] = {
	[HR_MLLP_MORE] = "more",
	[HR_MLLP_MESSAGE] = "message",
	[HR_MLLP_TOO_LARGE] = "too large",
	[HR_MLLP_JUNK] = "junk",
};

struct stream {
	hr_mllp_framing framing;
	size_t taken;
	bool ended;
	hr_buf told;
};

/* What comes out of the bytes up to `len`; each event is told but "more". */
static void feed(struct stream *s, hr_str all, size_t len)
{
	hr_mllp_frame frame;
	hr_mllp_event event = HR_MLLP_MESSAGE;

	while (!s->ended && event == HR_MLLP_MESSAGE) {
		event = hr_mllp_next(&s->framing, hr_str_slice(all, s->taken, len), &frame);
		s->taken += frame.taken;
		s->ended = event == HR_MLLP_TOO_LARGE || event == HR_MLLP_JUNK;
		if (event == HR_MLLP_MORE)
			return;
		hr_buf_addf(&s->told, "%s%s%s[%.*s]", words[event],
			    frame.lacks_lead && !s->ended ? " without lead" : "",
			    frame.follows_cut ? " after a cut" : "", HR_STR_ARG(frame.message));
	}
}

/* The bytes in pieces that end at `first`, `second`, and the end. */
static hr_str tell(hr_arena *arena, hr_str all, size_t first, size_t second)
{
	struct stream s = { .framing = { .message_max = LIMIT } };

	hr_buf_init(&s.told, arena, 1 << 20);
	feed(&s, all, first);
	feed(&s, all, second);
	feed(&s, all, all.len);
	return hr_buf_str(&s.told);
}

/* In one piece, at every offset in two, at every pair of offsets in three, and byte by byte. */
static void check_bytes(hr_str all, hr_str want)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	struct stream s = { .framing = { .message_max = LIMIT } };
	bool same = true;

	hr_test_equal(tell(arena, all, all.len, all.len), want, __FILE__, __LINE__);
	for (size_t first = 0; first <= all.len; first++)
		for (size_t second = first; second <= all.len && all.len < 200; second++)
			same &= hr_str_equal(tell(arena, all, first, second), want);
	CU_ASSERT(same);
	hr_buf_init(&s.told, arena, 1 << 20);
	for (size_t len = 0; len <= all.len; len++)
		feed(&s, all, len);
	hr_test_equal(hr_buf_str(&s.told), want, __FILE__, __LINE__);
}

#define CHECK(bytes, want) check_bytes(HR_STR(bytes), HR_STR(want))

static void test_frame__messages__are_found_wherever_the_stream_is_cut(void)
{
	CHECK("", "");
	CHECK(LEAD ONE END, "message[" ONE "]");
	CHECK(LEAD ONE END LEAD TWO END, "message[" ONE "]message[" TWO "]");
	CHECK(LEAD ONE END "\r\n" LEAD TWO END, "message[" ONE "]message[" TWO "]");
	CHECK(LEAD ONE, "");
	CHECK(LEAD "anything" END, "message[anything]");
}

static void test_frame__no_lead_byte__is_taken_with_a_note(void)
{
	CHECK(ONE END, "message without lead[" ONE "]");
	CHECK("\r\n" ONE END LEAD TWO END, "message without lead[" ONE "]message[" TWO "]");
	CHECK("MSMSH|x" END, "message without lead[MSH|x]");
	CHECK("PID|1" END, "");
	CHECK("MSH^x" END, "");
}

static void test_frame__no_cr_after_the_end__is_tolerated(void)
{
	CHECK(LEAD ONE "\x1c" LEAD TWO "\x1c", "message[" ONE "]message[" TWO "]");
	CHECK(LEAD ONE "\x1c" TWO "\x1c", "message[" ONE "]message without lead[" TWO "]");
	CHECK(LEAD ONE "\x1c\n" LEAD TWO END, "message[" ONE "]message[" TWO "]");
}

static void test_frame__broken_off__leaves_the_message_that_is_whole(void)
{
	CHECK(LEAD "MSH|1\rPID|" LEAD TWO END, "message after a cut[" TWO "]");
	CHECK(LEAD "MSH|1" LEAD "MSH|2" LEAD "MSH|3" END, "message after a cut[MSH|3]");
	/* A vertical tab that somebody pasted is text. */
	CHECK(LEAD "MSH|1\rOBX|a" LEAD "b" END, "message[MSH|1\rOBX|a" LEAD "b]");
}

static void test_frame__empty__is_how_a_connection_is_kept(void)
{
	CHECK(LEAD END LEAD END LEAD ONE END, "message[" ONE "]");
	CHECK(LEAD END, "");
}

/* One every ten seconds, through a night without a result. */
static void test_frame__many_empty__are_no_junk(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	struct stream s = { .framing = { .message_max = LIMIT } };
	hr_buf all;

	hr_buf_init(&all, arena, 1 << 20);
	for (int i = 0; i < 3 * HR_MLLP_JUNK_MAX; i++)
		HR_BUF_ADD(&all, LEAD END);
	HR_BUF_ADD(&all, LEAD ONE END);
	hr_buf_init(&s.told, arena, 1 << 20);
	feed(&s, hr_buf_str(&all), all.len);
	HR_ASSERT_TEXT(hr_buf_str(&s.told), "message[" ONE "]");
}

static void test_frame__size__counts_up_to_the_limit(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	char text[LIMIT + 8];
	hr_str want[2];

	memset(text, 'x', sizeof(text));
	text[0] = HR_MLLP_LEAD;
	text[1 + LIMIT] = HR_MLLP_END;
	hr_buf buf;
	hr_buf_init(&buf, arena, 1024);
	hr_buf_addf(&buf, "message[%.*s]", LIMIT, text + 1);
	want[0] = hr_buf_str(&buf);
	check_bytes((hr_str){ text, LIMIT + 2 }, want[0]);

	text[1 + LIMIT] = 'x';
	text[2 + LIMIT] = HR_MLLP_END;
	hr_buf_init(&buf, arena, 1024);
	hr_buf_addf(&buf, "too large[%.*s]", LIMIT, text + 1);
	want[1] = hr_buf_str(&buf);
	check_bytes((hr_str){ text, LIMIT + 3 }, want[1]);
}

static void test_frame__junk__is_skipped_up_to_the_limit(void)
{
	const hr_str frame = HR_STR(LEAD "MSH|1\x1c");
	char text[HR_MLLP_JUNK_MAX + 16];
	size_t len = 0;

	CHECK("GET / HTTP/1.1\r\n\r\n" LEAD ONE END, "message[" ONE "]");
	memset(text, '.', HR_MLLP_JUNK_MAX + 1);
	memcpy(text + HR_MLLP_JUNK_MAX, frame.data, frame.len);
	len = HR_MLLP_JUNK_MAX + frame.len;
	check_bytes((hr_str){ text, len }, HR_STR("message[MSH|1]"));
	text[HR_MLLP_JUNK_MAX] = '.';
	check_bytes((hr_str){ text, len }, HR_STR("junk[]"));
}

static const hr_test tests[] = {
	HR_TEST(test_frame__messages__are_found_wherever_the_stream_is_cut),
	HR_TEST(test_frame__no_lead_byte__is_taken_with_a_note),
	HR_TEST(test_frame__no_cr_after_the_end__is_tolerated),
	HR_TEST(test_frame__broken_off__leaves_the_message_that_is_whole),
	HR_TEST(test_frame__empty__is_how_a_connection_is_kept),
	HR_TEST(test_frame__many_empty__are_no_junk),
	HR_TEST(test_frame__size__counts_up_to_the_limit),
	HR_TEST(test_frame__junk__is_skipped_up_to_the_limit),
};
HR_TEST_MAIN("mllp_frame", tests)
