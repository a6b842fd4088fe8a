/* How the fields of records are put down, and the words that many kinds share. */
#pragma once

#include "registry/diff_parts.h"

#define WORD(zh, en)                                                                               \
	{                                                                                          \
		HR_STR_INIT(zh), HR_STR_INIT(en)                                                   \
	}
#define WRITE_WORD(number, words, lang, out)                                                       \
	hr_diff_write_word((unsigned)(number), (words), sizeof(words) / sizeof((words)[0]),        \
			   (lang), (out))

/* --- fields --- */

#define F(type, member, zh, en, write)                                                             \
	{                                                                                          \
		WORD(zh, en), offsetof(type, member), write, HR_DIFF_SAID                          \
	}
/* Said only when it changed: the subject says it already, or it is of less interest. */
#define QUIET(type, member, zh, en, write)                                                         \
	{                                                                                          \
		WORD(zh, en), offsetof(type, member), write, HR_DIFF_QUIET                         \
	}
/* Made of several members: of the whole record. */
#define WHOLE(zh, en, write)                                                                       \
	{                                                                                          \
		WORD(zh, en), 0, write, HR_DIFF_SAID                                               \
	}
#define SET(zh, en, write)                                                                         \
	{                                                                                          \
		WORD(zh, en), 0, write, HR_DIFF_SET                                                \
	}
/* The source of the fields before it, as far as the source before. */
#define PROOF(type, member, zh, en)                                                                \
	{                                                                                          \
		WORD(zh, en), offsetof(type, member), hr_diff_write_origin, HR_DIFF_PROOF          \
	}
#define FIELDS(name)                                                                               \
	const hr_diff_fields hr_diff_##name##_fields = {                                           \
		name##_fields, sizeof(name##_fields) / sizeof(name##_fields[0])                    \
	}
/* A writer of a set of texts. */
#define WRITE_PARTS(name, type, member, count)                                                     \
	static void write_##name(const void *record, int lang, hr_buf *out)                        \
	{                                                                                          \
		(void)lang;                                                                        \
		hr_diff_write_parts(((const type *)record)->member, ((const type *)record)->count, \
				    out);                                                          \
	}

/* --- writers of members: what they get is in brackets; an empty value writes nothing --- */

void hr_diff_write_text(const void *value, int lang, hr_buf *out);     /* hr_str */
void hr_diff_write_flag(const void *value, int lang, hr_buf *out);     /* bool */
void hr_diff_write_number(const void *value, int lang, hr_buf *out);   /* uint32_t */
void hr_diff_write_complete(const void *value, int lang, hr_buf *out); /* bool */
void hr_diff_write_origin(const void *value, int lang, hr_buf *out);   /* hr_origin */
/* hr_period: nothing when it is open at both ends. */
void hr_diff_write_bounds(const void *value, int lang, hr_buf *out);

/* A word of a table by number; an unknown number says nothing. */
void hr_diff_write_word(unsigned number, const hr_str (*words)[HR_DIFF_LANGS], size_t count,
			int lang, hr_buf *out);
void hr_diff_write_day(hr_date day, hr_buf *out);
void hr_diff_write_parts(const hr_str *texts, size_t count, hr_buf *out);

/* Behind each part of a set. XML has no NUL, so no text can hold one. */
void hr_diff_end_part(hr_buf *out);
