/*
 * Each text by itself: one wrong element leaves the others as they are. In
 * this order: what is declared, UTF-8 and GB 18030 because they prove
 * themselves, Latin-1 because it takes all.
 *
 * UTF-8 proves itself in a text of some length only: 全血 in GBK is "ȫѪ" in
 * UTF-8. Who wrote another text of the same object in GB wrote this one in it.
 *
 * A lie that cannot fail is looked for: GBK under "ISO_IR 100" gives "ÕÅ^½¨¹ú"
 * for 张^建国, and no error.
 */
#include "dicom/charset.h"
#include "dicom/dcmtk.h"
#include "dicom/japanese.h"

#include "base/text.h"
#include "base/utf8.h"

enum { GROWTH = 4, HANZI_MIN = 2, ESCAPE = 0x1B };

typedef enum hr_family {
	FAMILY_DEFAULT, /* ASCII: not one byte above it */
	FAMILY_UTF8,
	FAMILY_GB,
	FAMILY_LATIN1,
	FAMILY_JAPANESE, /* which DCMTK as Debian builds it cannot read */
	FAMILY_OTHER,	 /* DCMTK's business */
} hr_family;

static hr_family family_of(hr_str charsets)
{
	static const struct {
		hr_str name;
		hr_family family;
	} rows[] = {
		{ HR_STR_INIT(""), FAMILY_DEFAULT },
		{ HR_STR_INIT("ISO_IR 6"), FAMILY_DEFAULT },
		{ HR_STR_INIT("ISO 2022 IR 6"), FAMILY_DEFAULT },
		{ HR_STR_INIT("ISO_IR 192"), FAMILY_UTF8 },
		{ HR_STR_INIT("GB18030"), FAMILY_GB },
		{ HR_STR_INIT("GBK"), FAMILY_GB },
		{ HR_STR_INIT("ISO_IR 100"), FAMILY_LATIN1 },
	};

	charsets = hr_str_trim(charsets);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (hr_str_equal_nocase(charsets, rows[i].name))
			return rows[i].family;
	return hr_japanese_is_declared(charsets) ? FAMILY_JAPANESE : FAMILY_OTHER;
}

static bool is_ascii(hr_str raw)
{
	for (size_t i = 0; i < raw.len; i++)
		if ((unsigned char)raw.data[i] >= 0x80 || raw.data[i] == ESCAPE)
			return false;
	return true;
}

static bool convert(hr_str raw, const char *encoding, hr_arena *arena, hr_str *out)
{
	hr_error cause;

	return hr_text_to_utf8(raw, hr_str_of(encoding), raw.len * GROWTH + 1, arena, out, &cause);
}

static bool convert_japanese(hr_str raw, hr_str charsets, hr_arena *arena, hr_str *out)
{
	hr_buf euc;

	hr_buf_init(&euc, arena, raw.len * GROWTH);
	return hr_japanese_to_euc(raw, charsets, &euc) &&
	       convert(hr_buf_str(&euc), "EUC-JP", arena, out);
}

static bool is_hanzi(uint32_t c)
{
	return c >= 0x4E00 && c <= 0x9FFF;
}

/* Characters of GB 2312, both bytes above ASCII: of two letters of Europe beside each other few. */
static size_t count_pairs(hr_str raw)
{
	size_t pairs = 0;

	for (size_t i = 0; i + 1 < raw.len; i++) {
		unsigned char lead = (unsigned char)raw.data[i];

		if (lead < 0x80)
			continue;
		pairs += lead >= 0xB0 && lead <= 0xF7 && (unsigned char)raw.data[i + 1] >= 0xA1;
		i++;
	}
	return pairs;
}

/*
 * Chinese and nothing else above ASCII, and more than could be by chance:
 * "Jérôme" is two characters of GBK as well, but none of GB 2312.
 */
static bool is_chinese(hr_str raw, hr_str text, size_t hanzi_min)
{
	bool is_utf8 = text.data == raw.data;
	size_t hanzi = 0;
	uint32_t c;
	size_t n;

	for (; (n = hr_utf8_read(text, &c)) > 0; text = hr_str_slice(text, n, text.len)) {
		if (c >= 0x80 && !is_hanzi(c) && !(c >= 0x3000 && c <= 0x303F) &&
		    !(c >= 0xFF00 && c <= 0xFF5E))
			return false;
		hanzi += is_hanzi(c);
	}
	return is_utf8 ? hanzi > 0 : hanzi >= hanzi_min && 2 * count_pairs(raw) >= hanzi;
}

