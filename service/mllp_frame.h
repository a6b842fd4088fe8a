/*
 * MLLP, the framing of HL7 v2 over a stream: 0x0B message 0x1C 0x0D. Pure: a
 * machine over the bytes that have come. However they were cut into pieces on
 * the way, the same messages come out.
 *
 * Senders are read patiently: a message that starts with "MSH|" needs no lead
 * byte, and its end is the 0x1C, whether a 0x0D follows or not. No character
 * of UTF-8, GBK or GB18030 holds one of the framing's bytes.
 * Source: HL7 "Transport Specification: MLLP, Release 1".
 */
#pragma once

#include "base/str.h"

enum {
	HR_MLLP_LEAD = 0x0b,
	HR_MLLP_END = 0x1c,
	HR_MLLP_AFTER_END = 0x0d,
	HR_MLLP_JUNK_MAX = 1024, /* bytes between two messages, line ends not counted */
};

/* All zero but `message_max` at the start of a stream. */
typedef struct hr_mllp_framing {
	size_t message_max;
	bool inside;	 /* a message has begun: what is not taken is its bytes */
	bool lacks_lead; /* and it began without 0x0B */
	size_t searched; /* its bytes in which there is no end */
	size_t junk;	 /* bytes since the last message */
} hr_mllp_framing;

typedef enum hr_mllp_event {
	HR_MLLP_MORE, /* nothing whole yet */
	HR_MLLP_MESSAGE,
	HR_MLLP_TOO_LARGE, /* what the limit lets in of it is the message; the stream is lost */
	HR_MLLP_JUNK,	   /* too much of it; the stream is lost */
} hr_mllp_event;

typedef struct hr_mllp_frame {
	hr_str message; /* of the bytes that were given, without the framing */
	size_t taken;	/* of those bytes: done with, as soon as the message is */
	bool lacks_lead;
	bool follows_cut; /* another began in the frame and broke off: it was left out */
} hr_mllp_frame;

/* `bytes`: all that has come and was not taken yet. To be called again until it wants more. */
hr_mllp_event hr_mllp_next(hr_mllp_framing *framing, hr_str bytes, hr_mllp_frame *out);
