/* A stream gives the same messages in one piece and cut where its first two bytes say. */
#include "service/mllp_frame.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MESSAGE_MAX = 96 };

/* What was told of a stream, as a digest. */
struct told {
	uint64_t hash;
	size_t taken;
	bool ended;
};

static void note(struct told *told, hr_mllp_event event, const hr_mllp_frame *frame)
{
	const uint64_t what = (uint64_t)event << 2 | (uint64_t)frame->lacks_lead << 1 |
			      (uint64_t)frame->follows_cut;

	if (event == HR_MLLP_MESSAGE &&
	    (!frame->message.len || frame->message.len > MESSAGE_MAX ||
	     memchr(frame->message.data, HR_MLLP_END, frame->message.len)))
		abort();
	told->hash = hr_str_hash(frame->message, told->hash ^ what);
}

static void feed(struct told *told, hr_mllp_framing *framing, hr_str bytes)
{
	hr_mllp_event event = HR_MLLP_MESSAGE;

	while (!told->ended && event == HR_MLLP_MESSAGE) {
		hr_str rest = hr_str_slice(bytes, told->taken, bytes.len);
		hr_mllp_frame frame;

		event = hr_mllp_next(framing, rest, &frame);
		if (frame.taken > rest.len)
			abort();
		told->taken += frame.taken;
		told->ended = event == HR_MLLP_TOO_LARGE || event == HR_MLLP_JUNK;
		if (event != HR_MLLP_MORE)
			note(told, event, &frame);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_mllp_framing whole = { .message_max = MESSAGE_MAX };
	hr_mllp_framing cut = { .message_max = MESSAGE_MAX };
	struct told a = { .taken = 0 };
	struct told b = { .taken = 0 };
	hr_str bytes;

	if (size < 2)
		return 0;
	bytes = (hr_str){ (const char *)data + 2, size - 2 };
	feed(&a, &whole, bytes);
	for (size_t at = data[0]; at < bytes.len; at += 1 + data[1])
		feed(&b, &cut, hr_str_slice(bytes, 0, at));
	feed(&b, &cut, bytes);
	if (a.hash != b.hash)
		abort();
	return 0;
}
