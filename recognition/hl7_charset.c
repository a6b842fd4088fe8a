#include "recognition/hl7_charset.h"

#include "base/text.h"
#include "base/utf8.h"

enum {
	WORD_MAX = 64, /* of MSH-18 */
	REPEATS_MAX = 4,
	TEXT_MAX = 2 * HR_HL7_BYTES_MAX, /* GBK grows by half as UTF-8 */
};

/* HL7 table 0211 and what is really written, folded. Blanks and hyphens are gone. */
static const struct {
	hr_str name;
	hr_hl7_charset charset;
} charsets[] = {
	{ HR_STR_INIT("ascii"), HR_HL7_CHARSET_ASCII },
	{ HR_STR_INIT("unicodeutf8"), HR_HL7_CHARSET_UTF8 },
	/* An analyser's driver that writes UTF-8 says so; by the table it would be UTF-16. */
	{ HR_STR_INIT("unicode"), HR_HL7_CHARSET_UTF8 },
	{ HR_STR_INIT("utf8"), HR_HL7_CHARSET_UTF8 },
	{ HR_STR_INIT("gb180302000"), HR_HL7_CHARSET_GB },
	{ HR_STR_INIT("gb180302005"), HR_HL7_CHARSET_GB },
	{ HR_STR_INIT("gb180302022"), HR_HL7_CHARSET_GB },
	{ HR_STR_INIT("gb18030"), HR_HL7_CHARSET_GB },
	{ HR_STR_INIT("gbk"), HR_HL7_CHARSET_GB },
	{ HR_STR_INIT("gb2312"), HR_HL7_CHARSET_GB },
	{ HR_STR_INIT("gb23121980"), HR_HL7_CHARSET_GB },
	{ HR_STR_INIT("cp936"), HR_HL7_CHARSET_GB },
	{ HR_STR_INIT("8859/1"), HR_HL7_CHARSET_LATIN1 },
	{ HR_STR_INIT("iso88591"), HR_HL7_CHARSET_LATIN1 },
	{ HR_STR_INIT("8859/2"), HR_HL7_CHARSET_FOREIGN },
	{ HR_STR_INIT("8859/3"), HR_HL7_CHARSET_FOREIGN },
	{ HR_STR_INIT("8859/4"), HR_HL7_CHARSET_FOREIGN },
	{ HR_STR_INIT("8859/5"), HR_HL7_CHARSET_FOREIGN },
	{ HR_STR_INIT("8859/6"), HR_HL7_CHARSET_FOREIGN },
	{ HR_STR_INIT("8859/7"), HR_HL7_CHARSET_FOREIGN },
	{ HR_STR_INIT("8859/8"), HR_HL7_CHARSET_FOREIGN },
	{ HR_STR_INIT("8859/9"), HR_HL7_CHARSET_FOREIGN },
	{ HR_STR_INIT("8859/15"), HR_HL7_CHARSET_FOREIGN },
	{ HR_STR_INIT("isoir6"), HR_HL7_CHARSET_ASCII },
	{ HR_STR_INIT("isoir14"), HR_HL7_CHARSET_FOREIGN },
	{ HR_STR_INIT("isoir87"), HR_HL7_CHARSET_FOREIGN },
	{ HR_STR_INIT("isoir159"), HR_HL7_CHARSET_FOREIGN },
	{ HR_STR_INIT("jas2020"), HR_HL7_CHARSET_FOREIGN },
	{ HR_STR_INIT("jisx0202"), HR_HL7_CHARSET_FOREIGN },
	{ HR_STR_INIT("ksx1001"), HR_HL7_CHARSET_FOREIGN },
	{ HR_STR_INIT("cns116431992"), HR_HL7_CHARSET_FOREIGN },
	{ HR_STR_INIT("big5"), HR_HL7_CHARSET_FOREIGN },
};

static hr_hl7_charset charset_of(hr_str word)
{
	char folded[WORD_MAX];
	hr_str name = { folded, 0 };

	if (word.len > sizeof(folded))
		return HR_HL7_CHARSET_UNKNOWN;
	name.len = hr_text_fold(word, folded);
	if (name.len == 0)
		return HR_HL7_CHARSET_NONE;
	for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++)
		if (hr_str_equal(name, charsets[i].name))
			return charsets[i].charset;
	return HR_HL7_CHARSET_UNKNOWN;
}

