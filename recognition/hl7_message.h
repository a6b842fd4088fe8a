/*
 * HL7 v2 as it is sent ("pipes"): messages as slices of their text. Nothing
 * below a segment is split before somebody asks for it.
 *
 * The text is UTF-8 before it is split: 464 characters of GBK end in the byte
 * of a delimiter. Delimiters are those of MSH-1 and MSH-2, never constants.
 * Source: HL7 v2.3.1 to v2.8, chapter 2.
 */
#pragma once

#include "base/str.h"

enum {
	HR_HL7_BYTES_MAX = 8 << 20,  /* of one input */
	HR_HL7_MESSAGES_MAX = 1000,  /* in one input: a batch, or several in a file */
	HR_HL7_SEGMENTS_MAX = 20000, /* of one message */
	HR_HL7_MSH_FIELDS = 26,
};

/* What MSH-2 does not name is '\0', and parts nothing: no text here holds one. */
typedef struct hr_hl7_delimiters {
	char field;
	char component;
	char repetition;
	char escape;
	char subcomponent;
} hr_hl7_delimiters;

/*
 * MSH by itself and as it stands in the bytes, whatever their encoding and
 * whatever follows: for who answers a message, even one that is refused.
 */
typedef struct hr_hl7_head {
	hr_hl7_delimiters delimiters;
	hr_str fields[HR_HL7_MSH_FIELDS]; /* [10] is MSH-10, borrowed; empty when absent */
} hr_hl7_head;

/*
 * In front of MSH a byte order mark, line ends and the first byte of a frame
 * (0x0B) are passed over. HR_E_SYNTAX when there is no MSH, or it gives no
 * delimiters that can be told apart.
 */
bool hr_hl7_read_head(hr_str bytes, hr_hl7_head *out, hr_error *err);

/* Of the parts of `s`, the n-th from 1: hr_hl7_part(head.fields[9], '^', 2). Empty when absent. */
hr_str hr_hl7_part(hr_str s, char delimiter, uint32_t n);

/* The parts of `s` to `out`, at most `max`; what is not there becomes empty. Returns the count. */
uint32_t hr_hl7_split(hr_str s, char delimiter, hr_str *out, uint32_t max);

typedef struct hr_hl7_segment {
	hr_str text;	  /* without its line end; a line broken inside it is still in it */
	uint32_t line;	  /* in the input, from 1 */
	uint32_t index;	  /* in its message: 0 is MSH */
	uint32_t message; /* in the input, from 1 */
} hr_hl7_segment;

typedef struct hr_hl7_message {
	hr_hl7_head head; /* in UTF-8 */
	const hr_hl7_segment *segments;
	uint32_t count;
	bool charset_lied;    /* MSH-18 names another character set than that of the bytes */
	bool charset_unknown; /* MSH-18 names none that is known */
	bool broken_lines;    /* a value holds line ends as they are, and not as \.br\ */
	bool has_escapes;
} hr_hl7_message;

typedef struct hr_hl7_messages {
	const hr_hl7_message *list;
	uint32_t count;
} hr_hl7_messages;

/*
 * All messages of the input; FHS, BHS, BTS and FTS around them are passed over.
 * They borrow from `bytes`, or lie in the arena where these were not UTF-8.
 * Valid UTF-8 is that whatever MSH-18 says; else what MSH-18 says; else
 * GB18030. HR_E_ENCODING, with the place, for bytes that are neither;
 * HR_E_LIMIT; HR_E_SYNTAX.
 */
bool hr_hl7_read(hr_str bytes, hr_arena *arena, hr_hl7_messages *out, hr_error *err);

/* Is the segment of that name, "OBX"? */
static inline bool hr_hl7_is(const hr_hl7_segment *segment, const char *name)
{
	return memcmp(segment->text.data, name, 3) == 0; /* none is shorter */
}

/*
 * Text without escapes: \F\ \S\ \R\ \E\ \T\ to the delimiters, \.br\ to a line
 * end, \X..\ to its characters; highlighting and layout are dropped. What is
 * not known (\Z..\, \C..\, \M..\) stays as it is. `s` itself when it has none;
 * empty when memory is short.
 */
hr_str hr_hl7_unescape(const hr_hl7_delimiters *delimiters, hr_str s, hr_arena *arena);

/*
 * Where a slice of a segment is, as HL7 says it: "PID-3[2].1", and for what
 * stands below an OBR "OBR[2]/OBX[3]-5", counted from 1 since that OBR. With
 * several messages in the input "MSH[2]/" stands before. An empty slice is the
 * segment itself.
 */
void hr_hl7_format_place(const hr_hl7_segment *segment, hr_str slice, hr_buf *out);
