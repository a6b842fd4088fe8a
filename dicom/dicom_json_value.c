#include "dicom/dicom_json_value.h"

#include "base/base64.h"
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	DIGITS_EXACT = 15, /* a double gives any decimal of so many back */
	EXPONENT_MAX = 300,
	DECIMAL_MAX = 64, /* bytes; DS has 16 */
};

static void add_u16(hr_buf *out, uint64_t bits)
{
	hr_buf_add_int(out, (uint16_t)bits);
}

static void add_s16(hr_buf *out, uint64_t bits)
{
	hr_buf_add_int(out, (int16_t)bits);
}

static void add_u32(hr_buf *out, uint64_t bits)
{
	hr_buf_add_int(out, (uint32_t)bits);
}

static void add_s32(hr_buf *out, uint64_t bits)
{
	hr_buf_add_int(out, (int32_t)bits);
}

/* A double holds whole numbers to 2^53; beyond, many a reader would round. */
static void add_u64(hr_buf *out, uint64_t bits)
{
	hr_buf_addf(out, bits > UINT64_C(1) << 53 ? "\"%llu\"" : "%llu", (unsigned long long)bits);
}

static void add_s64(hr_buf *out, uint64_t bits)
{
	int64_t n = (int64_t)bits;
	bool exact = n <= INT64_C(1) << 53 && n >= -(INT64_C(1) << 53);

	hr_buf_addf(out, exact ? "%lld" : "\"%lld\"", (long long)n);
}

/* Two words: group and element. */
static void add_tag(hr_buf *out, uint64_t bits)
{
	hr_buf_addf(out, "\"%04X%04X\"", (unsigned)(bits & 0xFFFF), (unsigned)(bits >> 16));
}

static bool add_special(hr_buf *out, double n)
{
	if (isnan(n))
		HR_BUF_ADD(out, "\"NaN\"");
	else if (isinf(n))
		hr_buf_add(out, n > 0 ? HR_STR("\"inf\"") : HR_STR("\"-inf\""));
	else
		return false;
	return true;
}

/* The shortest decimal that is this number. */
static void add_f32(hr_buf *out, uint64_t bits)
{
	uint32_t word = (uint32_t)bits;
	char text[32];
	float n;

	memcpy(&n, &word, sizeof(n));
	if (add_special(out, (double)n))
		return;
	for (int digits = 6; digits <= 9; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, (double)n);
		if (strtof(text, NULL) == n)
			break;
	}
	hr_buf_add(out, hr_str_of(text));
}

static void add_f64(hr_buf *out, uint64_t bits)
{
	char text[32];
	double n;

	memcpy(&n, &bits, sizeof(n));
	if (add_special(out, n))
		return;
	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, n);
		if (strtod(text, NULL) == n)
			break;
	}
	hr_buf_add(out, hr_str_of(text));
}

const hr_dicom_vr *hr_dicom_vr_of(const char name[2])
{
	static const hr_dicom_vr rows[] = {
		{ "LO", HR_DICOM_TEXTS, 0, true, NULL },
		{ "CS", HR_DICOM_TEXTS, 0, false, NULL },
		{ "DS", HR_DICOM_DECIMALS, 0, false, NULL },
		{ "UI", HR_DICOM_TEXTS, 0, false, NULL },
		{ "SH", HR_DICOM_TEXTS, 0, true, NULL },
		{ "IS", HR_DICOM_DECIMALS, 0, false, NULL },
		{ "US", HR_DICOM_NUMBERS, 2, false, add_u16 },
		{ "SQ", HR_DICOM_ITEMS, 0, false, NULL },
		{ "DA", HR_DICOM_TEXTS, 0, false, NULL },
		{ "TM", HR_DICOM_TEXTS, 0, false, NULL },
		{ "PN", HR_DICOM_NAMES, 0, true, NULL },
		{ "UN", HR_DICOM_BYTES, 0, false, NULL },
		{ "OB", HR_DICOM_BYTES, 0, false, NULL },
		{ "OW", HR_DICOM_BYTES, 2, false, NULL },
		{ "AE", HR_DICOM_TEXTS, 0, false, NULL },
		{ "AS", HR_DICOM_TEXTS, 0, false, NULL },
		{ "AT", HR_DICOM_NUMBERS, 4, false, add_tag },
		{ "DT", HR_DICOM_TEXTS, 0, false, NULL },
		{ "FD", HR_DICOM_NUMBERS, 8, false, add_f64 },
		{ "FL", HR_DICOM_NUMBERS, 4, false, add_f32 },
		{ "LT", HR_DICOM_TEXT, 0, true, NULL },
		{ "OD", HR_DICOM_BYTES, 8, false, NULL },
		{ "OF", HR_DICOM_BYTES, 4, false, NULL },
		{ "OL", HR_DICOM_BYTES, 4, false, NULL },
		{ "OV", HR_DICOM_BYTES, 8, false, NULL },
		{ "SL", HR_DICOM_NUMBERS, 4, false, add_s32 },
		{ "SS", HR_DICOM_NUMBERS, 2, false, add_s16 },
		{ "ST", HR_DICOM_TEXT, 0, true, NULL },
		{ "SV", HR_DICOM_NUMBERS, 8, false, add_s64 },
		{ "UC", HR_DICOM_TEXTS, 0, true, NULL },
		{ "UL", HR_DICOM_NUMBERS, 4, false, add_u32 },
		{ "UR", HR_DICOM_TEXT, 0, false, NULL },
		{ "UT", HR_DICOM_TEXT, 0, true, NULL },
		{ "UV", HR_DICOM_NUMBERS, 8, false, add_u64 },
	};
	static const hr_dicom_vr unknown = { "UN", HR_DICOM_BYTES, 0, false, NULL };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (memcmp(rows[i].name, name, 2) == 0)
			return &rows[i];
	return &unknown;
}