/* Of repeats the first that says more than ASCII, which all others hold. */
hr_hl7_charset hr_hl7_declared_charset(const hr_hl7_head *head)
{
	hr_str words[REPEATS_MAX];
	uint32_t count =
		hr_hl7_split(head->fields[18], head->delimiters.repetition, words, REPEATS_MAX);
	hr_hl7_charset charset = HR_HL7_CHARSET_NONE;

	for (uint32_t i = 0; i < count && charset <= HR_HL7_CHARSET_ASCII; i++) {
		hr_hl7_charset next = charset_of(words[i]);

		if (next != HR_HL7_CHARSET_NONE)
			charset = next;
	}
	return charset;
}

/* --- the bytes --- */

bool hr_hl7_holds_triple(hr_str utf8)
{
	for (size_t i = 0; i < utf8.len; i++)
		if (((unsigned char)utf8.data[i] & 0xf0) == 0xe0)
			return true;
	return false;
}

/* As hr_text_to_utf8; its place is in the line, and the line is the message's. */
static bool convert(hr_str bytes, const char *encoding, hr_arena *arena, hr_str *out, hr_error *err)
{
	uint32_t line = 0;

	if (hr_text_to_utf8(bytes, hr_str_of(encoding), TEXT_MAX, arena, out, err))
		return true;
	if (err->code != HR_E_ENCODING)
		return false;
	for (hr_str rest = bytes; rest.len;) {
		hr_str before = hr_hl7_next_line(&rest, &line);
		hr_str text;

		if (!hr_text_to_utf8(before, hr_str_of(encoding), TEXT_MAX, arena, &text, err))
			break;
	}
	err->line = line;
	return false;
}

static bool fail_foreign(hr_error *err)
{
	return hr_fail(err, HR_E_ENCODING,
		       "hl7: MSH-18 names a character set that is not read; "
		       "send UTF-8, GBK or GB18030");
}

/* What is not UTF-8: as MSH-18 says, else GB18030. */
static bool decode(hr_str bytes, hr_hl7_charset charset, hr_arena *arena, bool *lied, hr_str *out,
		   hr_error *err)
{
	hr_str valid = hr_str_slice(bytes, 0, hr_utf8_prefix(bytes));

	if (charset == HR_HL7_CHARSET_FOREIGN)
		return fail_foreign(err);
	if (charset == HR_HL7_CHARSET_LATIN1)
		return convert(bytes, "ISO-8859-1", arena, out, err);
	/* Damaged UTF-8: as GBK it would be other words. */
	if (charset == HR_HL7_CHARSET_UTF8 && hr_hl7_holds_triple(valid))
		return convert(bytes, "UTF-8", arena, out, err);
	if (!convert(bytes, "GB18030", arena, out, err))
		return false;
	*lied = charset == HR_HL7_CHARSET_UTF8 || charset == HR_HL7_CHARSET_ASCII;
	return true;
}

bool hr_hl7_decode(hr_str bytes, hr_arena *arena, hr_hl7_message *message, hr_str *out,
		   hr_error *err)
{
	hr_hl7_charset charset = hr_hl7_declared_charset(&message->head);

	message->charset_unknown = charset == HR_HL7_CHARSET_UNKNOWN;
	if (!hr_text_is_utf8(bytes))
		return decode(bytes, charset, arena, &message->charset_lied, out, err);
	*out = bytes;
	if (charset == HR_HL7_CHARSET_NONE || charset == HR_HL7_CHARSET_UNKNOWN ||
	    charset == HR_HL7_CHARSET_UTF8 || hr_utf8_ascii_prefix(bytes) == bytes.len)
		return true;
	/* 血 is D1 AA in GBK, and in UTF-8 Cyrillic: without other signs who declares is believed.
	 */
	if (charset == HR_HL7_CHARSET_GB && !hr_hl7_holds_triple(bytes))
		return convert(bytes, "GB18030", arena, out, err);
	message->charset_lied = true;
	return true;
}
