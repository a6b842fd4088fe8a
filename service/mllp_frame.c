#include "service/mllp_frame.h"

#define START HR_STR("MSH|")

/* As much of "MSH|" as there is. */
static bool may_be_start(hr_str s)
{
	return s.len < START.len ? hr_str_starts_with(START, s) : hr_str_starts_with(s, START);
}

static bool is_line_end(char c)
{
	return c == '\r' || c == '\n';
}

/* Where a message begins, past its lead byte; `bytes.len` and not inside when none does. */
static size_t skip_to_start(hr_mllp_framing *framing, hr_str bytes)
{
	for (size_t at = 0; at < bytes.len; at++) {
		hr_str rest = hr_str_slice(bytes, at, bytes.len);

		framing->inside = rest.data[0] == HR_MLLP_LEAD || hr_str_starts_with(rest, START);
		framing->lacks_lead = rest.data[0] != HR_MLLP_LEAD;
		if (framing->inside)
			return at + !framing->lacks_lead;
		if (may_be_start(rest))
			return at;
		framing->junk += !is_line_end(rest.data[0]);
	}
	return bytes.len;
}

/*
 * A sender that broke off and began again leaves two messages in one frame:
 * the last is whole. Were they read as one, results of two persons would be.
 */
static hr_str cut_broken(hr_str message, bool *follows_cut)
{
	const char *end = message.data + message.len;
	const char *at = end;

	while ((at = memrchr(message.data, HR_MLLP_LEAD, (size_t)(at - message.data)))) {
		hr_str rest = { at + 1, (size_t)(end - at) - 1 };

		if (hr_str_starts_with(rest, START)) {
			*follows_cut = true;
			return rest;
		}
	}
	return message;
}

/* `bytes` are those of a message, from its first. */
static hr_mllp_event find_end(hr_mllp_framing *framing, hr_str bytes, hr_mllp_frame *out)
{
	const char *end = framing->searched < bytes.len
				  ? memchr(bytes.data + framing->searched, HR_MLLP_END,
					   bytes.len - framing->searched)
				  : NULL;
	size_t len = end ? (size_t)(end - bytes.data) : bytes.len;

	out->lacks_lead = framing->lacks_lead;
	out->message = hr_str_slice(bytes, 0, len);
	if (len > framing->message_max) {
		out->message.len = framing->message_max;
		return HR_MLLP_TOO_LARGE;
	}
	framing->searched = len;
	if (!end)
		return HR_MLLP_MORE;
	out->taken += len + 1;
	out->message = cut_broken(out->message, &out->follows_cut);
	framing->inside = false;
	framing->searched = 0;
	return HR_MLLP_MESSAGE;
}

static hr_mllp_event next(hr_mllp_framing *framing, hr_str bytes, hr_mllp_frame *out)
{
	if (!framing->inside) {
		out->taken = skip_to_start(framing, bytes);
		if (framing->junk > HR_MLLP_JUNK_MAX)
			return HR_MLLP_JUNK;
		if (!framing->inside)
			return HR_MLLP_MORE;
	}
	return find_end(framing, hr_str_slice(bytes, out->taken, bytes.len), out);
}

hr_mllp_event hr_mllp_next(hr_mllp_framing *framing, hr_str bytes, hr_mllp_frame *out)
{
	hr_mllp_event event;
	size_t before = 0;

	/* Frames without a message are how some senders keep a connection alive. */
	do {
		*out = (hr_mllp_frame){ .taken = 0 };
		event = next(framing, hr_str_slice(bytes, before, bytes.len), out);
		before += out->taken;
	} while (event == HR_MLLP_MESSAGE && out->message.len == 0);
	out->taken = before;
	if (event == HR_MLLP_MESSAGE)
		framing->junk = 0;
	return event;
}
