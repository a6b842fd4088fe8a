#include "service/http_strict.h"

/* What a rule asks for, gathered in one pass. */
struct facts {
	const hr_http_head *head;
	hr_str host;
	hr_str length;
	hr_str coding;
	hr_str expect;
	unsigned hosts;
	unsigned lengths;
	unsigned codings;
	unsigned expects;
};

/* ---- classes of bytes ---- */

enum { TOKEN = 1, HOST = 2, TEXT = 4, TARGET = 8 };

/* clang-format off */
#define ALNUM  (TOKEN | HOST | TEXT | TARGET)
#define PUNCT  (TOKEN | TEXT | TARGET)
#define PLAIN  (TEXT | TARGET)
/*
 * TOKEN: tchar of RFC 9110 5.6.2. HOST: a name, an address, a port, without
 * the sub-delims that no host has. TEXT: VCHAR, obs-text, blank, tab. TARGET:
 * VCHAR but '#'; and bytes over 0x7f, for people type /items?q=甲状腺 as it is.
 */
static const unsigned char classes[256] = {
	['\t'] = TEXT, [' '] = TEXT,
	['!'] = PUNCT, ['"'] = PLAIN, ['#'] = TOKEN | TEXT, ['$'] = PUNCT, ['%'] = PUNCT,
	['&'] = PUNCT, ['\''] = PUNCT, ['('] = PLAIN, [')'] = PLAIN, ['*'] = PUNCT,
	['+'] = PUNCT, [','] = PLAIN, ['-'] = ALNUM, ['.'] = ALNUM, ['/'] = PLAIN,
	['0' ... '9'] = ALNUM,
	[':'] = PLAIN | HOST, [';'] = PLAIN, ['<'] = PLAIN, ['='] = PLAIN, ['>'] = PLAIN,
	['?'] = PLAIN, ['@'] = PLAIN,
	['A' ... 'Z'] = ALNUM,
	['['] = PLAIN | HOST, ['\\'] = PLAIN, [']'] = PLAIN | HOST, ['^'] = PUNCT,
	['_'] = ALNUM, ['`'] = PUNCT,
	['a' ... 'z'] = ALNUM,
	['{'] = PLAIN, ['|'] = PUNCT, ['}'] = PLAIN, ['~'] = PUNCT,
	[0x80 ... 0xff] = PLAIN,
};
/* clang-format on */

static bool is_all(hr_str s, unsigned char class)
{
	for (size_t i = 0; i < s.len; i++)
		if (!(classes[(unsigned char)s.data[i]] & class))
			return false;
	return true;
}

/* ---- what stands between the parts ---- */

/* Are there two NULs at `at`, written over CR LF? One is a lone LF. */
static bool is_line_end(hr_str raw, const char *at)
{
	return at >= raw.data && raw.data + raw.len - at >= 2 && at[0] == '\0' && at[1] == '\0';
}

/* The colon, then nothing but blanks up to the value. */
static bool is_parted(const hr_http_field *field)
{
	const char *at = field->name.data + field->name.len;

	if (field->value.data <= at || *at != '\0')
		return false;
	for (at++; at < field->value.data; at++)
		if (*at != ' ' && *at != '\t')
			return false;
	return true;
}

static const char *skip_blanks(hr_str raw, const char *at)
{
	while (at < raw.data + raw.len && (*at == ' ' || *at == '\t'))
		at++;
	return at;
}

static bool is_in(hr_str raw, hr_str part)
{
	return part.data >= raw.data && part.data <= raw.data + raw.len &&
	       part.len <= (size_t)(raw.data + raw.len - part.data);
}

static bool hides_first_line(const struct facts *f)
{
	const hr_http_head *head = f->head;

	return head->method.data != head->raw.data ||
	       head->target_place != head->method.data + head->method.len + 1 ||
	       head->version.data != head->target_place + head->target.len + 1 ||
	       !is_in(head->raw, head->version);
}

static bool hides_lines(const struct facts *f)
{
	const hr_http_head *head = f->head;
	const char *at = head->version.data + head->version.len;

	for (size_t i = 0; i < head->field_count; i++) {
		const hr_http_field *field = &head->fields[i];

		if (!is_line_end(head->raw, at) || field->name.data != at + 2 ||
		    !is_in(head->raw, field->name) || !is_in(head->raw, field->value) ||
		    !is_parted(field))
			return true;
		at = skip_blanks(head->raw, field->value.data + field->value.len);
	}
	return !is_line_end(head->raw, at) || !is_line_end(head->raw, at + 2) ||
	       at + 4 != head->raw.data + head->raw.len;
}

/* ---- the rules ---- */

static bool is_1_1(const struct facts *f)
{
	return hr_str_equal(f->head->version, HR_STR("HTTP/1.1"));
}

static bool has_another_version(const struct facts *f)
{
	return !is_1_1(f) && !hr_str_equal(f->head->version, HR_STR("HTTP/1.0"));
}

static bool has_odd_method(const struct facts *f)
{
	return f->head->method.len == 0 || !is_all(f->head->method, TOKEN);
}

static bool has_long_target(const struct facts *f)
{
	return f->head->target.len > HR_HTTP_TARGET_MAX;
}

static bool has_no_path(const struct facts *f)
{
	return !hr_str_starts_with(f->head->target, HR_STR("/"));
}

static bool has_fragment(const struct facts *f)
{
	return f->head->target.len && memchr(f->head->target.data, '#', f->head->target.len);
}

static bool has_odd_target(const struct facts *f)
{
	return !is_all(f->head->target, TARGET);
}

static bool has_many_fields(const struct facts *f)
{
	return f->head->field_count > HR_HTTP_HEADERS_MAX;
}