/* --- texts --- */

/* Some write into a buffer of their own and forget what stood there: behind a NUL is no value. */
hr_str hr_dicom_unpad(hr_str text)
{
	const char *nul = text.len ? memchr(text.data, '\0', text.len) : NULL;

	if (nul)
		text.len = (size_t)(nul - text.data);
	while (text.len && text.data[text.len - 1] == ' ')
		text.len--;
	return text;
}

static hr_str trim(hr_str text)
{
	text = hr_dicom_unpad(text);
	while (text.len && text.data[0] == ' ')
		text = hr_str_slice(text, 1, text.len);
	return text;
}

static void add_string(hr_buf *out, hr_str text)
{
	hr_json_writer w;

	hr_json_writer_init(&w, out, false);
	hr_json_string(&w, text);
}

/* One value of a text that has several; `*more` when others follow. */
static hr_str next_value(hr_str *rest, char by, bool *more)
{
	const char *end = rest->len ? memchr(rest->data, by, rest->len) : NULL;
	hr_str value = *rest;

	*more = end != NULL;
	if (end) {
		value.len = (size_t)(end - rest->data);
		*rest = hr_str_slice(*rest, value.len + 1, rest->len);
	}
	return trim(value);
}

static void add_values(hr_buf *out, hr_str text, void (*add)(hr_buf *out, hr_str value))
{
	bool more = text.len && memchr(text.data, '\\', text.len);
	hr_str value;

	if (!more && trim(text).len == 0)
		return;
	HR_BUF_ADD(out, ",\"Value\":[");
	do {
		value = next_value(&text, '\\', &more);
		if (value.len)
			add(out, value);
		else
			HR_BUF_ADD(out, "null");
		if (more)
			hr_buf_add_char(out, ',');
	} while (more);
	hr_buf_add_char(out, ']');
}

void hr_dicom_add_texts(hr_buf *out, hr_str text)
{
	add_values(out, text, add_string);
}

/* Blanks in front are the author's. */
void hr_dicom_add_text(hr_buf *out, hr_str text)
{
	text = hr_dicom_unpad(text);
	if (text.len == 0)
		return;
	HR_BUF_ADD(out, ",\"Value\":[");
	add_string(out, text);
	hr_buf_add_char(out, ']');
}

static void add_name(hr_buf *out, hr_str name)
{
	static const hr_str groups[] = { HR_STR_INIT("\"Alphabetic\":"),
					 HR_STR_INIT("\"Ideographic\":"),
					 HR_STR_INIT("\"Phonetic\":") };
	bool more = true;
	bool first = true;

	hr_buf_add_char(out, '{');
	for (size_t i = 0; more && i < sizeof(groups) / sizeof(groups[0]); i++) {
		hr_str group = next_value(&name, '=', &more);

		if (group.len == 0)
			continue;
		if (!first)
			hr_buf_add_char(out, ',');
		first = false;
		hr_buf_add(out, groups[i]);
		add_string(out, group);
	}
	hr_buf_add_char(out, '}');
}

void hr_dicom_add_names(hr_buf *out, hr_str text)
{
	add_values(out, text, add_name);
}

/* --- decimals --- */

struct decimal {
	hr_str whole; /* digits, without zeros in front */
	hr_str part;  /* behind the point */
	hr_str exponent;
	bool minus;
};

static hr_str take_digits(hr_str *rest)
{
	size_t n = 0;
	hr_str digits;

	while (n < rest->len && rest->data[n] >= '0' && rest->data[n] <= '9')
		n++;
	digits = hr_str_slice(*rest, 0, n);
	*rest = hr_str_slice(*rest, n, rest->len);
	return digits;
}

