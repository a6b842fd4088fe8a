#include "service/http_form.h"

#include "base/text.h"
#include "service/http_target.h"

/* ---- a value with parameters: form-data; name="a"; filename="b" ---- */

static bool is_token_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c && strchr("!#$%&'*+-.^_`|~", c));
}

static hr_str take_token(hr_str *rest)
{
	size_t n = 0;
	hr_str token;

	while (n < rest->len && is_token_char(rest->data[n]))
		n++;
	token = hr_str_slice(*rest, 0, n);
	*rest = hr_str_slice(*rest, n, rest->len);
	return token;
}

static void skip_blanks(hr_str *rest)
{
	while (rest->len && (rest->data[0] == ' ' || rest->data[0] == '\t'))
		*rest = hr_str_slice(*rest, 1, rest->len);
}

static bool take_char(hr_str *rest, char c)
{
	if (rest->len == 0 || rest->data[0] != c)
		return false;
	*rest = hr_str_slice(*rest, 1, rest->len);
	return true;
}

/*
 * \" and \\ are escapes; another backslash is itself, because some browsers
 * send "C:\report.xml". %22, which others write for a quote, stays as it is.
 */
static bool is_escape(hr_str s, size_t at)
{
	return s.data[at] == '\\' && at + 1 < s.len &&
	       (s.data[at + 1] == '"' || s.data[at + 1] == '\\');
}

static hr_str unescaped(hr_str s, hr_arena *arena)
{
	char *copy = hr_arena_alloc_text(arena, s.len);
	size_t n = 0;

	if (!copy)
		return HR_STR_NONE;
	for (size_t i = 0; i < s.len; i++) {
		i += is_escape(s, i);
		copy[n++] = s.data[i];
	}
	return (hr_str){ copy, n };
}

/* What stands between quotes; the first is taken already. */
static bool take_quoted(hr_str *rest, hr_arena *arena, hr_str *out)
{
	bool escapes = false;
	size_t n = 0;

	while (n < rest->len && rest->data[n] != '"') {
		bool escape = is_escape(*rest, n);

		escapes |= escape;
		n += escape ? 2 : 1;
	}
	if (n >= rest->len)
		return false;
	*out = hr_str_slice(*rest, 0, n);
	if (escapes)
		*out = unescaped(*out, arena);
	*rest = hr_str_slice(*rest, n + 1, rest->len);
	return out->data != NULL;
}

static bool take_param(hr_str *rest, hr_arena *arena, hr_str *name, hr_str *value)
{
	skip_blanks(rest);
	*name = take_token(rest);
	if (name->len == 0 || !take_char(rest, '='))
		return false;
	if (take_char(rest, '"'))
		return take_quoted(rest, arena, value);
	*value = take_token(rest);
	return value->len > 0;
}

/* Finds `wanted`, which may stand once; `out` stays when it does not. False when malformed. */
static bool find_param(hr_str params, hr_str wanted, hr_arena *arena, hr_str *out)
{
	unsigned found = 0;
	hr_str name;
	hr_str value;

	for (skip_blanks(&params); params.len; skip_blanks(&params)) {
		if (!take_char(&params, ';') || !take_param(&params, arena, &name, &value))
			return false;
		if (!hr_str_equal_nocase(name, wanted))
			continue;
		*out = value;
		found++;
	}
	return found <= 1;
}

/* The word before the first ';'. */
static hr_str word_of(hr_str value, hr_str *params)
{
	size_t end = hr_str_find(value, HR_STR(";"));

	*params = hr_str_slice(value, end, value.len);
	return hr_str_trim(hr_str_slice(value, 0, end));
}

/* ---- multipart ---- */

struct reader {
	hr_str body;
	size_t at;
	hr_str dashes; /* "--" and the boundary */
	hr_arena *arena;
	hr_error *err;
};

static bool fail_here(const struct reader *r, size_t at, hr_error_code code, const char *what)
{
	uint32_t line;
	uint32_t column;

	hr_text_place(r->body, at, &line, &column);
	return hr_fail_at(r->err, code, line, column, "%s", what);
}

static bool starts_here(const struct reader *r, hr_str word)
{
	return hr_str_starts_with(hr_str_slice(r->body, r->at, r->body.len), word);
}

static bool eat(struct reader *r, hr_str word)
{
	if (!starts_here(r, word))
		return false;
	r->at += word.len;
	return true;
}

/* Behind "--boundary": a line's end, or "--" and the end of all. */
static bool end_delimiter(struct reader *r, bool *last)
{
	size_t from = r->at;

	*last = eat(r, HR_STR("--"));
	while (starts_here(r, HR_STR(" ")) || starts_here(r, HR_STR("\t")))
		r->at++;
	if (eat(r, HR_STR("\r\n")) || (*last && r->at == r->body.len))
		return true;
	return fail_here(r, from, HR_E_SYNTAX, "the line of a boundary goes on");
}