static bool has_hanzi(hr_str text)
{
	uint32_t c;
	size_t n;

	for (; (n = hr_utf8_read(text, &c)) > 0; text = hr_str_slice(text, n, text.len))
		if (is_hanzi(c))
			return true;
	return false;
}

/*
 * In an object that has GB: what holds no hanzi as UTF-8, and nothing else as
 * GB. A text of UTF-8 that was cut in a character is no UTF-8 either; those
 * beside it hold hanzi.
 */
static bool is_gb(hr_str raw, hr_arena *arena, hr_str *out)
{
	return !has_hanzi(raw) && convert(raw, "GB18030", arena, out) && is_chinese(raw, *out, 1);
}

static bool has_escape(hr_str raw)
{
	return raw.len && memchr(raw.data, ESCAPE, raw.len) != NULL;
}

/* UTF-8 and GB 18030, and not what was declared. Neither has the escapes of ISO 2022. */
static bool repair(hr_str raw, bool gb, hr_arena *arena, hr_str *out)
{
	if (has_escape(raw))
		return false;
	if (hr_text_is_utf8(raw)) {
		if (gb && is_gb(raw, arena, out))
			return true;
		*out = raw;
		return true;
	}
	return convert(raw, "GB18030", arena, out);
}

/* Chinese under a declaration that cannot fail. */
static bool is_hidden_chinese(hr_str raw, bool gb, hr_arena *arena)
{
	hr_str text;

	return repair(raw, gb, arena, &text) && is_chinese(raw, text, gb ? 1 : HANZI_MIN);
}

bool hr_dicom_speaks_gb(hr_str raw, hr_str charsets, hr_arena *arena)
{
	hr_str text;

	if (is_ascii(raw) || hr_text_is_utf8(raw))
		return false;
	switch (family_of(charsets)) {
	case FAMILY_DEFAULT:
	case FAMILY_UTF8:
		return repair(raw, false, arena, &text) && is_chinese(raw, text, HANZI_MIN);
	case FAMILY_LATIN1:
		return is_hidden_chinese(raw, false, arena);
	case FAMILY_GB:
	case FAMILY_JAPANESE:
	case FAMILY_OTHER:
		break;
	}
	return false;
}

static bool as_declared(hr_str raw, hr_str charsets, bool person_name, bool gb, hr_arena *arena,
			hr_str *out)
{
	switch (family_of(charsets)) {
	case FAMILY_UTF8:
		if (!hr_text_is_utf8(raw) || (gb && is_gb(raw, arena, out)))
			return false;
		*out = raw;
		return true;
	case FAMILY_GB:
		return convert(raw, "GB18030", arena, out);
	case FAMILY_LATIN1:
		return !is_hidden_chinese(raw, gb, arena) && convert(raw, "ISO-8859-1", arena, out);
	case FAMILY_JAPANESE:
		return convert_japanese(raw, charsets, arena, out);
	case FAMILY_OTHER:
		return hr_dcmtk_to_utf8(raw, charsets, person_name, arena, out);
	case FAMILY_DEFAULT:
		break;
	}
	return false;
}

bool hr_dicom_decode(hr_str raw, hr_str charsets, bool person_name, bool gb, hr_arena *arena,
		     hr_str *out, hr_dicom_text *is, hr_error *err)
{
	hr_str text = raw;

	*is = HR_DICOM_TEXT_DECLARED;
	if (!is_ascii(raw) && !as_declared(raw, charsets, person_name, gb, arena, &text)) {
		*is = HR_DICOM_TEXT_REPAIRED;
		if (!repair(raw, gb, arena, &text)) {
			*is = HR_DICOM_TEXT_GUESSED;
			if (!convert(raw, "ISO-8859-1", arena, &text))
				return hr_fail_memory(err);
		}
	}
	if (hr_arena_is_short(arena))
		return hr_fail_memory(err);
	*out = text;
	return true;
}
