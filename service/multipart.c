#include "service/multipart.h"

#include "service/media.h"

static bool is_boundary(hr_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.data[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c && strchr("!#$%&'*+-.^_`|~(),/:=? ", c))))
			return false;
	}
	return s.len && s.len <= HR_MULTIPART_BOUNDARY_MAX && s.data[s.len - 1] != ' ';
}

bool hr_multipart_init(hr_multipart *m, hr_str content_type, hr_error *err)
{
	hr_str boundary = hr_media_param(content_type, HR_STR("boundary"));

	if (!is_boundary(boundary))
		return hr_fail(err, HR_E_USAGE,
			       "the Content-Type has no boundary of 1 to 70 characters");
	memset(m, 0, offsetof(hr_multipart, head));
	memcpy(m->delimiter, "\r\n--", 4);
	memcpy(m->delimiter + 4, boundary.data, boundary.len);
	m->delimiter_len = boundary.len + 4;
	/* The first boundary may stand at the very front, without a line's end before it. */
	m->matched = 2;
	m->owed = 2;
	m->head_len = 0;
	m->around = 0;
	m->type = HR_STR_NONE;
	return true;
}

bool hr_multipart_is_over(const hr_multipart *m)
{
	return m->state == HR_MULTIPART_IS_OVER;
}

static hr_multipart_event fail(hr_error *err, hr_error_code code, const char *what)
{
	hr_fail(err, code, "%s", what);
	return HR_MULTIPART_FAULT;
}

static void take(hr_str *rest, size_t n)
{
	*rest = hr_str_slice(*rest, n, rest->len);
}

/* --- up to a boundary --- */

/*
 * A CR is the first byte of the delimiter and no other of it, so where a match
 * breaks off, none has begun inside of it: what was matched belongs to the part.
 */
static hr_str break_off(hr_multipart *m)
{
	hr_str owed = { m->delimiter + m->owed, m->matched - m->owed };

	m->matched = 0;
	m->owed = 0;
	return owed;
}

/* True when the delimiter is whole. Else what was matched goes on, or `*bytes` is no part of it. */
static bool match_on(hr_multipart *m, hr_str *rest, hr_str *bytes)
{
	size_t wanted = m->delimiter_len - m->matched;
	size_t n = rest->len < wanted ? rest->len : wanted;
	size_t same = 0;

	while (same < n && rest->data[same] == m->delimiter[m->matched + same])
		same++;
	m->matched += same;
	take(rest, same);
	if (same == wanted)
		return true;
	if (same < n)
		*bytes = break_off(m);
	return false;
}

/* The bytes in front of the next CR that begins a delimiter, as far as it can be seen. */
static hr_str take_plain(hr_multipart *m, hr_str *rest)
{
	const hr_str delimiter = { m->delimiter, m->delimiter_len };
	size_t from = 0;
	hr_str plain;

	for (;;) {
		const char *cr = memchr(rest->data + from, '\r', rest->len - from);
		size_t at = cr ? (size_t)(cr - rest->data) : rest->len;
		hr_str here = hr_str_slice(*rest, at, rest->len);

		if (!cr || hr_str_starts_with(here.len < delimiter.len ? delimiter : here,
					      here.len < delimiter.len ? here : delimiter)) {
			plain = hr_str_slice(*rest, 0, at);
			take(rest, at);
			return plain;
		}
		from = at + 1;
	}
}

/* Bytes of a part, or none and the delimiter is whole, or none and all is used up. */
static bool find_delimiter(hr_multipart *m, hr_str *rest, hr_str *bytes)
{
	*bytes = HR_STR_NONE;
	while (rest->len && !bytes->len) {
		if (!m->matched)
			*bytes = take_plain(m, rest);
		if (!bytes->len && rest->len && match_on(m, rest, bytes))
			return true;
	}
	return false;
}

static void end_delimiter(hr_multipart *m)
{
	m->state = HR_MULTIPART_IN_LINE;
	m->matched = 0;
	m->owed = 0;
	m->line_len = 0;
}

/* --- the line of a boundary --- */

static void begin_head(hr_multipart *m)
{
	m->state = HR_MULTIPART_IN_HEAD;
	m->head_len = 0;
	m->type = HR_STR_NONE;
}