/* RFC 7578 4.7: never needed, and those that change bytes are not undone here. */
static bool is_identity(hr_str coding)
{
	return hr_str_equal_nocase(coding, HR_STR("binary")) ||
	       hr_str_equal_nocase(coding, HR_STR("8bit")) ||
	       hr_str_equal_nocase(coding, HR_STR("7bit"));
}

struct part_head {
	hr_form_part part;
	unsigned dispositions;
	unsigned types;
};

static bool read_disposition(struct reader *r, hr_str value, struct part_head *head)
{
	hr_str params;

	head->dispositions++;
	return hr_str_equal_nocase(word_of(value, &params), HR_STR("form-data")) &&
	       find_param(params, HR_STR("name"), r->arena, &head->part.name) &&
	       find_param(params, HR_STR("filename"), r->arena, &head->part.filename);
}

static bool read_field(struct reader *r, hr_str name, hr_str value, struct part_head *head)
{
	if (hr_str_equal_nocase(name, HR_STR("Content-Disposition")))
		return read_disposition(r, value, head);
	if (hr_str_equal_nocase(name, HR_STR("Content-Transfer-Encoding")))
		return is_identity(value);
	if (hr_str_equal_nocase(name, HR_STR("Content-Type"))) {
		head->part.type = value;
		head->types++;
	}
	return true;
}

static bool has_control(hr_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (((unsigned char)s.data[i] < 0x20 && s.data[i] != '\t') || s.data[i] == 0x7f)
			return true;
	return false;
}

static bool read_line(struct reader *r, struct part_head *head)
{
	hr_str rest = hr_str_slice(r->body, r->at, r->body.len);
	size_t end = hr_str_find(rest, HR_STR("\r\n"));
	size_t from = r->at;
	hr_str name;

	rest = hr_str_slice(rest, 0, end);
	r->at += end + 2;
	name = take_token(&rest);
	if (name.len == 0 || !take_char(&rest, ':') || has_control(rest) ||
	    !read_field(r, name, hr_str_trim(rest), head))
		return fail_here(r, from, HR_E_SYNTAX, "this line of a part's head is not read");
	return true;
}

static bool check_part(struct reader *r, size_t from, const struct part_head *head)
{
	const hr_form_part *part = &head->part;

	if (head->dispositions != 1 || head->types > 1 || !part->name.data)
		return fail_here(r, from, HR_E_SYNTAX,
				 "the head of a part does not say its name, once");
	if (!hr_text_is_utf8(part->name) || !hr_text_is_utf8(part->filename))
		return fail_here(r, from, HR_E_SYNTAX, "the name of a part is not UTF-8");
	return true;
}

static bool read_head(struct reader *r, hr_form_part *out)
{
	struct part_head head = { .dispositions = 0 };
	size_t from = r->at;
	hr_str room = hr_str_slice(r->body, r->at, r->at + HR_FORM_HEAD_MAX);
	size_t len = hr_str_find(room, HR_STR("\r\n\r\n"));
	size_t end = r->at + len;

	if (starts_here(r, HR_STR("\r\n")))
		return check_part(r, from, &head);
	if (len == room.len)
		return fail_here(r, from, room.len < HR_FORM_HEAD_MAX ? HR_E_SYNTAX : HR_E_LIMIT,
				 "the head of a part has no end, or is over 4096 bytes");
	while (r->at < end)
		if (!read_line(r, &head))
			return false;
	if (!eat(r, HR_STR("\r\n")) || !check_part(r, from, &head))
		return false;
	*out = head.part;
	return true;
}

/* Up to the next boundary, which ends the part together with the CR LF in front of it. */
static bool read_bytes(struct reader *r, hr_str delimiter, hr_form_part *part)
{
	hr_str rest = hr_str_slice(r->body, r->at, r->body.len);
	size_t end = hr_str_find(rest, delimiter);

	/* An empty part: its head's last CR LF is that of the boundary (RFC 2046 5.1.1). */
	if (hr_str_starts_with(rest, r->dashes)) {
		part->bytes = hr_str_slice(rest, 0, 0);
		r->at += r->dashes.len;
		return true;
	}
	if (end == rest.len)
		return fail_here(r, r->body.len, HR_E_SYNTAX, "the last boundary is missing");
	part->bytes = hr_str_slice(rest, 0, end);
	r->at += end + delimiter.len;
	return true;
}

