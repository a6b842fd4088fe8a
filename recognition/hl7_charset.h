/*
 * The character set of an HL7 v2 message: what MSH-18 says, what the bytes
 * are, and who is believed.
 */
#pragma once

#include "recognition/hl7_message.h"

typedef enum hr_hl7_charset {
	HR_HL7_CHARSET_NONE, /* MSH-18 is empty; in China that is mostly GBK */
	HR_HL7_CHARSET_ASCII,
	HR_HL7_CHARSET_UTF8,
	HR_HL7_CHARSET_GB,
	HR_HL7_CHARSET_LATIN1,
	HR_HL7_CHARSET_FOREIGN, /* known, and not read */
	HR_HL7_CHARSET_UNKNOWN,
} hr_hl7_charset;

hr_hl7_charset hr_hl7_declared_charset(const hr_hl7_head *head);

/*
 * The bytes of one message as UTF-8: themselves, or converted in the arena.
 * Sets the message's `charset_lied` and `charset_unknown`; its head is read.
 */
bool hr_hl7_decode(hr_str bytes, hr_arena *arena, hr_hl7_message *message, hr_str *out,
		   hr_error *err);

/* Holds the text a character of three bytes, as Chinese has in UTF-8 and GBK looks hardly ever? */
bool hr_hl7_holds_triple(hr_str utf8);

/* The line at the front of `*rest`, which CR, LF or CRLF ends, and its number. */
hr_str hr_hl7_next_line(hr_str *rest, uint32_t *line);
