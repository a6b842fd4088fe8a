#include "recognition/hl7_message.h"

#include "recognition/hl7_charset.h"

#include "base/text.h"
#include "base/word.h"

enum {
	NAME_LEN = 3,	   /* of a segment */
	LINE_WINDOW = 256, /* holds most lines */
};

/* --- parts --- */

hr_str hr_hl7_part(hr_str s, char delimiter, uint32_t n)
{
	while (s.len) {
		const char *next = memchr(s.data, delimiter, s.len);
		size_t len = next ? (size_t)(next - s.data) : s.len;

		if (n-- == 1)
			return hr_str_slice(s, 0, len);
		s = hr_str_slice(s, len + 1, s.len);
	}
	return HR_STR_NONE;
}

uint32_t hr_hl7_split(hr_str s, char delimiter, hr_str *out, uint32_t max)
{
	size_t start = 0;
	size_t at = 0;
	uint32_t count = 0;

	/* Most fields are a few bytes long, many none: too short to pay for a call of memchr. */
	for (; s.len - at >= sizeof(hr_word) && count < max; at += sizeof(hr_word)) {
		hr_word hits = hr_word_match(hr_word_load(s.data + at), delimiter);

		for (; hits && count < max; hits &= hits - 1) {
			size_t end = at + hr_word_first(hits);

			out[count++] = (hr_str){ s.data + start, end - start };
			start = end + 1;
		}
	}
	for (; at < s.len && count < max; at++) {
		if (s.data[at] != delimiter)
			continue;
		out[count++] = (hr_str){ s.data + start, at - start };
		start = at + 1;
	}
	if (count < max && s.len)
		out[count++] = (hr_str){ s.data + start, s.len - start };
	for (uint32_t i = count; i < max; i++)
		out[i] = HR_STR_NONE;
	return count;
}

/* --- MSH --- */

static bool is_line_end(char c)
{
	return c == '\r' || c == '\n';
}

/* Bytes that frame a message on a connection, or part one from the next in a file. */
static bool is_frame(char c)
{
	return c == '\v' || c == '\x1c';
}

static hr_str first_line(hr_str s)
{
	size_t len = 0;

	while (len < s.len && !is_line_end(s.data[len]) && !is_frame(s.data[len]))
		len++;
	return hr_str_slice(s, 0, len);
}

static bool is_delimiter(char c)
{
	return c > ' ' && c < 0x7f && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
	       !(c >= 'a' && c <= 'z');
}

static bool are_distinct(const char *chars, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (memchr(chars, chars[i], i))
			return false;
	return true;
}

static bool read_delimiters(hr_str msh, hr_hl7_delimiters *out, hr_error *err)
{
	char chars[5] = { 0 };
	size_t count = 0;

	while (count < sizeof(chars) && NAME_LEN + count < msh.len &&
	       is_delimiter(msh.data[NAME_LEN + count]) &&
	       (count == 0 || msh.data[NAME_LEN + count] != chars[0])) {
		chars[count] = msh.data[NAME_LEN + count];
		count++;
	}
	if (count < 2)
		return hr_fail(err, HR_E_SYNTAX, "hl7: MSH-1 and MSH-2 name no delimiters");
	if (!are_distinct(chars, count))
		return hr_fail(err, HR_E_SYNTAX, "hl7: MSH-2 gives one character two meanings");
	*out = (hr_hl7_delimiters){ chars[0], chars[1], chars[2], chars[3], chars[4] };
	return true;
}

/* As hr_hl7_split, of GBK: the second byte of a character is no delimiter. */
static void split_pairs(hr_str s, char delimiter, hr_str *out, uint32_t max)
{
	size_t start = 0;
	uint32_t count = 0;

	for (size_t at = 0; at <= s.len && count < max; at++) {
		if (at < s.len && s.data[at] != delimiter) {
			at += (unsigned char)s.data[at] > 0x80 && at + 1 < s.len;
			continue;
		}
		out[count++] = hr_str_slice(s, start, at);
		start = at + 1;
	}
	while (count < max)
		out[count++] = HR_STR_NONE;
}

/* MSH-1 is the separator itself. */
static void split_msh(hr_str msh, hr_hl7_head *out)
{
	const uint32_t behind = HR_HL7_MSH_FIELDS - 2;
	hr_str rest = hr_str_slice(msh, NAME_LEN + 1, msh.len);
	char separator = out->delimiters.field;

	out->fields[0] = hr_str_slice(msh, 0, NAME_LEN);
	out->fields[1] = hr_str_slice(msh, NAME_LEN, NAME_LEN + 1);
	hr_hl7_split(rest, separator, out->fields + 2, behind);
	/* Which bytes are pairs, only MSH-18 says, and where that is, only the pairs say. */
	if (!hr_text_is_utf8(msh) && hr_hl7_declared_charset(out) != HR_HL7_CHARSET_LATIN1)
		split_pairs(rest, separator, out->fields + 2, behind);
}

