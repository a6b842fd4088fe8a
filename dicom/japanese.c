#include "dicom/japanese.h"

enum { ESCAPE = 0x1B, HIGH = 0x80, SINGLE_SHIFT_2 = 0x8E };

enum set { SET_ASCII, SET_KATAKANA, SET_X0208, SET_X0212 };

struct state {
	enum set low;	   /* the bytes below 0x80, until the next escape */
	bool has_katakana; /* are the bytes above it */
};

static const struct {
	hr_str escape;
	enum set set;
	bool is_high;
} escapes[] = {
	{ HR_STR_INIT("\x1b(B"), SET_ASCII, false }, /* ISO-IR 6 */
	{ HR_STR_INIT("\x1b(J"), SET_ASCII, false }, /* ISO-IR 14 */
	{ HR_STR_INIT("\x1b(I"), SET_KATAKANA, false },
	{ HR_STR_INIT("\x1b)I"), SET_KATAKANA, true }, /* ISO-IR 13 */
	{ HR_STR_INIT("\x1b$B"), SET_X0208, false },   /* ISO-IR 87 */
	{ HR_STR_INIT("\x1b$(D"), SET_X0212, false },  /* ISO-IR 159 */
};

bool hr_japanese_is_declared(hr_str charsets)
{
	static const struct {
		hr_str name;
		bool is_japanese;
	} rows[] = {
		{ HR_STR_INIT(""), false },
		{ HR_STR_INIT("ISO_IR 6"), false },
		{ HR_STR_INIT("ISO 2022 IR 6"), false },
		{ HR_STR_INIT("ISO_IR 13"), true },
		{ HR_STR_INIT("ISO 2022 IR 13"), true },
		{ HR_STR_INIT("ISO 2022 IR 87"), true },
		{ HR_STR_INIT("ISO 2022 IR 159"), true },
	};
	bool is_japanese = false;

	for (size_t at = 0; at <= charsets.len;) {
		hr_str rest = hr_str_slice(charsets, at, charsets.len);
		size_t end = hr_str_find(rest, HR_STR("\\"));
		hr_str name = hr_str_trim(hr_str_slice(rest, 0, end));
		size_t i = 0;

		while (i < sizeof(rows) / sizeof(rows[0]) &&
		       !hr_str_equal_nocase(name, rows[i].name))
			i++;
		if (i == sizeof(rows) / sizeof(rows[0]))
			return false;
		is_japanese |= rows[i].is_japanese;
		at += end + 1;
	}
	return is_japanese;
}

/* Bytes of the escape that `raw` begins with; 0: of another. */
static size_t read_escape(hr_str raw, struct state *now)
{
	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
		if (!hr_str_starts_with(raw, escapes[i].escape))
			continue;
		if (escapes[i].is_high)
			now->has_katakana = true;
		else
			now->low = escapes[i].set;
		return escapes[i].escape.len;
	}
	return 0;
}

static bool is_graphic(char c)
{
	return (unsigned char)c > 0x20 && (unsigned char)c < 0x7F;
}

/* Two bytes; `front` says which table. */
static size_t add_pair(hr_str raw, hr_str front, hr_buf *out)
{
	if (raw.len < 2 || !is_graphic(raw.data[0]) || !is_graphic(raw.data[1]))
		return 0;
	hr_buf_add(out, front);
	hr_buf_add_char(out, (char)(raw.data[0] | HIGH));
	hr_buf_add_char(out, (char)(raw.data[1] | HIGH));
	return 2;
}

static size_t add_katakana(char c, hr_buf *out)
{
	if ((unsigned char)c < 0xA1 || (unsigned char)c > 0xDF)
		return 0;
	hr_buf_add_char(out, (char)SINGLE_SHIFT_2);
	hr_buf_add_char(out, c);
	return 1;
}

/* One character; the bytes it took, 0 when it is none. */
static size_t add_character(hr_str raw, const struct state *now, hr_buf *out)
{
	char c = raw.data[0];

	if ((unsigned char)c >= HIGH)
		return now->has_katakana ? add_katakana(c, out) : 0;
	/* A space and a line's end are themselves, wherever they stand. */
	if (now->low == SET_ASCII || !is_graphic(c)) {
		hr_buf_add_char(out, c);
		return 1;
	}
	if (now->low == SET_KATAKANA)
		return add_katakana((char)(c | HIGH), out);
	return add_pair(raw, now->low == SET_X0208 ? HR_STR("") : HR_STR("\x8f"), out);
}

bool hr_japanese_to_euc(hr_str raw, hr_str charsets, hr_buf *out)
{
	/* Of those that are declared here no other begins so. */
	struct state now = { .has_katakana =
				     hr_str_find(charsets, HR_STR("IR 13")) < charsets.len };

	for (size_t at = 0; at < raw.len;) {
		hr_str rest = hr_str_slice(raw, at, raw.len);
		size_t n = rest.data[0] == ESCAPE ? read_escape(rest, &now)
						  : add_character(rest, &now, out);

		if (n == 0)
			return false;
		at += n;
	}
	return !out->failed;
}
