/*
 * The acknowledgement of an HL7 v2 message (ACK, chapter 2.9 of the standard):
 * in the sender's own delimiters, version and character set, his MSH-10 in
 * MSA-2.
 *
 *	AA	read and judged, whatever the verdict is; MSA-3 says the outcome
 *	AE	HL7 that could not be read or judged; it may help to send it again
 *	AR	not for us: no MSH, no ORU, another version
 *
 * Original mode alone: MSH-15 and MSH-16 are not followed.
 */
#pragma once

#include "base/calendar.h"
#include "recognition/hl7_message.h"

typedef enum hr_ack_code { HR_ACK_AA, HR_ACK_AE, HR_ACK_AR } hr_ack_code;

enum { HR_ACK_CODES = 3, HR_ACK_BYTES_MAX = 8192 };

hr_str hr_ack_word(hr_ack_code code);

typedef struct hr_ack {
	hr_ack_code code;
	const hr_hl7_head *head; /* of the message, as it stands in its bytes; NULL: unreadable */
	hr_str message;		 /* all of it: the place of a fault is counted in it */
	hr_str outcome;		 /* of AA */
	const hr_error *why;	 /* of the others */
	hr_str id;		 /* ours, for MSH-10 */
	hr_instant now;
} hr_ack;

/* Why a message is not for us, by its MSH: HR_E_UNSUPPORTED. */
bool hr_ack_check_head(const hr_hl7_head *head, hr_error *err);

/* The code for an error: AR for what is not for us, AE for all else. */
hr_ack_code hr_ack_code_of(const hr_error *err);

/* At most HR_ACK_BYTES_MAX, without the framing. What comes from the sender is cut, never refused.
 */
void hr_ack_format(const hr_ack *ack, hr_arena *arena, hr_buf *out);