static bool take_char(hr_str *rest, const char *any)
{
	if (rest->len == 0 || !strchr(any, rest->data[0]) || rest->data[0] == '\0')
		return false;
	*rest = hr_str_slice(*rest, 1, rest->len);
	return true;
}

/* PS3.5 6.2: "+1", "01", ".5", "5." and "1E+03" are numbers of DICOM, and not of JSON. */
static bool read_decimal(hr_str text, struct decimal *out)
{
	struct decimal d = { .minus = text.len && text.data[0] == '-' };
	size_t digits;

	(void)take_char(&text, "+-");
	d.whole = take_digits(&text);
	digits = d.whole.len;
	if (take_char(&text, "."))
		d.part = take_digits(&text);
	digits += d.part.len;
	if (take_char(&text, "eE")) {
		d.exponent = text;
		(void)take_char(&text, "+-");
		if (take_digits(&text).len == 0)
			return false;
		d.exponent.len -= text.len;
	}
	while (d.whole.len && d.whole.data[0] == '0')
		d.whole = hr_str_slice(d.whole, 1, d.whole.len);
	*out = d;
	return digits > 0 && text.len == 0;
}

/* Digits from the first that is not 0 to the last that is not. */
static size_t count_digits(const struct decimal *d)
{
	size_t first = 0;
	size_t last = d->part.len;

	while (last && d->part.data[last - 1] == '0')
		last--;
	if (d->whole.len)
		return d->whole.len + last;
	while (first < last && d->part.data[first] == '0')
		first++;
	return last - first;
}

static bool is_exact(const struct decimal *d)
{
	long exponent = 0;
	char text[8];

	if (d->exponent.len >= sizeof(text))
		return false;
	if (d->exponent.len) {
		memcpy(text, d->exponent.data, d->exponent.len);
		text[d->exponent.len] = '\0';
		exponent = strtol(text, NULL, 10);
	}
	return count_digits(d) <= DIGITS_EXACT && exponent <= EXPONENT_MAX &&
	       exponent >= -EXPONENT_MAX;
}

static void add_decimal(hr_buf *out, hr_str text)
{
	struct decimal d;

	if (text.len > DECIMAL_MAX || !read_decimal(text, &d) || !is_exact(&d)) {
		add_string(out, text);
		return;
	}
	if (d.minus)
		hr_buf_add_char(out, '-');
	hr_buf_add(out, d.whole.len ? d.whole : HR_STR("0"));
	if (d.part.len) {
		hr_buf_add_char(out, '.');
		hr_buf_add(out, d.part);
	}
	if (d.exponent.len) {
		hr_buf_add_char(out, 'e');
		hr_buf_add(out, d.exponent);
	}
}

void hr_dicom_add_decimals(hr_buf *out, hr_str text)
{
	add_values(out, text, add_decimal);
}

/* --- binary --- */

static uint64_t read_number(const char *at, size_t size, bool big)
{
	const unsigned char *b = (const unsigned char *)at;
	uint64_t n = 0;

	for (size_t i = 0; i < size; i++)
		n |= (uint64_t)b[i] << (8 * (big ? size - 1 - i : i));
	return n;
}

/* A tag is two words, each in the order of the object. */
static uint64_t read_value(const hr_dicom_vr *vr, const char *at, bool big)
{
	if (vr->add == add_tag)
		return read_number(at, 2, big) | read_number(at + 2, 2, big) << 16;
	return read_number(at, vr->size, big);
}

void hr_dicom_add_numbers(hr_buf *out, const hr_dicom_vr *vr, hr_str value, bool big)
{
	size_t count = value.len / vr->size;

	for (size_t i = 0; i < count; i++) {
		hr_buf_add(out, i ? HR_STR(",") : HR_STR(",\"Value\":["));
		vr->add(out, read_value(vr, value.data + i * vr->size, big));
	}
	if (count)
		hr_buf_add_char(out, ']');
}

void hr_dicom_swap(char *bytes, size_t len, size_t size)
{
	for (size_t at = 0; size && len - at >= size; at += size)
		for (size_t i = 0; i < size / 2; i++) {
			char first = bytes[at + i];

			bytes[at + i] = bytes[at + size - 1 - i];
			bytes[at + size - 1 - i] = first;
		}
}

void hr_dicom_add_bytes(hr_buf *out, const hr_dicom_vr *vr, hr_str value, bool big)
{
	char swapped[HR_DICOM_INLINE_MAX];

	if (value.len == 0)
		return;
	if (big && vr->size && value.len <= sizeof(swapped)) {
		memcpy(swapped, value.data, value.len);
		hr_dicom_swap(swapped, value.len, vr->size);
		value.data = swapped;
	}
	HR_BUF_ADD(out, ",\"InlineBinary\":\"");
	hr_base64_add(value, out);
	hr_buf_add_char(out, '"');
}