bool hr_hl7_read_head(hr_str bytes, hr_hl7_head *out, hr_error *err)
{
	hr_hl7_head head;
	hr_str msh;

	if (hr_str_starts_with(bytes, HR_STR("\xef\xbb\xbf")))
		bytes = hr_str_slice(bytes, 3, bytes.len);
	while (bytes.len && (is_line_end(bytes.data[0]) || is_frame(bytes.data[0])))
		bytes = hr_str_slice(bytes, 1, bytes.len);
	msh = first_line(bytes);
	if (!hr_str_starts_with(msh, HR_STR("MSH")))
		return hr_fail(err, HR_E_SYNTAX, "hl7: the message does not begin with MSH");
	if (!read_delimiters(msh, &head.delimiters, err))
		return false;
	split_msh(msh, &head);
	*out = head;
	return true;
}

/* --- segments --- */

static size_t find_char(hr_str s, char c)
{
	const char *found = s.len ? memchr(s.data, c, s.len) : NULL;

	return found ? (size_t)(found - s.data) : s.len;
}

/*
 * The length of the first line. A window at a time: of a text of LF alone,
 * each line would be looked through to the end of the text for a CR.
 */
static size_t find_line_end(hr_str s)
{
	for (size_t from = 0; from < s.len; from += LINE_WINDOW) {
		hr_str window = hr_str_slice(s, from, from + LINE_WINDOW);
		size_t cr = find_char(window, '\r');
		size_t end = find_char(hr_str_slice(window, 0, cr), '\n');

		if (end < window.len)
			return from + end;
	}
	return s.len;
}