static bool has_odd_name(const struct facts *f)
{
	for (size_t i = 0; i < f->head->field_count; i++) {
		hr_str name = f->head->fields[i].name;

		if (name.len == 0 || !is_all(name, TOKEN))
			return true;
	}
	return false;
}

static bool has_odd_value(const struct facts *f)
{
	for (size_t i = 0; i < f->head->field_count; i++)
		if (!is_all(f->head->fields[i].value, TEXT))
			return true;
	return false;
}

static bool has_no_host(const struct facts *f)
{
	return f->hosts == 0 && is_1_1(f);
}

static bool has_two_hosts(const struct facts *f)
{
	return f->hosts > 1;
}

static bool has_odd_host(const struct facts *f)
{
	return f->hosts && (f->host.len == 0 || !is_all(f->host, HOST));
}

static bool has_two_lengths(const struct facts *f)
{
	return f->lengths > 1;
}

static bool has_odd_length(const struct facts *f)
{
	if (f->lengths == 0)
		return false;
	for (size_t i = 0; i < f->length.len; i++)
		if (f->length.data[i] < '0' || f->length.data[i] > '9')
			return true;
	return f->length.len == 0 || f->length.len > HR_HTTP_LENGTH_DIGITS;
}

static bool has_length_and_coding(const struct facts *f)
{
	return f->lengths && f->codings;
}

static bool has_coding_in_1_0(const struct facts *f)
{
	return f->codings && !is_1_1(f);
}

static bool has_two_codings(const struct facts *f)
{
	return f->codings > 1;
}

static bool has_another_coding(const struct facts *f)
{
	return f->codings && !hr_str_equal_nocase(f->coding, HR_STR("chunked"));
}

static bool has_another_expectation(const struct facts *f)
{
	return f->expects > 1 ||
	       (f->expects && !hr_str_equal_nocase(f->expect, HR_STR("100-continue")));
}

/* A GET with a body means nothing (RFC 9110 9.3.1), but hides one from whoever does not read it. */
static bool has_useless_body(const struct facts *f)
{
	bool reads = hr_str_equal(f->head->method, HR_STR("GET")) ||
		     hr_str_equal(f->head->method, HR_STR("HEAD"));

	return reads && (f->codings || (f->lengths && !hr_str_equal(f->length, HR_STR("0"))));
}

/* In this order: what makes the rest unreadable comes first. */
static const struct {
	bool (*breaks)(const struct facts *f);
	int status;
	hr_error_code code;
	const char *message;
} rules[] = {
	{ has_another_version, 505, HR_E_UNSUPPORTED, "only HTTP/1.1 and HTTP/1.0 are spoken" },
	{ has_long_target, 414, HR_E_LIMIT, "the target is too long" },
	{ has_many_fields, 431, HR_E_LIMIT, "the head has too many fields" },
	{ hides_first_line, 400, HR_E_SYNTAX,
	  "the first line is not a method, a target and a version" },
	{ has_odd_method, 400, HR_E_SYNTAX, "the method is not a word" },
	{ has_no_path, 400, HR_E_SYNTAX, "the target does not begin with '/'" },
	{ has_fragment, 400, HR_E_SYNTAX, "the target has a fragment" },
	{ has_odd_target, 400, HR_E_SYNTAX, "the target has a blank or a control character" },
	{ hides_lines, 400, HR_E_SYNTAX,
	  "a line of the head is folded, nameless or not ended by CR LF" },
	{ has_odd_name, 400, HR_E_SYNTAX, "the name of a field is not a word" },
	{ has_odd_value, 400, HR_E_SYNTAX, "a field has a control character" },
	{ has_no_host, 400, HR_E_SYNTAX, "there is no Host" },
	{ has_two_hosts, 400, HR_E_SYNTAX, "there is more than one Host" },
	{ has_odd_host, 400, HR_E_SYNTAX, "the Host is not the name of one" },
	{ has_two_lengths, 400, HR_E_SYNTAX, "there is more than one Content-Length" },
	{ has_odd_length, 400, HR_E_SYNTAX, "the Content-Length is not a number" },
	{ has_length_and_coding, 400, HR_E_SYNTAX,
	  "there are Content-Length and Transfer-Encoding" },
	{ has_coding_in_1_0, 400, HR_E_SYNTAX, "HTTP/1.0 has no Transfer-Encoding" },
	{ has_two_codings, 400, HR_E_SYNTAX, "there is more than one Transfer-Encoding" },
	{ has_another_coding, 501, HR_E_UNSUPPORTED, "the Transfer-Encoding is not 'chunked'" },
	{ has_another_expectation, 417, HR_E_UNSUPPORTED, "the Expect is not '100-continue'" },
	{ has_useless_body, 400, HR_E_SYNTAX, "a GET or HEAD has no body" },
};

static void count(const hr_http_field *field, hr_str name, unsigned *n, hr_str *value)
{
	if (!hr_str_equal_nocase(field->name, name))
		return;
	++*n;
	*value = field->value;
}

static struct facts gather(const hr_http_head *head)
{
	struct facts f = { .head = head };

	for (size_t i = 0; i < head->field_count; i++) {
		const hr_http_field *field = &head->fields[i];

		count(field, HR_STR("Host"), &f.hosts, &f.host);
		count(field, HR_STR("Content-Length"), &f.lengths, &f.length);
		count(field, HR_STR("Transfer-Encoding"), &f.codings, &f.coding);
		count(field, HR_STR("Expect"), &f.expects, &f.expect);
	}
	return f;
}

bool hr_http_strict_check(const hr_http_head *head, int *status, hr_error *err)
{
	struct facts facts = gather(head);

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (!rules[i].breaks(&facts))
			continue;
		*status = rules[i].status;
		return hr_fail(err, rules[i].code, "%s", rules[i].message);
	}
	return true;
}
