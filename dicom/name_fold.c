#include "dicom/name_fold.h"

#include "base/text.h"
#include "base/utf8.h"
#include "dicom/name_tables.h"
#include "dicom/person_name.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct letters {
	uint32_t first;
	uint32_t last;
	const uint16_t *folded;
} letters[] = {
	{ 0x80, 0x587, hr_letters_80 },
	{ 0x1e00, 0x1fff, hr_letters_1e00 },
	{ 0x3040, 0x30ff, hr_letters_3040 },
	{ 0xff00, 0xffef, hr_letters_ff00 },
};

static uint32_t fold_letter(uint32_t c)
{
	for (size_t i = 0; i < COUNT(letters); i++)
		if (c >= letters[i].first && c <= letters[i].last)
			return letters[i].folded[c - letters[i].first];
	return c;
}

/* What Unicode does not take apart. */
static const struct spelling {
	uint32_t c;
	char text[3];
} spellings[] = {
	{ 0xdf, "ss" }, { 0xe6, "ae" },	 { 0xf0, "d" },	   { 0xf8, "o" },
	{ 0xfe, "th" }, { 0x111, "d" },	 { 0x127, "h" },   { 0x131, "i" },
	{ 0x142, "l" }, { 0x153, "oe" }, { 0x1e9e, "ss" },
};

/* Of what is neither ASCII nor a Han character; what is in no row is a letter. */
static const struct range {
	uint32_t first;
	uint32_t last;
	hr_name_kind kind;
} ranges[] = {
	{ 0x80, 0xa9, HR_NAME_BREAK },	     { 0xab, 0xb9, HR_NAME_BREAK },
	{ 0xbb, 0xbf, HR_NAME_BREAK },	     { 0xd7, 0xd7, HR_NAME_BREAK },
	{ 0xf7, 0xf7, HR_NAME_BREAK },	     { 0x2b0, 0x36f, HR_NAME_NOTHING },
	{ 0x200b, 0x200f, HR_NAME_NOTHING }, { 0x2000, 0x2bff, HR_NAME_BREAK },
	{ 0x2e00, 0x2e7f, HR_NAME_BREAK },   { 0x3005, 0x3005, HR_NAME_HAN },
	{ 0x3007, 0x3007, HR_NAME_HAN },     { 0x3000, 0x303f, HR_NAME_BREAK },
	{ 0x3099, 0x309a, HR_NAME_NOTHING }, { 0x30a0, 0x30a0, HR_NAME_BREAK },
	{ 0x30fb, 0x30fb, HR_NAME_BREAK },   { 0xfe00, 0xfe0f, HR_NAME_NOTHING },
	{ 0xfe10, 0xfe6f, HR_NAME_BREAK },   { 0xfeff, 0xfeff, HR_NAME_NOTHING },
	{ 0xff00, 0xffff, HR_NAME_BREAK },   { 0xe0000, 0xe0fff, HR_NAME_NOTHING },
};

static bool is_han(uint32_t c)
{
	return (c >= 0x3400 && c < 0xa000) || (c >= 0xf900 && c < 0xfb00) ||
	       (c >= 0x20000 && c < 0x40000);
}

static uint32_t fold_han(uint32_t c)
{
	size_t low = 0;
	size_t high = hr_han_fold_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (hr_han_folds[middle][0] == c)
			return hr_han_folds[middle][1];
		if (hr_han_folds[middle][0] < c)
			low = middle + 1;
		else
			high = middle;
	}
	return c;
}

static hr_name_kind kind_of_ascii(uint32_t c)
{
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return HR_NAME_LETTER;
	switch (c) {
	case '^':
		return HR_NAME_CARET;
	case '*':
		return HR_NAME_ANY;
	case '?':
		return HR_NAME_ONE;
	default:
		return HR_NAME_BREAK;
	}
}

static hr_name_kind kind_of(uint32_t c)
{
	if (c < 0x80)
		return kind_of_ascii(c);
	for (size_t i = 0; i < COUNT(ranges); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return ranges[i].kind;
	return HR_NAME_LETTER;
}

static void write_letter(uint32_t c, hr_name_char *out)
{
	for (size_t i = 0; c >= 0x80 && i < COUNT(spellings); i++)
		if (spellings[i].c == c) {
			out->len = (uint8_t)strlen(spellings[i].text);
			memcpy(out->text, spellings[i].text, out->len);
			return;
		}
	/* ü is typed as v, and printed as u. */
	out->len = (uint8_t)hr_utf8_write(c == 'v' ? 'u' : c, out->text);
}

size_t hr_name_read(hr_str s, hr_name_char *out)
{
	uint32_t c;
	size_t n = hr_utf8_read(s, &c);

	*out = (hr_name_char){ .kind = HR_NAME_NOTHING };
	if (n == 0)
		return 1;
	if (is_han(c)) {
		out->kind = HR_NAME_HAN;
		out->c = fold_han(c);
		out->len = (uint8_t)hr_utf8_write(out->c, out->text);
		return n;
	}
	out->is_upper = c >= 'A' && c <= 'Z';
	out->c = out->is_upper ? c - 'A' + 'a' : fold_letter(c);
	out->kind = kind_of(out->c);
	if (out->kind == HR_NAME_LETTER || out->kind == HR_NAME_HAN)
		write_letter(out->c, out);
	return n;
}

hr_str hr_name_cut(hr_str key)
{
	return hr_text_cut(key, HR_NAME_KEY_BYTES_MAX);
}