hr_str hr_hl7_next_line(hr_str *rest, uint32_t *line)
{
	size_t len = find_line_end(*rest);
	size_t end = len + 1;
	hr_str out;

	if (end < rest->len && rest->data[len] == '\r' && rest->data[end] == '\n')
		end++;
	out = hr_str_slice(*rest, 0, len);
	*rest = hr_str_slice(*rest, end, rest->len);
	++*line;
	return out;
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_upper_or_digit(char c)
{
	return is_upper(c) || (c >= '0' && c <= '9');
}

/* "OBX|" or "OBX" alone. Any other line is the rest of a value that was broken. */
static bool is_segment(hr_str line, char separator)
{
	return line.len >= NAME_LEN && is_upper(line.data[0]) && is_upper_or_digit(line.data[1]) &&
	       is_upper_or_digit(line.data[2]) &&
	       (line.len == NAME_LEN || line.data[NAME_LEN] == separator);
}

/* CRLF counts twice: for room, which may be too much. */
static size_t count_line_ends(hr_str text)
{
	size_t count = 0;

	for (size_t len; (len = find_line_end(text)) < text.len; count++)
		text = hr_str_slice(text, len + 1, text.len);
	return count;
}

static void cut_frame(hr_str *line)
{
	while (line->len && is_frame(line->data[line->len - 1]))
		line->len--;
}

/* The line to the segment that it goes on with, with the line end between them. */
static void append(hr_hl7_message *message, hr_hl7_segment *last, hr_str line)
{
	if (line.len == 0)
		return;
	last->text.len = (size_t)(line.data + line.len - last->text.data);
	message->broken_lines = true;
}

static bool split_segments(hr_str text, uint32_t number, uint32_t *line, hr_arena *arena,
			   hr_hl7_message *message, hr_error *err)
{
	size_t room = count_line_ends(text) + 1;
	hr_hl7_segment *segments;

	if (room > HR_HL7_SEGMENTS_MAX)
		return hr_fail(err, HR_E_LIMIT, "hl7: the message has over %d lines",
			       HR_HL7_SEGMENTS_MAX);
	segments = HR_NEW_N(arena, hr_hl7_segment, room);
	if (!segments)
		return hr_fail_memory(err);
	while (text.len) {
		hr_str one = hr_hl7_next_line(&text, line);

		cut_frame(&one);
		if (!is_segment(one, message->head.delimiters.field)) {
			append(message, &segments[message->count - 1], one);
			continue;
		}
		segments[message->count] = (hr_hl7_segment){ one, *line, message->count, number };
		message->count++;
	}
	message->segments = segments;
	return true;
}

/* --- messages --- */

static bool refuse_nul(hr_str text, hr_error *err)
{
	uint32_t line = 0;

	while (text.len) {
		hr_str one = hr_hl7_next_line(&text, &line);

		if (one.len && memchr(one.data, '\0', one.len))
			break;
	}
	return hr_fail_at(err, HR_E_SYNTAX, line, 1, "hl7: the message holds a byte of zero");
}

static bool read_text(hr_str bytes, hr_arena *arena, hr_hl7_message *message, hr_str *out,
		      hr_error *err)
{
	hr_str text = HR_STR_NONE;

	if (!hr_hl7_read_head(bytes, &message->head, err) ||
	    !hr_hl7_decode(bytes, arena, message, &text, err))
		return false;
	if (text.data != bytes.data && !hr_hl7_read_head(text, &message->head, err))
		return false;
	if (memchr(text.data, '\0', text.len))
		return refuse_nul(text, err);
	*out = text;
	return true;
}

/* `bytes` begin with MSH; `*line` counts the lines before them, and then theirs. */
static bool read_message(hr_str bytes, uint32_t number, uint32_t *line, hr_arena *arena,
			 hr_hl7_message *out, hr_error *err)
{
	hr_hl7_message message = { .count = 0 };
	hr_str text = HR_STR_NONE;

	if (!read_text(bytes, arena, &message, &text, err)) {
		err->line += err->line ? *line : 0;
		return false;
	}
	if (!split_segments(text, number, line, arena, &message, err))
		return false;
	text = hr_str_slice(text, message.segments[0].text.len, text.len);
	message.has_escapes =
		text.len && memchr(text.data, message.head.delimiters.escape, text.len);
	*out = message;
	return true;
}

static bool begins_message(hr_str bytes, size_t at)
{
	return at + NAME_LEN < bytes.len && memcmp(bytes.data + at, "MSH", NAME_LEN) == 0 &&
	       is_delimiter(bytes.data[at + NAME_LEN]) &&
	       (at == 0 || is_line_end(bytes.data[at - 1]) || is_frame(bytes.data[at - 1]));
}

/* Where the next MSH begins a line, from `at` on; the end when none does. */
static size_t find_msh(hr_str bytes, size_t at)
{
	while (at < bytes.len) {
		const char *found = memchr(bytes.data + at, 'M', bytes.len - at);

		if (!found)
			break;
		at = (size_t)(found - bytes.data);
		if (begins_message(bytes, at))
			return at;
		at++;
	}
	return bytes.len;
}

static uint32_t count_messages(hr_str bytes)
{
	uint32_t count = 0;

	for (size_t at = find_msh(bytes, 0); at < bytes.len; at = find_msh(bytes, at + NAME_LEN))
		count++;
	return count;
}

/* In UTF-16 no byte is a delimiter by itself. Other encodings are each message's own. */
static bool to_bytes(hr_str *bytes, hr_arena *arena, hr_error *err)
{
	static const struct {
		hr_str start;
		hr_str encoding;
	} wide[] = {
		{ HR_STR_INIT("\xff\xfe"), HR_STR_INIT("UTF-16") },
		{ HR_STR_INIT("\xfe\xff"), HR_STR_INIT("UTF-16") },
		{ HR_STR_INIT("M\0S\0H\0"), HR_STR_INIT("UTF-16LE") },
		{ HR_STR_INIT("\0M\0S\0H"), HR_STR_INIT("UTF-16BE") },
	};

	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (hr_str_starts_with(*bytes, wide[i].start))
			return hr_text_to_utf8(*bytes, wide[i].encoding, HR_HL7_BYTES_MAX, arena,
					       bytes, err);
	if (hr_str_starts_with(*bytes, HR_STR("\xef\xbb\xbf")))
		*bytes = hr_str_slice(*bytes, 3, bytes->len);
	return true;
}

static bool read_messages(hr_str bytes, hr_arena *arena, hr_hl7_messages *out, hr_error *err)
{
	uint32_t count = count_messages(bytes);
	hr_hl7_message *list;
	size_t at = find_msh(bytes, 0);
	uint32_t line = 0;
	hr_str before;

	if (count == 0)
		return hr_fail(err, HR_E_SYNTAX, "hl7: no message: no line begins with MSH");
	if (count > HR_HL7_MESSAGES_MAX)
		return hr_fail(err, HR_E_LIMIT, "hl7: over %d messages", HR_HL7_MESSAGES_MAX);
	list = HR_NEW_N(arena, hr_hl7_message, count);
	if (!list)
		return hr_fail_memory(err);
	before = hr_str_slice(bytes, 0, at);
	cut_frame(&before);
	while (before.len)
		hr_hl7_next_line(&before, &line);
	for (uint32_t i = 0; i < count; i++) {
		size_t end = find_msh(bytes, at + NAME_LEN);
		hr_str one = hr_str_slice(bytes, at, end);

		cut_frame(&one);
		if (!read_message(one, i + 1, &line, arena, &list[i], err))
			return false;
		at = end;
	}
	*out = (hr_hl7_messages){ list, count };
	return true;
}

bool hr_hl7_read(hr_str bytes, hr_arena *arena, hr_hl7_messages *out, hr_error *err)
{
	if (bytes.len > HR_HL7_BYTES_MAX)
		return hr_fail(err, HR_E_LIMIT, "hl7: the input is over %d MiB",
			       HR_HL7_BYTES_MAX >> 20);
	return to_bytes(&bytes, arena, err) && read_messages(bytes, arena, out, err);
}
