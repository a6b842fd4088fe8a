/*
 * What of an HL7 v2 message is written out only when somebody asks: text
 * without its escapes, and places.
 */
#include "recognition/hl7_charset.h"

#include "base/text.h"

/* --- escapes --- */

static int hex_digit(char c)
{
	char low = (char)(c | 0x20);

	if (c >= '0' && c <= '9')
		return c - '0';
	return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/* Line ends and all that is printed; no other control character comes into a text this way. */
static bool is_clean(hr_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.data[i] < ' ' && !strchr("\t\r\n", s.data[i]))
			return false;
	return s.len > 0 && !memchr(s.data, '\0', s.len);
}

/* Pairs are GBK before they are Cyrillic: a few bytes by themselves are valid in both. */
static bool to_utf8(hr_str bytes, hr_arena *arena, hr_str *out)
{
	hr_error err;

	*out = bytes;
	return (hr_text_is_utf8(bytes) && hr_hl7_holds_triple(bytes)) ||
	       hr_text_to_utf8(bytes, HR_STR("GB18030"), HR_HL7_BYTES_MAX, arena, out, &err);
}

/* \Xhh..\: bytes of the message's character set. */
static bool add_hex(hr_str digits, hr_arena *arena, hr_buf *out)
{
	char *bytes = hr_arena_alloc_text(arena, digits.len / 2 + 1);
	hr_str text = { bytes, digits.len / 2 };

	if (!bytes || digits.len % 2)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		int high = hex_digit(digits.data[2 * i]);
		int low = hex_digit(digits.data[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (char)(high << 4 | low);
	}
	if (!is_clean(text) || !to_utf8(text, arena, &text))
		return false;
	hr_buf_add(out, text);
	return true;
}

/* What the words between two escape characters stand for. "" drops them. */
static const struct {
	hr_str word;
	const char *text;
} layouts[] = {
	{ HR_STR_INIT("H"), "" },     { HR_STR_INIT("N"), "" },	    { HR_STR_INIT(".br"), "\n" },
	{ HR_STR_INIT(".sp"), "\n" }, { HR_STR_INIT(".ce"), "\n" }, { HR_STR_INIT(".fi"), "" },
	{ HR_STR_INIT(".nf"), "" },
};

/* \.in+4\ and its like say how far. */
static bool is_indent(hr_str word)
{
	return hr_str_starts_with(word, HR_STR(".in")) || hr_str_starts_with(word, HR_STR(".ti")) ||
	       hr_str_starts_with(word, HR_STR(".sk"));
}

static char delimiter_of(const hr_hl7_delimiters *d, char letter)
{
	switch (letter) {
	case 'F':
		return d->field;
	case 'S':
		return d->component;
	case 'R':
		return d->repetition;
	case 'E':
		return d->escape;
	case 'T':
		return d->subcomponent;
	default:
		return '\0';
	}
}

/* False when it is no escape that is known. */
static bool add_escape(const hr_hl7_delimiters *d, hr_str word, hr_arena *arena, hr_buf *out)
{
	char delimiter = '\0';

	if (word.len == 1)
		delimiter = delimiter_of(d, word.data[0]);
	if (delimiter) {
		hr_buf_add_char(out, delimiter);
		return true;
	}
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		if (hr_str_equal(word, layouts[i].word)) {
			hr_buf_add(out, hr_str_of(layouts[i].text));
			return true;
		}
	if (is_indent(word))
		return true;
	return word.len > 1 && word.data[0] == 'X' &&
	       add_hex(hr_str_slice(word, 1, word.len), arena, out);
}

hr_str hr_hl7_unescape(const hr_hl7_delimiters *delimiters, hr_str s, hr_arena *arena)
{
	hr_str mark = { &delimiters->escape, 1 };
	size_t at = hr_str_find(s, mark);
	hr_buf out;

	if (at == s.len)
		return s;
	hr_buf_init(&out, arena, HR_HL7_BYTES_MAX);
	while (s.len) {
		hr_str word;
		size_t end;

		at = hr_str_find(s, mark);
		hr_buf_add(&out, hr_str_slice(s, 0, at));
		s = hr_str_slice(s, at, s.len);
		if (s.len == 0)
			break;
		end = 1 + hr_str_find(hr_str_slice(s, 1, s.len), mark);
		word = hr_str_slice(s, 1, end);
		/* A backslash that ends nothing is one: of a path, of "阴性\阳性". */
		if (end < s.len && add_escape(delimiters, word, arena, &out)) {
			s = hr_str_slice(s, end + 1, s.len);
		} else {
			hr_buf_add(&out, hr_str_slice(s, 0, end));
			s = hr_str_slice(s, end, s.len);
		}
	}
	return hr_buf_str(&out);
}

/* --- places --- */

static bool is_top(const hr_hl7_segment *segment)
{
	static const char names[][4] = { "MSH", "SFT", "PID", "PD1", "NK1", "PV1",
					 "PV2", "ORC", "OBR", "EVN", "DSC" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (hr_hl7_is(segment, names[i]))
			return true;
	return false;
}

/* The OBR that it stands below, or NULL: of a patient's own observations. */
static const hr_hl7_segment *find_order(const hr_hl7_segment *segment)
{
	if (is_top(segment))
		return NULL;
	for (uint32_t i = segment->index; i > 0; i--) {
		const hr_hl7_segment *other = segment - (segment->index - i + 1);

		if (hr_hl7_is(other, "OBR"))
			return other;
		if (is_top(other) && !hr_hl7_is(other, "ORC"))
			break;
	}
	return NULL;
}

/* From 1, of the segments of its name after `start`. */
static uint32_t count_same(const hr_hl7_segment *start, const hr_hl7_segment *segment)
{
	uint32_t count = 0;

	for (; start <= segment; start++)
		count += memcmp(start->text.data, segment->text.data, 3) == 0;
	return count;
}

static void add_name(const hr_hl7_segment *segment, uint32_t number, bool always, hr_buf *out)
{
	hr_buf_add(out, hr_str_slice(segment->text, 0, 3));
	if (always || number > 1)
		hr_buf_addf(out, "[%u]", number);
}

/* How many delimiters stand before `at`, and where the part that holds it begins and ends. */
static uint32_t find_part(hr_str *s, char delimiter, const char *at)
{
	const char *end = s->data + s->len;
	const char *start = s->data;
	const char *next;
	uint32_t count = 0;

	while ((next = memchr(start, delimiter, (size_t)(end - start))) && next < at) {
		start = next + 1;
		count++;
	}
	*s = (hr_str){ start, (size_t)((next ? next : end) - start) };
	return count;
}

/* Blanks around a value are not in its slice. */
static bool is_whole(hr_str slice, hr_str part)
{
	return slice.len >= hr_str_trim(part).len;
}

/* "-3[2].1.2": as deep as the slice is less than what holds it. */
static void add_field(const hr_hl7_segment *segment, hr_str slice, hr_buf *out)
{
	const hr_hl7_segment *first = segment - segment->index;
	hr_str part = segment->text;
	hr_hl7_head head;
	hr_str field;
	hr_error err;
	uint32_t number;

	if (!hr_hl7_read_head(first->text, &head, &err))
		return;
	number = find_part(&part, head.delimiters.field, slice.data);
	hr_buf_addf(out, "-%u", number + (segment->index == 0));
	field = part;
	if (is_whole(slice, part))
		return;
	number = find_part(&part, head.delimiters.repetition, slice.data);
	if (part.len < field.len)
		hr_buf_addf(out, "[%u]", number + 1);
	if (is_whole(slice, part))
		return;
	hr_buf_addf(out, ".%u", find_part(&part, head.delimiters.component, slice.data) + 1);
	if (is_whole(slice, part))
		return;
	hr_buf_addf(out, ".%u", find_part(&part, head.delimiters.subcomponent, slice.data) + 1);
}

void hr_hl7_format_place(const hr_hl7_segment *segment, hr_str slice, hr_buf *out)
{
	const hr_hl7_segment *first = segment - segment->index;
	const hr_hl7_segment *order = find_order(segment);

	if (segment->message > 1)
		hr_buf_addf(out, "MSH[%u]/", segment->message);
	if (order) {
		add_name(order, count_same(first, order), true, out);
		hr_buf_add_char(out, '/');
	}
	add_name(segment, count_same(order ? order : first, segment),
		 order || hr_hl7_is(segment, "OBR"), out);
	if (slice.len)
		add_field(segment, slice, out);
}