static bool read_parts(struct reader *r, hr_str delimiter, hr_form_part *parts, size_t *count)
{
	bool last;
	size_t n = 0;

	eat(r, HR_STR("\r\n"));
	if (!eat(r, r->dashes))
		return fail_here(r, r->at, HR_E_SYNTAX, "the body does not begin with a boundary");
	if (!end_delimiter(r, &last))
		return false;
	while (!last) {
		if (n == HR_FORM_PARTS_MAX)
			return fail_here(r, r->at, HR_E_LIMIT, "there are more than 32 parts");
		if (!read_head(r, &parts[n]) || !read_bytes(r, delimiter, &parts[n]) ||
		    !end_delimiter(r, &last))
			return false;
		n++;
	}
	if (hr_str_trim(hr_str_slice(r->body, r->at, r->body.len)).len)
		return fail_here(r, r->at, HR_E_SYNTAX, "there are bytes after the last boundary");
	*count = n;
	return true;
}

/* RFC 2046 5.1.1: 1 to 70 of these, no blank at the end. */
static bool is_boundary(hr_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_token_char(s.data[i]) && !strchr("(),/:=? ", s.data[i]))
			return false;
	return s.len && s.len <= HR_FORM_BOUNDARY_MAX && s.data[s.len - 1] != ' ';
}

static bool read_multipart(hr_str params, hr_str body, hr_arena *arena, hr_form *out, hr_error *err)
{
	struct reader r = { .body = body, .arena = arena, .err = err };
	hr_form_part *parts = HR_NEW_N(arena, hr_form_part, HR_FORM_PARTS_MAX);
	hr_str boundary = HR_STR_NONE;
	hr_str delimiter;
	size_t count = 0;
	hr_buf buf;

	if (!find_param(params, HR_STR("boundary"), arena, &boundary) || !is_boundary(boundary))
		return hr_fail(err, HR_E_SYNTAX,
			       "the Content-Type has no boundary of 1 to 70 characters");
	hr_buf_init(&buf, arena, 256);
	hr_buf_addf(&buf, "\r\n--%.*s", HR_STR_ARG(boundary));
	if (!parts || buf.failed)
		return hr_fail_memory(err);
	delimiter = hr_buf_str(&buf);
	r.dashes = hr_str_slice(delimiter, 2, delimiter.len);
	if (read_parts(&r, delimiter, parts, &count)) {
		*out = (hr_form){ parts, count };
		return true;
	}
	/* An escape that found no memory looks like a fault of the form. */
	return hr_arena_is_short(arena) ? hr_fail_memory(err) : false;
}

/* ---- urlencoded ---- */

static bool read_urlencoded(hr_str params, hr_str body, hr_arena *arena, hr_form *out,
			    hr_error *err)
{
	const hr_http_field *fields;
	hr_form_part *parts;
	size_t count = 0;

	(void)params;
	if (!hr_http_query_parse(body, "form", arena, &fields, &count, err))
		return false;
	if (count > HR_FORM_PARTS_MAX)
		return hr_fail(err, HR_E_LIMIT, "there are more than %d parts", HR_FORM_PARTS_MAX);
	parts = HR_NEW_N(arena, hr_form_part, HR_FORM_PARTS_MAX);
	if (!parts)
		return hr_fail_memory(err);
	for (size_t i = 0; i < count; i++) {
		parts[i].name = fields[i].name;
		parts[i].bytes = fields[i].value;
	}
	*out = (hr_form){ parts, count };
	return true;
}

/* ---- both ---- */

static const struct kind {
	hr_str type;
	bool (*read)(hr_str params, hr_str body, hr_arena *arena, hr_form *out, hr_error *err);
} kinds[] = {
	{ HR_STR_INIT("multipart/form-data"), read_multipart },
	{ HR_STR_INIT("application/x-www-form-urlencoded"), read_urlencoded },
};

static const struct kind *kind_of(hr_str content_type, hr_str *params)
{
	hr_str word = word_of(content_type, params);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (hr_str_equal_nocase(kinds[i].type, word))
			return &kinds[i];
	return NULL;
}

bool hr_http_form_is(hr_str content_type)
{
	hr_str params;

	return kind_of(content_type, &params) != NULL;
}

bool hr_http_form_read(hr_str content_type, hr_str body, hr_arena *arena, hr_form *out,
		       hr_error *err)
{
	hr_str params;
	const struct kind *kind = kind_of(content_type, &params);

	if (!kind)
		return hr_fail(err, HR_E_UNSUPPORTED, "the Content-Type is not that of a form");
	return kind->read(params, body, arena, out, err);
}

const hr_form_part *hr_http_form_find(const hr_form *form, hr_str name)
{
	for (size_t i = 0; i < form->count; i++)
		if (hr_str_equal(form->parts[i].name, name))
			return &form->parts[i];
	return NULL;
}