/* CR LF, or "--"; blanks in front of the CR are padding. */
static bool read_line_end(hr_multipart *m, hr_str *rest)
{
	char c = rest->data[0];

	take(rest, 1);
	if (m->line_len == 0 && (c == ' ' || c == '\t'))
		return true;
	m->line[m->line_len++] = c;
	if (m->line_len == 1)
		return c == '\r' || c == '-';
	if (memcmp(m->line, "\r\n", 2) == 0)
		begin_head(m);
	else if (memcmp(m->line, "--", 2) == 0)
		m->state = HR_MULTIPART_IS_OVER;
	else
		return false;
	return true;
}

/* --- the head of a part --- */

static bool has_control(hr_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (((unsigned char)s.data[i] < 0x20 && s.data[i] != '\t') || s.data[i] == 0x7f)
			return true;
	return false;
}

/* Content-Type alone means anything here; Content-Length is not believed, the boundary is. */
static bool read_fields(hr_multipart *m)
{
	hr_str head = { m->head, m->head_len - 2 };

	while (head.len) {
		size_t end = hr_str_find(head, HR_STR("\r\n"));
		hr_str line = hr_str_slice(head, 0, end);
		size_t colon = hr_str_find(line, HR_STR(":"));
		hr_str name = hr_str_slice(line, 0, colon);

		if (colon == 0 || colon == line.len || has_control(line))
			return false;
		if (hr_str_equal_nocase(name, HR_STR("Content-Type")))
			m->type = hr_str_trim(hr_str_slice(line, colon + 1, line.len));
		head = hr_str_slice(head, end + 2, head.len);
	}
	return true;
}

static bool head_is_whole(const hr_multipart *m)
{
	const hr_str head = { m->head, m->head_len };

	return hr_str_equal(head, HR_STR("\r\n")) || hr_str_ends_with(head, HR_STR("\r\n\r\n"));
}

static hr_multipart_event read_head(hr_multipart *m, hr_str *rest, hr_error *err)
{
	while (rest->len && !head_is_whole(m)) {
		if (m->head_len == sizeof(m->head))
			return fail(err, HR_E_LIMIT, "the head of a part is over 4096 bytes");
		m->head[m->head_len++] = rest->data[0];
		take(rest, 1);
	}
	if (!head_is_whole(m))
		return HR_MULTIPART_WANTS;
	if (!read_fields(m))
		return fail(err, HR_E_SYNTAX, "a line of a part's head is not read");
	m->state = HR_MULTIPART_IN_PART;
	/* Of an empty part the head's last CR LF may be that of the boundary. */
	m->matched = 2;
	m->owed = 2;
	return HR_MULTIPART_PART;
}

/* --- all --- */

/* What is passed over. */
static bool pass(hr_multipart *m, size_t bytes)
{
	m->around += bytes;
	return m->around <= HR_MULTIPART_AROUND_MAX;
}

static hr_multipart_event step(hr_multipart *m, hr_str *rest, hr_str *bytes, hr_error *err)
{
	switch (m->state) {
	case HR_MULTIPART_IN_FRONT:
		if (find_delimiter(m, rest, bytes))
			end_delimiter(m);
		if (!pass(m, bytes->len))
			return fail(err, HR_E_SYNTAX, "the body does not begin with its boundary");
		break;
	case HR_MULTIPART_IN_LINE:
		if (!read_line_end(m, rest))
			return fail(err, HR_E_SYNTAX, "the line of a boundary goes on");
		break;
	case HR_MULTIPART_IN_HEAD:
		return read_head(m, rest, err);
	case HR_MULTIPART_IN_PART:
		if (find_delimiter(m, rest, bytes)) {
			end_delimiter(m);
			return HR_MULTIPART_END;
		}
		if (bytes->len)
			return HR_MULTIPART_BYTES;
		break;
	case HR_MULTIPART_IS_OVER:
		if (!pass(m, rest->len))
			return fail(err, HR_E_SYNTAX, "the body goes on behind its last boundary");
		take(rest, rest->len);
		break;
	}
	return HR_MULTIPART_WANTS;
}

hr_multipart_event hr_multipart_next(hr_multipart *m, hr_str *rest, hr_str *bytes, hr_error *err)
{
	hr_multipart_event event = HR_MULTIPART_WANTS;

	while (rest->len && event == HR_MULTIPART_WANTS)
		event = step(m, rest, bytes, err);
	return event;
}
